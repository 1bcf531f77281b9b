//! `GET /accountability`: suggestions, open and closed files, commendations, what was dismissed.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{
    AccountabilityLine, AccountabilityShelf, Capacity, Desk, Page as ListPage, SuggestionLine,
};
use serde::Deserialize;

use super::said;
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::page::{Place, escaped};
use crate::parts::{Header, Heading, Html, Link, Pages, Primary, Row, RowTone, Tab, Table, Tabs};
use crate::routes::{self, ACCOUNTABILITY};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// The shelves, by their words in addresses; suggestions come first.
const SHELVES: [(&str, &str); 5] = [
    ("", "acc-suggestions"),
    ("open", "acc-open"),
    ("closed", "acc-closed"),
    ("commendations", "acc-commendations"),
    ("dismissed", "acc-dismissed"),
];

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    shelf: String,
    after: Option<String>,
}

/// `GET /accountability`
pub(super) async fn list(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let after = asked.after.as_deref();
    let shelf = match asked.shelf.as_str() {
        "open" => Some(AccountabilityShelf::Open),
        "closed" => Some(AccountabilityShelf::Closed),
        "commendations" => Some(AccountabilityShelf::Commendations),
        "dismissed" => Some(AccountabilityShelf::Dismissed),
        _ => None,
    };
    let (table, next) = if let Some(shelf) = shelf {
        let ListPage { lines, next } =
            desk.accountability_files(&reader.viewer, shelf, after).await?;
        (files(&lines, &saying), next)
    } else {
        let ListPage { lines, next } = desk.suggestions(&reader.viewer, after).await?;
        (suggestions(&lines, &saying), next)
    };
    let here = if shelf.is_some() { asked.shelf.as_str() } else { "" };
    let heading = SHELVES.iter().find(|(name, _)| *name == here).map_or("", |(_, key)| key);
    let mut parts = vec![Html::of(&table)];
    parts.extend(next.map(|next| Html::of(&onward(here, &next, words))));
    drawn(&General {
        page: reader.page("accountability", words.t("accountability"), ACCOUNTABILITY),
        header: header(&reader),
        strip: None,
        tabs: Some(tabs(here, words)),
        sections: vec![Section::new("list", words.t(heading), Html::stacked(parts))],
        acts: Vec::new(),
    })
}

/// Files about the reader's own organisation, for its page.
pub(crate) fn own_files(lines: &[AccountabilityLine], saying: &Saying<'_>) -> Table {
    files(lines, saying)
}

fn header(reader: &SignedIn) -> Header {
    let words = reader.words();
    let mut header = Header::new(words.t("accountability")).lead(words.t("acc-lead"));
    header.others.push(Link::new("/accountability/statistics", words.t("acc-statistics")));
    if reader.viewer.is_any(&[Capacity::Officer, Capacity::Leader]) {
        let open = Link::new("/accountability/open", words.t("acc-open-by-hand"));
        header = header.primary(Primary::Go(open));
    }
    header
}

fn tabs(here: &str, words: Words) -> Tabs {
    let tab = |(name, key): (&str, &str)| {
        let href = match name {
            "" => ACCOUNTABILITY.to_owned(),
            name => format!("{ACCOUNTABILITY}?shelf={name}"),
        };
        Tab { link: Link::new(href, words.t(key)), place: Place::is(&name, &here), count: None }
    };
    Tabs { label: words.t("accountability").into_owned(), tabs: SHELVES.map(tab).into() }
}

fn suggestions(lines: &[SuggestionLine], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("acc-kind")),
        Heading::plain(words.t("acc-organisation")),
        Heading::plain(words.t("acc-incident")),
        Heading::numeric(words.t("acc-grounds-count")),
    ];
    let row = |line: &SuggestionLine| {
        let href = match line.file {
            Some(file) => routes::accountability(file),
            None => format!(
                "/accountability/open?kind={}&organisation={}&incident={}",
                line.kind.name(),
                line.organisation,
                line.incident
            ),
        };
        let kind = Html::link(&href, &said::kind(line.kind, words));
        let kind = match line.file {
            Some(_) => Html::stacked([kind, Html::text(words.t("acc-found-since"))]),
            None => kind,
        };
        Row::new(vec![
            kind,
            organisation(line.organisation, saying),
            Html::link(&routes::incident(line.incident), &line.number),
            Html::text(line.ground.len().to_string()),
        ])
    };
    Table::new(words.t("acc-suggestions"), headings, words.t("acc-suggestions-none"))
        .with(lines.iter().map(row))
}

fn files(lines: &[AccountabilityLine], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("acc-kind")),
        Heading::plain(words.t("acc-organisation")),
        Heading::plain(words.t("acc-state")),
        Heading::plain(words.t("acc-opened")),
        Heading::plain(words.t("acc-answer-by")),
    ];
    let row = |line: &AccountabilityLine| {
        let is_over = line.answer_by.is_some_and(|by| by < saying.clock.now);
        let answer_by = line.answer_by.map(|by| Html::of(&saying.moment(by)));
        let row = Row::new(vec![
            Html::link(&routes::accountability(line.file), &said::kind(line.kind, words)),
            organisation(line.organisation, saying),
            Html::of(&said::state(&line.state, line.outcome, words)),
            Html::of(&saying.moment(line.opened_at)),
            answer_by.unwrap_or_default(),
        ]);
        row.toned(if is_over { RowTone::Over } else { RowTone::Plain })
    };
    Table::new(words.t("acc-files"), headings, words.t("acc-files-none"))
        .with(lines.iter().map(row))
}

fn organisation(id: fengsui_vocabulary::OrganisationId, saying: &Saying<'_>) -> Html {
    Html::link(&routes::organisation(id), &saying.organisation(&id.to_string()))
}

fn onward(shelf: &str, next: &str, words: Words) -> Pages {
    let href = format!("{ACCOUNTABILITY}?shelf={shelf}&after={}", escaped(next));
    Pages {
        said: String::new(),
        label: words.t("pages").into_owned(),
        previous: None,
        next: Some(Link::new(href, words.t("pages-next"))),
    }
}
