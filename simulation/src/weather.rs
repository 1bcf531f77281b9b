//! The faults of a history: how often what goes wrong, decided by the dice of the act under way.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fengsui_store::{Call, Fate, Faults, Touch};
use jiff::SignedDuration;

use crate::rng::Rng;
use crate::time::WorldTime;

/// In how many calls of a thousand what goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rates {
    /// Others go first.
    pub(crate) wait: u32,
    /// The store fails before anything is done.
    pub(crate) fail: u32,
    /// The answer is lost after it was done.
    pub(crate) lose: u32,
    /// The node ends, before or after.
    pub(crate) crash: u32,
    /// Faults of one act at most, so that it comes to an end.
    pub(crate) faults_max: u32,
}

impl Rates {
    /// Nothing goes wrong and nobody waits.
    pub(crate) const CALM: Self = Self { wait: 0, fail: 0, lose: 0, crash: 0, faults_max: 0 };

    /// The weather of a whole history.
    pub(crate) fn drawn(rng: &mut Rng) -> Self {
        let rough = u32::try_from(rng.below(4)).unwrap_or_default();
        Self { wait: 400, fail: 8 * rough, lose: 40 * rough, crash: 6 * rough, faults_max: 6 }
    }
}

/// What all nodes suffer from.
pub(crate) struct Weather(Mutex<Sky>);

struct Sky {
    rng: Rng,
    rates: Rates,
    faults: u32,
    told: Vec<String>,
    time: Arc<WorldTime>,
    /// How often each node has ended.
    crashes: BTreeMap<usize, u32>,
}

impl fmt::Debug for Weather {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Weather")
    }
}

impl Weather {
    pub(crate) fn over(time: &Arc<WorldTime>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Sky {
            rng: Rng::of(0),
            rates: Rates::CALM,
            faults: 0,
            told: Vec::new(),
            time: Arc::clone(time),
            crashes: BTreeMap::new(),
        })))
    }

    /// From now on it is like this.
    pub(crate) fn turns(&self, rates: Rates, seed: u64) {
        let mut sky = self.sky();
        sky.rates = rates;
        sky.rng = Rng::of(seed);
        sky.faults = 0;
    }

    /// What went wrong since somebody asked.
    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.sky().told)
    }

    /// How often a node has ended.
    pub(crate) fn crashes_of(&self, node: usize) -> u32 {
        self.sky().crashes.get(&node).copied().unwrap_or_default()
    }

    fn sky(&self) -> MutexGuard<'_, Sky> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sky {
    fn strikes(&mut self, chance: u32) -> bool {
        let strikes = self.faults < self.rates.faults_max && self.rng.thousandths(chance);
        self.faults += u32::from(strikes);
        strikes
    }

    fn tell(&mut self, node: usize, call: &Call, what: &str) {
        let command = call.command.map(|it| format!(" of {it}")).unwrap_or_default();
        self.told.push(format!("node {node}: {}{command}: {what}", call.doing));
    }
}

/// What one node suffers from.
#[derive(Debug)]
pub(crate) struct NodeFaults {
    pub(crate) node: usize,
    pub(crate) weather: Arc<Weather>,
}

impl Faults for NodeFaults {
    fn before(&self, call: &Call) -> Fate {
        let mut sky = self.weather.sky();
        let rates = sky.rates;
        if rates.faults_max == 0 {
            return Fate::GoOn;
        }
        let took = SignedDuration::from_micros(sky.rng.between(50, 40_000));
        sky.time.pass(took);
        if sky.strikes(rates.crash) {
            sky.tell(self.node, call, "the node ends before");
            *sky.crashes.entry(self.node).or_default() += 1;
            return Fate::Crash;
        }
        if sky.strikes(rates.fail) {
            sky.tell(self.node, call, "fails");
            return Fate::Fail;
        }
        if sky.rng.thousandths(rates.wait) {
            return Fate::Wait(u8::try_from(1 + sky.rng.below(6)).unwrap_or(1));
        }
        Fate::GoOn
    }

    fn after(&self, call: &Call) -> Fate {
        let mut sky = self.weather.sky();
        let rates = sky.rates;
        if rates.faults_max == 0 || call.touch == Touch::Reads {
            return Fate::GoOn;
        }
        if sky.strikes(rates.crash.saturating_mul(3)) {
            sky.tell(self.node, call, "done, and the node ends before it answers");
            *sky.crashes.entry(self.node).or_default() += 1;
            return Fate::Crash;
        }
        if sky.strikes(rates.lose) {
            sky.tell(self.node, call, "done, but the answer is lost");
            return Fate::Fail;
        }
        Fate::GoOn
    }
}
