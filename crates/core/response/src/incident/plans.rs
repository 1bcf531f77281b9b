//! The plans of an incident: the leading one, those that apply besides, and those that may.
//!
//! Every plan in force is looked at when the incident is opened, and the incident keeps that edition.
//! Facts only ever suggest afterwards: a plan is applied or set aside by somebody.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Applies, Plan, ScopeReason, ScopeStanding};
use fengsui_vocabulary::{DutyId, Facts, LevelId, Line, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use super::Incident;
use crate::{GroundStanding, Outlook, Packs, PlanMigrated, PlanRef, ScopeAnswer, ScopeGround};

/// How a plan other than the leading one stands to an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStanding {
    /// The edition, which the incident keeps.
    pub edition: PlanRef,
    /// What was decided.
    pub standing: Standing,
    /// What the facts gave then.
    pub answer: ScopeAnswer,
    /// Why.
    pub because: Vec<ScopeGround>,
    /// In which role it was decided, if in one.
    pub role: Option<RoleId>,
    /// Why it was decided so, where somebody did.
    pub reason: Option<Line>,
    /// When.
    pub at: Timestamp,
    /// By whom; whoever opened the incident, where the facts decided.
    pub by: PersonId,
}

impl PlanStanding {
    /// Whether somebody must decide, when the facts give this answer now.
    pub fn is_open(&self, now: ScopeAnswer) -> bool {
        match self.standing {
            Standing::Considered => now > ScopeAnswer::DoesNotApply,
            Standing::Applied => now < self.answer,
            Standing::SetAside => now > self.answer,
        }
    }
}

/// What was decided about a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing yet: it was only looked at.
    Considered,
    /// It applies.
    Applied,
    /// It does not govern this incident.
    SetAside,
}

/// Going on under another edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The edition until then.
    pub from: PlanRef,
    /// The edition afterwards.
    pub to: PlanRef,
    /// Why.
    pub reason: Line,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When.
    pub proposed_at: Timestamp,
    /// Where it stands.
    pub state: MigrationState,
}

/// Where a migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// It waits for a second person.
    Waiting,
    /// It was confirmed.
    Done {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It was withdrawn.
    Withdrawn {
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Line,
    },
}

/// Whether a plan applies by what is known, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicability {
    /// The answer.
    pub answer: ScopeAnswer,
    /// Why.
    pub because: Vec<ScopeGround>,
}

/// A plan about which somebody must decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided<'a> {
    /// How it stands.
    pub standing: &'a PlanStanding,
    /// What the facts give now.
    pub now: Applicability,
}

/// Whether a plan applies by these facts. Facts that its catalogue refuses leave it open.
pub fn applicability(plan: &Plan, facts: &Facts) -> Applicability {
    match plan.applicability(&known_to(plan, facts)) {
        Ok(found) => Applicability {
            answer: match found.answer {
                Applies::Applies => ScopeAnswer::Applies,
                Applies::MayApply => ScopeAnswer::MayApply,
                Applies::DoesNotApply => ScopeAnswer::DoesNotApply,
            },
            because: found.because.into_iter().map(ground).collect(),
        },
        Err(_refused) => Applicability { answer: ScopeAnswer::MayApply, because: Vec::new() },
    }
}

fn ground(reason: ScopeReason) -> ScopeGround {
    ScopeGround {
        scope: reason.scope,
        clause: reason.clause,
        standing: match reason.standing {
            ScopeStanding::Met => GroundStanding::Met,
            ScopeStanding::Undecided => GroundStanding::Undecided,
            ScopeStanding::NotMet => GroundStanding::NotMet,
        },
        ask: reason.ask,
    }
}

/// The facts that a plan's catalogue has: another plan may know more.
pub(crate) fn known_to(plan: &Plan, facts: &Facts) -> Facts {
    facts
        .iter()
        .filter(|(fact, _)| plan.facts.get(fact).is_some())
        .map(|(fact, value)| (fact.clone(), value.clone()))
        .collect()
}

impl Incident {
    /// Whether a plan applies by what is known now.
    pub fn applicability(&self, plan: &Plan) -> Applicability {
        applicability(plan, &self.current_facts())
    }

    /// The edition of a plan that governs this incident.
    pub fn edition(&self, plan: &PlanId) -> Option<&PlanRef> {
        self.plans.iter().find(|edition| edition.plan == *plan)
    }

    /// Plans about which somebody must decide: they may apply and nobody has said so, or what is known
    /// now gives another answer than what was decided on.
    pub fn undecided<'a>(&'a self, packs: &Packs) -> Vec<Undecided<'a>> {
        self.considered
            .values()
            .filter_map(|standing| {
                let now = self.applicability(packs.of(&standing.edition)?);
                standing.is_open(now.answer).then_some(Undecided { standing, now })
            })
            .collect()
    }

    /// The migration of a plan that waits for a second person.
    pub fn migration_waiting(&self, from: &PlanId) -> Option<&Migration> {
        self.migrations_waiting().find(|migration| migration.from.plan == *from)
    }

    /// Migrations that wait for a second person.
    pub fn migrations_waiting(&self) -> impl Iterator<Item = &Migration> {
        self.migrations.iter().filter(|migration| migration.state == MigrationState::Waiting)
    }

    /// When the facts were last added to.
    pub(super) fn facts_known_at(&self) -> Option<Timestamp> {
        let observed = self.facts.values().flatten().filter(|it| it.outlook == Outlook::Observed);
        observed.map(|entry| entry.recorded_at).max()
    }

    /// Going on from one edition to another: the levels and duties that both know.
    pub(super) fn going_on(
        &self,
        (until_now, to): (&Plan, &Plan),
        (reason, proposed_by): (&Line, PersonId),
    ) -> PlanMigrated {
        let duties_of = |plan: &Plan| -> BTreeSet<DutyId> {
            plan.duties.iter().map(|rule| rule.id.clone()).collect()
        };
        let levels = until_now.levels.iter().map(|level| level.id.clone());
        let duties = duties_of(until_now).intersection(&duties_of(to)).cloned().collect();
        PlanMigrated {
            from: PlanRef::of(until_now),
            to: PlanRef::of(to),
            reason: reason.clone(),
            proposed_by,
            levels: levels.filter(|level| self.goes_on(level, &until_now.id, to)).collect(),
            duties,
        }
    }

    /// Whether judgements of a level go on under another edition: it knows the level, and lets the role
    /// that judged judge it.
    fn goes_on(&self, level: &LevelId, from: &PlanId, to: &Plan) -> bool {
        let of_level = |it: &&super::Judgement| it.plan == *from && it.level == *level;
        to.level(level).is_some()
            && self
                .judgements
                .iter()
                .filter(of_level)
                .all(|it| to.may(&it.role, Act::JudgeLevel, Some(level)).is_ok())
    }
}
