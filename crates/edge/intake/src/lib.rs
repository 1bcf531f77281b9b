//! What comes in by itself: files, pushes, syslog, streams, mail and pulls.
//!
//! A [`Source`] hands on blocks of bytes and is told how far they are safely committed; it reads no records.
//! A sender that cannot say a thing twice is answered only when its bytes are on disk in a [`Spool`].
//! How far a source has been taken in is known by the lake alone: it is asked for [`Positions`], never told.
//!
//! Start reading at [`Source`], then at [`Spool`].

mod carving;
mod contents;
mod files;
mod mail;
mod offloaded;
mod pull;
mod push;
mod source;
mod spool;
mod stream;
mod syslog;
mod taxii;
mod unpack;

pub use carving::Carve;
pub use files::{FileProgress, Files, Pattern, PatternMalformed, Watching};
pub use mail::Mails;
pub use offloaded::{Blocking, Offloaded};
pub use pull::{Credential, Pull, PullFault, PullSetting, Pulled};
pub use push::{Encoding, Push, PushFault, PushLimits, Pushed};
pub use source::{Delivery, Positions, Source, SourceFault};
pub use spool::{
    Content, Entry, Receipt, Spool, SpoolFault, SpoolLimits, SpoolSource, SpoolStanding,
};
pub use stream::{Stream, StreamSetting};
pub use syslog::{
    Syslog, SyslogCounts, SyslogFault, SyslogHeader, SyslogLimits, SyslogTls, SyslogTlsFault,
};
pub use taxii::{Taxii, TaxiiCollection, TaxiiSetting};
pub use unpack::UnpackLimits;

/// A length as disks and numbers count it.
fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
