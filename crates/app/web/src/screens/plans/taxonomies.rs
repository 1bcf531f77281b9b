//! `GET /plans/taxonomies`: shared classifications, and what a class is called in another one.

use axum::extract::Query;
use axum::response::Response;
use fengsui_plan::{Class, Direction, Fit, Library, Taxonomy, Walk};
use fengsui_vocabulary::TaxonomyCode;
use serde::Deserialize;

use super::book::{lines, small};
use super::evidence::badge;
use crate::answer::drawn;
use crate::error::WebError;
use crate::page::{Place, escaped};
use crate::parts::{
    Header, Heading, Html, Link, Mood, Pairs, Row, RowTone, StateBadge, Tab, Table, Tabs,
};
use crate::routes::PLANS;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// Which taxonomy, and which class of it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    of: String,
    #[serde(default)]
    code: String,
}

/// Where a taxonomy is shown, or what one class of it is called elsewhere.
pub(super) fn path(taxonomy: &str, code: Option<&str>) -> String {
    let of = escaped(taxonomy);
    match code {
        Some(code) => format!("/plans/taxonomies?of={of}&code={}#walks", escaped(code)),
        None => format!("/plans/taxonomies?of={of}"),
    }
}

/// `GET /plans/taxonomies`
pub(super) async fn taxonomies(
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let library = Library::shipped();
    let first = library.taxonomies().next();
    let chosen = if asked.of.is_empty() { first } else { library.taxonomy(&asked.of) };
    let chosen = chosen.ok_or(WebError::NoSuchPage)?;
    let class = chosen.classes.iter().find(|class| class.code.as_str() == asked.code);
    if class.is_none() && !asked.code.is_empty() {
        return Err(WebError::NoSuchPage);
    }
    drawn(&view(&reader, chosen, class))
}

fn view(reader: &SignedIn, chosen: &Taxonomy, class: Option<&Class>) -> General {
    let words = reader.words();
    let tabs = Library::shipped().taxonomies().map(|taxonomy| Tab {
        link: Link::new(path(&taxonomy.id, None), taxonomy.id.as_str()),
        place: Place::is(&taxonomy.id, &chosen.id),
        count: Some(taxonomy.classes.len()),
    });
    let tabs = Tabs { label: words.t("plan-taxonomies").into_owned(), tabs: tabs.collect() };
    let mut sections = Vec::new();
    if let Some(class) = class {
        let title = format!("{} {}", class.code, class.label.in_lang(words.lang()));
        let walks = walks(reader, chosen, &class.code);
        sections.push(Section::new("walks", title, Html::of(&walks)));
    }
    let title = chosen.title.in_lang(words.lang());
    sections.push(Section::new("about", title, Html::of(&about(reader, chosen))));
    let classes = classes(reader, chosen, class);
    sections.push(Section::new("classes", words.t("plan-classes"), Html::of(&classes)));
    General {
        page: reader.page("taxonomies", words.t("plan-taxonomies"), PLANS),
        header: Header::new(words.t("plan-taxonomies"))
            .below(vec![Link::new(PLANS, words.t("plans"))], words)
            .lead(words.t("plan-taxonomies-lead")),
        strip: None,
        tabs: Some(tabs),
        sections,
        acts: Vec::new(),
    }
}

fn about(reader: &SignedIn, taxonomy: &Taxonomy) -> Pairs {
    let words = reader.words();
    let mut pairs = Pairs::default()
        .with(words.t("clause-evidence"), Html::of(&badge(taxonomy.evidence, words)));
    let optional = [
        ("plan-edition", &taxonomy.version),
        ("plan-replaces", &taxonomy.replaces),
        ("plan-source", &taxonomy.source),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            pairs = pairs.with(words.t(key), Html::text(value));
        }
    }
    pairs
}

fn classes(reader: &SignedIn, taxonomy: &Taxonomy, chosen: Option<&Class>) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("plan-code")),
        Heading::plain(words.t("plan-class")),
        Heading::plain(words.t("plan-walks-known")),
        Heading::plain(words.t("clause-evidence")),
    ];
    let row = |class: &Class| {
        let code = class.code.as_str();
        let walks = Library::shipped().walks_of(&taxonomy.id, &class.code).len();
        let is_chosen = chosen.is_some_and(|chosen| chosen.code == class.code);
        let hands_over = class.hands_over.as_ref().map(|_| words.t("inc-class-hands-over"));
        Row::new(vec![
            Html::link(&path(&taxonomy.id, Some(code)), code),
            lines([
                Html::text(class.label.in_lang(words.lang())),
                small(hands_over.as_deref().unwrap_or_default().trim()),
            ]),
            if walks == 0 { Html::nothing() } else { Html::text(walks.to_string()) },
            Html::of(&badge(class.evidence, words)),
        ])
        .toned(if is_chosen { RowTone::Over } else { RowTone::Plain })
    };
    Table::new(taxonomy.title.in_lang(words.lang()), headings, words.t("none"))
        .with(taxonomy.classes.iter().map(row))
}

/// What a class is called elsewhere, the best fit first.
fn walks(reader: &SignedIn, taxonomy: &Taxonomy, code: &TaxonomyCode) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("plan-class")),
        Heading::plain(words.t("plan-taxonomy")),
        Heading::plain(words.t("plan-fit")),
        Heading::plain(words.t("plan-ask-first")),
        Heading::plain(words.t("clause-evidence")),
    ];
    let row = |walk: &Walk| {
        let (mood, key) = match walk.fit {
            Fit::Same => (Mood::Done, "plan-fit-same"),
            Fit::Near => (Mood::Waiting, "plan-fit-near"),
            Fit::OnlyIf => (Mood::Attention, "plan-fit-only-if"),
        };
        let direction = match walk.direction {
            Direction::Forth => "",
            Direction::Back => &*words.t("plan-walk-back"),
        };
        let (to, other) = (&walk.to, Library::shipped().taxonomy(&walk.to.taxonomy));
        let title = other.map_or(to.taxonomy.as_str(), |it| it.title.in_lang(words.lang()));
        let ask = walk.ask.as_ref().map(|ask| ask.in_lang(words.lang()));
        Row::new(vec![
            lines([
                Html::link(&path(&to.taxonomy, Some(to.code.as_str())), to.code.as_str()),
                Html::text(walk.label.in_lang(words.lang())),
            ]),
            Html::text(title),
            lines([Html::of(&StateBadge::new(mood, words.t(key))), small(direction)]),
            Html::text(ask.unwrap_or_default()),
            Html::of(&badge(walk.evidence, words)),
        ])
    };
    let walks = Library::shipped().walks_of(&taxonomy.id, code);
    Table::new(words.t("plan-walks"), headings, words.t("plan-walks-none"))
        .with(walks.iter().map(row))
}
