//! What becomes of forms: taken, refused with everything that was typed, told to be stale.

use axum::http::StatusCode;

use fengsui_vocabulary::PlanId;

use crate::house::{Browser, House};

#[tokio::test]
async fn a_form_that_is_sent_twice_happens_once() {
    let house = House::new().await;
    let path = house.incident().await;
    let lin = house.browser("lin", "zh-CN").await;
    let drawn = lin.get(&format!("{path}?tab=notes")).await;
    for _ in 0..2 {
        let done = lin.fill_drawn(&drawn, "notes", &[("text", "值班记事一则")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let page = lin.get(&format!("{path}?tab=notes")).await.main();
    assert_eq!(page.matches("值班记事一则").count(), 1, "{page}");
}

#[tokio::test]
async fn a_refused_form_comes_back_with_every_value_and_the_reason() {
    let house = House::new().await;
    let path = house.incident().await;
    let lin = house.browser("lin", "zh-CN").await;
    let fields = [("level", "III"), ("happened_at", "2026-03-14T11:00"), ("read", "yes")];
    let refused = lin.fill(&path, "level", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = refused.form("level");
    assert!(form.contains("<option value=\"III\" selected>"), "{form}");
    assert!(form.contains("2026-03-14T11:00") && form.contains("须写明理由"), "{form}");
    let later = [("level", "III"), ("reason", "从严"), ("happened_at", "2026-03-14T12:00")];
    let refused = lin.fill(&path, "level", &later).await;
    let form = refused.form("level");
    assert!(form.contains("时间不能晚于现在") && form.contains("请先阅读"), "{form}");
    assert!(form.contains("从严"), "{form}");
}

#[tokio::test]
async fn nobody_approves_or_writes_down_the_approval_of_their_own_proposal() {
    let house = House::new().await;
    let path = format!("{}?tab=response", house.incident().await);
    let fields = [
        ("decided_by", "commission"),
        ("means", "telephone"),
        ("record", "同意,立即组织实施。"),
        ("read_back", "yes"),
        ("read", "yes"),
    ];
    for own in ["lin", "chen"] {
        let refused =
            house.browser(own, "zh-CN").await.fill(&path, "recorded-approvals", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert!(refused.form("recorded-approvals").contains("同意,立即组织实施。"));
    }
    let mara = house.browser("mara", "zh-CN").await;
    let done = mara.fill(&path, "recorded-approvals", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = mara.get(&path).await.main();
    assert!(page.contains("已批准,待确认") || page.contains("已批准，待确认"), "{page}");
    let wei = house.browser("wei", "zh-CN").await;
    let done = wei.fill(&path, "confirmations", &[("read", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

#[tokio::test]
async fn a_stale_decision_is_told_what_happened_meanwhile() {
    let house = House::new().await;
    let path = format!("{}?tab=response", house.incident().await);
    let wei = house.browser("wei", "zh-CN").await;
    let drawn = wei.get(&path).await;
    let lin = house.browser("lin", "zh-CN").await;
    let withdrawn = lin.fill(&path, "withdrawals", &[("reason", "另拟")]).await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.text);
    let late = wei.fill_drawn(&drawn, "approvals", &[("read", "yes")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.main().contains("林越"), "{}", late.main());
}

#[tokio::test]
async fn an_onward_report_is_read_before_it_goes_out_and_meets_what_is_owed_in_writing() {
    let house = House::new().await;
    let incident = house.incident().await;
    let lin = house.browser("lin", "zh-CN").await;
    let page = format!("{incident}?tab=documents&form=onward-report-written&by=cac_office");
    let drawn = lin.get(&page).await;
    let ticks = drawn.choices("documents", "ticks");
    assert_eq!(ticks.len(), 3, "{}", drawn.main());
    let mut fields = vec![
        ("title", "关于浦江数据客户资料窃取的报告"),
        ("stage", "first"),
        ("field-level", "重大"),
        ("field-received_at", "10:00"),
        ("field-organisation", "浦江数据服务有限公司"),
        ("field-description", "外部入侵,客户资料被导出。"),
        ("unverified", "description"),
        ("signatory", "魏诚"),
    ];
    fields.extend(ticks.iter().map(|tick| ("ticks", tick.as_str())));
    let preview = lin.fill_drawn(&drawn, "documents", &fields).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.main());
    let main = preview.main();
    assert!(main.contains("未经核实") && main.contains("市委总值班室"), "{main}");
    let draft = lin.fill_drawn(&preview, "draft-pdf", &[]).await;
    assert_eq!(draft.status, StatusCode::OK, "{}", draft.text);
    assert!(printed(&draft.bytes).contains("关于浦江数据客户资料窃取的报告"));
    let unread = lin.fill_drawn(&preview, "documents", &[]).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unread.main());
    let sent = lin.fill_drawn(&preview, "documents", &[("read", "yes")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.main());
    assert!(sent.location.ends_with("?tab=documents"), "{}", sent.location);
    let again = lin.get(&page).await;
    assert!(again.choices("documents", "ticks").is_empty(), "{}", again.main());
    let link = again.text.split("/texts/").nth(1).unwrap().split('"').next().unwrap();
    let kept = lin.get(&format!("{incident}/texts/{link}")).await.main();
    assert!(kept.contains("签发人：魏诚") || kept.contains("签发人:魏诚"), "{kept}");
    assert!(kept.contains("外部入侵,客户资料被导出。"), "{kept}");
    let pdf =
        lin.get(&format!("{incident}/documents/{}.pdf", documents(&lin, &incident).await)).await;
    assert_eq!(pdf.status, StatusCode::OK, "{}", pdf.text);
    let said = printed(&pdf.bytes);
    assert!(said.contains("关于浦江数据客户资料窃取的报告") && said.contains("魏诚"), "{said}");
    let xu = house.browser("xu", "zh-CN").await;
    let hidden = xu.get(&format!("{incident}/documents/1.pdf")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let beyond = lin.get(&format!("{incident}/documents/99.pdf")).await;
    assert_eq!(beyond.status, StatusCode::NOT_FOUND);
}

/// How many documents were sent: the number of the last one.
async fn documents(browser: &Browser<'_>, incident: &str) -> usize {
    let page = browser.get(&format!("{incident}?tab=documents")).await;
    let links = page.text.split("/documents/").skip(1);
    links.filter_map(|link| link.split_once(".pdf")?.0.parse().ok()).max().unwrap()
}

/// What the pages of a PDF say, without white space.
fn printed(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap().split_whitespace().collect()
}

#[tokio::test]
async fn somebody_applies_a_plan_and_sets_it_aside_with_reasons() {
    let house = House::new().await;
    let plan: PlanId = "cac-measures-2025".parse().unwrap();
    house.desk.adopt_plan(&house.desk.console(), &plan).await.unwrap();
    let path = format!("{}?tab=plans", house.incident().await);
    let lin = house.browser("lin", "zh-CN").await;
    let fields = [("plan", plan.as_str()), ("reason", "数据处理者为网络运营者"), ("read", "yes")];
    let applied = lin.fill(&path, "apply-plan", &fields).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.main());
    let page = lin.get(&path).await.main();
    assert!(page.contains("决定适用") && page.contains("数据处理者为网络运营者"), "{page}");
    let fields = [("plan", plan.as_str()), ("reason", "另案处理"), ("read", "yes")];
    let aside = lin.fill(&path, "set-plan-aside", &fields).await;
    assert_eq!(aside.status, StatusCode::SEE_OTHER, "{}", aside.main());
    assert!(lin.get(&path).await.main().contains("另案处理"));
}

#[tokio::test]
async fn a_call_recorded_late_by_one_is_confirmed_by_another() {
    let house = House::new().await;
    let path = format!("{}?tab=duties", house.incident().await);
    let lin = house.browser("lin", "zh-CN").await;
    let drawn = lin.get(&path).await;
    let owed = drawn.choices("calls", "ticks");
    let ours = |tick: &&String| tick.contains("sh-4.1.2-oral|~|cac_office|");
    let mut fields = vec![
        ("caller", "林越"),
        ("callee", "总值班室"),
        ("said", "重大事件,客户资料被窃取。"),
        ("happened_at", "2026-03-14T10:55"),
    ];
    fields.extend(owed.iter().filter(ours).map(|tick| ("ticks", tick.as_str())));
    let done = lin.fill_drawn(&drawn, "calls", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let page = lin.get(&path).await;
    assert!(!page.text.contains("id=\"do-clearances\""), "{}", page.main());
    let mara = house.browser("mara", "zh-CN").await;
    let drawn = mara.get(&path).await;
    assert!(drawn.text.contains("data-command=\"确认补录\""), "{}", drawn.main());
    let ticks = drawn.choices("clearances", "ticks");
    assert_eq!(ticks.len(), 3, "{}", drawn.main());
    let fields: Vec<_> = ticks.iter().map(|tick| ("ticks", tick.as_str())).collect();
    let done = mara.fill_drawn(&drawn, "clearances", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(mara.get(&path).await.main().matches("已办，补录").count(), 3);
}
