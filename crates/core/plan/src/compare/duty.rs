//! What changes about duties.

use fengsui_vocabulary::{AnchorName, DutyId, Label, RoleId};

use super::ChangeKind::{Added, Changed, Looser, Removed, Stricter};
use super::{ChangeKind, Ledger, Pair, Subject, SubjectKind, allowance, paired, words};
use crate::model::{Anchor, Channel, Condition, DutyRule, Plan};

/// One rule before and after, and what was found about it.
struct Rule<'p> {
    plans: (&'p Plan, &'p Plan),
    old: &'p DutyRule,
    new: &'p DutyRule,
    found: Vec<(ChangeKind, Label)>,
}

impl<'p> Ledger<'p> {
    /// Notes what changes about duties.
    pub(super) fn duties(&mut self) {
        let key = |rule: &'p DutyRule| (&rule.id, &rule.branch);
        for pair in paired(&self.a.duties, &self.b.duties, key) {
            match pair {
                Pair::Gone(rule) => self.whole_duty(Removed, rule, self.a),
                Pair::New(rule) => self.whole_duty(Added, rule, self.b),
                Pair::Kept(old, new) => self.duty(old, new),
            }
        }
        self.overridden();
    }

    fn whole_duty(&mut self, kind: ChangeKind, rule: &DutyRule, plan: &Plan) {
        let (zh, en) = match kind {
            Removed => ("不再有此义务", "no longer owed"),
            Added | Looser | Stricter | Changed => ("新的义务", "newly owed"),
        };
        let (from, to) = (words::roles(plan, &rule.senders), words::roles(plan, &rule.to));
        let due = words::allowance(&rule.due);
        let text = Label::new(
            format!("{}:{zh}({}向{},{})", rule.label.zh, from.zh, to.zh, due.zh),
            format!("{}: {en} ({} to {}, {})", rule.label.en, from.en, to.en, due.en),
        );
        self.note(kind, subject(rule), (Some(&rule.clause), &rule.senders), text);
    }

    fn duty(&mut self, old: &'p DutyRule, new: &'p DutyRule) {
        let mut rule = Rule { plans: (self.a, self.b), old, new, found: Vec::new() };
        rule.due();
        rule.anchor();
        rule.condition();
        rule.people();
        rule.manner();
        let mut who = new.senders.clone();
        who.extend(old.senders.iter().filter(|sender| !new.senders.contains(sender)).cloned());
        for (kind, text) in rule.found {
            let text = words::about(&new.label, &text);
            self.note(kind, subject(new), (Some(&new.clause), &who), text);
        }
    }

    /// A duty that now gives way to another one that asks less.
    fn overridden(&mut self) {
        let (a, b) = (self.a, self.b);
        let of =
            |plan: &'p Plan, id: &'p DutyId| plan.duties.iter().filter(move |rule| rule.id == *id);
        let replacing =
            b.duties.iter().flat_map(|by| by.overrides.iter().map(move |gone| (by, gone)));
        for (by, gone) in replacing {
            let was_so = of(a, &by.id).any(|rule| rule.overrides.contains(gone));
            for rule in of(a, gone).filter(|_| !was_so) {
                self.gives_way(rule, by);
            }
        }
    }

    fn gives_way(&mut self, rule: &DutyRule, by: &DutyRule) {
        let is_covered = rule.senders.iter().all(|role| by.senders.contains(role))
            && rule.to.iter().all(|role| by.to.contains(role))
            && allowance::turn(&rule.due, &by.due) != Some(Looser);
        let kind = if is_covered { Changed } else { Looser };
        let (old, new) = (words::allowance(&rule.due), words::allowance(&by.due));
        let text = Label::new(
            format!("{}:可由 {} 取代({},原为{})", rule.label.zh, by.id, new.zh, old.zh),
            format!(
                "{}: may be replaced by {} ({} instead of {})",
                rule.label.en, by.id, new.en, old.en
            ),
        );
        self.note(kind, subject(rule), (Some(&by.clause), &rule.senders), text);
    }
}

impl Rule<'_> {
    fn note(&mut self, kind: ChangeKind, text: Label) {
        self.found.push((kind, text));
    }

    fn due(&mut self) {
        let (old, new) = (&self.old.due, &self.new.due);
        if let Some(kind) = allowance::turn(old, new) {
            let (old, new) = (words::allowance(old), words::allowance(new));
            self.note(kind, words::instead(("时限", "due"), &old, &new));
        }
    }

    fn anchor(&mut self) {
        let (old, new) = (&self.old.anchor, &self.new.anchor);
        if old != new {
            let kind = if starts_no_later(old, new) { Stricter } else { Looser };
            let (old, new) = (words::start(old), words::start(new));
            self.note(kind, words::instead(("起算点", "clock starts at"), &old, &new));
        } else if self.old.assumed != self.new.assumed {
            let (old, new) = (words::yes(self.old.assumed), words::yes(self.new.assumed));
            self.note(Changed, words::instead(("起算点为推定", "start is assumed"), &old, &new));
        }
    }

    fn condition(&mut self) {
        let (old, new) = (&self.old.when, &self.new.when);
        if old == new {
            return;
        }
        let kind = if follows(self.plans.1, old, new) { Stricter } else { Looser };
        let (old, new) = (words::condition(self.plans.0, old), words::condition(self.plans.1, new));
        self.note(kind, words::instead(("条件", "owed when"), &old, &new));
    }

    fn people(&mut self) {
        let ways = [
            (("报送对象", "recipient"), &self.old.to, &self.new.to),
            (("责任者", "sender"), &self.old.senders, &self.new.senders),
        ];
        for (what, old, new) in ways {
            let (gone, come) = (without(old, new), without(new, old));
            if !gone.is_empty() {
                let names = words::roles(self.plans.0, &gone);
                let text = Label::new(
                    format!("{}减少:{}", what.0, names.zh),
                    format!("{} gone: {}", what.1, names.en),
                );
                self.found.push((Looser, text));
            }
            if !come.is_empty() {
                let names = words::roles(self.plans.1, &come);
                let text = Label::new(
                    format!("{}增加:{}", what.0, names.zh),
                    format!("{} added: {}", what.1, names.en),
                );
                self.found.push((Stricter, text));
            }
        }
    }

    fn manner(&mut self) {
        let (old, new) = (self.old, self.new);
        if old.channel != new.channel {
            let kind = match (old.channel, new.channel) {
                (Channel::Any, Channel::Oral | Channel::Written) => Stricter,
                (Channel::Oral | Channel::Written, Channel::Oral | Channel::Written) => Changed,
                (_, Channel::Any) => Looser,
            };
            let (from, to) = (words::channel(old.channel), words::channel(new.channel));
            self.note(kind, words::instead(("方式", "channel"), &from, &to));
        }
        let flags = [
            (
                ("未完成时妨碍结案", "blocks closing"),
                (old.blocks_closing, new.blocks_closing),
                true,
            ),
            (
                ("决定不报告即免除", "released by a decision not to report"),
                (old.released_by_decision, new.released_by_decision),
                false,
            ),
        ];
        for (what, (from, to), strict) in flags {
            let kind = if to == strict { Stricter } else { Looser };
            if from != to {
                self.note(kind, words::instead(what, &words::yes(from), &words::yes(to)));
            }
        }
        if old.form != new.form {
            let name = |form: &Option<_>| {
                form.as_ref().map_or_else(|| Label::new("无", "none"), words::plain)
            };
            self.note(
                Changed,
                words::instead(("文书", "form"), &name(&old.form), &name(&new.form)),
            );
        }
        if old.partial != new.partial {
            // With no fields named, the whole document is owed in time.
            let is_less = !new.partial.is_empty()
                && (old.partial.is_empty()
                    || old.partial.iter().any(|field| !new.partial.contains(field)));
            let kind = if is_less { Looser } else { Stricter };
            let fields = |fields: &[String]| match fields {
                [] => Label::new("全部", "everything"),
                some => words::plain(&some.join(", ")),
            };
            let (from, to) = (fields(&old.partial), fields(&new.partial));
            self.note(kind, words::instead(("按时须报内容", "owed in time"), &from, &to));
        }
    }
}

fn subject(rule: &DutyRule) -> Subject {
    match &rule.branch {
        Some(branch) => SubjectKind::Duty.of(&format!("{}/{branch}", rule.id)),
        None => SubjectKind::Duty.of(&rule.id),
    }
}

fn without(some: &[RoleId], others: &[RoleId]) -> Vec<RoleId> {
    some.iter().filter(|role| !others.contains(role)).cloned().collect()
}

/// Whether a clock never starts later than it did, whatever happens.
fn starts_no_later(old: &Anchor, new: &Anchor) -> bool {
    match (old, new) {
        (Anchor::Organisation(old), Anchor::Organisation(new)) => {
            moment(new).zip(moment(old)).is_some_and(|(new, old)| new <= old)
        }
        (
            Anchor::WarningIssued { at_least: old, adjustments: before },
            Anchor::WarningIssued { at_least: new, adjustments },
        ) => {
            let reaches = match (old, new) {
                (_, None) => true,
                (Some(old), Some(new)) => new >= old,
                (None, Some(_)) => false,
            };
            reaches && (*adjustments || !before)
        }
        (Anchor::Each(old), Anchor::Each(new)) => old.iter().all(|name| new.contains(name)),
        (Anchor::Incident(old), Anchor::Each(new)) => new.contains(old),
        _ => false,
    }
}

/// The order in which these times come in every incident.
fn moment(name: &AnchorName) -> Option<u8> {
    match name.as_str() {
        "occurred" => Some(0),
        "discovered" => Some(1),
        "aware" => Some(2),
        _ => None,
    }
}

/// Whether the one condition holds whenever the other does, as far as can be seen.
fn follows(plan: &Plan, whenever: &Condition, holds: &Condition) -> bool {
    match (whenever, holds) {
        (_, Condition::Always) => true,
        (Condition::Any(cases), holds) => cases.iter().all(|case| follows(plan, case, holds)),
        (whenever, Condition::All(parts)) => parts.iter().all(|part| follows(plan, whenever, part)),
        (whenever, Condition::Any(cases))
            if cases.iter().any(|case| follows(plan, whenever, case)) =>
        {
            true
        }
        (Condition::All(parts), holds) => parts.iter().any(|part| follows(plan, part, holds)),
        (Condition::LevelAtLeast(level), Condition::LevelAtLeast(least)) => {
            plan.is_at_least(level, least)
        }
        (Condition::FactAtLeast(fact, known), Condition::FactAtLeast(other, least)) => {
            fact == other && known >= least
        }
        (whenever, holds) => whenever == holds,
    }
}
