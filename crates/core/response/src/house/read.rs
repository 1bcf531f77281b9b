//! Reading the rules of the house: what is wrong is told with its place and how to mend it.

use std::fmt;
use std::ops::Range;

use fengsui_vocabulary::{DutyId, Line, PlanId};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use serde::Deserialize;
use toml::Spanned;

use crate::call_out::ROUNDS_MAX;

use super::{
    Accountable, CallOutRule, CallOutStep, CallOutWhen, CallOutWho, House, LatenessPolicy,
    Reminders, RetainedFor, Retention, SelfWatchLimits,
};

/// One thing that is wrong with rules of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseMistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, counted in characters.
    pub column: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

/// Everything that is wrong with rules of the house.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct HouseMistakes(pub Vec<HouseMistake>);

impl fmt::Display for HouseMistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.line, self.column, self.what)
    }
}

impl fmt::Display for HouseMistakes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, mistake) in self.0.iter().enumerate() {
            if place > 0 {
                out.write_str("\n")?;
            }
            mistake.fmt(out)?;
        }
        Ok(())
    }
}

impl House {
    /// Reads rules of the house, or says everything that is wrong with them.
    pub fn read(text: &str) -> Result<Self, HouseMistakes> {
        let mut check = Check { text, mistakes: Vec::new() };
        if text.len() > BYTES_MAX {
            check.note(0..0, format!("{} bytes: at most {BYTES_MAX} are read", text.len()));
            return Err(HouseMistakes(check.mistakes));
        }
        let written: Written = match toml::from_str(text) {
            Ok(written) => written,
            Err(fault) => {
                let what = fault.message().replace('\n', " ");
                check.note(fault.span().unwrap_or(0..0), what);
                return Err(HouseMistakes(check.mistakes));
            }
        };
        let house = check.house(written);
        if check.mistakes.is_empty() { Ok(house) } else { Err(HouseMistakes(check.mistakes)) }
    }
}

/// As it is written: every value with its place.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    reminders: WrittenReminders,
    #[serde(default)]
    call_out: Vec<WrittenRule>,
    #[serde(default)]
    retention: WrittenRetention,
    #[serde(default)]
    accountability: WrittenAccountable,
    #[serde(default)]
    self_watch: WrittenSelfWatch,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAccountable {
    hearing: Option<Spanned<SignedDuration>>,
    #[serde(default)]
    policy: Vec<WrittenPolicy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPolicy {
    name: Line,
    plan: PlanId,
    duty: DutyId,
    within: Option<Spanned<SignedDuration>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "bounds are named as bounds")]
struct WrittenSelfWatch {
    clock_offset_max: Option<Spanned<SignedDuration>>,
    backup_age_max: Option<Spanned<SignedDuration>>,
    clock_lag_max: Option<Spanned<SignedDuration>>,
    dispatch_lag_max: Option<Spanned<SignedDuration>>,
    heartbeat_silence_max: Option<Spanned<SignedDuration>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenReminders {
    #[serde(default)]
    before: Vec<Spanned<f64>>,
    #[serde(default)]
    after: Vec<Spanned<SignedDuration>>,
    #[serde(default)]
    immediate: Vec<Spanned<SignedDuration>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    when: Spanned<CallOutWhen>,
    after: Option<Spanned<SignedDuration>>,
    steps: Spanned<Vec<WrittenStep>>,
    rounds: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    post: Option<Spanned<String>>,
    who: Spanned<CallOutWho>,
    wait: Spanned<SignedDuration>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRetention {
    logs: Option<Spanned<RetainedFor>>,
    declined_reports: Option<Spanned<RetainedFor>>,
    messages: Option<Spanned<RetainedFor>>,
}

struct Check<'a> {
    text: &'a str,
    mistakes: Vec<HouseMistake>,
}

impl Check<'_> {
    fn house(&mut self, written: Written) -> House {
        let reminders = Reminders {
            before: self.shares(written.reminders.before),
            after: self.times("after", written.reminders.after),
            immediate: self.times("immediate", written.reminders.immediate),
        };
        let mut call_outs: Vec<CallOutRule> = Vec::new();
        for rule in written.call_out {
            if call_outs.iter().any(|known| known.when == *rule.when.get_ref()) {
                let what = "there is a rule for this occasion already: put all steps into that one";
                self.note(rule.when.span(), what);
            }
            call_outs.push(self.rule(rule));
        }
        let retention = Retention {
            logs: self.logs(written.retention.logs),
            declined_reports: self.kept(written.retention.declined_reports),
            messages: self.kept(written.retention.messages),
        };
        let accountability = self.accountable(written.accountability);
        let self_watch = self.self_watch(written.self_watch);
        House { reminders, call_outs, retention, accountability, self_watch }
    }

    fn accountable(&mut self, written: WrittenAccountable) -> Accountable {
        let hearing = self.forward(written.hearing).unwrap_or_default();
        let policies = written.policy.into_iter().map(|policy| LatenessPolicy {
            within: self.forward(policy.within),
            name: policy.name,
            plan: policy.plan,
            duty: policy.duty,
        });
        Accountable { hearing, policies: policies.collect() }
    }

    fn self_watch(&mut self, written: WrittenSelfWatch) -> SelfWatchLimits {
        SelfWatchLimits {
            clock_offset_max: self.forward(written.clock_offset_max),
            backup_age_max: self.forward(written.backup_age_max),
            clock_lag_max: self.forward(written.clock_lag_max),
            dispatch_lag_max: self.forward(written.dispatch_lag_max),
            heartbeat_silence_max: self.forward(written.heartbeat_silence_max),
        }
    }

    /// A length of time that cannot be negative.
    fn forward(&mut self, written: Option<Spanned<SignedDuration>>) -> Option<SignedDuration> {
        let written = written?;
        if written.get_ref().is_negative() {
            self.note(written.span(), format!("{} is negative", written.get_ref()));
        }
        Some(written.into_inner())
    }

    fn shares(&mut self, shares: Vec<Spanned<f64>>) -> Vec<f64> {
        let mut read: Vec<f64> = Vec::new();
        self.few(&shares);
        for share in shares {
            let value = *share.get_ref();
            if !(0.0..1.0).contains(&value) {
                let what = format!(
                    "{value} is no share of a time: write 0 (when it arises) or more, below 1"
                );
                self.note(share.span(), what);
            } else if read.last().is_some_and(|last| value - last < 0.001) {
                let what = format!(
                    "{value} does not rise by a thousandth: write shares in order, each once"
                );
                self.note(share.span(), what);
            }
            read.push(value);
        }
        read
    }

    fn times(&mut self, name: &str, times: Vec<Spanned<SignedDuration>>) -> Vec<SignedDuration> {
        let mut read: Vec<SignedDuration> = Vec::new();
        self.few(&times);
        for time in times {
            let value = *time.get_ref();
            if value.is_negative() {
                self.note(time.span(), format!("{value} is negative: `{name}` counts forward"));
            } else if read.last().is_some_and(|last| value <= *last) {
                let what = format!("{value} does not rise: write times in order, each once");
                self.note(time.span(), what);
            }
            read.push(value);
        }
        read
    }

    fn few<T>(&mut self, items: &[Spanned<T>]) {
        if let Some(first) = items.get(REMINDERS_MAX) {
            let what = format!("there are {} of them: at most {REMINDERS_MAX}", items.len());
            self.note(first.span(), what);
        }
    }

    fn rule(&mut self, rule: WrittenRule) -> CallOutRule {
        let after = rule.after.map_or(SignedDuration::ZERO, |after| {
            if after.get_ref().is_negative() {
                self.note(after.span(), "this is negative: nobody is called out before");
            }
            after.into_inner()
        });
        let span = rule.steps.span();
        let steps = rule.steps.into_inner();
        if steps.is_empty() || steps.len() > STEPS_MAX {
            let what = format!("{} steps: name 1 to {STEPS_MAX} whom to call", steps.len());
            self.note(span, what);
        }
        let steps = steps.into_iter().map(|step| self.step(step)).collect();
        let rounds = rule.rounds.map(|rounds| {
            if !(1..=ROUNDS_MAX).contains(rounds.get_ref()) {
                let what =
                    format!("{} rounds: 1 to {ROUNDS_MAX} can be gone through", rounds.get_ref());
                self.note(rounds.span(), what);
            }
            rounds.into_inner()
        });
        CallOutRule { when: rule.when.into_inner(), after, steps, rounds }
    }

    fn step(&mut self, step: WrittenStep) -> CallOutStep {
        if !step.wait.get_ref().is_positive() {
            self.note(step.wait.span(), "give people some time to answer, such as PT5M");
        }
        let who = *step.who.get_ref();
        match (&step.post, who) {
            (None, CallOutWho::First | CallOutWho::Deputy) => {
                let what = "name the post on the roster, such as post = \"duty-officer\"";
                self.note(step.who.span(), what);
            }
            (Some(post), CallOutWho::Head) => {
                let what = "the head of the centre stands no post: leave this out";
                self.note(post.span(), what);
            }
            (Some(post), CallOutWho::First | CallOutWho::Deputy) => {
                let is_letter = |letter: char| letter.is_ascii_lowercase() || letter == '-';
                if post.get_ref().is_empty() || !post.get_ref().chars().all(is_letter) {
                    self.note(post.span(), "write a post in small letters with hyphens");
                }
            }
            (None, CallOutWho::Head) => {}
        }
        let post = step.post.map(Spanned::into_inner);
        CallOutStep { post, who, wait: step.wait.into_inner() }
    }

    fn logs(&mut self, written: Option<Spanned<RetainedFor>>) -> Option<RetainedFor> {
        let written = written?;
        // Six months are 181 to 184 days, so the question is asked of every month of a leap cycle.
        let is_short = months().any(|day| {
            let until = day.checked_add(written.get_ref().0);
            until.is_err() || until.ok() < day.checked_add(6.months()).ok()
        });
        if is_short {
            self.note(written.span(), "logs are kept for at least six months: write P6M or more");
        }
        Some(written.into_inner())
    }

    fn kept(&mut self, written: Option<Spanned<RetainedFor>>) -> Option<RetainedFor> {
        let written = written?;
        let span = written.get_ref().0;
        if span.is_negative() || span.is_zero() {
            self.note(written.span(), "write how long it is kept, such as P1Y");
        }
        Some(written.into_inner())
    }

    fn note(&mut self, span: Range<usize>, what: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.mistakes.push(HouseMistake { line, column, what: what.into() });
    }
}

/// The first days of the months of four years.
fn months() -> impl Iterator<Item = Date> {
    (0..48).filter_map(|month: i32| date(2024, 1, 1).checked_add(month.months()).ok())
}

/// Bytes that are read at most.
const BYTES_MAX: usize = 64 * 1024;

/// Reminders of one kind at most.
const REMINDERS_MAX: usize = 20;

/// Steps of one call-out at most.
const STEPS_MAX: usize = 20;
