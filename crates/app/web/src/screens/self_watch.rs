//! How the program itself is: the footer of the Desk, and what an outside watch may ask.
//!
//! Who works at the desk sees everything; `/health` says yes or no and not why.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fengsui_desk::{Ailment, ClockReading, Desk, SelfWatch};
use jiff::{SignedDuration, Timestamp};

use crate::lang::{Words, span};
use crate::page::Page;
use crate::parts::{Notice, Tone};
use crate::routes::{self, Route, Who};
use crate::state::Web;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[Route::get(routes::HEALTH, Who::Public)];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route(routes::HEALTH, get(health))
}

/// `GET /health`: 200 while duties are watched over, 503 while they are not.
async fn health(State(desk): State<Desk>) -> Response {
    let is_well = match desk.self_watch().await {
        Ok(watch) => !watch.ailments.iter().any(|ailment| ailment.is_grave()),
        Err(fault) => {
            tracing::warn!(%fault, "the program cannot look at itself");
            false
        }
    };
    let (status, text) = if is_well {
        (StatusCode::OK, "{\"status\":\"well\"}\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "{\"status\":\"unwell\"}\n")
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, text).into_response()
}

/// Puts how the program is on a page: every ailment on top, the figures at the foot.
pub(crate) fn show(page: &mut Page, watch: &SelfWatch) {
    let words = page.words;
    // That nothing goes out is told by the messages themselves, with the reasons.
    let told = watch.ailments.iter().filter(|ailment| **ailment != Ailment::DispatchHeld);
    page.notices.extend(told.map(|ailment| notice(*ailment, words)));
    page.footer.extend(figures(watch, words));
}

fn notice(ailment: Ailment, words: Words) -> Notice {
    let key = format!("watch-{}", ailment.name());
    Notice::new(Tone::Attention, words.t(&key)).line(words.t(&format!("{key}-do")))
}

fn figures(watch: &SelfWatch, words: Words) -> Vec<(String, String)> {
    let ago =
        |at: Timestamp| words.ta("watch-ago", &[("t", &span(watch.at.duration_since(at), words))]);
    let lag = |since: Option<Timestamp>| match since {
        Some(since) => span(watch.at.duration_since(since), words),
        None => words.t("watch-nothing-waits").into_owned(),
    };
    let mut figures = vec![
        (words.t("watch-clock").into_owned(), clock(watch.clock.as_ref(), words)),
        (
            words.t("watch-backup").into_owned(),
            match &watch.backup {
                Some(made) => ago(made.made_at),
                None => words.t("watch-none").into_owned(),
            },
        ),
        (words.t("watch-clock-lag").into_owned(), lag(watch.unfired_since)),
        (words.t("watch-dispatch-lag").into_owned(), lag(watch.unsent_since)),
    ];
    if let Some(beat) = &watch.heartbeat {
        let told = beat.taken_at.map_or_else(|| words.t("watch-none").into_owned(), ago);
        figures.push((words.t("watch-heartbeat").into_owned(), told));
    }
    if let Some(jump) = watch.jump {
        let by = format!("{}{}", sign(jump.by), span(jump.by.abs(), words));
        let at = ago(jump.at);
        let told = words.ta("watch-jumped-by", &[("by", &by), ("at", &at)]);
        figures.push((words.t("watch-jump").into_owned(), told));
    }
    figures
}

fn clock(reading: Option<&ClockReading>, words: Words) -> String {
    let Some(reading) = reading else { return words.t("watch-clock-uncompared").into_owned() };
    match reading.offset {
        Some(offset) => {
            let offset = format!("{}{} ms", sign(offset), offset.as_millis().unsigned_abs());
            words.ta("watch-clock-offset", &[("offset", &offset), ("source", &reading.source)])
        }
        None => words.ta("watch-clock-silent", &[("source", &reading.source)]),
    }
}

const fn sign(length: SignedDuration) -> &'static str {
    if length.is_negative() { "−" } else { "+" }
}
