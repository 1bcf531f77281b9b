//! Duties before a report is accepted: received, met, confirmed. Afterwards they are the incident's.

use fengsui_plan::{Act, Duty, DutyState};

use super::{Case, Decision};
use crate::books::{Books, Deed, Lateness, check_count};
use crate::incident::{MeetDuty, ReceiveReport};
use crate::report::ReportCommand;
use crate::{
    CarriedWhat, Decided, DutyMet, MissCleared, Party, Refusal, ReportEvent, ReportReceived, Tick,
};

type Asking<'a> = Case<'a, ReportCommand>;

/// Another role received it: what was owed to it by this channel is met.
pub(super) fn receive(case: &Asking<'_>, it: &ReceiveReport) -> Decision {
    case.check_waiting()?;
    if !case.asked.by.roles_under(&case.plan.id).contains(&it.by) {
        case.acting(Act::AcceptReport)?;
    }
    if !case.plan.roles.contains_key(&it.by) {
        return Err(Refusal::Unknown { what: "role", name: it.by.to_string() });
    }
    let mut events = vec![case.happens(ReportReceived {
        by: it.by.clone(),
        channel: it.channel,
        report: Some(case.intake.report),
        plan: None,
    })];
    let deed = Deed {
        channel: it.channel,
        act: &it.act,
        late_because: it.late_because.as_ref(),
        lateness: Lateness::NeedsReason,
    };
    events.extend(with_books(case, |books| {
        let ticks = books.met_by_receipt(&it.by, it.channel);
        if ticks.is_empty() { Ok(Vec::new()) } else { books.meet(&ticks, deed) }
    })?);
    Ok(events)
}

pub(super) fn meet(case: &Asking<'_>, it: &MeetDuty) -> Decision {
    case.check_owing()?;
    check_count("duties", it.ticks.len(), usize::MAX)?;
    for tick in &it.ticks {
        check_mine(case, tick)?;
        check_after_beginning(case, tick)?;
    }
    let deed = Deed {
        channel: it.channel,
        act: &it.act,
        late_because: it.late_because.as_ref(),
        lateness: Lateness::NeedsReason,
    };
    with_books(case, |books| books.meet(&it.ticks, deed))
}

/// A second person confirms what somebody else entered after its time.
pub(super) fn clear(case: &Asking<'_>, ticks: &[Tick]) -> Decision {
    case.check_owing()?;
    case.acting(Act::ClearMiss)?;
    check_count("duties", ticks.len(), usize::MAX)?;
    let duties = case.report.duties(case.plan, case.scene.now);
    ticks
        .iter()
        .map(|tick| {
            let nothing = || Refusal::NothingToClear { duty: tick.duty.clone() };
            let key = tick.party.map(|party| case.report.key(&party));
            let is_missed = |duty: &Duty| duty.state == DutyState::Missed;
            duties
                .iter()
                .find(|duty| tick.is_of(duty, key.as_deref()) && is_missed(duty))
                .ok_or_else(nothing)?;
            let entered_by = case
                .report
                .ledger
                .iter()
                .rev()
                .find(|carried| matches!(&carried.what, CarriedWhat::Met(met) if met.tick == *tick))
                .ok_or_else(nothing)?
                .entered_by;
            if entered_by == case.asked.by.person {
                return Err(Refusal::NeedsSecondPerson { done_by: entered_by });
            }
            Ok(case.happens(MissCleared { tick: tick.clone(), entered_by }))
        })
        .collect()
}

fn with_books(
    case: &Asking<'_>,
    enter: impl FnOnce(&Books<'_>) -> Result<Vec<DutyMet>, Refusal>,
) -> Result<Vec<Decided<ReportEvent>>, Refusal> {
    let report = case.report;
    let key = |party: &Party| report.key(party);
    let party = |duty: &Duty| report.party_of(duty);
    let books = Books {
        plan: case.plan,
        duties: report.duties(case.plan, case.scene.now),
        at: case.at,
        key: &key,
        party: &party,
    };
    Ok(enter(&books)?.into_iter().map(|met| case.happens(met)).collect())
}

/// The sender, the recipient, the affected organisation itself, or whoever takes reports in.
fn check_mine(case: &Asking<'_>, tick: &Tick) -> Result<(), Refusal> {
    let by = &case.asked.by;
    let is_party = |party| {
        let known = case.report.affected.get(&party).and_then(|it| it.organisation);
        known.is_some() && known == by.organisation
    };
    let roles = by.roles_under(&tick.plan);
    let is_mine = roles.contains(&tick.by)
        || tick.to.as_ref().is_some_and(|to| roles.contains(to))
        || tick.party.is_some_and(is_party)
        || case.acting(Act::AcceptReport).is_ok();
    if is_mine { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Nothing is reported before it began.
fn check_after_beginning(case: &Asking<'_>, tick: &Tick) -> Result<(), Refusal> {
    let affected = tick.party.and_then(|party| case.report.affected.get(&party));
    let earliest = affected.and_then(|it| it.anchors.known().map(|(_, at)| at).min());
    match earliest {
        Some(earliest) if case.at < earliest => {
            Err(Refusal::BeforeItBegan { at: case.at, earliest })
        }
        Some(_) | None => Ok(()),
    }
}
