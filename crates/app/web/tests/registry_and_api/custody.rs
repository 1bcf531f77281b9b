//! Custody on screens: two people erase; every page of the subject still reads; evidence is handed out.

use std::io::Cursor;

use axum::http::StatusCode;
use fengsui_desk::verify_evidence;

use crate::api::opened;
use crate::house::{Browser, House};

/// A form of the custody page, with the command that the page gave it.
async fn sent(
    browser: &Browser<'_>,
    subject: &str,
    verb: &str,
    fields: &[(&str, &str)],
) -> (StatusCode, String) {
    let place = format!("/custody/{subject}");
    let page = browser.get(&place).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let action = format!("{place}/{verb}").replace(':', "%3A");
    let plain = format!("{place}/{verb}");
    let form = page.text.split("<form").find(|it| it.contains(&action) || it.contains(&plain));
    let form = form.unwrap_or_else(|| panic!("no form {verb}: {}", page.main()));
    let command = form.split("name=\"command\" value=\"").nth(1).unwrap();
    let command = command.split('"').next().unwrap().to_owned();
    let mut fields = fields.to_vec();
    fields.push(("command", &command));
    let answer = browser.post(&plain, &fields).await;
    (answer.status, answer.text)
}

async fn erased(house: &House, subject: &str) {
    let lin = house.browser("lin", "zh-CN").await;
    let fields = [("ground", "当事人要求删除"), ("demanded_by", "本人")];
    assert_eq!(sent(&lin, subject, "request", &fields).await.0, StatusCode::SEE_OTHER);
    let wei = house.browser("wei", "zh-CN").await;
    let (status, text) = sent(&wei, subject, "approve", &[("request", "1")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
}

#[tokio::test]
async fn every_page_of_a_subject_still_reads_after_its_texts_were_erased() {
    let house = House::new().await;
    let (report, incident) = opened(&house).await;
    let lin = house.browser("lin", "en").await;
    let found = lin.get("/search?q=%E7%AA%83%E5%8F%96").await;
    assert!(found.main().contains("客户数据被窃取"));
    let page = lin.get(&format!("/reports/{report}")).await.text;
    let file = page.split(&format!("/reports/{report}/files/")).nth(1).unwrap();
    let file = format!("/reports/{report}/files/{}", file.split('"').next().unwrap());
    assert_eq!(lin.get(&file).await.status, StatusCode::OK);
    erased(&house, &format!("report:{report}")).await;
    let gone = lin.get(&file).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.text.contains("当事人要求删除"), "when and why: {}", gone.text);

    for lang in ["zh-CN", "en"] {
        let lin = house.browser("lin", lang).await;
        let pages = [
            format!("/reports/{report}"),
            format!("/incidents/{incident}"),
            format!("/incidents/{incident}?tab=facts"),
            format!("/incidents/{incident}?tab=notes"),
            format!("/incidents/{incident}/print"),
            format!("/custody/report:{report}"),
            format!("/custody/incident:{incident}"),
            "/reports?state=all".to_owned(),
            "/search?q=%E7%AA%83%E5%8F%96".to_owned(),
            "/custody".to_owned(),
            "/desk".to_owned(),
        ];
        for path in pages {
            let page = lin.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
            for words in ["客户数据被窃取", "客户资料外流", "access.log", "021-5559 0001"]
            {
                assert!(!page.main().contains(words), "{path}: {}", page.main());
            }
        }
        let page = lin.get(&format!("/reports/{report}")).await.main();
        assert!(page.contains("当事人要求删除"), "when and why: {page}");
    }
    let program = house.program("lin").await;
    let read = program.get(&format!("/reports/{report}")).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    assert_eq!(read.json()["erased"]["ground"], "当事人要求删除");
    let found = program.get("/search?q=%E7%AA%83%E5%8F%96").await;
    assert!(!found.text.contains("客户数据被窃取"), "{}", found.text);
    let unit = house.browser("gao", "zh-CN").await;
    assert_eq!(unit.get(&format!("/reports/{report}")).await.status, StatusCode::OK);
    assert_eq!(unit.get("/mine").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_of_custody_reads_in_both_languages_and_offers_only_what_may_be_done() {
    let house = House::new().await;
    let (report, _) = opened(&house).await;
    let subject = format!("report:{report}");
    let lin = house.browser("lin", "zh-CN").await;
    let hold = [("ground", "立案侦查"), ("demanded_by", "市公安局")];
    assert_eq!(sent(&lin, &subject, "hold", &hold).await.0, StatusCode::SEE_OTHER);
    assert_eq!(
        sent(&lin, &subject, "request", &[("ground", "误报")]).await.0,
        StatusCode::SEE_OTHER
    );
    let page = lin.get(&format!("/reports/{report}")).await.main();
    assert!(page.contains("冻结中") && page.contains("删除待决定"), "{page}");
    let place = format!("/custody/{subject}");
    assert!(!lin.get(&place).await.text.contains("/approve"), "an officer does not approve");

    let wei = house.browser("wei", "zh-CN").await;
    let (status, text) = sent(&wei, &subject, "approve", &[("request", "1")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("已依法冻结（立案侦查）"), "the form comes back: {text}");
    let empty = sent(&wei, &subject, "lift", &[("hold", "1"), ("reason", "")]).await;
    assert_eq!(empty.0, StatusCode::UNPROCESSABLE_ENTITY);
    let listed = wei.get("/custody").await.main();
    assert!(listed.contains("立案侦查") && listed.contains("误报"), "{listed}");
    for lang in ["zh-CN", "en"] {
        let page = house.browser("wei", lang).await.get(&place).await;
        insta::assert_snapshot!(format!("custody_{lang}"), page.main());
    }
    let stranger = house.browser("zhou", "zh-CN").await;
    let other = house.browser("xu", "zh-CN").await;
    assert_eq!(other.get(&place).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get("/custody/centre").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_package_of_evidence_is_made_fetched_and_handed_over() {
    let house = House::new().await;
    let (_, incident) = opened(&house).await;
    let subject = format!("incident:{incident}");
    let lin = house.browser("lin", "en").await;
    let asked = [("made_for", "市公安局"), ("purpose", "取证")];
    assert_eq!(sent(&lin, &subject, "package", &asked).await.0, StatusCode::SEE_OTHER);
    let file = house.fetch("lin", &format!("/custody/{subject}/packages/1")).await;
    let sound = verify_evidence(Cursor::new(&file)).unwrap();
    assert!(sound.entries > 3 && sound.texts >= 2, "{sound:?}");
    assert_eq!(house.fetch("lin", &format!("/custody/{subject}/packages/1")).await, file);

    let handed = [("package", "1"), ("recipient", "王警官"), ("receipt", "收字7号")];
    assert_eq!(sent(&lin, &subject, "hand-over", &handed).await.0, StatusCode::SEE_OTHER);
    let page = lin.get(&format!("/custody/{subject}")).await.main();
    assert!(page.contains("王警官") && page.contains("收字7号"), "{page}");
    let other = house.browser("zhou", "zh-CN").await;
    let told = other.get(&format!("/custody/{subject}/packages/1")).await;
    assert!(matches!(told.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND));
}
