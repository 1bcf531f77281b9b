//! An accountability file, 问责: what somebody is said to have done, what it says to that, what follows.
//!
//! The program suggests ([`suggestions`]) and a person decides: nobody decides what they opened
//! themselves, nobody anything about their own organisation, and nothing before the organisation was
//! heard or let its time pass. Whose organisation it is to hold to account is the registry's.

mod decide;
pub mod statistics;
mod suggest;

use std::collections::BTreeSet;

use fengsui_vocabulary::{AccountabilityId, Line, OrganisationId, PersonId, RoleId};
use jiff::Timestamp;

pub use decide::decide;
pub use suggest::{Suggestion, bears_on, suggestions};

use crate::{
    AccountabilityEvent, AccountabilityKind, Attachment, BlobRef, Evidence, Ground, HearingVoice,
    Matter, Origin, Outcome, Recorded,
};

/// An accountability file as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accountability {
    /// Which; none before it is opened.
    pub id: Option<AccountabilityId>,
    /// What it is about.
    pub matter: Option<Matter>,
    /// Where it stands.
    pub status: AccountabilityStatus,
    /// Whether the program had suggested it.
    pub origin: Option<Origin>,
    /// The organisation of whoever opened it.
    pub opened_for: Option<OrganisationId>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// Everybody who opened it or opened it again: somebody else decides.
    pub opened_by: BTreeSet<PersonId>,
    /// Why, in words; the newest last.
    pub reasons: Vec<BlobRef>,
    /// What it rests on.
    pub ground: Vec<Ground>,
    /// What is attached, oldest first.
    pub evidence: Vec<Attached>,
    /// Whether the organisation was heard since it was last opened.
    pub hearing: Hearing,
    /// What the organisation said, oldest first.
    pub statements: Vec<Statement>,
    /// What was decided, oldest first.
    pub decisions: Vec<Ruling>,
    /// Everything that was written to its stream, in order.
    pub log: Vec<Recorded<AccountabilityEvent>>,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountabilityStatus {
    /// There is none.
    #[default]
    Absent,
    /// There is only the record of a suggestion that was dismissed.
    Dismissed,
    /// It is open.
    Open,
    /// It was decided.
    Decided(Outcome),
    /// It was withdrawn.
    Withdrawn,
}

/// Whether an organisation was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// Nobody has asked it.
    #[default]
    NotAsked,
    /// It was asked and may answer by then.
    Asked {
        /// By when.
        answer_by: Timestamp,
    },
    /// It was heard.
    Heard,
    /// It let its time pass.
    Lapsed,
}

/// Something attached to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What.
    pub evidence: Evidence,
    /// A word to it, with the names of files.
    pub note: Option<BlobRef>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// What an organisation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The words.
    pub text: BlobRef,
    /// Files that came with it.
    pub files: Vec<Attachment>,
    /// Who wrote it down.
    pub voice: HearingVoice,
    /// When.
    pub at: Timestamp,
}

/// What was decided about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What.
    pub outcome: Outcome,
    /// Why.
    pub reason: BlobRef,
    /// The number of the document.
    pub document: Option<Line>,
    /// The document itself.
    pub file: Option<Attachment>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// What may be asked of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountabilityCommand {
    /// Open it.
    Open(Box<OpenFile>),
    /// Dismiss a suggestion instead.
    Dismiss(Box<DismissSuggestion>),
    /// Attach evidence.
    Attach {
        /// What.
        evidence: Vec<Evidence>,
        /// What the program found since.
        ground: Vec<Ground>,
        /// A word to it.
        note: Option<BlobRef>,
    },
    /// Ask the organisation to be heard.
    AskToBeHeard {
        /// By when it may answer.
        answer_by: Timestamp,
        /// What it is asked.
        text: BlobRef,
    },
    /// Write down what the organisation says.
    Hear {
        /// What it says.
        statement: BlobRef,
        /// Files that come with it.
        files: Vec<Attachment>,
    },
    /// Decide.
    Decide(Box<DecideFile>),
    /// Withdraw it.
    Withdraw {
        /// Why.
        reason: BlobRef,
    },
    /// Open it again on new evidence.
    Reopen {
        /// Why.
        reason: BlobRef,
        /// What is new.
        evidence: Vec<Evidence>,
    },
}

/// Open a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFile {
    /// Its id.
    pub file: AccountabilityId,
    /// What it is about; a claim keeps it unique.
    pub matter: Matter,
    /// Whether the program suggested it.
    pub origin: Origin,
    /// What it rests on.
    pub ground: Vec<Ground>,
    /// What is attached from the start.
    pub evidence: Vec<Evidence>,
    /// Why.
    pub reason: BlobRef,
}

/// Dismiss a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DismissSuggestion {
    /// The id of the record of it.
    pub file: AccountabilityId,
    /// What it is about.
    pub matter: Matter,
    /// What it rests on.
    pub ground: Vec<Ground>,
    /// Why.
    pub reason: BlobRef,
}

/// Decide a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecideFile {
    /// What follows.
    pub outcome: Outcome,
    /// Why.
    pub reason: BlobRef,
    /// The number of the document.
    pub document: Option<Line>,
    /// The document itself.
    pub file: Option<Attachment>,
}

impl AccountabilityCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open-accountability",
            Self::Dismiss(_) => "dismiss-suggestion",
            Self::Attach { .. } => "attach-evidence",
            Self::AskToBeHeard { .. } => "ask-to-be-heard",
            Self::Hear { .. } => "hear-organisation",
            Self::Decide(_) => "decide-accountability",
            Self::Withdraw { .. } => "withdraw-accountability",
            Self::Reopen { .. } => "reopen-accountability",
        }
    }
}

impl AccountabilityKind {
    /// Every kind, in order.
    pub const ALL: [Self; 8] = [
        Self::Late,
        Self::False,
        Self::Concealed,
        Self::Omitted,
        Self::NoPlan,
        Self::NoDrill,
        Self::Dereliction,
        Self::Commendation,
    ];

    /// The word used in payloads, boards and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::False => "false",
            Self::Concealed => "concealed",
            Self::Omitted => "omitted",
            Self::NoPlan => "no-plan",
            Self::NoDrill => "no-drill",
            Self::Dereliction => "dereliction",
            Self::Commendation => "commendation",
        }
    }

    /// The kind that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

impl Outcome {
    /// Every outcome, in order.
    pub const ALL: [Self; 4] = [Self::None, Self::Sanction, Self::Referred, Self::Commended];

    /// The word used in payloads, boards and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sanction => "sanction",
            Self::Referred => "referred",
            Self::Commended => "commended",
        }
    }

    /// The outcome that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == word)
    }

    /// Whether a matter of this kind can end so: contributions are commended, failures are not.
    pub const fn fits(self, kind: AccountabilityKind) -> bool {
        match (self, kind) {
            (Self::None, _) | (Self::Commended, AccountabilityKind::Commendation) => true,
            (Self::Sanction | Self::Referred, AccountabilityKind::Commendation)
            | (Self::Commended, _) => false,
            (Self::Sanction | Self::Referred, _) => true,
        }
    }
}

impl Ground {
    /// What makes it the same ground again; none for what only goes with another.
    pub fn key(&self) -> Option<String> {
        match self {
            Self::Duty { tick, .. } => {
                let to = tick.to.as_ref().map(RoleId::as_str).unwrap_or_default();
                let slot = tick.slot.unwrap_or(0);
                Some(format!("duty {} {} {} {to} {slot}", tick.plan, tick.duty, tick.by))
            }
            Self::ReportedByOthers { .. } => None,
            Self::Told { fact, said } => {
                let said: Vec<String> = said
                    .iter()
                    .map(|said| serde_json::to_string(&(&said.by, &said.value)).unwrap_or_default())
                    .collect();
                Some(format!("fact {fact} {}", said.join(" ")))
            }
        }
    }
}

impl Accountability {
    /// Whether something may still be done about it.
    pub const fn is_open(&self) -> bool {
        matches!(self.status, AccountabilityStatus::Open)
    }

    fn begin(
        &mut self,
        file: AccountabilityId,
        matter: &Matter,
        ground: &[Ground],
        reason: &BlobRef,
    ) {
        self.id = Some(file);
        self.matter = Some(matter.clone());
        self.ground.extend(ground.iter().cloned());
        self.reasons.push(reason.clone());
    }

    /// Whether the organisation sees it: from when it was asked to be heard, or when it is commended.
    pub fn is_shown_to_organisation(&self) -> bool {
        let was_asked = |it: &Recorded<AccountabilityEvent>| match it.event {
            AccountabilityEvent::HearingAsked(_) | AccountabilityEvent::Heard(_) => true,
            AccountabilityEvent::Decided(ref it) => it.outcome == Outcome::Commended,
            AccountabilityEvent::Opened(_)
            | AccountabilityEvent::Dismissed(_)
            | AccountabilityEvent::EvidenceAttached(_)
            | AccountabilityEvent::HearingLapsed(_)
            | AccountabilityEvent::Withdrawn(_)
            | AccountabilityEvent::Reopened(_) => false,
        };
        self.log.iter().any(was_asked)
    }
}

/// Brings a file up to date with one event.
pub fn evolve(state: &mut Accountability, recorded: &Recorded<AccountabilityEvent>) {
    let (at, by) = (recorded.happened_at, recorded.actor);
    let attach = |state: &mut Accountability, evidence: &[Evidence], note: Option<&BlobRef>| {
        let attached = |evidence: &Evidence| Attached {
            evidence: evidence.clone(),
            note: note.cloned(),
            at,
            by,
        };
        state.evidence.extend(evidence.iter().map(attached));
    };
    match &recorded.event {
        AccountabilityEvent::Opened(it) => {
            state.begin(it.file, &it.matter, &it.ground, &it.reason);
            state.status = AccountabilityStatus::Open;
            state.origin = Some(it.origin);
            state.opened_for = it.opened_for;
            state.opened_at = Some(at);
            state.opened_by.insert(by);
            attach(state, &it.evidence, None);
        }
        AccountabilityEvent::Dismissed(it) => {
            state.begin(it.file, &it.matter, &it.ground, &it.reason);
            state.status = AccountabilityStatus::Dismissed;
            state.origin = Some(Origin::Suggested);
            state.opened_for = it.dismissed_for;
            state.opened_at = Some(at);
        }
        AccountabilityEvent::EvidenceAttached(it) => {
            state.ground.extend(it.ground.iter().cloned());
            attach(state, &it.evidence, it.note.as_ref());
        }
        AccountabilityEvent::HearingAsked(it) => {
            state.hearing = Hearing::Asked { answer_by: it.answer_by };
        }
        AccountabilityEvent::Heard(it) => {
            state.hearing = Hearing::Heard;
            state.statements.push(Statement {
                text: it.statement.clone(),
                files: it.files.clone(),
                voice: it.voice,
                at,
            });
        }
        AccountabilityEvent::HearingLapsed(_) => state.hearing = Hearing::Lapsed,
        AccountabilityEvent::Decided(it) => {
            state.status = AccountabilityStatus::Decided(it.outcome);
            state.decisions.push(Ruling {
                outcome: it.outcome,
                reason: it.reason.clone(),
                document: it.document.clone(),
                file: it.file.clone(),
                at,
                by,
            });
        }
        AccountabilityEvent::Withdrawn(it) => {
            state.status = AccountabilityStatus::Withdrawn;
            state.reasons.push(it.reason.clone());
        }
        AccountabilityEvent::Reopened(it) => {
            state.status = AccountabilityStatus::Open;
            state.hearing = Hearing::NotAsked;
            state.opened_by.insert(by);
            state.reasons.push(it.reason.clone());
            attach(state, &it.evidence, None);
        }
    }
    state.log.push(recorded.clone());
}
