//! What to send now: a pure function of what waits, what is under way and how the destinations fare.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_response::Occasion;
use fengsui_vocabulary::MessageId;
use jiff::{SignedDuration, Timestamp};

/// Everything that the next step depends on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// Messages that may be due.
    pub(crate) due: Vec<Due>,
    /// Messages with an attempt under way, here or on another node.
    pub(crate) leased: BTreeSet<MessageId>,
    /// Sendings under way from here, by host.
    pub(crate) under_way: BTreeMap<String, usize>,
    /// How hosts fare; one that is not here fares well.
    pub(crate) health: BTreeMap<String, Health>,
    /// Sendings under way to one host at most.
    pub(crate) in_flight_max: usize,
}

/// A message that may be due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) message: MessageId,
    /// Which host takes it; none where its way is not configured.
    pub(crate) host: Option<String>,
    pub(crate) occasion: Occasion,
    /// When it is to be tried; none when it waits for its way to be configured.
    pub(crate) at: Option<Timestamp>,
    /// When it was decided.
    pub(crate) intended_at: Timestamp,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Lease the next attempt of a message, and send it to this host.
    Lease(MessageId, String),
    /// Write down that there is no way out for it.
    Park(MessageId),
}

/// How a host fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    /// Failures in a row.
    failures: u32,
    /// Nothing is sent before this.
    closed_until: Option<Timestamp>,
}

/// What a sending says about the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fared {
    /// It answered, whatever it answered.
    Answered,
    /// It was not there, or went away.
    Silent,
    /// It does not want us until a setting is changed.
    Misconfigured,
}

/// What to do now, the most urgent first.
///
/// A call-out goes before everything else; then whatever was decided first. A host that does not answer
/// is left alone for a while and then asked with one message; it holds up no other.
pub(crate) fn step(queue: &Queue, now: Timestamp) -> Vec<Action> {
    let mut due: Vec<&Due> = queue.due.iter().filter(|due| due.is_due(now)).collect();
    due.sort_by_key(|due| (urgency(due.occasion), due.intended_at, due.message));
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut actions = Vec::new();
    for due in due {
        if queue.leased.contains(&due.message) {
            continue;
        }
        let Some(host) = &due.host else {
            actions.extend(due.at.map(|_| Action::Park(due.message)));
            continue;
        };
        let left = places.entry(host).or_insert_with(|| queue.places(host, now));
        if *left > 0 {
            *left -= 1;
            actions.push(Action::Lease(due.message, host.clone()));
        }
    }
    actions
}

impl Queue {
    /// How many more may be under way to a host.
    pub(crate) fn places(&self, host: &str, now: Timestamp) -> usize {
        let places = self
            .health
            .get(host)
            .map_or(self.in_flight_max, |health| health.places(self.in_flight_max, now));
        places.saturating_sub(self.under_way.get(host).copied().unwrap_or(0))
    }
}

impl Due {
    fn is_due(&self, now: Timestamp) -> bool {
        self.at.is_none_or(|at| at <= now)
    }
}

impl Health {
    /// The same after one more sending.
    pub(crate) fn after(&self, fared: Fared, now: Timestamp) -> Self {
        let is_closed = self.closed_until.is_some_and(|until| until > now);
        let pause = match fared {
            Fared::Answered => return Self::default(),
            // Several at once that fail together are one failure.
            Fared::Silent if is_closed => return self.clone(),
            Fared::Silent => silence_after(self.failures.saturating_add(1)),
            Fared::Misconfigured => MISCONFIGURED_FOR,
        };
        let failures = self.failures.saturating_add(1);
        Self { failures, closed_until: now.checked_add(pause).ok() }
    }

    /// When something may be sent again, if not now.
    pub(crate) fn opens_at(&self) -> Option<Timestamp> {
        self.closed_until
    }

    fn places(&self, in_flight_max: usize, now: Timestamp) -> usize {
        match (self.failures, self.closed_until) {
            (0, _) => in_flight_max,
            (_, Some(until)) if until > now => 0,
            (_, Some(_) | None) => 1,
        }
    }
}

/// Ten seconds, then twice as long each time, at most ten minutes.
fn silence_after(failures: u32) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(6);
    let seconds = 10_i64.checked_shl(doublings).unwrap_or(i64::MAX);
    SignedDuration::from_secs(seconds).min(SILENCE_MAX)
}

const fn urgency(occasion: Occasion) -> u8 {
    match occasion {
        Occasion::CallOut => 0,
        Occasion::DutyMissed | Occasion::DirectiveIssued => 1,
        Occasion::DutyDue
        | Occasion::ReportReceived
        | Occasion::HandOverReady
        | Occasion::ApprovalAsked
        | Occasion::Plain => 2,
    }
}

/// How long a host that does not answer is left alone at most.
const SILENCE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// How long a host that wants another setting is left alone: a wrong password, tried often, locks accounts.
const MISCONFIGURED_FOR: SignedDuration = SignedDuration::from_mins(30);

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn due(number: u128, host: &str, occasion: Occasion, at: i64) -> Due {
        Due {
            message: MessageId::from_bits(number),
            host: Some(host.to_owned()),
            occasion,
            at: Some(minute(at)),
            intended_at: minute(at),
        }
    }

    fn queue(due: Vec<Due>) -> Queue {
        Queue { due, in_flight_max: 2, ..Queue::default() }
    }

    fn leased(queue: &Queue, now: i64) -> Vec<u128> {
        let number = |action| match action {
            Action::Lease(message, _) => message.bits(),
            Action::Park(message) => 1_000 + message.bits(),
        };
        step(queue, minute(now)).into_iter().map(number).collect()
    }

    #[test]
    fn a_call_out_goes_first_and_then_the_oldest() {
        let mut waiting = queue(vec![
            due(1, "mail", Occasion::DutyDue, 3),
            due(2, "mail", Occasion::DutyDue, 1),
            due(3, "mail", Occasion::DutyMissed, 4),
            due(4, "mail", Occasion::CallOut, 5),
        ]);
        waiting.in_flight_max = 9;
        assert_eq!(leased(&waiting, 9), [4, 3, 2, 1]);
        assert_eq!(leased(&waiting, 3), [2, 1], "the others are not due yet");
    }

    #[test]
    fn no_more_go_to_a_host_than_it_is_given_and_one_does_not_hold_up_another() {
        let mut waiting = queue((1..=5).map(|it| due(it, "slow", Occasion::DutyDue, 0)).collect());
        waiting.due.push(due(9, "other", Occasion::DutyDue, 1));
        assert_eq!(leased(&waiting, 2), [1, 2, 9]);
        waiting.under_way.insert("slow".to_owned(), 2);
        waiting.leased.extend([MessageId::from_bits(1), MessageId::from_bits(2)]);
        assert_eq!(leased(&waiting, 2), [9]);
    }

    #[test]
    fn what_another_node_sends_is_left_to_it() {
        let mut waiting = queue(vec![due(1, "mail", Occasion::DutyDue, 0)]);
        waiting.leased.insert(MessageId::from_bits(1));
        assert_eq!(leased(&waiting, 1), [0; 0]);
    }

    #[test]
    fn a_host_that_does_not_answer_is_left_alone_and_then_asked_with_one() {
        let mut waiting = queue((1..=5).map(|it| due(it, "dead", Occasion::DutyDue, 0)).collect());
        let once = Health::default().after(Fared::Silent, minute(1));
        waiting.health.insert("dead".to_owned(), once.clone());
        assert_eq!(leased(&waiting, 1), [0; 0]);
        assert_eq!(leased(&waiting, 2), [1]);
        let twice = once.after(Fared::Silent, minute(2));
        assert_eq!(twice.opens_at(), Some(minute(2) + SignedDuration::from_secs(20)));
        waiting.health.insert("dead".to_owned(), twice.after(Fared::Answered, minute(3)));
        assert_eq!(leased(&waiting, 3), [1, 2]);
    }

    #[test]
    fn silences_rise_and_are_bounded() {
        let seconds: Vec<i64> = (1..=9).map(|it| silence_after(it).as_secs()).collect();
        assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }

    #[test]
    fn a_wrong_password_is_not_tried_again_and_again() {
        let mut waiting = queue(vec![due(1, "mail", Occasion::DutyDue, 0)]);
        let wrong = Health::default().after(Fared::Misconfigured, minute(0));
        waiting.health.insert("mail".to_owned(), wrong);
        assert_eq!(leased(&waiting, 29), [0; 0]);
        assert_eq!(leased(&waiting, 30), [1]);
    }

    #[test]
    fn a_message_without_a_way_out_is_parked_once_and_sent_when_there_is_one() {
        let mut without = due(1, "", Occasion::DutyDue, 0);
        without.host = None;
        assert_eq!(leased(&queue(vec![without.clone()]), 1), [1_001]);
        without.at = None;
        assert_eq!(leased(&queue(vec![without.clone()]), 1), [0; 0]);
        without.host = Some("mail".to_owned());
        assert_eq!(leased(&queue(vec![without]), 1), [1]);
    }
}
