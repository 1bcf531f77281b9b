//! What every source has in common: it is asked for the next block, and told how far all is safe.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use fengsui_formats::{Block, Reason};

use crate::spool::SpoolFault;

/// Something that brings bytes.
///
/// `next` never waits for something to happen: it gives `None` when there is nothing at the moment, and is
/// asked again after a tick. It may be dropped while it works; what it was about to give is given next time.
#[async_trait]
pub trait Source: Send {
    /// The next bytes, of whichever partition has some.
    async fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault>;

    /// What was delivered of a partition is safe up to here: the source may forget it.
    async fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault>;

    /// Whether nothing will ever come any more.
    fn has_ended(&self) -> bool {
        false
    }
}

/// Bytes of one partition, cut into pieces.
///
/// Pieces with an offset up to `known` are committed already. They are here because a reader may need the
/// head of its file; what becomes of them is thrown away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The partition: `file:…`, `spool`, `stream:…`.
    pub partition: String,
    /// The name of the file or the subject, where there is one.
    pub name: Option<String>,
    /// The bytes. They may be none where `ended` is all there is to say.
    pub block: Block,
    /// How far the partition was committed when it was opened.
    pub known: Option<i64>,
    /// Why every piece of this block is to be quarantined, where it is.
    pub unreadable: Option<Reason>,
    /// Whether the partition is complete with this block.
    pub ended: bool,
}

impl Delivery {
    /// The pieces that have not been committed yet.
    pub fn fresh(&self) -> impl Iterator<Item = fengsui_formats::Piece> + '_ {
        let known = self.known;
        self.block.pieces.iter().copied().filter(move |piece| Some(piece.offset) > known)
    }
}

/// How far each partition is safely committed, as whoever keeps the rows says it.
#[derive(Clone)]
pub struct Positions(Arc<Asked>);

type Asked = dyn Fn(&str) -> Result<Option<i64>, Box<dyn Error + Send + Sync>> + Send + Sync;

impl Positions {
    /// Asks each time. The question may block; it is asked once when a partition is opened.
    pub fn asking<E: Error + Send + Sync + 'static>(
        ask: impl Fn(&str) -> Result<Option<i64>, E> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |partition: &str| ask(partition).map_err(Into::into)))
    }

    /// Nothing has been committed yet.
    pub fn none() -> Self {
        BTreeMap::new().into()
    }

    /// How far a partition is committed; `None` where nothing is.
    pub fn reached(&self, partition: &str) -> Result<Option<i64>, SourceFault> {
        self.0(partition)
            .map_err(|source| SourceFault::Position { partition: partition.to_owned(), source })
    }
}

impl From<BTreeMap<String, i64>> for Positions {
    fn from(known: BTreeMap<String, i64>) -> Self {
        Self(Arc::new(move |partition: &str| Ok(known.get(partition).copied())))
    }
}

impl fmt::Debug for Positions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Positions")
    }
}

/// Why a source has nothing to give although it should.
///
/// The source is sound and may be asked again; each fault is to be shown and counted.
#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// How far a partition is committed is not known, so nothing of it may be read.
    #[error("how far {partition} has been taken in is not known")]
    Position {
        /// The partition.
        partition: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A file or a folder.
    #[error("cannot read {}; check that it is there and may be read", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file was still being written when it was taken for complete.
    #[error("{} changed while it was read; it is read again when it stands still", path.display())]
    Changed {
        /// Which one.
        path: PathBuf,
    },
    /// More files than are looked after at once.
    #[error("{} has more than {files_max} files; move away what has been taken in", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The limit.
        files_max: usize,
    },
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolFault),
    /// The other side cannot be reached now.
    #[error("{what} cannot be reached; it is tried again")]
    Unreachable {
        /// What.
        what: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The other side has forgotten what was not taken in yet.
    #[error("{partition} has lost what came after {after} and before {first}; look at its limits")]
    Missed {
        /// The partition.
        partition: String,
        /// The last one that was committed.
        after: i64,
        /// The first one that is still there.
        first: i64,
    },
    /// The other side stands before what was committed: it is not the one we knew.
    #[error(
        "{partition} ends at {last}, though {committed} was taken in; it was restored or made anew: \
         give the feed another name to read it from its beginning"
    )]
    Rewound {
        /// The partition.
        partition: String,
        /// How far it was committed.
        committed: i64,
        /// Where it ends now.
        last: i64,
    },
    /// The other side is not the one we knew; it is read from its beginning.
    #[error("{partition} was removed and made anew; what was not taken in of it is gone")]
    Replaced {
        /// The partition that is no more.
        partition: String,
    },
    /// The other side is set up so that something could be lost.
    #[error("{what}")]
    Unfit {
        /// What is wrong, and what to do.
        what: String,
    },
    /// The thread that reads has gone.
    #[error("reading was broken off; ask again")]
    BrokenOff,
}
