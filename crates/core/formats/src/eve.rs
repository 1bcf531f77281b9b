//! Suricata's EVE: one JSON object a line, whatever its event type.
//!
//! Source and destination are those of Suricata. Names, URLs and certificates are the server's, which is
//! the destination unless the packet went to the client. What no column holds is kept under the name
//! it had. The counters of a sensor become a record too, so that its losses are seen.

mod category;

use std::borrow::Cow;

use fengsui_records::{Classification, Column, Record, Value};
use sonic_rs::{JsonValueTrait, LazyValue};

use crate::members::{Members, inner, keep, put, text_of};
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
    event_type: Option<LazyValue<'a>>,
    flow_id: Option<LazyValue<'a>>,
    tx_id: Option<LazyValue<'a>>,
    direction: Option<LazyValue<'a>>,
    app_proto: Option<LazyValue<'a>>,
    alert: Option<LazyValue<'a>>,
    http: Option<LazyValue<'a>>,
    dns: Option<LazyValue<'a>>,
    tls: Option<LazyValue<'a>>,
    fileinfo: Option<LazyValue<'a>>,
    stats: Option<LazyValue<'a>>,
}

fn record_of(piece: &[u8]) -> Result<Option<Record>, Reason> {
    let Some(text) = text_of(piece)? else { return Ok(None) };
    let mut members = Members::of(text)?;
    let mut record = Record::with_room(text.len());
    let mut later = Later::default();
    while let Some((name, value)) = members.next()? {
        member(&mut record, &mut later, &name, value);
    }
    finish(&mut record, later)?;
    Ok(Some(record))
}

/// Takes one member of the event, or puts it aside.
fn member<'a>(record: &mut Record, later: &mut Later<'a>, name: &str, value: LazyValue<'a>) {
    let column = match name {
        "timestamp" => Column::TimeSource,
        "src_ip" => Column::SourceIp,
        "src_port" => Column::SourcePort,
        "dest_ip" => Column::DestinationIp,
        "dest_port" => Column::DestinationPort,
        "proto" => return transport(record, &value),
        _ => {
            let Some(slot) = later.slot(name) else { return keep(record, name, &value) };
            // Of a member said twice, the first counts and the second is kept.
            if slot.is_some() {
                return keep(record, name, &value);
            }
            *slot = Some(value);
            return;
        }
    };
    put(record, column, name, &value);
}

impl<'a> Later<'a> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<LazyValue<'a>>> {
        Some(match name {
            "event_type" => &mut self.event_type,
            "flow_id" => &mut self.flow_id,
            "tx_id" => &mut self.tx_id,
            "direction" => &mut self.direction,
            "app_proto" => &mut self.app_proto,
            "alert" => &mut self.alert,
            "http" => &mut self.http,
            "dns" => &mut self.dns,
            "tls" => &mut self.tls,
            "fileinfo" => &mut self.fileinfo,
            "stats" => &mut self.stats,
            _ => return None,
        })
    }
}

fn finish(record: &mut Record, later: Later<'_>) -> Result<(), Reason> {
    let event_type = later.event_type.as_ref().and_then(JsonValueTrait::as_str);
    // An object that does not say what it is, is somebody else's.
    let event_type = event_type.filter(|text| !text.is_empty()).ok_or(Reason::NotThisFormat)?;
    push_text(record, Column::FeedCode, event_type);
    source_key(record, later.flow_id, later.tx_id);
    application(record, event_type, later.app_proto);
    let server = server(record, later.direction);
    match later.alert {
        Some(value) if value.is_object() => alert(record, value),
        other => {
            keep_some(record, "alert", other.as_ref());
            record.push_static(Column::Taxonomy, Classification::Undetermined.taxonomy());
            record.push_static(Column::Type, Classification::Undetermined.as_str());
            let what = if event_type == "stats" { "sensor-stats" } else { event_type };
            push_text(record, Column::Identifier, what);
        }
    }
    within(record, "http", later.http, |record, value| http(record, &server, value));
    within(record, "tls", later.tls, |record, value| tls(record, &server, value));
    within(record, "dns", later.dns, |record, value| dns(record, &server, value));
    within(record, "fileinfo", later.fileinfo, fileinfo);
    within(record, "stats", later.stats, stats);
    Ok(())
}

/// Opens a member that should be an object; anything else is kept as it came.
fn within<'a>(
    record: &mut Record,
    name: &str,
    value: Option<LazyValue<'a>>,
    read: impl FnOnce(&mut Record, LazyValue<'a>),
) {
    match value {
        None => {}
        Some(value) if value.is_object() => {
            record.keep_object(name, |record| read(record, value));
        }
        Some(value) => keep(record, name, &value),
    }
}

fn keep_some(record: &mut Record, name: &str, value: Option<&LazyValue<'_>>) {
    if let Some(value) = value {
        keep(record, name, value);
    }
}

/// A text that is known to be short and not blank.
fn push_text(record: &mut Record, column: Column, text: &str) {
    match known(text) {
        Some(text) => record.push_static(column, text),
        None => match column.kind().read(text) {
            Some(value) => record.push(column, value),
            None => record.keep_text(column.as_str(), text),
        },
    }
}

/// Texts that come by the million, without a copy.
fn known(text: &str) -> Option<&'static str> {
    KNOWN.iter().find(|known| **known == text).copied()
}

const KNOWN: &[&str] =
    &["alert", "dns", "http", "tls", "flow", "fileinfo", "allowed", "blocked", "sensor-stats"];

/// The flow, and the transaction within it: what Suricata itself tells events apart by.
fn source_key(record: &mut Record, flow: Option<LazyValue<'_>>, tx: Option<LazyValue<'_>>) {
    let (Some(flow), Some(number)) = (&flow, flow.as_ref().and_then(scalar)) else {
        keep_some(record, "flow_id", flow.as_ref());
        return keep_some(record, "tx_id", tx.as_ref());
    };
    let key = match tx.as_ref().and_then(scalar) {
        Some(tx) => [number, "/", tx].concat(),
        None => {
            keep_some(record, "tx_id", tx.as_ref());
            number.to_owned()
        }
    };
    if key.len() > 64 {
        return keep(record, "flow_id", flow);
    }
    record.push(Column::SourceKey, Value::Text(Cow::Owned(key)));
}

/// A number as it is written.
fn scalar<'a>(value: &'a LazyValue<'_>) -> Option<&'a str> {
    let raw = value.as_raw_str();
    raw.bytes().all(|byte| byte.is_ascii_digit()).then_some(raw)
}

fn transport(record: &mut Record, value: &LazyValue<'_>) {
    let known = match value.as_raw_str() {
        "\"TCP\"" => Some("tcp"),
        "\"UDP\"" => Some("udp"),
        "\"ICMP\"" => Some("icmp"),
        "\"IPv6-ICMP\"" => Some("ipv6-icmp"),
        "\"SCTP\"" => Some("sctp"),
        _ => None,
    };
    match (known, value.as_str()) {
        _ if record.get(Column::Transport).is_some() => keep(record, "proto", value),
        (Some(known), _) => record.push_static(Column::Transport, known),
        (None, Some(text)) => record.read(Column::Transport, &text.to_lowercase()),
        (None, None) => keep(record, "proto", value),
    }
}

/// The protocol Suricata found; where it names none, the event of a protocol says it itself.
fn application(record: &mut Record, event_type: &str, value: Option<LazyValue<'_>>) {
    match value.as_ref().map(|value| (value, value.as_str())) {
        Some((_, Some(text))) if text != "failed" => push_text(record, Column::Application, text),
        Some((value, _)) => keep(record, "app_proto", value),
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
struct Server {
    ip: Column,
    fqdn: Column,
    url: Column,
}

/// Suricata says which way the packet of an alert went; to the client means from the server.
fn server(record: &mut Record, direction: Option<LazyValue<'_>>) -> Server {
    let direction = direction.as_ref();
    keep_some(record, "direction", direction);
    match direction.and_then(JsonValueTrait::as_str) {
        Some("to_client") => {
            Server { ip: Column::SourceIp, fqdn: Column::SourceFqdn, url: Column::SourceUrl }
        }
        Some(_) | None => Server {
            ip: Column::DestinationIp,
            fqdn: Column::DestinationFqdn,
            url: Column::DestinationUrl,
        },
    }
}

fn alert(record: &mut Record, value: LazyValue<'_>) {
    let mut classification = Classification::IdsAlert;
    record.keep_object("alert", |record| {
        for (name, value) in inner(value) {
            match &*name {
                "signature" => put(record, Column::SignatureName, &name, &value),
                "signature_id" => put(record, Column::SignatureId, &name, &value),
                "severity" => severity(record, &value),
                "category" => {
                    let text = value.as_str().unwrap_or_default();
                    classification = category::classification_of(text);
                    put(record, Column::Identifier, &name, &value);
                }
                "action" => match value.as_str().and_then(known) {
                    Some(action) if record.get(Column::Status).is_none() => {
                        record.push_static(Column::Status, action);
                    }
                    Some(_) | None => put(record, Column::Status, &name, &value),
                },
                "metadata" => metadata(record, &value),
                "references" => {
                    vulnerability(record, &value);
                    keep(record, &name, &value);
                }
                _ => keep(record, &name, &value),
            }
        }
    });
    record.push_static(Column::Taxonomy, classification.taxonomy());
    record.push_static(Column::Type, classification.as_str());
}

fn severity(record: &mut Record, value: &LazyValue<'_>) {
    let usual = match value.as_raw_str() {
        "1" => "1",
        "2" => "2",
        "3" => "3",
        "4" => "4",
        _ => return put(record, Column::Severity, "severity", value),
    };
    match record.get(Column::Severity) {
        None => record.push_static(Column::Severity, usual),
        Some(_) => keep(record, "severity", value),
    }
}

/// The rule's own notes: kept whole, and looked into for a vulnerability and a family of malware.
fn metadata(record: &mut Record, value: &LazyValue<'_>) {
    keep(record, "metadata", value);
    for (name, value) in inner(value.clone()) {
        match &*name {
            "cve" => vulnerability(record, &value),
            "malware_family" => {
                let family = texts(&value).next();
                if let Some(family) = family.filter(|_| record.get(Column::MalwareName).is_none()) {
                    record.read(Column::MalwareName, &family.to_lowercase());
                }
            }
            _ => {}
        }
    }
}

/// The first CVE that is named: `CVE-2021-44228`, `cve_2021_44228`, `cve,2021-44228` or an address
/// that ends in one.
fn vulnerability(record: &mut Record, value: &LazyValue<'_>) {
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
fn texts(value: &LazyValue<'_>) -> impl Iterator<Item = String> {
    let single = value.as_str().map(str::to_owned);
    let elements = value.clone().into_array_iter().into_iter().flatten();
    let many = elements.map_while(Result::ok).filter_map(|value| value.as_str().map(str::to_owned));
    single.into_iter().chain(many)
}

fn http(record: &mut Record, server: &Server, value: LazyValue<'_>) {
    let (mut host, mut port, mut path) = (None, None, None);
    for (name, value) in inner(value) {
        match &*name {
            "hostname" if host.is_none() => host = Some(value),
            "http_port" if port.is_none() => port = Some(value),
            "url" if path.is_none() => path = Some(value),
            _ => keep(record, &name, &value),
        }
    }
    let url = url_of(
        host.as_ref().and_then(JsonValueTrait::as_str),
        port.as_ref().and_then(JsonValueTrait::as_u64),
        path.as_ref().and_then(JsonValueTrait::as_str),
    );
    let url = url.and_then(|url| server.url.kind().read(&url));
    let is_told = url.is_some() && record.get(server.url).is_none();
    match url {
        Some(url) if is_told => record.push(server.url, url),
        Some(_) | None => {
            keep_some(record, "url", path.as_ref());
            keep_some(record, "http_port", port.as_ref());
        }
    }
    if let Some(host) = host {
        server_name(record, server, "hostname", &host, is_told);
    }
}

/// The whole address of a page. A proxy is asked for one that is whole already.
fn url_of(host: Option<&str>, port: Option<u64>, path: Option<&str>) -> Option<String> {
    let path = path?;
    if path.starts_with("http://") || path.starts_with("https://") {
        return Some(path.to_owned());
    }
    let host = host.filter(|host| !host.is_empty())?;
    if !path.starts_with('/') {
        return None;
    }
    let is_v6 = host.contains(':') && !host.starts_with('[');
    let (open, close) = if is_v6 { ("[", "]") } else { ("", "") };
    match port {
        None | Some(80) => Some(["http://", open, host, close, path].concat()),
        Some(port) => Some(format!("http://{open}{host}{close}:{port}{path}")),
    }
}

/// The name a client used for the server. Its address in the place of a name adds nothing.
fn server_name(
    record: &mut Record,
    server: &Server,
    name: &str,
    value: &LazyValue<'_>,
    is_told: bool,
) {
    let text = value.as_str().unwrap_or_default();
    let is_address = text.parse().is_ok_and(|address| record.ip(server.ip) == Some(address));
    match server.fqdn.kind().read(text) {
        Some(fqdn) if record.get(server.fqdn).is_none() => record.push(server.fqdn, fqdn),
        _ if is_told || is_address => {}
        Some(_) | None => keep(record, name, value),
    }
}

fn tls(record: &mut Record, server: &Server, value: LazyValue<'_>) {
    for (name, value) in inner(value) {
        match &*name {
            "sni" => server_name(record, server, &name, &value, false),
            _ => keep(record, &name, &value),
        }
    }
}

/// The name that was asked for stands here, or in the list of questions, by the version of the log.
fn dns(record: &mut Record, server: &Server, value: LazyValue<'_>) {
    for (name, value) in inner(value) {
        match &*name {
            "rrname" => server_name(record, server, &name, &value, false),
            "query" | "queries" => {
                let asked = value.get(0).and_then(|first| {
                    first.get("rrname")?.as_str().and_then(|name| server.fqdn.kind().read(name))
                });
                if let Some(asked) = asked.filter(|_| record.get(server.fqdn).is_none()) {
                    record.push(server.fqdn, asked);
                }
                keep(record, &name, &value);
            }
            _ => keep(record, &name, &value),
        }
    }
}

fn fileinfo(record: &mut Record, value: LazyValue<'_>) {
    for (name, value) in inner(value) {
        match &*name {
            "md5" => put(record, Column::MalwareMd5, &name, &value),
            "sha1" => put(record, Column::MalwareSha1, &name, &value),
            "sha256" => put(record, Column::MalwareSha256, &name, &value),
            _ => keep(record, &name, &value),
        }
    }
}

/// What the sensor counted. Packets lost before it saw them are the count of the record: a total
/// since its start, as Suricata writes it.
fn stats(record: &mut Record, value: LazyValue<'_>) {
    for (name, value) in inner(value) {
        if name == "capture" {
            let lost = value.get("kernel_drops").and_then(|drops| drops.as_i64());
            if let Some(lost) = lost.filter(|_| record.get(Column::Count).is_none()) {
                record.push(Column::Count, Value::Integer(lost));
            }
        }
        keep(record, &name, &value);
    }
}

#[cfg(test)]
mod tests;
