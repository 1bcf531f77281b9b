//! `GET /messages`: what is addressed to the reader, and for the desk everything that goes out.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Desk, MessageFilter, MessageLine, Page as Lines, StrayReport};
use fengsui_response::message::Standing;
use serde::Deserialize;

use super::{badge, doubled, keeps, occasion_key, warnings, way_said};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Returned};
use crate::page::{Place, escaped};
use crate::parts::{
    Act, Field, Form, Header, Heading, Html, Item, Items, Link, Pages, Row, RowTone, Tab, Table,
    Tabs, Weight,
};
use crate::routes::{self, MESSAGES};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// The form that lets sending go on.
pub(super) const RELEASE: &str = "release";

/// What is shown: the tabs, by what they are called in addresses.
const TABS: [(&str, &str); 6] = [
    ("mine", "messages-mine"),
    ("queued", "messages-queued"),
    ("work", "messages-work"),
    ("uncertain", "messages-uncertain"),
    ("delivered", "messages-delivered"),
    ("all", "messages-all"),
];

/// Which messages, and from where on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    show: Option<String>,
    after: Option<String>,
}

/// `GET /messages`
pub(super) async fn list(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, &asked, None).await
}

/// The screen, perhaps with a form that came back.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    asked: &Asked,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let keeps = keeps(&reader.viewer);
    let shown = asked.show.as_deref().unwrap_or_default();
    let shown = TABS.iter().map(|(name, _)| *name).find(|name| *name == shown && keeps);
    let shown = shown.unwrap_or("mine");
    let lines = desk.messages(&reader.viewer, &filter(shown, asked.after.clone())).await?;
    let mut page = reader.page("messages", words.t("messages"), MESSAGES);
    page.notices.extend(warnings(desk, &reader.viewer, words).await?);
    let mut sections =
        vec![Section::new("messages", words.t(title_of(shown)), body(desk, reader, shown, lines))];
    let mut acts = Vec::new();
    if keeps {
        let strays = desk.stray_reports().await?;
        if !strays.is_empty() {
            let title = words.t("messages-strays");
            sections.push(Section::new("strays", title, stray_items(reader, &strays)));
        }
        if desk.dispatch_state().await?.is_held() {
            let form = release_form(desk, reader);
            let form = returned.iter().fold(form, |form, it| it.put_back(form));
            let mut act = Act::new(words.t("messages-release"), form);
            act.lead = Some(words.t("messages-release-lead").into_owned());
            acts.push(act);
        }
    }
    let view = General {
        page,
        header: Header::new(words.t("messages")),
        strip: None,
        tabs: keeps.then(|| tabs(reader, shown)),
        sections,
        acts,
    };
    drawn_as(returned.map_or(StatusCode::OK, Returned::status), &view)
}

#[expect(clippy::needless_pass_by_value, reason = "it goes into the filter")]
fn filter(shown: &str, after: Option<String>) -> MessageFilter {
    let of = |states: &[Standing]| MessageFilter {
        states: states.to_vec(),
        after: after.clone(),
        ..MessageFilter::default()
    };
    match shown {
        "queued" => of(&[
            Standing::Waiting,
            Standing::Deferred,
            Standing::Uncertain,
            Standing::Unconfigured,
        ]),
        "work" => of(&[Standing::Refused, Standing::Bounced, Standing::Exhausted]),
        "delivered" => of(&[Standing::Delivered]),
        "uncertain" => MessageFilter { only_uncertain: true, ..of(&[]) },
        "all" => of(&[]),
        _ => MessageFilter { only_mine: true, ..of(&[]) },
    }
}

fn title_of(shown: &str) -> &'static str {
    TABS.iter().find(|(name, _)| *name == shown).map_or("messages-mine", |(_, key)| key)
}

fn tabs(reader: &SignedIn, shown: &str) -> Tabs {
    let words = reader.words();
    let tab = |(name, key): &(&str, &str)| Tab {
        link: Link::new(format!("{MESSAGES}?show={name}"), words.t(key)),
        place: Place::is(name, &shown),
        count: None,
    };
    Tabs { label: words.t("messages").into_owned(), tabs: TABS.iter().map(tab).collect() }
}

fn body(desk: &Desk, reader: &SignedIn, shown: &str, lines: Lines<MessageLine>) -> Html {
    let words = reader.words();
    let pages = lines.next.map(|next| {
        Html::of(&Pages {
            said: String::new(),
            label: words.t("pages").into_owned(),
            previous: None,
            next: Some(Link::new(
                format!("{MESSAGES}?show={shown}&after={}", escaped(&next)),
                words.t("pages-next"),
            )),
        })
    });
    let table = Html::of(&table(desk, reader, &lines.lines));
    Html::stacked([table].into_iter().chain(pages))
}

fn table(desk: &Desk, reader: &SignedIn, lines: &[MessageLine]) -> Table {
    let words = reader.words();
    let headings = vec![
        Heading::key(words.t("message-on")),
        Heading::plain(words.t("message-to")),
        Heading::plain(words.t("message-way")),
        Heading::plain(words.t("message-state")),
        Heading::plain(words.t("message-at")),
    ];
    Table::new(words.t("messages"), headings, words.t("messages-none"))
        .with(lines.iter().map(|line| row(desk, reader, line)))
}

fn row(desk: &Desk, reader: &SignedIn, line: &MessageLine) -> Row {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let standing = Standing::ALL.into_iter().find(|it| it.name() == line.state);
    let standing = standing.unwrap_or_default();
    let to = desk.addressee_name(&line.addressee, words.lang());
    let to = to.unwrap_or_else(|| words.t("message-to-reporter").into_owned());
    let uncertain =
        (line.uncertain > 0 && standing != Standing::Uncertain).then(|| Html::of(&doubled(words)));
    let state = Html::marks([Html::of(&badge(standing, words))].into_iter().chain(uncertain));
    let next = line.next_attempt_at.map(|at| {
        let at = saying.moment(at);
        Html::stacked([Html::text(words.t("message-next")), Html::of(&at)])
    });
    let state = Html::stacked([state].into_iter().chain(next));
    let row = Row::new(vec![
        Html::link(&routes::message(line.message), &words.t(occasion_key(line.occasion))),
        Html::text(to),
        Html::text(way_said(&line.way, words)),
        state,
        Html::of(&saying.moment(line.intended_at)),
    ]);
    row.toned(if standing == Standing::Seen { RowTone::Quiet } else { RowTone::Plain })
}

fn release_form(desk: &Desk, reader: &SignedIn) -> Form {
    let words = reader.words();
    Form::new(RELEASE, "/messages/release", reader.csrf(), words.t("messages-release"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .with(Field::line("reason", words.t("messages-release-reason")))
        .weighing(Weight::Grave)
}

/// Reports of mail servers that belong to no message here.
fn stray_items(reader: &SignedIn, strays: &[(String, StrayReport)]) -> Html {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let item = |(key, stray): &(String, StrayReport)| {
        let action = format!("/messages/reports/{key}/away");
        let submit = words.t("messages-stray-away");
        let mut form = Form::new(&format!("away-{key}"), &action, reader.csrf(), submit, words);
        form.draft = None;
        let recipient = stray.recipient.clone().unwrap_or_else(|| stray.why.clone());
        Item {
            title: Html::text(recipient),
            text: stray.text.chars().take(STRAY_CHARS).collect(),
            side: Html::stacked([Html::of(&saying.moment(stray.at)), Html::of(&form)]),
        }
    };
    Html::of(&Items { items: strays.iter().map(item).collect(), empty: String::new() })
}

/// How much of a stray report is shown.
const STRAY_CHARS: usize = 600;
