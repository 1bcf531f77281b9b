//! The files that the program writes about itself: the plans as pages to read.
//!
//! `cargo xtask generate` writes them, `--check` says which are out of date.
//! JSON schemas and snapshots are kept up to date by the tests that compare them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::finding::Finding;
use crate::repository::Repository;

const PAGES: &str = "docs/book/src/plans";

/// The languages of the pages: as the program is asked for them.
const LANGUAGES: &[&str] = &["zh", "en"];

/// Files beside the packs that are none.
const NO_PACKS: &[&str] = &["coverage", "facts", "house"];

/// Whether generated files are written or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Compare,
}

/// Generates every file; those that were (or are) out of date.
pub(crate) fn run(repository: &Repository, mode: Mode) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut findings = Vec::new();
    let program = built()?;
    for plan in plans_of(repository) {
        for language in LANGUAGES {
            let path = format!("{PAGES}/{plan}.{language}.md");
            let page = shown(&program, &plan, language)?;
            let is_current = repository.text(&path) == Some(page.as_str());
            if !is_current && mode == Mode::Write {
                write(&repository.top().join(&path), &page)?;
                println!("{path}: written");
            } else if !is_current {
                findings.push(Finding::of(path, "out of date: run `cargo xtask generate`"));
            }
        }
    }
    Ok(findings)
}

/// The ids of the packs that ship: their file names. Facts, coverage and the rules of the house are not packs.
fn plans_of(repository: &Repository) -> Vec<String> {
    let names = repository.texts.iter().filter_map(|file| file.path.strip_prefix("plans/"));
    let ids = names.filter_map(|name| name.strip_suffix(".toml"));
    ids.filter(|id| !id.contains('/') && !NO_PACKS.contains(id)).map(str::to_owned).collect()
}

/// Builds the program with the features that the tests of the workspace are built with, so that nothing is built twice.
fn built() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--workspace", "--bin", "fengsui"])
        .args(["--example", "story_server", "--example", "gallery"])
        .status()?;
    if !built.success() {
        return Err("the program does not build".into());
    }
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf().join("debug").join("fengsui"))
}

fn shown(program: &Path, plan: &str, language: &str) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).args(["plan", "show", plan, "--lang", language]).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("cannot show {plan}: {said}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn write(file: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, text)?)
}
