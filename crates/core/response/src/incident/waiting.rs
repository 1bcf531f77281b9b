//! What waits for whom: decisions to join, proposals to answer, entries to confirm.

use std::collections::BTreeSet;

use fengsui_plan::{Act, DutyState, How, Plan};
use fengsui_vocabulary::{LevelId, Line, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use super::{Incident, Proposal, Standing, Undecided, Voice};
use crate::{Capacity, Packs, PlanRef, ScopeAnswer, Step, Tick};

/// One thing that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A joint decision waits for the other offices.
    Voice {
        /// What is decided.
        step: Step,
        /// At which level.
        level: LevelId,
        /// In which scope.
        scope: Line,
        /// The offices that gave this voice.
        voiced: BTreeSet<RoleId>,
        /// The offices that have not.
        awaits: BTreeSet<RoleId>,
        /// Since when.
        since: Timestamp,
    },
    /// A proposal waits for the other offices.
    Endorsement {
        /// The digest of its text.
        digest: String,
        /// The offices that have not endorsed it.
        awaits: BTreeSet<RoleId>,
        /// Since when.
        since: Timestamp,
    },
    /// A proposal waits for approval.
    Approval {
        /// The digest of its text.
        digest: String,
        /// Any one of these roles approves.
        awaits: BTreeSet<RoleId>,
        /// None of these people does.
        not_by: BTreeSet<PersonId>,
        /// Since when.
        since: Timestamp,
    },
    /// An approval that was written down on behalf waits to be confirmed.
    Confirmation {
        /// The digest of the text.
        digest: String,
        /// The role that approved, or one that may confirm what clears a miss.
        awaits: BTreeSet<RoleId>,
        /// None of these people confirms it.
        not_by: BTreeSet<PersonId>,
        /// Since when.
        since: Timestamp,
    },
    /// What was entered after its time waits to be confirmed.
    Clearance {
        /// The duty.
        tick: Tick,
        /// The roles that may confirm it.
        awaits: BTreeSet<RoleId>,
        /// Whoever entered it does not.
        not_by: PersonId,
        /// Since when.
        since: Timestamp,
    },
    /// Somebody must say whether a plan governs this incident.
    Applicability {
        /// The plan.
        plan: PlanId,
        /// What was decided before.
        standing: Standing,
        /// What the facts give now.
        answer: ScopeAnswer,
        /// The roles that may say so; whoever keeps the plans may too.
        awaits: BTreeSet<RoleId>,
        /// Since when.
        since: Timestamp,
    },
    /// A proposal to go on under another edition waits for a second keeper of the plans.
    Migration {
        /// The plan under which it runs.
        from: PlanId,
        /// The edition under which it is to go on.
        to: PlanRef,
        /// No role: it is for whoever keeps the plans.
        awaits: BTreeSet<RoleId>,
        /// Whoever proposed it does not confirm it.
        not_by: PersonId,
        /// Since when.
        since: Timestamp,
    },
    /// The next step of a technical plan that somebody drafted.
    TechnicalStep {
        /// Under which plan, whose the roles are.
        plan: PlanId,
        /// Which step.
        step: Act,
        /// The digest of the draft; none where it is to be drafted again.
        draft: Option<String>,
        /// Any one of these roles takes it, or all of them where they decide together.
        awaits: BTreeSet<RoleId>,
        /// None of these people does.
        not_by: BTreeSet<PersonId>,
        /// Since when.
        since: Timestamp,
    },
}

impl Waiting {
    /// The roles that it waits for.
    pub const fn awaits(&self) -> &BTreeSet<RoleId> {
        match self {
            Self::Voice { awaits, .. }
            | Self::Endorsement { awaits, .. }
            | Self::Approval { awaits, .. }
            | Self::Confirmation { awaits, .. }
            | Self::Clearance { awaits, .. }
            | Self::Applicability { awaits, .. }
            | Self::Migration { awaits, .. }
            | Self::TechnicalStep { awaits, .. } => awaits,
        }
    }

    /// Since when it waits.
    pub const fn since(&self) -> Timestamp {
        match self {
            Self::Voice { since, .. }
            | Self::Endorsement { since, .. }
            | Self::Approval { since, .. }
            | Self::Confirmation { since, .. }
            | Self::Clearance { since, .. }
            | Self::Applicability { since, .. }
            | Self::Migration { since, .. }
            | Self::TechnicalStep { since, .. } => *since,
        }
    }

    /// The capacity that it waits for, besides roles.
    pub const fn awaits_capacity(&self) -> Option<Capacity> {
        match self {
            Self::Applicability { .. } | Self::Migration { .. } => Some(Capacity::PlanOfficer),
            Self::Voice { .. }
            | Self::Endorsement { .. }
            | Self::Approval { .. }
            | Self::Confirmation { .. }
            | Self::Clearance { .. }
            | Self::TechnicalStep { .. } => None,
        }
    }

    /// The plan whose roles it waits for, where that need not be the leading one.
    pub const fn plan(&self) -> Option<&PlanId> {
        match self {
            Self::TechnicalStep { plan, .. } => Some(plan),
            Self::Voice { .. }
            | Self::Endorsement { .. }
            | Self::Approval { .. }
            | Self::Confirmation { .. }
            | Self::Clearance { .. }
            | Self::Applicability { .. }
            | Self::Migration { .. } => None,
        }
    }

    /// Whether it waits for this person in one of these roles.
    pub fn is_for(&self, person: PersonId, roles: &BTreeSet<RoleId>) -> bool {
        let is_barred = match self {
            Self::Voice { .. } | Self::Endorsement { .. } | Self::Applicability { .. } => false,
            Self::Approval { not_by, .. }
            | Self::Confirmation { not_by, .. }
            | Self::TechnicalStep { not_by, .. } => not_by.contains(&person),
            Self::Clearance { not_by, .. } | Self::Migration { not_by, .. } => *not_by == person,
        };
        !is_barred && self.awaits().iter().any(|role| roles.contains(role))
    }
}

impl Incident {
    /// What waits for whom, the longest wait first.
    pub fn waiting(&self, packs: &Packs, now: Timestamp) -> Vec<Waiting> {
        if !self.is_open() {
            return Vec::new();
        }
        let Some(plan) = self.lead().and_then(|lead| packs.of(lead)) else {
            return Vec::new();
        };
        let mut waiting = self.voices_awaited(plan);
        waiting.extend(self.response.waiting().map(|proposal| self.answer_awaited(plan, proposal)));
        waiting.extend(self.confirmations_awaited(plan));
        let plans = self.plans.iter().filter_map(|edition| packs.of(edition));
        waiting.extend(plans.flat_map(|under| self.clearances_awaited(plan, under, now)));
        waiting.extend(self.applicability_awaited(plan, packs));
        waiting.extend(self.technical_awaited(packs));
        waiting.extend(self.migrations_waiting().map(|it| Waiting::Migration {
            from: it.from.plan.clone(),
            to: it.to.clone(),
            awaits: BTreeSet::new(),
            not_by: it.proposed_by,
            since: it.proposed_at,
        }));
        waiting.sort_by_key(Waiting::since);
        waiting
    }

    /// The act that the plan names for a step, and the level that decides whose it is: to make a
    /// response milder takes whoever decides about the worse of both levels.
    pub(crate) fn act_of(&self, plan: &Plan, step: Step, level: &LevelId) -> (Act, LevelId) {
        let running = self.response.level().unwrap_or(level);
        let worse = if plan.is_at_least(running, level) { running } else { level };
        match step {
            Step::Start => (Act::StartResponse, level.clone()),
            Step::Adjust => (Act::AdjustResponse, worse.clone()),
            // Whoever answers for the response as it runs asks for a higher one.
            Step::Escalate => (Act::EscalateResponse, running.clone()),
            Step::End => (Act::EndResponse, worse.clone()),
        }
    }

    /// Deliveries that were entered after their time and that nobody confirmed.
    pub(super) fn unconfirmed_deliveries(
        &self,
        plan: &Plan,
        now: Timestamp,
    ) -> impl Iterator<Item = (&super::Met, Option<Timestamp>)> {
        let missed: Vec<(Tick, Option<Timestamp>)> = self
            .duties(plan, now)
            .iter()
            .filter(|duty| duty.state == DutyState::Missed)
            .map(|duty| (self.tick_of(duty), duty.due))
            .collect();
        self.met.iter().filter(|met| met.cleared_by.is_none()).filter_map(move |met| {
            missed.iter().find(|(tick, _)| *tick == met.tick).map(|(_, due)| (met, *due))
        })
    }

    fn voices_awaited(&self, plan: &Plan) -> Vec<Waiting> {
        let mut waiting: Vec<Waiting> = Vec::new();
        for voice in self.response.voices.values() {
            if waiting.iter().any(|other| is_of(other, voice)) {
                continue;
            }
            let (act, level) = self.act_of(plan, voice.step, &voice.level);
            let Some(How::Joint(offices)) =
                plan.authority(act, Some(&level)).map(|authority| &authority.how)
            else {
                continue;
            };
            let same = |other: &Voice| {
                (other.step, &other.level, &other.scope) == (voice.step, &voice.level, &voice.scope)
            };
            let given = &self.response.voices;
            let voiced: BTreeSet<RoleId> = offices
                .iter()
                .filter(|office| given.get(*office).is_some_and(same))
                .cloned()
                .collect();
            waiting.push(Waiting::Voice {
                step: voice.step,
                level: voice.level.clone(),
                scope: voice.scope.clone(),
                awaits: offices.iter().filter(|o| !voiced.contains(*o)).cloned().collect(),
                voiced,
                since: voice.at,
            });
        }
        waiting
    }

    fn answer_awaited(&self, plan: &Plan, proposal: &Proposal) -> Waiting {
        let (act, level) = self.act_of(plan, proposal.step, &proposal.level);
        let (propose, approve) = match plan.authority(act, Some(&level)).map(|a| &a.how) {
            Some(How::Approval { propose, approve }) => (propose.as_slice(), approve.as_slice()),
            Some(How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined) | None => {
                (&[][..], &[][..])
            }
        };
        let offices = proposal.offices();
        let missing: BTreeSet<RoleId> =
            propose.iter().filter(|office| !offices.contains(office)).cloned().collect();
        let digest = proposal.text.digest.clone();
        let since = proposal.endorsements.last().map_or(Timestamp::MIN, |last| last.at);
        if missing.is_empty() {
            let awaits = approve.iter().cloned().collect();
            Waiting::Approval { digest, awaits, not_by: proposal.people(), since }
        } else {
            Waiting::Endorsement { digest, awaits: missing, since }
        }
    }

    fn confirmations_awaited(&self, plan: &Plan) -> Vec<Waiting> {
        self.response
            .unconfirmed()
            .map(|(proposal, approval)| {
                let mut awaits = self.clearing_roles(plan);
                awaits.insert(approval.role.clone());
                let mut not_by = proposal.people();
                not_by.insert(approval.entered_by);
                let digest = proposal.text.digest.clone();
                Waiting::Confirmation { digest, awaits, not_by, since: approval.at }
            })
            .collect()
    }

    /// The leading plan says who confirms, the plan that imposes the duty what there is to confirm.
    fn clearances_awaited(&self, lead: &Plan, under: &Plan, now: Timestamp) -> Vec<Waiting> {
        let awaits = self.clearing_roles(lead);
        self.unconfirmed_deliveries(under, now)
            .map(|(met, _)| Waiting::Clearance {
                tick: met.tick.clone(),
                awaits: awaits.clone(),
                not_by: met.entered_by,
                since: met.recorded_at,
            })
            .collect()
    }

    /// Whoever drafted a technical plan has others wait for its next step; nobody must begin one.
    fn technical_awaited(&self, packs: &Packs) -> Vec<Waiting> {
        let plans = self.plans.iter().filter_map(|edition| packs.of(edition));
        let next = |plan: &Plan| {
            let next = self.technical(plan)?.next?;
            Some(Waiting::TechnicalStep {
                plan: plan.id.clone(),
                step: next.step,
                draft: next.draft,
                awaits: next.by,
                not_by: next.not_by,
                since: next.since?,
            })
        };
        plans.filter_map(|plan| next(plan)).collect()
    }

    fn applicability_awaited(&self, lead: &Plan, packs: &Packs) -> Vec<Waiting> {
        let undecided = self.undecided(packs);
        let awaits = if undecided.is_empty() { BTreeSet::new() } else { self.judging_roles(lead) };
        let known_at = self.facts_known_at();
        let waiting = |it: Undecided<'_>| Waiting::Applicability {
            plan: it.standing.edition.plan.clone(),
            standing: it.standing.standing,
            answer: it.now.answer,
            awaits: awaits.clone(),
            since: known_at.map_or(it.standing.at, |known_at| known_at.max(it.standing.at)),
        };
        undecided.into_iter().map(waiting).collect()
    }

    /// The roles that judge the level, at the level in force or before there is one.
    fn judging_roles(&self, lead: &Plan) -> BTreeSet<RoleId> {
        let in_force = self.level(lead);
        let of_levels = lead.levels.iter().map(|level| Some(&level.id));
        std::iter::once(in_force.as_ref())
            .chain(of_levels)
            .find_map(|level| lead.authority(Act::JudgeLevel, level))
            .map(|authority| authority.how.initiators().iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The roles that confirm what somebody else entered.
    fn clearing_roles(&self, plan: &Plan) -> BTreeSet<RoleId> {
        plan.authority(Act::ClearMiss, self.level(plan).as_ref())
            .map(|authority| authority.how.initiators().iter().cloned().collect())
            .unwrap_or_default()
    }
}

/// Whether this is already the line of that voice.
fn is_of(waiting: &Waiting, voice: &Voice) -> bool {
    match waiting {
        Waiting::Voice { step, level, scope, .. } => {
            (*step, level, scope) == (voice.step, &voice.level, &voice.scope)
        }
        Waiting::Endorsement { .. }
        | Waiting::Approval { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => false,
    }
}
