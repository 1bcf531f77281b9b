//! Organisations, the centre and people.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{Label, OrganisationId, PersonId};
use jiff::civil::date;

use crate::centre::{Bound, Centre, CentreCommand, RoleKey};
use crate::organisation::{Organisation, OrganisationCommand};
use crate::person::{Appointment, Person, PersonCommand};
use crate::testing::people::{LINKAGE, OFFICE, UNIT, lin, rui};
use crate::testing::{at, blob, line, shanghai};
use crate::{
    Actor, Asked, Capacity, Details, Packs, PlanRef, Refusal, Scene, centre, organisation, person,
};

fn details(zh: &str) -> Box<Details> {
    Box::new(Details {
        name: Label::new(zh, ""),
        parent: Some(OFFICE),
        district: None,
        sector: None,
        kinds: BTreeSet::new(),
        systems: Vec::new(),
        duty_telephone: None,
        responsible_post: None,
        contacts: None,
    })
}

fn ask_organisation(
    organisation: &mut Organisation,
    by: Actor,
    command: OrganisationCommand,
) -> Result<(), Refusal> {
    let (now, packs) = (at("10:00"), Packs::default());
    let asked = Asked::now(by, command);
    for decided in organisation::decide(organisation, &asked, &Scene::new(now, &packs))? {
        organisation::evolve(organisation, &decided.recorded(now, asked.by.person));
    }
    Ok(())
}

fn ask_centre(centre: &mut Centre, packs: &Packs, command: CentreCommand) -> Result<(), Refusal> {
    let now = at("10:00");
    let asked = Asked::now(rui(), command);
    for decided in centre::decide(centre, &asked, &Scene::new(now, packs))? {
        centre::evolve(centre, &decided.recorded(now, asked.by.person));
    }
    Ok(())
}

fn ask_person(person: &mut Person, by: Actor, command: PersonCommand) -> Result<(), Refusal> {
    let (now, packs) = (at("10:00"), Packs::default());
    let asked = Asked::now(by, command);
    for decided in person::decide(person, &asked, &Scene::new(now, &packs))? {
        person::evolve(person, &decided.recorded(now, asked.by.person));
    }
    Ok(())
}

fn register(zh: &str) -> OrganisationCommand {
    let valid_from = date(2026, 1, 1);
    OrganisationCommand::Register { organisation: UNIT, details: details(zh), valid_from }
}

#[test]
fn what_an_organisation_was_stays_readable() {
    let mut unit = Organisation::default();
    ask_organisation(&mut unit, rui(), register("甲单位")).unwrap();
    let change = OrganisationCommand::Change {
        details: details("乙单位"),
        valid_from: date(2026, 3, 1),
        valid_until: Some(date(2026, 3, 31)),
    };
    ask_organisation(&mut unit, rui(), change).unwrap();
    let name = |day| unit.on(day).map(|details| details.name.zh.as_str());
    assert_eq!(name(date(2025, 12, 31)), None);
    assert_eq!(name(date(2026, 2, 28)), Some("甲单位"));
    assert_eq!(name(date(2026, 3, 1)), Some("乙单位"));
    assert_eq!(name(date(2026, 4, 1)), Some("甲单位"));
}

#[test]
fn an_organisation_needs_a_registrar_and_a_chinese_name() {
    let mut unit = Organisation::default();
    let refused = ask_organisation(&mut unit, lin(), register("甲单位")).unwrap_err();
    assert_eq!(refused, Refusal::NeedsCapacity { capacity: Capacity::Registrar });
    let refused = ask_organisation(&mut unit, rui(), register("  ")).unwrap_err();
    assert_eq!(refused.name(), "name-out-of-range");
    ask_organisation(&mut unit, rui(), register("甲单位")).unwrap();
    let again = ask_organisation(&mut unit, rui(), register("甲单位")).unwrap_err();
    assert_eq!(again, Refusal::ExistsAlready);
}

#[test]
fn an_organisation_is_not_merged_into_itself_nor_changed_after_its_end() {
    let mut unit = Organisation::default();
    ask_organisation(&mut unit, rui(), register("甲单位")).unwrap();
    let close = |merged_into| OrganisationCommand::Close {
        closed_on: date(2026, 6, 30),
        merged_into,
        reason: line("合并"),
    };
    let refused = ask_organisation(&mut unit, rui(), close(Some(UNIT))).unwrap_err();
    assert_eq!(refused, Refusal::RelatedToItself);
    ask_organisation(&mut unit, rui(), close(Some(OFFICE))).unwrap();
    let refused = ask_organisation(&mut unit, rui(), close(None)).unwrap_err();
    assert_eq!(refused, Refusal::OrganisationClosed);
}

#[test]
fn unbound_roles_are_those_that_block_the_start() {
    let plan = shanghai();
    let packs = Packs::from_iter([plan.clone()]);
    let mut centre = Centre::default();
    let unbound = centre.unbound_roles(&plan);
    assert!(unbound.contains(&"cac_office".parse().unwrap()), "{unbound:?}");
    assert!(!unbound.contains(&"incident_unit".parse().unwrap()), "it is whoever is affected");

    let key =
        |role: &str| RoleKey { plan: plan.id.clone(), role: role.parse().unwrap(), district: None };
    let bind = |role: &str, organisation: OrganisationId| CentreCommand::BindRole {
        role: key(role),
        bound: Bound { organisation: Some(organisation), persons: BTreeSet::new() },
    };
    let refused = ask_centre(&mut centre, &packs, bind("cac_office", OFFICE)).unwrap_err();
    assert_eq!(refused.name(), "unknown", "the plan is not adopted yet");
    let adopt = CentreCommand::AdoptPlan {
        plan: PlanRef::of(&plan),
        bytes: blob(1),
        calendars: BTreeMap::new(),
    };
    ask_centre(&mut centre, &packs, adopt.clone()).unwrap();
    assert_eq!(ask_centre(&mut centre, &packs, adopt), Err(Refusal::NoChange));
    ask_centre(&mut centre, &packs, bind("cac_office", OFFICE)).unwrap();
    ask_centre(&mut centre, &packs, bind("linkage_centre", LINKAGE)).unwrap();
    assert!(ask_centre(&mut centre, &packs, bind("no_such_role", LINKAGE)).is_err());
    assert_eq!(centre.unbound_roles(&plan).len(), unbound.len() - 2);
    let roles = centre.roles_of(Some(OFFICE), PersonId::from_bits(10));
    assert_eq!(roles, BTreeSet::from(["cac_office".parse().unwrap()]));
    let unbind = CentreCommand::UnbindRole { role: key("cac_office") };
    ask_centre(&mut centre, &packs, unbind).unwrap();
    assert_eq!(centre.unbound_roles(&plan).len(), unbound.len() - 1);
}

#[test]
fn a_role_of_a_district_is_filled_there_or_everywhere() {
    let plan = shanghai();
    let packs = Packs::from_iter([plan.clone()]);
    let mut centre = Centre::default();
    let adopt = CentreCommand::AdoptPlan {
        plan: PlanRef::of(&plan),
        bytes: blob(1),
        calendars: BTreeMap::new(),
    };
    ask_centre(&mut centre, &packs, adopt).unwrap();
    let pudong = "310115".parse().unwrap();
    let bind = CentreCommand::BindRole {
        role: RoleKey {
            plan: plan.id.clone(),
            role: "district_authority".parse().unwrap(),
            district: Some("310115".parse().unwrap()),
        },
        bound: Bound { organisation: Some(UNIT), persons: BTreeSet::new() },
    };
    ask_centre(&mut centre, &packs, bind).unwrap();
    let role = "district_authority".parse().unwrap();
    let filled = |district| centre.filled_by(&plan.id, &role, district);
    assert_eq!(filled(Some(&pudong)).and_then(|bound| bound.organisation), Some(UNIT));
    assert_eq!(filled(None), None);
}

#[test]
fn nobody_appoints_or_dismisses_themselves() {
    let mut person = Person::default();
    let appoint = |number| PersonCommand::Appoint {
        person: PersonId::from_bits(number),
        appointment: Appointment::default(),
    };
    let refused = ask_person(&mut person, rui(), appoint(50)).unwrap_err();
    assert_eq!(refused.name(), "needs-second-person");
    assert_eq!(
        ask_person(&mut person, lin(), appoint(60)).unwrap_err(),
        Refusal::NeedsCapacity { capacity: Capacity::Administrator }
    );
    ask_person(&mut person, rui(), appoint(60)).unwrap();
    assert!(person.actor(&BTreeSet::new()).is_some());
    let dismiss = PersonCommand::Dismiss { reason: line("调离") };
    ask_person(&mut person, rui(), dismiss).unwrap();
    assert_eq!(person.actor(&BTreeSet::new()), None);
}

#[test]
fn whoever_keeps_accounts_does_not_audit() {
    let mut person = Person::default();
    let capacities = BTreeSet::from([Capacity::Auditor, Capacity::Administrator]);
    let appoint = PersonCommand::Appoint {
        person: PersonId::from_bits(60),
        appointment: Appointment { capacities, ..Appointment::default() },
    };
    let refused = ask_person(&mut person, Actor::program(), appoint).unwrap_err();
    assert_eq!(refused.name(), "capacities-conflict");
}
