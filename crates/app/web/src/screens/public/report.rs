//! Reporting: the form, and taking in what it says.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::Receipt;

use super::report_form::{self, Read};
use super::{receipt, reporter};
use crate::answer::{drawn, drawn_as};
use crate::cookie::Cookie;
use crate::error::WebError;
use crate::form::Returned;
use crate::rate::Deed;
use crate::session::{RECEIPT, Visitor};
use crate::state::Web;
use crate::upload::Sent;

/// `GET /report`
pub(super) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, WebError> {
    drawn(&report_form::screen(&web, &visitor, None))
}

/// `POST /report`
pub(super) async fn submit(
    State(web): State<Web>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, WebError> {
    match take_in(&web, &visitor, &sent).await {
        Ok(taken) => {
            let view = receipt::screen(&web.desk, &visitor, &taken).await?;
            let pass = web.desk.receipt_pass(taken.report);
            Ok(visitor.with_cookie(drawn_as(StatusCode::OK, &view)?, Cookie::new(RECEIPT, &pass)))
        }
        Err(error) => {
            let returned = Returned::of(report_form::FORM, sent, error, &visitor)?;
            drawn_as(returned.status(), &report_form::screen(&web, &visitor, Some(&returned)))
        }
    }
}

async fn take_in(web: &Web, visitor: &Visitor, sent: &Sent) -> Result<Receipt, WebError> {
    let Read { command, arrival } = report_form::read(&web.desk, visitor, sent)?;
    count(web, visitor)?;
    Ok(web.desk.take_in(&reporter(visitor), command, arrival, None).await?)
}

/// Counts the report against its address, unless somebody is signed in.
fn count(web: &Web, visitor: &Visitor) -> Result<(), WebError> {
    if visitor.viewer().is_some() {
        return Ok(());
    }
    let times_max = web.settings.limits.public_reports_per_hour_max;
    let counted = web.rates.count(Deed::Report, visitor.address(), times_max, web.desk.now());
    counted.map_err(WebError::TooOften)
}
