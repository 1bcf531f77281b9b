//! Proving that the journal is what was written: every hash, every link, every place.
//!
//! Whoever can rewrite every entry from one place to the end, and the head, is not found out here:
//! that takes receipts outside, which hold position and hash.

use crate::fault::StoreFault;
use crate::hash::{Hash, hash_of};
use crate::journal::{Entry, Head, READ_AFTER, RawEntry, column, number};
use crate::statement::Statement;
use crate::store::{Store, modelled};

/// The journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal is broken at position {position}: {why}")]
pub struct Broken {
    /// The first place where it is not what was written.
    pub position: u64,
    /// What was done there.
    pub why: Why,
}

/// What was done to the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The entry says something else than what was written.
    Changed,
    /// The entry is gone.
    Removed,
    /// The entry is somewhere else.
    Reordered,
    /// The entries are sound, but the head is not at the last of them.
    Head,
    /// The entry is sound, but what it points at is not.
    Payload(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed => out.write_str("the entry was changed"),
            Self::Removed => out.write_str("the entry was removed"),
            Self::Reordered => out.write_str("the entry was moved to another place"),
            Self::Head => out.write_str("the head does not agree with the last entry"),
            Self::Payload(told) => write!(out, "the entry's payload does not hold: {told}"),
        }
    }
}

/// Why a verification did not end well.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VerifyFault {
    /// The journal is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// How far a verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries found sound.
    pub position: u64,
    /// Entries there are.
    pub of: u64,
}

/// The end of the chain that was found sound.
struct Link {
    position: i64,
    hash: Vec<u8>,
}

impl Store {
    /// Reads the whole journal and proves it up to the head it had at the beginning.
    ///
    /// `progress` is told now and then; `check` may look into each sound entry and object.
    pub async fn verify(
        &self,
        progress: &mut (dyn FnMut(Progress) + Send),
        check: &mut (dyn FnMut(&Entry) -> Result<(), String> + Send),
    ) -> Result<Head, VerifyFault> {
        let head = self.head().await?;
        let last = number(head.position)?;
        let mut link = Link { position: 0, hash: Hash::ZERO.as_bytes().to_vec() };
        while link.position < last {
            let page = self.page(link.position).await?;
            if page.is_empty() {
                return Err(self.gap(&link).await?.into());
            }
            for entry in page.into_iter().take_while(|entry| entry.position <= last) {
                self.follow_link(&link, &entry, &head).await?;
                link = Link { position: entry.position, hash: entry.hash.clone() };
                look_into(entry, check)?;
            }
            progress(Progress { position: place(link.position), of: head.position });
        }
        if link.hash != head.hash.as_bytes() {
            return Err(Broken { position: head.position, why: Why::Head }.into());
        }
        self.nothing_outside().await?;
        Ok(head)
    }

    /// Proves one entry against the one before it.
    async fn follow_link(
        &self,
        link: &Link,
        entry: &RawEntry,
        head: &Head,
    ) -> Result<(), VerifyFault> {
        if entry.position != link.position + 1 {
            return Err(self.gap(link).await?.into());
        }
        if !entry.is_sound() {
            return Err(self.unsound(link, entry, head).await?.into());
        }
        if entry.previous == link.hash {
            return Ok(());
        }
        // Both are sound by themselves, so one was rewritten with its hash. The one that the next
        // entry still vouches for was not.
        let vouched = match self.page_of(entry.position, 1).await?.into_iter().next() {
            Some(next) => next.previous == entry.hash,
            None => head.hash.as_bytes().as_slice() == entry.hash,
        };
        let position = if vouched && link.position > 0 { link.position } else { entry.position };
        Err(changed(place(position)).into())
    }

    /// Nothing is where the next entry should be: it may be elsewhere.
    async fn gap(&self, link: &Link) -> Result<Broken, StoreFault> {
        let elsewhere = self.has_successor(&link.hash).await?;
        let why = if elsewhere { Why::Reordered } else { Why::Removed };
        Ok(Broken { position: place(link.position + 1), why })
    }

    async fn has_successor(&self, hash: &[u8]) -> Result<bool, StoreFault> {
        modelled!(self, node => node.has_successor(hash).await);
        let asked = Statement::of(READ_SUCCESSOR, vec![hash.to_vec().into()]);
        Ok(!self.read("look for an entry", asked).await?.is_empty())
    }

    /// An entry is not what its hash says: it was changed, unless it only stands in a wrong place.
    async fn unsound(
        &self,
        link: &Link,
        entry: &RawEntry,
        head: &Head,
    ) -> Result<Broken, StoreFault> {
        let last = number(head.position)?.saturating_add(RENUMBERED_MAX);
        let mut moved = entry.clone();
        let from = entry.position.saturating_sub(CANDIDATES_MAX).max(1);
        let to = entry.position.saturating_add(CANDIDATES_MAX).min(last);
        let belongs_elsewhere = (from..=to).any(|position| {
            moved.position = position;
            hash_of(&moved).as_bytes().as_slice() == entry.hash
        });
        if belongs_elsewhere { self.gap(link).await } else { Ok(changed(place(entry.position))) }
    }

    /// Entries before the first place or behind the head were never written by this program.
    async fn nothing_outside(&self) -> Result<(), VerifyFault> {
        let (first, last) = self.ends().await?;
        let head = self.head().await?; // read afterwards, so it is never behind
        if first < 1 && last > 0 || last > number(head.position)? {
            return Err(Broken { position: head.position + 1, why: Why::Head }.into());
        }
        Ok(())
    }

    async fn ends(&self) -> Result<(i64, i64), StoreFault> {
        modelled!(self, node => node.ends().await);
        let rows = self.read("read the ends", Statement::of(READ_ENDS, vec![])).await?;
        let Some(row) = rows.first() else { return Ok((1, 0)) };
        Ok((column(row, 0)?, column(row, 1)?))
    }

    async fn page(&self, after: i64) -> Result<Vec<RawEntry>, VerifyFault> {
        match self.page_of(after, PAGE_ENTRIES).await {
            Ok(page) => Ok(page),
            Err(StoreFault::Unreadable(_)) => self.first_readable(after).await,
            Err(fault) => Err(fault.into()),
        }
    }

    /// A page that cannot be read has an entry that cannot: those before it are read one by one.
    async fn first_readable(&self, after: i64) -> Result<Vec<RawEntry>, VerifyFault> {
        match self.page_of(after, 1).await {
            Ok(page) => Ok(page),
            Err(StoreFault::Unreadable(_)) => Err(changed(place(after + 1)).into()),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn page_of(&self, after: i64, max: i64) -> Result<Vec<RawEntry>, StoreFault> {
        modelled!(self, node => node.page_of(after, max).await);
        let asked = Statement::of(READ_AFTER, vec![after.into(), max.into()]);
        let rows = self.read("read entries", asked).await?;
        rows.iter().map(RawEntry::of).collect()
    }
}

/// Reads a sound entry as what it should be and lets the caller object.
fn look_into(
    entry: RawEntry,
    check: &mut (dyn FnMut(&Entry) -> Result<(), String> + Send),
) -> Result<(), Broken> {
    let position = place(entry.position);
    let Ok(entry) = entry.into_entry() else { return Err(changed(position)) };
    check(&entry).map_err(|told| Broken { position, why: Why::Payload(told) })
}

fn changed(position: u64) -> Broken {
    Broken { position, why: Why::Changed }
}

fn place(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}

/// Whatever follows an entry by its hash, wherever it is.
const READ_SUCCESSOR: &str = "SELECT position FROM entry WHERE previous = $1 LIMIT 1";

const READ_ENDS: &str = "
    SELECT COALESCE(MIN(position), 1), COALESCE(MAX(position), 0)
    FROM entry
";

/// Entries read at once.
const PAGE_ENTRIES: i64 = 1_000;

/// Places on either side at which an unsound entry is tried.
const CANDIDATES_MAX: i64 = 200_000;

/// Places behind the head at which it is tried, should entries have been renumbered.
const RENUMBERED_MAX: i64 = 1_000;
