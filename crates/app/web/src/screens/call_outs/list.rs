//! `GET /call-outs`: those that run, and those before.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{CallOutFilter, CallOutLine, Capacity, Desk};
use serde::Deserialize;

use super::{BEGIN, badge, item, path};
use crate::answer::drawn;
use crate::error::WebError;
use crate::page::escaped;
use crate::parts::{Header, Heading, Html, Items, Link, Pages, Primary, Row, RowTone, Table};
use crate::routes::{self, CALL_OUTS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// From where on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    after: Option<String>,
}

/// `GET /call-outs`
pub(super) async fn list(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let running = desk.call_outs(&reader.viewer, &CallOutFilter::Running).await?;
    let all = desk.call_outs(&reader.viewer, &CallOutFilter::All(asked.after)).await?;
    let saying = Saying::to(&reader.visitor, None);
    let words = reader.words();
    let items = Items {
        items: running.lines.iter().map(|line| item(saying, line)).collect(),
        empty: words.t("call-outs-none").into_owned(),
    };
    let mut parts = vec![Html::of(&table(saying, &all.lines))];
    parts.extend(all.next.map(|next| {
        Html::of(&Pages {
            said: String::new(),
            label: words.t("pages").into_owned(),
            previous: None,
            next: Some(Link::new(
                format!("{CALL_OUTS}?after={}", escaped(&next)),
                words.t("pages-next"),
            )),
        })
    }));
    let mut header = Header::new(words.t("call-outs")).lead(words.t("call-outs-lead"));
    if reader.viewer.is_any(&[Capacity::Officer, Capacity::Leader]) {
        header = header.primary(Primary::Go(Link::new(BEGIN, words.t("call-out-begin"))));
    }
    drawn(&General {
        page: reader.page("call-outs", words.t("call-outs"), routes::ROSTER),
        header,
        strip: None,
        tabs: None,
        sections: vec![
            Section::new("running", words.t("call-outs-running"), Html::of(&items)),
            Section::new("all", words.t("call-outs-all"), Html::apart(parts)),
        ],
        acts: Vec::new(),
    })
}

fn table(saying: Saying<'_>, lines: &[CallOutLine]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("call-out-about")),
        Heading::plain(words.t("call-out-when")),
        Heading::plain(words.t("call-out-state")),
        Heading::plain(words.t("call-out-who-comes")),
    ];
    let row = |line: &CallOutLine| {
        let is_over = line.state == "exhausted";
        Row::new(vec![
            Html::link(&path(line.call_out), &line.about_name),
            Html::two_lines(
                &words.t(&format!("call-out-when-{}", line.occasion)),
                &saying.clock.short(line.begun_at, words),
            ),
            Html::of(&badge(saying, &line.state)),
            Html::text(line.taken_by.map(|who| saying.person(who)).unwrap_or_default()),
        ])
        .toned(if is_over { RowTone::Over } else { RowTone::Plain })
    };
    Table::new(words.t("call-outs-all"), headings, words.t("call-outs-none"))
        .with(lines.iter().map(row))
}
