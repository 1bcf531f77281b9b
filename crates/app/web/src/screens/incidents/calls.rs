//! Recording a call by which duties were met: who called whom, when, what was said.

use fengsui_desk::content::CallRecord;
use fengsui_plan::Channel;
use fengsui_response::Delivery;
use fengsui_response::incident::{IncidentCommand, MeetDuty};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "calls", tab: Tab::Duties, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() {
        return None;
    }
    let duties = sight.duty_choice(|duty| duty.channel != Channel::Written)?;
    let mut form =
        sight.form(VERB.name, "inc-call-record").with(duties.hint(sight.t("inc-call-duties-hint")));
    for field in call_fields(sight) {
        form = form.with(field);
    }
    form = form.with(sight.late_because());
    let mut act = sight.act(VERB.name, "inc-call-record", form);
    act.lead = Some(sight.t("call-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let ticks = form.ticks("ticks");
    let record = call(&mut form);
    let late_because = form.maybe_line("late_because");
    let read_back = form.read_back();
    let Some(record) = record else { return Err(form.wrong()) };
    form.sound(Asking::with(Text::Call(record), move |record| {
        let act = Delivery::Call { record, read_back };
        IncidentCommand::MeetDuty(MeetDuty { ticks, channel: Channel::Oral, act, late_because })
    }))
}

/// The fields of a call.
pub(super) fn call_fields(sight: &Sight<'_>) -> Vec<Field> {
    vec![
        Field::line("caller", sight.t("call-caller")).hint(sight.t("inc-caller-hint")),
        Field::line("callee", sight.t("call-callee")),
        Field::prose("said", sight.t("call-summary")),
        Field::new("read_back", sight.t("inc-read-back"), FieldKind::Tick).optional(),
    ]
}

/// Reads a call.
pub(super) fn call(form: &mut Reading<'_, '_>) -> Option<CallRecord> {
    let caller = form.line("caller");
    let answered_by = form.line("callee");
    let said = form.prose("said");
    Some(CallRecord { caller: caller?, callee: answered_by?, said: said? })
}
