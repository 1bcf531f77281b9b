//! Several regimes on one incident: one story, one worklist, each plan with its own clocks.

#[cfg(test)]
mod regimes {
    use fengsui_plan::{DutyView, Library, Plan, Source, Timeline, worklist};
    use jiff::Timestamp;

    fn plans(ids: &[&str]) -> Vec<std::sync::Arc<Plan>> {
        let shipped = Library::shipped();
        ids.iter().map(|id| shipped.plan(&id.parse().unwrap()).expect("it ships")).collect()
    }

    /// The worklist of a story at a time, one line for each duty object.
    fn told(ids: &[&str], story: &str, at: &str) -> Vec<DutyView> {
        let plans = plans(ids);
        let plans: Vec<&Plan> = plans.iter().map(AsRef::as_ref).collect();
        let source = Source { name: "story.toml".into(), text: story.into() };
        let timeline = Timeline::read(&source, &plans).unwrap_or_else(|faults| {
            panic!("{}", faults.iter().map(fengsui_plan::Diagnostic::render).collect::<String>())
        });
        let at: Timestamp = at.parse().unwrap();
        DutyView::of_worklist(&worklist(&plans, &timeline.history, at))
    }

    fn lines(duties: &[DutyView], wanted: &[&str]) -> Vec<String> {
        let is_wanted = |duty: &&DutyView| wanted.contains(&duty.duty.as_str());
        duties
            .iter()
            .filter(is_wanted)
            .map(|duty| {
                format!(
                    "{} {} {} -> {}",
                    duty.due.as_deref().unwrap_or("at once"),
                    duty.duty,
                    duty.actor,
                    duty.to.as_ref().map_or("-", |to| to.as_str())
                )
            })
            .collect()
    }

    const THREE: [&str; 3] = ["shanghai-2019", "cac-measures-2025", "gdpr-33"];

    const LEAK: &str = r#"
happened = [
    { at = 2026-03-14T10:00:00+08:00, what = "discovered" },
    { at = 2026-03-14T10:01:00+08:00, what = "facts", facts = { operator_kind = "other", security_impact = "considerable" } },
    { at = 2026-03-14T10:05:00+08:00, what = "report_received", by = ["cac_office", "linkage_centre"] },
"#;

    #[test]
    fn three_regimes_make_one_worklist_with_the_recipients_of_each() {
        let duties = told(&THREE, &format!("{LEAK}]"), "2026-03-14T10:06:00+08:00");
        let wanted = ["sh-4.1.1-immediate", "cac-4-first", "cac-4-onward", "gdpr-33-authority"];
        insta::assert_snapshot!(lines(&duties, &wanted).join("\n"), @r"
    at once sh-4.1.1-immediate incident_unit -> cac_duty_room
    at once sh-4.1.1-immediate incident_unit -> district_authority
    at once sh-4.1.1-immediate incident_unit -> linkage_centre
    2026-03-14T14:00:00+08:00 cac-4-first operator -> provincial_cac
    2026-03-17T10:00:00+08:00 gdpr-33-authority controller -> supervisory_authority
    ");
        let order: Vec<_> = duties
            .iter()
            .map(|duty| duty.due.clone().unwrap_or_else(|| duty.arose_at.clone()))
            .collect();
        let times: Vec<Timestamp> = order.iter().map(|time| time.parse().unwrap()).collect();
        assert!(times.is_sorted(), "earliest first");
    }

    #[test]
    fn one_shared_fact_changes_what_every_regime_asks() {
        let worse = format!(
        "{LEAK}    {{ at = 2026-03-14T10:30:00+08:00, what = \"report_received\", by = \"provincial_cac\" }},
    {{ at = 2026-03-14T10:40:00+08:00, what = \"facts\", facts = {{ security_impact = \"serious\", large_scale_leak = true }} }},
]"
    );
        let duties = told(&THREE, &worse, "2026-03-14T10:41:00+08:00");
        let wanted = ["sh-4.1.2-oral", "cac-4-onward", "gdpr-34-subjects"];
        insta::assert_snapshot!(lines(&duties, &wanted).join("\n"), @r"
    at once gdpr-34-subjects controller -> data_subjects
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral cac_office -> commission
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral cac_office -> government_duty_office
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral cac_office -> party_duty_office
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral linkage_centre -> commission
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral linkage_centre -> government_duty_office
    2026-03-14T11:05:00+08:00 sh-4.1.2-oral linkage_centre -> party_duty_office
    2026-03-14T11:30:00+08:00 cac-4-onward provincial_cac -> national_cac
    ");
    }

    #[test]
    fn no_plan_moves_the_times_of_another() {
        let story = format!("{LEAK}]");
        let at = "2026-03-14T12:00:00+08:00";
        let together = told(&THREE, &story, at);
        for plan in THREE {
            let mut alone = told(&[plan], &story, at);
            let mut of_plan: Vec<_> =
                together.iter().filter(|duty| duty.plan.as_str() == plan).cloned().collect();
            let key = |duty: &DutyView| format!("{duty:?}");
            alone.sort_by_key(key);
            of_plan.sort_by_key(key);
            assert_eq!(alone, of_plan, "{plan}");
        }
    }

    #[test]
    fn awareness_is_stated_for_each_regime_by_itself() {
        let story = r#"
happened = [
    { at = 2026-03-14T10:00:00+08:00, what = "discovered" },
    { at = 2026-03-14T11:00:00+01:00, what = "aware", plan = "nis2-2022" },
    { at = 2026-03-14T12:30:00+01:00, what = "aware", plan = "gdpr-33" },
]
"#;
        let duties = told(&["gdpr-33", "nis2-2022"], story, "2026-03-15T00:00:00+01:00");
        let wanted = ["nis2-early-warning", "nis2-notification", "gdpr-33-authority"];
        insta::assert_snapshot!(lines(&duties, &wanted).join("\n"), @r"
    2026-03-15T11:00:00+01:00 nis2-early-warning entity -> csirt
    2026-03-17T11:00:00+01:00 nis2-notification entity -> csirt
    2026-03-17T12:30:00+01:00 gdpr-33-authority controller -> supervisory_authority
    ");
    }

    #[test]
    fn ten_working_days_from_28_september_2026_end_on_16_october() {
        let story = r#"
happened = [
    { at = 2026-09-20T10:00:00+08:00, what = "discovered" },
    { at = 2026-09-20T10:10:00+08:00, what = "level_decided", level = "III" },
    { at = 2026-09-20T10:20:00+08:00, what = "response_started" },
    { at = 2026-09-28T09:00:00+08:00, what = "response_ended" },
]
"#;
        let duties = told(&["miit-2017"], story, "2026-09-28T09:00:00+08:00");
        let summaries: Vec<_> =
            duties.iter().filter(|duty| duty.clause.as_str() == "6.1").collect();
        assert!(!summaries.is_empty());
        assert!(
            summaries.iter().all(|duty| duty.due.as_deref() == Some("2026-10-16T23:59:59+08:00"))
        );
    }
}
