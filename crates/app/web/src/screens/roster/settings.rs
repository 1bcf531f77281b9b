//! `/roster/settings`: who heads the centre, the posts, the shifts, the days off.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk};
use fengsui_plan::Library;
use fengsui_response::roster::{Pattern, RosterSettings, SettingsCommand};
use fengsui_vocabulary::{CommandId, Line};

use super::SETTINGS;
use super::day::choices;
use super::typed;
use super::typed::{days_typed, posts_typed, shifts_typed};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::parts::{Act, Field, FieldKind, Form, Header, Html, Link, Opt, Pairs};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// `GET /roster/settings`
pub(super) async fn show(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    draw(&desk, &reader, None).await
}

/// `POST /roster/settings/head`
pub(super) async fn head(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let person = reading.choice("person");
    let asked = reading
        .done(command.zip(person))
        .map(|(command, person)| (command, SettingsCommand::NameHead { person }));
    settle(&desk, &reader, ("head", sent), asked).await
}

/// `POST /roster/settings/posts`
pub(super) async fn posts(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let posts = typed::posts(&mut reading, "posts");
    let asked = reading.done(command).map(|command| (command, SettingsCommand::SetPosts { posts }));
    settle(&desk, &reader, ("posts", sent), asked).await
}

/// `POST /roster/settings/shifts`
pub(super) async fn shifts(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let from = reading.choice("from");
    let pattern = Pattern {
        worked: typed::shifts(&mut reading, "worked"),
        rest: typed::shifts(&mut reading, "rest"),
    };
    let asked = reading
        .done(command.zip(from))
        .map(|(command, from)| (command, SettingsCommand::SetShifts { from, pattern }));
    settle(&desk, &reader, ("shifts", sent), asked).await
}

/// `POST /roster/settings/days`
pub(super) async fn days(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let calendars: Vec<Line> = reading.several("calendars");
    let days = typed::days(&mut reading, "days");
    let asked = reading
        .done(command)
        .map(|command| (command, SettingsCommand::SetDays { calendars, days }));
    settle(&desk, &reader, ("days", sent), asked).await
}

async fn settle(
    desk: &Desk,
    reader: &SignedIn,
    (form, sent): (&str, Sent),
    asked: Result<(CommandId, SettingsCommand), WebError>,
) -> Result<Response, WebError> {
    let done = match asked {
        Ok((command_id, command)) => {
            let by = &reader.viewer.actor;
            desk.settle_roster(by, command_id, command).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => Ok(reader.visitor.on_to(SETTINGS, "said-roster")),
        Err(fault) => {
            let returned = Returned::of(form, sent, fault, &reader.visitor)?;
            draw(desk, reader, Some(&returned)).await
        }
    }
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    const SETTLERS: [Capacity; 3] =
        [Capacity::Leader, Capacity::PlanOfficer, Capacity::Administrator];
    let words = reader.words();
    let settings = desk.roster_settings(&reader.viewer).await?;
    let mut acts = Vec::new();
    if reader.viewer.is_any(&SETTLERS) {
        for (key, form) in forms(desk, reader, &settings).await? {
            let form = form.hiding(COMMAND, desk.command_id().to_string());
            let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
            acts.push(Act::new(words.t(key), form));
        }
    }
    let mut page = reader.page("roster-settings", words.t("roster-settings"), routes::ROSTER);
    page.live = None;
    let crumbs = vec![Link::new(routes::ROSTER, words.t("roster"))];
    let now = Html::of(&standing(desk, reader, &settings));
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(words.t("roster-settings"))
                .below(crumbs, words)
                .lead(words.t("roster-settings-lead")),
            strip: None,
            tabs: None,
            sections: vec![Section::new("settings", words.t("roster-settings-now"), now)],
            acts,
        },
    )
}

/// What holds today.
fn standing(desk: &Desk, reader: &SignedIn, settings: &RosterSettings) -> Pairs {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let none = || words.t("none").into_owned();
    let lines = |text: String| {
        if text.is_empty() {
            Html::text(none())
        } else {
            Html::stacked(text.lines().map(Html::text))
        }
    };
    let pattern = settings.pattern(desk.today()).cloned().unwrap_or_default();
    let calendars: Vec<&str> = settings.calendars.iter().map(Line::as_str).collect();
    Pairs::default()
        .with(
            words.t("roster-head"),
            Html::text(settings.head.map_or_else(none, |head| saying.person(head))),
        )
        .with(words.t("roster-posts"), lines(posts_typed(&settings.posts)))
        .with(words.t("roster-worked"), lines(shifts_typed(&pattern.worked)))
        .with(words.t("roster-rest-days"), lines(shifts_typed(&pattern.rest)))
        .with(words.t("roster-calendars"), lines(calendars.join("\n")))
        .with(words.t("roster-own-days"), lines(days_typed(&settings.days)))
}

async fn forms(
    desk: &Desk,
    reader: &SignedIn,
    settings: &RosterSettings,
) -> Result<Vec<(&'static str, Form)>, WebError> {
    let words = reader.words();
    let form = |id: &str| {
        let action = format!("{SETTINGS}/{id}");
        Form::new(id, &action, reader.csrf(), words.t("roster-save"), words)
    };
    let everybody = desk.roster_people().await?;
    let head = settings.head.map(|head| head.to_string()).unwrap_or_default();
    let pattern = settings.pattern(desk.today()).cloned().unwrap_or_default();
    Ok(vec![
        (
            "roster-head",
            form("head").with(
                Field::new(
                    "person",
                    words.t("roster-head"),
                    FieldKind::Select(choices(&everybody)),
                )
                .hint(words.t("roster-head-hint"))
                .value(head),
            ),
        ),
        (
            "roster-posts",
            form("posts").with(
                Field::prose("posts", words.t("roster-posts"))
                    .hint(words.t("roster-posts-hint"))
                    .value(posts_typed(&settings.posts)),
            ),
        ),
        (
            "roster-shifts",
            form("shifts")
                .with(
                    Field::new("from", words.t("roster-from"), FieldKind::Line("date"))
                        .value(desk.today().to_string()),
                )
                .with(
                    Field::prose("worked", words.t("roster-worked"))
                        .hint(words.t("roster-shifts-hint"))
                        .optional()
                        .value(shifts_typed(&pattern.worked)),
                )
                .with(
                    Field::prose("rest", words.t("roster-rest-days"))
                        .optional()
                        .value(shifts_typed(&pattern.rest)),
                ),
        ),
        ("roster-days-off", days_form(form("days"), words, settings)),
    ])
}

/// Which calendars hold, and the days that come before them.
fn days_form(form: Form, words: Words, settings: &RosterSettings) -> Form {
    let calendar = |(id, it): (&String, &fengsui_plan::Calendar)| {
        Opt::new(id.as_str(), it.label.in_lang(words.lang()))
    };
    let calendars = Library::shipped().calendars().iter().map(calendar).collect();
    let chosen: Vec<&str> = settings.calendars.iter().map(Line::as_str).collect();
    form.with(
        Field::new("calendars", words.t("roster-calendars"), FieldKind::Several(calendars))
            .optional()
            .value(chosen.join(" ")),
    )
    .with(
        Field::prose("days", words.t("roster-own-days"))
            .hint(words.t("roster-days-hint"))
            .optional()
            .value(days_typed(&settings.days)),
    )
}
