//! Every path, and who may take it: one table, which the guard and the tests read.
//!
//! A route that is not in the table answers as if it did not exist, so that nothing is open by mistake.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fengsui_desk::{Capacity, Viewer};
use fengsui_vocabulary::{
    AccountabilityId, BlobId, IncidentId, MessageId, OrganisationId, PlanId, ReportId, ShiftId,
};

use crate::error::WebError;
use crate::session::Visitor;
use crate::state::Web;
use crate::{api, screens};

pub(crate) const HOME: &str = "/";
pub(crate) const DESK: &str = "/desk";
pub(crate) const HOTLINE: &str = "/hotline";
pub(crate) const SHIFT: &str = "/shift";
pub(crate) const BACK_ENTRY: &str = "/back-entry";
pub(crate) const REPORTS: &str = "/reports";
pub(crate) const INCIDENTS: &str = "/incidents";
pub(crate) const ORGANISATIONS: &str = "/organisations";
pub(crate) const MINE: &str = "/mine";
pub(crate) const MESSAGES: &str = "/messages";
pub(crate) const ROSTER: &str = "/roster";
pub(crate) const CALL_OUTS: &str = "/call-outs";
pub(crate) const ACCOUNTABILITY: &str = "/accountability";
pub(crate) const PLANS: &str = "/plans";
pub(crate) const SEARCH: &str = "/search";
pub(crate) const WATCH: &str = "/watch";
pub(crate) const CUSTODY: &str = "/custody";
pub(crate) const ADMIN: &str = "/admin";
pub(crate) const SIGN_IN: &str = "/sign-in";
pub(crate) const SIGN_OUT: &str = "/sign-out";
pub(crate) const LANGUAGE: &str = "/language";
pub(crate) const THEME: &str = "/theme";
pub(crate) const LIVE: &str = "/live";
pub(crate) const HEALTH: &str = "/health";
pub(crate) const PUBLIC_REPORT: &str = "/report";
pub(crate) const LOOK_UP: &str = "/report/look-up";
pub(crate) const LOOK_UP_LEAVE: &str = "/report/look-up/leave";
pub(crate) const SUPPLEMENT: &str = "/report/look-up/supplement";

/// The door, and where it leads afterwards.
pub(crate) fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", crate::page::escaped(next))
}

/// The page of an incident.
pub(crate) fn incident(incident: IncidentId) -> String {
    format!("/incidents/{incident}")
}

/// The page of a report.
pub(crate) fn report(report: ReportId) -> String {
    format!("/reports/{report}")
}

/// Where a form of a report posts.
pub(crate) fn report_part(report: ReportId, part: &str) -> String {
    format!("/reports/{report}/{part}")
}

/// A file of a report.
pub(crate) fn report_file(report: ReportId, file: BlobId) -> String {
    format!("/reports/{report}/files/{file}")
}

/// The custody of a subject, which is named by its stream.
pub(crate) fn custody(subject: &str) -> String {
    format!("{CUSTODY}/{}", crate::page::escaped(subject))
}

/// The page of a shift.
pub(crate) fn shift(shift: ShiftId) -> String {
    format!("/shift/{shift}")
}

/// The page of an organisation.
pub(crate) fn organisation(organisation: OrganisationId) -> String {
    format!("/organisations/{organisation}")
}

/// The page of a message.
pub(crate) fn message(message: MessageId) -> String {
    format!("/messages/{message}")
}

/// The page of an accountability file.
pub(crate) fn accountability(file: AccountabilityId) -> String {
    format!("{ACCOUNTABILITY}/{file}")
}

/// The page of a plan.
pub(crate) fn plan(plan: &PlanId) -> String {
    format!("/plans/{plan}")
}

/// A clause on the page of its plan.
pub(crate) fn clause(plan: &PlanId, clause: &str) -> String {
    format!("/plans/{plan}#c-{clause}")
}

/// Where a reporter answers a question.
pub(crate) fn answer(question: u32) -> String {
    format!("/report/look-up/answers/{question}")
}

/// Where a stream of the journal has its page, if it has one.
pub(crate) fn of_stream(stream: &str) -> Option<String> {
    let (sort, id) = stream.split_once(':')?;
    match sort {
        "report" => id.parse().ok().map(report),
        "incident" => id.parse().ok().map(incident),
        "organisation" => id.parse().ok().map(organisation),
        "message" => id.parse().ok().map(message),
        "call_out" => id.parse().ok().map(screens::call_outs::path),
        "accountability" => id.parse().ok().map(accountability),
        "shift" => id.parse().ok().map(shift),
        _ => None,
    }
}

/// One route: what is asked where, and who may ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with `{names}` for what varies.
    pub pattern: &'static str,
    /// Who may ask it.
    pub who: Who,
}

/// Who may take a route. What they see there is decided by their sight, what they may do by the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Public,
    /// A program with a token; the API checks it.
    Client,
    /// Everybody who is signed in.
    SignedIn,
    /// People whose work is incidents, not only their organisation's misfortune.
    Handlers,
    /// People with any of these capacities.
    Any(&'static [Capacity]),
}

impl Route {
    /// A route that reads.
    pub(crate) const fn get(pattern: &'static str, who: Who) -> Self {
        Self { method: "GET", pattern, who }
    }

    /// A route that writes.
    pub(crate) const fn post(pattern: &'static str, who: Who) -> Self {
        Self { method: "POST", pattern, who }
    }
}

impl Who {
    fn admits(self, viewer: Option<&Viewer>) -> bool {
        match self {
            Self::Public | Self::Client => true,
            Self::SignedIn => viewer.is_some(),
            Self::Handlers => viewer.is_some_and(Viewer::handles),
            Self::Any(capacities) => viewer.is_some_and(|viewer| viewer.is_any(capacities)),
        }
    }
}

/// Every route of the program.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    [
        FRAME,
        screens::sign_in::ROUTES,
        screens::desk::ROUTES,
        screens::self_watch::ROUTES,
        screens::reports::ROUTES,
        screens::hotline::ROUTES,
        screens::shift::ROUTES,
        screens::back_entry::ROUTES,
        screens::public::ROUTES,
        screens::incidents::ROUTES,
        screens::organisations::ROUTES,
        screens::mine::ROUTES,
        screens::messages::ROUTES,
        screens::roster::ROUTES,
        screens::call_outs::ROUTES,
        screens::accountability::ROUTES,
        screens::plans::ROUTES,
        screens::search::ROUTES,
        screens::watch::ROUTES,
        screens::custody::ROUTES,
        screens::admin::ROUTES,
        api::ROUTES,
        api::VERBS,
    ]
    .into_iter()
    .flatten()
}

/// What belongs to no screen.
const FRAME: &[Route] = &[
    Route::get("/assets/{name}", Who::Public),
    Route::get(HOME, Who::Public),
    Route::get(LANGUAGE, Who::Public),
    Route::post(LANGUAGE, Who::Public),
    Route::get(THEME, Who::Public),
    Route::get(LIVE, Who::SignedIn),
];

static TABLE: LazyLock<BTreeMap<(&str, &str), Who>> =
    LazyLock::new(|| routes().map(|it| ((it.method, it.pattern), it.who)).collect());

/// Lets through whoever the table admits.
pub(crate) async fn guard(
    State(_): State<Web>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    match check(&visitor, &request) {
        Ok(()) => next.run(request).await,
        Err(fault) => fault.into_response(),
    }
}

fn check(visitor: &Visitor, request: &Request) -> Result<(), WebError> {
    let pattern = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let who = *TABLE.get(&(method, pattern)).ok_or(WebError::NoSuchPage)?;
    if who.admits(visitor.viewer()) {
        return Ok(());
    }
    Err(match visitor.viewer() {
        None => WebError::SignInFirst { next: visitor.path().to_owned() },
        Some(_) => WebError::NotForYou,
    })
}

/// Whether a path is for programs, which bring a token instead of a session.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/assets/")
}

/// The screen on which a form stands, by the path to which it posts: the longest beginning that can be
/// read.
pub(crate) fn screen_of(path: &str) -> &str {
    let mut rest = path;
    loop {
        if routes().any(|route| route.method == "GET" && fits(route.pattern, rest)) {
            return rest;
        }
        match rest.rsplit_once('/') {
            Some((shorter, _)) if !shorter.is_empty() => rest = shorter,
            Some(_) | None => return HOME,
        }
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found || wanted.starts_with('{') => {}
            (Some(_), _) | (None, Some(_)) => return false,
        }
    }
}

/// A place on this server to go on to; anything else becomes the home page.
pub(crate) fn local(path: Option<&str>) -> &str {
    path.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(['\\', '\n', '\r'])
            && path.len() <= 2_000
    })
    .unwrap_or(HOME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_the_screen_it_stood_on() {
        assert_eq!(screen_of("/report/look-up/supplement"), "/report/look-up");
        assert_eq!(screen_of("/sign-in"), "/sign-in");
        assert_eq!(screen_of("/nothing/here"), "/");
    }

    #[test]
    fn only_places_on_this_server_are_gone_on_to() {
        assert_eq!(local(Some("/reports?state=waiting")), "/reports?state=waiting");
        for bad in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            assert_eq!(local(Some(bad)), "/", "{bad}");
        }
    }

    #[test]
    fn no_route_is_listed_twice() {
        assert_eq!(TABLE.len(), routes().count());
    }
}
