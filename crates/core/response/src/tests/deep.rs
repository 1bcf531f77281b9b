//! Dead ends of packs: none in what ships, and every planted one is found with a path to it.

use std::sync::Arc;

use fengsui_plan::{Act, Authority, How, Library, Plan, Source};
use fengsui_vocabulary::RoleId;

use crate::deep::{Bounds, DeadEnd, Deep, Optional, walk};
use crate::testing::shanghai;

#[test]
fn the_shanghai_plan_has_no_dead_end() {
    let deep = walk(&shanghai(), Bounds::default());
    assert_eq!(deep.dead_ends, []);
    assert_eq!(deep.blocked, []);
    assert!(deep.is_proven());
    assert!(deep.states > 4_000, "{} states", deep.states);
    assert!(deep.transitions > 10 * deep.states, "{} transitions", deep.transitions);
}

#[test]
fn a_walk_that_is_cut_short_proves_nothing_and_accuses_nobody() {
    for bounds in [
        Bounds { states_max: 100, ..Bounds::default() },
        Bounds { depth_max: 2, ..Bounds::default() },
    ] {
        let deep = walk(&shanghai(), bounds);
        assert!(!deep.finished, "{bounds:?}");
        assert!(!deep.is_proven(), "{bounds:?}");
        assert_eq!(deep.dead_ends, [], "{bounds:?}");
        // Once with the optional roles filled, once without.
        assert!(deep.states <= 2 * bounds.states_max, "{} states", deep.states);
    }
}

#[test]
fn an_approval_that_only_the_proposer_could_give_is_a_dead_end() {
    // The headquarters grows out of the Office here, and the Office proposes.
    let text = shanghai()
        .text
        .replace("converted_from = \"commission\"", "converted_from = \"cac_office\"");
    let approve = "approve = [\"commission\", \"headquarters\"]";
    assert_eq!(text.matches(approve).count(), 3);
    let deep = walk(&read(&text.replace(approve, "approve = [\"headquarters\"]")), FEW);
    let end = found(
        &deep,
        "the proposal on starting the response at I waits for approval by headquarters, which nobody but its submitters could give",
    );
    assert_eq!(
        end.path,
        [
            "cac_duty_room opens the incident",
            "cac_office submits a proposal on starting the response at I",
            "linkage_centre endorses the proposal",
        ]
    );
    assert!(end.why.zh.contains("除提出者外无人能批准"), "{}", end.why.zh);
}

#[test]
fn a_plan_that_proposes_and_approves_in_one_role_is_a_dead_end() {
    let plan = changed(Act::EndResponse, "II", |authority| {
        let office: RoleId = "cac_office".parse().unwrap();
        authority.how = How::Approval { propose: vec![office.clone()], approve: vec![office] };
    });
    let deep = walk(&plan, Bounds::default());
    let end = found(
        &deep,
        "the proposal on ending the response at II waits for approval by cac_office, which nobody but its submitters could give",
    );
    assert_eq!(
        end.path.last().unwrap(),
        "cac_office submits a proposal on ending the response at II"
    );
}

#[test]
fn an_end_that_the_plan_gives_to_nobody_is_blocked_and_leads_nowhere() {
    let mut plan = Plan::clone(&shanghai());
    for authority in plan.authorities.iter_mut().filter(|it| it.act == Act::EndResponse) {
        authority.how = How::Undefined;
        authority.policy = None;
    }
    let deep = walk(&Arc::new(plan), Bounds::default());
    let blocked: Vec<_> = deep.blocked.iter().map(|it| (it.act, it.clause.as_str())).collect();
    assert_eq!(blocked, [(Act::EndResponse, "4.2.2"), (Act::EndResponse, "4.2.2")]);
    for level in ["I", "II", "III", "IV"] {
        let end = found(
            &deep,
            &format!(
                "at {level} nobody can go on with ending the response: clause 4.2.2 leaves it open; name a local policy first"
            ),
        );
        assert!(end.stuck_at.contains(&format!("the response runs at {level}")), "{end:?}");
        assert!(end.path.len() > 2, "{end:?}");
    }
    assert_eq!(deep.dead_ends.len(), 4, "{:#?}", deep.dead_ends);
}

#[test]
fn a_joint_decision_with_a_role_that_nobody_fills_is_a_dead_end() {
    let joint = "act = \"end_response\"\nclause = \"4.2.2\"\nlevels = [\"III\", \"IV\"]\nhow = { joint = [\"cac_office\", \"linkage_centre\"] }";
    let shanghai = shanghai();
    assert!(shanghai.text.contains(joint));
    let text = shanghai.text.replace(joint, &joint.replace("linkage_centre", "linked_units"));
    let deep = walk(&read(&text), FEW);
    let end = found(
        &deep,
        "the joint decision on ending the response at IV waits for linked_units, for whom nobody can speak",
    );
    assert_eq!(end.cast, Optional::Filled);
    assert_eq!(
        end.path,
        [
            "cac_duty_room opens the incident",
            "cac_office speaks for starting the response at IV",
            "linkage_centre speaks for starting the response at IV",
            "cac_office speaks for ending the response at IV",
        ]
    );
}

#[test]
fn a_level_at_which_nobody_may_start_is_a_dead_end() {
    let plan = changed(Act::StartResponse, "I", |authority| {
        authority.levels.retain(|level| level.as_str() != "I");
    });
    let deep = walk(&plan, FEW);
    let end = found(
        &deep,
        "at I nobody can go on with starting the response: the plan gives `start_response` to nobody",
    );
    assert_eq!(end.path, ["cac_duty_room opens the incident", "cac_office judges the level I"]);
    assert_eq!(end.stuck_at, "judged I, no response");
}

#[test]
fn a_blocking_duty_that_nobody_may_meet_or_waive_is_a_dead_end() {
    let mut plan = Plan::clone(&shanghai());
    plan.authorities.retain(|it| !matches!(it.act, Act::RecordFacts | Act::WaiveDuty));
    let nobody: RoleId = "linked_units".parse().unwrap();
    for duty in plan.duties.iter_mut().filter(|duty| duty.id == "sh-4.1.2-immediate") {
        duty.senders = vec![nobody.clone()];
        duty.to = vec![nobody.clone()];
    }
    let deep = walk(&Arc::new(plan), Bounds::default());
    let why = "the duty sh-4.1.2-immediate of linked_units to linked_units blocks closing; nobody can meet it, nobody may waive it";
    let end = found(&deep, why);
    // Either the level calls for it, or a fact does: the shorter way is told.
    assert_eq!(
        end.path,
        [
            "cac_duty_room opens the incident",
            "three hours pass, and the worst becomes known of special_circumstances",
        ]
    );
    assert_eq!(deep.dead_ends.len(), 1, "{:#?}", deep.dead_ends);
}

#[test]
fn a_duty_that_only_the_desk_can_record_is_no_dead_end() {
    let mut plan = Plan::clone(&shanghai());
    let nobody: RoleId = "linked_units".parse().unwrap();
    for duty in &mut plan.duties {
        duty.senders = vec![nobody.clone()];
    }
    assert_eq!(walk(&Arc::new(plan), Bounds::default()).dead_ends, []);
}

#[test]
fn an_optional_role_that_decides_is_missed_where_nobody_fills_it() {
    let text = shanghai().text.replace("approve = [\"city_leaders\"]", "approve = [\"commander\"]");
    let deep = walk(&read(&text), Bounds::default());
    let end = found(
        &deep,
        "the proposal on escalating the response at I waits for approval by commander, which nobody but its submitters could give",
    );
    assert_eq!(end.cast, Optional::Unfilled);
    assert!(deep.dead_ends.iter().all(|end| end.cast == Optional::Unfilled));
}

#[test]
fn without_a_review_nothing_is_closed() {
    let mut plan = Plan::clone(&shanghai());
    plan.authorities.retain(|authority| authority.act != Act::Review);
    let deep = walk(&Arc::new(plan), Bounds::default());
    let end = found(&deep, "nobody can `review`: the plan gives `review` to nobody");
    assert_eq!(end.path, ["cac_duty_room opens the incident"]);
}

#[test]
fn a_plan_under_which_nobody_may_open_an_incident_ends_before_it_begins() {
    let mut plan = Plan::clone(&shanghai());
    plan.authorities.retain(|authority| authority.act != Act::AcceptReport);
    let deep = walk(&Arc::new(plan), Bounds::default());
    assert_eq!(deep.states, 0);
    assert_eq!(
        found(&deep, "nobody can `accept_report`: the plan gives `accept_report` to nobody").path,
        [""; 0]
    );
}

#[test]
fn a_plan_that_only_adds_duties_leads_nothing_and_proves_nothing() {
    let mut plan = Plan::clone(&shanghai());
    plan.authorities.clear();
    let deep = walk(&Arc::new(plan), Bounds::default());
    assert!(!deep.leads);
    assert!(!deep.is_proven());
    assert_eq!(deep.dead_ends, []);
}

/// A dead end that is near is found in the first states; that is quicker.
const FEW: Bounds = Bounds { states_max: 400, depth_max: 40 };

#[track_caller]
fn found<'a>(deep: &'a Deep, why: &str) -> &'a DeadEnd {
    let end = deep.dead_ends.iter().find(|end| end.why.en == why);
    end.unwrap_or_else(|| panic!("not among {:#?}", deep.dead_ends))
}

fn read(text: &str) -> Arc<Plan> {
    let source = Source { name: "planted.toml".to_owned(), text: text.to_owned() };
    Arc::new(Library::shipped().read(&source).unwrap())
}

/// The Shanghai plan with the authority for one act at one level changed.
fn changed(act: Act, level: &str, change: impl FnOnce(&mut Authority)) -> Arc<Plan> {
    let mut plan = Plan::clone(&shanghai());
    let of_level =
        |it: &&mut Authority| it.act == act && it.levels.iter().any(|one| one.as_str() == level);
    change(plan.authorities.iter_mut().find(of_level).unwrap());
    Arc::new(plan)
}
