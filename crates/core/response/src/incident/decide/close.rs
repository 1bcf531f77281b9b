//! Reviewing, closing, reopening.

use fengsui_plan::Act;
use fengsui_vocabulary::Line;

use super::{Case, Decision};
use crate::incident::Status;
use crate::{BlobRef, IncidentClosed, IncidentReopened, IncidentReviewed, Refusal};

/// What is reviewed is over: the response has ended.
pub(super) fn review(case: &Case<'_>, text: &BlobRef) -> Decision {
    let role = case.acting(Act::Review)?;
    if case.incident.response.level().is_some() {
        return Err(Refusal::ResponseNotEnded);
    }
    Ok(case.only(IncidentReviewed { text: text.clone(), role }))
}

pub(super) fn close(case: &Case<'_>, note: Option<&Line>) -> Decision {
    let role = case.acting(Act::CloseIncident)?;
    case.incident
        .is_closable(case.scene.packs, case.scene.now)
        .map_err(|in_the_way| Refusal::NotClosable { in_the_way })?;
    Ok(case.only(IncidentClosed { role, note: note.cloned() }))
}

pub(super) fn reopen(case: &Case<'_>, reason: &Line) -> Decision {
    match case.incident.status {
        Status::Closed(_) => {}
        Status::Open | Status::Absent => return Err(Refusal::IncidentOpen),
    }
    let role = case.acting(Act::ReopenIncident)?;
    Ok(case.only(IncidentReopened { role, reason: reason.clone() }))
}
