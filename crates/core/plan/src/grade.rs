//! To be written.

/// Criteria compiled for evaluation.
#[derive(Clone, Debug, Default)]
pub struct Grader;
