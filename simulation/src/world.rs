//! The world of one history: a disk, two nodes on it, the time, and somebody who only looks.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use fengsui_desk::{Clock, Desk, DeskFault, Viewer};
use fengsui_response::Actor;
use fengsui_store::{Entry, ModelDisk, NoFaults};
use fengsui_vocabulary::{IncidentId, PersonId, ReportId};
use jiff::Timestamp;

use crate::Failed;
use crate::byitself::Clockwork;
use crate::centre::{Image, open};
use crate::oracle::Heard;
use crate::rng::Rng;
use crate::schedule::unless_it_ends;
use crate::time::{NodeClock, SeededIds, WorldTime};
use crate::weather::{NodeFaults, Weather};

/// A node: what happens to it does not happen to the other.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) clock: Arc<NodeClock>,
    desk: RefCell<Option<Desk>>,
    /// Whether somebody stopped it on purpose.
    pub(crate) is_stopped: Cell<bool>,
    /// How often it was started.
    pub(crate) starts: Cell<u64>,
}

/// Everything of one history.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) disk: ModelDisk,
    pub(crate) time: Arc<WorldTime>,
    pub(crate) weather: Arc<Weather>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) clockwork: Clockwork,
    people: BTreeMap<&'static str, PersonId>,
    /// Looks without faults, with a clock of its own.
    pub(crate) observer: Desk,
    pub(crate) observer_clock: Arc<NodeClock>,
    /// What clients were told.
    pub(crate) heard: RefCell<Heard>,
    seen: RefCell<Seen>,
    /// The positions before and after the last look while everything held still.
    pub(crate) looked: Cell<(u64, u64)>,
    /// What happened, for whoever reads.
    pub(crate) told: RefCell<Vec<String>>,
    seed: u64,
}

/// What there is, as far as somebody has looked at the journal.
#[derive(Debug, Default)]
struct Seen {
    position: u64,
    reports: Vec<ReportId>,
    incidents: Vec<IncidentId>,
}

impl World {
    pub(crate) async fn new(image: Image, clockwork: Clockwork, seed: u64) -> Result<Self, Failed> {
        let time = WorldTime::at(crate::centre::beginning());
        let disk = image.disk.copied();
        let observer_clock = NodeClock::of(&time);
        let ids = Arc::new(SeededIds::of(seed ^ OBSERVER));
        let clock: Arc<dyn Clock> = Arc::<NodeClock>::clone(&observer_clock);
        let observer = open(&disk, clock, ids, Arc::new(NoFaults)).await?;
        let node = |_| Node {
            clock: NodeClock::of(&time),
            desk: RefCell::new(None),
            is_stopped: Cell::new(false),
            starts: Cell::new(0),
        };
        Ok(Self {
            weather: Weather::over(&time),
            nodes: (0..NODES).map(node).collect(),
            clockwork,
            people: image.people,
            observer,
            observer_clock,
            heard: RefCell::default(),
            seen: RefCell::new(Seen { position: image.position, ..Seen::default() }),
            looked: Cell::default(),
            told: RefCell::default(),
            seed,
            disk,
            time,
        })
    }

    /// Writes down what happened.
    pub(crate) fn tell(&self, line: impl Into<String>) {
        let mut told = self.told.borrow_mut();
        told.extend(self.weather.told().into_iter().map(|line| format!("      {line}")));
        told.push(line.into());
    }

    /// The desk of a node that is up.
    pub(crate) fn desk(&self, node: usize) -> Option<Desk> {
        let desk = self.nodes.get(node)?.desk.borrow().clone();
        desk.filter(|desk| !desk.model_store().has_crashed())
    }

    /// A node that is up.
    pub(crate) fn some_desk(&self, rng: &mut Rng) -> Option<(usize, Desk)> {
        let up: Vec<(usize, Desk)> =
            (0..self.nodes.len()).filter_map(|node| Some((node, self.desk(node)?))).collect();
        rng.pick(&up).cloned()
    }

    /// Starts a node that should be up and is not; it may end again while it starts.
    pub(crate) async fn start(&self, number: usize) {
        let Some(node) = self.nodes.get(number) else { return };
        if node.is_stopped.get() || self.desk(number).is_some() {
            return;
        }
        *node.desk.borrow_mut() = None;
        node.starts.set(node.starts.get() + 1);
        let (time, weather) = (Arc::<NodeClock>::clone(&node.clock), Arc::clone(&self.weather));
        let mixed = Rng::of(self.seed ^ node.starts.get()).next();
        let ids = Arc::new(SeededIds::of(mixed.wrapping_add(u64::try_from(number).unwrap_or(0))));
        let faults = Arc::new(NodeFaults { node: number, weather });
        match open_unless_it_ends(&self.disk, time, ids, faults).await {
            Some(Ok(desk)) => {
                self.clockwork.has_started(number, node.clock.now());
                self.tell(format!("      node {number} is up"));
                *node.desk.borrow_mut() = Some(desk);
            }
            Some(Err(fault)) => self.tell(format!("      node {number} does not start: {fault}")),
            None => self.tell(format!("      node {number} ends while it starts")),
        }
    }

    /// Ends a node: gently, or as if somebody pulled the plug.
    pub(crate) async fn stop(&self, number: usize, how: Stop) {
        let Some(node) = self.nodes.get(number) else { return };
        let desk = node.desk.borrow_mut().take();
        if let (Some(desk), Stop::Gently) = (desk, how) {
            desk.close().await;
        }
    }

    /// Somebody as a node knows them.
    pub(crate) fn viewer(&self, desk: &Desk, login: &str) -> Option<Viewer> {
        desk.viewer(*self.people.get(login)?)
    }

    pub(crate) fn actor(&self, desk: &Desk, login: &str) -> Result<Actor, DeskFault> {
        if login == PUBLIC {
            return Ok(Actor::public());
        }
        self.viewer(desk, login).map(|viewer| viewer.actor).ok_or(DeskFault::NotYours)
    }

    /// Entries that were written since somebody looked.
    pub(crate) fn look(&self) -> Result<Vec<Entry>, Failed> {
        let mut seen = self.seen.borrow_mut();
        let written = self.disk.entries_after(seen.position)?;
        for entry in &written {
            seen.position = entry.position;
            if entry.version > 1 {
                continue;
            }
            match entry.stream.split_once(':') {
                Some(("report", id)) => seen.reports.push(id.parse()?),
                Some(("incident", id)) => seen.incidents.push(id.parse()?),
                Some(_) | None => {}
            }
        }
        Ok(written)
    }

    pub(crate) fn reports(&self) -> Vec<ReportId> {
        self.seen.borrow().reports.clone()
    }

    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        self.seen.borrow().incidents.clone()
    }

    /// Has the observer look as if it were that time.
    pub(crate) fn observe_at(&self, time: Timestamp) {
        self.observer_clock.show(time);
    }
}

/// How a node is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It finishes what it does.
    Gently,
    /// It is gone at once.
    AtOnce,
}

/// The store may end the node before there is a desk to ask whether it has: it then never answers.
async fn open_unless_it_ends(
    disk: &ModelDisk,
    clock: Arc<NodeClock>,
    ids: Arc<SeededIds>,
    faults: Arc<NodeFaults>,
) -> Option<Result<Desk, DeskFault>> {
    let weather = Arc::clone(&faults.weather);
    let crashes = weather.crashes_of(faults.node);
    let mut opening = Box::pin(open(disk, clock, ids, Arc::<NodeFaults>::clone(&faults)));
    std::future::poll_fn(move |context| {
        let polled = opening.as_mut().poll(context).map(Some);
        if polled.is_pending() && weather.crashes_of(faults.node) > crashes {
            return std::task::Poll::Ready(None);
        }
        polled
    })
    .await
}

/// Whoever reports from outside.
pub(crate) const PUBLIC: &str = "public";

const NODES: usize = 2;

const OBSERVER: u64 = 0x0b5e_7e55;

/// Asks a node, unless it ends.
pub(crate) async fn ask<T>(
    desk: &Desk,
    asked: impl Future<Output = Result<T, DeskFault>>,
) -> Option<Result<T, DeskFault>> {
    unless_it_ends(desk, asked).await
}
