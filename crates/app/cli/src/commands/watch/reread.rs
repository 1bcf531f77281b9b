//! `fengsui watch reread`: what is in quarantine, read again by the readers of now.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_formats::{Format, Setting};
use fengsui_lake::{Lake, Limits as LakeLimits};
use fengsui_records::Reason;
use fengsui_watch::questions::{self, Left};
use fengsui_watch::{
    AgainTap, Collector, Enrichment, Equipment, Feed, Key, Limits, Rule, Tried, Unresolved, try_out,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::runtime::Handle;

use super::{Failure, Start};
use crate::arguments::{Reread, Understanding};
use crate::printing::remark;
use crate::watching::{
    FileLeases, LakeShelf, Machine, Understood, enrichment, open_place, read_mapping, seed,
    usual_window,
};

/// What is said of one feed.
#[derive(Debug, Default, Serialize)]
struct Summary<'a> {
    feed: &'a str,
    format: &'a str,
    pieces: u64,
    records: u64,
    suppressed: u64,
    resolved: u64,
    unchanged: u64,
    quarantined: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    reasons: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

/// What every feed is read again with.
struct Desk {
    shelf: LakeShelf,
    leases: FileLeases,
    enrichment: Arc<Enrichment>,
    asked: Reread,
    bar: ProgressBar,
}

/// One feed, how it is read now, and how much of it is in quarantine.
struct Work {
    feed: Feed,
    format: Format,
    left: Left,
}

pub(super) async fn run(start: &Start, asked: Reread) -> Result<ExitCode, Failure> {
    let lake = open_place(start.lake()?).await?;
    let works = works(start, &asked, &lake).await?;
    if works.is_empty() {
        remark("nothing is in quarantine that this asks for");
        return Ok(ExitCode::SUCCESS);
    }
    let desk = Desk {
        enrichment: Arc::new(enrichment(start, asked.registry.as_deref()).await?),
        leases: FileLeases(start.record().join("leases")),
        shelf: LakeShelf::new(lake, Handle::current()),
        bar: bar(asked.quiet),
        asked,
    };
    // The collector computes and blocks: it is kept off the threads that wait for the disk.
    let worked = tokio::task::spawn_blocking(move || desk.take(works)).await;
    worked.map_err(|fault| Failure::of("the collector broke off", &fault))
}

/// What there is to do, feed by feed.
async fn works(start: &Start, asked: &Reread, lake: &Lake) -> Result<Vec<Work>, Failure> {
    let sql = questions::left(asked.feed.as_ref(), asked.reason.map(Reason::as_str));
    let rows = lake.query(&sql, LakeLimits::default()).await?.collect().await?;
    let left = questions::left_of(&rows)
        .map_err(|fault| Failure::of("the quarantine cannot be counted", &fault))?;
    let understanding = Understanding {
        format: asked.format,
        mapping: asked.mapping.clone(),
        shadowserver_schema: asked.shadowserver_schema.clone(),
    };
    let setting = Understood::of(start, &understanding)?.setting;
    left.into_iter().map(|left| work(start, asked, setting.clone(), left)).collect()
}

/// A feed as it is configured, or else as what it was read as; what was typed goes before both.
fn work(start: &Start, asked: &Reread, setting: Setting, left: Left) -> Result<Work, Failure> {
    let odd = |fault: &dyn std::error::Error| Failure::of("[watch] cannot be used", fault);
    let Some(settings) = start.watch().feeds.iter().find(|feed| feed.name == left.feed) else {
        let format = match asked.format {
            Some(format) => format,
            None => left.format.parse().map_err(|fault| odd(&fault))?,
        };
        let rule = Rule::new(Key::Usual, usual_window()).map_err(|fault| odd(&fault))?;
        let feed = Feed { rule: Some(rule), ..Feed::new(left.feed.clone(), format, setting) };
        return Ok(Work { feed, format, left });
    };
    let mapping = match (&setting.mapping, &settings.mapping) {
        (None, Some(file)) => Some(read_mapping(file)?),
        (typed, _) => typed.clone(),
    };
    let setting = Setting { mapping, ..setting };
    let format = settings.format().map_err(|fault| odd(&fault))?;
    let feed = settings.feed(setting.clone()).map_err(|fault| odd(&fault))?;
    let Some(typed) = asked.format.filter(|typed| *typed != format) else {
        return Ok(Work { feed, format, left });
    };
    let Feed { parser, open, .. } = Feed::new(feed.name.clone(), typed, setting);
    Ok(Work { feed: Feed { parser, open, ..feed }, format: typed, left })
}

impl Desk {
    /// Reads one feed after another; one that cannot be read again does not keep the others out.
    fn take(self, works: Vec<Work>) -> ExitCode {
        let all = works.iter().map(|work| work.left.pieces).sum();
        self.bar.set_length(all);
        let mut code = ExitCode::SUCCESS;
        for work in works {
            let name = work.feed.name.clone();
            let said = self.take_one(work).unwrap_or_else(|failure| {
                code = ExitCode::FAILURE;
                format!("fengsui: {name}: {failure}")
            });
            self.bar.suspend(|| remark(&said));
        }
        self.bar.finish_and_clear();
        code
    }

    fn take_one(&self, work: Work) -> Result<String, Failure> {
        let Work { feed, format, left } = work;
        self.bar.set_message(feed.name.to_string());
        if feed.list.is_some() {
            return Err(Failure::Said(
                "a list is compared as a whole; its next delivery stands for what is in quarantine"
                    .to_owned(),
            ));
        }
        let name = feed.name.clone();
        let asked = Unresolved {
            reason: self.asked.reason.map(|reason| reason.as_str().to_owned()),
            format: Some(left.format),
            ..Unresolved::of(name.clone())
        };
        let most = usize::try_from(left.pieces).unwrap_or(usize::MAX);
        let bar = self.bar.clone();
        let report = move |pieces| bar.inc(u64::try_from(pieces).unwrap_or(u64::MAX));
        let tap = AgainTap::new(&self.shelf, asked, most, report)
            .map_err(|fault| Failure::of("what is in quarantine could not be looked up", &fault))?;
        let (feed_text, format_text) = (name.as_str(), format.as_str());
        let summary = if self.asked.dry_run {
            Summary { dry_run: true, ..tried(&feed, tap)? }
        } else {
            self.read_again(feed, tap)?
        };
        serde_json::to_string(&Summary { feed: feed_text, format: format_text, ..summary })
            .map_err(|fault| Failure::of("no summary", &fault))
    }

    fn read_again(
        &self,
        feed: Feed,
        mut tap: AgainTap<'_, LakeShelf>,
    ) -> Result<Summary<'static>, Failure> {
        let name = feed.name.clone();
        let equipment = Equipment {
            shelf: &self.shelf,
            leases: &self.leases,
            enrichment: Arc::clone(&self.enrichment),
            limits: Limits::of(std::thread::available_parallelism().map_or(1, usize::from)),
            seed: seed()?,
        };
        let mut collector = Collector::new(equipment, [feed]);
        let taken = collector.run(&mut tap, &Machine);
        taken.map_err(|fault| Failure::of("it could not be read again", &fault))?;
        if let Some(untaken) = tap.untaken() {
            return Err(Failure::of("not all of it was read again", &untaken));
        }
        let tally = collector.counters().of(&name);
        Ok(Summary {
            pieces: tally.resolved + tally.unchanged,
            records: tally.records,
            suppressed: tally.suppressed + tally.sampled,
            resolved: tally.resolved,
            unchanged: tally.unchanged,
            quarantined: tally.unreadable(),
            reasons: tally.quarantined,
            ..Summary::default()
        })
    }
}

/// What would come of it; nothing is kept.
fn tried(feed: &Feed, mut tap: AgainTap<'_, LakeShelf>) -> Result<Summary<'static>, Failure> {
    let mut summary = Summary::default();
    let unread = |fault| Failure::of("what is in quarantine could not be looked up", &fault);
    while let Some(delivery) = tap.look().map_err(unread)? {
        let Tried { resolved, records, quarantined, unchanged } = try_out(feed, &delivery);
        summary.pieces += resolved + unchanged;
        summary.resolved += resolved;
        summary.records += records;
        summary.quarantined += quarantined;
        summary.unchanged += unchanged;
    }
    Ok(summary)
}

fn bar(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}
