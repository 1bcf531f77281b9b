//! Closing from a state in which no response runs: whatever blocks it is met or waived by the roles
//! that the plan names, then it is reviewed and closed.
//!
//! Facts are learnt here and not on the way: they move the level in force, as judgements do, and the
//! walk judges every level. Nobody walks back from closing by a way that only facts would open.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Act, Channel, Condition, Fact, FactKind, Plan, Worse};
use fengsui_vocabulary::{DutyId, FactId, FactValue, Facts, Label, RoleId, Scalar};
use jiff::{SignedDuration, Timestamp};

use super::cast::UNIT;
use super::stage::{Stage, later, tell};
use super::{steps, words};
use crate::incident::{InTheWay, Incident, IncidentCommand, MeetDuty};
use crate::{
    Actor, Asked, BlobRef, Delivery, FactsRecorded, IncidentEvent, Outlook, Refusal, SaidBy, Tick,
};

/// What becomes known before somebody tries to close.
#[derive(Clone, Debug, Default)]
pub(super) struct Learnt {
    /// Facts for which duties wait; none in the plain case.
    pub(super) facts: Facts,
}

/// The plain case, and one case in which everything that duties wait for becomes known, hours go by
/// and every part is handed over; more of these where duties wait for different answers to a question.
pub(super) struct Cases {
    pub(super) cases: Vec<Learnt>,
    /// Facts that duties wait for and that could not be written: what hangs on them is not proven.
    pub(super) left_out: bool,
}

impl Cases {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut answers: BTreeMap<&FactId, BTreeSet<Option<&str>>> = BTreeMap::new();
        for duty in plan.duties.iter().filter(|duty| duty.blocks_closing) {
            waits_for(&duty.when, &mut answers);
        }
        let mut left_out = false;
        let mut possible: BTreeMap<&FactId, Vec<FactValue>> = BTreeMap::new();
        for (id, answers) in answers {
            let values = answers.into_iter().map(|answer| value(plan, id, answer));
            let values: Vec<_> = values.collect();
            left_out |= values.iter().any(Option::is_none);
            possible.insert(id, values.into_iter().flatten().collect());
        }
        let most = possible.values().map(Vec::len).max().unwrap_or(0).max(1);
        left_out |= most > CASES_MAX;
        let mut cases = vec![Learnt::default()];
        for number in 0..most.min(CASES_MAX) {
            let value = |values: &Vec<FactValue>| values.get(number).or(values.first()).cloned();
            let facts = possible.iter().filter_map(|(id, it)| Some(((*id).clone(), value(it)?)));
            cases.push(Learnt { facts: facts.collect() });
        }
        Self { cases, left_out }
    }
}

/// Facts on which a condition hangs, with the answers that fulfil it; none means the worst.
fn waits_for<'a>(
    condition: &'a Condition,
    answers: &mut BTreeMap<&'a FactId, BTreeSet<Option<&'a str>>>,
) {
    match condition {
        Condition::Always | Condition::LevelAtLeast(_) | Condition::Stated(_) => {}
        Condition::Flag(fact) | Condition::FactAtLeast(fact, _) => {
            answers.entry(fact).or_default().insert(None);
        }
        Condition::FactIs(fact, choice) => {
            answers.entry(fact).or_default().insert(Some(choice));
        }
        Condition::Any(all) | Condition::All(all) => {
            for one in all {
                waits_for(one, answers);
            }
        }
    }
}

/// An answer as it is recorded, if the plan takes it.
fn value(plan: &Plan, id: &FactId, answer: Option<&str>) -> Option<FactValue> {
    let scalar = match answer {
        Some(word) => Scalar::Word(word.parse().ok()?),
        None => worst(plan.facts.get(id)?)?,
    };
    let value = FactValue::Exact(scalar);
    plan.prepare(&Facts::from([(id.clone(), value.clone())])).is_ok().then_some(value)
}

fn worst(fact: &Fact) -> Option<Scalar> {
    let is_more = fact.worse == Worse::Higher;
    Some(match &fact.kind {
        FactKind::Flag => Scalar::Flag(is_more),
        FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => {
            let worst = if is_more { choices.last() } else { choices.first() };
            Scalar::Word(worst?.id.parse().ok()?)
        }
        FactKind::Count | FactKind::Money { .. } => Scalar::Whole(if is_more { MANY } else { 0 }),
        FactKind::Share => Scalar::Whole(i64::from(is_more)),
        FactKind::Duration => Scalar::Word(if is_more { LONG } else { "PT0S" }.parse().ok()?),
        FactKind::Region => return None,
    })
}

/// Closes an incident, if somebody can at every step.
pub(super) fn close(
    stage: &Stage<'_>,
    incident: &Incident,
    (at, learnt): (Timestamp, Option<&Learnt>),
) -> Result<(Incident, Timestamp), Label> {
    let mut now = at;
    let mut incident = match learnt {
        Some(learnt) => {
            now = at.checked_add(HOURS).unwrap_or(at);
            learn(stage, incident, learnt, now)
        }
        None => incident.clone(),
    };
    for _ in 0..ROUNDS_MAX {
        now = later(now);
        let Err(in_the_way) = incident.is_closable(&stage.packs, now) else {
            let close = IncidentCommand::Close { note: None };
            let closed = stage.by_players(&incident, Act::CloseIncident, &close, now);
            let level = incident.level(stage.plan);
            let nobody = words::no_act(stage.plan, &stage.cast, Act::CloseIncident, level.as_ref());
            return closed.map(|closed| (closed, now)).ok_or(nobody);
        };
        let ticks: Vec<&Tick> = in_the_way.iter().filter_map(owed).collect();
        if ticks.is_empty() {
            incident = review(stage, &incident, &in_the_way, now)?;
        }
        for tick in ticks {
            now = later(now);
            if let Some(discharged) = discharge(stage, &incident, tick, now)? {
                incident = discharged;
            }
        }
    }
    Err(words::never_closable("new duties arise without end"))
}

const fn owed(in_the_way: &InTheWay) -> Option<&Tick> {
    match in_the_way {
        InTheWay::Duty { tick, .. } => Some(tick),
        InTheWay::ResponseRunning
        | InTheWay::ProposalWaiting { .. }
        | InTheWay::ApprovalUnconfirmed { .. }
        | InTheWay::ReviewMissing
        | InTheWay::PlanUndecided { .. }
        | InTheWay::PlanNotAtHand { .. } => None,
    }
}

fn review(
    stage: &Stage<'_>,
    incident: &Incident,
    in_the_way: &[InTheWay],
    now: Timestamp,
) -> Result<Incident, Label> {
    if in_the_way != [InTheWay::ReviewMissing] {
        return Err(words::never_closable(&format!("{in_the_way:?}")));
    }
    let review = IncidentCommand::Review { text: steps::text() };
    let level = incident.level(stage.plan);
    stage
        .by_players(incident, Act::Review, &review, now)
        .ok_or_else(|| words::no_act(stage.plan, &stage.cast, Act::Review, level.as_ref()))
}

/// A report brings facts; whoever may hands parts over.
fn learn(stage: &Stage<'_>, incident: &Incident, learnt: &Learnt, now: Timestamp) -> Incident {
    let mut after = incident.clone();
    if !learnt.facts.is_empty() {
        let event = IncidentEvent::from(FactsRecorded {
            facts: learnt.facts.clone(),
            said_by: SaidBy::Organisation(UNIT),
            ground: None,
            outlook: Outlook::Observed,
        });
        tell(&mut after, event, now);
    }
    for hand_over in &stage.plan.hand_overs {
        let part = hand_over.part.clone();
        let command = IncidentCommand::HandOverPart { part, reason: steps::reason() };
        after = stage.by_players(&after, Act::HandOver, &command, now).unwrap_or(after);
    }
    after
}

/// Meets a duty by its sender, its recipient or the desk; else waives it. Nothing follows where the
/// duty is settled by now, because another one replaced it.
fn discharge(
    stage: &Stage<'_>,
    incident: &Incident,
    tick: &Tick,
    now: Timestamp,
) -> Result<Option<Incident>, Label> {
    let mut is_settled = false;
    for channel in channels(stage.plan, &tick.duty) {
        for actor in deliverers(stage, tick) {
            match stage.after(incident, &Asked::now(actor.clone(), meet(tick, channel)), now) {
                Ok(after) => return Ok(Some(after)),
                Err(refusal) => is_settled |= is_over(&refusal),
            }
        }
    }
    if is_settled {
        return Ok(None);
    }
    let waive = IncidentCommand::WaiveDuty { ticks: vec![tick.clone()], reason: steps::reason() };
    let waived = stage.by_players(incident, Act::WaiveDuty, &waive, now);
    waived.map(Some).ok_or_else(|| words::undischargeable(tick))
}

const fn is_over(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotOwed { .. } | Refusal::SettledAlready { .. } | Refusal::DutySuperseded { .. }
    )
}

/// The sender, the recipient, whoever may record for others, and the officer.
fn deliverers<'a>(stage: &'a Stage<'_>, tick: &'a Tick) -> impl Iterator<Item = &'a Actor> {
    let own: [Option<&RoleId>; 2] = [Some(&tick.by), tick.to.as_ref()];
    let own = own.into_iter().flatten().filter_map(|role| stage.cast.holder(role));
    let desk = stage.cast.players(stage.plan, Act::RecordFacts).map(|(_, actor)| actor);
    own.chain(desk).chain([stage.cast.officer()])
}

/// The channels that branches of a duty name.
fn channels(plan: &Plan, duty: &DutyId) -> BTreeSet<Channel> {
    let rules = plan.duties.iter().filter(|rule| rule.id == *duty);
    rules
        .map(|rule| match rule.channel {
            Channel::Oral => Channel::Oral,
            Channel::Written | Channel::Any => Channel::Written,
        })
        .collect()
}

fn meet(tick: &Tick, channel: Channel) -> IncidentCommand {
    let text: BlobRef = steps::text();
    IncidentCommand::MeetDuty(MeetDuty {
        ticks: vec![tick.clone()],
        channel,
        act: Delivery::Document { text, form: None },
        late_because: Some(steps::reason()),
    })
}

/// So long nobody does anything: what was due within hours is late, what recurs has recurred.
const HOURS: SignedDuration = SignedDuration::from_hours(3);

/// Rounds in which new duties may arise out of those that were met.
const ROUNDS_MAX: usize = 20;

/// Different answers to one question that are tried.
const CASES_MAX: usize = 8;

/// More than any threshold of a count or an amount.
const MANY: i64 = 1_000_000_000_000;

/// Longer than any threshold.
const LONG: &str = "PT87600H";
