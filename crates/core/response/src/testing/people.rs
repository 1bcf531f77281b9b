//! Who acts in tests.

use std::collections::BTreeMap;

use fengsui_vocabulary::{OrganisationId, PersonId, RoleId};

use crate::{Actor, Capacity};

/// The unit where it happened.
pub const UNIT: OrganisationId = OrganisationId::from_bits(100);
/// Another unit.
pub const OTHER_UNIT: OrganisationId = OrganisationId::from_bits(101);
/// The Office of the Commission.
pub const OFFICE: OrganisationId = OrganisationId::from_bits(1);
/// The linkage centre.
pub const LINKAGE: OrganisationId = OrganisationId::from_bits(2);
/// The Commission.
pub const COMMISSION: OrganisationId = OrganisationId::from_bits(3);

/// Lin, of the Office, on duty.
pub fn lin() -> Actor {
    person(10, OFFICE, &["cac_office", "cac_duty_room"], &[Capacity::Officer])
}

/// Chen, of the Office too.
pub fn chen() -> Actor {
    person(11, OFFICE, &["cac_office"], &[Capacity::Officer])
}

/// Mara, of the linkage centre.
pub fn mara() -> Actor {
    person(20, LINKAGE, &["linkage_centre"], &[Capacity::Officer])
}

/// Wei, of the linkage centre too.
pub fn wei() -> Actor {
    person(21, LINKAGE, &["linkage_centre"], &[Capacity::Officer])
}

/// Gao, who leads the Commission.
pub fn gao() -> Actor {
    person(30, COMMISSION, &["commission"], &[Capacity::Leader])
}

/// Tang, who speaks for the unit.
pub fn tang() -> Actor {
    person(40, UNIT, &[], &[Capacity::Liaison])
}

/// Sun, who speaks for another unit.
pub fn sun() -> Actor {
    person(41, OTHER_UNIT, &[], &[Capacity::Liaison])
}

/// Rui, who keeps the registry, the plan and the accounts.
pub fn rui() -> Actor {
    let capacities = [Capacity::Registrar, Capacity::PlanOfficer, Capacity::Administrator];
    person(50, OFFICE, &[], &capacities)
}

fn person(
    number: u128,
    organisation: OrganisationId,
    roles: &[&str],
    capacities: &[Capacity],
) -> Actor {
    Actor {
        person: PersonId::from_bits(number),
        organisation: Some(organisation),
        lead: "shanghai-2019".parse().ok(),
        roles: roles.iter().filter_map(|role| role.parse::<RoleId>().ok()).collect(),
        elsewhere: BTreeMap::new(),
        capacities: capacities.iter().copied().collect(),
    }
}
