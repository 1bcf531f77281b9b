//! `DuckDB`, as a measure of the machine: the same file, two ways.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::Failed;

/// What `DuckDB` is told to do.
const SCRIPT: &str = include_str!("../../duckdb/watch.py");

/// A Python that has `DuckDB`.
pub(super) struct DuckDb(PathBuf);

/// What it took.
pub(super) struct Measured {
    pub(super) same_work: Duration,
    pub(super) plain: Duration,
    pub(super) kept: u64,
}

#[derive(Deserialize)]
struct Said {
    same_work_seconds: f64,
    plain_seconds: f64,
    kept: u64,
}

impl DuckDb {
    /// The Python named in `FENGSUI_BENCH_PYTHON`, or the one on the path, if it has `DuckDB`.
    pub(super) fn find() -> Option<Self> {
        let named = std::env::var_os("FENGSUI_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
        let has = Command::new(&named).args(["-c", "import duckdb"]).output().ok()?;
        has.status.success().then(|| Self(named.into()))
    }

    /// Converts the alerts: with prefix join and distinct, and plainly.
    pub(super) fn convert(
        &self,
        folder: &Path,
        alerts: &Path,
        registry: &Path,
    ) -> Result<Measured, Failed> {
        let output =
            Command::new(&self.0).args(["-c", SCRIPT]).args([folder, alerts, registry]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let said: Said = serde_json::from_slice(&output.stdout)?;
        Ok(Measured {
            same_work: Duration::from_secs_f64(said.same_work_seconds),
            plain: Duration::from_secs_f64(said.plain_seconds),
            kept: said.kept,
        })
    }
}
