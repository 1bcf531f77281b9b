//! What a store is opened with, and what it counts while it runs.

use std::path::Path;

/// Where the store is and how much it takes on at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite:///absolute/path/fengsui.db` or `postgres://…`.
    pub url: String,
    /// Connections that read at the same time.
    pub readers_max: u32,
    /// Commands that may wait for the writer; one more is told that the store is busy.
    pub queue_max: usize,
    /// Commands that share one transaction.
    pub batch_max: usize,
    /// Bytes the embedded database may grow to; beyond them it is full. A server has its own quota.
    pub bytes_max: Option<u64>,
    /// Chunk of a blob, in bytes; never more than 1 MiB.
    pub chunk_bytes_max: usize,
}

impl Settings {
    /// The usual limits for a database at a URL.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers_max: 4,
            queue_max: 4_096,
            batch_max: 256,
            bytes_max: None,
            chunk_bytes_max: 1 << 20,
        }
    }

    /// The usual limits for the embedded database in one file, which is created when absent.
    pub fn file(path: &Path) -> Self {
        let mut url = String::from("sqlite://");
        for character in path.to_string_lossy().chars() {
            match character {
                '%' => url.push_str("%25"),
                '?' => url.push_str("%3F"),
                '#' => url.push_str("%23"),
                ' ' => url.push_str("%20"),
                other => url.push(other),
            }
        }
        Self::at(url)
    }
}

/// What the writer has done since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Commands answered as committed, repeats not counted.
    pub commits: u64,
    /// Entries written.
    pub entries: u64,
    /// Transactions that carried commands. Each one ended with a flush to disk.
    pub batches: u64,
    /// Transactions that ended with a flush to disk, those for blobs and side state included.
    pub flushes: u64,
    /// Batches that failed and were run again in parts.
    pub halvings: u64,
    /// Commands that were answered from the record because they had been committed before.
    pub repeats: u64,
}
