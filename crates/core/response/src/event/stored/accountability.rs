//! Payloads of accountability files.

use fengsui_vocabulary::{
    AccountabilityId, ClauseId, DistrictCode, FactId, FactValue, IncidentId, Line, OrganisationId,
    ReportId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Attachment, BlobRef, SaidBy, Tick};

payloads! {
    /// A file was opened.
    AccountabilityOpened = AccountabilityOpenedV1 {
        /// Which.
        file: AccountabilityId,
        /// What it is about.
        matter: Matter,
        /// Whether the program had suggested it.
        origin: Origin,
        /// The organisation of whoever opened it: it goes on seeing its file.
        opened_for: Option<OrganisationId>,
        /// What it rests on.
        ground: Vec<Ground>,
        /// What is attached from the start.
        evidence: Vec<Evidence>,
        /// Why, in words.
        reason: BlobRef,
    }

    /// A suggestion was dismissed: it does not come back for the same ground.
    SuggestionDismissed = SuggestionDismissedV1 {
        /// The record of that.
        file: AccountabilityId,
        /// What it was about.
        matter: Matter,
        /// The organisation of whoever dismissed it.
        dismissed_for: Option<OrganisationId>,
        /// What it rested on.
        ground: Vec<Ground>,
        /// Why, in words.
        reason: BlobRef,
    }

    /// Evidence was attached.
    EvidenceAttached = EvidenceAttachedV1 {
        /// What.
        evidence: Vec<Evidence>,
        /// What the program found since.
        ground: Vec<Ground>,
        /// A word to it, with the names of files.
        note: Option<BlobRef>,
    }

    /// The organisation was asked to be heard.
    HearingAsked = HearingAskedV1 {
        /// By when it may answer.
        answer_by: Timestamp,
        /// What it is asked.
        text: BlobRef,
    }

    /// The organisation was heard.
    OrganisationHeard = OrganisationHeardV1 {
        /// What it says, with the names of files.
        statement: BlobRef,
        /// Files that came with it.
        files: Vec<Attachment>,
        /// Who wrote it down.
        voice: HearingVoice,
    }

    /// The organisation let its time pass.
    HearingLapsed = HearingLapsedV1 {
        /// By when it might have answered.
        answer_by: Timestamp,
    }

    /// A file was decided.
    AccountabilityDecided = AccountabilityDecidedV1 {
        /// What was decided.
        outcome: Outcome,
        /// Why.
        reason: BlobRef,
        /// The number of the document in which it was decided.
        document: Option<Line>,
        /// That document.
        file: Option<Attachment>,
    }

    /// A file was withdrawn.
    AccountabilityWithdrawn = AccountabilityWithdrawnV1 {
        /// Why.
        reason: BlobRef,
    }

    /// A file was opened again.
    AccountabilityReopened = AccountabilityReopenedV1 {
        /// Why.
        reason: BlobRef,
        /// What is new.
        evidence: Vec<Evidence>,
    }
}

/// What a file is about: at most one is open for the same organisation, kind and incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// What somebody did or left undone.
    pub kind: AccountabilityKind,
    /// Who.
    pub organisation: OrganisationId,
    /// Where it was registered when the file was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictCode>,
    /// In which incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
}

/// What somebody did or left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountabilityKind {
    /// 迟报 reported late.
    Late,
    /// 谎报 reported falsely.
    False,
    /// 瞒报 concealed it.
    Concealed,
    /// 漏报 left a report out.
    Omitted,
    /// Has no plan.
    NoPlan,
    /// Holds no drills.
    NoDrill,
    /// 失职渎职 failed in its duty otherwise.
    Dereliction,
    /// 表彰奖励 contributed outstandingly.
    Commendation,
}

/// Whether the program had suggested a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It had.
    Suggested,
    /// Somebody opened it by hand.
    ByHand,
}

/// What was decided about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing follows.
    None,
    /// The persons responsible are sanctioned.
    Sanction,
    /// It goes to whoever prosecutes or disciplines.
    Referred,
    /// It is commended.
    Commended,
}

/// Who wrote down what an organisation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HearingVoice {
    /// The organisation itself.
    Itself,
    /// Somebody who heard it.
    WrittenDown,
}

/// One thing that a suggestion or a file rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ground {
    /// A duty that was met late or not at all.
    Duty {
        /// Which.
        tick: Tick,
        /// Its clause.
        clause: ClauseId,
        /// When it was due.
        due: Timestamp,
        /// When it was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        done: Option<Timestamp>,
        /// When somebody wrote down that it had been done, which nobody has confirmed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claimed: Option<Timestamp>,
        /// The policy that gives the number, where the text does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Line>,
    },
    /// Somebody else reported it.
    ReportedByOthers {
        /// The report.
        report: ReportId,
        /// When it was taken in.
        at: Timestamp,
    },
    /// What it told, here and there.
    Told {
        /// Which fact.
        fact: FactId,
        /// What each submission said last, the earliest first.
        said: Vec<Said>,
    },
}

/// What one submission said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Which submission.
    pub by: SaidBy,
    /// What it said.
    pub value: FactValue,
    /// When.
    pub at: Timestamp,
    /// The document, where it was not a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Line>,
}

/// Something that proves what a file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "evidence", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Evidence {
    /// A duty of an incident.
    Tick {
        /// The incident.
        incident: IncidentId,
        /// The duty.
        tick: Tick,
        /// The positions of the entries that bear on it.
        entries: Vec<u64>,
    },
    /// A report.
    Report {
        /// Which.
        report: ReportId,
        /// The positions of its entries.
        entries: Vec<u64>,
    },
    /// An incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// The positions of the entries that bear on it.
        entries: Vec<u64>,
    },
    /// A file.
    File {
        /// The stored bytes.
        file: Attachment,
    },
}
