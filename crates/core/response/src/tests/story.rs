//! A real report taken to closure: an intrusion with theft of customer data.

use crate::accept::AcceptReport;
use crate::incident::*;
use crate::report::*;
use crate::testing::people::*;
use crate::testing::*;
use crate::*;
use fengsui_plan::Channel;
use fengsui_vocabulary::*;
use std::collections::BTreeSet;

fn fact(id: &str, value: FactValue) -> (FactId, FactValue) {
    (id.parse().unwrap(), value)
}

fn word(word: &str) -> FactValue {
    FactValue::Exact(Scalar::Word(word.parse().unwrap()))
}

fn at_least(word: &str) -> FactValue {
    FactValue::Range(FactRange { min: Some(Scalar::Word(word.parse().unwrap())), max: None })
}

fn taken_in(stage: &mut Stage) {
    let take_in = TakeIn {
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
        facts: [fact("security_threat", at_least("some"))].into(),
        content: blob(1),
        attachments: vec![Attachment {
            file: blob(2),
            bytes: 1000,
            media_type: line("text/plain"),
        }],
        lead: PlanRef::of(&stage.plan),
        call: None,
        sealed_because: None,
    };
    let asked = Asked::now(Actor::public(), ReportCommand::TakeIn(Box::new(take_in)));
    stage.report("10:00", &asked).unwrap();
}

#[test]
fn a_report_is_taken_to_closure() {
    let mut stage = Stage::under(shanghai());
    taken_in(&mut stage);
    println!("{}", stage.report_duties("10:00"));
    let unit = Some(Party::Organisation(UNIT));
    let call = |number| Delivery::Call { record: blob(number), read_back: ReadBack::Confirmed };
    let oral = |to| tick("sh-4.1.1-oral", unit, "incident_unit", to);
    let meet = |ticks, channel, act, late: Option<&str>| MeetDuty {
        ticks,
        channel,
        act,
        late_because: late.map(line),
    };
    let by_call = meet(vec![oral("cac_duty_room")], Channel::Oral, call(3), None);
    stage.report("10:04", &Asked::now(lin(), ReportCommand::MeetDuty(by_call))).unwrap();
    println!("{}", stage.report_duties("10:04"));
    let open = AcceptReport::Open {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("客户数据被窃"),
        plans: vec![PlanRef::of(&stage.plan)],
    };
    stage.accept("10:10", &Asked::now(lin(), open)).unwrap();
    println!("{}", stage.duties("10:10"));
    println!("{:?}", stage.incident.computed(&stage.plan));
    let _ = BTreeSet::<RoleId>::new();
}
