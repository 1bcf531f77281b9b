//! Submitting a handling proposal, 处置建议: the exact text is what is endorsed and approved.

use fengsui_desk::content::DocumentText;
use fengsui_plan::{Form as PlanForm, How};
use fengsui_response::incident::{IncidentCommand, SubmitProposal};
use fengsui_vocabulary::{DutyId, FormId, LevelId, RoleId};

use super::compose;
use super::sight::Sight;
use super::steps::{self, Way};
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "proposals", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let steps = steps::mine(sight, Way::Proposal);
    if steps.is_empty() || !sight.is_open() || sight.view.incident.response.waiting().is_some() {
        return None;
    }
    let level = steps::level(sight)?;
    let suggested = steps::suggested(sight, &steps);
    let (propose, approve) = offices(sight)?;
    let by = propose.iter().find(|role| sight.viewer.actor.roles.contains(*role))?;
    let step = FieldKind::Radio(steps::options(sight, &steps));
    let levels = FieldKind::Select(steps::level_options(sight));
    let mut form = sight
        .form(VERB.name, "response-submit")
        .with(Field::new("step", sight.t("inc-step"), step).value(suggested))
        .with(Field::new("level", sight.t("response-level"), levels).value(level.as_str()))
        .with(Field::line("scope", sight.t("inc-scope")).value(steps::scope(sight)));
    match form_of(sight) {
        Some((_, paper)) => {
            for field in
                compose::fields(sight, &compose::written(paper, &["level"]), (sight.lead(), by))
            {
                form = form.with(field);
            }
        }
        None => form = form.with(Field::prose("body", sight.t("response-proposal-text"))),
    }
    form = form.with(Field::line("signatory", sight.t("document-signatory")));
    if let Some(duty) = duty_of(sight, by) {
        form = form.hiding("meets", duty.as_str());
    }
    let others: Vec<&RoleId> = propose.iter().filter(|role| *role != by).collect();
    let mut effects = Vec::new();
    if !others.is_empty() {
        effects.push(effect(sight.roles(others), sight.t("inc-proposal-endorsed")));
    }
    effects.push(echo(sight.roles(&approve), sight.t("inc-proposal-approved"), "level"));
    let form = form.showing(sight.consequence(VERB.name, sight.t("inc-proposal-title"), effects));
    let mut act = sight.act(VERB.name, "response-submit", form);
    let authority = steps::authority(sight, steps.first()?.1, &level);
    act.clause = authority.map(|it| sight.clause(sight.lead(), &it.clause, "do-proposals"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let step = form.one_of("step", steps::possible(sight));
    let level: Option<LevelId> = form.chosen("level");
    let scope = form.line("scope");
    let signatory = form.line("signatory");
    let meets: Option<DutyId> = form.maybe_chosen("meets");
    let paper = form_of(sight);
    let (fields, body) = match paper {
        Some((_, paper)) => (compose::read(&mut form, &compose::written(paper, &["level"])), None),
        None => (Vec::new(), form.prose("body")),
    };
    form.agreed();
    let (Some(step), Some(level), Some(scope)) = (step, level, scope) else {
        return Err(form.wrong());
    };
    let by = offices(sight).and_then(|(propose, _)| {
        propose.into_iter().find(|role| sight.viewer.actor.roles.contains(role))
    });
    let (Some(by), Some((_, approve))) = (by, offices(sight)) else {
        form.note("", sight.t("error-forbidden"));
        return Err(form.wrong());
    };
    let title =
        sight.view.incident.heading.as_ref().map(|it| it.title.to_string()).unwrap_or_default();
    let title: String = format!("关于{title}的处置建议").chars().take(200).collect();
    let (Ok(title), Ok(stage), Ok(sender)) =
        (title.parse(), "处置建议".parse(), compose::sender_name(sight, sight.lead(), &by).parse())
    else {
        form.note("", sight.t("error-fault"));
        return Err(form.wrong());
    };
    let addressees = approve.iter().filter_map(|role| compose::role_name(sight, role).parse().ok());
    let addressees = addressees.collect();
    let text = DocumentText { title, stage, addressees, sender, signatory, fields, body };
    form.sound(Asking::with(Text::Document(Box::new(text)), move |text| {
        IncidentCommand::SubmitProposal(SubmitProposal { step, level, scope, text, meets })
    }))
}

/// Who proposes and who approves, for the first step that needs it as things stand.
fn offices(sight: &Sight<'_>) -> Option<(Vec<RoleId>, Vec<RoleId>)> {
    let level = steps::level(sight)?;
    let steps = steps::mine(sight, Way::Proposal);
    let wanted = steps::suggested(sight, &steps);
    let suggested = steps.iter().find(|(word, _)| *word == wanted);
    let ordered = suggested.into_iter().chain(&steps).map(|(_, step)| *step);
    let levels: Vec<&LevelId> =
        std::iter::once(&level).chain(sight.lead().levels.iter().map(|it| &it.id)).collect();
    for step in ordered {
        for level in &levels {
            match steps::authority(sight, step, level).map(|it| &it.how) {
                Some(How::Approval { propose, approve }) => {
                    return Some((propose.clone(), approve.clone()));
                }
                Some(How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined) | None => {}
            }
        }
    }
    None
}

/// The plan's form of a proposal: the one that asks for a scope.
fn form_of<'s>(sight: &'s Sight<'_>) -> Option<(&'s FormId, &'s PlanForm)> {
    sight.lead().forms.iter().find(|(_, form)| form.fields.iter().any(|it| it.id == "scope"))
}

/// The duty that the proposal meets, if the office still owes one.
pub(super) fn duty_of(sight: &Sight<'_>, office: &RoleId) -> Option<DutyId> {
    let (form, _) = form_of(sight)?;
    let rules = sight.lead().duties.iter().filter(|rule| rule.form.as_ref() == Some(form));
    let ids: Vec<&DutyId> = rules.map(|rule| &rule.id).collect();
    let open = sight.view.duties.iter().filter(|duty| duty.state.is_open());
    let mut owed = open.filter(|duty| duty.actor == *office && ids.contains(&&duty.duty));
    owed.next().map(|duty| duty.duty.clone())
}
