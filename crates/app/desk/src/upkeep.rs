//! What a centre does for itself: takes up boards of another shape, sweeps away what has ended.

use jiff::SignedDuration;

use crate::{Desk, DeskFault};

/// How long a text may wait for the entry that refers to it.
const UNREFERENCED_KEPT: SignedDuration = SignedDuration::from_hours(24);

impl Desk {
    /// Derives the boards anew when their shape has changed since they were written.
    pub(crate) async fn refresh_stale_boards(&self) -> Result<(), DeskFault> {
        let stale = self.store().stale_boards().await?;
        if stale.is_empty() {
            return Ok(());
        }
        tracing::info!(boards = stale.join(", "), "boards of another shape; deriving them anew");
        self.rebuild(|_, _| {}).await?;
        self.refresh_directory().await
    }

    /// Forgets sessions that have ended, and texts that no entry came to refer to within a day.
    pub async fn sweep(&self) -> Result<(), DeskFault> {
        let now = self.now();
        self.store().side_sweep(now).await?;
        self.store().collect_unreferenced(now - UNREFERENCED_KEPT).await?;
        Ok(())
    }
}
