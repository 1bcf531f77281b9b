//! The plans: read by question, compared, tried out, brought into force by two people.

use axum::http::StatusCode;
use fengsui_plan::Library;

use crate::house::House;

/// The pages of one plan.
const LEAVES: [&str; 7] = ["", "/duties", "/levels", "/authorities", "/papers", "/checks", "/try"];

#[tokio::test]
async fn every_page_of_every_plan_reads_in_both_languages() {
    let house = House::new().await;
    for lang in ["zh-CN", "en"] {
        let reader = house.browser("registrar", lang).await;
        let plans = Library::shipped().plans();
        let of_plans =
            plans.flat_map(|plan| LEAVES.map(|leaf| format!("/plans/{}{leaf}", plan.id)));
        let of_all = ["/plans", "/plans/editions", "/plans/compare", "/plans/taxonomies"];
        for path in of_plans.chain(of_all.map(str::to_owned)) {
            let page = reader.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let missing = page.text.split('⟦').nth(1).map(str::to_owned);
            assert_eq!(missing, None, "{lang} {path}");
            assert!(!page.text.contains("style="), "{path}");
        }
    }
}

#[tokio::test]
async fn what_nobody_may_do_is_said_to_be_blocked() {
    let house = House::new().await;
    let page = house.browser("gao", "en").await.get("/plans/cac-measures-2025/authorities").await;
    assert!(page.main().contains("nobody named: blocked until somebody is named"));
    let clauses = house.browser("gao", "en").await.get("/plans/cac-measures-2025").await.main();
    assert!(clauses.contains("class=\"is-unverified\""));
}

#[tokio::test]
async fn the_golden_scenarios_of_a_shipped_plan_hold_on_its_page() {
    let house = House::new().await;
    let page = house.browser("gao", "en").await.get("/plans/gdpr-33/checks").await.main();
    let scenarios = Library::shipped().plan(&"gdpr-33".parse().unwrap()).unwrap().scenarios.len();
    assert_eq!(page.matches("<details class=\"folded\" id=\"s-").count(), scenarios);
    assert_eq!(page.matches(">holds<").count(), scenarios);
}

#[tokio::test]
async fn a_comparison_says_what_changes_and_can_be_narrowed_to_one_role() {
    let house = House::new().await;
    let reader = house.browser("lin", "en").await;
    let all = reader.get("/plans/compare?a=shanghai-2019&b=cac-national-2017").await;
    assert_eq!(all.status, StatusCode::OK);
    let narrow = "/plans/compare?a=shanghai-2019&b=cac-national-2017&role=incident_unit";
    let narrow = reader.get(narrow).await.main();
    assert!(narrow.contains("sh-4.1.1-oral") && !narrow.contains("sh-3.4-simultaneous"));
    assert!(all.main().contains("sh-3.4-simultaneous"));
    for bad in ["/plans/compare?a=nowhere&b=shanghai-2019", "/plans/compare?a=%00"] {
        assert_eq!(reader.get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn a_file_is_compared_or_comes_back_with_what_is_wrong() {
    let house = House::new().await;
    let reader = house.browser("lin", "en").await;
    let shanghai = Library::shipped().plan(&"shanghai-2019".parse().unwrap()).unwrap();
    let looser =
        shanghai.text.replace("due = { within = \"PT30M\" }", "due = { within = \"PT40M\" }");
    assert_ne!(looser, shanghai.text);
    let unchanged = [("a", "shanghai-2019"), ("text", shanghai.text.as_str())];
    let same = reader.post("/plans/compare", &unchanged).await;
    assert!(same.main().contains("Nothing changes."));
    let page = reader.post("/plans/compare", &[("a", "shanghai-2019"), ("text", &looser)]).await;
    // The pack's own scenarios no longer hold, which is said, and it is compared nevertheless.
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    assert!(page.main().contains(">looser<") && page.main().contains("sh-4.1.1-oral"));
    for bad in ["this is not toml", "format = 1\n[plan]\nidd = 1\n", ""] {
        let page = reader.post("/plans/compare", &[("a", "shanghai-2019"), ("text", bad)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(page.main().contains(bad), "what was typed is not lost");
    }
    let misspelt = [("a", "shanghai-2019"), ("text", "format = 1\n[plan]\nidd = 1\n")];
    let page = reader.post("/plans/compare", &misspelt).await.main();
    assert!(page.contains("line 3, column 1") && page.contains("unknown-key"), "{page}");
    let large = format!("# {}", "x".repeat(1 << 20));
    let file = ("pack.toml", large.as_str());
    let page = reader.post_file("/plans/compare", &[("a", "shanghai-2019")], file).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = ("pack.toml", shanghai.text.as_str());
    let page = reader.post_file("/plans/compare", &[("a", "shanghai-2019")], file).await;
    assert!(page.main().contains("Nothing changes."));
    let unit = house.browser("gao", "en").await;
    let refused = unit.post("/plans/compare", &[("a", "shanghai-2019"), ("text", "x")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_try_out_says_what_is_certain_and_possible_and_keeps_nothing() {
    let house = House::new().await;
    let reader = house.browser("lin", "en").await;
    let before = house.desk.directory().centre().clone();
    let facts = [("fact.system_importance", "important"), ("fact.system_loss", "considerable")];
    let page = reader.post("/plans/shanghai-2019/try", &facts).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    let main = page.main();
    assert!(
        main.contains("What the plan makes of it") && main.contains("considerable 较大"),
        "{main}"
    );
    let wrong = reader.post("/plans/shanghai-2019/try", &[("fact.system_loss", "many")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(*house.desk.directory().centre(), before);
}

#[tokio::test]
async fn a_class_is_found_in_other_taxonomies() {
    let house = House::new().await;
    let reader = house.browser("gao", "en").await;
    let page = reader.get("/plans/taxonomies?of=cncert&code=phishing").await.main();
    assert!(page.contains("fraud/phishing"), "{page}");
    for bad in ["/plans/taxonomies?of=nothing", "/plans/taxonomies?of=cncert&code=x"] {
        assert_eq!(reader.get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

/// Makes a second keeper of the plans.
async fn second_keeper(house: &House) {
    let admin = house.browser("admin", "en").await;
    let fields = [
        ("login", "keeper"),
        ("name", "贺平"),
        ("organisation", "市委网信办"),
        ("capacities", "plan-officer"),
    ];
    let added = admin.post("/admin/accounts", &fields).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let account = house.desk.account("keeper").await.unwrap().unwrap();
    house.desk.set_password(&account.login, "beacon-tower").await.unwrap();
}

#[tokio::test]
async fn an_edition_is_drafted_by_one_approved_by_another_and_adopted() {
    let house = House::new().await;
    second_keeper(&house).await;
    let (one, other) =
        (house.browser("registrar", "en").await, house.browser("keeper", "en").await);
    let gdpr = Library::shipped().plan(&"gdpr-33".parse().unwrap()).unwrap();
    let hash = gdpr.hash.as_str();
    let at = format!("/plans/gdpr-33/edition?hash={hash}");
    let early = one.post("/plans/gdpr-33/adopt", &[("hash", hash)]).await;
    assert!(early.status.is_client_error(), "adopted without a draft: {}", early.status);
    let drafted = one.post("/plans/editions", &[("shipped", "gdpr-33")]).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.main());
    assert!(one.get(&at).await.main().contains("unsigned"));
    let own = one.post("/plans/gdpr-33/edition/approve", &[("hash", hash)]).await;
    assert!(own.status.is_client_error(), "approved by whoever drafted it: {}", own.status);
    let approved = other.post("/plans/gdpr-33/edition/approve", &[("hash", hash)]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.main());
    let day = [("hash", hash), ("from", "2026-05-01")];
    let adopted = one.post("/plans/gdpr-33/adopt", &day).await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.main());
    assert!(one.get(&at).await.main().contains("adopted, not in force yet"));
}

#[tokio::test]
async fn a_bad_pack_never_becomes_a_draft() {
    let house = House::new().await;
    let keeper = house.browser("registrar", "en").await;
    let before = house.desk.editions_of_plans().len();
    for bad in ["this is not toml", "format = 1\n[plan]\nidd = \"x\"\n"] {
        let page = keeper.post("/plans/editions", &[("text", bad)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(page.main().contains("line 1") || page.main().contains("line 2"), "{bad}");
    }
    let signature = [("shipped", "gdpr-33"), ("signature", "rot13:abc")];
    let page = keeper.post("/plans/editions", &signature).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.desk.editions_of_plans().len(), before);
    assert!(house.desk.directory().centre().drafts.is_empty());
}

#[tokio::test]
async fn a_ruling_and_the_official_wording_stand_beside_their_clause() {
    let house = House::new().await;
    let keeper = house.browser("registrar", "zh-CN").await;
    let ruling =
        [("clause", "4.1.1"), ("question", "半小时自何时起算?"), ("ruling", "自发现时起算。")];
    let ruled = keeper.post("/plans/shanghai-2019/rulings", &ruling).await;
    assert_eq!(ruled.status, StatusCode::SEE_OTHER, "{}", ruled.main());
    let wording = [("clause", "4.1.1"), ("wording", "正式文本如下")];
    let attached = keeper.post("/plans/shanghai-2019/wordings", &wording).await;
    assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.main());
    let unit = house.browser("gao", "zh-CN").await;
    let page = unit.get("/plans/shanghai-2019").await.main();
    assert!(page.contains("自发现时起算。") && page.contains("正式文本如下"));
    let withdrawn = [("clause", "4.1.1"), ("number", "1"), ("reason", "改由法律解释")];
    let done = keeper.post("/plans/shanghai-2019/rulings/withdraw", &withdrawn).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert!(!unit.get("/plans/shanghai-2019").await.main().contains("自发现时起算。"));
    let clause = unit.get("/plans/shanghai-2019/clause?number=4.1.1").await.main();
    assert!(clause.contains("自发现时起算。") && clause.contains("改由法律解释"));
    let empty = keeper.post("/plans/shanghai-2019/rulings", &[("clause", "4.1.1")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let absent = unit.get("/plans/shanghai-2019/clause?number=99").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_local_policy_is_named_by_one_and_approved_by_another() {
    let house = House::new().await;
    second_keeper(&house).await;
    let (one, other) =
        (house.browser("registrar", "en").await, house.browser("keeper", "en").await);
    let policy = [
        ("act", "accept_report"),
        ("how", "any"),
        ("roles", "cac_duty_room"),
        ("reason", "the duty room is awake at night"),
    ];
    let named = one.post("/plans/shanghai-2019/policies", &policy).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.main());
    let own = one.post("/plans/shanghai-2019/policies/approve", &[("number", "1")]).await;
    assert!(own.status.is_client_error(), "{}", own.status);
    let approved = other.post("/plans/shanghai-2019/policies/approve", &[("number", "1")]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.main());
    let page = one.get("/plans/shanghai-2019/authorities").await.main();
    assert!(page.contains("the duty room is awake at night") && page.contains("approved by 贺平"));
    let reason = [("number", "1"), ("reason", "a mistake")];
    let withdrawn = other.post("/plans/shanghai-2019/policies/withdraw", &reason).await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.main());
    let nobody = [("act", "accept_report"), ("how", "any"), ("reason", "x")];
    let refused = one.post("/plans/shanghai-2019/policies", &nobody).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
}
