//! `fengsui lake`: questions to the records, and their upkeep.

mod printed;
mod upkeep;

use std::process::ExitCode;
use std::time::Duration;

use fengsui_lake::{Answer, Ended, Lake, LakeFault, Limits};
use indicatif::{ProgressBar, ProgressStyle};

use self::printed::Printed;
pub(crate) use self::upkeep::kept_from;
use super::serve::told_to_stop;
use super::{Failure, Start};
use crate::arguments::{AnswerAs, Lake as Asked, Query};
use crate::printing::{remark, say};
use crate::watching::find_lake;

/// How long a question that was given up may take to let go.
const LET_GO_MAX: Duration = Duration::from_secs(5);

/// What a program says that was interrupted.
const GIVEN_UP: u8 = 130;

/// Bytes of disk a question may take for what does not fit into memory.
const SPILL_MAX: u64 = 8 << 30;

pub(super) async fn run(start: &Start, asked: Asked) -> Result<ExitCode, Failure> {
    let place = start.lake()?;
    let none =
        format!("there is no lake in {place}; take something in with `fengsui watch ingest`");
    let lake = find_lake(place).await?.ok_or(Failure::Said(none))?;
    match asked {
        Asked::Query(query) => return ask_until_told(&lake, query).await,
        Asked::Compact => upkeep::compact(&lake).await?,
        Asked::Vacuum => upkeep::vacuum(&lake).await?,
        Asked::Expire(expire) => upkeep::expire(start, &lake, &expire).await?,
        Asked::Status => status(&lake).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks until whoever asked has had enough; then nothing stays behind.
async fn ask_until_told(lake: &Lake, query: Query) -> Result<ExitCode, Failure> {
    tokio::select! {
        asked = ask(lake, query) => asked.map(|()| ExitCode::SUCCESS),
        () = told_to_stop() => {
            // What it had on disk goes with it; what takes longer goes at the next start.
            drop(tokio::time::timeout(LET_GO_MAX, lake.idle()).await);
            Ok(ExitCode::from(GIVEN_UP))
        }
    }
}

/// Asks, and prints the answer as it comes.
async fn ask(lake: &Lake, query: Query) -> Result<(), Failure> {
    let limits = Limits {
        rows: query.rows_max,
        time: Duration::from_secs(query.seconds_max),
        memory: query.memory_max.saturating_mul(1 << 20),
        spill: SPILL_MAX,
    };
    let bar = spinner();
    let mut answer = lake.query(&query.sql, limits).await?;
    let rows = match (query.print, &query.out) {
        (AnswerAs::Parquet, Some(file)) => answer.write_parquet(file).await?,
        (AnswerAs::Parquet, None) => {
            return Err(Failure::Said("Parquet is not for a terminal; say --out FILE".to_owned()));
        }
        (AnswerAs::Table | AnswerAs::Csv | AnswerAs::Json, file) => {
            let mut printed = Printed::new(query.print, file.as_deref())?;
            copy(&mut answer, &mut printed, &bar).await?
        }
    };
    bar.finish_and_clear();
    if answer.ended() == Ended::Cut {
        remark(&format!(
            "fengsui: there are more than {rows} rows; the rest was left out (--rows-max)"
        ));
    }
    Ok(())
}

async fn copy(
    answer: &mut Answer,
    printed: &mut Printed,
    bar: &ProgressBar,
) -> Result<usize, Failure> {
    let mut rows = 0;
    printed.begin(&answer.schema)?;
    while let Some(batch) = answer.next().await? {
        rows += batch.num_rows();
        let scanned = answer.scanned();
        bar.set_message(format!("{} files, {} rows read", scanned.files, scanned.rows));
        printed.add(&batch)?;
    }
    printed.end()?;
    Ok(rows)
}

async fn status(lake: &Lake) -> Result<(), Failure> {
    let table = lake.table().await?;
    say(&format!("version {}", table.version));
    say(&format!("files   {}", table.files));
    say(&format!("bytes   {}", table.bytes));
    say(&format!("rows    {}", table.rows));
    Ok(())
}

/// Turns while something is computed whose length is not known. Nothing where nobody looks.
fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

impl From<LakeFault> for Failure {
    fn from(fault: LakeFault) -> Self {
        Self::Said(super::with_causes(&fault))
    }
}
