//! `GET /plans`: the plans at hand, and roles that nobody fills.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk};
use fengsui_plan::{Library, Plan, Role};

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
        Heading::plain(words.t("book-state")),
        Heading::plain(words.t("plan-check")),
        Heading::plain(words.t("plan-hash")),
    ];
    let table = Table::new(words.t("plans"), headings, words.t("plans-none"));
    let rows = Library::shipped().plans().map(|plan| row(plan, &saying));
    let unbound = desk.unbound_roles();
    let mut page = reader.page("plans", words.t("plans"), PLANS);
    if !unbound.is_empty() {
        let notice = Notice::new(Tone::Attention, words.tn("book-unbound-warning", unbound.len()));
        page.notices.push(notice.line(words.t("book-unbound-text")));
    }
    let mut header = Header::new(words.t("plans")).lead(words.t("plans-lead"));
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
    let title = plan.about.title.in_lang(saying.lang());
    Row::new(vec![
        Html::stacked([Html::link(&routes::plan(&plan.id), title), Html::text(plan.id.as_str())]),
        Html::text(&plan.about.edition),
        Html::text(plan.about.issuer.in_lang(saying.lang())),
        Html::of(&standing(plan, saying)),
        Html::of(&checked(plan, saying)),
        Html::text(plan.hash.get(..12).unwrap_or_default()),
    ])
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

/// What checking the pack found.
pub(super) fn checked(plan: &Plan, saying: &Saying<'_>) -> StateBadge {
    let found = findings(plan).len();
    if found == 0 {
        StateBadge::new(Mood::Done, saying.words.t("plan-check-passed"))
    } else {
        StateBadge::new(Mood::Attention, saying.words.tn("plan-check-errors", found))
    }
}

/// Everything that a check of the pack finds.
pub(super) fn findings(plan: &Plan) -> Vec<fengsui_plan::Diagnostic> {
    let library = Library::shipped();
    library.source(&plan.id).map(|source| library.check(&source)).unwrap_or_default()
}

fn item(role: &Role, saying: &Saying<'_>) -> Item {
    Item {
        title: Html::text(role.label.in_lang(saying.lang())),
        text: role.id.to_string(),
        side: Html::nothing(),
    }
}
