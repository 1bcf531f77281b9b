//! One duty towards one recipient, and what was done about it.

use fengsui_plan::{Channel, Duty, Happening, What};
use fengsui_vocabulary::{DutyId, FormId, Line, PersonId, PlanId, ReportId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AnchorKind, BlobRef, DutyMet, FactsRecorded, MissCleared, Missed, Outlook, Party, Reminded,
};

/// One duty of one sender towards one recipient.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tick {
    /// The plan that imposes it.
    pub plan: PlanId,
    /// The duty.
    pub duty: DutyId,
    /// The affected organisation, where the duty is one organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// Who owes it.
    pub by: RoleId,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<RoleId>,
    /// The slot of a recurring duty, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
}

impl Tick {
    /// The tick of a duty whose affected organisation is `party`.
    pub fn of(duty: &Duty, party: Option<Party>) -> Self {
        Self {
            plan: duty.plan.clone(),
            duty: duty.duty.clone(),
            party,
            by: duty.actor.clone(),
            to: duty.to.clone(),
            slot: duty.slot,
        }
    }

    /// Whether this is the duty's tick; `key` is what the party is called in histories.
    pub(crate) fn is_of(&self, duty: &Duty, key: Option<&str>) -> bool {
        self.plan == duty.plan
            && self.duty == duty.duty
            && self.by == duty.actor
            && self.to == duty.to
            && self.slot == duty.slot
            && key == duty.organisation.as_deref()
    }

    /// The same in a plan's history.
    pub(crate) fn in_history(&self, channel: Option<Channel>) -> fengsui_plan::Tick {
        fengsui_plan::Tick {
            duty: self.duty.clone(),
            by: Some(self.by.clone()),
            to: self.to.clone(),
            channel,
            slot: self.slot,
        }
    }
}

/// The act by which a duty was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delivery {
    /// Somebody called somebody.
    Call {
        /// Who called whom and what was said, kept apart because people are named in it.
        record: BlobRef,
        /// Whether it was read back to the caller.
        read_back: ReadBack,
    },
    /// A document was handed over.
    Document {
        /// The text exactly as sent.
        text: BlobRef,
        /// The form it was written on.
        form: Option<FormId>,
    },
    /// A report was taken in.
    Report {
        /// Which one.
        report: ReportId,
    },
    /// Something else.
    Other {
        /// What.
        note: Line,
    },
}

/// Whether what was said was read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBack {
    /// Read back and confirmed by the other side.
    Confirmed,
    /// Not read back.
    NotDone,
}

/// One thing that a report hands to the incident it joins, with its original times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down first.
    pub recorded_at: Timestamp,
    /// Who wrote it down.
    pub entered_by: PersonId,
    /// What it was.
    pub what: CarriedWhat,
}

/// What a report may hand over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarriedWhat {
    /// A time of an affected organisation; the time itself is `at`.
    Anchor {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
    },
    /// A time turned out to be wrong.
    AnchorCorrected {
        /// Whose.
        party: Party,
        /// Which.
        anchor: AnchorKind,
        /// What was recorded before.
        from: Timestamp,
        /// What it is now.
        to: Timestamp,
        /// Why.
        reason: Line,
    },
    /// Facts became known.
    Facts(FactsRecorded),
    /// A role received the report.
    Received {
        /// Who.
        by: RoleId,
        /// How.
        channel: Channel,
    },
    /// A duty was met.
    Met(DutyMet),
    /// What cleared a miss was confirmed.
    Cleared(MissCleared),
    /// Whoever owes a duty was reminded.
    Reminded(Reminded),
    /// A duty was not done in time.
    Missed(Missed),
    /// The report was declined.
    Declined {
        /// Why.
        reason: Line,
    },
    /// The report was opened again.
    Reopened,
}

impl Carried {
    /// The affected organisation it is about.
    pub(crate) const fn party_mut(&mut self) -> Option<&mut Party> {
        match &mut self.what {
            CarriedWhat::Anchor { party, .. } | CarriedWhat::AnchorCorrected { party, .. } => {
                Some(party)
            }
            CarriedWhat::Met(met) => met.tick.party.as_mut(),
            CarriedWhat::Cleared(cleared) => cleared.tick.party.as_mut(),
            CarriedWhat::Reminded(reminded) => reminded.tick.party.as_mut(),
            CarriedWhat::Missed(missed) => missed.tick.party.as_mut(),
            CarriedWhat::Facts(_)
            | CarriedWhat::Received { .. }
            | CarriedWhat::Declined { .. }
            | CarriedWhat::Reopened => None,
        }
    }

    /// The same as duties see it, with the affected organisation it belongs to. Forecasts move none, nor
    /// does what the clock recorded about them.
    pub(crate) fn happening(&self) -> Option<(Option<Party>, Happening)> {
        let (party, plan, what) = match &self.what {
            CarriedWhat::Anchor { party, anchor } => (Some(*party), None, anchor.happening()),
            CarriedWhat::AnchorCorrected { party, anchor, to, reason, .. } => {
                let what = What::AnchorCorrected {
                    anchor: anchor.name().to_owned(),
                    to: *to,
                    reason: reason.to_string(),
                };
                (Some(*party), None, what)
            }
            CarriedWhat::Facts(recorded) => match recorded.outlook {
                Outlook::Observed => (None, None, What::Facts(recorded.facts.clone())),
                Outlook::Forecast => return None,
            },
            CarriedWhat::Received { by, .. } => {
                (None, None, What::ReportReceived { by: by.clone() })
            }
            CarriedWhat::Met(met) => {
                let what = What::Delivered(met.tick.in_history(Some(met.channel)));
                (met.tick.party, Some(met.tick.plan.clone()), what)
            }
            CarriedWhat::Cleared(cleared) => {
                let what = What::MissCleared {
                    tick: cleared.tick.in_history(None),
                    confirmed_by: self.entered_by.to_string(),
                };
                (cleared.tick.party, Some(cleared.tick.plan.clone()), what)
            }
            CarriedWhat::Declined { reason } => {
                (None, None, What::ReportDeclined { reason: reason.to_string() })
            }
            CarriedWhat::Reopened => (None, None, What::ReportReopened),
            CarriedWhat::Reminded(_) | CarriedWhat::Missed(_) => return None,
        };
        let (at, recorded_at) = (self.at, self.recorded_at);
        Some((party, Happening { at, recorded_at, offset: None, organisation: None, plan, what }))
    }
}
