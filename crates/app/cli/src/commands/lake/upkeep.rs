//! Sorting, merging and removing what the lake holds.

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_lake::{Compaction, Depth, KEPT_AT_LEAST, Lake};
use fengsui_watch::WatchSettings;
use indicatif::ProgressBar;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::arguments::Expire;
use crate::commands::{Failure, Start};
use crate::printing::say;

pub(super) async fn compact(lake: &Lake) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    let compaction = Compaction { depth: Depth::Whole, ..Compaction::default() };
    let done = lake
        .compact(compaction, |done| {
            bar.inc(1);
            bar.set_length(bar.position() + u64::try_from(done.to_do).unwrap_or_default());
        })
        .await?;
    bar.finish_and_clear();
    say(&format!(
        "{} files became {}: {} rows, {} bytes became {}",
        done.files_before, done.files_after, done.rows, done.bytes_before, done.bytes_after
    ));
    if done.given_up > 0 {
        say(&format!("{} merges were left to somebody else who was there first", done.given_up));
    }
    Ok(())
}

pub(super) async fn vacuum(lake: &Lake) -> Result<(), Failure> {
    let swept = lake.vacuum(KEPT_AT_LEAST).await?;
    say(&format!("{} files removed, {} bytes", swept.files, swept.bytes));
    Ok(())
}

pub(super) async fn expire(start: &Start, lake: &Lake, asked: &Expire) -> Result<(), Failure> {
    let Some(before) = asked.before.or(kept_from(start.watch(), MachineClock.now())) else {
        return Err(Failure::Said(
            "before which day? say --before DAY, or watch.retention_days in the configuration"
                .to_owned(),
        ));
    };
    let swept = lake.expire(before).await?;
    say(&format!("what was before {before} is gone: {} files, {} bytes", swept.files, swept.bytes));
    say("their space is free after `fengsui lake vacuum`, in an hour at the earliest");
    Ok(())
}

/// The first day that is kept, where the configuration says how many are.
pub(crate) fn kept_from(watch: &WatchSettings, now: Timestamp) -> Option<Date> {
    let days = i64::from(watch.retention_days?.get());
    now.to_zoned(TimeZone::UTC).date().checked_sub(days.days()).ok()
}
