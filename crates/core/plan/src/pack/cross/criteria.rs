//! Criteria that can never decide, levels that nothing gives, thresholds that leave a level out.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::CriterionId;

use super::super::compile::Pack;
use super::super::names::Kind;
use super::super::tree::listed;
use crate::catalogue::{Fact, FactKind};
use crate::grade::{Compiled, Shadow};
use crate::model::Plan;

impl Pack<'_> {
    /// Notes what criteria show only together.
    pub(super) fn check_criteria(&self, plan: &Plan) {
        let shadows = plan.grader.shadows();
        for (compiled, shadow) in &shadows {
            self.note_shadow(compiled, shadow);
        }
        let decides = |shadow: &Shadow| matches!(shadow, Shadow::Same(_));
        let silent = shadows.iter().filter(|(_, shadow)| !decides(shadow));
        let silent: Vec<_> = silent.map(|(compiled, _)| &compiled.criterion.id).collect();
        self.check_levels(plan, &silent);
        self.check_thresholds(plan);
        self.check_scores(plan);
    }

    fn note_shadow(&self, compiled: &Compiled, shadow: &Shadow) {
        let id = compiled.criterion.id.as_str();
        let span = self.names.place(Kind::Criterion, id);
        match shadow {
            Shadow::Contradiction => self.sink.error(
                "contradiction",
                span,
                format!("the criterion `{id}` contradicts itself"),
                "it asks one choice to be two things at once; use `any`",
            ),
            Shadow::Worse(worse) => self.sink.error(
                "never-decides",
                span,
                format!("whenever `{id}` is met, the worse level of `{worse}` is met as well"),
                "levels are tried from the top: ask less here, or more there",
            ),
            Shadow::Same(other) => self.sink.warning(
                "redundant-criterion",
                span,
                format!("whenever `{id}` is met, `{other}` of the same level is met as well"),
                "leave one of them out, unless the text says both",
            ),
        }
    }

    fn check_levels(&self, plan: &Plan, silent: &[&CriterionId]) {
        for level in &plan.levels {
            let mut of_level = plan.criteria().filter(|criterion| criterion.level == level.id);
            if of_level.all(|criterion| silent.contains(&&criterion.id)) {
                self.sink.error(
                    "unreachable-level",
                    self.names.place(Kind::Level, level.id.as_str()),
                    format!("no facts can give the level `{}`", level.id),
                    "add a `[[criterion]]` with this level that can decide, or leave the level out",
                );
            }
        }
    }

    /// Notes a number that alone gives a worse and a milder level, yet none of those between them.
    fn check_thresholds(&self, plan: &Plan) {
        let mut ranks: BTreeMap<usize, BTreeMap<usize, &CriterionId>> = BTreeMap::new();
        for compiled in plan.grader.compiled() {
            let mut slots = Vec::new();
            compiled.test.add_sufficient(&mut slots);
            for slot in slots {
                let of_fact = ranks.entry(slot).or_default();
                of_fact.entry(compiled.rank).or_insert(&compiled.criterion.id);
            }
        }
        for (slot, used) in &ranks {
            if let Some(fact) = plan.grader.fact(*slot).filter(|fact| is_number(fact)) {
                self.note_gap(plan, fact, used);
            }
        }
    }

    fn check_scores(&self, plan: &Plan) {
        let used = plan.grader.scores_used();
        for (place, score) in plan.scores().enumerate() {
            if !used.contains(&place) {
                self.sink.warning(
                    "unused-score",
                    self.names.place(Kind::Score, score.id.as_str()),
                    format!("no criterion or scope compares the score `{}`", score.id),
                    "compare it: `{ score = \"…\", at_least = 75 }`, or leave it out",
                );
            }
        }
    }

    fn note_gap(&self, plan: &Plan, fact: &Fact, used: &BTreeMap<usize, &CriterionId>) {
        let ranks: BTreeSet<usize> = used.keys().copied().collect();
        let (Some(worst), Some((mildest, criterion))) = (ranks.first(), used.last_key_value())
        else {
            return;
        };
        let left_out = (*worst..*mildest).filter(|rank| !ranks.contains(rank));
        let left_out: Vec<&str> =
            left_out.filter_map(|rank| Some(plan.levels.get(rank)?.id.as_str())).collect();
        if left_out.is_empty() {
            return;
        }
        let given = ranks.iter().filter_map(|rank| Some(plan.levels.get(*rank)?.id.as_str()));
        self.sink.warning(
            "threshold-gap",
            self.names.place(Kind::Criterion, criterion.as_str()),
            format!(
                "`{}` alone gives {}, yet never {} between them",
                fact.id,
                listed(given),
                listed(left_out.into_iter())
            ),
            "look whether the text has a number for the level left out",
        );
    }
}

fn is_number(fact: &Fact) -> bool {
    match fact.kind {
        FactKind::Count | FactKind::Money { .. } | FactKind::Share | FactKind::Duration => true,
        FactKind::Flag
        | FactKind::OrderedChoice { .. }
        | FactKind::Choice { .. }
        | FactKind::Region => false,
    }
}
