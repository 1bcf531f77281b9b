//! Syslog to a collector: RFC 5424 messages, counted by octets (RFC 6587), over TLS (RFC 5425) or TCP.
//!
//! The protocol has no answer. A batch is one connection that we close first: when the other side closes too, it has
//! read everything; when the connection breaks, nobody knows, and the same batch is sent again. So every message
//! should bear a number by which the other side sees doubles.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::dial::{BoxedStream, Dialler};
use crate::network::Wire;
use crate::outcome::Outcome;

/// Sends batches of messages to one collector.
#[derive(Clone, Debug)]
pub struct Syslog {
    dialler: Dialler,
    route: SyslogRoute,
    limits: SyslogLimits,
}

/// Where a collector listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyslogRoute {
    /// Name or address.
    pub host: String,
    /// Port: 6514 is usual with TLS, 601 without.
    pub port: u16,
    /// Whether it is spoken to under TLS.
    pub wire: SyslogWire,
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyslogWire {
    /// Under TLS from the first byte.
    Tls,
    /// Readable on the way; to configured networks only.
    Plain,
}

/// How long a collector may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyslogLimits {
    /// To take a whole batch.
    pub batch_max: Duration,
    /// To close after we have; whoever keeps the connection open longer has taken the batch.
    pub close_max: Duration,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyslogRecord {
    /// What sort of thing speaks.
    pub facility: Facility,
    /// How grave it is.
    pub severity: Severity,
    /// When it was recorded.
    pub at: Timestamp,
    /// The machine, as the collector should know it.
    pub host: String,
    /// What kind of message it is.
    pub kind: String,
    /// The name of the structured data: `entry@32473`.
    pub data_id: &'static str,
    /// The structured data.
    pub data: Vec<(&'static str, String)>,
    /// A sentence for people.
    pub text: String,
}

/// What sort of thing speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facility(u8);

/// A word that names no facility.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no facility; write user, daemon, auth, authpriv, audit, or local0 to local7")]
pub struct FacilityUnknown(String);

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something was refused.
    Warning,
    /// Something usual and significant.
    Notice,
}

impl Default for SyslogLimits {
    fn default() -> Self {
        Self { batch_max: Duration::from_secs(30), close_max: Duration::from_secs(5) }
    }
}

impl Facility {
    /// The facility of audit logs.
    pub const AUDIT: Self = Self(13);
}

impl FromStr for Facility {
    type Err = FacilityUnknown;

    fn from_str(text: &str) -> Result<Self, FacilityUnknown> {
        let known = NAMED.iter().find(|(name, _)| *name == text).map(|(_, number)| *number);
        known.map(Self).ok_or_else(|| FacilityUnknown(text.chars().take(32).collect()))
    }
}

impl Severity {
    const fn number(self) -> u8 {
        match self {
            Self::Warning => 4,
            Self::Notice => 5,
        }
    }
}

impl Syslog {
    /// Sends to one collector.
    pub fn new(dialler: Dialler, route: SyslogRoute, limits: SyslogLimits) -> Self {
        Self { dialler, route, limits }
    }

    /// Sends a batch in its order. Nothing is tried twice here.
    pub async fn send(&self, records: &[SyslogRecord]) -> Outcome {
        let mut octets = Vec::new();
        for record in records {
            let message = record.message();
            octets.extend_from_slice(format!("{} ", message.len()).as_bytes());
            octets.extend_from_slice(message.as_bytes());
        }
        let mut stream = match self.open().await {
            Ok(stream) => stream,
            Err(outcome) => return outcome,
        };
        match timeout(self.limits.batch_max, stream.write_all(&octets)).await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => return Outcome::unknown(fault),
            Err(_elapsed) => return Outcome::unknown("the collector stopped reading"),
        }
        self.closed(stream).await
    }

    async fn open(&self) -> Result<BoxedStream, Outcome> {
        let SyslogRoute { host, port, wire } = &self.route;
        match wire {
            SyslogWire::Plain => Ok(self.dialler.connect(host, *port, Wire::Clear).await?),
            SyslogWire::Tls => {
                let opened = self.dialler.connect(host, *port, Wire::Encrypted).await?;
                Ok(self.dialler.encrypt(opened, host).await?)
            }
        }
    }

    /// We have closed; what the other side does then tells whether it has everything.
    async fn closed(&self, mut stream: BoxedStream) -> Outcome {
        match timeout(self.limits.batch_max, stream.shutdown()).await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => return Outcome::unknown(fault),
            Err(_elapsed) => return Outcome::unknown("the collector stopped reading"),
        }
        let taken = Outcome::Delivered { answer: Answer::ours("taken") };
        let mut heard = [0; 256];
        let mut heard_bytes = 0;
        while heard_bytes < HEARD_BYTES_MAX {
            match timeout(self.limits.close_max, stream.read(&mut heard)).await {
                Ok(Ok(0)) | Err(_) => return taken,
                Ok(Ok(more)) => heard_bytes += more,
                // Under TLS some close the connection and not the session; that is no loss.
                Ok(Err(fault)) if fault.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return taken;
                }
                Ok(Err(fault)) => return Outcome::unknown(fault),
            }
        }
        Outcome::unknown("the collector talks instead of closing")
    }
}

impl SyslogRecord {
    /// The message without its count.
    pub fn message(&self) -> String {
        let priority = u16::from(self.facility.0) * 8 + u16::from(self.severity.number());
        let mut message = format!(
            "<{priority}>1 {} {} fengsui - {} ",
            self.at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
            word(&self.host, HOST_CHARS_MAX),
            word(&self.kind, KIND_CHARS_MAX),
        );
        message.push('[');
        message.push_str(&word(self.data_id, NAME_CHARS_MAX));
        for (name, value) in &self.data {
            for part in [" ", &word(name, NAME_CHARS_MAX), "=\"", &escaped(value), "\""] {
                message.push_str(part);
            }
        }
        message.push(']');
        if !self.text.is_empty() {
            // The mark says that what follows is UTF-8.
            message.push_str(" \u{feff}");
            message.extend(self.text.chars().map(|it| if it.is_control() { ' ' } else { it }));
        }
        message
    }
}

/// A word of the header: printable ASCII without spaces; a dash where nothing is left.
fn word(text: &str, chars_max: usize) -> String {
    let fits = |letter: &char| letter.is_ascii_graphic() && !matches!(letter, '=' | ']' | '"');
    let word: String = text.chars().filter(fits).take(chars_max).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

/// A value of the structured data.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars().take(VALUE_CHARS_MAX) {
        if matches!(letter, '"' | '\\' | ']') {
            escaped.push('\\');
        }
        escaped.push(if letter.is_control() { ' ' } else { letter });
    }
    escaped
}

const NAMED: &[(&str, u8)] = &[
    ("user", 1),
    ("daemon", 3),
    ("auth", 4),
    ("authpriv", 10),
    ("audit", 13),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

const HOST_CHARS_MAX: usize = 255;
const KIND_CHARS_MAX: usize = 32;
const NAME_CHARS_MAX: usize = 32;
const VALUE_CHARS_MAX: usize = 1_024;

/// What a collector may say before it closes; it should say nothing.
const HEARD_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> SyslogRecord {
        SyslogRecord {
            facility: Facility::AUDIT,
            severity: Severity::Notice,
            at: "2026-03-14T02:00:00.25Z".parse().unwrap(),
            host: "desk-1".to_owned(),
            kind: "report-taken-in".to_owned(),
            data_id: "entry@32473",
            data: vec![("position", "7".to_owned()), ("actor", r#"a"b\c]d"#.to_owned())],
            text: "entry 7".to_owned(),
        }
    }

    #[test]
    fn a_message_is_what_the_standard_says() {
        assert_eq!(
            record().message(),
            "<109>1 2026-03-14T02:00:00.250000Z desk-1 fengsui - report-taken-in \
             [entry@32473 position=\"7\" actor=\"a\\\"b\\\\c\\]d\"] \u{feff}entry 7"
        );
    }

    #[test]
    fn what_comes_from_elsewhere_cannot_break_out_of_its_field() {
        let hostile = SyslogRecord {
            host: "a b\n<1>".to_owned(),
            kind: String::new(),
            text: "line\nbreak".to_owned(),
            ..record()
        };
        let message = hostile.message();
        assert!(message.starts_with("<109>1 2026-03-14T02:00:00.250000Z ab<1> fengsui - - ["));
        assert!(!message.contains('\n') && message.ends_with("line break"), "{message}");
    }

    #[test]
    fn a_facility_has_a_name() {
        assert_eq!("local7".parse(), Ok(Facility(23)));
        assert_eq!("audit".parse(), Ok(Facility::AUDIT));
        assert!("kern".parse::<Facility>().is_err());
    }
}
