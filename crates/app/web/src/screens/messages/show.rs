//! `GET /messages/{message}`: one message with every attempt, and what can be done about it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{AttemptLine, Desk, MessageView};
use fengsui_response::message::{MessageCommand, Standing};
use fengsui_response::{Addressee, Asked, BounceFate, GivenUpBecause};
use fengsui_vocabulary::MessageId;

use super::{badge, doubled, end_badge, keeps, occasion_key, part, warnings, way_said};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Returned};
use crate::parts::{Act, Field, Form, Header, Heading, Html, Link, Pairs, Row, Table, Weight};
use crate::routes::{self, MESSAGES};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /messages/{message}`: whoever it is for has seen it by opening it.
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(message): Path<MessageId>,
) -> Result<Response, WebError> {
    let view = desk.message(&reader.viewer, message).await?;
    if view.is_mine && view.state.standing == Standing::Unseen {
        let asked = Asked::now(reader.viewer.actor.clone(), MessageCommand::See);
        desk.act_on_message(message, desk.command_id(), asked, Vec::new()).await?;
    }
    draw(&desk, &reader, message, None).await
}

/// The screen, perhaps with a form that came back.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    message: MessageId,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let view = desk.message(&reader.viewer, message).await?;
    let words = reader.words();
    let title = view.subject.clone();
    let title = title.unwrap_or_else(|| words.t("message-erased").into_owned());
    let mut page = reader.page("message", title.clone(), MESSAGES);
    page.notices.extend(warnings(desk, &reader.viewer, words).await?);
    let mut header = Header::new(title)
        .below(vec![Link::new(MESSAGES, words.t("messages"))], words)
        .mark(Html::of(&badge(view.state.standing, words)));
    if view.state.uncertain_attempts() > 0 {
        header = header.mark(Html::of(&doubled(words)));
    }
    let mut sections = vec![
        Section::new("text", words.t("message-text"), text(reader, &view)),
        Section::new("about", words.t("message-about"), about(desk, reader, &view)),
    ];
    if !view.attempts.is_empty() {
        let table = Html::of(&attempts(reader, &view.attempts));
        sections.push(Section::new("attempts", words.t("message-attempts"), table));
    }
    if !view.bounces.is_empty() {
        sections.push(Section::new("bounces", words.t("message-bounces"), bounces(reader, &view)));
    }
    let keeps = keeps(&reader.viewer);
    let acts = if keeps { acts(desk, reader, &view, returned) } else { Vec::new() };
    if let Some(returned) = returned.filter(|_| acts.is_empty()) {
        page.notices.push(returned.notice());
    }
    let view = General { page, header, strip: None, tabs: None, sections, acts };
    drawn_as(returned.map_or(StatusCode::OK, Returned::status), &view)
}

fn text(reader: &SignedIn, view: &MessageView) -> Html {
    match &view.text {
        Some(text) => Html::stacked(text.lines().map(Html::text)),
        None => Html::text(reader.words().t("message-erased")),
    }
}

fn about(desk: &Desk, reader: &SignedIn, view: &MessageView) -> Html {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let Some(intent) = &view.state.intent else { return Html::nothing() };
    let to = match intent.to {
        Addressee::Person(person) => saying.person(person),
        Addressee::Organisation(organisation) => saying.organisation(&organisation.to_string()),
        Addressee::Reporter => words.t("message-to-reporter").into_owned(),
    };
    let place = routes::of_stream(intent.about.as_str());
    let mut pairs = Pairs::default()
        .with(words.t("message-on"), Html::text(words.t(occasion_key(intent.occasion))))
        .with(words.t("message-to"), Html::text(to))
        .with(words.t("message-way"), Html::text(way_said(&intent.way, words)));
    if let Some(address) = view.address.as_ref().filter(|_| keeps(&reader.viewer)) {
        pairs = pairs.with(words.t("message-address"), Html::text(address));
    }
    if let Some(place) = place {
        pairs = pairs
            .with(words.t("message-subject"), Html::link(&place, &words.t("message-open-subject")));
    }
    pairs = pairs.with(words.t("message-at"), Html::of(&saying.moment(intent.at)));
    let later = [
        ("message-next", view.state.next_attempt_at),
        ("message-under-way", view.under_way_since),
        ("message-seen-at", view.state.seen_at),
    ];
    for (key, at) in later {
        if let Some(at) = at {
            pairs = pairs.with(words.t(key), Html::of(&saying.moment(at)));
        }
    }
    if let Some((because, by, at, reason)) = &view.given_up {
        let key = match because {
            GivenUpBecause::ByHand => "message-given-up-by-hand",
            GivenUpBecause::TriedOften => "message-given-up-often",
        };
        let said = [words.t(key).into_owned(), desk.directory().person_name(*by, words.lang())];
        let lines = said.iter().chain(reason).map(Html::text);
        let at = Html::of(&saying.moment(*at));
        pairs = pairs.with(words.t("message-given-up"), Html::stacked(lines.chain([at])));
    }
    Html::of(&pairs)
}

fn attempts(reader: &SignedIn, lines: &[AttemptLine]) -> Table {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let headings = vec![
        Heading::key(words.t("message-attempt")),
        Heading::plain(words.t("message-attempt-began")),
        Heading::plain(words.t("message-attempt-ended")),
        Heading::plain(words.t("message-state")),
        Heading::plain(words.t("message-answer")),
    ];
    let row = |line: &AttemptLine| {
        let uncertain =
            (line.was_uncertain && !line.end.is_uncertain()).then(|| Html::of(&doubled(words)));
        let marks = [Html::of(&end_badge(line.end, words))].into_iter().chain(uncertain);
        Row::new(vec![
            Html::text(line.number.to_string()),
            Html::of(&saying.moment(line.began_at)),
            Html::of(&saying.moment(line.ended_at)),
            Html::marks(marks),
            Html::text(line.answer.as_deref().unwrap_or_default()),
        ])
    };
    Table::new(words.t("message-attempts"), headings, String::new()).with(lines.iter().map(row))
}

fn bounces(reader: &SignedIn, view: &MessageView) -> Html {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let line = |(at, fate, said): &(jiff::Timestamp, BounceFate, String)| {
        let key = match fate {
            BounceFate::Permanent => "message-bounce-permanent",
            BounceFate::GivenUp => "message-bounce-given-up",
            BounceFate::Delayed => "message-bounce-delayed",
        };
        Html::stacked([Html::of(&saying.moment(*at)), Html::two_lines(&words.t(key), said)])
    };
    Html::apart(view.bounces.iter().map(line))
}

fn acts(
    desk: &Desk,
    reader: &SignedIn,
    view: &MessageView,
    returned: Option<&Returned>,
) -> Vec<Act> {
    let words = reader.words();
    let standing = view.state.standing;
    let may_again = standing.needs_somebody()
        || standing == Standing::GivenUp
        || (standing.is_queued() && standing != Standing::Waiting);
    let form = |name: &str, key: &str| {
        Form::new(name, &part(view.message, name), reader.csrf(), words.t(key), words)
            .hiding(COMMAND, desk.command_id().to_string())
    };
    let mut acts = Vec::new();
    if may_again {
        let mut again = form("again", "message-try-again");
        again.draft = None;
        let mut act = Act::new(words.t("message-try-again"), again);
        act.lead = Some(words.t("message-try-again-lead").into_owned());
        acts.push(act);
    }
    if standing.is_queued() || standing.needs_somebody() {
        let give_up = form("give-up", "message-give-up")
            .with(Field::prose("reason", words.t("message-give-up-reason")))
            .weighing(Weight::Grave);
        let give_up = returned.iter().fold(give_up, |form, it| it.put_back(form));
        let mut act = Act::new(words.t("message-give-up"), give_up);
        act.lead = Some(words.t("message-give-up-lead").into_owned());
        acts.push(act);
    }
    acts
}
