//! Records at scale.
