//! Who asks: data inside every command, so that nothing has to be looked up while deciding.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use fengsui_vocabulary::{OrganisationId, PersonId, PlanId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A person with what they are at the moment of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Whose member.
    pub organisation: Option<OrganisationId>,
    /// The plan that leads here, whose roles `roles` are.
    pub lead: Option<PlanId>,
    /// The roles of that plan that the person fills, through the organisation or in person.
    pub roles: BTreeSet<RoleId>,
    /// The roles of the other plans: packs share role ids, and nobody acts under one plan by what was
    /// bound under another.
    pub elsewhere: BTreeMap<PlanId, BTreeSet<RoleId>>,
    /// What the person may do in this centre besides.
    pub capacities: BTreeSet<Capacity>,
}

impl Actor {
    /// A reporter without an account, or whoever holds a report's number and secret.
    pub const PUBLIC: PersonId = PersonId::from_bits(0);

    /// The program itself: mail intake, the clock.
    pub const PROGRAM: PersonId = PersonId::from_bits(1);

    /// The public: no roles, no capacities.
    pub const fn public() -> Self {
        Self::without_roles(Self::PUBLIC)
    }

    /// The program: no roles, no capacities.
    pub const fn program() -> Self {
        Self::without_roles(Self::PROGRAM)
    }

    /// The roles that the person fills under one plan.
    pub fn roles_under(&self, plan: &PlanId) -> &BTreeSet<RoleId> {
        static NONE: BTreeSet<RoleId> = BTreeSet::new();
        if self.lead.as_ref() == Some(plan) {
            return &self.roles;
        }
        self.elsewhere.get(plan).unwrap_or(&NONE)
    }

    /// Every role that the person fills, with the plan it belongs to.
    pub fn every_role(&self) -> impl Iterator<Item = (&PlanId, &RoleId)> {
        let own = self.lead.iter().flat_map(|plan| self.roles.iter().map(move |role| (plan, role)));
        own.chain(
            self.elsewhere.iter().flat_map(|(plan, roles)| roles.iter().map(move |it| (plan, it))),
        )
    }

    /// Whether the person has this capacity.
    pub fn has(&self, capacity: Capacity) -> bool {
        self.capacities.contains(&capacity)
    }

    /// Whether nobody in particular is behind it.
    pub fn is_nobody(&self) -> bool {
        self.person == Self::PUBLIC || self.person == Self::PROGRAM
    }

    const fn without_roles(person: PersonId) -> Self {
        Self {
            person,
            organisation: None,
            lead: None,
            roles: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            capacities: BTreeSet::new(),
        }
    }
}

/// What a person may do in a centre, besides what the plan gives to roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Works at the desk: takes in, handles.
    Officer,
    /// Decides for an authority.
    Leader,
    /// Keeps the registry of organisations.
    Registrar,
    /// Keeps the plan and its bindings.
    PlanOfficer,
    /// Speaks for an organisation that is affected or addressed.
    Liaison,
    /// Reads the journal.
    Auditor,
    /// Keeps accounts.
    Administrator,
}

impl Capacity {
    /// Every capacity, in order.
    pub const ALL: [Self; 7] = [
        Self::Officer,
        Self::Leader,
        Self::Registrar,
        Self::PlanOfficer,
        Self::Liaison,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The word used in payloads, files and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Leader => "leader",
            Self::Registrar => "registrar",
            Self::PlanOfficer => "plan-officer",
            Self::Liaison => "liaison",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }
}

/// A word that names no capacity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no capacity; there are officer, leader, registrar, plan-officer, liaison, auditor, administrator"
)]
pub struct CapacityUnknown(String);

impl FromStr for Capacity {
    type Err = CapacityUnknown;

    fn from_str(text: &str) -> Result<Self, CapacityUnknown> {
        let name = text.trim().replace('_', "-");
        let known = Self::ALL.into_iter().find(|capacity| capacity.name() == name);
        known.ok_or_else(|| CapacityUnknown(text.chars().take(32).collect()))
    }
}

/// A command with whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<C> {
    /// Who asks.
    pub by: Actor,
    /// In which role; none lets the plan choose the first of the actor's roles that it permits.
    pub role: Option<RoleId>,
    /// When it happened; none means now. May lie in the past (back-entry), never in the future.
    pub happened_at: Option<Timestamp>,
    /// What is asked.
    pub command: C,
}

impl<C> Asked<C> {
    /// A command as of now, in whatever role fits.
    pub const fn now(by: Actor, command: C) -> Self {
        Self { by, role: None, happened_at: None, command }
    }

    /// The same as of an earlier time.
    #[must_use]
    pub fn at(mut self, happened_at: Timestamp) -> Self {
        self.happened_at = Some(happened_at);
        self
    }

    /// The same in one role.
    #[must_use]
    pub fn in_role(mut self, role: RoleId) -> Self {
        self.role = Some(role);
        self
    }
}
