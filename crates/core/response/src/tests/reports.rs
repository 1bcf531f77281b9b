//! Reports before, at and after their acceptance.

use fengsui_plan::Channel;
use fengsui_vocabulary::{FactValue, IncidentId, ReportId, Scalar};

use crate::accept::{AcceptReport, MergeReport, SplitReport, accept, merge, split};
use crate::incident::{Incident, ReceiveReport};
use crate::report::{Report, ReportCommand, ReportStatus, SupplementReport, TakeIn, evolve};
use crate::testing::people::{OTHER_UNIT, UNIT, lin, mara, sun, tang};
use crate::testing::{Stage, at, blob, line, shanghai};
use crate::{
    Actor, Affected, AnchorKind, Anchors, Asked, Delivery, IntakeChannel, Party, PlanRef, Refusal,
    ReportKind, Scene, report,
};

fn take_in(stage: &Stage) -> TakeIn {
    TakeIn {
        report: ReportId::from_bits(1),
        number: line("SH-2026-0001"),
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: "cac_duty_room".parse().unwrap(),
        follows: None,
        affected: vec![affected(Some("09:40"))],
        facts: [].into(),
        content: blob(1),
        attachments: Vec::new(),
        lead: PlanRef::of(&stage.plan),
        call: None,
        sealed_because: None,
    }
}

fn affected(discovered_at: Option<&str>) -> Affected {
    let anchors = Anchors { discovered_at: discovered_at.map(at), ..Anchors::default() };
    Affected { organisation: Some(UNIT), district: None, anchors }
}

fn from_public(take_in: TakeIn) -> Asked<ReportCommand> {
    Asked::now(Actor::public(), ReportCommand::TakeIn(Box::new(take_in)))
}

/// A stage with a report that was taken in at 10:00.
fn waiting() -> Stage {
    let mut stage = Stage::under(shanghai());
    let asked = from_public(take_in(&stage));
    stage.report("10:00", &asked).unwrap();
    stage
}

fn open(stage: &Stage, incident: u128) -> AcceptReport {
    AcceptReport::Open {
        incident: IncidentId::from_bits(incident),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(&stage.plan)],
    }
}

#[track_caller]
fn refused(answer: Result<Vec<crate::ReportEvent>, Refusal>, name: &str) {
    assert_eq!(answer.unwrap_err().name(), name);
}

#[test]
fn times_that_cannot_be_are_refused() {
    let mut stage = Stage::under(shanghai());
    let with = |stage: &Stage, anchors| {
        let affected = vec![Affected { anchors, ..affected(None) }];
        from_public(TakeIn { affected, ..take_in(stage) })
    };
    let future = Anchors { discovered_at: Some(at("10:01")), ..Anchors::default() };
    let asked = with(&stage, future);
    refused(stage.report("10:00", &asked), "in-the-future");
    let old = "1999-12-31T00:00:00Z".parse().unwrap();
    let old = Anchors { occurred_at: Some(old), ..Anchors::default() };
    let asked = with(&stage, old);
    refused(stage.report("10:00", &asked), "too-long-ago");
    let contradictory = Anchors {
        occurred_at: Some(at("09:50")),
        discovered_at: Some(at("09:40")),
        informed_at: None,
    };
    let asked = with(&stage, contradictory);
    refused(stage.report("10:00", &asked), "contradictory-anchors");
    let asked = from_public(take_in(&stage)).at(at("10:01"));
    refused(stage.report("10:00", &asked), "in-the-future");
}

#[test]
fn facts_that_the_catalogue_does_not_have_are_refused() {
    let mut stage = Stage::under(shanghai());
    let severe = FactValue::Exact(Scalar::Word("very_severe".parse().unwrap()));
    let facts = [("system_loss".parse().unwrap(), severe)].into();
    let asked = from_public(TakeIn { facts, ..take_in(&stage) });
    refused(stage.report("10:00", &asked), "facts-refused");
}

#[test]
fn a_report_is_taken_in_once() {
    let mut stage = waiting();
    let asked = from_public(take_in(&stage));
    refused(stage.report("10:01", &asked), "exists-already");
}

#[test]
fn a_report_meets_only_what_is_owed_to_whoever_took_it_in_by_that_channel() {
    let stage = waiting();
    let done: Vec<_> =
        stage.report.met.iter().map(|tick| (tick.duty.as_str(), tick.to.as_ref())).collect();
    let duty_room = "cac_duty_room".parse().unwrap();
    assert_eq!(done, [("sh-4.1.1-written", Some(&duty_room))]);
}

#[test]
fn a_call_is_taken_by_somebody_who_fills_the_role() {
    let mut stage = Stage::under(shanghai());
    let oral = TakeIn { channel: IntakeChannel::Oral, ..take_in(&stage) };
    refused(stage.report("10:00", &from_public(oral.clone())), "not-in-role");
    let by_lin = Asked::now(lin(), ReportCommand::TakeIn(Box::new(oral)));
    let events = stage.report("10:00", &by_lin.at(at("09:55"))).unwrap();
    let kinds: Vec<_> = events.iter().map(crate::ReportEvent::kind).collect();
    assert_eq!(kinds, ["report-taken-in", "duty-met"]);
}

#[test]
fn suspected_state_secrets_leave_a_stub() {
    let mut stage = Stage::under(shanghai());
    let sealed_because = Some(line("疑似涉密"));
    let asked = from_public(TakeIn { sealed_because, ..take_in(&stage) });
    let events = stage.report("10:00", &asked).unwrap();
    let kinds: Vec<_> = events.iter().map(crate::ReportEvent::kind).collect();
    assert_eq!(kinds, ["report-taken-in", "report-sealed"]);
    let asked = Asked::now(lin(), open(&stage, 1));
    assert_eq!(stage.accept("10:05", &asked).unwrap_err(), Refusal::ReportSealed);
}

#[test]
fn two_officers_accept_at_once_and_the_second_is_told_by_whom() {
    let mut stage = waiting();
    let first = Asked::now(lin(), open(&stage, 1));
    stage.accept("10:10", &first).unwrap();
    let (now, empty) = (at("10:10"), Incident::default());
    let second = Asked::now(lin(), open(&stage, 2));
    let scene = Scene::new(now, &stage.packs);
    let refused = accept(&stage.report, &empty, &second, &scene).unwrap_err();
    let incident = IncidentId::from_bits(1);
    assert_eq!(refused, Refusal::AlreadyAccepted { incident, by: lin().person });
}

#[test]
fn only_whom_the_plan_names_accepts() {
    let mut stage = waiting();
    let asked = Asked::now(mara(), open(&stage, 1));
    assert_eq!(stage.accept("10:10", &asked).unwrap_err().name(), "not-authorised");
    let asked = Asked::now(tang(), open(&stage, 1));
    assert_eq!(stage.accept("10:10", &asked).unwrap_err().name(), "no-role");
    let asked = Asked::now(lin(), open(&stage, 1)).in_role("commission".parse().unwrap());
    assert_eq!(stage.accept("10:10", &asked).unwrap_err().name(), "not-in-role");
}

#[test]
fn a_second_report_joins_and_moves_no_clock() {
    let mut stage = waiting();
    let first = Asked::now(lin(), open(&stage, 1));
    stage.accept("10:10", &first).unwrap();
    let before = stage.duties("10:11");

    let mut other = Stage { report: Report::default(), ..stage.clone() };
    let again = TakeIn {
        report: ReportId::from_bits(2),
        affected: vec![affected(Some("09:30"))],
        ..take_in(&stage)
    };
    other.report("10:11", &from_public(again)).unwrap();
    let join = AcceptReport::Join { incident: IncidentId::from_bits(1) };
    other.accept("10:12", &Asked::now(lin(), join.clone())).unwrap();
    assert_eq!(
        other.duties("10:11"),
        before,
        "the first reading of a time is the origin of clocks"
    );
    assert_eq!(other.incident.reports.len(), 2);
    let twice = other.accept("10:13", &Asked::now(lin(), join)).unwrap_err();
    assert_eq!(twice.name(), "already-accepted");
}

#[test]
fn an_organisation_that_is_not_in_the_registry_is_identified_later() {
    let mut stage = Stage::under(shanghai());
    let unknown = Affected { organisation: None, ..affected(Some("09:40")) };
    let asked = from_public(TakeIn { affected: vec![unknown], ..take_in(&stage) });
    stage.report("10:00", &asked).unwrap();
    let party = Party::Unidentified(ReportId::from_bits(1), 0);
    assert_eq!(stage.report.unidentified().collect::<Vec<_>>(), [party]);
    let duties = stage.report_duties("10:01");
    let identify =
        ReportCommand::IdentifyOrganisation { party, organisation: UNIT, district: None };
    stage.report("10:05", &Asked::now(lin(), identify.clone())).unwrap();
    refused(stage.report("10:06", &Asked::now(lin(), identify)), "identified-already");
    assert_eq!(stage.report_duties("10:06"), duties, "who it is moves no clock");
    let asked = Asked::now(lin(), open(&stage, 1));
    stage.accept("10:10", &asked).unwrap();
    let known = Party::Organisation(UNIT);
    assert!(stage.incident.affected.contains_key(&known));
    assert!(
        stage
            .incident
            .duties(&stage.plan, at("10:10"))
            .iter()
            .all(|duty| { duty.organisation.as_deref() == Some(known.to_string().as_str()) })
    );
}

#[test]
fn a_corrected_time_shows_both_readings() {
    let mut stage = waiting();
    let correct = |to| ReportCommand::CorrectAnchor {
        party: Party::Organisation(UNIT),
        anchor: AnchorKind::Discovered,
        to,
        reason: line("日志时间"),
    };
    let before = stage.report.duties(&stage.plan, at("10:05"));
    stage.report("10:05", &Asked::now(lin(), correct(at("09:50")))).unwrap();
    let after = stage.report.duties(&stage.plan, at("10:05"));
    assert_eq!(before[0].due, after[0].due, "a correction never moves a statutory time");
    assert!(after[0].also_read_as.contains(&at("10:20")), "{:?}", after[0].also_read_as);
    refused(stage.report("10:06", &Asked::now(lin(), correct(at("10:30")))), "in-the-future");
    refused(stage.report("10:06", &Asked::now(lin(), correct(at("09:50")))), "no-change");
}

#[test]
fn questions_are_answered_once_and_only_by_those_concerned() {
    let mut stage = waiting();
    stage.report("10:01", &Asked::now(lin(), ReportCommand::Ask { text: blob(5) })).unwrap();
    assert_eq!(stage.report.open_questions().count(), 1);
    let answer = |question| ReportCommand::Answer { question, text: blob(6), attachments: vec![] };
    refused(stage.report("10:02", &Asked::now(sun(), answer(1))), "not-yours");
    refused(stage.report("10:02", &Asked::now(tang(), answer(2))), "unknown");
    stage.report("10:02", &Asked::now(tang(), answer(1))).unwrap();
    refused(stage.report("10:03", &Asked::now(tang(), answer(1))), "answered-already");
}

#[test]
fn a_declined_report_is_reopened_on_new_evidence() {
    let mut stage = waiting();
    let decline = ReportCommand::Decline { reason: line("证据不足") };
    refused(stage.report("10:05", &Asked::now(mara(), decline.clone())), "not-authorised");
    stage.report("10:05", &Asked::now(lin(), decline)).unwrap();
    let asked = Asked::now(lin(), open(&stage, 1));
    assert_eq!(stage.accept("10:06", &asked).unwrap_err(), Refusal::ReportDeclined);
    let reopen = ReportCommand::Reopen { reason: line("有新证据") };
    stage.report("10:07", &Asked::now(lin(), reopen.clone())).unwrap();
    refused(stage.report("10:08", &Asked::now(lin(), reopen)), "report-not-declined");
    stage.accept("10:10", &asked).unwrap();
    assert_eq!(stage.report.status, ReportStatus::Accepted);
}

#[test]
fn another_recipient_takes_it_in_before_it_is_accepted() {
    let mut stage = waiting();
    let receive = ReportCommand::Receive(ReceiveReport {
        plan: None,
        by: "linkage_centre".parse().unwrap(),
        channel: Channel::Written,
        report: None,
        act: Delivery::Report { report: ReportId::from_bits(1) },
        late_because: None,
    });
    refused(stage.report("10:05", &Asked::now(tang(), receive.clone())), "no-role");
    let events = stage.report("10:05", &Asked::now(mara(), receive)).unwrap();
    let kinds: Vec<_> = events.iter().map(crate::ReportEvent::kind).collect();
    assert_eq!(kinds, ["report-received", "duty-met"]);
}

#[test]
fn a_supplement_is_known_in_the_incident_at_once() {
    let mut stage = waiting();
    let asked = Asked::now(lin(), open(&stage, 1));
    stage.accept("10:10", &asked).unwrap();
    let some = FactValue::Exact(Scalar::Word("some".parse().unwrap()));
    let supplement = SupplementReport {
        content: blob(7),
        attachments: Vec::new(),
        facts: [("security_threat".parse().unwrap(), some)].into(),
    };
    let by_sun = Asked::now(sun(), supplement.clone());
    assert_eq!(stage.supplement("10:15", &by_sun).unwrap_err(), Refusal::NotYours);
    stage.supplement("10:15", &Asked::now(Actor::public(), supplement)).unwrap();
    assert_eq!(stage.incident.computed(&stage.plan).certain, Some("IV".parse().unwrap()));
    assert_eq!(stage.incident.reports[&ReportId::from_bits(1)].supplements, 1);
}

#[test]
fn a_split_report_keeps_its_receipt_in_every_part() {
    let stage = waiting();
    let part = |number: u128, organisation| TakeIn {
        report: ReportId::from_bits(number),
        number: line(&format!("SH-2026-{number:04}")),
        affected: vec![Affected { organisation: Some(organisation), ..affected(Some("09:40")) }],
        ..take_in(&stage)
    };
    let parts = vec![part(2, UNIT), part(3, OTHER_UNIT)];
    let asked = Asked::now(lin(), SplitReport { parts, reason: line("两起事件") });
    let scene = Scene::new(at("10:20"), &stage.packs);
    let regrouped = split(&stage.report, &asked, &scene).unwrap();
    let mut report = Report::default();
    for decided in regrouped.others[&ReportId::from_bits(2)].clone() {
        evolve(&mut report, &decided.recorded(at("10:20"), lin().person));
    }
    assert_eq!(report.intake.as_ref().unwrap().taken_in_at, at("10:00"));
    assert_eq!(report.met.len(), 1, "what the whole met, its part has met");
    let mut whole = stage.report.clone();
    for decided in regrouped.report {
        evolve(&mut whole, &decided.recorded(at("10:20"), lin().person));
    }
    let open = ReportCommand::Ask { text: blob(9) };
    let asked = Asked::now(lin(), open);
    let refused = report::decide(&whole, &asked, &scene).unwrap_err();
    assert_eq!(refused, Refusal::ReportGoesOnElsewhere);
}

#[test]
fn a_merged_report_brings_its_ticks() {
    let stage = waiting();
    let mut other = Stage { report: Report::default(), ..stage.clone() };
    let later =
        TakeIn { report: ReportId::from_bits(2), channel: IntakeChannel::Oral, ..take_in(&stage) };
    other.report("10:03", &Asked::now(lin(), ReportCommand::TakeIn(Box::new(later)))).unwrap();
    let asked = Asked::now(lin(), MergeReport { into: ReportId::from_bits(1) });
    let scene = Scene::new(at("10:05"), &stage.packs);
    let regrouped = merge(&other.report, &stage.report, &asked, &scene).unwrap();
    let mut into = stage.report.clone();
    for decided in regrouped.others[&ReportId::from_bits(1)].clone() {
        evolve(&mut into, &decided.recorded(at("10:05"), lin().person));
    }
    assert_eq!(into.met.len(), 2, "oral from the one, written from the other");
}
