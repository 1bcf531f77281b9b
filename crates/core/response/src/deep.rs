//! Walking every state that a response can reach under a plan: is one of them a dead end?
//!
//! A cast of one person for each role plays everything that the plan gives to anybody, by the same
//! `decide` and `evolve` that run in the centre; so what is proven is what runs. States are told apart
//! by what decisions look at; notes, measures, headquarters and texts move no decision and are left
//! out. From every state it must stay possible to close, and whatever is asked must find somebody to
//! answer it.
//!
//! Not here: whether the people of one centre are enough; one person there may fill several roles.
//! Start reading at [`walk()`].

mod asked;
mod cast;
mod closing;
mod key;
mod stage;
mod steps;
mod walk;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_plan::{Act, Binding, How, Plan};
use fengsui_vocabulary::{ClauseId, Label, LevelId, PlanId, RoleId};
use serde::Serialize;

use self::cast::Cast;
use self::walk::Walk;

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deep {
    /// The plan.
    pub plan: PlanId,
    /// Whether the plan leads incidents at all; one that only imposes duties has no states to walk.
    pub leads: bool,
    /// States that were reached.
    pub states: usize,
    /// Commands that took effect in them.
    pub transitions: usize,
    /// States out of which there is no way, or in which something asked finds nobody to answer.
    pub dead_ends: Vec<DeadEnd>,
    /// What the plan gives to nobody until the deployment names a policy.
    pub blocked: Vec<Blocked>,
    /// Whether every reachable state was reached within the bounds; if not, nothing is proven.
    pub finished: bool,
}

/// A state out of which there is no way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadEnd {
    /// The commands that lead there.
    pub path: Vec<String>,
    /// How things stand there.
    pub stuck_at: String,
    /// What is missing.
    pub why: Label,
    /// Who was there.
    pub cast: Optional,
}

/// An act that the plan leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// Which.
    pub act: Act,
    /// At which levels; none named means every level.
    pub levels: Vec<LevelId>,
    /// The clause that leaves it open.
    pub clause: ClauseId,
    /// The policy that would fill the gap.
    pub policy: Option<String>,
}

/// Whether somebody fills the roles that a deployment may leave unbound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Optional {
    /// Every one of them is filled.
    Filled,
    /// None of them is.
    Unfilled,
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// States at most.
    pub states_max: usize,
    /// Commands on the way to one state at most.
    pub depth_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { states_max: 20_000, depth_max: 40 }
    }
}

impl Deep {
    /// Whether it is proven that no state is a dead end.
    pub const fn is_proven(&self) -> bool {
        self.leads && self.finished && self.dead_ends.is_empty()
    }
}

/// Walks the reachable states of a response under a plan.
pub fn walk(plan: &Arc<Plan>, bounds: Bounds) -> Deep {
    let mut deep = Deep {
        plan: plan.id.clone(),
        leads: leads(plan),
        states: 0,
        transitions: 0,
        dead_ends: Vec::new(),
        blocked: blocked(plan),
        finished: true,
    };
    if !deep.leads {
        return deep;
    }
    let casts: &[Optional] = if needs_optional_roles(plan) {
        &[Optional::Filled, Optional::Unfilled]
    } else {
        &[Optional::Filled]
    };
    for optional in casts {
        let found = Walk::new(plan, Cast::of(plan, *optional), bounds).walk();
        deep.states += found.states;
        deep.transitions += found.transitions;
        deep.finished &= found.finished;
        let known: BTreeSet<Label> = deep.dead_ends.iter().map(|end| end.why.clone()).collect();
        let fresh = found.dead_ends.into_iter().filter(|(_, _, why)| !known.contains(why));
        deep.dead_ends.extend(fresh.map(|(path, stuck_at, why)| DeadEnd {
            path,
            stuck_at,
            why,
            cast: *optional,
        }));
    }
    deep
}

/// Whether incidents are handled under this plan, or it only adds its duties to another's.
fn leads(plan: &Plan) -> bool {
    const LEADING: [Act; 3] = [Act::AcceptReport, Act::StartResponse, Act::CloseIncident];
    plan.authorities.iter().any(|authority| LEADING.contains(&authority.act))
}

fn blocked(plan: &Plan) -> Vec<Blocked> {
    let open = plan.authorities.iter().filter(|authority| authority.how == How::Undefined);
    open.map(|authority| Blocked {
        act: authority.act,
        levels: authority.levels.clone(),
        clause: authority.clause.clone(),
        policy: authority.policy.clone(),
    })
    .collect()
}

/// Whether a role that may be left unbound acts or owes; else both casts are the same.
fn needs_optional_roles(plan: &Plan) -> bool {
    let is_optional = |role: &RoleId| cast::binding(plan, role) == Some(Binding::Optional);
    let acts = |how: &How| match how {
        How::AnyOf(roles) | How::Joint(roles) => roles.iter().any(is_optional),
        How::Approval { propose, approve } => propose.iter().chain(approve).any(is_optional),
        How::Higher(role) => is_optional(role),
        How::Undefined => false,
    };
    plan.authorities.iter().any(|authority| acts(&authority.how))
        || plan.duties.iter().any(|duty| duty.senders.iter().chain(&duty.to).any(is_optional))
}
