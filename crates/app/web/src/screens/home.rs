//! `/` leads everybody to where they begin; language and theme are switched from every screen.

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use fengsui_desk::Viewer;
use fengsui_vocabulary::Lang;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::answer::drawn;
use crate::cookie::Cookie;
use crate::error::WebError;
use crate::page::Width;
use crate::parts::{Header, Html, Item, Items, Link, Primary};
use crate::routes;
use crate::session::{LANGUAGE, THEME, Visitor};
use crate::state::Web;
use crate::views::{General, Section};

/// How long a browser remembers language and theme.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 365);

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(routes::HOME, get(home))
        .route(routes::LANGUAGE, get(language).post(language))
        .route(routes::THEME, get(theme))
}

/// `GET /`
async fn home(visitor: Visitor) -> Result<Response, WebError> {
    match visitor.viewer() {
        Some(viewer) => Ok(Redirect::to(beginning(viewer)).into_response()),
        None => drawn(&landing(&visitor)),
    }
}

/// Where somebody who is signed in begins.
pub(crate) fn beginning(viewer: &Viewer) -> &'static str {
    use fengsui_desk::Capacity::{Administrator, PlanOfficer, Registrar};

    if viewer.handles() {
        routes::DESK
    } else if viewer.is_any(&[Administrator]) {
        routes::ADMIN
    } else if viewer.is_any(&[Registrar]) {
        routes::ORGANISATIONS
    } else if viewer.is_any(&[PlanOfficer]) {
        routes::PLANS
    } else {
        routes::MINE
    }
}

/// What somebody finds who comes from outside.
fn landing(visitor: &Visitor) -> General {
    let words = visitor.words();
    let mut page = visitor.page("home", words.t("brand-line"), routes::HOME);
    page.width = Width::Narrow;
    let way = |href, title, text| Item {
        title: Html::link(href, &words.t(title)),
        text: words.t(text).into_owned(),
        side: Html::nothing(),
    };
    let ways = Items {
        items: vec![
            way(routes::LOOK_UP, "nav-look-up", "look-up-lead"),
            way(routes::SIGN_IN, "nav-sign-in", "sign-in-lead"),
        ],
        empty: String::new(),
    };
    General {
        page,
        header: Header::new(words.t("home-title"))
            .lead(words.t("home-lead"))
            .primary(Primary::Go(Link::new(routes::PUBLIC_REPORT, words.t("nav-report")))),
        strip: None,
        tabs: None,
        sections: vec![Section::new("ways", words.t("home-ways"), Html::of(&ways))],
        acts: vec![],
    }
}

/// A switch and where to come back to.
#[derive(Debug, Deserialize)]
struct Switch {
    to: Option<String>,
    back: Option<String>,
}

/// `GET /language`
async fn language(visitor: Visitor, Query(switch): Query<Switch>) -> Response {
    let lang: Lang = switch.to.as_deref().and_then(|to| to.parse().ok()).unwrap_or_default();
    let response = Redirect::to(routes::local(switch.back.as_deref())).into_response();
    visitor.with_cookie(response, Cookie::new(LANGUAGE, lang.tag()).lasting(REMEMBERED))
}

/// `GET /theme`
async fn theme(visitor: Visitor, Query(switch): Query<Switch>) -> Response {
    let theme = match switch.to.as_deref() {
        Some("light") => "light",
        Some("night") => "night",
        Some(_) | None => "system",
    };
    let response = Redirect::to(routes::local(switch.back.as_deref())).into_response();
    visitor.with_cookie(response, Cookie::new(THEME, theme).lasting(REMEMBERED))
}
