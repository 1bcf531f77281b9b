//! Pieces from quarantine in a round: each is read by itself, and what comes of it resolves what it was.

use fengsui_formats::{Outcome, Piece};

use super::memory::recall_around;
use super::round::{Bench, Job, Round, Taken, Turn, What};
use super::{Sources, WatchFault, patiently};
use crate::again::{Again, Old, Rereader};
use crate::columns::{Dated, RowKind};
use crate::counters::Tally;
use crate::inbox::{Tap, TurnedBack};
use crate::rows::{Origin, Rows, Spot};
use crate::shelf::Shelf;

/// Whether pieces were looked up when their partition stood elsewhere: they may be resolved by now, and must be
/// looked up anew.
pub(super) fn is_outdated(
    again: &Again,
    name: &str,
    sources: &mut Sources,
    tap: &mut dyn Tap,
) -> bool {
    let Some(source) = sources.get(name) else { return false };
    let (committed, ahead) = (source.committed, source.ahead);
    if ahead == committed && committed == again.base {
        return false;
    }
    if ahead == committed {
        // How far it has come is asked anew with the next delivery.
        sources.remove(name);
        tap.turn_back(name, TurnedBack::Overtaken { reached: committed });
    } else {
        tap.turn_back(name, TurnedBack::HeldElsewhere);
    }
    true
}

impl<S: Shelf> Round<'_, S> {
    /// Reads pieces from quarantine, each by itself.
    pub(super) fn read_again(
        &self,
        job: &Job,
        bench: &mut Bench<S::Written>,
    ) -> Result<(), WatchFault> {
        let mut tally = Tally::default();
        let mut rereader = Rereader::new(&job.feed);
        self.recall_around(job)?;
        let mut slices = job.block.pieces.chunks(Self::SLICE).peekable();
        while let Some(slice) = slices.next() {
            for piece in slice {
                self.take_again(*piece, job, &mut rereader, (&mut tally, bench));
            }
            let turn = if slices.peek().is_some() { Turn::Hold } else { Turn::Pass };
            tally.forgotten += self.judge(job, &mut bench.taken, turn)?;
            self.build(job, &mut tally, bench)?;
        }
        bench.tallies.entry(job.feed.name.clone()).or_default().add(&tally);
        Ok(())
    }

    /// Remembers the records of the time from which the pieces are: they may repeat them.
    fn recall_around(&self, job: &Job) -> Result<(), WatchFault> {
        let observed = job.again.as_ref().and_then(|again| again.observed());
        let (Some(rule), Some(observed)) = (&job.feed.rule, observed) else { return Ok(()) };
        let mut gate = self.wait_turn(job.turn)?;
        let memory = self.memory(&mut gate, job)?;
        let recall = recall_around(&job.feed.name, rule, observed);
        patiently(self.counters, self.timing, || {
            self.shelf.read(&recall, &mut |rows| memory.seen.remember(rows, rule, self.seed))
        })
    }

    fn take_again(
        &self,
        piece: Piece,
        job: &Job,
        rereader: &mut Rereader,
        (tally, bench): (&mut Tally, &mut Bench<S::Written>),
    ) {
        let raw = job.block.piece(piece);
        let Some(old) = job.old(piece) else { return };
        let Some(came) = rereader.read(old, raw) else {
            tally.unchanged += 1;
            return;
        };
        tally.resolved += 1;
        tally.bytes += u64::try_from(raw.len()).unwrap_or_default();
        let origin = job.origin_of(piece);
        let mut about = came.about.map(|about| about.written());
        for (place, outcome) in came.outcomes {
            let what = match outcome {
                Outcome::Record(record) => self.take_record(record, job, &origin),
                Outcome::Quarantined(reason) => What::Unreadable(reason, about.take()),
            };
            bench.taken.push(Taken { piece, spot: spot(piece, place), what });
        }
        for (place, resolved) in (came.parts..).zip(old.places()) {
            let what = What::Resolved(resolved);
            bench.taken.push(Taken { piece, spot: spot(piece, place), what });
        }
    }
}

fn spot(piece: Piece, place: usize) -> Spot {
    Spot { offset: piece.offset, nth: i32::try_from(place).unwrap_or(i32::MAX) }
}

/// A row that takes another out of quarantine. It is of the same day, and says when that was.
pub(super) fn put_resolved(
    origin: &Origin,
    spot: Spot,
    (old, place): (Option<&Old>, &str),
    rows: &mut Rows,
) {
    let micros = old.map_or(origin.observation, |old| old.mark.observed);
    rows.begin(RowKind::Resolved, origin, spot, Dated { micros, suspect: None });
    rows.put_again(place);
}
