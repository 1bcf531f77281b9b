//! `GET /plans/{plan}`: one plan as a document, with its checks, its editions and who fills its roles.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Capacity, Desk};
use fengsui_plan::{Diagnostic, Plan};
use fengsui_vocabulary::PlanId;

use super::list::{checked, findings, standing};
use super::wording::Wording;
use super::{book, tables};
use crate::answer::drawn;
use crate::error::WebError;
use crate::page::{Page, Place};
use crate::parts::{
    Header, Heading, Html, Item, Items, Link, Notice, Pairs, Primary, Row, Table, Tone,
};
use crate::routes::{self, PLANS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::BookClause;

#[derive(Debug, Template)]
#[template(path = "plan_book.html")]
struct PlanBook {
    page: Page,
    header: Header,
    notice: Notice,
    contents: Vec<(Link, Html)>,
    about: Pairs,
    findings: Items,
    editions: Table,
    clauses: Vec<BookClause>,
}

/// `GET /plans/{plan}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let plan = desk.plan(&plan).ok_or(WebError::NoSuchPage)?;
    let words = reader.words();
    let wording = Wording { plan: &plan, words };
    let saying = Saying::to(&reader.visitor, Some(&plan));
    let is_lead = desk.lead_plan().is_some_and(|lead| lead.id == plan.id);
    let filled = if is_lead { desk.roles() } else { Vec::new() };
    let part = |id: &str, key: &str, table: &Table| {
        (Link::new(format!("#{id}"), words.t(key)), Html::of(table))
    };
    let contents = vec![
        part("book-duties", "book-duties", &tables::duties(&wording, &saying)),
        part("book-levels", "book-levels", &tables::levels(&wording, &saying)),
        part("book-authorities", "authority", &tables::authorities(&wording)),
        part("book-roles", "book-roles", &tables::roles(&wording, &filled)),
        part("book-policies", "plan-policies", &tables::policies(&wording)),
    ];
    let title = plan.about.title.in_lang(words.lang()).to_owned();
    drawn(&PlanBook {
        page: reader.page("plan", title.clone(), PLANS),
        header: header(&reader, &plan, title, &saying),
        notice: Notice::new(Tone::Plain, plan.about.notice.in_lang(words.lang())),
        contents,
        about: about(&plan, &saying),
        findings: found(&plan, &saying),
        editions: editions(&plan, &saying),
        clauses: book::clauses(&wording, &saying),
    })
}

fn header(reader: &SignedIn, plan: &Plan, title: String, saying: &Saying<'_>) -> Header {
    let words = reader.words();
    let mut header = Header::new(title)
        .below(vec![Link::new(PLANS, words.t("plans"))], words)
        .mark(Html::of(&standing(plan, saying)))
        .mark(Html::of(&checked(plan, saying)));
    let in_force = saying.directory.centre().edition(&plan.id);
    let is_in_force = in_force.is_some_and(|edition| edition.hash == plan.hash);
    if reader.viewer.is(Capacity::PlanOfficer) && !is_in_force {
        header = header.primary(Primary::Post {
            action: format!("{}/adopt", routes::plan(&plan.id)),
            csrf: reader.csrf().to_owned(),
            text: words.t("plan-adopt").into_owned(),
        });
    }
    header
}

fn about(plan: &Plan, saying: &Saying<'_>) -> Pairs {
    let (words, about) = (saying.words, &plan.about);
    let text = |text: &str| Html::text(text);
    let mut pairs = Pairs::default()
        .with(words.t("plan-issuer"), text(about.issuer.in_lang(words.lang())))
        .with(words.t("plan-edition"), text(&about.edition));
    if let Some(number) = &about.document_number {
        pairs = pairs.with(words.t("document-number"), text(number));
    }
    if let Some(from) = about.in_force_from {
        pairs = pairs.with(words.t("plan-in-force"), text(&from.to_string()));
    }
    pairs
        .with(words.t("book-pack"), text(plan.id.as_str()))
        .with(words.t("plan-hash"), text(&plan.hash))
        .with(words.t("clause-official"), text(&words.t("book-official-absent")))
}

fn found(plan: &Plan, saying: &Saying<'_>) -> Items {
    let item = |finding: &Diagnostic| Item {
        title: Html::text(finding.what()),
        text: finding.code().to_owned(),
        side: Html::nothing(),
    };
    Items {
        items: findings(plan).iter().map(item).collect(),
        empty: saying.words.t("book-check-nothing").into_owned(),
    }
}

/// Editions that were adopted here, with by whom and when.
fn editions(plan: &Plan, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("plan-hash")),
        Heading::plain(words.t("book-adopted-at")),
        Heading::plain(words.t("book-adopted-by")),
    ];
    let adopted = saying.directory.centre().adopted.values();
    let rows = adopted.filter(|edition| edition.plan.plan == plan.id).map(|edition| {
        Row::new(vec![
            Html::text(edition.plan.hash.get(..12).unwrap_or_default()),
            Html::of(&saying.moment(edition.at)),
            Html::text(saying.person(edition.by)),
        ])
    });
    Table::new(words.t("book-editions"), headings, words.t("plan-state-shipped")).with(rows)
}
