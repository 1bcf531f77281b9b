//! What the pages say, and to whom.

use axum::http::StatusCode;

use crate::house::House;

#[tokio::test]
async fn the_overview_reads_in_both_languages() {
    let house = House::new().await;
    let path = house.incident().await;
    for lang in ["zh-CN", "en"] {
        let page = house.browser("lin", lang).await.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(!page.text.contains('⟦'), "{}", page.main());
        insta::assert_snapshot!(format!("overview_{lang}"), page.main());
    }
}

#[tokio::test]
async fn every_tab_and_the_case_file_have_their_words() {
    let house = House::new().await;
    let path = house.incident().await;
    for (login, lang) in [("lin", "zh-CN"), ("wei", "en"), ("zhou", "en")] {
        let browser = house.browser(login, lang).await;
        let tabs = ["facts", "organisations", "plans", "duties", "response", "documents", "notes"];
        for tab in tabs.into_iter().chain(["review"]) {
            let page = browser.get(&format!("{path}?tab={tab}")).await;
            assert_eq!(page.status, StatusCode::OK, "{tab}: {}", page.text);
            assert!(!page.text.contains('⟦'), "{tab}: {}", page.main());
        }
        let file = browser.get(&format!("{path}/print")).await;
        assert!(file.status == StatusCode::OK && !file.text.contains('⟦'), "{}", file.text);
    }
}

#[tokio::test]
async fn the_one_act_is_what_waits_for_whoever_looks() {
    let house = House::new().await;
    let path = house.incident().await;
    let acts = [("wei", "批准处置建议"), ("lin", "口头报告"), ("mara", "代录领导批准")];
    for (login, act) in acts {
        let page = house.browser(login, "zh-CN").await.get(&path).await;
        let found = page.text.contains(&format!("data-command=\"{act}\""));
        assert!(found, "{login}: {}", page.main());
    }
}

#[tokio::test]
async fn an_authority_of_another_district_sees_nothing_of_it() {
    let house = House::new().await;
    let path = house.incident().await;
    let zhou = house.browser("zhou", "zh-CN").await;
    assert_eq!(zhou.get(&path).await.status, StatusCode::OK);
    let xu = house.browser("xu", "zh-CN").await;
    for part in ["", "?tab=duties", "/print"] {
        assert_eq!(xu.get(&format!("{path}{part}")).await.status, StatusCode::NOT_FOUND, "{part}");
    }
    let list = xu.get("/incidents?state=all").await;
    assert!(list.main().contains("没有事件") && !list.main().contains("浦江"), "{}", list.main());
    let unit = house.browser("gao", "zh-CN").await;
    assert_eq!(unit.get(&path).await.status, StatusCode::FORBIDDEN);
}
