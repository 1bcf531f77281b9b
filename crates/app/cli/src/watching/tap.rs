//! Files as a tap of the collector: one after another, to their ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fengsui_intake::{Blocking as _, Carve, Files, Positions, SourceFault, Watching};
use fengsui_records::FeedName;
use fengsui_watch::{Delivery, Part, Tap, Tapped, TurnedBack};
use indicatif::ProgressBar;

/// One file on its way into the lake.
pub(crate) struct FileTap {
    feed: FeedName,
    file: PathBuf,
    carve: Carve,
    positions: Positions,
    bar: ProgressBar,
    source: Files,
    partition: Option<String>,
    /// Why the file could not be read to its end.
    pub(crate) fault: Option<SourceFault>,
    /// Pieces that had been taken in before.
    pub(crate) known: u64,
}

impl FileTap {
    pub(crate) fn new(
        feed: FeedName,
        file: PathBuf,
        carve: Carve,
        positions: Positions,
        bar: ProgressBar,
    ) -> Self {
        let source = opened(&file, carve, &bar);
        Self { feed, file, carve, positions, bar, source, partition: None, fault: None, known: 0 }
    }
}

fn opened(file: &std::path::Path, carve: Carve, bar: &ProgressBar) -> Files {
    let bar = bar.clone();
    Files::new(Watching::These(vec![file.to_owned()]), carve).reporting(move |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.bytes);
    })
}

impl Tap for FileTap {
    fn next(&mut self, _patience: Duration) -> Tapped {
        let delivery = match self.source.next(&self.positions) {
            Ok(Some(delivery)) => delivery,
            Ok(None) => return Tapped::Ended,
            Err(fault) => {
                self.fault = Some(fault);
                return Tapped::Ended;
            }
        };
        let is_first = self.partition.as_ref() != Some(&delivery.partition);
        let pieces = delivery.block.pieces.len();
        self.known += u64::try_from(pieces - delivery.fresh().count()).unwrap_or_default();
        if is_first {
            self.partition = Some(delivery.partition.clone());
        }
        Tapped::Delivery(handed_on(&self.feed, delivery, is_first))
    }

    fn done(&mut self, _source: &str, _reached: i64) {}

    fn turn_back(&mut self, _source: &str, _why: TurnedBack) {
        self.partition = None;
        self.source = opened(&self.file, self.carve, &self.bar);
    }
}

/// A delivery of a source as one of a feed.
pub(crate) fn handed_on(
    feed: &FeedName,
    delivery: fengsui_intake::Delivery,
    is_first: bool,
) -> Delivery {
    let part = match (is_first, delivery.ended) {
        (true, true) => Part::Whole,
        (true, false) => Part::First,
        (false, true) => Part::Last,
        (false, false) => Part::Middle,
    };
    Delivery {
        feed: feed.clone(),
        partition: delivery.partition.into(),
        name: delivery.name.map(Arc::from),
        block: delivery.block,
        part,
        unreadable: delivery.unreadable,
        again: None,
    }
}
