//! 报告: what was taken in, and what is decided about it before an incident takes over.

mod accept;
mod ask;
mod call;
mod clear;
mod decline;
mod detail;
mod duplicates;
mod file;
mod forms;
mod identify;
mod join;
mod list;
mod merge;
mod receive;
mod reopen;
mod seal;
mod set_anchor;
mod story;
mod tell;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use fengsui_desk::{Desk, DeskFault};
use fengsui_response::Asked;
use fengsui_response::report::ReportCommand;
use fengsui_vocabulary::{CommandId, ReportId};
use jiff::Timestamp;

pub(crate) use file::download;

use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::routes::{self, Route, Who};
use crate::session::SignedIn;
use crate::state::Web;
use crate::upload::Sent;

/// Who may take which route; what they may do there is the plan's.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(routes::REPORTS, Who::Handlers),
    Route::get("/reports/{report}", Who::SignedIn),
    Route::get("/reports/{report}/files/{file}", Who::SignedIn),
    Route::post("/reports/{report}/accept", Who::Handlers),
    Route::post("/reports/{report}/join", Who::Handlers),
    Route::post("/reports/{report}/decline", Who::Handlers),
    Route::post("/reports/{report}/reopen", Who::Handlers),
    Route::post("/reports/{report}/seal", Who::Handlers),
    Route::post("/reports/{report}/ask", Who::Handlers),
    Route::post("/reports/{report}/tell", Who::Handlers),
    Route::post("/reports/{report}/call", Who::SignedIn),
    Route::post("/reports/{report}/receive", Who::Handlers),
    Route::post("/reports/{report}/clear", Who::Handlers),
    Route::post("/reports/{report}/identify", Who::Handlers),
    Route::post("/reports/{report}/anchor", Who::Handlers),
    Route::post("/reports/{report}/merge", Who::Handlers),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(routes::REPORTS, get(list::list))
        .route("/reports/{report}", get(detail::show))
        .route("/reports/{report}/files/{file}", get(file::file))
        .route("/reports/{report}/accept", post(accept::accept))
        .route("/reports/{report}/join", post(join::join))
        .route("/reports/{report}/decline", post(decline::decline))
        .route("/reports/{report}/reopen", post(reopen::reopen))
        .route("/reports/{report}/seal", post(seal::seal))
        .route("/reports/{report}/ask", post(ask::ask))
        .route("/reports/{report}/tell", post(tell::tell))
        .route("/reports/{report}/call", post(call::call))
        .route("/reports/{report}/receive", post(receive::receive))
        .route("/reports/{report}/clear", post(clear::clear))
        .route("/reports/{report}/identify", post(identify::identify))
        .route("/reports/{report}/anchor", post(set_anchor::set_anchor))
        .route("/reports/{report}/merge", post(merge::merge))
}

/// A form of a report that was sent: by whom, about which report.
struct Form<'a> {
    desk: &'a Desk,
    officer: &'a SignedIn,
    report: ReportId,
    /// The name of the form on its screen.
    name: &'static str,
}

/// What follows a form that was carried out.
struct Onward {
    to: String,
    said: &'static str,
}

impl Form<'_> {
    /// Refuses a report that the officer may not see, whatever the form says.
    async fn check_sight(&self) -> Result<(), WebError> {
        self.desk.report(&self.officer.viewer, self.report).await?;
        Ok(())
    }

    /// Carries out a command of the officer on the report.
    async fn act(
        &self,
        command: CommandId,
        (what, happened_at): (ReportCommand, Option<Timestamp>),
        kept: Option<fengsui_desk::Kept>,
    ) -> Result<(), DeskFault> {
        let mut asked = Asked::now(self.officer.viewer.actor.clone(), what);
        asked.happened_at = happened_at;
        let blobs = kept.and_then(|kept| kept.new).into_iter().collect();
        self.desk.act_on_report(self.report, command, asked, blobs).await?;
        Ok(())
    }

    /// Back to the report, which says first what was done.
    fn done(&self, said: &'static str) -> Onward {
        Onward { to: routes::report(self.report), said }
    }

    /// On to the next screen, or back with what was typed and why it was turned down.
    async fn answer(
        &self,
        sent: Sent,
        done: Result<Onward, WebError>,
    ) -> Result<Response, WebError> {
        match done {
            Ok(onward) => Ok(self.officer.visitor.on_to(&onward.to, onward.said)),
            Err(error) => {
                let returned = Returned::of(self.name, sent, error, &self.officer.visitor)?;
                let view =
                    detail::screen(self.desk, self.officer, self.report, Some(&returned)).await?;
                drawn_as(returned.status(), &view)
            }
        }
    }
}
