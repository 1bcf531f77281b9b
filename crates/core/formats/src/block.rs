//! A block of bytes and the pieces in it.

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

/// Cuts a stream of bytes into pieces; holds what is not complete yet.
#[derive(Debug)]
pub struct Cutter {
    framing: Framing,
    /// Bytes a piece may have.
    piece_max: usize,
    /// Where in the source the held bytes begin.
    at: i64,
    held: Vec<u8>,
}

impl Cutter {
    /// A cutter that begins at a place of the source.
    pub fn new(framing: Framing, piece_max: usize, at: i64) -> Self {
        Self { framing, piece_max, at, held: Vec::new() }
    }

    /// Takes the next bytes and gives the pieces that are complete.
    pub fn push(&mut self, _bytes: &[u8]) -> Block {
        let (_framing, _max, _at, _held) = (self.framing, self.piece_max, self.at, &self.held);
        Block::default()
    }

    /// The source has ended: what is held is a piece.
    pub fn finish(&mut self) -> Block {
        Block::default()
    }
}
