//! What others push to us over HTTP: unpacked, cut into messages and kept, before they are answered.
//!
//! The route, and who may use it, are elsewhere. A push is kept whole or not at all. Tables keep their head:
//! each is kept as one body, to be read with [`Content::Bodies`]; all else is kept piece by piece.

use std::collections::BTreeMap;
use std::io::{self, Read};

use fengsui_formats::Framing;
use fengsui_records::FeedName;
use flate2::read::MultiGzDecoder;

use crate::carving::Carve;
use crate::spool::{Content, Entry, Spool, SpoolFault, SpoolSource};
use crate::wide;

/// The feeds one may push to.
#[derive(Debug, Default)]
pub struct Push {
    feeds: BTreeMap<FeedName, Pushable>,
}

#[derive(Clone, Debug)]
struct Pushable {
    spool: Spool,
    carve: Carve,
    limits: PushLimits,
}

/// How much may be pushed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushLimits {
    /// Bytes of a body as it comes.
    pub body_bytes_max: usize,
    /// Bytes of it once it is unpacked.
    pub unpacked_bytes_max: usize,
    /// Messages in it.
    pub messages_max: usize,
}

/// How a body is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    #[default]
    Identity,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// A push is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The number of its last message: the receipt.
    pub number: i64,
    /// How many messages it had.
    pub messages: usize,
}

/// Why a push was not taken. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum PushFault {
    /// No such feed, or none that is pushed to.
    #[error("there is no feed \"{0}\" that takes what is pushed")]
    NoSuchFeed(FeedName),
    /// Packed in a way that is not read.
    #[error("the content encoding \"{0}\" is not read; use gzip, zstd or none")]
    EncodingUnknown(String),
    /// It cannot be unpacked.
    #[error("the body cannot be unpacked; send it again as it should be")]
    NotUnpacked {
        /// The cause.
        source: io::Error,
    },
    /// More than is taken at once.
    #[error("the body has more than {max} {of}; send it in parts")]
    TooLarge {
        /// The limit.
        max: usize,
        /// Of what.
        of: &'static str,
    },
    /// Nothing in it.
    #[error("the body is empty; there was nothing to keep")]
    Empty,
    /// The thread that unpacks has gone.
    #[error("unpacking was broken off; send it again")]
    BrokenOff,
    /// The spool: where it is full, come again later.
    #[error(transparent)]
    Spool(#[from] SpoolFault),
}

impl Push {
    /// Lets a feed be pushed to.
    pub fn open(&mut self, feed: FeedName, spool: Spool, carve: Carve, limits: PushLimits) {
        self.feeds.insert(feed, Pushable { spool, carve, limits });
    }

    /// What has been pushed to a feed, as a source.
    pub fn source(&self, feed: &FeedName) -> Option<SpoolSource> {
        let pushable = self.feeds.get(feed)?;
        let content = match pushable.carve.framing {
            Framing::Table => Content::Bodies(pushable.carve),
            Framing::Lines | Framing::Json => Content::Messages,
        };
        Some(SpoolSource::new(pushable.spool.clone(), content))
    }

    /// Bytes that a body for a feed may have as it comes; `None` where nothing may be pushed to it.
    pub fn bytes_max(&self, feed: &FeedName) -> Option<usize> {
        self.feeds.get(feed).map(|pushable| pushable.limits.body_bytes_max)
    }

    /// Takes a body, packed as its `Content-Encoding` says. It is on disk when this returns.
    pub async fn take(
        &self,
        feed: &FeedName,
        body: impl Into<Vec<u8>>,
        content_encoding: Option<&str>,
    ) -> Result<Pushed, PushFault> {
        let pushable = self.feeds.get(feed).ok_or_else(|| PushFault::NoSuchFeed(feed.clone()))?;
        let encoding = content_encoding.map_or(Ok(Encoding::default()), str::parse)?;
        let (body, unpacking) = (body.into(), pushable.clone());
        // Unpacking and cutting take a while; others are answered meanwhile.
        let entries = tokio::task::spawn_blocking(move || unpacking.entries(&body, encoding));
        let entries = entries.await.map_err(|_gone| PushFault::BrokenOff)??;
        let messages = entries.len();
        let receipt = pushable.spool.append(entries).await?;
        Ok(Pushed { number: receipt.number, messages })
    }
}

impl Pushable {
    fn entries(&self, body: &[u8], encoding: Encoding) -> Result<Vec<Entry>, PushFault> {
        let PushLimits { body_bytes_max, unpacked_bytes_max, messages_max } = self.limits;
        if body.len() > body_bytes_max {
            return Err(PushFault::TooLarge { max: body_bytes_max, of: "bytes" });
        }
        let body = encoding.unpacked(body, unpacked_bytes_max)?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(PushFault::Empty);
        }
        match self.carve.framing {
            Framing::Table => Ok(vec![Entry::of(body)]),
            Framing::Lines | Framing::Json => self.messages(&body, messages_max),
        }
    }

    fn messages(&self, body: &[u8], messages_max: usize) -> Result<Vec<Entry>, PushFault> {
        let mut cutter = self.carve.cutter(0);
        let mut entries = Vec::new();
        for block in [cutter.push(body), cutter.finish()] {
            for piece in &block.pieces {
                let bytes = block.piece(*piece).to_vec();
                entries.push(Entry { name: None, bytes, shortened: piece.shortened });
            }
        }
        entries.retain(|entry| !entry.bytes.is_empty());
        match entries.len() {
            0 => Err(PushFault::Empty),
            more if more > messages_max => {
                Err(PushFault::TooLarge { max: messages_max, of: "messages" })
            }
            _ => Ok(entries),
        }
    }
}

impl Encoding {
    /// The bytes as they were before they were packed.
    pub(crate) fn unpacked(self, body: &[u8], bytes_max: usize) -> Result<Vec<u8>, PushFault> {
        let fault = |source| PushFault::NotUnpacked { source };
        let mut reader: Box<dyn Read> = match self {
            Self::Identity => Box::new(body),
            Self::Gzip => Box::new(MultiGzDecoder::new(body)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(fault)?;
                decoder.window_log_max(WINDOW_LOG_MAX).map_err(fault)?;
                Box::new(decoder)
            }
        };
        let mut unpacked = Vec::new();
        reader.by_ref().take(wide(bytes_max)).read_to_end(&mut unpacked).map_err(fault)?;
        let mut beyond = [0];
        if unpacked.len() == bytes_max && reader.read(&mut beyond).map_err(fault)? > 0 {
            return Err(PushFault::TooLarge { max: bytes_max, of: "bytes once it is unpacked" });
        }
        Ok(unpacked)
    }
}

impl std::str::FromStr for Encoding {
    type Err = PushFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            other => Err(PushFault::EncodingUnknown(other.chars().take(40).collect())),
        }
    }
}

impl Default for PushLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * 1024,
            unpacked_bytes_max: 64 * 1024 * 1024,
            messages_max: 1_000_000,
        }
    }
}

/// Memory a zstd body may ask for: 8 MiB, as is usual over HTTP.
const WINDOW_LOG_MAX: u32 = 23;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tempfile::TempDir;

    use super::*;
    use crate::offloaded::Blocking as _;
    use crate::source::Positions;
    use crate::spool::SpoolLimits;

    fn feed() -> FeedName {
        "north".parse().unwrap()
    }

    fn push(folder: &TempDir, framing: Framing) -> Push {
        let spool_limits = SpoolLimits { bytes_max: 400, ..SpoolLimits::default() };
        let spool = Spool::open(folder.path(), spool_limits, None).unwrap();
        let limits = PushLimits { body_bytes_max: 100, unpacked_bytes_max: 200, messages_max: 10 };
        let mut push = Push::default();
        push.open(feed(), spool, Carve::of(framing), limits);
        push
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn kept(push: &Push) -> Vec<(i64, String)> {
        let mut source = push.source(&feed()).unwrap();
        let mut kept = Vec::new();
        while let Some(delivery) = source.next(&Positions::none()).unwrap() {
            for piece in delivery.fresh() {
                let text = String::from_utf8(delivery.block.piece(piece).to_vec()).unwrap();
                kept.push((piece.offset, text));
            }
        }
        kept
    }

    #[tokio::test]
    async fn a_push_is_on_disk_message_by_message_when_it_is_answered() {
        let folder = TempDir::new().unwrap();
        let push = push(&folder, Framing::Lines);
        let zstd = zstd::encode_all(&b"3"[..], 1).unwrap();
        let first = push.take(&feed(), b"1\n\n2\n", None).await.unwrap();
        assert_eq!(first, Pushed { number: 2, messages: 2 });
        push.take(&feed(), zstd, Some("ZSTD")).await.unwrap();
        push.take(&feed(), gzip(b"4\n"), Some("gzip")).await.unwrap();
        let texts = [(1, "1"), (2, "2"), (3, "3"), (4, "4")];
        assert_eq!(kept(&push), texts.map(|(number, text)| (number, text.to_owned())));
    }

    #[tokio::test]
    async fn a_pushed_table_keeps_its_head() {
        let folder = TempDir::new().unwrap();
        let push = push(&folder, Framing::Table);
        push.take(&feed(), b"ip,port\n192.0.2.1,80\n", None).await.unwrap();
        let mut source = push.source(&feed()).unwrap();
        let delivery = source.next(&Positions::none()).unwrap().unwrap();
        assert_eq!(delivery.partition, "spool:1");
        assert_eq!(delivery.block.bytes, b"ip,port\n192.0.2.1,80\n");
    }

    #[tokio::test]
    async fn what_is_too_much_or_malformed_is_refused_whole() {
        let folder = TempDir::new().unwrap();
        let push = push(&folder, Framing::Lines);
        let refused = async |body: &[u8], encoding: Option<&str>| {
            push.take(&feed(), body, encoding).await.unwrap_err().to_string()
        };
        let bomb = gzip(&[b'x'; 5000]);
        assert_eq!(
            refused(&[b'x'; 101], None).await,
            "the body has more than 100 bytes; send it in parts"
        );
        assert_eq!(
            refused(&bomb, Some("gzip")).await,
            "the body has more than 200 bytes once it is unpacked; send it in parts"
        );
        assert!(refused(&b"x\n".repeat(11), None).await.contains("10 messages"));
        let broken_off = &gzip(b"one line\n")[..20];
        assert!(refused(broken_off, Some("gzip")).await.contains("cannot be unpacked"));
        assert!(refused(b"x", Some("br")).await.contains("\"br\" is not read"));
        assert!(refused(b" \r\n", None).await.contains("empty"));
        assert_eq!(kept(&push), []);
    }

    #[tokio::test]
    async fn a_full_spool_and_a_feed_that_is_not_there_are_told_apart() {
        let folder = TempDir::new().unwrap();
        let push = push(&folder, Framing::Lines);
        let other: FeedName = "south".parse().unwrap();
        assert!(matches!(push.take(&other, b"1", None).await, Err(PushFault::NoSuchFeed(_))));
        let body = b"123456789\n".repeat(10);
        push.take(&feed(), body.clone(), None).await.unwrap();
        let full = push.take(&feed(), body, None).await;
        assert!(matches!(full, Err(PushFault::Spool(SpoolFault::Full))), "{full:?}");
        assert_eq!(kept(&push).len(), 10);
    }
}
