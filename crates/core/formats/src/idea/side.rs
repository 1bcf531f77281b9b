//! One source or target of a message: which columns it goes to, and what of it no column holds.

use fengsui_records::{Column, Record};
use serde_json::{Map, Value};

use crate::blocklist::addresses::{Prefix, prefixes};
use crate::intelmq::piece;
use crate::reading::Reason;

/// The columns of one side.
pub(super) struct Side {
    ip: Column,
    port: Column,
    network: Column,
    asn: Column,
    fqdn: Column,
    url: Column,
    account: Column,
}

/// Where a source goes.
pub(super) const SOURCE: Side = Side {
    ip: Column::SourceIp,
    port: Column::SourcePort,
    network: Column::SourceNetwork,
    asn: Column::SourceAsn,
    fqdn: Column::SourceFqdn,
    url: Column::SourceUrl,
    account: Column::SourceAccount,
};

/// Where a target goes.
pub(super) const TARGET: Side = Side {
    ip: Column::DestinationIp,
    port: Column::DestinationPort,
    network: Column::DestinationNetwork,
    asn: Column::DestinationAsn,
    fqdn: Column::DestinationFqdn,
    url: Column::DestinationUrl,
    account: Column::DestinationAccount,
};

impl Side {
    /// Puts what is single and sound into columns and gives back the rest. Addresses are not looked at.
    pub(super) fn take(&self, one: &Map<String, Value>, record: &mut Record) -> Map<String, Value> {
        let mut rest = Map::new();
        for (name, value) in one.iter().filter(|(name, _)| !ADDRESSES.contains(&name.as_str())) {
            if !self.take_member(name, value, record) {
                rest.insert(name.clone(), value.clone());
            }
        }
        rest
    }

    /// Sets the address of a record.
    pub(super) fn set(&self, prefix: Prefix, record: &mut Record) {
        prefix.set(record, self.ip, self.network);
    }

    /// Whether a member went into columns as a whole; of several values the first goes there all the same.
    fn take_member(&self, name: &str, value: &Value, record: &mut Record) -> bool {
        let column = match name {
            "Hostname" => self.fqdn,
            "URL" => self.url,
            "Email" => self.account,
            "Port" => self.port,
            "ASN" => self.asn,
            "Proto" => return take_protocols(value, record),
            _ => return false,
        };
        let values = several(value);
        let Some(first) = values.first() else { return false };
        let read = match first {
            Value::String(text) => column.kind().read(text),
            Value::Number(number) => number.as_i64().and_then(|n| column.kind().take_number(n)),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match read {
            Some(read) if record.get(column).is_none() => {
                record.set(column, read);
                values.len() == 1
            }
            Some(_) | None => false,
        }
    }
}

/// The addresses of one source or target, at most so many, and those that are none.
pub(super) fn addresses(
    one: &Map<String, Value>,
    most: usize,
) -> Result<(Vec<Prefix>, Vec<Value>), Reason> {
    let (mut sound, mut odd) = (Vec::new(), Vec::new());
    let written = ADDRESSES.iter().filter_map(|name| one.get(*name));
    for value in written.flat_map(several).filter(|value| !value.is_null()) {
        match value.as_str().and_then(prefixes) {
            Some(prefixes) => sound.extend(prefixes),
            None => odd.push(value.clone()),
        }
        if sound.len() > most {
            return Err(Reason::TooComplex);
        }
    }
    Ok((sound, odd))
}

/// A list, or a single value that should have been one.
pub(super) fn several(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    }
}

fn take_protocols(value: &Value, record: &mut Record) -> bool {
    let mut whole = true;
    for protocol in several(value) {
        let name = protocol.as_str().unwrap_or_default().to_lowercase();
        let is_transport = TRANSPORTS.contains(&name.as_str());
        let column = if is_transport { Column::Transport } else { Column::Application };
        let held = record.text(column).map(str::to_owned);
        match held {
            Some(held) => whole &= held == name,
            None if name.is_empty() => whole = false,
            None => {
                piece::set_readable(record, column, &name);
                whole &= record.get(column).is_some();
            }
        }
    }
    whole
}

const ADDRESSES: &[&str] = &["IP4", "IP6"];

/// Names of the IANA's protocol numbers that feeds use; every other protocol is one of an application.
const TRANSPORTS: &[&str] =
    &["tcp", "udp", "icmp", "icmp6", "ipv6-icmp", "sctp", "dccp", "gre", "igmp", "esp", "ah"];
