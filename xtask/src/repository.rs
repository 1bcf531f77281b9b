//! The checkout that the checks look at: its texts and its packages.
//!
//! Texts are those that git tracks or would track; ignored files are nobody's business.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

/// The checkout this program was started in.
pub(crate) struct Repository {
    /// What cargo knows about the workspace and everything it builds with.
    pub(crate) metadata: Metadata,
    /// Every text file, by path.
    pub(crate) texts: Vec<TextFile>,
}

/// One text file.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    /// Where it is, from the top of the checkout, with `/` between folders.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl Repository {
    /// Reads the checkout around the present folder.
    pub(crate) fn here() -> Result<Self, Box<dyn Error>> {
        let metadata = MetadataCommand::new().exec()?;
        let top = metadata.workspace_root.as_std_path().to_path_buf();
        let texts = texts_under(&top)?;
        Ok(Self { metadata, texts })
    }

    /// The top of the checkout.
    pub(crate) fn top(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// What the file at a path says.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

impl TextFile {
    /// The name of the file without its folder.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the name ends like this: `"rs"`, `"md"`.
    pub(crate) fn is(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    #[cfg(test)]
    pub(crate) fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

fn texts_under(top: &Path) -> Result<Vec<TextFile>, Box<dyn Error>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(top)
        .output()?;
    if !listed.status.success() {
        let said = String::from_utf8_lossy(&listed.stderr).into_owned();
        return Err(format!("cannot list the files of the checkout: {said}").into());
    }
    let names = String::from_utf8(listed.stdout)?;
    let mut paths: Vec<&str> = names.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths.into_iter().filter_map(|path| text_at(top.join(path), path)).collect())
}

/// Pictures and other binary files are not texts; a file deleted but not yet committed is gone.
fn text_at(file: PathBuf, path: &str) -> Option<TextFile> {
    let text = String::from_utf8(fs::read(file).ok()?).ok()?;
    (!text.contains('\0')).then(|| TextFile { path: path.to_owned(), text })
}
