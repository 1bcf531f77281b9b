//! A block of bytes and the pieces in it.
//!
//! A [`Cutter`] holds no more than one piece between two pushes. However the same bytes are split into
//! pushes, the pieces are the same. Damage is local: a quote or a bracket that is never closed takes
//! its own line with it, not the rest of the source.

mod json;
mod table;

use memchr::memchr;

/// How bytes are cut into pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One piece a line, ended by LF or CRLF.
    Lines,
    /// One piece a row of CSV: a line end within quotes does not end it.
    Table,
    /// One piece a JSON value: one a line, or one over many lines; an array at the top is taken apart.
    Json,
}

/// Bytes as they came, and where the pieces in them are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The pieces, in their order.
    pub pieces: Vec<Piece>,
}

/// One piece of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins in the block.
    pub start: usize,
    /// Where it ends in the block, without the line end.
    pub end: usize,
    /// How far the source has been read when this piece is done: bytes of a file, messages of a stream.
    pub offset: i64,
    /// Whether it was longer than allowed, and only its beginning is here.
    pub shortened: bool,
}

impl Block {
    /// A block of one message: what a stream or a spool hands on.
    pub fn push(&mut self, message: &[u8], offset: i64) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(message);
        self.pieces.push(Piece { start, end: self.bytes.len(), offset, shortened: false });
    }

    /// The bytes of a piece.
    pub fn piece(&self, piece: Piece) -> &[u8] {
        self.bytes.get(piece.start..piece.end).unwrap_or_default()
    }

    /// How far the source has been read when this block is done.
    pub fn reached(&self) -> Option<i64> {
        self.pieces.last().map(|piece| piece.offset)
    }
}

/// Cuts a stream of bytes into pieces; holds what is not complete yet, at most `piece_max` bytes.
#[derive(Debug)]
pub struct Cutter {
    state: State,
    /// Bytes a piece may have.
    piece_max: usize,
    /// Where in the source the held bytes begin.
    at: i64,
    held: Vec<u8>,
    progress: Progress,
}

/// What a framing remembers between two pushes.
#[derive(Debug)]
enum State {
    Lines,
    Table(table::Rows),
    Json(json::Values),
}

/// How far the piece under way has come, within the buffer.
#[derive(Debug, Default)]
struct Progress {
    /// Where it begins.
    start: usize,
    /// How far it has been looked at.
    seen: usize,
    /// Whether it is too long already, so that its end is sought and its bytes are not kept.
    skipping: bool,
    /// Bytes of it that were not kept.
    gap: i64,
}

/// The end of a piece, found in the buffer.
#[derive(Clone, Copy, Debug)]
struct Cut {
    start: usize,
    end: usize,
    /// Where the next piece may begin.
    next: usize,
    shortened: bool,
}

impl Cutter {
    /// Bytes that are kept of a piece that is too long: enough to see what it was.
    pub const BEGINNING_MAX: usize = 4096;

    /// A cutter that begins at a place of the source.
    pub fn new(framing: Framing, piece_max: usize, at: i64) -> Self {
        let state = match framing {
            Framing::Lines => State::Lines,
            Framing::Table => State::Table(table::Rows::default()),
            Framing::Json => State::Json(json::Values::default()),
        };
        Self { state, piece_max, at, held: Vec::new(), progress: Progress::default() }
    }

    /// Takes the next bytes and gives the pieces that are complete.
    pub fn push(&mut self, bytes: &[u8]) -> Block {
        let mut buffer = std::mem::take(&mut self.held);
        buffer.extend_from_slice(bytes);
        self.cut(buffer, End::Open)
    }

    /// Takes the next bytes without a copy where nothing is held.
    pub fn push_vec(&mut self, bytes: Vec<u8>) -> Block {
        if self.held.is_empty() {
            return self.cut(bytes, End::Open);
        }
        self.push(&bytes)
    }

    /// The source has ended: what is held is a piece.
    pub fn finish(&mut self) -> Block {
        let buffer = std::mem::take(&mut self.held);
        self.cut(buffer, End::Source)
    }

    fn cut(&mut self, buffer: Vec<u8>, end: End) -> Block {
        let mut pieces = Vec::new();
        while let Some(cut) = self.next(&buffer, end) {
            pieces.push(self.piece(cut));
        }
        let bytes = self.hold(buffer);
        Block { bytes, pieces }
    }

    fn next(&mut self, buffer: &[u8], end: End) -> Option<Cut> {
        let scene = Scene { buffer, end, piece_max: self.piece_max, at: self.at };
        match &mut self.state {
            State::Lines => next_line(&scene, &mut self.progress),
            State::Table(rows) => rows.next(&scene, &mut self.progress),
            State::Json(values) => values.next(&scene, &mut self.progress),
        }
    }

    /// Makes a piece of a cut and goes on behind it.
    fn piece(&mut self, cut: Cut) -> Piece {
        // Bytes that were not kept lie before `next`, so from there on the buffer stands for later ones.
        self.at = self.at.saturating_add(self.progress.gap);
        self.progress = Progress { start: cut.next, seen: cut.next, skipping: false, gap: 0 };
        let most = if cut.shortened { self.beginning_max() } else { usize::MAX };
        Piece {
            start: cut.start,
            end: cut.end.min(cut.start.saturating_add(most)),
            offset: self.at.saturating_add(count(cut.next)),
            shortened: cut.shortened,
        }
    }

    /// Keeps the piece under way and gives back the bytes before it.
    fn hold(&mut self, mut buffer: Vec<u8>) -> Vec<u8> {
        let start = self.progress.start.min(buffer.len());
        self.held = buffer.split_off(start);
        self.at = self.at.saturating_add(count(start));
        self.progress.start = 0;
        self.progress.seen = self.progress.seen.saturating_sub(start);
        let most = self.beginning_max();
        if self.progress.skipping && self.held.len() > most {
            let gone = self.held.len() - most;
            self.held.truncate(most);
            self.held.shrink_to(most);
            self.progress.gap = self.progress.gap.saturating_add(count(gone));
            self.progress.seen = most;
        }
        buffer
    }

    fn beginning_max(&self) -> usize {
        self.piece_max.min(Self::BEGINNING_MAX)
    }
}

/// Whether more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Source,
}

/// What a framing looks at.
struct Scene<'a> {
    buffer: &'a [u8],
    end: End,
    piece_max: usize,
    /// Where in the source the buffer begins.
    at: i64,
}

impl Scene<'_> {
    fn byte(&self, place: usize) -> Option<u8> {
        self.buffer.get(place).copied()
    }

    /// The place of the next line end at or after a place.
    fn line_end(&self, from: usize) -> Option<usize> {
        memchr(b'\n', self.buffer.get(from..)?).map(|place| from + place)
    }

    /// The end of a text without the line end before `newline`; one that is shortened has none.
    fn trimmed(&self, progress: &Progress, newline: usize) -> usize {
        let before = newline.saturating_sub(1);
        let is_whole = !progress.skipping && newline > progress.start;
        let is_crlf = is_whole && self.byte(before) == Some(b'\r');
        if is_crlf { before } else { newline }
    }

    /// What is left when the source ends, as the last piece.
    fn rest(&self, progress: &Progress) -> Option<Cut> {
        let length = self.buffer.len();
        let is_last = self.end == End::Source && progress.start < length;
        is_last.then(|| Cut {
            start: progress.start,
            end: self.trimmed(progress, length),
            next: length,
            shortened: progress.skipping,
        })
    }

    /// Goes on to the end of the line, whatever it holds, of a piece that is or may become too long.
    fn to_line_end(&self, progress: &mut Progress) -> Option<Cut> {
        let start = progress.start;
        let Some(newline) = self.line_end(progress.seen) else {
            progress.seen = self.buffer.len();
            progress.skipping |= progress.seen - start > self.piece_max;
            return self.rest(progress);
        };
        progress.skipping |= newline - start > self.piece_max;
        let end = self.trimmed(progress, newline);
        Some(Cut { start, end, next: newline + 1, shortened: progress.skipping })
    }
}

fn next_line(scene: &Scene<'_>, progress: &mut Progress) -> Option<Cut> {
    scene.to_line_end(progress)
}

/// A place in a buffer as a number of the source's bytes.
fn count(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
