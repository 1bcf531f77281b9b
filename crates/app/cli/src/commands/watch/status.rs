//! `fengsui watch status`: how each feed does.

use std::process::ExitCode;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_lake::Limits;
use fengsui_watch::questions;

use super::{Failure, Start};
use crate::printing::say;
use crate::watching::open_place;

/// The feeds of the last two days, one a line.
pub(super) async fn run(start: &Start) -> Result<ExitCode, Failure> {
    let lake = open_place(start.lake()?).await?;
    let rows = lake.query(&questions::feeds(MachineClock.now()), Limits::default()).await?;
    let rows = rows.collect().await?;
    let feeds = questions::feeds_of(&rows)
        .map_err(|fault| Failure::of("the feeds cannot be told", &fault))?;
    say(&format!(
        "{:<24} {:>10} {:>12} {:>12} {:>12}  last seen",
        "feed", "last hour", "last day", "suppressed", "quarantined"
    ));
    for feed in feeds {
        let seen = feed.last_seen.map_or_else(|| "-".to_owned(), |seen| seen.to_string());
        say(&format!(
            "{:<24} {:>10} {:>12} {:>12} {:>12}  {seen}",
            feed.name.as_str(),
            feed.last_hour,
            feed.last_day,
            feed.suppressed,
            feed.quarantined
        ));
    }
    Ok(ExitCode::SUCCESS)
}
