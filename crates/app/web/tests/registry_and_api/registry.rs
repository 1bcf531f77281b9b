//! What the registry knows about one organisation: systems, networks, contacts, filings, periods, its end.

use axum::http::StatusCode;

use crate::house::{Answer, Browser, House};

const UNIT: &str = "浦江数据服务有限公司";
const HOSPITAL: &str = "汇南人民医院";

/// A field of a form that says from when on.
const TODAY: (&str, &str) = ("from", "2026-03-14");

const SYSTEM: [(&str, &str); 7] = [
    ("was", ""),
    ("name", "结算系统"),
    ("importance", "critical"),
    ("designated", "yes"),
    ("protection", "3"),
    ("services", "支付\n对账"),
    TODAY,
];

async fn done(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) {
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
}

async fn refused(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.text);
    answer.main()
}

fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.find(&format!("<section class=\"panel\" id=\"{id}\"")).unwrap();
    page[from..].split("</section>").next().unwrap()
}

/// The same fields with one of them different.
fn but<'a>(fields: &[(&'a str, &'a str)], name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(known, was)| (*known, if *known == name { value } else { was })).collect()
}

/// How often an entry was changed so far.
async fn changes(house: &House) -> usize {
    let mut changes = 0;
    let mut count = |line: String| changes += usize::from(line.contains("organisation-changed"));
    house.desk.export(0, &mut count).await.unwrap();
    changes
}

fn page_of(house: &House, name: &str) -> String {
    format!("/organisations/{}", house.organisation(name))
}

#[tokio::test]
async fn a_system_is_added_changed_and_removed() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    done(&registrar, &format!("{page}/systems"), &SYSTEM).await;
    let shown = registrar.get(&page).await.main();
    let systems = section(&shown, "systems");
    for words in ["结算系统", "关键信息基础设施", "已认定", "等保 3 级", "支付", "客户资料平台"]
    {
        assert!(systems.contains(words), "{words}: {systems}");
    }
    let form = registrar.get(&format!("{page}/systems/2")).await.main();
    assert!(form.contains("value=\"结算系统\"") && form.contains("支付\n对账"), "{form}");
    let changed = but(&but(&SYSTEM, "was", "结算系统"), "protection", "4");
    done(&registrar, &format!("{page}/systems/2"), &changed).await;
    assert!(registrar.get(&page).await.main().contains("等保 4 级"));
    let remove = [("was", "结算系统"), TODAY];
    done(&registrar, &format!("{page}/systems/2/remove"), &remove).await;
    let shown = registrar.get(&page).await.main();
    assert!(!section(&shown, "systems").contains("结算系统"));
    let periods = section(&shown, "periods");
    assert!(periods.contains("+ 结算系统") && periods.contains("− 结算系统"), "{periods}");
}

#[tokio::test]
async fn a_system_that_is_wrong_comes_back_as_it_was_typed() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let path = format!("{}/systems", page_of(&house, UNIT));
    let before = changes(&house).await;
    for (name, value, said) in [
        ("name", "", "请填写此项"),
        ("name", "客户资料平台", "本单位已有这个名称的系统"),
        ("importance", "", "请填写此项"),
        ("importance", "huge", "请从所列选项中选择"),
        ("importance", "ordinary", "重要程度应为关键信息基础设施"),
        ("protection", "6", "请从所列选项中选择"),
        ("from", "14.3.2026", "请按 2026-03-14 的格式填写日期"),
        ("from", "", "请填写此项"),
        ("was", "客户资料平台", "此项刚被他人改动"),
    ] {
        let page = refused(&registrar, &path, &but(&SYSTEM, name, value)).await;
        assert!(page.contains(said), "{name}={value}: {page}");
        assert!(page.contains("支付\n对账"), "what was typed is still there");
    }
    let backwards = [&SYSTEM[..], &[("until", "2026-03-13")]].concat();
    let page = refused(&registrar, &path, &backwards).await;
    assert!(page.contains("失效日期早于生效日期") && page.contains("2026-03-13"), "{page}");
    assert_eq!(changes(&house).await, before, "nothing was written");
    for path in ["systems/9", "systems/0", "systems/x", "gadgets"] {
        let path = format!("{}/{path}", page_of(&house, UNIT));
        assert_eq!(registrar.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(registrar.post(&path, &SYSTEM).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn networks_are_kept_in_one_form_and_bad_ones_are_named() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let path = format!("{page}/networks");
    let typed = [
        ("prefixes", "203.0.113.77/24\n2001:0DB8::1/32"),
        ("asns", "as 64500"),
        ("domains", "浦江数据。中国，Example.CN."),
        TODAY,
    ];
    done(&registrar, &path, &typed).await;
    let shown = registrar.get(&page).await.main();
    let networks = section(&shown, "networks");
    for text in
        ["203.0.113.0/24", "2001:db8::/32", "AS64500", "example.cn", "浦江数据.中国", "xn--"]
    {
        assert!(networks.contains(text), "{text}: {networks}");
    }
    let wrong = [
        ("prefixes", "203.0.113.0/24\n203.0.113.0/33\n0.0.0.0/0\n<b>"),
        ("asns", "AS0"),
        ("domains", "http://example.cn"),
        TODAY,
    ];
    let refused = refused(&registrar, &path, &wrong).await;
    for said in ["203.0.113.0/33", "最大为 32", "至少为 8", "AS0", "不带 http://", "&#60;b&#62;"]
    {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(registrar.get(&page).await.main().contains("AS64500"), "nothing was changed");
}

#[tokio::test]
async fn networks_of_two_are_said_to_whoever_sees_both() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "en").await;
    let networks = |prefix| [("prefixes", prefix), ("domains", "example.cn"), TODAY];
    for (name, prefix) in [(UNIT, "203.0.113.0/24"), (HOSPITAL, "203.0.113.128/25")] {
        done(&registrar, &format!("{}/networks", page_of(&house, name)), &networks(prefix)).await;
    }
    let shown = registrar.get(&page_of(&house, UNIT)).await.main();
    let said = section(&shown, "networks");
    assert!(said.contains("Huinan People") && said.contains("203.0.113.128/25"), "{said}");
    let unit = house.browser("gao", "en").await.get(&page_of(&house, UNIT)).await.main();
    assert!(unit.contains("203.0.113.0/24") && !unit.contains("Huinan"), "{unit}");
}

#[tokio::test]
async fn a_contact_is_shown_to_whoever_sees_the_entry_and_is_not_in_the_journal() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let path = format!("{page}/contacts");
    let contact = [
        ("was", ""),
        ("name", "高原"),
        ("post", "安全主管"),
        ("telephone", "021-5558 0100"),
        ("mail", "gao@example.cn"),
        ("key", "ABCD 1234"),
        TODAY,
    ];
    done(&registrar, &path, &contact).await;
    for login in ["registrar", "gao", "lin"] {
        let shown = house.browser(login, "zh-CN").await.get(&page).await.main();
        let contacts = section(&shown, "contacts");
        assert!(contacts.contains("高原") && contacts.contains("tel:02155580100"), "{login}");
    }
    let mut journal = String::new();
    house.desk.export(0, |line| journal.push_str(&line)).await.unwrap();
    for personal in ["高原", "5558 0100", "gao@example.cn", "ABCD 1234"] {
        assert!(!journal.contains(personal), "{personal} is in the journal");
    }
    for (name, value, said) in [
        ("name", "", "请填写此项"),
        ("telephone", "请问总机", "不像电话号码"),
        ("mail", "gao at example", "不像电子邮箱"),
    ] {
        let page = refused(&registrar, &path, &but(&contact, name, value)).await;
        assert!(page.contains(said) && page.contains("ABCD 1234"), "{name}: {page}");
    }
    let unreachable = but(&but(&contact, "telephone", ""), "mail", "");
    assert!(refused(&registrar, &path, &unreachable).await.contains("至少一项"));
    let remove = [("was", "高原"), TODAY];
    done(&registrar, &format!("{path}/1/remove"), &remove).await;
    assert!(!registrar.get(&page).await.main().contains("tel:02155580100"));
}

#[tokio::test]
async fn whoever_answers_in_person_is_kept_apart() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let entry = [("name_zh", UNIT), ("post", "首席安全官"), ("responsible", "周澄"), TODAY];
    done(&registrar, &format!("{page}/change"), &entry).await;
    let shown = registrar.get(&page).await.main();
    assert!(shown.contains("首席安全官") && section(&shown, "contacts").contains("周澄"));
    let mut journal = String::new();
    house.desk.export(0, |line| journal.push_str(&line)).await.unwrap();
    assert!(journal.contains("首席安全官") && !journal.contains("周澄"));
}

#[tokio::test]
async fn a_filing_has_a_document_that_only_those_who_see_the_entry_can_read() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let path = format!("{page}/filings");
    let filing = [
        ("was", ""),
        ("kind", "own-plan"),
        ("title", "网络安全事件应急预案"),
        ("filed_on", "2025-02-01"),
        ("review_on", "2026-02-01"),
        TODAY,
    ];
    let filed: Answer = registrar.post_file(&path, &filing, ("高原的预案.txt", "总则")).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.text);
    let shown = registrar.get(&page).await;
    let filings = section(&shown.text, "filings");
    assert!(filings.contains("本单位预案") && filings.contains("已过复核日期"), "{filings}");
    let document = filings.split("href=\"").find(|it| it.contains("/documents/")).unwrap();
    let document = document.split('"').next().unwrap();
    let read = house.browser("gao", "zh-CN").await.get(document).await;
    assert_eq!((read.status, read.text.as_str()), (StatusCode::OK, "总则"));
    assert!(read.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(read.headers["content-type"], "application/octet-stream");
    let other = house.browser("tan", "zh-CN").await.get(document).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let elsewhere = document.replace(&page, &page_of(&house, HOSPITAL));
    assert_eq!(registrar.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    for (name, value, said) in [
        ("kind", "", "请填写此项"),
        ("title", "", "请填写此项"),
        ("filed_on", "2026-03-15", "不能晚于今天"),
        ("review_on", "2025-01-31", "复核日期早于备案日期"),
    ] {
        let page = refused(&registrar, &path, &but(&filing, name, value)).await;
        assert!(page.contains(said), "{name}: {page}");
    }
    let lost = registrar.post_file(&path, &but(&filing, "title", ""), ("a.txt", "b")).await;
    assert!(lost.main().contains("请重新选择文件"), "{}", lost.main());
    let renamed = but(&but(&filing, "was", "网络安全事件应急预案"), "title", "应急预案(修订)");
    done(&registrar, &format!("{path}/1"), &renamed).await;
    let shown = registrar.get(&page).await.text;
    assert!(section(&shown, "filings").contains(document), "the document stays");
}

#[tokio::test]
async fn a_change_to_come_is_not_there_yet_and_survives_another_one() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let move_away = [("name_zh", UNIT), ("district", "310104"), ("from", "2026-04-01")];
    done(&registrar, &format!("{page}/change"), &move_away).await;
    let shown = registrar.get(&page).await.main();
    assert!(section(&shown, "entry").contains("浦东新区"), "{shown}");
    assert!(section(&shown, "periods").contains("将生效"), "{shown}");
    done(&registrar, &format!("{page}/systems"), &SYSTEM).await;
    let organisation = house.desk.directory();
    let id = house.organisation(UNIT).parse().unwrap();
    let organisation = organisation.organisation(id).unwrap();
    let april = organisation.on("2026-04-01".parse().unwrap()).unwrap();
    assert_eq!(april.district.as_ref().unwrap().as_str(), "310104");
    assert_eq!(april.systems.len(), 2);
    let march = organisation.on("2026-03-31".parse().unwrap()).unwrap();
    assert_eq!(march.district.as_ref().unwrap().as_str(), "310115");
    assert_eq!(march.systems.len(), 2);
}

#[tokio::test]
async fn a_district_sees_its_own_entries_only_and_changes_none() {
    let house = House::new().await;
    let district = house.browser("zhou", "zh-CN").await;
    let seen = district.get("/organisations?q=%E5%85%AC%E5%8F%B8").await.main();
    let own = house.desk.directory();
    let viewer = house.desk.viewer(person(&house, "zhou").await).unwrap();
    for (id, details) in own.organisations() {
        let status = district.get(&format!("/organisations/{id}")).await.status;
        let shows = own.shows(id, &viewer);
        assert_eq!(status == StatusCode::OK, shows, "{}", details.name.zh);
        assert!(shows || !seen.contains(&details.name.zh), "{}", details.name.zh);
    }
    let page = page_of(&house, UNIT);
    for login in ["zhou", "gao", "lin", "audit"] {
        let other = house.browser(login, "zh-CN").await;
        for path in ["change", "networks", "close", "systems", "systems/1", "contacts", "filings"] {
            let path = format!("{page}/{path}");
            assert_eq!(other.get(&path).await.status, StatusCode::FORBIDDEN, "{login} {path}");
            let posted = other.post(&path, &SYSTEM).await.status;
            assert_eq!(posted, StatusCode::FORBIDDEN, "{login} {path}");
        }
        let shown = other.get(&page).await;
        assert!(!shown.text.contains(&format!("{page}/systems")), "{login} is offered nothing");
    }
}

async fn person(house: &House, login: &str) -> fengsui_vocabulary::PersonId {
    house.desk.account(login).await.unwrap().unwrap().person
}

#[tokio::test]
async fn an_organisation_that_moves_away_is_no_longer_the_districts() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let directory = house.desk.directory();
    let viewer = house.desk.viewer(person(&house, "zhou").await).unwrap();
    let seen = directory
        .organisations()
        .find(|(id, details)| directory.shows(*id, &viewer) && !details.systems.is_empty());
    let (id, details) = seen.unwrap();
    let name = details.name.zh.clone();
    let page = format!("/organisations/{id}");
    let district = house.browser("zhou", "zh-CN").await;
    assert_eq!(district.get(&page).await.status, StatusCode::OK);
    let elsewhere =
        if details.district.as_ref().unwrap().as_str() == "310104" { "310115" } else { "310104" };
    let moved = [("name_zh", name.as_str()), ("district", elsewhere), TODAY];
    done(&registrar, &format!("{page}/change"), &moved).await;
    assert_eq!(district.get(&page).await.status, StatusCode::NOT_FOUND);
    for list in ["/organisations", "/organisations/tree", "/search?q=%E5%85%AC%E5%8F%B8"] {
        assert!(!district.get(list).await.main().contains(&name), "{list}");
    }
}

#[tokio::test]
async fn an_organisation_is_merged_with_a_reason_and_changes_no_more() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    let path = format!("{page}/close");
    let close = [("closed_on", "2026-03-14"), ("merged_into", HOSPITAL), ("reason", "机构合并")];
    for (name, value, said) in [
        ("closed_on", "2020-01-01", "早于首次登记的日期"),
        ("merged_into", UNIT, "不能并入自己"),
        ("merged_into", "无此单位", "名录中没有这个单位"),
        ("reason", " ", "请填写此项"),
    ] {
        let page = refused(&registrar, &path, &but(&close, name, value)).await;
        assert!(page.contains(said), "{name}: {page}");
    }
    done(&registrar, &path, &close).await;
    let shown = registrar.get(&page).await;
    for words in ["2026-03-14 并入汇南人民医院", "机构合并", "已注销"] {
        assert!(shown.text.contains(words), "{words}");
    }
    assert!(!shown.text.contains(&format!("{page}/change")), "nothing is offered any more");
    let late = registrar.post(&format!("{page}/systems"), &SYSTEM).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    let below = [("name_zh", "新下属公司"), ("parent", UNIT)];
    let page = refused(&registrar, "/organisations", &below).await;
    assert!(page.contains("这个单位已注销"), "{page}");
}

#[tokio::test]
async fn nobody_is_above_themselves_and_no_name_is_had_twice() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let child = [("name_zh", "下属公司"), ("parent", UNIT)];
    done(&registrar, "/organisations", &child).await;
    let path = format!("{}/change", page_of(&house, UNIT));
    let below = [("name_zh", UNIT), ("parent", "下属公司"), TODAY];
    assert!(refused(&registrar, &path, &below).await.contains("不能做上级"));
    let taken = [("name_zh", HOSPITAL), TODAY];
    assert!(refused(&registrar, &path, &taken).await.contains("名录中已有这个名称"));
    let renamed = [("name_zh", "浦江数据(集团)有限公司"), TODAY];
    done(&registrar, &path, &renamed).await;
    let again = [("name_zh", "浦江数据(集团)有限公司")];
    refused(&registrar, "/organisations", &again).await;
    done(&registrar, &path, &[("name_zh", UNIT), TODAY]).await;
}

#[tokio::test]
async fn a_table_carries_systems_networks_and_sector_and_says_line_and_column() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let heading = "name_zh,sector,post,systems,networks\n";
    let good = format!(
        "{heading}新一公司,金融,首席安全官,网银|critical|designated|3|支付/对账; 官网,\
         203.0.113.9/24 as64500 例子.中国\n"
    );
    let fields = [("text", good.as_str()), ("write", "yes")];
    done(&registrar, "/organisations/import", &fields).await;
    let table = registrar.get("/organisations/export").await.text;
    let line = table.lines().find(|line| line.starts_with("新一公司")).unwrap();
    assert!(
        line.contains("网银|critical|designated|3|支付/对账; 官网|ordinary")
            && line.contains("203.0.113.0/24 AS64500 xn--"),
        "{line}"
    );
    let again = line.replacen("新一公司", "新二公司", 1);
    let table = format!("{}\n{again}\n", table.lines().next().unwrap());
    done(&registrar, "/organisations/import", &[("text", &table), ("write", "yes")]).await;
    let directory = house.desk.directory();
    let of = |name| directory.details(directory.named(name).unwrap()).unwrap();
    assert_eq!(of("新一公司").systems, of("新二公司").systems);
    assert_eq!(of("新一公司").networks, of("新二公司").networks);

    let bad = format!(
        "{heading}\n\"新三\n公司\",,,甲|huge|||;甲;乙||designated,1.2.3\n新四公司,,,丙|||9,ok.example\n"
    );
    let tried = registrar.post("/organisations/import", &[("text", &bad)]).await.main();
    for said in [
        "systems 列：不认识“huge”",
        "systems 列：系统“甲”出现两次",
        "systems 列：系统“乙”已认定",
        "networks 列：“1.2.3”：不是地址或地址段",
        "systems 列：a level of graded protection is 1 to 5",
        "<th scope=\"row\"><div>5</div>",
    ] {
        assert!(tried.contains(said), "{said}: {tried}");
    }
}

#[tokio::test]
async fn a_unit_reads_what_is_registered_about_it() {
    let house = House::new().await;
    let registrar = house.browser("registrar", "zh-CN").await;
    let page = page_of(&house, UNIT);
    done(&registrar, &format!("{page}/systems"), &SYSTEM).await;
    let networks = [("prefixes", "203.0.113.0/24"), TODAY];
    done(&registrar, &format!("{page}/networks"), &networks).await;
    let mine = house.browser("gao", "zh-CN").await.get("/mine").await.main();
    assert!(section(&mine, "systems").contains("结算系统"));
    assert!(section(&mine, "networks").contains("203.0.113.0/24"));
    assert!(!mine.contains(&format!("{page}/systems")), "a unit changes nothing itself");
    let other = house.browser("tan", "zh-CN").await.get("/mine").await.main();
    assert!(!other.contains("结算系统"));
}
