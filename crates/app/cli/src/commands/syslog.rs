//! The journal as a log for a collector: from `serve` as it grows, or by hand with `fengsui journal export --syslog`.

use std::fs;
use std::time::Duration;

use fengsui_desk::{AuditLine, Desk, Handed};
use fengsui_outbound::{
    Dialler, Facility, Names, Outcome, Reach, Severity, Syslog, SyslogLimits, SyslogRecord,
    SyslogRoute, SyslogWire, Trust,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, timeout};

use super::Failure;
use crate::config;

/// The name of the cursor.
const FEED: &str = "syslog";

/// The name of the structured data; the number is the one that everybody may use.
const DATA_ID: &str = "entry@32473";

/// How long entries are gathered before they go.
const GATHERED_FOR: Duration = Duration::from_secs(1);

/// How long nothing may move before somebody looks all the same.
const LOOKED_EVERY: Duration = Duration::from_mins(1);

/// How long it waits after a failure, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// A collector, and how we speak to it.
pub(crate) struct Feed {
    syslog: Syslog,
    facility: Facility,
    host: String,
}

impl Feed {
    /// What is configured; none when nothing is.
    pub(crate) fn of(config: &config::Syslog) -> Result<Option<Self>, Failure> {
        let Some(address) = &config.address else { return Ok(None) };
        let (host, port) = address
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
            .ok_or_else(|| wrong(&format!("`{address}` is no address; write NAME:PORT")))?;
        let wire = if config.tls { SyslogWire::Tls } else { SyslogWire::Plain };
        let facility = match &config.facility {
            Some(word) => word.parse().map_err(|fault| wrong(&format!("{fault}")))?,
            None => Facility::AUDIT,
        };
        let networks = config.networks.iter().map(|text| text.parse());
        let networks: Vec<_> =
            networks.collect::<Result<_, _>>().map_err(|fault| wrong(&format!("{fault}")))?;
        let trust = match &config.authorities {
            None => Trust::public(),
            Some(file) => {
                let pem = fs::read(file).map_err(|fault| {
                    Failure::of(&format!("{} cannot be read", file.display()), &fault)
                })?;
                Trust::nobody()
                    .and_pem(&pem)
                    .map_err(|fault| Failure::of(&file.display().to_string(), &fault))?
            }
        };
        let dialler = Dialler::new(Names::System, Reach::public().and(networks), trust);
        let route = SyslogRoute { host, port, wire };
        let syslog = Syslog::new(dialler, route, SyslogLimits::default());
        let host = config.host.clone().unwrap_or_else(|| "-".to_owned());
        Ok(Some(Self { syslog, facility, host }))
    }

    /// Sends one batch of what the collector does not have yet.
    async fn send_one(&self, desk: &Desk) -> Result<Handed, Failure> {
        Ok(desk.hand_on_audit(FEED, |batch| self.take(batch)).await?)
    }

    /// Whether the collector has it.
    async fn take(&self, batch: Vec<AuditLine>) -> bool {
        let records: Vec<SyslogRecord> = batch.iter().map(|line| self.record(line)).collect();
        match self.syslog.send(&records).await {
            Outcome::Delivered { .. } => true,
            outcome @ (Outcome::Refused { .. }
            | Outcome::Deferred { .. }
            | Outcome::Unknown { .. }) => {
                tracing::warn!(?outcome, "the log collector did not take a batch; it comes again");
                false
            }
        }
    }

    fn record(&self, line: &AuditLine) -> SyslogRecord {
        let is_refusal = line.kind == "refusal-recorded";
        let mut data = vec![
            ("position", line.position.to_string()),
            ("stream", line.stream.clone()),
            ("version", line.version.to_string()),
            ("kind", line.kind.clone()),
            ("actor", line.actor.clone()),
            ("command", line.command.clone()),
            ("happened_at", line.happened_at.to_string()),
            ("hash", line.hash.clone()),
        ];
        data.extend(line.on_behalf_of.clone().map(|role| ("on_behalf_of", role)));
        SyslogRecord {
            facility: self.facility,
            severity: if is_refusal { Severity::Warning } else { Severity::Notice },
            at: line.recorded_at,
            host: self.host.clone(),
            kind: line.kind.clone(),
            data_id: DATA_ID,
            data,
            text: format!("entry {} {} {}", line.position, line.kind, line.stream),
        }
    }
}

/// Hands on the journal as it grows, for as long as the program runs.
pub(crate) async fn feed(desk: Desk, feed: Feed) {
    let mut moved = desk.follow();
    let mut back_off = BACK_OFF.0;
    loop {
        match feed.send_one(&desk).await {
            Ok(Handed::On) => back_off = BACK_OFF.0,
            Ok(Handed::Everything) => {
                back_off = BACK_OFF.0;
                match timeout(LOOKED_EVERY, moved.recv()).await {
                    Ok(Err(RecvError::Closed)) => return,
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) => sleep(GATHERED_FOR).await,
                    Err(_elapsed) => {}
                }
            }
            Ok(Handed::Nothing) => back_off = waited(back_off).await,
            Err(fault) => {
                tracing::warn!(%fault, "the journal could not be read for the log collector");
                back_off = waited(back_off).await;
            }
        }
    }
}

/// Hands on everything that the collector does not have yet, and ends.
pub(crate) async fn send_all(desk: &Desk, feed: &Feed) -> Result<(), Failure> {
    loop {
        match feed.send_one(desk).await? {
            Handed::On => {}
            Handed::Everything => return Ok(()),
            Handed::Nothing => {
                let said = "the collector did not take it; look at the log above, then send again";
                return Err(Failure::Said(said.to_owned()));
            }
        }
    }
}

async fn waited(back_off: Duration) -> Duration {
    sleep(back_off).await;
    (back_off * 2).min(BACK_OFF.1)
}

fn wrong(told: &str) -> Failure {
    Failure::Said(format!("[syslog] in the configuration: {told}"))
}
