//! 核实单位: which organisation of the registry the reporter meant.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_response::Party;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::ReportId;

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/identify`
pub(super) async fn identify(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "identify" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let directory = form.desk.directory();
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let party = reading.choice::<Party>("party");
    let organisation = directory.named(reading.text("organisation"));
    if organisation.is_none() {
        reading.wrong("organisation", "error-organisation");
    }
    let (command, (party, organisation)) = reading.done(command.zip(party.zip(organisation)))?;
    let district = directory.details(organisation).and_then(|details| details.district.clone());
    let identify = ReportCommand::IdentifyOrganisation { party, organisation, district };
    form.act(command, (identify, None), None).await?;
    Ok(form.done("said-identified"))
}
