//! Messages on the screen: what is for me, what goes out, and whether it goes out at all.

use axum::http::StatusCode;
use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{Arrival, Dispatching, Ways};
use fengsui_notices::Notices;
use fengsui_response::{Actor, IntakeChannel, ReportKind};
use fengsui_vocabulary::{Facts, Lang};

use crate::house::{Answer, House};

/// The message that is first in a list.
fn first_message(list: &Answer) -> String {
    let (_, rest) = list.text.split_once("href=\"/messages/").expect("a message in the list");
    format!("/messages/{}", rest.split('"').next().unwrap())
}

fn badge(page: &Answer) -> Option<&str> {
    let (_, rest) = page.text.split_once("href=\"/messages\"")?;
    let link = rest.split_once("</a>")?.0;
    let (_, count) = link.split_once("class=\"count\"")?;
    Some(count.trim_start_matches('>').split('<').next().unwrap().trim())
}

/// A receipt that has no way out.
async fn parked_receipt(house: &House) {
    let desk = &house.desk;
    desk.set_ways(Ways { mail: Some("mail.test".to_owned()), ..Ways::default() });
    let arrival = Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: Vec::new(),
        facts: Facts::new(),
        content: ReportContent {
            title: "网站打不开".parse().unwrap(),
            description: "从早上起".parse().unwrap(),
            reporter: Reporter {
                mail: Some("reader@unit.test".parse().unwrap()),
                ..Reporter::default()
            },
            file_names: Vec::new(),
            organisation: None,
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    };
    desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await.unwrap();
    let node = Dispatching::on("00000000000000000000000000000001".parse().unwrap());
    desk.dispatch_now(node, Notices::none()).await.unwrap();
}

#[tokio::test]
async fn whoever_may_approve_is_told_on_the_screen_and_has_seen_it_by_opening_it() {
    let house = House::new().await;
    for lang in ["zh-CN", "en"] {
        let wei = house.browser("wei", lang).await;
        let list = wei.get("/messages").await;
        assert!(!list.text.contains('⟦'), "{}", list.main());
        insta::assert_snapshot!(format!("my_messages_{lang}"), list.main());
    }
    let wei = house.browser("wei", "zh-CN").await;
    let list = wei.get("/messages").await;
    assert_eq!(badge(&list), Some("1"), "{}", list.text);
    let message = first_message(&list);
    let page = wei.get(&message).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("启动响应") && page.main().contains("已打开"), "{}", page.main());
    assert_eq!(badge(&wei.get("/messages").await), None);
    assert!(house.desk.rebuild(|_, _| {}).await.unwrap().differences.is_empty());
    // Whoever handles everything sees it and opens it for nobody else; others do not see it.
    let lin = house.browser("lin", "zh-CN").await;
    assert_eq!(lin.get(&message).await.status, StatusCode::OK);
    let xu = house.browser("xu", "zh-CN").await;
    assert_eq!(xu.get(&message).await.status, StatusCode::NOT_FOUND);
    assert!(xu.get("/messages?show=all").await.main().contains("没有消息"));
}

#[tokio::test]
async fn a_message_without_a_way_out_is_shown_with_its_attempt_and_given_up_with_a_reason() {
    let house = House::new().await;
    parked_receipt(&house).await;
    let lin = house.browser("lin", "zh-CN").await;
    let list = lin.get("/messages?show=queued").await;
    let message = first_message(&list);
    for lang in ["zh-CN", "en"] {
        let page = house.browser("lin", lang).await.get(&message).await;
        assert!(!page.text.contains('⟦'), "{}", page.main());
        insta::assert_snapshot!(format!("message_{lang}"), without_ids(&page.main()));
    }
    let refused = lin.fill(&message, "give-up", &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let drawn = lin.get(&message).await;
    for _ in 0..2 {
        let done = lin.fill_drawn(&drawn, "give-up", &[("reason", "已电话告知")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let page = lin.get(&message).await.main();
    assert!(page.contains("已放弃") && page.contains("已电话告知"), "{page}");
    let again = lin.fill(&message, "again", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    assert!(lin.get(&message).await.main().contains("待发"));
    // Whoever has no part in sending has no act there, whatever is posted.
    let wei = house.browser("wei", "zh-CN").await;
    let posted = wei.fill_drawn(&drawn, "give-up", &[("reason", "x")]).await;
    assert_eq!(posted.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn held_sending_is_said_first_and_goes_on_when_a_person_says_why() {
    let house = House::new().await;
    house.desk.hold_dispatch("从 3 月 13 日的备份恢复".parse().unwrap()).await.unwrap();
    let mara = house.browser("mara", "zh-CN").await;
    let desk = mara.get("/desk").await.main();
    assert!(desk.contains("外发已暂停") && desk.contains("3 月 13 日"), "{desk}");
    let refused = mara.fill("/messages", "release", &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let drawn = mara.get("/messages").await;
    for _ in 0..2 {
        let done = mara.fill_drawn(&drawn, "release", &[("reason", "已核对发件记录")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    assert!(!mara.get("/desk").await.main().contains("外发已暂停"));
    assert_eq!(house.desk.dispatch_state().await.unwrap().epoch, 1);
}

#[tokio::test]
async fn an_account_says_where_its_person_is_reached() {
    let house = House::new().await;
    let admin = house.browser("admin", "zh-CN").await;
    let page = "/admin/accounts/wei";
    let wrong = [("mail", "wei"), ("mobile", "12"), ("lang", "en")];
    let refused = admin.fill(page, "reached", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.form("reached").contains("value=\"wei\""), "{}", refused.text);
    let right = [("mail", "wei@unit.test"), ("mobile", "138 0000 0000"), ("lang", "en")];
    assert_eq!(admin.fill(page, "reached", &right).await.status, StatusCode::SEE_OTHER);
    let form = admin.get(page).await.form("reached");
    assert!(form.contains("wei@unit.test") && form.contains("13800000000"), "{form}");
}

/// The words without what is drawn anew each time.
fn without_ids(text: &str) -> String {
    text.lines().filter(|line| !line.contains("msg_")).collect::<Vec<_>>().join("\n")
}
