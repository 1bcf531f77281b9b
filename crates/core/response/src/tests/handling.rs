//! What people do and are told to do while it is handled: measures and leaders' instructions.

use std::collections::BTreeSet;

use fengsui_plan::Plan;
use fengsui_vocabulary::{IncidentId, PersonId, RoleId};

use crate::incident::{IncidentCommand, OnBehalf, OpenIncident, ResponseState};
use crate::testing::people::{gao, lin, tang};
use crate::testing::{Stage, at, blob, given, judged, line, shanghai};
use crate::{Actor, Asked, Given, Means, PlanRef, ReadBack};

#[test]
fn only_law_enforcement_traces_and_an_officer_writes_it_down_for_them() {
    let agent = Actor {
        person: PersonId::from_bits(80),
        roles: BTreeSet::from([role("law_enforcement")]),
        lead: "shanghai-2019".parse().ok(),
        ..Actor::public()
    };
    let mut stage = Stage::under(shanghai());
    let asked = Asked::now(lin(), opening(&stage.plan));
    stage.incident("10:00", &asked).unwrap();
    let refused = stage.incident("10:05", &Asked::now(lin(), measure("trace", None))).unwrap_err();
    assert_eq!(refused.clause().map(ToString::to_string).as_deref(), Some("4.4.3(3)"));
    assert!(refused.is_about_authority());
    assert_eq!(
        refused.to_string(),
        "the measure `trace` is for law_enforcement only (clause 4.4.3(3))"
    );
    let for_police = measure("trace", Some(by_telephone("law_enforcement")));
    let for_others = measure("trace", Some(by_telephone("handling_group")));
    let refused = |stage: &mut Stage, by: Actor, command: &IncidentCommand| {
        let answer = stage.incident("10:06", &Asked::now(by, command.clone()));
        answer.unwrap_err().name()
    };
    assert_eq!(refused(&mut stage, lin(), &for_others), "measure-of-others");
    assert_eq!(refused(&mut stage, tang(), &for_police), "no-role");
    stage.incident("10:07", &Asked::now(lin(), for_police)).unwrap();
    stage.incident("10:08", &Asked::now(agent, measure("trace", None))).unwrap();
    let [for_them, by_them] = stage.incident.measures.as_slice() else { panic!("two measures") };
    assert_eq!((&for_them.role, &by_them.role), (&by_them.role, &for_them.role));
    assert!(matches!(for_them.given, Some(Given::OnBehalf { .. })));
    assert_eq!(by_them.given, None);
    let behalf: Vec<_> = stage.incident.log.iter().map(|it| it.on_behalf_of.is_some()).collect();
    assert_eq!(behalf.iter().filter(|is_it| **is_it).count(), 1, "{behalf:?}");
}

#[test]
fn a_leaders_instruction_is_their_own_or_written_down_for_them() {
    let instruct = |on_behalf| IncidentCommand::RecordInstruction { text: blob(72), on_behalf };
    given(shanghai(), [judged("10:02", "II")])
        .when("10:05", &Asked::now(gao(), instruct(None)))
        .happens(&["instruction-recorded"])
        .when("10:05", &Asked::now(lin(), instruct(None)))
        .is_refused("needs-capacity")
        .when("10:05", &Asked::now(gao(), instruct(None)).in_role(role("city_leaders")))
        .is_refused("not-in-role")
        .when("10:06", &Asked::now(lin(), instruct(Some(by_telephone("city_leaders")))))
        .happens(&["instruction-recorded"])
        .when("10:06", &Asked::now(lin(), instruct(Some(by_telephone("weather_office")))))
        .is_refused("unknown")
        .when("10:06", &Asked::now(tang(), instruct(Some(by_telephone("city_leaders")))))
        .is_refused("no-role");
}

#[test]
fn an_instruction_keeps_who_gave_it_how_and_when() {
    let instruct = |on_behalf| IncidentCommand::RecordInstruction { text: blob(72), on_behalf };
    let mut stage = Stage::under(shanghai());
    stage.incident("10:00", &Asked::now(lin(), opening(&stage.plan))).unwrap();
    stage.incident("10:05", &Asked::now(gao(), instruct(None))).unwrap();
    let told = Asked::now(lin(), instruct(Some(by_telephone("city_leaders")))).at(at("10:03"));
    stage.incident("10:20", &told).unwrap();
    let kept: Vec<_> = stage
        .incident
        .instructions
        .iter()
        .map(|it| (it.role.as_str(), it.at, matches!(it.given, Given::OnBehalf { .. })))
        .collect();
    assert_eq!(kept, [("commission", at("10:05"), false), ("city_leaders", at("10:03"), true)]);
    let story: Vec<_> = stage.incident.story().iter().map(|it| it.happened_at).collect();
    assert!(story.is_sorted(), "told in the order in which it happened: {story:?}");
    let written_for = stage.incident.log.last().and_then(|it| it.on_behalf_of.clone());
    assert_eq!(written_for, "city_leaders".parse().ok());
    // An instruction decides nothing by itself: no response, no level.
    assert_eq!(stage.incident.response.state, ResponseState::NotStarted);
    assert_eq!(stage.incident.judgements, []);
}

fn measure(measure: &str, on_behalf: Option<OnBehalf>) -> IncidentCommand {
    IncidentCommand::RecordMeasure {
        measure: measure.to_owned(),
        note: line("断网"),
        text: None,
        on_behalf,
    }
}

fn opening(plan: &Plan) -> IncidentCommand {
    IncidentCommand::Open(OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(plan)],
        affected: Vec::new(),
    })
}

fn by_telephone(of: &str) -> OnBehalf {
    OnBehalf {
        role: role(of),
        means: Means::Telephone,
        read_back: ReadBack::Confirmed,
        record: None,
    }
}

fn role(role: &str) -> RoleId {
    role.parse().unwrap()
}
