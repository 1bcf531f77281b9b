//! The tab of what is known: facts with their provenance, contradictions, classes, parts for others.

use fengsui_response::Outlook;
use fengsui_response::incident::FactEntry;
use fengsui_vocabulary::{FactId, FactValue};

use super::page::{Part, acts};
use super::sight::Sight;
use super::{classify, confirm_incident, hand_over_part, record_facts, texts};
use crate::parts::{
    Heading, Html, Item, Items, Mood, Notice, Row, RowTone, StateBadge, Table, Tone,
};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    vec![
        Part {
            id: "facts",
            title: sight.t("facts"),
            body: Html::stacked(contradictions(sight).into_iter().chain([Html::of(&facts(sight))])),
            acts: acts(sight, &[&record_facts::VERB, &confirm_incident::VERB]),
        },
        Part {
            id: "classes",
            title: sight.t("report-class"),
            body: Html::of(&classes(sight)),
            acts: acts(sight, &[&classify::VERB]),
        },
        Part {
            id: "handed-over",
            title: sight.t("inc-parts"),
            body: handed_over(sight),
            acts: acts(sight, &[&hand_over_part::VERB]),
        },
    ]
}

fn contradictions(sight: &Sight<'_>) -> Vec<Html> {
    let said = |fact: &FactId, value: &FactValue| match sight.fact(fact) {
        Some(fact) => sight.value(fact, value),
        None => value.to_string(),
    };
    let notice = |it: &fengsui_response::incident::Contradiction| {
        let title = sight.ta("inc-contradiction", &[("fact", &sight.fact_name(&it.fact))]);
        let lines = it
            .said
            .iter()
            .map(|(by, value)| format!("{} · {}", sight.said_by(by), said(&it.fact, value)));
        lines.fold(Notice::new(Tone::Attention, title), Notice::line)
    };
    sight.view.contradictions.iter().map(|it| Html::of(&notice(it))).collect()
}

/// Every value that was ever recorded; the newest of each fact first.
fn facts(sight: &Sight<'_>) -> Table {
    let headings = vec![
        Heading::key(sight.t("fact")),
        Heading::plain(sight.t("fact-value")),
        Heading::plain(sight.t("fact-said-by")),
        Heading::plain(sight.t("inc-known-at")),
        Heading::plain(sight.t("fact-ground")),
    ];
    let mut rows = Vec::new();
    for (id, entries) in &sight.view.incident.facts {
        for (place, entry) in entries.iter().rev().enumerate() {
            rows.push(row(sight, id, entry, place));
        }
    }
    Table::new(sight.t("facts"), headings, sight.t("facts-none")).with(rows)
}

fn row(sight: &Sight<'_>, id: &FactId, entry: &FactEntry, place: usize) -> Row {
    let value = match sight.fact(id) {
        Some(fact) => sight.value(fact, &entry.value),
        None => entry.value.to_string(),
    };
    let outlook = match entry.outlook {
        Outlook::Observed => Html::text(&value),
        Outlook::Forecast => Html::two_lines(&value, &sight.t("fact-forecast")),
    };
    let by = Html::two_lines(&sight.said_by(&entry.said_by), &sight.person(entry.entered_by));
    let at = Html::of(&sight.moment(entry.at));
    let ground = entry.ground.as_ref().map_or_else(Html::nothing, |it| Html::text(it.as_str()));
    if place == 0 {
        return Row::new(vec![Html::text(sight.fact_name(id)), outlook, by, at, ground]);
    }
    let earlier = Html::text(sight.t("inc-earlier"));
    Row::new(vec![earlier, outlook, by, at, ground]).toned(RowTone::Quiet)
}

fn classes(sight: &Sight<'_>) -> Items {
    let incident = &sight.view.incident;
    let items = incident.classes.iter().map(|class| {
        let is_primary = incident.primary_class.as_ref() == Some(class);
        let side = if is_primary {
            Html::of(&StateBadge::new(Mood::Active, sight.t("inc-class-primary")))
        } else {
            Html::nothing()
        };
        Item { title: Html::text(classify::name_of(sight, class)), text: String::new(), side }
    });
    Items { items: items.collect(), empty: sight.t("inc-classes-none") }
}

fn handed_over(sight: &Sight<'_>) -> Html {
    let open = hand_over_part::parts(sight).into_iter().map(|(_, name)| Item {
        title: Html::text(name),
        text: sight.t("inc-part-open"),
        side: Html::of(&StateBadge::new(Mood::Waiting, sight.t("duty-state-pending"))),
    });
    let done = sight.view.incident.handed_over.iter().map(|(part, (at, reason))| Item {
        title: Html::text(hand_over_part::name_of(sight, part)),
        text: reason.to_string(),
        side: Html::of(&sight.moment(*at)),
    });
    let items = Items { items: open.chain(done).collect(), empty: sight.t("inc-parts-none") };
    match &sight.view.incident.confirmed {
        Some(evidence) => Html::stacked([
            Html::of(&items),
            Html::text(sight.t("inc-evidence")),
            texts::shown(sight, evidence),
        ]),
        None => Html::of(&items),
    }
}
