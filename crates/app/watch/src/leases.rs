//! Who may read a source, as a port: of two collectors on one feed, each source is one's.
//!
//! A lease keeps two from doing the same work. It is not what keeps rows from being doubled:
//! that is the progress in the commit, which holds even where a lease is lost.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Gives leases on sources.
pub trait Leases: Send + Sync {
    /// Takes the lease on a source, if nobody has it.
    fn try_take(&self, source: &str) -> Result<Lease, LeaseFault>;
}

/// What became of asking for a lease.
#[derive(Debug)]
pub enum Lease {
    /// It is ours until this is dropped.
    Taken(Box<dyn Any + Send>),
    /// Another collector reads this source.
    HeldElsewhere,
}

/// Leases cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("the lease on {source_name} cannot be asked for")]
pub struct LeaseFault {
    /// The source.
    pub source_name: String,
    /// The cause.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Leases among the collectors of one process.
#[derive(Clone, Debug, Default)]
pub struct LocalLeases {
    held: Arc<Mutex<BTreeSet<String>>>,
}

/// A lease that is given back when it is dropped.
#[derive(Debug)]
struct LocalLease {
    source: String,
    held: Arc<Mutex<BTreeSet<String>>>,
}

impl Leases for LocalLeases {
    fn try_take(&self, source: &str) -> Result<Lease, LeaseFault> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if !held.insert(source.to_owned()) {
            return Ok(Lease::HeldElsewhere);
        }
        let lease = LocalLease { source: source.to_owned(), held: Arc::clone(&self.held) };
        Ok(Lease::Taken(Box::new(lease)))
    }
}

impl Drop for LocalLease {
    fn drop(&mut self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_one_collectors_until_it_lets_go() {
        let leases = LocalLeases::default();
        let first = leases.try_take("north/spool").expect("a lease");
        assert!(matches!(first, Lease::Taken(_)));
        assert!(matches!(leases.try_take("north/spool"), Ok(Lease::HeldElsewhere)));
        assert!(matches!(leases.try_take("south/spool"), Ok(Lease::Taken(_))));
        drop(first);
        assert!(matches!(leases.try_take("north/spool"), Ok(Lease::Taken(_))));
    }
}
