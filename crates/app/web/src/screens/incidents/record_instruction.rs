//! A leader's instruction, 批示: in person, or written down for whoever gave it.

use fengsui_desk::Capacity;
use fengsui_desk::content::Writing;
use fengsui_plan::Binding;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::RoleId;

use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "instructions", tab: Tab::Notes, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let is_leader = sight.viewer.is(Capacity::Leader) && !sight.viewer.actor.roles.is_empty();
    if !sight.is_open() || !(is_leader || sight.works()) {
        return None;
    }
    let mut form = sight
        .form(VERB.name, "inc-instruction")
        .with(Field::prose("text", sight.t("inc-instruction-text")));
    if !is_leader {
        let leaders: Vec<RoleId> = sight
            .lead()
            .roles
            .values()
            .filter(|role| !matches!(role.bound, Binding::Affected | Binding::Set))
            .map(|role| role.id.clone())
            .collect();
        form = form.hiding("behalf", "yes");
        let fields = on_behalf::fields(sight, &leaders).into_iter();
        for field in fields.filter(|field| field.name != "record") {
            form = form.with(field);
        }
    }
    Some(sight.act(VERB.name, "inc-instruction", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let text = form.prose("text");
    let is_behalf = form.ticked("behalf");
    let told = if is_behalf { on_behalf::read(&mut form) } else { None };
    let Some(text) = text else { return Err(form.wrong()) };
    form.sound(Asking::with(Text::Writing(Writing { text }), move |text| {
        let on_behalf = told.map(|told| told.on_behalf(None));
        IncidentCommand::RecordInstruction { text, on_behalf }
    }))
}
