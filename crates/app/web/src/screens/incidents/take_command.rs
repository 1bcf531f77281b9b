//! Taking unified command, 统一指挥.

use fengsui_plan::{Act as PlanAct, How};
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::RoleId;

use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::Act;

pub(super) const VERB: Verb =
    Verb { name: "command", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let plan = sight.lead();
    let level = sight.view.incident.response.level().cloned().or_else(|| sight.level_in_force());
    let authority = plan.authority(PlanAct::TakeCommand, level.as_ref())?;
    let deciders = deciders(&authority.how);
    let is_mine = deciders.iter().any(|role| sight.viewer.actor.roles.contains(role));
    if !sight.is_open() || !(is_mine || sight.works()) {
        return None;
    }
    let mut form = sight.form(VERB.name, "inc-take-command");
    if !is_mine {
        form = form.hiding("behalf", "yes");
        for field in on_behalf::fields(sight, deciders) {
            form = form.with(field);
        }
    }
    let who = sight.roles(deciders);
    let effects = vec![effect(who, sight.t("inc-command-effect"))];
    let form = form.showing(sight.consequence(VERB.name, sight.t("inc-command-title"), effects));
    let mut act = sight.act(VERB.name, "inc-take-command", form);
    act.clause = Some(sight.clause(plan, &authority.clause, "do-command"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let is_behalf = form.ticked("behalf");
    let told = if is_behalf { on_behalf::read(&mut form) } else { None };
    form.agreed();
    let Some(mut told) = told else {
        return form.sound(Asking::Plain(IncidentCommand::TakeCommand { on_behalf: None }));
    };
    let command = |told: on_behalf::Told, record| IncidentCommand::TakeCommand {
        on_behalf: Some(told.on_behalf(record)),
    };
    form.sound(match told.record.take() {
        Some(text) => Asking::with(text, move |record| command(told, Some(record))),
        None => Asking::Plain(command(told, None)),
    })
}

/// Who decides in the end.
pub(super) fn deciders(how: &How) -> &[RoleId] {
    match how {
        How::AnyOf(roles) | How::Joint(roles) => roles,
        How::Approval { approve, .. } => approve,
        How::Higher(role) => std::slice::from_ref(role),
        How::Undefined => &[],
    }
}
