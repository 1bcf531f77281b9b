//! What happens in a story, in words: one sentence per happening.

use fengsui_plan::{Happening, Plan, Tick, What};
use fengsui_vocabulary::{FactValue, Facts, RoleId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::tested::value;
use super::wording::{Wording, colour_key};
use crate::lang::{Clock, Words};
use crate::screens::incidents::values::value_in;

/// Tells a story of one plan by one clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub(super) wording: Wording<'a>,
    pub(super) clock: &'a Clock,
}

impl Telling<'_> {
    /// When it happened, and when it was entered, if that was later.
    pub(super) fn times(self, happening: &Happening) -> (String, String) {
        let words = self.wording.words;
        let zone = happening.offset.map_or_else(|| self.clock.zone.clone(), TimeZone::fixed);
        let clock = Clock { now: self.clock.now, zone };
        let said = |at: Timestamp| clock.short(at, words);
        let entered = if happening.recorded_at > happening.at {
            words.ta("plan-entered", &[("t", &said(happening.recorded_at))])
        } else {
            String::new()
        };
        (said(happening.at), entered)
    }

    /// What happened.
    pub(super) fn what(self, happening: &Happening) -> String {
        let words = self.wording.words;
        let by = |by: &[RoleId]| self.wording.roles(by, "book-and");
        match &happening.what {
            What::Facts(known) => {
                let known = facts(self.wording.plan, known, words);
                words.ta("plan-what-facts", &[("facts", &known)])
            }
            What::LevelDecided { level, by: roles } if roles.is_empty() => {
                words.ta("plan-what-level", &[("level", level.as_str())])
            }
            What::LevelDecided { level, by: roles } => {
                let args = [("level", level.as_str()), ("who", &*by(roles))];
                words.ta("plan-what-level-by", &args)
            }
            What::ReportReceived { by } => {
                words.ta("plan-what-received", &[("who", &self.wording.role(by))])
            }
            What::Delivered(tick) => self.tick("plan-what-delivered", tick),
            What::MissCleared { tick, .. } => self.tick("plan-what-cleared", tick),
            What::Waived { tick, reason } => {
                format!("{} ({reason})", self.tick("plan-what-waived", tick))
            }
            What::AnchorCorrected { anchor, to, reason } => {
                let (to, anchor) = (self.clock.short(*to, words), self.moment(anchor));
                let args = [("anchor", anchor.as_str()), ("t", &to), ("reason", reason)];
                words.ta("plan-what-corrected", &args)
            }
            What::ReportDeclined { reason } | What::NotReported { reason } => {
                format!("{} ({reason})", self.plain(&happening.what))
            }
            What::HandedOver { part } => words.ta("plan-what-handed-over", &[("part", part)]),
            What::WarningIssued(colour) | What::WarningAdjusted(colour) => {
                let colour = words.t(colour_key(*colour));
                format!("{} ({colour})", self.plain(&happening.what))
            }
            What::Occurred
            | What::Discovered
            | What::Informed
            | What::Aware
            | What::ReportAccepted
            | What::ReportReopened
            | What::WarningLifted
            | What::ResponseStarted
            | What::ResponseEnded
            | What::HandlingEnded => self.plain(&happening.what),
        }
    }

    fn plain(self, what: &What) -> String {
        let key = format!("plan-what-{}", what.name().replace('_', "-"));
        self.wording.words.t(&key).into_owned()
    }

    fn moment(self, anchor: &str) -> String {
        let name = anchor.parse().map(|name| self.wording.moment(&name));
        name.unwrap_or_else(|_| anchor.to_owned())
    }

    fn tick(self, key: &str, tick: &Tick) -> String {
        let words = self.wording.words;
        let to = tick.to.as_ref().map(|to| format!(" → {}", self.wording.role(to)));
        let slot =
            tick.slot.map(|it| format!(" {}", words.ta("duty-slot", &[("n", &it.to_string())])));
        let duty = format!(
            "{}{}{}",
            self.wording.duty_label(&tick.duty),
            slot.unwrap_or_default(),
            to.unwrap_or_default()
        );
        words.ta(key, &[("duty", &duty)])
    }
}

/// Facts on one line, each with its question.
pub(super) fn facts(plan: &Plan, facts: &Facts, words: Words) -> String {
    let one = |(id, known): (&fengsui_vocabulary::FactId, &FactValue)| {
        let Some(fact) = plan.facts.get(id) else { return format!("{id}: {known}") };
        let known = match known {
            FactValue::Exact(scalar) => value(fact, scalar.clone(), words),
            FactValue::Range(_) => value_in(fact, known, words),
        };
        words.ta("plan-fact", &[("q", fact.question.in_lang(words.lang())), ("v", &known)])
    };
    let said: Vec<String> = facts.iter().map(one).collect();
    if said.is_empty() {
        words.t("plan-nothing-known").into_owned()
    } else {
        said.join(&words.t("plan-test-between"))
    }
}
