//! A record of the watch: one schema for whatever a feed or a sensor says.
//!
//! Columns bear the names of the `IntelMQ` Data Format; classifications are those of the RSIT.
//! Here are the words only: reading formats is in `formats`, keeping records in the lake.
//!
//! Start reading at [`Record`].

mod classification;
mod column;
mod feed;
mod instant;
mod question;
mod reason;
mod record;
mod value;

pub use classification::Classification;
pub use column::Column;
pub use feed::{FeedName, FeedNameMalformed};
pub use question::{
    Bucket, Feed, Found, Hit, Intake, Place, PlaceMalformed, Quarantine, QuarantineSearch, Reread,
    Search, Sight, Slice, Standing, Top, TopOf, Trend, Trouble, Unread, UnreadCount,
};
pub use reason::Reason;
pub use record::Record;
pub use value::{Kind, Value};
