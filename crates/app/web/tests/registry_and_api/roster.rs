//! The roster and call-outs as people meet them, in both languages.

use axum::http::StatusCode;
use fengsui_desk::{CallOutWhom, NewCallOut};
use fengsui_response::house::CallOutWhen;
use fengsui_vocabulary::CallOutId;

use crate::house::{Answer, House};

/// A command that nobody has used.
fn command(house: &House) -> String {
    house.desk.command_id().to_string()
}

/// A centre with the roster of the demonstration.
async fn manned() -> House {
    let house = House::new().await;
    fengsui_scenarios::name_duty(&house.desk).await.unwrap();
    house
}

async fn person(house: &House, login: &str) -> String {
    house.desk.account(login).await.unwrap().unwrap().person.to_string()
}

/// A report comes in and waits; its stream.
async fn report(house: &House) -> String {
    let program = house.program("gao").await;
    let body = serde_json::json!({
        "title": "客户资料平台被入侵",
        "description": "正在断网",
        "reporter": { "name": "高原", "telephone": "021-5559 0001" },
        "affected": [{
            "organisation": house.organisation("浦江数据服务有限公司"),
            "anchors": { "discovered_at": "2026-03-14T09:40:00+08:00" },
        }],
        "facts": {},
    });
    let answer = program.post("/reports", &body).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    format!("report:{}", answer.field("report"))
}

/// Somebody calls the duty officer out about a report.
async fn called(house: &House) -> CallOutId {
    let about = report(house).await;
    let chen = house.desk.account("chen").await.unwrap().unwrap().person;
    let by = house.desk.viewer(chen).unwrap().actor;
    let whom = CallOutWhom::Ladder(CallOutWhen::DutyMissed);
    let new = NewCallOut { about, whom, reason: "口头报告已超时".parse().unwrap() };
    house.desk.call_out(&by, house.desk.command_id(), new).await.unwrap()
}

/// Who is called now, by login.
async fn first(house: &House) -> &'static str {
    let on_duty = house.desk.on_duty(house.desk.now()).await.unwrap();
    let first = on_duty.posts[0].people[0].person;
    for login in ["mara", "lin", "shen", "chen", "luo"] {
        if house.desk.account(login).await.unwrap().unwrap().person == first {
            return login;
        }
    }
    panic!("nobody is on duty");
}

fn is_back_at(answer: &Answer, place: &str) -> bool {
    answer.status == StatusCode::SEE_OTHER
        && answer.headers["location"].to_str().unwrap().starts_with(place)
}

#[tokio::test]
async fn a_month_shows_who_is_on_duty_and_marks_its_gap() {
    let house = manned().await;
    for lang in ["zh-CN", "en"] {
        let officer = house.browser("lin", lang).await;
        let page = officer.get("/roster").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        insta::assert_snapshot!(format!("roster_{lang}"), persons_cut(&page.main()));
    }
    let other = house.browser("lin", "zh-CN").await.get("/roster?month=2026-05").await;
    assert!(other.main().contains("2026-05-01") && other.main().contains("空岗"));
    let outside = house.browser("zhou", "zh-CN").await.get("/roster").await;
    assert_eq!(outside.status, StatusCode::FORBIDDEN, "a district keeps its own");
}

#[tokio::test]
async fn a_day_is_edited_and_somebody_stands_in_without_losing_what_was_typed() {
    let house = manned().await;
    let officer = house.browser("lin", "zh-CN").await;
    let (shen, luo) = (person(&house, "shen").await, person(&house, "luo").await);
    let fields = [
        ("command", command(&house)),
        ("day-duty-officer-0", shen.clone()),
        ("day-duty-officer-1", luo.clone()),
        ("day-duty-leader-0", shen.clone()),
    ];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let refused = officer.post("/roster/days/2026-03-20", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.main().contains("沈明 已值 2026-03-20 day duty-"), "{}", refused.main());
    assert!(refused.main().contains(&format!("value=\"{shen}\" selected")), "it comes back");

    let command_again = command(&house);
    let fields = [
        ("command", command_again.as_str()),
        ("day-duty-officer-0", shen.as_str()),
        ("day-duty-officer-1", luo.as_str()),
    ];
    let done = officer.post("/roster/days/2026-03-20", &fields).await;
    assert!(is_back_at(&done, "/roster/days/2026-03-20"), "{}", done.text);
    let page = officer.get("/roster/days/2026-03-20").await.main();
    assert!(page.contains("沈明") && page.contains("备班：罗平"), "{page}");
    assert!(page.contains("未排人员") && page.contains("由负责人魏诚承担"), "the others are gaps");

    let standing = format!("day|duty-officer|{shen}");
    let command_id = command(&house);
    let substitute = |reason| {
        [
            ("command", command_id.as_str()),
            ("standing", standing.as_str()),
            ("stands_in", luo.as_str()),
            ("reason", reason),
        ]
    };
    let place = "/roster/days/2026-03-20/substitute";
    let empty = officer.post(place, &substitute(" ")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = officer.post(place, &substitute("发烧")).await;
    assert!(is_back_at(&done, "/roster/days/2026-03-20"), "{}", done.text);
    let page = officer.get("/roster/days/2026-03-20").await.main();
    assert!(page.contains("罗平（替沈明）") && page.contains("发烧"), "{page}");
    let withdraw = [("command", command(&house)), ("standing", standing.clone())];
    let withdraw = withdraw.each_ref().map(|(name, value)| (*name, value.as_str()));
    let done = officer.post("/roster/days/2026-03-20/withdraw", &withdraw).await;
    assert!(is_back_at(&done, "/roster/days/2026-03-20"), "{}", done.text);
    assert!(!officer.get("/roster/days/2026-03-20").await.main().contains("替沈明"));
}

#[tokio::test]
async fn a_table_that_must_be_mended_comes_back_with_line_and_column() {
    let house = manned().await;
    let officer = house.browser("lin", "zh-CN").await;
    let table = "date,shift,post,first,deputies\n2026-04-01,noon,duty-officer,nobody,\n";
    let command_id = command(&house);
    let fields = [("command", command_id.as_str()), ("month", "2026-04"), ("text", table)];
    let refused = officer.post("/roster/import", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let main = refused.main();
    assert!(main.contains("没有班次“noon”，只有 day, night"), "{main}");
    assert!(main.contains("“nobody”不是可以值班的人员的登录名"));
    assert!(main.contains("2026-04-01,noon,duty-officer,nobody"), "what was typed is there");

    let table = "date,shift,post,first,deputies\n2026-04-01,day,duty-officer,luo,mara\n";
    let fields = [("command", command_id.as_str()), ("month", "2026-04"), ("text", table)];
    let done = officer.post("/roster/import", &fields).await;
    assert!(is_back_at(&done, "/roster?month=2026-04"), "{}", done.text);
    let exported = officer.get("/roster/export?month=2026-04").await;
    assert!(exported.text.contains("2026-04-01,day,duty-officer,luo,mara"));
    let draft = officer.get("/roster/import?month=2026-04&like=month").await.main();
    assert!(draft.contains("2026-04-30,night,duty-officer"), "{draft}");
}

#[tokio::test]
async fn head_posts_shifts_and_days_are_settled_by_those_who_may() {
    let house = House::new().await;
    let leader = house.browser("wei", "zh-CN").await;
    let head = person(&house, "wei").await;
    let settings: [(&str, &[(&str, &str)]); 4] = [
        ("head", &[("person", &head)]),
        ("posts", &[("posts", "duty-officer | 值班员 | duty officer\n\nscribe | 记录员 | scribe")]),
        (
            "shifts",
            &[
                ("from", "2026-03-01"),
                ("worked", "day | 白班 | day | 08:00-20:00\nnight | 夜班 | night | 20：00–08:00"),
                ("rest", "whole | 全日 | whole day | 08:00-08:00"),
            ],
        ),
        (
            "days",
            &[("calendars", "cn-2026"), ("days", "2026-03-16 | 2026-03-16 | rest | 院庆 | day")],
        ),
    ];
    for (form, fields) in settings {
        let command_id = command(&house);
        let fields = [&[("command", command_id.as_str())], fields].concat();
        let done = leader.post(&format!("/roster/settings/{form}"), &fields).await;
        assert!(is_back_at(&done, "/roster/settings"), "{form}: {}", done.text);
    }
    let month = leader.get("/roster").await.main();
    assert!(month.contains("院庆") && month.contains("全日") && month.contains("记录员"));

    let command_id = command(&house);
    let bad = [("command", command_id.as_str()), ("posts", "duty-officer | 值班员 | x\n值班 | 坏")];
    let refused = leader.post("/roster/settings/posts", &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.main().contains("第 2 行无法读取"), "{}", refused.main());
    assert!(refused.main().contains("值班 | 坏"));
    let officer = house.browser("lin", "zh-CN").await;
    let forbidden = officer.post("/roster/settings/head", &[("person", &head)]).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_is_called_answers_with_one_large_button() {
    let house = manned().await;
    let id = called(&house).await;
    let path = format!("/call-outs/{id}");
    let login = first(&house).await;
    for lang in ["zh-CN", "en"] {
        let browser = house.browser(login, lang).await;
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.main().contains("class=\"answers\""));
        insta::assert_snapshot!(format!("call_out_{lang}"), persons_cut(&page.main()));
        let desk = browser.get("/desk").await.main();
        assert!(desk.contains(&path), "the desk says it first");
    }
    let browser = house.browser(login, "zh-CN").await;
    let command_id = command(&house);
    let coming = [("command", command_id.as_str())];
    let done = browser.post(&format!("{path}/coming"), &coming).await;
    assert!(is_back_at(&done, &path), "{}", done.text);
    let again = browser.post(&format!("{path}/coming"), &coming).await;
    assert!(is_back_at(&again, &path), "sent twice, done once");
    let page = browser.get(&path).await.main();
    assert!(page.contains("正赶来") && !page.contains(&format!("{path}/coming")), "{page}");
    assert!(page.contains(&format!("{path}/end")), "and may say that they are there");
}

#[tokio::test]
async fn whoever_is_not_on_call_is_told_so_and_others_do_not_see_it() {
    let house = manned().await;
    let id = called(&house).await;
    let path = format!("/call-outs/{id}");
    let outside = house.browser("tang", "zh-CN").await;
    assert_eq!(outside.get(&path).await.status, StatusCode::NOT_FOUND);
    let list = outside.get("/call-outs").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(!list.main().contains(&path));
    // Somebody who sees it, and is not on the ladder.
    let ladder_has = |page: &str| page.contains("class=\"answers\"");
    let audit = house.browser("audit", "zh-CN").await;
    let page = audit.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!ladder_has(&page.main()));
    let command_id = command(&house);
    let refused = audit.post(&format!("{path}/coming"), &[("command", command_id.as_str())]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.main().contains("您不在此次呼叫之列"), "{}", refused.main());
    // The officer adds tang, who then sees it and may answer; the record itself stays closed.
    let login = first(&house).await;
    let officer = house.browser(login, "zh-CN").await;
    let (command_id, tang) = (command(&house), person(&house, "tang").await);
    let add = [("command", command_id.as_str()), ("person", tang.as_str())];
    let added = officer.post(&format!("{path}/add"), &add).await;
    assert!(is_back_at(&added, &path), "{}", added.text);
    let seen = outside.get(&path).await;
    assert!(ladder_has(&seen.main()) && !seen.main().contains("href=\"/reports/"));
}

#[tokio::test]
async fn an_officer_calls_people_out_after_reading_what_that_does() {
    let house = manned().await;
    let about = report(&house).await;
    let officer = house.browser("mara", "zh-CN").await;
    let page = officer.get("/call-outs/begin").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let command_id = command(&house);
    let fields = [
        ("command", command_id.as_str()),
        ("about", about.as_str()),
        ("whom", "post:duty-leader"),
        ("reason", "需要带班领导到场"),
    ];
    let unread = officer.post("/call-outs/begin", &fields).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unread.main().contains("需要带班领导到场"), "nothing typed is lost");
    let fields = [&fields[..], &[("read", "yes")]].concat();
    let done = officer.post("/call-outs/begin", &fields).await;
    assert!(is_back_at(&done, "/call-outs/cal_"), "{}", done.text);
    let again = officer.post("/call-outs/begin", &fields).await;
    assert_eq!(done.headers["location"], again.headers["location"]);
    let place = done.headers["location"].to_str().unwrap().to_owned();
    let leader = house.browser("leader", "zh-CN").await;
    assert!(leader.get(&place).await.main().contains("我马上到"));
    let list = officer.get("/call-outs").await.main();
    assert!(list.contains("正在呼叫 江城"), "{list}");
    // Said by telephone.
    let (command_id, called) = (command(&house), person(&house, "leader").await);
    let told = [
        ("command", command_id.as_str()),
        ("person", called.as_str()),
        ("answer", "cannot"),
        ("said_at", "2026-03-14T09:00"),
    ];
    let early = officer.post(&format!("{place}/told"), &told).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "before it began");
    let told = &told[..3];
    let done = officer.post(&format!("{place}/told"), told).await;
    assert!(is_back_at(&done, &place), "{}", done.text);
    assert!(officer.get(&place).await.main().contains("代记"));
    let command_id = command(&house);
    let cancel = [("command", command_id.as_str()), ("reason", "误报")];
    let done = officer.post(&format!("{place}/cancel"), &cancel).await;
    assert!(is_back_at(&done, &place));
    assert!(officer.get(&place).await.main().contains("误报"));
}

#[tokio::test]
async fn the_link_of_a_call_leads_through_the_door_and_back() {
    let house = manned().await;
    let id = called(&house).await;
    let request = axum::http::Request::get(format!("/call-outs/{id}"));
    let door = house.ask(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(door.status, StatusCode::SEE_OTHER);
    let place = door.headers["location"].to_str().unwrap();
    assert_eq!(place, format!("/sign-in?next=/call-outs/{id}"));
}

/// The same page reads the same whichever ids were drawn.
fn persons_cut(main: &str) -> String {
    let mut cut = main.to_owned();
    for mark in ["per_", "cal_"] {
        let mut pieces = cut.split(mark);
        let mut shown = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            shown.push_str(mark);
            let is_drawn = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
            shown.push_str(piece.trim_start_matches(is_drawn));
        }
        cut = shown;
    }
    cut
}
