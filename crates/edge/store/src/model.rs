//! A store in memory that keeps what the databases promise, for simulations and nothing else.
//!
//! A [`ModelDisk`] outlives the nodes that write to it, as a disk outlives a process. [`Faults`] are
//! asked before and after every call of a node and may fail it, lose its answer, let others go first or
//! end the node. It is behind the feature `model`, which the delivered program does not have.
//!
//! Start reading at [`Store::on_model`]; what a commit does is in `model/write.rs`.

mod disk;
mod faults;
mod node;
mod read;
mod select;
mod shadow;
mod side;
mod tamper;
mod write;

use std::sync::Arc;

use crate::board::Board;
use crate::fault::StoreFault;
use crate::settings::Settings;
use crate::store::Store;

pub use disk::{ModelDisk, Planted};
pub use faults::{Call, Fate, Faults, NoFaults, Touch};
pub(crate) use node::Node;
pub use tamper::Tampering;

impl Store {
    /// Opens a store on a disk in memory, with faults as they come.
    pub async fn on_model(
        disk: &ModelDisk,
        settings: &Settings,
        boards: &'static [&'static Board],
        faults: Arc<dyn Faults>,
    ) -> Result<Self, StoreFault> {
        Node::open(disk.clone(), settings, boards, faults).await.map(Self::of_model)
    }

    /// Whether the node has ended by a fault; always false on a database.
    pub fn has_crashed(&self) -> bool {
        self.model().is_some_and(|node| node.has_crashed())
    }
}
