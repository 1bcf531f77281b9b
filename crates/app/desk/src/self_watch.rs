//! The program watches itself: its clock, its loops, its backups, what waits to go out.
//!
//! What only this process can know (the offset of its clock, the last heartbeat that was taken) is told to
//! the desk by whoever measured it; the rest is read from the record. Limits are rules of the house.

use std::sync::PoisonError;

use fengsui_store::{Direction, Filter, Select, Sight};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::boards::CLOCK;
use crate::{BackupMade, Desk, DeskFault};

/// What this process saw of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings {
    clock: Option<ClockReading>,
    jump: Option<ClockJump>,
    heartbeat: Option<HeartbeatReading>,
}

/// How far the machine's clock is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockReading {
    /// The time server it was compared with.
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// What must be added to the machine's time; none when the server did not answer.
    pub offset: Option<SignedDuration>,
}

/// The machine's clock was set while the program ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockJump {
    /// The time after it.
    pub at: Timestamp,
    /// By how much; negative when it was set back.
    pub by: SignedDuration,
}

/// What became of the last heartbeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeartbeatReading {
    /// When the other side last took one.
    pub taken_at: Option<Timestamp>,
    /// What became of the newest one, if it was not taken.
    pub failed: Option<String>,
    /// Since when there have been heartbeats to send.
    pub since: Timestamp,
}

/// How the program is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelfWatch {
    /// When this was asked.
    pub at: Timestamp,
    /// The machine's clock; none where no time server is configured.
    pub clock: Option<ClockReading>,
    /// The last time the clock was set.
    pub jump: Option<ClockJump>,
    /// The heartbeat; none where none is configured.
    pub heartbeat: Option<HeartbeatReading>,
    /// The last backup.
    #[serde(skip)]
    pub backup: Option<BackupMade>,
    /// Since when there is anything to lose.
    pub begun_at: Option<Timestamp>,
    /// The oldest moment that the clock loop has not seen to, if it has passed.
    pub unfired_since: Option<Timestamp>,
    /// The oldest message that could go out and has not.
    pub unsent_since: Option<Timestamp>,
    /// Why nothing goes out, if it is held back.
    pub dispatch_held: Vec<String>,
    /// What is wrong, the worst first.
    pub ailments: Vec<Ailment>,
}

/// Something that somebody must see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ailment {
    /// Reminders, misses and calls are late: the clock loop does not keep up or does not run.
    ClockBehind,
    /// Nothing goes out until a person releases it.
    DispatchHeld,
    /// Messages wait longer than they should.
    DispatchBehind,
    /// The machine's clock is off, or nobody can say.
    ClockOff,
    /// The outside does not take the heartbeat.
    HeartbeatSilent,
    /// There is no backup, or only an old one.
    BackupOld,
}

impl Ailment {
    /// The word used in addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClockBehind => "clock-behind",
            Self::DispatchHeld => "dispatch-held",
            Self::DispatchBehind => "dispatch-behind",
            Self::ClockOff => "clock-off",
            Self::HeartbeatSilent => "heartbeat-silent",
            Self::BackupOld => "backup-old",
        }
    }

    /// Whether the outside should be alarmed: duties are not being watched over.
    pub const fn is_grave(self) -> bool {
        match self {
            Self::ClockBehind | Self::DispatchHeld | Self::DispatchBehind => true,
            Self::ClockOff | Self::HeartbeatSilent | Self::BackupOld => false,
        }
    }
}

impl Desk {
    /// Says how far the machine's clock is off.
    pub fn note_clock(&self, reading: ClockReading) {
        if reading.offset.is_none() {
            tracing::warn!(source = %reading.source, "the time server does not answer");
        }
        self.note(|readings| readings.clock = Some(reading));
    }

    /// Says that the machine's clock was set while the program ran.
    pub fn note_jump(&self, jump: ClockJump) {
        tracing::warn!(at = %jump.at, by = %jump.by, "the machine's clock was set");
        self.note(|readings| readings.jump = Some(jump));
    }

    /// Says what became of a heartbeat: taken, or why not.
    pub fn note_heartbeat(&self, became: Result<(), String>) {
        let now = self.now();
        self.note(|readings| {
            let before = readings.heartbeat.take();
            let since = before.as_ref().map_or(now, |it| it.since);
            let taken_at =
                if became.is_ok() { Some(now) } else { before.and_then(|it| it.taken_at) };
            let failed = became.err();
            readings.heartbeat = Some(HeartbeatReading { taken_at, failed, since });
        });
    }

    /// How the program is.
    pub async fn self_watch(&self) -> Result<SelfWatch, DeskFault> {
        let now = self.now();
        let Readings { clock, jump, heartbeat } =
            self.readings().read().unwrap_or_else(PoisonError::into_inner).clone();
        let lag = self.dispatch_lag(now).await?;
        let mut watch = SelfWatch {
            at: now,
            clock,
            jump,
            heartbeat,
            backup: self.last_backup().await?,
            begun_at: self.store().entries(0, 1).await?.first().map(|first| first.recorded_at),
            unfired_since: self.unfired_since(now).await?,
            unsent_since: lag.oldest_due_at,
            dispatch_held: lag.held,
            ailments: Vec::new(),
        };
        watch.ailments = ailments(&watch, &self.packs().house().self_watch);
        Ok(watch)
    }

    fn note(&self, change: impl FnOnce(&mut Readings)) {
        change(&mut self.readings().write().unwrap_or_else(PoisonError::into_inner));
    }

    async fn unfired_since(&self, now: Timestamp) -> Result<Option<Timestamp>, DeskFault> {
        let oldest = Select::of(&CLOCK, Sight::Everything)
            .filter(Filter::AtMost("fires_at", now.into()))
            .order("fires_at", Direction::Ascending)
            .limit(1);
        let rows = self.store().rows(&oldest).await?;
        rows.first().map(|row| row.time("fires_at").map_err(DeskFault::from)).transpose()
    }
}

/// What is wrong, by the limits of the house.
fn ailments(watch: &SelfWatch, limits: &fengsui_response::house::SelfWatchLimits) -> Vec<Ailment> {
    let older = |since: Option<Timestamp>, max: Option<SignedDuration>| {
        let age = since.map(|since| watch.at.duration_since(since));
        matches!((age, max), (Some(age), Some(max)) if age > max)
    };
    let mut found = Vec::new();
    if older(watch.unfired_since, limits.clock_lag_max) {
        found.push(Ailment::ClockBehind);
    }
    if !watch.dispatch_held.is_empty() {
        found.push(Ailment::DispatchHeld);
    }
    if older(watch.unsent_since, limits.dispatch_lag_max) {
        found.push(Ailment::DispatchBehind);
    }
    if watch.clock.as_ref().is_some_and(|clock| is_off(clock, limits.clock_offset_max)) {
        found.push(Ailment::ClockOff);
    }
    let last_beat = watch.heartbeat.as_ref().map(|beat| beat.taken_at.unwrap_or(beat.since));
    if older(last_beat, limits.heartbeat_silence_max) {
        found.push(Ailment::HeartbeatSilent);
    }
    let backed_up = watch.backup.as_ref().map(|made| made.made_at).or(watch.begun_at);
    if older(backed_up, limits.backup_age_max) {
        found.push(Ailment::BackupOld);
    }
    found
}

/// A server that does not answer leaves the question open, which is as bad as being off.
fn is_off(clock: &ClockReading, offset_max: Option<SignedDuration>) -> bool {
    match (clock.offset, offset_max) {
        (Some(offset), Some(max)) => offset.abs() > max,
        (None, Some(_)) => true,
        (Some(_) | None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use fengsui_response::house::SelfWatchLimits;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        "2026-03-14T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
    }

    fn limits() -> SelfWatchLimits {
        let minutes = |minutes| Some(SignedDuration::from_mins(minutes));
        SelfWatchLimits {
            clock_offset_max: Some(SignedDuration::from_secs(1)),
            backup_age_max: minutes(1_560),
            clock_lag_max: minutes(1),
            dispatch_lag_max: minutes(5),
            heartbeat_silence_max: minutes(5),
        }
    }

    fn well() -> SelfWatch {
        SelfWatch {
            at: at(100),
            clock: None,
            jump: None,
            heartbeat: None,
            backup: Some(BackupMade { folder: "/b".into(), made_at: at(0), position: 1, bytes: 1 }),
            begun_at: Some(at(-5_000)),
            unfired_since: None,
            unsent_since: None,
            dispatch_held: Vec::new(),
            ailments: Vec::new(),
        }
    }

    fn found(watch: &SelfWatch) -> Vec<Ailment> {
        ailments(watch, &limits())
    }

    #[test]
    fn a_program_that_keeps_up_is_well() {
        assert_eq!(found(&well()), []);
        assert_eq!(found(&SelfWatch { unfired_since: Some(at(99)), ..well() }), []);
    }

    #[test]
    fn what_waits_too_long_is_named_the_worst_first() {
        let watch = SelfWatch {
            unfired_since: Some(at(98)),
            unsent_since: Some(at(94)),
            backup: None,
            dispatch_held: vec!["restored".to_owned()],
            ..well()
        };
        assert_eq!(
            found(&watch),
            [
                Ailment::ClockBehind,
                Ailment::DispatchHeld,
                Ailment::DispatchBehind,
                Ailment::BackupOld
            ]
        );
    }

    #[test]
    fn a_clock_is_off_either_way_and_when_nobody_can_say() {
        let clock = |offset: Option<i64>| ClockReading {
            source: "ntp.test".to_owned(),
            at: at(99),
            offset: offset.map(SignedDuration::from_millis),
        };
        for (offset, is_off) in
            [(Some(1_000), false), (Some(1_001), true), (Some(-1_001), true), (None, true)]
        {
            let watch = SelfWatch { clock: Some(clock(offset)), ..well() };
            assert_eq!(found(&watch) == [Ailment::ClockOff], is_off, "{offset:?}");
        }
    }

    #[test]
    fn a_heartbeat_that_was_never_taken_counts_from_the_first_attempt() {
        let beat = |taken_at, since| HeartbeatReading { taken_at, failed: None, since };
        let silent = |beat| found(&SelfWatch { heartbeat: Some(beat), ..well() });
        assert_eq!(silent(beat(None, at(96))), []);
        assert_eq!(silent(beat(None, at(94))), [Ailment::HeartbeatSilent]);
        assert_eq!(silent(beat(Some(at(97)), at(0))), []);
    }

    #[test]
    fn without_limits_nothing_is_judged() {
        let watch = SelfWatch { backup: None, unsent_since: Some(at(0)), ..well() };
        assert_eq!(ailments(&watch, &SelfWatchLimits::default()), []);
    }
}
