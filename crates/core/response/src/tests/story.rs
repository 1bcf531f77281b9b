//! A real report taken to closure: an intrusion with theft of customer data.

use fengsui_plan::Channel;
use fengsui_vocabulary::{FactRange, FactValue, Facts, IncidentId, ReportId, Scalar};

use crate::accept::AcceptReport;
use crate::incident::{
    InTheWay, IncidentCommand, MeetDuty, OnBehalf, ReceiveReport, RecordFacts, SubmitProposal,
    VoiceDecision, Waiting,
};
use crate::report::{ReportCommand, SupplementReport, TakeIn};
use crate::testing::people::{UNIT, chen, gao, lin, mara, tang, wei};
use crate::testing::{Stage, at, blob, line, shanghai, tick};
use crate::{
    Actor, Affected, Anchors, Asked, Attachment, Computed, Delivery, IntakeChannel, Means, Outlook,
    Party, PlanRef, ReadBack, ReportKind, SaidBy, Step, Tick,
};

const UNIT_HERE: Option<Party> = Some(Party::Organisation(UNIT));

#[test]
fn a_report_is_taken_to_closure() {
    let mut stage = Stage::under(shanghai());
    it_is_taken_in_and_accepted(&mut stage);
    the_other_recipients_learn_of_it(&mut stage);
    it_becomes_considerable(&mut stage);
    it_becomes_major(&mut stage);
    the_onward_reports_go_out(&mut stage);
    it_ends(&mut stage);
    assert!(stage.incident.check().is_empty());
}

fn it_is_taken_in_and_accepted(stage: &mut Stage) {
    let take_in = ReportCommand::TakeIn(Box::new(web_report(stage)));
    stage.report("10:00", &Asked::now(Actor::public(), take_in)).unwrap();
    let called = by_call(&[first_oral("cac_duty_room")], None);
    stage.report("10:04", &Asked::now(lin(), ReportCommand::MeetDuty(called))).unwrap();
    let before = stage.report_duties("10:09");
    assert_table(&before, TAKEN_IN);

    let open = AcceptReport::Open {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("客户数据被窃"),
        plans: vec![PlanRef::of(&stage.plan)],
    };
    stage.accept("10:10", &Asked::now(lin(), open)).unwrap();
    assert_eq!(stage.duties("10:09"), before, "acceptance moves no clock");
    assert_eq!(stage.incident.computed(&stage.plan), computed("IV", "I"));
    assert_eq!(stage.incident.response.first_response_at, Some(at("10:00")));
    let grade = stage.incident.grade(&stage.plan).unwrap();
    assert!(!grade.undecided.is_empty(), "the desk sees what to ask");
}

fn the_other_recipients_learn_of_it(stage: &mut Stage) {
    // The linkage centre was telephoned at 10:02 and enters it at 10:12.
    let oral = first_oral("linkage_centre");
    let called = IncidentCommand::MeetDuty(by_call(std::slice::from_ref(&oral), None));
    stage.incident("10:12", &Asked::now(mara(), called).at(at("10:02"))).unwrap();
    assert_table(&stage.duties("10:12"), ENTERED_LATE);
    let waiting = stage.incident.waiting(&stage.packs, at("10:12"));
    assert!(matches!(waiting.as_slice(), [Waiting::Clearance { tick, .. }] if *tick == oral));
    let clear = IncidentCommand::ClearMiss { ticks: vec![oral] };
    let refused = stage.incident("10:13", &Asked::now(mara(), clear.clone())).unwrap_err();
    assert_eq!(refused.name(), "needs-second-person");
    stage.incident("10:13", &Asked::now(wei(), clear)).unwrap();

    let form = IncidentCommand::ReceiveReport(ReceiveReport {
        plan: None,
        by: "linkage_centre".parse().unwrap(),
        channel: Channel::Written,
        report: Some(ReportId::from_bits(1)),
        act: Delivery::Report { report: ReportId::from_bits(1) },
        late_because: None,
    });
    stage.incident("10:15", &Asked::now(mara(), form)).unwrap();

    // Nobody told the district.
    let district = [first_oral("district_authority")];
    let late = IncidentCommand::MeetDuty(by_call(&district, None));
    let refused = stage.incident("10:20", &Asked::now(tang(), late)).unwrap_err();
    assert_eq!(refused.name(), "needs-late-reason");
    let late = IncidentCommand::MeetDuty(by_call(&district, Some("值班电话未接通")));
    stage.incident("10:20", &Asked::now(tang(), late)).unwrap();
    assert_table(&stage.duties("10:20"), ALL_BUT_ONE_TOLD);
}

fn it_becomes_considerable(stage: &mut Stage) {
    let facts = [known("system_importance", "important"), known("system_loss", "considerable")];
    let record = IncidentCommand::RecordFacts(RecordFacts {
        facts: facts.into(),
        said_by: Some(SaidBy::Organisation(UNIT)),
        ground: Some(line("现场核实")),
        outlook: Outlook::Observed,
    });
    stage.incident("10:30", &Asked::now(lin(), record)).unwrap();
    assert_eq!(stage.incident.computed(&stage.plan), computed("III", "I"));

    let voice = IncidentCommand::VoiceDecision(VoiceDecision {
        step: Step::Start,
        level: "III".parse().unwrap(),
        scope: line("事发单位与所在区"),
        reason: None,
    });
    stage.incident("10:31", &Asked::now(chen(), voice.clone())).unwrap();
    assert_eq!(stage.incident.response.level(), None);
    stage.incident("10:32", &Asked::now(mara(), voice)).unwrap();
    assert_eq!(stage.incident.response.level(), Some(&"III".parse().unwrap()));

    let immediate = tick("sh-4.1.1-immediate", UNIT_HERE, "incident_unit", "district_authority");
    let sent = IncidentCommand::MeetDuty(in_writing(&[immediate], 40, None));
    stage.incident("10:35", &Asked::now(tang(), sent)).unwrap();
    assert_table(&stage.duties("10:35"), AT_ONCE);
}

fn it_becomes_major(stage: &mut Stage) {
    let supplement = SupplementReport {
        content: blob(50),
        attachments: Vec::new(),
        facts: [known("system_loss", "severe")].into(),
    };
    stage.supplement("11:10", &Asked::now(Actor::public(), supplement)).unwrap();
    assert_eq!(stage.incident.computed(&stage.plan), computed("II", "I"));
    let judge = IncidentCommand::JudgeLevel {
        plan: "shanghai-2019".parse().unwrap(),
        level: "II".parse().unwrap(),
        reason: None,
    };
    let refused = stage.incident("11:14", &Asked::now(mara(), judge.clone())).unwrap_err();
    assert_eq!(refused.name(), "not-authorised");
    stage.incident("11:15", &Asked::now(lin(), judge)).unwrap();

    propose(stage, Step::Adjust, 60, ["11:16", "11:17"]);
    let approve = IncidentCommand::ApproveProposal { digest: blob(60).digest };
    let refused = stage.incident("11:18", &Asked::now(mara(), approve)).unwrap_err();
    assert_eq!(refused.name(), "needs-second-person");
    let by_telephone = IncidentCommand::RecordApproval {
        digest: blob(60).digest,
        on_behalf: OnBehalf {
            role: "commission".parse().unwrap(),
            means: Means::Telephone,
            read_back: ReadBack::Confirmed,
            record: Some(blob(61)),
        },
    };
    stage.incident("11:19", &Asked::now(wei(), by_telephone).at(at("11:18"))).unwrap();
    assert_eq!(stage.incident.response.level(), Some(&"II".parse().unwrap()));
    let waiting = stage.incident.waiting(&stage.packs, at("11:19"));
    assert!(matches!(waiting.as_slice(), [Waiting::Confirmation { .. }]), "{waiting:?}");
}

fn the_onward_reports_go_out(stage: &mut Stage) {
    let oral = |by| onward("sh-4.1.2-oral", by);
    let written = |by| onward("sh-4.1.2-written", by);
    let orally = |by| IncidentCommand::MeetDuty(by_call(&oral(by), None));
    stage.incident("11:20", &Asked::now(lin(), orally("cac_office"))).unwrap();
    stage.incident("11:24", &Asked::now(mara(), orally("linkage_centre"))).unwrap();
    let leaders = tick("sh-2.3-leaders", None, "cac_office", "city_leaders");
    let told = IncidentCommand::MeetDuty(by_call(&[leaders], None));
    stage.incident("11:30", &Asked::now(lin(), told)).unwrap();
    let sent = IncidentCommand::MeetDuty(in_writing(&written("cac_office"), 70, None));
    stage.incident("11:55", &Asked::now(lin(), sent)).unwrap();
    let late = written("linkage_centre");
    let sent = IncidentCommand::MeetDuty(in_writing(&late, 71, None));
    let refused = stage.incident("12:30", &Asked::now(mara(), sent)).unwrap_err();
    assert_eq!(refused.name(), "needs-late-reason");
    let sent = IncidentCommand::MeetDuty(in_writing(&late, 71, Some("等待技术核实")));
    stage.incident("12:30", &Asked::now(mara(), sent)).unwrap();
    let confirm = IncidentCommand::ConfirmApproval { digest: blob(60).digest };
    stage.incident("13:00", &Asked::now(gao(), confirm)).unwrap();
    assert_table(&stage.duties("13:00"), EVERYTHING_REPORTED);
    let arose: Vec<_> = stage
        .incident
        .duties(&stage.plan, at("13:00"))
        .into_iter()
        .filter(|duty| duty.duty == "sh-4.1.2-oral")
        .map(|duty| (duty.arose_at, duty.also_read_as))
        .collect();
    // Judged after the text's own times: owed at once, and those times are shown beside it.
    let office = (at("11:15"), vec![at("11:00")]);
    let linkage = (at("11:15"), vec![at("11:02")]);
    let expected =
        [office.clone(), office.clone(), office, linkage.clone(), linkage.clone(), linkage];
    assert_eq!(arose, expected);
}

fn it_ends(stage: &mut Stage) {
    let close = IncidentCommand::Close { note: None };
    let in_the_way = stage.incident.is_closable(&stage.packs, at("14:50")).unwrap_err();
    assert_eq!(in_the_way, [InTheWay::ResponseRunning, InTheWay::ReviewMissing]);
    let refused = stage.incident("14:50", &Asked::now(lin(), close.clone())).unwrap_err();
    assert_eq!(refused.name(), "not-closable");

    propose(stage, Step::End, 80, ["14:52", "14:53"]);
    let approve = IncidentCommand::ApproveProposal { digest: blob(80).digest };
    stage.incident("14:55", &Asked::now(gao(), approve)).unwrap();
    let review = IncidentCommand::Review { text: blob(90) };
    stage.incident("15:00", &Asked::now(chen(), review)).unwrap();
    stage.incident("15:00", &Asked::now(lin(), close)).unwrap();
    assert!(!stage.incident.is_open());
    let tell = ReportCommand::TellResult { text: blob(91) };
    stage.report("15:00", &Asked::now(lin(), tell)).unwrap();
}

/// The two offices submit and endorse a proposal at II.
fn propose(stage: &mut Stage, step: Step, text: u128, [submitted, endorsed]: [&str; 2]) {
    let meets = (step == Step::Adjust).then(|| "sh-4.2.2-proposal".parse().unwrap());
    let submit = IncidentCommand::SubmitProposal(SubmitProposal {
        step,
        level: "II".parse().unwrap(),
        scope: line("全市"),
        text: blob(text),
        meets: meets.clone(),
    });
    stage.incident(submitted, &Asked::now(chen(), submit)).unwrap();
    let endorse = IncidentCommand::EndorseProposal { digest: blob(text).digest, meets };
    stage.incident(endorsed, &Asked::now(mara(), endorse)).unwrap();
}

fn web_report(stage: &Stage) -> TakeIn {
    let some = Scalar::Word("some".parse().unwrap());
    let at_least_some = FactValue::Range(FactRange { min: Some(some), max: None });
    TakeIn {
        report: ReportId::from_bits(1),
        number: line("SH-2026-0001"),
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: "cac_duty_room".parse().unwrap(),
        follows: None,
        affected: vec![Affected {
            organisation: Some(UNIT),
            district: Some("310115".parse().unwrap()),
            anchors: Anchors { discovered_at: Some(at("09:40")), ..Anchors::default() },
        }],
        facts: Facts::from([("security_threat".parse().unwrap(), at_least_some)]),
        content: blob(1),
        attachments: vec![Attachment {
            file: blob(2),
            bytes: 1000,
            media_type: line("text/plain"),
        }],
        lead: PlanRef::of(&stage.plan),
        call: None,
        sealed_because: None,
    }
}

fn by_call(ticks: &[Tick], late_because: Option<&str>) -> MeetDuty {
    MeetDuty {
        ticks: ticks.to_vec(),
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: late_because.map(line),
    }
}

fn in_writing(ticks: &[Tick], text: u128, late_because: Option<&str>) -> MeetDuty {
    MeetDuty {
        ticks: ticks.to_vec(),
        channel: Channel::Written,
        act: Delivery::Document { text: blob(text), form: None },
        late_because: late_because.map(line),
    }
}

fn first_oral(to: &str) -> Tick {
    tick("sh-4.1.1-oral", UNIT_HERE, "incident_unit", to)
}

/// The three ticks of one office's onward report.
fn onward(duty: &str, by: &str) -> Vec<Tick> {
    ["commission", "party_duty_office", "government_duty_office"]
        .map(|to| tick(duty, None, by, to))
        .to_vec()
}

fn known(fact: &str, word: &str) -> (fengsui_vocabulary::FactId, FactValue) {
    (fact.parse().unwrap(), FactValue::Exact(Scalar::Word(word.parse().unwrap())))
}

fn computed(certain: &str, possible: &str) -> Computed {
    Computed { certain: Some(certain.parse().unwrap()), possible: Some(possible.parse().unwrap()) }
}

#[track_caller]
fn assert_table(table: &str, expected: &str) {
    let expected: Vec<_> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(table.trim_end(), expected.join("\n"), "\n{table}");
}

const TAKEN_IN: &str = "
    sh-4.1.1-oral      incident_unit  cac_duty_room          10:10 Done 10:04
    sh-4.1.1-oral      incident_unit  district_authority     10:10 Pending
    sh-4.1.1-oral      incident_unit  linkage_centre         10:10 Pending
    sh-4.1.1-written   incident_unit  cac_duty_room          10:40 Done 10:00
    sh-4.1.1-written   incident_unit  district_authority     10:40 Pending
    sh-4.1.1-written   incident_unit  linkage_centre         10:40 Pending
";

const ENTERED_LATE: &str = "
    sh-4.1.1-oral      incident_unit  cac_duty_room          10:10 Done 10:04
    sh-4.1.1-oral      incident_unit  district_authority     10:10 Missed
    sh-4.1.1-oral      incident_unit  linkage_centre         10:10 Missed
    sh-4.1.1-written   incident_unit  cac_duty_room          10:40 Done 10:00
    sh-4.1.1-written   incident_unit  district_authority     10:40 Pending
    sh-4.1.1-written   incident_unit  linkage_centre         10:40 Pending
";

const ALL_BUT_ONE_TOLD: &str = "
    sh-4.1.1-oral      incident_unit  cac_duty_room          10:10 Done 10:04
    sh-4.1.1-oral      incident_unit  district_authority     10:10 Late 10:20
    sh-4.1.1-oral      incident_unit  linkage_centre         10:10 DoneRecordedLate 10:02
    sh-4.1.1-written   incident_unit  cac_duty_room          10:40 Done 10:00
    sh-4.1.1-written   incident_unit  district_authority     10:40 Pending
    sh-4.1.1-written   incident_unit  linkage_centre         10:40 Done 10:15
";

const AT_ONCE: &str = "
    sh-4.1.1-oral      incident_unit  cac_duty_room          10:10 Done 10:04
    sh-4.1.1-oral      incident_unit  district_authority     10:10 Late 10:20
    sh-4.1.1-oral      incident_unit  linkage_centre         10:10 DoneRecordedLate 10:02
    sh-4.1.1-immediate incident_unit  district_authority           Elapsed 10:35
    sh-4.3.1-dynamics  management_centre cac_office                   Pending
    sh-4.1.1-written   incident_unit  cac_duty_room          10:40 Done 10:00
    sh-4.1.1-written   incident_unit  district_authority     10:40 Superseded
    sh-4.1.1-written   incident_unit  linkage_centre         10:40 Done 10:15
";

const EVERYTHING_REPORTED: &str = "
    sh-4.1.1-oral      incident_unit  cac_duty_room          10:10 Done 10:04
    sh-4.1.1-oral      incident_unit  district_authority     10:10 Late 10:20
    sh-4.1.1-oral      incident_unit  linkage_centre         10:10 DoneRecordedLate 10:02
    sh-4.1.1-immediate incident_unit  district_authority           Elapsed 10:35
    sh-4.3.1-dynamics  management_centre cac_office                   Pending
    sh-4.1.1-written   incident_unit  cac_duty_room          10:40 Done 10:00
    sh-4.1.1-written   incident_unit  district_authority     10:40 Superseded
    sh-4.1.1-written   incident_unit  linkage_centre         10:40 Done 10:15
    sh-2.3-leaders     cac_office     city_leaders                 Elapsed 11:30
    sh-4.1.2-oral      cac_office     commission                   Elapsed 11:20
    sh-4.1.2-oral      cac_office     government_duty_office       Elapsed 11:20
    sh-4.1.2-oral      cac_office     party_duty_office            Elapsed 11:20
    sh-4.1.2-oral      linkage_centre commission                   Elapsed 11:24
    sh-4.1.2-oral      linkage_centre government_duty_office       Elapsed 11:24
    sh-4.1.2-oral      linkage_centre party_duty_office            Elapsed 11:24
    sh-4.2.2-proposal  cac_office     commission                   Elapsed 11:16
    sh-4.2.2-proposal  linkage_centre commission                   Elapsed 11:17
    sh-4.1.2-written   cac_office     commission             12:00 Done 11:55
    sh-4.1.2-written   cac_office     government_duty_office 12:00 Done 11:55
    sh-4.1.2-written   cac_office     party_duty_office      12:00 Done 11:55
    sh-4.1.2-written   linkage_centre commission             12:02 Late 12:30
    sh-4.1.2-written   linkage_centre government_duty_office 12:02 Late 12:30
    sh-4.1.2-written   linkage_centre party_duty_office      12:02 Late 12:30
";
