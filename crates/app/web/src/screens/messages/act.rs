//! What people do about messages: try again, give up, let sending go on, put a stray report away.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_desk::content::Writing;
use fengsui_response::Asked;
use fengsui_response::message::MessageCommand;
use fengsui_vocabulary::MessageId;

use super::list::{self, RELEASE};
use super::show;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::routes::{self, MESSAGES};
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /messages/{message}/again`
pub(super) async fn try_again(
    State(desk): State<Desk>,
    keeper: SignedIn,
    Path(message): Path<MessageId>,
    sent: Sent,
) -> Result<Response, WebError> {
    match again(&desk, &keeper, message, &sent).await {
        Ok(()) => Ok(keeper.visitor.on_to(&routes::message(message), "said-message-again")),
        Err(error) => {
            let returned = Returned::of("again", sent, error, &keeper.visitor)?;
            show::draw(&desk, &keeper, message, Some(&returned)).await
        }
    }
}

async fn again(
    desk: &Desk,
    keeper: &SignedIn,
    message: MessageId,
    sent: &Sent,
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &keeper.visitor);
    let command = reading.command();
    let command = reading.done(command)?;
    let asked = Asked::now(keeper.viewer.actor.clone(), MessageCommand::TryAgain);
    desk.act_on_message(message, command, asked, Vec::new()).await?;
    Ok(())
}

/// `POST /messages/{message}/give-up`
pub(super) async fn give_up(
    State(desk): State<Desk>,
    keeper: SignedIn,
    Path(message): Path<MessageId>,
    sent: Sent,
) -> Result<Response, WebError> {
    match give(&desk, &keeper, message, &sent).await {
        Ok(()) => Ok(keeper.visitor.on_to(&routes::message(message), "said-message-given-up")),
        Err(error) => {
            let returned = Returned::of("give-up", sent, error, &keeper.visitor)?;
            show::draw(&desk, &keeper, message, Some(&returned)).await
        }
    }
}

async fn give(
    desk: &Desk,
    keeper: &SignedIn,
    message: MessageId,
    sent: &Sent,
) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &keeper.visitor);
    let command = reading.command();
    let reason = reading.prose("reason");
    let (command, text) = reading.done(command.zip(reason))?;
    let kept = desk.write_text(&Writing { text }).await?;
    let what = MessageCommand::GiveUp { reason: kept.reference };
    let asked = Asked::now(keeper.viewer.actor.clone(), what);
    desk.act_on_message(message, command, asked, kept.new.into_iter().collect()).await?;
    Ok(())
}

/// `POST /messages/release`
pub(super) async fn release(
    State(desk): State<Desk>,
    keeper: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    match go_on(&desk, &keeper, &sent).await {
        Ok(()) => Ok(keeper.visitor.on_to(MESSAGES, "said-messages-released")),
        Err(error) => {
            let returned = Returned::of(RELEASE, sent, error, &keeper.visitor)?;
            list::draw(&desk, &keeper, &list::Asked::default(), Some(&returned)).await
        }
    }
}

async fn go_on(desk: &Desk, keeper: &SignedIn, sent: &Sent) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &keeper.visitor);
    let command = reading.command();
    let reason = reading.line("reason");
    let (command, reason) = reading.done(command.zip(reason))?;
    desk.release_dispatch(&keeper.viewer.actor, command, reason).await?;
    Ok(())
}

/// `POST /messages/reports/{key}/away`
pub(super) async fn put_away(
    State(desk): State<Desk>,
    keeper: SignedIn,
    Path(key): Path<String>,
    _form: Sent,
) -> Result<Response, WebError> {
    desk.put_stray_away(&key).await?;
    Ok(keeper.visitor.on_to(MESSAGES, "said-message-report-away"))
}
