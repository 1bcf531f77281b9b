//! `GET /watch/search`: records by address, network, organisation, time, type and words.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, DISTRICTS, Desk, Lookout, NoAnswer, RECORDS_MAX};
use fengsui_records::{Classification, Column, Found, Hit, Search, Trend};

use super::asked::{Asked, Period, Problem};
use super::chart::{Chart, Slots};
use super::{
    SEARCH, instead, lookout, no_answer, not_set_up, page, record_path, said, screen,
    sees_everything, tabs,
};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{
    Field, FieldKind, Header, Heading, Html, Link, Notice, Opt, Pages, Row, Table, Tone,
};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Section;

/// Records of one page.
const PAGE_RECORDS: usize = 50;

/// The filters, folded once they have been used.
#[derive(Debug, Template)]
#[template(path = "watch/filters.html")]
struct Filters {
    words: Words,
    /// The filters in use, in words, each with the search without it.
    used: Vec<(String, String)>,
    is_open: bool,
    fields: Vec<Field>,
    more: Vec<Field>,
    is_more_open: bool,
    /// What is wrong: the field, and what to mend.
    problems: Vec<Problem>,
    clear: String,
}

/// A box to tick a record with.
#[derive(Debug, Template)]
#[template(
    source = r#"<label class="pick"><input type="checkbox" name="place" value="{{ place }}" form="selected"><span class="hidden">{{ said }}</span></label>"#,
    ext = "html"
)]
struct Pick {
    place: String,
    said: String,
}

/// What can be done with the records found.
#[derive(Debug, Template)]
#[template(path = "watch/selected.html")]
struct Selected {
    csrf: String,
    query: String,
    picked: String,
    all: String,
    hint: String,
}

impl HtmlSafe for Filters {}
impl HtmlSafe for Pick {}
impl HtmlSafe for Selected {}

impl Filters {
    fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }
}

/// `GET /watch/search`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let Some(watch) = lookout(&desk, &reader)? else {
        return drawn(&not_set_up(&reader, SEARCH));
    };
    let read = asked.read(&desk, &reader);
    let mut status = StatusCode::OK;
    let problems = read.as_ref().err().cloned().unwrap_or_default();
    let feeds = feeds(&*watch, &reader).await;
    let mut sections = vec![filters(&asked, problems, feeds, &reader)];
    match &read {
        Err(_) => status = StatusCode::UNPROCESSABLE_ENTITY,
        Ok(search) => {
            let skip = (asked.page_number() - 1) * PAGE_RECORDS;
            let slots = Slots::of(search.from, search.until, reader.clock());
            let (trend, found) = tokio::join!(
                watch.trend(search, slots.bucket()),
                watch.find(search, skip, PAGE_RECORDS),
            );
            if let Err(fault) = &found {
                status = no_answer(fault, reader.words()).0;
            }
            sections.push(over_time(&trend, slots, &asked, &reader));
            sections.push(results(&found, search, &asked, &reader));
        }
    }
    let title = reader.words().t("lookout-search-title").into_owned();
    let page = page(&reader, title.clone());
    let mut header = Header::new(title);
    header.lead = read.ok().map(|search| between(&search, &reader));
    drawn_as(status, &screen(page, header, tabs(&reader, SEARCH), sections))
}

/// Of which time, in the zone of the centre.
fn between(search: &Search, reader: &SignedIn) -> String {
    let (words, clock) = (reader.words(), reader.clock());
    let (from, until) = (clock.short(search.from, words), clock.short(search.until, words));
    words.ta("lookout-between", &[("from", &from), ("until", &until)])
}

/// The names of the feeds, for whoever sees all of them; others type a name.
async fn feeds(watch: &dyn Lookout, reader: &SignedIn) -> Vec<String> {
    if !sees_everything(reader) {
        return Vec::new();
    }
    let known = watch.feeds(reader.clock().now).await.unwrap_or_default();
    known.into_iter().map(|feed| feed.name.to_string()).collect()
}

fn filters(
    asked: &Asked,
    problems: Vec<Problem>,
    feeds: Vec<String>,
    reader: &SignedIn,
) -> Section {
    let words = reader.words();
    let filled = |field: Field| {
        let typed = asked.pairs().into_iter().find(|(name, _)| *name == field.name);
        let field = match typed {
            Some((_, value)) => field.value(value),
            None => field,
        };
        match problems.iter().find(|(name, _)| *name == field.name) {
            Some((_, problem)) => field.error(problem.clone()),
            None => field,
        }
    };
    let more: Vec<Field> = more_fields(words).into_iter().map(filled).collect();
    let part = Filters {
        words,
        used: used(asked, reader),
        is_open: !problems.is_empty() || !asked.is_narrow(),
        fields: fields(asked, feeds, words).into_iter().map(filled).collect(),
        is_more_open: more.iter().any(|field| !field.value.is_empty()),
        more,
        clear: SEARCH.to_owned(),
        problems,
    };
    Section::new("filters", words.t("lookout-filters"), Html::of(&part))
}

fn fields(asked: &Asked, feeds: Vec<String>, words: Words) -> Vec<Field> {
    let any = || Opt::new("", words.t("lookout-any"));
    let line = |name: &str, key: &str| Field::line(name, words.t(key)).optional();
    let select = |name: &str, key: &str, options: Vec<Opt>| {
        Field::new(name, words.t(key), FieldKind::Select(options)).optional()
    };
    let periods = Period::ALL.map(|it| Opt::new(it.name(), words.t(it.key()))).into();
    let districts = DISTRICTS.iter().map(|it| Opt::new(it.code, it.label().in_lang(words.lang())));
    let kinds = Classification::ALL.iter();
    let kinds = kinds.map(|it| Opt::new(it.as_str(), said::kind_in_class(*it, words)));
    let feed = if feeds.is_empty() {
        line("feed", "lookout-feed")
    } else {
        let feeds = feeds.into_iter().chain(asked.feed.clone());
        let mut feeds: Vec<String> = feeds.filter(|name| !name.is_empty()).collect();
        feeds.sort();
        feeds.dedup();
        let feeds = feeds.into_iter().map(|name| Opt::new(name.clone(), name));
        select("feed", "lookout-feed", std::iter::once(any()).chain(feeds).collect())
    };
    let period =
        if asked.period.is_none() && asked.from.is_some() { Period::Own } else { Period::Day };
    vec![
        select("period", "lookout-period", periods).value(period.name()),
        Field::new("from", words.t("lookout-from"), FieldKind::Time).optional(),
        Field::new("until", words.t("lookout-until"), FieldKind::Time).optional(),
        line("network", "lookout-network").hint(words.t("lookout-network-hint")),
        line("organisation", "lookout-organisation").hint(words.t("lookout-organisation-hint")),
        select("district", "lookout-district", std::iter::once(any()).chain(districts).collect()),
        feed,
        select("type", "lookout-type", std::iter::once(any()).chain(kinds).collect()),
        line("words", "lookout-words").hint(words.t("lookout-words-hint")),
    ]
}

fn more_fields(words: Words) -> Vec<Field> {
    let line = |name: &str, key: &str| Field::line(name, words.t(key)).optional();
    vec![
        line("signature", "lookout-top-signature"),
        line("country", "lookout-top-country").hint(words.t("lookout-country-hint")),
        line("port", "lookout-top-port"),
    ]
}

/// The filters in use, as people read them.
fn used(asked: &Asked, reader: &SignedIn) -> Vec<(String, String)> {
    let saying = Saying::to(&reader.visitor, None);
    let words = reader.words();
    let said = |name: &str, value: &str| match name {
        "period" => Period::named(value).map(|it| words.t(it.key()).into_owned()),
        "from" | "until" => {
            let at = reader.clock().from_field(value)?;
            let key = if name == "from" { "lookout-from-said" } else { "lookout-until-said" };
            Some(words.ta(key, &[("t", &reader.clock().short(at, words))]))
        }
        "organisation" => Some(said::organisation(value, saying)),
        "district" => Some(said::district(value, words)),
        "type" => Some(said::kind_named(value, words)),
        "port" => Some(words.ta("lookout-port-said", &[("port", value)])),
        "page" => None,
        _ => Some(value.to_owned()),
    };
    let without = |name: &str| {
        asked.with(|asked| match name {
            "network" => asked.network = None,
            "organisation" => asked.organisation = None,
            "district" => asked.district = None,
            "feed" => asked.feed = None,
            "type" => asked.kind = None,
            "words" => asked.words = None,
            "signature" => asked.signature = None,
            "country" => asked.country = None,
            "port" => asked.port = None,
            _ => (asked.period, asked.from, asked.until) = (None, None, None),
        })
    };
    let pairs = asked.pairs().into_iter();
    let pairs = pairs.filter(|(name, value)| !(*name == "period" && *value == Period::Own.name()));
    pairs.filter_map(|(name, value)| Some((said(name, value)?, without(name).href()))).collect()
}

fn over_time(
    trend: &Result<Trend, NoAnswer>,
    slots: Slots,
    asked: &Asked,
    reader: &SignedIn,
) -> Section {
    let words = reader.words();
    let body = match trend {
        Ok(trend) => Html::of(&Chart::of(slots, &trend.slices, asked, (reader.clock(), words))),
        Err(fault) => instead(fault, words),
    };
    Section::new("trend", words.t("lookout-trend"), body)
}

fn results(
    found: &Result<Found, NoAnswer>,
    search: &Search,
    asked: &Asked,
    reader: &SignedIn,
) -> Section {
    let words = reader.words();
    let title = words.t("lookout-found");
    let found = match found {
        Ok(found) => found,
        Err(fault) => return Section::new("found", title, instead(fault, words)),
    };
    if found.hits.is_empty() {
        return Section::new("found", title, nothing(asked, search, reader));
    }
    let selected = may_report(reader).then(|| Selected {
        csrf: reader.csrf().to_owned(),
        query: asked.query(),
        picked: words.t("lookout-report-picked").into_owned(),
        all: words.ta("lookout-report-all", &[("max", &said::number(max()))]),
        hint: words.t("lookout-report-hint").into_owned(),
    });
    let parts = [
        selected.map(|it| Html::of(&it)).unwrap_or_default(),
        Html::of(&table(&found.hits, asked, reader)),
        pages(found, asked, words).map(|it| Html::of(&it)).unwrap_or_default(),
    ];
    Section::new("found", title, Html::stacked(parts.into_iter().filter(|part| !part.is_empty())))
}

/// Whoever takes reports in makes them out of records.
pub(super) fn may_report(reader: &SignedIn) -> bool {
    reader.viewer.is(Capacity::Officer)
}

fn max() -> u64 {
    u64::try_from(RECORDS_MAX).unwrap_or(u64::MAX)
}

/// What to try where nothing was found.
fn nothing(asked: &Asked, search: &Search, reader: &SignedIn) -> Html {
    let (words, clock) = (reader.words(), reader.clock());
    let (from, until) = (clock.short(search.from, words), clock.short(search.until, words));
    let mut notice = Notice::new(
        Tone::Plain,
        words.ta("lookout-nothing-between", &[("from", &from), ("until", &until)]),
    );
    if asked.is_narrow() {
        notice = notice.line(words.t("lookout-try-fewer"));
    }
    if !sees_everything(reader) {
        notice = notice.line(words.t("lookout-own-only"));
    }
    let month = asked.with(|asked| {
        asked.period = Some(Period::Month.name().to_owned());
        (asked.from, asked.until) = (None, None);
    });
    Html::of(&notice.leading_to(Link::new(month.href(), words.t("lookout-try-month"))))
}

/// Records as a dense table.
fn table(hits: &[Hit], asked: &Asked, reader: &SignedIn) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("lookout-time")),
        Heading::plain(words.t("lookout-source")),
        Heading::plain(words.t("lookout-destination")),
        Heading::plain(words.t("lookout-what")),
        Heading::plain(words.t("lookout-organisation")),
        Heading::plain(words.t("lookout-feed")),
    ];
    Table::new(words.t("lookout-found"), headings, words.t("lookout-nothing"))
        .with(hits.iter().map(|hit| row(hit, asked, reader)))
}

fn row(hit: &Hit, asked: &Asked, reader: &SignedIn) -> Row {
    let saying = Saying::to(&reader.visitor, None);
    let words = saying.words;
    let time = said_time(hit, reader);
    let link = Html::link(&record_path(&hit.place), &time);
    let key = if may_report(reader) {
        let said = words.ta("lookout-pick", &[("t", &time)]);
        let pick = Pick { place: hit.place.to_string(), said };
        Html::marks([Html::of(&pick), link])
    } else {
        link
    };
    let kind = said::text(hit, Column::Type).map(|name| said::kind_named(name, words));
    let what = said::what(hit).unwrap_or_default();
    let what = match &kind {
        Some(kind) => Html::two_lines(kind, what),
        None => Html::text(what),
    };
    Row::new(vec![
        key,
        side(hit, (Column::SourceIp, Column::SourcePort, Column::SourceFqdn), asked),
        side(hit, (Column::DestinationIp, Column::DestinationPort, Column::DestinationFqdn), asked),
        what,
        owner(hit, asked, saying),
        Html::text(hit.place.feed.as_str()),
    ])
}

/// When it happened, to the second.
pub(super) fn said_time(hit: &Hit, reader: &SignedIn) -> String {
    let time = |column| said::text(hit, column)?.parse().ok();
    let at = time(Column::TimeSource).or_else(|| time(Column::TimeObservation));
    at.map_or_else(|| "–".to_owned(), |at| reader.clock().to_the_second(at, reader.words()))
}

/// One side of a record: its address leads to the same address, its name stands below.
fn side(hit: &Hit, (ip, port, name): (Column, Column, Column), asked: &Asked) -> Html {
    let port = said::text(hit, port);
    let name = said::text(hit, name).map(Html::text);
    let Some(address) = said::text(hit, ip) else { return name.unwrap_or_default() };
    let shown = match port {
        None => address.to_owned(),
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
    };
    let same = asked.with(|asked| asked.network = Some(address.to_owned()));
    Html::stacked([Html::link(&same.href(), &shown)].into_iter().chain(name))
}

fn owner(hit: &Hit, asked: &Asked, saying: Saying<'_>) -> Html {
    let organisation = said::text(hit, Column::Organisation).map(|id| {
        let same = asked.with(|asked| asked.organisation = Some(id.to_owned()));
        Html::link(&same.href(), &said::organisation(id, saying))
    });
    let district = said::text(hit, Column::District)
        .map(|code| Html::text(said::district(code, saying.words)));
    let parts: Vec<Html> = organisation.into_iter().chain(district).collect();
    if parts.is_empty() { Html::text("–") } else { Html::stacked(parts) }
}

fn pages(found: &Found, asked: &Asked, words: Words) -> Option<Pages> {
    let number = asked.page_number();
    let first = (number - 1) * PAGE_RECORDS + 1;
    let last = first + found.hits.len() - 1;
    let to = |page: usize| asked.at_page(page).href();
    let previous = (number > 1).then(|| Link::new(to(number - 1), words.t("pages-previous")));
    let next = found.more.then(|| Link::new(to(number + 1), words.t("pages-next")));
    (previous.is_some() || next.is_some()).then(|| Pages {
        said: words.ta("lookout-rows", &[("from", &first.to_string()), ("to", &last.to_string())]),
        label: words.t("pages").into_owned(),
        previous,
        next,
    })
}
