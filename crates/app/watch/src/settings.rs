//! `[watch]` in the configuration, as it is written; checked here, opened elsewhere.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use fengsui_formats::{Format, Setting};
use fengsui_records::{Classification, Column, FeedName};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::dedupe::{Key, Rule, RuleOdd};
use crate::feed::{Defaults, Feed};
use crate::lists::ListRule;

/// `[watch]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchSettings {
    /// The folder of the lake, or the URL of a bucket; `lake` in the data folder where nothing is said.
    pub lake: Option<String>,
    /// A file with the keys of the lake's bucket, as S3 tools keep them; their environment counts first.
    pub lake_keys: Option<PathBuf>,
    /// The published schema of Shadowserver's reports.
    pub shadowserver_schema: Option<PathBuf>,
    /// Places by address, a file in the `MaxMind` format.
    pub geo_city: Option<PathBuf>,
    /// Autonomous systems by address, likewise.
    pub geo_asn: Option<PathBuf>,
    /// Lists of what is known as good: of MISP, or plain text.
    pub warning_lists: Vec<PathBuf>,
    /// Days after which records are deleted; they are kept for ever where nothing is said.
    pub retention_days: Option<NonZeroU32>,
    /// `[[watch.feed]]`.
    #[serde(rename = "feed")]
    pub feeds: Vec<FeedSettings>,
}

/// `[[watch.feed]]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSettings {
    /// Its name.
    pub name: FeedName,
    /// Its format, by name.
    pub format: String,
    /// Where it comes from.
    pub source: SourceSettings,
    /// The mapping of a generic CSV or JSON feed.
    pub mapping: Option<PathBuf>,
    /// What counts as a repeat.
    #[serde(default)]
    pub dedupe: DedupeSettings,
    /// Keep one record in so many; all where nothing is said.
    pub sample: Option<NonZeroU32>,
    /// Whether each delivery is a whole list; a block-list is, and others may be.
    pub list: Option<ListSettings>,
    /// The RSIT type of records that do not say it.
    pub classification: Option<String>,
    /// Who makes it, for records that do not say it.
    pub provider: Option<String>,
    /// The code of its reports, for records that do not say it.
    pub code: Option<String>,
    /// How sure it is, in per cent, for records that do not say it.
    pub confidence: Option<u8>,
}

/// `dedupe`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DedupeSettings {
    /// Columns by name; the usual ones of the kind of record where there are none.
    pub key: Vec<String>,
    /// How long a window is; `0s` keeps everything.
    pub window: SignedDuration,
    /// Keys that are held at most.
    pub keys_max: usize,
}

/// `list`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListSettings {
    /// Per cent of the list that may vanish with one delivery.
    pub vanished_max: u8,
    /// How long entries hold without a delivery; for ever where nothing is said.
    pub expires_after: Option<SignedDuration>,
    /// Bytes of one delivery.
    pub bytes_max: usize,
}

/// `source`, by its `kind`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceSettings {
    /// Files in a folder.
    Folder(FolderSettings),
    /// What somebody pushes by HTTP.
    Push(PushSettings),
    /// Syslog.
    Syslog(SyslogSettings),
    /// A stream of NATS `JetStream`.
    Nats(NatsSettings),
    /// Attachments of mails.
    Mail(MailSettings),
    /// What is fetched on a schedule.
    Pull(PullSettings),
}

/// Files in a folder.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderSettings {
    /// The folder.
    pub path: PathBuf,
    /// Which files: `*` is any text, `?` any character.
    #[serde(default = "any_name")]
    pub pattern: String,
    /// Whether they grow.
    #[serde(default)]
    pub manner: Manner,
}

/// Whether files grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// They are read once they are complete.
    #[default]
    Batch,
    /// They are read while they grow.
    Tail,
}

/// What somebody pushes by HTTP.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushSettings {
    /// Bytes of one push as it comes.
    pub body_bytes_max: usize,
    /// Bytes of one push once it is unpacked.
    pub unpacked_bytes_max: usize,
    /// Bytes that wait on disk.
    pub spool_bytes_max: u64,
}

/// Syslog.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyslogSettings {
    /// Address and port of datagrams.
    pub udp: Option<SocketAddr>,
    /// Address and port of plain connections.
    pub tcp: Option<SocketAddr>,
    /// Address and port of TLS.
    pub tls: Option<SocketAddr>,
    /// Certificate chain, PEM.
    pub certificate: Option<PathBuf>,
    /// Private key, PEM.
    pub key: Option<PathBuf>,
    /// Certificates of those whose clients may connect, PEM.
    pub client_authorities: Option<PathBuf>,
    /// Bytes that wait on disk.
    #[serde(default = "spool_bytes")]
    pub spool_bytes_max: u64,
}

/// A stream of NATS `JetStream`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsSettings {
    /// The server.
    pub url: String,
    /// The stream.
    pub stream: String,
    /// Which subjects of it; all where nothing is said.
    pub subject: Option<String>,
    /// A file with credentials.
    pub credentials: Option<PathBuf>,
}

/// Attachments of mails.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The folder mails are put into.
    pub folder: PathBuf,
}

/// What is fetched on a schedule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullSettings {
    /// Where.
    pub url: String,
    /// How often.
    #[serde(default = "every_hour")]
    pub every: SignedDuration,
    /// The collection, where it is a TAXII server.
    pub taxii_collection: Option<String>,
    /// A file with the value of the header `Authorization`.
    pub authorization: Option<PathBuf>,
    /// Networks that are not public, in one of which it is.
    #[serde(default)]
    pub networks: Vec<String>,
}

/// Why `[watch]` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsOdd {
    /// Two feeds of one name.
    #[error("there are two feeds {0}; give each another name")]
    NameTwice(FeedName),
    /// No such format.
    #[error("feed {feed}")]
    Format {
        /// The feed.
        feed: FeedName,
        /// The cause.
        source: fengsui_formats::FormatUnknown,
    },
    /// No such column.
    #[error("feed {feed}: there is no column \"{column}\"")]
    Column {
        /// The feed.
        feed: FeedName,
        /// The name.
        column: String,
    },
    /// No such type.
    #[error("feed {feed}: RSIT has no type \"{name}\"")]
    Classification {
        /// The feed.
        feed: FeedName,
        /// The name.
        name: String,
    },
    /// A rule for repeats that cannot be.
    #[error("feed {feed}")]
    Dedupe {
        /// The feed.
        feed: FeedName,
        /// The cause.
        source: RuleOdd,
    },
    /// A push of nothing, or of more than can be held in memory.
    #[error(
        "feed {0}: body_bytes_max is 1 to {body}, and unpacked_bytes_max 1 to {unpacked}",
        body = PushSettings::BODY_BYTES_MAX,
        unpacked = PushSettings::UNPACKED_BYTES_MAX
    )]
    Push(FeedName),
    /// A share above the whole.
    #[error("feed {0}: per cents are 0 to 100")]
    PerCent(FeedName),
    /// Syslog that listens nowhere, or TLS without a key.
    #[error("feed {0}: syslog needs udp, tcp or tls, and tls needs certificate and key")]
    Syslog(FeedName),
    /// A generic format without a mapping.
    #[error("feed {0}: its format needs a mapping file")]
    NoMapping(FeedName),
}

impl WatchSettings {
    /// Checks everything that can be checked without opening anything.
    pub fn check(&self) -> Result<(), SettingsOdd> {
        let mut names = BTreeSet::new();
        for feed in &self.feeds {
            if !names.insert(&feed.name) {
                return Err(SettingsOdd::NameTwice(feed.name.clone()));
            }
            feed.feed(Setting::default())?;
        }
        Ok(())
    }
}

impl FeedSettings {
    /// The format.
    pub fn format(&self) -> Result<Format, SettingsOdd> {
        self.format
            .parse()
            .map_err(|source| SettingsOdd::Format { feed: self.name.clone(), source })
    }

    /// The feed, with what its readers need.
    pub fn feed(&self, setting: Setting) -> Result<Feed, SettingsOdd> {
        let format = self.format()?;
        if matches!(format, Format::Csv | Format::Json) && self.mapping.is_none() {
            return Err(SettingsOdd::NoMapping(self.name.clone()));
        }
        if let SourceSettings::Syslog(syslog) = &self.source
            && !syslog.is_sound()
        {
            return Err(SettingsOdd::Syslog(self.name.clone()));
        }
        if let SourceSettings::Push(push) = &self.source
            && !push.is_sound()
        {
            return Err(SettingsOdd::Push(self.name.clone()));
        }
        let list = self.list_rule(format)?;
        let feed = Feed::new(self.name.clone(), format, setting);
        Ok(Feed {
            // Of a list, entries that stay are counted anyway.
            rule: if list.is_some() { None } else { self.rule()? },
            one_in: self.sample,
            list,
            defaults: self.defaults()?,
            ..feed
        })
    }

    fn rule(&self) -> Result<Option<Rule>, SettingsOdd> {
        if self.dedupe.window.is_zero() {
            return Ok(None);
        }
        let column = |name: &String| {
            Column::from_name(name).ok_or_else(|| SettingsOdd::Column {
                feed: self.name.clone(),
                column: name.chars().take(80).collect(),
            })
        };
        let columns: Vec<Column> = self.dedupe.key.iter().map(column).collect::<Result<_, _>>()?;
        let key = if columns.is_empty() { Key::Usual } else { Key::Columns(columns) };
        let rule = Rule::new(key, self.dedupe.window)
            .map_err(|source| SettingsOdd::Dedupe { feed: self.name.clone(), source })?;
        Ok(Some(rule.holding(self.dedupe.keys_max)))
    }

    fn list_rule(&self, format: Format) -> Result<Option<ListRule>, SettingsOdd> {
        let usual = (format == Format::Blocklist).then(ListSettings::default);
        let Some(list) = self.list.clone().or(usual) else { return Ok(None) };
        if list.vanished_max > 100 {
            return Err(SettingsOdd::PerCent(self.name.clone()));
        }
        Ok(Some(ListRule {
            vanished_max: list.vanished_max,
            expires_after: list.expires_after,
            bytes_max: list.bytes_max,
        }))
    }

    fn defaults(&self) -> Result<Defaults, SettingsOdd> {
        if self.confidence.is_some_and(|confidence| confidence > 100) {
            return Err(SettingsOdd::PerCent(self.name.clone()));
        }
        let classification = match &self.classification {
            None => None,
            Some(name) => Some(Classification::from_name(name).ok_or_else(|| {
                SettingsOdd::Classification { feed: self.name.clone(), name: name.clone() }
            })?),
        };
        Ok(Defaults {
            classification,
            provider: self.provider.clone(),
            code: self.code.clone(),
            confidence: self.confidence,
        })
    }
}

impl PushSettings {
    /// Bytes of one push as it comes, whatever is configured: it is held in memory until it is on disk.
    pub const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
    /// Bytes of one push once it is unpacked, likewise.
    pub const UNPACKED_BYTES_MAX: usize = 256 * 1024 * 1024;

    fn is_sound(&self) -> bool {
        (1..=Self::BODY_BYTES_MAX).contains(&self.body_bytes_max)
            && (1..=Self::UNPACKED_BYTES_MAX).contains(&self.unpacked_bytes_max)
    }
}

impl SyslogSettings {
    fn is_sound(&self) -> bool {
        let has_key = self.certificate.is_some() && self.key.is_some();
        let listens = self.udp.is_some() || self.tcp.is_some() || self.tls.is_some();
        listens && (self.tls.is_none() || has_key)
    }
}

impl Default for DedupeSettings {
    fn default() -> Self {
        Self { key: Vec::new(), window: SignedDuration::from_hours(1), keys_max: Rule::KEYS_MAX }
    }
}

impl Default for ListSettings {
    fn default() -> Self {
        let rule = ListRule::default();
        Self {
            vanished_max: rule.vanished_max,
            expires_after: rule.expires_after,
            bytes_max: rule.bytes_max,
        }
    }
}

impl Default for PushSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * 1024,
            unpacked_bytes_max: 64 * 1024 * 1024,
            spool_bytes_max: spool_bytes(),
        }
    }
}

fn any_name() -> String {
    "*".to_owned()
}

fn spool_bytes() -> u64 {
    4 * 1024 * 1024 * 1024
}

fn every_hour() -> SignedDuration {
    SignedDuration::from_hours(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> WatchSettings {
        toml::from_str(text).expect("settings")
    }

    #[test]
    fn the_least_that_must_be_said_is_name_format_and_source() {
        let settings = read(
            r#"
            [[feed]]
            name = "suricata-north"
            format = "eve"
            source = { kind = "folder", path = "/var/log/suricata", pattern = "eve*.json", manner = "tail" }

            [[feed]]
            name = "pushed"
            format = "intelmq"
            source = { kind = "push" }
            "#,
        );
        settings.check().expect("sound");
        let feed = settings.feeds[0].feed(Setting::default()).expect("a feed");
        assert_eq!(feed.parser, Format::Eve.parser());
        assert_eq!(feed.rule.as_ref().map(|rule| &rule.key), Some(&Key::Usual));
        assert_eq!(feed.list, None);
        assert_eq!(settings.feeds[1].source, SourceSettings::Push(PushSettings::default()));
        assert_eq!(WatchSettings::default(), read(""));
    }

    #[test]
    fn everything_can_be_said() {
        let settings = read(
            r#"
            lake = "/srv/lake"
            lake_keys = "/etc/fengsui/lake.keys"
            shadowserver_schema = "schema.json"
            geo_city = "city.mmdb"
            geo_asn = "asn.mmdb"
            warning_lists = ["resolvers.json"]
            retention_days = 400

            [[feed]]
            name = "bad-hosts"
            format = "blocklist"
            source = { kind = "pull", url = "https://feeds.example/list.txt", every = "30m" }
            list = { vanished_max = 30, expires_after = "48h" }
            classification = "c2-server"
            provider = "example"
            confidence = 80

            [[feed]]
            name = "honeypots"
            format = "json"
            mapping = "honeypots.toml"
            source = { kind = "nats", url = "nats://127.0.0.1", stream = "pots", subject = "pots.>" }
            dedupe = { key = ["source.ip", "destination.port"], window = "10m", keys_max = 1000 }
            sample = 10

            [[feed]]
            name = "walls"
            format = "cef"
            source = { kind = "syslog", tls = "0.0.0.0:6514", certificate = "c.pem", key = "k.pem" }
            dedupe = { window = "0s" }

            [[feed]]
            name = "reports"
            format = "shadowserver"
            source = { kind = "mail", folder = "/var/mail/reports" }
            "#,
        );
        settings.check().expect("sound");
        let feed = |number: usize| settings.feeds[number].feed(Setting::default()).expect("a feed");
        assert_eq!(feed(0).list.map(|rule| rule.vanished_max), Some(30));
        assert_eq!(feed(0).defaults.classification, Some(Classification::C2Server));
        let rule = feed(1).rule.expect("a rule");
        assert_eq!(rule.key, Key::Columns(vec![Column::SourceIp, Column::DestinationPort]));
        assert_eq!(rule.keys_max, 1000);
        assert_eq!(feed(2).rule, None);
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_feed() {
        let odd = |more: &str| {
            let text = format!("[[feed]]\nname = \"x\"\nsource = {{ kind = \"push\" }}\n{more}");
            read(&text).check().expect_err("odd").to_string()
        };
        assert_eq!(odd("format = \"morse\""), "feed x");
        assert!(odd("format = \"csv\"").contains("mapping"));
        assert!(odd("format = \"eve\"\nclassification = \"malware\"").contains("malware"));
        assert!(odd("format = \"eve\"\nconfidence = 101").contains("0 to 100"));
        assert!(
            odd("format = \"eve\"\ndedupe = { key = [\"source.nose\"] }").contains("source.nose")
        );
        let twice = "[[feed]]\nname = \"x\"\nformat = \"eve\"\nsource = { kind = \"push\" }\n";
        assert!(read(&twice.repeat(2)).check().is_err());
        let deaf = twice.replace("\"push\"", "\"syslog\"");
        assert!(read(&deaf).check().expect_err("odd").to_string().contains("udp"));
    }

    #[test]
    fn a_word_that_is_not_known_is_refused() {
        let feed = "[[feed]]\nname = \"x\"\nformat = \"eve\"\n";
        for text in [
            "lakes = \"x\"".to_owned(),
            format!("{feed}source = {{ kind = \"push\", body = 1 }}"),
            format!("{feed}source = {{ kind = \"folder\", path = \"x\", tail = true }}"),
            format!("{feed}source = {{ kind = \"pigeon\" }}"),
            format!("{feed}source = {{ kind = \"push\" }}\ndedupe = {{ windows = \"1h\" }}"),
        ] {
            assert!(toml::from_str::<WatchSettings>(&text).is_err(), "{text}");
        }
    }
}
