//! Incidents: what is refused, and what follows from what.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_plan::{Channel, DutyState};
use fengsui_vocabulary::{FactValue, Facts, IncidentId, Scalar};

use crate::incident::{
    AddOrganisation, FormHeadquarters, IncidentCommand, IssueDocument, MeetDuty, OnBehalf,
    OpenIncident, RecordFacts, SubmitProposal, VoiceDecision, Waiting,
};
use crate::testing::people::{OTHER_UNIT, UNIT, chen, gao, lin, mara, sun, tang, wei};
use crate::testing::{
    Scenario, Stage, at, blob, changed, discovered, given, judged, known, line, shanghai, tick,
};
use crate::{
    AnchorKind, Anchors, Asked, ClassRef, Delivery, Means, Outlook, Party, PlanRef, ReadBack,
    Refusal, Relation, SaidBy, Step, Tick,
};

const HERE: Option<Party> = Some(Party::Organisation(UNIT));

fn oral(to: &str) -> Tick {
    tick("sh-4.1.1-oral", HERE, "incident_unit", to)
}

fn call(to: &str) -> IncidentCommand {
    call_for(vec![oral(to)], None)
}

fn call_for(ticks: Vec<Tick>, late_because: Option<&str>) -> IncidentCommand {
    IncidentCommand::MeetDuty(MeetDuty {
        ticks,
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: late_because.map(line),
    })
}

fn voice(step: Step, level: &str) -> IncidentCommand {
    let (level, scope) = (level.parse().unwrap(), line("事发单位"));
    IncidentCommand::VoiceDecision(VoiceDecision { step, level, scope, reason: None })
}

fn propose(step: Step, level: &str, text: u128) -> IncidentCommand {
    IncidentCommand::SubmitProposal(SubmitProposal {
        step,
        level: level.parse().unwrap(),
        scope: line("全市"),
        text: blob(text),
        meets: None,
    })
}

fn endorse(text: u128) -> IncidentCommand {
    IncidentCommand::EndorseProposal { digest: blob(text).digest, meets: None }
}

fn approve(text: u128) -> IncidentCommand {
    IncidentCommand::ApproveProposal { digest: blob(text).digest }
}

fn by_telephone(role: &str) -> OnBehalf {
    OnBehalf {
        role: role.parse().unwrap(),
        means: Means::Telephone,
        read_back: ReadBack::Confirmed,
        record: None,
    }
}

fn judge(level: &str, reason: Option<&str>) -> IncidentCommand {
    IncidentCommand::JudgeLevel {
        plan: "shanghai-2019".parse().unwrap(),
        level: level.parse().unwrap(),
        reason: reason.map(line),
    }
}

fn threat(word: &str) -> Facts {
    let value = FactValue::Exact(Scalar::Word(word.parse().unwrap()));
    Facts::from([("security_threat".parse().unwrap(), value)])
}

/// At the unit since 10:00, judged at this level at 10:02.
fn at_level(level: &str) -> Scenario {
    given(shanghai(), [discovered("10:00"), judged("10:02", level)])
}

#[test]
fn an_oral_report_counts_although_it_was_entered_late() {
    let clear = IncidentCommand::ClearMiss { ticks: vec![oral("cac_duty_room")] };
    at_level("IV")
        .when("11:40", &Asked::now(lin(), call("cac_duty_room")).at(at("10:25")))
        .happens(&["duty-met"])
        .when("11:41", &Asked::now(lin(), clear.clone()))
        .is_refused("needs-second-person")
        .when("11:42", &Asked::now(chen(), clear.clone()))
        .happens(&["miss-cleared"])
        .when("11:43", &Asked::now(wei(), clear))
        .is_refused("nothing-to-clear")
        .when("11:44", &Asked::now(lin(), IncidentCommand::WriteNote { text: blob(1) }))
        .then_duties(
            "
            sh-4.1.1-oral      incident_unit  cac_duty_room          10:30 DoneRecordedLate 10:25
            sh-4.1.1-oral      incident_unit  district_authority     10:30 Missed
            sh-4.1.1-oral      incident_unit  linkage_centre         10:30 Missed
            sh-4.1.1-written   incident_unit  cac_duty_room          11:00 Missed
            sh-4.1.1-written   incident_unit  district_authority     11:00 Missed
            sh-4.1.1-written   incident_unit  linkage_centre         11:00 Missed
            ",
        );
}

#[test]
fn a_delivery_needs_the_duty_its_channel_its_time_and_its_people() {
    let unknown = tick("sh-4.1.1-oral", HERE, "incident_unit", "press_office");
    let written = tick("sh-4.1.1-written", HERE, "incident_unit", "cac_duty_room");
    let elsewhere = Tick { party: Some(Party::Organisation(OTHER_UNIT)), ..oral("cac_duty_room") };
    at_level("IV")
        .when("10:10", &Asked::now(lin(), call_for(vec![unknown], None)))
        .is_refused("not-owed")
        .when("10:10", &Asked::now(lin(), call_for(vec![elsewhere], None)))
        .is_refused("not-owed")
        .when("10:10", &Asked::now(lin(), call_for(vec![written], None)))
        .is_refused("wrong-channel")
        .when("10:10", &Asked::now(lin(), call_for(vec![], None)))
        .is_refused("nothing")
        .when("10:10", &Asked::now(sun(), call("cac_duty_room")))
        .is_refused("not-yours")
        .when("10:10", &Asked::now(tang(), call("cac_duty_room")).at(at("09:59")))
        .is_refused("before-it-began")
        .when("10:10", &Asked::now(tang(), call("cac_duty_room")).at(at("10:11")))
        .is_refused("in-the-future")
        .when("10:10", &Asked::now(tang(), call("cac_duty_room")))
        .happens(&["duty-met"])
        .when("10:11", &Asked::now(tang(), call("cac_duty_room")))
        .is_refused("settled-already")
        .when("10:40", &Asked::now(mara(), call("linkage_centre")))
        .is_refused("needs-late-reason")
        .when("10:40", &Asked::now(mara(), call_for(vec![oral("linkage_centre")], Some("占线"))))
        .happens(&["duty-met"]);
}

#[test]
fn a_call_before_the_level_rose_still_counts_for_the_milder_duty() {
    let early = call("cac_duty_room");
    let late = call("linkage_centre");
    given(shanghai(), [discovered("10:00"), judged("10:20", "III")])
        .when("10:40", &Asked::now(lin(), early).at(at("10:15")))
        .happens(&["duty-met"])
        .when("10:40", &Asked::now(mara(), late).at(at("10:25")))
        .is_refused("duty-superseded");
}

#[test]
fn one_entry_that_is_wrong_refuses_the_whole_act() {
    let ticks = vec![oral("cac_duty_room"), oral("press_office")];
    at_level("IV")
        .when("10:10", &Asked::now(lin(), call_for(ticks, None)))
        .is_refused("not-owed")
        .when("10:10", &Asked::now(lin(), call("cac_duty_room")))
        .happens(&["duty-met"]);
}

#[test]
fn the_level_is_judged_by_whom_the_plan_names_and_with_a_reason_where_the_facts_differ() {
    given(shanghai(), [discovered("10:00"), known("10:01", threat("some"))])
        .when("10:05", &Asked::now(mara(), judge("IV", None)))
        .is_refused("not-authorised")
        .when("10:05", &Asked::now(lin(), judge("V", None)))
        .is_refused("unknown")
        .when("10:05", &Asked::now(lin(), judge("III", None)))
        .is_refused("needs-reason")
        .when("10:05", &Asked::now(lin(), judge("IV", None)))
        .happens(&["level-judged"])
        .when("10:06", &Asked::now(chen(), judge("IV", None)))
        .is_refused("judged-already")
        .when("10:07", &Asked::now(chen(), judge("III", Some("仍在扩散"))))
        .happens(&["level-judged"]);
}

#[test]
fn two_offices_decide_jointly_and_the_judging_ones_voice_is_its_judgement() {
    given(shanghai(), [discovered("10:00"), known("10:01", threat("some"))])
        .when("10:05", &Asked::now(mara(), voice(Step::Start, "IV")))
        .happens(&["decision-voiced"])
        .when("10:06", &Asked::now(wei(), voice(Step::Start, "IV")))
        .is_refused("endorsed-already")
        .when("10:06", &Asked::now(lin(), voice(Step::Adjust, "IV")))
        .is_refused("no-response")
        .when("10:07", &Asked::now(lin(), voice(Step::Start, "III")))
        .is_refused("needs-reason")
        .when("10:08", &Asked::now(lin(), voice(Step::Start, "IV")))
        .happens(&["decision-voiced", "level-judged", "response-started"])
        .when("10:09", &Asked::now(lin(), voice(Step::Start, "IV")))
        .is_refused("response-running")
        .when("10:09", &Asked::now(lin(), voice(Step::Adjust, "IV")))
        .is_refused("response-unchanged")
        .when("10:10", &Asked::now(mara(), propose(Step::End, "IV", 60)))
        .is_refused("needs-no-approval")
        .when("10:11", &Asked::now(mara(), voice(Step::End, "IV")))
        .happens(&["decision-voiced"])
        .when("10:12", &Asked::now(chen(), voice(Step::End, "IV")))
        .happens(&["decision-voiced", "response-ended"]);
}

#[test]
fn one_person_is_not_two_offices() {
    let mut both = lin();
    both.roles.insert("linkage_centre".parse().unwrap());
    let as_role =
        |role: &str, command| Asked::now(both.clone(), command).in_role(role.parse().unwrap());
    at_level("IV")
        .when("10:05", &as_role("cac_office", voice(Step::Start, "IV")))
        .happens(&["decision-voiced"])
        .when("10:06", &as_role("linkage_centre", voice(Step::Start, "IV")))
        .is_refused("needs-second-person");
    at_level("II")
        .when("10:05", &as_role("cac_office", propose(Step::Start, "II", 60)))
        .happens(&["proposal-submitted"])
        .when("10:06", &as_role("linkage_centre", endorse(60)))
        .is_refused("needs-second-person");
}

#[test]
fn a_response_is_not_milder_than_the_level_in_force() {
    at_level("II")
        .when("10:05", &Asked::now(lin(), voice(Step::Start, "III")))
        .is_refused("too-mild")
        .when("10:05", &Asked::now(lin(), voice(Step::Start, "II")))
        .is_refused("needs-approval");
}

#[test]
fn a_proposal_is_approved_by_another_and_only_as_it_was_read() {
    let mut leader_and_office = chen();
    leader_and_office.roles.insert("commission".parse().unwrap());
    at_level("II")
        .when("10:05", &Asked::now(gao(), approve(60)))
        .is_refused("no-proposal")
        .when("10:05", &Asked::now(leader_and_office.clone(), propose(Step::Start, "II", 60)))
        .happens(&["proposal-submitted"])
        .when("10:06", &Asked::now(lin(), propose(Step::Start, "II", 61)))
        .is_refused("proposal-waiting")
        .when("10:06", &Asked::now(gao(), approve(60)))
        .is_refused("not-endorsed")
        .when("10:07", &Asked::now(lin(), endorse(60)))
        .is_refused("endorsed-already")
        .when("10:07", &Asked::now(mara(), endorse(61)))
        .is_refused("text-changed")
        .when("10:08", &Asked::now(mara(), endorse(60)))
        .happens(&["proposal-endorsed"])
        .when("10:09", &Asked::now(leader_and_office, approve(60)))
        .is_refused("needs-second-person")
        .when("10:09", &Asked::now(lin(), approve(60)))
        .is_refused("not-authorised")
        .when("10:09", &Asked::now(gao(), approve(61)))
        .is_refused("text-changed")
        .when("10:09", &Asked::now(gao(), approve(60)).at(at("10:07")))
        .is_refused("before-it-began")
        .when("10:10", &Asked::now(gao(), approve(60)))
        .happens(&["proposal-approved", "response-started"])
        .when("10:11", &Asked::now(gao(), approve(60)))
        .is_refused("no-proposal");
}

#[test]
fn an_approval_by_telephone_is_recorded_by_a_third_and_confirmed_by_a_fourth() {
    let record = |role| IncidentCommand::RecordApproval {
        digest: blob(60).digest,
        on_behalf: by_telephone(role),
    };
    let confirm = IncidentCommand::ConfirmApproval { digest: blob(60).digest };
    at_level("II")
        .when("10:05", &Asked::now(chen(), propose(Step::Start, "II", 60)))
        .happens(&["proposal-submitted"])
        .when("10:06", &Asked::now(mara(), endorse(60)))
        .happens(&["proposal-endorsed"])
        .when("10:07", &Asked::now(mara(), record("commission")))
        .is_refused("needs-second-person")
        .when("10:07", &Asked::now(lin(), record("press_office")))
        .is_refused("not-authorised")
        .when("10:07", &Asked::now(tang(), record("commission")))
        .is_refused("no-role")
        .when("10:08", &Asked::now(lin(), record("commission")).at(at("10:07")))
        .happens(&["proposal-approved", "response-started"])
        .when("10:09", &Asked::now(lin(), confirm.clone()))
        .is_refused("needs-second-person")
        .when("10:09", &Asked::now(chen(), confirm.clone()))
        .is_refused("needs-second-person")
        .when("10:10", &Asked::now(wei(), confirm.clone()))
        .happens(&["approval-confirmed"])
        .when("10:11", &Asked::now(gao(), confirm))
        .is_refused("nothing-to-confirm");
}

#[test]
fn a_returned_proposal_makes_room_for_the_next_one() {
    let give_back = IncidentCommand::ReturnProposal {
        digest: blob(60).digest,
        reason: line("范围不清"),
        on_behalf: None,
    };
    let withdraw =
        IncidentCommand::WithdrawProposal { digest: blob(61).digest, reason: line("情况已变") };
    at_level("II")
        .when("10:05", &Asked::now(chen(), propose(Step::Start, "II", 60)))
        .happens(&["proposal-submitted"])
        .when("10:06", &Asked::now(mara(), give_back.clone()))
        .is_refused("not-authorised")
        .when("10:07", &Asked::now(gao(), give_back))
        .happens(&["proposal-returned"])
        .when("10:08", &Asked::now(chen(), propose(Step::Start, "II", 61)))
        .happens(&["proposal-submitted"])
        .when("10:09", &Asked::now(gao(), withdraw.clone()))
        .is_refused("not-authorised")
        .when("10:09", &Asked::now(mara(), withdraw))
        .happens(&["proposal-lapsed"]);
}

#[test]
fn what_is_not_under_control_is_escalated_by_whoever_answers_for_it() {
    at_level("III")
        .when("10:05", &Asked::now(lin(), voice(Step::Start, "III")))
        .happens(&["decision-voiced"])
        .when("10:06", &Asked::now(mara(), voice(Step::Start, "III")))
        .happens(&["decision-voiced", "response-started"])
        .when(
            "10:30",
            &Asked::now(mara(), IncidentCommand::ReportNotControlled { reason: line("扩散") }),
        )
        .is_refused("not-authorised")
        .when(
            "10:30",
            &Asked::now(lin(), IncidentCommand::ReportNotControlled { reason: line("扩散") }),
        )
        .happens(&["not-controlled"])
        .when("10:31", &Asked::now(lin(), propose(Step::Escalate, "II", 60)))
        .happens(&["proposal-submitted"])
        .when("10:32", &Asked::now(gao(), approve(60)))
        .happens(&["proposal-approved", "response-adjusted"]);
}

#[test]
fn headquarters_are_formed_by_the_leaders_decision_written_down() {
    let form = |on_behalf| {
        IncidentCommand::FormHeadquarters(FormHeadquarters {
            commander: None,
            members: BTreeSet::new(),
            groups: BTreeSet::from(["handling_group".parse().unwrap()]),
            seat: Some(line("市应急联动中心")),
            on_behalf,
        })
    };
    at_level("I")
        .when("10:05", &Asked::now(lin(), form(None)))
        .is_refused("not-authorised")
        .when("10:05", &Asked::now(lin(), form(Some(by_telephone("commission")))))
        .is_refused("not-authorised")
        .when("10:06", &Asked::now(lin(), form(Some(by_telephone("city_leaders")))))
        .happens(&["headquarters-formed"])
        .when("10:07", &Asked::now(gao(), IncidentCommand::TakeCommand { on_behalf: None }))
        .happens(&["command-taken"]);
}

#[test]
fn times_are_recorded_once_and_corrected_with_a_reason() {
    let party = Party::Organisation(UNIT);
    let record =
        |anchor, at| IncidentCommand::RecordAnchor { party, anchor, plan: None, at, offset: None };
    let correct =
        |anchor, to| IncidentCommand::CorrectAnchor {
            party, anchor, to, reason: line("日志时间")
        };
    given(shanghai(), [discovered("10:00")])
        .when("10:05", &Asked::now(lin(), record(AnchorKind::Discovered, at("10:01"))))
        .is_refused("anchor-known")
        .when("10:05", &Asked::now(lin(), record(AnchorKind::Occurred, at("10:01"))))
        .is_refused("contradictory-anchors")
        .when("10:05", &Asked::now(lin(), record(AnchorKind::Occurred, at("10:06"))))
        .is_refused("in-the-future")
        .when("10:05", &Asked::now(lin(), record(AnchorKind::Occurred, at("09:30"))))
        .happens(&["anchor-recorded"])
        .when("10:06", &Asked::now(lin(), correct(AnchorKind::Informed, at("09:59"))))
        .is_refused("anchor-unknown")
        .when("10:06", &Asked::now(lin(), correct(AnchorKind::Discovered, at("09:29"))))
        .is_refused("contradictory-anchors")
        .when("10:07", &Asked::now(lin(), correct(AnchorKind::Discovered, at("09:50"))))
        .happens(&["anchor-corrected"])
        .when("10:08", &Asked::now(lin(), correct(AnchorKind::Discovered, at("09:50"))))
        .is_refused("no-change");
}

#[test]
fn a_worm_at_two_organisations_is_two_sets_of_first_reports() {
    let mut stage = Stage::under(shanghai());
    let affected = |organisation, clock| crate::Affected {
        organisation: Some(organisation),
        district: None,
        anchors: Anchors { discovered_at: Some(at(clock)), ..Anchors::default() },
    };
    let open = IncidentCommand::Open(OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("蠕虫"),
        plans: vec![PlanRef::of(&stage.plan)],
        affected: vec![affected(UNIT, "10:00")],
    });
    stage.incident("10:05", &Asked::now(lin(), open.clone())).unwrap();
    let twice = stage.incident("10:06", &Asked::now(lin(), open)).unwrap_err();
    assert_eq!(twice, Refusal::ExistsAlready);
    let add = IncidentCommand::AddOrganisation(AddOrganisation {
        organisation: OTHER_UNIT,
        district: None,
        anchors: affected(OTHER_UNIT, "10:07").anchors,
    });
    stage.incident("10:10", &Asked::now(lin(), add.clone())).unwrap();
    let twice = stage.incident("10:11", &Asked::now(lin(), add)).unwrap_err();
    assert_eq!(twice, Refusal::AffectedAlready { organisation: OTHER_UNIT });
    let duties = stage.incident.duties(&stage.plan, at("10:12"));
    let of = |organisation: fengsui_vocabulary::OrganisationId| {
        let key = organisation.to_string();
        duties.iter().filter(|duty| duty.organisation.as_deref() == Some(&key)).count()
    };
    assert_eq!((of(UNIT), of(OTHER_UNIT)), (6, 6));
    // What one of them reports is not the other's.
    stage.incident("10:12", &Asked::now(lin(), call("cac_duty_room"))).unwrap();
    let done: Vec<_> = stage
        .incident
        .duties(&stage.plan, at("10:12"))
        .into_iter()
        .filter(|duty| duty.state == DutyState::Done)
        .map(|duty| duty.organisation)
        .collect();
    assert_eq!(done, [Some(UNIT.to_string())]);
}

#[test]
fn what_sources_say_against_each_other_is_kept_and_shown() {
    let mut stage = Stage::under(shanghai());
    let open = IncidentCommand::Open(OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(&stage.plan)],
        affected: Vec::new(),
    });
    stage.incident("10:00", &Asked::now(lin(), open)).unwrap();
    let mut say = |clock, word, said_by| {
        let record = IncidentCommand::RecordFacts(RecordFacts {
            facts: threat(word),
            said_by: Some(said_by),
            ground: None,
            outlook: Outlook::Observed,
        });
        stage.incident(clock, &Asked::now(lin(), record)).unwrap();
        stage.incident.contradictions(&stage.plan.facts).len()
    };
    assert_eq!(say("10:01", "some", SaidBy::Organisation(UNIT)), 0);
    assert_eq!(say("10:02", "serious", SaidBy::Role("linkage_centre".parse().unwrap())), 1);
    assert_eq!(say("10:03", "serious", SaidBy::Organisation(UNIT)), 0, "it came round");
    let entries = &stage.incident.facts["security_threat"];
    assert_eq!(entries.len(), 3, "everything that was said stays");
}

#[test]
fn a_forecast_grades_no_incident() {
    let mut stage = Stage::under(shanghai());
    let open = IncidentCommand::Open(OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(&stage.plan)],
        affected: Vec::new(),
    });
    stage.incident("10:00", &Asked::now(lin(), open)).unwrap();
    let forecast = IncidentCommand::RecordFacts(RecordFacts {
        facts: threat("serious"),
        said_by: None,
        ground: None,
        outlook: Outlook::Forecast,
    });
    stage.incident("10:01", &Asked::now(lin(), forecast)).unwrap();
    assert_eq!(stage.incident.computed(&stage.plan).certain, None);
    assert!(stage.incident.duties(&stage.plan, at("10:02")).is_empty());
}

#[test]
fn a_class_of_another_plan_shows_the_part_to_hand_over() {
    let class = |code: &str| ClassRef {
        taxonomy: "gbz-20986-2007".to_owned(),
        code: code.parse().unwrap(),
    };
    let classify = |classes: [ClassRef; 1], primary| IncidentCommand::Classify {
        classes: BTreeSet::from(classes),
        primary,
    };
    let hand_over = |part: &str| IncidentCommand::HandOverPart {
        part: part.to_owned(),
        reason: line("含违法信息"),
    };
    at_level("IV")
        .when("10:05", &Asked::now(lin(), classify([class("ICSI")], class("FF"))))
        .is_refused("nothing")
        .when("10:05", &Asked::now(lin(), classify([class("XYZ")], class("XYZ"))))
        .is_refused("unknown")
        .when("10:05", &Asked::now(lin(), classify([class("ICSI")], class("ICSI"))))
        .happens(&["incident-classified"])
        .when("10:06", &Asked::now(lin(), hand_over("weather")))
        .is_refused("unknown")
        .when("10:06", &Asked::now(lin(), hand_over("content_part")))
        .happens(&["part-handed-over"])
        .when("10:07", &Asked::now(lin(), hand_over("content_part")))
        .is_refused("handed-over-already");
}

#[test]
fn a_document_meets_duties_with_exactly_its_text() {
    let document = |number, meets, late_because: Option<&str>| {
        IncidentCommand::IssueDocument(IssueDocument {
            title: line("首报"),
            form: Some("onward-report-written".parse().unwrap()),
            number: Some(line(number)),
            text: blob(70),
            to: BTreeSet::from(["commission".parse().unwrap()]),
            meets,
            late_because: late_because.map(line),
        })
    };
    let written = |to| tick("sh-4.1.1-written", HERE, "incident_unit", to);
    at_level("IV")
        .when("10:05", &Asked::now(sun(), document("1", vec![written("cac_duty_room")], None)))
        .is_refused("no-role")
        .when("10:05", &Asked::now(lin(), document("1", vec![written("cac_duty_room")], None)))
        .happens(&["document-issued", "duty-met"])
        .when("11:05", &Asked::now(lin(), document("2", vec![written("linkage_centre")], None)))
        .is_refused("needs-late-reason")
        .when("11:05", &Asked::now(lin(), document("2", vec![], None)))
        .happens(&["document-issued"])
        .when("11:06", &Asked::now(lin(), document("1", vec![], None)))
        .is_refused("number-taken");
}

#[test]
fn a_duty_is_waived_once_and_by_whom_the_plan_names() {
    let waive = || IncidentCommand::WaiveDuty {
        ticks: vec![oral("cac_duty_room")],
        reason: line("已并案"),
    };
    at_level("IV")
        .when("10:05", &Asked::now(mara(), waive()))
        .is_refused("not-authorised")
        .when("10:05", &Asked::now(lin(), waive()))
        .happens(&["duty-waived"])
        .when("10:06", &Asked::now(lin(), waive()))
        .is_refused("settled-already")
        .when("10:06", &Asked::now(lin(), call("cac_duty_room")))
        .is_refused("settled-already");
}

#[test]
fn nothing_happens_to_an_incident_that_is_not_open() {
    let mut stage = Stage::under(shanghai());
    let note = IncidentCommand::WriteNote { text: blob(1) };
    let refused = stage.incident("10:00", &Asked::now(lin(), note)).unwrap_err();
    assert_eq!(refused, Refusal::Absent);
    let relate = |other| IncidentCommand::Relate {
        relation: Relation::PartOf,
        other: IncidentId::from_bits(other),
    };
    let reopen = IncidentCommand::Reopen { reason: line("再次出现") };
    at_level("IV")
        .when("10:01", &Asked::now(lin(), relate(1)))
        .is_refused("related-to-itself")
        .when("10:01", &Asked::now(lin(), relate(2)))
        .happens(&["incident-related"])
        .when("10:01", &Asked::now(lin(), relate(2)))
        .is_refused("no-change")
        .when("10:02", &Asked::now(lin(), reopen))
        .is_refused("incident-open")
        .when("10:03", &Asked::now(lin(), IncidentCommand::Close { note: None }))
        .is_refused("not-closable");
}

#[test]
fn waiting_says_for_whom() {
    let mut stage = Stage::under(shanghai());
    let open = IncidentCommand::Open(OpenIncident {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![PlanRef::of(&stage.plan)],
        affected: Vec::new(),
    });
    stage.incident("10:00", &Asked::now(lin(), open)).unwrap();
    stage.incident("10:01", &Asked::now(lin(), judge("II", Some("初判")))).unwrap();
    stage.incident("10:02", &Asked::now(chen(), propose(Step::Start, "II", 60))).unwrap();
    let waiting = |stage: &Stage| stage.incident.waiting(&stage.packs, at("10:05"));
    let is_for = |stage: &Stage, actor: crate::Actor| {
        waiting(stage).iter().any(|it| it.is_for(actor.person, &actor.roles))
    };
    assert!(matches!(waiting(&stage).as_slice(), [Waiting::Endorsement { .. }]));
    assert!(is_for(&stage, mara()) && !is_for(&stage, chen()) && !is_for(&stage, gao()));
    stage.incident("10:03", &Asked::now(mara(), endorse(60))).unwrap();
    assert!(matches!(waiting(&stage).as_slice(), [Waiting::Approval { .. }]));
    assert!(is_for(&stage, gao()) && !is_for(&stage, mara()));
    stage.incident("10:04", &Asked::now(gao(), approve(60))).unwrap();
    assert!(waiting(&stage).is_empty());
}

#[test]
fn the_authority_of_one_district_enters_nothing_for_another() {
    let party = Party::Organisation(UNIT);
    let district = |number| crate::Actor {
        person: fengsui_vocabulary::PersonId::from_bits(70 + number),
        organisation: Some(fengsui_vocabulary::OrganisationId::from_bits(number)),
        lead: "shanghai-2019".parse().ok(),
        roles: BTreeSet::from(["district_authority".parse().unwrap()]),
        ..crate::Actor::public()
    };
    let resolve = IncidentCommand::ResolveRole {
        plan: "shanghai-2019".parse().unwrap(),
        role: "district_authority".parse().unwrap(),
        party: Some(party),
        organisation: fengsui_vocabulary::OrganisationId::from_bits(15),
        registry_version: 1,
    };
    at_level("IV")
        .when("10:05", &Asked::now(lin(), resolve.clone()))
        .happens(&["role-resolved"])
        .when("10:06", &Asked::now(lin(), resolve))
        .is_refused("no-change")
        .when("10:07", &Asked::now(district(4), call("district_authority")))
        .is_refused("not-yours")
        .when("10:08", &Asked::now(district(15), call("district_authority")))
        .happens(&["duty-met"]);
}

#[test]
fn an_affected_unit_records_its_own_measures() {
    let plan = changed(|plan| plan.measures[0].by.push("incident_unit".parse().unwrap()));
    let measure = |measure: &str| IncidentCommand::RecordMeasure {
        measure: measure.to_owned(),
        note: line("断网"),
        text: None,
        on_behalf: None,
    };
    let contain = || measure(&plan.measures[0].id);
    let told = [discovered("09:40"), judged("10:02", "IV")];
    given(Arc::new(plan.clone()), told)
        .when("10:05", &Asked::now(tang(), contain()))
        .happens(&["measure-recorded"])
        .when("10:05", &Asked::now(tang(), measure("pray")))
        .is_refused("unknown")
        .when("10:06", &Asked::now(sun(), contain()))
        .is_refused("measure-of-others");
}
