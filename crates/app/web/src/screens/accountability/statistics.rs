//! `GET /accountability/statistics`: how punctual organisations, districts and plans were, with what each
//! figure means beside it; the same as a file for spreadsheet programs.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fengsui_desk::{Desk, GroupBy, StatisticsLine, StatisticsPeriod, StatisticsView};
use fengsui_press::{Cell, Spreadsheet};
use fengsui_response::accountability::statistics::Tally;
use serde::Deserialize;

use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::page::{Page, Place};
use crate::parts::{Header, Heading, Html, Link, Pairs, Row, Tab, Table, Tabs};
use crate::routes::{self, ACCOUNTABILITY};
use crate::session::SignedIn;

/// Columns of the table, by the keys of their words.
const COLUMNS: [&str; 14] = [
    "stat-due",
    "stat-in-time",
    "stat-recorded-late",
    "stat-late",
    "stat-missed",
    "stat-omitted",
    "stat-median",
    "stat-ninety",
    "stat-immediate-done",
    "stat-immediate-open",
    "stat-elapsed",
    "stat-owed",
    "stat-set-aside",
    "stat-reports",
];

/// What each figure means, by the keys of the words.
const DEFINITIONS: [&str; 8] = [
    "stat-def-period",
    "stat-def-in-time",
    "stat-def-late",
    "stat-def-missed",
    "stat-def-rank",
    "stat-def-immediate",
    "stat-def-whose",
    "stat-def-reports",
];

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    by: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "accountability/statistics.html")]
struct Statistics {
    page: Page,
    header: Header,
    tabs: Tabs,
    by: &'static str,
    from: String,
    until: String,
    zone: String,
    table: Table,
    downloads: Vec<Link>,
    definitions: Vec<String>,
}

/// A share as a bar, besides its number.
#[derive(Debug, Template)]
#[template(
    source = r#"<svg class="share" width="100" height="8" viewBox="0 0 100 8" aria-hidden="true"><rect width="100" height="8" fill="currentColor" opacity="0.15"/><rect width="{{ percent }}" height="8" fill="currentColor"/></svg>"#,
    ext = "html"
)]
struct Bar {
    percent: u64,
}

impl HtmlSafe for Bar {}

/// `GET /accountability/statistics`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = counted(&desk, &reader, &asked).await?;
    let words = reader.words();
    let (from, until) = (view.period.from.to_string(), view.period.until.to_string());
    let title = words.t("acc-statistics").into_owned();
    let crumbs = vec![Link::new(ACCOUNTABILITY, words.t("accountability"))];
    let download = |kind: &str, key: &str| {
        let asked = format!("by={}&from={from}&until={until}", view.by.name());
        Link::new(format!("/accountability/statistics.{kind}?{asked}"), words.t(key))
    };
    drawn(&Statistics {
        page: reader.page("accountability", title.clone(), ACCOUNTABILITY),
        header: Header::new(title).below(crumbs, words).lead(words.t("stat-lead")),
        tabs: tabs(&view, words),
        by: view.by.name(),
        zone: words.ta("stat-zone", &[("zone", &view.zone)]),
        table: table(&view, words),
        downloads: vec![download("csv", "stat-csv"), download("xlsx", "stat-xlsx")],
        definitions: definitions(words),
        from,
        until,
    })
}

/// `GET /accountability/statistics.csv`
pub(super) async fn csv(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = counted(&desk, &reader, &asked).await?;
    let bytes = spreadsheet(&view, reader.words()).csv().into_bytes();
    Ok(file(&view, "csv", "text/csv; charset=utf-8", bytes))
}

/// `GET /accountability/statistics.xlsx`
pub(super) async fn xlsx(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = counted(&desk, &reader, &asked).await?;
    let bytes = spreadsheet(&view, reader.words()).xlsx(view.period.until);
    let bytes = bytes.map_err(|fault| {
        tracing::warn!(%fault, "statistics not written");
        WebError::Desk(fengsui_desk::DeskFault::Busy)
    })?;
    Ok(file(&view, "xlsx", XLSX, bytes))
}

/// The figures of one organisation, in short.
pub(crate) fn figures(tally: &Tally, words: Words) -> Pairs {
    let number = |number: u64| Html::text(number.to_string());
    let minutes = |minutes: Option<u64>| match minutes {
        Some(minutes) => Html::text(words.tn("stat-minutes", minutes)),
        None => Html::text("–"),
    };
    Pairs::default()
        .with(words.t("stat-due"), number(tally.fallen_due()))
        .with(words.t("stat-in-time"), number(tally.in_time + tally.recorded_late))
        .with(words.t("stat-late"), number(tally.late))
        .with(words.t("stat-missed"), number(tally.missed + tally.omitted))
        .with(words.t("stat-median"), minutes(tally.median_lateness()))
        .with(words.t("stat-elapsed"), minutes(tally.median_elapsed()))
}

async fn counted(
    desk: &Desk,
    reader: &SignedIn,
    asked: &Asked,
) -> Result<StatisticsView, WebError> {
    let by = asked.by.as_deref().and_then(GroupBy::named).unwrap_or(GroupBy::Organisation);
    let year = desk.year_so_far();
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    let period = StatisticsPeriod {
        from: day(&asked.from).unwrap_or(year.from),
        until: day(&asked.until).unwrap_or(year.until),
    };
    Ok(desk.statistics(&reader.viewer, by, period).await?)
}

fn tabs(view: &StatisticsView, words: Words) -> Tabs {
    let StatisticsPeriod { from, until } = view.period;
    let tab = |by: GroupBy| {
        let href = format!("/accountability/statistics?by={}&from={from}&until={until}", by.name());
        let word = words.t(&format!("stat-by-{}", by.name()));
        Tab { link: Link::new(href, word), place: Place::is(&by, &view.by), count: None }
    };
    Tabs { label: words.t("acc-statistics").into_owned(), tabs: GroupBy::ALL.map(tab).into() }
}

fn table(view: &StatisticsView, words: Words) -> Table {
    let mut headings = vec![
        Heading::key(words.t(&format!("stat-by-{}", view.by.name()))),
        Heading::plain(words.t("stat-share")),
    ];
    headings.extend(COLUMNS.map(|key| Heading::numeric(words.t(key))));
    let rows = view.lines.iter().map(|line| {
        let name = line.label.in_lang(words.lang());
        let name = match (view.by, line.key.parse()) {
            (GroupBy::Organisation, Ok(id)) => Html::link(&routes::organisation(id), name),
            (GroupBy::Organisation | GroupBy::District | GroupBy::Plan | GroupBy::Month, _) => {
                Html::text(name)
            }
        };
        row(name, &line.tally, view.by)
    });
    let total = row(Html::text(words.t("stat-total")), &view.total, view.by);
    let has_lines = !view.lines.is_empty();
    Table::new(words.t("stat-figures"), headings, words.t("stat-none"))
        .with(rows)
        .with(has_lines.then_some(total))
}

fn row(name: Html, tally: &Tally, by: GroupBy) -> Row {
    let mut cells = vec![name, share(tally)];
    cells.extend(numbers(tally, by).into_iter().map(|number| match number {
        Some(number) => Html::text(number.to_string()),
        None => Html::text("–"),
    }));
    Row::new(cells)
}

/// What was done in time of what fell due, in percent.
fn share(tally: &Tally) -> Html {
    let due = tally.fallen_due();
    let Some(percent) = ((tally.in_time + tally.recorded_late) * 100).checked_div(due) else {
        return Html::text("–");
    };
    Html::stacked([Html::text(format!("{percent} %")), Html::of(&Bar { percent })])
}

/// The figures in the order of the columns.
fn numbers(tally: &Tally, by: GroupBy) -> [Option<u64>; 14] {
    [
        Some(tally.fallen_due()),
        Some(tally.in_time),
        Some(tally.recorded_late),
        Some(tally.late),
        Some(tally.missed),
        Some(tally.omitted),
        tally.median_lateness(),
        tally.lateness_of_nine_tenths(),
        Some(tally.immediate_done),
        Some(tally.immediate_open),
        tally.median_elapsed(),
        Some(tally.owed),
        Some(tally.set_aside),
        (by != GroupBy::Plan).then_some(tally.reports),
    ]
}

fn definitions(words: Words) -> Vec<String> {
    DEFINITIONS.map(|key| words.t(key).into_owned()).into()
}

fn spreadsheet(view: &StatisticsView, words: Words) -> Spreadsheet {
    let mut headings = vec![words.t(&format!("stat-by-{}", view.by.name())).into_owned()];
    headings.extend(COLUMNS.map(|key| words.t(key).into_owned()));
    let cells = |name: &str, tally: &Tally| {
        let mut cells = vec![Cell::Text(name.to_owned())];
        cells.extend(numbers(tally, view.by).map(Cell::number));
        cells
    };
    let line = |line: &StatisticsLine| cells(line.label.in_lang(words.lang()), &line.tally);
    let mut rows: Vec<_> = view.lines.iter().map(line).collect();
    rows.push(cells(&words.t("stat-total"), &view.total));
    let (from, until) = (view.period.from.to_string(), view.period.until.to_string());
    let mut notes =
        vec![words.ta("stat-note", &[("from", &from), ("until", &until), ("zone", &view.zone)])];
    notes.extend(definitions(words));
    Spreadsheet { name: words.t("acc-statistics").into_owned(), headings, rows, notes }
}

fn file(view: &StatisticsView, ending: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let StatisticsPeriod { from, until } = view.period;
    let name = format!("statistics-{}-{from}-{until}.{ending}", view.by.name());
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// The media type of a table for spreadsheet programs.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
