//! What may stand in a column.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::instant;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most [`Kind::TEXT_MAX`] bytes.
    Text,
    /// A whole number.
    Integer,
    /// 0 to 65,535.
    Port,
    /// The number of an autonomous system.
    Asn,
    /// An address, version 4 or 6.
    Ip,
    /// A prefix: `203.0.113.0/24`.
    Network,
    /// A domain name, small letters, without a dot at the end.
    Fqdn,
    /// Two capital letters.
    Country,
    /// An instant; microseconds count.
    Time,
    /// JSON.
    Json,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// For text, networks, names, countries and JSON.
    Text(Cow<'static, str>),
    /// For integers, ports and autonomous systems.
    Integer(i64),
    /// For addresses.
    Ip(IpAddr),
    /// For instants.
    Time(Timestamp),
}

impl Kind {
    /// Bytes of a text that a column takes; what is longer is kept in `extra`.
    pub const TEXT_MAX: usize = 8 * 1024;

    /// Reads a text as a value of this kind; `None` where it is none.
    pub fn read(self, text: &str) -> Option<Value> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::TEXT_MAX {
            return None;
        }
        match self {
            Self::Text | Self::Json => Some(Value::Text(Cow::Owned(text.to_owned()))),
            Self::Integer | Self::Port | Self::Asn => self.read_number(text),
            Self::Ip => text.parse().ok().map(|address| Value::Ip(plain(address))),
            Self::Network => network(text),
            Self::Fqdn => fqdn(text),
            Self::Country => country(text),
            Self::Time => instant::read(text).map(Value::Time),
        }
    }

    /// Takes a number as a value of this kind, if it is within its bounds.
    pub fn take_number(self, number: i64) -> Option<Value> {
        let within = match self {
            Self::Integer => true,
            Self::Port => (0..=65_535).contains(&number),
            Self::Asn => (0..=i64::from(u32::MAX)).contains(&number),
            Self::Text => return Some(Value::Text(Cow::Owned(number.to_string()))),
            Self::Ip | Self::Network | Self::Fqdn | Self::Country | Self::Time | Self::Json => {
                false
            }
        };
        within.then_some(Value::Integer(number))
    }

    fn read_number(self, text: &str) -> Option<Value> {
        let digits = match self {
            Self::Asn => text.strip_prefix("AS").or(text.strip_prefix("as")).unwrap_or(text),
            Self::Text
            | Self::Integer
            | Self::Port
            | Self::Ip
            | Self::Network
            | Self::Fqdn
            | Self::Country
            | Self::Time
            | Self::Json => text,
        };
        digits.parse().ok().and_then(|number| self.take_number(number))
    }
}

impl Value {
    /// The value as it is shown.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Ip(address) => Cow::Owned(address.to_string()),
            Self::Time(at) => Cow::Owned(at.to_string()),
        }
    }
}

/// An address of version 4 that is written as one of version 6 is one of version 4.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn network(text: &str) -> Option<Value> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u8 = length.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then(|| Value::Text(Cow::Owned(format!("{address}/{length}"))))
}

/// Names of hosts are kept as they are looked up; what is an address or holds blanks is none.
fn fqdn(text: &str) -> Option<Value> {
    let name = text.trim_end_matches('.');
    let is_name = !name.is_empty()
        && name.len() <= 253
        && name.parse::<IpAddr>().is_err()
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'.' | b'-' | b'_' | b'*')
                || byte >= 0x80
        });
    is_name.then(|| Value::Text(Cow::Owned(name.to_lowercase())))
}

fn country(text: &str) -> Option<Value> {
    let is_country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_country.then(|| Value::Text(Cow::Owned(text.to_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: Kind, text: &str) -> Option<String> {
        kind.read(text).map(|value| value.shown().into_owned())
    }

    #[test]
    fn a_value_is_read_as_its_kind_or_not_at_all() {
        assert_eq!(shown(Kind::Ip, "::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(shown(Kind::Ip, "192.0.2.300"), None);
        assert_eq!(shown(Kind::Port, "65536"), None);
        assert_eq!(shown(Kind::Asn, "AS4134").as_deref(), Some("4134"));
        assert_eq!(shown(Kind::Country, "cn").as_deref(), Some("CN"));
        assert_eq!(shown(Kind::Fqdn, "WWW.Example.CN.").as_deref(), Some("www.example.cn"));
        assert_eq!(shown(Kind::Fqdn, "192.0.2.1"), None);
        assert_eq!(shown(Kind::Network, "2001:db8::/129"), None);
        assert_eq!(
            shown(Kind::Time, "2026-03-14T09:26:53.123456+0800").as_deref(),
            Some("2026-03-14T01:26:53.123456Z")
        );
    }
}
