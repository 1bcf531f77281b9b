//! `GET` and `POST /organisations/import`: a table, tried first; all of it or nothing is written.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{
    Desk, FieldProblem, ImportLine, ImportMistake, ImportProblem, OrganisationImport,
};

use super::list::district;
use super::networks::malformed;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::lang::Words;
use crate::parts::{
    Consequence, Effect, Field, FieldKind, Form, Header, Heading, Html, Link, Mood, Notice, Row,
    RowTone, Sends, StateBadge, Table, Tone, Weight,
};
use crate::routes::ORGANISATIONS;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// Where the forms post.
const IMPORT: &str = "/organisations/import";

/// The form that tries a table.
const TRY: &str = "try";

/// Lines that are shown at most; the first of those that must be mended come first.
const SHOWN_MAX: usize = 500;

/// `GET /organisations/import`
pub(super) async fn show(reader: SignedIn) -> Result<Response, WebError> {
    draw(&reader, None, None)
}

/// `POST /organisations/import`: tries a table; writes it only when told to, and only if all is sound.
pub(super) async fn import(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let table = match table(&sent, reader.words()) {
        Ok(table) => table,
        Err(fault) => {
            let returned = Returned::of(TRY, sent, fault, &reader.visitor)?;
            return draw(&reader, None, Some(&returned));
        }
    };
    let read = desk.read_organisations(&table);
    if sent.text("write") != "yes" || !read.is_sound() {
        return draw(&reader, Some((&table, &read)), None);
    }
    desk.import_organisations(&reader.viewer.actor, read).await?;
    Ok(reader.visitor.on_to(ORGANISATIONS, "said-org-imported"))
}

/// The table as a file, or as it was pasted.
fn table(sent: &Sent, words: Words) -> Result<String, WebError> {
    let wrong = |field: &str, key: &str| {
        WebError::mend(vec![FieldProblem::new(field, words.t(key).into_owned())])
    };
    match sent.files.iter().find(|file| !file.file.bytes.is_empty()) {
        Some(file) => String::from_utf8(file.file.bytes.clone())
            .map_err(|_not_utf_8| wrong("table", "error-text")),
        None if sent.text("text").trim().is_empty() => Err(wrong("table", "error-needed")),
        None => Ok(sent.text("text").to_owned()),
    }
}

fn draw(
    reader: &SignedIn,
    tried: Option<(&str, &OrganisationImport)>,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let title = words.t("organisation-import");
    let mut page = reader.page("organisation-import", title.clone(), ORGANISATIONS);
    page.live = None;
    let mut sections = Vec::new();
    if let Some((table, read)) = tried {
        page.notices.push(outcome(read, words));
        if read.is_sound() {
            let write = Html::of(&write_form(reader, table, read));
            sections.push(Section::new("write", words.t("org-import-write"), write));
        }
        let lines = Html::of(&lines(read, words));
        sections.push(Section::new("lines", words.t("org-import-lines"), lines));
    }
    let form = try_form(reader);
    let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
    sections.push(Section::new("table", words.t("org-import-table"), Html::of(&form)));
    let crumbs = vec![Link::new(ORGANISATIONS, words.t("organisations"))];
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(title.clone())
                .below(crumbs, words)
                .lead(words.t("org-import-lead")),
            strip: None,
            tabs: None,
            sections,
            acts: Vec::new(),
        },
    )
}

fn try_form(reader: &SignedIn) -> Form {
    let words = reader.words();
    let file = FieldKind::Files(".csv,text/csv");
    let mut form = Form::new(TRY, IMPORT, reader.csrf(), words.t("org-import-try"), words)
        .with(
            Field::new("table", words.t("organisation-import-file"), file)
                .optional()
                .hint(words.t("org-import-hint")),
        )
        .with(Field::prose("text", words.t("org-import-paste")).optional());
    form.sends = Sends::Files;
    form
}

fn write_form(reader: &SignedIn, table: &str, read: &OrganisationImport) -> Form {
    let words = reader.words();
    let mut form = Form::new("write", IMPORT, reader.csrf(), words.t("org-import-write"), words)
        .hiding("write", "yes")
        .hiding("text", table)
        .weighing(Weight::Primary)
        .showing(Consequence {
            id: "write-what".to_owned(),
            title: words.tn("org-import-count", read.count()),
            effects: vec![Effect {
                who: words.t("org-import-all").into_owned(),
                what: words.t("org-import-all-text").into_owned(),
                echo: None,
            }],
            agree: words.t("org-import-agree").into_owned(),
        });
    form.sends = Sends::Files;
    form.draft = None;
    form
}

fn outcome(read: &OrganisationImport, words: Words) -> Notice {
    let wrong = read.lines.len() - read.count();
    if read.is_sound() {
        return Notice::new(Tone::Done, words.tn("org-import-sound", read.count()));
    }
    if read.lines.is_empty() {
        return Notice::new(Tone::Attention, words.t("org-import-empty"));
    }
    Notice::new(Tone::Attention, words.tn("org-import-wrong", wrong))
        .line(words.t("org-import-mend"))
}

/// Every line with what would become of it; those that must be mended first.
fn lines(read: &OrganisationImport, words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("org-import-line")),
        Heading::plain(words.t("account-state")),
        Heading::plain(words.t("organisation-name")),
        Heading::plain(words.t("organisation-parent")),
        Heading::plain(words.t("organisation-district")),
        Heading::plain(words.t("organisation-sector")),
        Heading::plain(words.t("organisation-systems")),
        Heading::plain(words.t("org-networks")),
    ];
    let mut sorted: Vec<&ImportLine> = read.lines.iter().collect();
    sorted.sort_by_key(|line| (line.outcome.is_ok(), line.line));
    Table::new(words.t("org-import-lines"), headings, words.t("org-import-empty"))
        .with(sorted.into_iter().take(SHOWN_MAX).map(|line| row(line, words)))
}

fn row(line: &ImportLine, words: Words) -> Row {
    let number = Html::text(line.line.to_string());
    match &line.outcome {
        Ok(new) => Row::new(vec![
            number,
            Html::of(&StateBadge::new(Mood::Done, words.t("org-import-new"))),
            Html::text(&new.name.zh),
            Html::text(new.parent.as_deref().unwrap_or_default()),
            Html::text(district(
                new.district.as_ref().map(fengsui_vocabulary::DistrictCode::as_str),
                words,
            )),
            Html::text(new.sector.as_ref().map_or("", |it| it.as_str())),
            Html::text(new.systems.len().to_string()),
            Html::text(new.networks.count().to_string()),
        ]),
        Err(problems) => Row::new(vec![
            number,
            Html::of(&StateBadge::new(Mood::Attention, words.t("org-import-mend-this"))),
            Html::stacked(problems.iter().map(|it| Html::text(problem(it, words)))),
            Html::nothing(),
            Html::nothing(),
            Html::nothing(),
            Html::nothing(),
            Html::nothing(),
        ])
        .toned(RowTone::Over),
    }
}

/// In which column, and what is wrong there.
fn problem(problem: &ImportProblem, words: Words) -> String {
    let said = mistake(&problem.mistake, words);
    match problem.column {
        Some(column) => words.ta("org-mistake-in", &[("column", column), ("said", &said)]),
        None => said,
    }
}

fn mistake(mistake: &ImportMistake, words: Words) -> String {
    match mistake {
        ImportMistake::Empty => words.t("error-needed").into_owned(),
        ImportMistake::NamedBefore { name, line } => {
            words.ta("org-mistake-before", &[("name", name), ("line", &line.to_string())])
        }
        ImportMistake::Registered { name } => words.ta("org-mistake-registered", &[("name", name)]),
        ImportMistake::ParentUnknown { parent } => {
            words.ta("org-mistake-parent", &[("name", parent)])
        }
        ImportMistake::Unknown { word, known } => {
            words.ta("org-mistake-unknown", &[("word", word), ("known", known)])
        }
        ImportMistake::Network { text, why } => malformed(text, *why, words),
        ImportMistake::SystemTwice { name } => words.ta("org-mistake-twice", &[("name", name)]),
        ImportMistake::NotCritical { name } => words.ta("org-mistake-critical", &[("name", name)]),
        ImportMistake::TooMany { count, count_max } => {
            let (count, max) = (count.to_string(), count_max.to_string());
            words.ta("refusal-too-many", &[("count", &count), ("max", &max)])
        }
        // In the words of whoever read it; it names what it expected.
        ImportMistake::Malformed(said) => said.clone(),
        ImportMistake::Columns { count, wanted } => {
            let (count, wanted) = (count.to_string(), wanted.to_string());
            words.ta("org-mistake-columns", &[("count", &count), ("wanted", &wanted)])
        }
        ImportMistake::NotText => words.t("error-text").into_owned(),
        ImportMistake::TooLong { lines_max } => words.tn("org-mistake-long", *lines_max),
    }
}
