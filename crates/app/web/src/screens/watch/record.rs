//! `GET /watch/records/{place}`: one record, all of it.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, DeskFault};
use fengsui_records::{Column, Hit, Kind, Place};

use super::asked::{Asked, Period};
use super::{SEARCH, instead, lookout, not_set_up, page, said, screen, tabs};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{Header, Html, Link, Pairs};
use crate::routes::WATCH;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Section;

/// Characters of a piece that are shown.
const RAW_CHARS_MAX: usize = 16_000;

/// Bytes of `extra` that are set out line by line; more is shown as it came.
const PRETTY_BYTES_MAX: usize = 64 * 1024;

/// The name of a column: in words, and as it is called in SQL and JSON.
#[derive(Debug, Template)]
#[template(source = r#"<code class="small quiet">{{ name }}</code>"#, ext = "html")]
struct Name {
    name: &'static str,
}

/// Text as it came.
#[derive(Debug, Template)]
#[template(
    source = r#"<pre class="raw" tabindex="0" role="group" aria-label="{{ label }}">{{ text }}</pre>{% if let Some(cut) = cut %}<p class="small quiet">{{ cut }}</p>{% endif %}"#,
    ext = "html"
)]
struct Raw {
    label: String,
    text: String,
    cut: Option<String>,
}

impl HtmlSafe for Name {}
impl HtmlSafe for Raw {}

/// `GET /watch/records/{place}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(place): Path<String>,
) -> Result<Response, WebError> {
    let Some(watch) = lookout(&desk, &reader)? else {
        return drawn(&not_set_up(&reader, WATCH));
    };
    let place: Place = place.parse().map_err(|_malformed| DeskFault::Absent)?;
    let words = reader.words();
    let found = match watch.records(&reader.viewer.sight_of_records(), &[place]).await {
        Ok(found) => found.into_iter().next(),
        Err(fault) => {
            let section = Section::new("record", words.t("lookout-record"), instead(&fault, words));
            let title = words.t("lookout-record").into_owned();
            let view = screen(
                page(&reader, title.clone()),
                Header::new(title),
                tabs(&reader, ""),
                vec![section],
            );
            return drawn_as(super::no_answer(&fault, words).0, &view);
        }
    };
    let hit = found.ok_or(DeskFault::Absent)?;
    let title = words.t("lookout-record").into_owned();
    let crumbs =
        vec![Link::new(WATCH, words.t("nav-watch")), Link::new(SEARCH, words.t("lookout-search"))];
    let mut header = Header::new(heading(&hit, words)).below(crumbs, words);
    header.lead = Some(super::search::said_time(&hit, &reader));
    let page = page(&reader, title);
    drawn(&screen(page, header, tabs(&reader, ""), sections(&hit, &reader)))
}

fn heading(hit: &Hit, words: Words) -> String {
    let kind = said::text(hit, Column::Type).map(|name| said::kind_named(name, words));
    let what = said::what(hit).map(str::to_owned);
    match (kind, what) {
        (Some(kind), Some(what)) => format!("{kind} · {what}"),
        (Some(said), None) | (None, Some(said)) => said,
        (None, None) => words.t("lookout-record").into_owned(),
    }
}

fn sections(hit: &Hit, reader: &SignedIn) -> Vec<Section> {
    let words = reader.words();
    let mut sections = vec![
        Section::new("same", words.t("lookout-same"), same(hit, reader)),
        Section::new("columns", words.t("lookout-columns"), columns(hit, reader)),
    ];
    if let Some(extra) = said::text(hit, Column::Extra) {
        let label = words.t("column-extra").into_owned();
        sections.push(Section::new("extra", label.clone(), raw(&pretty(extra), label, words)));
    }
    if let Some(text) = &hit.raw {
        let label = words.t("lookout-raw").into_owned();
        sections.push(Section::new("raw", label.clone(), raw(text, label, words)));
    }
    sections
}

/// Where there is more like it.
fn same(hit: &Hit, reader: &SignedIn) -> Html {
    let words = reader.words();
    let month = Asked::of(Period::Month);
    let link = |column: Column, key: &str, set: fn(&mut Asked, String)| {
        let value = said::text(hit, column)?.to_owned();
        let asked = month.with(|asked| set(asked, value));
        Some(Html::link(&asked.href(), &words.t(key)))
    };
    let links = [
        link(Column::SourceIp, "lookout-same-source", |asked, it| asked.network = Some(it)),
        link(Column::DestinationIp, "lookout-same-destination", |asked, it| {
            asked.network = Some(it);
        }),
        link(Column::Organisation, "lookout-same-organisation", |asked, it| {
            asked.organisation = Some(it);
        }),
        link(Column::SignatureName, "lookout-same-signature", |asked, it| {
            asked.signature = Some(it);
        }),
        link(Column::Type, "lookout-same-type", |asked, it| asked.kind = Some(it)),
    ];
    Html::marks(links.into_iter().flatten())
}

/// Every column that has a value, in the order of the schema; then where the record is.
fn columns(hit: &Hit, reader: &SignedIn) -> Html {
    let words = reader.words();
    let mut pairs = Pairs::default();
    for column in Column::ALL.iter().filter(|column| **column != Column::Extra) {
        if let Some(text) = said::text(hit, *column) {
            let value = Html::stacked([value(*column, text, reader), name(*column)]);
            pairs = pairs.with(said::column(*column, words), value);
        }
    }
    pairs = pairs.with(words.t("lookout-feed"), Html::text(hit.place.feed.as_str()));
    Html::of(&pairs.with(words.t("lookout-place"), Html::text(hit.place.to_string())))
}

fn name(column: Column) -> Html {
    Html::of(&Name { name: column.as_str() })
}

fn value(column: Column, text: &str, reader: &SignedIn) -> Html {
    let saying = Saying::to(&reader.visitor, None);
    let words = saying.words;
    match (column, column.kind()) {
        (_, Kind::Time) => match text.parse() {
            Ok(at) => Html::text(reader.clock().full(at, words)),
            Err(_) => Html::text(text),
        },
        (Column::Type, _) => Html::text(said::kind_named(text, words)),
        (Column::Taxonomy, _) => Html::text(words.t(&format!("rsit-class-{text}"))),
        (Column::Organisation, _) => Html::text(said::organisation(text, saying)),
        (Column::District, _) => Html::text(said::district(text, words)),
        (_, _) => Html::text(text),
    }
}

fn raw(text: &str, label: String, words: Words) -> Html {
    let shown: String = text.chars().take(RAW_CHARS_MAX).collect();
    let cut = (shown.len() < text.len()).then(|| {
        let max = u64::try_from(RAW_CHARS_MAX).unwrap_or_default();
        words.ta("lookout-cut", &[("max", &said::number(max))])
    });
    Html::of(&Raw { label, text: shown, cut })
}

/// JSON, a member a line; what is none is shown as it came.
fn pretty(text: &str) -> String {
    if text.len() > PRETTY_BYTES_MAX {
        return text.to_owned();
    }
    let read = serde_json::from_str::<serde_json::Value>(text);
    let pretty = read.ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| text.to_owned())
}
