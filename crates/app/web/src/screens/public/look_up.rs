//! Looking up: number and secret open a receipt in this browser for a short while.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use fengsui_desk::DeskFault;
use jiff::SignedDuration;

use super::status;
use crate::answer::{drawn, drawn_as};
use crate::cookie::Cookie;
use crate::error::WebError;
use crate::page::Width;
use crate::parts::{Field, Form, Header, Weight};
use crate::rate::Deed;
use crate::routes;
use crate::session::{RECEIPT, Visitor};
use crate::state::Web;
use crate::upload::Sent;
use crate::views::LookUp;

/// Attempts of one address in ten minutes.
const ATTEMPTS_MAX: u32 = 30;

/// `GET /report/look-up`
pub(super) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, WebError> {
    let pass = visitor.receipt_pass().and_then(|pass| web.desk.receipt_of_pass(pass));
    match pass {
        Some(report) => drawn(&status::screen(&web, &visitor, report, None).await?),
        None => drawn(&asking(&visitor, None)),
    }
}

/// `POST /report/look-up`
pub(super) async fn open(
    State(web): State<Web>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, WebError> {
    web.rates
        .count(Deed::LookUp, visitor.address(), ATTEMPTS_MAX, web.desk.now())
        .map_err(WebError::TooOften)?;
    match web.desk.open_receipt(sent.text("number"), sent.text("secret")).await {
        Ok(report) => {
            let pass = web.desk.receipt_pass(report);
            let response = Redirect::to(routes::LOOK_UP).into_response();
            Ok(visitor.with_cookie(response, Cookie::new(RECEIPT, &pass)))
        }
        Err(DeskFault::Absent) => {
            drawn_as(StatusCode::UNPROCESSABLE_ENTITY, &asking(&visitor, Some(sent.text("number"))))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /report/look-up/leave`
pub(super) async fn leave(visitor: Visitor, _form: Sent) -> Response {
    let response = visitor.on_to(routes::LOOK_UP, "said-receipt-closed");
    visitor.with_cookie(response, Cookie::new(RECEIPT, "").lasting(SignedDuration::ZERO))
}

/// The form; with a number, it was wrong.
fn asking(visitor: &Visitor, wrong: Option<&str>) -> LookUp {
    let words = visitor.words();
    let mut page = visitor.page("look-up", words.t("look-up"), routes::LOOK_UP);
    page.width = Width::Narrow;
    page.live = None;
    let button = words.t("look-up-show");
    let mut form = Form::new("look-up", routes::LOOK_UP, visitor.csrf(), button, words)
        .with(
            Field::line("number", words.t("receipt-number"))
                .hint(words.t("receipt-number-hint"))
                .value(wrong.unwrap_or_default().replace('\0', "")),
        )
        .with(Field::line("secret", words.t("receipt-secret")).autocomplete("off"))
        .weighing(Weight::Primary);
    form.draft = None;
    if wrong.is_some() {
        form = form.refused(words.t("look-up-wrong"));
    }
    let header = Header::new(words.t("look-up")).lead(words.t("look-up-lead"));
    LookUp { page, header, form: Some(form), found: None }
}
