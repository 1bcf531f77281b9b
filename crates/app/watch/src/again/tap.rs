//! A tap that looks up what is in quarantine, a bounded number of pieces at a time, until all have been looked at.

use std::time::Duration;

use super::{AGAIN, Mark, Unresolved, look_up};
use crate::inbox::{Delivery, Tap, Tapped, TurnedBack, source_of};
use crate::shelf::{Shelf, ShelfFault};

/// Quarantined pieces of one feed on their way to a collector.
pub struct AgainTap<'a, S: Shelf> {
    shelf: &'a S,
    asked: Unresolved,
    /// Pieces that are still to be looked at.
    left: usize,
    under_way: Option<UnderWay>,
    report: Box<dyn FnMut(usize) + Send + 'a>,
    untaken: Option<Untaken>,
}

/// Why not everything was read again.
#[derive(Debug, thiserror::Error)]
pub enum Untaken {
    /// Somebody else does.
    #[error("somebody else is reading this feed's quarantine again; try it later")]
    HeldElsewhere,
    /// They could not be looked up.
    #[error("what is in quarantine could not be looked up")]
    Shelf(#[from] ShelfFault),
}

/// What was handed out and is not committed yet.
struct UnderWay {
    last: Mark,
    pieces: usize,
}

impl<'a, S: Shelf> AgainTap<'a, S> {
    /// Pieces of a feed, so many in all at most: those that come meanwhile are another run's.
    pub fn new(
        shelf: &'a S,
        asked: Unresolved,
        most: usize,
        report: impl FnMut(usize) + Send + 'a,
    ) -> Result<Self, ShelfFault> {
        let again_until = shelf.reached(&source_of(&asked.feed, AGAIN))?;
        let asked = Unresolved { again_until: Some(again_until.unwrap_or_default()), ..asked };
        Ok(Self {
            shelf,
            asked,
            left: most,
            under_way: None,
            report: Box::new(report),
            untaken: None,
        })
    }

    /// Why it ended before everything was read again, where it did.
    pub fn untaken(self) -> Option<Untaken> {
        self.untaken
    }

    /// The next pieces without a collector: each is handed out once.
    pub fn look(&mut self) -> Result<Option<Delivery>, ShelfFault> {
        let delivery = self.begin()?;
        self.end();
        Ok(delivery)
    }

    fn begin(&mut self) -> Result<Option<Delivery>, ShelfFault> {
        if self.left == 0 {
            return Ok(None);
        }
        let pieces_max = self.asked.pieces_max.min(self.left);
        let found = look_up(self.shelf, &Unresolved { pieces_max, ..self.asked.clone() })?;
        let Some((delivery, last)) = found else { return Ok(None) };
        self.under_way = Some(UnderWay { last, pieces: delivery.block.pieces.len() });
        Ok(Some(delivery))
    }

    /// Goes on behind what was handed out.
    fn end(&mut self) {
        if let Some(UnderWay { last, pieces }) = self.under_way.take() {
            self.asked.after = Some(last);
            self.left = self.left.saturating_sub(pieces);
            (self.report)(pieces);
        }
    }
}

impl<S: Shelf> Tap for AgainTap<'_, S> {
    fn next(&mut self, _patience: Duration) -> Tapped {
        if self.untaken.is_some() {
            return Tapped::Ended;
        }
        if self.under_way.is_some() {
            // A round takes in one delivery: the next is looked up when this one is resolved.
            return Tapped::Nothing;
        }
        match self.begin() {
            Ok(Some(delivery)) => Tapped::Delivery(delivery),
            Ok(None) => Tapped::Ended,
            Err(fault) => {
                self.untaken = Some(fault.into());
                Tapped::Ended
            }
        }
    }

    fn done(&mut self, _source: &str, _reached: i64) {
        self.end();
    }

    fn turn_back(&mut self, _source: &str, why: TurnedBack) {
        self.under_way = None;
        match why {
            TurnedBack::Overtaken { .. } => {}
            TurnedBack::HeldElsewhere => self.untaken = Some(Untaken::HeldElsewhere),
        }
    }
}
