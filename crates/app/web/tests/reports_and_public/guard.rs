//! Every route of the table, called by those who may not.

use axum::http::StatusCode;
use fengsui_desk::content::Writing;
use fengsui_desk::{Capacity, NewAccountability};
use fengsui_response::AccountabilityKind;
use fengsui_web::routes::{Route, Who, routes};

use crate::centre::{Browser, Centre, UNIT, act, first_report, report_theft};

/// Somebody of another district and no office: not concerned by anything.
const STRANGER: &str = "tan";

/// A stream without end; and what says no while no clock runs, as in these tests.
const ENDLESS_OR_UNWELL: [&str; 2] = ["/live", "/health"];

/// Everybody of the stories, to find somebody without and somebody with a capacity.
const PEOPLE: [&str; 8] = ["mara", "lin", "wei", "gao", "zhou", "registrar", "audit", "admin"];

/// A centre where the theft was reported and accepted, and what stands for the names in patterns.
async fn running(centre: &Centre) -> Vec<(&'static str, String)> {
    report_theft(centre, &centre.nobody("zh-CN")).await;
    let officer = centre.somebody("lin").await;
    let report = first_report(&officer).await;
    let page = officer.get(&report).await;
    let file = page.text.split("/files/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let accepted = act(&officer, &report, "accept", &[("title", "浦江数据客户资料被窃")]).await;
    let incident = accepted.location().trim_start_matches("/incidents/").to_owned();
    let organisation = centre.desk.directory().named(UNIT).unwrap().to_string();
    let incident_stream = format!("incident:{incident}");
    vec![
        ("{report}", report.trim_start_matches("/reports/").to_owned()),
        ("{file}", file),
        ("{subject}", format!("incident:{incident}")),
        ("{incident}", incident),
        ("{organisation}", organisation),
        ("{part}", "systems".to_owned()),
        ("{place}", "1".to_owned()),
        ("{feed}", "suricata-north".to_owned()),
        ("{question}", "1".to_owned()),
        ("{record}", record(centre).await),
        ("{plan}", "shanghai-2019".to_owned()),
        ("{shift}", begun(&officer).await),
        ("{login}", "gao".to_owned()),
        ("{message}", "msg_00000000000000000000000001".to_owned()),
        ("{key}", "0".repeat(64)),
        ("{day}", "2026-03-14".to_owned()),
        ("{call_out}", call_out(centre, &incident_stream).await),
    ]
}

/// A file about the unit that nobody has asked it about yet.
async fn record(centre: &Centre) -> String {
    let person = centre.desk.account("lin").await.unwrap().unwrap().person;
    let by = centre.desk.viewer(person).unwrap().actor;
    let about = NewAccountability {
        kind: AccountabilityKind::NoPlan,
        organisation: centre.desk.directory().named(UNIT).unwrap(),
        incident: None,
        reason: Writing { text: "没有预案".parse().unwrap() },
    };
    let command = centre.desk.command_id();
    centre.desk.open_accountability(&by, command, about).await.unwrap().to_string()
}

/// The id of a shift that was begun.
async fn begun(officer: &Browser<'_>) -> String {
    let page = officer.get("/shift").await;
    let command = page.command("/shift/begin");
    let begun = officer.post("/shift", "/shift/begin", &[("command", &command)]).await;
    assert_eq!(begun.location(), "/shift");
    let page = officer.get("/shift").await;
    page.text.split("/shift/").nth(1).unwrap().split(['/', '"']).next().unwrap().to_owned()
}

/// A call-out about the incident, begun by hand.
async fn call_out(centre: &Centre, about: &str) -> String {
    let person = centre.desk.account("lin").await.unwrap().unwrap().person;
    let by = centre.desk.viewer(person).unwrap().actor;
    let new = fengsui_desk::NewCallOut {
        about: about.to_owned(),
        whom: fengsui_desk::CallOutWhom::Ladder(fengsui_response::house::CallOutWhen::ByHand),
        reason: "需要人手".parse().unwrap(),
    };
    centre.desk.call_out(&by, centre.desk.command_id(), new).await.unwrap().to_string()
}

fn filled(route: &Route, names: &[(&str, String)]) -> String {
    names.iter().fold(route.pattern.to_owned(), |path, (name, value)| path.replace(name, value))
}

async fn call(browser: &Browser<'_>, route: &Route, path: &str, token: &str) -> StatusCode {
    let answer = match route.method {
        "GET" => browser.get(path).await,
        _ => browser.post_with(path, token, &[("command", "cmd_00000000000000000000000001")]).await,
    };
    answer.status
}

/// Somebody whom a route admits.
async fn admitted<'a>(centre: &'a Centre, route: &Route) -> Option<Browser<'a>> {
    let capacities = match route.who {
        Who::Client => return None,
        Who::Public => return Some(centre.nobody("zh-CN")),
        Who::SignedIn | Who::Handlers => &[Capacity::Officer],
        Who::Any(capacities) => capacities,
    };
    for login in PEOPLE {
        if has(centre, login, capacities).await {
            return Some(centre.somebody(login).await);
        }
    }
    panic!("nobody may take {}", route.pattern);
}

async fn has(centre: &Centre, login: &str, capacities: &[Capacity]) -> bool {
    let signed_in = centre.desk.sign_in(login, "beacon-tower").await.unwrap().unwrap();
    centre.desk.viewer(signed_in.session.person).unwrap().is_any(capacities)
}

#[tokio::test]
async fn without_a_session_only_public_routes_answer() {
    let centre = Centre::new().await;
    let names = running(&centre).await;
    let written = centre.written().await;
    let nobody = centre.nobody("zh-CN");
    let token = nobody.get("/report").await.hidden("csrf");
    for route in routes().filter(|route| route.who != Who::Public) {
        let status = call(&nobody, route, &filled(route, &names), &token).await;
        let wanted = match route.who {
            Who::Client => StatusCode::UNAUTHORIZED,
            Who::SignedIn if route.pattern == "/live" => StatusCode::UNAUTHORIZED,
            Who::Public | Who::SignedIn | Who::Handlers | Who::Any(_) => StatusCode::SEE_OTHER,
        };
        assert_eq!(status, wanted, "{} {}", route.method, route.pattern);
    }
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn a_form_with_a_foreign_token_changes_nothing() {
    let centre = Centre::new().await;
    let names = running(&centre).await;
    let written = centre.written().await;
    for route in routes().filter(|route| route.method == "POST" && route.pattern != "/language") {
        let Some(browser) = admitted(&centre, route).await else { continue };
        let path = filled(route, &names);
        let status = call(&browser, route, &path, &"0".repeat(64)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn somebody_who_is_not_concerned_sees_and_changes_nothing() {
    let centre = Centre::new().await;
    let names = running(&centre).await;
    let written = centre.written().await;
    let stranger = centre.somebody(STRANGER).await;
    let token = stranger.get("/report").await.hidden("csrf");
    let about_one = ["{report}", "{incident}", "{file}", "{record}", "{call_out}"];
    for route in routes() {
        let is_about_one = about_one.iter().any(|name| route.pattern.contains(name));
        let is_for_others = matches!(route.who, Who::Handlers | Who::Any(_));
        if !is_about_one && !is_for_others || route.who == Who::Client {
            continue;
        }
        let path = filled(route, &names).replace("{document}", "blob_00000000000000000000000001");
        let status = call(&stranger, route, &path, &token).await;
        let is_refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        assert!(is_refused, "{} {path}: {status}", route.method);
    }
    for path in ["/mine", "/search?q=%E6%B5%A6%E6%B1%9F", "/search?q=%E7%AA%83%E5%8F%96"] {
        let page = stranger.get(path).await;
        assert!(!page.main().contains("被窃取") && !page.main().contains(UNIT), "{path}");
    }
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn every_route_of_the_table_exists() {
    let centre = Centre::new().await;
    let names = running(&centre).await;
    for route in routes()
        .filter(|route| route.method == "GET" && !ENDLESS_OR_UNWELL.contains(&route.pattern))
    {
        let Some(browser) = admitted(&centre, route).await else { continue };
        let path = filled(route, &names);
        // Nothing was sent here: the page of a message has tests of its own.
        if path.contains('{') || route.pattern == "/messages/{message}" {
            continue;
        }
        let status = browser.get(&path).await.status;
        assert!(status.is_success() || status.is_redirection(), "{path}: {status}");
    }
}

#[tokio::test]
async fn somebody_who_has_to_sign_in_first_goes_on_to_where_they_were_going() {
    let centre = Centre::new().await;
    let nobody = centre.nobody("zh-CN");
    let refused = nobody.get("/reports?state=accepted").await;
    assert_eq!(refused.location(), "/sign-in?next=/reports%3Fstate%3Daccepted");
    let door = nobody.get("/sign-in?next=/reports").await;
    let fields = [("name", "mara"), ("password", "beacon-tower"), ("next", "/reports")];
    let answer = nobody.post_with("/sign-in", &door.hidden("csrf"), &fields).await;
    assert_eq!(answer.location(), "/reports");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(nobody.get("/reports").await.status, StatusCode::OK);
    let desk = nobody.get("/desk").await;
    let out = nobody.post_with("/sign-out", &desk.hidden("csrf"), &[]).await;
    assert_eq!(out.location(), "/");
    assert_eq!(nobody.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_which_was_wrong_and_leads_nowhere_foreign() {
    let centre = Centre::new().await;
    let nobody = centre.nobody("zh-CN");
    let wrong = |name| [("name", name), ("password", "wrong-wrong"), ("next", "//evil.example")];
    let known = nobody.post("/sign-in", "/sign-in", &wrong("mara")).await;
    let unknown = nobody.post("/sign-in", "/sign-in", &wrong("nobody")).await;
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(known.text.replace("mara", ""), unknown.text.replace("nobody", ""));
    assert!(!known.has("wrong-wrong") && !known.has("evil.example"));
}
