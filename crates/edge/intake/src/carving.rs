//! One content, cut into blocks: what files, mails, pushes and pulls have in common.
//!
//! A content that was taken in up to somewhere is read on from there. Where lines are lines, its head comes
//! once more, since a reader may need it; where they are not, all of it comes once more.

use std::io;

use fengsui_formats::{Block, Cutter, Framing, Piece, Reason};

use crate::source::Delivery;
use crate::unpack::{Member, Opened, Origin, UnpackLimits};

/// How contents are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carve {
    /// How pieces are told apart.
    pub framing: Framing,
    /// Bytes a piece may have.
    pub piece_bytes_max: usize,
    /// Bytes that are read for one block.
    pub block_bytes: usize,
    /// How far packed contents may grow.
    pub unpack: UnpackLimits,
}

/// A content being cut.
pub(crate) struct Carving {
    partition: String,
    name: Option<String>,
    known: Option<i64>,
    carve: Carve,
    opened: Opened,
    cutter: Cutter,
    /// How much of the content has been read.
    at: i64,
    /// The head of the content, where reading began behind it.
    head: Option<Block>,
    buffer: Vec<u8>,
    end: End,
    is_done: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    IsTheEnd,
    Grows,
}

/// A content, and how far it has been taken in.
pub(crate) struct Content {
    pub(crate) origin: Origin,
    pub(crate) member: Member,
    pub(crate) partition: String,
    pub(crate) name: Option<String>,
    pub(crate) known: Option<i64>,
}

impl Carve {
    /// Pieces of this framing, within the usual limits.
    pub fn of(framing: Framing) -> Self {
        Self {
            framing,
            piece_bytes_max: PIECE_BYTES_MAX,
            block_bytes: BLOCK_BYTES,
            unpack: UnpackLimits::default(),
        }
    }

    pub(crate) fn cutter(&self, at: i64) -> Cutter {
        Cutter::new(self.framing, self.piece_bytes_max, at)
    }
}

impl Carving {
    /// Opens a content where it was left.
    pub(crate) fn open(content: Content, carve: Carve) -> io::Result<Self> {
        let Content { origin, member, partition, name, known } = content;
        let from = match carve.framing {
            Framing::Lines => known.unwrap_or(0).max(0),
            Framing::Table | Framing::Json => 0,
        };
        let head = if from == 0 {
            None
        } else {
            let mut opened = member.open(&origin, carve.unpack)?;
            Some(head_of(&mut opened, carve, from)?)
        };
        let opened = member.open_at(&origin, carve.unpack, u64::try_from(from).unwrap_or(0))?;
        // A content that broke off before ends sooner than what is known of it.
        let at = opened.given();
        let cutter = carve.cutter(at);
        Ok(Self {
            partition,
            name,
            known,
            carve,
            opened,
            cutter,
            at,
            head,
            buffer: Vec::new(),
            end: End::IsTheEnd,
            is_done: false,
        })
    }

    /// The next block; `None` behind the one that said it is the last.
    pub(crate) fn next(&mut self) -> io::Result<Option<Delivery>> {
        if let Some(head) = self.head.take() {
            return Ok(Some(self.delivery(head)));
        }
        if self.buffer.is_empty() {
            self.buffer = vec![0; self.carve.block_bytes.max(1)];
        }
        while !self.is_done {
            let mut buffer = std::mem::take(&mut self.buffer);
            let filled = self.opened.fill(&mut buffer);
            let block = match filled {
                Ok(0) if self.end == End::Grows => {
                    self.buffer = buffer;
                    return Ok(None);
                }
                Ok(filled) => self.cut(buffer.get(..filled).unwrap_or_default()),
                Err(fault) if self.opened.is_disk_fault() => return Err(fault),
                Err(_unpacking) => return Ok(Some(self.broken())),
            };
            self.buffer = buffer;
            if self.is_done || !block.pieces.is_empty() {
                return Ok(Some(self.delivery(block)));
            }
        }
        Ok(None)
    }

    /// How much of the content has been read.
    pub(crate) fn at(&self) -> u64 {
        u64::try_from(self.at).unwrap_or(0)
    }

    /// The content may grow: its end is no end.
    pub(crate) fn growing(mut self) -> Self {
        self.end = End::Grows;
        self
    }

    /// The content grows no more: what is held at its end is a piece.
    pub(crate) fn close(&mut self) {
        self.end = End::IsTheEnd;
    }

    /// How many bytes on disk have been read.
    pub(crate) fn packed_bytes(&self) -> u64 {
        self.opened.packed_bytes()
    }

    fn cut(&mut self, bytes: &[u8]) -> Block {
        self.at = self.at.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        if bytes.is_empty() {
            self.is_done = true;
            self.cutter.finish()
        } else {
            self.cutter.push(bytes)
        }
    }

    fn delivery(&self, block: Block) -> Delivery {
        Delivery {
            partition: self.partition.clone(),
            name: self.name.clone(),
            block,
            known: self.known,
            unreadable: None,
            ended: self.is_done,
        }
    }

    /// The content broke off: what is held is kept as it came, and one piece behind it says so.
    fn broken(&mut self) -> Delivery {
        self.is_done = true;
        let mut block = self.cutter.finish();
        let at = self.at.saturating_add(1);
        for piece in &mut block.pieces {
            piece.offset = at;
        }
        if block.pieces.is_empty() {
            let end = block.bytes.len();
            block.pieces.push(Piece { start: end, end, offset: at, shortened: true });
        }
        Delivery { unreadable: Some(Reason::NotDecompressed), ..self.delivery(block) }
    }
}

/// A content of which nothing can be read: its beginning as it came.
pub(crate) fn refused(
    partition: String,
    name: Option<String>,
    bytes: &[u8],
    why: Refusal,
) -> Delivery {
    let mut block = Block::default();
    block.push(bytes, 1);
    for piece in &mut block.pieces {
        piece.shortened = why.is_part;
    }
    let unreadable = Some(why.reason);
    Delivery { partition, name, block, known: None, unreadable, ended: true }
}

/// Why a content is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    /// Whether the bytes that are kept are only the beginning.
    pub(crate) is_part: bool,
}

/// The complete pieces at the beginning of a content, as far as they are known already.
fn head_of(opened: &mut Opened, carve: Carve, known: i64) -> io::Result<Block> {
    let length = usize::try_from(known).unwrap_or(usize::MAX).min(HEAD_BYTES);
    let mut bytes = vec![0; length];
    let filled = match opened.fill(&mut bytes) {
        Err(fault) if opened.is_disk_fault() => return Err(fault),
        Err(_unpacking) => 0,
        Ok(filled) => filled,
    };
    bytes.truncate(filled);
    Ok(carve.cutter(0).push(&bytes))
}

/// Bytes a piece may have, where nothing else is said.
const PIECE_BYTES_MAX: usize = 1024 * 1024;

/// Bytes that are read for one block, where nothing else is said.
const BLOCK_BYTES: usize = 4 * 1024 * 1024;

/// How much of a content comes once more when it is read on.
const HEAD_BYTES: usize = 64 * 1024;
