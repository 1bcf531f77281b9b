//! The documented outputs are the real ones: examples, schemas and program agree.

#[cfg(test)]
mod output {
    use std::sync::Arc;

    use fengsui_plan::{
        DutyView, Library, Plan, Scenario, Source, Timeline, duties_of, read_facts_file, worklist,
    };
    use fengsui_vocabulary::PlanId;
    use serde_json::Value;

    const DUTIES: &str = include_str!("../../../../docs/schema/duties.schema.json");
    const GRADE: &str = include_str!("../../../../docs/schema/grade.schema.json");

    fn shanghai() -> Arc<Plan> {
        Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap()
    }

    fn source(name: &str, text: &str) -> Source {
        Source { name: name.to_owned(), text: text.to_owned() }
    }

    fn assert_fits(schema: &str, output: &Value) {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(output).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new());
    }

    fn example_of_duties() -> String {
        let text = include_str!("../../../../docs/examples/call-entered-late.timeline.toml");
        let plan = shanghai();
        let timeline = Timeline::read(&source("timeline.toml", text), &[&plan]).unwrap();
        let duties = worklist(&[&plan], &timeline.history, timeline.last);
        serde_json::to_string_pretty(&DutyView::of_worklist(&duties)).unwrap()
    }

    fn example_of_grade() -> String {
        let text = include_str!("../../../../docs/examples/stolen-data.facts.toml");
        let facts = read_facts_file(&source("facts.toml", text), &shanghai().facts).unwrap();
        serde_json::to_string_pretty(&shanghai().grade(&facts).unwrap()).unwrap()
    }

    #[test]
    fn the_documented_duties_are_the_real_ones() {
        let documented = include_str!("../../../../docs/examples/call-entered-late.duties.json");
        let real = example_of_duties();
        assert_eq!(documented.trim_end(), real);
        assert_fits(DUTIES, &serde_json::from_str(&real).unwrap());
    }

    #[test]
    fn the_documented_grade_is_the_real_one() {
        let documented = include_str!("../../../../docs/examples/stolen-data.grade.json");
        let real = example_of_grade();
        assert_eq!(documented.trim_end(), real);
        assert_fits(GRADE, &serde_json::from_str(&real).unwrap());
    }

    #[test]
    fn the_duties_of_every_golden_scenario_fit_the_schema() {
        for plan in Library::shipped().plans() {
            for scenario in &plan.scenarios {
                assert_fits(DUTIES, &shown(plan, scenario));
            }
        }
    }

    #[test]
    fn the_line_for_people_says_who_owes_what_to_whom() {
        let plan = shanghai();
        let golden = plan.scenarios.iter().find(|it| it.id == "golden-2").unwrap();
        let duties = duties_of(&plan, &golden.history(&plan).unwrap(), golden.at);
        let lines: Vec<String> =
            DutyView::of_worklist(&duties).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        at once                    pending             sh-4.1.1-immediate    incident_unit -> cac_duty_room, by the text 2026-03-14T11:00:00+08:00
        at once                    pending             sh-4.1.1-immediate    incident_unit -> district_authority, by the text 2026-03-14T10:30:00+08:00, 2026-03-14T11:00:00+08:00
        at once                    elapsed             sh-4.1.1-immediate    incident_unit -> linkage_centre, done 2026-03-14T10:24:00+08:00, by the text 2026-03-14T10:30:00+08:00, 2026-03-14T11:00:00+08:00
        2026-03-14T10:30:00+08:00  done                sh-4.1.1-oral         incident_unit -> cac_duty_room, done 2026-03-14T10:15:00+08:00
        2026-03-14T10:30:00+08:00  superseded          sh-4.1.1-oral         incident_unit -> district_authority, by the text 2026-03-14T10:30:00+08:00
        2026-03-14T10:30:00+08:00  superseded          sh-4.1.1-oral         incident_unit -> linkage_centre, by the text 2026-03-14T10:30:00+08:00
        2026-03-14T11:00:00+08:00  superseded          sh-4.1.1-written      incident_unit -> cac_duty_room, by the text 2026-03-14T11:00:00+08:00
        2026-03-14T11:00:00+08:00  superseded          sh-4.1.1-written      incident_unit -> district_authority, by the text 2026-03-14T11:00:00+08:00
        2026-03-14T11:00:00+08:00  superseded          sh-4.1.1-written      incident_unit -> linkage_centre, by the text 2026-03-14T11:00:00+08:00
        "#);
    }

    fn shown(plan: &Plan, scenario: &Scenario) -> Value {
        let history = scenario.history(plan).unwrap();
        let duties = duties_of(plan, &history, scenario.at);
        serde_json::to_value(DutyView::of_worklist(&duties)).unwrap()
    }
}
