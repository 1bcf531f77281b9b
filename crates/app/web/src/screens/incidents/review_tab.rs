//! The tab of the end: what stands in the way, the review, closing and opening again.

use super::page::{Part, acts};
use super::sight::Sight;
use super::{close, law, reopen, review, texts};
use crate::parts::{Html, Items};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let written = match &sight.view.incident.review {
        Some(text) => texts::shown(sight, text),
        None => Html::of(&Items { items: Vec::new(), empty: sight.t("review-none") }),
    };
    vec![
        Part {
            id: "in-the-way",
            title: sight.t("inc-in-the-way"),
            body: Html::of(&law::in_the_way(sight)),
            acts: acts(sight, &[&close::VERB, &reopen::VERB]),
        },
        Part {
            id: "review",
            title: sight.t("review"),
            body: written,
            acts: acts(sight, &[&review::VERB]),
        },
    ]
}
