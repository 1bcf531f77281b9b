//! What the desk may ask of the watch, as a port: the program joins them, and a desk without a watch works as well.
//!
//! Every question carries what its asker may see. No answer is needed for any duty.

use std::fmt;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use fengsui_records::{
    Bucket, Feed, FeedName, Found, Hit, Place, Quarantine, QuarantineSearch, Reread, Search, Sight,
    Top, TopOf, Trend,
};
use fengsui_response::Capacity;
use jiff::Timestamp;

use crate::{Desk, Reach, Viewer};

/// The watch, as the desk and the screens see it.
#[async_trait]
pub trait Lookout: Send + Sync + fmt::Debug {
    /// Records, newest first: at most `most` after the first `skip`.
    async fn find(&self, search: &Search, skip: usize, most: usize) -> Result<Found, NoAnswer>;

    /// How many there were, over time.
    async fn trend(&self, search: &Search, bucket: Bucket) -> Result<Trend, NoAnswer>;

    /// What occurs most often, at most `most` rows.
    async fn top(&self, search: &Search, of: TopOf, most: usize) -> Result<Vec<Top>, NoAnswer>;

    /// How each feed does.
    async fn feeds(&self, now: Timestamp) -> Result<Vec<Feed>, NoAnswer>;

    /// The records at these places, as far as the asker may see them; at most 1,000.
    async fn records(&self, sight: &Sight, places: &[Place]) -> Result<Vec<Hit>, NoAnswer>;

    /// What could not be read, and has not been read since: at most `most` pieces, newest first.
    async fn quarantine(
        &self,
        asked: &QuarantineSearch,
        most: usize,
    ) -> Result<Quarantine, NoAnswer>;

    /// Reads again what of a feed could not be read for a reason, within bounds, by the feed's reader of now.
    ///
    /// Done twice, nothing happens twice. Whoever does not see everything reads nothing.
    async fn reread(
        &self,
        sight: &Sight,
        feed: &FeedName,
        reason: &str,
    ) -> Result<Reread, NotReread>;

    /// Bytes that one push to a feed may have as it comes; `None` where the feed takes no pushes.
    fn push_bytes_max(&self, feed: &FeedName) -> Option<usize>;

    /// Takes what somebody pushed, packed as its `Content-Encoding` says. When this returns `Ok`, it is on disk.
    async fn push(
        &self,
        feed: &FeedName,
        body: Vec<u8>,
        encoding: Option<&str>,
    ) -> Result<Pushed, PushRefused>;
}

impl Desk {
    /// The watch, where one is set up.
    pub fn lookout(&self) -> Option<Arc<dyn Lookout>> {
        self.lookout_held().read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Joins the desk with a watch.
    pub fn set_lookout(&self, lookout: Arc<dyn Lookout>) {
        *self.lookout_held().write().unwrap_or_else(PoisonError::into_inner) = Some(lookout);
    }
}

impl Viewer {
    /// Which records of the watch this viewer may see: all of them, those of a district, or those of the
    /// own organisation and everything below it.
    pub fn sight_of_records(&self) -> Sight {
        match &self.reach {
            Reach::Whole => Sight::Everything,
            Reach::District(district) => Sight::Districts([district.clone()].into()),
            Reach::Own => Sight::Organisations(self.organisations.clone()),
        }
    }

    /// Whether the watch is any of this person's business: those who handle incidents, and who speaks for
    /// an organisation.
    pub fn may_watch(&self) -> bool {
        self.handles() || self.is(Capacity::Liaison)
    }
}

/// What was pushed is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Its number in the spool of its feed; a second push of the same bytes has another one.
    pub number: i64,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It would take longer or more memory than a question may.
    #[error("the answer would take too long; ask for less time or fewer records")]
    TooMuch,
    /// The question is not one: a network that is none, a time that ends before it begins.
    #[error("{0}")]
    Malformed(String),
    /// The lake could not be read.
    #[error("the records cannot be read at the moment; try again, and tell the administrator")]
    Unreadable {
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why quarantined pieces were not read again.
#[derive(Debug, thiserror::Error)]
pub enum NotReread {
    /// The feed is not collected here: it was taken in by the command line, or is configured no more.
    #[error("the feed is not collected here; read it again by fengsui watch reread")]
    NotCollected,
    /// A list is compared as a whole: the next one stands for it.
    #[error("a list is compared as a whole; its next delivery stands for what is in quarantine")]
    List,
    /// There is no room, or somebody else does the same.
    #[error("it is being read again already, or the watch has too much to do; try it later")]
    Busy,
    /// It was handed to the collector and takes longer than anybody waits.
    #[error("it is being read again; look at the quarantine in a while")]
    UnderWay,
    /// It could not be looked up, or not be counted.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

/// Why a push was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushRefused {
    /// There is no such feed, or it takes no pushes.
    #[error(
        "there is no feed of that name that takes pushes; see [[watch.feed]] in the configuration"
    )]
    NoSuchFeed,
    /// More than one push may hold.
    #[error("one push to this feed holds at most {max} {of}; send it in parts")]
    TooLarge {
        /// How many.
        max: usize,
        /// Of what: bytes, bytes once it is unpacked, messages.
        of: &'static str,
    },
    /// Packed in a way that is not read.
    #[error("the content encoding \"{0}\" is not read; use gzip, zstd or none")]
    EncodingUnknown(String),
    /// It says that it is packed, and cannot be unpacked.
    #[error("the body cannot be unpacked; send it whole, packed as Content-Encoding says")]
    NotUnpacked,
    /// Nothing in it.
    #[error("the body is empty; there was nothing to keep")]
    Empty,
    /// The spool is full: what waits has not been taken over yet.
    #[error("the spool is full; send it again later")]
    Full,
    /// The spool cannot be written.
    #[error("the push could not be kept; send it again later")]
    NotKept {
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
