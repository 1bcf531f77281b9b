//! The repository read as text: what no compiler looks at and every reader does.
//!
//! Each file of the folder is one family of checks, a pure function from texts to findings.

mod clippy_files;
mod decisions;
mod imports;
mod languages;
mod licences;
mod modules;
mod names;
mod samples;
mod words;

use crate::finding::Finding;
use crate::repository::Repository;

/// Everything in the repository that is not as the house wants it.
pub(crate) fn check(repository: &Repository) -> Vec<Finding> {
    let texts = &repository.texts;
    let families = [
        clippy_files::findings(texts),
        decisions::findings(texts),
        imports::findings(texts),
        languages::findings(texts),
        modules::findings(texts),
        names::findings(texts),
        samples::findings(texts),
        words::findings(texts),
        licences::findings(repository),
    ];
    families.into_iter().flatten().collect()
}
