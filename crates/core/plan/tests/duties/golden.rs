//! The golden scenarios that ship inside the packs.

use fengsui_plan::{Library, run};

#[test]
fn every_golden_scenario_of_every_shipped_pack_holds() {
    let mut mismatches = Vec::new();
    for plan in Library::shipped().plans() {
        for scenario in &plan.scenarios {
            mismatches.extend(run(plan, scenario).iter().map(ToString::to_string));
        }
    }
    assert_eq!(mismatches, Vec::<String>::new(), "{}", mismatches.join("\n"));
}

#[test]
fn the_shanghai_pack_carries_its_golden_scenarios() {
    let plan = super::telling::shanghai();
    let ids: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    for number in [1, 2, 3, 4, 5, 6, 15, 16, 17] {
        let id = format!("golden-{number}");
        assert!(ids.contains(&id.as_str()), "{id} is missing");
    }
}
