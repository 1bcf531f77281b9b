//! The tab of documents: those that are owed, with the way to write them, and those that were sent.

use super::page::{Part, acts};
use super::sight::Sight;
use super::{issue_document, paths};
use crate::parts::{Html, Item, Items};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    vec![
        Part {
            id: "papers",
            title: sight.t("document-prepare"),
            body: Html::of(&papers(sight)),
            acts: acts(sight, &[&issue_document::VERB]),
        },
        Part {
            id: "documents",
            title: sight.t("inc-documents-sent"),
            body: Html::of(&documents(sight)),
            acts: Vec::new(),
        },
    ]
}

/// Papers to write: what each is, for whom, by when.
fn papers(sight: &Sight<'_>) -> Items {
    let papers = if sight.is_open() { issue_document::papers(sight) } else { Vec::new() };
    let items = papers.into_iter().filter_map(|(paper, owed)| {
        let form = sight.lead().forms.get(&paper.form)?;
        let href = paths::compose(sight.view.id, paper.form.as_str(), paper.by.as_str());
        let name = format!("{} · {}", sight.role(&paper.by), sight.legal(&form.title));
        let to: Vec<String> =
            owed.iter().filter_map(|(_, duty)| duty.to.as_ref()).map(|to| sight.role(to)).collect();
        let first = owed.iter().min_by_key(|(_, duty)| duty.due.unwrap_or(duty.arose_at));
        let side = first.map_or_else(
            || Html::text(sight.t("inc-nothing-owed")),
            |(_, duty)| Html::of(&sight.saying().due_chip(duty)),
        );
        Some(Item { title: Html::link(&href, &name), text: to.join("、"), side })
    });
    Items { items: items.collect(), empty: sight.t("inc-papers-none") }
}

fn documents(sight: &Sight<'_>) -> Items {
    let items = sight.view.incident.documents.iter().rev().map(|document| {
        let href = paths::text(sight.view.id, document.text.blob);
        let number = document.number.as_ref().map(|it| format!("{it} · ")).unwrap_or_default();
        let to = sight.roles(&document.to);
        let from = sight.role(&document.role);
        let route = sight.ta("duty-from-to", &[("from", &from), ("to", &to)]);
        Item {
            title: Html::link(&href, &document.title),
            text: format!("{number}{route} · {}", sight.person(document.by)),
            side: Html::of(&sight.moment(document.at)),
        }
    });
    Items { items: items.collect(), empty: sight.t("documents-none") }
}
