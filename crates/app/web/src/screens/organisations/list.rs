//! `GET /organisations`: the registry by name, searchable.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, Directory, District, OrganisationLine};
use fengsui_response::OrganisationKind;
use serde::Deserialize;

use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::page::{Place, escaped};
use crate::parts::{
    Header, Heading, Html, Link, Mood, Pages, Primary, Row, RowTone, Search, StateBadge, Tab,
    Table, Tabs,
};
use crate::routes::{self, ORGANISATIONS};
use crate::session::SignedIn;
use crate::views::Organisations;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// `GET /organisations`
pub(super) async fn list(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let found = desk.organisations(&reader.viewer, &asked.q, asked.after.as_deref()).await?;
    let words = reader.words();
    let directory = reader.visitor.directory();
    let rows = found.lines.iter().map(|line| row(line, directory, words));
    let headings = vec![
        Heading::key(words.t("organisation-name")),
        Heading::plain(words.t("organisation-parent")),
        Heading::plain(words.t("organisation-district")),
        Heading::plain(words.t("organisation-sector")),
        Heading::plain(words.t("organisation-kind")),
        Heading::plain(words.t("organisation-telephone")),
    ];
    let table = Table::new(words.t("organisations"), headings, words.t("organisations-none"));
    drawn(&Organisations {
        page: reader.page("organisations", words.t("organisations"), ORGANISATIONS),
        header: header(&reader),
        search: Search {
            action: ORGANISATIONS.to_owned(),
            label: words.t("organisations-search").into_owned(),
            query: asked.q.clone(),
            button: words.t("search").into_owned(),
        },
        table: table.with(rows),
        pages: found.next.map(|next| onward(&asked.q, &next, words)),
    })
}

/// The head of every list of the registry: what a registrar can do here.
pub(super) fn header(reader: &SignedIn) -> Header {
    let words = reader.words();
    let mut header = Header::new(words.t("organisations")).lead(words.t("org-lead"));
    header.others.push(Link::new("/organisations/tree", words.t("org-tree")));
    if reader.viewer.is(Capacity::Registrar) {
        header.others.push(Link::new("/organisations/import", words.t("organisation-import")));
        header.others.push(Link::new("/organisations/export", words.t("org-export")));
        let register = Link::new("/organisations/register", words.t("organisation-register"));
        header = header.primary(Primary::Go(register));
    }
    header
}

fn row(line: &OrganisationLine, directory: &Directory, words: Words) -> Row {
    let lang = words.lang();
    let details = directory.details(line.organisation);
    let name = Html::link(
        &routes::organisation(line.organisation),
        directory.name_of(line.organisation).in_lang(lang),
    );
    let is_closed = line.state == "closed";
    let name = if is_closed {
        let closed = StateBadge::new(Mood::Quiet, words.t("org-closed"));
        Html::marks([name, Html::of(&closed)])
    } else {
        name
    };
    // The directory knows what holds today; the board, what was recorded last.
    let place = details.and_then(|details| details.district.as_ref());
    let sector = details.and_then(|details| details.sector.as_ref());
    let parent = details.and_then(|details| details.parent).map(|parent| {
        Html::link(&routes::organisation(parent), directory.name_of(parent).in_lang(lang))
    });
    let telephone = details.and_then(|details| details.duty_telephone.as_ref());
    let kinds = details.map(|details| kinds(details.kinds.iter(), words)).unwrap_or_default();
    let cells = vec![
        name,
        parent.unwrap_or_default(),
        Html::text(district(place.map(fengsui_vocabulary::DistrictCode::as_str), words)),
        Html::text(sector.map_or("", |sector| sector.as_str())),
        kinds,
        telephone.map(|telephone| call(telephone)).unwrap_or_default(),
    ];
    Row::new(cells).toned(if is_closed { RowTone::Quiet } else { RowTone::Plain })
}

/// The words of some kinds, as marks.
pub(super) fn kinds<'a>(kinds: impl Iterator<Item = &'a OrganisationKind>, words: Words) -> Html {
    let mark = |kind: &OrganisationKind| {
        Html::of(&StateBadge::new(Mood::Quiet, words.t(super::kind_key(*kind))))
    };
    Html::marks(kinds.map(mark))
}

/// What a district is called.
pub(super) fn district(code: Option<&str>, words: Words) -> String {
    let Some(code) = code else { return String::new() };
    let known = District::of(code).map(District::label);
    known.map_or_else(|| code.to_owned(), |label| label.in_lang(words.lang()).to_owned())
}

/// A telephone to be called by a touch.
pub(crate) fn call(telephone: &str) -> Html {
    let digits: String = telephone.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
    if digits.is_empty() {
        Html::text(telephone)
    } else {
        Html::link(&format!("tel:{digits}"), telephone)
    }
}

fn onward(q: &str, next: &str, words: Words) -> Pages {
    let href = format!("{ORGANISATIONS}?q={}&after={}", escaped(q), escaped(next));
    Pages {
        said: String::new(),
        label: words.t("pages").into_owned(),
        previous: None,
        next: Some(Link::new(href, words.t("pages-next"))),
    }
}

/// By name, or as a tree.
pub(super) fn tabs(here: &str, words: Words) -> Tabs {
    let tab = |href: &str, key: &str| Tab {
        link: Link::new(href, words.t(key)),
        place: Place::is(&href, &here),
        count: None,
    };
    Tabs {
        label: words.t("organisations").into_owned(),
        tabs: vec![tab(ORGANISATIONS, "org-by-name"), tab("/organisations/tree", "org-tree")],
    }
}
