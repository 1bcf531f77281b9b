//! Issuing a document, 首报/续报: prefilled from the facts, read as it will go out, sent to whom it is owed.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_desk::content::DocumentText;
use fengsui_plan::{Channel, Duty, DutyRule, Plan, Stage};
use fengsui_press::Sheet;
use fengsui_response::incident::{IncidentCommand, IssueDocument};
use fengsui_vocabulary::{FormId, PlanId, RoleId};

use super::compose;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "documents", tab: Tab::Documents, when_stale: WhenStale::Tell, act, read };

/// The stages of a report, by the word in forms, as documents say them.
const STAGES: [(&str, &str); 5] = [
    ("first", "首报"),
    ("follow-up", "续报"),
    ("final", "终报"),
    ("summary", "总结"),
    ("notice", "告知"),
];

/// A document that somebody owes or may write again: the form, and in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paper {
    pub(super) plan: PlanId,
    pub(super) form: FormId,
    pub(super) by: RoleId,
}

fn act(sight: &Sight<'_>) -> Option<Act> {
    let paper = sight.paper.clone().filter(|_| sight.is_open())?;
    let plan = sight.plan(&paper.plan)?;
    let form = plan.forms.get(&paper.form)?;
    let owed = owed(sight, &paper);
    let is_first = !sight
        .view
        .incident
        .documents
        .iter()
        .any(|it| it.form.as_ref() == Some(&paper.form) && it.role == paper.by);
    let own = form.stage.map(stage_word);
    let stages = STAGES.iter().filter(|(word, _)| match own {
        Some(own) => *word == own,
        None => !["summary", "notice"].contains(word),
    });
    let stages = stages.map(|(word, _)| Opt::new(*word, stage_name(sight, word)));
    let stage = Field::new("stage", sight.t("inc-stage"), FieldKind::Radio(stages.collect()));
    let mut draft = sight
        .form(VERB.name, "inc-preview")
        .hiding("plan", paper.plan.as_str())
        .hiding("form", paper.form.as_str())
        .hiding("by", paper.by.as_str())
        .with(Field::line("title", sight.t("document-title")).value(title(sight)))
        .with(stage.value(own.unwrap_or(if is_first { "first" } else { "follow-up" })))
        .with(Field::line("number", sight.t("document-number")).optional());
    draft.action = super::paths::preview(sight.view.id);
    draft = with_recipients(sight, draft, &paper, &owed);
    let asked = compose::written_under(sight, &plan, form, &suffices(sight, &paper, &owed));
    for field in compose::fields(sight, &asked, (&plan, &paper.by)) {
        draft = draft.with(field);
    }
    draft = draft
        .with(
            Field::prose("body", sight.t("document-body"))
                .hint(sight.t("inc-body-hint"))
                .optional(),
        )
        .with(
            Field::line("signatory", sight.t("document-signatory"))
                .hint(sight.t("inc-signatory-hint")),
        )
        .with(sight.late_because());
    let mut act = sight.act(VERB.name, "document-prepare", draft);
    act.form.weight = crate::parts::Weight::Primary;
    act.lead = Some(sight.ta(
        "inc-compose-lead",
        &[("form", &sight.legal(&form.title)), ("by", &sight.role(&paper.by))],
    ));
    act.clause = Some(sight.clause(&plan, &form.clause, "do-documents"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    form.agreed();
    issue(form, sight)
}

/// What the form would issue, without asking whether it was read: for the preview.
pub(super) fn draft(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    issue(Reading::of(typed, sight), sight)
}

/// What the form would issue, as pages that say they are a draft.
pub(super) fn draft_sheet(typed: &Typed, sight: &Sight<'_>) -> Result<Sheet, Wrong> {
    let Asking::Written(Text::Document(text), _) = draft(typed, sight)? else {
        return Err(Wrong::new());
    };
    let mut form = Reading::of(typed, sight);
    let plan = form.maybe_chosen::<PlanId>("plan").unwrap_or_else(|| sight.lead().id.clone());
    let Some(id) = form.chosen::<FormId>("form") else { return Err(form.wrong()) };
    Ok(super::sheet::draft(sight, &text, (&plan, &id)))
}

fn issue(mut form: Reading<'_, '_>, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let typed = form.typed;
    let (Some(id), Some(by)) = (form.chosen::<FormId>("form"), form.chosen::<RoleId>("by")) else {
        return Err(form.wrong());
    };
    let plan = form.maybe_chosen::<PlanId>("plan").unwrap_or_else(|| sight.lead().id.clone());
    let of_plan = sight.plan(&plan).filter(|plan| plan.forms.contains_key(&id));
    let Some(of_plan) = of_plan else {
        form.note("", sight.t("error-choice"));
        return Err(form.wrong());
    };
    let (title, signatory) = (form.line("title"), form.line("signatory"));
    let number = form.maybe_line("number");
    let stage = form.one_of("stage", &STAGES).and_then(|stage| stage.parse().ok());
    let paper = Paper { plan, form: id.clone(), by: by.clone() };
    let owed = owed(sight, &paper);
    let chosen = typed.all("ticks").next().is_some();
    let meets = if chosen { form.ticks_among("ticks", &owed) } else { Vec::new() };
    let mut to: BTreeSet<RoleId> = typed.all("to").filter_map(|role| role.parse().ok()).collect();
    to.extend(meets.iter().filter_map(|tick| tick.to.clone()));
    if to.is_empty() {
        form.note(if owed.is_empty() { "to" } else { "ticks" }, sight.t("inc-choose-one"));
    }
    let suffices = suffices(sight, &paper, &owed);
    let asked = of_plan.forms.get(&id);
    let asked = asked.map(|form| compose::written_under(sight, &of_plan, form, &suffices));
    let fields = compose::read(&mut form, &asked.unwrap_or_default());
    let body = form.maybe_prose("body");
    let late_because = form.maybe_line("late_because");
    let sender = compose::sender_name(sight, &of_plan, &by).parse().ok();
    let (Some(title), Some(stage), Some(sender)) = (title, stage, sender) else {
        return Err(form.wrong());
    };
    let addressees =
        to.iter().filter_map(|role| compose::role_name(sight, role).parse().ok()).collect();
    let text =
        DocumentText { title: title.clone(), stage, addressees, sender, signatory, fields, body };
    form.sound(Asking::with(Text::Document(Box::new(text)), move |text| {
        let form = Some(id);
        IncidentCommand::IssueDocument(IssueDocument {
            title,
            form,
            number,
            text,
            to,
            meets,
            late_because,
        })
    }))
}

/// Papers that the reader's roles write, with the duties that are open for each: owed ones first.
pub(super) fn papers<'s>(sight: &'s Sight<'_>) -> Vec<(Paper, Vec<(String, &'s Duty)>)> {
    let mut papers: Vec<(Paper, Vec<(String, &Duty)>)> = Vec::new();
    let works = sight.works();
    let plans = sight.view.incident.plans.iter().filter_map(|it| sight.plan(&it.plan));
    let plans: Vec<Arc<Plan>> = plans.collect();
    let rules = plans.iter().flat_map(|plan| plan.duties.iter().map(move |rule| (plan, rule)));
    for (plan, rule) in rules.filter(|(_, rule)| rule.channel != Channel::Oral) {
        let form = rule.form.clone().filter(|form| is_for_now(sight, plan, form));
        let Some(form) = form else { continue };
        let mine = sight.viewer.actor.roles_under(&plan.id);
        let senders = rule.senders.iter().filter(|by| works || mine.contains(*by));
        for by in senders {
            let paper = Paper { plan: plan.id.clone(), form: form.clone(), by: by.clone() };
            if papers.iter().any(|(known, _)| *known == paper) || !is_at_hand(sight, rule, &paper) {
                continue;
            }
            let owed = owed(sight, &paper);
            papers.push((paper, owed));
        }
    }
    papers.sort_by_key(|(_, owed)| {
        owed.iter().map(|(_, duty)| duty.due.unwrap_or(duty.arose_at)).min().is_none()
    });
    papers
}

/// A proposal has a form of its own in the response.
pub(super) fn is_paper(sight: &Sight<'_>, plan: &PlanId, form: &FormId) -> bool {
    let Some(plan) = sight.plan(plan) else { return false };
    let form = plan.forms.get(form);
    form.is_some_and(|form| !form.fields.iter().any(|field| field.id == "scope"))
}

/// Whether a paper is one for the level in force.
fn is_for_now(sight: &Sight<'_>, plan: &Plan, form: &FormId) -> bool {
    let level = sight.view.incident.level(plan);
    let levels = plan.forms.get(form).map(|form| form.levels.as_slice()).unwrap_or_default();
    let fits = levels.is_empty() || level.is_none_or(|level| levels.contains(&level));
    fits && is_paper(sight, &plan.id, form)
}

/// The fields that suffice for the deadlines of these duties, where the plan says which; none else.
fn suffices(sight: &Sight<'_>, paper: &Paper, owed: &[(String, &Duty)]) -> BTreeSet<String> {
    let Some(plan) = sight.plan(&paper.plan) else { return BTreeSet::new() };
    let own = owed.iter().filter(|(_, duty)| duty.plan == paper.plan);
    own.filter_map(|(_, duty)| plan.rule_of(duty)).flat_map(|rule| rule.partial.clone()).collect()
}

/// Whether a document was owed at some time, or was written before.
fn is_at_hand(sight: &Sight<'_>, rule: &DutyRule, paper: &Paper) -> bool {
    let mut duties = sight.view.duties.iter();
    duties.any(|duty| duty.plan == paper.plan && duty.duty == rule.id && duty.actor == paper.by)
        || sight.view.incident.documents.iter().any(|it| it.form.as_ref() == Some(&paper.form))
}

/// The open duties that a paper meets in writing, and those that other plans join to them.
fn owed<'s>(sight: &'s Sight<'_>, paper: &Paper) -> Vec<(String, &'s Duty)> {
    let Some(plan) = sight.plan(&paper.plan) else { return Vec::new() };
    let rules = &plan.duties;
    let is_met = |duty: &Duty| {
        duty.plan == paper.plan
            && duty.actor == paper.by
            && duty.channel != Channel::Oral
            && rules
                .iter()
                .any(|rule| rule.id == duty.duty && rule.form.as_ref() == Some(&paper.form))
    };
    let open = sight.open_ticks();
    let own: BTreeSet<String> =
        open.iter().filter(|(_, duty)| is_met(duty)).map(|(key, _)| key.clone()).collect();
    let joined: BTreeSet<String> = own.iter().flat_map(|key| sight.together(key)).collect();
    let is_joined = |key: &String, duty: &Duty| {
        own.contains(key)
            || (duty.plan != paper.plan && duty.channel != Channel::Oral && joined.contains(key))
    };
    open.into_iter().filter(|(key, duty)| is_joined(key, duty)).collect()
}

/// Everybody to whom the plan sends this paper.
fn recipients(sight: &Sight<'_>, paper: &Paper) -> BTreeSet<RoleId> {
    let Some(plan) = sight.plan(&paper.plan) else { return BTreeSet::new() };
    let rules = plan.duties.iter().filter(|rule| rule.form.as_ref() == Some(&paper.form));
    rules.filter(|rule| rule.senders.contains(&paper.by)).flat_map(|rule| rule.to.clone()).collect()
}

fn with_recipients(
    sight: &Sight<'_>,
    mut form: crate::parts::Form,
    paper: &Paper,
    owed: &[(String, &Duty)],
) -> crate::parts::Form {
    if !owed.is_empty() {
        let options: Vec<Opt> = owed
            .iter()
            .map(|(key, duty)| {
                let due = duty.due.map(|due| format!(" · {}", sight.short(due)));
                Opt::new(
                    key.clone(),
                    format!("{}{}", sight.duty_line(duty), due.unwrap_or_default()),
                )
            })
            .collect();
        let all = options.iter().map(|it| it.value.clone()).collect::<Vec<_>>().join(" ");
        form = form.with(
            Field::new("ticks", sight.t("inc-sends-to"), FieldKind::Several(options)).value(all),
        );
    }
    let met: BTreeSet<&RoleId> = owed.iter().filter_map(|(_, duty)| duty.to.as_ref()).collect();
    let all = recipients(sight, paper);
    let others: Vec<&RoleId> = all.iter().filter(|role| !met.contains(role)).collect();
    if others.is_empty() {
        return form;
    }
    let field =
        Field::new("to", sight.t("inc-sends-also"), FieldKind::Several(sight.role_options(others)));
    form.with(if owed.is_empty() { field } else { field.optional() })
}

fn title(sight: &Sight<'_>) -> String {
    let incident = sight.view.incident.heading.as_ref().map(|it| it.title.to_string());
    let incident = incident.unwrap_or_default();
    let whole = format!("关于{incident}的报告");
    whole.chars().take(200).collect()
}

fn stage_name(sight: &Sight<'_>, word: &str) -> String {
    match word {
        "first" => sight.t("document-first-report"),
        "follow-up" => sight.t("document-follow-up"),
        "summary" => sight.t("document-summary"),
        "notice" => sight.t("document-notice"),
        _ => sight.t("document-final"),
    }
}

/// The word in forms for a stage of the plan.
const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::First => "first",
        Stage::FollowUp => "follow-up",
        Stage::Final => "final",
        Stage::Summary => "summary",
        Stage::Notice | Stage::Warning => "notice",
    }
}
