//! One history: what happens in which order, drawn from a seed, carried out, and made short when it
//! shows a defect.
//!
//! Each act draws from dice of its own, so that leaving one out does not change the others.

use jiff::SignedDuration;

use crate::Failed;
use crate::byitself::Clockwork;
use crate::centre::image;
use crate::client::{Manner, have_done};
use crate::deed::drawn;
use crate::oracle::{Findings, Ticked, Violation, look};
use crate::planted::Defect;
use crate::rng::Rng;
use crate::schedule::{Task, all, step_back, unless_it_ends};
use crate::weather::Rates;
use crate::world::{Stop, World};

/// Everything that is drawn before anything happens.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) seed: u64,
    rates: Rates,
    which: u64,
    pub(crate) acts: Vec<Act>,
}

/// One act, and the dice for whatever it draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    kind: Kind,
    seed: u64,
}

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Some people do something at the same time.
    People(u8),
    /// Time passes, and nodes that are up look at their clocks.
    Minutes(i64),
    /// A clock jumps, so many seconds off the right time.
    Jump(usize, i64),
    /// A node is stopped and stays so.
    Stop(usize, Stop),
    /// A node that was stopped is started.
    Start(usize),
    /// Everything holds still, and somebody looks.
    Quiet,
}

/// How a history went.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) told: Vec<String>,
    pub(crate) found: Findings,
    /// The number of acts until something was found.
    pub(crate) acts: usize,
    pub(crate) commands: usize,
    pub(crate) entries: u64,
    /// The hash of the last entry of the journal.
    pub(crate) head: String,
}

impl History {
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut rng = Rng::of(seed);
        let rates = Rates::drawn(&mut rng);
        let which = rng.below(4) / 3;
        let many = rng.between(8, 28);
        let mut acts: Vec<Act> = (0..many).filter_map(|_| act(&mut rng)).collect();
        acts.push(Act { kind: Kind::Quiet, seed: rng.next() });
        Self { seed, rates, which, acts }
    }

    /// Carries it out from the beginning, to the first finding.
    pub(crate) fn carried_out(&self, defect: Option<Defect>) -> Result<Ended, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(self.carry_out(defect))
    }

    async fn carry_out(&self, defect: Option<Defect>) -> Result<Ended, Failed> {
        let clockwork = Clockwork::with(defect.and_then(Defect::slip));
        let world = World::new(image(self.which).await?, clockwork, self.seed).await?;
        if let Some(planted) = defect.and_then(Defect::planted) {
            world.disk.plant(planted);
        }
        world.start(0).await;
        world.start(1).await;
        let mut found = Findings::new();
        let mut acts = 0;
        for act in &self.acts {
            acts += 1;
            found = act.carried_out(&world, self.rates).await?;
            if !found.is_empty() {
                break;
            }
        }
        for violation in &found {
            world.tell(format!("VIOLATED: {}: {}", violation.rule, violation.told));
        }
        let head = world.observer.model_store().head().await?;
        let commands = world.heard.borrow().commands();
        let told = world.told.take();
        let hash = head.hash.to_string();
        Ok(Ended { told, found, acts, commands, entries: head.position, head: hash })
    }

    /// The shortest history that still shows the same defect, as far as it can be found.
    pub(crate) fn shrunk(&self, defect: Option<Defect>, rule: &str) -> Result<Self, Failed> {
        let mut shortest = self.clone();
        let mut runs = 0;
        let mut size = shortest.acts.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < shortest.acts.len() && runs < RUNS_MAX {
                runs += 1;
                match shortest.without(at, size).still_shows(defect, rule)? {
                    Some(shorter) => shortest = shorter,
                    None => at += size,
                }
            }
            size /= 2;
        }
        Ok(shortest)
    }

    /// The same without some acts.
    fn without(&self, at: usize, many: usize) -> Self {
        let mut shorter = self.clone();
        let end = at.saturating_add(many).min(shorter.acts.len());
        drop(shorter.acts.drain(at..end));
        shorter
    }

    /// Itself, up to where it breaks a rule; `None` when it does not.
    fn still_shows(mut self, defect: Option<Defect>, rule: &str) -> Result<Option<Self>, Failed> {
        let ended = self.carried_out(defect)?;
        let shows = ended.found.first().is_some_and(|it| it.rule == rule);
        self.acts.truncate(ended.acts);
        Ok(shows.then_some(self))
    }
}

fn act(rng: &mut Rng) -> Option<Act> {
    let node = usize::try_from(rng.below(2)).unwrap_or_default();
    let how = if rng.thousandths(500) { Stop::Gently } else { Stop::AtOnce };
    let span = rng.weighted(&[(6, (1, 20)), (4, (20, 180)), (1, (600, 4_000))])?;
    let off_by = rng.weighted(&[(3, (-90, 90)), (1, (-7_200, 7_200)), (3, (0, 0))])?;
    let (minutes, seconds) = (rng.between(span.0, span.1), rng.between(off_by.0, off_by.1));
    let kind = rng.weighted(&[
        (30, Kind::People(1)),
        (20, Kind::People(2)),
        (10, Kind::People(3)),
        (14, Kind::Minutes(minutes)),
        (4, Kind::Jump(node, seconds)),
        (3, Kind::Stop(node, how)),
        (6, Kind::Start(node)),
        (5, Kind::Quiet),
    ])?;
    Some(Act { kind, seed: rng.next() })
}

impl Act {
    async fn carried_out(self, world: &World, rates: Rates) -> Result<Findings, Failed> {
        let mut rng = Rng::of(self.seed);
        world.weather.turns(Rates::CALM, 0);
        match self.kind {
            Kind::People(many) => {
                world.tell(format!("{} {many} people", world.time.now()));
                people(world, rates, many, &mut rng).await?;
            }
            Kind::Minutes(minutes) => {
                world.time.pass(SignedDuration::from_mins(minutes));
                world.tell(format!("{} after {minutes} minutes", world.time.now()));
                world.weather.turns(rates, rng.next());
                by_itself(world, &mut rng).await;
            }
            Kind::Jump(node, seconds) => {
                world.tell(format!("{} clock {node} is off by {seconds} s", world.time.now()));
                if let Some(node) = world.nodes.get(node) {
                    node.clock.jump(SignedDuration::from_secs(seconds));
                }
            }
            Kind::Stop(node, how) => {
                world.tell(format!("{} node {node} is stopped: {how:?}", world.time.now()));
                if let Some(node) = world.nodes.get(node) {
                    node.is_stopped.set(true);
                }
                world.stop(node, how).await;
            }
            Kind::Start(node) => {
                world.tell(format!("{} node {node} is started", world.time.now()));
                if let Some(node) = world.nodes.get(node) {
                    node.is_stopped.set(false);
                }
                world.start(node).await;
            }
            Kind::Quiet => {
                world.tell(format!("{} quiet", world.time.now()));
                return quiet(world, &mut rng).await;
            }
        }
        world.look()?;
        Ok(Findings::new())
    }
}

async fn people(world: &World, rates: Rates, many: u8, rng: &mut Rng) -> Result<(), Failed> {
    let mut deeds = Vec::new();
    world.observe_at(world.time.now());
    for _ in 0..many {
        deeds.extend(drawn(world, rng).await?);
    }
    while deeds.is_empty() {
        deeds.extend(drawn(world, rng).await?); // at last somebody reports something
    }
    // Two at the same thing meet more often than chance has it.
    if let (Some(first), true) = (deeds.first().cloned(), rng.thousandths(250)) {
        let command = fengsui_vocabulary::CommandId::from_bits(rng.next().into());
        deeds.push(crate::deed::Deed { command, ..first });
    }
    world.weather.turns(rates, rng.next());
    let left = std::cell::Cell::new(deeds.len());
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for deed in &deeds {
        let (manner, dice, left) = (Manner::drawn(rng), Rng::of(rng.next()), &left);
        tasks.push(Box::pin(async move {
            Box::pin(have_done(world, deed, manner, dice)).await;
            left.set(left.get() - 1);
        }));
    }
    tasks.push(Box::pin(keep_up(world, &left)));
    all(tasks, rng).await;
    Ok(())
}

/// Starts what ended, until everybody is done.
async fn keep_up(world: &World, left: &std::cell::Cell<usize>) {
    while left.get() > 0 {
        for node in 0..world.nodes.len() {
            world.start(node).await;
        }
        step_back().await;
    }
}

/// Both nodes look at their clocks and send what waits, while things go wrong.
async fn by_itself(world: &World, rng: &mut Rng) {
    let left = std::cell::Cell::new(world.nodes.len());
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for node in 0..world.nodes.len() {
        let left = &left;
        tasks.push(Box::pin(async move {
            look_once(world, node).await;
            left.set(left.get() - 1);
        }));
    }
    tasks.push(Box::pin(keep_up(world, &left)));
    all(tasks, rng).await;
}

async fn look_once(world: &World, node: usize) {
    let Some(desk) = world.desk(node) else { return };
    let work = async {
        world.clockwork.tick(node, &desk).await?;
        world.clockwork.dispatch(&desk).await
    };
    if let Some(Err(fault)) = unless_it_ends(&desk, work).await {
        world.tell(format!("      node {node} by itself: {fault}"));
    }
}

/// Nothing goes wrong any more; everything has had its turn; then everything must hold.
async fn quiet(world: &World, rng: &mut Rng) -> Result<Findings, Failed> {
    for node in 0..world.nodes.len() {
        world.start(node).await;
    }
    let Some((node, desk)) = world.some_desk(rng) else {
        world.look()?;
        return look(world, Ticked::No).await;
    };
    let now = desk.now();
    let before = desk.model_store().head().await?.position;
    world.clockwork.tick(node, &desk).await?;
    world.looked.set((before, desk.model_store().head().await?.position));
    world.clockwork.dispatch(&desk).await?;
    world.time.pass(SignedDuration::from_hours(5)); // every lease has ended, whatever the clocks say
    world.clockwork.dispatch(&desk).await?;
    world.look()?;
    look(world, Ticked::At(now)).await
}

/// The first finding, when there is one.
pub(crate) fn first(found: &Findings) -> Option<&Violation> {
    found.first()
}

/// Histories that are tried to make one shorter.
const RUNS_MAX: usize = 400;
