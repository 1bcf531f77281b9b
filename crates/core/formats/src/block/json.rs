//! JSON values one after another: lines, values over many lines, and the elements of an array at the top.
//!
//! A cut-off line must not take its successors with it: a line end within a string, or an object that
//! begins a line where none may stand, ends the piece before it.

use memchr::{memchr3, memmem};

use super::{Cut, End, Progress, Scene, count};

/// What is remembered between two pushes.
#[derive(Debug)]
pub(super) struct Values {
    inside: Inside,
    /// Within an array at the top.
    is_array: bool,
    /// Separators were passed over that belong to no piece yet.
    is_unreported: bool,
    /// Before this place of the source an object at the beginning of a line begins a piece.
    plain_until: i64,
}

#[derive(Clone, Copy, Debug)]
enum Inside {
    /// Looking for the beginning of a value.
    Between,
    Value(Value),
    /// What is not the beginning of a value ends with its line.
    Garbage,
    /// Behind a value of that many bytes: separators up to the line end belong to it.
    Trailing(usize),
}

/// The value under way.
#[derive(Clone, Copy, Debug, Default)]
struct Value {
    depth: u32,
    /// Which of the outermost brackets are those of objects, a bit each.
    objects: u128,
    is_text: bool,
    is_escaped: bool,
    /// The byte before was a line end.
    is_fresh: bool,
    /// The last byte that is no blank and not within a string; 0 before the first.
    last: u8,
}

/// What has become of the piece under way.
enum Look {
    /// It has ended.
    Cut(Cut),
    /// More must come.
    Wait,
    /// Another state goes on.
    On,
}

/// What a byte does to the value under way.
enum Step {
    On,
    /// The value ends before this place.
    Ends(usize),
    /// The value is damaged: what is at this place begins anew.
    Breaks(usize),
}

const SEPARATORS: &[u8] = b" \t\r\n,]\x1e";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Default for Values {
    fn default() -> Self {
        Self {
            inside: Inside::Between,
            is_array: false,
            is_unreported: false,
            plain_until: i64::MIN,
        }
    }
}

impl Values {
    /// The next value, if it is complete.
    pub(super) fn next(&mut self, scene: &Scene<'_>, progress: &mut Progress) -> Option<Cut> {
        loop {
            let look = match self.inside {
                Inside::Between => self.between(scene, progress),
                Inside::Value(value) => self.value(value, scene, progress),
                Inside::Garbage => Look::at(scene.to_line_end(progress)),
                Inside::Trailing(length) => Look::at(self.trailing(length, scene, progress)),
            };
            match look {
                Look::On => {}
                Look::Wait => return None,
                Look::Cut(cut) => {
                    self.inside = Inside::Between;
                    self.is_unreported = false;
                    return Some(cut);
                }
            }
        }
    }

    /// Looks for the beginning of a value.
    fn between(&mut self, scene: &Scene<'_>, progress: &mut Progress) -> Look {
        loop {
            let start = progress.seen;
            progress.start = start;
            let Some(byte) = scene.byte(start) else {
                return Look::at(self.separators_at_the_end(scene, start));
            };
            let rest = scene.buffer.get(start..).unwrap_or_default();
            let mark = BYTE_ORDER_MARK.starts_with(rest.get(..3).unwrap_or(rest));
            if mark && rest.len() < BYTE_ORDER_MARK.len() && scene.end == End::Open {
                return Look::Wait;
            }
            let begins_array = byte == b'[' && !self.is_array;
            if !mark && !begins_array && !SEPARATORS.contains(&byte) {
                self.inside = self.begin(byte);
                return Look::On;
            }
            self.is_array = begins_array || self.is_array && byte != b']';
            self.is_unreported = true;
            progress.seen += if mark { BYTE_ORDER_MARK.len().min(rest.len()) } else { 1 };
        }
    }

    /// What begins with a byte that is no separator.
    fn begin(&self, byte: u8) -> Inside {
        if byte == b'{' || self.is_array {
            Inside::Value(Value::default())
        } else {
            Inside::Garbage
        }
    }

    /// An empty piece, so that a source is known to have been read to its end.
    fn separators_at_the_end(&self, scene: &Scene<'_>, place: usize) -> Option<Cut> {
        let is_due = scene.end == End::Source && self.is_unreported;
        is_due.then_some(Cut { start: place, end: place, next: place, shortened: false })
    }

    /// Goes on in a value.
    fn value(&mut self, mut value: Value, scene: &Scene<'_>, progress: &mut Progress) -> Look {
        let longest = progress.start.saturating_add(scene.piece_max);
        loop {
            progress.skipping |= progress.seen >= longest && scene.buffer.len() > longest;
            let limit = if progress.skipping { usize::MAX } else { longest };
            let limit = limit.min(scene.buffer.len());
            if progress.seen >= limit {
                self.inside = Inside::Value(value);
                let is_cut_off = scene.end == End::Source && progress.start < limit;
                return Look::at(is_cut_off.then(|| self.broken(limit, scene, progress)));
            }
            let is_plain = progress.skipping
                || scene.at.saturating_add(count(progress.seen)) < self.plain_until;
            match value.step(scene, &mut progress.seen, limit, is_plain) {
                Step::On => {}
                Step::Ends(end) => {
                    progress.seen = end;
                    self.inside = Inside::Trailing(end - progress.start);
                    return Look::On;
                }
                Step::Breaks(place) => return Look::Cut(self.broken(place, scene, progress)),
            }
        }
    }

    /// Ends a damaged value, before the first of its lines that looks like a value of its own.
    fn broken(&mut self, place: usize, scene: &Scene<'_>, progress: &Progress) -> Cut {
        let start = progress.start;
        let damaged = scene.buffer.get(start..place).unwrap_or_default();
        let inner = if progress.skipping { None } else { memmem::find(damaged, b"\n{") };
        if inner.is_some() {
            self.plain_until = scene.at.saturating_add(count(place));
        }
        let next = inner.map_or(place, |newline| start + newline + 1);
        let last = scene.byte(next.saturating_sub(1));
        let ends_line = last == Some(b'\n') && next > start && !progress.skipping;
        let newline = if ends_line { next - 1 } else { next };
        Cut { start, end: scene.trimmed(progress, newline), next, shortened: progress.skipping }
    }

    fn trailing(
        &mut self,
        length: usize,
        scene: &Scene<'_>,
        progress: &mut Progress,
    ) -> Option<Cut> {
        let start = progress.start;
        let shortened = progress.skipping;
        while let Some(byte) = scene.byte(progress.seen) {
            let belongs = SEPARATORS.contains(&byte);
            self.is_array &= byte != b']';
            progress.seen += usize::from(belongs);
            // Blanks without end are not waited for.
            let is_full = !shortened && progress.seen - start >= scene.piece_max;
            if !belongs || byte == b'\n' || is_full {
                return Some(Cut { start, end: start + length, next: progress.seen, shortened });
            }
        }
        let next = progress.seen;
        (scene.end == End::Source).then_some(Cut { start, end: start + length, next, shortened })
    }
}

impl Look {
    fn at(cut: Option<Cut>) -> Self {
        cut.map_or(Self::Wait, Self::Cut)
    }
}

impl Value {
    /// Takes the next byte, or the next stretch of a string.
    fn step(&mut self, scene: &Scene<'_>, seen: &mut usize, limit: usize, is_plain: bool) -> Step {
        let place = *seen;
        if self.is_text {
            return self.text(scene.buffer.get(place..limit).unwrap_or_default(), seen);
        }
        let Some(byte) = scene.byte(place) else { return Step::On };
        let was_fresh = std::mem::replace(&mut self.is_fresh, byte == b'\n');
        *seen = place + 1;
        match byte {
            b',' | b']' | b'\n' if self.depth == 0 => return Step::Ends(place),
            b' ' | b'\t' | b'\r' | b'\n' => return Step::On,
            b'"' => self.is_text = true,
            b'{' if was_fresh && (is_plain || !self.may_begin()) => return Step::Breaks(place),
            b'{' | b'[' => self.open(byte == b'{'),
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            _ => {}
        }
        self.last = byte;
        let is_done = self.depth == 0 && matches!(byte, b'}' | b']');
        if is_done { Step::Ends(place + 1) } else { Step::On }
    }

    fn text(&mut self, rest: &[u8], seen: &mut usize) -> Step {
        if std::mem::take(&mut self.is_escaped) {
            // A line end is none even after a backslash, so it is looked at.
            let is_letter = rest.first() != Some(&b'\n');
            *seen += usize::from(is_letter);
            if is_letter {
                return Step::On;
            }
        }
        let Some(place) = memchr3(b'"', b'\\', b'\n', rest) else {
            *seen += rest.len();
            return Step::On;
        };
        let byte = rest.get(place);
        *seen += place + 1;
        match byte {
            Some(b'"') => self.is_text = false,
            Some(b'\\') => self.is_escaped = true,
            Some(_) | None => return Step::Breaks(*seen),
        }
        self.last = b'"';
        Step::On
    }

    fn open(&mut self, is_object: bool) {
        let bit = 1_u128.checked_shl(self.depth).unwrap_or(0);
        self.objects = if is_object { self.objects | bit } else { self.objects & !bit };
        self.depth = self.depth.saturating_add(1);
    }

    /// Whether a value may stand here, as far as that is known.
    fn may_begin(&self) -> bool {
        let within = self.depth.saturating_sub(1);
        // Deeper than there are bits, nothing is known.
        let bit = 1_u128.checked_shl(within).unwrap_or(0);
        let is_object = self.objects & bit != 0;
        match self.last {
            b':' => is_object || bit == 0,
            b',' | b'[' => !is_object,
            _ => false,
        }
    }
}
