//! Recording the review, 调查评估: cause, nature, impact, loss, responsibility, lessons.

use fengsui_desk::content::DocumentText;
use fengsui_plan::{Act as PlanAct, Form as PlanForm};
use fengsui_response::incident::{IncidentCommand, ResponseState};
use fengsui_vocabulary::RoleId;

use super::compose;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "reviews", tab: Tab::Review, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let is_over = !matches!(sight.view.incident.response.state, ResponseState::Running { .. });
    if !sight.is_open() || !is_over || !sight.may(PlanAct::Review) {
        return None;
    }
    let by = role(sight)?;
    let mut form = sight.form(VERB.name, "review-finish");
    match form_of(sight) {
        Some(paper) => {
            let fields = compose::fields(sight, &compose::written(paper, &[]), (sight.lead(), &by));
            for field in fields.into_iter().filter(|field| field.name != "unverified") {
                form = form.with(field);
            }
        }
        None => form = form.with(Field::prose("body", sight.t("review-findings"))),
    }
    form = form.with(Field::line("signatory", sight.t("document-signatory")));
    let mut act = sight.act(VERB.name, "review-start", form);
    let plan = sight.lead();
    act.clause = plan
        .authority(PlanAct::Review, sight.level_in_force().as_ref())
        .map(|authority| sight.clause(plan, &authority.clause, "do-reviews"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let signatory = form.line("signatory");
    let (fields, body) = match form_of(sight) {
        Some(paper) => (compose::read(&mut form, &compose::written(paper, &[])), None),
        None => (Vec::new(), form.prose("body")),
    };
    let title = sight.view.incident.heading.as_ref().map(|it| it.title.to_string());
    let title: String =
        format!("{}调查评估", title.unwrap_or_default()).chars().take(200).collect();
    let by =
        role(sight).map(|by| compose::sender_name(sight, sight.lead(), &by)).unwrap_or_default();
    let (Ok(title), Ok(stage), Ok(sender)) = (title.parse(), "调查评估".parse(), by.parse())
    else {
        form.note("", sight.t("error-forbidden"));
        return Err(form.wrong());
    };
    let text =
        DocumentText { title, stage, addressees: Vec::new(), sender, signatory, fields, body };
    form.sound(Asking::with(Text::Document(Box::new(text)), |text| IncidentCommand::Review {
        text,
    }))
}

fn role(sight: &Sight<'_>) -> Option<RoleId> {
    let level = sight.level_in_force();
    let roles = sight.viewer.actor.roles.iter();
    roles
        .into_iter()
        .find(|role| sight.lead().may(role, PlanAct::Review, level.as_ref()).is_ok())
        .cloned()
}

/// The plan's form of a review: the one that asks for lessons.
fn form_of<'s>(sight: &'s Sight<'_>) -> Option<&'s PlanForm> {
    sight.lead().forms.values().find(|form| form.fields.iter().any(|it| it.id == "lessons"))
}
