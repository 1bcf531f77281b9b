//! Screens that show the plan at work: incident, plans, document.

use askama::Template;
use fengsui_web::page::{Place, Width};
use fengsui_web::parts::{
    Act, ClauseChip, Consequence, DueChip, DutyLine, Effect, Entry, Evidence, Field, FieldKind,
    Form, Grade, Gravity, Header, Heading, Html, Item, Items, LevelBadge, Link, Mood, Next, Notice,
    Opt, Pairs, Primary, Question, Reason, Row, Standing, StateBadge, Strip, StripCell, Tab, Table,
    Tabs, Timeline, Tone, duty_table,
};
use fengsui_web::views::{
    BookClause, Document, Imprint, IncidentView, Paragraph, PlanGrade, PlanView, Plans,
};

use crate::Easel;

/// A clause of the Shanghai plan.
pub(crate) fn clause(easel: &Easel, number: &str, zh: &str, en: &str) -> ClauseChip {
    let mut chip = ClauseChip::new(&easel.pick("沪2019", "SH 2019"), number, zh, en, easel.words)
        .known(Evidence::Official);
    chip.href = Some(format!("/plan#c-{number}"));
    chip
}

/// The clause on first reports.
pub(crate) fn first_report(easel: &Easel) -> ClauseChip {
    clause(
        easel,
        "4.1.1",
        "发现单位半小时内口头、一小时内书面报告三个机关。",
        "The unit reports to three bodies: orally within half an hour, in writing within one hour.",
    )
    .from(easel.pick("自 09:40 发现起算（设定）", "discovery at 09:40 (assumed)"))
    .because(vec![easel.pick("等级 IV，无特殊情况", "level IV, no special circumstances")])
}

fn onward(easel: &Easel) -> ClauseChip {
    clause(
        easel,
        "4.1.2",
        "发生重大事件，接报机关一小时内口头、两小时内书面上报。",
        "For a major incident the bodies that took it in report onwards within one and two hours.",
    )
    .from(easel.pick("自 10:02 接报起算", "taken in at 10:02"))
}

/// Duties in every state.
pub(crate) fn duties(easel: &Easel) -> Vec<DutyLine> {
    let line =
        |zh: &str, en: &str, to_zh: &str, to_en: &str, due: DueChip, state: StateBadge| DutyLine {
            what: Html::text(easel.pick(zh, en)),
            route: Html::two_lines(
                &easel.pick(&format!("市委网信办 → {to_zh}"), &format!("CAC Office → {to_en}")),
                &easel.t("channel-written"),
            ),
            due,
            also: None,
            state,
            clause: onward(easel),
            act: Html::nothing(),
        };
    let state = |mood, key: &str| StateBadge::new(mood, easel.t(key));
    let by = |minutes| DueChip::by(easel.minutes(minutes), &easel.clock, easel.words);
    let mut lines = vec![
        line(
            "书面上报",
            "Written onward report",
            "市委总值班室",
            "Party duty office",
            by(-4),
            state(Mood::Attention, "duty-state-missed"),
        ),
        line(
            "书面上报",
            "Written onward report",
            "市政府总值班室",
            "Government duty office",
            by(11),
            state(Mood::Waiting, "duty-state-pending"),
        ),
        line(
            "口头上报",
            "Oral onward report",
            "市委总值班室",
            "Party duty office",
            DueChip::at_once(easel.minutes(-6), &easel.clock, easel.words),
            state(Mood::Waiting, "duty-state-pending"),
        ),
        line(
            "报告市领导",
            "Report to city leaders",
            "市领导",
            "city leaders",
            DueChip::no_time(easel.words),
            state(Mood::Waiting, "duty-state-pending"),
        ),
        line(
            "书面首报",
            "Written first report",
            "市委网信办值班室",
            "CAC duty room",
            DueChip::settled(
                easel.pick("已办", "Done"),
                Some(fengsui_web::parts::Moment::new(
                    easel.minutes(-70),
                    &easel.clock,
                    easel.words,
                )),
            ),
            state(Mood::Done, "duty-state-done-recorded-late"),
        ),
    ];
    if let Some(third) = lines.get_mut(2) {
        third.also = Some(easel.words.ta("duty-also", &[("t", "11:00")]));
    }
    if let Some(first) = lines.first_mut() {
        first.act = Html::link("#act-done", &easel.t("duty-record-done"));
    }
    lines
}

/// What is due next.
pub(crate) fn next(easel: &Easel, minutes: i64) -> Next {
    Next {
        label: easel.t("desk-next"),
        due: DueChip::by(easel.minutes(minutes), &easel.clock, easel.words),
        what: Link::new(
            "/incident",
            easel.pick(
                "口头上报 · 浦江电商客户数据被窃",
                "Oral onward report · theft of customer data at Pujiang Commerce",
            ),
        ),
        who: easel.pick(
            "市委网信办 → 市委总值班室、市政府总值班室",
            "CAC Office → Party duty office, Government duty office",
        ),
        clause: Some(onward(easel)),
    }
}

/// A computed level that may be worse, and a decided one.
pub(crate) fn grade(easel: &Easel) -> Grade {
    let words = easel.words;
    let mut grade = Grade::new(LevelBadge::of("II", Standing::Computed, words), words);
    grade.possible = Some(LevelBadge::of("I", Standing::Possible, words));
    grade.decided = Some(LevelBadge::of("II", Standing::Decided, words));
    grade.decided_by =
        Some(Html::text(easel.pick("市委网信办 林岚，11:15", "Lin Lan, CAC Office, 11:15")));
    grade.reasons = vec![Reason {
        level: LevelBadge::of("II", Standing::Computed, words),
        text: easel
            .pick("重要信息系统遭受严重损失", "An important system has suffered severe loss"),
        facts: vec![
            easel.pick("系统重要程度 = 重要（需重要）", "importance = important (needs important)"),
            easel.pick("系统损失 = 严重（需严重）", "system loss = severe (needs severe)"),
        ],
        clause: clause(
            easel,
            "附件1-2",
            "重要系统严重损失，长时间中断或局部瘫痪。",
            "Severe loss of an important system: long interruption or partial paralysis.",
        ),
    }];
    grade.questions = vec![Question {
        ask: easel.pick(
            "对国家安全和社会稳定的威胁有多大?",
            "How serious is the threat to national security and stability?",
        ),
        changes: vec![
            easel
                .pick("若特别严重：I 特别重大", "if extremely serious: I extremely major 特别重大"),
        ],
        clause: None,
    }];
    grade
}

/// The story so far.
pub(crate) fn story(easel: &Easel) -> Timeline {
    let entry = |minutes: i64, who: (&str, &str), text: (&str, &str), gravity| Entry {
        at: fengsui_web::parts::Moment::new(easel.minutes(minutes), &easel.clock, easel.words),
        entered: None,
        who: easel.pick(who.0, who.1),
        text: easel.pick(text.0, text.1),
        remark: None,
        marks: vec![],
        clause: None,
        gravity,
    };
    let mut judged = entry(
        -20,
        ("市委网信办 林岚", "Lin Lan, CAC Office"),
        ("研判定为重大", "Judged the level"),
        Gravity::Weighty,
    );
    judged.marks = vec![Html::of(&LevelBadge::of("II", Standing::Decided, easel.words))];
    judged.clause = Some(clause(
        easel,
        "4.2.1",
        "由市委网信办会同有关单位研判等级。",
        "The Office judges the level with those concerned.",
    ));
    judged.remark = Some(easel.pick(
        "补报显示核心订单系统中断已超过一小时。",
        "The supplement shows that the order system has been down for over an hour.",
    ));
    let mut call = entry(
        -93,
        ("市应急联动中心 周默", "Zhou Mo, linkage centre"),
        ("接到口头报告", "Took in the oral report"),
        Gravity::Light,
    );
    call.entered = Some(easel.words.ta("time-entered-late", &[("t", "10:12")]));
    Timeline {
        entries: vec![
            judged,
            entry(
                -25,
                ("浦江电商", "Pujiang Commerce"),
                ("补报：系统损失严重", "Supplement: severe loss"),
                Gravity::Light,
            ),
            entry(
                -65,
                ("两办", "Both offices"),
                ("共同决定为较大", "Jointly decided: considerable 较大"),
                Gravity::Weighty,
            ),
            entry(
                -85,
                ("市委网信办 林岚", "Lin Lan, CAC Office"),
                ("受理并立案", "Accepted; incident opened"),
                Gravity::Weighty,
            ),
            call,
            entry(
                -95,
                ("浦江电商", "Pujiang Commerce"),
                ("网上填报", "Reported by the public form"),
                Gravity::Light,
            ),
        ],
        empty: easel.t("story-none"),
    }
}

fn acts(easel: &Easel) -> Vec<Act> {
    let judge =
        Form::new("judge", "/incidents/1/level", "sample", easel.t("grade-judge"), easel.words)
            .with(
                Field::new(
                    "level",
                    easel.t("level"),
                    FieldKind::Radio(vec![
                        Opt::new("I", easel.pick("I 特别重大", "I extremely major 特别重大")),
                        Opt::new("II", easel.pick("II 重大", "II major 重大")),
                        Opt::new("III", easel.pick("III 较大", "III considerable 较大")),
                        Opt::new("IV", easel.pick("IV 一般", "IV ordinary 一般")),
                    ]),
                )
                .value("II"),
            )
            .with(Field::prose("reason", easel.t("approval-reason")).optional());
    let inform = Form::new(
        "inform",
        "/incidents/1/leaders",
        "sample",
        easel.t("incident-inform-leaders"),
        easel.words,
    )
    .with(Field::prose("text", easel.t("document-body")))
    .showing(Consequence {
        id: "inform-what".to_owned(),
        title: easel.words.tn("send-title", 2),
        effects: vec![
            Effect {
                who: easel.pick("市委总值班室", "Party duty office"),
                what: easel.t("channel-written"),
                echo: None,
            },
            Effect {
                who: easel.pick("市政府总值班室", "Government duty office"),
                what: easel.t("channel-written"),
                echo: Some("text".to_owned()),
            },
        ],
        agree: easel.t("send-agree"),
    });
    vec![
        Act::new(easel.t("grade-judge"), judge),
        Act::new(easel.t("incident-inform-leaders"), inform),
        Act::new(
            easel.t("incident-remark"),
            Form::new("remark", "/incidents/1/remarks", "sample", easel.t("save"), easel.words)
                .with(Field::prose("text", easel.t("incident-remark-text"))),
        ),
    ]
}

/// The incident.
pub(crate) fn incident(easel: &Easel) -> askama::Result<String> {
    let words = easel.words;
    let title = easel.pick("浦江电商客户数据被窃", "Theft of customer data at Pujiang Commerce");
    let mut page = easel.page("incident", &title, "incident");
    "/incident".clone_into(&mut page.path);
    let cell = |key: &str, values: Vec<Html>| StripCell { name: easel.t(key), values };
    let strip = Strip {
        cells: vec![
            cell(
                "incident-level",
                vec![
                    Html::of(&LevelBadge::of("II", Standing::Decided, words)),
                    Html::of(&LevelBadge::of("I", Standing::Possible, words)),
                ],
            ),
            cell(
                "incident-state",
                vec![Html::of(&StateBadge::new(Mood::Active, easel.t("incident-state-handling")))],
            ),
            cell("incident-elapsed", vec![Html::since(easel.minutes(-95), &easel.clock, words)]),
            cell(
                "incident-handler",
                vec![Html::text(easel.pick("林岚，市委网信办", "Lin Lan, CAC Office"))],
            ),
            cell("incident-approver", vec![Html::text(easel.pick("市委网信委", "The Commission"))]),
        ],
    };
    let tab =
        |key: &str, place, count| Tab { link: Link::new("/incident", easel.t(key)), place, count };
    let tabs = Tabs {
        label: easel.t("incident-tabs"),
        tabs: vec![
            tab("incident-tab-overview", Place::Here, None),
            tab("incident-tab-facts", Place::Elsewhere, Some(9)),
            tab("incident-tab-organisations", Place::Elsewhere, Some(1)),
            tab("incident-tab-response", Place::Elsewhere, None),
            tab("incident-tab-documents", Place::Elsewhere, Some(4)),
            tab("incident-tab-review", Place::Elsewhere, None),
        ],
    };
    let authority = Table::new(
        easel.t("authority"),
        vec![
            Heading::key(easel.t("authority-act")),
            Heading::plain(easel.t("authority-who")),
            Heading::plain(easel.t("duty-why")),
        ],
        easel.t("authority-none"),
    )
    .with([
        Row::new(vec![
            Html::text(easel.t("response-proposal")),
            Html::text(easel.pick("市委网信办 和 市应急联动中心", "CAC Office and linkage centre")),
            Html::of(&clause(
                easel,
                "4.2.2",
                "两办提出处置建议。",
                "Both offices make the proposal.",
            )),
        ]),
        Row::new(vec![
            Html::text(easel.t("approval-approve")),
            Html::text(easel.pick("市委网信委 或 指挥部", "Commission or headquarters")),
            Html::of(&clause(
                easel,
                "4.2.2",
                "重大以上由市委网信委批准。",
                "From major up the Commission approves.",
            )),
        ]),
    ]);
    IncidentView {
        page,
        header: Header::new(title.clone())
            .below(vec![Link::new("/incident", easel.t("nav-incidents"))], words)
            .lead("inc_2026-0314-07")
            .primary(Primary::Go(Link::new("#acts", easel.t("response-submit")))),
        strip,
        next: Some(next(easel, 11)),
        tabs,
        story: story(easel),
        duties: duty_table(duties(easel), words),
        grades: vec![PlanGrade { plan: easel.pick("沪2019", "SH 2019"), grade: grade(easel) }],
        authority,
        acts: acts(easel),
    }
    .render()
}

/// The plans.
pub(crate) fn plans(easel: &Easel) -> askama::Result<String> {
    let table = Table::new(
        easel.t("plans"),
        vec![
            Heading::key(easel.t("plan-title")),
            Heading::plain(easel.t("plan-issuer")),
            Heading::plain(easel.t("plan-edition")),
            Heading::plain(easel.t("account-state")),
            Heading::numeric(easel.t("plan-clauses")),
        ],
        easel.t("plans-none"),
    )
    .with([Row::new(vec![
        Html::link(
            "/plan",
            &easel.pick(
                "上海市网络安全事件应急预案",
                "Shanghai emergency plan for cybersecurity incidents",
            ),
        ),
        Html::text(
            easel.pick("上海市人民政府办公厅", "General Office, Shanghai Municipal Government"),
        ),
        Html::text("2019"),
        Html::of(&StateBadge::new(Mood::Active, easel.t("plan-state-adopted"))),
        Html::text("64"),
    ])]);
    Plans {
        page: easel.page("plans", &easel.t("plans"), "plans"),
        header: Header::new(easel.t("plans"))
            .lead(easel.t("plans-lead"))
            .primary(Primary::Go(Link::new("#adopt", easel.t("plan-adopt")))),
        table,
        unbound: Items {
            items: vec![Item {
                title: Html::text(easel.pick("专家咨询组", "Expert advisory group")),
                text: easel.pick("可以不绑定", "May stay unbound"),
                side: Html::link("#bind", &easel.t("role-bind")),
            }],
            empty: easel.t("plans-unbound-none"),
        },
    }
    .render()
}

/// One plan.
pub(crate) fn plan(easel: &Easel) -> askama::Result<String> {
    let evidence = |mood, key: &str| Html::of(&StateBadge::new(mood, easel.t(key)));
    let (zh, en) = (
        "发现单位半小时内口头、一小时内书面报告市委网信办值班室、市应急联动中心和事发地区主管部门；较大以上或特殊情况立即报告。",
        "The unit that discovers an incident reports it to the Commission's duty room, the linkage centre and the district authority: orally within half an hour, in writing within one hour; at once from considerable up and in special circumstances.",
    );
    PlanView {
        page: easel.page("plan", &easel.t("plan"), "plans"),
        header: Header::new(easel.pick(
            "上海市网络安全事件应急预案",
            "Shanghai emergency plan for cybersecurity incidents",
        ))
        .below(vec![Link::new("/plans", easel.t("plans"))], easel.words)
        .lead("shanghai-2019"),
        about: Pairs::default()
            .with(
                easel.t("plan-issuer"),
                Html::text(easel.pick(
                    "上海市人民政府办公厅",
                    "General Office, Shanghai Municipal Government 上海市人民政府办公厅",
                )),
            )
            .with(easel.t("plan-edition"), Html::text("2019")),
        notice: Some(Notice::new(
            Tone::Plain,
            easel.pick("本页为意译，以官方文本为准", "A paraphrase; the official text prevails"),
        )),
        clauses: vec![
            BookClause {
                id: "c-4.1.1".to_owned(),
                number: "4.1.1".to_owned(),
                text: easel.pick(zh, en),
                chinese: (easel.words.lang() == fengsui_vocabulary::Lang::En)
                    .then(|| zh.to_owned()),
                official: None,
                evidence: evidence(Mood::Done, "evidence-official"),
                does: vec![
                    Html::two_lines(
                        "sh-4.1.1-oral",
                        &easel.pick(
                            "发现后 30 分钟内 · 口头 · 三个接收方",
                            "within 30 minutes of discovery · oral · three recipients",
                        ),
                    ),
                    Html::two_lines(
                        "sh-4.1.1-written",
                        &easel.pick(
                            "发现后 1 小时内 · 书面 · 三个接收方",
                            "within 1 hour of discovery · written · three recipients",
                        ),
                    ),
                ],
            },
            BookClause {
                id: "c-6.1".to_owned(),
                number: "6.1".to_owned(),
                text: easel.pick("预案由市委网信办解释。", "The Office interprets the plan."),
                chinese: None,
                official: None,
                evidence: evidence(Mood::Attention, "evidence-unverified"),
                does: vec![],
            },
        ],
        policies: Table::new(
            easel.t("plan-policies"),
            vec![
                Heading::key(easel.t("plan-policy-open")),
                Heading::plain(easel.t("plan-policy-value")),
            ],
            easel.t("none"),
        )
        .with([Row::new(vec![
            Html::text(easel.pick("首报自何时起算", "When the first report's clock starts")),
            Html::text(easel.pick("发现时间", "discovery")),
        ])]),
    }
    .render()
}

/// An onward report as an official document.
pub(crate) fn document(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.page("document", &easel.t("document"), "incident");
    page.width = Width::Document;
    Document {
        page,
        header: Header::new(easel.t("document-first-report")).below(vec![Link::new("/incident", easel.t("nav-incidents"))], easel.words).lead(easel.t("document-chinese")),
        exercise: None,
        marking: None,
        urgency: Some("特急".to_owned()),
        issuer: "中共上海市委网络安全和信息化委员会办公室".to_owned(),
        number: "沪网信办报〔2026〕12号".to_owned(),
        signatory: Some("陈 屿".to_owned()),
        title: "关于浦江电商客户数据被窃事件的首报".to_owned(),
        addressees: "市委总值班室、市政府总值班室".to_owned(),
        paragraphs: vec![
            Paragraph::Heading("一、基本情况".to_owned()),
            Paragraph::Text("2026年3月14日09时40分，浦江电商有限公司发现其订单系统遭入侵，客户数据被窃取。我办于10时02分接报，现已按重大网络安全事件组织处置。".to_owned()),
            Paragraph::Unverified("初步估计涉及个人信息约八十万条。".to_owned()),
            Paragraph::Heading("二、已采取的措施".to_owned()),
            Paragraph::Text("已隔离受影响主机，保存日志和证据，市公安局已派员到场。".to_owned()),
        ],
        attachments: vec!["事件时间线".to_owned()],
        signed_by: "市委网信办".to_owned(),
        date: "2026年3月14日".to_owned(),
        contact: Some("联系人：林岚，电话：021-00000000".to_owned()),
        imprint: Imprint { copies: Some("市公安局，市通信管理局".to_owned()), printed_by: "市委网信办值班室".to_owned(), printed_on: "2026年3月14日".to_owned() },
    }
    .render()
}
