//! Reading a spool: only what is durable, in order, past whatever is damaged.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use super::frame::{Found, Frame, find, look};
use super::segment::Segment;
use super::{Entry, Shared, SpoolFault, narrow};
use crate::wide;

/// A place in the spool from which one reads on.
#[derive(Debug)]
pub(super) struct Reading {
    shared: Arc<Shared>,
    /// The number that comes next.
    next: i64,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    first: i64,
    segment: Segment,
    file: File,
    at: u64,
}

/// What a look at the bytes of a segment gave.
struct Looked {
    /// Bytes that are done with.
    done: usize,
    stop: Stop,
}

enum Stop {
    /// Enough was taken, or no bytes are left.
    Enough,
    /// A frame needs so many bytes.
    Needs(usize),
    Damage,
}

impl Reading {
    /// Reads what comes after a number.
    pub(super) fn after(shared: Arc<Shared>, number: i64) -> Self {
        Self { shared, next: number.saturating_add(1), open: None }
    }

    /// The next entries, about so many bytes of them; none where there are none yet.
    pub(super) fn take(&mut self, bytes_max: usize) -> Result<Vec<(i64, Entry)>, SpoolFault> {
        let mut taken = Taken { entries: Vec::new(), room: bytes_max };
        while taken.room > 0 && self.next <= self.shared.state().durable {
            let more = self.step(&mut taken);
            if !more.map_err(|source| SpoolFault::disk(&self.shared.folder, source))? {
                break;
            }
        }
        Ok(taken.entries)
    }

    /// Reads on in the open segment, or opens the next one; whether there may be more.
    fn step(&mut self, taken: &mut Taken) -> io::Result<bool> {
        let Some(mut open) = self.open.take() else { return self.enter() };
        let limit = self.shared.state().segments.bytes_of(open.first).max(open.segment.bytes);
        if open.at >= limit {
            return Ok(self.leave(open));
        }
        open.segment.bytes = limit;
        self.read_on(&mut open, taken)?;
        self.open = Some(open);
        Ok(true)
    }

    fn enter(&mut self) -> io::Result<bool> {
        let Some((first, segment)) = self.shared.state().segments.holding(self.next) else {
            return Ok(false);
        };
        self.next = self.next.max(first);
        let file = File::open(&segment.path)?;
        self.open = Some(Open { first, segment, file, at: 0 });
        Ok(true)
    }

    /// The segment is read; whether another follows.
    fn leave(&mut self, open: Open) -> bool {
        let following = self.shared.state().segments.after(open.first);
        if let Some(first) = following {
            self.next = self.next.max(first);
        } else {
            self.open = Some(open);
        }
        following.is_some()
    }

    fn read_on(&mut self, open: &mut Open, taken: &mut Taken) -> io::Result<()> {
        let mut bytes = open.read(CHUNK_BYTES)?;
        loop {
            let looked = self.look_through(&bytes, open.segment.salt, taken);
            open.at += wide(looked.done);
            match looked.stop {
                Stop::Enough => return Ok(()),
                // The frame lies across the end of what was read.
                Stop::Needs(needed) if wide(needed) <= open.left() => {
                    bytes = open.read(needed.max(CHUNK_BYTES))?;
                }
                Stop::Needs(_) | Stop::Damage => return self.pass_over(open),
            }
        }
    }

    fn look_through(&mut self, bytes: &[u8], salt: u32, taken: &mut Taken) -> Looked {
        let mut done = 0;
        while taken.room > 0
            && let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty())
        {
            match look(rest, salt, self.shared.length_max()) {
                Found::Frame(frame, length) => {
                    done += length;
                    self.hear(&frame, taken);
                }
                Found::Begun(needed) => return Looked { done, stop: Stop::Needs(needed) },
                Found::Damage => return Looked { done, stop: Stop::Damage },
            }
        }
        Looked { done, stop: Stop::Enough }
    }

    fn hear(&mut self, frame: &Frame<'_>, taken: &mut Taken) {
        if !frame.memo && frame.number >= self.next {
            self.next = frame.number.saturating_add(1);
            taken.put(frame);
        }
    }

    /// Puts aside what is damaged, up to the next sound frame or the end of the segment.
    fn pass_over(&self, open: &mut Open) -> io::Result<()> {
        let rest = open.read(narrow(open.left()))?;
        let numbers = self.next..self.shared.state().durable.saturating_add(1);
        let sound = find(&rest, open.segment.salt, self.shared.length_max(), &numbers);
        let damaged = sound.unwrap_or(rest.len());
        self.shared.put_aside(&open.segment, open.at, rest.get(..damaged).unwrap_or_default())?;
        open.at += wide(damaged);
        Ok(())
    }
}

impl Open {
    fn left(&self) -> u64 {
        self.segment.bytes.saturating_sub(self.at)
    }

    fn read(&self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut read = vec![0; narrow(self.left()).min(bytes)];
        self.file.read_exact_at(&mut read, self.at)?;
        Ok(read)
    }
}

struct Taken {
    entries: Vec<(i64, Entry)>,
    room: usize,
}

impl Taken {
    fn put(&mut self, frame: &Frame<'_>) {
        self.room = self.room.saturating_sub(frame.length());
        let entry = Entry {
            name: frame.name.map(str::to_owned),
            bytes: frame.bytes.to_vec(),
            shortened: frame.shortened,
        };
        self.entries.push((frame.number, entry));
    }
}

/// So much is read at once.
const CHUNK_BYTES: usize = 1024 * 1024;
