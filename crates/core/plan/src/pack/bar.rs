//! Bounds that depend on other facts: `{ lowest_of = [500_000, { share = 0.05, of = "…" }] }`.

use super::criterion::{Tests, scalar};
use super::tree::{Node, Table};
use crate::catalogue::{Fact, FactKind, Worse, share};
use crate::grade::{Bar, Edge, End, Pick, Term, Test};

/// Terms of one bound at most.
const TERMS_MAX: usize = 8;

impl Tests<'_, '_> {
    /// A fact compared with a bound that depends on others; the comparator fits the fact.
    pub(super) fn bar(&self, fact: &Fact, comparator: &str, node: Node<'_>) -> Option<Test> {
        let edge = match comparator {
            "at_least" => Edge::Included,
            "more_than" => Edge::Excluded,
            _ => return self.unfit_bar(fact, node),
        };
        if !matches!(fact.kind, FactKind::Count | FactKind::Money { .. }) {
            return self.unfit_bar(fact, node);
        }
        let (pick, terms) = self.bar_terms(fact, node)?;
        let slot = self.slots.borrow_mut().take(fact);
        let bar = Bar { slot, terms, pick, edge };
        let domains = self.slots.borrow().domains();
        let ends = [End::Mildest, End::Worst].map(|end| bar.needed(end, &domains).least);
        self.pack.refuse_end(fact, ends.into(), node)?;
        Some(Test::Bar(Box::new(bar)))
    }

    fn bar_terms(&self, fact: &Fact, node: Node<'_>) -> Option<(Pick, Vec<Term>)> {
        let table = node.table()?;
        let picked = table.only_one(&["lowest_of", "highest_of", "share"], "bound")?;
        let pick = match picked {
            ("lowest_of", _) => Pick::Lowest,
            ("highest_of", _) => Pick::Highest,
            (_, parts) => {
                let term = self.share(fact, parts, &table)?;
                return Some((Pick::Lowest, vec![term]));
            }
        };
        table.finish();
        let items = picked.1.items();
        if items.is_empty() || items.len() > TERMS_MAX {
            self.pack.sink.error(
                "terms-count",
                picked.1.span(),
                format!("a bound has 1 to {TERMS_MAX} terms; here are {}", items.len()),
                "write numbers and shares of other facts",
            );
            return None;
        }
        let read: Vec<_> = items.iter().map(|item| self.bar_term(fact, *item)).collect();
        Some((pick, read.into_iter().collect::<Option<_>>()?))
    }

    fn bar_term(&self, fact: &Fact, node: Node<'_>) -> Option<Term> {
        if node.value().as_table().is_none() {
            return Some(Term::Number(self.pack.axis(fact, node)?));
        }
        let table = node.table()?;
        let parts = table.required("share");
        self.share(fact, parts?, &table)
    }

    fn share(&self, fact: &Fact, parts: Node<'_>, table: &Table<'_>) -> Option<Term> {
        let of = table.required("of");
        table.finish();
        let whole = of.and_then(|of| Some((of, self.pack.fact(of)?)));
        let (of, whole) = whole?;
        let read = scalar(parts).and_then(|value| share(&value)).filter(|parts| *parts > 0);
        if read.is_none() {
            self.pack.sink.error(
                "share-out-of-range",
                parts.span(),
                "a share is more than 0 and at most 1, with at most nine decimal places",
                "write five per cent as `0.05`",
            );
        }
        self.refuse_whole(fact, whole, of)?;
        let slot = self.slots.borrow_mut().take(whole);
        Some(Term::Share { parts: read?, of: slot })
    }

    /// Gives nothing, and says why, for a fact of which no share can be compared with this one.
    fn refuse_whole(&self, fact: &Fact, whole: &Fact, of: Node<'_>) -> Option<()> {
        let sink = self.pack.sink;
        let has_one_unit = match (&fact.unit, &whole.unit) {
            (Some(unit), Some(other)) => unit == other,
            (None, _) | (_, None) => true,
        };
        if fact.kind != whole.kind || !has_one_unit {
            sink.error(
                "bound-does-not-fit",
                of.span(),
                format!("a share of `{}` cannot be compared with `{}`", whole.id, fact.id),
                "both must be counts of the same unit, or money of the same currency",
            );
            return None;
        }
        if whole.worse == Worse::Higher {
            sink.error(
                "not-monotone",
                of.span(),
                format!(
                    "a higher `{}` raises the bound, so it would let a worse value give a milder level",
                    whole.id
                ),
                format!("declare `worse = \"lower\"` on the fact `{}`, or name another", whole.id),
            );
            return None;
        }
        Some(())
    }

    fn unfit_bar<T>(&self, fact: &Fact, node: Node<'_>) -> Option<T> {
        self.pack.sink.error(
            "bound-does-not-fit",
            node.span(),
            format!("`{}` cannot be compared with a bound that depends on other facts", fact.id),
            "compare money or a count of which more is worse, with `at_least` or `more_than`",
        );
        None
    }
}
