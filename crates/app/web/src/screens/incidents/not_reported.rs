//! Decisions not to report: those of one incident, and the register of all that the reader may see.

use fengsui_desk::{NotReportedLine, Page as Lines};
use fengsui_response::incident::NotReporting;
use fengsui_vocabulary::PlanId;

use super::paths;
use super::sight::Sight;
use crate::page::Page;
use crate::parts::{Header, Heading, Html, Item, Items, Link, Pages, Row, Table};
use crate::say::Saying;
use crate::views::{General, Section};

/// Those of one incident.
pub(super) fn items(sight: &Sight<'_>) -> Html {
    let decided = sight.view.incident.not_reported.iter().map(|(plan, it)| item(sight, plan, it));
    let items = Items { items: decided.collect(), empty: sight.t("not-reported-none") };
    let register = Html::link(paths::NOT_REPORTED, &sight.t("not-reported-register"));
    Html::stacked([Html::of(&items), register])
}

fn item(sight: &Sight<'_>, plan: &PlanId, it: &NotReporting) -> Item {
    let who = format!("{} {}", sight.role(&it.role), sight.person(it.by));
    Item {
        title: Html::text(sight.plan_title(plan)),
        text: format!("{who} · {}", it.reason),
        side: Html::of(&sight.moment(it.at)),
    }
}

/// The register: under which plan which incident was not reported, by whom, when and why.
pub(super) fn register(saying: &Saying<'_>, page: Page, found: &Lines<NotReportedLine>) -> General {
    let words = saying.words;
    let t = |key: &str| words.t(key).into_owned();
    let headings = vec![
        Heading::key(t("incident")),
        Heading::plain(t("plan")),
        Heading::plain(t("inc-decided-by")),
        Heading::plain(t("inc-reason")),
        Heading::plain(t("inc-since")),
    ];
    let rows = found.lines.iter().map(|line| {
        let name = Html::stacked([
            Html::link(&paths::incident(line.incident), &line.title),
            Html::text(&line.number),
        ]);
        Row::new(vec![
            name,
            Html::text(saying.plan_name(&line.plan)),
            Html::two_lines(&line.by_name, &saying.role(&line.role)),
            Html::text(&line.reason),
            Html::of(&saying.moment(line.at)),
        ])
    });
    let table = Table::new(t("not-reported-register"), headings, t("not-reported-none")).with(rows);
    let mut body = vec![Html::of(&table)];
    if let Some(after) = &found.next {
        let next = Link::new(format!("{}?after={after}", paths::NOT_REPORTED), t("pages-next"));
        body.push(Html::of(&Pages {
            said: words.tn("inc-list-shown", found.lines.len()),
            label: t("pages"),
            previous: None,
            next: Some(next),
        }));
    }
    let up = vec![Link::new(paths::LIST, t("incidents"))];
    General {
        page,
        header: Header::new(t("not-reported-register")).below(up, words),
        strip: None,
        tabs: None,
        sections: vec![Section::new("register", t("not-reported-register"), Html::stacked(body))],
        acts: Vec::new(),
    }
}
