//! Formats of feeds and sensors: bytes in, records out. Nothing is read from anywhere and nothing decided.
//!
//! A stream of bytes is cut into pieces ([`Cutter`]), and a [`Reader`] of the format turns each piece into
//! records or says why it cannot. Whatever cannot be read is quarantined with a [`Reason`], never dropped.
//!
//! Start reading at [`open`].

mod block;
mod blocklist;
mod cef;
mod csv;
mod envelope;
mod eve;
mod format;
mod idea;
mod intelmq;
mod json;
mod leef;
mod mapping;
mod members;
mod misp;
mod moment;
mod reading;
mod shadowserver;
mod stix;
mod zeek;

pub use block::{Block, Cutter, Framing, Piece};
pub use format::{Format, FormatUnknown};
pub use mapping::{Mapping, MappingFault};
pub use reading::{Head, Outcome, Reader, Reason};
pub use shadowserver::{Schema, SchemaFault};

use std::sync::Arc;

/// What a reader may need besides the bytes.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The reports of Shadowserver, where the centre has given the schema file.
    pub shadowserver: Option<Arc<Schema>>,
    /// The mapping of a generic CSV or JSON feed.
    pub mapping: Option<Arc<Mapping>>,
    /// The name of the file or the subject of the message: Shadowserver says the report there.
    pub name: Option<String>,
}

/// Opens a reader. What it lacks is said for every piece, so that nothing is lost for want of a setting.
pub fn open(format: Format, setting: &Setting) -> Box<dyn Reader> {
    match format {
        Format::Eve => Box::new(eve::Eve),
        Format::Zeek => Box::new(zeek::Zeek::open(setting)),
        Format::Shadowserver => Box::new(shadowserver::Report::open(setting)),
        Format::IntelMq => Box::new(intelmq::IntelMq),
        Format::Idea => Box::new(idea::Idea),
        Format::Stix => Box::new(stix::Stix),
        Format::Misp => Box::new(misp::Misp),
        Format::Cef => Box::new(cef::Cef),
        Format::Leef => Box::new(leef::Leef),
        Format::Csv => Box::new(csv::Table::open(setting)),
        Format::Json => Box::new(json::Json::open(setting)),
        Format::Blocklist => Box::new(blocklist::Blocklist),
    }
}

#[cfg(test)]
mod tests;
