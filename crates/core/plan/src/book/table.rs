//! The tables of the book: who owes what to whom by when, who may do what, who is who.

use std::fmt::{self, Write};

use fengsui_vocabulary::{FactId, RoleId};

use super::Book;
use crate::model::{Allowance, Anchor, Authority, Condition, DutyRule, FormField, How};

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

    /// The documents with their fields.
    pub(super) fn forms(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        if self.plan.forms.is_empty() {
            return Ok(());
        }
        writeln!(page, "## {}\n", words.forms)?;
        for form in self.plan.forms.values() {
            write!(page, "- `{}` {} ({})", form.id, form.title.in_lang(self.lang), form.clause)?;
            if let Some(stage) = form.stage {
                write!(page, " · {}", words.stage(stage))?;
            }
            if !form.levels.is_empty() {
                let levels: Vec<_> = form.levels.iter().map(ToString::to_string).collect();
                write!(page, " · {} {}", words.level, levels.join(", "))?;
            }
            let fields: Vec<String> = form.fields.iter().map(|field| self.field(field)).collect();
            writeln!(page, ": {}", fields.join(words.and))?;
        }
        writeln!(page)
    }

    /// The classifications that it uses.
    pub(super) fn taxonomies(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        if self.plan.taxonomies.is_empty() {
            return Ok(());
        }
        writeln!(page, "## {}\n", words.taxonomies)?;
        for taxonomy in &self.plan.taxonomies {
            let title = taxonomy.title.in_lang(self.lang);
            let version = taxonomy.version.as_deref().map(|version| format!(" ({version})"));
            let evidence = words.evidence_of(taxonomy.evidence);
            let classes = taxonomy.classes.len();
            writeln!(
                page,
                "- `{}` {title}{}: {classes} {}, {evidence}",
                taxonomy.id,
                version.unwrap_or_default(),
                words.classes
            )?;
        }
        writeln!(page)
    }

    fn field(&self, field: &FormField) -> String {
        let required = if field.required { "*" } else { "" };
        let label = field.label.in_lang(self.lang);
        if field.when == Condition::Always {
            return format!("{label}{required}");
        }
        format!("{label}{required} [{}]", self.condition(&field.when))
    }

    /// One authority in words.
    pub(super) fn authority_line(&self, authority: &Authority) -> String {
        let words = &self.words;
        let how = match &authority.how {
            How::AnyOf(roles) => self.names(roles, words.or),
            How::Joint(roles) => format!("{} ({})", self.names(roles, words.and), words.joint),
            How::Higher(role) => {
                format!("{} {}", words.higher, self.names(std::slice::from_ref(role), words.or))
            }
            How::Undefined => words.nobody.to_owned(),
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
        let branch = duty.branch.as_ref().map(|branch| format!(" [{branch}]")).unwrap_or_default();
        let mut notes = String::new();
        if duty.released_by_decision {
            notes.push_str(words.released);
        }
        if !duty.partial.is_empty() {
            write!(notes, "{}{}", words.partial, duty.partial.join(", "))?;
        }
        if let Some(other) = &duty.same_channel_as {
            write!(notes, "{}`{other}`", words.same_channel)?;
        }
        writeln!(
            page,
            "| `{}`{branch} {} | {} | {} | {} | {}; {anchor}{assumed}{notes} | {} | {} |",
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
            Anchor::Delivered(duty) => words.since(&format!("`{duty}`")),
            Anchor::FollowUp(duty) => words.since(&format!("{}`{duty}`", words.finding_after)),
            Anchor::Each(names) => {
                let names: Vec<_> = names.iter().map(|name| words.moment(name.as_str())).collect();
                words.since(&names.join(words.or))
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
            Condition::FactAtLeast(fact, least) => {
                let written = self.plan.facts.get(fact).map(|fact| fact.written(*least));
                let least = written.unwrap_or_else(|| least.to_string());
                format!("{} ≥ {least}", self.fact_name(fact))
            }
            Condition::Stated(anchor) => {
                format!("{}{}", words.stated, words.moment(anchor.as_str()))
            }
            Condition::Any(conditions) => list(conditions, words.or),
            Condition::All(conditions) => list(conditions, words.and),
        }
    }
}
