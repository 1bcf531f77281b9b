//! A centre with everybody of the stories in it, and browsers that keep their cookies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use fengsui_desk::{Desk, DeskSettings, IdSource, StoryClock};
use fengsui_web::{Limits, WebSettings};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const UNIT: &str = "浦江数据服务有限公司";
const PASSWORD: &str = "beacon-tower";
const BOUNDARY: &str = "a-boundary-of-the-test";

/// Ids in a row, and secrets whose first letters differ, because numbers of reports are made of them.
#[derive(Debug, Default)]
struct InARow(AtomicU64);

impl IdSource for InARow {
    fn draw(&self, _now: jiff::Timestamp) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn secret(&self) -> [u8; 32] {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        std::array::from_fn(|place| u8::try_from(drawn >> (5 * (place % 6)) & 31).unwrap())
    }
}

/// A centre under test.
pub(crate) struct Centre {
    pub(crate) desk: Desk,
    clock: Arc<StoryClock>,
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

/// Somebody with a browser, which keeps its cookies.
pub(crate) struct Browser<'a> {
    centre: &'a Centre,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A file that is handed in.
pub(crate) type File<'a> = (&'a str, &'a [u8]);

impl Centre {
    /// Everybody is there, nothing has happened; it is 10:00 on 14 March 2026 in Shanghai.
    pub(crate) async fn new() -> Self {
        Self::with(Limits { public_reports_per_hour_max: 100, attachment_bytes_max: 4_096 }).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StoryClock::at("2026-03-14T10:00:00+08:00".parse().unwrap()));
        let told: Arc<StoryClock> = Arc::clone(&clock);
        let settings = DeskSettings {
            url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
            clock: told,
            ids: Arc::new(InARow::default()),
        };
        let desk = Desk::open(&settings).await.unwrap();
        desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
        fengsui_scenarios::register(&desk).await.unwrap();
        fengsui_scenarios::appoint(&desk, PASSWORD).await.unwrap();
        let settings = WebSettings {
            is_secure: false,
            trusted_proxies: Vec::new(),
            limits,
            fonts: Vec::new(),
        };
        let router = fengsui_web::router(desk.clone(), settings);
        Self { desk, clock, router, _folder: folder }
    }

    /// It is this time on 14 March 2026.
    pub(crate) fn at(&self, time: &str) {
        self.clock.set(format!("2026-03-14T{time}:00+08:00").parse().unwrap());
    }

    /// Somebody who is signed in.
    pub(crate) async fn somebody(&self, login: &str) -> Browser<'_> {
        let signed_in = self.desk.sign_in(login, PASSWORD).await.unwrap().unwrap();
        let browser = self.nobody("zh-CN");
        browser.take("session", &signed_in.cookie.0);
        browser
    }

    /// Somebody from outside.
    pub(crate) fn nobody(&self, lang: &str) -> Browser<'_> {
        let browser = Browser { centre: self, cookies: Mutex::default() };
        browser.take("lang", lang);
        browser
    }

    /// How far the journal is.
    pub(crate) async fn written(&self) -> u64 {
        self.desk.verify(|_, _| {}).await.unwrap().unwrap().position
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Browser<'_> {
    /// Keeps a cookie.
    pub(crate) fn take(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts words, with the token of a form of this screen.
    pub(crate) async fn post(&self, screen: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(screen).await.hidden("csrf");
        self.post_with(path, &token, fields).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        token: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let pairs = [("csrf", token)].into_iter().chain(fields.iter().copied());
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.post_raw(path, pairs.join("&").into_bytes()).await
    }

    pub(crate) async fn post_raw(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// Posts words and files, as the public form does.
    pub(crate) async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[File<'_>],
    ) -> Answer {
        self.post_parts(path, parts(fields, files)).await
    }

    pub(crate) async fn post_parts(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        let answer = self.centre.ask(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.take(name, rest.split(';').next().unwrap());
        }
        answer
    }
}

impl Answer {
    /// What is inside `<main>`, without what is drawn anew for every page.
    pub(crate) fn main(&self) -> String {
        let from = self.text.find("<main").unwrap_or_else(|| panic!("no page: {}", self.text));
        let shown = &self.text[from..self.text.find("</main>").unwrap()];
        ["cmd_", "rep_", "org_", "inc_", "blob_", "name=\"csrf\" value=\"", "code small\">"]
            .iter()
            .fold(shown.to_owned(), |shown, mark| without_drawn(&shown, mark))
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let from = self.text.find(&mark).unwrap_or_else(|| panic!("no {name}: {}", self.text));
        self.text[from + mark.len()..].split('"').next().unwrap().to_owned()
    }

    /// The command of the form that posts to a path.
    pub(crate) fn command(&self, action: &str) -> String {
        let mark = format!("action=\"{action}\"");
        let form = self.text.find(&mark).unwrap_or_else(|| panic!("no {action}: {}", self.text));
        let form = Answer {
            status: self.status,
            headers: HeaderMap::new(),
            text: self.text[form..].to_owned(),
        };
        form.hidden("command")
    }

    /// What follows a text up to a tag.
    pub(crate) fn after(&self, mark: &str) -> String {
        let from = self.text.find(mark).unwrap_or_else(|| panic!("no {mark}: {}", self.text));
        self.text[from + mark.len()..].split('<').next().unwrap().to_owned()
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers["location"].to_str().unwrap()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

/// Words and files in the form that browsers send them.
pub(crate) fn parts(fields: &[(&str, &str)], files: &[File<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .bytes(),
        );
    }
    for (name, bytes) in files {
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n").bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// Cuts what was drawn behind a mark: the same page reads the same whatever was drawn before.
fn without_drawn(text: &str, mark: &str) -> String {
    let mut pieces = text.split(mark);
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shown.push_str(mark);
        shown.push('…');
        let is_drawn = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
        shown.push_str(piece.trim_start_matches(is_drawn));
    }
    shown
}

fn escaped(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

/// Reports the theft of the story as the unit does at 10:00, and gives the answer with the receipt.
pub(crate) async fn report_theft(centre: &Centre, browser: &Browser<'_>) -> Answer {
    let form = browser.get("/report").await;
    let fields = theft(&form);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post_files("/report", &fields, &[("访问日志.log", b"200 GET /")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(centre.written().await > 0);
    answer
}

/// The fields of that report, for a form that was just loaded.
pub(crate) fn theft(form: &Answer) -> Vec<(&'static str, String)> {
    vec![
        ("csrf", form.hidden("csrf")),
        ("command", form.command("/report")),
        ("title", "客户数据疑似被窃取".to_owned()),
        ("what", "发现数据库被未授权访问,客户资料外流。".to_owned()),
        ("organisation", UNIT.to_owned()),
        ("district", "310115".to_owned()),
        ("discovered", "2026-03-14T09:40".to_owned()),
        ("fact.security_threat", "some".to_owned()),
        ("worse", "security_threat".to_owned()),
        ("name", "高原".to_owned()),
        ("telephone", "021-5559 0001".to_owned()),
    ]
}

/// The path of the report that waits longest.
pub(crate) async fn first_report(officer: &Browser<'_>) -> String {
    let list = officer.get("/reports").await;
    let from = list.text.find("/reports/rep_").unwrap_or_else(|| panic!("{}", list.text));
    list.text[from..].split('"').next().unwrap().to_owned()
}

/// Posts a form of a report.
pub(crate) async fn act(
    officer: &Browser<'_>,
    report: &str,
    verb: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let page = officer.get(report).await;
    let path = format!("{report}/{verb}");
    let (token, command) = (page.hidden("csrf"), page.command(&path));
    let mut all = vec![("command", command.as_str())];
    all.extend(fields);
    officer.post_with(&path, &token, &all).await
}
