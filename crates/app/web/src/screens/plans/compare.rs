//! `/plans/compare`: what changes for whom from one plan to another. Nothing is saved.
//!
//! The second plan may be a file: it is bounded, read like any other pack, and forgotten. A pack that
//! cannot be read comes back with its text and everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{
    Change, ChangeKind, Comparison, Diagnostic, Library, Plan, Source, SubjectKind,
};
use fengsui_vocabulary::{PlanId, RoleId};
use serde::Deserialize;

use super::book::{lines, small};
use super::checks::found;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::page::{Page, Place};
use crate::parts::{
    Field, FieldKind, Form, Header, Heading, Html, Link, Mood, Opt, Row, RowTone, Sends,
    StateBadge, Strip, StripCell, Table, Weight,
};
use crate::routes::{self, PLANS};
use crate::session::SignedIn;
use crate::upload::Sent;

/// What is compared, as an address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    a: String,
    #[serde(default)]
    b: String,
    #[serde(default)]
    role: String,
}

#[derive(Debug, Template)]
#[template(path = "plans/compare.html")]
struct Compare {
    page: Page,
    header: Header,
    /// The plans to choose from: id, title, whether chosen as the one and as the other.
    plans: Vec<Choice>,
    /// The roles to choose from, where there is something to choose.
    roles: Vec<Choice>,
    result: Option<Found>,
    /// What is wrong with the file.
    findings: Option<Table>,
    form: Option<Form>,
}

/// A choice of a folded list.
#[derive(Debug)]
struct Choice {
    value: String,
    text: String,
    is_a: bool,
    is_b: bool,
}

/// What was found.
#[derive(Debug)]
struct Found {
    title: String,
    counts: Strip,
    changes: Table,
}

/// The form for a file.
const FORM: &str = "compare-file";

/// `GET /plans/compare`
pub(super) async fn compare(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let plan = |text: &str| -> Result<Option<Arc<Plan>>, WebError> {
        if text.is_empty() {
            return Ok(None);
        }
        let id = text.parse::<PlanId>().map_err(|_malformed| WebError::NoSuchPage)?;
        desk.plan(&id).map(Some).ok_or(WebError::NoSuchPage)
    };
    let (a, b) = (plan(&asked.a)?, plan(&asked.b)?);
    let mut screen =
        Screen { reader: &reader, a: a.as_deref(), b: b.as_deref(), role: &asked.role };
    if screen.a.is_some() && screen.a.map(|a| &a.id) == screen.b.map(|b| &b.id) {
        screen.b = None;
    }
    drawn_as(StatusCode::OK, &screen.view(None, None))
}

/// `POST /plans/compare`: the second plan is a file.
pub(super) async fn compare_file(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let a = reading.choice::<PlanId>("a").and_then(|id| desk.plan(&id));
    let source = source_of(&sent, &mut reading);
    let role = sent.text("role").to_owned();
    let read = match reading.done(a.zip(source)) {
        Ok(read) => read,
        Err(error) => {
            let returned = Returned::of(FORM, sent, error, &reader.visitor)?;
            let screen = Screen { reader: &reader, a: None, b: None, role: "" };
            let form = returned.put_back(screen.form());
            return drawn_as(returned.status(), &screen.view(Some(form), None));
        }
    };
    let (a, source) = read;
    let text = source.text.clone();
    // A large pack takes a while to read: not where other requests wait.
    let examined = tokio::task::spawn_blocking(move || examine(&source)).await;
    let (plan, findings) = examined.map_err(|_stopped| WebError::Unreadable("pack".to_owned()))?;
    let screen = Screen { reader: &reader, a: Some(&a), b: plan.as_ref(), role: &role };
    let mut form = screen.form().filled(|name| sent.put_back(name));
    if text.len() <= PUT_BACK_BYTES_MAX {
        form = form.filled(|name| (name == "text").then(|| text.clone()));
    }
    let words = reader.words();
    let status = if plan.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if plan.is_none() {
        form = form.refused(words.t("plan-file-refused"));
    }
    let findings = (!findings.is_empty()).then(|| found(&findings, words));
    drawn_as(status, &screen.view(Some(form), findings))
}

/// The file, or the text that came back from an earlier one.
pub(super) fn source_of(sent: &Sent, reading: &mut Reading<'_>) -> Option<Source> {
    let typed = sent.text("text");
    let (name, text) = match sent.files.first() {
        Some(file) => {
            let Ok(text) = String::from_utf8(file.file.bytes.clone()) else {
                reading.wrong("file", "error-text");
                return None;
            };
            (file.name.to_string(), text)
        }
        None if typed.trim().is_empty() => {
            reading.wrong("file", "error-needed");
            return None;
        }
        None => ("pack.toml".to_owned(), typed.to_owned()),
    };
    if text.len() > PACK_BYTES_MAX {
        reading.wrong("file", "plan-file-too-large");
        return None;
    }
    Some(Source { name, text })
}

/// The plan, if it can be read, and everything that is to be said of it.
pub(super) fn examine(source: &Source) -> (Option<Plan>, Vec<Diagnostic>) {
    let library = Library::shipped();
    (library.read(source).ok(), library.check(source))
}

/// What is compared, before one reader.
#[derive(Clone, Copy)]
pub(super) struct Screen<'a> {
    reader: &'a SignedIn,
    a: Option<&'a Plan>,
    b: Option<&'a Plan>,
    role: &'a str,
}

impl<'a> Screen<'a> {
    /// Two plans before one reader.
    pub(super) fn between(reader: &'a SignedIn, a: &'a Plan, b: &'a Plan) -> Self {
        Self { reader, a: Some(a), b: Some(b), role: "" }
    }

    /// Everything that changes, as a table.
    pub(super) fn changes(&self) -> Table {
        let compared = self.a.zip(self.b).map(|(a, b)| fengsui_plan::compare(a, b));
        let changes = compared.map(|compared| compared.changes).unwrap_or_default();
        self.table(&changes.iter().collect::<Vec<_>>())
    }

    fn view(&self, form: Option<Form>, findings: Option<Table>) -> Compare {
        let words = self.reader.words();
        let compared = self.a.zip(self.b).map(|(a, b)| fengsui_plan::compare(a, b));
        let is = |plan: Option<&Plan>, id: &PlanId| plan.is_some_and(|plan| plan.id == *id);
        let plans = Library::shipped().plans().map(|plan| Choice {
            value: plan.id.to_string(),
            text: plan.about.title.in_lang(words.lang()).to_owned(),
            is_a: is(self.a, &plan.id),
            is_b: is(self.b, &plan.id),
        });
        let may_send = self.reader.viewer.is_any(super::READERS);
        Compare {
            page: self.reader.page("plan-compare", words.t("plan-compare"), PLANS),
            header: Header::new(words.t("plan-compare"))
                .below(vec![Link::new(PLANS, words.t("plans"))], words)
                .lead(words.t("plan-compare-lead")),
            plans: plans.collect(),
            roles: compared.as_ref().map(|it| self.roles(it)).unwrap_or_default(),
            result: compared.as_ref().map(|compared| self.result(compared)),
            findings,
            form: form.or_else(|| may_send.then(|| self.form())),
        }
    }

    fn form(&self) -> Form {
        let words = self.reader.words();
        let plans = Library::shipped().plans();
        let plans = plans.map(|it| Opt::new(it.id.as_str(), it.about.title.in_lang(words.lang())));
        let lead = self.reader.visitor.directory().lead_plan().map(|lead| lead.plan.to_string());
        let first = self.a.map(|a| a.id.to_string()).or(lead).unwrap_or_default();
        let roles = match self.a.zip(self.b) {
            Some((a, b)) => self.roles(&fengsui_plan::compare(a, b)),
            None => Vec::new(),
        };
        let everybody = Opt::new("", words.t("plan-everybody"));
        let roles = roles.into_iter().map(|role| Opt::new(role.value, role.text));
        let roles: Vec<Opt> = std::iter::once(everybody).chain(roles).collect();
        let accept = ".toml,application/toml,text/plain";
        let file = Field::new("file", words.t("plan-file"), FieldKind::Files(accept));
        let text = Field::prose("text", words.t("plan-file-text"));
        let action = "/plans/compare";
        let submit = words.t("plan-compare-do");
        let mut form = Form::new(FORM, action, self.reader.csrf(), submit, words)
            .weighing(Weight::Plain)
            .with(
                Field::new("a", words.t("plan-was"), FieldKind::Select(plans.collect()))
                    .value(first),
            )
            .with(file.hint(words.t("plan-file-hint")).optional())
            .with(text.hint(words.t("plan-file-text-hint")).optional());
        if roles.len() > 1 {
            let field = Field::new("role", words.t("plan-for-whom"), FieldKind::Select(roles));
            form = form.with(field.optional());
        }
        form.sends = Sends::Files;
        form.draft = None; // a pack is not a draft to be kept in a browser
        form
    }

    fn roles(&self, compared: &Comparison) -> Vec<Choice> {
        let who: BTreeSet<&RoleId> =
            compared.changes.iter().flat_map(|change| &change.who).collect();
        let choice = |role: &&RoleId| Choice {
            value: role.to_string(),
            text: self.role(role),
            is_a: role.as_str() == self.role,
            is_b: false,
        };
        who.iter().map(choice).collect()
    }

    /// What a role is called in either plan.
    fn role(&self, role: &RoleId) -> String {
        let lang = self.reader.words().lang();
        let known = [self.b, self.a].into_iter().flatten().find_map(|plan| plan.roles.get(role));
        known.map_or_else(|| role.to_string(), |role| role.label.in_lang(lang).to_owned())
    }

    fn result(&self, compared: &Comparison) -> Found {
        let words = self.reader.words();
        let is_for = |change: &&Change| {
            self.role.is_empty() || change.who.iter().any(|who| who.as_str() == self.role)
        };
        let changes: Vec<&Change> = compared.changes.iter().filter(is_for).collect();
        let mut counts: BTreeMap<ChangeKind, usize> = BTreeMap::new();
        for change in &changes {
            *counts.entry(change.kind).or_default() += 1;
        }
        let cells = KINDS.iter().map(|kind| StripCell {
            name: words.t(kind_of(*kind).1).into_owned(),
            values: vec![Html::text(counts.get(kind).copied().unwrap_or_default().to_string())],
        });
        let title = |plan: Option<&Plan>| {
            let title = plan.map(|it| it.about.title.in_lang(words.lang()).to_owned());
            title.unwrap_or_default()
        };
        Found {
            title: words.ta("plan-from-to", &[("a", &title(self.a)), ("b", &title(self.b))]),
            counts: Strip { cells: cells.collect() },
            changes: self.table(&changes),
        }
    }

    fn table(&self, changes: &[&Change]) -> Table {
        let words = self.reader.words();
        let headings = vec![
            Heading::key(words.t("plan-change")),
            Heading::plain(words.t("plan-change-kind")),
            Heading::plain(words.t("plan-for-whom")),
            Heading::plain(words.t("book-clause")),
        ];
        let row = |change: &&Change| {
            let (mood, key) = kind_of(change.kind);
            let who: Vec<String> = change.who.iter().map(|role| self.role(role)).collect();
            let subject = words.t(subject_key(change.about.kind));
            let tone = match change.kind {
                ChangeKind::Looser | ChangeKind::Removed => RowTone::Over,
                ChangeKind::Stricter | ChangeKind::Added | ChangeKind::Changed => RowTone::Plain,
            };
            Row::new(vec![
                lines([
                    Html::text(change.text.in_lang(words.lang())),
                    small(&format!("{subject} {}", change.about.id)),
                ]),
                Html::of(&StateBadge::new(mood, words.t(key))),
                Html::text(who.join(&words.t("book-and"))),
                self.clause(change),
            ])
            .toned(tone)
        };
        Table::new(words.t("plan-compare"), headings, words.t("plan-same"))
            .with(changes.iter().map(row))
    }

    /// The clause, where one of the plans has it on a page of its own.
    fn clause(&self, change: &Change) -> Html {
        let Some(clause) = &change.clause else { return Html::nothing() };
        let plan = if change.kind == ChangeKind::Removed { self.a } else { self.b };
        let shipped = plan.and_then(|plan| Library::shipped().plan(&plan.id).zip(Some(plan)));
        match shipped {
            Some((shipped, plan)) if shipped.hash == plan.hash => {
                Html::link(&routes::clause(&plan.id, clause.as_str()), clause.as_str())
            }
            Some(_) | None => Html::text(clause.as_str()),
        }
    }
}

const KINDS: [ChangeKind; 5] = [
    ChangeKind::Looser,
    ChangeKind::Removed,
    ChangeKind::Stricter,
    ChangeKind::Added,
    ChangeKind::Changed,
];

/// How a kind of change reads.
pub(super) const fn kind_of(kind: ChangeKind) -> (Mood, &'static str) {
    match kind {
        ChangeKind::Looser => (Mood::Attention, "plan-change-looser"),
        ChangeKind::Removed => (Mood::Attention, "plan-change-removed"),
        ChangeKind::Stricter => (Mood::Active, "plan-change-stricter"),
        ChangeKind::Added => (Mood::Active, "plan-change-added"),
        ChangeKind::Changed => (Mood::Quiet, "plan-change-changed"),
    }
}

const fn subject_key(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Duty => "duty",
        SubjectKind::Criterion => "book-criterion",
        SubjectKind::Score => "plan-score",
        SubjectKind::Level => "level",
        SubjectKind::Scope => "plan-scope",
        SubjectKind::HandOver => "book-hand-over",
        SubjectKind::Authority => "authority",
        SubjectKind::Setting => "plan-setting",
        SubjectKind::Role => "role",
        SubjectKind::Policy => "plan-policy",
        SubjectKind::Reading => "book-reading",
        SubjectKind::Form => "book-form",
        SubjectKind::Measure => "book-measure",
        SubjectKind::Taxonomy => "plan-taxonomy",
        SubjectKind::Clause => "book-clause",
    }
}

/// Bytes of a pack at most.
const PACK_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of a pack that comes back into the form at most: what a form's words have room for.
const PUT_BACK_BYTES_MAX: usize = 900 * 1024;
