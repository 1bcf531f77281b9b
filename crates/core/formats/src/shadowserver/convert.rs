//! What is done with a cell before it is taken: by the name the schema gives, or by our own table.
//!
//! A conversion that does not apply never loses the cell: it is then kept as it came.

use fengsui_records::{Column, Kind, Record, Value};

use super::schema::Target;
use crate::intelmq::piece;

/// What is done with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Nothing.
    Plain,
    /// Small letters.
    Lower,
    /// A time without zone is UTC.
    UtcTime,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Nought means: not known.
    NotZero,
    /// An address; that of nobody means: not known.
    Address,
    /// `Y`, `yes`, `true`, `enabled`, `1` and their opposites.
    Truth,
    /// A hexadecimal number of so many digits.
    Hex(usize),
    /// A URL with its scheme; a bare path says nothing by itself.
    Url,
    /// A URL made of the host and the path that stand in two columns.
    HostAndPath,
    /// A name of a host, perhaps with a port.
    Host,
    /// An empty word: `0`, `unknown`, `none`.
    Void,
    /// Whatever stands there means: it is a node of Tor.
    TorNode,
    /// A value as JSON, kept whole.
    Json,
    /// Bytes, kept as base64.
    Base64,
    /// Class, type or name of an Exchange server, by its tag.
    Exchange,
    /// The category, and where there is none the detail.
    CategoryOrDetail,
}

/// One cell and the name of its column.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

/// One row, as conversions see it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) names: &'a [String],
    pub(super) cells: &'a [&'a str],
}

impl<'a> Row<'a> {
    /// The cell of a column; empty where there is none.
    fn cell(&self, name: &str) -> &'a str {
        let at = self.names.iter().position(|held| held == name);
        at.and_then(|at| self.cells.get(at)).copied().unwrap_or_default()
    }
}

impl Conversion {
    /// The conversion a schema names; one that is not known changes nothing.
    pub(super) fn of(name: &str) -> Self {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Plain, |(_, conversion)| *conversion)
    }

    /// Puts a cell where it belongs; what finds no place there is kept under the name it came with.
    pub(super) fn apply(self, cell: Cell<'_>, target: &Target, row: Row<'_>, record: &mut Record) {
        match target {
            Target::Column(column) => match self.value(cell.text, *column, row) {
                Some(value) if record.get(*column).is_none() => record.set(*column, value),
                Some(_) | None => record.keep_text(cell.name, cell.text),
            },
            Target::Extra(name) => match self.json(cell.text, row) {
                Some(json) => record.keep_json(name, &json),
                None => record.keep_text(name, cell.text),
            },
        }
    }

    fn value(self, cell: &str, column: Column, row: Row<'_>) -> Option<Value> {
        let kind = column.kind();
        match self {
            Self::Plain
            | Self::Integer
            | Self::Number
            | Self::Truth
            | Self::TorNode
            | Self::Json
            | Self::Base64 => kind.read(cell),
            Self::Lower => kind.read(&cell.to_lowercase()),
            Self::UtcTime => piece::instant(cell).map(Value::Time),
            Self::NotZero => kind.read(cell).filter(|value| *value != Value::Integer(0)),
            Self::Address => kind.read(cell).filter(|value| match value {
                Value::Ip(address) => !address.is_unspecified(),
                Value::Text(_) | Value::Integer(_) | Value::Time(_) => true,
            }),
            Self::Hex(digits) => {
                let is_hex =
                    cell.len() == digits && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_hex.then(|| cell.to_ascii_lowercase()).and_then(|hex| kind.read(&hex))
            }
            Self::Url => has_scheme(cell).then(|| kind.read(cell)).flatten(),
            Self::HostAndPath => host_and_path(cell, row).and_then(|url| kind.read(&url)),
            Self::Host => kind.read(without_port(cell)),
            Self::Void => (!is_void(cell)).then(|| kind.read(cell)).flatten(),
            Self::Exchange => kind.read(exchange(column, row.cell("tag"))),
            Self::CategoryOrDetail => {
                let category = row.cell("category");
                kind.read(if category.is_empty() { row.cell("detail") } else { category })
            }
        }
    }

    /// The value as JSON, where it is more than a text.
    fn json(self, cell: &str, row: Row<'_>) -> Option<String> {
        match self {
            Self::Integer | Self::NotZero => {
                cell.parse::<i64>().ok().map(|number| number.to_string())
            }
            Self::Number => {
                let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(|number| serde_json::Value::from(number).to_string())
            }
            Self::Truth => truth(cell).map(|truth| truth.to_string()),
            Self::TorNode => truth(cell).or(Some(true)).map(|truth| truth.to_string()),
            Self::Json => piece::tree(cell.as_bytes()).ok().flatten().map(|tree| tree.to_string()),
            Self::UtcTime => piece::instant(cell).map(|at| format!("\"{at}\"")),
            Self::HostAndPath => {
                host_and_path(cell, row).map(|url| serde_json::Value::from(url).to_string())
            }
            Self::Plain
            | Self::Lower
            | Self::Address
            | Self::Hex(_)
            | Self::Url
            | Self::Host
            | Self::Void
            | Self::Base64
            | Self::Exchange
            | Self::CategoryOrDetail => None,
        }
    }
}

fn truth(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "enabled" | "1" | "t" => Some(true),
        "n" | "no" | "false" | "disabled" | "0" | "f" => Some(false),
        _ => None,
    }
}

fn is_void(cell: &str) -> bool {
    matches!(cell.to_ascii_lowercase().as_str(), "0" | "unknown" | "none" | "null" | "-")
}

fn has_scheme(cell: &str) -> bool {
    cell.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A name without its port; an address is left as it is, and is then no name.
fn without_port(cell: &str) -> &str {
    match cell.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() && !host.contains(':') => host,
        Some(_) | None => cell,
    }
}

/// A URL of the host's name and the path: `GET /index.php HTTP/1.1` on `example.net`.
fn host_and_path(cell: &str, row: Row<'_>) -> Option<String> {
    let path = [row.cell("http_url"), row.cell("url"), row.cell("request_path"), cell]
        .into_iter()
        .find(|path| !path.is_empty())?;
    if has_scheme(path) {
        return Some(path.to_owned());
    }
    let host = [row.cell("http_host"), row.cell("hostname"), row.cell("host")]
        .into_iter()
        .find(|host| Kind::Fqdn.read(without_port(host)).is_some())?;
    let path = path.split_whitespace().find(|word| word.starts_with('/'))?;
    let scheme = match (row.cell("application"), row.cell("port")) {
        ("http", _) => "http",
        ("https", _) | (_, "443") => "https",
        (_, _) => "http",
    };
    Some(format!("{scheme}://{host}{path}"))
}

/// An Exchange server that bears a web shell has been taken; another one is open to it.
fn exchange(column: Column, tag: &str) -> &'static str {
    let (taxonomy, kind, name) = if tag.contains("webshell") {
        ("intrusions", "system-compromise", "exchange-server-webshell")
    } else {
        ("vulnerable", "vulnerable-system", "vulnerable-exchange-server")
    };
    if column == Column::Taxonomy {
        taxonomy
    } else if column == Column::Type {
        kind
    } else {
        name
    }
}

/// The conversions the schema for `IntelMQ` names.
const NAMES: &[(&str, Conversion)] = &[
    ("add_UTC_to_timestamp", Conversion::UtcTime),
    ("convert_date", Conversion::UtcTime),
    ("convert_date_utc", Conversion::UtcTime),
    ("convert_bool", Conversion::Truth),
    ("convert_int", Conversion::Integer),
    ("convert_float", Conversion::Number),
    ("convert_http_host_and_url", Conversion::HostAndPath),
    ("convert_hostname_and_url", Conversion::HostAndPath),
    ("convert_json", Conversion::Json),
    ("invalidate_zero", Conversion::NotZero),
    ("validate_to_none", Conversion::Void),
    ("validate_ip", Conversion::Address),
    ("validate_network", Conversion::Plain),
    ("validate_fqdn", Conversion::Plain),
    ("force_base64", Conversion::Base64),
    ("set_tor_node", Conversion::TorNode),
    ("category_or_detail", Conversion::CategoryOrDetail),
    ("scan_exchange_taxonomy", Conversion::Exchange),
    ("scan_exchange_type", Conversion::Exchange),
    ("scan_exchange_identifier", Conversion::Exchange),
];
