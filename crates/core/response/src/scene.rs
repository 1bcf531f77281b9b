//! What a decision may look at besides the state: the time and the plans.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Act, Authority, Plan};
use fengsui_vocabulary::{LevelId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::house::House;
use crate::{Asked, Refusal};

/// One edition of a plan: an incident keeps the one on which it started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRef {
    /// The plan.
    pub plan: PlanId,
    /// SHA-256 of the pack's bytes, in lower-case hexadecimal digits.
    pub hash: String,
}

impl PlanRef {
    /// The edition that this plan is.
    pub fn of(plan: &Plan) -> Self {
        Self { plan: plan.id.clone(), hash: plan.hash.clone() }
    }
}

/// The plans at hand, by edition, and which of them are in force here.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    plans: BTreeMap<PlanRef, Arc<Plan>>,
    in_force: BTreeSet<PlanRef>,
    house: Arc<House>,
}

impl Packs {
    /// The rules of the house beside the plans.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// Says which rules of the house are in force.
    pub fn set_house(&mut self, house: Arc<House>) {
        self.house = house;
    }

    /// Adds a plan.
    pub fn insert(&mut self, plan: Arc<Plan>) {
        self.plans.insert(PlanRef::of(&plan), plan);
    }

    /// One edition.
    pub fn of(&self, plan: &PlanRef) -> Option<&Arc<Plan>> {
        self.plans.get(plan)
    }

    /// Says which editions are in force here; the others are at hand for what started on them.
    pub fn set_in_force(&mut self, editions: impl IntoIterator<Item = PlanRef>) {
        self.in_force = editions.into_iter().collect();
    }

    /// Whether an edition is in force here.
    pub fn is_in_force(&self, edition: &PlanRef) -> bool {
        self.in_force.contains(edition)
    }

    /// The editions in force.
    pub fn in_force(&self) -> impl Iterator<Item = &PlanRef> {
        self.in_force.iter()
    }

    /// Every edition.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.plans.values()
    }
}

/// All of them are in force.
impl FromIterator<Arc<Plan>> for Packs {
    fn from_iter<I: IntoIterator<Item = Arc<Plan>>>(plans: I) -> Self {
        let mut packs = Self::default();
        for plan in plans {
            packs.in_force.insert(PlanRef::of(&plan));
            packs.insert(plan);
        }
        packs
    }
}

/// The time and the plans.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What time it is.
    pub now: Timestamp,
    /// The plans at hand.
    pub packs: &'a Packs,
}

impl<'a> Scene<'a> {
    /// A scene at a time.
    pub const fn new(now: Timestamp, packs: &'a Packs) -> Self {
        Self { now, packs }
    }

    /// A plan, or the refusal that it is not at hand.
    pub(crate) fn plan(&self, plan: &PlanRef) -> Result<&'a Plan, Refusal> {
        self.packs
            .of(plan)
            .map(Arc::as_ref)
            .ok_or_else(|| Refusal::PlanNotAtHand { plan: plan.plan.clone() })
    }

    /// When it happened: what was said, if that can be, else now.
    pub(crate) fn happened_at<C>(&self, asked: &Asked<C>) -> Result<Timestamp, Refusal> {
        let at = asked.happened_at.unwrap_or(self.now);
        check_time(at, self.now)?;
        Ok(at)
    }
}

/// Refuses a time after `latest` or before this century.
pub(crate) fn check_time(at: Timestamp, latest: Timestamp) -> Result<(), Refusal> {
    if at > latest {
        return Err(Refusal::InTheFuture { at, latest });
    }
    if at.to_zoned(TimeZone::UTC).date() < date(YEAR_MIN, 1, 1) {
        return Err(Refusal::TooLongAgo { at });
    }
    Ok(())
}

/// In which role the actor does this, and by which authority of the plan.
pub(crate) fn acting<'p, C>(
    asked: &Asked<C>,
    plan: &'p Plan,
    act: Act,
    level: Option<&LevelId>,
) -> Result<(RoleId, &'p Authority), Refusal> {
    if let Some(role) = &asked.role {
        holds(asked, &plan.id, role)?;
        return Ok((role.clone(), plan.may(role, act, level)?));
    }
    let mut refused = None;
    for role in asked.by.roles_under(&plan.id) {
        match plan.may(role, act, level) {
            Ok(authority) => return Ok((role.clone(), authority)),
            Err(because) => refused = Some(Refusal::NotAuthorised(because)),
        }
    }
    Err(refused.unwrap_or(Refusal::NoRole { act }))
}

/// Refuses a role that the actor does not fill under this plan.
pub(crate) fn holds<C>(asked: &Asked<C>, plan: &PlanId, role: &RoleId) -> Result<(), Refusal> {
    if asked.by.roles_under(plan).contains(role) {
        Ok(())
    } else {
        Err(Refusal::NotInRole { role: role.clone() })
    }
}

/// Nobody reports in this program what happened before this year.
const YEAR_MIN: i16 = 2000;
