//! Confirming what somebody else entered after its time: the mark of the miss stays in the file.

use fengsui_response::incident::{IncidentCommand, Waiting};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "clearances", tab: Tab::Duties, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let keys = mine(sight);
    let open = sight.open_ticks();
    let options: Vec<Opt> = open
        .iter()
        .filter(|(key, _)| keys.contains(key))
        .map(|(key, duty)| {
            let tick = sight.view.incident.tick_of(duty);
            let met = sight.view.incident.met(&tick);
            let told = met.map_or_else(String::new, |met| {
                let (at, who) = (sight.short(met.at), sight.person(met.entered_by));
                sight.ta("inc-clear-line", &[("t", &at), ("who", &who)])
            });
            Opt::new(key.clone(), format!("{} · {told}", sight.duty_line(duty)))
        })
        .collect();
    if options.is_empty() || !sight.is_open() {
        return None;
    }
    let all = options.iter().map(|option| option.value.clone()).collect::<Vec<_>>().join(" ");
    let form = sight.form(VERB.name, "duty-clear-miss").with(
        Field::new("ticks", sight.t("inc-which-duties"), FieldKind::Several(options)).value(all),
    );
    let mut act = sight.act(VERB.name, "duty-clear-miss", form);
    act.lead = Some(sight.t("inc-clear-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let ticks = form.ticks("ticks");
    form.sound(Asking::Plain(IncidentCommand::ClearMiss { ticks }))
}

/// What waits for the reader to confirm it.
fn mine(sight: &Sight<'_>) -> Vec<String> {
    let actor = &sight.viewer.actor;
    let waiting = sight.view.waiting.iter().filter(|it| it.is_for(actor.person, &actor.roles));
    waiting
        .filter_map(|waiting| match waiting {
            Waiting::Clearance { tick, .. } => Some(super::sight::key_of(tick)),
            Waiting::Voice { .. }
            | Waiting::Endorsement { .. }
            | Waiting::Approval { .. }
            | Waiting::Confirmation { .. }
            | Waiting::Applicability { .. }
            | Waiting::Migration { .. }
            | Waiting::TechnicalStep { .. } => None,
        })
        .collect()
}
