//! A spool as a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use fengsui_formats::Block;

use super::reading::Reading;
use super::{Entry, Spool, SpoolFault};
use crate::carving::Carve;
use crate::contents::{Contents, ContentsFault, Unopen};
use crate::offloaded::Blocking;
use crate::source::{Delivery, Positions, SourceFault};
use crate::unpack::Origin;

/// What the entries of a spool are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Each is one piece; all are of the partition `spool`, and offsets are numbers.
    Messages,
    /// Each is a file, of a partition `spool:<number>`, and is cut like one.
    Bodies(Carve),
}

/// Reads a spool in the order in which it was filled.
pub struct SpoolSource {
    spool: Spool,
    content: Content,
    reading: Option<Reading>,
    /// Entries that are not safe yet, by number; the last of them is the one being read.
    bodies: BTreeMap<i64, Contents>,
    last: i64,
}

impl SpoolSource {
    /// Reads what the lake does not have yet.
    pub fn new(spool: Spool, content: Content) -> Self {
        Self { spool, content, reading: None, bodies: BTreeMap::new(), last: 0 }
    }

    /// The same spool from the beginning of what the lake does not have.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::new(self.spool.clone(), self.content)
    }

    fn take(&mut self, after: &Positions, bytes: usize) -> Result<Vec<(i64, Entry)>, SourceFault> {
        if let Some(reading) = &mut self.reading {
            return Ok(reading.take(bytes)?);
        }
        let reached = match self.content {
            Content::Messages => after.reached(PARTITION)?.unwrap_or(0),
            Content::Bodies(_) => 0,
        };
        let mut reading = Reading::after(Arc::clone(&self.spool.inner.shared), reached);
        let taken = reading.take(bytes);
        self.reading = Some(reading);
        Ok(taken?)
    }

    fn messages(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        let entries = self.take(after, BLOCK_BYTES)?;
        if entries.is_empty() {
            return Ok(None);
        }
        let mut block = Block::default();
        for (number, entry) in &entries {
            block.push(&entry.bytes, *number);
            if let Some(piece) = block.pieces.last_mut() {
                piece.shortened = entry.shortened;
            }
        }
        Ok(Some(Delivery {
            partition: PARTITION.to_owned(),
            name: None,
            block,
            known: None,
            unreadable: None,
            ended: false,
        }))
    }

    fn body(&mut self, carve: Carve, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        loop {
            let open = self.bodies.values_mut().next_back();
            let next = open.map_or(Ok(None), Contents::next).map_err(|source| self.disk(source))?;
            if next.is_some() {
                return Ok(next);
            }
            let Some((number, entry)) = self.take(after, 1)?.into_iter().next() else {
                self.forget_what_is_safe()?;
                return Ok(None);
            };
            let file = Unopen {
                origin: Origin::Memory(entry.bytes.into()),
                partition: format!("{PARTITION}:{number}"),
                name: entry.name.as_deref(),
                is_part: entry.shortened,
            };
            let contents = Contents::open(&file, carve, after).map_err(|fault| match fault {
                ContentsFault::Io(source) => self.disk(source),
                ContentsFault::Source(fault) => fault,
            })?;
            self.last = number;
            self.bodies.insert(number, contents);
        }
    }

    fn forget_what_is_safe(&mut self) -> Result<(), SpoolFault> {
        self.bodies.retain(|_number, contents| !contents.is_safe());
        let safe = self.bodies.keys().next().map_or(self.last, |first| first - 1);
        self.spool.forget(safe)
    }

    fn disk(&self, source: std::io::Error) -> SourceFault {
        SpoolFault::disk(&self.spool.inner.shared.folder, source).into()
    }
}

impl Blocking for SpoolSource {
    fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        match self.content {
            Content::Messages => self.messages(after),
            Content::Bodies(carve) => self.body(carve, after),
        }
    }

    fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault> {
        match self.content {
            Content::Messages => self.spool.forget(offset)?,
            Content::Bodies(_) => {
                for contents in self.bodies.values_mut() {
                    contents.committed(partition, offset);
                }
                self.forget_what_is_safe()?;
            }
        }
        Ok(())
    }

    fn has_ended(&self) -> bool {
        false
    }
}

impl std::fmt::Debug for SpoolSource {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SpoolSource").field("content", &self.content).finish_non_exhaustive()
    }
}

/// The partition of messages, and the beginning of those of bodies.
const PARTITION: &str = "spool";

/// About so many bytes are handed on at once.
const BLOCK_BYTES: usize = 4 * 1024 * 1024;
