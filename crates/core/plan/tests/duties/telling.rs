//! Tells what happened on 14 March 2026 in Shanghai, and shows what is then owed.

use std::fmt::Write as _;
use std::sync::Arc;

use fengsui_plan::{
    Channel, Colour, Duty, DutyKind, DutyState, Happening, History, Library, Plan, Tick, What,
    duties_of,
};
use fengsui_vocabulary::{FactValue, Facts, RoleId, Scalar};
use jiff::Timestamp;

pub(super) fn shanghai() -> Arc<Plan> {
    Library::shipped().plan(&"shanghai-2019".parse().unwrap()).expect("it ships")
}

/// A time of that day.
pub(super) fn clock(time: &str) -> Timestamp {
    format!("2026-03-14T{time}:00+08:00").parse().unwrap()
}

pub(super) fn happened(time: &str, what: What) -> Happening {
    let at = clock(time);
    Happening { at, recorded_at: at, offset: None, organisation: None, plan: None, what }
}

pub(super) fn discovered(time: &str) -> Happening {
    happened(time, What::Discovered)
}

pub(super) fn received(time: &str, by: &str) -> Happening {
    happened(time, What::ReportReceived { by: role(by) })
}

pub(super) fn judged(time: &str, level: &str) -> Happening {
    decided(time, level, &["cac_office"])
}

pub(super) fn decided(time: &str, level: &str, by: &[&str]) -> Happening {
    let by = by.iter().map(|by| role(by)).collect();
    happened(time, What::LevelDecided { level: level.parse().unwrap(), by })
}

pub(super) fn told(time: &str, facts: &[(&str, FactValue)]) -> Happening {
    let facts: Facts =
        facts.iter().map(|(id, value)| (id.parse().unwrap(), value.clone())).collect();
    happened(time, What::Facts(facts))
}

pub(super) fn delivered(time: &str, duty: &str, to: &str) -> Happening {
    happened(time, What::Delivered(tick(duty, to)))
}

pub(super) fn cleared(time: &str, duty: &str, to: &str) -> Happening {
    let confirmed_by = "mara".to_owned();
    happened(time, What::MissCleared { tick: tick(duty, to), confirmed_by })
}

pub(super) fn waived(time: &str, duty: &str, to: &str) -> Happening {
    happened(time, What::Waived { tick: tick(duty, to), reason: "dissolved".to_owned() })
}

pub(super) fn issued(time: &str, colour: Colour) -> Happening {
    happened(time, What::WarningIssued(colour))
}

pub(super) fn word(word: &str) -> FactValue {
    FactValue::Exact(Scalar::Word(word.parse().unwrap()))
}

pub(super) fn yes() -> FactValue {
    FactValue::Exact(Scalar::Flag(true))
}

pub(super) fn role(id: &str) -> RoleId {
    id.parse().unwrap()
}

/// Empty recipient: all of them.
fn tick(duty: &str, to: &str) -> Tick {
    let to = (!to.is_empty()).then(|| role(to));
    Tick { duty: duty.parse().unwrap(), by: None, to, channel: None, slot: None }
}

/// Ways to say more about something that happened.
pub(super) trait Told: Sized {
    fn entered(self, time: &str) -> Self;
    fn of(self, organisation: &str) -> Self;
    fn by(self, sender: &str) -> Self;
    fn slot(self, slot: u32) -> Self;
    fn through(self, channel: Channel) -> Self;
}

impl Told for Happening {
    fn entered(mut self, time: &str) -> Self {
        self.recorded_at = clock(time);
        self
    }

    fn of(mut self, organisation: &str) -> Self {
        self.organisation = Some(organisation.to_owned());
        self
    }

    fn by(mut self, sender: &str) -> Self {
        tick_of(&mut self).by = Some(role(sender));
        self
    }

    fn slot(mut self, slot: u32) -> Self {
        tick_of(&mut self).slot = Some(slot);
        self
    }

    fn through(mut self, channel: Channel) -> Self {
        tick_of(&mut self).channel = Some(channel);
        self
    }
}

fn tick_of(happening: &mut Happening) -> &mut Tick {
    let (What::Delivered(tick) | What::MissCleared { tick, .. } | What::Waived { tick, .. }) =
        &mut happening.what
    else {
        panic!("no tick");
    };
    tick
}

/// What is owed at a time under the Shanghai plan.
pub(super) fn owed(happenings: &[Happening], at: &str) -> Vec<Duty> {
    let mut happenings = happenings.to_vec();
    happenings.sort_by_key(|happening| happening.recorded_at);
    duties_of(&shanghai(), &History { happenings }, clock(at))
}

/// The duties as a table, those of some ids only.
pub(super) fn table(duties: &[Duty], prefixes: &[&str]) -> String {
    let mut table = String::new();
    for duty in duties {
        if prefixes.iter().any(|prefix| duty.duty.as_str().starts_with(prefix)) {
            writeln!(table, "{}", line(duty)).unwrap();
        }
    }
    table
}

/// The one duty of an id towards a recipient.
pub(super) fn only<'a>(duties: &'a [Duty], id: &str, to: &str) -> &'a Duty {
    let mut found = duties
        .iter()
        .filter(|duty| duty.duty == *id && duty.to.as_ref().is_some_and(|role| *role == *to));
    let duty = found.next().unwrap_or_else(|| panic!("no {id} to {to}"));
    assert!(found.next().is_none(), "several {id} to {to}");
    duty
}

fn line(duty: &Duty) -> String {
    let to = duty.to.as_ref().map_or("", RoleId::as_str);
    let actor = duty.actor.as_str();
    let organisation = duty.organisation.as_deref().map_or(String::new(), |it| format!(" {it}"));
    let slot = duty.slot.map_or(String::new(), |slot| format!(" #{slot}"));
    let due = duty.due.map_or_else(|| "at once".to_owned(), show);
    let due = if duty.kind == DutyKind::Undefined { "no time".to_owned() } else { due };
    let id = format!("{}{slot}", duty.duty);
    let sender = format!("{actor}{organisation}");
    let state = state(duty.state);
    let mut line = format!("{id:<21} {sender:<16} {to:<22} {due:<7} {state}");
    if let Some(done_at) = duty.done_at {
        write!(line, " {}", show(done_at)).unwrap();
    }
    if duty.due.is_none() {
        write!(line, ", arose {}", show(duty.arose_at)).unwrap();
    }
    if !duty.also_read_as.is_empty() {
        let also: Vec<String> = duty.also_read_as.iter().map(|at| show(*at)).collect();
        write!(line, " (text: {})", also.join(", ")).unwrap();
    }
    line
}

fn show(at: Timestamp) -> String {
    shanghai().time_zone.to_datetime(at).strftime("%H:%M").to_string()
}

const fn state(state: DutyState) -> &'static str {
    match state {
        DutyState::Pending => "pending",
        DutyState::Done => "done",
        DutyState::DoneRecordedLate => "done, recorded late",
        DutyState::Late => "late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Superseded => "superseded",
        DutyState::Elapsed => "done at once",
    }
}
