//! What a collector says of a feed while it runs: what waits, what was lost, what is wrong.
//!
//! It is kept as a small JSON text beside the record, so that screens and other processes can show it and a restart
//! forgets no loss. Reading sockets, clocks and files is elsewhere; the lake knows what was taken in, this what was not.

use std::collections::BTreeMap;

use fengsui_records::{Feed, FeedName, Intake, Trouble};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a collector said last of one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    at: Timestamp,
    gauges: Gauges,
    /// When something of the feed was last taken in.
    last_seen: Option<Timestamp>,
    trouble: Option<Trouble>,
    /// What was lost, by hours since 1970; no more of them than a day has.
    hours: BTreeMap<i64, Losses>,
}

/// What is read off the spool of a feed; nothing where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gauges {
    /// Pieces that wait for the lake.
    pub waiting: u64,
    /// Bytes on disk.
    pub spool_bytes: u64,
    /// Bytes there may be.
    pub spool_bytes_max: u64,
}

/// What was lost or turned away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Losses {
    /// What found no room.
    pub lost: u64,
    /// How often a sender was made to wait or turned away.
    pub refused: u64,
    /// How often something damaged was put aside.
    pub damaged: u64,
}

/// What is seen of a feed at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its spool.
    pub gauges: Gauges,
    /// What was lost since this was last said.
    pub losses: Losses,
    /// Whether something was taken in since.
    pub was_heard: bool,
    /// What is wrong.
    pub trouble: Option<Trouble>,
}

impl Said {
    /// Bytes of the text at most; a longer one was not written here.
    pub const BYTES_MAX: usize = 64 * 1024;

    /// What was said before; nothing, where that cannot be read.
    pub fn read(text: &[u8]) -> Self {
        serde_json::from_slice(text).unwrap_or_default()
    }

    /// As it is written down.
    pub fn written(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// Takes up what is seen now.
    pub fn see(&mut self, now: Timestamp, seen: Seen) {
        self.at = now;
        self.gauges = seen.gauges;
        self.trouble = seen.trouble;
        if seen.was_heard {
            self.last_seen = Some(now);
        }
        if seen.losses != Losses::default() {
            self.hours.entry(hour_of(now)).or_default().add(seen.losses);
        }
        self.hours.retain(|hour, _| is_of_the_last_day(*hour, now));
    }

    /// The same as the screens know it.
    pub fn intake(&self, now: Timestamp) -> Intake {
        let mut losses = Losses::default();
        for (hour, lost) in &self.hours {
            if is_of_the_last_day(*hour, now) {
                losses.add(*lost);
            }
        }
        Intake {
            at: self.at,
            waiting: self.gauges.waiting,
            spool_bytes: self.gauges.spool_bytes,
            spool_bytes_max: self.gauges.spool_bytes_max,
            lost: losses.lost,
            refused: losses.refused,
            damaged: losses.damaged,
            trouble: self.trouble.clone(),
        }
    }
}

impl Losses {
    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.lost = self.lost.saturating_add(other.lost);
        self.refused = self.refused.saturating_add(other.refused);
        self.damaged = self.damaged.saturating_add(other.damaged);
    }

    /// What was added since, of counts that only rise.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            lost: self.lost.saturating_sub(before.lost),
            refused: self.refused.saturating_sub(before.refused),
            damaged: self.damaged.saturating_sub(before.damaged),
        }
    }
}

/// Completes what the lake says of feeds by what their collectors say.
///
/// A configured feed is there whatever the lake knows: one that has been silent for long must not vanish.
pub fn complete(
    feeds: &mut Vec<Feed>,
    configured: impl IntoIterator<Item = FeedName>,
    said: &BTreeMap<FeedName, Said>,
    now: Timestamp,
) {
    for name in configured {
        if !feeds.iter().any(|feed| feed.name == name) {
            feeds.push(unheard(name));
        }
    }
    for feed in &mut *feeds {
        let Some(said) = said.get(&feed.name) else { continue };
        feed.intake = Some(said.intake(now));
        feed.last_seen = feed.last_seen.or(said.last_seen);
    }
    feeds.sort_by(|one, other| one.name.cmp(&other.name));
}

/// A feed of which the lake knows nothing lately.
fn unheard(name: FeedName) -> Feed {
    Feed {
        name,
        last_hour: 0,
        last_day: 0,
        last_seen: None,
        lag_seconds: None,
        suppressed: 0,
        sampled: 0,
        quarantined: 0,
        dropped: 0,
        usual_gap_seconds: None,
        intake: None,
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR.as_secs())
}

/// Hours are counted whole: of the first of them more may be told than the last 24 hours hold.
fn is_of_the_last_day(hour: i64, now: Timestamp) -> bool {
    (hour_of(now) - HOURS..=hour_of(now)).contains(&hour)
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Hours of a day.
const HOURS: i64 = 24;

#[cfg(test)]
mod tests {
    use fengsui_records::Standing;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn lost(lost: u64) -> Seen {
        Seen { losses: Losses { lost, refused: 1, damaged: 0 }, ..Seen::default() }
    }

    #[test]
    fn a_loss_is_told_for_a_day_also_after_a_restart() {
        let mut said = Said::default();
        said.see(at("2026-03-14T09:10:00Z"), lost(3));
        said.see(at("2026-03-14T09:50:00Z"), lost(4));
        let mut said = Said::read(&said.written().expect("a text"));
        said.see(at("2026-03-15T08:00:00Z"), lost(5));
        let told = said.intake(at("2026-03-15T09:59:00Z"));
        assert_eq!((told.lost, told.refused), (12, 3));
        assert_eq!(said.intake(at("2026-03-15T10:00:00Z")).lost, 5);
        said.see(at("2026-03-16T20:00:00Z"), Seen::default());
        assert_eq!(said.hours.len(), 0);
    }

    #[test]
    fn a_clock_that_was_set_back_tells_nothing_of_the_future() {
        let mut said = Said::default();
        said.see(at("2026-03-14T09:10:00Z"), lost(3));
        assert_eq!(said.intake(at("2026-03-14T07:00:00Z")).lost, 0);
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for text in ["", "{", "[]", "{\"at\":7}", "{\"hours\":{\"x\":{}}}"] {
            assert_eq!(Said::read(text.as_bytes()), Said::default(), "{text}");
        }
        assert_eq!(Said::read(b"{\"gauges\":{\"waiting\":7},\"later\":1}").gauges.waiting, 7);
    }

    #[test]
    fn what_was_not_lost_before_is_lost_since() {
        let before = Losses { lost: 5, refused: 2, damaged: 0 };
        let now = Losses { lost: 9, refused: 2, damaged: 1 };
        assert_eq!(now.since(before), Losses { lost: 4, refused: 0, damaged: 1 });
        // A counter that begins again has lost nothing.
        assert_eq!(Losses::default().since(before), Losses::default());
    }

    #[test]
    fn a_configured_feed_that_is_silent_for_long_stays_on_the_list() {
        let name = |name: &str| name.parse::<FeedName>().expect("a name");
        let mut said = Said::default();
        let heard = Seen { was_heard: true, ..Seen::default() };
        said.see(at("2026-03-10T09:00:00Z"), heard);
        said.see(at("2026-03-14T09:00:00Z"), Seen::default());
        let mut feeds = vec![Feed { last_day: 7, ..unheard(name("partner")) }];
        let configured = [name("sensor-north"), name("new"), name("partner")];
        let now = at("2026-03-14T09:00:10Z");
        complete(&mut feeds, configured, &[(name("sensor-north"), said)].into(), now);
        let names: Vec<&str> = feeds.iter().map(|feed| feed.name.as_str()).collect();
        assert_eq!(names, ["new", "partner", "sensor-north"]);
        assert_eq!((feeds[0].standing(now), feeds[0].intake.as_ref()), (Standing::Never, None));
        assert_eq!((feeds[1].last_day, feeds[1].intake.as_ref()), (7, None));
        assert_eq!(feeds[2].standing(now), Standing::Silent(4 * 86_400 + 10));
        assert!(feeds[2].intake.as_ref().is_some_and(|intake| !intake.is_stale(now)));
    }
}
