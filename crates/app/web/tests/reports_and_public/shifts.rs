//! The shift desk and the back-entry as people use them.

use axum::http::StatusCode;

use crate::centre::{Answer, Browser, Centre, act, first_report, report_theft};

/// The path of the shift on duty.
fn shift_of(page: &Answer) -> String {
    let from = page.text.find("/shift/shf_").unwrap_or_else(|| panic!("{}", page.text));
    let path = page.text[from..].split('"').next().unwrap();
    path.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// Posts a form that stands on a screen.
async fn send(
    browser: &Browser<'_>,
    screen: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let page = browser.get(screen).await;
    let (token, command) = (page.hidden("csrf"), page.command(action));
    let mut all = vec![("command", command.as_str())];
    all.extend(fields);
    browser.post_with(action, &token, &all).await
}

async fn begun(officer: &Browser<'_>) -> String {
    let answer = send(officer, "/shift", "/shift/begin", &[]).await;
    assert_eq!(answer.location(), "/shift");
    shift_of(&officer.get("/shift").await)
}

/// Signs or takes over what is on the screen of the hand-over.
async fn sign(browser: &Browser<'_>, shift: &str, verb: &str, more: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("{shift}/hand-over")).await;
    let (content, remarks) = (page.hidden("content"), page.hidden("remarks"));
    let mut fields = vec![("content", content.as_str()), ("remarks", remarks.as_str())];
    fields.extend(more);
    send(browser, &format!("{shift}/hand-over"), &format!("{shift}/{verb}"), &fields).await
}

#[tokio::test]
async fn a_shift_is_stood_written_about_handed_over_and_taken_over() {
    let centre = Centre::new().await;
    report_theft(&centre, &centre.nobody("zh-CN")).await;
    let (mara, lin) = (centre.somebody("mara").await, centre.somebody("lin").await);
    assert!(mara.get("/shift").await.has("还没有人值班"));
    let shift = begun(&mara).await;
    let log = format!("{shift}/log");
    let written =
        send(&mara, &shift, &log, &[("text", "市民来电询问"), ("at", "2026-03-14T09:30")]);
    assert_eq!(written.await.location(), shift);
    let correct = format!("{shift}/correct");
    let fields = [("number", "1"), ("text", "媒体来电询问"), ("because", "听错了")];
    assert_eq!(send(&lin, &shift, &correct, &fields).await.location(), shift);
    for lang in ["zh-CN", "en"] {
        mara.take("lang", lang);
        let page = mara.get("/shift").await;
        assert!(page.has("市民来电询问") && page.has("媒体来电询问") && page.has("听错了"));
        assert!(!page.has("⟦"), "{}", page.main());
        assert!(mara.get("/desk").await.has("媒体来电询问"), "the last entries are on the desk");
    }
    mara.take("lang", "zh-CN");

    centre.at("11:00");
    let remark = format!("{shift}/remark");
    assert_eq!(send(&mara, &shift, &remark, &[("text", "记者约了下午")]).await.location(), shift);
    let prepare = format!("{shift}/prepare");
    let prepared = send(&mara, &shift, &prepare, &[("begins_at", "2026-03-14T12:00")]).await;
    assert_eq!(prepared.location(), format!("{shift}/hand-over"));
    assert_eq!(sign(&mara, &shift, "sign", &[]).await.location(), "/shift");
    for lang in ["zh-CN", "en"] {
        lin.take("lang", lang);
        let page = lin.get(&format!("{shift}/hand-over")).await;
        assert!(page.has("记者约了下午") && page.has("媒体来电询问") && !page.has("⟦"));
        assert!(page.has("客户数据疑似被窃取"), "the report that waits is in it: {}", page.main());
    }
    lin.take("lang", "zh-CN");
    assert_eq!(sign(&lin, &shift, "take-over", &[]).await.location(), "/shift");
    let page = lin.get("/shift").await;
    assert!(page.has("您已接班") && shift_of(&page) != shift);
    let old = lin.get(&shift).await;
    assert!(old.has("已交班") && !old.has(&format!("action=\"{log}\"")), "{}", old.main());
}

#[tokio::test]
async fn whoever_signs_what_has_changed_is_told_so_and_reads_it_again() {
    let centre = Centre::new().await;
    let (mara, lin) = (centre.somebody("mara").await, centre.somebody("lin").await);
    let shift = begun(&mara).await;
    let prepare = format!("{shift}/prepare");
    send(&mara, &shift, &prepare, &[]).await;
    let read = mara.get(&format!("{shift}/hand-over")).await;
    let (content, token) = (read.hidden("content"), read.hidden("csrf"));
    let command = read.command(&format!("{shift}/sign"));
    send(&mara, &shift, &prepare, &[]).await;
    let fields = [("command", command.as_str()), ("content", &content), ("remarks", "0")];
    let refused = mara.post_with(&format!("{shift}/sign"), &token, &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.main());
    assert!(refused.has("交接内容在您阅读之后有变化"), "{}", refused.main());
    assert_eq!(sign(&mara, &shift, "sign", &[]).await.location(), "/shift");
    let again = send(&lin, "/shift", &format!("{shift}/log"), &[("text", "")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = sign(&mara, &shift, "take-over", &[]).await;
    assert!(own.status.is_client_error() && own.has("data-refused"), "{}", own.main());
}

#[tokio::test]
async fn a_refused_entry_comes_back_with_what_was_typed() {
    let centre = Centre::new().await;
    let mara = centre.somebody("mara").await;
    let shift = begun(&mara).await;
    let log = format!("{shift}/log");
    let fields = [("text", "巡检正常"), ("at", "2026-03-14T23:00"), ("organisation", "没有的单位")];
    let refused = send(&mara, &shift, &log, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let main = refused.main();
    assert!(main.contains("巡检正常") && main.contains("没有的单位"), "{main}");
    assert!(main.contains("2026-03-14T23:00"), "{main}");
}

#[tokio::test]
async fn a_district_and_a_unit_do_not_see_the_shift_desk() {
    let centre = Centre::new().await;
    let mara = centre.somebody("mara").await;
    let shift = begun(&mara).await;
    let (district, unit) = (centre.somebody("zhou").await, centre.somebody("gao").await);
    let before = centre.written().await;
    for path in ["/shift".to_owned(), shift.clone(), format!("{shift}/hand-over")] {
        assert_eq!(district.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(unit.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let token = district.get("/desk").await.hidden("csrf");
    let fields = [("command", "cmd_00000000000000000000000077"), ("text", "别人的日志")];
    let status = district.post_with(&format!("{shift}/log"), &token, &fields).await.status;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(centre.written().await, before);
}

/// An incident whose first reports are overdue, and a shift on duty.
async fn outage(centre: &Centre) -> Browser<'_> {
    report_theft(centre, &centre.nobody("zh-CN")).await;
    let lin = centre.somebody("lin").await;
    let report = first_report(&lin).await;
    act(&lin, &report, "accept", &[("title", "浦江数据客户资料被窃")]).await;
    begun(&lin).await;
    centre.at("13:00");
    lin
}

#[tokio::test]
async fn rows_are_entered_each_by_itself_and_a_bad_one_comes_back_whole() {
    let centre = Centre::new().await;
    let lin = outage(&centre).await;
    let page = lin.get("/back-entry").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.has("⟦"), "{}", page.main());
    let keys: Vec<String> = (0..2).map(|row| page.hidden(&format!("d{row}-key"))).collect();
    let token = page.hidden("csrf");
    let fields = [
        ("d0-key", keys[0].as_str()),
        ("d0-at", "2026-03-14T10:05"),
        ("d0-channel", if keys[0].contains("oral") { "oral" } else { "written" }),
        ("d0-by", "林越"),
        ("d0-whom", "值班员"),
        ("d0-note", "已报告基本情况"),
        ("d1-key", keys[1].as_str()),
        ("d1-at", "2026-03-14T12:30"),
        ("d1-channel", if keys[1].contains("oral") { "oral" } else { "written" }),
        ("d1-by", "林越"),
        ("d1-whom", "另一值班员"),
        ("d1-note", "这一行没有写明原因就不能丢"),
        ("l0-at", "2026-03-14T11:00"),
        ("l0-note", "机房断电"),
        ("l1-at", "2026-03-14T23:00"),
        ("l1-note", "还没到的时间"),
    ];
    let answer = lin.post_with("/back-entry", &token, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.main());
    let main = answer.main();
    assert!(main.contains("已写入值班日志"), "{main}");
    assert!(main.contains("value=\"还没到的时间\""), "{main}");
    assert!(!main.contains("value=\"机房断电\""), "what was entered is not offered again: {main}");
    assert!(lin.get("/shift").await.has("机房断电"));
    lin.take("lang", "en");
    assert!(!lin.get("/back-entry").await.has("⟦"));
}

#[tokio::test]
async fn a_table_is_entered_row_by_row_or_kept_back_with_line_and_column() {
    let centre = Centre::new().await;
    let lin = outage(&centre).await;
    let page = lin.get("/back-entry").await;
    let token = page.hidden("csrf");
    let table = lin.get("/back-entry/table").await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    assert!(table.has("case,duty,what,due,done_at"));
    let before = centre.written().await;
    let head = "case,duty,done_at,channel,by,whom,note,late_because\n";
    let bad = format!("{head},,2026-03-14 11:00,,,,机房断电,\n,,昨天,,,,没有时间,\n");
    let fields = [("csrf", token.as_str())];
    let answer = lin.post_files("/back-entry/table", &fields, &[("a.csv", bad.as_bytes())]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.has("done_at") && answer.has("昨天"), "{}", answer.main());
    assert_eq!(centre.written().await, before, "nothing was entered");
    let good = format!("{head},,2026-03-14 11:00,,,,机房断电,\n");
    let answer = lin.post_files("/back-entry/table", &fields, &[("a.csv", good.as_bytes())]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.main());
    assert!(answer.has("已写入值班日志"));
    let large = "x".repeat(5_000);
    let answer = lin.post_files("/back-entry/table", &fields, &[("a.csv", large.as_bytes())]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(centre.written().await, before + 1);
}
