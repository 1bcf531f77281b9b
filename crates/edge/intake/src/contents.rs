//! Everything that is in one file: one content, or the members of an archive, one after the other.
//!
//! It also knows when all of it is safe, so that whoever keeps the file may let it go.

use std::collections::VecDeque;
use std::io;

use fengsui_formats::Reason;

use crate::carving::{Carve, Carving, Content, Refusal, refused};
use crate::source::{Delivery, Positions, SourceFault};
use crate::unpack::{Member, Origin, Unopened};

/// The contents of one file, in turn.
pub(crate) struct Contents {
    carve: Carve,
    refused: Option<Delivery>,
    carving: Option<Carving>,
    waiting: VecDeque<Content>,
    /// Delivered partitions, and up to where they must be committed.
    unsafe_yet: Vec<(String, i64)>,
    /// Bytes on disk of the members that are done.
    done_bytes: u64,
}

/// Why contents could not be opened.
#[derive(Debug)]
pub(crate) enum ContentsFault {
    Io(io::Error),
    Source(SourceFault),
}

/// A file, before it is known what is in it.
pub(crate) struct Unopen<'a> {
    pub(crate) origin: Origin,
    /// The partition of its first content.
    pub(crate) partition: String,
    pub(crate) name: Option<&'a str>,
    /// Whether the file is only the beginning of what it was.
    pub(crate) is_part: bool,
}

impl Contents {
    /// Looks into a file. Where nothing in it can be read, its beginning is what is delivered.
    pub(crate) fn open(
        file: &Unopen<'_>,
        carve: Carve,
        after: &Positions,
    ) -> Result<Self, ContentsFault> {
        let mut contents = Self {
            carve,
            refused: None,
            carving: None,
            waiting: VecDeque::new(),
            unsafe_yet: Vec::new(),
            done_bytes: 0,
        };
        match file.origin.members(carve.unpack) {
            Ok(members) if !file.is_part && !members.is_empty() => {
                contents.waiting = waiting(file, members, after)?;
            }
            Err(Unopened::Io(fault)) => return Err(ContentsFault::Io(fault)),
            Ok(_) | Err(Unopened::Malformed) => {
                contents.refused = refusal(file, carve, after)?;
            }
        }
        Ok(contents)
    }

    /// The next block; `None` when everything has been delivered.
    pub(crate) fn next(&mut self) -> io::Result<Option<Delivery>> {
        if let Some(refused) = self.refused.take() {
            return Ok(Some(self.noted(refused)));
        }
        loop {
            if let Some(delivery) = self.read_on()? {
                return Ok(Some(self.noted(delivery)));
            }
            let Some(content) = self.waiting.pop_front() else { return Ok(None) };
            self.carving = Some(Carving::open(content, self.carve)?);
        }
    }

    fn read_on(&mut self) -> io::Result<Option<Delivery>> {
        let Some(carving) = &mut self.carving else { return Ok(None) };
        let delivery = carving.next()?;
        if delivery.is_none() {
            self.done_bytes += carving.packed_bytes();
            self.carving = None;
        }
        Ok(delivery)
    }

    /// Whether nothing is left to deliver.
    pub(crate) fn is_delivered(&self) -> bool {
        self.refused.is_none() && self.carving.is_none() && self.waiting.is_empty()
    }

    /// A partition is committed up to here.
    pub(crate) fn committed(&mut self, partition: &str, offset: i64) {
        self.unsafe_yet.retain(|(other, end)| other != partition || *end > offset);
    }

    /// Whether everything was delivered and is committed.
    pub(crate) fn is_safe(&self) -> bool {
        self.is_delivered() && self.unsafe_yet.is_empty()
    }

    /// How many bytes on disk have been read.
    pub(crate) fn packed_bytes(&self) -> u64 {
        self.done_bytes + self.carving.as_ref().map_or(0, Carving::packed_bytes)
    }

    fn noted(&mut self, delivery: Delivery) -> Delivery {
        let Some(reached) = delivery.block.reached() else { return delivery };
        self.unsafe_yet.retain(|(other, _)| *other != delivery.partition);
        if Some(reached) > delivery.known {
            self.unsafe_yet.push((delivery.partition.clone(), reached));
        }
        delivery
    }
}

fn waiting(
    file: &Unopen<'_>,
    members: Vec<Member>,
    after: &Positions,
) -> Result<VecDeque<Content>, ContentsFault> {
    let mut waiting = VecDeque::new();
    for member in members {
        let partition = match member.index {
            0 => file.partition.clone(),
            more => format!("{}/{more}", file.partition),
        };
        let known = after.reached(&partition).map_err(ContentsFault::Source)?;
        // A plain content that is all there needs no second look.
        let is_all_there =
            known.and_then(|known| u64::try_from(known).ok()) >= Some(member.length());
        if member.is_plain() && member.length() > 0 && is_all_there {
            continue;
        }
        let name = member.name.clone().or_else(|| file.name.map(str::to_owned));
        waiting.push_back(Content { origin: file.origin.clone(), member, partition, name, known });
    }
    Ok(waiting)
}

fn refusal(
    file: &Unopen<'_>,
    carve: Carve,
    after: &Positions,
) -> Result<Option<Delivery>, ContentsFault> {
    let known = after.reached(&file.partition).map_err(ContentsFault::Source)?;
    if known.is_some() {
        return Ok(None);
    }
    let (bytes, length) = file.origin.head(carve.piece_bytes_max).map_err(ContentsFault::Io)?;
    let why = Refusal {
        reason: if file.is_part { Reason::TooLong } else { Reason::NotDecompressed },
        is_part: file.is_part || length > crate::wide(bytes.len()),
    };
    Ok(Some(refused(file.partition.clone(), file.name.map(str::to_owned), &bytes, why)))
}
