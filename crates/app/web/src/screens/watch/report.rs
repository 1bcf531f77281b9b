//! `POST /watch/reports` and what follows: chosen records become a report of our own detection.
//!
//! The first step changes nothing: it shows what the report would say. The second takes it in.

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use fengsui_desk::{Desk, DeskFault, FieldProblem, Gathered, NotGathered, RECORDS_MAX, Receipt};
use fengsui_records::Place;
use fengsui_vocabulary::CommandId;

use super::asked::Asked;
use super::report_form::{self, FORM, PLACES};
use super::{SEARCH, lookout, no_answer, not_set_up};
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::form::Returned;
use crate::lang::Words;
use crate::routes;
use crate::session::SignedIn;
use crate::state::Web;
use crate::upload::Sent;

/// `POST /watch/reports`
pub(super) async fn prepare(
    State(desk): State<Desk>,
    officer: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    if lookout(&desk, &officer)?.is_none() {
        return drawn(&not_set_up(&officer, SEARCH));
    }
    let places = match sent.text("which") {
        "all" => all_found(&desk, &officer, sent.text("search")).await,
        _ => Ok(sent.all("place").iter().filter_map(|place| place.parse().ok()).collect()),
    };
    let gathered = match places {
        Ok(places) if places.is_empty() => {
            return drawn(&report_form::nothing_chosen(&officer, sent.text("search")));
        }
        Ok(places) => desk.gather(&officer.viewer, &places).await,
        Err(fault) => Err(fault),
    };
    match gathered {
        Ok(gathered) => drawn(&report_form::screen(&desk, &officer, &gathered, None)),
        Err(fault) => Err(refused(fault, officer.words())),
    }
}

/// `POST /watch/reports/take-in`
pub(super) async fn take_in(
    State(web): State<Web>,
    officer: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    match carry_out(&web.desk, &officer, &sent).await {
        Ok(taken) => {
            Ok(officer.visitor.on_to(&routes::report(taken.report), "said-detected-taken-in"))
        }
        Err(error) => {
            let places = places_of(&sent);
            let returned = Returned::of(FORM, sent, error, &officer.visitor)?;
            let gathered: Gathered = web
                .desk
                .gather(&officer.viewer, &places)
                .await
                .map_err(|fault| refused(fault, officer.words()))?;
            let screen = report_form::screen(&web.desk, &officer, &gathered, Some(&returned));
            drawn_as(returned.status(), &screen)
        }
    }
}

async fn carry_out(desk: &Desk, officer: &SignedIn, sent: &Sent) -> Result<Receipt, WebError> {
    let (command, detected): (CommandId, _) = report_form::read(desk, officer, sent)?;
    let taken = desk.take_in_detected(&officer.viewer, command, detected).await;
    taken.map_err(|fault| refused(fault, officer.words()))
}

/// The places that a form carries, a line each.
pub(super) fn places_of(sent: &Sent) -> Vec<Place> {
    sent.text(PLACES).lines().filter_map(|line| line.trim().parse().ok()).collect()
}

/// Everything that a search finds, up to the most that one report may hold.
async fn all_found(
    desk: &Desk,
    officer: &SignedIn,
    query: &str,
) -> Result<Vec<Place>, NotGathered> {
    let watch = desk.lookout().ok_or(NotGathered::NoWatch)?;
    let uri: Uri = format!("{SEARCH}?{query}").parse().unwrap_or_default();
    let asked = Query::<Asked>::try_from_uri(&uri).map(|Query(asked)| asked).unwrap_or_default();
    let search = asked.read(desk, officer).map_err(|problems| {
        let problems = problems.into_iter().map(|(name, problem)| FieldProblem::new(name, problem));
        DeskFault::Malformed(problems.collect())
    })?;
    let found = watch.find(&search, 0, RECORDS_MAX).await?;
    Ok(found.hits.into_iter().map(|hit| hit.place).collect())
}

/// What the form says of records that did not become a report.
fn refused(fault: NotGathered, words: Words) -> WebError {
    let problem = match fault {
        NotGathered::Desk(fault) => return fault.into(),
        NotGathered::NoWatch => words.t("lookout-none").into_owned(),
        NotGathered::NoAnswer(fault) => no_answer(&fault, words).1,
        NotGathered::Unseen { .. } => return DeskFault::Absent.into(),
    };
    WebError::mend(vec![FieldProblem::new(PLACES, problem)])
}
