//! What officers do about reports before an incident takes over.

use axum::http::StatusCode;

use crate::centre::{Browser, Centre, act, first_report, report_theft};

/// The theft was reported; the officer has found it.
async fn reported<'a>(centre: &'a Centre, login: &str) -> (Browser<'a>, String) {
    report_theft(centre, &centre.nobody("zh-CN")).await;
    let officer = centre.somebody(login).await;
    let report = first_report(&officer).await;
    (officer, report)
}

/// The value of the box of the duty that is owed orally to somebody.
fn oral_to(page: &crate::centre::Answer, role: &str) -> String {
    let is_it = |value: &&str| value.contains("-oral|") && value.contains(&format!("|{role}|"));
    page.text
        .split("name=\"ticks\" value=\"")
        .filter_map(|it| it.split('"').next())
        .find(is_it)
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn list_detail_and_desk_read_in_both_languages() {
    let centre = Centre::new().await;
    let (officer, report) = reported(&centre, "lin").await;
    centre.at("10:04");
    for lang in ["zh-CN", "en"] {
        officer.take("lang", lang);
        for (name, path) in [
            ("list", "/reports"),
            ("detail", report.as_str()),
            ("desk", "/desk"),
            ("hotline", "/hotline"),
        ] {
            let page = officer.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(!page.has("⟦"), "{name}: words are missing: {}", page.after("⟦"));
            insta::assert_snapshot!(format!("{name}_{lang}"), page.main());
        }
    }
}

#[tokio::test]
async fn of_two_who_accept_at_once_the_second_is_told_by_whom() {
    let centre = Centre::new().await;
    let (lin, report) = reported(&centre, "lin").await;
    let shen = centre.somebody("shen").await;
    let before = shen.get(&report).await;
    let path = format!("{report}/accept");
    act(&lin, &report, "accept", &[("title", "浦江数据客户资料被窃")]).await.location();
    let written = centre.written().await;
    let fields = [("command", before.command(&path)), ("title", "另一个名称".to_owned())];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let answer = shen.post_with(&path, &before.hidden("csrf"), &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    assert!(answer.has("此报告已由林越受理"), "{}", answer.main());
    assert!(centre.written().await <= written + 1, "only the refusal itself is kept");
}

#[tokio::test]
async fn accepting_twice_with_the_same_form_opens_one_incident() {
    let centre = Centre::new().await;
    let (lin, report) = reported(&centre, "lin").await;
    let page = lin.get(&report).await;
    let path = format!("{report}/accept");
    let fields = [("command", page.command(&path)), ("title", "名称".to_owned())];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let token = page.hidden("csrf");
    let first = lin.post_with(&path, &token, &fields).await.location().to_owned();
    assert_eq!(lin.post_with(&path, &token, &fields).await.location(), first);
}

#[tokio::test]
async fn a_call_before_acceptance_meets_the_duty() {
    let centre = Centre::new().await;
    let (mara, report) = reported(&centre, "mara").await;
    centre.at("10:05");
    let tick = oral_to(&mara.get(&report).await, "cac_duty_room");
    let fields = [
        ("ticks", tick.as_str()),
        ("caller", "高原"),
        ("callee", "马岚"),
        ("happened_at", "2026-03-14T10:04"),
        ("said", "客户数据外流,已断网"),
        ("read_back", "yes"),
    ];
    act(&mara, &report, "call", &fields).await.location();
    let page = mara.get(&report).await;
    assert!(page.has("高原 致电 马岚：客户数据外流,已断网"), "{}", page.main());
    assert!(page.has("通话已登记"), "what was done is said once");
    assert!(!mara.get(&report).await.has("通话已登记"));
}

#[tokio::test]
async fn a_late_call_comes_back_until_it_says_why() {
    let centre = Centre::new().await;
    let (mara, report) = reported(&centre, "mara").await;
    centre.at("10:20");
    let tick = oral_to(&mara.get(&report).await, "linkage_centre");
    let mut fields = vec![
        ("ticks", tick.as_str()),
        ("caller", "高原"),
        ("callee", "陈默"),
        ("happened_at", "2026-03-14T10:15"),
        ("said", "已向联动中心说明情况"),
    ];
    let answer = act(&mara, &report, "call", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(answer.has("call-late_because-wrong") && answer.has("已向联动中心说明情况"));
    fields.push(("late_because", "号码有误,重拨"));
    act(&mara, &report, "call", &fields).await.location();
}

#[tokio::test]
async fn a_file_is_only_downloaded_and_only_by_those_who_see_the_report() {
    let centre = Centre::new().await;
    let (lin, report) = reported(&centre, "lin").await;
    let page = lin.get(&report).await;
    let file = page.text.split("/files/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("{report}/files/{file}");
    let answer = lin.get(&path).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "200 GET /"));
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment;") && disposition.contains("UTF-8''%E8%AE%BF"));
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("default-src"));
    for (login, wanted) in
        [("zhou", StatusCode::OK), ("xu", StatusCode::NOT_FOUND), ("tan", StatusCode::NOT_FOUND)]
    {
        assert_eq!(centre.somebody(login).await.get(&path).await.status, wanted, "{login}");
    }
}

#[tokio::test]
async fn another_district_sees_nothing_of_it() {
    let centre = Centre::new().await;
    let (_, report) = reported(&centre, "lin").await;
    let xu = centre.somebody("xu").await;
    assert_eq!(xu.get(&report).await.status, StatusCode::NOT_FOUND);
    for path in ["/desk", "/reports?state=all"] {
        assert!(!xu.get(path).await.has("客户数据疑似被窃取"), "{path}");
    }
    let zhou = centre.somebody("zhou").await;
    assert!(zhou.get("/reports?state=all").await.has("客户数据疑似被窃取"));
}

#[tokio::test]
async fn a_sealed_report_shows_its_stub_only() {
    let centre = Centre::new().await;
    let (mara, report) = reported(&centre, "mara").await;
    act(&mara, &report, "seal", &[("reason", "附件疑似涉密")]).await.location();
    let page = mara.get(&report).await;
    assert!(page.has("附件疑似涉密") && !page.has("客户资料外流") && !page.has("访问日志"));
}

#[tokio::test]
async fn a_declined_report_waits_again_once_it_is_reopened() {
    let centre = Centre::new().await;
    let (mara, report) = reported(&centre, "mara").await;
    act(&mara, &report, "decline", &[("reason", "重复报告")]).await.location();
    act(&mara, &report, "reopen", &[("reason", "并非重复")]).await.location();
    assert_eq!(first_report(&mara).await, report);
}

#[tokio::test]
async fn somebody_without_the_role_is_refused_with_the_clause() {
    let centre = Centre::new().await;
    let (lin, report) = reported(&centre, "lin").await;
    let page = lin.get(&report).await;
    let path = format!("{report}/decline");
    let chen = centre.somebody("chen").await; // of the linkage centre
    let own = chen.get(&report).await;
    assert!(!own.has(&format!("action=\"{path}\"")), "what the plan does not allow is not offered");
    let command = page.command(&path);
    let fields = [("command", command.as_str()), ("reason", "x")];
    let answer = chen.post_with(&path, &own.hidden("csrf"), &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(answer.has("第 4.1.1 条"), "{}", answer.main());
}

#[tokio::test]
async fn a_call_to_the_hotline_becomes_an_oral_report() {
    let centre = Centre::new().await;
    let mara = centre.somebody("mara").await;
    let form = mara.get("/hotline").await;
    let command = form.command("/hotline");
    let fields = [
        ("command", command.as_str()),
        ("caller", "高原"),
        ("callee", "马岚"),
        ("taken_in_by", "cac_duty_room"),
        ("happened_at", "2026-03-14T09:58"),
        ("title", "客户数据疑似被窃取"),
        ("said", "数据库被拖走"),
        ("read_back", "yes"),
        ("organisation", crate::centre::UNIT),
        ("discovered", "2026-03-14T09:40"),
    ];
    let answer = mara.post_with("/hotline", &form.hidden("csrf"), &fields).await;
    let report = answer.location().to_owned();
    let page = mara.get(&report).await;
    assert!(page.has("数据库被拖走") && page.has("市委网信办值班室接报") && page.has("口头"));
    let again = mara.post_with("/hotline", &form.hidden("csrf"), &fields).await;
    assert_eq!(again.location(), report, "a double submit is one report");
}
