//! 监测: what feeds say, and what is made of it.
//!
//! Every answer is within what the reader may see. A watch that is not set up, or does not answer, is said on
//! the screen; nothing else depends on it.
//!
//! Start reading at [`asked`] (what an address asks for), then `overview` and `search`.

mod asked;
mod chart;
mod feeds;
mod overview;
mod quarantine;
mod record;
mod report;
mod report_form;
mod said;
mod search;
mod tops;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use fengsui_desk::{Capacity, Desk, Lookout, NoAnswer};
use fengsui_records::{Place, Sight};

use crate::error::WebError;
use crate::lang::Words;
use crate::page::{Page, Place as Here, escaped};
use crate::parts::{Header, Html, Link, Notice, Tab, Tabs, Tone};
use crate::routes::{Route, WATCH, Who};
use crate::session::SignedIn;
use crate::state::Web;
use crate::views::{General, Section};

const SEARCH: &str = "/watch/search";
const QUARANTINE: &str = "/watch/quarantine";
const AGAIN: &str = "/watch/quarantine/again";
const REPORTS: &str = "/watch/reports";
const TAKE_IN: &str = "/watch/reports/take-in";

/// Who may make reports out of records: whoever takes reports in.
const TAKING_IN: Who = Who::Any(&[Capacity::Officer]);

/// Who may have what is in quarantine read again.
const REREADING: Who = Who::Any(&[Capacity::Officer]);

/// Who may take which route. Who is signed in and has nothing to do with the watch is turned away there.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(WATCH, Who::SignedIn),
    Route::get(SEARCH, Who::SignedIn),
    Route::get("/watch/records/{place}", Who::SignedIn),
    Route::get(QUARANTINE, Who::SignedIn),
    Route::post(AGAIN, REREADING),
    Route::post(REPORTS, TAKING_IN),
    Route::post(TAKE_IN, TAKING_IN),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(WATCH, get(overview::show))
        .route(SEARCH, get(search::show))
        .route("/watch/records/{place}", get(record::show))
        .route(QUARANTINE, get(quarantine::show))
        .route(AGAIN, post(quarantine::reread))
        .route(REPORTS, post(report::prepare))
        .route(TAKE_IN, post(report::take_in))
}

/// The page of a record.
fn record_path(place: &Place) -> String {
    format!("/watch/records/{}", encoded(&place.to_string()))
}

/// A text as one part of an address.
fn encoded(text: &str) -> String {
    escaped(text).replace('/', "%2F")
}

/// A frame of the watch. It does not refresh by itself: that would ask the lake at every entry of the journal,
/// and forget which records were ticked.
fn page(reader: &SignedIn, title: String) -> Page {
    let mut page = reader.page("watch", title, WATCH);
    page.live = None;
    page
}

/// The places of the watch that this reader has.
fn tabs(reader: &SignedIn, here: &str) -> Tabs {
    let words = reader.words();
    let tab = |(href, key): (&str, &str)| Tab {
        link: Link::new(href, words.t(key)),
        place: Here::is(&href, &here),
        count: None,
    };
    let places = [(WATCH, "lookout-overview"), (SEARCH, "lookout-search")];
    let quarantine = (sees_everything(reader)).then_some((QUARANTINE, "lookout-quarantine"));
    Tabs {
        label: words.t("nav-watch").into_owned(),
        tabs: places.into_iter().chain(quarantine).map(tab).collect(),
    }
}

fn sees_everything(reader: &SignedIn) -> bool {
    reader.viewer.sight_of_records() == Sight::Everything
}

/// The watch, where one is set up; whoever has nothing to do with it is turned away.
fn lookout(desk: &Desk, reader: &SignedIn) -> Result<Option<Arc<dyn Lookout>>, WebError> {
    if reader.viewer.may_watch() { Ok(desk.lookout()) } else { Err(WebError::NotForYou) }
}

/// A screen that is headings over parts.
fn screen(page: Page, header: Header, tabs: Tabs, sections: Vec<Section>) -> General {
    General { page, header, strip: None, tabs: Some(tabs), sections, acts: Vec::new() }
}

/// The screen where no watch is set up: that it is so, and how to set one up.
fn not_set_up(reader: &SignedIn, here: &str) -> General {
    let words = reader.words();
    let title = words.t("nav-watch").into_owned();
    let said = Html::stacked(
        ["lookout-none-why", "lookout-none-how", "lookout-none-desk"]
            .map(|key| Html::text(words.t(key))),
    );
    let section = Section::new("none", words.t("lookout-none"), said);
    screen(page(reader, title.clone()), Header::new(title), tabs(reader, here), vec![section])
}

/// What to say of a question that has no answer.
fn no_answer(fault: &NoAnswer, words: Words) -> (StatusCode, String) {
    match fault {
        NoAnswer::TooMuch => {
            (StatusCode::SERVICE_UNAVAILABLE, words.t("lookout-too-much").into_owned())
        }
        NoAnswer::Malformed(what) => {
            (StatusCode::UNPROCESSABLE_ENTITY, words.ta("lookout-malformed", &[("what", what)]))
        }
        NoAnswer::Unreadable { source } => {
            tracing::error!(%source, "the records cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, words.t("lookout-unreadable").into_owned())
        }
    }
}

/// The same as a part of a screen whose other parts have answers.
fn instead(fault: &NoAnswer, words: Words) -> Html {
    Html::of(&Notice::new(Tone::Attention, no_answer(fault, words).1))
}
