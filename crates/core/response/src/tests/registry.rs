//! Organisations, the centre and people.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{Label, OrganisationId, PersonId};
use jiff::civil::date;

use crate::centre::{Bound, Centre, CentreCommand, RoleKey};
use crate::organisation::{Networks, Organisation, OrganisationCommand, Stretch};
use crate::person::{Appointment, Person, PersonCommand};
use crate::testing::people::{LINKAGE, OFFICE, UNIT, lin, rui};
use crate::testing::{at, blob, line, shanghai};
use crate::{
    Actor, Asked, Capacity, Designation, Details, Filing, FilingKind, Importance,
    OrganisationEvent, Packs, PlanRef, Refusal, Scene, System, centre, organisation, person,
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
        networks: Networks::default(),
        filings: Vec::new(),
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
fn a_change_of_today_leaves_what_is_to_come_as_it_was_to_be() {
    let mut unit = Organisation::default();
    ask_organisation(&mut unit, rui(), register("甲单位")).unwrap();
    let mut moved = details("甲单位");
    moved.district = Some("310115".parse().unwrap());
    let change = |details: Details, from, until| OrganisationCommand::Change {
        details: Box::new(details),
        valid_from: from,
        valid_until: until,
    };
    ask_organisation(&mut unit, rui(), change(*moved, date(2026, 6, 1), None)).unwrap();
    let (was, mut to) = (details("甲单位"), details("甲单位"));
    to.sector = Some(line("金融"));
    let stretches = unit.stretches(date(2026, 3, 14), None);
    assert_eq!(
        stretches,
        [
            Stretch { from: date(2026, 3, 14), until: Some(date(2026, 5, 31)) },
            Stretch { from: date(2026, 6, 1), until: None },
        ]
    );
    for Stretch { from, until } in stretches {
        let amended = unit.as_of(from).unwrap().amended(&was, &to);
        ask_organisation(&mut unit, rui(), change(amended, from, until)).unwrap();
    }
    let on = |day| unit.on(day).map(|it| (it.district.is_some(), it.sector.is_some())).unwrap();
    assert_eq!(on(date(2026, 3, 13)), (false, false));
    assert_eq!(on(date(2026, 3, 14)), (false, true));
    assert_eq!(on(date(2026, 6, 1)), (true, true));
    let may = (date(2026, 5, 1), Some(date(2026, 5, 31)));
    assert_eq!(unit.stretches(may.0, may.1), [Stretch { from: may.0, until: may.1 }]);
}

/// What was written since an organisation has networks and filings; it never changes.
const WITH_NETWORKS: &str = r#"{
    "organisation": "org_00000000000000000000000034",
    "details": {
        "name": { "zh": "某某单位", "en": "" },
        "parent": null,
        "district": null,
        "sector": "金融",
        "kinds": ["cii-operator"],
        "systems": [{
            "name": "核心业务系统",
            "importance": "critical_infrastructure",
            "designation": "critical_infrastructure",
            "protection": 3,
            "services": ["支付"]
        }],
        "duty_telephone": null,
        "responsible_post": null,
        "contacts": null,
        "networks": {
            "prefixes": ["203.0.113.0/24", "2001:db8::/32"],
            "systems": ["AS64500"],
            "domains": ["xn--fiqs8s.example"]
        },
        "filings": [{
            "kind": "own-plan",
            "title": "应急预案",
            "filed_on": "2026-01-15",
            "review_on": "2027-01-15",
            "document": {
                "file": {
                    "blob": "blob_0000000000000000000000000m",
                    "digest": "0000000000000000000000000000000000000000000000000000000000000014"
                },
                "bytes": 12,
                "media_type": "application/pdf"
            }
        }]
    },
    "valid_from": "2026-01-01"
}"#;

#[test]
fn what_was_added_to_an_organisation_is_read_as_it_was_written() {
    let read = OrganisationEvent::read("organisation-registered", 1, WITH_NETWORKS).unwrap();
    let (written, kept): (serde_json::Value, serde_json::Value) = (
        serde_json::from_str(&read.to_stored().payload).unwrap(),
        serde_json::from_str(WITH_NETWORKS).unwrap(),
    );
    assert_eq!(written, kept);
    let OrganisationEvent::Registered(registered) = read else { panic!("another kind") };
    assert_eq!(registered.details.networks.count(), 4);
    for (good, bad) in [("\"protection\": 3", "\"protection\": 6"), ("203.0.113.0/24", "203.0.113")]
    {
        let text = WITH_NETWORKS.replace(good, bad);
        assert!(OrganisationEvent::read("organisation-registered", 1, &text).is_err(), "{bad}");
    }
}

#[test]
fn an_organisation_has_no_two_systems_of_one_name_and_no_review_before_the_filing() {
    let mut unit = Organisation::default();
    let system = System {
        name: line("官网"),
        importance: Importance::Ordinary,
        designation: Designation::None,
        protection: None,
        services: Vec::new(),
    };
    let register = |details| OrganisationCommand::Register {
        organisation: UNIT,
        details,
        valid_from: date(2026, 1, 1),
    };
    let mut twice = details("甲单位");
    twice.systems = vec![system.clone(), system];
    let refused = ask_organisation(&mut unit, rui(), register(twice)).unwrap_err();
    assert_eq!(refused, Refusal::ExistsAlready);
    let mut backwards = details("甲单位");
    backwards.filings = vec![Filing {
        kind: FilingKind::OwnPlan,
        title: line("应急预案"),
        filed_on: date(2026, 3, 1),
        review_on: Some(date(2026, 2, 1)),
        document: None,
    }];
    let refused = ask_organisation(&mut unit, rui(), register(backwards)).unwrap_err();
    assert_eq!(refused.name(), "period-backwards");
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
