//! A centre in which one incident is under way, and browsers to look at it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use fengsui_desk::{Desk, DeskSettings, OnlyOpen, StoryClock, StoryIds};
use fengsui_web::{Limits, WebSettings};
use tempfile::TempDir;
use tower::ServiceExt;

const PASSWORD: &str = "beacon-tower";

/// What happened until 11:20: judged II, a proposal waits for approval.
const STORY: &str = "\
10:00 public reports | unit: 浦江数据服务有限公司 | discovered: 09:40 | title: 客户数据疑似被窃取 | says: 外部入侵,导出了客户资料。 | name: 高原 | telephone: 021-5552 0001 | fact: security_threat>=some
10:04 mara calls | duty: sh-4.1.1-oral | to: cac_duty_room | caller: 高原 | callee: 马岚 | says: 平台被入侵
10:10 mara accepts | title: 浦江数据客户资料窃取
10:10 mara classifies | class: IDI/III
10:12 chen receives | by: linkage_centre | channel: oral | happened: 10:02 | caller: 高原 | callee: 陈默
10:30 lin records | fact: system_importance=important | fact: system_loss=severe | ground: 现场研判
10:31 lin judges | level: II
11:12 lin proposes | step: start | level: II | scope: 全市 | says: 启动二级响应。 | meets: sh-4.2.2-proposal
11:14 chen endorses | meets: sh-4.2.2-proposal
";

/// A centre under test.
pub(crate) struct House {
    pub(crate) desk: Desk,
    router: Router,
    _folder: TempDir,
}

/// Somebody with a browser.
pub(crate) struct Browser<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl House {
    /// It is 11:20 on 14 March 2026 in Shanghai.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let midnight = "2026-03-14T00:00:00+08:00".parse().unwrap();
        let clock = Arc::new(StoryClock::at("2026-03-14T09:00:00+08:00".parse().unwrap()));
        let settings = DeskSettings {
            url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
            clock: clock.clone(),
            ids: Arc::new(StoryIds::default()),
        };
        let desk = Desk::open(&settings).await.unwrap();
        desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
        fengsui_scenarios::register(&desk).await.unwrap();
        fengsui_scenarios::appoint(&desk, PASSWORD).await.unwrap();
        fengsui_scenarios::tell(&desk, &clock, midnight, STORY).await.unwrap();
        clock.set("2026-03-14T11:20:00+08:00".parse().unwrap());
        let settings = WebSettings {
            is_secure: false,
            trusted_proxies: Vec::new(),
            fonts: Vec::new(),
            limits: Limits { public_reports_per_hour_max: 100, attachment_bytes_max: 1 << 20 },
        };
        let router = fengsui_web::router(desk.clone(), settings);
        Self { desk, router, _folder: folder }
    }

    /// Signs somebody in.
    pub(crate) async fn browser(&self, login: &str, lang: &'static str) -> Browser<'_> {
        let signed_in = self.desk.sign_in(login, PASSWORD).await.unwrap().unwrap();
        let cookie = format!("session={}; lang={lang}", signed_in.cookie.0);
        Browser { house: self, cookie, csrf: signed_in.session.csrf }
    }

    /// The address of the incident.
    pub(crate) async fn incident(&self) -> String {
        let account = self.desk.account("lin").await.unwrap().unwrap();
        let viewer = self.desk.viewer(account.person).unwrap();
        let found = self.desk.incidents(&viewer, OnlyOpen::No, None).await.unwrap();
        format!("/incidents/{}", found.lines[0].incident)
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let location = parts.headers.get(header::LOCATION);
        Answer {
            status: parts.status,
            location: location.map_or("", |it| it.to_str().unwrap()).to_owned(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("cookie", &self.cookie).body(Body::empty());
        self.house.ask(request.unwrap()).await
    }

    /// Fills in a form as it is drawn on a page: these fields anew, the hidden ones as they are.
    pub(crate) async fn fill(&self, page: &str, form: &str, fields: &[(&str, &str)]) -> Answer {
        let drawn = self.get(page).await;
        self.fill_drawn(&drawn, form, fields).await
    }

    /// The same with a page that was drawn before.
    pub(crate) async fn fill_drawn(
        &self,
        drawn: &Answer,
        form: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let form = drawn.form(form);
        let action = between(&form, "action=\"", "\"").unwrap();
        let mut pairs = vec![("csrf".to_owned(), self.csrf.clone())];
        for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = input.split_once('"').unwrap();
            if name != "csrf" {
                let value = between(rest, "value=\"", "\"").unwrap();
                pairs.push((name.to_owned(), value.replace("&#38;", "&")));
            }
        }
        pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let request = Request::post(action)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")));
        self.house.ask(request.unwrap()).await
    }
}

impl Answer {
    /// A form of the page.
    pub(crate) fn form(&self, name: &str) -> String {
        let mark = format!("id=\"do-{name}\"");
        let (_, rest) = self
            .text
            .split_once(&mark)
            .or_else(|| self.text.split_once(&format!("id=\"{name}\"")))
            .unwrap_or_else(|| panic!("no form {name}: {}", self.main()));
        rest.split_once("</form>").unwrap().0.to_owned()
    }

    /// The values of a field's choices.
    pub(crate) fn choices(&self, form: &str, field: &str) -> Vec<String> {
        let form = self.form(form);
        let mark = format!("name=\"{field}\" value=\"");
        form.split(&mark).skip(1).map(|it| it.split('"').next().unwrap().to_owned()).collect()
    }

    /// The words of `<main>`, one line each, without marks and without what is drawn anew each time.
    pub(crate) fn main(&self) -> String {
        let shown = between(&self.text, "<main", "</main>");
        let shown = shown.unwrap_or_else(|| panic!("no page: {}", self.text));
        let mut words = String::new();
        let mut is_tag = true;
        for letter in shown.chars() {
            match letter {
                '<' => {
                    is_tag = true;
                    words.push('\n');
                }
                '>' => is_tag = false,
                other if !is_tag => words.push(other),
                _ => {}
            }
        }
        let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn between<'t>(text: &'t str, from: &str, until: &str) -> Option<&'t str> {
    let rest = text.split_once(from)?.1;
    Some(rest.split_once(until)?.0)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        write!(escaped, "%{byte:02X}").unwrap();
    }
    escaped
}
