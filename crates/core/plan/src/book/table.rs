//! The tables of the book: who owes what to whom by when, who may do what, who is who.

use std::fmt::{self, Write};

use fengsui_vocabulary::{FactId, RoleId};

use super::Book;
use crate::model::{Allowance, Anchor, Authority, Condition, DutyRule, How};

impl Book<'_> {
    /// Who owes what to whom by when.
    pub(super) fn duties(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        writeln!(page, "## {}\n", words.duties)?;
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |\n|---|---|---|---|---|---|---|",
            words.duty, words.who, words.whom, words.channel, words.due, words.when, words.clause
        )?;
        for duty in &self.plan.duties {
            self.duty(page, duty)?;
        }
        writeln!(page)
    }

    /// Who may do what.
    pub(super) fn authorities(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        writeln!(page, "## {}\n", words.authorities)?;
        for authority in &self.plan.authorities {
            writeln!(page, "- {} ({})", self.authority_line(authority), authority.clause)?;
        }
        writeln!(page)
    }

    /// Who is who.
    pub(super) fn roles(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        writeln!(page, "## {}\n", words.roles)?;
        writeln!(page, "| {} | {} | {} |\n|---|---|---|", words.role, words.bound, words.clause)?;
        for role in self.plan.roles.values() {
            let label = role.label.in_lang(self.lang);
            let bound = words.binding(role.bound);
            writeln!(page, "| {label} `{}` | {bound} | {} |", role.id, role.clause)?;
        }
        writeln!(page)
    }

    /// One authority in words.
    pub(super) fn authority_line(&self, authority: &Authority) -> String {
        let words = &self.words;
        let how = match &authority.how {
            How::AnyOf(roles) => self.names(roles, words.or),
            How::Joint(roles) => format!("{} ({})", self.names(roles, words.and), words.joint),
            How::Higher(role) => self.names(std::slice::from_ref(role), words.or),
            How::Undefined => "—".to_owned(),
            How::Approval { propose, approve } => format!(
                "{} {} → {} {}",
                self.names(propose, words.and),
                words.propose,
                self.names(approve, words.or),
                words.approve
            ),
        };
        let levels: Vec<_> = authority.levels.iter().map(ToString::to_string).collect();
        let levels =
            if levels.is_empty() { words.every_level.to_owned() } else { levels.join(", ") };
        let policy = authority
            .policy
            .as_ref()
            .map_or_else(String::new, |policy| format!(" · {} `{policy}`", words.policy));
        format!("{} [{levels}]: {how}{policy}", words.act(authority.act))
    }

    fn duty(&self, page: &mut String, duty: &DutyRule) -> fmt::Result {
        let words = &self.words;
        let anchor = self.anchor(&duty.anchor);
        let assumed = if duty.assumed { words.assumed } else { "" };
        writeln!(
            page,
            "| `{}` {} | {} | {} | {} | {}; {anchor}{assumed} | {} | {} |",
            duty.id,
            duty.label.in_lang(self.lang),
            self.names(&duty.senders, words.and),
            self.names(&duty.to, words.and),
            words.channel_of(duty.channel),
            self.allowance(&duty.due),
            self.condition(&duty.when),
            duty.clause
        )
    }

    fn names(&self, roles: &[RoleId], between: &str) -> String {
        roles.iter().map(|role| self.role_name(role)).collect::<Vec<_>>().join(between)
    }

    fn role_name(&self, role: &RoleId) -> &str {
        self.plan.roles.get(role).map_or("?", |role| role.label.in_lang(self.lang))
    }

    fn fact_name(&self, fact: &FactId) -> String {
        let question = self.plan.facts.get(fact).map(|fact| fact.question.in_lang(self.lang));
        question.map_or_else(|| format!("`{fact}`"), |question| format!("`{fact}` ({question})"))
    }

    fn anchor(&self, anchor: &Anchor) -> String {
        let words = &self.words;
        match anchor {
            Anchor::Organisation(moment) | Anchor::Incident(moment) => {
                words.since(words.moment(moment.as_str()))
            }
            Anchor::Received => words.since(words.received),
            Anchor::Condition => words.since(words.condition_met),
            Anchor::WarningIssued { at_least: Some(colour), .. } => {
                words.since(&format!("{} ≥ {}", words.warning_issued, words.colour(*colour)))
            }
            Anchor::WarningIssued { at_least: None, .. } => words.since(words.warning_issued),
            Anchor::WarningLifted => words.since(words.warning_lifted),
            Anchor::Delivered(duty) | Anchor::FollowUp(duty) => words.since(&format!("`{duty}`")),
            Anchor::Each(names) => {
                let names: Vec<_> = names.iter().map(ToString::to_string).collect();
                words.since(&names.join(" / "))
            }
        }
    }

    fn allowance(&self, due: &Allowance) -> String {
        let words = &self.words;
        match due {
            Allowance::Immediate => words.at_once.into(),
            Allowance::Simultaneous => words.simultaneous.into(),
            Allowance::Within(span) => format!("{} {span}", words.within),
            Allowance::Days(days) => format!("{} {days} {}", words.within, words.days),
            Allowance::CalendarMonths(months) => {
                format!("{} {months} {}", words.within, words.months)
            }
            Allowance::WorkingDays { days, calendar } => {
                format!("{} {days} {} (`{calendar}`)", words.within, words.working_days)
            }
            Allowance::Every { period, .. } => format!("{} {period}", words.every),
            Allowance::Continuing(_) => words.continuing.into(),
            Allowance::OnRequest => words.on_request.into(),
            Allowance::Undefined => words.undefined.into(),
        }
    }

    fn condition(&self, condition: &Condition) -> String {
        let words = &self.words;
        let list = |conditions: &[Condition], between: &str| {
            conditions.iter().map(|one| self.condition(one)).collect::<Vec<_>>().join(between)
        };
        match condition {
            Condition::Always => words.always.into(),
            Condition::LevelAtLeast(level) => format!("{} ≥ {level}", words.level),
            Condition::Flag(fact) => self.fact_name(fact),
            Condition::FactIs(fact, option) => format!("{} = {option}", self.fact_name(fact)),
            Condition::FactAtLeast(fact, least) => format!("{} ≥ {least}", self.fact_name(fact)),
            Condition::Stated(anchor) => anchor.to_string(),
            Condition::Any(conditions) => list(conditions, words.or),
            Condition::All(conditions) => list(conditions, words.and),
        }
    }
}
