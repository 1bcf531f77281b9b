//! Reporting without an account, and following the report by number and secret.

use axum::http::StatusCode;

use crate::centre::{Browser, Centre, act, first_report, report_theft, theft};

/// Number and secret of a receipt.
fn receipt(answer: &crate::centre::Answer) -> (String, String) {
    (answer.after("<dd class=\"big\">"), answer.after("<dd class=\"big code\">"))
}

async fn look_up(browser: &Browser<'_>, number: &str, secret: &str) -> StatusCode {
    let fields = [("number", number), ("secret", secret)];
    browser.post("/report/look-up", "/report/look-up", &fields).await.status
}

#[tokio::test]
async fn the_form_reads_in_both_languages() {
    let centre = Centre::new().await;
    for lang in ["zh-CN", "en"] {
        let page = centre.nobody(lang).get("/report").await;
        assert_eq!(page.status, StatusCode::OK);
        insta::assert_snapshot!(format!("form_{lang}"), page.main());
    }
}

#[tokio::test]
async fn a_report_gets_a_receipt_that_says_what_is_still_owed() {
    let centre = Centre::new().await;
    for lang in ["zh-CN", "en"] {
        let answer = report_theft(&centre, &centre.nobody(lang)).await;
        let (number, secret) = receipt(&answer);
        let shown = answer.main().replace(&number, "NUMBER").replace(&secret, "SECRET");
        insta::assert_snapshot!(format!("receipt_{lang}"), shown);
    }
}

#[tokio::test]
async fn a_double_submit_is_one_report_with_the_same_receipt() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let form = browser.get("/report").await;
    let fields = theft(&form);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let first = browser.post_files("/report", &fields, &[]).await;
    let written = centre.written().await;
    let second = browser.post_files("/report", &fields, &[]).await;
    assert_eq!(receipt(&first), receipt(&second));
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn the_receipt_opens_with_number_and_secret_only() {
    let centre = Centre::new().await;
    let (number, secret) = receipt(&report_theft(&centre, &centre.nobody("zh-CN")).await);
    let other = centre.nobody("zh-CN");
    assert_eq!(look_up(&other, &number, "ABCD-EFGH-JKMN").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(look_up(&other, "20260314-AAAAAA", &secret).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!other.get("/report/look-up").await.has("客户数据疑似被窃取"));
    assert_eq!(look_up(&other, &number.to_lowercase(), &secret).await, StatusCode::SEE_OTHER);
    assert!(other.get("/report/look-up").await.has("客户数据疑似被窃取"));
    centre.at("10:31");
    assert!(
        !other.get("/report/look-up").await.has("客户数据疑似被窃取"),
        "the pass holds half an hour"
    );
}

#[tokio::test]
async fn a_forged_pass_opens_nothing() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    report_theft(&centre, &browser).await;
    let report = first_report(&centre.somebody("mara").await).await;
    let id = report.trim_start_matches("/reports/");
    let other = centre.nobody("zh-CN");
    other.take("receipt", &format!("{id}.99999999999.{}", "0".repeat(64)));
    assert!(!other.get("/report/look-up").await.has("客户数据疑似被窃取"));
}

#[tokio::test]
async fn the_reporter_follows_answers_and_supplements() {
    let centre = Centre::new().await;
    let reporter = centre.nobody("zh-CN");
    report_theft(&centre, &reporter).await;
    let officer = centre.somebody("lin").await;
    let report = first_report(&officer).await;
    centre.at("10:05");
    act(&officer, &report, "ask", &[("text", "外流多少条?")]).await.location();
    let status = reporter.get("/report/look-up").await;
    assert!(status.has("外流多少条?"));
    let path = "/report/look-up/answers/1";
    let fields = [
        ("csrf", status.hidden("csrf")),
        ("command", status.command(path)),
        ("text", "约三万条".to_owned()),
    ];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    reporter.post_files(path, &fields, &[("样本.csv", b"1,2")]).await.location();
    centre.at("10:10");
    act(&officer, &report, "accept", &[("title", "浦江数据客户资料被窃")]).await.location();
    let status = reporter.get("/report/look-up").await;
    let path = "/report/look-up/supplement";
    let fields = [
        ("csrf", status.hidden("csrf")),
        ("command", status.command(path)),
        ("text", "系统损失严重".to_owned()),
        ("fact.system_loss", "severe".to_owned()),
    ];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    reporter.post_files(path, &fields, &[]).await.location();
    let status = reporter.get("/report/look-up").await;
    insta::assert_snapshot!("status_zh-CN", status.main().split("id=\"owed\"").next().unwrap());
    reporter.take("lang", "en");
    let status = reporter.get("/report/look-up").await;
    insta::assert_snapshot!("status_en", status.main().split("id=\"owed\"").next().unwrap());
    assert!(officer.get(&report).await.has("约三万条"));
}

#[tokio::test]
async fn a_reason_for_declining_is_read_by_the_reporter() {
    let centre = Centre::new().await;
    let reporter = centre.nobody("zh-CN");
    report_theft(&centre, &reporter).await;
    let officer = centre.somebody("mara").await;
    let report = first_report(&officer).await;
    act(&officer, &report, "decline", &[("reason", "属于测试演练,非真实事件")]).await.location();
    let status = reporter.get("/report/look-up").await;
    assert!(status.has("不予受理") && status.has("属于测试演练,非真实事件"));
    assert!(!status.has("马岚"), "the reporter does not learn who decided");
}

#[tokio::test]
async fn of_what_may_be_classified_nothing_is_kept() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    let form = browser.get("/report").await;
    let mut fields = theft(&form);
    fields.push(("classified", "yes".to_owned()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let answer = browser.post_files("/report", &fields, &[("机密.txt", b"secret")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let officer = centre.somebody("lin").await;
    let list = officer.get("/reports?state=sealed").await;
    assert!(!list.has("客户数据疑似被窃取") && !list.has("机密.txt"));
    let mut exported = String::new();
    centre.desk.export(0, |line| exported.push_str(&line)).await.unwrap();
    assert!(!exported.contains("客户数据"));
}

#[tokio::test]
async fn too_many_reports_from_one_address_are_turned_away_with_a_time() {
    let limits =
        fengsui_web::Limits { public_reports_per_hour_max: 1, attachment_bytes_max: 4_096 };
    let centre = Centre::with(limits).await;
    let browser = centre.nobody("zh-CN");
    report_theft(&centre, &browser).await;
    let written = centre.written().await;
    let form = browser.get("/report").await;
    let fields = theft(&form);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(it, value)| (*it, value.as_str())).collect();
    let answer = browser.post_files("/report", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers["retry-after"], "3600");
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn the_start_page_reads_in_both_languages_and_the_language_can_be_chosen() {
    let centre = Centre::new().await;
    let browser = centre.nobody("zh-CN");
    insta::assert_snapshot!("home_zh-CN", browser.get("/").await.main());
    let switched = browser.get("/language?to=en&back=/report/look-up").await;
    assert_eq!(switched.location(), "/report/look-up");
    insta::assert_snapshot!("home_en", browser.get("/").await.main());
}
