//! A plan as a document that people read: clause by clause, with what the program does beside it.
//!
//! Pure text in Markdown; how it looks on a screen or on paper is decided elsewhere.
//!
//! Start reading at [`book_page`].

mod table;
mod words;

use std::fmt::{self, Write};

use fengsui_vocabulary::{ClauseId, Lang};

use crate::model::{Clause, Criterion, Plan};
use words::Words;
pub(crate) use words::act_words;

/// The whole plan as one page of Markdown, in one language.
pub fn book_page(plan: &Plan, lang: Lang) -> String {
    let mut page = String::new();
    let written = Book { plan, words: Words::of(lang), lang }.write(&mut page);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
    page
}

/// A plan being written down.
struct Book<'a> {
    plan: &'a Plan,
    words: Words,
    lang: Lang,
}

impl Book<'_> {
    fn write(&self, page: &mut String) -> fmt::Result {
        self.title(page)?;
        self.scopes(page)?;
        self.levels(page)?;
        self.duties(page)?;
        self.authorities(page)?;
        self.roles(page)?;
        self.forms(page)?;
        self.taxonomies(page)?;
        self.clauses(page)?;
        self.policies(page)
    }

    fn title(&self, page: &mut String) -> fmt::Result {
        let (about, words) = (&self.plan.about, &self.words);
        writeln!(page, "# {}\n", about.title.in_lang(self.lang))?;
        writeln!(page, "{}\n", about.notice.in_lang(self.lang))?;
        writeln!(page, "- {}: `{}`", words.pack, self.plan.id)?;
        writeln!(page, "- {}: {}", words.edition, about.edition)?;
        writeln!(page, "- {}: {}", words.issuer, about.issuer.in_lang(self.lang))?;
        if let Some(jurisdiction) = &about.jurisdiction {
            writeln!(page, "- {}: {}", words.jurisdiction, jurisdiction.in_lang(self.lang))?;
        }
        for below in &self.plan.lineage {
            writeln!(page, "- {}: `{below}`", words.stands_on)?;
        }
        if let Some(number) = &about.document_number {
            writeln!(page, "- {}: {number}", words.document_number)?;
        }
        if let Some(from) = about.in_force_from {
            writeln!(page, "- {}: {from}", words.in_force_from)?;
        }
        if let Some(until) = about.in_force_until {
            writeln!(page, "- {}: {until}", words.in_force_until)?;
        }
        let zone = self.plan.time_zone.iana_name().unwrap_or("?");
        writeln!(page, "- {}: {zone}{}", words.time_zone, words.reckoning(self.plan.reckons_by))?;
        writeln!(page, "- {}: `{}`", words.hash, self.plan.hash)?;
        writeln!(page, "- {}: `{}`\n", words.canonical_hash, self.plan.canonical_hash)
    }

    /// When the plan applies at all.
    fn scopes(&self, page: &mut String) -> fmt::Result {
        let (plan, words) = (self.plan, &self.words);
        if plan.scopes.is_empty() && plan.hand_overs.is_empty() {
            return Ok(());
        }
        writeln!(page, "## {}\n", words.scopes)?;
        for scope in &plan.scopes {
            let label = scope.label.in_lang(self.lang);
            let when = self.test("scope", scope.id.as_str());
            writeln!(page, "- {label}: {when} ({})", scope.clause)?;
        }
        for hand_over in &plan.hand_overs {
            let to = hand_over.to.in_lang(self.lang);
            writeln!(
                page,
                "- {}: `{}` → {to} ({})",
                words.hand_over, hand_over.part, hand_over.clause
            )?;
        }
        writeln!(page)
    }

    /// A test as it is written, in words: always, where there is none.
    fn test(&self, list: &str, id: &str) -> String {
        let test = crate::compare::test_of(self.plan, list, id);
        let test = test.map(|test| test.in_lang(self.lang).to_owned());
        cell(&test.unwrap_or_else(|| self.words.always.to_owned()))
    }

    fn levels(&self, page: &mut String) -> fmt::Result {
        let words = &self.words;
        writeln!(page, "## {}\n", words.levels)?;
        writeln!(
            page,
            "| {} | {} | {} | {} |\n|---|---|---|---|",
            words.level, words.criterion, words.when, words.clause
        )?;
        for criterion in self.plan.criteria() {
            self.criterion(page, criterion)?;
        }
        writeln!(page)
    }

    fn criterion(&self, page: &mut String, criterion: &Criterion) -> fmt::Result {
        let level = self.plan.level(&criterion.level);
        let level = level.map_or("", |level| level.label.in_lang(self.lang));
        let presumed = if criterion.presumed { self.words.presumed } else { "" };
        writeln!(
            page,
            "| {} {level} | {}{presumed} | {} | {} |",
            criterion.level,
            criterion.label.in_lang(self.lang),
            self.test("criterion", criterion.id.as_str()),
            criterion.clause
        )
    }

    /// The text, clause by clause, in its own order.
    fn clauses(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## {}\n", self.words.clauses)?;
        let mut clauses: Vec<&Clause> = self.plan.clauses.values().collect();
        clauses.sort_by_key(|clause| clause.place);
        for clause in clauses {
            writeln!(page, "### {}\n", clause.id)?;
            writeln!(page, "{}\n", clause.text.in_lang(self.lang))?;
            self.carries(page, clause)?;
            self.rules_of(page, &clause.id)?;
            if let Some(reason) = &clause.no_rule {
                writeln!(page, "- {}: {}", self.words.no_rule, reason.in_lang(self.lang))?;
            }
            writeln!(page)?;
        }
        Ok(())
    }

    fn carries(&self, page: &mut String, clause: &Clause) -> fmt::Result {
        write!(page, "- {}: {}", self.words.evidence, self.words.evidence_of(clause.evidence))?;
        if !clause.carries.is_empty() {
            write!(page, " · {}", clause.carries.join(", "))?;
        }
        writeln!(page)
    }

    fn rules_of(&self, page: &mut String, clause: &ClauseId) -> fmt::Result {
        let (plan, words, lang) = (self.plan, &self.words, self.lang);
        for duty in plan.duties.iter().filter(|duty| duty.clause == *clause) {
            writeln!(page, "- {}: `{}` {}", words.duty, duty.id, duty.label.in_lang(lang))?;
        }
        for criterion in plan.criteria().filter(|criterion| criterion.clause == *clause) {
            let label = criterion.label.in_lang(lang);
            writeln!(
                page,
                "- {}: `{}` {} {label}",
                words.criterion, criterion.id, criterion.level
            )?;
        }
        for authority in plan.authorities.iter().filter(|one| one.clause == *clause) {
            writeln!(page, "- {}: {}", words.authority, self.authority_line(authority))?;
        }
        for measure in plan.measures.iter().filter(|measure| measure.clause == *clause) {
            let (label, text) = (measure.label.in_lang(lang), measure.text.in_lang(lang));
            writeln!(page, "- {}: {label}. {text}", words.measure)?;
        }
        for hand_over in plan.hand_overs.iter().filter(|one| one.clause == *clause) {
            let to = hand_over.to.in_lang(lang);
            writeln!(page, "- {}: `{}` → {to}", words.hand_over, hand_over.part)?;
        }
        for form in plan.forms.values().filter(|form| form.clause == *clause) {
            writeln!(page, "- {}: {}", words.form, form.title.in_lang(lang))?;
        }
        for reading in plan.readings.iter().filter(|reading| reading.clause == *clause) {
            writeln!(page, "- {}: {}", words.reading, reading.text.in_lang(lang))?;
        }
        for policy in plan.policies.values().filter(|policy| policy.clause == *clause) {
            writeln!(page, "- {}: {}", words.policy, policy.text.in_lang(lang))?;
        }
        Ok(())
    }

    fn policies(&self, page: &mut String) -> fmt::Result {
        if self.plan.policies.is_empty() {
            return Ok(());
        }
        writeln!(page, "## {}\n", self.words.policies)?;
        for policy in self.plan.policies.values() {
            let text = policy.text.in_lang(self.lang);
            writeln!(page, "- `{}` ({}): {text}", policy.id, policy.clause)?;
        }
        Ok(())
    }
}

/// A text that stays within one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn every_clause_duty_and_role_of_a_shipped_plan_is_in_its_book() {
        let both = |plan| [Lang::Zh, Lang::En].map(|lang| (plan, lang));
        for (plan, lang) in Library::shipped().plans().flat_map(both) {
            let page = book_page(plan, lang);
            let clauses = plan.clauses.keys().map(|clause| format!("### {clause}\n"));
            let duties = plan.duties.iter().map(|duty| format!("`{}`", duty.id));
            let roles = plan.roles.values().map(|role| role.label.in_lang(lang).to_owned());
            for wanted in clauses.chain(duties).chain(roles) {
                assert!(page.contains(&wanted), "{wanted}");
            }
        }
    }

    #[test]
    fn the_book_of_shanghai_reads_as_it_always_did() {
        let plan = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
        insta::assert_snapshot!("book_shanghai_zh", without_hash(&book_page(&plan, Lang::Zh)));
        insta::assert_snapshot!("book_shanghai_en", without_hash(&book_page(&plan, Lang::En)));
    }

    fn without_hash(page: &str) -> String {
        page.lines().filter(|line| !line.contains("SHA-256")).collect::<Vec<_>>().join("\n")
    }
}
