//! `GET /custody`: what waits for somebody's decision, what is held, what was made and not handed over.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::{CustodyLine, Desk};

use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{Header, Heading, Html, Row, Table};
use crate::routes::{CUSTODY, custody};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /custody`
pub(super) async fn show(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    let work = desk.custody_work(&reader.viewer).await?;
    let saying = Saying::to(&reader.visitor, None);
    let words = reader.words();
    let section = |id: &str, key: &str, lines: &[CustodyLine]| {
        let table = Html::of(&table(saying, (key, lines)));
        Section::new(id, words.t(key), table)
    };
    drawn(&General {
        page: reader.page("custody", words.t("custody"), CUSTODY),
        header: Header::new(words.t("custody")).lead(words.t("custody-lead")),
        strip: None,
        tabs: None,
        sections: vec![
            section("waiting", "custody-waiting", &work.waiting),
            section("held", "custody-held", &work.held),
            section("packages", "custody-packages-open", &work.packages),
        ],
        acts: Vec::new(),
    })
}

fn table(saying: Saying<'_>, (key, lines): (&str, &[CustodyLine])) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("custody-subject")),
        Heading::plain(words.t("custody-ground")),
        Heading::plain(words.t("custody-by")),
        Heading::plain(words.t("custody-since")),
    ];
    Table::new(words.t(key), headings, words.t("custody-none")).with(lines.iter().map(|line| {
        Row::new(vec![
            Html::link(&custody(&line.subject), &super::page::named(words, &line.subject)),
            Html::text(&line.ground),
            Html::text(saying.person(line.person)),
            Html::of(&saying.moment(line.since)),
        ])
    }))
}
