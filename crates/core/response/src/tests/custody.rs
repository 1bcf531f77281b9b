//! Custody: holds, erasures by two people, packages of evidence, retention.

use std::collections::BTreeSet;

use fengsui_vocabulary::BlobId;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::custody::retention::{kept_since, logs_kept_since};
use crate::custody::{Custody, CustodyCommand, Held, Packaged, Standing, decide, evolve};
use crate::house::{RetainedFor, Retention};
use crate::testing::people::{gao, lin, mara, rui, tang};
use crate::testing::{at, blob, line};
use crate::{
    AccessNoted, Actor, Asked, BlobRef, Capacity, CustodyEvent, ErasureApproved, ErasureRefused,
    ErasureRequested, ErasureScope, ErasureWithdrawn, EvidenceHandedOver, EvidencePackaged,
    HoldLifted, HoldPlaced, Packs, Refusal, RelatedTextsErased, Scene, TextsErased,
};

#[test]
fn nobody_approves_the_erasure_they_asked_for() {
    let mut custody = Custody::default();
    tell(&mut custody, gao(), "10:00", request());
    assert_eq!(
        ask(&custody, gao(), "10:05", approve(1, &[])),
        Err(Refusal::NeedsSecondPerson { done_by: gao().person })
    );
    let kinds = tell(&mut custody, auditor(), "10:10", approve(1, &[]));
    assert_eq!(kinds, ["erasure-approved", "texts-erased"]);
    assert_eq!(custody.erased.keys().copied().collect::<Vec<_>>(), [bits(1), bits(2)]);
    assert_eq!(
        ask(&custody, auditor(), "10:11", approve(1, &[])),
        Err(Refusal::RequestSettled),
        "once is enough"
    );
}

#[test]
fn an_administrator_may_ask_but_never_decides() {
    let mut custody = Custody::default();
    tell(&mut custody, rui(), "10:00", request());
    for command in [approve(1, &[]), refuse(1)] {
        let told = ask(&custody, rui(), "10:01", command);
        assert_eq!(told, Err(Refusal::NeedsCapacity { capacity: Capacity::Leader }));
    }
    let told = ask(&custody, tang(), "10:02", request());
    assert_eq!(told, Err(Refusal::NeedsCapacity { capacity: Capacity::Officer }));
}

#[test]
fn a_hold_stands_against_erasure_until_another_person_lifts_it() {
    let mut custody = Custody::default();
    tell(&mut custody, lin(), "09:00", request());
    tell(&mut custody, gao(), "09:30", hold("公安立案侦查"));
    let held = Refusal::LegalHold { subject: None, ground: line("公安立案侦查") };
    assert_eq!(ask(&custody, auditor(), "10:00", approve(1, &[])), Err(held.clone()));
    assert_eq!(ask(&custody, Actor::program(), "10:00", by_rule(&[])), Err(held));

    let lift = CustodyCommand::LiftHold { hold: 1, reason: line("案件终结") };
    assert_eq!(
        ask(&custody, gao(), "10:05", lift.clone()),
        Err(Refusal::NeedsSecondPerson { done_by: gao().person })
    );
    tell(&mut custody, auditor(), "10:10", lift.clone());
    assert_eq!(ask(&custody, auditor(), "10:11", lift), Err(Refusal::NoChange));
    tell(&mut custody, auditor(), "10:12", approve(1, &[]));
    assert_eq!(custody.erased.len(), 2);
}

#[test]
fn what_the_subject_belongs_to_may_be_held_too() {
    let mut custody = Custody::default();
    tell(&mut custody, lin(), "09:00", request());
    let incident = Held { subject: line("incident:inc_1"), ground: line("诉讼") };
    assert_eq!(
        ask(&custody, gao(), "10:00", approve(1, std::slice::from_ref(&incident))),
        Err(Refusal::LegalHold { subject: Some(incident.subject), ground: incident.ground })
    );
}

#[test]
fn only_the_program_erases_by_a_rule_and_the_rule_is_the_ground() {
    let mut custody = Custody::default();
    assert_eq!(ask(&custody, gao(), "10:00", by_rule(&[])), Err(Refusal::NotYours));
    let kinds = tell(&mut custody, Actor::program(), "10:00", by_rule(&[]));
    assert_eq!(kinds, ["texts-erased"]);
    assert!(custody.erased.values().all(|it| it.ground == line("declined_reports P2Y")));
    assert_eq!(
        ask(&custody, Actor::program(), "10:01", by_rule(&[])),
        Err(Refusal::NothingToErase)
    );
}

#[test]
fn one_text_of_several_may_be_erased() {
    let mut custody = Custody::default();
    let these = |blobs: BTreeSet<BlobId>| CustodyCommand::RequestErasure {
        what: ErasureScope::These(blobs),
        ground: line("当事人要求"),
        demanded_by: Some(line("本人")),
    };
    let nothing = ask(&custody, lin(), "09:59", these(BTreeSet::new()));
    assert_eq!(nothing, Err(Refusal::Nothing { what: "text" }));
    tell(&mut custody, lin(), "10:00", these(BTreeSet::from([bits(2)])));
    tell(&mut custody, gao(), "10:01", approve(1, &[]));
    assert_eq!(custody.erased.keys().copied().collect::<Vec<_>>(), [bits(2)]);
    let again = ask(&custody, lin(), "10:02", these(BTreeSet::from([bits(2)])));
    assert_eq!(again, Err(Refusal::NothingToErase));
}

#[test]
fn a_request_is_taken_back_by_whoever_made_it_and_refused_by_others() {
    let mut custody = Custody::default();
    tell(&mut custody, lin(), "10:00", request());
    assert_eq!(ask(&custody, mara(), "10:01", withdraw(1)), Err(Refusal::NotYours));
    tell(&mut custody, lin(), "10:02", withdraw(1));
    tell(&mut custody, lin(), "10:03", request());
    tell(&mut custody, gao(), "10:04", refuse(2));
    let standings: Vec<_> = custody.requests.values().map(|it| it.standing.clone()).collect();
    assert!(matches!(standings.as_slice(), [Standing::Withdrawn(_), Standing::Refused(_)]));
    assert_eq!(ask(&custody, auditor(), "10:05", approve(2, &[])), Err(Refusal::RequestSettled));
}

#[test]
fn a_package_is_handed_over_with_a_receipt_and_only_when_it_was_made() {
    let mut custody = Custody::default();
    let hand_over = |package| CustodyCommand::HandOverPackage {
        package,
        recipient: line("市公安局网安总队"),
        receipt: line("沪公网安收〔2026〕7号"),
    };
    let unknown = Refusal::Unknown { what: "package", name: "1".to_owned() };
    assert_eq!(ask(&custody, lin(), "10:00", hand_over(1)), Err(unknown));
    tell(&mut custody, lin(), "10:01", CustodyCommand::RecordPackage(packaged()));
    tell(&mut custody, lin(), "10:02", hand_over(1));
    assert_eq!(ask(&custody, lin(), "10:03", hand_over(1)), Err(Refusal::ExistsAlready));
    assert_eq!(custody.packages[&1].handed_over.len(), 1);
}

#[test]
fn what_waits_and_what_is_held_is_known() {
    let mut custody = Custody::default();
    tell(&mut custody, lin(), "10:00", request());
    assert_eq!(ask(&custody, mara(), "10:01", request()), Err(Refusal::ExistsAlready));
    tell(&mut custody, lin(), "10:02", hold("诉讼"));
    assert_eq!(ask(&custody, mara(), "10:03", hold("诉讼")), Err(Refusal::ExistsAlready));
    assert_eq!((custody.waiting().count(), custody.holds_in_force().count()), (1, 1));
}

#[test]
fn logs_are_kept_for_six_months_whatever_is_written() {
    let now: Timestamp = "2026-08-31T04:00:00Z".parse().unwrap();
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let since = |months: Option<i32>| {
        let logs = months.map(|months| RetainedFor(Span::new().months(months)));
        logs_kept_since(now, &Retention { logs, ..Retention::default() }, &zone).unwrap()
    };
    let six = "2026-02-28T04:00:00Z".parse().unwrap();
    assert_eq!([since(None), since(Some(1)), since(Some(6))], [six, six, six]);
    assert_eq!(since(Some(12)), "2025-08-31T04:00:00Z".parse().unwrap());
}

#[test]
fn a_rule_that_leads_into_the_future_erases_nothing() {
    let backwards = RetainedFor(Span::new().months(-1));
    assert_eq!(kept_since(at("10:00"), backwards, &TimeZone::UTC), None);
}

/// An event of each kind.
pub(super) fn examples() -> Vec<CustodyEvent> {
    let Packaged { sha256, bytes, position, head, made_at, made_for, purpose } = packaged();
    vec![
        HoldPlaced {
            hold: 1, ground: line("立案侦查"), demanded_by: Some(line("市公安局"))
        }
        .into(),
        HoldLifted { hold: 1, reason: line("案件终结") }.into(),
        ErasureRequested {
            request: 1,
            what: ErasureScope::These(BTreeSet::from([bits(1)])),
            ground: line("当事人要求删除"),
            demanded_by: None,
        }
        .into(),
        ErasureWithdrawn { request: 1, reason: line("误提") }.into(),
        ErasureRefused { request: 1, reason: line("仍需用于调查") }.into(),
        ErasureApproved { request: 1 }.into(),
        TextsErased { request: Some(1), ground: line("当事人要求删除"), blobs: texts() }.into(),
        RelatedTextsErased {
            subject: line("report:rep_00000000000000000000000001"),
            ground: line("当事人要求删除"),
            count: 2,
        }
        .into(),
        EvidencePackaged { package: 1, sha256, bytes, position, head, made_at, made_for, purpose }
            .into(),
        EvidenceHandedOver {
            package: 1,
            recipient: line("市公安局网安总队"),
            receipt: line("收字7号"),
        }
        .into(),
        AccessNoted { who: line("市公安局 王警官"), what: line("阅看报告附件") }.into(),
    ]
}

fn packaged() -> Packaged {
    Packaged {
        sha256: "7c".repeat(32),
        bytes: 48_221,
        position: 812,
        head: "1f".repeat(32),
        made_at: at("10:00"),
        made_for: line("市公安局网安总队"),
        purpose: line("立案侦查"),
    }
}

fn request() -> CustodyCommand {
    let ground = line("当事人要求删除");
    CustodyCommand::RequestErasure { what: ErasureScope::AllTexts, ground, demanded_by: None }
}

fn withdraw(request: u32) -> CustodyCommand {
    CustodyCommand::WithdrawErasure { request, reason: line("误提") }
}

fn refuse(request: u32) -> CustodyCommand {
    CustodyCommand::RefuseErasure { request, reason: line("仍需用于调查") }
}

fn approve(request: u32, held: &[Held]) -> CustodyCommand {
    CustodyCommand::ApproveErasure { request, texts: texts(), held: held.to_vec() }
}

fn by_rule(held: &[Held]) -> CustodyCommand {
    let rule = line("declined_reports P2Y");
    CustodyCommand::EraseByRule { rule, texts: texts(), held: held.to_vec() }
}

fn hold(ground: &str) -> CustodyCommand {
    CustodyCommand::PlaceHold { ground: line(ground), demanded_by: None }
}

fn texts() -> Vec<BlobRef> {
    vec![blob(1), blob(2)]
}

fn bits(number: u128) -> BlobId {
    BlobId::from_bits(number)
}

/// Somebody who reads the journal and does nothing else.
fn auditor() -> Actor {
    let mut auditor = rui();
    auditor.person = fengsui_vocabulary::PersonId::from_bits(60);
    auditor.capacities = BTreeSet::from([Capacity::Auditor]);
    auditor
}

fn ask(
    custody: &Custody,
    by: Actor,
    time: &str,
    command: CustodyCommand,
) -> Result<Vec<CustodyEvent>, Refusal> {
    let packs = Packs::default();
    let decided = decide(custody, &Asked::now(by, command), &Scene::new(at(time), &packs))?;
    Ok(decided.into_iter().map(|it| it.event).collect())
}

/// Carries a command out; tells what kinds of events followed.
fn tell(
    custody: &mut Custody,
    by: Actor,
    time: &str,
    command: CustodyCommand,
) -> Vec<&'static str> {
    let person = by.person;
    let packs = Packs::default();
    let asked = Asked::now(by, command);
    let decided = decide(custody, &asked, &Scene::new(at(time), &packs)).unwrap();
    let mut kinds = Vec::new();
    for event in decided {
        kinds.push(event.event.kind());
        evolve(custody, &event.recorded(at(time), person));
    }
    kinds
}
