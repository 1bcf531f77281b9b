//! Who is looking, and what they may see.
//!
//! Every read goes through a [`Viewer`]. What it may see is a set of sight keys that the store
//! compares in SQL with the keys of each stream: lists, pages, files, API and live streams alike.
//! Streams show themselves to keys such as `org:…`, `district:…`, `role:…`; see `project`.

use std::collections::BTreeSet;

use fengsui_response::{Actor, Capacity};
use fengsui_store::Sight;
use fengsui_vocabulary::{DistrictCode, OrganisationId, PersonId, PlanId, RoleId};

/// Somebody who looks at the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The person as the response knows it.
    pub actor: Actor,
    /// How the screens call them.
    pub name: String,
    /// How far they see.
    pub reach: Reach,
    /// Their own organisation and everything below it.
    pub organisations: BTreeSet<OrganisationId>,
}

/// How far somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those who handle incidents of the whole plan: everything.
    Whole,
    /// The authority of a district: what happens there, and what is addressed to it.
    District(DistrictCode),
    /// What is addressed to their roles, and what is their own.
    Own,
}

impl Viewer {
    /// The person.
    pub fn person(&self) -> PersonId {
        self.actor.person
    }

    /// What this viewer may see, for the store to filter by.
    pub fn sight(&self) -> Sight {
        let mut keys: BTreeSet<String> = self.organisations.iter().map(organisation_key).collect();
        match &self.reach {
            Reach::Whole => return Sight::Everything,
            Reach::District(district) => {
                keys.insert(district_key(district));
            }
            Reach::Own => {}
        }
        keys.extend(self.actor.every_role().map(|(plan, role)| role_key(plan, role)));
        keys.insert(person_key(self.actor.person));
        Sight::Keys(keys)
    }

    /// What is this viewer's own as an affected organisation, beyond what it may see in full.
    pub fn own_sight(&self) -> Sight {
        Sight::Keys(self.organisations.iter().map(own_key).collect())
    }

    /// Whether this viewer sees the part of an incident that is one organisation's own.
    pub fn may_see_organisation(
        &self,
        organisation: OrganisationId,
        district: Option<&DistrictCode>,
    ) -> bool {
        match &self.reach {
            Reach::Whole => true,
            Reach::District(mine) => {
                district == Some(mine) || self.organisations.contains(&organisation)
            }
            Reach::Own => self.organisations.contains(&organisation) || self.fills_a_role(),
        }
    }

    /// Whether this viewer sees the entry of an organisation of the registry.
    pub fn sees_entry(
        &self,
        organisation: OrganisationId,
        district: Option<&DistrictCode>,
    ) -> bool {
        let is_own = self.organisations.contains(&organisation);
        match &self.reach {
            Reach::Whole => true,
            Reach::District(mine) if district == Some(mine) => true,
            Reach::District(_) | Reach::Own => is_own || self.is(Capacity::Registrar),
        }
    }

    /// Whether the person works in a capacity.
    pub fn is(&self, capacity: Capacity) -> bool {
        self.actor.capacities.contains(&capacity)
    }

    /// Whether the person works in any of these capacities.
    pub fn is_any(&self, capacities: &[Capacity]) -> bool {
        capacities.iter().any(|capacity| self.is(*capacity))
    }

    /// Whether incidents are this person's work, not only their organisation's misfortune.
    pub fn handles(&self) -> bool {
        self.reach != Reach::Own || self.fills_a_role()
    }

    /// Whether the person fills a role of any plan.
    fn fills_a_role(&self) -> bool {
        self.actor.every_role().next().is_some()
    }
}

/// Shows a stream to an organisation and those above it.
pub(crate) fn organisation_key(organisation: &OrganisationId) -> String {
    format!("org:{organisation}")
}

/// Shows a stream to the authority of a district.
pub(crate) fn district_key(district: &DistrictCode) -> String {
    format!("district:{district}")
}

/// Shows a stream to whoever holds a role of this plan.
pub(crate) fn role_key(plan: &PlanId, role: &RoleId) -> String {
    format!("role:{plan}/{role}")
}

/// Shows a stream to one person.
pub(crate) fn person_key(person: PersonId) -> String {
    format!("person:{person}")
}

/// What waits for whoever works in a capacity.
pub(crate) fn capacity_key(capacity: Capacity) -> String {
    format!("capacity:{}", capacity.name())
}

/// Marks a stream as an affected organisation's own, for its page only.
pub(crate) fn own_key(organisation: &OrganisationId) -> String {
    format!("own:{organisation}")
}
