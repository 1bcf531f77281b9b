//! Who may do what with an accountability file, and in which order.

use fengsui_vocabulary::OrganisationId;
use jiff::Timestamp;

use super::{
    Accountability, AccountabilityCommand, AccountabilityStatus, DecideFile, DismissSuggestion,
    Hearing, OpenFile,
};
use crate::books::check_count;
use crate::{
    AccountabilityDecided, AccountabilityEvent, AccountabilityKind, AccountabilityOpened,
    AccountabilityReopened, AccountabilityWithdrawn, Actor, Asked, Capacity, Decided,
    EvidenceAttached, HearingAsked, HearingLapsed, HearingVoice, Matter, OrganisationHeard,
    Outcome, Refusal, Scene, SuggestionDismissed,
};

/// What is written, and when it happened.
type Answer = Result<Vec<AccountabilityEvent>, Refusal>;

/// Decides what follows from a command to an accountability file.
pub fn decide(
    state: &Accountability,
    asked: &Asked<AccountabilityCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<AccountabilityEvent>>, Refusal> {
    let at = scene.happened_at(asked)?;
    if let Some(opened_at) = state.opened_at.filter(|opened_at| at < *opened_at) {
        return Err(Refusal::BeforeItBegan { at, earliest: opened_at });
    }
    let events = events(state, asked, scene, at)?;
    Ok(events.into_iter().map(|event| Decided::new(at, event)).collect())
}

fn events(
    state: &Accountability,
    asked: &Asked<AccountabilityCommand>,
    scene: &Scene<'_>,
    at: Timestamp,
) -> Answer {
    let by = &asked.by;
    match &asked.command {
        AccountabilityCommand::Open(it) => opening(state, by, it),
        AccountabilityCommand::Dismiss(it) => dismissal(state, by, it),
        AccountabilityCommand::Attach { evidence, ground, note } => {
            holds_to_account(by, open(state)?.organisation)?;
            check_count("piece of evidence", evidence.len() + ground.len(), EVIDENCE_MAX)?;
            at_most("pieces of evidence", state.evidence.len() + evidence.len(), EVIDENCE_MAX)?;
            at_most("grounds", state.ground.len() + ground.len(), GROUND_MAX)?;
            let (evidence, ground, note) = (evidence.clone(), ground.clone(), note.clone());
            one(EvidenceAttached { evidence, ground, note })
        }
        AccountabilityCommand::AskToBeHeard { answer_by, text } => {
            holds_to_account(by, open(state)?.organisation)?;
            let hearing = scene.packs.house().accountability.hearing;
            let earliest = at.checked_add(hearing).unwrap_or(at);
            if *answer_by <= at || *answer_by < earliest {
                return Err(Refusal::BeforeItBegan { at: *answer_by, earliest });
            }
            one(HearingAsked { answer_by: *answer_by, text: text.clone() })
        }
        AccountabilityCommand::Hear { statement, files } => {
            let voice = voice(by, open(state)?.organisation)?;
            if voice == HearingVoice::Itself && state.hearing == Hearing::NotAsked {
                return Err(Refusal::NotYours); // it does not see the file yet
            }
            at_most("statements", state.statements.len() + 1, STATEMENTS_MAX)?;
            at_most("attachments", files.len(), FILES_MAX)?;
            let (statement, files) = (statement.clone(), files.clone());
            one(OrganisationHeard { statement, files, voice })
        }
        AccountabilityCommand::Decide(it) => ruling(state, by, it, at),
        AccountabilityCommand::Withdraw { reason } => {
            holds_to_account(by, open(state)?.organisation)?;
            one(AccountabilityWithdrawn { reason: reason.clone() })
        }
        AccountabilityCommand::Reopen { reason, evidence } => {
            holds_to_account(by, closed(state)?.organisation)?;
            check_count("piece of new evidence", evidence.len(), EVIDENCE_MAX)?;
            at_most("pieces of evidence", state.evidence.len() + evidence.len(), EVIDENCE_MAX)?;
            one(AccountabilityReopened { reason: reason.clone(), evidence: evidence.clone() })
        }
    }
}

fn opening(state: &Accountability, by: &Actor, it: &OpenFile) -> Answer {
    holds_to_account(by, it.matter.organisation)?;
    is_nothing_yet(state)?;
    at_most("grounds", it.ground.len(), GROUND_MAX)?;
    at_most("pieces of evidence", it.evidence.len(), EVIDENCE_MAX)?;
    one(AccountabilityOpened {
        file: it.file,
        matter: it.matter.clone(),
        origin: it.origin,
        opened_for: by.organisation,
        ground: it.ground.clone(),
        evidence: it.evidence.clone(),
        reason: it.reason.clone(),
    })
}

fn dismissal(state: &Accountability, by: &Actor, it: &DismissSuggestion) -> Answer {
    holds_to_account(by, it.matter.organisation)?;
    is_nothing_yet(state)?;
    check_count("ground", it.ground.len(), GROUND_MAX)?;
    one(SuggestionDismissed {
        file: it.file,
        matter: it.matter.clone(),
        dismissed_for: by.organisation,
        ground: it.ground.clone(),
        reason: it.reason.clone(),
    })
}

/// A ruling comes from somebody who did not open it, after the organisation was heard.
fn ruling(state: &Accountability, by: &Actor, it: &DecideFile, at: Timestamp) -> Answer {
    let matter = open(state)?;
    holds_to_account(by, matter.organisation)?;
    if state.opened_by.contains(&by.person) {
        return Err(Refusal::NeedsSecondPerson { done_by: by.person });
    }
    if !it.outcome.fits(matter.kind) {
        return Err(Refusal::Unknown {
            what: "outcome for this kind",
            name: it.outcome.name().to_owned(),
        });
    }
    let needs_document = matches!(it.outcome, Outcome::Sanction | Outcome::Referred);
    if needs_document && it.document.is_none() {
        return Err(Refusal::Nothing { what: "document" });
    }
    let mut events = Vec::new();
    if matter.kind != AccountabilityKind::Commendation {
        events.extend(lapsed(state, at)?.map(AccountabilityEvent::from));
    }
    events.push(
        AccountabilityDecided {
            outcome: it.outcome,
            reason: it.reason.clone(),
            document: it.document.clone(),
            file: it.file.clone(),
        }
        .into(),
    );
    Ok(events)
}

/// The organisation was heard, or what it let pass; else nobody decides yet.
fn lapsed(state: &Accountability, at: Timestamp) -> Result<Option<HearingLapsed>, Refusal> {
    match state.hearing {
        Hearing::Heard | Hearing::Lapsed => Ok(None),
        Hearing::Asked { answer_by } if at > answer_by => Ok(Some(HearingLapsed { answer_by })),
        Hearing::Asked { answer_by } => Err(Refusal::NotHeard { answer_by: Some(answer_by) }),
        Hearing::NotAsked => Err(Refusal::NotHeard { answer_by: None }),
    }
}

/// No pack names who holds others to account (clause 6.5 of the Shanghai plan leaves it to people), so it
/// takes the capacity of an officer or leader; nobody does it to their own organisation.
fn holds_to_account(by: &Actor, organisation: OrganisationId) -> Result<(), Refusal> {
    if !by.has(Capacity::Officer) && !by.has(Capacity::Leader) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Officer });
    }
    if by.organisation == Some(organisation) {
        return Err(Refusal::OwnOrganisation);
    }
    Ok(())
}

fn voice(by: &Actor, organisation: OrganisationId) -> Result<HearingVoice, Refusal> {
    if by.organisation == Some(organisation) {
        if by.has(Capacity::Liaison) || by.has(Capacity::Officer) || by.has(Capacity::Leader) {
            return Ok(HearingVoice::Itself);
        }
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Liaison });
    }
    holds_to_account(by, organisation)?;
    Ok(HearingVoice::WrittenDown)
}

fn is_nothing_yet(state: &Accountability) -> Result<(), Refusal> {
    match state.status {
        AccountabilityStatus::Absent => Ok(()),
        AccountabilityStatus::Dismissed
        | AccountabilityStatus::Open
        | AccountabilityStatus::Decided(_)
        | AccountabilityStatus::Withdrawn => Err(Refusal::ExistsAlready),
    }
}

fn open(state: &Accountability) -> Result<&Matter, Refusal> {
    let matter = state.matter.as_ref().ok_or(Refusal::Absent)?;
    if state.is_open() { Ok(matter) } else { Err(Refusal::FileClosed) }
}

fn closed(state: &Accountability) -> Result<&Matter, Refusal> {
    let matter = state.matter.as_ref().ok_or(Refusal::Absent)?;
    match state.status {
        AccountabilityStatus::Decided(_) | AccountabilityStatus::Withdrawn => Ok(matter),
        AccountabilityStatus::Open => Err(Refusal::FileOpen),
        AccountabilityStatus::Absent | AccountabilityStatus::Dismissed => Err(Refusal::Absent),
    }
}

fn at_most(what: &'static str, count: usize, count_max: usize) -> Result<(), Refusal> {
    if count > count_max { Err(Refusal::TooMany { what, count, count_max }) } else { Ok(()) }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends a decision")]
fn one(event: impl Into<AccountabilityEvent>) -> Answer {
    Ok(vec![event.into()])
}

/// Grounds of one file.
const GROUND_MAX: usize = 200;

/// Pieces of evidence of one file.
const EVIDENCE_MAX: usize = 200;

/// Statements in one file.
const STATEMENTS_MAX: usize = 50;

/// Files with one statement.
const FILES_MAX: usize = 10;
