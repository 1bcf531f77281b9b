//! `fengsui watch ingest`: files into the lake, each once, however often it is asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_formats::Format;
use fengsui_intake::{Carve, Positions};
use fengsui_records::FeedName;
use fengsui_watch::{
    Collector, Enrichment, Equipment, Feed, Key, Limits, LocalLeases, Rule, Shelf as _, Tally,
    source_of,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::runtime::Handle;

use super::{Failure, Start};
use crate::arguments::Ingest;
use crate::printing::remark;
use crate::watching::{
    FileTap, LakeShelf, Machine, Understood, enrichment, open_lake, open_place, seed, usual_window,
};

/// What is said of one file.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    file: String,
    feed: &'a str,
    format: &'a str,
    read: u64,
    records: u64,
    suppressed: u64,
    quarantined: u64,
    reasons: BTreeMap<&'static str, u64>,
    known: u64,
}

/// Takes one file of a feed into a lake: what the demonstration begins with.
pub(crate) async fn taken_in(
    lake: &Path,
    (feed, format): (Feed, Format),
    file: &Path,
    known: Arc<Enrichment>,
) -> Result<(), Failure> {
    let shelf = LakeShelf::new(open_lake(lake).await?, Handle::current());
    let file = file.to_owned();
    let worked = tokio::task::spawn_blocking(move || {
        let carve = Carve::of(format.framing());
        let tap = tap_of(&shelf, &feed, (file, carve), ProgressBar::hidden());
        collected(&shelf, feed, tap, known).map(|_counted| ())
    });
    worked.await.map_err(|fault| Failure::of("the collector broke off", &fault))?
}

/// What every file is taken in with.
struct Desk {
    shelf: LakeShelf,
    enrichment: Arc<Enrichment>,
    understood: Understood,
    named: Option<FeedName>,
    bar: ProgressBar,
}

pub(super) async fn run(start: &Start, asked: Ingest) -> Result<ExitCode, Failure> {
    let understood = Understood::of(start, &asked.understanding)?;
    let enrichment = Arc::new(enrichment(start, asked.registry.as_deref()).await?);
    let lake = open_place(start.lake()?).await?;
    let desk = Desk {
        shelf: LakeShelf::new(lake, Handle::current()),
        enrichment,
        understood,
        named: asked.feed,
        bar: bar(asked.quiet),
    };
    // The collector computes and blocks: it is kept off the threads that wait for the disk.
    let worked = tokio::task::spawn_blocking(move || desk.take(asked.files)).await;
    worked.map_err(|fault| Failure::of("the collector broke off", &fault))
}

impl Desk {
    /// Takes files in one after another; one that cannot be read does not keep the others out.
    fn take(self, files: Vec<PathBuf>) -> ExitCode {
        let mut code = ExitCode::SUCCESS;
        for file in files {
            let said = self.take_one(&file).unwrap_or_else(|failure| {
                code = ExitCode::FAILURE;
                format!("fengsui: {}: {failure}", file.display())
            });
            self.bar.suspend(|| remark(&said));
        }
        self.bar.finish_and_clear();
        code
    }

    fn take_one(&self, file: &Path) -> Result<String, Failure> {
        let format = self.understood.format_of(file)?;
        let feed = self.feed(format)?;
        let name = feed.name.clone();
        let carve = Carve::of(format.framing());
        self.bar.set_message(file.display().to_string());
        let tap = tap_of(&self.shelf, &feed, (file.to_owned(), carve), self.bar.clone());
        let (tally, known) = collected(&self.shelf, feed, tap, Arc::clone(&self.enrichment))?;
        summary(file, &name, format, (&tally, known))
    }

    fn feed(&self, format: Format) -> Result<Feed, Failure> {
        let name = match &self.named {
            Some(name) => name.clone(),
            None => format.as_str().parse().map_err(|fault| Failure::of("no name", &fault))?,
        };
        let mut feed = Feed::new(name, format, self.understood.setting.clone());
        let rule = Rule::new(Key::Usual, usual_window());
        feed.rule = Some(rule.map_err(|fault| Failure::of("the usual rule", &fault))?);
        Ok(feed)
    }
}

fn tap_of(
    shelf: &LakeShelf,
    feed: &Feed,
    (file, carve): (PathBuf, Carve),
    bar: ProgressBar,
) -> FileTap {
    let positions = Positions::asking({
        let (shelf, name) = (shelf.clone(), feed.name.clone());
        move |partition: &str| shelf.reached(&source_of(&name, partition))
    });
    FileTap::new(feed.name.clone(), file, carve, positions, bar)
}

/// Collects until the file is in the lake; what was done, and how many pieces were there before.
fn collected(
    shelf: &LakeShelf,
    feed: Feed,
    mut tap: FileTap,
    enrichment: Arc<Enrichment>,
) -> Result<(Tally, u64), Failure> {
    let (name, leases) = (feed.name.clone(), LocalLeases::default());
    let equipment = Equipment {
        shelf,
        leases: &leases,
        enrichment,
        limits: Limits::of(std::thread::available_parallelism().map_or(1, usize::from)),
        seed: seed()?,
    };
    let mut collector = Collector::new(equipment, [feed]);
    let counters = collector.counters();
    let taken = collector.run(&mut tap, &Machine);
    taken.map_err(|fault| Failure::of("it could not be taken in", &fault))?;
    match &tap.fault {
        Some(fault) => Err(Failure::of("it could not be read to its end", fault)),
        None => Ok((counters.of(&name), tap.known)),
    }
}

fn summary(
    file: &Path,
    feed: &FeedName,
    format: Format,
    (tally, known): (&Tally, u64),
) -> Result<String, Failure> {
    let summary = Summary {
        file: file.display().to_string(),
        feed: feed.as_str(),
        format: format.as_str(),
        read: tally.read - tally.unreadable(),
        records: tally.records,
        suppressed: tally.suppressed,
        quarantined: tally.unreadable(),
        reasons: tally.quarantined.clone(),
        known,
    };
    serde_json::to_string(&summary).map_err(|fault| Failure::of("no summary", &fault))
}

fn bar(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let form = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar
}
