//! `GET /search`: reports, incidents and organisations that the reader may see, as a page or as JSON.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use fengsui_desk::{Desk, SearchHit};
use serde::{Deserialize, Serialize};

use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{Header, Html, Item, Items, Search};
use crate::routes::{self, Route, SEARCH, Who};
use crate::session::SignedIn;
use crate::state::Web;
use crate::views::{SearchGroup, SearchView};

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[Route::get(SEARCH, Who::SignedIn)];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route(SEARCH, get(search))
}

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

/// A hit as the palette reads it.
#[derive(Debug, Serialize)]
struct Found {
    kind: String,
    number: String,
    title: String,
    href: String,
}

/// `GET /search`
async fn search(
    State(desk): State<Desk>,
    reader: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let mut hits = desk.search(&reader.viewer, &asked.q).await?;
    if !reader.viewer.handles() {
        hits.iter_mut().for_each(without_internals);
    }
    if wants_json(&headers) {
        let found: Vec<Found> = hits.iter().map(|hit| found(hit, &reader)).collect();
        return Ok(Json(found).into_response());
    }
    drawn(&view(&reader, &asked.q, &hits))
}

/// What an incident is called was written for those who handle it.
fn without_internals(hit: &mut SearchHit) {
    if hit.kind == "incident" {
        hit.title.clear();
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/json"))
}

fn view(reader: &SignedIn, q: &str, hits: &[SearchHit]) -> SearchView {
    let words = reader.words();
    let group = |kind: &str, key: &str| {
        let of_kind = hits.iter().filter(|hit| hit.kind == kind);
        let items: Vec<Item> = of_kind.map(|hit| item(hit, reader)).collect();
        let empty = String::new();
        (!items.is_empty()).then(|| SearchGroup {
            title: words.t(key).into_owned(),
            items: Items { items, empty },
        })
    };
    let kinds =
        [("incident", "incidents"), ("report", "reports"), ("organisation", "organisations")];
    let groups = kinds.into_iter().filter_map(|(kind, key)| group(kind, key)).collect();
    let empty = match q.trim() {
        "" => words.t("search-ask").into_owned(),
        q => words.ta("search-nothing", &[("q", q)]),
    };
    SearchView {
        page: reader.page("search", words.t("search"), SEARCH),
        header: Header::new(words.t("search")),
        search: Search {
            action: SEARCH.to_owned(),
            label: words.t("search-label").into_owned(),
            query: q.to_owned(),
            button: words.t("search").into_owned(),
        },
        groups,
        empty,
    }
}

fn item(hit: &SearchHit, reader: &SignedIn) -> Item {
    let title = if hit.title.is_empty() { &hit.number } else { &hit.title };
    let side = match hit.kind.as_str() {
        "organisation" => Html::nothing(),
        _ => Html::of(&crate::parts::Moment::new(hit.at, reader.clock(), reader.words())),
    };
    Item { title: Html::link(&place(hit, reader), title), text: hit.number.clone(), side }
}

fn found(hit: &SearchHit, reader: &SignedIn) -> Found {
    Found {
        kind: hit.kind.clone(),
        number: hit.number.clone(),
        title: hit.title.clone(),
        href: place(hit, reader),
    }
}

/// Where a hit leads: whoever only speaks for a unit follows its reports and incidents on its own page.
fn place(hit: &SearchHit, reader: &SignedIn) -> String {
    if hit.kind != "organisation" && !reader.viewer.handles() {
        return routes::MINE.to_owned();
    }
    routes::of_stream(&hit.stream).unwrap_or_else(|| SEARCH.to_owned())
}
