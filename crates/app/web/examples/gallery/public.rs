//! Screens of people who are not signed in.

use askama::Template;
use fengsui_web::page::Width;
use fengsui_web::parts::{
    Act, Entry, Field, FieldKind, Form, Gravity, Header, Html, Item, Items, Link, Moment, Opt,
    Sends, Timeline, Weight,
};
use fengsui_web::views::{
    ErrorView, LookUp, LookUpResult, PublicReport, Receipt, ReceiptNumber, SignIn,
};

use crate::{Easel, law};

/// The door.
pub(crate) fn sign_in(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.public_page("sign-in", &easel.t("sign-in"));
    page.width = Width::Narrow;
    let form = Form::new("sign-in", "/sign-in", "sample", easel.t("sign-in"), easel.words)
        .with(Field::line("name", easel.t("sign-in-name")).autocomplete("username").value("lin"))
        .with(
            Field::new("password", easel.t("sign-in-password"), FieldKind::Line("password"))
                .autocomplete("current-password"),
        )
        .weighing(Weight::Primary)
        .refused(easel.t("sign-in-wrong"));
    SignIn { page, header: Header::new(easel.t("sign-in")).lead(easel.t("sign-in-lead")), form }
        .render()
}

/// The public form.
pub(crate) fn report(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.public_page("public-report", &easel.t("public-report"));
    page.width = Width::Narrow;
    let threat = |value: &str, key: &str| Opt::new(value, easel.t(key));
    let mut form = Form::new("report", "/report", "sample", easel.t("public-submit"), easel.words)
        .with(
            Field::line("organisation", easel.t("public-organisation"))
                .hint(easel.t("public-organisation-hint")),
        )
        .with(
            Field::new("discovered", easel.t("public-discovered"), FieldKind::Time)
                .hint(easel.t("public-discovered-hint"))
                .value(easel.clock.for_field(easel.minutes(-20))),
        )
        .with(Field::prose("what", easel.t("public-what")).hint(easel.t("public-what-hint")))
        .with(
            Field::new(
                "security_threat",
                easel.t("public-threat"),
                FieldKind::Radio(vec![
                    threat("", "public-threat-unknown"),
                    threat("none", "public-threat-none"),
                    threat("some", "public-threat-some"),
                    threat("considerable", "public-threat-considerable"),
                ]),
            )
            .optional(),
        )
        .with(Field::line("name", easel.t("public-name")).optional())
        .with(
            Field::new("telephone", easel.t("public-telephone"), FieldKind::Line("tel"))
                .hint(easel.t("public-contact-hint"))
                .optional(),
        )
        .with(
            Field::new("files", easel.t("public-files"), FieldKind::Files(""))
                .hint(easel.words.ta("public-files-hint", &[("size", "20 MB")]))
                .optional(),
        )
        .weighing(Weight::Primary);
    form.sends = Sends::Files;
    PublicReport {
        page,
        header: Header::new(easel.t("public-report")).lead(easel.t("public-report-lead")),
        form,
    }
    .render()
}

fn owed(easel: &Easel) -> Items {
    let item = |zh: &str, en: &str, minutes| Item {
        title: Html::text(easel.words.ta(
            "receipt-owed-item",
            &[
                ("who", &easel.pick(zh, en)),
                ("what", &easel.pick("口头报告", "Oral report")),
                ("telephone", "021-00000011"),
            ],
        )),
        text: String::new(),
        side: Html::marks([
            Html::of(&fengsui_web::parts::DueChip::by(
                easel.minutes(minutes),
                &easel.clock,
                easel.words,
            )),
            Html::of(&law::first_report(easel)),
        ]),
    };
    Items {
        items: vec![
            item("市委网信办值班室", "CAC duty room", 10),
            item("市应急联动中心", "linkage centre", 10),
            item("浦东新区网信办", "Pudong CAC", 10),
        ],
        empty: easel.t("receipt-owed-none"),
    }
}

/// The receipt.
pub(crate) fn receipt(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.public_page("receipt", &easel.t("receipt"));
    page.width = Width::Narrow;
    Receipt {
        page,
        header: Header::new(easel.t("receipt-title")).lead(easel.t("receipt-lead")),
        receipt: ReceiptNumber {
            number: "R-2026-0133".to_owned(),
            secret: Some("K7QM-2XHD-9RVT".to_owned()),
            received: easel.clock.full(easel.clock.now, easel.words),
            position: "48 213".to_owned(),
            leaf: "9f2c77a1d0b34e5f8a6c1be0c4d59e7788a3f0112b6d4c9e5f70a1b2c3d4e5f6".to_owned(),
        },
        owed: owed(easel),
    }
    .render()
}

/// Look-up with a result.
pub(crate) fn look_up(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.public_page("look-up", &easel.t("look-up"));
    page.width = Width::Narrow;
    let entry = |minutes, key: &str| Entry {
        at: Moment::new(easel.minutes(minutes), &easel.clock, easel.words),
        entered: None,
        who: String::new(),
        text: easel.t(key),
        remark: None,
        marks: vec![],
        clause: None,
        gravity: Gravity::Weighty,
    };
    let supplement = Form::new(
        "supplement",
        "/report/look-up/supplement",
        "sample",
        easel.t("look-up-supplement"),
        easel.words,
    )
    .with(Field::prose("text", easel.t("look-up-supplement-text")));
    LookUp {
        page,
        header: Header::new("R-2026-0133").lead(easel.t("look-up-lead")),
        form: None,
        found: Some(LookUpResult {
            story: Timeline {
                entries: vec![
                    entry(-10, "public-state-accepted"),
                    entry(-20, "public-state-received"),
                ],
                empty: String::new(),
            },
            owed: owed(easel),
            acts: vec![Act::new(easel.t("look-up-supplement"), supplement)],
        }),
    }
    .render()
}

/// A refusal.
pub(crate) fn error(easel: &Easel) -> askama::Result<String> {
    let mut page = easel.page("error", &easel.t("error-refused"), "");
    page.width = Width::Narrow;
    ErrorView {
        page,
        status: 409,
        title: easel.t("error-refused"),
        lines: vec![easel.t("approval-own")],
        clause: Some(law::clause(
            easel,
            "4.2.2",
            "重大以上由市委网信委批准。",
            "From major up the Commission approves.",
        )),
        ways: vec![Link::new("/desk", easel.t("error-to-desk"))],
        reference: None,
    }
    .render()
}
