//! What watches over the program while it serves: its clock, its heartbeat, its backups.

use std::pin::Pin;
use std::time::Duration;

use fengsui_desk::{ClockJump, ClockReading, Desk};
use fengsui_notices::{Heartbeat, Outcome};
use fengsui_outbound::{Dialler, Http, Names, Network, Reach, TimeServer, Trust, Url};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Failure;
use crate::config::{Backup, Config};

/// How often the machine's clock is compared with the time that has passed.
const JUMPS_LOOKED_FOR_EVERY: Duration = Duration::from_secs(5);

/// A clock that is being disciplined may drift so much between two looks without having been set.
const DRIFT_MAX: SignedDuration = SignedDuration::from_millis(500);

/// How often it is looked whether a backup is due.
const BACKUP_LOOKED_FOR_EVERY: Duration = Duration::from_mins(1);

/// What is configured.
pub(super) struct SelfWatch {
    time: Option<(TimeServer, Duration)>,
    heartbeat: Option<(Heartbeat, Duration)>,
    backup: Option<Backup>,
}

/// One of the loops of the watch.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The watch while it goes on.
pub(super) struct Watching(CancellationToken);

impl Watching {
    pub(super) fn stop(&self) {
        self.0.cancel();
    }
}

impl SelfWatch {
    pub(super) fn of(config: &Config) -> Result<Self, Failure> {
        let time = config.time.as_ref().map(|time| {
            let server = TimeServer::new(dialler(&time.networks)?, &time.server, time.port);
            Ok::<_, Failure>((server, positive("time.every", time.every)?))
        });
        let heartbeat = config.heartbeat.as_ref().map(|beat| {
            let url: Url = beat
                .url
                .parse()
                .map_err(|fault| Failure::of("heartbeat.url is no address", &fault))?;
            let http = Http::new(dialler(&beat.networks)?);
            Ok::<_, Failure>((Heartbeat::to(http, url), positive("heartbeat.every", beat.every)?))
        });
        if let Some(backup) = &config.backup {
            positive("backup.every", backup.every)?;
        }
        Ok(Self {
            time: time.transpose()?,
            heartbeat: heartbeat.transpose()?,
            backup: config.backup.clone(),
        })
    }

    /// Begins, until it is stopped.
    pub(super) fn spawned(self, tasks: &TaskTracker, desk: &Desk) -> Watching {
        let stop = CancellationToken::new();
        let spawn = |work: Work| {
            let stop = stop.clone();
            tasks.spawn(async move { stop.run_until_cancelled_owned(work).await });
        };
        spawn(Box::pin(look_for_jumps(desk.clone())));
        if let Some((server, every)) = self.time {
            spawn(Box::pin(compare_clock(desk.clone(), server, every)));
        }
        if let Some((heartbeat, every)) = self.heartbeat {
            spawn(Box::pin(beat(desk.clone(), heartbeat, every)));
        }
        if let Some(backup) = self.backup {
            spawn(Box::pin(back_up(desk.clone(), backup)));
        }
        Watching(stop)
    }
}

fn dialler(networks: &[String]) -> Result<Dialler, Failure> {
    let networks: Result<Vec<Network>, _> = networks.iter().map(|it| it.parse()).collect();
    let networks = networks.map_err(|fault| Failure::of("a network cannot be read", &fault))?;
    Ok(Dialler::new(Names::System, Reach::public().and(networks), Trust::public()))
}

fn positive(what: &str, every: SignedDuration) -> Result<Duration, Failure> {
    let every = Duration::try_from(every).ok().filter(|every| *every >= Duration::from_secs(1));
    every.ok_or_else(|| Failure::Said(format!("{what} must be at least one second (\"PT1S\")")))
}

async fn compare_clock(desk: Desk, server: TimeServer, every: Duration) {
    let mut turns = interval(every);
    loop {
        turns.tick().await;
        let offset = server.offset().await;
        if let Err(fault) = &offset {
            tracing::warn!(%fault, "the clock could not be compared");
        }
        let source = server.host().to_owned();
        desk.note_clock(ClockReading { source, at: desk.clock_says(), offset: offset.ok() });
    }
}

async fn look_for_jumps(desk: Desk) {
    let mut turns = interval(JUMPS_LOOKED_FOR_EVERY);
    let mut before = (desk.clock_says(), Instant::now());
    loop {
        turns.tick().await;
        let now = (desk.clock_says(), Instant::now());
        if let Some(by) = jump(before.0, now.0, now.1.duration_since(before.1)) {
            desk.note_jump(ClockJump { at: now.0, by });
        }
        before = now;
    }
}

/// By how much the clock was set, if it was: what it says has passed and what has passed differ.
fn jump(before: Timestamp, now: Timestamp, passed: Duration) -> Option<SignedDuration> {
    let passed = SignedDuration::try_from(passed).ok()?;
    let by = now.duration_since(before).checked_sub(passed)?;
    (by.abs() > DRIFT_MAX).then_some(by)
}

/// A heartbeat says that duties are being watched over; when they are not, it is kept back so that the
/// outside raises the alarm.
async fn beat(desk: Desk, heartbeat: Heartbeat, every: Duration) {
    let mut turns = interval(every);
    loop {
        turns.tick().await;
        let became = match desk.self_watch().await {
            Ok(watch) => match watch.ailments.iter().find(|ailment| ailment.is_grave()) {
                Some(ailment) => Err(format!("kept back: {}", ailment.name())),
                None => taken(heartbeat.beat(watch.at).await),
            },
            Err(fault) => Err(format!("kept back: {fault}")),
        };
        if let Err(why) = &became {
            tracing::warn!(why, "no heartbeat");
        }
        desk.note_heartbeat(became);
    }
}

fn taken(outcome: Outcome) -> Result<(), String> {
    match outcome {
        Outcome::Delivered { .. } => Ok(()),
        Outcome::Refused { answer, .. } | Outcome::Deferred { answer, .. } => {
            Err(answer.to_string())
        }
        Outcome::Unknown { why } => Err(why.to_string()),
    }
}

async fn back_up(desk: Desk, backup: Backup) {
    let mut turns = interval(BACKUP_LOOKED_FOR_EVERY);
    loop {
        turns.tick().await;
        if let Err(fault) = back_up_if_due(&desk, &backup).await {
            tracing::error!(fault = %super::with_causes(&fault), "no backup was made");
        }
    }
}

async fn back_up_if_due(desk: &Desk, backup: &Backup) -> Result<(), fengsui_desk::BackupFault> {
    let last = desk.last_backup().await?;
    if last.is_some_and(|made| desk.now().duration_since(made.made_at) < backup.every) {
        return Ok(());
    }
    desk.backup(&backup.to, |_, _, _| {}).await?;
    Desk::prune_backups(&backup.to, backup.keep)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_773_453_600 + second).unwrap()
    }

    #[test]
    fn a_clock_that_runs_on_was_not_set() {
        assert_eq!(jump(at(0), at(5), Duration::from_secs(5)), None);
        assert_eq!(jump(at(0), at(5), Duration::from_millis(4_600)), None);
    }

    #[test]
    fn a_clock_set_back_an_hour_or_forward_is_seen_either_way() {
        let hour = SignedDuration::from_hours(1);
        assert_eq!(jump(at(3_600), at(5), Duration::from_secs(5)), Some(-hour));
        assert_eq!(jump(at(0), at(3_605), Duration::from_secs(5)), Some(hour));
    }
}
