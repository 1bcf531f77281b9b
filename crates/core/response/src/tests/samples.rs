//! Every event ever written can still be read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use fengsui_plan::{Act, Channel};
use fengsui_vocabulary::{
    FactValue, Facts, IncidentId, Label, OrganisationId, PersonId, PlanId, ReportId, RoleId, Scalar,
};
use jiff::SignedDuration;
use jiff::civil::date;

use super::messages::{of_dispatch, of_messages};
use crate::organisation::Networks;
use crate::testing::people::{LINKAGE, OFFICE, UNIT};
use crate::testing::{at, blob, line, tick};
use crate::{
    Affected, AnchorCorrected, AnchorKind, AnchorRecorded, Anchors, AppointmentChanged,
    ApprovalConfirmed, Attachment, CallOutEvent, Capacity, Carried, CarriedWhat, CentreEvent,
    ClassRef, ClauseInterpreted, CommandTaken, Computed, CustodyEvent, Decision, DecisionVoiced,
    Delivery, Designation, Details, DispatchEvent, DocumentIssued, DraftWithdrawn, DutiesMissed,
    DutiesReminded, DutyMet, DutyWaived, FactsRecorded, FirstResponseBegun, Given, GroundStanding,
    HeadquartersFormed, HouseAdopted, Importance, IncidentClassified, IncidentClosed,
    IncidentConfirmed, IncidentEvent, IncidentOpened, IncidentRelated, IncidentReopened,
    IncidentReviewed, InstructionRecorded, IntakeChannel, InterpretationWithdrawn, LevelJudged,
    Means, MeasureRecorded, MessageEvent, MigrationProposed, MigrationWithdrawn, MissCleared,
    Missed, NotControlled, NotReported, NoteWritten, OrganisationAdded, OrganisationChanged,
    OrganisationClosed, OrganisationEvent, OrganisationIdentified, OrganisationKind,
    OrganisationRegistered, Outlook, PartHandedOver, Party, PersonAppointed, PersonDismissed,
    PersonEvent, PlanAdopted, PlanApplied, PlanApproved, PlanChecked, PlanConsidered, PlanDrafted,
    PlanMigrated, PlanRef, PlanSetAside, PolicyApproved, PolicyHow, PolicyNamed, PolicyWithdrawn,
    ProposalApproved, ProposalEndorsed, ProposalLapsed, ProposalReturned, ProposalSubmitted,
    QuestionAnswered, QuestionAsked, ReadBack, RefusalEvent, RefusalRecorded, Relation, Reminded,
    ReminderStep, ReportAbsorbed, ReportAccepted, ReportDeclined, ReportEvent, ReportJoined,
    ReportKind, ReportLeftWaiting, ReportMerged, ReportReceived, ReportReopened, ReportSealed,
    ReportSplit, ReportSupplemented, ReportTakenIn, ResponseAdjusted, ResponseEnded,
    ResponseStarted, ResultTold, RoleBound, RoleResolved, RoleUnbound, RosterEvent,
    RosterSettingsEvent, SaidBy, ScopeAnswer, ScopeGround, ShiftEvent, SignatureVerdict, Step,
    StepOutcome, Stored, SupplementReceived, System, TechnicalStepTaken, Tick, WordingAttached,
};

/// Reads one kind and version, and writes it again.
type Reader = fn(&str, u32, &str) -> Stored;

#[test]
fn every_kind_has_a_sample_of_every_version_and_all_are_read() {
    let mut expected = BTreeSet::new();
    for (kind, newest, read) in kinds() {
        for version in 1..=newest {
            let name = format!("{kind}.v{version}.json");
            let sample = read_sample(&name);
            let stored = read(kind, version, &sample);
            assert_eq!((stored.kind, stored.version), (kind, newest));
            let (written, kept): (serde_json::Value, serde_json::Value) = (
                serde_json::from_str(&stored.payload).unwrap(),
                serde_json::from_str(&sample).unwrap(),
            );
            if version == newest {
                assert_eq!(written, kept, "{name} is written as it was read");
            }
            expected.insert(name);
        }
    }
    assert_eq!(files(), expected, "every sample belongs to a kind");
}

#[test]
fn a_kind_or_version_of_a_newer_program_is_refused_not_guessed() {
    assert!(IncidentEvent::read("level-judged", 99, "{}").is_err());
    assert!(IncidentEvent::read("report-taken-in", 1, "{}").is_err());
    assert!(IncidentEvent::read("level-judged", 1, "{\"level\": 3}").is_err());
}

#[test]
fn optional_fields_that_came_later_are_kept_and_left_out_where_they_are_none() {
    let resolved = RoleResolved {
        role: role("police"),
        party: Some(PARTY),
        organisation: OFFICE,
        registry_version: 3,
        plan: Some(plan()),
    };
    let measure = MeasureRecorded {
        measure: "trace".to_owned(),
        role: role("law_enforcement"),
        note: line("已取证"),
        text: None,
        given: Some(by_fax()),
    };
    let events: [IncidentEvent; 4] = [
        measure.into(),
        resolved.into(),
        ReportReceived { plan: Some(plan()), ..received() }.into(),
        AnchorRecorded { offset: Some(3_600), ..anchored() }.into(),
    ];
    for event in events {
        let stored = event.to_stored();
        let read = IncidentEvent::read(stored.kind, stored.version, &stored.payload).unwrap();
        assert_eq!(read, event);
    }
    let before = IncidentEvent::from(anchored()).to_stored().payload;
    assert!(!before.contains("offset"), "{before}");
}

#[test]
fn one_kind_means_one_payload_in_every_stream() {
    let mut versions = BTreeMap::new();
    for (kind, version, _) in kinds() {
        assert_eq!(*versions.entry(kind).or_insert(version), version, "{kind}");
    }
}

#[test]
#[ignore = "writes the samples of kinds that have none yet"]
#[expect(clippy::disallowed_methods, reason = "samples are files")]
fn write_missing_samples() {
    for stored in examples() {
        let path = folder().join(format!("{}.v{}.json", stored.kind, stored.version));
        if !path.exists() {
            let value: serde_json::Value = serde_json::from_str(&stored.payload).unwrap();
            let text = serde_json::to_string_pretty(&value).unwrap();
            std::fs::write(path, text + "\n").unwrap();
        }
    }
}

fn kinds() -> Vec<(&'static str, u32, Reader)> {
    let mut kinds: Vec<(&str, u32, Reader)> = Vec::new();
    let mut add = |of: &[(&'static str, u32)], read: Reader| {
        kinds.extend(of.iter().map(|(kind, version)| (*kind, *version, read)));
    };
    add(IncidentEvent::KINDS, |k, v, p| IncidentEvent::read(k, v, p).unwrap().to_stored());
    add(ReportEvent::KINDS, |k, v, p| ReportEvent::read(k, v, p).unwrap().to_stored());
    add(OrganisationEvent::KINDS, |k, v, p| OrganisationEvent::read(k, v, p).unwrap().to_stored());
    add(CentreEvent::KINDS, |k, v, p| CentreEvent::read(k, v, p).unwrap().to_stored());
    add(PersonEvent::KINDS, |k, v, p| PersonEvent::read(k, v, p).unwrap().to_stored());
    add(MessageEvent::KINDS, |k, v, p| MessageEvent::read(k, v, p).unwrap().to_stored());
    add(DispatchEvent::KINDS, |k, v, p| DispatchEvent::read(k, v, p).unwrap().to_stored());
    add(RosterSettingsEvent::KINDS, |k, v, p| {
        RosterSettingsEvent::read(k, v, p).unwrap().to_stored()
    });
    add(RosterEvent::KINDS, |k, v, p| RosterEvent::read(k, v, p).unwrap().to_stored());
    add(CallOutEvent::KINDS, |k, v, p| CallOutEvent::read(k, v, p).unwrap().to_stored());
    add(crate::AccountabilityEvent::KINDS, |k, v, p| {
        crate::AccountabilityEvent::read(k, v, p).unwrap().to_stored()
    });
    add(CustodyEvent::KINDS, |k, v, p| CustodyEvent::read(k, v, p).unwrap().to_stored());
    add(ShiftEvent::KINDS, |k, v, p| ShiftEvent::read(k, v, p).unwrap().to_stored());
    add(RefusalEvent::KINDS, |k, v, p| RefusalEvent::read(k, v, p).unwrap().to_stored());
    kinds
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

#[expect(clippy::disallowed_methods, reason = "samples are files")]
fn read_sample(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

#[expect(clippy::disallowed_methods, reason = "samples are files")]
fn files() -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn examples() -> Vec<Stored> {
    let mut stored: Vec<_> = of_incidents().iter().map(IncidentEvent::to_stored).collect();
    stored.extend(of_reports().iter().map(ReportEvent::to_stored));
    stored.extend(of_organisations().iter().map(OrganisationEvent::to_stored));
    stored.extend(of_centre().iter().map(CentreEvent::to_stored));
    stored.extend(of_people().iter().map(PersonEvent::to_stored));
    stored.extend(of_messages().iter().map(MessageEvent::to_stored));
    stored.extend(of_dispatch().iter().map(DispatchEvent::to_stored));
    stored.extend(super::roster::settings_samples().iter().map(RosterSettingsEvent::to_stored));
    stored.extend(super::roster::samples().iter().map(RosterEvent::to_stored));
    stored.extend(super::call_outs::samples().iter().map(CallOutEvent::to_stored));
    stored.extend(super::accountability::examples());
    stored.extend(super::custody::examples().iter().map(CustodyEvent::to_stored));
    stored.extend(super::shifts::examples().iter().map(ShiftEvent::to_stored));
    let refused = RefusalRecorded {
        subject: line("incident:inc_00000000000000000000000001"),
        command: line("approve-proposal"),
        refusal: line("needs-second-person"),
    };
    stored.push(RefusalEvent::from(refused).to_stored());
    stored
}

fn of_incidents() -> Vec<IncidentEvent> {
    let mut events = of_knowledge();
    events.extend(of_duties());
    events.extend(of_response());
    events.extend(of_handling());
    events.extend(of_plans());
    events
}

fn of_knowledge() -> Vec<IncidentEvent> {
    vec![
        IncidentOpened {
            incident: IncidentId::from_bits(1),
            number: line("2026-0001"),
            title: line("客户数据被窃"),
            plans: vec![edition()],
        }
        .into(),
        OrganisationAdded {
            party: PARTY,
            organisation: Some(UNIT),
            district: Some("310115".parse().unwrap()),
            anchors: anchors(),
        }
        .into(),
        identified().into(),
        RoleResolved {
            role: role("district_authority"),
            party: Some(PARTY),
            organisation: OrganisationId::from_bits(15),
            registry_version: 3,
            plan: None,
        }
        .into(),
        anchored().into(),
        anchor_corrected().into(),
        ReportJoined { report: REPORT, number: line("SH-2026-0001"), carried: carried() }.into(),
        SupplementReceived { report: REPORT }.into(),
        facts_recorded().into(),
        IncidentClassified {
            classes: BTreeSet::from([class("IDI"), class("ICSI")]),
            primary: class("IDI"),
            hands_over: BTreeSet::from(["content_part".to_owned()]),
        }
        .into(),
        IncidentConfirmed { evidence: blob(8), note: line("日志与流量一致") }.into(),
        IncidentRelated { relation: Relation::PartOf, other: IncidentId::from_bits(2) }.into(),
    ]
}

fn of_duties() -> Vec<IncidentEvent> {
    vec![
        received().into(),
        met().into(),
        cleared().into(),
        DutyWaived { tick: oral(), role: role("cac_office"), reason: line("已并案") }.into(),
        LevelJudged {
            plan: plan(),
            level: "II".parse().unwrap(),
            computed: Computed {
                certain: Some("III".parse().unwrap()),
                possible: Some("I".parse().unwrap()),
            },
            role: role("cac_office"),
            reason: Some(line("影响仍在扩大")),
        }
        .into(),
        PartHandedOver {
            part: "content_part".to_owned(),
            role: role("cac_office"),
            reason: line("含违法信息"),
        }
        .into(),
        NotReported { plan: plan(), role: role("cac_office"), reason: line("未达标准") }.into(),
        DutiesReminded { reminded: reminders() }.into(),
        DutiesMissed { missed: vec![missed()] }.into(),
    ]
}

fn of_response() -> Vec<IncidentEvent> {
    let offices = BTreeSet::from([role("cac_office"), role("linkage_centre")]);
    let digest = blob(60).digest;
    vec![
        FirstResponseBegun { note: Some(line("断开受影响主机")) }.into(),
        DecisionVoiced {
            step: Step::Start,
            level: "III".parse().unwrap(),
            scope: line("事发单位"),
            role: role("linkage_centre"),
        }
        .into(),
        ResponseStarted {
            level: "III".parse().unwrap(),
            scope: line("事发单位"),
            decision: Decision::By(offices),
        }
        .into(),
        ResponseAdjusted {
            level: "II".parse().unwrap(),
            scope: line("全市"),
            decision: Decision::Proposal(digest.clone()),
        }
        .into(),
        ResponseEnded {
            level: "II".parse().unwrap(),
            decision: Decision::Proposal(digest.clone()),
        }
        .into(),
        ProposalSubmitted {
            step: Step::Adjust,
            level: "II".parse().unwrap(),
            scope: line("全市"),
            text: blob(60),
            role: role("cac_office"),
        }
        .into(),
        ProposalEndorsed { digest: digest.clone(), role: role("linkage_centre") }.into(),
        ProposalApproved { digest: digest.clone(), role: role("commission"), given: by_fax() }
            .into(),
        ApprovalConfirmed {
            digest: digest.clone(),
            role: role("commission"),
            recorded_by: PersonId::from_bits(21),
        }
        .into(),
        ProposalReturned {
            digest: digest.clone(),
            role: role("commission"),
            given: Given::InPerson,
            reason: line("范围不清"),
        }
        .into(),
        ProposalLapsed { digest, reason: line("情况已变") }.into(),
    ]
}

fn of_handling() -> Vec<IncidentEvent> {
    vec![
        HeadquartersFormed {
            role: role("city_leaders"),
            given: by_fax(),
            commander: Some(PersonId::from_bits(30)),
            members: BTreeSet::from([OFFICE, LINKAGE]),
            groups: BTreeSet::from([role("handling_group")]),
            seat: Some(line("市应急联动中心")),
        }
        .into(),
        NotControlled { role: role("cac_office"), reason: line("仍在扩散") }.into(),
        CommandTaken { role: role("commission"), given: Given::InPerson }.into(),
        MeasureRecorded {
            measure: "contain".to_owned(),
            role: role("cac_office"),
            note: line("断网"),
            text: Some(blob(9)),
            given: None,
        }
        .into(),
        TechnicalStepTaken {
            plan: plan(),
            step: Act::ApproveTechnicalPlan,
            draft: blob(80).digest,
            role: role("commission"),
            given: by_fax(),
            outcome: StepOutcome::Returned { reason: line("未考虑备份系统") },
            text: Some(blob(81)),
            note: Some(line("电话会议上逐项审议")),
        }
        .into(),
        DocumentIssued {
            title: line("关于某事件的续报"),
            form: Some("onward-report-written".parse().unwrap()),
            number: Some(line("沪网信报〔2026〕1号")),
            text: blob(70),
            role: role("cac_office"),
            to: BTreeSet::from([role("commission")]),
            facts: None,
            plan: None,
        }
        .into(),
        NoteWritten { text: blob(71) }.into(),
        InstructionRecorded { role: role("city_leaders"), given: by_fax(), text: blob(72) }.into(),
        IncidentReviewed { text: blob(90), role: role("cac_office") }.into(),
        IncidentClosed { role: role("cac_office"), note: Some(line("处置完毕")) }.into(),
        IncidentReopened { role: role("cac_office"), reason: line("再次出现") }.into(),
    ]
}

fn of_plans() -> Vec<IncidentEvent> {
    let other = PlanRef { plan: plan(), hash: format!("{:064x}", 8) };
    let because = vec![ScopeGround {
        scope: "operators".parse().unwrap(),
        clause: "2".parse().unwrap(),
        standing: GroundStanding::Undecided,
        ask: vec!["operator_kind".parse().unwrap()],
    }];
    vec![
        PlanConsidered {
            plan: edition(),
            answer: ScopeAnswer::DoesNotApply,
            because: because.clone(),
        }
        .into(),
        PlanApplied {
            plan: edition(),
            answer: ScopeAnswer::MayApply,
            because: because.clone(),
            role: Some(role("cac_office")),
            reason: Some(line("运营者性质已核实")),
        }
        .into(),
        PlanSetAside {
            plan: edition(),
            answer: ScopeAnswer::Applies,
            because,
            role: None,
            reason: line("由上级处置"),
        }
        .into(),
        MigrationProposed { from: edition(), to: other.clone(), reason: line("新版施行") }.into(),
        MigrationWithdrawn { from: edition(), reason: line("暂不切换") }.into(),
        PlanMigrated {
            from: edition(),
            to: other,
            reason: line("新版施行"),
            proposed_by: PersonId::from_bits(50),
            levels: BTreeSet::from(["II".parse().unwrap()]),
            duties: BTreeSet::from(["sh-4.1.1-oral".parse().unwrap()]),
        }
        .into(),
    ]
}

fn of_reports() -> Vec<ReportEvent> {
    vec![
        taken_in().into(),
        identified().into(),
        anchored().into(),
        anchor_corrected().into(),
        received().into(),
        met().into(),
        cleared().into(),
        ReportSupplemented {
            content: blob(50),
            attachments: vec![attachment()],
            facts: facts_recorded().facts,
        }
        .into(),
        QuestionAsked { question: 1, text: blob(51) }.into(),
        QuestionAnswered { question: 1, text: blob(52), attachments: vec![attachment()] }.into(),
        ReportAccepted { incident: IncidentId::from_bits(1), role: role("cac_office") }.into(),
        ReportDeclined { reason: line("证据不足"), role: role("cac_office") }.into(),
        ReportReopened { reason: line("有新证据") }.into(),
        ReportSplit {
            into: vec![ReportId::from_bits(2), ReportId::from_bits(3)],
            role: role("cac_office"),
            reason: line("两起事件"),
        }
        .into(),
        ReportMerged { into: ReportId::from_bits(4), role: role("cac_office") }.into(),
        ReportAbsorbed { report: ReportId::from_bits(5), carried: carried() }.into(),
        ReportLeftWaiting { since: at("10:00") }.into(),
        ReportSealed { reason: line("疑似涉密") }.into(),
        ResultTold { text: blob(53) }.into(),
    ]
}

fn of_organisations() -> Vec<OrganisationEvent> {
    let details = Details {
        name: Label::new("某某单位", "Some unit"),
        parent: Some(OFFICE),
        district: Some("310115".parse().unwrap()),
        sector: Some(line("金融")),
        kinds: BTreeSet::from([OrganisationKind::CiiOperator, OrganisationKind::KeyUnit]),
        systems: vec![System {
            name: line("核心业务系统"),
            importance: Importance::Important,
            designation: Designation::None,
            protection: None,
            services: Vec::new(),
        }],
        duty_telephone: Some(line("021-00000000")),
        responsible_post: Some(line("首席安全官")),
        contacts: Some(blob(20)),
        networks: Networks::default(),
        filings: Vec::new(),
    };
    vec![
        OrganisationRegistered {
            organisation: UNIT,
            details: details.clone(),
            valid_from: date(2026, 1, 1),
        }
        .into(),
        OrganisationChanged {
            details,
            valid_from: date(2026, 3, 1),
            valid_until: Some(date(2026, 12, 31)),
        }
        .into(),
        OrganisationClosed {
            closed_on: date(2026, 12, 31),
            merged_into: Some(OFFICE),
            reason: line("机构合并"),
        }
        .into(),
    ]
}

fn of_centre() -> Vec<CentreEvent> {
    vec![
        PlanAdopted {
            plan: edition(),
            bytes: blob(21),
            calendars: BTreeMap::from([("cn-2026".to_owned(), blob(22))]),
            from: None,
            supersedes: BTreeSet::new(),
        }
        .into(),
        RoleBound {
            plan: plan(),
            role: role("district_authority"),
            district: Some("310115".parse().unwrap()),
            organisation: Some(OrganisationId::from_bits(15)),
            persons: BTreeSet::from([PersonId::from_bits(60)]),
            sector: None,
        }
        .into(),
        RoleUnbound {
            plan: plan(),
            role: role("district_authority"),
            district: Some("310115".parse().unwrap()),
            sector: None,
        }
        .into(),
        PlanDrafted {
            plan: edition(),
            bytes: blob(21),
            signature: SignatureVerdict::ValidBy("市网信办 2026".to_owned()),
        }
        .into(),
        PlanChecked { plan: edition(), findings: blob(23), errors: 0, warnings: 2 }.into(),
        PlanApproved { plan: edition() }.into(),
        DraftWithdrawn { plan: edition(), reason: line("另有新稿") }.into(),
        ClauseInterpreted {
            number: 1,
            plan: plan(),
            clause: "4.1.1".parse().unwrap(),
            question: blob(24),
            ruling: blob(25),
            role: Some(role("cac_office")),
        }
        .into(),
        InterpretationWithdrawn { number: 1, reason: line("已有新解释") }.into(),
        WordingAttached {
            plan: edition(),
            clause: Some("4.1.1".parse().unwrap()),
            wording: blob(26),
        }
        .into(),
        HouseAdopted { hash: format!("{:064x}", 9), bytes: blob(27) }.into(),
        PolicyNamed {
            number: 1,
            plan: plan(),
            act: Act::EndResponse,
            levels: BTreeSet::from(["I".parse().unwrap()]),
            how: PolicyHow::Approval {
                propose: vec![role("cac_office")],
                approve: vec![role("commission")],
            },
            reason: line("预案未写明"),
        }
        .into(),
        PolicyApproved { number: 1 }.into(),
        PolicyWithdrawn { number: 1, reason: line("另行规定") }.into(),
    ]
}

fn of_people() -> Vec<PersonEvent> {
    let roles = BTreeSet::from([role("cac_office")]);
    let capacities = BTreeSet::from([Capacity::Officer, Capacity::PlanOfficer]);
    vec![
        PersonAppointed {
            person: PersonId::from_bits(10),
            organisation: Some(OFFICE),
            roles: roles.clone(),
            plan: None,
            capacities: capacities.clone(),
        }
        .into(),
        AppointmentChanged { organisation: Some(LINKAGE), roles, plan: None, capacities }.into(),
        PersonDismissed { reason: line("调离") }.into(),
    ]
}

fn taken_in() -> ReportTakenIn {
    ReportTakenIn {
        report: REPORT,
        number: line("SH-2026-0001"),
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: role("cac_duty_room"),
        follows: Some(ReportId::from_bits(9)),
        affected: vec![
            Affected {
                organisation: Some(UNIT),
                district: Some("310115".parse().unwrap()),
                anchors: anchors(),
            },
            Affected::default(),
        ],
        facts: facts_recorded().facts,
        content: blob(1),
        attachments: vec![attachment()],
        lead: edition(),
    }
}

fn carried() -> Vec<Carried> {
    let anchor = AnchorKind::Discovered;
    let whats = vec![
        CarriedWhat::Anchor { party: PARTY, anchor },
        CarriedWhat::AnchorCorrected {
            party: PARTY,
            anchor,
            from: at("09:40"),
            to: at("09:42"),
            reason: line("日志时间"),
        },
        CarriedWhat::Facts(facts_recorded()),
        CarriedWhat::Received { by: role("cac_duty_room"), channel: Channel::Written },
        CarriedWhat::Met(met()),
        CarriedWhat::Cleared(cleared()),
        CarriedWhat::Reminded(reminded()),
        CarriedWhat::Missed(missed()),
        CarriedWhat::Declined { reason: line("证据不足") },
        CarriedWhat::Reopened,
    ];
    whats
        .into_iter()
        .map(|what| Carried {
            at: at("10:00"),
            recorded_at: at("10:01"),
            entered_by: PersonId::from_bits(10),
            what,
        })
        .collect()
}

fn identified() -> OrganisationIdentified {
    OrganisationIdentified {
        party: Party::Unidentified(REPORT, 1),
        organisation: UNIT,
        district: Some("310115".parse().unwrap()),
    }
}

fn anchored() -> AnchorRecorded {
    AnchorRecorded {
        party: PARTY,
        anchor: AnchorKind::Aware,
        plan: Some(plan()),
        at: at("09:41"),
        offset: None,
    }
}

fn anchor_corrected() -> AnchorCorrected {
    AnchorCorrected {
        party: PARTY,
        anchor: AnchorKind::Discovered,
        from: at("09:40"),
        to: at("09:42"),
        reason: line("日志时间"),
    }
}

fn received() -> ReportReceived {
    ReportReceived {
        by: role("linkage_centre"),
        channel: Channel::Written,
        report: Some(REPORT),
        plan: None,
    }
}

fn met() -> DutyMet {
    DutyMet {
        tick: oral(),
        channel: Channel::Oral,
        act: Delivery::Call { record: blob(30), read_back: ReadBack::Confirmed },
        late_because: Some(line("值班电话未接通")),
    }
}

fn reminded() -> Reminded {
    Reminded { tick: oral(), step: ReminderStep::Before(500), at: at("09:55") }
}

fn reminders() -> Vec<Reminded> {
    let minutes = SignedDuration::from_mins;
    let steps = [
        ReminderStep::Before(500),
        ReminderStep::Immediate(minutes(5)),
        ReminderStep::After(minutes(10)),
        ReminderStep::CallOut,
    ];
    steps.into_iter().map(|step| Reminded { step, ..reminded() }).collect()
}

fn missed() -> Missed {
    Missed { tick: oral(), due: at("10:10") }
}

fn cleared() -> MissCleared {
    MissCleared { tick: oral(), entered_by: PersonId::from_bits(20) }
}

fn facts_recorded() -> FactsRecorded {
    let loss = FactValue::Exact(Scalar::Word("severe".parse().unwrap()));
    FactsRecorded {
        facts: Facts::from([("system_loss".parse().unwrap(), loss)]),
        said_by: SaidBy::Report(REPORT),
        ground: Some(line("现场核实")),
        outlook: Outlook::Observed,
    }
}

fn by_fax() -> Given {
    Given::OnBehalf { means: Means::Fax, read_back: ReadBack::NotDone, record: Some(blob(61)) }
}

fn anchors() -> Anchors {
    Anchors { occurred_at: Some(at("09:30")), discovered_at: Some(at("09:40")), informed_at: None }
}

fn attachment() -> Attachment {
    Attachment { file: blob(2), bytes: 1000, media_type: line("text/plain") }
}

fn oral() -> Tick {
    tick("sh-4.1.1-oral", Some(PARTY), "incident_unit", "linkage_centre")
}

fn class(code: &str) -> ClassRef {
    ClassRef { taxonomy: "gbz-20986-2007".to_owned(), code: code.parse().unwrap() }
}

fn edition() -> PlanRef {
    PlanRef { plan: plan(), hash: format!("{:064x}", 7) }
}

fn plan() -> PlanId {
    "shanghai-2019".parse().unwrap()
}

fn role(role: &str) -> RoleId {
    role.parse().unwrap()
}

const REPORT: ReportId = ReportId::from_bits(1);

const PARTY: Party = Party::Organisation(UNIT);
