//! What is in quarantine is read again: a source like any other, of the partition [`AGAIN`].
//!
//! Pieces are looked up when their partition stands somewhere, and taken in only while it still stands there: so a
//! kill at any moment, or two who read again at once, lose and double nothing. What comes of a piece bears the piece's
//! old place in `again`, and a row of the kind `resolved` for each row it had in quarantine takes it out of there. A
//! piece of which nothing new can be said is left as it is.
//!
//! Start reading at [`look_up`].

mod about;
mod reader;
mod tap;
mod within;

use std::sync::Arc;

use fengsui_formats::{Block, Outcome};
use fengsui_records::FeedName;

pub use tap::{AgainTap, Untaken};
pub use within::Within;

pub(crate) use about::About;
pub(crate) use reader::Rereader;

use crate::feed::Feed;
use crate::inbox::{Delivery, Part, source_of};
use crate::shelf::{Shelf, ShelfFault};

/// The partition of what is read again.
pub const AGAIN: &str = "again";

/// Which quarantined pieces are looked up, those that came first before others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// Of which feed.
    pub feed: FeedName,
    /// The code of why they could not be read.
    pub reason: Option<String>,
    /// Which format they were read as.
    pub format: Option<String>,
    /// Behind this one.
    pub after: Option<Mark>,
    /// Of the partition [`AGAIN`] itself, those up to here: what a run puts back is not read by the same run.
    pub again_until: Option<i64>,
    /// Pieces at most.
    pub pieces_max: usize,
    /// Bytes at most, but one piece in any case.
    pub bytes_max: usize,
}

/// Where a piece is in the order in which they are read again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When it was taken in, in microseconds since 1970.
    pub observed: i64,
    /// The partition of its source.
    pub partition: String,
    /// How far its source had been read with it.
    pub offset: i64,
    /// Its first row in quarantine.
    pub nth: i32,
}

/// A quarantined piece, as it is on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it is.
    pub mark: Mark,
    /// The code of why it could not be read.
    pub reason: String,
    /// Which parser could not, with its version.
    pub parser: String,
    /// What it needs to be read by itself; what was quarantined before that was kept has nothing.
    pub about: Option<String>,
    /// The piece as it came.
    pub raw: Vec<u8>,
}

/// What is beside the pieces of a delivery that are read again.
#[derive(Clone, Debug)]
pub struct Again {
    /// How far the partition stood when they were looked up.
    pub base: Option<i64>,
    /// For each piece of the block, what it is in quarantine.
    pieces: Vec<Old>,
}

/// A piece, as it is in quarantine.
#[derive(Clone, Debug)]
pub(crate) struct Old {
    pub(crate) mark: Mark,
    pub(crate) reason: String,
    pub(crate) parser: String,
    pub(crate) about: Option<About>,
}

/// What would come of pieces if they were read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Pieces of which something new could be said.
    pub resolved: u64,
    /// Records they would give, repeats among them.
    pub records: u64,
    /// What of them would go back into quarantine.
    pub quarantined: u64,
    /// Pieces that would be left as they are.
    pub unchanged: u64,
}

impl Unresolved {
    /// Pieces of one delivery, unless said otherwise.
    pub const PIECES_MAX: usize = 64 * 1024;

    /// Bytes of one delivery, unless said otherwise.
    pub const BYTES_MAX: usize = 32 * 1024 * 1024;

    /// Everything of a feed.
    pub fn of(feed: FeedName) -> Self {
        Self {
            feed,
            reason: None,
            format: None,
            after: None,
            again_until: None,
            pieces_max: Self::PIECES_MAX,
            bytes_max: Self::BYTES_MAX,
        }
    }
}

/// Looks quarantined pieces up and makes them a delivery; `None` where there are none.
pub fn look_up<S: Shelf>(
    shelf: &S,
    asked: &Unresolved,
) -> Result<Option<(Delivery, Mark)>, ShelfFault> {
    // First how far the partition has come: whoever goes ahead afterwards makes this delivery outdated.
    let base = shelf.reached(&source_of(&asked.feed, AGAIN))?;
    let found = shelf.unresolved(asked)?;
    let Some(last) = found.last().map(|piece| piece.mark.clone()) else { return Ok(None) };
    let mut block = Block::default();
    let mut pieces = Vec::with_capacity(found.len());
    for (offset, piece) in (Again::first_after(base)..).zip(found) {
        block.push(&piece.raw, offset);
        pieces.push(Old {
            mark: piece.mark,
            reason: piece.reason,
            parser: piece.parser,
            about: piece.about.as_deref().and_then(About::read),
        });
    }
    let delivery = Delivery {
        feed: asked.feed.clone(),
        partition: AGAIN.into(),
        name: None,
        block,
        part: Part::Middle,
        unreadable: None,
        again: Some(Arc::new(Again { base, pieces })),
    };
    Ok(Some((delivery, last)))
}

/// What would come of a delivery; nothing is kept.
pub fn try_out(feed: &Feed, delivery: &Delivery) -> Tried {
    let mut tried = Tried::default();
    let mut reader = Rereader::new(feed);
    let Some(again) = &delivery.again else { return tried };
    for (piece, old) in delivery.block.pieces.iter().zip(&again.pieces) {
        let Some(came) = reader.read(old, delivery.block.piece(*piece)) else {
            tried.unchanged += 1;
            continue;
        };
        tried.resolved += 1;
        for (_, outcome) in came.outcomes {
            match outcome {
                Outcome::Record(_) => tried.records += 1,
                Outcome::Quarantined(_) => tried.quarantined += 1,
            }
        }
    }
    tried
}

impl Again {
    /// What a piece is in quarantine, by its offset in the delivery.
    pub(crate) fn at(&self, offset: i64) -> Option<&Old> {
        let place = offset.checked_sub(Self::first_after(self.base))?;
        self.pieces.get(usize::try_from(place).ok()?)
    }

    /// From when to when the pieces were taken in, in microseconds.
    pub(crate) fn observed(&self) -> Option<(i64, i64)> {
        let times = self.pieces.iter().map(|old| old.mark.observed);
        Some((times.clone().min()?, times.max()?))
    }

    fn first_after(base: Option<i64>) -> i64 {
        base.map_or(1, |base| base.saturating_add(1))
    }
}

impl Old {
    /// The place of its first row in quarantine, as it stands in `again`.
    pub(crate) fn place(&self) -> String {
        self.place_of(self.mark.nth)
    }

    /// The places of all its rows in quarantine.
    pub(crate) fn places(&self) -> impl Iterator<Item = String> {
        let rows = self.about.as_ref().map_or_else(|| vec![0], About::rows);
        rows.into_iter().map(|row| self.place_of(self.mark.nth.saturating_add(row)))
    }

    fn place_of(&self, nth: i32) -> String {
        format!("{}/{}/{nth}", self.mark.partition, self.mark.offset)
    }
}
