//! `GET /plans/{plan}`: one plan to read, clause by clause, with what the program does beside it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, RulingView};
use fengsui_plan::{Library, Plan, Reckoning};
use fengsui_response::PlanRef;
use fengsui_vocabulary::{ClauseId, PlanId, Prose};

use super::book::{self, BookClause};
use super::evidence::Shares;
use super::frame::{Frame, Leaf};
use crate::answer::drawn;
use crate::error::WebError;
use crate::page::{Page, Place};
use crate::parts::{Header, Html, Link, Notice, Pairs, Tabs, Tone};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;

#[derive(Debug, Template)]
#[template(path = "plan_book.html")]
struct PlanBook {
    page: Page,
    header: Header,
    tabs: Tabs,
    notice: Notice,
    about: Pairs,
    /// The clauses to jump to.
    contents: Vec<Link>,
    clauses: Vec<BookClause>,
}

/// `GET /plans/{plan}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let (plan, saying) = (&*frame.plan, frame.saying());
    let mut clauses = book::clauses(&frame.wording(), &saying);
    read_beside(&desk, &frame, &mut clauses).await?;
    let mut header = frame.header();
    header.primary = frame.adopting();
    drawn(&PlanBook {
        page: frame.page(),
        header,
        tabs: frame.tabs(Leaf::Book),
        notice: Notice::new(Tone::Plain, plan.about.notice.in_lang(saying.lang())),
        about: about(plan, &saying),
        contents: clauses.iter().map(|it| Link::new(format!("#{}", it.id), &it.number)).collect(),
        clauses,
    })
}

/// Puts what this deployment attached beside its clauses: official wordings, rulings that hold.
async fn read_beside(
    desk: &Desk,
    frame: &Frame,
    clauses: &mut [BookClause],
) -> Result<(), WebError> {
    let (directory, saying) = (desk.directory(), frame.saying());
    let (centre, edition) = (directory.centre(), PlanRef::of(&frame.plan));
    for clause in clauses {
        let Ok(id) = clause.number.parse::<ClauseId>() else { continue };
        if centre.wordings.contains_key(&(edition.clone(), Some(id.clone()))) {
            let wording = desk.wording(&edition, &id).await?;
            clause.official = wording.map(|it| String::from_utf8_lossy(&it.bytes).into_owned());
        }
        if centre.rulings(&frame.plan.id, &id).next().is_none() {
            continue;
        }
        let rulings = desk.rulings(&frame.plan.id, &id).await?;
        let holding = rulings.iter().filter(|ruling| ruling.withdrawn.is_none());
        clause.rulings = holding.map(|ruling| said(ruling, &saying)).collect();
    }
    Ok(())
}

/// A ruling in short: what was asked, what holds, who said so and when.
fn said(ruling: &RulingView, saying: &Saying<'_>) -> Html {
    let text = |text: Option<&Prose>| text.map(ToString::to_string).unwrap_or_default();
    let by = format!("{} ", ruling.by_name);
    book::lines([
        Html::text(text(ruling.question.as_ref())),
        Html::text(text(ruling.ruling.as_ref())),
        Html::marks([book::small(&by), Html::of(&saying.moment(ruling.at))]),
    ])
}

fn about(plan: &Plan, saying: &Saying<'_>) -> Pairs {
    let (words, about) = (saying.words, &plan.about);
    let lang = words.lang();
    let text = |text: &str| Html::text(text);
    let day = |day: jiff::civil::Date| Html::text(day.to_string());
    let mut pairs = Pairs::default()
        .with(words.t("plan-issuer"), text(about.issuer.in_lang(lang)))
        .with(words.t("plan-edition"), text(&about.edition));
    let optional = [
        ("plan-jurisdiction", about.jurisdiction.as_ref().map(|it| text(it.in_lang(lang)))),
        ("document-number", about.document_number.as_deref().map(text)),
        ("plan-in-force", about.in_force_from.map(day)),
        ("plan-in-force-until", about.in_force_until.map(day)),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            pairs = pairs.with(words.t(key), value);
        }
    }
    for below in &plan.lineage {
        let title = Library::shipped().plan(below);
        let title = title.map(|plan| plan.about.title.in_lang(lang).to_owned());
        let link = Html::link(&routes::plan(below), &title.unwrap_or_else(|| below.to_string()));
        pairs = pairs.with(words.t("plan-stands-on"), link);
    }
    let zone = plan.time_zone.iana_name().unwrap_or_default();
    let zone = match plan.reckons_by {
        Reckoning::Zone => zone.to_owned(),
        Reckoning::Anchor => words.ta("plan-reckons-by-anchor", &[("zone", zone)]),
    };
    pairs
        .with(words.t("plan-evidence"), Html::of(&Shares::of(plan, words)))
        .with(words.t("plan-zone"), text(&zone))
        .with(words.t("book-pack"), text(plan.id.as_str()))
        .with(words.t("plan-hash"), text(&plan.hash))
        .with(words.t("plan-canonical-hash"), text(&plan.canonical_hash))
        .with(words.t("clause-official"), text(&words.t("book-official-absent")))
}
