//! Files and folders: read to the end once, or followed as they grow.
//!
//! A file that is read once is known by its content, so the same bytes under another name give nothing. A file
//! that is followed is known by where it lies and how it begins, so it may be renamed. Nothing is noticed
//! between two ticks: whoever asks and gets nothing asks again after a while, a second or more.
//! A file in a folder is taken when it stood still between two ticks. Nothing is deleted or moved here.

mod batch;
mod growing;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use batch::Batch;
use growing::Growing;

use crate::carving::Carve;
use crate::offloaded::Blocking;
use crate::source::{Delivery, Positions, SourceFault};

/// Files as a source.
pub struct Files {
    manner: Manner,
}

enum Manner {
    Batch(Box<Batch>),
    Growing(Growing),
}

/// Which files, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watching {
    /// These, once, to their ends.
    These(Vec<PathBuf>),
    /// Those that are put into a folder, each once when it is complete.
    Folder(PathBuf, Pattern),
    /// Those in a folder that grow, plain files only. The pattern should cover their rotated names too, or what
    /// was written to them while nobody looked is not found.
    Growing(PathBuf, Pattern),
}

/// A pattern of file names: `*` is any text, `?` any character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no pattern of file names; use 1 to 200 characters, * and ?, and no /")]
pub struct PatternMalformed(String);

/// How far reading files has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProgress {
    /// The file being read.
    pub path: PathBuf,
    /// Bytes on disk that have been read, of all files.
    pub bytes: u64,
    /// Bytes on disk of all files that are known now.
    pub total: u64,
}

type Report = Box<dyn FnMut(&FileProgress) + Send>;

impl Files {
    /// Files, cut as `carve` says.
    pub fn new(watching: Watching, carve: Carve) -> Self {
        let manner = match watching {
            Watching::These(paths) => Manner::Batch(Box::new(Batch::of(paths, carve))),
            Watching::Folder(path, pattern) => {
                Manner::Batch(Box::new(Batch::in_folder(path, pattern, carve)))
            }
            Watching::Growing(path, pattern) => {
                Manner::Growing(Growing::in_folder(path, pattern, carve))
            }
        };
        Self { manner }
    }

    /// Says how far it has come after each block. Files that grow have no end to come to.
    #[must_use]
    pub fn reporting(mut self, report: impl FnMut(&FileProgress) + Send + 'static) -> Self {
        match &mut self.manner {
            Manner::Batch(batch) => batch.report_to(Box::new(report)),
            Manner::Growing(_) => {}
        }
        self
    }
}

impl Blocking for Files {
    fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        match &mut self.manner {
            Manner::Batch(batch) => batch.next(after),
            Manner::Growing(growing) => growing.next(after),
        }
    }

    /// Files are kept by whoever put them there.
    fn committed(&mut self, _partition: &str, _offset: i64) -> Result<(), SourceFault> {
        Ok(())
    }

    fn has_ended(&self) -> bool {
        match &self.manner {
            Manner::Batch(batch) => batch.has_ended(),
            Manner::Growing(_) => false,
        }
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Files")
    }
}

impl Pattern {
    /// Whether a name fits. Hidden files fit only a pattern that begins with a full stop.
    pub fn fits(&self, name: &str) -> bool {
        let is_hidden = name.starts_with('.') && self.0.first() != Some(&'.');
        !is_hidden && fits(&self.0, &name.chars().collect::<Vec<_>>())
    }
}

impl FromStr for Pattern {
    type Err = PatternMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let chars: Vec<char> = text.chars().collect();
        if (1..=200).contains(&chars.len()) && !chars.contains(&'/') {
            Ok(Self(chars))
        } else {
            Err(PatternMalformed(text.chars().take(80).collect()))
        }
    }
}

/// Goes back only to the last `*`, so it is done in time whatever the pattern.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, from));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || Some(wanted) == name.get(from) => {
                at += 1;
                from += 1;
            }
            Some(_) | None => {
                let Some((behind, tried)) = star else { return false };
                (at, from) = (behind, tried + 1);
                star = Some((behind, tried + 1));
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|wanted| *wanted == '*'))
}

/// The regular files of a folder that fit, by name.
fn listed(
    folder: &Path,
    pattern: &Pattern,
) -> Result<Vec<(PathBuf, std::fs::Metadata)>, SourceFault> {
    let fault = |source| SourceFault::File { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        if !entry.file_name().to_str().is_some_and(|name| pattern.fits(name)) {
            continue;
        }
        // A file that went away meanwhile is no fault.
        let Ok(about) = std::fs::metadata(entry.path()) else { continue };
        if about.is_file() {
            found.push((entry.path(), about));
        }
        if found.len() > FILES_MAX {
            let path = folder.to_owned();
            return Err(SourceFault::TooMany { path, files_max: FILES_MAX });
        }
    }
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found)
}

pub(crate) fn name_of(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Files that may lie in a folder.
const FILES_MAX: usize = 100_000;
