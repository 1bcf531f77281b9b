//! What the fields of Zeek's logs mean.

use fengsui_records::{Classification, Column, Record};

use crate::reading::take;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// When it happened.
    Time,
    /// A column takes it as it is.
    Column(Column),
    /// A column takes it in small letters.
    Small(Column),
    /// It is understood when the whole row is known.
    Later,
    /// It is kept under its own name.
    Other,
}

/// The meaning of a field's name.
pub(super) fn meaning_of(name: &str) -> Meaning {
    match name {
        "ts" => Meaning::Time,
        "uid" => Meaning::Column(Column::SourceKey),
        "id.orig_h" | "tx_hosts" => Meaning::Column(Column::SourceIp),
        "id.orig_p" => Meaning::Column(Column::SourcePort),
        "id.resp_h" | "rx_hosts" => Meaning::Column(Column::DestinationIp),
        "id.resp_p" => Meaning::Column(Column::DestinationPort),
        "proto" => Meaning::Small(Column::Transport),
        "service" => Meaning::Small(Column::Application),
        "query" | "server_name" => Meaning::Column(Column::DestinationFqdn),
        "md5" => Meaning::Column(Column::MalwareMd5),
        "sha1" => Meaning::Column(Column::MalwareSha1),
        "sha256" => Meaning::Column(Column::MalwareSha256),
        "msg" => Meaning::Column(Column::Description),
        "host" | "uri" | "note" | "name" | "src" | "dst" | "p" | "gaps" | "pkts_dropped" => {
            Meaning::Later
        }
        _ => Meaning::Other,
    }
}

/// Fields whose meaning depends on others, or on the log.
#[derive(Debug, Default)]
pub(super) struct Later {
    aside: Vec<(&'static str, String)>,
}

const ASIDE: &[&str] = &["host", "uri", "note", "name", "src", "dst", "p", "gaps", "pkts_dropped"];

impl Later {
    /// Puts a field aside; gives it back if there is one of that name already.
    pub(super) fn put_aside(&mut self, name: &str, text: &str) -> Option<String> {
        let is_there = self.aside.iter().any(|(held, _)| *held == name);
        match ASIDE.iter().find(|known| **known == name) {
            Some(known) if !is_there => {
                self.aside.push((known, text.to_owned()));
                None
            }
            Some(_) | None => Some(text.to_owned()),
        }
    }

    /// Says what the row is, and what the fields put aside mean in it.
    pub(super) fn finish(mut self, record: &mut Record, log: Option<&str>) {
        self.page(record);
        let note = self.out("note");
        record.classify(classification_of(note.as_deref()));
        let (identifier, count) = match log {
            Some("weird") => (self.out("name"), None),
            // What the sensor lost is said as Suricata says it, so that it is counted in one way.
            Some("capture_loss") => (Some("sensor-stats".to_owned()), self.out("gaps")),
            Some("stats") => (Some("sensor-stats".to_owned()), self.out("pkts_dropped")),
            Some(_) | None => (note.clone(), None),
        };
        if let Some(count) = count {
            take(record, Column::Count, "count", &count);
        }
        if let Some(log) = log {
            take(record, Column::FeedCode, "_path", log);
        }
        if let Some(identifier) = identifier.as_deref().or(log) {
            take(record, Column::Identifier, "note", identifier);
        }
        if log == Some("notice") {
            self.parties(record);
        }
        for (name, text) in self.aside {
            record.keep_text(name, &text);
        }
    }

    /// Whom a notice is about, where no connection says it.
    fn parties(&mut self, record: &mut Record) {
        for (name, column) in [
            ("src", Column::SourceIp),
            ("dst", Column::DestinationIp),
            ("p", Column::DestinationPort),
        ] {
            let text = self.out(name).unwrap_or_default();
            take(record, column, name, &text);
        }
    }

    /// Host and path of a request are one address.
    fn page(&mut self, record: &mut Record) {
        let Some(host) = self.out("host") else { return };
        let (name, port) = host.rsplit_once(':').unwrap_or((&host, ""));
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = match Column::DestinationFqdn.kind().read(if is_port { name } else { &host })
        {
            Some(fqdn) if record.get(Column::DestinationFqdn).is_none() => {
                record.push(Column::DestinationFqdn, fqdn);
                true
            }
            Some(_) | None => false,
        };
        let url = self
            .out("uri")
            .map(|uri| if uri.starts_with('/') { format!("http://{host}{uri}") } else { uri });
        match url {
            Some(url) => take(record, Column::DestinationUrl, "uri", &url),
            None if is_name && !is_port => {}
            None => record.keep_text("host", &host),
        }
    }

    fn out(&mut self, name: &str) -> Option<String> {
        let place = self.aside.iter().position(|(held, _)| *held == name)?;
        Some(self.aside.swap_remove(place).1)
    }
}

/// The type of a notice, where its name says it. Everything else is only observed.
fn classification_of(note: Option<&str>) -> Classification {
    match note {
        Some("Scan::Address_Scan" | "Scan::Port_Scan" | "Scan::Random_Scan") => {
            Classification::Scanner
        }
        Some("SSH::Password_Guessing" | "FTP::Bruteforcing") => Classification::BruteForce,
        Some(
            "HTTP::SQL_Injection_Attacker"
            | "Heartbleed::SSL_Heartbeat_Attack"
            | "Signatures::Sensitive_Signature",
        ) => Classification::IdsAlert,
        Some(_) | None => Classification::Undetermined,
    }
}
