//! The list: not yet accepted, the oldest promise first; and what became of the others.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{Desk, Page as Lines, ReportFilter, ReportLine};
use fengsui_response::report::ReportStatus;
use serde::Deserialize;

use crate::answer::drawn;
use crate::error::WebError;
use crate::page::{Place, escaped};
use crate::parts::{
    Header, Heading, Html, Link, Mood, Pages, Primary, Row, Search, StateBadge, Tab, Table, Tabs,
};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Reports;

/// Which reports: the tabs, by what they are called in addresses.
const TABS: [(&str, &str); 5] = [
    ("waiting", "reports-open"),
    ("accepted", "reports-accepted"),
    ("declined", "reports-declined"),
    ("sealed", "reports-sealed"),
    ("all", "reports-all"),
];

/// Which reports, and from where on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    state: Option<String>,
    after: Option<String>,
}

/// `GET /reports`
pub(super) async fn list(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let state = asked.state.as_deref().unwrap_or_default();
    let state = TABS.iter().map(|(name, _)| *name).find(|name| *name == state).unwrap_or("waiting");
    let filter = ReportFilter {
        state: (state != "all").then(|| state.to_owned()),
        after: asked.after.clone(),
    };
    let lines = desk.reports(&reader.viewer, &filter).await?;
    drawn(&screen(&reader, state, lines))
}

fn screen(reader: &SignedIn, state: &str, lines: Lines<ReportLine>) -> Reports {
    let words = reader.words();
    let tab = |(name, key): &(&str, &str)| Tab {
        link: Link::new(format!("{}?state={name}", routes::REPORTS), words.t(key)),
        place: Place::is(name, &state),
        count: None,
    };
    let call = Link::new(routes::HOTLINE, words.t("desk-record-call"));
    let mut header = Header::new(words.t("reports")).primary(Primary::Go(call));
    header.lead = (state == "waiting").then(|| words.t("reports-lead").into_owned());
    Reports {
        page: reader.page("reports", words.t("reports"), routes::REPORTS),
        header,
        tabs: Tabs { label: words.t("reports").into_owned(), tabs: TABS.iter().map(tab).collect() },
        search: Search {
            action: routes::SEARCH.to_owned(),
            label: words.t("reports-search").into_owned(),
            query: String::new(),
            button: words.t("search").into_owned(),
        },
        table: table(Saying::to(&reader.visitor, None), &lines.lines),
        pages: lines.next.map(|next| Pages {
            said: String::new(),
            label: words.t("pages").into_owned(),
            previous: None,
            next: Some(Link::new(
                format!("{}?state={state}&after={}", routes::REPORTS, escaped(&next)),
                words.t("pages-next"),
            )),
        }),
        duplicates: Vec::new(),
    }
}

/// Reports as a table.
pub(super) fn table(saying: Saying<'_>, lines: &[ReportLine]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("report-number")),
        Heading::plain(words.t("report-about")),
        Heading::plain(words.t("report-received")),
        Heading::plain(words.t("channel")),
        Heading::plain(words.t("incident-state")),
    ];
    Table::new(words.t("reports"), headings, words.t("reports-none-here"))
        .with(lines.iter().map(|line| row(saying, line)))
}

fn row(saying: Saying<'_>, line: &ReportLine) -> Row {
    let words = saying.words;
    let taken_in_by = line.taken_in_by.parse().map(|role| saying.role(&role));
    let received = Html::stacked([
        Html::of(&saying.moment(line.taken_in_at)),
        Html::text(taken_in_by.unwrap_or_default()),
    ]);
    let questions = (line.open_questions > 0).then(|| {
        let asked = words.tn("reports-questions", line.open_questions);
        Html::of(&StateBadge::new(Mood::Waiting, asked))
    });
    let state = Html::of(&state_badge(saying, &line.state));
    let organisations: Vec<String> =
        line.affected.iter().map(|key| saying.organisation(key)).collect();
    Row::new(vec![
        Html::link(&routes::report(line.report), &line.number),
        Html::two_lines(&line.title, &organisations.join(&words.t("list-and"))),
        received,
        Html::text(words.t(&format!("channel-{}", line.channel))),
        Html::marks([state].into_iter().chain(questions)),
    ])
}

/// Where a report stands, by the word of its board.
pub(super) fn state_badge(saying: Saying<'_>, state: &str) -> StateBadge {
    let (mood, key) = match state {
        "waiting" => (Mood::Waiting, "report-state-waiting"),
        "accepted" => (Mood::Active, "report-state-accepted"),
        "declined" => (Mood::Quiet, "report-state-declined"),
        "sealed" => (Mood::Attention, "report-state-sealed"),
        "split" => (Mood::Quiet, "report-state-split"),
        _ => (Mood::Quiet, "report-state-joined"),
    };
    StateBadge::new(mood, saying.words.t(key))
}

/// The word of the board for where a report stands.
pub(super) const fn state_name(status: &ReportStatus) -> &'static str {
    match status {
        ReportStatus::Absent | ReportStatus::Waiting => "waiting",
        ReportStatus::Accepted => "accepted",
        ReportStatus::Declined(_) => "declined",
        ReportStatus::Sealed(_) => "sealed",
        ReportStatus::Split(_) => "split",
        ReportStatus::Merged(_) => "merged",
    }
}
