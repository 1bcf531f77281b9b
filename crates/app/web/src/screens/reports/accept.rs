//! 受理: an incident is opened with the report; its times and duties pass over unchanged.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Acceptance, Accepting, Desk};
use fengsui_response::incident::IncidentCommand;
use fengsui_response::{Asked, ClassRef};
use fengsui_vocabulary::{CommandId, ReportId};

use super::{Form, Onward};
use crate::error::WebError;
use crate::form::Reading;
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// `POST /reports/{report}/accept`
pub(super) async fn accept(
    State(desk): State<Desk>,
    officer: SignedIn,
    Path(report): Path<ReportId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let form = Form { desk: &desk, officer: &officer, report, name: "accept" };
    let done = carry_out(&form, &sent).await;
    form.answer(sent, done).await
}

async fn carry_out(form: &Form<'_>, sent: &Sent) -> Result<Onward, WebError> {
    form.check_sight().await?;
    let mut reading = Reading::of(sent, &form.officer.visitor);
    let command = reading.command();
    let happened_at = reading.time_or_none("happened_at");
    let title = reading.line("title");
    let class = class(&mut reading, form.desk);
    let classify = reading.choice_or_none::<CommandId>("classify");
    let (command, title) = reading.done(command.zip(title))?;
    let accepting = Accepting { by: form.officer.viewer.actor.clone(), role: None, happened_at };
    let into = Acceptance::Open(title);
    let incident = form.desk.accept(form.report, command, accepting, into).await?;
    let said = match class.zip(classify) {
        None => "said-accepted",
        Some((class, command)) => {
            let asked =
                IncidentCommand::Classify { classes: [class.clone()].into(), primary: class };
            let asked = Asked::now(form.officer.viewer.actor.clone(), asked);
            match form.desk.act_on_incident(incident, command, asked, Vec::new()).await {
                Ok(_) => "said-accepted",
                Err(_) => "said-accepted-unclassified", // it is open all the same
            }
        }
    };
    Ok(Onward { to: routes::incident(incident), said })
}

/// The class that was chosen, if the plan has it.
fn class(reading: &mut Reading<'_>, desk: &Desk) -> Option<ClassRef> {
    let chosen = reading.text("class").trim();
    if chosen.is_empty() {
        return None;
    }
    let plan = desk.lead_plan();
    let taxonomies = plan.iter().flat_map(|plan| &plan.taxonomies);
    let mut classes = taxonomies.flat_map(|taxonomy| {
        taxonomy
            .classes
            .iter()
            .map(|class| ClassRef { taxonomy: taxonomy.id.clone(), code: class.code.clone() })
    });
    let found = classes.find(|it| format!("{}|{}", it.taxonomy, it.code) == chosen);
    if found.is_none() {
        reading.wrong("class", "error-choice");
    }
    found
}
