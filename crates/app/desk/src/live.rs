//! What moved, for screens that are open: only the names of streams, and only to those who may see them.

use fengsui_store::Moved;
use tokio::sync::broadcast::Receiver;

use crate::{Desk, DeskFault, Viewer};

impl Desk {
    /// Every commit from now on. Filter each with [`Desk::visible`] before it reaches anybody.
    pub fn follow(&self) -> Receiver<Moved> {
        self.store().follow()
    }

    /// The streams of a commit that a viewer may see, in full or as their own.
    pub async fn visible(&self, viewer: &Viewer, moved: &Moved) -> Result<Vec<String>, DeskFault> {
        let mut seen = Vec::new();
        for stream in moved.streams.iter() {
            let is_seen = self.store().may_see(stream, &viewer.sight()).await?
                || self.store().may_see(stream, &viewer.own_sight()).await?;
            if is_seen {
                seen.push(stream.clone());
            }
        }
        Ok(seen)
    }
}
