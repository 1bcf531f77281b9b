//! Suricata's EVE: one JSON object a line, whatever its event type.
//!
//! Source and destination are those of Suricata. Names, URLs and certificates are the server's, which is
//! the destination unless the packet went to the client. What no column holds is kept under the name
//! it had. The counters of a sensor become a record too, so that its losses are seen.

mod category;

use std::borrow::Cow;
use std::sync::LazyLock;

use fengsui_records::{Classification, Column, Record, Value};
use memchr::memmem;

use crate::members::{Member, Members, Raw, text_of};
use crate::reading::{Outcome, Reader, Reason};

/// Reads it.
pub(crate) struct Eve;

impl Reader for Eve {
    fn read(&mut self, piece: &[u8], out: &mut Vec<Outcome>) {
        match record_of(piece) {
            Ok(None) => {}
            Ok(Some(record)) => out.push(Outcome::Record(record)),
            Err(reason) => out.push(Outcome::Quarantined(reason)),
        }
    }

    fn fork(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(Self))
    }
}

/// What is looked at only when all members are known, because one depends on another.
#[derive(Default)]
struct Later<'a> {
    event_type: Option<Member<'a>>,
    flow_id: Option<Member<'a>>,
    tx_id: Option<Member<'a>>,
    direction: Option<Member<'a>>,
    app_proto: Option<Member<'a>>,
    /// The type an alert has; it is read at once, as it depends on nothing.
    alert: Option<Classification>,
    http: Option<Member<'a>>,
    dns: Option<Member<'a>>,
    tls: Option<Member<'a>>,
    fileinfo: Option<Member<'a>>,
    stats: Option<Member<'a>>,
}

fn record_of(piece: &[u8]) -> Result<Option<Record>, Reason> {
    let Some(text) = text_of(piece)? else { return Ok(None) };
    let mut members = Members::of(text)?;
    let mut record = Record::with_room(text.len() / 2);
    let mut later = Later::default();
    while let Some(name) = members.name()? {
        let alert_members =
            if name.text == "alert" && later.alert.is_none() { members.inside() } else { None };
        match alert_members {
            Some(mut inner) => {
                later.alert = Some(alert(&mut record, &mut inner)?);
                members.leave(&inner);
            }
            None => take(&mut record, &mut later, members.member(name)?),
        }
    }
    finish(&mut record, &later)?;
    Ok(Some(record))
}

/// Takes one member of the event, or puts it aside.
fn take<'a>(record: &mut Record, later: &mut Later<'a>, member: Member<'a>) {
    let column = match member.name {
        "timestamp" => Column::TimeSource,
        "src_ip" => Column::SourceIp,
        "src_port" => Column::SourcePort,
        "dest_ip" => Column::DestinationIp,
        "dest_port" => Column::DestinationPort,
        "proto" => return transport(record, &member),
        _ => {
            // Of a member said twice, the first counts and the second is kept.
            return match later.slot(member.name) {
                Some(slot @ None) => *slot = Some(member),
                Some(Some(_)) | None => member.keep(record),
            };
        }
    };
    member.put(record, column);
}

impl<'a> Later<'a> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<Member<'a>>> {
        Some(match name {
            "event_type" => &mut self.event_type,
            "flow_id" => &mut self.flow_id,
            "tx_id" => &mut self.tx_id,
            "direction" => &mut self.direction,
            "app_proto" => &mut self.app_proto,
            "http" => &mut self.http,
            "dns" => &mut self.dns,
            "tls" => &mut self.tls,
            "fileinfo" => &mut self.fileinfo,
            "stats" => &mut self.stats,
            _ => return None,
        })
    }
}

fn finish(record: &mut Record, later: &Later<'_>) -> Result<(), Reason> {
    let event_type = later.event_type.as_ref().and_then(|member| member.value.text());
    // An object that does not say what it is, is somebody else's.
    let event_type = event_type.filter(|text| !text.trim().is_empty());
    let event_type = event_type.ok_or(Reason::NotThisFormat)?;
    push_text(record, Column::FeedCode, &event_type);
    source_key(record, later.flow_id, later.tx_id);
    application(record, &event_type, later.app_proto.as_ref());
    let server = Server::of(later.direction.as_ref());
    keep_some(record, later.direction.as_ref());
    let classification = later.alert.unwrap_or(Classification::Undetermined);
    record.push_static(Column::Taxonomy, classification.taxonomy());
    record.push_static(Column::Type, classification.as_str());
    if later.alert.is_none() {
        let what = if event_type == "stats" { "sensor-stats" } else { &event_type };
        push_text(record, Column::Identifier, what);
    }
    within(record, later.http, |record, value| http(record, server, value));
    within(record, later.tls, |record, value| tls(record, server, value));
    within(record, later.dns, |record, value| dns(record, server, value));
    within(record, later.fileinfo, fileinfo);
    within(record, later.stats, stats);
    Ok(())
}

/// Opens a member that should be an object; anything else is kept as it came.
fn within<'a>(
    record: &mut Record,
    member: Option<Member<'a>>,
    read: impl FnOnce(&mut Record, Raw<'a>),
) {
    match member {
        Some(member) if member.value.is_object() => {
            record.keep_object(member.name, |record| read(record, member.value));
        }
        other => keep_some(record, other.as_ref()),
    }
}

fn keep_some(record: &mut Record, member: Option<&Member<'_>>) {
    if let Some(member) = member {
        member.keep(record);
    }
}

/// Fills a column that is empty with a text, without a copy where it is one that comes by the million.
fn push_text(record: &mut Record, column: Column, text: &str) {
    match known(text) {
        Some(text) => record.push_static(column, text),
        None => match column.kind().read(text) {
            Some(value) => record.push(column, value),
            None => record.keep_text(column.as_str(), text),
        },
    }
}

fn known(text: &str) -> Option<&'static str> {
    KNOWN.iter().find(|known| **known == text).copied()
}

const KNOWN: &[&str] = &[
    "alert",
    "dns",
    "http",
    "tls",
    "flow",
    "fileinfo",
    "allowed",
    "blocked",
    "sensor-stats",
    "ssh",
    "smtp",
    "smb",
];

/// The flow, and the transaction within it: what Suricata itself tells events apart by.
fn source_key(record: &mut Record, flow: Option<Member<'_>>, tx: Option<Member<'_>>) {
    let number = |member: &Member<'_>| {
        let digits = member.value.as_str();
        let is_number = digits.len() <= 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.to_owned())
    };
    let tx_number = tx.as_ref().and_then(number);
    let Some(mut key) = flow.as_ref().and_then(number) else {
        keep_some(record, flow.as_ref());
        return keep_some(record, tx.as_ref());
    };
    match tx_number {
        Some(tx) => {
            key.push('/');
            key.push_str(&tx);
        }
        None => keep_some(record, tx.as_ref()),
    }
    record.push(Column::SourceKey, Value::Text(Cow::Owned(key)));
}

fn transport(record: &mut Record, member: &Member<'_>) {
    let known = match member.value.as_str() {
        _ if record.get(Column::Transport).is_some() => return member.keep(record),
        "\"TCP\"" => "tcp",
        "\"UDP\"" => "udp",
        "\"ICMP\"" => "icmp",
        "\"IPv6-ICMP\"" => "ipv6-icmp",
        "\"SCTP\"" => "sctp",
        _ => {
            return match member.value.text() {
                Some(text) => record.read(Column::Transport, &text.to_lowercase()),
                None => member.keep(record),
            };
        }
    };
    record.push_static(Column::Transport, known);
}

/// The protocol Suricata found; where it names none, the event of a protocol says it itself.
fn application(record: &mut Record, event_type: &str, member: Option<&Member<'_>>) {
    match member {
        Some(member) => match member.value.text() {
            Some(text) if text != "failed" && !text.trim().is_empty() => {
                push_text(record, Column::Application, &text);
            }
            Some(_) | None => member.keep(record),
        },
        None if PROTOCOLS.contains(&event_type) => {
            push_text(record, Column::Application, event_type);
        }
        None => {}
    }
}

/// Event types that are protocols.
const PROTOCOLS: &[&str] = &[
    "dcerpc",
    "dhcp",
    "dnp3",
    "dns",
    "enip",
    "ftp",
    "http",
    "ike",
    "krb5",
    "ldap",
    "mdns",
    "modbus",
    "mqtt",
    "nfs",
    "ntp",
    "pgsql",
    "pop3",
    "quic",
    "rdp",
    "rfb",
    "sip",
    "smb",
    "smtp",
    "snmp",
    "ssh",
    "tftp",
    "tls",
    "websocket",
];

/// The columns of the side that serves.
#[derive(Clone, Copy)]
struct Server {
    ip: Column,
    fqdn: Column,
    url: Column,
}

impl Server {
    /// Suricata says which way the packet of an alert went; to the client means from the server.
    fn of(direction: Option<&Member<'_>>) -> Self {
        if direction.is_some_and(|member| member.value.as_str() == "\"to_client\"") {
            let (fqdn, url) = (Column::SourceFqdn, Column::SourceUrl);
            return Self { ip: Column::SourceIp, fqdn, url };
        }
        let (fqdn, url) = (Column::DestinationFqdn, Column::DestinationUrl);
        Self { ip: Column::DestinationIp, fqdn, url }
    }
}

fn alert(record: &mut Record, members: &mut Members<'_>) -> Result<Classification, Reason> {
    let mut classification = Classification::IdsAlert;
    let mut read = Ok(());
    record.keep_object("alert", |record| {
        read = loop {
            match members.next() {
                Ok(Some(member)) => of_alert(record, &mut classification, &member),
                Ok(None) => break Ok(()),
                Err(reason) => break Err(reason),
            }
        };
    });
    read.map(|()| classification)
}

fn of_alert(record: &mut Record, classification: &mut Classification, member: &Member<'_>) {
    match member.name {
        "signature" => member.put(record, Column::SignatureName),
        "signature_id" => member.put(record, Column::SignatureId),
        "severity" => severity(record, member),
        "category" => *classification = category(record, member),
        "action" => match member.value.text().as_deref().and_then(known) {
            Some(action) if record.get(Column::Status).is_none() => {
                record.push_static(Column::Status, action);
            }
            Some(_) | None => member.put(record, Column::Status),
        },
        "metadata" => metadata(record, member),
        "references" => {
            vulnerability(record, member.value);
            member.keep(record);
        }
        _ => member.keep(record),
    }
}

fn category(record: &mut Record, member: &Member<'_>) -> Classification {
    let found = member.value.text().and_then(|text| category::known(&text));
    match found {
        Some((text, classification)) if record.get(Column::Identifier).is_none() => {
            record.push_static(Column::Identifier, text);
            *classification
        }
        Some(_) | None => {
            member.put(record, Column::Identifier);
            Classification::IdsAlert
        }
    }
}

fn severity(record: &mut Record, member: &Member<'_>) {
    let usual = match member.value.as_str() {
        "1" => "1",
        "2" => "2",
        "3" => "3",
        "4" => "4",
        _ => return member.put(record, Column::Severity),
    };
    match record.get(Column::Severity) {
        None => record.push_static(Column::Severity, usual),
        Some(_) => member.keep(record),
    }
}

/// The rule's own notes: kept whole, and looked into for a vulnerability and a family of malware.
fn metadata(record: &mut Record, notes: &Member<'_>) {
    notes.keep(record);
    if !NOTES.iter().any(|name| notes.value.mentions(name)) {
        return;
    }
    for member in notes.value.members() {
        match member.name {
            "cve" => vulnerability(record, member.value),
            "malware_family" if record.get(Column::MalwareName).is_none() => {
                if let Some(family) = texts(member.value).next() {
                    record.read(Column::MalwareName, &family.to_lowercase());
                }
            }
            _ => {}
        }
    }
}

static NOTES: LazyLock<[memmem::Finder<'static>; 2]> =
    LazyLock::new(|| [memmem::Finder::new("\"cve\""), memmem::Finder::new("\"malware_family\"")]);

/// The first CVE that is named: `CVE-2021-44228`, `cve_2021_44228`, `cve,2021-44228` or an address
/// that ends in one.
fn vulnerability(record: &mut Record, value: Raw<'_>) {
    if record.get(Column::Vulnerability).is_some() {
        return;
    }
    if let Some(cve) = texts(value).find_map(|text| cve_of(&text)) {
        record.push(Column::Vulnerability, Value::Text(Cow::Owned(cve)));
    }
}

fn cve_of(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let numbers = match lower.rfind("cve") {
        Some(place) => lower.get(place + 3..)?.trim_start_matches(['-', '_', ',', ' ']),
        None => &lower,
    };
    let (year, number) = numbers.split_once(['-', '_'])?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_cve =
        year.len() == 4 && (4..=8).contains(&number.len()) && is_number(year) && is_number(number);
    is_cve.then(|| format!("CVE-{year}-{number}"))
}

/// The texts of an array, or the one text there is.
fn texts(value: Raw<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    value.text().into_iter().chain(value.elements().filter_map(Raw::text))
}

fn http(record: &mut Record, server: Server, value: Raw<'_>) {
    let (mut host, mut port, mut path) = (None, None, None);
    for member in value.members() {
        let slot = match member.name {
            "hostname" => &mut host,
            "http_port" => &mut port,
            "url" => &mut path,
            _ => {
                member.keep(record);
                continue;
            }
        };
        match slot {
            None => *slot = Some(member),
            Some(_) => member.keep(record),
        }
    }
    let text = |member: &Option<Member<'_>>| {
        member.as_ref().and_then(|member| member.value.text()).map(Cow::into_owned)
    };
    let number = port.as_ref().and_then(|member| member.value.integer());
    let url = text(&path).and_then(|path| url_of(text(&host).as_deref(), number, path));
    let url = url.filter(|_| record.get(server.url).is_none());
    let is_told = match url {
        Some(url) if url.len() <= fengsui_records::Kind::TEXT_MAX => {
            record.push(server.url, Value::Text(Cow::Owned(url)));
            true
        }
        Some(_) | None => false,
    };
    if !is_told {
        keep_some(record, path.as_ref());
    }
    if !is_told || number.is_none() {
        keep_some(record, port.as_ref());
    }
    if let Some(host) = host {
        server_name(record, server, &host);
    }
}

/// The whole address of a page. A proxy is asked for one that is whole already.
fn url_of(host: Option<&str>, port: Option<i64>, path: String) -> Option<String> {
    if path.starts_with("http://") || path.starts_with("https://") {
        return port.is_none().then_some(path);
    }
    let host = host.filter(|host| !host.is_empty() && host.trim() == *host)?;
    if !path.starts_with('/') || path.trim() != path {
        return None;
    }
    let is_v6 = host.contains(':') && !host.starts_with('[');
    let (open, close) = if is_v6 { ("[", "]") } else { ("", "") };
    match port {
        None | Some(80) => Some(["http://", open, host, close, &path].concat()),
        Some(port) => Some(format!("http://{open}{host}{close}:{port}{path}")),
    }
}

/// The name a client used for the server. Its address in the place of a name adds nothing.
fn server_name(record: &mut Record, server: Server, member: &Member<'_>) {
    let text = member.value.text().unwrap_or_default();
    let fqdn = server.fqdn.kind().read(&text).filter(|_| record.get(server.fqdn).is_none());
    if let Some(fqdn) = fqdn {
        return record.push(server.fqdn, fqdn);
    }
    let address = text.parse().ok();
    if address.is_none() || record.ip(server.ip) != address {
        member.keep(record);
    }
}

fn tls(record: &mut Record, server: Server, value: Raw<'_>) {
    for member in value.members() {
        match member.name {
            "sni" => server_name(record, server, &member),
            _ => member.keep(record),
        }
    }
}

/// The name that was asked for stands here, or in the list of questions, by the version of the log.
fn dns(record: &mut Record, server: Server, value: Raw<'_>) {
    for member in value.members() {
        match member.name {
            "rrname" => server_name(record, server, &member),
            "query" | "queries" => {
                let asked = member.value.part("0").and_then(|first| first.part("rrname"));
                let asked = asked.and_then(|name| name.typed(server.fqdn.kind()));
                if let Some(asked) = asked.filter(|_| record.get(server.fqdn).is_none()) {
                    record.push(server.fqdn, asked);
                }
                member.keep(record);
            }
            _ => member.keep(record),
        }
    }
}

fn fileinfo(record: &mut Record, value: Raw<'_>) {
    for member in value.members() {
        match member.name {
            "md5" => member.put(record, Column::MalwareMd5),
            "sha1" => member.put(record, Column::MalwareSha1),
            "sha256" => member.put(record, Column::MalwareSha256),
            _ => member.keep(record),
        }
    }
}

/// What the sensor counted. Packets lost before it saw them are the count of the record: a total
/// since its start, as Suricata writes it.
fn stats(record: &mut Record, value: Raw<'_>) {
    for member in value.members() {
        if member.name == "capture" {
            let lost = member.value.part("kernel_drops").and_then(Raw::integer);
            if let Some(lost) = lost.filter(|_| record.get(Column::Count).is_none()) {
                record.push(Column::Count, Value::Integer(lost));
            }
        }
        member.keep(record);
    }
}

#[cfg(test)]
mod tests;
