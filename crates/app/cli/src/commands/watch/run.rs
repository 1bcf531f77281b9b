//! `fengsui watch run`: collect from the configured feeds until stopped, without screens.

use std::process::ExitCode;

use super::{Failure, Start};
use crate::commands::serve;
use crate::printing::say;
use crate::watching::{Collecting, Known, open_place};

pub(super) async fn run(start: &Start) -> Result<ExitCode, Failure> {
    let feeds = start.watch().feeds.len();
    if feeds == 0 {
        return Err(Failure::Said(
            "no feed is configured; describe one with [[watch.feed]] in fengsui.toml".to_owned(),
        ));
    }
    let desk = if start.has_record() { Some(serve::open(&start.record()).await?) } else { None };
    let known = Known::open(start.watch(), desk.clone()).await?;
    let place = start.lake()?;
    let said = format!("collecting from {feeds} feeds into {place}");
    let lake = open_place(place).await?;
    let collecting = Collecting::begin(start, &start.record(), &lake, known).await?;
    say(&said);
    serve::told_to_stop().await;
    collecting.end().await;
    if let Some(desk) = desk {
        desk.close().await;
    }
    Ok(ExitCode::SUCCESS)
}
