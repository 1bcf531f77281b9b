//! Configuration: flags over environment over `fengsui.toml` over defaults that work.

mod sending;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use fengsui_watch::WatchSettings;
use jiff::SignedDuration;
use serde::Deserialize;

pub(crate) use sending::{Centre, Mail, MailSecurity, Webhook};

/// The file beside which the program is started, unless another is named.
pub(crate) const FILE: &str = "fengsui.toml";

/// Everything that can be configured. Unknown keys are refused: a misspelt one must not be silent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) server: Server,
    #[serde(default)]
    pub(crate) store: Store,
    #[serde(default)]
    pub(crate) limits: Limits,
    #[serde(default)]
    pub(crate) documents: Documents,
    #[serde(default)]
    pub(crate) centre: Centre,
    pub(crate) mail: Option<Mail>,
    #[serde(default, rename = "webhook")]
    pub(crate) webhooks: Vec<Webhook>,
    #[serde(default)]
    pub(crate) syslog: Syslog,
    pub(crate) backup: Option<Backup>,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) time: Option<Time>,
    #[serde(default)]
    pub(crate) watch: WatchSettings,
}

/// Backups that are made by themselves while the program serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    /// The folder under which each gets a folder of its own; best on another disk.
    pub(crate) to: PathBuf,
    /// How often.
    #[serde(default = "every_day")]
    pub(crate) every: SignedDuration,
    /// How many are kept.
    #[serde(default = "two_weeks_of_days")]
    pub(crate) keep: usize,
}

/// The dead man's signal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heartbeat {
    /// What receives it by POST, and raises the alarm when it stops coming.
    pub(crate) url: String,
    /// How often.
    #[serde(default = "every_minute")]
    pub(crate) every: SignedDuration,
    /// Networks that are not public, in one of which it is.
    #[serde(default)]
    pub(crate) networks: Vec<String>,
}

/// What the machine's clock is compared with; it is never set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Time {
    /// Its name.
    pub(crate) server: String,
    /// Its port.
    #[serde(default = "ntp")]
    pub(crate) port: u16,
    /// How often.
    #[serde(default = "every_ten_minutes")]
    pub(crate) every: SignedDuration,
    /// Networks that are not public, in one of which it is.
    #[serde(default)]
    pub(crate) networks: Vec<String>,
}

fn every_day() -> SignedDuration {
    SignedDuration::from_hours(24)
}

const fn two_weeks_of_days() -> usize {
    14
}

fn every_minute() -> SignedDuration {
    SignedDuration::from_mins(1)
}

fn every_ten_minutes() -> SignedDuration {
    SignedDuration::from_mins(10)
}

const fn ntp() -> u16 {
    123
}

/// How the servers listen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Address and port.
    pub(crate) listen: Option<SocketAddr>,
    /// Certificate chain, PEM. With it the server speaks TLS only.
    pub(crate) certificate: Option<PathBuf>,
    /// Private key, PEM.
    pub(crate) key: Option<PathBuf>,
    /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    #[serde(default)]
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

/// Where the record is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    /// The folder of the embedded database.
    pub(crate) data: Option<PathBuf>,
}

/// How documents are printed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Documents {
    /// Folders in which fonts are looked for before those of the machine.
    #[serde(default)]
    pub(crate) fonts: Vec<PathBuf>,
}

/// The collector of logs to which the journal is handed on, without texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Syslog {
    /// Name and port: `logs.example.org:6514`. None hands nothing on.
    pub(crate) address: Option<String>,
    /// Whether it is spoken to under TLS. Without, only collectors in `networks` are spoken to.
    pub(crate) tls: bool,
    /// The facility: `audit` unless another is named.
    pub(crate) facility: Option<String>,
    /// What this machine is called in the messages.
    pub(crate) host: Option<String>,
    /// Networks that are not public and in which the collector may be.
    pub(crate) networks: Vec<String>,
    /// Certificates of authorities, PEM, that are believed instead of the public ones.
    pub(crate) authorities: Option<PathBuf>,
}

impl Default for Syslog {
    fn default() -> Self {
        Self {
            address: None,
            tls: true,
            facility: None,
            host: None,
            networks: Vec::new(),
            authorities: None,
        }
    }
}

/// Limits on what comes from outside.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Public reports from one address within an hour.
    pub(crate) public_reports_per_hour_max: u32,
    /// Bytes of one attachment.
    pub(crate) attachment_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { public_reports_per_hour_max: 30, attachment_bytes_max: 20 * 1024 * 1024 }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigFault {
    #[error("cannot read {file}: {source}; check the path, or leave --config out")]
    Read { file: PathBuf, source: std::io::Error },
    #[error("{file} cannot be used: {source}")]
    Parse { file: PathBuf, source: toml::de::Error },
}

impl Config {
    /// Reads the named file, or `fengsui.toml` if there is one, or takes the defaults.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self, ConfigFault> {
        let file = named.unwrap_or_else(|| Path::new(FILE));
        if named.is_none() && !file.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigFault::Read { file: file.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigFault::Parse { file: file.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_refused_with_its_place() {
        let fault = toml::from_str::<Config>("[server]\nlisen = \"127.0.0.1:1\"\n").unwrap_err();
        assert!(fault.to_string().contains("lisen"), "{fault}");
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let config: Config = toml::from_str("").unwrap();
        assert_eq!(config.limits.public_reports_per_hour_max, 30);
    }
}
