//! Who does here what a text leaves open, as the deployment names it.
//!
//! A policy never overrules a text: it fills a gap, or replaces the pack's own proposal for one.

use std::collections::BTreeSet;

use fengsui_plan::{Act, Authority, How, Plan};
use fengsui_vocabulary::{LevelId, Line, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use super::decide::{Case, next, one, plan_in_force, unknown};
use super::{Centre, NamePolicy};
use crate::{CentreEvent, PolicyHow, PolicyNamed, Refusal};

/// A policy of this deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its number.
    pub number: u32,
    /// The plan.
    pub plan: PlanId,
    /// What the text leaves open.
    pub act: Act,
    /// The levels it is for; empty means every level.
    pub levels: BTreeSet<LevelId>,
    /// Who does it.
    pub how: PolicyHow,
    /// Why.
    pub reason: Line,
    /// Who named it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Where it stands.
    pub state: PolicyState,
}

/// Where a policy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyState {
    /// It waits for somebody else's approval.
    Waiting,
    /// It holds.
    Approved {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It does not hold any more.
    Withdrawn {
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Line,
    },
}

impl Centre {
    /// The plan as it holds here: what its text leaves open is done by whom the policies name. None
    /// where no policy is about it.
    pub fn effective(&self, plan: &Plan) -> Option<Plan> {
        let mut policies = self.policies_of(&plan.id).peekable();
        policies.peek()?;
        let mut effective = plan.clone();
        for policy in policies {
            name_in(&mut effective, policy);
        }
        Some(effective)
    }

    /// The policies that hold for a plan, oldest first.
    pub fn policies_of<'a>(&'a self, plan: &'a PlanId) -> impl Iterator<Item = &'a Policy> {
        let holds = |policy: &&Policy| matches!(policy.state, PolicyState::Approved { .. });
        self.policies.values().filter(move |it| it.plan == *plan).filter(holds)
    }
}

/// What a pack leaves open, and its own proposals for it.
pub(super) fn is_left_open(authority: &Authority) -> bool {
    authority.how == How::Undefined || authority.policy.is_some()
}

pub(super) fn name(case: &Case<'_>, it: &NamePolicy) -> Result<Vec<CentreEvent>, Refusal> {
    let plan = plan_in_force(case, &it.plan)?;
    if let Some(level) = it.levels.iter().find(|level| plan.level(level).is_none()) {
        return Err(unknown("level", level));
    }
    check_roles(plan, &it.how)?;
    let about = |authority: &&Authority| {
        authority.act == it.act
            && (it.levels.is_empty()
                || authority.levels.is_empty()
                || authority.levels.iter().any(|level| it.levels.contains(level)))
    };
    let mut authorities = plan.authorities.iter().filter(about).peekable();
    if authorities.peek().is_none() {
        return Err(unknown("authority for this act", it.act.name()));
    }
    // With levels, the text must leave each of them open; without, some of them.
    let named: Vec<_> = authorities.filter(|authority| !is_left_open(authority)).collect();
    let leaves_some = plan.authorities.iter().any(|it_| about(&it_) && is_left_open(it_));
    if let Some(authority) = named.first().filter(|_| !it.levels.is_empty() || !leaves_some) {
        return Err(Refusal::NotLeftOpen { act: it.act, clause: authority.clause.clone() });
    }
    one(PolicyNamed {
        number: next(case.centre.policies.keys()),
        plan: it.plan.clone(),
        act: it.act,
        levels: it.levels.clone(),
        how: it.how.clone(),
        reason: it.reason.clone(),
    })
}

fn check_roles(plan: &Plan, how: &PolicyHow) -> Result<(), Refusal> {
    let lists: &[&Vec<RoleId>] = match how {
        PolicyHow::Any(roles) | PolicyHow::Joint(roles) => &[roles],
        PolicyHow::Approval { propose, approve } => &[propose, approve],
    };
    for roles in lists {
        crate::books::check_count("roles", roles.len(), ROLES_MAX)?;
        if let Some(role) = roles.iter().find(|role| !plan.roles.contains_key(*role)) {
            return Err(unknown("role", role));
        }
    }
    match how {
        PolicyHow::Joint(roles) if roles.len() < 2 => Err(Refusal::Nothing { what: "second role" }),
        PolicyHow::Any(_) | PolicyHow::Joint(_) | PolicyHow::Approval { .. } => Ok(()),
    }
}

fn name_in(plan: &mut Plan, policy: &Policy) {
    let how = match policy.how.clone() {
        PolicyHow::Any(roles) => How::AnyOf(roles),
        PolicyHow::Joint(roles) => How::Joint(roles),
        PolicyHow::Approval { propose, approve } => How::Approval { propose, approve },
    };
    if policy.levels.is_empty() {
        let open = |it: &&mut Authority| it.act == policy.act && is_left_open(it);
        for authority in plan.authorities.iter_mut().filter(open) {
            authority.how = how.clone();
        }
        return;
    }
    for level in &policy.levels {
        let Some(open) = plan.authority(policy.act, Some(level)).filter(|it| is_left_open(it))
        else {
            continue; // a later edition of the pack names somebody: the text goes before
        };
        let levels = vec![level.clone()];
        let named = Authority { levels, how: how.clone(), ..open.clone() };
        plan.authorities.insert(0, named);
    }
}

/// Roles of one policy.
const ROLES_MAX: usize = 20;
