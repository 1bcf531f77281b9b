//! Every kind of duty that other regimes need: branches, follow-ups, clocks of the anchor.

use fengsui_plan::{
    Channel, DutyKind, DutyState, Happening, History, Library, Plan, Source, Tick, What, duties_of,
};
use fengsui_vocabulary::{FactValue, Scalar};
use jiff::tz::Offset;

use super::telling::{clock, delivered, discovered, happened, judged, told};

/// The Shanghai plan with more duties.
fn with(more: &str) -> Plan {
    let shipped = Library::shipped();
    let text = shipped.source(&"shanghai-2019".parse().unwrap()).unwrap().text;
    let source = Source { name: "more.toml".into(), text: format!("{text}\n{more}") };
    shipped.read(&source).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(fengsui_plan::Diagnostic::render).collect::<String>())
    })
}

fn owed(plan: &Plan, happenings: &[Happening], at: &str, duty: &str) -> Vec<fengsui_plan::Duty> {
    let history = History { happenings: happenings.to_vec() };
    let mut duties = duties_of(plan, &history, clock(at));
    duties.retain(|owed| owed.duty.as_str() == duty);
    duties
}

fn flag(name: &str) -> Vec<(&str, FactValue)> {
    vec![(name, FactValue::Exact(Scalar::Flag(true)))]
}

fn word(name: &'static str, value: &str) -> Vec<(&'static str, FactValue)> {
    vec![(name, FactValue::Exact(Scalar::Word(value.parse().unwrap())))]
}

const BRANCHES: &str = r#"
[[duty]]
id = "sh-first"
branch = "cii"
clause = "4.1.1"
label = { zh = "报告", en = "Report" }
senders = ["incident_unit"]
to = ["commission", "police"]
channel = "any"
anchor = { organisation = "discovered" }
when = { fact = "operator_kind", is = "cii" }
due = { within = "PT1H" }

[[duty]]
id = "sh-first"
branch = "large"
clause = "4.1.2"
label = { zh = "报告", en = "Report" }
senders = ["incident_unit"]
to = ["commission"]
channel = "any"
anchor = { organisation = "discovered" }
when = { fact = "people_leaked", at_least = 1_000 }
due = { within = "PT4H" }
"#;

#[test]
fn of_two_branches_that_owe_the_same_to_the_same_the_earlier_holds() {
    let plan = with(BRANCHES);
    let leaked = [("people_leaked", FactValue::Exact(Scalar::Whole(1_000)))];
    let mut happened = vec![discovered("10:00"), told("10:05", &leaked)];
    let large = owed(&plan, &happened, "10:10", "sh-first");
    assert_eq!(large.len(), 1);
    assert_eq!(large[0].due, Some(clock("14:00")));
    assert_eq!(large[0].clause.as_str(), "4.1.2");

    happened.push(told("10:06", &word("operator_kind", "cii")));
    let both = owed(&plan, &happened, "10:10", "sh-first");
    assert_eq!(both.len(), 2, "one to the Commission, one to the police");
    assert!(both.iter().all(|duty| duty.due == Some(clock("11:00"))));
    assert!(both.iter().all(|duty| duty.branch.as_deref() == Some("cii")));
}

#[test]
fn a_count_below_the_bound_gives_no_branch() {
    let leaked = [("people_leaked", FactValue::Exact(Scalar::Whole(999)))];
    let happened = [discovered("10:00"), told("10:05", &leaked)];
    assert!(owed(&with(BRANCHES), &happened, "10:10", "sh-first").is_empty());
}

#[test]
fn a_delivery_to_everybody_is_received_by_the_branch_that_holds_only() {
    let plan = with(&format!(
        "{BRANCHES}{}",
        r#"
[[duty]]
id = "sh-onward"
clause = "4.1.2"
label = { zh = "转报", en = "Onward" }
senders = ["police"]
to = ["commission"]
channel = "any"
anchor = { received = true }
due = { within = "PT30M" }
"#
    ));
    let leaked = [("people_leaked", FactValue::Exact(Scalar::Whole(1_000)))];
    let everybody = |time| {
        happened(
            time,
            What::Delivered(Tick {
                duty: "sh-first".parse().unwrap(),
                by: None,
                to: None,
                channel: Some(Channel::Written),
                slot: None,
            }),
        )
    };
    let large = [discovered("10:00"), told("10:05", &leaked), everybody("10:20")];
    assert!(owed(&plan, &large, "10:30", "sh-onward").is_empty());
    let cii =
        [discovered("10:00"), told("10:05", &word("operator_kind", "cii")), everybody("10:20")];
    let onward = owed(&plan, &cii, "10:30", "sh-onward");
    assert_eq!(onward[0].due, Some(clock("10:50")));
}

const FOLLOW_UP: &str = r#"
[[duty]]
id = "sh-news"
clause = "4.1.1"
label = { zh = "续报", en = "Follow-up" }
senders = ["incident_unit"]
to = ["cac_duty_room"]
channel = "any"
anchor = { follow_up = "sh-4.1.1-written" }
due = { undefined = true }
same_channel_as = "sh-4.1.1-written"
"#;

#[test]
fn what_becomes_new_after_the_report_is_owed_once_until_it_is_told() {
    let plan = with(FOLLOW_UP);
    let mut story = vec![
        discovered("10:00"),
        told("10:05", &flag("sensitive_data_affected")),
        delivered("10:20", "sh-4.1.1-written", "cac_duty_room"),
    ];
    assert!(owed(&plan, &story, "10:21", "sh-news").is_empty(), "it was told with the report");
    story.push(told("10:30", &flag("major_complaints")));
    story.push(told("10:35", &flag("key_department_affected")));
    let open = owed(&plan, &story, "10:40", "sh-news");
    assert_eq!(open.len(), 1, "both go into one follow-up");
    assert_eq!((open[0].arose_at, open[0].state), (clock("10:30"), DutyState::Pending));
    story.push(delivered("10:45", "sh-news", "cac_duty_room"));
    story.push(told("10:50", &flag("major_complaints")));
    assert_eq!(owed(&plan, &story, "10:55", "sh-news").len(), 1, "nothing new was told");
    story.push(told("11:00", &flag("large_scale_leak")));
    let after = owed(&plan, &story, "11:05", "sh-news");
    let states: Vec<_> = after.iter().map(|duty| (duty.slot, duty.state)).collect();
    assert_eq!(states, [(None, DutyState::Elapsed), (Some(2), DutyState::Pending)]);
}

#[test]
fn the_channel_of_the_first_report_is_used_again() {
    let plan = with(FOLLOW_UP);
    let by = |time: &str, duty: &str, channel| {
        let mut told = delivered(time, duty, "cac_duty_room");
        if let What::Delivered(tick) = &mut told.what {
            tick.channel = Some(channel);
        }
        told
    };
    let mut story = vec![
        discovered("10:00"),
        by("10:20", "sh-4.1.1-written", Channel::Written),
        told("10:30", &flag("major_complaints")),
        by("10:40", "sh-news", Channel::Oral),
    ];
    assert_eq!(owed(&plan, &story, "10:50", "sh-news")[0].state, DutyState::Pending);
    story.push(by("10:45", "sh-news", Channel::Written));
    assert_eq!(owed(&plan, &story, "10:50", "sh-news")[0].state, DutyState::Elapsed);
}

const EACH: &str = r#"
[[duty]]
id = "sh-feedback"
clause = "4.1.1"
label = { zh = "反馈", en = "Feedback" }
senders = ["cac_office"]
to = ["commission"]
channel = "any"
anchor = { each = ["report_accepted", "report_declined"] }
due = { undefined = true }
"#;

#[test]
fn every_decision_on_a_report_is_fed_back() {
    let plan = with(EACH);
    let declined = What::ReportDeclined { reason: "weak".into() };
    let story = [
        happened("10:00", declined),
        delivered("10:10", "sh-feedback", "commission"),
        happened("11:00", What::ReportReopened),
        happened("11:30", What::ReportAccepted),
    ];
    let found = owed(&plan, &story, "12:00", "sh-feedback");
    let told: Vec<_> = found.iter().map(|duty| (duty.anchor.as_str(), duty.state)).collect();
    let expected =
        [("report_declined", DutyState::Elapsed), ("report_accepted", DutyState::Pending)];
    assert_eq!(told, expected);
}

const RELEASED: &str = r#"
[[duty]]
id = "sh-released"
clause = "4.1.1"
label = { zh = "报告", en = "Report" }
senders = ["incident_unit"]
to = ["commission"]
channel = "any"
anchor = { organisation = "aware" }
when = { any = [{ level_at_least = "III" }, { stated = "aware" }] }
due = { within = "PT72H" }
released_by_decision = true
"#;

#[test]
fn a_decision_not_to_report_releases_what_was_owed_and_nothing_that_comes_later() {
    let plan = with(RELEASED);
    let not = happened("11:00", What::NotReported { reason: "no risk".into() });
    let before = [discovered("10:00"), happened("10:30", What::Aware), not.clone()];
    let released = owed(&plan, &before, "12:00", "sh-released");
    assert_eq!(released[0].state, DutyState::Waived);
    assert!(released[0].because.iter().any(|because| because.text.en.contains("no risk")));
    let later = [discovered("10:00"), not, judged("11:30", "III")];
    assert_eq!(owed(&plan, &later, "12:00", "sh-released")[0].state, DutyState::Pending);
}

#[test]
fn awareness_that_only_follows_from_discovery_is_not_stated() {
    let plan = with(RELEASED);
    assert!(owed(&plan, &[discovered("10:00")], "12:00", "sh-released").is_empty());
    let mut of_another_plan = happened("10:30", What::Aware);
    of_another_plan.plan = Some("gdpr-33".parse().unwrap());
    assert!(owed(&plan, &[of_another_plan], "12:00", "sh-released").is_empty());
}

#[test]
fn a_plan_that_reckons_by_the_anchor_keeps_its_offset_and_its_wall_clock() {
    let mut plan = with("");
    plan.reckons_by = fengsui_plan::Reckoning::Anchor;
    let noticed = |at: &str, hours: i8| Happening {
        at: at.parse().unwrap(),
        recorded_at: at.parse().unwrap(),
        offset: Some(Offset::constant(hours)),
        ..discovered("10:00")
    };
    let told = [noticed("2027-01-29T09:00:00+01:00", 1)];
    let history = History { happenings: told.to_vec() };
    let duties = duties_of(&plan, &history, told[0].at);
    let view = fengsui_plan::DutyView::of(&duties[0]);
    assert_eq!(view.due.as_deref(), Some("2027-01-29T09:30:00+01:00"));
    assert_eq!(duties[0].kind, DutyKind::Within);
    plan.reckons_by = fengsui_plan::Reckoning::Zone;
    let view = fengsui_plan::DutyView::of(&duties_of(&plan, &history, told[0].at)[0]);
    assert_eq!(view.due.as_deref(), Some("2027-01-29T16:30:00+08:00"));
}

#[test]
fn a_warning_of_one_plan_adds_duties_of_others() {
    let plan = with("");
    let mut issued = happened("09:00", What::WarningIssued(fengsui_plan::Colour::Red));
    issued.plan = Some("miit-2017".parse().unwrap());
    assert_eq!(owed(&plan, &[issued], "09:30", "sh-3.4-simultaneous").len(), 2);
}
