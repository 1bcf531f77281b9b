//! The centre itself: the plans that it adopted, and who fills their roles here.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Binding, Plan};
use fengsui_vocabulary::{DistrictCode, OrganisationId, PersonId, PlanId, RoleId};
use jiff::Timestamp;

use crate::{
    Asked, BlobRef, Capacity, CentreEvent, Decided, PlanAdopted, PlanRef, Recorded, Refusal,
    RoleBound, RoleUnbound, Scene,
};

/// The centre as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Centre {
    /// The edition of each plan that new incidents start on.
    pub in_force: BTreeMap<PlanId, Adopted>,
    /// Every edition ever adopted.
    pub adopted: BTreeMap<PlanRef, Adopted>,
    /// Who fills which role, by district where the role differs by district.
    pub bindings: BTreeMap<RoleKey, Bound>,
}

/// A role of a plan, in one district or everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleKey {
    /// The plan.
    pub plan: PlanId,
    /// The role.
    pub role: RoleId,
    /// The district, where the role differs by district.
    pub district: Option<DistrictCode>,
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
}

/// Who fills a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The organisation.
    pub organisation: Option<OrganisationId>,
    /// People who fill it in person.
    pub persons: BTreeSet<PersonId>,
}

/// What may be asked of the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CentreCommand {
    /// Adopt an edition of a plan; it must be at hand.
    AdoptPlan {
        /// The edition.
        plan: PlanRef,
        /// The pack's bytes.
        bytes: BlobRef,
        /// Its calendars' bytes by id.
        calendars: BTreeMap<String, BlobRef>,
    },
    /// Say who fills a role; replaces whoever filled it.
    BindRole {
        /// Which role.
        role: RoleKey,
        /// Who fills it.
        bound: Bound,
    },
    /// Say that nobody fills a role.
    UnbindRole {
        /// Which role.
        role: RoleKey,
    },
}

impl CentreCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AdoptPlan { .. } => "adopt-plan",
            Self::BindRole { .. } => "bind-role",
            Self::UnbindRole { .. } => "unbind-role",
        }
    }
}

impl Centre {
    /// The edition of a plan that new incidents start on.
    pub fn edition(&self, plan: &PlanId) -> Option<&PlanRef> {
        self.in_force.get(plan).map(|adopted| &adopted.plan)
    }

    /// Roles that must be filled before the program may start, and are not.
    pub fn unbound_roles(&self, plan: &Plan) -> Vec<RoleId> {
        plan.roles
            .values()
            .filter(|role| match role.bound {
                Binding::Deployment => self.filled_by(&plan.id, &role.id, None).is_none(),
                Binding::Optional
                | Binding::Affected
                | Binding::District
                | Binding::Set
                | Binding::Sector
                | Binding::Outside
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
        let key = |district: Option<&DistrictCode>| RoleKey {
            plan: plan.clone(),
            role: role.clone(),
            district: district.cloned(),
        };
        self.bindings.get(&key(district)).or_else(|| self.bindings.get(&key(None)))
    }

    /// The roles of a plan that an organisation and a person fill here.
    pub fn roles_of(
        &self,
        organisation: Option<OrganisationId>,
        person: PersonId,
    ) -> BTreeSet<RoleId> {
        self.bindings
            .iter()
            .filter(|(_, bound)| {
                bound.persons.contains(&person)
                    || (organisation.is_some() && bound.organisation == organisation)
            })
            .map(|(key, _)| key.role.clone())
            .collect()
    }
}

/// Decides what follows from a command to the centre.
pub fn decide(
    centre: &Centre,
    asked: &Asked<CentreCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<CentreEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    if !asked.by.has(Capacity::PlanOfficer) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::PlanOfficer });
    }
    let event = match &asked.command {
        CentreCommand::AdoptPlan { plan, bytes, calendars } => {
            scene.plan(plan)?;
            if centre.edition(&plan.plan) == Some(plan) {
                return Err(Refusal::NoChange);
            }
            PlanAdopted { plan: plan.clone(), bytes: bytes.clone(), calendars: calendars.clone() }
                .into()
        }
        CentreCommand::BindRole { role, bound } => {
            check_role(centre, role, scene)?;
            if bound.organisation.is_none() && bound.persons.is_empty() {
                return Err(Refusal::Nothing { what: "organisation or person" });
            }
            if centre.bindings.get(role) == Some(bound) {
                return Err(Refusal::NoChange);
            }
            RoleBound {
                plan: role.plan.clone(),
                role: role.role.clone(),
                district: role.district.clone(),
                organisation: bound.organisation,
                persons: bound.persons.clone(),
            }
            .into()
        }
        CentreCommand::UnbindRole { role } => {
            if !centre.bindings.contains_key(role) {
                return Err(Refusal::NoChange);
            }
            let RoleKey { plan, role, district } = role.clone();
            RoleUnbound { plan, role, district }.into()
        }
    };
    Ok(vec![Decided { happened_at, on_behalf_of: None, event }])
}

/// Brings the centre up to date with one event.
pub fn evolve(centre: &mut Centre, recorded: &Recorded<CentreEvent>) {
    match &recorded.event {
        CentreEvent::PlanAdopted(adopted) => {
            let edition = Adopted {
                plan: adopted.plan.clone(),
                bytes: adopted.bytes.clone(),
                calendars: adopted.calendars.clone(),
                at: recorded.happened_at,
                by: recorded.actor,
            };
            centre.adopted.insert(adopted.plan.clone(), edition.clone());
            centre.in_force.insert(adopted.plan.plan.clone(), edition);
        }
        CentreEvent::RoleBound(bound) => {
            let key = RoleKey {
                plan: bound.plan.clone(),
                role: bound.role.clone(),
                district: bound.district.clone(),
            };
            let by = Bound { organisation: bound.organisation, persons: bound.persons.clone() };
            centre.bindings.insert(key, by);
        }
        CentreEvent::RoleUnbound(unbound) => {
            centre.bindings.remove(&RoleKey {
                plan: unbound.plan.clone(),
                role: unbound.role.clone(),
                district: unbound.district.clone(),
            });
        }
    }
}

fn check_role(centre: &Centre, role: &RoleKey, scene: &Scene<'_>) -> Result<(), Refusal> {
    let unknown = |what, name: &str| Err(Refusal::Unknown { what, name: name.to_owned() });
    let Some(edition) = centre.edition(&role.plan) else {
        return unknown("adopted plan", role.plan.as_str());
    };
    if !scene.plan(edition)?.roles.contains_key(&role.role) {
        return unknown("role", role.role.as_str());
    }
    Ok(())
}
