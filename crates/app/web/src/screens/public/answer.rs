//! 答复: the answer to a question of the desk, from whoever holds the receipt.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::content::Addition;
use fengsui_response::Asked;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::ReportId;

use super::report_form::bytes_of;
use super::supplement::ADDITIONS_MAX;
use super::{opened, reporter, status};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::rate::Deed;
use crate::routes;
use crate::session::Visitor;
use crate::state::Web;
use crate::upload::Sent;

/// `POST /report/look-up/answers/{question}`
pub(super) async fn answer(
    State(web): State<Web>,
    visitor: Visitor,
    Path(question): Path<u32>,
    sent: Sent,
) -> Result<Response, WebError> {
    let report = opened(&web.desk, &visitor)?;
    match give(&web, &visitor, (report, question), &sent).await {
        Ok(()) => Ok(visitor.on_to(routes::LOOK_UP, "said-answered")),
        Err(error) => {
            let form = format!("answer-{question}");
            let returned = Returned::of(&form, sent, error, &visitor)?;
            let view = status::screen(&web, &visitor, report, Some(&returned)).await?;
            drawn_as(returned.status(), &view)
        }
    }
}

async fn give(
    web: &Web,
    visitor: &Visitor,
    (report, question): (ReportId, u32),
    sent: &Sent,
) -> Result<(), WebError> {
    let counted = web.rates.count(Deed::Addition, visitor.address(), ADDITIONS_MAX, web.desk.now());
    counted.map_err(WebError::TooOften)?;
    let mut reading = Reading::of(sent, visitor);
    let command = reading.command();
    let text = reading.prose("text");
    let (command, text) = reading.done(command.zip(text))?;
    let file_names = sent.files.iter().map(|file| file.name.clone()).collect();
    let kept = web.desk.write_text(&Addition { text, file_names }).await?;
    let mut blobs: Vec<_> = kept.new.into_iter().collect();
    let attachments = web.desk.keep_files(bytes_of(&sent.files), &mut blobs).await?;
    let answer = ReportCommand::Answer { question, text: kept.reference, attachments };
    let asked = Asked::now(reporter(visitor), answer);
    web.desk.act_on_report(report, command, asked, blobs).await?;
    Ok(())
}
