//! `GET /plans/{plan}/authorities`: who may do what, who is who here, and what the text leaves open.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk};
use fengsui_plan::{Authority, How};
use fengsui_vocabulary::PlanId;

use super::frame::{Frame, Leaf};
use super::{policies, tables};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::parts::{Html, Notice, Tone};
use crate::session::SignedIn;
use crate::views::Section;

/// `GET /plans/{plan}/authorities`
pub(super) async fn authorities(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    draw(&desk, &frame, StatusCode::OK, None)
}

/// The page, perhaps with a form that came back.
pub(super) fn draw(
    desk: &Desk,
    frame: &Frame,
    status: StatusCode,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let (words, wording) = (frame.reader.words(), frame.wording());
    let is_lead = desk.lead_plan().is_some_and(|lead| lead.id == frame.plan.id);
    let filled = if is_lead { desk.roles() } else { Vec::new() };
    let table = |table| Html::of(&table);
    let mut sections = vec![
        Section::new("authorities", words.t("authority"), table(tables::authorities(&wording))),
        Section::new("roles", words.t("book-roles"), table(tables::roles(&wording, &filled))),
        Section::new("policies", words.t("plan-policies"), table(tables::policies(&wording))),
    ];
    let local = policies::of_plan(desk, frame);
    sections.insert(
        1,
        Section::new("local", words.t("plan-local"), table(policies::table(frame, &local))),
    );
    let mut view = frame.general(Leaf::Authorities, sections);
    view.page.notices.extend(blocked(frame));
    if frame.reader.viewer.is(Capacity::PlanOfficer) {
        view.acts = policies::acts(frame, &local, returned);
    }
    drawn_as(status, &view)
}

/// What nobody may do before somebody is named.
fn blocked(frame: &Frame) -> Option<Notice> {
    let (words, wording) = (frame.reader.words(), frame.wording());
    let open: Vec<&Authority> =
        frame.plan.authorities.iter().filter(|it| it.how == How::Undefined).collect();
    if open.is_empty() {
        return None;
    }
    let title = words.tn("plan-blocked-title", open.len());
    Some(open.iter().fold(Notice::new(Tone::Attention, title), |notice, authority| {
        let (act, levels) = (wording.act(authority.act), wording.levels(authority));
        let clause = authority.clause.as_str();
        let args = [("act", act.as_str()), ("level", levels.as_str()), ("clause", clause)];
        notice.line(words.ta("plan-blocked-line", &args))
    }))
}
