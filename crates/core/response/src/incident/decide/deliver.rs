//! Duties: received, met, confirmed, waived.

use fengsui_plan::{Act, Duty, Plan};
use fengsui_vocabulary::{DutyId, Line, PersonId, RoleId};

use super::{Case, Decision};
use crate::books::{Books, Deed, Lateness, check_count};
use crate::incident::{MeetDuty, ReceiveReport};
use crate::{
    BlobRef, Decided, Delivery, DutyWaived, IncidentEvent, MissCleared, Party, Refusal,
    ReportReceived, Tick,
};

/// A role received a report: its own clock starts, and what was owed to it by this channel is met.
pub(super) fn receive(case: &Case<'_>, it: &ReceiveReport) -> Decision {
    let plan = it.plan.as_ref().map_or(Ok(case.plan), |plan| case.plan_of(plan))?;
    if !case.asked.by.roles_under(&plan.id).contains(&it.by) {
        case.acting(Act::RecordFacts)?;
    }
    if !plan.roles.contains_key(&it.by) {
        return Err(Refusal::Unknown { what: "role", name: it.by.to_string() });
    }
    let mut events = vec![case.happens(ReportReceived {
        by: it.by.clone(),
        channel: it.channel,
        report: it.report,
        plan: it.plan.clone(),
    })];
    let deed = Deed {
        channel: it.channel,
        act: &it.act,
        late_because: it.late_because.as_ref(),
        lateness: Lateness::NeedsReason,
    };
    events.extend(with_books(case, plan, |books| {
        let ticks = books.met_by_receipt(&it.by, it.channel);
        if ticks.is_empty() { Ok(Vec::new()) } else { books.meet(&ticks, deed) }
    })?);
    Ok(events)
}

pub(super) fn meet(case: &Case<'_>, it: &MeetDuty) -> Decision {
    let deed = Deed {
        channel: it.channel,
        act: &it.act,
        late_because: it.late_because.as_ref(),
        lateness: Lateness::NeedsReason,
    };
    meet_all(case, &it.ticks, deed)
}

/// Meets duties, each under the plan that imposes it.
pub(super) fn meet_all(case: &Case<'_>, ticks: &[Tick], deed: Deed<'_>) -> Decision {
    let mut events = Vec::new();
    check_count("duties", ticks.len(), usize::MAX)?;
    for tick in ticks {
        let plan = case.plan_of(&tick.plan)?;
        check_mine(case, plan, tick)?;
        check_after_beginning(case, tick)?;
        events
            .extend(with_books(case, plan, |books| books.meet(std::slice::from_ref(tick), deed))?);
    }
    Ok(events)
}

/// Meets one duty of an office towards each of its recipients, by a text.
pub(super) fn meet_by_text(
    case: &Case<'_>,
    duty: &DutyId,
    by: &RoleId,
    text: &BlobRef,
) -> Decision {
    let act = Delivery::Document { text: text.clone(), form: None };
    with_books(case, case.plan, |books| {
        let ticks = books.owed_by(duty, by);
        if ticks.is_empty() {
            return Err(Refusal::NotOwed { duty: duty.clone() });
        }
        let channel = fengsui_plan::Channel::Written;
        let lateness = Lateness::MayBeSilent;
        books.meet(&ticks, Deed { channel, act: &act, late_because: None, lateness })
    })
}

/// A second person confirms what somebody else entered after its time.
pub(super) fn clear(case: &Case<'_>, ticks: &[Tick]) -> Decision {
    case.acting(Act::ClearMiss)?;
    check_count("duties", ticks.len(), TICKS_MAX)?;
    ticks
        .iter()
        .map(|tick| {
            let plan = case.plan_of(&tick.plan)?;
            let unconfirmed = case.incident.unconfirmed_deliveries(plan, case.scene.now);
            let entered: Vec<PersonId> = unconfirmed
                .filter(|(met, _)| met.tick == *tick)
                .map(|(met, _)| met.entered_by)
                .collect();
            // It may have been entered twice: whoever entered one may confirm the other's.
            let me = case.asked.by.person;
            match (entered.iter().find(|by| **by != me), entered.first()) {
                (Some(by), _) => {
                    Ok(case.happens(MissCleared { tick: tick.clone(), entered_by: *by }))
                }
                (None, Some(by)) => Err(Refusal::NeedsSecondPerson { done_by: *by }),
                (None, None) => Err(Refusal::NothingToClear { duty: tick.duty.clone() }),
            }
        })
        .collect()
}

pub(super) fn waive(case: &Case<'_>, ticks: &[Tick], reason: &Line) -> Decision {
    let role = case.acting(Act::WaiveDuty)?;
    check_count("duties", ticks.len(), TICKS_MAX)?;
    ticks
        .iter()
        .map(|tick| {
            let duties = case.incident.duties(case.plan_of(&tick.plan)?, case.scene.now);
            let key = tick.party.map(|party| case.incident.key(&party));
            let duty = duties
                .iter()
                .find(|duty| tick.is_of(duty, key.as_deref()))
                .ok_or_else(|| Refusal::NotOwed { duty: tick.duty.clone() })?;
            if !duty.state.is_open() {
                return Err(Refusal::SettledAlready { duty: tick.duty.clone() });
            }
            Ok(case.happens(DutyWaived {
                tick: tick.clone(),
                role: role.clone(),
                reason: reason.clone(),
            }))
        })
        .collect()
}

fn with_books(
    case: &Case<'_>,
    plan: &Plan,
    enter: impl FnOnce(&Books<'_>) -> Result<Vec<crate::DutyMet>, Refusal>,
) -> Result<Vec<Decided<IncidentEvent>>, Refusal> {
    let incident = case.incident;
    let key = |party: &Party| incident.key(party);
    let party = |duty: &Duty| incident.party_of(duty);
    let books = Books {
        plan,
        duties: incident.duties(plan, case.scene.now),
        at: case.at,
        key: &key,
        party: &party,
    };
    Ok(enter(&books)?.into_iter().map(|met| case.happens(met)).collect())
}

/// The sender, the recipient, the affected organisation itself, or whoever works on the incident.
fn check_mine(case: &Case<'_>, plan: &Plan, tick: &Tick) -> Result<(), Refusal> {
    let is_party = |party| {
        let organisation = case.incident.organisation_of(&party);
        organisation.is_some() && organisation == case.asked.by.organisation
    };
    let is_mine = case.fills(plan, &tick.by, tick.party)
        || tick.to.as_ref().is_some_and(|to| case.fills(plan, to, tick.party))
        || tick.party.is_some_and(is_party)
        || case.acting(Act::RecordFacts).is_ok();
    if is_mine { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Nothing is reported before it began.
fn check_after_beginning(case: &Case<'_>, tick: &Tick) -> Result<(), Refusal> {
    let anchors = tick.party.and_then(|party| case.incident.affected.get(&party));
    let earliest = anchors.and_then(|it| it.anchors.known().map(|(_, at)| at).min());
    match earliest {
        Some(earliest) if case.at < earliest => {
            Err(Refusal::BeforeItBegan { at: case.at, earliest })
        }
        Some(_) | None => Ok(()),
    }
}

/// Duties that are confirmed or waived at once.
const TICKS_MAX: usize = 200;
