//! The first pieces in their order that fit within bounds, out of pieces that come in any order.

use std::collections::BTreeMap;

use super::{Mark, Quarantined, Unresolved};

/// Keeps the first pieces, and no more than were asked for.
#[derive(Debug)]
pub struct Within {
    pieces_max: usize,
    bytes_max: usize,
    bytes: usize,
    found: BTreeMap<Mark, Quarantined>,
    /// The first that did not fit: nothing behind it does.
    beyond: Option<Mark>,
}

impl Within {
    /// Nothing yet, within the bounds of a question.
    pub fn of(asked: &Unresolved) -> Self {
        Self {
            pieces_max: asked.pieces_max.max(1),
            bytes_max: asked.bytes_max,
            bytes: 0,
            found: BTreeMap::new(),
            beyond: None,
        }
    }

    /// Takes a piece in, if it is among the first.
    pub fn add(&mut self, piece: Quarantined) {
        if self.beyond.as_ref().is_some_and(|beyond| piece.mark >= *beyond) {
            return;
        }
        self.bytes += size(&piece);
        self.found.insert(piece.mark.clone(), piece);
        while self.found.len() > 1
            && (self.found.len() > self.pieces_max || self.bytes > self.bytes_max)
        {
            let Some((mark, last)) = self.found.pop_last() else { return };
            self.bytes -= size(&last);
            self.beyond = Some(mark);
        }
    }

    /// Takes pieces in, those of them that are among the first.
    pub fn add_all(&mut self, pieces: impl IntoIterator<Item = Quarantined>) {
        for piece in pieces {
            self.add(piece);
        }
    }

    /// Those that were kept, in their order.
    pub fn finish(self) -> Vec<Quarantined> {
        self.found.into_values().collect()
    }
}

fn size(piece: &Quarantined) -> usize {
    piece.raw.len() + piece.about.as_ref().map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn piece(offset: i64, bytes: usize) -> Quarantined {
        let mark = Mark { observed: 0, partition: "spool".to_owned(), offset, nth: 0 };
        let text = String::new;
        Quarantined { mark, reason: text(), parser: text(), about: None, raw: vec![b'x'; bytes] }
    }

    proptest! {
        /// In whatever order they come: a beginning without a gap, as long as the bounds allow, and never empty.
        #[test]
        fn the_first_pieces_are_kept_without_a_gap(
            sizes in proptest::collection::vec(0_usize..50, 1..40),
            order in any::<prop::sample::Index>(),
            (pieces_max, bytes_max) in (1_usize..20, 0_usize..300),
        ) {
            let feed = "north".parse().expect("a name");
            let asked = Unresolved { pieces_max, bytes_max, ..Unresolved::of(feed) };
            let mut within = Within::of(&asked);
            let pieces: Vec<Quarantined> =
                (0..).zip(&sizes).map(|(offset, bytes)| piece(offset, *bytes)).collect();
            let from = order.index(pieces.len());
            for place in 0..pieces.len() {
                // Every piece once, from anywhere, by a step that has no common divisor with most lengths.
                within.add(pieces[(from + place * 1_009) % pieces.len()].clone());
            }
            let mut fit = 0;
            let mut bytes = 0;
            for size in &sizes {
                bytes += size;
                if fit > 0 && (bytes > bytes_max || fit == pieces_max) {
                    break;
                }
                fit += 1;
            }
            let kept: Vec<i64> = within.finish().iter().map(|piece| piece.mark.offset).collect();
            prop_assert_eq!(kept, (0..i64::try_from(fit).expect("few")).collect::<Vec<_>>());
        }
    }
}
