//! A centre with everybody of the stories in it, and a browser and a program to ask it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use fengsui_desk::{Desk, DeskSettings, IdSource, StoryClock};
use fengsui_web::{Limits, WebSettings};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

const PASSWORD: &str = "beacon-tower";

/// Ids in a row, and secrets whose first letters differ, because numbers of reports are made of them.
#[derive(Debug, Default)]
struct InARow(AtomicU64);

impl IdSource for InARow {
    fn draw(&self, _now: jiff::Timestamp) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn secret(&self) -> [u8; 32] {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        std::array::from_fn(|place| {
            let letter = (drawn >> (5 * (place % 6))) & 31;
            u8::try_from(letter).unwrap()
        })
    }
}

/// A centre under test.
pub(crate) struct House {
    pub(crate) desk: Desk,
    router: Router,
    _folder: TempDir,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Somebody with a browser.
pub(crate) struct Browser<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
    lang: &'static str,
}

/// A program with a token.
pub(crate) struct Program<'a> {
    house: &'a House,
    token: String,
}

impl House {
    /// Everybody is there, nothing has happened; it is 10:00 on 14 March 2026 in Shanghai.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoryClock::at("2026-03-14T10:00:00+08:00".parse().unwrap());
        let settings = DeskSettings {
            url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
            clock: Arc::new(clock),
            ids: Arc::new(InARow::default()),
        };
        let desk = Desk::open(&settings).await.unwrap();
        desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
        fengsui_scenarios::register(&desk).await.unwrap();
        fengsui_scenarios::appoint(&desk, PASSWORD).await.unwrap();
        let limits = Limits { public_reports_per_hour_max: 100, attachment_bytes_max: 1 << 20 };
        let settings = WebSettings {
            is_secure: false,
            trusted_proxies: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            limits,
            fonts: Vec::new(),
        };
        let router = fengsui_web::router(desk.clone(), settings);
        Self { desk, router, _folder: folder }
    }

    /// Signs somebody in.
    pub(crate) async fn browser(&self, login: &str, lang: &'static str) -> Browser<'_> {
        let signed_in = self.desk.sign_in(login, PASSWORD).await.unwrap().unwrap();
        Browser {
            house: self,
            cookie: format!("session={}; lang={lang}", signed_in.cookie.0),
            csrf: signed_in.session.csrf,
            lang,
        }
    }

    /// A program that acts as somebody.
    pub(crate) async fn program(&self, login: &str) -> Program<'_> {
        let account = self.desk.account(login).await.unwrap().unwrap();
        let token = self.desk.make_token(account.person, &format!("{login}-test")).await.unwrap();
        Program { house: self, token }
    }

    /// The bytes behind a link.
    pub(crate) async fn fetch(&self, login: &str, path: &str) -> Vec<u8> {
        let browser = self.browser(login, "zh-CN").await;
        let request = Request::get(path).header("cookie", &browser.cookie).body(Body::empty());
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    pub(crate) fn organisation(&self, name: &str) -> String {
        self.desk.directory().named(name).unwrap().to_string()
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.text)).to_owned()
    }

    /// What is inside `<main>`, without what differs from run to run.
    pub(crate) fn main(&self) -> String {
        let from = self.text.find("<main").unwrap_or_else(|| panic!("no page: {}", self.text));
        let until = self.text.find("</main>").unwrap();
        let shown = &self.text[from..until];
        ["cmd_", "rep_", "org_", "inc_", "name=\"csrf\" value=\""]
            .iter()
            .fold(shown.to_owned(), |shown, mark| without_drawn(&shown, mark))
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header("cookie", &self.cookie)
            .header("accept-language", self.lang)
            .body(Body::empty());
        self.house.ask(request.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("csrf={}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", escaped(value)));
        }
        self.send(path, body).await
    }

    /// Posts without the session's token.
    pub(crate) async fn post_foreign(&self, path: &str) -> Answer {
        self.send(path, format!("csrf={}", "0".repeat(64))).await
    }

    /// Posts words and one file.
    pub(crate) async fn post_file(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (name, bytes): (&str, &str),
    ) -> Answer {
        let mut body = String::new();
        for (name, value) in fields.iter().chain(&[("csrf", self.csrf.as_str())]) {
            body.push_str(&format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str(&format!(
            "--edge\r\ncontent-disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n\
             content-type: text/plain\r\n\r\n{bytes}\r\n--edge--\r\n"
        ));
        let request = Request::post(path)
            .header("cookie", &self.cookie)
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(Body::from(body));
        self.house.ask(request.unwrap()).await
    }

    async fn send(&self, path: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.house.ask(request.unwrap()).await
    }
}

impl Program<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Vec::new(), &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body.to_string().into_bytes(), &[]).await
    }

    pub(crate) async fn post_keyed(&self, path: &str, body: &Value, key: &str) -> Answer {
        let bytes = body.to_string().into_bytes();
        self.send(Method::POST, path, bytes, &[("idempotency-key", key)]).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        more: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        self.house.ask(request.body(Body::from(body)).unwrap()).await
    }
}

/// Cuts what was drawn behind a mark: the same page reads the same whatever was drawn before.
fn without_drawn(text: &str, mark: &str) -> String {
    let mut pieces = text.split(mark);
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shown.push_str(mark);
        shown.push('…');
        shown.push_str(
            piece.trim_start_matches(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit()),
        );
    }
    shown
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        escaped.push_str(&format!("%{byte:02X}"));
    }
    escaped
}
