//! Organisations, the centre and people.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_plan::{Act, How, Plan};
use fengsui_vocabulary::{Label, OrganisationId, PersonId};
use jiff::civil::date;

use crate::centre::{
    AttachWording, Bound, Centre, CentreCommand, DraftPack, DraftState, InterpretClause, Life,
    NamePolicy, Place, RoleKey, SignatureDemand,
};
use crate::organisation::{Networks, Organisation, OrganisationCommand, Stretch};
use crate::person::{Appointment, Person, PersonCommand};
use crate::testing::people::{LINKAGE, OFFICE, UNIT, lin, rui};
use crate::testing::{another_edition, at, blob, changed, line, shanghai};
use crate::{
    Actor, Asked, Capacity, Designation, Details, Filing, FilingKind, Importance,
    OrganisationEvent, Packs, PlanRef, PolicyHow, Refusal, Scene, SignatureVerdict, System, centre,
    organisation, person,
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
    ask_centre_as(centre, packs, Actor { person: Actor::PROGRAM, ..rui() }, command)
}

fn ask_centre_as(
    centre: &mut Centre,
    packs: &Packs,
    by: Actor,
    command: CentreCommand,
) -> Result<(), Refusal> {
    let now = at("10:00");
    let asked = Asked::now(by, command);
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

    let key = |role: &str| RoleKey {
        plan: plan.id.clone(),
        role: role.parse().unwrap(),
        district: None,
        sector: None,
    };
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
        from: None,
    };
    ask_centre(&mut centre, &packs, adopt.clone()).unwrap();
    assert_eq!(ask_centre(&mut centre, &packs, adopt), Err(Refusal::NoChange));
    ask_centre(&mut centre, &packs, bind("cac_office", OFFICE)).unwrap();
    ask_centre(&mut centre, &packs, bind("linkage_centre", LINKAGE)).unwrap();
    assert!(ask_centre(&mut centre, &packs, bind("no_such_role", LINKAGE)).is_err());
    assert_eq!(centre.unbound_roles(&plan).len(), unbound.len() - 2);
    let roles = centre.roles_of(Some(OFFICE), PersonId::from_bits(10));
    let office = BTreeSet::from(["cac_office".parse().unwrap()]);
    assert_eq!(roles, BTreeMap::from([(plan.id.clone(), office)]));
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
        from: None,
    };
    ask_centre(&mut centre, &packs, adopt).unwrap();
    let pudong = "310115".parse().unwrap();
    let bind = CentreCommand::BindRole {
        role: RoleKey {
            plan: plan.id.clone(),
            role: "district_authority".parse().unwrap(),
            district: Some("310115".parse().unwrap()),
            sector: None,
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
    assert!(person.actor(None, BTreeMap::new()).is_some());
    let dismiss = PersonCommand::Dismiss { reason: line("调离") };
    ask_person(&mut person, rui(), dismiss).unwrap();
    assert_eq!(person.actor(None, BTreeMap::new()), None);
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

fn second_keeper() -> Actor {
    Actor { person: PersonId::from_bits(51), ..rui() }
}

fn draft(plan: &Plan) -> DraftPack {
    DraftPack {
        plan: PlanRef::of(plan),
        bytes: blob(1),
        signature: SignatureVerdict::Unsigned,
        demand: SignatureDemand::None,
        findings: blob(2),
        errors: 0,
        warnings: 1,
    }
}

fn adopt(plan: &Plan, from: Option<jiff::civil::Date>) -> CentreCommand {
    CentreCommand::AdoptPlan {
        plan: PlanRef::of(plan),
        bytes: blob(1),
        calendars: BTreeMap::new(),
        from,
    }
}

/// A centre that was set up with the Shanghai plan.
fn set_up(packs: &Packs) -> Centre {
    let mut centre = Centre::default();
    ask_centre(&mut centre, packs, adopt(&shanghai(), None)).unwrap();
    centre
}

/// Drafted by one, approved and adopted by another.
fn bring_into_force(centre: &mut Centre, packs: &Packs, plan: &Plan) {
    let approve = CentreCommand::ApprovePack { plan: PlanRef::of(plan) };
    ask_centre_as(centre, packs, rui(), CentreCommand::DraftPack(draft(plan))).unwrap();
    ask_centre_as(centre, packs, second_keeper(), approve).unwrap();
    ask_centre_as(centre, packs, rui(), adopt(plan, None)).unwrap();
}

#[test]
fn a_pack_is_drafted_by_one_approved_by_another_and_then_adopted() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let edition = PlanRef::of(&another_edition());
    assert_eq!(centre.life(&edition), Life::AtHand);
    let refused = |centre: &mut Centre, by: Actor, command: CentreCommand| {
        ask_centre_as(centre, &packs, by, command).unwrap_err().name()
    };
    let approve = || CentreCommand::ApprovePack { plan: PlanRef::of(&another_edition()) };
    let unapproved = refused(&mut centre, rui(), adopt(&another_edition(), None));
    assert_eq!(unapproved, "plan-not-approved");
    let by_lin = refused(&mut centre, lin(), CentreCommand::DraftPack(draft(&another_edition())));
    assert_eq!(by_lin, "needs-capacity");
    ask_centre_as(&mut centre, &packs, rui(), CentreCommand::DraftPack(draft(&another_edition())))
        .unwrap();
    assert_eq!(centre.life(&edition), Life::Drafted);
    assert_eq!(centre.drafts[&edition].checked.as_ref().map(|it| it.warnings), Some(1));
    assert_eq!(refused(&mut centre, rui(), approve()), "needs-second-person");
    let unapproved = refused(&mut centre, rui(), adopt(&another_edition(), None));
    assert_eq!(unapproved, "plan-not-approved");
    ask_centre_as(&mut centre, &packs, second_keeper(), approve()).unwrap();
    assert_eq!(centre.life(&edition), Life::Approved);
    assert_eq!(centre.life(&PlanRef::of(&shanghai())), Life::InForce);
    ask_centre_as(&mut centre, &packs, rui(), adopt(&another_edition(), None)).unwrap();
    assert_eq!(centre.life(&edition), Life::InForce);
    assert_eq!(centre.life(&PlanRef::of(&shanghai())), Life::Superseded);
    assert_eq!(centre.lead.as_ref(), Some(&shanghai().id));
}

#[test]
fn what_does_not_ship_is_not_adopted_at_the_machine_without_approval() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let refused = ask_centre(&mut centre, &packs, adopt(&another_edition(), None)).unwrap_err();
    assert_eq!(refused.name(), "plan-not-approved");
    assert_eq!(centre.edition(&shanghai().id), Some(&PlanRef::of(&shanghai())));
}

#[test]
fn a_draft_with_errors_or_without_a_signature_that_is_needed_is_refused() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let draft = draft(&another_edition());
    let refused = |centre: &mut Centre, draft: DraftPack| {
        ask_centre_as(centre, &packs, rui(), CentreCommand::DraftPack(draft)).unwrap_err().name()
    };
    assert_eq!(refused(&mut centre, DraftPack { errors: 3, ..draft.clone() }), "too-many");
    let demanded = DraftPack { demand: SignatureDemand::Valid, ..draft.clone() };
    assert_eq!(refused(&mut centre, demanded.clone()), "signature-needed");
    let wrong = DraftPack { signature: SignatureVerdict::Wrong, ..demanded.clone() };
    assert_eq!(refused(&mut centre, wrong), "signature-needed");
    let signature = SignatureVerdict::ValidBy("网信办".to_owned());
    let signed = CentreCommand::DraftPack(DraftPack { signature, ..demanded });
    ask_centre_as(&mut centre, &packs, rui(), signed).unwrap();
    assert_eq!(refused(&mut centre, draft), "exists-already");
}

#[test]
fn a_withdrawn_draft_is_not_approved_but_may_be_drafted_again() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let edition = PlanRef::of(&another_edition());
    let drafting = || CentreCommand::DraftPack(draft(&another_edition()));
    ask_centre_as(&mut centre, &packs, rui(), drafting()).unwrap();
    let withdraw =
        CentreCommand::WithdrawDraft { plan: edition.clone(), reason: line("另有新稿") };
    ask_centre_as(&mut centre, &packs, rui(), withdraw).unwrap();
    assert_eq!(centre.life(&edition), Life::Withdrawn);
    let approve = CentreCommand::ApprovePack { plan: edition.clone() };
    let refused = ask_centre_as(&mut centre, &packs, second_keeper(), approve).unwrap_err();
    assert_eq!(refused, Refusal::NoChange);
    ask_centre_as(&mut centre, &packs, rui(), drafting()).unwrap();
    assert_eq!(centre.drafts[&edition].state, DraftState::Waiting);
}

#[test]
fn an_edition_takes_force_on_its_day() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let edition = PlanRef::of(&another_edition());
    let drafting = CentreCommand::DraftPack(draft(&another_edition()));
    ask_centre_as(&mut centre, &packs, rui(), drafting).unwrap();
    let approve = CentreCommand::ApprovePack { plan: edition.clone() };
    ask_centre_as(&mut centre, &packs, second_keeper(), approve).unwrap();
    let from = Some(date(2026, 4, 1));
    ask_centre_as(&mut centre, &packs, rui(), adopt(&another_edition(), from)).unwrap();
    assert_eq!(centre.life(&edition), Life::Coming);
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(centre.next_change(), Some(day("2026-04-01T00:00:00+08:00")));
    let before = centre.as_of(day("2026-03-31T23:59:59+08:00"));
    assert_eq!(before.edition(&edition.plan), Some(&PlanRef::of(&shanghai())));
    let after = centre.as_of(day("2026-04-01T00:00:00+08:00"));
    assert_eq!(after.edition(&edition.plan), Some(&edition));
    assert_eq!(after.next_change(), None);
}

#[test]
fn the_plan_that_supersedes_the_leading_one_leads() {
    let mut plan = changed(|plan| plan.id = "shanghai-2027".parse().unwrap());
    plan.about.supersedes = vec!["shanghai-2019".to_owned(), "nothing-here".to_owned()];
    let plan = std::sync::Arc::new(plan);
    let other = std::sync::Arc::new(changed(|plan| plan.id = "another-plan".parse().unwrap()));
    let packs = Packs::from_iter([shanghai(), other.clone(), plan.clone(), another_edition()]);
    let mut centre = set_up(&packs);
    bring_into_force(&mut centre, &packs, &other);
    bring_into_force(&mut centre, &packs, &another_edition());
    let ids = |centre: &Centre| -> Vec<String> {
        centre.editions().iter().map(|edition| edition.plan.to_string()).collect()
    };
    assert_eq!(ids(&centre), ["shanghai-2019", "another-plan"], "a new edition leads on");
    bring_into_force(&mut centre, &packs, &plan);
    assert_eq!(ids(&centre), ["shanghai-2027", "another-plan"]);
    assert_eq!(centre.life(&PlanRef::of(&another_edition())), Life::Superseded);
}

#[test]
fn a_role_of_a_sector_is_filled_for_it_or_everywhere() {
    let packs = Packs::from_iter([shanghai()]);
    let mut centre = set_up(&packs);
    let role = || "competent_body".parse().unwrap();
    let bind = |sector: Option<&str>, organisation| CentreCommand::BindRole {
        role: RoleKey {
            plan: shanghai().id.clone(),
            role: role(),
            district: None,
            sector: sector.map(line),
        },
        bound: Bound { organisation: Some(organisation), persons: BTreeSet::new() },
    };
    ask_centre(&mut centre, &packs, bind(Some("金融"), LINKAGE)).unwrap();
    ask_centre(&mut centre, &packs, bind(None, OFFICE)).unwrap();
    let filled = |sector: Option<&str>| {
        let sector = sector.map(line);
        let place = Place { district: None, sector: sector.as_ref() };
        centre.filled_at(&shanghai().id, &role(), place).and_then(|bound| bound.organisation)
    };
    assert_eq!(filled(Some("金融")), Some(LINKAGE));
    assert_eq!(filled(Some("电力")), Some(OFFICE));
    assert_eq!(filled(None), Some(OFFICE));
}

/// A pack whose text leaves open who ends a response of level I, and who approves a technical plan.
fn with_gaps() -> std::sync::Arc<Plan> {
    let mut plan = changed(|plan| plan.hash = format!("{:064x}", 77));
    for authority in plan.authorities.iter_mut().filter(|it| it.act == Act::EndResponse) {
        authority.how = How::Undefined;
        authority.policy = None;
    }
    std::sync::Arc::new(plan)
}

#[test]
fn what_a_text_leaves_open_is_blocked_until_two_keepers_name_who() {
    let plan = with_gaps();
    let packs = Packs::from_iter([shanghai(), plan.clone()]);
    let mut centre = set_up(&packs);
    bring_into_force(&mut centre, &packs, &plan);
    let office = "cac_office".parse().unwrap();
    let level = "I".parse().unwrap();
    assert!(plan.may(&office, Act::EndResponse, Some(&level)).is_err());
    let name = |act, levels: &[&str], how| {
        CentreCommand::NamePolicy(NamePolicy {
            plan: shanghai().id.clone(),
            act,
            levels: levels.iter().map(|level| level.parse().unwrap()).collect(),
            how,
            reason: line("预案未写明"),
        })
    };
    let any = |role: &str| PolicyHow::Any(vec![role.parse().unwrap()]);
    let refused = |centre: &mut Centre, command| {
        ask_centre_as(centre, &packs, rui(), command).unwrap_err().name()
    };
    let named_by_text = name(Act::JudgeLevel, &[], any("commission"));
    assert_eq!(refused(&mut centre, named_by_text), "not-left-open");
    assert_eq!(refused(&mut centre, name(Act::EndResponse, &["I"], any("nobody"))), "unknown");
    assert_eq!(
        refused(&mut centre, name(Act::EndResponse, &["VII"], any("commission"))),
        "unknown"
    );
    let alone = PolicyHow::Joint(vec!["commission".parse().unwrap()]);
    assert_eq!(refused(&mut centre, name(Act::EndResponse, &["I"], alone)), "nothing");
    let policy = name(Act::EndResponse, &["I"], any("cac_office"));
    ask_centre_as(&mut centre, &packs, rui(), policy).unwrap();
    assert!(centre.effective(&plan).is_none(), "it waits");
    let approve = CentreCommand::ApprovePolicy { number: 1 };
    assert_eq!(refused(&mut centre, approve.clone()), "needs-second-person");
    ask_centre_as(&mut centre, &packs, second_keeper(), approve).unwrap();
    let effective = centre.effective(&plan).unwrap();
    assert!(effective.may(&office, Act::EndResponse, Some(&level)).is_ok());
    let milder = "II".parse().unwrap();
    assert!(effective.may(&office, Act::EndResponse, Some(&milder)).is_err(), "it is for level I");
    assert_eq!(PlanRef::of(&effective), PlanRef::of(&plan), "the edition is what it was");
    let withdraw = CentreCommand::WithdrawPolicy { number: 1, reason: line("另行规定") };
    ask_centre_as(&mut centre, &packs, rui(), withdraw).unwrap();
    assert!(centre.effective(&plan).is_none());
}

#[test]
fn rulings_on_a_clause_are_kept_newest_first_and_withdrawn_ones_stay_readable() {
    let packs = Packs::from_iter([shanghai()]);
    let mut centre = set_up(&packs);
    let clause: fengsui_vocabulary::ClauseId = "4.1.1".parse().unwrap();
    let rule = |clause: &str, text| {
        CentreCommand::InterpretClause(InterpretClause {
            plan: shanghai().id.clone(),
            clause: clause.parse().unwrap(),
            question: blob(text),
            ruling: blob(text + 1),
        })
    };
    let unknown = ask_centre(&mut centre, &packs, rule("99.9", 1)).unwrap_err();
    assert_eq!(unknown.name(), "unknown");
    ask_centre(&mut centre, &packs, rule("4.1.1", 10)).unwrap();
    ask_centre(&mut centre, &packs, rule("4.1.1", 20)).unwrap();
    let plan = shanghai().id.clone();
    let numbers = |centre: &Centre| -> Vec<u32> {
        centre.rulings(&plan, &clause).map(|ruling| ruling.number).collect()
    };
    assert_eq!(numbers(&centre), [2, 1]);
    let withdraw = CentreCommand::WithdrawInterpretation { number: 2, reason: line("有误") };
    ask_centre(&mut centre, &packs, withdraw).unwrap();
    assert_eq!(numbers(&centre), [1]);
    assert!(centre.interpretations[&2].withdrawn.is_some());
    let foreign = Asked::now(rui(), rule("4.1.1", 30)).in_role("cac_office".parse().unwrap());
    let refused = centre::decide(&centre, &foreign, &Scene::new(at("10:00"), &packs)).unwrap_err();
    assert_eq!(refused.name(), "not-in-role");
}

#[test]
fn an_official_wording_is_attached_to_an_edition_that_was_adopted() {
    let packs = Packs::from_iter([shanghai(), another_edition()]);
    let mut centre = set_up(&packs);
    let attach = |plan: &Plan, clause: &str| {
        CentreCommand::AttachWording(AttachWording {
            plan: PlanRef::of(plan),
            clause: Some(clause.parse().unwrap()),
            wording: blob(40),
        })
    };
    let refused =
        |centre: &mut Centre, command| ask_centre(centre, &packs, command).unwrap_err().name();
    assert_eq!(refused(&mut centre, attach(&another_edition(), "4.1.1")), "unknown");
    assert_eq!(refused(&mut centre, attach(&shanghai(), "99.9")), "unknown");
    ask_centre(&mut centre, &packs, attach(&shanghai(), "4.1.1")).unwrap();
    let place = (PlanRef::of(&shanghai()), Some("4.1.1".parse().unwrap()));
    assert_eq!(centre.wordings[&place].len(), 1);
}
