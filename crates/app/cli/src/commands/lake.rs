//! `fengsui lake`: questions to the records, and their upkeep.

mod printed;

use std::process::ExitCode;
use std::time::Duration;

use fengsui_lake::{Compaction, Lake, LakeFault, Limits};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, Start};
use crate::arguments::{AnswerAs, Expire, Lake as Asked, Query};
use crate::printing::say;
use crate::watching::open_lake;

pub(super) async fn run(start: &Start, asked: Asked) -> Result<ExitCode, Failure> {
    let lake = open_lake(&start.lake()).await.map_err(wrong)?;
    match asked {
        Asked::Query(query) => ask(&lake, query).await,
        Asked::Compact => compact(&lake).await,
        Asked::Vacuum => vacuum(&lake).await,
        Asked::Expire(expire) => expired(start, &lake, &expire).await,
        Asked::Status => status(&lake).await,
    }
}

fn wrong(fault: LakeFault) -> Failure {
    Failure::of("the lake", &fault)
}
