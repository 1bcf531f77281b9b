//! Which formats there are, and which one a file seems to be.

mod guess;

use std::fmt;
use std::str::FromStr;

use crate::block::Framing;

/// A format of feeds or sensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Suricata's EVE, one JSON object a line.
    Eve,
    /// Zeek's logs, tab-separated or JSON.
    Zeek,
    /// Reports of Shadowserver, CSV, by the published schema.
    Shadowserver,
    /// `IntelMQ` Data Format, JSON.
    IntelMq,
    /// IDEA 0, JSON.
    Idea,
    /// STIX 2, a bundle.
    Stix,
    /// MISP core format, an event.
    Misp,
    /// Common Event Format.
    Cef,
    /// Log Event Extended Format, 1.0 and 2.0.
    Leef,
    /// Any CSV, by a mapping.
    Csv,
    /// Any JSON, by a mapping.
    Json,
    /// A list of addresses, networks, names or URLs, one a line.
    Blocklist,
}

/// Why a text names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format \"{0}\"; there are {all}", all = Format::names())]
pub struct FormatUnknown(String);

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Eve,
        Self::Zeek,
        Self::Shadowserver,
        Self::IntelMq,
        Self::Idea,
        Self::Stix,
        Self::Misp,
        Self::Cef,
        Self::Leef,
        Self::Csv,
        Self::Json,
        Self::Blocklist,
    ];

    /// The name on the command line and in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eve => "eve",
            Self::Zeek => "zeek",
            Self::Shadowserver => "shadowserver",
            Self::IntelMq => "intelmq",
            Self::Idea => "idea",
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Cef => "cef",
            Self::Leef => "leef",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Blocklist => "blocklist",
        }
    }

    /// Which parser read it, with the version of its mapping: stamped on every record.
    ///
    /// A number goes up whenever the same bytes give another record.
    pub const fn parser(self) -> &'static str {
        match self {
            Self::Eve => "eve/1",
            Self::Zeek => "zeek/1",
            Self::Shadowserver => "shadowserver/1",
            Self::IntelMq => "intelmq/1",
            Self::Idea => "idea/1",
            Self::Stix => "stix/1",
            Self::Misp => "misp/1",
            Self::Cef => "cef/1",
            Self::Leef => "leef/1",
            Self::Csv => "csv/1",
            Self::Json => "json/1",
            Self::Blocklist => "blocklist/1",
        }
    }

    /// How its bytes are cut into pieces.
    pub const fn framing(self) -> Framing {
        match self {
            Self::Eve | Self::Zeek | Self::Cef | Self::Leef | Self::Blocklist => Framing::Lines,
            Self::Shadowserver | Self::Csv => Framing::Table,
            Self::IntelMq | Self::Idea | Self::Stix | Self::Misp | Self::Json => Framing::Json,
        }
    }

    /// Whether the first pieces of a source say what the later ones mean, so that one who goes on in
    /// the middle must have them recalled.
    pub const fn has_header(self) -> bool {
        match self {
            Self::Zeek | Self::Shadowserver | Self::Csv => true,
            Self::Eve
            | Self::IntelMq
            | Self::Idea
            | Self::Stix
            | Self::Misp
            | Self::Cef
            | Self::Leef
            | Self::Json
            | Self::Blocklist => false,
        }
    }

    /// Which format a file seems to be, by its name and its first bytes; `None` where nothing fits.
    ///
    /// A few kilobytes are enough; the last line may be cut off. A guess is offered, never relied on: a
    /// reader quarantines what is not of its format.
    pub fn guess(name: &str, head: &[u8]) -> Option<Self> {
        guess::guess(name, head)
    }

    fn names() -> String {
        Self::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl FromStr for Format {
    type Err = FormatUnknown;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.to_ascii_lowercase();
        let name = match wanted.as_str() {
            "suricata" => "eve",
            other => other,
        };
        Self::ALL
            .iter()
            .find(|format| format.as_str() == name)
            .copied()
            .ok_or_else(|| FormatUnknown(text.chars().take(80).collect()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
