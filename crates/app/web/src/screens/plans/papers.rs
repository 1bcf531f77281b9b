//! `GET /plans/{plan}/papers`: forms by stage with their fields, classes, measures.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{Class, Form, FormField, Layout, Library, Measure, Stage, Taxonomy};
use fengsui_vocabulary::PlanId;

use super::book::{lines, small};
use super::evidence::badge;
use super::frame::{Frame, Leaf};
use super::tables::here;
use super::taxonomies;
use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{Heading, Html, Mood, Row, StateBadge, Table};
use crate::session::SignedIn;
use crate::views::Section;

/// One form, folded away until somebody wants it.
#[derive(Debug, Template)]
#[template(path = "plans/folded.html")]
struct Folded {
    id: String,
    title: String,
    marks: Html,
    body: Html,
}

impl HtmlSafe for Folded {}

/// `GET /plans/{plan}/papers`
pub(super) async fn papers(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let words = frame.reader.words();
    let or_none = |parts: Vec<Html>| {
        if parts.is_empty() { Html::text(words.t("none")) } else { Html::stacked(parts) }
    };
    let mut forms: Vec<&Form> = frame.plan.forms.values().collect();
    forms.sort_by_key(|form| form.stage);
    let forms = forms.into_iter().map(|it| form(&frame, it)).collect();
    let taxonomies = frame.plan.taxonomies.iter().map(|it| taxonomy(&frame, it)).collect();
    let sections = vec![
        Section::new("forms", words.t("plan-forms"), or_none(forms)),
        Section::new("taxonomies", words.t("plan-classes"), or_none(taxonomies)),
        Section::new("measures", words.t("plan-measures"), Html::of(&measures(&frame))),
    ];
    drawn(&frame.general(Leaf::Papers, sections))
}

/// A form with the stage it belongs to, and its fields in their order.
fn form(frame: &Frame, form: &Form) -> Html {
    let (words, wording) = (frame.reader.words(), frame.wording());
    let headings = vec![
        Heading::key(words.t("plan-field")),
        Heading::plain(words.t("plan-needed")),
        Heading::plain(words.t("book-when")),
    ];
    let row = |field: &FormField| {
        let needed = if field.required {
            StateBadge::new(Mood::Waiting, words.t("plan-field-needed"))
        } else {
            StateBadge::new(Mood::Quiet, words.t("plan-field-optional"))
        };
        Row::new(vec![
            Html::text(field.label.in_lang(words.lang())),
            Html::of(&needed),
            Html::text(wording.condition(&field.when)),
        ])
    };
    let title = form.title.in_lang(words.lang()).to_owned();
    let table = Table::new(&*title, headings, words.t("none")).with(form.fields.iter().map(row));
    let stage = form.stage.map(|stage| StateBadge::new(Mood::Active, words.t(stage_key(stage))));
    let levels: Vec<&str> = form.levels.iter().map(AsRef::as_ref).collect();
    let levels = if levels.is_empty() {
        Html::nothing()
    } else {
        Html::text(words.ta("plan-form-levels", &[("levels", &levels.join(" "))]))
    };
    let layout = StateBadge::new(Mood::Quiet, words.t(layout_key(form.layout)));
    let count = StateBadge::new(Mood::Quiet, words.tn("plan-fields", form.fields.len()));
    let stage = stage.map(|stage| Html::of(&stage));
    let marks = stage.into_iter().chain([Html::of(&layout), Html::of(&count), levels]);
    let marks = marks.chain([here(&frame.plan.id, &form.clause)]).filter(|it| !it.is_empty());
    Html::of(&Folded {
        id: format!("f-{}", form.id),
        title,
        marks: Html::marks(marks),
        body: Html::of(&table),
    })
}

/// A taxonomy; of a shared one each class leads to what it is called elsewhere.
fn taxonomy(frame: &Frame, taxonomy: &Taxonomy) -> Html {
    let words = frame.reader.words();
    let is_shared = Library::shipped().taxonomy(&taxonomy.id).is_some();
    let headings = vec![
        Heading::key(words.t("plan-code")),
        Heading::plain(words.t("plan-class")),
        Heading::plain(words.t("clause-evidence")),
    ];
    let row = |class: &Class| {
        let code = class.code.as_str();
        let code = if is_shared {
            Html::link(&taxonomies::path(&taxonomy.id, Some(code)), code)
        } else {
            Html::text(code)
        };
        let hands_over = class.hands_over.as_ref().map(|_| words.t("inc-class-hands-over"));
        Row::new(vec![
            code,
            lines([
                Html::text(class.label.in_lang(words.lang())),
                small(hands_over.as_deref().unwrap_or_default().trim()),
            ]),
            Html::of(&badge(class.evidence, words)),
        ])
    };
    let title = taxonomy.title.in_lang(words.lang()).to_owned();
    let table =
        Table::new(&*title, headings, words.t("none")).with(taxonomy.classes.iter().map(row));
    let mut marks = vec![
        Html::of(&badge(taxonomy.evidence, words)),
        Html::text(words.tn("book-classes", taxonomy.classes.len())),
    ];
    if is_shared {
        let path = taxonomies::path(&taxonomy.id, None);
        marks.push(Html::link(&path, &words.t("plan-walks")));
    }
    marks.extend(taxonomy.clause.as_ref().map(|clause| here(&frame.plan.id, clause)));
    Html::of(&Folded {
        id: format!("t-{}", taxonomy.id),
        title,
        marks: Html::marks(marks),
        body: Html::of(&table),
    })
}

fn measures(frame: &Frame) -> Table {
    let (words, wording) = (frame.reader.words(), frame.wording());
    let headings = vec![
        Heading::key(words.t("book-measure")),
        Heading::plain(words.t("plan-how")),
        Heading::plain(words.t("authority-who")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |measure: &Measure| {
        Row::new(vec![
            Html::text(measure.label.in_lang(words.lang())),
            Html::text(measure.text.in_lang(words.lang())),
            Html::text(wording.roles(&measure.by, "book-and")),
            here(&frame.plan.id, &measure.clause),
        ])
    };
    Table::new(words.t("plan-measures"), headings, words.t("none"))
        .with(frame.plan.measures.iter().map(row))
}

const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::First => "plan-stage-first",
        Stage::FollowUp => "plan-stage-follow-up",
        Stage::Final => "plan-stage-final",
        Stage::Summary => "plan-stage-summary",
        Stage::Notice => "plan-stage-notice",
        Stage::Warning => "plan-stage-warning",
    }
}

const fn layout_key(layout: Layout) -> &'static str {
    match layout {
        Layout::Letter => "plan-layout-letter",
        Layout::Official => "plan-layout-official",
        Layout::Table => "plan-layout-table",
    }
}
