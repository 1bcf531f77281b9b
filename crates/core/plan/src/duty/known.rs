//! What counts at one time, sorted by what it is asked for: one walk over the history.
//!
//! Only what was recorded by then counts. Things recorded at the same instant became known together.

use std::collections::BTreeMap;

use fengsui_vocabulary::DutyId;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::arise::AWARE_HERE;
use super::ground::{Ground, Standing};
use super::warning::{Period, Step, Turn, periods};
use crate::history::{Happening, History, Tick, What};
use crate::model::{DutyRule, Lasting, Plan, Reckoning};

/// When something happened, and when it became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    /// The offset in which it was told, where it is known.
    pub(super) offset: Option<Offset>,
}

/// A named time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) seen: Seen,
}

/// A role received something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt<'a> {
    pub(super) by: &'a str,
    pub(super) seen: Seen,
}

/// Something that was done about a duty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    pub(super) what: DeedKind<'a>,
    pub(super) tick: &'a Tick,
    pub(super) organisation: Whose<'a>,
    pub(super) seen: Seen,
}

/// What was done about a duty.
#[derive(Clone, Copy, Debug)]
pub(super) enum DeedKind<'a> {
    Delivered,
    Cleared { confirmed_by: &'a str },
    Waived { reason: &'a str },
}

/// The organisation that a deed belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    /// This one; the unnamed one of a history that names none.
    Of(Option<&'a str>),
    /// None was affected yet: the first that becomes known.
    First,
    /// Several were affected and none was named.
    Unclear,
}

/// Everything that counts.
pub(super) struct Known<'a> {
    pub(super) plan: &'a Plan,
    pub(super) now: Timestamp,
    /// Per rule, when its condition became true.
    pub(super) grounds: Vec<Option<Ground<'a>>>,
    /// What holds now.
    pub(super) standing: Standing<'a>,
    /// The named times of each affected organisation.
    pub(super) organisations: BTreeMap<Option<&'a str>, Vec<Named<'a>>>,
    /// Named times of the incident, corrections of them included.
    pub(super) moments: Vec<Named<'a>>,
    pub(super) receipts: Vec<Receipt<'a>>,
    pub(super) turns: Vec<Turn>,
    pub(super) deeds: BTreeMap<&'a DutyId, Vec<Deed<'a>>>,
    /// When facts became known that were not known before, or changed.
    pub(super) news: Vec<Seen>,
    /// The decision not to report under this plan.
    pub(super) not_reported: Option<(Seen, &'a str)>,
    warning_periods: Vec<Period>,
    response_periods: Vec<Period>,
    /// The organisation that became known first; the unnamed one before any has.
    first_organisation: Option<Whose<'a>>,
}

impl<'a> Known<'a> {
    /// Walks the history once.
    pub(super) fn at(plan: &'a Plan, history: &'a History, now: Timestamp) -> Self {
        let mut known = Self {
            plan,
            now,
            grounds: vec![None; plan.duties.len()],
            standing: Standing::new(plan),
            organisations: BTreeMap::new(),
            moments: Vec::new(),
            receipts: Vec::new(),
            turns: Vec::new(),
            deeds: BTreeMap::new(),
            news: Vec::new(),
            not_reported: None,
            warning_periods: Vec::new(),
            response_periods: Vec::new(),
            first_organisation: None,
        };
        for happening in &history.happenings {
            let is_ours = happening.plan.as_ref().is_none_or(|id| *id == plan.id)
                || happening.what.is_about_a_warning();
            if happening.recorded_at <= now && is_ours {
                known.take(happening);
            }
        }
        known.finish();
        known
    }

    /// The stretches in which a state lasted.
    pub(super) fn periods(&self, lasting: Lasting) -> &[Period] {
        match lasting {
            Lasting::WarningPeriod => &self.warning_periods,
            Lasting::Response => &self.response_periods,
        }
    }

    /// When the first affected organisation became known.
    pub(super) fn organisation_known_at(&self) -> Option<Timestamp> {
        self.organisations.values().flatten().map(|named| named.seen.recorded_at).min()
    }

    /// Whether this organisation became known before any other; the unnamed one stands in until then.
    pub(super) fn is_first(&self, organisation: Option<&str>) -> bool {
        self.first_organisation.unwrap_or(Whose::Of(None)) == Whose::Of(organisation)
    }

    fn take(&mut self, happening: &'a Happening) {
        let Happening { at, recorded_at, offset, .. } = *happening;
        let seen = Seen { at, recorded_at, offset };
        let organisation = happening.organisation.as_deref();
        let name = happening.what.name();
        match &happening.what {
            What::Occurred | What::Discovered | What::Informed => {
                self.affect(organisation, Named { name, seen });
            }
            What::Aware => {
                let name = if happening.plan.is_some() { AWARE_HERE } else { name };
                self.affect(organisation, Named { name, seen });
                self.judge(happening, seen);
            }
            What::AnchorCorrected { anchor, to, .. } => {
                let corrected = Seen { at: *to, ..seen };
                self.correct(organisation, Named { name: anchor, seen: corrected });
            }
            What::Facts(_) | What::LevelDecided { .. } => self.judge(happening, seen),
            What::ReportReceived { by } => {
                self.receipts.push(Receipt { by: by.as_str(), seen });
                self.moments.push(Named { name, seen });
            }
            What::Delivered(tick) => self.deed(DeedKind::Delivered, tick, organisation, seen),
            What::MissCleared { tick, confirmed_by } => {
                self.deed(DeedKind::Cleared { confirmed_by }, tick, organisation, seen);
            }
            What::Waived { tick, reason } => {
                self.deed(DeedKind::Waived { reason }, tick, organisation, seen);
            }
            What::WarningIssued(colour) => self.turn(Step::Issued(*colour), seen),
            What::WarningAdjusted(colour) => self.turn(Step::Adjusted(*colour), seen),
            What::WarningLifted => self.turn(Step::Lifted, seen),
            What::ResponseStarted => {
                self.turn(Step::Started, seen);
                self.moments.push(Named { name, seen });
            }
            What::ResponseEnded => {
                self.turn(Step::Ended, seen);
                self.moments.push(Named { name, seen });
            }
            What::NotReported { reason } => self.not_reported = Some((seen, reason)),
            What::ReportAccepted
            | What::ReportDeclined { .. }
            | What::ReportReopened
            | What::HandedOver { .. }
            | What::HandlingEnded => self.moments.push(Named { name, seen }),
        }
    }

    fn affect(&mut self, organisation: Option<&'a str>, named: Named<'a>) {
        self.organisations.entry(organisation).or_default().push(named);
        self.first_organisation.get_or_insert(Whose::Of(organisation));
    }

    /// A correction is one more reading; it never creates the thing it corrects.
    fn correct(&mut self, organisation: Option<&'a str>, named: Named<'a>) {
        let whose = self.whose(organisation);
        if let Whose::Of(organisation) = whose
            && let Some(times) = self.organisations.get_mut(&organisation)
        {
            times.push(named);
        }
        self.moments.push(named);
    }

    fn judge(&mut self, happening: &'a Happening, seen: Seen) {
        if !self.standing.take(happening) {
            return;
        }
        if matches!(happening.what, What::Facts(_)) {
            self.news.push(seen);
        }
        for (rule, ground) in self.plan.duties.iter().zip(&mut self.grounds) {
            if ground.is_none() {
                *ground = self.standing.ground_of(&rule.when, seen, happening.what.name());
            }
        }
    }

    fn deed(
        &mut self,
        what: DeedKind<'a>,
        tick: &'a Tick,
        organisation: Option<&'a str>,
        seen: Seen,
    ) {
        let organisation = self.whose(organisation);
        self.deeds.entry(&tick.duty).or_default().push(Deed { what, tick, organisation, seen });
        match what {
            DeedKind::Delivered => self.receive(tick, seen),
            DeedKind::Cleared { .. } | DeedKind::Waived { .. } => {}
        }
    }

    /// What is delivered to a role is received by it at the same time; what is owed about a warning
    /// is no report of the incident.
    fn receive(&mut self, tick: &'a Tick, seen: Seen) {
        let is_report = |rule: &DutyRule| rule.id == tick.duty && !rule.anchor.is_on_warning();
        if let Some(to) = &tick.to {
            if self.plan.duties.iter().any(is_report) {
                self.receipts.push(Receipt { by: to.as_str(), seen });
            }
            return;
        }
        // Without a name it went to everybody: to those of the branches that hold.
        for (rule, ground) in self.plan.duties.iter().zip(&self.grounds) {
            if is_report(rule) && (ground.is_some() || rule.branch.is_none()) {
                self.receipts.extend(rule.to.iter().map(|to| Receipt { by: to.as_str(), seen }));
            }
        }
    }

    fn turn(&mut self, step: Step, seen: Seen) {
        self.turns.push(Turn { step, seen });
    }

    fn whose(&self, organisation: Option<&'a str>) -> Whose<'a> {
        let mut affected = self.organisations.keys();
        match (affected.next(), affected.next()) {
            (None, _) if organisation.is_none() => Whose::First,
            (Some(&only), None) if only.is_none() || organisation.is_none() => Whose::Of(only),
            (Some(None), Some(_)) if organisation.is_none() => Whose::Of(None),
            (Some(_), Some(_)) if organisation.is_none() => Whose::Unclear,
            (None | Some(_), _) => Whose::Of(organisation),
        }
    }

    fn finish(&mut self) {
        self.turns.sort_by_key(|turn| turn.seen.at); // stable: recording decides between equals
        self.warning_periods = periods(&self.turns, Lasting::WarningPeriod);
        self.response_periods = periods(&self.turns, Lasting::Response);
        let first = self.first_organisation.unwrap_or(Whose::Of(None));
        for deed in self.deeds.values_mut().flatten() {
            if deed.organisation == Whose::First {
                deed.organisation = first;
            }
        }
    }

    /// The zone in which a clock that started then is reckoned and shown.
    pub(super) fn zone_of(&self, seen: Seen) -> TimeZone {
        match (self.plan.reckons_by, seen.offset) {
            (Reckoning::Anchor, Some(offset)) => TimeZone::fixed(offset),
            (Reckoning::Anchor, None) | (Reckoning::Zone, _) => self.plan.time_zone.clone(),
        }
    }

    /// Whether a role is another one, a part of it, or what it was converted to.
    pub(super) fn is_part(&self, role: &str, whole: &str) -> bool {
        self.plan.stands_for(role, whole)
    }
}
