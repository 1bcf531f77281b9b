//! The API: what it takes, what it refuses, whom it shows what.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, Program};

const UNIT: &str = "浦江数据服务有限公司";

/// 09:40 discovered, 10:00 handed in.
fn theft(house: &House) -> Value {
    json!({
        "title": "客户数据被窃取",
        "description": "发现数据库被未授权访问,客户资料外流。",
        "reporter": { "name": "高原", "telephone": "021-5559 0001" },
        "affected": [{
            "organisation": house.organisation(UNIT),
            "anchors": { "discovered_at": "2026-03-14T09:40:00+08:00" },
        }],
        "facts": { "security_threat": { "min": "some" } },
        "attachments": [{
            "name": "access.log", "media_type": "text/plain", "content": "MjAwIEdFVCAv",
        }],
    })
}

pub(crate) async fn opened(house: &House) -> (String, String) {
    let unit = house.program("gao").await;
    let report = unit.post("/reports", &theft(house)).await;
    assert_eq!(report.status, StatusCode::CREATED, "{}", report.text);
    let report = report.field("report");
    let office = house.program("lin").await;
    let accept = json!({ "title": "浦江数据客户资料被窃" });
    let accepted = office.post(&format!("/reports/{report}/accept"), &accept).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.text);
    (report, accepted.field("incident"))
}

async fn problem_of(program: &Program<'_>, path: &str, body: Vec<u8>) -> String {
    let answer = program.send(Method::POST, path, body, &[]).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", answer.text);
    let problem = answer.json();
    let fields = problem["fields"].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> = fields
        .iter()
        .map(|it| format!("{}: {}", it["field"].as_str().unwrap(), it["problem"].as_str().unwrap()))
        .collect();
    let kind = problem["type"].as_str().unwrap();
    format!(
        "{} {kind}\n  {}\n  {}",
        answer.status.as_u16(),
        problem["detail"].as_str().unwrap(),
        fields.join("\n  ")
    )
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_answered() {
    let house = House::new().await;
    for path in ["/reports", "/incidents", "/organisations", "/duties", "/search?q=x", "/plans"] {
        for token in ["", "Bearer", "Bearer fst_0000", "Basic eDp5", "Bearer ☃"] {
            let request = Request::get(format!("/api/v1{path}"))
                .header("authorization", token.as_bytes())
                .body(Body::empty());
            let answer = house.ask(request.unwrap()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {token}: {}", answer.text);
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
    }
    let bare = Request::get("/api/v1/reports").body(Body::empty()).unwrap();
    assert_eq!(house.ask(bare).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_is_no_token_and_a_closed_account_has_none() {
    let house = House::new().await;
    let browser = house.browser("lin", "zh-CN").await;
    assert_eq!(browser.get("/api/v1/reports").await.status, StatusCode::UNAUTHORIZED);
    let program = house.program("shen").await;
    assert_eq!(program.get("/plans").await.status, StatusCode::OK);
    house.desk.close_account(&house.desk.console(), "shen").await.unwrap();
    assert_eq!(program.get("/plans").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_report_is_taken_in_and_a_repeat_gets_the_same_receipt() {
    let house = House::new().await;
    let unit = house.program("gao").await;
    let first = unit.post_keyed("/reports", &theft(&house), "ticket-4711").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = unit.post_keyed("/reports", &theft(&house), "ticket-4711").await;
    assert_eq!(again.status, StatusCode::CREATED);
    for field in ["report", "number", "secret", "leaf"] {
        assert_eq!(first.field(field), again.field(field), "{field}");
    }
    assert_eq!(
        (&first.json()["repeated"], &again.json()["repeated"]),
        (&json!(false), &json!(true))
    );
    let place = first.headers["location"].to_str().unwrap();
    let read = unit.get(place.strip_prefix("/api/v1").unwrap()).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    assert_eq!(read.field("title"), "客户数据被窃取");
    let file = read.json()["files"][0]["file"].as_str().unwrap().to_owned();
    let bytes = unit.get(&format!("/reports/{}/files/{file}", first.field("report"))).await;
    assert_eq!(bytes.text, "200 GET /");
}

#[tokio::test]
async fn nobody_gets_a_receipt_by_naming_somebody_elses_command() {
    let house = House::new().await;
    let mut body = theft(&house);
    body["command_id"] = json!("ticket-4711");
    let first = house.program("gao").await.post("/reports", &body).await;
    body["affected"] = json!([]);
    let other = house.program("tan").await.post("/reports", &body).await;
    assert_eq!(other.status, StatusCode::CREATED, "{}", other.text);
    assert_ne!(first.field("report"), other.field("report"));
}

#[tokio::test]
async fn bad_bodies_are_refused_and_say_what_to_mend() {
    let house = House::new().await;
    let program = house.program("gao").await;
    let with = |field: &str, value: Value| {
        let mut body = theft(&house);
        body[field] = value;
        body.to_string().into_bytes()
    };
    let said = [
        ("cut off", br#"{"title": "x""#.to_vec()),
        ("not UTF-8", b"{\"title\": \"\xff\"}".to_vec()),
        ("not an object", b"[]".to_vec()),
        ("unknown key", with("severity", json!("high"))),
        ("unknown key inside", with("reporter", json!({ "fax": "1" }))),
        ("wrong type", with("title", json!(7))),
        ("empty title", with("title", json!("  "))),
        ("long title", with("title", json!("长".repeat(201)))),
        ("U+0000", with("description", json!("a\u{0}b"))),
        ("unknown fact", with("facts", json!({ "peple_leaked": 7 }))),
        ("swapped ends", with("facts", json!({ "people_leaked": { "min": 9, "max": 1 } }))),
        ("unknown organisation", with("affected", json!([{ "organisation": "无名公司" }]))),
        (
            "time of the future",
            with(
                "affected",
                json!([{ "anchors": { "discovered_at": "2026-03-14T11:00:00+08:00" } }]),
            ),
        ),
        ("no time", with("affected", json!([{ "anchors": { "discovered_at": "yesterday" } }]))),
        (
            "no base64",
            with(
                "attachments",
                json!([{ "name": "a", "media_type": "text/plain", "content": "%%" }]),
            ),
        ),
        (
            "too many files",
            with(
                "attachments",
                Value::Array(vec![json!({ "name": "a", "media_type": "b", "content": "" }); 11]),
            ),
        ),
        ("too large", with("description", json!("x".repeat(1 << 20)))),
        ("not ours to say", with("happened_at", json!("2026-03-14T09:00:00+08:00"))),
    ];
    let mut told = String::new();
    for (name, body) in said {
        told.push_str(&format!("{name}: {}\n", problem_of(&program, "/reports", body).await));
    }
    insta::assert_snapshot!(told);
    assert_eq!(program.get("/reports").await.json()["lines"], json!([]), "nothing was taken in");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let house = House::new().await;
    let program = house.program("gao").await;
    let form = [("content-type", "text/plain")];
    let answer = program.send(Method::POST, "/reports", b"{}".to_vec(), &form).await;
    // Both headers are there; the first one says JSON.
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let request = Request::post("/api/v1/reports").header("authorization", "Bearer fst_x");
    let answer = house.ask(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_unit_of_another_district_sees_nothing_of_it() {
    let house = House::new().await;
    let (report, incident) = opened(&house).await;
    for login in ["tan", "xu"] {
        let other = house.program(login).await;
        assert_eq!(other.get("/reports").await.json()["lines"], json!([]), "{login}");
        assert_eq!(other.get("/incidents?open=false").await.json()["lines"], json!([]), "{login}");
        assert_eq!(other.get("/duties").await.json(), json!([]), "{login}");
        let found = other.get("/search?q=%E6%B5%A6%E6%B1%9F").await.json();
        assert_eq!(found, json!([]), "{login}");
        let file = format!("/reports/{report}/files/blob_00000000000000000000000001");
        for path in [format!("/reports/{report}"), format!("/incidents/{incident}"), file] {
            let answer = other.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} {path}: {}", answer.text);
        }
        for (path, body) in [
            (format!("/incidents/{incident}/notes"), json!({ "text": "hello" })),
            (format!("/incidents/{incident}/close"), json!({})),
            (format!("/reports/{report}/reopen"), json!({ "reason": "x" })),
            (format!("/reports/{report}/decline"), json!({ "reason": "x" })),
        ] {
            let answer = other.post(&path, &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_liaison_reports_for_the_own_organisation_only() {
    let house = House::new().await;
    let other = house.program("tan").await;
    let answer = other.post("/reports", &theft(&house)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    let mut own = theft(&house);
    own["affected"] = json!([]);
    let receipt = other.post("/reports", &own).await;
    let read = other.get(&format!("/reports/{}", receipt.field("report"))).await.json();
    assert_eq!(read["affected"][0]["organisation"], json!(house.organisation("汇南人民医院")));
}

#[tokio::test]
async fn an_incident_is_handled_over_the_api() {
    let house = House::new().await;
    let (_, incident) = opened(&house).await;
    let office = house.program("lin").await;
    let at = |verb: &str| format!("/incidents/{incident}/{verb}");
    let read = office.get(&format!("/incidents/{incident}")).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    let duties = read.json()["duties"].as_array().unwrap().clone();
    assert!(
        duties.iter().any(|duty| duty["duty"] == "sh-4.1.1-oral" && duty["state"] == "pending")
    );
    let oral = duties
        .iter()
        .find(|duty| duty["duty"] == "sh-4.1.1-oral" && duty["to"] == "cac_duty_room")
        .unwrap();
    let call = json!({
        "ticks": [oral["tick"]],
        "channel": "oral",
        "happened_at": "2026-03-14T10:00:00+08:00",
        "act": { "call": { "caller": "高原", "callee": "马岚", "said": "口头报告" }, "read_back": "confirmed" },
    });
    let done = house.program("gao").await.post(&at("duties"), &call).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(done.json()["kinds"], json!(["duty-met"]));
    let facts = json!({
        "facts": { "system_importance": "important", "system_loss": "considerable" },
        "ground": "现场核实",
    });
    let done = office.post(&at("facts"), &facts).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let read = office.get(&format!("/incidents/{incident}")).await.json();
    assert_eq!(read["grade"]["certain"], json!("III"), "{}", read["grade"]);
    let judged = json!({ "plan": "shanghai-2019", "level": "III" });
    assert_eq!(office.post(&at("level"), &judged).await.status, StatusCode::OK);
    let again = office.post(&at("level"), &judged).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.field("type"), "urn:fengsui:problem:judged-already");
    let closed = office.post(&at("close"), &json!({})).await;
    assert_eq!(closed.status, StatusCode::CONFLICT, "{}", closed.text);
    assert_eq!(closed.field("type"), "urn:fengsui:problem:not-closable");
}

#[tokio::test]
async fn a_refusal_names_the_clause() {
    let house = House::new().await;
    let (_, incident) = opened(&house).await;
    let linkage = house.program("mara").await;
    let judged = json!({ "plan": "shanghai-2019", "level": "III", "reason": "x" });
    let answer = linkage.post(&format!("/incidents/{incident}/level"), &judged).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(answer.json()["clause"].is_string(), "{}", answer.text);
}

#[tokio::test]
async fn a_token_that_was_taken_back_stops_working() {
    let house = House::new().await;
    let program = house.program("lin").await;
    assert_eq!(program.get("/incidents").await.status, StatusCode::OK);
    assert_eq!(house.desk.revoke_tokens("lin-test").await.unwrap(), 1);
    assert_eq!(program.get("/incidents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unknown_queries_and_addresses_are_problems_too() {
    let house = House::new().await;
    let program = house.program("lin").await;
    assert_eq!(program.get("/reports?colour=red").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(program.get("/reports/rep_7").await.status, StatusCode::NOT_FOUND);
    assert_eq!(program.get("/plans/nowhere-1999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(program.get("/plans/shanghai-2019").await.json()["about"]["plan"], "shanghai-2019");
}

#[tokio::test]
async fn the_committed_description_is_up_to_date() {
    let house = House::new().await;
    let request = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
    let answer = house.ask(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.field("openapi"), "3.1.0");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/openapi.json");
    if std::env::var_os("FENGSUI_WRITE_OPENAPI").is_some() {
        std::fs::write(&file, &answer.text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == answer.text,
        "docs/openapi.json is out of date; write it with FENGSUI_WRITE_OPENAPI=1 cargo nextest run \
         -p fengsui-web the_committed_description"
    );
}

#[tokio::test]
async fn every_route_of_the_api_is_described() {
    let house = House::new().await;
    let request = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
    let described = house.ask(request).await.json();
    for route in fengsui_web::routes::routes().filter(|it| it.pattern.starts_with("/api/")) {
        if route.pattern.ends_with("openapi.json") {
            continue;
        }
        let operation = &described["paths"][route.pattern][route.method.to_lowercase()];
        assert!(operation.is_object(), "{} {} is not described", route.method, route.pattern);
    }
}
