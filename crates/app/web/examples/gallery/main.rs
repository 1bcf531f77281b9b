//! Every screen with made-up data, to look at while its template is being changed.
//!
//! `cargo run -p fengsui-web --example gallery`, then open the printed address.
//! `?lang=en`, `?theme=night` and `?exercise=1` change how a screen looks;
//! `?live=1` makes it listen at `/live`, which a test answers.

#![expect(clippy::too_many_lines, reason = "made-up data is long and has no logic")]

mod law;
mod public;
mod work;

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fengsui_vocabulary::Lang;
use fengsui_web::assets;
use fengsui_web::lang::{Clock, Words};
use fengsui_web::page::{Account, NavLink, Page, Place, Theme};
use jiff::{SignedDuration, Timestamp};

/// What the samples are drawn with.
#[derive(Clone)]
pub(crate) struct Easel {
    /// The words.
    pub(crate) words: Words,
    /// The time and zone.
    pub(crate) clock: Clock,
    theme: Theme,
    exercise: Option<String>,
    live: Option<String>,
}

impl Easel {
    fn new(query: &HashMap<String, String>, now: Timestamp) -> Self {
        let lang = query.get("lang").and_then(|tag| tag.parse().ok()).unwrap_or(Lang::Zh);
        let words = Words::of(lang);
        let clock = Clock::in_shanghai(now);
        let theme = Theme::from_cookie(query.get("theme").map(String::as_str));
        let name = match lang {
            Lang::Zh => "护网二号",
            Lang::En => "Second Shield",
        };
        let exercise = query.get("exercise").map(|_| name.to_owned());
        let live = query.get("live").map(|_| "/live".to_owned());
        Self { words, clock, theme, exercise, live }
    }

    /// One of two texts, by the reader's language.
    pub(crate) fn pick(&self, zh: &str, en: &str) -> String {
        match self.words.lang() {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    /// The words for a key.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }

    /// So many minutes from now.
    pub(crate) fn minutes(&self, minutes: i64) -> Timestamp {
        self.clock.now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(self.clock.now)
    }

    /// A page for somebody from the street.
    pub(crate) fn public_page(&self, name: &'static str, title: &str) -> Page {
        let mut page = Page::new(name, title, self.words, self.clock.clone());
        page.theme = self.theme;
        page.exercise.clone_from(&self.exercise);
        page.path = format!("/{name}");
        "sample".clone_into(&mut page.csrf);
        page
    }

    /// A page for a duty officer.
    pub(crate) fn page(&self, name: &'static str, title: &str, place: &str) -> Page {
        let mut page = self.public_page(name, title);
        page.live.clone_from(&self.live);
        page.account = Some(Account {
            name: "lin".to_owned(),
            person: self.pick("林岚", "Lin Lan"),
            office: self.pick("市委网信办 · 值班员", "Municipal CAC · duty officer"),
        });
        let places = [
            ("desk", "nav-desk", None),
            ("reports", "nav-reports", Some(3)),
            ("incident", "nav-incidents", None),
            ("organisations", "nav-organisations", None),
            ("my", "nav-my-organisation", None),
            ("plans", "nav-plans", None),
            ("search", "nav-search", None),
        ];
        page.navigation = places
            .into_iter()
            .map(|(href, key, waiting)| NavLink {
                href: format!("/{href}"),
                text: self.t(key),
                place: Place::is(&href, &place),
                waiting,
            })
            .collect();
        page.footer = vec![
            (self.t("foot-clock"), self.pick("系统时钟，偏差 12 毫秒", "system clock, 12 ms off")),
            (self.t("foot-backup"), self.pick("3 小时前", "3 h ago")),
            (self.t("foot-dispatch"), self.pick("0 秒", "0 s")),
        ];
        page
    }
}

async fn screen(
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    #[expect(
        clippy::disallowed_methods,
        reason = "the gallery is drawn for whoever looks at it now"
    )]
    let easel = Easel::new(&query, Timestamp::now());
    let drawn = match name.as_str() {
        "desk" => work::desk(&easel),
        "reports" => work::reports(&easel),
        "report" => work::report(&easel),
        "incident" => law::incident(&easel),
        "organisations" => work::organisations(&easel),
        "organisation" => work::organisation(&easel),
        "my" => work::my_organisation(&easel),
        "plans" => law::plans(&easel),
        "plan" => law::plan(&easel),
        "search" => work::search(&easel),
        "sign-in" => public::sign_in(&easel),
        "public-report" => public::report(&easel),
        "receipt" => public::receipt(&easel),
        "look-up" => public::look_up(&easel),
        "error" => public::error(&easel),
        "document" => law::document(&easel),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match drawn {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let router: Router =
        assets::routes().route("/{name}", get(screen)).layer(from_fn(assets::harden));
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await?;
    writeln!(std::io::stdout(), "http://{}/desk", listener.local_addr()?)?;
    axum::serve(listener, router).await?;
    Ok(())
}
