//! When the condition of a rule became true: the level in force and the flags, step by step.

use fengsui_vocabulary::{FactId, FactValue, Facts, LevelId, RoleId, Scalar};
use jiff::Timestamp;

use super::known::Seen;
use crate::history::{Happening, What};
use crate::model::{Act, Condition, Plan};

/// The moment at which a condition became true, and what made it true.
#[derive(Clone, Debug)]
pub(super) struct Ground<'a> {
    pub(super) seen: Seen,
    /// The happening that made it true, as timelines call it.
    pub(super) name: &'static str,
    pub(super) level: Option<InForce<'a>>,
    pub(super) facts: Vec<&'a FactId>,
}

/// The level in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct InForce<'a> {
    pub(super) level: &'a LevelId,
    pub(super) basis: Basis<'a>,
    pub(super) at: Timestamp,
}

/// Why a level is in force.
#[derive(Clone, Copy, Debug)]
pub(super) enum Basis<'a> {
    /// It was judged; nobody named means the judging authority.
    Judged(&'a [RoleId]),
    /// Nobody has judged yet, and the facts make it certain.
    Certain,
}

/// What holds after each step of the walk.
pub(super) struct Standing<'a> {
    plan: &'a Plan,
    facts: Facts,
    level: Option<InForce<'a>>,
    /// Per rank, since when the level in force has been that bad.
    level_since: Vec<Option<Timestamp>>,
    /// Facts as they were last told, with the time.
    told_at: Vec<(FactId, Timestamp)>,
    /// Times that were stated in the sense of this plan, each with the first such time.
    stated_at: Vec<(&'static str, Timestamp)>,
}

impl<'a> Standing<'a> {
    /// Nothing is known yet.
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            facts: Facts::new(),
            level: None,
            level_since: vec![None; plan.levels.len()],
            told_at: Vec::new(),
            stated_at: Vec::new(),
        }
    }

    /// Takes facts or a decision of the level; says whether anything may have changed.
    pub(super) fn take(&mut self, happening: &'a Happening) -> bool {
        match &happening.what {
            What::Facts(facts) => self.learn(facts, happening.at),
            What::LevelDecided { level, by } => self.decide(level, by, happening.at),
            What::Aware => self.state(happening),
            What::Occurred
            | What::Discovered
            | What::Informed
            | What::ReportReceived { .. }
            | What::Delivered(_)
            | What::MissCleared { .. }
            | What::Waived { .. }
            | What::AnchorCorrected { .. }
            | What::ReportAccepted
            | What::ReportDeclined { .. }
            | What::ReportReopened
            | What::HandedOver { .. }
            | What::NotReported { .. }
            | What::WarningIssued(_)
            | What::WarningAdjusted(_)
            | What::WarningLifted
            | What::ResponseStarted
            | What::ResponseEnded
            | What::HandlingEnded => false,
        }
    }

    /// The level in force now.
    pub(super) fn level(&self) -> Option<InForce<'a>> {
        self.level
    }

    /// Whether a condition holds now.
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        matches!(condition, Condition::Always) || self.since(condition).is_some()
    }

    /// The ground of a condition that holds now; none for one that asks nothing.
    pub(super) fn ground_of(
        &self,
        condition: &'a Condition,
        seen: Seen,
        name: &'static str,
    ) -> Option<Ground<'a>> {
        let since = self.since(condition)?;
        let seen = Seen { at: since, ..seen };
        let mut ground = Ground { seen, name, level: None, facts: Vec::new() };
        self.explain(condition, &mut ground);
        Some(ground)
    }

    fn state(&mut self, happening: &Happening) -> bool {
        let name = happening.what.name();
        let is_new = self.stated_at.iter().all(|(stated, _)| *stated != name);
        if is_new {
            self.stated_at.push((name, happening.at));
        }
        is_new
    }

    fn learn(&mut self, facts: &'a Facts, at: Timestamp) -> bool {
        let mut changed = false;
        for (id, value) in facts {
            if self.facts.get(id) == Some(value) {
                continue;
            }
            changed = true;
            self.facts.insert(id.clone(), value.clone());
            self.told_at.retain(|(told, _)| told != id);
            self.told_at.push((id.clone(), at));
        }
        let is_judged = self.level.is_some_and(|level| matches!(level.basis, Basis::Judged(_)));
        if changed && !is_judged {
            let certain = certain(self.plan, &self.facts);
            self.set(certain, Basis::Certain, at);
        }
        changed
    }

    fn decide(&mut self, level: &'a LevelId, by: &'a [RoleId], at: Timestamp) -> bool {
        if self.plan.rank(level).is_none() || !is_judging(self.plan, level, by) {
            return false;
        }
        self.set(Some(level), Basis::Judged(by), at);
        true
    }

    fn set(&mut self, level: Option<&'a LevelId>, basis: Basis<'a>, at: Timestamp) {
        let rank = level.and_then(|level| self.plan.rank(level)).unwrap_or(usize::MAX);
        for (place, since) in self.level_since.iter_mut().enumerate() {
            if place < rank {
                *since = None;
            } else {
                since.get_or_insert(at);
            }
        }
        let is_same = |was: &InForce<'_>| {
            Some(was.level) == level
                && matches!((was.basis, basis), (Basis::Certain, Basis::Certain))
        };
        if !self.level.as_ref().is_some_and(is_same) {
            self.level = level.map(|level| InForce { level, basis, at });
        }
    }

    /// Since when a condition has been true; none if it is not, or asks nothing.
    fn since(&self, condition: &Condition) -> Option<Timestamp> {
        match condition {
            Condition::Always => None,
            Condition::LevelAtLeast(level) => {
                let rank = self.plan.rank(level)?;
                self.level_since.get(rank).copied().flatten()
            }
            Condition::Flag(fact) => {
                let value = self.facts.get(fact)?;
                (*value == FactValue::Exact(Scalar::Flag(true))).then(|| self.told(fact))?
            }
            Condition::FactIs(fact, word) => {
                let FactValue::Exact(Scalar::Word(known)) = self.facts.get(fact)? else {
                    return None;
                };
                (known.as_str() == word).then(|| self.told(fact))?
            }
            Condition::FactAtLeast(fact, least) => {
                let known = self.plan.facts.get(fact)?.bounds_of(self.facts.get(fact)?).ok()?;
                (known.mildest >= *least).then(|| self.told(fact))?
            }
            Condition::Stated(name) => {
                let stated = self.stated_at.iter().find(|(stated, _)| *stated == name.as_str());
                stated.map(|(_, at)| *at)
            }
            Condition::Any(any) => any.iter().filter_map(|part| self.since(part)).min(),
            Condition::All(all) => self.since_all(all),
        }
    }

    fn since_all(&self, all: &[Condition]) -> Option<Timestamp> {
        let mut latest = None;
        for part in all.iter().filter(|part| !matches!(part, Condition::Always)) {
            latest = latest.max(Some(self.since(part)?));
        }
        latest
    }

    fn told(&self, fact: &FactId) -> Option<Timestamp> {
        self.told_at.iter().find(|(told, _)| told == fact).map(|(_, at)| *at)
    }

    fn explain(&self, condition: &'a Condition, ground: &mut Ground<'a>) {
        match condition {
            Condition::Always | Condition::Stated(_) => {}
            Condition::LevelAtLeast(_) => {
                if self.since(condition).is_some() {
                    ground.level = self.level;
                }
            }
            Condition::Flag(fact)
            | Condition::FactIs(fact, _)
            | Condition::FactAtLeast(fact, _) => {
                if self.since(condition).is_some() && !ground.facts.contains(&fact) {
                    ground.facts.push(fact);
                }
            }
            Condition::Any(parts) | Condition::All(parts) => {
                for part in parts {
                    self.explain(part, ground);
                }
            }
        }
    }
}

/// Whether those who decided a level include the authority that judges it.
fn is_judging(plan: &Plan, level: &LevelId, by: &[RoleId]) -> bool {
    let Some(authority) = plan.authority(Act::JudgeLevel, Some(level)) else { return true };
    let judges = authority.how.initiators();
    by.is_empty() || judges.is_empty() || by.iter().any(|role| judges.contains(role))
}

/// The certain level of facts; those that the catalogue does not know cannot count.
fn certain<'a>(plan: &'a Plan, facts: &Facts) -> Option<&'a LevelId> {
    if let Ok(prepared) = plan.prepare(facts) {
        return plan.level_of(&prepared).0;
    }
    let sound: Facts = facts
        .iter()
        .filter(|(id, value)| plan.facts.get(id).is_some_and(|fact| fact.bounds_of(value).is_ok()))
        .map(|(id, value)| (id.clone(), value.clone()))
        .collect();
    let prepared = plan.prepare(&sound).ok()?;
    plan.level_of(&prepared).0
}
