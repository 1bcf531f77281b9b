//! `GET` and `POST /back-entry/table`: the same rows as a table, to be filled in elsewhere.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fengsui_desk::{BackEntry, Desk, OpenCase, TABLE_COLUMNS, TableMistake, TableProblem};

use super::show::{Outcome, Shown, draw, said};
use crate::error::WebError;
use crate::form::COMMAND;
use crate::lang::Words;
use crate::parts::{
    Field, FieldKind, Form, Heading, Html, Notice, Row, RowTone, Sends, Table, Tone,
};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `GET /back-entry/table`
pub(super) async fn download(
    State(desk): State<Desk>,
    reader: SignedIn,
) -> Result<Response, WebError> {
    let cases = desk.open_cases(&reader.viewer).await?;
    let table = desk.back_entry_table(&cases)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"back-entry.csv\""),
    ];
    Ok((headers, table).into_response())
}

/// `POST /back-entry/table`: a line that cannot be read keeps the whole table back.
pub(super) async fn upload(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let words = reader.words();
    let cases = desk.open_cases(&reader.viewer).await?;
    let mut shown = Shown::default();
    let file = sent.files.iter().find(|file| !file.file.bytes.is_empty());
    let Some(file) = file.filter(|_| sent.flaws.is_empty()) else {
        let key =
            if sent.flaws.is_empty() { "back-table-missing" } else { "error-files-too-large" };
        shown.notices.push(Notice::new(Tone::Attention, words.t(key)));
        return draw(&desk, &reader, (&cases, 0), shown);
    };
    let read = desk.read_back_entries(&file.file.bytes, &cases);
    if !read.is_sound() {
        shown.problems = Some(problems(&read.problems, words));
        let said = words.tn("back-table-wrong", read.problems.len());
        shown.notices.push(Notice::new(Tone::Attention, said).line(words.t("back-table-mend")));
        return draw(&desk, &reader, (&cases, 0), shown);
    }
    let entries: Vec<BackEntry> = read.rows.iter().map(|(_, entry)| entry.clone()).collect();
    let results = desk.back_enter(&reader.viewer.actor, &entries).await;
    for ((line, entry), result) in read.rows.iter().zip(results) {
        let result = match result {
            Ok(entered) => Ok(entered),
            Err(fault) => Err(said(fault, &reader)?),
        };
        let line = words.ta("back-line", &[("line", &line.to_string())]);
        let (what, typed) = told(entry, &cases, words);
        shown.outcomes.push(Outcome { what: format!("{line} {what}"), typed, result });
    }
    let cases = desk.open_cases(&reader.viewer).await?;
    draw(&desk, &reader, (&cases, 0), shown)
}

/// The form that sends a table.
pub(super) fn form(desk: &Desk, reader: &SignedIn) -> Form {
    let words = reader.words();
    let action = "/back-entry/table";
    let mut form =
        Form::new("table-form", action, reader.csrf(), words.t("back-table-send"), words)
            .hiding(COMMAND, desk.command_id().to_string())
            .with(
                Field::new("table", words.t("back-table-file"), FieldKind::Files(".csv,text/csv"))
                    .hint(words.ta("back-table-hint", &[("columns", &TABLE_COLUMNS.join(", "))])),
            );
    form.sends = Sends::Files;
    form.draft = None;
    form
}

fn told(entry: &BackEntry, cases: &[OpenCase], words: Words) -> (String, String) {
    match entry {
        BackEntry::Logged(it) => (words.t("back-log").into_owned(), it.text.to_string()),
        BackEntry::Done(it) => {
            let case = cases.iter().find(|case| case.stream == it.stream);
            let duty = case.and_then(|case| case.duties().find(|(_, duty)| duty.key() == it.key));
            let label = duty.map(|(_, duty)| duty.label.in_lang(words.lang()).to_owned());
            let number = case.map_or("", |case| case.number.as_str());
            let what = format!("{number} {}", label.unwrap_or_else(|| it.key.clone()));
            let texts = [&it.by, &it.whom].map(|text| text.as_ref().map(ToString::to_string));
            let note = it.note.as_ref().map(ToString::to_string);
            let texts: Vec<String> = texts.into_iter().chain([note]).flatten().collect();
            (what, texts.join(" · "))
        }
    }
}

fn problems(problems: &[TableProblem], words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("back-line-number")),
        Heading::plain(words.t("back-column")),
        Heading::plain(words.t("back-mistake")),
    ];
    let row = |it: &TableProblem| {
        Row::new(vec![
            Html::text(it.line.to_string()),
            Html::text(it.column.unwrap_or_default()),
            Html::text(mistake(&it.mistake, words)),
        ])
        .toned(RowTone::Over)
    };
    Table::new(words.t("back-problems"), headings, words.t("none")).with(problems.iter().map(row))
}

fn mistake(mistake: &TableMistake, words: Words) -> String {
    let named = |key: &str, name: &str| words.ta(key, &[("name", name)]);
    match mistake {
        TableMistake::Empty => words.t("error-needed").into_owned(),
        TableMistake::TooLong { chars_max } => named("back-wrong-long", &chars_max.to_string()),
        TableMistake::Nul => words.t("error-nul").into_owned(),
        TableMistake::NoTime(text) => named("back-wrong-time", text),
        TableMistake::Future => words.t("error-time-future").into_owned(),
        TableMistake::NoChannel(text) => named("back-wrong-channel", text),
        TableMistake::NoCase(text) => named("back-wrong-case", text),
        TableMistake::NoColumn(column) => named("back-wrong-column", column),
        TableMistake::Columns { count, wanted } => {
            let (count, wanted) = (count.to_string(), wanted.to_string());
            words.ta("org-mistake-columns", &[("count", &count), ("wanted", &wanted)])
        }
        TableMistake::NotText => words.t("error-text").into_owned(),
        TableMistake::TooManyLines { lines_max } => words.tn("org-mistake-long", *lines_max),
        TableMistake::Nothing => words.t("back-nothing").into_owned(),
    }
}
