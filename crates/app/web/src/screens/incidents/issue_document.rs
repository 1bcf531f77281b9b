//! Issuing a document, 首报/续报: prefilled from the facts, read as it will go out, sent to whom it is owed.

use std::collections::BTreeSet;

use fengsui_desk::content::DocumentText;
use fengsui_plan::{Channel, Duty, DutyRule};
use fengsui_response::incident::{IncidentCommand, IssueDocument};
use fengsui_vocabulary::{FormId, RoleId};

use super::compose;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "documents", tab: Tab::Documents, when_stale: WhenStale::Tell, act, read };

/// The stages of a report, by the word in forms, as documents say them.
const STAGES: [(&str, &str); 3] = [("first", "首报"), ("follow-up", "续报"), ("final", "终报")];

/// A document that somebody owes or may write again: the form, and in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paper {
    pub(super) form: FormId,
    pub(super) by: RoleId,
}

fn act(sight: &Sight<'_>) -> Option<Act> {
    let paper = sight.paper.clone().filter(|_| sight.is_open())?;
    let form = sight.lead().forms.get(&paper.form)?;
    let owed = owed(sight, &paper);
    let is_first = !sight
        .view
        .incident
        .documents
        .iter()
        .any(|it| it.form.as_ref() == Some(&paper.form) && it.role == paper.by);
    let stages = STAGES.iter().map(|(word, _)| Opt::new(*word, stage_name(sight, word)));
    let stage = Field::new("stage", sight.t("inc-stage"), FieldKind::Radio(stages.collect()));
    let mut draft = sight
        .form(VERB.name, "inc-preview")
        .hiding("form", paper.form.as_str())
        .hiding("by", paper.by.as_str())
        .with(Field::line("title", sight.t("document-title")).value(title(sight)))
        .with(stage.value(if is_first { "first" } else { "follow-up" }))
        .with(Field::line("number", sight.t("document-number")).optional());
    draft.action = super::paths::preview(sight.view.id);
    draft = with_recipients(sight, draft, &paper, &owed);
    for field in compose::fields(sight, &compose::written(form, &[]), &paper.by) {
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
    act.clause = Some(sight.clause(sight.lead(), &form.clause, "do-documents"));
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

fn issue(mut form: Reading<'_, '_>, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let typed = form.typed;
    let (Some(id), Some(by)) = (form.chosen::<FormId>("form"), form.chosen::<RoleId>("by")) else {
        return Err(form.wrong());
    };
    let Some(paper) = sight.lead().forms.get(&id) else {
        form.note("", sight.t("error-choice"));
        return Err(form.wrong());
    };
    let (title, signatory) = (form.line("title"), form.line("signatory"));
    let number = form.maybe_line("number");
    let stage = form.one_of("stage", &STAGES).and_then(|stage| stage.parse().ok());
    let owed = owed(sight, &Paper { form: id.clone(), by: by.clone() });
    let chosen = typed.all("ticks").next().is_some();
    let meets = if chosen { form.ticks_among("ticks", &owed) } else { Vec::new() };
    let mut to: BTreeSet<RoleId> = typed.all("to").filter_map(|role| role.parse().ok()).collect();
    to.extend(meets.iter().filter_map(|tick| tick.to.clone()));
    if to.is_empty() {
        form.note(if owed.is_empty() { "to" } else { "ticks" }, sight.t("inc-choose-one"));
    }
    let fields = compose::read(&mut form, &compose::written(paper, &[]));
    let body = form.maybe_prose("body");
    let late_because = form.maybe_line("late_because");
    let sender = compose::sender_name(sight, &by).parse().ok();
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
    for rule in sight.lead().duties.iter().filter(|rule| rule.channel != Channel::Oral) {
        let Some(form) = rule.form.clone().filter(|form| is_paper(sight, form)) else { continue };
        let senders =
            rule.senders.iter().filter(|by| works || sight.viewer.actor.roles.contains(*by));
        for by in senders {
            let paper = Paper { form: form.clone(), by: by.clone() };
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
pub(super) fn is_paper(sight: &Sight<'_>, form: &FormId) -> bool {
    let form = sight.lead().forms.get(form);
    form.is_some_and(|form| !form.fields.iter().any(|field| field.id == "scope"))
}

/// Whether a document was owed at some time, or was written before.
fn is_at_hand(sight: &Sight<'_>, rule: &DutyRule, paper: &Paper) -> bool {
    let mut duties = sight.view.duties.iter();
    duties.any(|duty| duty.duty == rule.id && duty.actor == paper.by)
        || sight.view.incident.documents.iter().any(|it| it.form.as_ref() == Some(&paper.form))
}

/// The open duties that a paper meets in writing.
fn owed<'s>(sight: &'s Sight<'_>, paper: &Paper) -> Vec<(String, &'s Duty)> {
    let rules = &sight.lead().duties;
    let is_met = |duty: &Duty| {
        duty.actor == paper.by
            && duty.channel != Channel::Oral
            && rules
                .iter()
                .any(|rule| rule.id == duty.duty && rule.form.as_ref() == Some(&paper.form))
    };
    sight.open_ticks().into_iter().filter(|(_, duty)| is_met(duty)).collect()
}

/// Everybody to whom the plan sends this paper.
fn recipients(sight: &Sight<'_>, paper: &Paper) -> BTreeSet<RoleId> {
    let rules = sight.lead().duties.iter().filter(|rule| rule.form.as_ref() == Some(&paper.form));
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
        _ => sight.t("document-final"),
    }
}
