//! Files as they come: plain, gzip, zstd or zip, told by their first bytes and never by their names.
//!
//! What is packed may grow only so far, in bytes and in proportion. A zip file has members; each is read by
//! itself, stored or deflated, and nothing in it is ever written to disk.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

/// How far packed bytes may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Bytes that may come out of one file.
    pub bytes_max: u64,
    /// How many times larger than what went in it may be, once it is large at all.
    pub ratio_max: u64,
    /// Members a zip file may have.
    pub members_max: usize,
}

/// Where packed bytes are.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

/// One content of a file: the file itself, or a member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its place among the members, from 0.
    pub(crate) index: usize,
    /// Its own name, in an archive.
    pub(crate) name: Option<String>,
    packing: Packing,
    start: u64,
    length: u64,
    /// What the archive says of the content: its length and its checksum.
    sum: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
    Stored,
    Deflated,
    /// Encrypted, or packed in a way we do not read.
    Sealed,
}

/// Why a file has no members that can be read.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// It cannot be read at all.
    Io(io::Error),
    /// It is not what it pretends to be, or has too many members.
    Malformed,
}

/// An open member: its content as it is read.
pub(crate) struct Opened {
    content: Box<dyn Read + Send>,
    limits: UnpackLimits,
    meter: Arc<Meter>,
    packing: Packing,
    given: u64,
    sum: Option<(u32, crc32fast::Hasher)>,
}

/// What happens beneath the unpacking.
#[derive(Debug, Default)]
struct Meter {
    read: AtomicU64,
    has_failed: AtomicBool,
}

struct Metered<R> {
    inner: R,
    meter: Arc<Meter>,
}

trait Place: Read + Seek + Send {}

impl<T: Read + Seek + Send> Place for T {}

impl Default for UnpackLimits {
    fn default() -> Self {
        Self { bytes_max: 64 * 1024 * 1024 * 1024, ratio_max: 300, members_max: 1000 }
    }
}

impl Origin {
    fn open(&self) -> Box<dyn Place> {
        match self {
            Self::File(file) => Box::new(At { file: Arc::clone(file), at: 0 }),
            Self::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        }
    }

    /// All of it as it lies there.
    pub(crate) fn reader(&self) -> impl Read + Send + use<> {
        self.open()
    }

    /// Its beginning, and how long it is.
    pub(crate) fn head(&self, bytes_max: usize) -> io::Result<(Vec<u8>, u64)> {
        let mut place = self.open();
        let mut head = Vec::new();
        place.by_ref().take(crate::wide(bytes_max)).read_to_end(&mut head)?;
        Ok((head, place.seek(SeekFrom::End(0))?))
    }

    /// What is in it.
    pub(crate) fn members(&self, limits: UnpackLimits) -> Result<Vec<Member>, Unopened> {
        let mut place = self.open();
        let mut head = Vec::new();
        place.by_ref().take(4).read_to_end(&mut head).map_err(Unopened::Io)?;
        let length = place.seek(SeekFrom::End(0)).map_err(Unopened::Io)?;
        let packing = match head.as_slice() {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            // A frame, or one that is to be skipped.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Packing::Zstd,
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => return zipped(place, limits),
            _ => Packing::Plain,
        };
        Ok(vec![Member { index: 0, name: None, packing, start: 0, length, sum: None }])
    }
}

impl Member {
    /// Opens the content at its beginning.
    pub(crate) fn open(&self, origin: &Origin, limits: UnpackLimits) -> io::Result<Opened> {
        let meter = Arc::new(Meter::default());
        let mut place = origin.open();
        place.seek(SeekFrom::Start(self.start))?;
        Ok(self.unpacked(place, meter, limits))
    }

    /// Opens the content behind so many of its bytes; what can be jumped over is not read.
    pub(crate) fn open_at(
        &self,
        origin: &Origin,
        limits: UnpackLimits,
        at: u64,
    ) -> io::Result<Opened> {
        if !self.is_plain() {
            let mut opened = self.open(origin, limits)?;
            opened.skip(at)?;
            return Ok(opened);
        }
        let meter = Arc::new(Meter { read: at.into(), ..Meter::default() });
        let mut place = origin.open();
        place.seek(SeekFrom::Start(at))?;
        let mut opened = self.unpacked(place, meter, limits);
        opened.given = at;
        Ok(opened)
    }

    /// How many bytes it has on disk.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Whether what is on disk is the content itself.
    pub(crate) fn is_plain(&self) -> bool {
        self.packing == Packing::Plain
    }

    fn unpacked(&self, place: Box<dyn Place>, meter: Arc<Meter>, limits: UnpackLimits) -> Opened {
        let metered = Metered { inner: place, meter: Arc::clone(&meter) };
        let content: Box<dyn Read + Send> = match self.packing {
            Packing::Plain => Box::new(metered),
            Packing::Stored => Box::new(metered.take(self.length)),
            Packing::Gzip => {
                Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, metered)))
            }
            Packing::Deflated => {
                let packed = BufReader::with_capacity(BUFFER, metered.take(self.length));
                Box::new(DeflateDecoder::new(packed))
            }
            Packing::Zstd => zstd_of(metered),
            Packing::Sealed => Box::new(Refused),
        };
        let sum = self.sum.map(|sum| (sum, crc32fast::Hasher::new()));
        Opened { content, limits, meter, packing: self.packing, given: 0, sum }
    }
}

impl Opened {
    /// How many of the bytes on disk have been read.
    pub(crate) fn packed_bytes(&self) -> u64 {
        self.meter.read.load(Ordering::Relaxed)
    }

    /// How many bytes of the content have been given, or jumped over.
    pub(crate) fn given(&self) -> i64 {
        i64::try_from(self.given).unwrap_or(i64::MAX)
    }

    /// Whether a fault is one of the disk rather than of the content.
    pub(crate) fn is_disk_fault(&self) -> bool {
        self.meter.has_failed.load(Ordering::Relaxed)
    }

    /// Jumps over so much of the content; where it breaks off on the way, the next read says so.
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.by_ref().take(bytes), &mut io::sink());
        match skipped {
            Err(fault) if self.is_disk_fault() => return Err(fault),
            Err(fault) => self.content = Box::new(Broken(Some(fault))),
            Ok(_all) => {}
        }
        Ok(())
    }

    /// Fills as much of the buffer as there is content for.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.read(room) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                // What came before it is good; the next call meets the fault again.
                Err(fault) if filled == 0 => return Err(fault),
                Err(fault) => {
                    self.content = Box::new(Broken(Some(fault)));
                    break;
                }
            }
        }
        Ok(filled)
    }

    fn judge(&self) -> io::Result<()> {
        if matches!(self.packing, Packing::Plain) {
            return Ok(());
        }
        let is_wild = self.given > RATIO_FROM
            && self.given / self.packed_bytes().max(1) > self.limits.ratio_max;
        if is_wild || self.given > self.limits.bytes_max {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it grows beyond all measure"));
        }
        Ok(())
    }
}

impl Read for Opened {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.judge()?;
        let read = self.content.read(out)?;
        self.given += crate::wide(read);
        match &mut self.sum {
            Some((told, own))
                if read == 0 && !out.is_empty() && own.clone().finalize() != *told =>
            {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum differs"));
            }
            Some((_, own)) => own.update(out.get(..read).unwrap_or_default()),
            None => {}
        }
        Ok(read)
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(out) {
            Ok(read) => {
                self.meter.read.fetch_add(crate::wide(read), Ordering::Relaxed);
                Ok(read)
            }
            Err(fault) => {
                let is_fault = fault.kind() != io::ErrorKind::Interrupted;
                self.meter.has_failed.fetch_or(is_fault, Ordering::Relaxed);
                Err(fault)
            }
        }
    }
}

/// A file that several read, each from a place of its own.
struct At {
    file: Arc<File>,
    at: u64,
}

impl Read for At {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(out, self.at)?;
        self.at += crate::wide(read);
        Ok(read)
    }
}

impl Seek for At {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
        };
        self.at = from.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// What cannot be opened without a key.
struct Refused;

impl Read for Refused {
    fn read(&mut self, _out: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is encrypted or packed in an unknown way",
        ))
    }
}

/// Content that broke off with a fault.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _out: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::ErrorKind::InvalidData.into()))
    }
}

fn zstd_of(metered: Metered<Box<dyn Place>>) -> Box<dyn Read + Send> {
    let decoder =
        zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(BUFFER, metered));
    match decoder.and_then(|mut decoder| decoder.window_log_max(WINDOW_LOG_MAX).map(|()| decoder)) {
        Ok(decoder) => Box::new(decoder),
        Err(fault) => Box::new(Broken(Some(fault))),
    }
}

fn zipped(mut place: Box<dyn Place>, limits: UnpackLimits) -> Result<Vec<Member>, Unopened> {
    place.rewind().map_err(Unopened::Io)?;
    let mut archive = ZipArchive::new(BufReader::new(place)).map_err(|_bad| Unopened::Malformed)?;
    if archive.len() > limits.members_max {
        return Err(Unopened::Malformed);
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|_bad| Unopened::Malformed)?;
        if file.is_dir() {
            continue;
        }
        let packing = if file.encrypted() {
            Packing::Sealed
        } else if file.compression() == CompressionMethod::Stored {
            Packing::Stored
        } else if file.compression() == CompressionMethod::Deflated {
            Packing::Deflated
        } else {
            Packing::Sealed
        };
        members.push(Member {
            index: members.len(),
            name: file.name().ok().map(|name| name.chars().take(NAME_CHARS_MAX).collect()),
            packing,
            start: file.data_start().ok_or(Unopened::Malformed)?,
            length: file.compressed_size(),
            sum: Some(file.crc32()),
        });
    }
    Ok(members)
}

/// Proportions are judged from here on: small things are often very regular.
const RATIO_FROM: u64 = 16 * 1024 * 1024;

/// Memory a zstd stream may ask for: 128 MiB.
const WINDOW_LOG_MAX: u32 = 27;

/// What is read from disk at once.
const BUFFER: usize = 128 * 1024;

/// How long the name of a member may be.
const NAME_CHARS_MAX: usize = 200;
