//! What the program suggests that people look at, and what it must not.

use std::sync::Arc;

use fengsui_plan::{Channel, Library, Plan};
use fengsui_vocabulary::{FactValue, Facts, IncidentId, ReportId, RoleId, Scalar};
use jiff::SignedDuration;

use crate::accept::AcceptReport;
use crate::accountability::{bears_on, suggestions};
use crate::house::{House, LatenessPolicy};
use crate::incident::{IncidentCommand, MeetDuty, RecordFacts};
use crate::report::{Report, ReportCommand, SupplementReport, TakeIn};
use crate::testing::people::{OTHER_UNIT, UNIT, lin, mara, wei};
use crate::testing::{Stage, at, blob, changed, line, shanghai, tick};
use crate::{
    AccountabilityKind, Actor, Affected, AnchorKind, Anchors, Asked, Delivery, Ground,
    IntakeChannel, Outlook, Party, PlanRef, ReadBack, ReportKind, SaidBy, Tick,
};

const RECIPIENTS: [&str; 3] = ["cac_duty_room", "district_authority", "linkage_centre"];

#[test]
fn a_report_after_its_time_is_late_and_one_that_never_comes_is_left_out() {
    let mut stage = told(known_start(), "10:00");
    meet(&mut stage, "10:20", &["linkage_centre"], "10:20");
    assert_eq!(
        suggested(&stage, "10:25"),
        [
            "late sh-4.1.1-oral linkage_centre due 10:10 done 10:20",
            "omitted sh-4.1.1-oral district_authority due 10:10",
        ]
    );
    assert_eq!(suggested(&stage, "10:09"), Vec::<String>::new(), "nothing before its time");
    let late = suggested(&stage, "10:41");
    assert!(
        late.contains(&"omitted sh-4.1.1-written linkage_centre due 10:40".to_owned()),
        "{late:?}"
    );
}

#[test]
fn the_due_moment_itself_is_in_time() {
    let stage = told(known_start(), "10:00");
    assert!(suggested(&stage, "10:10").is_empty());
    assert!(!suggested(&stage, "10:11").is_empty());
}

#[test]
fn what_a_second_person_cleared_is_nobodys_lateness() {
    let mut stage = told(known_start(), "10:00");
    // Telephoned at 10:02 and entered at 10:12.
    meet(&mut stage, "10:12", &["linkage_centre"], "10:02");
    let claimed = "omitted sh-4.1.1-oral linkage_centre due 10:10 claimed 10:12".to_owned();
    assert!(suggested(&stage, "10:13").contains(&claimed), "nobody has confirmed it");
    let clear = IncidentCommand::ClearMiss { ticks: vec![oral("linkage_centre")] };
    stage.incident("10:13", &Asked::now(wei(), clear)).unwrap();
    let left = suggested(&stage, "10:14");
    assert!(left.iter().all(|it| !it.contains("linkage_centre")), "{left:?}");
}

#[test]
fn nothing_is_suggested_from_an_assumed_start_unless_a_policy_says_so() {
    let mut stage = told(shanghai(), "10:00");
    assert!(suggested(&stage, "12:00").is_empty());
    adopt(&mut stage, "sh-4.1.1-oral", None);
    assert_eq!(
        suggested(&stage, "12:00"),
        [
            "omitted sh-4.1.1-oral district_authority due 10:10 by 本地办法",
            "omitted sh-4.1.1-oral linkage_centre due 10:10 by 本地办法",
        ]
    );
    // A policy may give more time than the text, never less.
    for (minutes, due) in [(5, "10:10"), (60, "10:40")] {
        let mut stage = told(shanghai(), "10:00");
        adopt(&mut stage, "sh-4.1.1-oral", Some(minutes));
        let found = suggested(&stage, "12:00");
        assert!(found.iter().all(|it| it.contains(&format!("due {due}"))), "{found:?}");
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn nothing_is_suggested_from_at_once_unless_a_policy_gives_the_number() {
    let mut stage = told(shanghai(), "10:00");
    considerable(&mut stage, "10:01");
    assert!(suggested(&stage, "23:00").is_empty());
    adopt(&mut stage, "sh-4.1.1-immediate", None);
    assert!(suggested(&stage, "23:00").is_empty(), "a policy without a number gives none");
    adopt(&mut stage, "sh-4.1.1-immediate", Some(15));
    let found = suggested(&stage, "23:00");
    assert!(!found.is_empty());
    let is_it = |it: &String| {
        it.starts_with("omitted sh-4.1.1-immediate") && it.ends_with("due 10:16 by 本地办法")
    };
    assert!(found.iter().all(is_it), "{found:?}");
}

#[test]
fn what_was_waived_or_is_owed_by_others_is_not_suggested() {
    let mut stage = told(known_start(), "10:00");
    let ticks = vec![oral("linkage_centre"), oral("district_authority")];
    let waive = IncidentCommand::WaiveDuty { ticks, reason: line("已并案") };
    stage.incident("10:05", &Asked::now(lin(), waive)).unwrap();
    assert!(suggested(&stage, "10:30").is_empty());
    considerable(&mut stage, "10:31");
    let found = suggested(&stage, "23:00");
    assert!(
        found.iter().all(|it| !it.contains("cac_office")),
        "the offices are not held here: {found:?}"
    );
}

#[test]
fn a_unit_whose_incident_others_reported_and_that_says_nothing_conceals_it() {
    let mut stage = reported_by_others("10:00", "09:40");
    assert!(kinds(&stage, "10:10").is_empty());
    let found = suggested(&stage, "10:11");
    assert!(
        found.contains(&"concealed report rep_00000000000000000000000001 at 10:00".to_owned()),
        "{found:?}"
    );
    let of_kind = |it: &&String| it.starts_with("concealed sh-4.1.1-oral");
    assert_eq!(found.iter().filter(of_kind).count(), 3, "{found:?}");
    // It reports after all, but only when its time was over.
    meet(&mut stage, "10:30", &RECIPIENTS, "10:30");
    assert_eq!(kinds(&stage, "10:31"), ["late", "concealed"]);
}

#[test]
fn a_unit_that_reported_in_time_conceals_nothing_although_it_left_somebody_out() {
    let mut stage = reported_by_others("10:00", "09:40");
    meet(&mut stage, "10:05", &["linkage_centre"], "10:05");
    assert_eq!(kinds(&stage, "10:11"), ["omitted"]);
}

#[test]
fn a_unit_that_reported_before_others_did_conceals_nothing() {
    let mut stage = told(known_start(), "10:50");
    // Its own report came late, but it was the first.
    assert_eq!(kinds(&stage, "10:55"), ["late", "omitted"]);
    join_another(&mut stage, "11:00", 2, &[], None);
    assert_eq!(kinds(&stage, "11:05"), ["late", "omitted"]);
}

#[test]
fn two_reports_of_a_unit_that_cannot_both_be_so_are_looked_at() {
    let mut stage = told(known_start(), "10:00");
    say(&mut stage, "10:02", "severe", None);
    join_another(&mut stage, "10:05", 2, &[fact("minor")], Some(UNIT));
    assert_eq!(suggested(&stage, "10:06"), ["false system_loss severe 10:02, minor 10:05"]);
}

#[test]
fn a_correction_a_development_and_the_words_of_others_are_no_falsehood() {
    // A supplement of the same report corrects it.
    let mut stage = told_with("10:00", &[fact("severe")]);
    let supplement = SupplementReport {
        content: blob(50),
        attachments: Vec::new(),
        facts: [fact("minor")].into(),
    };
    stage.supplement("10:03", &Asked::now(Actor::public(), supplement)).unwrap();
    assert!(suggested(&stage, "10:06").is_empty());
    // What grew is told by a second report.
    let mut stage = told_with("10:00", &[fact("minor")]);
    join_another(&mut stage, "10:05", 2, &[fact("severe")], Some(UNIT));
    assert!(suggested(&stage, "10:06").is_empty());
    // Others see less than the unit does.
    let mut stage = told_with("10:00", &[fact("severe")]);
    join_another(&mut stage, "10:05", 2, &[fact("minor")], None);
    say(&mut stage, "10:06", "minor", Some(SaidBy::Role("cac_office".parse().unwrap())));
    assert!(suggested(&stage, "10:07").is_empty());
    // The unit itself corrects it by telephone.
    say(&mut stage, "10:08", "minor", None);
    assert!(suggested(&stage, "10:09").is_empty());
}

#[test]
fn a_later_report_that_plays_it_down_is_looked_at() {
    let mut stage = told_with("10:00", &[fact("severe")]);
    join_another(&mut stage, "10:05", 2, &[fact("minor")], Some(UNIT));
    assert_eq!(kinds(&stage, "10:06"), ["false"]);
}

#[test]
fn the_entries_that_bear_on_a_ground_are_found() {
    let mut stage = told(known_start(), "10:00");
    meet(&mut stage, "10:20", &["linkage_centre"], "10:20");
    let ground =
        found(&stage, "10:25").into_iter().find(|(kind, _)| *kind == AccountabilityKind::Late);
    let (_, ground) = ground.unwrap();
    let bearing: Vec<_> = stage
        .incident
        .log
        .iter()
        .filter(|it| bears_on(&it.event, &ground))
        .map(|it| it.event.kind())
        .collect();
    assert_eq!(bearing, ["report-joined", "duty-met"]);
}

/// The Shanghai plan as if its text named the start of the clock.
fn known_start() -> Arc<Plan> {
    Arc::new(changed(|plan| plan.duties.iter_mut().for_each(|rule| rule.assumed = false)))
}

/// The unit noticed it at 09:40 and told the duty room in a form; then it was accepted.
fn told(plan: Arc<Plan>, clock: &str) -> Stage {
    stage_of(plan, clock, &[])
}

fn told_with(clock: &str, facts: &[(fengsui_vocabulary::FactId, FactValue)]) -> Stage {
    let mut stage = stage_of(known_start(), clock, facts);
    meet(&mut stage, clock, &["linkage_centre", "district_authority"], clock);
    stage
}

fn stage_of(
    plan: Arc<Plan>,
    clock: &str,
    facts: &[(fengsui_vocabulary::FactId, FactValue)],
) -> Stage {
    let mut stage = Stage::under(plan);
    let affected = vec![Affected {
        organisation: Some(UNIT),
        district: None,
        anchors: Anchors { discovered_at: Some(at("09:40")), ..Anchors::default() },
    }];
    let mut take_in = report(&stage, 1, affected);
    take_in.facts = facts.iter().cloned().collect();
    let take_in = ReportCommand::TakeIn(Box::new(take_in));
    stage.report(clock, &Asked::now(Actor::public(), take_in)).unwrap();
    let called = by_call(&[oral("cac_duty_room")], clock > "10:10");
    stage.report(clock, &Asked::now(lin(), ReportCommand::MeetDuty(called))).unwrap();
    stage.accept(clock, &Asked::now(lin(), open(&stage))).unwrap();
    stage
}

/// Somebody else reported what happened at the unit; when it noticed it is learned afterwards.
fn reported_by_others(clock: &str, discovered: &str) -> Stage {
    let mut stage = Stage::under(known_start());
    let affected =
        vec![Affected { organisation: Some(UNIT), district: None, anchors: Anchors::default() }];
    let take_in = ReportCommand::TakeIn(Box::new(report(&stage, 1, affected)));
    stage.report(clock, &Asked::now(Actor::public(), take_in)).unwrap();
    stage.accept(clock, &Asked::now(lin(), open(&stage))).unwrap();
    let anchor = IncidentCommand::RecordAnchor {
        party: Party::Organisation(UNIT),
        anchor: AnchorKind::Discovered,
        plan: None,
        at: at(discovered),
        offset: None,
    };
    stage.incident(clock, &Asked::now(lin(), anchor)).unwrap();
    stage
}

/// Another report joins: of this unit, or of a stranger who names nobody.
fn join_another(
    stage: &mut Stage,
    clock: &str,
    number: u128,
    facts: &[(fengsui_vocabulary::FactId, FactValue)],
    of: Option<fengsui_vocabulary::OrganisationId>,
) {
    let anchors = Anchors { discovered_at: Some(at("09:40")), ..Anchors::default() };
    let affected: Vec<Affected> = of
        .map(|organisation| Affected { organisation: Some(organisation), district: None, anchors })
        .into_iter()
        .collect();
    let mut take_in = report(stage, number, affected);
    take_in.facts = facts.iter().cloned().collect();
    stage.report = Report::default();
    let take_in = ReportCommand::TakeIn(Box::new(take_in));
    stage.report(clock, &Asked::now(Actor::public(), take_in)).unwrap();
    let join = AcceptReport::Join { incident: IncidentId::from_bits(1) };
    stage.accept(clock, &Asked::now(lin(), join)).unwrap();
}

fn open(stage: &Stage) -> AcceptReport {
    AcceptReport::Open {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(&stage.plan)],
    }
}

fn report(stage: &Stage, number: u128, affected: Vec<Affected>) -> TakeIn {
    TakeIn {
        report: ReportId::from_bits(number),
        number: line(&format!("SH-2026-000{number}")),
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: "cac_duty_room".parse().unwrap(),
        follows: None,
        affected,
        facts: Facts::new(),
        content: blob(1),
        attachments: Vec::new(),
        lead: PlanRef::of(&stage.plan),
        call: None,
        sealed_because: None,
    }
}

fn meet(stage: &mut Stage, clock: &str, to: &[&str], happened: &str) {
    let ticks: Vec<Tick> = to.iter().map(|to| oral(to)).collect();
    let called = IncidentCommand::MeetDuty(by_call(&ticks, happened > "10:10"));
    stage.incident(clock, &Asked::now(mara(), called).at(at(happened))).unwrap();
}

fn by_call(ticks: &[Tick], is_late: bool) -> MeetDuty {
    MeetDuty {
        ticks: ticks.to_vec(),
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: is_late.then(|| line("值班电话未接通")),
    }
}

fn considerable(stage: &mut Stage, clock: &str) {
    let judge = IncidentCommand::JudgeLevel {
        plan: stage.plan.id.clone(),
        level: "III".parse().unwrap(),
        reason: Some(line("初判")),
    };
    stage.incident(clock, &Asked::now(lin(), judge)).unwrap();
}

fn say(stage: &mut Stage, clock: &str, value: &str, by: Option<SaidBy>) {
    let record = IncidentCommand::RecordFacts(RecordFacts {
        facts: [fact(value)].into(),
        said_by: Some(by.unwrap_or(SaidBy::Organisation(UNIT))),
        ground: None,
        outlook: Outlook::Observed,
    });
    stage.incident(clock, &Asked::now(lin(), record)).unwrap();
}

fn fact(value: &str) -> (fengsui_vocabulary::FactId, FactValue) {
    ("system_loss".parse().unwrap(), FactValue::Exact(Scalar::Word(value.parse().unwrap())))
}

fn adopt(stage: &mut Stage, duty: &str, minutes: Option<i64>) {
    let mut house = House::default();
    house.accountability.policies.push(LatenessPolicy {
        name: line("本地办法"),
        plan: stage.plan.id.clone(),
        duty: duty.parse().unwrap(),
        within: minutes.map(SignedDuration::from_mins),
    });
    stage.packs.set_house(Arc::new(house));
}

fn oral(to: &str) -> Tick {
    tick("sh-4.1.1-oral", Some(Party::Organisation(UNIT)), "incident_unit", to)
}

fn found(stage: &Stage, clock: &str) -> Vec<(AccountabilityKind, Ground)> {
    let duties = stage.incident.duties_under(&stage.packs, at(clock));
    let catalogue = Library::shipped().catalogue();
    let found = suggestions(&stage.incident, &duties, &stage.packs, catalogue);
    assert!(found.iter().all(|it| it.matter.organisation != OTHER_UNIT));
    let held = found.iter().map(|it| (it.matter.kind, it.ground_at(at(clock))));
    held.flat_map(|(kind, ground)| ground.into_iter().map(move |it| (kind, it))).collect()
}

fn kinds(stage: &Stage, clock: &str) -> Vec<&'static str> {
    let mut kinds: Vec<_> = found(stage, clock).iter().map(|(kind, _)| kind.name()).collect();
    kinds.dedup();
    kinds
}

fn suggested(stage: &Stage, clock: &str) -> Vec<String> {
    found(stage, clock)
        .iter()
        .map(|(kind, ground)| format!("{} {}", kind.name(), words(ground)))
        .collect()
}

fn words(ground: &Ground) -> String {
    let clock = |at: &jiff::Timestamp| {
        at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).strftime("%H:%M").to_string()
    };
    match ground {
        Ground::Duty { tick, due, done, claimed, policy, .. } => {
            let to = tick.to.as_ref().map(RoleId::as_str).unwrap_or_default();
            let mut words = format!("{} {to} due {}", tick.duty, clock(due));
            for (word, at) in [("done", done), ("claimed", claimed)] {
                words.extend(at.iter().map(|at| format!(" {word} {}", clock(at))));
            }
            words.extend(policy.iter().map(|policy| format!(" by {policy}")));
            words
        }
        Ground::ReportedByOthers { report, at } => format!("report {report} at {}", clock(at)),
        Ground::Told { fact, said } => {
            let said: Vec<_> = said
                .iter()
                .map(|said| {
                    let FactValue::Exact(Scalar::Word(word)) = &said.value else {
                        panic!("a word")
                    };
                    format!("{word} {}", clock(&said.at))
                })
                .collect();
            format!("{fact} {}", said.join(", "))
        }
    }
}

#[test]
fn the_house_names_its_policies_in_its_rules() {
    let text = r#"{ "accountability": { "hearing": "PT72H", "policy": [
        { "name": "本地办法", "plan": "shanghai-2019", "duty": "sh-4.1.1-oral" },
        { "name": "即时", "plan": "shanghai-2019", "duty": "sh-4.1.1-immediate", "within": "PT15M" }
    ] } }"#;
    let house: House = serde_json::from_str(text).unwrap();
    assert_eq!(house.accountability.hearing, SignedDuration::from_hours(72));
    let within: Vec<_> = house.accountability.policies.iter().map(|it| it.within).collect();
    assert_eq!(within, [None, Some(SignedDuration::from_mins(15))]);
}
