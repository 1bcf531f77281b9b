//! How sure we are of a plan: clauses by evidence, in words and as a bar.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_plan::{Evidence, Plan};

use crate::lang::Words;
use crate::parts::{Mood, StateBadge};

/// Clauses of a plan by how they are known.
#[derive(Debug, Template)]
#[template(path = "plans/evidence.html")]
pub(super) struct Shares {
    shares: Vec<Share>,
    said: String,
}

/// One part of the bar.
#[derive(Debug)]
struct Share {
    class: &'static str,
    x: usize,
    width: usize,
}

impl HtmlSafe for Shares {}

/// The evidence of a clause as a badge: what is not verified stands out by word and shape.
pub(super) fn badge(evidence: Evidence, words: Words) -> StateBadge {
    match evidence {
        Evidence::Official => StateBadge::new(Mood::Done, words.t("evidence-official")),
        Evidence::Secondary => StateBadge::new(Mood::Quiet, words.t("evidence-secondary")),
        Evidence::Unverified => StateBadge::new(Mood::Attention, words.t("evidence-unverified")),
    }
}

impl Shares {
    /// Counts the clauses of a plan.
    pub(super) fn of(plan: &Plan, words: Words) -> Self {
        let count =
            |of: Evidence| plan.clauses.values().filter(|clause| clause.evidence == of).count();
        let counts = [
            (Evidence::Official, "share-official", count(Evidence::Official)),
            (Evidence::Secondary, "share-secondary", count(Evidence::Secondary)),
            (Evidence::Unverified, "share-unverified", count(Evidence::Unverified)),
        ];
        let all = plan.clauses.len().max(1);
        let mut x = 0;
        let mut shares = Vec::new();
        for (_, class, count) in counts {
            let width = count * BAR_WIDTH / all;
            shares.push(Share { class, x, width });
            x += width;
        }
        // What rounding left over belongs to the last part that there is.
        if let Some(last) = shares.iter_mut().rfind(|share| share.width > 0) {
            last.width += BAR_WIDTH - x;
        }
        let said = counts.iter().filter(|(_, _, count)| *count > 0).map(|(evidence, _, count)| {
            let key = match evidence {
                Evidence::Official => "plan-share-official",
                Evidence::Secondary => "plan-share-secondary",
                Evidence::Unverified => "plan-share-unverified",
            };
            words.ta(key, &[("count", &count.to_string())])
        });
        let said: Vec<String> = said.collect();
        Self { shares, said: said.join(&words.t("list-and")) }
    }
}

/// How wide the bar is, in its own units.
const BAR_WIDTH: usize = 120;

#[cfg(test)]
mod tests {
    use fengsui_plan::Library;
    use fengsui_vocabulary::Lang;

    use super::*;

    #[test]
    fn the_bar_is_as_long_as_all_clauses_and_says_each_share() {
        for plan in Library::shipped().plans() {
            let shares = Shares::of(plan, Words::of(Lang::En));
            let width: usize = shares.shares.iter().map(|share| share.width).sum();
            assert_eq!(width, BAR_WIDTH, "{}", plan.id);
            let unverified = plan.clauses.values().any(|it| it.evidence == Evidence::Unverified);
            assert_eq!(shares.said.contains("unverified"), unverified, "{}", plan.id);
        }
    }
}
