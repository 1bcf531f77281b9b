//! `fengsui watch status`: how each feed does.

use std::process::ExitCode;

use fengsui_desk::{Clock as _, MachineClock};
use fengsui_lake::Limits;
use fengsui_records::{Feed, Standing};
use fengsui_vocabulary::Lang;
use fengsui_watch::questions;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Failure, Start};
use crate::arguments::{Status, StatusAs};
use crate::printing::say;
use crate::watching::{completed, open_place};

/// The headings of the table, in both languages.
const HEADINGS: [(&str, &str); 11] = [
    ("feed", "数据源"),
    ("state", "状态"),
    ("per minute", "每分钟"),
    ("last seen", "最近一条"),
    ("lag", "延迟"),
    ("last day", "24 小时"),
    ("suppressed", "重复抑制"),
    ("sampled", "抽样略去"),
    ("quarantined", "无法读取"),
    ("waiting", "等待入库"),
    ("lost", "丢失"),
];

/// The feeds that are configured and those of the last two days, one a line.
pub(super) async fn run(start: &Start, status: &Status) -> Result<ExitCode, Failure> {
    let now = MachineClock.now();
    let lake = open_place(start.lake()?).await?;
    let rows = lake.query(&questions::feeds(now), Limits::default()).await?;
    let rows = rows.collect().await?;
    let feeds = questions::feeds_of(&rows)
        .map_err(|fault| Failure::of("the feeds cannot be told", &fault))?;
    let feeds = completed(feeds, start.watch(), &start.record(), now);
    match status.print {
        StatusAs::Json => feeds.iter().for_each(|feed| say(&object(feed, now).to_string())),
        StatusAs::Table => {
            let headings = HEADINGS.map(|(en, zh)| in_lang(status.lang, en, zh).to_owned());
            let rows = feeds.iter().map(|feed| cells(feed, now, status.lang));
            let rows: Vec<_> = std::iter::once(headings).chain(rows).collect();
            say(&table(&rows));
            for feed in &feeds {
                if let Some(trouble) = feed.intake.as_ref().and_then(|it| it.trouble.as_ref()) {
                    say(&format!("{} ({}): {}", feed.name, trouble.since, trouble.what));
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn object(feed: &Feed, now: Timestamp) -> serde_json::Value {
    let intake = feed.intake.clone().unwrap_or_default();
    let silent = match feed.standing(now) {
        Standing::Silent(seconds) => Some(seconds),
        Standing::Never | Standing::Heard => None,
    };
    json!({
        "feed": feed.name.as_str(),
        "last_hour": feed.last_hour,
        "last_day": feed.last_day,
        "last_seen": feed.last_seen,
        "silent_seconds": silent,
        "lag_seconds": feed.lag_seconds,
        "suppressed": feed.suppressed,
        "sampled": feed.sampled,
        "quarantined": feed.quarantined,
        "lost_by_sensor": feed.dropped,
        "lost": intake.lost,
        "refused": intake.refused,
        "damaged": intake.damaged,
        "waiting": intake.waiting,
        "spool_bytes": intake.spool_bytes,
        "spool_bytes_max": intake.spool_bytes_max,
        "said_at": feed.intake.as_ref().map(|intake| intake.at),
        "collector_runs": feed.intake.as_ref().is_some_and(|intake| !intake.is_stale(now)),
        "trouble": intake.trouble.map(|trouble| trouble.what),
        "trouble_since": feed.intake.as_ref().and_then(|it| Some(it.trouble.as_ref()?.since)),
    })
}

fn cells(feed: &Feed, now: Timestamp, lang: Lang) -> [String; 11] {
    let intake = feed.intake.as_ref();
    let none = || "-".to_owned();
    let tenths = feed.last_hour.saturating_mul(10) / 60;
    let waiting = intake.filter(|it| it.spool_bytes_max > 0);
    let lost = intake.map_or(0, |it| it.lost.saturating_add(it.damaged));
    [
        feed.name.to_string(),
        state(feed, now, lang),
        format!("{}.{}", tenths / 10, tenths % 10),
        feed.last_seen.map_or_else(none, |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()),
        feed.lag_seconds.map_or_else(none, span),
        feed.last_day.to_string(),
        feed.suppressed.to_string(),
        feed.sampled.to_string(),
        feed.quarantined.to_string(),
        waiting.map_or_else(none, |it| match it.filled() {
            Some(share) => format!("{} ({share} %)", it.waiting),
            None => it.waiting.to_string(),
        }),
        feed.dropped.saturating_add(lost).to_string(),
    ]
}

fn state(feed: &Feed, now: Timestamp, lang: Lang) -> String {
    if let Some(intake) = &feed.intake {
        if intake.is_stale(now) {
            return in_lang(lang, "no collector", "采集停止").to_owned();
        }
        if intake.trouble.is_some() {
            return in_lang(lang, "cannot be read", "取数中断").to_owned();
        }
    }
    match feed.standing(now) {
        Standing::Never => in_lang(lang, "never heard", "尚无记录").to_owned(),
        Standing::Heard => in_lang(lang, "heard", "正常").to_owned(),
        Standing::Silent(seconds) => {
            format!("{} {}", in_lang(lang, "silent", "静默"), span(seconds))
        }
    }
}

fn in_lang(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

fn span(seconds: i64) -> String {
    let span = SignedDuration::from_secs(seconds);
    match span.as_hours() {
        48.. => format!("{} d", span.as_hours() / 24),
        2.. => format!("{} h", span.as_hours()),
        _ if span.as_mins() >= 2 => format!("{} min", span.as_mins()),
        _ => format!("{seconds} s"),
    }
}

/// Columns under one another: words to the left, numbers to the right.
fn table(rows: &[[String; 11]]) -> String {
    let mut widths = [0; 11];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = places(cell).max(*width);
        }
    }
    let line = |row: &[String; 11]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(place, (cell, width))| {
                let room = " ".repeat(width - places(cell));
                if place < WORDS { format!("{cell}{room}") } else { format!("{room}{cell}") }
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Places a text takes on a terminal: Chinese letters take two.
fn places(text: &str) -> usize {
    text.chars().map(|letter| if letter >= '\u{2e80}' { 2 } else { 1 }).sum()
}

/// Columns of words; numbers follow.
const WORDS: usize = 2;

#[cfg(test)]
mod tests {
    use fengsui_records::{Intake, Trouble};

    use super::*;

    fn feed(name: &str, intake: Option<Intake>) -> Feed {
        Feed {
            name: name.parse().unwrap(),
            last_hour: 90,
            last_day: 400,
            last_seen: Some("2026-03-14T09:59:00Z".parse().unwrap()),
            lag_seconds: Some(7_300),
            suppressed: 3,
            sampled: 0,
            quarantined: 1,
            dropped: 2,
            usual_gap_seconds: None,
            intake,
        }
    }

    #[test]
    fn feeds_stand_under_one_another_in_either_language() {
        let now: Timestamp = "2026-03-14T10:00:00Z".parse().unwrap();
        let full = Intake {
            at: now,
            waiting: 70,
            spool_bytes: 30,
            spool_bytes_max: 40,
            lost: 5,
            ..Intake::default()
        };
        let gone = Intake {
            at: now,
            trouble: Some(Trouble { since: now, what: "gone".to_owned() }),
            ..Intake::default()
        };
        let feeds = [
            feed("north", Some(full.clone())),
            feed("mailed", Some(gone)),
            feed("long-named", None),
        ];
        let rows = |lang| {
            let headings = HEADINGS.map(|(en, zh)| in_lang(lang, en, zh).to_owned());
            let rows = feeds.iter().map(|feed| cells(feed, now, lang));
            let rows: Vec<_> = std::iter::once(headings).chain(rows).collect();
            table(&rows)
        };
        let (english, chinese) = (rows(Lang::En), rows(Lang::Zh));
        let north = english.lines().nth(1).unwrap();
        let cells: Vec<&str> =
            north.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
        let wanted = [
            "north",
            "heard",
            "1.5",
            "2026-03-14 09:59:00Z",
            "2 h",
            "400",
            "3",
            "0",
            "1",
            "70 (75 %)",
            "7",
        ];
        assert_eq!(cells, wanted, "{english}");
        assert!(chinese.contains("取数中断"), "{chinese}");
        for table in [english, chinese] {
            let widths: Vec<usize> = table.lines().map(places).collect();
            assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
        let told = object(&feeds[0], now);
        assert_eq!((&told["lost"], &told["lost_by_sensor"]), (&5.into(), &2.into()), "{told}");
        assert_eq!(told["collector_runs"], true, "{told}");
    }
}
