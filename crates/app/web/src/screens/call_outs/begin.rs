//! `GET` and `POST /call-outs/begin`: somebody on duty asks for help.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{CallOutWhom, Desk, NewCallOut, OnlyOpen, ReportFilter};
use fengsui_response::house::CallOutWhen;
use fengsui_vocabulary::CommandId;
use serde::Deserialize;

use super::{BEGIN, path};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::parts::{Consequence, Effect, Field, FieldKind, Form, Header, Html, Link, Opt};
use crate::routes::{self, CALL_OUTS};
use crate::say::Saying;
use crate::screens::roster::duty;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The form on its screen.
const FORM: &str = "begin";

/// What stands before the name of a post in the form.
const POST: &str = "post:";

/// About what.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    about: Option<String>,
}

/// `GET /call-outs/begin`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, asked.about.as_deref(), None).await
}

/// `POST /call-outs/begin`
pub(super) async fn begin(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = match read(&sent, &reader) {
        Ok((command, new)) => {
            let by = &reader.viewer.actor;
            desk.call_out(by, command, new).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(id) => Ok(reader.visitor.on_to(&path(id), "said-call-out-begun")),
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, None, Some(&returned)).await
        }
    }
}

fn read(sent: &Sent, reader: &SignedIn) -> Result<(CommandId, NewCallOut), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let about: Option<String> = reading.choice("about");
    let whom = whom(&mut reading);
    let reason = reading.prose("reason");
    if !reading.is_ticked("read") {
        reading.wrong("", "inc-read-first");
    }
    let new = about.zip(whom).zip(reason);
    let new = new.map(|((about, whom), reason)| NewCallOut { about, whom, reason });
    reading.done(command.zip(new))
}

fn whom(reading: &mut Reading<'_>) -> Option<CallOutWhom> {
    let text: String = reading.choice("whom")?;
    let whom = match text.strip_prefix(POST) {
        Some(post) => post.parse().ok().map(CallOutWhom::Post),
        None if text == "ladder" => Some(CallOutWhom::Ladder(CallOutWhen::ByHand)),
        None => None,
    };
    if whom.is_none() {
        reading.wrong("whom", "error-choice");
    }
    whom
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    about: Option<&str>,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let on_duty = desk.on_duty(desk.now()).await?;
    let mut whom = vec![Opt::new("ladder", words.t("call-out-ladder"))];
    whom.extend(on_duty.posts.iter().map(|manning| {
        let post = &manning.post;
        Opt::new(format!("{POST}{}", post.id), post.label.in_lang(words.lang()))
    }));
    let form = Form::new(FORM, BEGIN, reader.csrf(), words.t("call-out-begin"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .with(
            Field::new(
                "about",
                words.t("call-out-about"),
                FieldKind::Select(matters(desk, reader).await?),
            )
            .value(about.unwrap_or_default()),
        )
        .with(Field::new("whom", words.t("call-out-whom"), FieldKind::Radio(whom)).value("ladder"))
        .with(
            Field::line("reason", words.t("call-out-because"))
                .hint(words.t("call-out-because-hint")),
        )
        .showing(Consequence {
            id: "begin-what".to_owned(),
            title: words.t("call-out-begin-title").into_owned(),
            effects: vec![Effect {
                who: words.t("call-out-begin-who").into_owned(),
                what: words.t("call-out-begin-what").into_owned(),
                echo: Some("whom".to_owned()),
            }],
            agree: words.t("call-out-begin-agree").into_owned(),
        });
    let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
    let mut page = reader.page("call-out-begin", words.t("call-out-begin"), routes::ROSTER);
    page.live = None;
    let standing = Html::of(&duty::standing(saying, &on_duty));
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(words.t("call-out-begin"))
                .below(vec![Link::new(CALL_OUTS, words.t("call-outs"))], words),
            strip: None,
            tabs: None,
            sections: vec![
                Section::new("form", words.t("call-out-begin"), Html::of(&form)),
                Section::new("duty", words.t("roster-now"), standing),
            ],
            acts: Vec::new(),
        },
    )
}

/// Running incidents and reports that wait.
async fn matters(desk: &Desk, reader: &SignedIn) -> Result<Vec<Opt>, WebError> {
    let waiting = ReportFilter { state: Some("waiting".to_owned()), after: None };
    let incidents = desk.incidents(&reader.viewer, OnlyOpen::Yes, None).await?.lines;
    let reports = desk.reports(&reader.viewer, &waiting).await?.lines;
    let incidents = incidents.iter().map(|it| {
        Opt::new(format!("incident:{}", it.incident), format!("{} {}", it.number, it.title))
    });
    let reports = reports
        .iter()
        .map(|it| Opt::new(format!("report:{}", it.report), format!("{} {}", it.number, it.title)));
    Ok(incidents.chain(reports).collect())
}
