//! `GET /plans/{plan}/duties`: who owes what to whom by when, drawn and as a table.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_vocabulary::PlanId;

use super::drawing::Drawing;
use super::frame::{Frame, Leaf};
use super::tables;
use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::Html;
use crate::session::SignedIn;
use crate::views::Section;

/// `GET /plans/{plan}/duties`
pub(super) async fn duties(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let words = frame.reader.words();
    let table = tables::duties(&frame.wording(), &frame.saying());
    let drawing = Drawing::of(&frame.plan, words.lang());
    let sections = vec![
        Section::new("deadlines", words.t("plan-deadlines"), Html::of(&drawing)),
        Section::new("book-duties", words.t("book-duties"), Html::of(&table)),
    ];
    drawn(&frame.general(Leaf::Duties, sections))
}
