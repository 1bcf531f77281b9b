//! `GET` and `POST /back-entry`: many rows at once, each with its own result.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{BackEntered, BackEntry, Desk, DeskFault, OpenCase, OpenDuty, OpenGroup};
use serde::Deserialize;

use super::form::{DUTIES_MAX, Typed, form, read, typed};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{
    Header, Heading, Html, Link, Mood, Notice, Pages, Row, RowTone, StateBadge, Table, Tone,
};
use crate::refusal;
use crate::routes::BACK_ENTRY;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// Which duties are on the page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// After so many.
    #[serde(default)]
    from: usize,
}

/// What became of one row.
pub(super) struct Outcome {
    /// What it was about, and what was typed.
    pub(super) what: String,
    pub(super) typed: String,
    pub(super) result: Result<BackEntered, String>,
}

/// What a screen shows besides the form.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) returned: Vec<Typed>,
    pub(super) notices: Vec<Notice>,
    /// What must be mended in a table.
    pub(super) problems: Option<Table>,
}

/// `GET /back-entry`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let cases = desk.open_cases(&reader.viewer).await?;
    draw(&desk, &reader, (&cases, asked.from), Shown::default())
}

/// `POST /back-entry`
pub(super) async fn enter(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let cases = desk.open_cases(&reader.viewer).await?;
    let mut rows = typed(&sent);
    let mut shown = Shown::default();
    if let Some((field, _)) = sent.flaws.first() {
        let said = reader.words().t("error-cut-off");
        shown.notices.push(Notice::new(Tone::Attention, said).line(field.clone()));
        shown.returned = rows;
        return draw(&desk, &reader, (&cases, 0), shown);
    }
    for mut row in rows.drain(..) {
        let entry = read(&mut row, &reader);
        let (what, typed) = (what_of(&cases, &row, &reader), typed_of(&row));
        let result = match entry {
            None => Err(reader.words().t("back-mend").into_owned()),
            Some(entry) => one(&desk, &reader, entry, &mut row).await?,
        };
        if result.is_err() {
            shown.returned.push(row);
        }
        shown.outcomes.push(Outcome { what, typed, result });
    }
    if shown.outcomes.is_empty() {
        let said = reader.words().t("back-nothing");
        shown.notices.push(Notice::new(Tone::Attention, said));
    }
    let cases = desk.open_cases(&reader.viewer).await?;
    draw(&desk, &reader, (&cases, 0), shown)
}

/// Enters one row; why it is refused stays beside it.
async fn one(
    desk: &Desk,
    reader: &SignedIn,
    entry: BackEntry,
    row: &mut Typed,
) -> Result<Result<BackEntered, String>, WebError> {
    let mut results = desk.back_enter(&reader.viewer.actor, &[entry]).await;
    let Some(result) = results.pop() else { return Ok(Err(String::new())) };
    match result {
        Ok(entered) => Ok(Ok(entered)),
        Err(fault) => {
            let said = said(fault, reader)?;
            row.wrong.push(("at", said.clone()));
            Ok(Err(said))
        }
    }
}

/// Why a row was not entered, in words; a fault of the machine has its own page.
pub(super) fn said(fault: DeskFault, reader: &SignedIn) -> Result<String, WebError> {
    let words = reader.words();
    match &fault {
        DeskFault::Refused(fengsui_response::Refusal::Nothing { what: "shift on duty" }) => {
            Ok(words.t("back-no-shift").into_owned())
        }
        DeskFault::Refused(refusal) => Ok(refusal::said(refusal, &reader.visitor)),
        DeskFault::Malformed(_) => Ok(words.t("back-mend").into_owned()),
        DeskFault::Absent | DeskFault::NotYours => Ok(words.t("back-not-yours").into_owned()),
        DeskFault::Overtaken(_) | DeskFault::Busy => Ok(words.t("error-busy").into_owned()),
        DeskFault::Store(_) if fault.is_full() => Ok(words.t("error-full").into_owned()),
        DeskFault::Store(_)
        | DeskFault::Unreadable(_)
        | DeskFault::Erased { .. }
        | DeskFault::Unwritable(_) => Err(fault.into()),
    }
}

/// The screen.
pub(super) fn draw(
    desk: &Desk,
    reader: &SignedIn,
    (cases, from): (&[OpenCase], usize),
    shown: Shown,
) -> Result<Response, WebError> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let mut page = reader.page("back-entry", words.t("back-entry"), crate::routes::SHIFT);
    // Rows that are being filled in must not be exchanged for others.
    page.live = None;
    let is_refused = shown.outcomes.iter().any(|it| it.result.is_err())
        || !shown.notices.is_empty()
        || shown.problems.is_some();
    page.notices.extend(shown.notices);
    let mut sections = Vec::new();
    if !shown.outcomes.is_empty() {
        let table = Html::of(&outcomes(&shown.outcomes, words));
        sections.push(Section::new("results", words.t("back-results"), table));
    }
    if let Some(problems) = &shown.problems {
        sections.push(Section::new("problems", words.t("back-problems"), Html::of(problems)));
    }
    let open = all(cases);
    let rows: Vec<_> = open.iter().skip(from).take(DUTIES_MAX).copied().collect();
    let mut parts = vec![Html::of(&form(reader, saying, &rows, &shown.returned))];
    if open.len() > from + DUTIES_MAX {
        let href = format!("{BACK_ENTRY}?from={}", from + DUTIES_MAX);
        parts.push(Html::of(&Pages {
            said: words.tn("back-open", open.len()),
            label: words.t("pages").into_owned(),
            previous: None,
            next: Some(Link::new(href, words.t("pages-next"))),
        }));
    }
    sections.push(Section::new("rows", words.t("back-rows"), Html::stacked(parts)));
    let upload = Html::stacked([
        Html::link("/back-entry/table", &words.t("back-table-download")),
        Html::of(&super::table::form(desk, reader)),
    ]);
    sections.push(Section::new("table", words.t("back-table"), upload));
    let header = Header::new(words.t("back-entry")).lead(words.t("back-lead"));
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (strip, tabs, acts) = (None, None, Vec::new());
    drawn_as(status, &General { page, header, strip, tabs, sections, acts })
}

fn all(cases: &[OpenCase]) -> Vec<(&OpenCase, &OpenGroup, &OpenDuty)> {
    cases
        .iter()
        .flat_map(|case| case.duties().map(move |(group, duty)| (case, group, duty)))
        .collect()
}

fn outcomes(outcomes: &[Outcome], words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("back-row")),
        Heading::plain(words.t("back-typed")),
        Heading::plain(words.t("back-result")),
    ];
    let row = |it: &Outcome| {
        let (mood, said) = match &it.result {
            Ok(BackEntered::Done) => (Mood::Done, words.t("back-done").into_owned()),
            Ok(BackEntered::RecordedLate) => {
                (Mood::Done, words.t("back-recorded-late").into_owned())
            }
            Ok(BackEntered::Late) => (Mood::Attention, words.t("back-late").into_owned()),
            Ok(BackEntered::Logged) => (Mood::Done, words.t("back-logged").into_owned()),
            Ok(BackEntered::Before) => (Mood::Quiet, words.t("back-before").into_owned()),
            Err(why) => (Mood::Attention, words.ta("back-refused", &[("why", why)])),
        };
        let badge = Html::of(&StateBadge::new(mood, said));
        let tone = if it.result.is_err() { RowTone::Over } else { RowTone::Plain };
        Row::new(vec![Html::text(&it.what), Html::text(&it.typed), badge]).toned(tone)
    };
    Table::new(words.t("back-results"), headings, words.t("none")).with(outcomes.iter().map(row))
}

fn what_of(cases: &[OpenCase], row: &Typed, reader: &SignedIn) -> String {
    let Some((stream, key)) = &row.duty else {
        return reader.words().t("back-log").into_owned();
    };
    let case = cases.iter().find(|case| case.stream == *stream);
    let duty = case.and_then(|case| case.duties().find(|(_, duty)| duty.key() == *key));
    let number = case.map_or("", |case| case.number.as_str());
    let label = duty.map(|(_, duty)| duty.label.in_lang(reader.words().lang()).to_owned());
    format!("{number} {}", label.unwrap_or_else(|| key.clone())).trim().to_owned()
}

/// Everything that was typed into a row: whatever becomes of it, it can be read again.
fn typed_of(row: &Typed) -> String {
    let values = ["at", "by", "whom", "note", "late"].map(|field| row.value(field));
    let values: Vec<&str> = values.into_iter().filter(|value| !value.is_empty()).collect();
    values.join(" · ")
}
