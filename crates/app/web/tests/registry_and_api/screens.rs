//! The screens of the registry, of a unit, of plans and of the administration.

use axum::http::StatusCode;
use serde_json::json;

use crate::house::House;

const UNIT: &str = "浦江数据服务有限公司";

#[tokio::test]
async fn the_registry_is_found_by_chinese_and_english_words() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let list = registrar.get("/organisations?q=%E6%B5%A6%E6%B1%9F").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.main().contains(UNIT) && !list.main().contains("汇南人民医院"));
    let english = house.browser("registrar", "en").await;
    let list = english.get("/organisations?q=Hospital").await;
    assert!(list.main().contains("Huinan People") && !list.main().contains("Pujiang"));
}

#[tokio::test]
async fn one_organisation_reads_in_both_languages() {
    let house = House::new().await;
    let path = format!("/organisations/{}", house.organisation(UNIT));
    for lang in ["zh-CN", "en"] {
        let page = house.browser("registrar", lang).await.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        insta::assert_snapshot!(format!("organisation_{lang}"), page.main());
    }
}

#[tokio::test]
async fn a_unit_sees_its_own_entry_and_no_other() {
    let house = House::new().await;
    let unit = house.browser("gao", "zh-CN").await;
    let own = format!("/organisations/{}", house.organisation(UNIT));
    let other = format!("/organisations/{}", house.organisation("汇南人民医院"));
    assert_eq!(unit.get(&own).await.status, StatusCode::OK);
    assert_eq!(unit.get(&other).await.status, StatusCode::NOT_FOUND);
    let tree = unit.get("/organisations/tree").await.main();
    assert!(tree.contains(UNIT) && !tree.contains("汇南人民医院"));
    assert_eq!(unit.get("/organisations/export").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_organisation_is_registered_and_changed() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let fields = [
        ("name_zh", "临港测试公司"),
        ("name_en", "Lingang Test"),
        ("parent", UNIT),
        ("district", "310115"),
        ("kinds", "operator"),
        ("telephone", "021-5558 0001"),
    ];
    let done = registrar.post("/organisations", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let place = done.headers["location"].to_str().unwrap().to_owned();
    let page = registrar.get(&place).await.main();
    assert!(page.contains("临港测试公司") && page.contains("021-5558 0001") && page.contains(UNIT));
    let refused = registrar.post("/organisations", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a name is registered once");
    assert!(refused.main().contains("临港测试公司"), "what was typed is still there");
    let wrong = [("name_zh", "另一公司"), ("parent", "无此单位"), ("telephone", "请问总机")];
    let refused = registrar.post("/organisations", &wrong).await.main();
    assert!(
        refused.contains("名录中没有这个单位") && refused.contains("不像电话号码"),
        "{refused}"
    );
    let changed = registrar
        .post(
            &format!("{place}/change"),
            &[("name_zh", "临港测试公司"), ("telephone", "021-5558 0002"), ("from", "2026-03-14")],
        )
        .await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    assert!(registrar.get(&place).await.main().contains("021-5558 0002"));
}

#[tokio::test]
async fn a_table_is_tried_first_and_written_whole_or_not_at_all() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let before = house.desk.directory().organisations().count();
    let bad = "name_zh,parent,district\n新一公司,,310115\n新二公司,无此单位,\n新一公司,,\n";
    let tried = registrar.post("/organisations/import", &[("text", bad)]).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    insta::assert_snapshot!("import_tried", tried.main());
    let forced = registrar.post("/organisations/import", &[("text", bad), ("write", "yes")]).await;
    assert_eq!(forced.status, StatusCode::OK, "an unsound table is never written");
    assert_eq!(house.desk.directory().organisations().count(), before);
    let good = "name_zh,parent,district\n新一公司,,310115\n新二公司,新一公司,\n";
    let tried = registrar.post("/organisations/import", &[("text", good)]).await.main();
    assert!(tried.contains("尚未写入"), "{tried}");
    assert_eq!(house.desk.directory().organisations().count(), before);
    let done = registrar.post("/organisations/import", &[("text", good), ("write", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(house.desk.directory().organisations().count(), before + 2);
}

#[tokio::test]
async fn what_is_exported_can_be_read_again() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let table = registrar.get("/organisations/export").await.text;
    let read = house.desk.read_organisations(&table);
    assert_eq!(read.lines.len(), house.desk.directory().organisations().count());
    let problems = read.lines.iter().filter_map(|line| line.outcome.as_ref().err()).flatten();
    let problems: Vec<String> = problems.map(ToString::to_string).collect();
    assert!(problems.iter().all(|problem| problem.contains("registered already")), "{problems:?}");
}

#[tokio::test]
async fn a_unit_sees_what_it_owes_and_records_its_call() {
    let house = House::new().await;
    let program = house.program("gao").await;
    let body = json!({
        "title": "客户数据被窃取",
        "description": "发现数据库被未授权访问。",
        "affected": [{
            "organisation": UNIT,
            "anchors": { "discovered_at": "2026-03-14T09:40:00+08:00" },
        }],
    });
    assert_eq!(program.post("/reports", &body).await.status, StatusCode::CREATED);
    for lang in ["zh-CN", "en"] {
        let page = house.browser("gao", lang).await.get("/mine").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        insta::assert_snapshot!(format!("mine_{lang}"), page.main());
    }
    let unit = house.browser("gao", "zh-CN").await;
    let page = unit.get("/mine").await.text;
    let duty = value_of(&page, "cac_duty_room");
    let command = house.desk.command_id().to_string();
    let fields = [
        ("command", command.as_str()),
        ("duty", duty.as_str()),
        ("at", "2026-03-14T09:58"),
        ("caller", "高原"),
        ("callee", "马岚"),
        ("said", "口头报告客户数据被窃取"),
    ];
    let done = unit.post("/mine/calls", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = unit.post("/mine/calls", &[("duty", "nothing"), ("caller", "高原")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = house.browser("tan", "zh-CN").await;
    assert!(!other.get("/mine").await.main().contains("客户数据被窃取"));
}

/// The value of the choice that names something.
fn value_of(page: &str, name: &str) -> String {
    let options = page.split("<option value=\"").skip(1);
    let values = options.map(|rest| rest.split('"').next().unwrap().to_owned());
    values.filter(|value| value.contains(name)).find(|value| value.contains("oral")).unwrap()
}

#[tokio::test]
async fn a_plan_reads_as_a_book_in_both_languages() {
    let house = House::new().await;
    for lang in ["zh-CN", "en"] {
        let page = house.browser("gao", lang).await.get("/plans/shanghai-2019").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let page = page.main();
        assert!(!page.contains('⟦'), "words are missing: {}", page.split('⟦').nth(1).unwrap());
        let plan = house.desk.lead_plan().unwrap();
        for clause in plan.clauses.keys() {
            assert!(page.contains(&format!("id=\"c-{clause}\"")), "{clause}");
        }
        for duty in &plan.duties {
            assert!(page.contains(duty.id.as_str()), "{}", duty.id);
        }
        assert!(page.contains(&plan.hash));
    }
    assert_eq!(house.browser("gao", "en").await.get("/plans").await.status, StatusCode::OK);
    assert_eq!(
        house.browser("gao", "en").await.get("/plans/none").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_search_shows_everybody_only_what_is_theirs() {
    let house = House::new().await;
    let words = "/search?q=%E5%AE%A2%E6%88%B7"; // 客户
    let body = json!({ "title": "客户数据被窃取", "description": "客户资料外流" });
    assert_eq!(
        house.program("gao").await.post("/reports", &body).await.status,
        StatusCode::CREATED
    );
    assert!(
        house.browser("mara", "zh-CN").await.get(words).await.main().contains("客户数据被窃取")
    );
    assert!(house.browser("gao", "zh-CN").await.get(words).await.main().contains("客户数据被窃取"));
    assert!(
        !house.browser("tan", "zh-CN").await.get(words).await.main().contains("客户数据被窃取")
    );
}

#[tokio::test]
async fn an_administrator_keeps_accounts_and_nobody_else_does() {
    let house = House::new().await;
    let admin = house.browser("admin", "zh-CN").await;
    assert_eq!(admin.get("/admin").await.status, StatusCode::OK);
    let new =
        [("login", "fang"), ("name", "方圆"), ("organisation", UNIT), ("capacities", "liaison")];
    let added = admin.post("/admin/accounts", &new).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    assert!(added.main().contains("只显示这一次"), "{}", added.main());
    let twice = admin.post("/admin/accounts", &new).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = admin.get("/admin/accounts/fang").await;
    assert!(page.main().contains("方圆"));
    let token = admin.post("/admin/accounts/fang/tokens", &[("client", "工单系统")]).await.main();
    assert!(token.contains("fst_"), "{token}");
    let reset = admin.post("/admin/accounts/fang/password", &[]).await;
    assert_eq!(reset.status, StatusCode::OK);
    let revoked =
        admin.post("/admin/tokens/revoke", &[("client", "工单系统"), ("login", "fang")]).await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert_eq!(admin.post("/admin/accounts/fang/close", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(house.desk.account("fang").await.unwrap().unwrap().is_closed);
    for login in ["lin", "gao", "registrar", "audit"] {
        let other = house.browser(login, "zh-CN").await;
        assert_eq!(other.get("/admin").await.status, StatusCode::FORBIDDEN, "{login}");
        let post = other.post("/admin/accounts/lin/password", &[]).await;
        assert_eq!(post.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn a_plan_officer_binds_roles() {
    let house = House::new().await;
    let officer = house.browser("registrar", "en").await;
    let page = officer.get("/admin/roles").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let bind = [("role", "press_office"), ("organisation", "市委网信办")];
    let bound = officer.post("/admin/roles", &bind).await;
    assert_eq!(bound.status, StatusCode::SEE_OTHER, "{}", bound.text);
    let wrong =
        officer.post("/admin/roles", &[("role", "press_office"), ("organisation", "无")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        house.browser("admin", "en").await.post("/admin/roles", &bind).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn forms_without_the_sessions_token_are_refused() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    for path in ["/organisations", "/organisations/import", "/admin/roles", "/mine/calls"] {
        assert_eq!(registrar.post_foreign(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
