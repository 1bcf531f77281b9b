//! The tab of duties: all of them, and every way to record what was done about one.

use super::page::{Part, acts};
use super::sight::Sight;
use super::{
    calls, clear_miss, decide_not_to_report, deliveries, law, not_reported, receive_report,
    waive_duty,
};
use crate::parts::Html;

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let verbs = [
        &clear_miss::VERB,
        &calls::VERB,
        &receive_report::VERB,
        &deliveries::VERB,
        &waive_duty::VERB,
    ];
    vec![
        Part {
            id: "duties",
            title: sight.t("duties"),
            body: Html::of(&law::duties(sight)),
            acts: Vec::new(),
        },
        Part {
            id: "not-reported",
            title: sight.t("not-reported-title"),
            body: not_reported::items(sight),
            acts: acts(sight, &[&decide_not_to_report::VERB]),
        },
        Part {
            id: "acts",
            title: sight.t("acts"),
            body: Html::nothing(),
            acts: acts(sight, &verbs),
        },
    ]
}
