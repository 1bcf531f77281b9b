//! What others ask an incident: duties, grades, the story, what stands in the way of closing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Catalogue, Duty, FactsRefused, Grade, History, Plan, What, worklist_of};
use fengsui_vocabulary::{
    FactId, FactValue, Facts, LevelId, Line, OrganisationId, PersonId, PlanId, ReportId, RoleId,
};
use jiff::Timestamp;

use super::plans::known_to;
use super::{Incident, Judgement, Met, ResponseState, Status};
use crate::{
    Carried, Computed, IncidentEvent, Outlook, Packs, Party, PlanRef, Recorded, Refusal, SaidBy,
    Tick,
};

/// Something that stands in the way of closing an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InTheWay {
    /// A duty is open; a miss that nobody confirmed is open too.
    Duty {
        /// Which.
        tick: Tick,
        /// When it was due.
        due: Option<Timestamp>,
    },
    /// The response has not ended.
    ResponseRunning,
    /// A proposal waits for its answer.
    ProposalWaiting {
        /// The digest of its text.
        digest: String,
    },
    /// An approval was written down on behalf, and nobody confirmed it.
    ApprovalUnconfirmed {
        /// The digest of the text.
        digest: String,
    },
    /// Nobody has reviewed it.
    ReviewMissing,
    /// A plan may apply and nobody has decided, or what is known has changed since somebody did.
    PlanUndecided {
        /// Which plan.
        plan: PlanId,
    },
    /// An edition of a plan is not at hand, so nobody can say what is owed.
    PlanNotAtHand {
        /// Which plan.
        plan: PlanId,
    },
}

/// One fact about which sources say what cannot both be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Which fact.
    pub fact: FactId,
    /// What each source said last.
    pub said: Vec<(SaidBy, FactValue)>,
}

/// One fact that submissions under different plans tell differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// Which fact.
    pub fact: FactId,
    /// What the last submission under each plan said; none where it said nothing.
    pub said: Vec<(Submitted, Option<FactValue>)>,
}

/// The last document that was issued under one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The plan.
    pub plan: PlanId,
    /// What it is called.
    pub title: Line,
    /// When it was issued.
    pub at: Timestamp,
}

/// One line of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryItem<'a> {
    /// When it happened.
    pub happened_at: Timestamp,
    /// When it was written down first.
    pub recorded_at: Timestamp,
    /// Who wrote it down.
    pub actor: PersonId,
    /// For whom.
    pub on_behalf_of: Option<&'a RoleId>,
    /// What happened.
    pub what: StoryWhat<'a>,
}

/// What a line of the story tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoryWhat<'a> {
    /// Something that happened to the incident.
    Event(&'a IncidentEvent),
    /// Something that had happened to a report before it joined.
    Brought(ReportId, &'a Carried),
}

impl Incident {
    /// The edition of the leading plan.
    pub fn lead(&self) -> Option<&PlanRef> {
        self.plans.first()
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        matches!(self.status, Status::Open)
    }

    /// What an affected organisation is called in histories: who it is, once that is known.
    pub fn key(&self, party: &Party) -> String {
        let known = self.affected.get(party).and_then(|affected| affected.organisation);
        known.map_or(*party, Party::Organisation).to_string()
    }

    /// Which affected organisation a duty is about.
    pub fn party_of(&self, duty: &Duty) -> Option<Party> {
        let key = duty.organisation.as_deref()?;
        self.affected.keys().find(|party| self.key(party) == key).copied()
    }

    /// The tick of a duty.
    pub fn tick_of(&self, duty: &Duty) -> Tick {
        Tick::of(duty, self.party_of(duty))
    }

    /// Everything that moves duties, in order of recording.
    pub fn history(&self) -> History {
        let mut happenings: Vec<_> = self
            .happenings
            .iter()
            .map(|(party, happening)| {
                let mut happening = happening.clone();
                happening.organisation = party.map(|party| self.key(&party));
                happening
            })
            .collect();
        // A report that joined late brings what was recorded before; equal times keep their order.
        happenings.sort_by_key(|happening| happening.recorded_at);
        History { happenings }
    }

    /// The same as one plan sees it: facts that it asks for, and receipts by roles of other plans
    /// without those roles' names, because packs share them.
    pub fn history_under(&self, plan: &Plan) -> History {
        let mut history = self.history();
        for happening in &mut history.happenings {
            let is_others = happening.plan.as_ref().is_some_and(|of| *of != plan.id);
            match &mut happening.what {
                What::Facts(facts) => facts.retain(|fact, _| plan.facts.get(fact).is_some()),
                What::ReportReceived { by } if is_others => {
                    happening.plan = None;
                    *by = ELSEWHERE.parse().unwrap_or_else(|_named_so| by.clone());
                }
                What::Occurred
                | What::Discovered
                | What::Informed
                | What::Aware
                | What::LevelDecided { .. }
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
                | What::HandlingEnded => {}
            }
        }
        history
    }

    /// Who owes what to whom under a plan.
    pub fn duties(&self, plan: &Plan, now: Timestamp) -> Vec<Duty> {
        fengsui_plan::duties_of(plan, &self.history_under(plan), now)
    }

    /// Duties under every plan of this incident, as far as its editions are at hand, the next due first.
    pub fn duties_under(&self, packs: &Packs, now: Timestamp) -> Vec<Duty> {
        let plans = self.plans.iter().filter_map(|plan| packs.of(plan));
        let mut duties: Vec<_> = plans.flat_map(|plan| self.duties(plan, now)).collect();
        duties.sort_by_key(|duty| duty.due.unwrap_or(duty.arose_at));
        duties
    }

    /// Duties under every plan without the reasons: for boards and the clock, which look after every act.
    pub fn worklist(&self, packs: &Packs, now: Timestamp) -> Vec<Duty> {
        let plans = self.plans.iter().filter_map(|plan| packs.of(plan));
        let of = |plan: &Arc<Plan>| worklist_of(plan, &self.history_under(plan), now);
        let mut duties: Vec<_> = plans.flat_map(of).collect();
        duties.sort_by_key(|duty| duty.due.unwrap_or(duty.arose_at));
        duties
    }

    /// Duties under every plan that something must still be done about.
    pub fn open_duties(&self, packs: &Packs, now: Timestamp) -> Vec<Duty> {
        let mut duties = self.duties_under(packs, now);
        duties.retain(|duty| duty.state.is_open());
        duties
    }

    /// The affected organisation of which a time became known first.
    pub(crate) fn first_affected(&self) -> Option<Party> {
        let is_time = |what: &What| {
            matches!(what, What::Occurred | What::Discovered | What::Informed | What::Aware)
        };
        let times = self.happenings.iter().filter(|(_, happening)| is_time(&happening.what));
        times.min_by_key(|(_, happening)| happening.recorded_at).and_then(|(party, _)| *party)
    }

    /// When something was last written to its stream: the time as of which boards see it.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.log.last().map(|recorded| recorded.recorded_at)
    }

    /// What is known for now: the newest observed value of each fact.
    pub fn current_facts(&self) -> Facts {
        self.facts
            .iter()
            .filter_map(|(fact, entries)| {
                let observed =
                    entries.iter().rev().find(|entry| entry.outlook == Outlook::Observed)?;
                Some((fact.clone(), observed.value.clone()))
            })
            .collect()
    }

    /// What the facts give under a plan, with the reasons.
    pub fn grade(&self, plan: &Plan) -> Result<Grade, FactsRefused> {
        plan.grade(&known_to(plan, &self.current_facts()))
    }

    /// What the facts give under a plan. Facts that its catalogue refuses give nothing.
    pub fn computed(&self, plan: &Plan) -> Computed {
        plan.prepare(&known_to(plan, &self.current_facts())).map_or_else(
            |_refused| Computed { certain: None, possible: None },
            |facts| {
                let (certain, possible) = plan.level_of(&facts);
                Computed { certain: certain.cloned(), possible: possible.cloned() }
            },
        )
    }

    /// The last judgement of the level under a plan.
    pub fn judged(&self, plan: &PlanId) -> Option<&Judgement> {
        self.judgements.iter().rev().find(|judgement| judgement.plan == *plan)
    }

    /// The level in force under a plan: judged, else certain.
    pub fn level(&self, plan: &Plan) -> Option<LevelId> {
        self.judged(&plan.id)
            .map(|judgement| judgement.level.clone())
            .or_else(|| self.computed(plan).certain)
    }

    /// The last delivery of a tick.
    pub fn met(&self, tick: &Tick) -> Option<&Met> {
        self.met.iter().rev().find(|met| met.tick == *tick)
    }

    /// Facts about which sources say what cannot both be so.
    pub fn contradictions(&self, catalogue: &Catalogue) -> Vec<Contradiction> {
        self.facts
            .iter()
            .filter_map(|(fact, entries)| {
                let mut said: Vec<(SaidBy, FactValue)> = Vec::new();
                for entry in entries.iter().filter(|entry| entry.outlook == Outlook::Observed) {
                    said.retain(|(by, _)| *by != entry.said_by);
                    said.push((entry.said_by.clone(), entry.value.clone()));
                }
                let apart = said.iter().any(|(_, one)| {
                    said.iter().any(|(_, other)| are_apart(catalogue, fact, one, other))
                });
                apart.then(|| Contradiction { fact: fact.clone(), said })
            })
            .collect()
    }

    /// Facts that the last documents under different plans tell differently: somebody was told what
    /// others were not. A document of the time before facts were kept with it says nothing here.
    pub fn inconsistencies(&self) -> Vec<Inconsistency> {
        let mut last: BTreeMap<&PlanId, (Submitted, &Facts)> = BTreeMap::new();
        for document in &self.documents {
            let plan = document.plan.as_ref().or_else(|| self.lead().map(|lead| &lead.plan));
            let (Some(plan), Some(facts)) = (plan, &document.facts) else { continue };
            let (title, at) = (document.title.clone(), document.at);
            last.insert(plan, (Submitted { plan: plan.clone(), title, at }, facts));
        }
        let known: BTreeSet<&FactId> = last.values().flat_map(|(_, facts)| facts.keys()).collect();
        let told = |fact: &FactId| {
            let said: Vec<_> = last
                .values()
                .map(|(submitted, facts)| (submitted.clone(), facts.get(fact).cloned()))
                .collect();
            let differs = said.iter().any(|(_, one)| said.iter().any(|(_, other)| one != other));
            differs.then(|| Inconsistency { fact: fact.clone(), said })
        };
        known.into_iter().filter_map(told).collect()
    }

    /// Everything that happened, in the order in which it happened.
    pub fn story(&self) -> Vec<StoryItem<'_>> {
        let brought = self.carried.iter().map(|(report, carried)| StoryItem {
            happened_at: carried.at,
            recorded_at: carried.recorded_at,
            actor: carried.entered_by,
            on_behalf_of: None,
            what: StoryWhat::Brought(*report, carried),
        });
        let own = self.log.iter().map(|recorded| StoryItem {
            happened_at: recorded.happened_at,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor,
            on_behalf_of: recorded.on_behalf_of.as_ref(),
            what: StoryWhat::Event(&recorded.event),
        });
        let mut story: Vec<_> = brought.chain(own).collect();
        story.sort_by_key(|item| (item.happened_at, item.recorded_at));
        story
    }

    /// Whether it may be closed, or else what stands in the way.
    pub fn is_closable(&self, packs: &Packs, now: Timestamp) -> Result<(), Vec<InTheWay>> {
        let mut in_the_way = Vec::new();
        for edition in &self.plans {
            match packs.of(edition) {
                Some(plan) => in_the_way.extend(self.blocking(plan, now)),
                None => {
                    in_the_way.push(InTheWay::PlanNotAtHand { plan: edition.plan.clone() });
                }
            }
        }
        in_the_way.extend(
            self.undecided(packs)
                .into_iter()
                .map(|it| InTheWay::PlanUndecided { plan: it.standing.edition.plan.clone() }),
        );
        if matches!(self.response.state, ResponseState::Running { .. }) {
            in_the_way.push(InTheWay::ResponseRunning);
        }
        in_the_way.extend(
            self.response
                .waiting()
                .map(|proposal| InTheWay::ProposalWaiting { digest: proposal.text.digest.clone() }),
        );
        in_the_way.extend(self.response.unconfirmed().map(|(proposal, _)| {
            InTheWay::ApprovalUnconfirmed { digest: proposal.text.digest.clone() }
        }));
        if self.review.is_none() {
            in_the_way.push(InTheWay::ReviewMissing);
        }
        if in_the_way.is_empty() { Ok(()) } else { Err(in_the_way) }
    }

    /// Entries of the log that referred to something unknown and therefore changed nothing. None of
    /// them was ever decided here: a program wrote them that knew more, or a journal was changed.
    pub fn check(&self) -> Vec<&Recorded<IncidentEvent>> {
        self.without_effect.iter().filter_map(|&index| self.log.get(index)).collect()
    }

    /// What reports brought with them, in the order in which they joined.
    pub fn brought(&self) -> impl Iterator<Item = (ReportId, &Carried)> {
        self.carried.iter().map(|(report, carried)| (*report, carried))
    }

    /// The organisation that an affected one turned out to be.
    pub fn organisation_of(&self, party: &Party) -> Option<OrganisationId> {
        self.affected.get(party).and_then(|affected| affected.organisation)
    }

    fn blocking(&self, plan: &Plan, now: Timestamp) -> Vec<InTheWay> {
        let blocks = |duty: &Duty| {
            plan.duties.iter().any(|rule| rule.id == duty.duty && rule.blocks_closing)
        };
        self.duties(plan, now)
            .iter()
            .filter(|duty| duty.state.is_open() && blocks(duty))
            .map(|duty| InTheWay::Duty { tick: self.tick_of(duty), due: duty.due })
            .collect()
    }

    /// The leading plan, or the refusal that its edition is not at hand.
    pub(super) fn lead_plan<'p>(&self, scene: &crate::Scene<'p>) -> Result<&'p Plan, Refusal> {
        scene.plan(self.lead().ok_or(Refusal::Absent)?)
    }
}

/// The name that a receipt by a role of another plan has here: no pack names a role so.
const ELSEWHERE: &str = "role_of_another_plan";

/// Whether two values cannot both be so.
pub(crate) fn are_apart(
    catalogue: &Catalogue,
    fact: &FactId,
    one: &FactValue,
    other: &FactValue,
) -> bool {
    let Some(fact) = catalogue.get(fact) else {
        return one != other;
    };
    match (fact.bounds_of(one), fact.bounds_of(other)) {
        (Ok(one), Ok(other)) => one.worst < other.mildest || other.worst < one.mildest,
        (Err(_), _) | (_, Err(_)) => one != other,
    }
}
