//! The centre itself: the plans that it adopted and how they got there, who fills their roles here,
//! how their clauses are read, and who does what they leave open.
//!
//! An edition is drafted by one keeper of the plans and approved by another before it is adopted. The
//! packs' bytes, rulings and official wordings are texts beside the journal.
//!
//! Start reading at [`Centre`], then [`decide()`].

mod command;
mod decide;
mod evolve;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Binding, Plan};
use fengsui_vocabulary::{ClauseId, DistrictCode, Line, OrganisationId, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use crate::{BlobRef, PlanRef, SignatureVerdict};

pub use command::{
    AttachWording, CentreCommand, DraftPack, InterpretClause, NamePolicy, SignatureDemand,
};
pub use decide::decide;
pub use evolve::evolve;
pub use policy::{Policy, PolicyState};

/// The centre as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Centre {
    /// The edition of each plan that new incidents start on.
    pub in_force: BTreeMap<PlanId, Adopted>,
    /// Editions that were adopted and take force later.
    pub coming: BTreeMap<PlanId, Adopted>,
    /// The plan that leads: the first that was adopted, or what superseded it.
    pub lead: Option<PlanId>,
    /// Every edition ever adopted.
    pub adopted: BTreeMap<PlanRef, Adopted>,
    /// Every edition ever drafted.
    pub drafts: BTreeMap<PlanRef, Draft>,
    /// Who fills which role, by district or sector where the role differs by it.
    pub bindings: BTreeMap<RoleKey, Bound>,
    /// Rulings on clauses, by number.
    pub interpretations: BTreeMap<u32, Interpretation>,
    /// Official wordings by edition and clause, oldest first.
    pub wordings: BTreeMap<(PlanRef, Option<ClauseId>), Vec<Wording>>,
    /// Rules of the house that were put in force, oldest first; the last ones hold.
    pub houses: Vec<AdoptedHouse>,
    /// Who does here what the texts leave open, by number.
    pub policies: BTreeMap<u32, Policy>,
}

/// A role of a plan: in one district, for one sector, or everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleKey {
    /// The plan.
    pub plan: PlanId,
    /// The role.
    pub role: RoleId,
    /// The district, where the role differs by district.
    pub district: Option<DistrictCode>,
    /// The sector, where the role differs by sector.
    pub sector: Option<Line>,
}

/// Where a role is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// The district.
    pub district: Option<&'a DistrictCode>,
    /// The sector.
    pub sector: Option<&'a Line>,
}

/// An adopted edition of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The edition.
    pub plan: PlanRef,
    /// The pack's bytes.
    pub bytes: BlobRef,
    /// Its calendars' bytes by id.
    pub calendars: BTreeMap<String, BlobRef>,
    /// When it was adopted.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// From when on it is in force, where that was not at once.
    pub from: Option<Timestamp>,
    /// Other plans that end where it begins.
    pub supersedes: BTreeSet<PlanId>,
}

/// Rules of the house that a centre put in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedHouse {
    /// SHA-256 of their bytes.
    pub hash: String,
    /// The bytes.
    pub bytes: BlobRef,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// An edition on its way into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The edition.
    pub plan: PlanRef,
    /// The pack's bytes.
    pub bytes: BlobRef,
    /// What its signature is worth.
    pub signature: SignatureVerdict,
    /// Who drafted it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was found when it was checked.
    pub checked: Option<Checked>,
    /// Where it stands.
    pub state: DraftState,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The findings.
    pub findings: BlobRef,
    /// How many errors.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
}

/// Where a draft stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// It waits for somebody else's approval.
    Waiting,
    /// It may be adopted.
    Approved {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It was adopted.
    Adopted,
    /// It was withdrawn.
    Withdrawn {
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Line,
    },
}

/// Where an edition of a plan stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// It is known here and was never drafted: it ships with the program.
    AtHand,
    /// It was drafted and checked, and waits for approval.
    Drafted,
    /// It was approved and not adopted yet.
    Approved,
    /// It was withdrawn before it was adopted.
    Withdrawn,
    /// It was adopted and takes force later.
    Coming,
    /// New incidents start on it.
    InForce,
    /// Another edition or plan took its place; what started on it goes on.
    Superseded,
}

/// A ruling on a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpretation {
    /// Its number.
    pub number: u32,
    /// The plan.
    pub plan: PlanId,
    /// The clause.
    pub clause: ClauseId,
    /// What was asked.
    pub question: BlobRef,
    /// What holds.
    pub ruling: BlobRef,
    /// In which role of the plan, if in one.
    pub role: Option<RoleId>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// By whom, when and why it was withdrawn.
    pub withdrawn: Option<(PersonId, Timestamp, Line)>,
}

/// The official wording of a clause or of a whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Its bytes.
    pub wording: BlobRef,
    /// When it was attached.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// Who fills a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The organisation.
    pub organisation: Option<OrganisationId>,
    /// People who fill it in person.
    pub persons: BTreeSet<PersonId>,
}

impl Centre {
    /// The centre as of a time: what was to take force by then has.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        let mut centre = self.clone();
        let mut due: Vec<_> = std::mem::take(&mut centre.coming).into_values().collect();
        due.sort_by_key(|adopted| adopted.from);
        for adopted in due {
            if adopted.from.is_none_or(|from| from <= now) {
                centre.take_force(adopted);
            } else {
                centre.coming.insert(adopted.plan.plan.clone(), adopted);
            }
        }
        centre
    }

    /// When the next edition takes force.
    pub fn next_change(&self) -> Option<Timestamp> {
        self.coming.values().filter_map(|adopted| adopted.from).min()
    }

    /// The edition of a plan that new incidents start on.
    pub fn edition(&self, plan: &PlanId) -> Option<&PlanRef> {
        self.in_force.get(plan).map(|adopted| &adopted.plan)
    }

    /// The editions in force, the leading one first, then as they were adopted.
    pub fn editions(&self) -> Vec<&PlanRef> {
        let mut adopted: Vec<&Adopted> = self.in_force.values().collect();
        adopted.sort_by_key(|it| (Some(&it.plan.plan) != self.lead.as_ref(), it.at));
        adopted.into_iter().map(|it| &it.plan).collect()
    }

    /// Where an edition stands in its life.
    pub fn life(&self, plan: &PlanRef) -> Life {
        if self.edition(&plan.plan) == Some(plan) {
            return Life::InForce;
        }
        if self.coming.get(&plan.plan).is_some_and(|coming| coming.plan == *plan) {
            return Life::Coming;
        }
        match self.drafts.get(plan).map(|draft| &draft.state) {
            Some(DraftState::Waiting) => Life::Drafted,
            Some(DraftState::Approved { .. }) => Life::Approved,
            Some(DraftState::Withdrawn { .. }) if !self.adopted.contains_key(plan) => {
                Life::Withdrawn
            }
            Some(DraftState::Adopted | DraftState::Withdrawn { .. }) => Life::Superseded,
            None if self.adopted.contains_key(plan) => Life::Superseded,
            None => Life::AtHand,
        }
    }

    /// Roles that must be filled before the program may start, and are not.
    pub fn unbound_roles(&self, plan: &Plan) -> Vec<RoleId> {
        plan.roles
            .values()
            .filter(|role| match role.bound {
                Binding::Deployment => self.filled_by(&plan.id, &role.id, None).is_none(),
                Binding::Optional
                | Binding::Outside
                | Binding::Affected
                | Binding::District
                | Binding::Set
                | Binding::Sector
                | Binding::Converted => false,
            })
            .map(|role| role.id.clone())
            .collect()
    }

    /// Who fills a role: in that district, else everywhere.
    pub fn filled_by(
        &self,
        plan: &PlanId,
        role: &RoleId,
        district: Option<&DistrictCode>,
    ) -> Option<&Bound> {
        self.filled_at(plan, role, Place { district, sector: None })
    }

    /// Who fills a role: for that sector in that district, for one of them, else everywhere.
    pub fn filled_at(&self, plan: &PlanId, role: &RoleId, place: Place<'_>) -> Option<&Bound> {
        let key = |district: Option<&DistrictCode>, sector: Option<&Line>| RoleKey {
            plan: plan.clone(),
            role: role.clone(),
            district: district.cloned(),
            sector: sector.cloned(),
        };
        let Place { district, sector } = place;
        [(district, sector), (None, sector), (district, None), (None, None)]
            .into_iter()
            .find_map(|(district, sector)| self.bindings.get(&key(district, sector)))
    }

    /// The roles that an organisation and a person fill here, plan by plan.
    pub fn roles_of(
        &self,
        organisation: Option<OrganisationId>,
        person: PersonId,
    ) -> BTreeMap<PlanId, BTreeSet<RoleId>> {
        let mut roles: BTreeMap<PlanId, BTreeSet<RoleId>> = BTreeMap::new();
        for (key, bound) in &self.bindings {
            let fills = bound.persons.contains(&person)
                || (organisation.is_some() && bound.organisation == organisation);
            if fills {
                roles.entry(key.plan.clone()).or_default().insert(key.role.clone());
            }
        }
        roles
    }

    /// Rulings on a clause that hold, the newest first.
    pub fn rulings<'a>(
        &'a self,
        plan: &'a PlanId,
        clause: &'a ClauseId,
    ) -> impl Iterator<Item = &'a Interpretation> {
        self.interpretations
            .values()
            .rev()
            .filter(move |it| it.plan == *plan && it.clause == *clause && it.withdrawn.is_none())
    }

    /// An edition takes force: it takes the place of the one before, and of plans that it supersedes.
    fn take_force(&mut self, adopted: Adopted) {
        let plan = adopted.plan.plan.clone();
        for ended in &adopted.supersedes {
            self.in_force.remove(ended);
        }
        if self.lead.as_ref().is_none_or(|lead| adopted.supersedes.contains(lead)) {
            self.lead = Some(plan.clone());
        }
        self.in_force.insert(plan, adopted);
    }
}
