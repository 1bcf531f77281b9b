//! What follows from a command about custody.

use fengsui_vocabulary::{Line, PersonId};
use jiff::Timestamp;

use super::{Custody, CustodyCommand, DECIDES, HANDLES, Held, Packaged, Request, Standing, needs};
use crate::{
    AccessNoted, Actor, Asked, BlobRef, CustodyEvent, Decided, ErasureApproved, ErasureRefused,
    ErasureRequested, ErasureScope, ErasureWithdrawn, EvidenceHandedOver, EvidencePackaged,
    HoldLifted, HoldPlaced, Refusal, RelatedTextsErased, Scene, TextsErased,
};

/// Decides what follows from a command about the custody of a subject.
pub fn decide(
    custody: &Custody,
    asked: &Asked<CustodyCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<CustodyEvent>>, Refusal> {
    let at = scene.happened_at(asked)?;
    let by = &asked.by;
    match &asked.command {
        CustodyCommand::EraseByRule { .. } => {}
        CustodyCommand::LiftHold { .. }
        | CustodyCommand::RefuseErasure { .. }
        | CustodyCommand::ApproveErasure { .. } => needs(by, &DECIDES)?,
        CustodyCommand::PlaceHold { .. }
        | CustodyCommand::RequestErasure { .. }
        | CustodyCommand::WithdrawErasure { .. }
        | CustodyCommand::RecordPackage(_)
        | CustodyCommand::HandOverPackage { .. }
        | CustodyCommand::NoteAccess { .. } => needs(by, &HANDLES)?,
    }
    let events = match &asked.command {
        CustodyCommand::PlaceHold { ground, demanded_by } => {
            vec![placed(custody, ground, demanded_by.as_ref())?]
        }
        CustodyCommand::LiftHold { hold, reason } => {
            vec![lifted(custody, by.person, *hold, reason)?]
        }
        CustodyCommand::RequestErasure { what, ground, demanded_by } => {
            vec![requested(custody, what, ground, demanded_by.as_ref())?]
        }
        CustodyCommand::WithdrawErasure { request, reason } => {
            if waiting(custody, *request)?.requested_by != by.person {
                return Err(Refusal::NotYours);
            }
            vec![ErasureWithdrawn { request: *request, reason: reason.clone() }.into()]
        }
        CustodyCommand::RefuseErasure { request, reason } => {
            waiting(custody, *request)?;
            vec![ErasureRefused { request: *request, reason: reason.clone() }.into()]
        }
        CustodyCommand::ApproveErasure { request, texts, held } => {
            approved(custody, by.person, *request, (texts, held))?
        }
        CustodyCommand::EraseByRule { rule, texts, held } => {
            vec![by_rule(custody, by.person, rule, (texts, held))?]
        }
        CustodyCommand::RecordPackage(packaged) => vec![packaged_as(custody, packaged)?],
        CustodyCommand::HandOverPackage { package, recipient, receipt } => {
            vec![handed_over(custody, *package, recipient, receipt)?]
        }
        CustodyCommand::NoteAccess { who, what } => {
            vec![AccessNoted { who: who.clone(), what: what.clone() }.into()]
        }
    };
    Ok(events.into_iter().map(|event| Decided::<CustodyEvent>::new(at, event)).collect())
}

/// What the custody of something larger gains when texts of a part of it were erased.
pub fn of_related(
    subject: &Line,
    ground: &Line,
    count: u32,
    at: Timestamp,
) -> Decided<CustodyEvent> {
    let erased = RelatedTextsErased { subject: subject.clone(), ground: ground.clone(), count };
    Decided::new(at, erased)
}

fn placed(
    custody: &Custody,
    ground: &Line,
    demanded_by: Option<&Line>,
) -> Result<CustodyEvent, Refusal> {
    let is_same =
        |hold: &super::Hold| hold.ground == *ground && hold.demanded_by.as_ref() == demanded_by;
    if custody.holds_in_force().any(|(_, hold)| is_same(hold)) {
        return Err(Refusal::ExistsAlready);
    }
    let hold = next("holds", custody.holds.len(), HOLDS_MAX)?;
    Ok(HoldPlaced { hold, ground: ground.clone(), demanded_by: demanded_by.cloned() }.into())
}

fn lifted(
    custody: &Custody,
    by: PersonId,
    number: u32,
    reason: &Line,
) -> Result<CustodyEvent, Refusal> {
    let hold = custody.holds.get(&number).ok_or_else(|| unknown("hold", number))?;
    if hold.lifted.is_some() {
        return Err(Refusal::NoChange);
    }
    another_than(hold.placed_by, by)?;
    Ok(HoldLifted { hold: number, reason: reason.clone() }.into())
}

fn requested(
    custody: &Custody,
    what: &ErasureScope,
    ground: &Line,
    demanded_by: Option<&Line>,
) -> Result<CustodyEvent, Refusal> {
    if let ErasureScope::These(these) = what {
        if these.is_empty() {
            return Err(Refusal::Nothing { what: "text" });
        }
        if these.iter().all(|blob| custody.erased.contains_key(blob)) {
            return Err(Refusal::NothingToErase);
        }
    }
    if custody.waiting().any(|(_, request)| request.what == *what) {
        return Err(Refusal::ExistsAlready);
    }
    let request = next("requests", custody.requests.len(), REQUESTS_MAX)?;
    let (ground, demanded_by) = (ground.clone(), demanded_by.cloned());
    Ok(ErasureRequested { request, what: what.clone(), ground, demanded_by }.into())
}

/// What may be erased, and what stands against it.
type Texts<'a> = (&'a [BlobRef], &'a [Held]);

fn approved(
    custody: &Custody,
    by: PersonId,
    number: u32,
    (texts, held): Texts<'_>,
) -> Result<Vec<CustodyEvent>, Refusal> {
    let request = waiting(custody, number)?;
    another_than(request.requested_by, by)?;
    not_held(custody, held)?;
    let blobs = owned(custody.meant(&request.what, texts))?;
    let ground = request.ground.clone();
    let erased = TextsErased { request: Some(number), ground, blobs };
    Ok(vec![ErasureApproved { request: number }.into(), erased.into()])
}

fn by_rule(
    custody: &Custody,
    by: PersonId,
    rule: &Line,
    (texts, held): Texts<'_>,
) -> Result<CustodyEvent, Refusal> {
    if by != Actor::PROGRAM {
        return Err(Refusal::NotYours);
    }
    not_held(custody, held)?;
    let blobs = owned(custody.meant(&ErasureScope::AllTexts, texts))?;
    Ok(TextsErased { request: None, ground: rule.clone(), blobs }.into())
}

fn not_held(custody: &Custody, held: &[Held]) -> Result<(), Refusal> {
    if let Some((_, hold)) = custody.holds_in_force().next() {
        return Err(Refusal::LegalHold { subject: None, ground: hold.ground.clone() });
    }
    held.first().map_or(Ok(()), |held| {
        let subject = Some(held.subject.clone());
        Err(Refusal::LegalHold { subject, ground: held.ground.clone() })
    })
}

fn owned(meant: Vec<&BlobRef>) -> Result<Vec<BlobRef>, Refusal> {
    if meant.is_empty() {
        return Err(Refusal::NothingToErase);
    }
    Ok(meant.into_iter().cloned().collect())
}

fn packaged_as(custody: &Custody, packaged: &Packaged) -> Result<CustodyEvent, Refusal> {
    let package = next("packages", custody.packages.len(), PACKAGES_MAX)?;
    let Packaged { sha256, bytes, position, head, made_at, made_for, purpose } = packaged.clone();
    Ok(EvidencePackaged { package, sha256, bytes, position, head, made_at, made_for, purpose }
        .into())
}

fn handed_over(
    custody: &Custody,
    number: u32,
    recipient: &Line,
    receipt: &Line,
) -> Result<CustodyEvent, Refusal> {
    let package = custody.packages.get(&number).ok_or_else(|| unknown("package", number))?;
    let is_same = |it: &super::HandedOver| it.recipient == *recipient && it.receipt == *receipt;
    if package.handed_over.iter().any(is_same) {
        return Err(Refusal::ExistsAlready);
    }
    at_most("hand-overs", package.handed_over.len(), HAND_OVERS_MAX)?;
    let (recipient, receipt) = (recipient.clone(), receipt.clone());
    Ok(EvidenceHandedOver { package: number, recipient, receipt }.into())
}

fn waiting(custody: &Custody, number: u32) -> Result<&Request, Refusal> {
    let request = custody.requests.get(&number).ok_or_else(|| unknown("request", number))?;
    match request.standing {
        Standing::Waiting => Ok(request),
        Standing::Withdrawn(_) | Standing::Refused(_) | Standing::Approved(_) => {
            Err(Refusal::RequestSettled)
        }
    }
}

fn another_than(done_by: PersonId, by: PersonId) -> Result<(), Refusal> {
    if done_by == by { Err(Refusal::NeedsSecondPerson { done_by }) } else { Ok(()) }
}

fn next(what: &'static str, count: usize, count_max: usize) -> Result<u32, Refusal> {
    at_most(what, count, count_max)?;
    u32::try_from(count + 1).map_err(|_large| Refusal::TooMany { what, count, count_max })
}

fn at_most(what: &'static str, count: usize, count_max: usize) -> Result<(), Refusal> {
    if count >= count_max {
        return Err(Refusal::TooMany { what, count: count + 1, count_max });
    }
    Ok(())
}

fn unknown(what: &'static str, number: u32) -> Refusal {
    Refusal::Unknown { what, name: number.to_string() }
}

/// Holds on one subject, over all time.
const HOLDS_MAX: usize = 100;

/// Requests about one subject, over all time.
const REQUESTS_MAX: usize = 200;

/// Packages of one subject.
const PACKAGES_MAX: usize = 200;

/// Hand-overs of one package.
const HAND_OVERS_MAX: usize = 50;
