//! The tab of documents: those that are owed, with the way to write them, and those that were sent.

use super::page::{Part, acts};
use super::sight::Sight;
use super::{issue_document, paths};
use crate::parts::{Html, Item, Items, Notice, Tone};

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
            body: Html::stacked(
                inconsistencies(sight).into_iter().chain([Html::of(&documents(sight))]),
            ),
            acts: Vec::new(),
        },
    ]
}

/// Papers to write: what each is, for whom, by when.
fn papers(sight: &Sight<'_>) -> Items {
    let papers = if sight.is_open() { issue_document::papers(sight) } else { Vec::new() };
    let items = papers.into_iter().filter_map(|(paper, owed)| {
        let plan = sight.plan(&paper.plan)?;
        let form = plan.forms.get(&paper.form)?;
        let href = paths::compose(sight.view.id, (&paper.plan, &paper.form, &paper.by));
        let mut name = format!("{} · {}", sight.role(&paper.by), sight.legal(&form.title));
        if sight.view.incident.plans.len() > 1 {
            name = format!("{name} · {}", plan.short.to_uppercase());
        }
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

/// Facts that the last documents under different plans tell differently: both values, and where.
fn inconsistencies(sight: &Sight<'_>) -> Vec<Html> {
    let notice = |it: &fengsui_response::incident::Inconsistency| {
        let fact = sight.fact_name(&it.fact);
        let notice =
            Notice::new(Tone::Attention, sight.ta("inc-inconsistency", &[("fact", &fact)]));
        let lines = it.said.iter().map(|(submitted, value)| {
            let value = match (value, sight.fact(&it.fact)) {
                (Some(value), Some(fact)) => sight.value(fact, value),
                (Some(value), None) => value.to_string(),
                (None, _) => sight.t("inc-inconsistency-nothing"),
            };
            let plan = sight.plan_title(&submitted.plan);
            let at = sight.short(submitted.at);
            let title = submitted.title.as_str();
            let args = [("value", value.as_str()), ("title", title), ("t", &at), ("plan", &plan)];
            sight.ta("inc-inconsistency-said", &args)
        });
        lines.fold(notice, Notice::line)
    };
    sight.view.inconsistencies.iter().map(|it| Html::of(&notice(it))).collect()
}

fn documents(sight: &Sight<'_>) -> Items {
    let documents = sight.view.incident.documents.iter().enumerate().rev();
    let items = documents.map(|(place, document)| {
        let href = paths::text(sight.view.id, document.text.blob);
        let number = document.number.as_ref().map(|it| format!("{it} · ")).unwrap_or_default();
        let to = sight.roles(&document.to);
        let from = sight.role(&document.role);
        let route = sight.ta("duty-from-to", &[("from", &from), ("to", &to)]);
        Item {
            title: Html::link(&href, &document.title),
            text: format!("{number}{route} · {}", sight.person(document.by)),
            side: Html::stacked([
                Html::of(&sight.moment(document.at)),
                sight.link(&paths::pdf(sight.view.id, place + 1), "document-pdf"),
            ]),
        }
    });
    Items { items: items.collect(), empty: sight.t("documents-none") }
}
