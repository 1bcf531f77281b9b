//! The screens of the watch: what they show to whom, what they lead to, and the report out of records.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use fengsui_desk::{Lookout, NoAnswer, NotReread, PushRefused, Pushed};
use fengsui_records::{
    Bucket, Feed, FeedName, Found, Hit, Intake, Place, Quarantine, QuarantineSearch, Reread,
    Search, Sight, Top, TopOf, Trend, Trouble,
};
use fengsui_scenarios::StoryLookout;
use jiff::{SignedDuration, Timestamp};

use crate::centre::{Answer, Browser, Centre, UNIT};

const OTHER_UNIT: &str = "汇南人民医院";

/// A centre with the watch of the stories.
async fn watched() -> (Centre, Arc<StoryLookout>) {
    let centre = Centre::new().await;
    let watch = Arc::new(StoryLookout::of(&centre.desk, centre.desk.now()).unwrap());
    let told: Arc<StoryLookout> = Arc::clone(&watch);
    centre.desk.set_lookout(told);
    (centre, watch)
}

/// The page of some record about an organisation.
fn record_of(centre: &Centre, watch: &StoryLookout, name: &str) -> (String, String) {
    let organisation = centre.desk.directory().named(name).unwrap();
    let place = watch.place_of(organisation).unwrap().to_string();
    (format!("/watch/records/{}", place.replace('/', "%2F")), place)
}

/// Every link of a page that begins so, as the browser reads it.
fn links(page: &Answer, begins: &str) -> BTreeSet<String> {
    let links = page.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.map(|it| it.replace("&#38;", "&")).filter(|it| it.starts_with(begins)).collect()
}

/// The places of the records on a page of the search.
fn places(page: &Answer) -> Vec<String> {
    let values = page.text.split("name=\"place\" value=\"").skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// How many records the chart of a page counts.
fn total(page: &Answer) -> u64 {
    let said = page.text.split("<p class=\"quiet\">共 ").nth(1);
    let said = said.unwrap_or_else(|| panic!("no total: {}", page.text));
    said.split(' ').next().unwrap().replace(',', "").parse().unwrap()
}

/// What a row of a list or a tile says: its link and its number.
fn counted(page: &Answer, mark: &str) -> Vec<(String, u64)> {
    let parts = page.text.split("href=\"").skip(1).map(str::to_owned);
    let read = |part: String| {
        let (href, rest) = part.split_once('"')?;
        let inside = rest.split("</a>").next()?;
        let number = inside.split(mark).nth(1)?.split('<').next()?;
        Some((href.replace("&#38;", "&"), number.replace(',', "").parse().ok()?))
    };
    parts.filter_map(read).collect()
}

#[tokio::test]
async fn without_a_watch_the_screens_say_how_one_is_set_up() {
    let centre = Centre::new().await;
    let officer = centre.somebody("lin").await;
    for path in ["/watch", "/watch/search", "/watch/quarantine", "/watch/records/a%2Fb%2F1%2F0"] {
        let page = officer.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.main().contains("[[watch.feed]]"), "{path}: {}", page.main());
    }
    let prepared = officer.post("/hotline", "/watch/reports", &[("which", "all")]).await;
    assert!(prepared.main().contains("[[watch.feed]]"));
    assert_eq!(officer.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_silent_feed_is_said_first_with_a_word() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch").await;
    let main = page.main();
    assert!(main.contains("1 个数据源静默时间超过平常"), "{main}");
    assert!(main.contains("state-silent\">静默 8 小时"), "{main}");
    assert!(main.contains("12,235") && main.contains("传感器丢失 1,982 条"), "{main}");
    // A feed that speaks once a day is not silent after five hours.
    assert_eq!(main.matches("state-silent").count(), 1);
    officer.take("lang", "en");
    let main = officer.get("/watch").await.main();
    assert!(main.contains("One feed has been silent") && main.contains("zeek-east"), "{main}");
}

#[tokio::test]
async fn what_waits_what_was_lost_and_what_was_left_out_stands_beside_each_feed() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let main = officer.get("/watch").await.main();
    for said in
        ["12,480", "缓存已用 75%", "发送方被要求等待 6 次", "本机丢失 37 条", "抽样略去 9,000 条"]
    {
        assert!(main.contains(said), "{said}: {main}");
    }
    assert!(!main.contains("缓存已用 0%"), "an idle spool is not full of anything: {main}");
    officer.take("lang", "en");
    let main = officer.get("/watch").await.main();
    for said in ["spool 75 % full", "senders told to wait 6 times", "37 lost here"] {
        assert!(main.contains(said), "{said}: {main}");
    }
}

/// A watch whose collector has stopped, and had a source that gave nothing.
#[tokio::test]
async fn a_source_that_gives_nothing_and_a_collector_that_has_stopped_are_said_first() {
    let centre = Centre::new().await;
    let now = centre.desk.now();
    let before = |minutes| now - SignedDuration::from_mins(minutes);
    let trouble = Trouble { since: before(90), what: "cannot read <b>/var/mail".to_owned() };
    let feed = |name: &str, at, trouble| Feed {
        name: name.parse().unwrap(),
        last_hour: 0,
        last_day: 0,
        last_seen: Some(before(1)),
        lag_seconds: None,
        suppressed: 0,
        sampled: 0,
        quarantined: 0,
        dropped: 0,
        usual_gap_seconds: None,
        intake: Some(Intake { at, trouble, ..Intake::default() }),
    };
    let feeds = vec![
        feed("mailed", now, Some(trouble)),
        feed("north", before(20), None),
        feed("well", now, None),
    ];
    centre.desk.set_lookout(Arc::new(Mute { feeds }));
    let officer = centre.somebody("lin").await;
    let main = officer.get("/watch").await.main();
    assert!(main.contains("1 个数据源取数中断"), "{main}");
    assert!(main.contains("mailed：cannot read &#60;b&#62;/var/mail"), "{main}");
    assert!(main.contains("1 个数据源的采集程序已停止"), "{main}");
    assert!(main.contains("采集程序停报 20 分"), "{main}");
    assert_eq!(main.matches("state-attention").count(), 2, "{main}");
    officer.take("lang", "en");
    let main = officer.get("/watch").await.main();
    for said in ["One feed cannot be read", "The collector of one feed has stopped"] {
        assert!(main.contains(said), "{said}: {main}");
    }
}

#[tokio::test]
async fn every_bar_and_tile_leads_to_as_many_records_as_it_says() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    for period in ["24h", "7d", "30d"] {
        let page = officer.get(&format!("/watch?period={period}")).await;
        let mut rows = counted(&page, "top-count\">");
        rows.extend(counted(&page, "<b>"));
        assert!(rows.len() > 20, "{rows:?}");
        for (href, number) in rows {
            assert_eq!(total(&officer.get(&href).await), number, "{period}: {href}");
        }
    }
}

#[tokio::test]
async fn every_point_of_a_trend_leads_to_its_records() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch").await;
    let table = page.text.split("<details class=\"folded\">").nth(1).unwrap();
    let rows = table.split("<tr").skip(2);
    let mut seen = 0;
    for row in rows.take_while(|row| row.contains("href")).take(8) {
        let href = row.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        let number = row.split("<div>").nth(2).unwrap().split('<').next().unwrap();
        let found = officer.get(&href.replace("&#38;", "&")).await;
        assert_eq!(total(&found).to_string(), number, "{href}");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[tokio::test]
async fn a_bad_filter_comes_back_with_its_value_and_what_to_mend() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let bad = [
        ("network=203.0.113.0%2F99", "203.0.113.0/99", "不是 IP 地址"),
        ("network=%22%3E%3Cb%3E", "&#34;&#62;&#60;b&#62;", "网段"),
        ("organisation=没有这个单位", "没有这个单位", "没有登记"),
        ("from=2026-03-14T09:00&until=2026-03-13T09:00", "2026-03-13T09:00", "必须晚于"),
        ("from=2020-01-01T00:00&until=2026-03-13T09:00", "2020-01-01T00:00", "400 天"),
        ("from=yesterday", "yesterday", "无法读取"),
        ("port=70000", "70000", "65535"),
        ("country=China", "China", "两个字母"),
        ("feed=A%20B", "A B", "小写字母"),
        ("type=malware", "", "没有这个类型"),
        ("period=9y", "", "没有这个时间范围"),
    ];
    for (query, value, mend) in bad {
        let page = officer.get(&format!("/watch/search?{query}")).await;
        let main = page.main();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(main.contains(value), "{query} is lost");
        assert!(main.contains(mend), "{query}: {main}");
        assert!(!main.contains("id=\"found\""), "{query}");
        assert!(!main.contains("\"><b>"), "{query}");
    }
}

#[tokio::test]
async fn networks_of_both_versions_types_and_words_find_their_records() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let all = total(&officer.get("/watch/search?period=30d").await);
    let four = total(&officer.get("/watch/search?period=30d&network=203.0.113.0%2F24").await);
    let six = total(&officer.get("/watch/search?period=30d&network=2001:db8::%2F32").await);
    assert!(four > 0 && six > 0);
    assert_eq!(four + six, all);
    let page = officer.get("/watch/search?period=30d&type=brute-force&words=ssh").await;
    assert!(total(&page) > 0);
    assert!(!page.main().contains("Cobalt Strike"));
    // The rule's name is shown as text, whatever is in it.
    let page = officer.get("/watch/search?period=30d&words=traversal").await;
    assert!(page.has("&#60;script&#62;") && !page.has("<script>"));
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_repeat() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let mut path = "/watch/search?period=24h".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = officer.get(&path).await;
        seen.extend(places(&page));
        let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    let page = officer.get("/watch/search?period=24h").await;
    assert_eq!(u64::try_from(seen.len()).unwrap(), total(&page));
}

#[tokio::test]
async fn where_nothing_is_found_the_screen_says_what_to_try() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch/search?network=192.0.2.1&period=24h").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("可以去掉一个条件"), "{}", page.main());
    assert!(
        links(&page, "/watch/search?").iter().any(|it| it.contains("period=30d&network=192.0.2.1"))
    );
}

#[tokio::test]
async fn a_liaison_sees_the_records_of_the_own_unit_and_no_other_not_even_by_place() {
    let (centre, watch) = watched().await;
    let liaison = centre.somebody("gao").await;
    let (own, _) = record_of(&centre, &watch, UNIT);
    let (other, _) = record_of(&centre, &watch, OTHER_UNIT);
    assert_eq!(liaison.get(&own).await.status, StatusCode::OK);
    assert_eq!(liaison.get(&other).await.status, StatusCode::NOT_FOUND);
    let officer = centre.somebody("lin").await;
    let id = centre.desk.directory().named(UNIT).unwrap();
    let of_unit = officer.get(&format!("/watch/search?period=30d&organisation={id}")).await;
    let mine = liaison.get("/watch/search?period=30d").await;
    assert_eq!(total(&mine), total(&of_unit));
    assert!(!mine.main().contains(OTHER_UNIT));
    for path in ["/watch", "/watch?period=30d"] {
        let page = liaison.get(path).await.main();
        assert!(page.contains(UNIT) && !page.contains(OTHER_UNIT), "{path}");
        assert!(!page.contains("id=\"feeds\""), "how feeds do is the centre's own business");
    }
    // Nor does a filter tell whether an organisation is registered.
    let named = liaison.get(&format!("/watch/search?organisation={OTHER_UNIT}")).await;
    assert_eq!(named.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(liaison.get("/watch/quarantine").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_district_sees_its_own_records_and_makes_no_report_of_others() {
    let (centre, watch) = watched().await;
    let pudong = centre.somebody("zhou").await;
    let (own, _) = record_of(&centre, &watch, UNIT);
    let (other, place) = record_of(&centre, &watch, OTHER_UNIT);
    assert_eq!(pudong.get(&own).await.status, StatusCode::OK);
    assert_eq!(pudong.get(&other).await.status, StatusCode::NOT_FOUND);
    let main = pudong.get("/watch?period=30d").await.main();
    assert!(main.contains("东海港务信息中心") && !main.contains(OTHER_UNIT), "{main}");
    let written = centre.written().await;
    let mine = places(&pudong.get("/watch/search").await).remove(0);
    let fields = [("which", "picked"), ("place", mine.as_str()), ("place", &place)];
    let refused = pudong.post("/watch/search", "/watch/reports", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let command = centre.desk.command_id().to_string();
    let both = format!("{mine}\n{place}");
    let fields = detected(&command, &both);
    let refused = pudong.post("/watch/search", "/watch/reports/take-in", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn whoever_has_nothing_to_do_with_records_is_turned_away() {
    let (centre, _) = watched().await;
    let admin = centre.somebody("admin").await;
    for path in ["/watch", "/watch/search", "/watch/quarantine"] {
        assert_eq!(admin.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!admin.get("/search").await.has("href=\"/watch\""));
    assert!(centre.somebody("gao").await.get("/search").await.has("href=\"/watch\""));
}

#[tokio::test]
async fn a_record_shows_every_column_in_words_and_its_piece_as_text() {
    let (centre, watch) = watched().await;
    let officer = centre.somebody("lin").await;
    let (path, place) = record_of(&centre, &watch, UNIT);
    for (lang, label) in [("zh-CN", "源地址"), ("en", "Source address")] {
        officer.take("lang", lang);
        let page = officer.get(&path).await;
        assert!(page.has(label) && page.has("source.ip") && page.has(&place), "{}", page.main());
        assert!(page.has("&#60;b&#62;&#38;") && !page.has("<b>&"), "the piece is text");
        assert!(page.has("  &#34;http&#34;: {\n"), "extra is set out: {}", page.main());
        for href in links(&page, "/watch/search?period=30d") {
            assert!(!places(&officer.get(&href).await).is_empty(), "{href}");
        }
    }
    assert_eq!(officer.get("/watch/records/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_quarantine_counts_by_reason_and_shows_how_pieces_begin() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch/quarantine").await;
    assert!(page.has("没有提供报告的模式文件") && page.has("&#60;script&#62;AAAA"));
    assert!(!page.has("<script>"));
    let one = officer.get("/watch/quarantine?feed=shadowserver&period=24h").await;
    assert!(one.has("no_schema") && !one.has("not_json"), "{}", one.main());
    let one = officer.get("/watch/quarantine?reason=not_json").await;
    assert!(one.has("不是 JSON，或内容不完整") && !one.has("no_schema"), "{}", one.main());
    let all = links(&one, "/watch/quarantine?period=30d");
    assert!(all.contains("/watch/quarantine?period=30d"), "the filter can be dropped: {all:?}");
    officer.take("lang", "en");
    let page = officer.get("/watch/quarantine").await;
    assert!(page.has("Not JSON, or cut off") && page.has("not_json"), "{}", page.main());
    // What somebody made up is neither asked for nor shown.
    let page = officer.get("/watch/quarantine?reason=%3Cb%3E&feed=A%20B").await;
    assert!(page.has("not_json") && page.has("no_schema") && !page.has("&#60;b&#62;"));
}

#[tokio::test]
async fn what_is_in_quarantine_is_read_again_by_whoever_may() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch/quarantine").await;
    assert_eq!(page.main().matches("action=\"/watch/quarantine/again\"").count(), 2);
    assert!(page.has("too_long"), "a part of a piece is shown, and cannot be read again");
    let fields = [("feed", "shadowserver"), ("reason", "no_schema"), ("period", "7d")];
    let done = officer.post("/watch/quarantine", "/watch/quarantine/again", &fields).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.has("已重新读取 1 条数据，新增记录 1 条"), "{}", done.main());
    assert!(!officer.get("/watch/quarantine").await.has("no_schema"));
    let again = officer.post("/watch/quarantine", "/watch/quarantine/again", &fields).await;
    assert!(again.has("隔离区中已没有这类数据"), "{}", again.main());
    let gone = [("feed", "nowhere"), ("reason", "no_schema")];
    let gone = officer.post("/watch/quarantine", "/watch/quarantine/again", &gone).await;
    assert!(gone.has("fengsui watch reread"), "{}", gone.main());
    for bad in [("reason", "too_long"), ("reason", "made up"), ("feed", "A B")] {
        let fields = [bad, ("feed", "shadowserver"), ("reason", "not_json")];
        let bad = officer.post("/watch/quarantine", "/watch/quarantine/again", &fields).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.main());
    }
    for somebody in ["gao", "zhou"] {
        let fields = [("feed", "suricata-north"), ("reason", "not_json")];
        let other = centre.somebody(somebody).await;
        let refused = other.post("/watch", "/watch/quarantine/again", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{somebody}");
    }
    assert!(officer.get("/watch/quarantine").await.has("not_json"));
}

/// The fields of the form that takes a report in.
fn detected<'a>(command: &'a str, places: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("command", command),
        ("places", places),
        ("title", "监测发现：扫描"),
        ("description", "两条记录，已核实。"),
        ("kind", "incident"),
    ]
}

async fn two_places(officer: &Browser<'_>) -> Vec<String> {
    let id = "brute-force";
    let page = officer.get(&format!("/watch/search?period=30d&type={id}")).await;
    places(&page).into_iter().take(2).collect()
}

#[tokio::test]
async fn chosen_records_become_a_report_of_our_own_detection_once() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let chosen = two_places(&officer).await;
    let written = centre.written().await;
    let fields = [("which", "picked"), ("place", &chosen[0]), ("place", &chosen[1])];
    let prepared = officer.post("/watch/search", "/watch/reports", &fields).await;
    assert_eq!(prepared.status, StatusCode::OK, "{}", prepared.text);
    assert!(prepared.has("监测到 2 条记录"), "{}", prepared.main());
    assert_eq!(centre.written().await, written, "showing what it would say changes nothing");

    let (command, listed) = (prepared.hidden("command"), prepared.hidden("places"));
    assert_eq!(listed.lines().count(), 2);
    let token = prepared.hidden("csrf");
    let done =
        officer.post_with("/watch/reports/take-in", &token, &detected(&command, &listed)).await;
    let report = done.location().to_owned();
    let written = centre.written().await;
    let again =
        officer.post_with("/watch/reports/take-in", &token, &detected(&command, &listed)).await;
    assert_eq!(again.location(), report);
    assert_eq!(centre.written().await, written, "a repeat is the same report");

    let page = officer.get(&report).await;
    assert!(page.has("两条记录，已核实。") && page.has("监测"), "{}", page.main());
    let file = links(&page, &format!("{report}/files/")).into_iter().next().unwrap();
    let evidence = officer.get(&file).await.text;
    let lines: Vec<serde_json::Value> =
        evidence.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut kept: Vec<&str> = lines.iter().map(|line| line["place"].as_str().unwrap()).collect();
    let mut wanted: Vec<&str> = chosen.iter().map(String::as_str).collect();
    kept.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(kept, wanted);
    assert!(lines.iter().all(|line| line["source.ip"].is_string()), "{evidence}");
}

#[tokio::test]
async fn a_refused_report_comes_back_with_what_was_typed_and_its_records() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let chosen = two_places(&officer).await.join("\n");
    let written = centre.written().await;
    let command = centre.desk.command_id().to_string();
    let mut fields = detected(&command, &chosen);
    fields[2].1 = "";
    let refused = officer.post("/watch/search", "/watch/reports/take-in", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("两条记录，已核实。"), "{}", refused.main());
    assert_eq!(refused.hidden("places").lines().count(), 2);
    assert_eq!(centre.written().await, written);
}

#[tokio::test]
async fn all_that_was_found_can_be_taken_and_nothing_ticked_is_said() {
    let (centre, _) = watched().await;
    let officer = centre.somebody("lin").await;
    let search = "period=30d&type=infected-system";
    let found = total(&officer.get(&format!("/watch/search?{search}")).await);
    let fields = [("which", "all"), ("search", search)];
    let all = officer.post("/watch/search", "/watch/reports", &fields).await;
    assert_eq!(all.hidden("places").lines().count(), usize::try_from(found).unwrap());
    // Infected systems of several provinces: at least so far, and a person may say otherwise.
    assert!(all.has("value=\"several_provinces\" selected"), "{}", all.main());
    assert!(all.has("name=\"worse\" value=\"malware_outbreak_scope\" checked"), "{}", all.main());
    let none = [("which", "picked"), ("search", search)];
    let none = officer.post("/watch/search", "/watch/reports", &none).await;
    assert!(none.main().contains("没有选择记录"), "{}", none.main());
    let back = links(&none, "/watch/search?period=30d&type=infected-system");
    assert_eq!(back.len(), 1, "{}", none.main());
    let bad = [("which", "all"), ("search", "network=nowhere")];
    let bad = officer.post("/watch/search", "/watch/reports", &bad).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// A watch that has no answer to anything, except how its feeds do where there are some.
#[derive(Debug, Default)]
struct Mute {
    feeds: Vec<Feed>,
}

fn unreadable<T>() -> Result<T, NoAnswer> {
    Err(NoAnswer::Unreadable { source: "the disk is gone".into() })
}

#[async_trait]
impl Lookout for Mute {
    async fn find(&self, _: &Search, _: usize, _: usize) -> Result<Found, NoAnswer> {
        Err(NoAnswer::TooMuch)
    }

    async fn trend(&self, _: &Search, _: Bucket) -> Result<Trend, NoAnswer> {
        unreadable()
    }

    async fn top(&self, _: &Search, _: TopOf, _: usize) -> Result<Vec<Top>, NoAnswer> {
        unreadable()
    }

    async fn feeds(&self, _: Timestamp) -> Result<Vec<Feed>, NoAnswer> {
        if self.feeds.is_empty() { unreadable() } else { Ok(self.feeds.clone()) }
    }

    async fn records(&self, _: &Sight, _: &[Place]) -> Result<Vec<Hit>, NoAnswer> {
        unreadable()
    }

    async fn quarantine(&self, _: &QuarantineSearch, _: usize) -> Result<Quarantine, NoAnswer> {
        unreadable()
    }

    async fn reread(&self, _: &Sight, _: &FeedName, _: &str) -> Result<Reread, NotReread> {
        Err(NotReread::Busy)
    }

    fn push_bytes_max(&self, _: &FeedName) -> Option<usize> {
        None
    }

    async fn push(&self, _: &FeedName, _: Vec<u8>, _: Option<&str>) -> Result<Pushed, PushRefused> {
        Err(PushRefused::Full)
    }
}

#[tokio::test]
async fn a_watch_without_an_answer_says_what_to_do_and_the_desk_goes_on() {
    let centre = Centre::new().await;
    centre.desk.set_lookout(Arc::new(Mute::default()));
    let officer = centre.somebody("lin").await;
    let page = officer.get("/watch").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.main().contains("暂时无法读取") && !page.has("the disk is gone"));
    let page = officer.get("/watch/search?period=24h").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.main().contains("缩短时间范围"), "{}", page.main());
    for path in ["/watch/quarantine", "/watch/records/a%2Fb%2F1%2F0"] {
        let page = officer.get(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    let fields = [("which", "picked"), ("place", "a/b/1/0")];
    let refused = officer.post("/hotline", "/watch/reports", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.get("/desk").await.status, StatusCode::OK);
}
