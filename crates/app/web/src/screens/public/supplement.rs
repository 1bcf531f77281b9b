//! 补充: more about a report from whoever holds its receipt.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::Added;
use fengsui_desk::content::Addition;
use fengsui_vocabulary::ReportId;

use super::report_form::bytes_of;
use super::{opened, reporter, status};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::facts;
use crate::form::{Reading, Returned};
use crate::rate::Deed;
use crate::routes;
use crate::session::Visitor;
use crate::state::Web;
use crate::upload::Sent;

/// Additions of one address in ten minutes.
pub(super) const ADDITIONS_MAX: u32 = 60;

/// `POST /report/look-up/supplement`
pub(super) async fn supplement(
    State(web): State<Web>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, WebError> {
    let report = opened(&web.desk, &visitor)?;
    match add(&web, &visitor, report, &sent).await {
        Ok(()) => Ok(visitor.on_to(routes::LOOK_UP, "said-supplemented")),
        Err(error) => {
            let returned = Returned::of("supplement", sent, error, &visitor)?;
            let view = status::screen(&web, &visitor, report, Some(&returned)).await?;
            drawn_as(returned.status(), &view)
        }
    }
}

async fn add(web: &Web, visitor: &Visitor, report: ReportId, sent: &Sent) -> Result<(), WebError> {
    let now = web.desk.now();
    let counted = web.rates.count(Deed::Addition, visitor.address(), ADDITIONS_MAX, now);
    counted.map_err(WebError::TooOften)?;
    let plan = web.desk.receipt_view(report).await?.report.lead;
    let questions = plan.as_deref().map(facts::questions).unwrap_or_default();
    let mut reading = Reading::of(sent, visitor);
    let command = reading.command();
    let text = reading.prose("text");
    let facts = facts::answered(&mut reading, &questions);
    let (command, text) = reading.done(command.zip(text))?;
    let file_names = sent.files.iter().map(|file| file.name.clone()).collect();
    let added =
        Added { addition: Addition { text, file_names }, files: bytes_of(&sent.files), facts };
    web.desk.supplement(&reporter(visitor), report, command, added).await?;
    Ok(())
}
