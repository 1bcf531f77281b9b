//! What was done about one duty towards one recipient.

use fengsui_vocabulary::RoleId;
use jiff::Timestamp;

use super::arise::{Holder, Owed};
use super::known::{Deed, DeedKind, Known, Seen, Whose};
use crate::history::Tick;
use crate::model::Channel;

/// What was done.
#[derive(Clone, Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) deliveries: Vec<Delivery<'a>>,
    pub(super) waived: Option<(Seen, &'a str)>,
}

/// A delivery, and who confirmed it if somebody did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery<'a> {
    pub(super) seen: Seen,
    /// When it was confirmed and by whom, if it had to be.
    pub(super) cleared: Option<(Timestamp, &'a str)>,
}

/// Collects the deeds that name this duty, sender, organisation, recipient and slot.
pub(super) fn record<'a>(known: &'a Known<'a>, owed: &Owed<'a>, to: Option<&RoleId>) -> Record<'a> {
    let mut record = Record::default();
    let mut cleared = Vec::new();
    let deeds = known.deeds.get(&owed.rule.id).map(Vec::as_slice).unwrap_or_default();
    for deed in deeds.iter().filter(|deed| names(known, owed, to, deed)) {
        match deed.what {
            DeedKind::Delivered => {
                record.deliveries.push(Delivery { seen: deed.seen, cleared: None });
            }
            DeedKind::Cleared { confirmed_by } => cleared.push((deed.seen, confirmed_by)),
            DeedKind::Waived { reason } => {
                record.waived.get_or_insert((deed.seen, reason));
            }
        }
    }
    for delivery in &mut record.deliveries {
        let entered_at = delivery.seen.recorded_at;
        let by = cleared.iter().find(|(seen, _)| seen.recorded_at >= entered_at);
        delivery.cleared = by.map(|(seen, by)| (seen.recorded_at, *by));
    }
    record
}

impl<'a> Record<'a> {
    /// Whether something had closed the duty before one time, as far as was known at another.
    pub(super) fn closes(
        &self,
        due: Option<Timestamp>,
        before: Timestamp,
        known_at: Timestamp,
    ) -> bool {
        let counts = |delivery: &Delivery<'_>| {
            let seen = delivery.seen;
            let is_entered_late = due.is_some_and(|due| seen.at <= due && seen.recorded_at > due);
            let is_cleared = delivery.cleared.is_some_and(|(at, _)| at <= known_at);
            seen.at < before && seen.recorded_at <= known_at && (!is_entered_late || is_cleared)
        };
        let is_waived = |(seen, _): (Seen, &str)| seen.at < before && seen.recorded_at <= known_at;
        self.deliveries.iter().any(counts) || self.waived.is_some_and(is_waived)
    }

    /// The deliveries from a time on: they meet the stricter duty that arose then.
    pub(super) fn from(&self, at: Timestamp) -> Vec<Delivery<'a>> {
        self.deliveries.iter().filter(|delivery| delivery.seen.at >= at).copied().collect()
    }

    /// Forgets what happened from a time on.
    pub(super) fn keep_before(&mut self, at: Timestamp) {
        self.deliveries.retain(|delivery| delivery.seen.at < at);
        self.waived = self.waived.filter(|(seen, _)| seen.at < at);
    }
}

impl Delivery<'_> {
    /// A delivery that needs no confirmation.
    pub(super) const fn at(at: Timestamp) -> Self {
        Self { seen: Seen { at, recorded_at: at, offset: None }, cleared: None }
    }
}

/// Whether a deed names this duty.
fn names(known: &Known<'_>, owed: &Owed<'_>, to: Option<&RoleId>, deed: &Deed<'_>) -> bool {
    let tick = deed.tick;
    let is_sender = match &tick.by {
        Some(by) => known.is_part(by.as_str(), owed.sender.as_str()),
        None => owed.rule.senders.len() == 1,
    };
    let is_holder = match owed.holder {
        Holder::Incident => true,
        Holder::Organisation(organisation) => deed.organisation == Whose::Of(organisation),
    };
    let is_recipient = match (&tick.to, to) {
        (Some(named), Some(to)) => known.is_part(named.as_str(), to.as_str()),
        (None, _) | (_, None) => true,
    };
    is_sender
        && is_holder
        && is_recipient
        && is_channel(owed.rule.channel, tick.channel)
        && is_same_channel(known, owed, tick)
        && is_slot(owed, tick, deed)
}

/// The written form does not satisfy the oral one, nor the other way round.
fn is_channel(owed: Channel, used: Option<Channel>) -> bool {
    match (owed, used) {
        (Channel::Any, _) | (_, None | Some(Channel::Any)) => true,
        (Channel::Oral | Channel::Written, Some(used)) => owed == used,
    }
}

/// Whether it went the way of the duty whose channel is to be used again, where both are known.
fn is_same_channel(known: &Known<'_>, owed: &Owed<'_>, tick: &Tick) -> bool {
    let Some(first) = &owed.rule.same_channel_as else { return true };
    let deeds = known.deeds.get(first).map(Vec::as_slice).unwrap_or_default();
    let mut used = deeds
        .iter()
        .filter(|deed| matches!(deed.what, DeedKind::Delivered))
        .filter(|deed| tick.to.is_none() || deed.tick.to.is_none() || deed.tick.to == tick.to)
        .filter_map(|deed| deed.tick.channel)
        .peekable();
    used.peek().is_none() || used.any(|used| is_channel(used, tick.channel))
}

/// A delivery that names no slot counts for the one that it was in time for.
fn is_slot(owed: &Owed<'_>, tick: &Tick, deed: &Deed<'_>) -> bool {
    match (tick.slot, owed.slot) {
        (Some(named), slot) => named == slot.unwrap_or(1),
        (None, None) => true,
        (None, Some(_)) => match deed.what {
            DeedKind::Delivered => owed.span.covers(deed.seen.at),
            DeedKind::Cleared { .. } | DeedKind::Waived { .. } => false,
        },
    }
}
