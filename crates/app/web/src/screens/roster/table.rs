//! `/roster/import` and `/roster/export`: a month as a table, drafted like the days before if wanted.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Desk, DraftLike, FieldProblem, ReadFile, RosterImport, RosterMistake};
use fengsui_response::roster::Month;
use jiff::civil::Date;
use serde::Deserialize;

use super::{IMPORT, month_path};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::parts::{
    Field, FieldKind, Form, Header, Heading, Html, Link, Row, RowTone, Sends, Table, Weight,
};
use crate::routes;
use crate::screens::reports::download;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The form.
const FORM: &str = "table";

/// Mistakes that are shown at most.
const SHOWN_MAX: usize = 200;

/// Which month, and like which days it is drafted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    month: Option<String>,
    like: Option<String>,
    from: Option<String>,
}

impl Asked {
    fn month(&self, desk: &Desk) -> Month {
        let month = self.month.as_deref().and_then(|month| month.parse().ok());
        month.unwrap_or_else(|| Month::of(desk.today()))
    }

    fn like(&self, desk: &Desk) -> Option<DraftLike> {
        match self.like.as_deref() {
            Some("month") => Some(DraftLike::MonthBefore(self.month(desk))),
            Some("week") => {
                let from = self.from.as_deref().and_then(|day| day.parse::<Date>().ok());
                Some(DraftLike::WeekBefore(from.unwrap_or_else(|| desk.today())))
            }
            Some(_) | None => None,
        }
    }
}

/// `GET /roster/import`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let draft = match asked.like(&desk) {
        Some(like) => Some(desk.draft_roster(&reader.viewer, like).await?),
        None => None,
    };
    let month = asked.month(&desk);
    desk.roster_settings(&reader.viewer).await?; // whoever may not see it may not fill it
    draw(&desk, &reader, (month, draft.as_deref()), None)
}

/// `POST /roster/import`: all of the table or nothing of it.
pub(super) async fn import(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let month = sent.text("month").parse().unwrap_or_else(|_| Month::of(desk.today()));
    let mut read = None;
    let done = take(&desk, &reader, &sent, &mut read).await;
    match done {
        Ok(()) => Ok(reader.visitor.on_to(&month_path(month), "said-roster-imported")),
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, (month, None), Some((&returned, read.as_ref())))
        }
    }
}

async fn take(
    desk: &Desk,
    reader: &SignedIn,
    sent: &Sent,
    read: &mut Option<RosterImport>,
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let table = table_of(sent);
    if let Err((field, key)) = &table {
        reading.wrong(field, key);
    }
    let (command, table) = reading.done(command.zip(table.ok()))?;
    desk.roster_settings(&reader.viewer).await?;
    let import = desk.read_roster(&table).await?;
    if !import.is_sound() {
        *read = Some(import);
        let words = reader.words();
        let problem = FieldProblem::new("text", words.t("roster-import-mend").into_owned());
        return Err(WebError::mend(vec![problem]));
    }
    desk.import_roster(&reader.viewer.actor, command, import).await?;
    Ok(())
}

/// The table as a file, or as it was pasted.
fn table_of(sent: &Sent) -> Result<String, (&'static str, &'static str)> {
    match sent.files.iter().find(|file| !file.file.bytes.is_empty()) {
        Some(file) => {
            String::from_utf8(file.file.bytes.clone()).map_err(|_not_utf_8| ("table", "error-text"))
        }
        None if sent.text("text").trim().is_empty() => Err(("text", "error-needed")),
        None => Ok(sent.text("text").to_owned()),
    }
}

/// `GET /roster/export`
pub(super) async fn export(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let month = asked.month(&desk);
    let table = desk.export_roster(&reader.viewer, month).await?;
    let name = format!("roster-{month}.csv");
    Ok(download(ReadFile { name, media_type: csv(), bytes: table.into_bytes() }))
}

#[expect(clippy::expect_used, reason = "a constant that is a line")]
fn csv() -> fengsui_vocabulary::Line {
    "text/csv".parse().expect("this is a line")
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    (month, draft): (Month, Option<&str>),
    returned: Option<(&Returned, Option<&RosterImport>)>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let mut page = reader.page("roster-import", words.t("roster-import"), routes::ROSTER);
    page.live = None;
    let mut sections = Vec::new();
    if let Some((_, Some(read))) = returned {
        let mistakes = Html::of(&mistakes(read, words));
        sections.push(Section::new("mistakes", words.t("roster-mistakes"), mistakes));
    }
    let mut form = Form::new(FORM, IMPORT, reader.csrf(), words.t("roster-import"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .hiding("month", month.to_string())
        .with(
            Field::prose("text", words.t("roster-import-text"))
                .optional()
                .hint(words.t("roster-import-hint"))
                .value(draft.unwrap_or("date,shift,post,first,deputies\n")),
        )
        .with(
            Field::new("table", words.t("roster-import-file"), FieldKind::Files(".csv,text/csv"))
                .optional(),
        )
        .weighing(Weight::Primary);
    form.sends = Sends::Files;
    form.draft = None;
    let form = returned.iter().fold(form, |form, (returned, _)| returned.put_back(form));
    sections.push(Section::new("table", words.t("roster-import-table"), Html::of(&form)));
    let crumbs = vec![Link::new(month_path(month), words.t("roster"))];
    let mut header = Header::new(words.ta("roster-import-of", &[("month", &month.to_string())]))
        .below(crumbs, words)
        .lead(words.t("roster-import-lead"));
    let of = |like: &str| format!("{IMPORT}?month={month}&like={like}");
    header.others = vec![
        Link::new(of("week"), words.t("roster-like-week")),
        Link::new(of("month"), words.t("roster-like-month")),
    ];
    drawn_as(
        returned.map_or(StatusCode::OK, |(returned, _)| returned.status()),
        &General { page, header, strip: None, tabs: None, sections, acts: Vec::new() },
    )
}

fn mistakes(read: &RosterImport, words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("roster-line")),
        Heading::plain(words.t("roster-column")),
        Heading::plain(words.t("roster-mistake")),
    ];
    let wrong =
        read.lines.iter().filter_map(|line| Some((line.line, line.outcome.as_ref().err()?)));
    let rows = wrong.flat_map(|(line, problems)| {
        problems.iter().map(move |it| {
            Row::new(vec![
                Html::text(line.to_string()),
                Html::text(it.column.unwrap_or("–")),
                Html::text(said(&it.mistake, words)),
            ])
            .toned(RowTone::Over)
        })
    });
    Table::new(words.t("roster-mistakes"), headings, words.t("roster-import-empty"))
        .with(rows.take(SHOWN_MAX))
}

fn said(mistake: &RosterMistake, words: Words) -> String {
    match mistake {
        RosterMistake::NoDay(text) => words.ta("roster-mistake-day", &[("text", text)]),
        RosterMistake::NoShift { on, shift, known } => words.ta(
            "roster-mistake-shift",
            &[("day", &on.to_string()), ("shift", shift), ("known", known)],
        ),
        RosterMistake::NoPost { post, known } => {
            words.ta("roster-mistake-post", &[("post", post), ("known", known)])
        }
        RosterMistake::Nobody(login) => words.ta("roster-mistake-nobody", &[("who", login)]),
        RosterMistake::Empty => words.t("error-needed").into_owned(),
        RosterMistake::Twice(login) => words.ta("roster-mistake-twice", &[("who", login)]),
        RosterMistake::TooMany { count, count_max } => {
            let (count, max) = (count.to_string(), count_max.to_string());
            words.ta("refusal-too-many", &[("count", &count), ("max", &max)])
        }
        RosterMistake::NamedBefore(line) => {
            words.ta("roster-mistake-before", &[("line", &line.to_string())])
        }
        RosterMistake::StandsElsewhere { login, post, line } => words.ta(
            "roster-mistake-elsewhere",
            &[("who", login), ("post", post), ("line", &line.to_string())],
        ),
        // In the words of whoever read it; it names what it expected.
        RosterMistake::Malformed(said) => said.clone(),
        RosterMistake::NotText => words.t("error-text").into_owned(),
        RosterMistake::TooLong { lines_max, months_max } => words.ta(
            "roster-mistake-long",
            &[("lines", &lines_max.to_string()), ("months", &months_max.to_string())],
        ),
    }
}
