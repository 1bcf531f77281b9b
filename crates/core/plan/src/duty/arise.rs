//! Which duties have arisen: origins of clocks, frozen when they start, and the times they give.

use fengsui_vocabulary::{AnchorName, DutyId, RoleId};
use jiff::Timestamp;

use super::DutyKind;
use super::ground::Ground;
use super::known::{DeedKind, Known, Named, Seen, Whose};
use super::reckon;
use super::warning::{Period, Step};
use crate::model::{Allowance, Anchor, Binding, Colour, Condition, DutyRule, Lasting, LateArising};

/// A duty of one sender that has arisen, before it is split by recipient.
#[derive(Clone, Debug)]
pub(super) struct Owed<'a> {
    pub(super) rule: &'a DutyRule,
    pub(super) sender: &'a RoleId,
    pub(super) holder: Holder<'a>,
    pub(super) ground: Option<&'a Ground<'a>>,
    pub(super) origin: Origin<'a>,
    pub(super) arose_at: Timestamp,
    /// From when on it was known that the duty had arisen.
    pub(super) known_at: Timestamp,
    pub(super) slot: Option<u32>,
    /// The deliveries that mean this slot although they name none.
    pub(super) span: SlotSpan,
    pub(super) due: Option<Timestamp>,
    pub(super) kind: DutyKind,
    pub(super) also_read_as: Vec<Timestamp>,
    /// When the state that it continues in ended.
    pub(super) ended_at: Option<Timestamp>,
}

/// Whose a duty is, besides the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder<'a> {
    /// The sender is one for the whole incident.
    Incident,
    /// Every affected organisation is a sender of its own.
    Organisation(Option<&'a str>),
}

/// A stretch of time: after the one end, up to and with the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotSpan {
    after: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl SlotSpan {
    /// All times.
    const EVER: Self = Self { after: None, until: None };

    /// Whether a time lies in it.
    pub(super) fn covers(self, at: Timestamp) -> bool {
        self.after.is_none_or(|after| at > after) && self.until.is_none_or(|until| at <= until)
    }
}

/// Where a clock started.
#[derive(Clone, Debug)]
pub(super) struct Origin<'a> {
    pub(super) name: &'a str,
    pub(super) seen: Seen,
    /// Other readings of the same start.
    pub(super) others: Vec<Timestamp>,
}

/// One rule with one sender, while its duties are looked for.
#[derive(Clone, Copy)]
struct Case<'a, 'k> {
    known: &'k Known<'a>,
    rule: &'a DutyRule,
    sender: &'a RoleId,
    holder: Holder<'a>,
    ground: Option<&'k Ground<'a>>,
}

/// Which second readings of a start are worth showing.
#[derive(Clone, Copy)]
enum Readings {
    /// Every other one: the time itself was told twice.
    Different,
    /// An earlier one only: later ones are just later.
    Earlier,
}

/// Everything that has arisen by now.
pub(super) fn arisen<'k>(known: &'k Known<'_>) -> Vec<Owed<'k>> {
    let mut owed = Vec::new();
    for (rule, ground) in known.plan.duties.iter().zip(&known.grounds) {
        if ground.is_none() && rule.when != Condition::Always {
            continue;
        }
        for sender in &rule.senders {
            for holder in holders(known, rule, sender) {
                let case = Case { known, rule, sender, holder, ground: ground.as_ref() };
                owed.extend(case.owed());
            }
        }
    }
    owed
}

/// The set of duties is one per affected organisation where those are the senders.
fn holders<'k>(known: &'k Known<'_>, rule: &DutyRule, sender: &RoleId) -> Vec<Holder<'k>> {
    let bound = known.plan.roles.get(sender).map(|role| role.bound);
    if bound != Some(Binding::Affected) {
        return vec![Holder::Incident];
    }
    let mut holders: Vec<_> =
        known.organisations.keys().map(|key| Holder::Organisation(*key)).collect();
    // Without any organisation an incident's own times still oblige somebody: the first one that
    // becomes known takes over what the unnamed one owed.
    if !matches!(rule.anchor, Anchor::Organisation(_)) && holders.is_empty() {
        holders.push(Holder::Organisation(None));
    }
    holders
}

impl<'k> Case<'k, 'k> {
    fn owed(self) -> Vec<Owed<'k>> {
        match &self.rule.due {
            Allowance::Every { period, lasting } => self.slots(*period, *lasting),
            Allowance::Continuing(lasting) => self.continuing(*lasting),
            Allowance::Immediate
            | Allowance::Simultaneous
            | Allowance::Within(_)
            | Allowance::Days(_)
            | Allowance::CalendarMonths(_)
            | Allowance::WorkingDays { .. }
            | Allowance::OnRequest
            | Allowance::Undefined => self.once_per_origin(),
        }
    }

    fn once_per_origin(self) -> Vec<Owed<'k>> {
        let origins = self.origins();
        let is_of_many = matches!(self.rule.anchor, Anchor::Each(_) | Anchor::FollowUp(_));
        let is_numbered = is_of_many
            || (self.rule.due == Allowance::Simultaneous && self.rule.anchor.is_on_warning());
        // One follow-up brings everything that is new: it meets the earlier ones as well.
        let is_follow_up = matches!(self.rule.anchor, Anchor::FollowUp(_));
        let starts: Vec<_> = origins.iter().map(|origin| origin.seen.at).collect();
        let mut owed = Vec::new();
        for (number, origin) in (1..).zip(origins) {
            let slot = (is_numbered || number > 1).then_some(number);
            let start = origin.seen.at;
            let zone = self.known.zone_of(origin.seen);
            let due = reckon::due(self.known.plan, &self.rule.due, start, &zone);
            let mut timed = self.timed(origin, slot, due);
            let is_first = starts.first() == Some(&start);
            let next = starts.iter().copied().find(|next| *next > start);
            timed.span = SlotSpan {
                after: just_before(start).filter(|_| !is_first || is_follow_up),
                until: next.and_then(just_before).filter(|_| !is_follow_up),
            };
            owed.push(timed);
        }
        owed
    }

    /// One duty with its time; a time that lay before it arose is only shown.
    fn timed(self, origin: Origin<'k>, slot: Option<u32>, due: Option<Timestamp>) -> Owed<'k> {
        let zone = self.known.zone_of(origin.seen);
        let reckoned = |at: Timestamp| reckon::due(self.known.plan, &self.rule.due, at, &zone);
        let mut also: Vec<_> = origin.others.iter().filter_map(|at| reckoned(*at)).collect();
        let mut owed = self.bare(origin, slot);
        owed.due = due;
        let is_past = due.is_some_and(|due| due < owed.arose_at);
        match self.known.plan.settings.late_arising {
            LateArising::Immediate if is_past => {
                also.extend(due);
                owed.due = None;
                owed.kind = DutyKind::Immediate;
            }
            LateArising::Immediate | LateArising::AsReckoned => {}
        }
        also.sort();
        also.dedup();
        owed.also_read_as = also;
        owed
    }

    fn bare(self, origin: Origin<'k>, slot: Option<u32>) -> Owed<'k> {
        let ground = self.ground.map_or(origin.seen, |ground| ground.seen);
        Owed {
            rule: self.rule,
            sender: self.sender,
            holder: self.holder,
            ground: self.ground,
            arose_at: origin.seen.at.max(ground.at),
            known_at: origin.seen.recorded_at.max(ground.recorded_at),
            origin,
            slot,
            span: SlotSpan::EVER,
            due: None,
            kind: kind_of(&self.rule.due),
            also_read_as: Vec::new(),
            ended_at: None,
        }
    }

    fn origins(self) -> Vec<Origin<'k>> {
        let origin = match &self.rule.anchor {
            Anchor::Organisation(name) => self.organisation_origin(name.as_str()),
            Anchor::Received => self.received(),
            Anchor::Condition => self.condition_origin(),
            Anchor::Incident(name) => self.moment(name.as_str()),
            Anchor::WarningIssued { at_least, adjustments } => {
                return self.turns(|step| counts_as_issue(step, *at_least, *adjustments));
            }
            Anchor::WarningLifted => return self.turns(|step| step == Step::Lifted),
            Anchor::Delivered(duty) => self.delivered(duty),
            Anchor::Each(names) => return self.each(names),
            Anchor::FollowUp(duty) => return self.news_after(duty),
        };
        origin.into_iter().collect()
    }

    /// The times that organisations are asked about; of all of them for a single sender.
    fn times(self) -> impl Iterator<Item = Named<'k>> {
        let is_asked = move |key: Option<&str>| match self.holder {
            Holder::Incident => true,
            Holder::Organisation(organisation) => organisation == key,
        };
        let times = self.known.organisations.iter().filter(move |(key, _)| is_asked(**key));
        times.flat_map(|(_, times)| times.iter().copied())
    }

    fn organisation_origin(self, name: &str) -> Option<Origin<'k>> {
        if name != AWARE {
            let named: Vec<_> = self.times().filter(|time| time.name == name).collect();
            return self.first_known(&named, Readings::Different);
        }
        // Awareness that was stated holds before awareness that follows from the other times. Stated
        // for this very plan it holds whenever it was recorded: each regime has an awareness of its own.
        let here: Vec<_> = self.times().filter(|time| time.name == AWARE_HERE).collect();
        let stated: Vec<_> = self.times().filter(|time| time.name == AWARE).collect();
        let implied: Vec<_> =
            self.times().filter(|time| IMPLY_AWARE.contains(&time.name)).collect();
        let from_stated = self.first_known(&stated, Readings::Different);
        let from_implied = self.first_known(&implied, Readings::Earlier);
        if let Some(mut here) = self.first_known(&here, Readings::Different) {
            let others = [&from_stated, &from_implied].into_iter().flatten();
            here.others.extend(others.map(|origin| origin.seen.at));
            here.others.retain(|at| *at != here.seen.at);
            return Some(here);
        }
        match (from_stated, from_implied) {
            (Some(mut stated), Some(implied)) => {
                if stated.seen.recorded_at <= implied.seen.recorded_at {
                    return Some(stated);
                }
                stated.others.push(stated.seen.at);
                Some(Origin { others: stated.others, ..implied })
            }
            (stated, implied) => stated.or(implied),
        }
    }

    fn received(self) -> Option<Origin<'k>> {
        let receipts: Vec<_> = (self.known.receipts.iter())
            .filter(|receipt| self.known.is_part(receipt.by, self.sender.as_str()))
            .map(|receipt| Named { name: RECEIVED, seen: receipt.seen })
            .collect();
        self.first_known(&receipts, Readings::Earlier)
    }

    /// A condition holds for an organisation from the moment it is affected on.
    fn condition_origin(self) -> Option<Origin<'k>> {
        let Some(ground) = self.ground else { return self.always_origin() };
        let mut origin = Origin { name: ground.name, seen: ground.seen, others: Vec::new() };
        let affected_at = self.known.organisation_known_at();
        let was_nobody_affected = affected_at.is_none_or(|at| ground.seen.recorded_at < at);
        match self.holder {
            Holder::Incident => return Some(origin),
            // What arose before anybody was known stays as it was.
            Holder::Organisation(first) if was_nobody_affected && self.known.is_first(first) => {
                return Some(origin);
            }
            Holder::Organisation(_) => {}
        }
        let times: Vec<_> = self.times().collect();
        let affected = self.first_known(&times, Readings::Earlier)?;
        let known_at = affected.seen.recorded_at;
        let aware: Vec<_> = (times.iter().copied())
            .filter(|time| time.name != OCCURRED && time.seen.recorded_at <= known_at)
            .collect();
        let affected = self.first_known(&aware, Readings::Earlier).unwrap_or(affected);
        if affected.seen.at > origin.seen.at {
            origin.name = affected.name;
            origin.seen.at = affected.seen.at;
            origin.seen.offset = affected.seen.offset;
        }
        origin.seen.recorded_at = origin.seen.recorded_at.max(known_at);
        Some(origin)
    }

    /// Without a condition the first that is known of an organisation starts the clock.
    fn always_origin(self) -> Option<Origin<'k>> {
        let times: Vec<_> = self.times().collect();
        self.first_known(&times, Readings::Earlier)
    }

    fn moment(self, name: &str) -> Option<Origin<'k>> {
        let moments = self.known.moments.iter().copied();
        let named: Vec<_> = moments.filter(|moment| moment.name == name).collect();
        self.first_known(&named, Readings::Earlier)
    }

    /// Every one of these moments, in the order in which they came.
    fn each(self, names: &[AnchorName]) -> Vec<Origin<'k>> {
        let moments = self.known.moments.iter();
        let mut wanted: Vec<_> = moments
            .filter(|moment| names.iter().any(|name| name.as_str() == moment.name))
            .map(|moment| Origin { name: moment.name, seen: moment.seen, others: Vec::new() })
            .collect();
        wanted.sort_by_key(|origin| origin.seen.at);
        wanted
    }

    /// What became new after a delivery of a duty. What becomes new while a follow-up is owed goes
    /// into that one.
    fn news_after(self, duty: &'k DutyId) -> Vec<Origin<'k>> {
        let mut delivered: Vec<_> =
            self.deliveries(duty).chain(self.deliveries(&self.rule.id)).collect();
        delivered.sort_by_key(|seen| seen.at);
        let Some(first) = self.deliveries(duty).map(|seen| seen.at).min() else {
            return Vec::new();
        };
        let mut wanted: Vec<Origin<'k>> = Vec::new();
        for news in self.known.news.iter().filter(|news| news.at > first) {
            let last = wanted.last().map_or(first, |origin| origin.seen.at);
            let is_told = delivered.iter().any(|told| told.at >= last && told.at < news.at);
            if wanted.is_empty() || (is_told && news.at > last) {
                wanted.push(Origin { name: "facts", seen: *news, others: Vec::new() });
            }
        }
        wanted
    }

    /// The deliveries of a duty by this sender and organisation.
    fn deliveries(self, duty: &DutyId) -> impl Iterator<Item = Seen> + use<'k> {
        let deeds = self.known.deeds.get(duty).map(Vec::as_slice).unwrap_or_default();
        let (known, sender, holder) = (self.known, self.sender, self.holder);
        let is_ours = move |whose: Whose<'_>| match holder {
            Holder::Incident => true,
            Holder::Organisation(organisation) => whose == Whose::Of(organisation),
        };
        deeds
            .iter()
            .filter(move |deed| {
                let by = deed.tick.by.as_ref();
                matches!(deed.what, DeedKind::Delivered)
                    && is_ours(deed.organisation)
                    && by.is_none_or(|by| known.is_part(by.as_str(), sender.as_str()))
            })
            .map(|deed| deed.seen)
    }

    fn turns(self, counts: impl Fn(Step) -> bool) -> Vec<Origin<'k>> {
        let turns = self.known.turns.iter().filter(|turn| counts(turn.step));
        turns
            .map(|turn| Origin { name: turn.step.name(), seen: turn.seen, others: Vec::new() })
            .collect()
    }

    /// The first delivery of another duty by the same sender and organisation.
    fn delivered(self, duty: &DutyId) -> Option<Origin<'k>> {
        let named = |seen| Named { name: DELIVERED, seen };
        let deliveries: Vec<_> = self.deliveries(duty).map(named).collect();
        self.first_known(&deliveries, Readings::Earlier)
    }

    /// The origin: the earliest of those known when the duty arose. It never moves afterwards.
    fn first_known(self, candidates: &[Named<'k>], readings: Readings) -> Option<Origin<'k>> {
        let first = candidates.iter().map(|it| it.seen.recorded_at).min()?;
        let known_at = self.ground.map_or(first, |ground| first.max(ground.seen.recorded_at));
        let known = candidates.iter().filter(|it| it.seen.recorded_at <= known_at);
        let origin = known.min_by_key(|it| it.seen.at)?;
        let is_shown = |at: Timestamp| match readings {
            Readings::Different => at != origin.seen.at,
            Readings::Earlier => at < origin.seen.at,
        };
        let others = candidates.iter().map(|it| it.seen.at).filter(|at| is_shown(*at)).collect();
        let seen = Seen { recorded_at: known_at, ..origin.seen };
        let name = if origin.name == AWARE_HERE { AWARE } else { origin.name };
        Some(Origin { name, seen, others })
    }

    /// Every slot up to now and, while the state lasts, the next one.
    fn slots(self, every: jiff::SignedDuration, lasting: Lasting) -> Vec<Owed<'k>> {
        let mut owed: Vec<Owed<'k>> = Vec::new();
        let mut number = 0;
        for period in self.periods(lasting) {
            let origin = period_origin(&period, lasting);
            owed.extend(self.grid(&period, every).into_iter().map(|span| {
                number += 1;
                let mut slot = self.bare(origin.clone(), Some(number));
                slot.span = span;
                slot.due = span.until;
                slot
            }));
        }
        owed.retain(|slot| slot.due.is_some_and(|due| due >= slot.arose_at));
        owed
    }

    /// The slots of one stretch: those due by now and, while it lasts, the next one.
    fn grid(self, period: &Period, every: jiff::SignedDuration) -> Vec<SlotSpan> {
        let mut spans = Vec::new();
        let mut due = period.start.at;
        while due <= self.known.now && spans.len() < SLOTS_MAX {
            let Some(next) = later(due, every) else { break };
            if period.end.is_some_and(|end| next >= end) {
                break;
            }
            spans.push(SlotSpan { after: Some(due), until: Some(next) });
            due = next;
        }
        spans
    }

    fn continuing(self, lasting: Lasting) -> Vec<Owed<'k>> {
        let mut owed = Vec::new();
        for (number, period) in (1..).zip(self.periods(lasting)) {
            let slot = (number > 1).then_some(number);
            let mut continuing = self.bare(period_origin(&period, lasting), slot);
            continuing.ended_at = period.end;
            if period.end.is_none_or(|end| continuing.arose_at < end) {
                owed.push(continuing);
            }
        }
        owed
    }

    /// The stretches of a state, from where the rule's own anchor counts.
    fn periods(self, lasting: Lasting) -> Vec<Period> {
        let colour = match self.rule.anchor {
            Anchor::WarningIssued { at_least: Some(colour), .. } => colour,
            Anchor::WarningIssued { at_least: None, .. }
            | Anchor::Organisation(_)
            | Anchor::Received
            | Anchor::Condition
            | Anchor::Incident(_)
            | Anchor::WarningLifted
            | Anchor::Delivered(_)
            | Anchor::Each(_)
            | Anchor::FollowUp(_) => return self.known.periods(lasting).to_vec(),
        };
        let mut periods = Vec::new();
        for period in self.known.periods(lasting) {
            let reaches = self.known.turns.iter().find(|turn| {
                turn.seen.at >= period.start.at
                    && period.end.is_none_or(|end| turn.seen.at < end)
                    && counts_as_issue(turn.step, Some(colour), true)
            });
            periods.extend(reaches.map(|turn| Period { start: turn.seen, end: period.end }));
        }
        periods
    }
}

fn period_origin<'a>(period: &Period, lasting: Lasting) -> Origin<'a> {
    let name = match lasting {
        Lasting::WarningPeriod => "warning_issued",
        Lasting::Response => "response_started",
    };
    Origin { name, seen: period.start, others: Vec::new() }
}

fn counts_as_issue(step: Step, at_least: Option<Colour>, adjustments: bool) -> bool {
    let reaches = |colour: Colour| at_least.is_none_or(|least| colour <= least);
    match step {
        Step::Issued(colour) => reaches(colour),
        Step::Adjusted(colour) => adjustments && reaches(colour),
        Step::Lifted | Step::Started | Step::Ended => false,
    }
}

fn just_before(at: Timestamp) -> Option<Timestamp> {
    at.checked_sub(jiff::SignedDuration::from_nanos(1)).ok()
}

fn later(due: Timestamp, every: jiff::SignedDuration) -> Option<Timestamp> {
    due.checked_add(every).ok().filter(|next| *next > due)
}

const fn kind_of(allowance: &Allowance) -> DutyKind {
    match allowance {
        Allowance::Immediate => DutyKind::Immediate,
        Allowance::Simultaneous => DutyKind::Simultaneous,
        Allowance::Within(_)
        | Allowance::Days(_)
        | Allowance::CalendarMonths(_)
        | Allowance::WorkingDays { .. } => DutyKind::Within,
        Allowance::Every { .. } => DutyKind::Recurring,
        Allowance::Continuing(_) => DutyKind::Continuing,
        Allowance::OnRequest => DutyKind::OnRequest,
        Allowance::Undefined => DutyKind::Undefined,
    }
}

const OCCURRED: &str = "occurred";
const AWARE: &str = "aware";

/// Awareness that was stated for this very plan.
pub(super) const AWARE_HERE: &str = "aware in the sense of this plan";

const RECEIVED: &str = "report_received";
const DELIVERED: &str = "delivered";

/// The times that make an organisation aware when nobody stated awareness.
const IMPLY_AWARE: [&str; 2] = ["discovered", "informed"];

/// Slots of one stretch at most: more than a year of hours.
const SLOTS_MAX: usize = 10_000;
