//! Reports over the API: hand in, read, accept, decline, open again.

pub(super) mod decide;
pub(super) mod read;
pub(super) mod take_in;
