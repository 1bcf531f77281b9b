//! What nobody needs any more: files of killed writers, files that were merged, days past their time.

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::fault::LakeFault;
use crate::lake::Lake;
use crate::log::Appended;
use crate::medium::Found;

/// Files are kept at least so long, unless somebody knows better: another process may still read them, or be about
/// to commit them.
pub const KEPT_AT_LEAST: SignedDuration = SignedDuration::from_hours(1);

/// How often the removal of days is tried when files are merged at the same time.
const ATTEMPTS_MAX: usize = 20;

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
}

impl Lake {
    /// Removes files that have not been part of the table for so long, and what killed writers left behind.
    ///
    /// Files that this process still reads or is about to commit stay, however old they are.
    pub async fn vacuum(&self, older_than: SignedDuration) -> Result<Swept, LakeFault> {
        let medium = &self.inner.writer.medium;
        let now = medium.clock().await?;
        let removed = self.inner.log.removed().await?;
        let found = medium.found().await?;
        // What is held now and let go a moment later was committed before the state below is read, or never will be.
        let pins = &self.inner.writer.pins;
        let (_held, free): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|file| pins.holds(&file.name));
        let state = std::sync::Arc::clone(&self.inner.log.now().await?.state);
        let is_needless = |file: &Found| {
            let needed = state.files.contains_key(&file.name) || pins.holds(&file.name);
            let since = removed.get(&file.name).copied().unwrap_or(i64::MIN).max(file.written_at);
            let age = SignedDuration::from_millis(now.saturating_sub(since));
            !needed && age >= older_than
        };
        let needless: Vec<Found> = free.into_iter().filter(is_needless).collect();
        medium.remove(&needless).await?;
        self.inner.engine.spill().sweep();
        let bytes = needless.iter().map(|file| file.bytes).sum();
        Ok(Swept { files: needless.len(), bytes })
    }

    /// Lets the days before this one go. Their files stay until they are swept.
    pub async fn expire(&self, before: Date) -> Result<Swept, LakeFault> {
        let before = before.to_string();
        for _ in 0..ATTEMPTS_MAX {
            let (state, _pin) = self.inner.snapshot().await?;
            let old: Vec<_> =
                state.files.values().filter(|file| file.day < before).cloned().collect();
            if old.is_empty() {
                return Ok(Swept::default());
            }
            let bytes = old.iter().filter_map(|file| u64::try_from(file.add.size).ok()).sum();
            let swept = Swept { files: old.len(), bytes };
            match self.inner.rewrite("DELETE", old, &[]).await? {
                Appended::Done => return Ok(swept),
                Appended::Outdated => {} // merged meanwhile: look again
                Appended::Unsure(fault) => return Err(fault),
            }
        }
        Err(LakeFault::Busy)
    }
}
