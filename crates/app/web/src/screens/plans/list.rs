//! `GET /plans`: the plans at hand, how sure we are of them, and roles that nobody fills.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk};
use fengsui_plan::{Diagnostic, Library, Plan, Role};
use fengsui_vocabulary::PlanId;

use super::book::{lines, small};
use super::editions::EDITIONS;
use super::evidence::Shares;
use super::frame::at_hand;
use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{
    Header, Heading, Html, Item, Items, Link, Mood, Notice, Row, StateBadge, Table, Tone,
};
use crate::routes::{self, PLANS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Plans;

/// `GET /plans`
pub(super) async fn list(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let headings = vec![
        Heading::key(words.t("plan-title")),
        Heading::plain(words.t("plan-edition")),
        Heading::plain(words.t("plan-issuer")),
        Heading::plain(words.t("plan-in-force")),
        Heading::plain(words.t("plan-evidence")),
        Heading::plain(words.t("book-state")),
    ];
    let table = Table::new(words.t("plans"), headings, words.t("plans-none"));
    let shipped = Library::shipped().plans().map(|plan| plan.id.clone());
    let drafted = desk.editions_of_plans().into_iter().map(|line| line.edition.plan);
    let known: BTreeSet<PlanId> = shipped.chain(drafted).collect();
    let plans = known.iter().filter_map(|plan| at_hand(&desk, &reader, plan));
    let rows = plans.map(|plan| row(&plan, &saying));
    let unbound = desk.unbound_roles();
    let mut page = reader.page("plans", words.t("plans"), PLANS);
    if !unbound.is_empty() {
        let notice = Notice::new(Tone::Attention, words.tn("book-unbound-warning", unbound.len()));
        page.notices.push(notice.line(words.t("book-unbound-text")));
    }
    let mut header = Header::new(words.t("plans")).lead(words.t("plans-lead"));
    header.others.push(Link::new(EDITIONS, words.t("plan-editions")));
    header.others.push(Link::new("/plans/compare", words.t("plan-compare")));
    header.others.push(Link::new("/plans/taxonomies", words.t("plan-taxonomies")));
    if reader.viewer.is_any(&[Capacity::PlanOfficer, Capacity::Administrator]) {
        header.others.push(Link::new("/admin/roles", words.t("nav-roles")));
    }
    drawn(&Plans {
        page,
        header,
        table: table.with(rows),
        unbound: Items {
            items: unbound.iter().map(|role| item(role, &saying)).collect(),
            empty: words.t("plans-unbound-none").into_owned(),
        },
    })
}

fn row(plan: &Plan, saying: &Saying<'_>) -> Row {
    let (words, about) = (saying.words, &plan.about);
    let title = about.title.in_lang(saying.lang());
    let from = about.in_force_from.map(|day| day.to_string());
    let until =
        about.in_force_until.map(|day| words.ta("plan-until", &[("day", &day.to_string())]));
    let place = about.jurisdiction.as_ref().map(|place| place.in_lang(saying.lang()));
    let here = [standing(plan, saying)].into_iter().chain(leads(plan, saying));
    Row::new(vec![
        Html::stacked([Html::link(&routes::plan(&plan.id), title), Html::text(plan.id.as_str())]),
        two(&about.edition, about.document_number.as_deref()),
        two(about.issuer.in_lang(saying.lang()), place),
        lines([
            Html::of(&Day(from.unwrap_or_default())),
            small(until.as_deref().unwrap_or_default()),
        ]),
        Html::of(&Shares::of(plan, words)),
        Html::marks(here.chain(checked(plan, saying)).map(|mark| Html::of(&mark))),
    ])
}

/// A day, on one line.
#[derive(Debug, Template)]
#[template(source = r#"<span class="day">{{ self.0 }}</span>"#, ext = "html")]
struct Day(String);

impl HtmlSafe for Day {}

/// A line, and a quieter one if there is more to say.
fn two(first: &str, second: Option<&str>) -> Html {
    lines([Html::text(first), small(second.unwrap_or_default())])
}

/// Whether this edition is in force here.
pub(super) fn standing(plan: &Plan, saying: &Saying<'_>) -> StateBadge {
    let edition = saying.directory.centre().edition(&plan.id);
    match edition {
        Some(edition) if edition.hash == plan.hash => {
            StateBadge::new(Mood::Done, saying.words.t("plan-state-adopted"))
        }
        Some(_) => StateBadge::new(Mood::Attention, saying.words.t("book-state-newer")),
        None => StateBadge::new(Mood::Quiet, saying.words.t("plan-state-shipped")),
    }
}

/// Whether this plan leads here.
pub(super) fn leads(plan: &Plan, saying: &Saying<'_>) -> Option<StateBadge> {
    let leads = saying.directory.lead_plan().is_some_and(|lead| lead.plan == plan.id);
    leads.then(|| StateBadge::new(Mood::Active, saying.words.t("plan-leads")))
}

/// What checking the pack found.
pub(super) fn checked(plan: &Plan, saying: &Saying<'_>) -> Option<StateBadge> {
    let found = findings(plan)?.len();
    Some(if found == 0 {
        StateBadge::new(Mood::Done, saying.words.t("plan-check-passed"))
    } else {
        StateBadge::new(Mood::Attention, saying.words.tn("plan-check-errors", found))
    })
}

/// Everything that a check of a shipped pack finds. It cannot change while the program runs.
pub(super) fn findings(plan: &Plan) -> Option<&'static [Diagnostic]> {
    let shipped = Library::shipped().plan(&plan.id)?;
    if shipped.hash != plan.hash {
        return None;
    }
    FOUND.get(&plan.id).map(Vec::as_slice)
}

static FOUND: LazyLock<BTreeMap<PlanId, Vec<Diagnostic>>> = LazyLock::new(|| {
    let library = Library::shipped();
    let check = |id: &PlanId| library.source(id).map(|source| library.check(&source));
    library.plans().map(|plan| (plan.id.clone(), check(&plan.id).unwrap_or_default())).collect()
});

fn item(role: &Role, saying: &Saying<'_>) -> Item {
    Item {
        title: Html::text(role.label.in_lang(saying.lang())),
        text: role.id.to_string(),
        side: Html::nothing(),
    }
}
