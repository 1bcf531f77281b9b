//! Screens of the desk, the intake and the registry.

use askama::Template;
use fengsui_web::page::Place;
use fengsui_web::parts::{
    Act, DueChip, Field, FieldKind, Form, Header, Heading, Html, Item, Items, LevelBadge, Link,
    Moment, Mood, Notice, Opt, Pages, Pairs, Primary, Row, RowTone, Search, Standing, StateBadge,
    Strip, StripCell, Tab, Table, Tabs, Tone, Weight, duty_table,
};
use fengsui_web::views::{
    Desk, Duplicate, General, MyOrganisation, Organisations, ReportView, Reports, SearchGroup,
    SearchView, Section,
};

use crate::{Easel, law};

fn due(easel: &Easel, minutes: i64) -> DueChip {
    DueChip::by(easel.minutes(minutes), &easel.clock, easel.words)
}

fn incidents(easel: &Easel) -> Table {
    let words = easel.words;
    let row = |name: (&str, &str), unit: (&str, &str), levels: Vec<Html>, chip: DueChip| {
        let tone = if chip.is_over() { RowTone::Over } else { RowTone::Plain };
        Row::new(vec![
            Html::link("/incident", &easel.pick(name.0, name.1)),
            Html::text(easel.pick(unit.0, unit.1)),
            Html::marks(levels),
            Html::of(&StateBadge::new(Mood::Active, easel.t("incident-state-handling"))),
            Html::of(&chip),
        ])
        .toned(tone)
    };
    let level = |numeral: &str, standing| Html::of(&LevelBadge::of(numeral, standing, words));
    Table::new(
        easel.t("desk-incidents"),
        vec![
            Heading::key(easel.t("incident")),
            Heading::plain(easel.t("organisation")),
            Heading::plain(easel.t("level")),
            Heading::plain(easel.t("incident-state")),
            Heading::plain(easel.t("desk-next")),
        ],
        easel.t("desk-incidents-none"),
    )
    .with([
        row(
            ("浦江电商客户数据被窃", "Theft of customer data at Pujiang Commerce"),
            ("浦江电商，浦东新区", "Pujiang Commerce, Pudong"),
            vec![level("II", Standing::Decided), level("I", Standing::Possible)],
            due(easel, 11),
        ),
        row(
            ("静安区门户网页被篡改", "Defaced portal of Jing'an"),
            ("静安区政府办公室，静安区", "Jing'an government office"),
            vec![level("III", Standing::Decided)],
            due(easel, -4),
        ),
        row(
            ("虹口医院勒索软件", "Ransomware at Hongkou hospital"),
            ("虹口医院，虹口区", "Hongkou hospital"),
            vec![level("IV", Standing::Computed)],
            due(easel, 1500),
        ),
    ])
}

/// 值班台
pub(crate) fn desk(easel: &Easel) -> askama::Result<String> {
    let waiting = Items {
        items: vec![
            Item {
                title: Html::link(
                    "/report",
                    &easel.pick("受理报告：长宁水务", "Accept a report: Changning Water"),
                ),
                text: easel.pick("口头报告，10:52 接报", "oral report, taken in 10:52"),
                side: Html::of(&due(easel, 38)),
            },
            Item {
                title: Html::link(
                    "/incident",
                    &easel.pick("确认补录的通话", "Confirm a call entered afterwards"),
                ),
                text: easel.pick("周默 10:12 补录", "entered by Zhou Mo at 10:12"),
                side: Html::of(&StateBadge::new(Mood::Waiting, easel.t("duty-clear-miss-other"))),
            },
        ],
        empty: easel.t("desk-waiting-none"),
    };
    let mut page = easel.page("desk", &easel.t("nav-desk"), "desk");
    page.notices = vec![
        Notice::new(Tone::Done, easel.pick("已记录口头上报", "The oral report is recorded"))
            .line(easel.pick("用时 5 分。", "It took 5 min.")),
    ];
    Desk {
        page,
        header: Header::new(easel.t("nav-desk"))
            .primary(Primary::Go(Link::new("/report", easel.t("desk-record-call")))),
        next: Some(law::next(easel, -4)),
        due: duty_table(law::duties(easel), easel.words),
        waiting,
        reports: Items { items: vec![], empty: easel.t("reports-none") },
        reports_waiting: 0,
        log: None,
        stands: true,
        incidents: incidents(easel),
        on_duty: Html::nothing(),
    }
    .render()
}

/// 报告
pub(crate) fn reports(easel: &Easel) -> askama::Result<String> {
    let row = |number: &str,
               unit: (&str, &str),
               about: (&str, &str),
               chip: DueChip,
               mood,
               state: &str| {
        let tone = if chip.is_over() { RowTone::Over } else { RowTone::Plain };
        Row::new(vec![
            Html::link("/report", number),
            Html::two_lines(&easel.pick(unit.0, unit.1), &easel.pick(about.0, about.1)),
            Html::text(easel.t("channel-web")),
            Html::of(&Moment::new(easel.minutes(-30), &easel.clock, easel.words)),
            Html::of(&chip),
            Html::of(&StateBadge::new(mood, easel.t(state))),
        ])
        .toned(tone)
    };
    let table = Table::new(
        easel.t("reports"),
        vec![
            Heading::key(easel.t("report-number")),
            Heading::plain(easel.t("report-about")),
            Heading::plain(easel.t("channel")),
            Heading::plain(easel.t("report-received")),
            Heading::plain(easel.t("due")),
            Heading::plain(easel.t("incident-state")),
        ],
        easel.t("reports-none"),
    )
    .with([
        row(
            "R-2026-0132",
            ("长宁水务", "Changning Water"),
            ("办公网中断，怀疑勒索软件", "office network down, ransomware suspected"),
            due(easel, -3),
            Mood::Waiting,
            "report-state-received",
        ),
        row(
            "R-2026-0133",
            ("浦江电商", "Pujiang Commerce"),
            ("客户数据被窃", "customer data stolen"),
            due(easel, 12),
            Mood::Active,
            "report-state-taken-in",
        ),
        row(
            "R-2026-0134",
            ("匿名", "anonymous"),
            ("钓鱼网站冒充社保", "phishing site posing as social security"),
            due(easel, 55),
            Mood::Waiting,
            "report-state-received",
        ),
    ]);
    let tab =
        |key: &str, place, count| Tab { link: Link::new("/reports", easel.t(key)), place, count };
    let facts = |number: &str, minutes| {
        Pairs::default()
            .with(easel.t("report-number"), Html::link("/report", number))
            .with(
                easel.t("report-received"),
                Html::of(&Moment::new(easel.minutes(minutes), &easel.clock, easel.words)),
            )
            .with(
                easel.t("report-about"),
                Html::text(easel.pick("客户数据被窃", "customer data stolen")),
            )
    };
    let join = Form::new("join", "/reports/join", "sample", easel.t("report-join"), easel.words)
        .with(Field::prose("reason", easel.t("approval-reason")).optional());
    Reports {
        page: easel.page("reports", &easel.t("reports"), "reports"),
        header: Header::new(easel.t("reports"))
            .lead(easel.t("reports-lead"))
            .primary(Primary::Go(Link::new("/report", easel.t("desk-record-call")))),
        tabs: Tabs {
            label: easel.t("reports"),
            tabs: vec![
                tab("reports-open", Place::Here, Some(3)),
                tab("reports-accepted", Place::Elsewhere, None),
                tab("reports-declined", Place::Elsewhere, None),
                tab("reports-all", Place::Elsewhere, None),
            ],
        },
        search: Search {
            action: "/reports".to_owned(),
            label: easel.t("reports-search"),
            query: String::new(),
            button: easel.t("search"),
        },
        table,
        pages: Some(Pages {
            said: easel.words.ta("pages-said", &[("first", "1"), ("last", "3"), ("total", "53")]),
            label: easel.t("pages"),
            previous: None,
            next: Some(Link::new("/reports", easel.t("pages-next"))),
        }),
        duplicates: vec![Duplicate {
            why: easel.pick(
                "同一单位，相隔 12 分，内容相近",
                "same organisation, 12 min apart, similar content",
            ),
            first: facts("R-2026-0133", -40),
            second: facts("R-2026-0135", -28),
            acts: vec![Act::new(easel.t("report-join"), join)],
        }],
    }
    .render()
}

/// One report
pub(crate) fn report(easel: &Easel) -> askama::Result<String> {
    let words = easel.words;
    let accept =
        Form::new("accept", "/reports/1/accept", "sample", easel.t("report-accept"), words)
            .with(Field::line("title", easel.t("report-title")).value(""))
            .with(
                Field::new(
                    "class",
                    easel.t("report-class"),
                    FieldKind::Select(vec![
                        Opt::new("", ""),
                        Opt::new("leak", easel.pick("信息泄露事件", "Information leak")),
                        Opt::new("attack", easel.pick("网络攻击事件", "Network attack")),
                    ]),
                )
                .hint(easel.t("report-class-hint")),
            )
            .weighing(Weight::Primary)
            .wrong("title", words.ta("error-required", &[("field", &easel.t("report-title"))]));
    let decline =
        Form::new("decline", "/reports/1/decline", "sample", easel.t("report-decline"), words)
            .with(Field::prose("reason", easel.t("report-decline-reason")));
    let mut accept = Act::new(easel.t("report-accept"), accept);
    accept.lead = Some(easel.t("report-accept-lead"));
    let cell = |key: &str, values: Vec<Html>| StripCell { name: easel.t(key), values };
    ReportView {
        page: easel.page("report", "R-2026-0133", "reports"),
        header: Header::new("R-2026-0133")
            .below(vec![Link::new("/reports", easel.t("reports"))], words)
            .lead(easel.pick("浦江电商 · 客户数据被窃", "Pujiang Commerce · customer data stolen")),
        strip: Strip {
            cells: vec![
                cell(
                    "incident-state",
                    vec![Html::of(&StateBadge::new(
                        Mood::Active,
                        easel.t("report-state-taken-in"),
                    ))],
                ),
                cell("due", vec![Html::of(&due(easel, 12))]),
                cell(
                    "report-received",
                    vec![
                        Html::text(easel.pick("10:00 市委网信办值班室", "10:00 CAC duty room")),
                        Html::text(easel.pick("10:02 市应急联动中心", "10:02 linkage centre")),
                    ],
                ),
                cell("level", vec![Html::of(&LevelBadge::of("IV", Standing::Computed, words))]),
            ],
        },
        told: Pairs::default()
            .with(
                easel.t("report-organisation"),
                Html::link(
                    "/organisation",
                    &easel.pick("浦江电商有限公司", "Pujiang Commerce Ltd"),
                ),
            )
            .with(
                easel.t("public-discovered"),
                Html::of(&Moment::new(easel.minutes(-115), &easel.clock, words)),
            )
            .with(
                easel.t("report-from"),
                Html::text(easel.pick("王强，021-00000001", "Wang Qiang, 021-00000001")),
            ),
        words: Some(
            "今天上午发现订单数据库被拖走，正在统计条数。已断开外网。\n日志见附件。".to_owned(),
        ),
        attachments: Items {
            items: vec![Item {
                title: Html::link("#", "access.log"),
                text: words.ta("report-attachment-text", &[("size", "412 KB")]),
                side: Html::nothing(),
            }],
            empty: easel.t("report-attachments-none"),
        },
        story: law::story(easel),
        duties: duty_table(law::duties(easel), words),
        grade: Some(law::grade(easel)),
        duplicates: vec![],
        acts: vec![accept, Act::new(easel.t("report-decline"), decline)],
    }
    .render()
}

/// 单位
pub(crate) fn organisations(easel: &Easel) -> askama::Result<String> {
    let row = |zh: &str, en: &str, district: (&str, &str), kind: &str, telephone: &str| {
        Row::new(vec![
            Html::link("/organisation", &easel.pick(zh, en)),
            Html::text(easel.pick(district.0, district.1)),
            Html::text(easel.t(kind)),
            Html::text(telephone),
        ])
    };
    Organisations {
        page: easel.page("organisations", &easel.t("organisations"), "organisations"),
        header: Header::new(easel.t("organisations"))
            .lead(easel.words.tn("organisations-count", 212))
            .primary(Primary::Go(Link::new("#new", easel.t("organisation-register")))),
        search: Search {
            action: "/organisations".to_owned(),
            label: easel.t("organisations-search"),
            query: String::new(),
            button: easel.t("search"),
        },
        table: Table::new(
            easel.t("organisations"),
            vec![
                Heading::key(easel.t("organisation-name")),
                Heading::plain(easel.t("organisation-district")),
                Heading::plain(easel.t("organisation-kind")),
                Heading::numeric(easel.t("organisation-telephone")),
            ],
            easel.t("organisations-none"),
        )
        .with([
            row(
                "市委网信办",
                "Municipal CAC 市委网信办",
                ("全市", "city"),
                "organisation-kind-authority",
                "021-00000010",
            ),
            row(
                "浦东新区网信办",
                "Pudong CAC 浦东新区网信办",
                ("浦东新区", "Pudong"),
                "organisation-kind-authority",
                "021-00000020",
            ),
            row(
                "浦江电商有限公司",
                "Pujiang Commerce Ltd 浦江电商",
                ("浦东新区", "Pudong"),
                "organisation-kind-key-unit",
                "021-00000030",
            ),
        ]),
        pages: None,
    }
    .render()
}

/// One organisation
pub(crate) fn organisation(easel: &Easel) -> askama::Result<String> {
    let name = easel.pick("浦江电商有限公司", "Pujiang Commerce Ltd 浦江电商有限公司");
    let about = Pairs::default()
        .with(easel.t("organisation-parent"), Html::text(easel.pick("无", "None")))
        .with(easel.t("organisation-district"), Html::text(easel.pick("浦东新区", "Pudong")))
        .with(easel.t("organisation-telephone"), Html::text("021-00000030"));
    General {
        page: easel.page("organisation", &name, "organisations"),
        header: Header::new(name)
            .below(vec![Link::new("/organisations", easel.t("organisations"))], easel.words),
        strip: None,
        tabs: None,
        sections: vec![
            Section::new("about", easel.t("my-about"), Html::of(&about)),
            Section::new(
                "duties",
                easel.t("organisation-duties-kept"),
                Html::of(&duty_table(law::duties(easel), easel.words)),
            ),
        ],
        acts: vec![],
    }
    .render()
}

/// 本单位
pub(crate) fn my_organisation(easel: &Easel) -> askama::Result<String> {
    MyOrganisation {
        page: easel.page("my", &easel.t("nav-my-organisation"), "my"),
        header: Header::new(
            easel.pick("浦江电商有限公司", "Pujiang Commerce Ltd 浦江电商有限公司"),
        )
        .lead(easel.t("my-lead"))
        .primary(Primary::Go(Link::new("/public-report", easel.t("my-report")))),
        next: Some(law::next(easel, 24)),
        duties: duty_table(law::duties(easel), easel.words),
        reports: incidents(easel),
        questions: Items {
            items: vec![Item {
                title: Html::link(
                    "#",
                    &easel.pick("涉及多少人的信息?", "How many people are concerned?"),
                ),
                text: easel.pick("市委网信办，5 分前", "CAC Office, 5 min ago"),
                side: Html::of(&StateBadge::new(Mood::Waiting, easel.t("my-answer"))),
            }],
            empty: easel.t("my-questions-none"),
        },
        about: Pairs::default().with(easel.t("organisation-telephone"), Html::text("021-00000030")),
    }
    .render()
}

/// 搜索
pub(crate) fn search(easel: &Easel) -> askama::Result<String> {
    SearchView {
        page: easel.page("search", &easel.t("search"), "search"),
        header: Header::new(easel.t("search")),
        search: Search {
            action: "/search".to_owned(),
            label: easel.t("search-label"),
            query: easel.pick("浦江", "Pujiang"),
            button: easel.t("search"),
        },
        groups: vec![SearchGroup {
            title: easel.t("incidents"),
            items: Items {
                items: vec![Item {
                    title: Html::link(
                        "/incident",
                        &easel.pick(
                            "浦江电商客户数据被窃",
                            "Theft of customer data at Pujiang Commerce",
                        ),
                    ),
                    text: "inc_2026-0314-07".to_owned(),
                    side: Html::of(&LevelBadge::of("II", Standing::Decided, easel.words)),
                }],
                empty: String::new(),
            },
        }],
        empty: easel.t("search-ask"),
    }
    .render()
}
