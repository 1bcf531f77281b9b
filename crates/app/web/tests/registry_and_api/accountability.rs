//! Accountability: suggestions, a file from opening to decision, statistics with their downloads.

use axum::http::StatusCode;
use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{Acceptance, Accepting, Arrival};
use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_vocabulary::{Facts, IncidentId, Lang};

use crate::house::{Answer, Browser, House};

const UNIT: &str = "浦江数据服务有限公司";

/// A command of its own for each form, far from the ids in a row that the centre draws.
fn command(number: u8) -> (&'static str, String) {
    ("command", format!("cmd_100000000000000000000000{number:02}"))
}

async fn post(browser: &Browser<'_>, path: &str, number: u8, fields: &[(&str, &str)]) -> Answer {
    let (name, command) = command(number);
    let mut all = vec![(name, command.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// A file that Lin opened by hand about the unit.
async fn opened(house: &House) -> String {
    let lin = house.browser("lin", "zh-CN").await;
    let fields = [("kind", "no-plan"), ("organisation", UNIT), ("reason", "至今未制定预案")];
    location(&post(&lin, "/accountability", 1, &fields).await)
}

/// An incident of the unit, which told of it at once.
async fn incident(house: &House) -> IncidentId {
    let desk = &house.desk;
    let discovered_at = "2026-03-14T01:20:00Z".parse().ok();
    let affected = Affected {
        organisation: desk.directory().named(UNIT),
        district: None,
        anchors: Anchors { discovered_at, ..Anchors::default() },
    };
    let arrival = Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: vec![affected],
        facts: Facts::new(),
        content: ReportContent {
            title: "入侵".parse().unwrap(),
            description: "发生了什么".parse().unwrap(),
            reporter: Reporter::default(),
            file_names: Vec::new(),
            organisation: None,
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    };
    let receipt = desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await.unwrap();
    let lin = desk.account("lin").await.unwrap().unwrap();
    let by = desk.viewer(lin.person).unwrap().actor;
    let accepting = Accepting { by, role: None, happened_at: None };
    let title = Acceptance::Open("一个事件".parse().unwrap());
    desk.accept(receipt.report, desk.command_id(), accepting, title).await.unwrap()
}

#[tokio::test]
async fn a_file_goes_from_opening_through_the_hearing_to_the_decision() {
    let house = House::new().await;
    let file = opened(&house).await;
    let lin = house.browser("lin", "zh-CN").await;
    let unit = house.browser("gao", "zh-CN").await;
    assert_eq!(unit.get(&file).await.status, StatusCode::NOT_FOUND, "it was not asked yet");
    assert!(!unit.get("/mine").await.main().contains("未制定预案"));

    let ask = format!("{file}/hearing");
    let fields = [("answer_by", "2026-03-14T18:00"), ("text", "请说明预案制定情况")];
    assert_eq!(location(&post(&lin, &ask, 2, &fields).await), file);
    let mine = unit.get("/mine").await.main();
    assert!(mine.contains("未制定预案") && mine.contains(&file), "{mine}");
    let page = unit.get(&file).await.main();
    assert!(page.contains("请说明预案制定情况") && page.contains("至今未制定预案"), "{page}");
    assert!(!page.contains("林越"), "who of the office opened it is the office's own matter");
    assert!(!page.contains("/decision") && !page.contains("/withdrawal"));

    let answered = post(&unit, &format!("{file}/statement"), 3, &[("text", "预案正在报批")]).await;
    assert_eq!(location(&answered), file);
    let decision = format!("{file}/decision");
    let fields =
        [("outcome", "sanction"), ("reason", "情况属实"), ("document", "沪网办〔2026〕12号")];
    let alone = post(&lin, &decision, 4, &fields).await;
    assert_eq!(alone.status, StatusCode::FORBIDDEN, "{}", alone.main());
    let shen = house.browser("shen", "zh-CN").await;
    let bare = post(&shen, &decision, 5, &[("outcome", "sanction"), ("reason", "情况属实")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.main().contains("请填写作出决定的文号") && bare.main().contains("情况属实"));
    assert_eq!(location(&post(&shen, &decision, 6, &fields).await), file);
    for (login, lang, outcome) in [("shen", "zh-CN", "处分"), ("gao", "en", "Sanction")] {
        let page = house.browser(login, lang).await.get(&file).await;
        assert_eq!(page.status, StatusCode::OK);
        let page = page.main();
        for shown in [outcome, "情况属实", "预案正在报批", "沪网办〔2026〕12号"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
    }
    let stranger = house.browser("tan", "zh-CN").await;
    assert_eq!(stranger.get(&file).await.status, StatusCode::NOT_FOUND);
    let foreign = post(&stranger, &format!("{file}/statement"), 7, &[("text", "与我无关")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let organisation = lin.get(&format!("/organisations/{}", house.organisation(UNIT))).await;
    assert!(organisation.main().contains(&file));
}

#[tokio::test]
async fn a_form_that_opens_a_file_comes_back_with_what_was_typed() {
    let house = House::new().await;
    let lin = house.browser("lin", "en").await;
    let fields = [
        ("kind", "late"),
        ("organisation", "没有这家"),
        ("incident", "2026-9999"),
        ("reason", "因为"),
    ];
    let back = post(&lin, "/accountability", 1, &fields).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = back.main();
    for kept in
        ["没有这家", "2026-9999", "因为", "No such organisation", "no incident of this number"]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let file = opened(&house).await;
    let fields = [("kind", "no-plan"), ("organisation", UNIT), ("reason", "再次")];
    let again = post(&lin, "/accountability", 2, &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.main());
    let wrong =
        post(&lin, &format!("{file}/evidence"), 3, &[("number", "没有"), ("note", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn evidence_is_attached_by_number_and_as_a_file() {
    let house = House::new().await;
    incident(&house).await;
    let file = opened(&house).await;
    let lin = house.browser("lin", "zh-CN").await;
    let evidence = format!("{file}/evidence");
    let by_number = post(&lin, &evidence, 2, &[("number", "2026-0001")]).await;
    assert_eq!(location(&by_number), file);
    let (name, command) = command(3);
    let fields = [(name, command.as_str()), ("number", ""), ("note", "现场照片")];
    let with_file = lin.post_file(&evidence, &fields, ("照片.txt", "内容")).await;
    assert_eq!(location(&with_file), file);
    let page = lin.get(&file).await.main();
    assert!(page.contains("现场照片") && page.contains("照片.txt"), "{page}");
    let href = page.split("/files/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("{file}/files/{href}");
    assert_eq!(lin.get(&path).await.text, "内容");
    let unit = house.browser("gao", "zh-CN").await;
    assert_eq!(unit.get(&path).await.status, StatusCode::NOT_FOUND, "it was not asked yet");
}

#[tokio::test]
async fn lists_and_statistics_read_in_both_languages_and_download() {
    let house = House::new().await;
    incident(&house).await;
    opened(&house).await;
    for lang in ["zh-CN", "en"] {
        let lin = house.browser("lin", lang).await;
        for shelf in
            ["", "?shelf=open", "?shelf=closed", "?shelf=commendations", "?shelf=dismissed"]
        {
            let page = lin.get(&format!("/accountability{shelf}")).await;
            assert_eq!(page.status, StatusCode::OK, "{shelf}");
        }
        assert_eq!(lin.get("/accountability/open").await.status, StatusCode::OK);
        let page = lin.get("/accountability/statistics?by=organisation").await;
        let name = if lang == "en" { "Pujiang Data Services" } else { UNIT };
        assert!(page.main().contains(name), "{}", page.main());
    }
    let lin = house.browser("lin", "zh-CN").await;
    for by in ["organisation", "district", "plan", "month", "nonsense"] {
        let page = lin.get(&format!("/accountability/statistics?by={by}")).await;
        assert_eq!(page.status, StatusCode::OK, "{by}");
    }
    let csv = lin.get("/accountability/statistics.csv?by=organisation").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.starts_with('\u{feff}') && csv.text.contains(UNIT), "{}", csv.text);
    let xlsx = lin.get("/accountability/statistics.xlsx").await;
    assert!(xlsx.text.starts_with("PK"));
    let backwards = lin.get("/accountability/statistics?from=2026-03-02&until=2026-03-01").await;
    assert!(backwards.status.is_client_error(), "{}", backwards.status);
    let unit = house.browser("gao", "zh-CN").await;
    assert_eq!(unit.get("/accountability/statistics").await.status, StatusCode::FORBIDDEN);
    assert_eq!(unit.get("/accountability").await.status, StatusCode::FORBIDDEN);
}
