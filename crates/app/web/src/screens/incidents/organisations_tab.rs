//! The tab of whom it happened to: each organisation with its times, both readings of a corrected one.

use fengsui_response::Party;
use fengsui_response::incident::AffectedOrganisation;

use super::page::{Part, acts};
use super::record_anchor::anchor_name;
use super::sight::Sight;
use super::{
    add_organisation, correct_anchor, identify_organisation, paths, record_anchor, resolve_role,
    state_awareness,
};
use crate::parts::{Heading, Html, Item, Items, Mood, Pairs, Row, StateBadge, Table};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let organisations: Vec<Html> =
        sight.affected().map(|(party, affected)| organisation(sight, party, affected)).collect();
    let verbs = [
        &add_organisation::VERB,
        &identify_organisation::VERB,
        &record_anchor::VERB,
        &correct_anchor::VERB,
        &state_awareness::VERB,
    ];
    vec![
        Part {
            id: "organisations",
            title: sight.t("incident-organisations"),
            body: Html::stacked(organisations),
            acts: acts(sight, &verbs),
        },
        Part {
            id: "roles",
            title: sight.t("inc-resolved"),
            body: Html::of(&resolve_role::table(sight)),
            acts: acts(sight, &[&resolve_role::VERB]),
        },
        Part {
            id: "reports",
            title: sight.t("reports"),
            body: Html::of(&reports(sight)),
            acts: Vec::new(),
        },
    ]
}

fn organisation(sight: &Sight<'_>, party: &Party, affected: &AffectedOrganisation) -> Html {
    let name = match affected.organisation {
        Some(id) => Html::link(&crate::routes::organisation(id), &sight.organisation(id)),
        None => Html::text(sight.t("inc-unidentified")),
    };
    let mut pairs = Pairs::default().with(sight.t("organisation"), name);
    if let Some(district) = &affected.district {
        let district = Html::text(sight.district(district.as_str()));
        pairs = pairs.with(sight.t("organisation-district"), district);
    }
    let details = affected.organisation.and_then(|id| sight.directory.details(id));
    if let Some(telephone) = details.and_then(|details| details.duty_telephone.as_ref()) {
        let telephone = Html::text(telephone.as_str());
        pairs = pairs.with(sight.t("organisation-telephone"), telephone);
    }
    Html::stacked([Html::of(&pairs), Html::of(&anchors(sight, party, affected))])
}

fn anchors(sight: &Sight<'_>, party: &Party, affected: &AffectedOrganisation) -> Table {
    let headings = vec![
        Heading::key(sight.t("inc-anchor")),
        Heading::plain(sight.t("inc-anchor-first")),
        Heading::plain(sight.t("inc-anchor-corrected")),
    ];
    let known = affected.anchors.known().map(|(kind, at)| {
        let corrections = affected.corrections.iter().filter(|it| it.anchor == kind);
        let corrections = corrections.map(|it| {
            let to = sight.short(it.to);
            let who = sight.person(it.by);
            let line = sight.ta("inc-correction", &[("t", &to), ("who", &who)]);
            Html::two_lines(&line, &it.reason)
        });
        let at = Html::of(&sight.moment(at));
        Row::new(vec![Html::text(anchor_name(sight, kind)), at, Html::stacked(corrections)])
    });
    let aware = affected.aware.iter().map(|(plan, at)| {
        let plan = plan.as_ref().map(|plan| sight.saying().plan_name(plan));
        let name = sight.t("inc-anchor-aware");
        let name = plan.map_or(name.clone(), |plan| format!("{name} · {plan}"));
        Row::new(vec![Html::text(name), Html::of(&sight.moment(*at)), Html::nothing()])
    });
    let label = sight.ta("inc-anchors-of", &[("who", &sight.party(party))]);
    Table::new(label, headings, sight.t("inc-anchors-none"))
        .with(known.chain(aware).chain(assumed(sight, party)))
}

/// Starts of clocks that nobody stated: what the plan assumes, marked so.
fn assumed(sight: &Sight<'_>, party: &Party) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    let duties = sight.view.duties.iter().filter(|duty| duty.assumed);
    for duty in duties.filter(|duty| sight.view.incident.party_of(duty).as_ref() == Some(party)) {
        let anchor = sight.saying().anchor(&duty.anchor);
        let name = format!("{anchor} · {}", sight.plan_title(&duty.plan));
        if rows.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let mark = Html::of(&StateBadge::new(Mood::Waiting, sight.t("inc-assumed")));
        let at = Html::of(&sight.moment(duty.arose_at));
        rows.push((name.clone(), Row::new(vec![Html::text(name), at, mark])));
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

fn reports(sight: &Sight<'_>) -> Items {
    let seen = sight.view.incident.reports.iter().filter(|(id, _)| sight.may_see_report(**id));
    let items = seen.map(|(id, report)| Item {
        title: Html::link(&paths::report(*id), &report.number),
        text: match usize::try_from(report.supplements) {
            Ok(0) | Err(_) => String::new(),
            Ok(count) => sight.words.tn("inc-supplements", count),
        },
        side: Html::of(&sight.moment(report.joined_at)),
    });
    Items { items: items.collect(), empty: sight.t("reports-none") }
}
