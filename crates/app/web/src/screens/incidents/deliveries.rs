//! Recording that duties were met otherwise than by a call or a document written here.

use fengsui_plan::Channel;
use fengsui_response::Delivery;
use fengsui_response::incident::{IncidentCommand, MeetDuty};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "deliveries", tab: Tab::Duties, when_stale: WhenStale::GoOn, act, read };

/// The channels by which something is done, by the word in forms.
pub(super) const CHANNELS: [(&str, Channel); 2] =
    [("oral", Channel::Oral), ("written", Channel::Written)];

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() {
        return None;
    }
    let form = sight
        .form(VERB.name, "duty-record-done")
        .with(sight.duty_choice(|_| true)?)
        .with(
            Field::new("channel", sight.t("channel"), FieldKind::Radio(channel_options(sight)))
                .value("written"),
        )
        .with(Field::line("note", sight.t("inc-how-done")).hint(sight.t("inc-how-done-hint")))
        .with(sight.late_because());
    Some(sight.act(VERB.name, "inc-otherwise-done", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let ticks = form.ticks("ticks");
    let channel = form.one_of("channel", &CHANNELS);
    let note = form.line("note");
    let late_because = form.maybe_line("late_because");
    let (Some(channel), Some(note)) = (channel, note) else { return Err(form.wrong()) };
    let act = Delivery::Other { note };
    let met = MeetDuty { ticks, channel, act, late_because };
    form.sound(Asking::Plain(IncidentCommand::MeetDuty(met)))
}

/// The channels to choose from.
pub(super) fn channel_options(sight: &Sight<'_>) -> Vec<Opt> {
    CHANNELS.iter().map(|(word, channel)| Opt::new(*word, sight.channel(*channel))).collect()
}
