//! Rows of CSV: a line end within quotes does not end one.
//!
//! The delimiter is not known here, so a quote opens a cell after any of the usual ones.

use memchr::{memchr, memchr2};

use super::{Cut, End, Progress, Scene, count};

/// What is remembered of the row under way.
#[derive(Debug)]
pub(super) struct Rows {
    quote: Quote,
    /// Before this place of the source every line is a row: a quote there was never closed.
    plain_until: i64,
}

impl Default for Rows {
    fn default() -> Self {
        Self { quote: Quote::Outside, plain_until: i64::MIN }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    Outside,
    Inside,
    /// After a quote within quotes: another one is a letter, anything else is outside.
    Closing,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Rows {
    /// The next row, if it is complete.
    pub(super) fn next(&mut self, scene: &Scene<'_>, progress: &mut Progress) -> Option<Cut> {
        let begins = scene.at.saturating_add(count(progress.start));
        let cut = if progress.skipping || begins < self.plain_until {
            scene.to_line_end(progress)
        } else {
            self.row(scene, progress)
        };
        if cut.is_some() {
            self.quote = Quote::Outside;
        }
        cut
    }

    fn row(&mut self, scene: &Scene<'_>, progress: &mut Progress) -> Option<Cut> {
        let start = progress.start;
        // Never looks further than a row may be long, so that it does not matter how much has come.
        let window = start.saturating_add(scene.piece_max).saturating_add(1);
        let window = window.min(scene.buffer.len());
        if let Some(newline) = self.row_end(scene, progress, window) {
            let end = scene.trimmed(progress, newline);
            return Some(Cut { start, end, next: newline + 1, shortened: false });
        }
        let is_too_long = progress.seen - start > scene.piece_max;
        let is_open = scene.end == End::Source && self.quote == Quote::Inside;
        if !is_too_long && !is_open {
            return scene.rest(progress);
        }
        self.plain_until = scene.at.saturating_add(count(window));
        progress.seen = start;
        // The first line alone is to blame: the lines behind it are rows of their own.
        let cut = scene.to_line_end(progress)?;
        Some(Cut { shortened: cut.shortened || is_too_long, ..cut })
    }

    /// The line end that ends the row, if it is within the window.
    fn row_end(
        &mut self,
        scene: &Scene<'_>,
        progress: &mut Progress,
        window: usize,
    ) -> Option<usize> {
        while progress.seen < window {
            let rest = scene.buffer.get(progress.seen..window)?;
            let place = match self.quote {
                Quote::Outside => memchr2(b'"', b'\n', rest),
                Quote::Inside => memchr(b'"', rest),
                Quote::Closing => Some(0),
            };
            let Some(place) = place.map(|place| progress.seen + place) else {
                progress.seen = window;
                return None;
            };
            if self.step(scene, progress, place) {
                return Some(place);
            }
        }
        None
    }

    /// Takes the byte at a place that matters; true where it ends the row.
    fn step(&mut self, scene: &Scene<'_>, progress: &mut Progress, place: usize) -> bool {
        let byte = scene.byte(place);
        progress.seen = place + 1;
        self.quote = match self.quote {
            Quote::Outside if byte == Some(b'\n') => return true,
            Quote::Outside if opens(scene, progress.start, place) => Quote::Inside,
            Quote::Outside => Quote::Outside,
            Quote::Inside => Quote::Closing,
            Quote::Closing if byte == Some(b'"') => Quote::Inside,
            Quote::Closing => {
                // It is looked at again, as what it is outside.
                progress.seen = place;
                Quote::Outside
            }
        };
        false
    }
}

/// Whether a quote begins a cell; one in the middle of a cell is a letter.
fn opens(scene: &Scene<'_>, start: usize, place: usize) -> bool {
    let before = scene.buffer.get(start..place).unwrap_or_default();
    match before.last() {
        None | Some(b',' | b';' | b'\t' | b'|') => true,
        Some(_) => before == BYTE_ORDER_MARK,
    }
}
