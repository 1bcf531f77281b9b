//! Addresses of the incident screens.

use fengsui_vocabulary::{BlobId, FormId, IncidentId, PlanId, ReportId, RoleId};

use super::tabs::Tab;

/// The list.
pub(super) const LIST: &str = "/incidents";

/// The register of decisions not to report.
pub(super) const NOT_REPORTED: &str = "/incidents/not-reported";

pub(super) fn incident(incident: IncidentId) -> String {
    format!("{LIST}/{incident}")
}

pub(super) fn tab(id: IncidentId, tab: Tab) -> String {
    match tab {
        Tab::Overview => incident(id),
        Tab::Facts
        | Tab::Organisations
        | Tab::Plans
        | Tab::Duties
        | Tab::Response
        | Tab::Documents
        | Tab::Notes
        | Tab::Review => format!("{LIST}/{id}?tab={}", tab.name()),
    }
}

/// A tab with one of its acts open.
pub(super) fn act(id: IncidentId, tab: Tab, verb: &str) -> String {
    format!("{LIST}/{id}?tab={}&act={verb}#act-do-{verb}", tab.name())
}

/// The same, meant for one thing: a plan, or a duty with whatever goes with it.
pub(super) fn act_for(id: IncidentId, tab: Tab, verb: &str, meant: &str) -> String {
    let meant = crate::page::escaped(meant);
    format!("{LIST}/{id}?tab={}&act={verb}&for={meant}#act-do-{verb}", tab.name())
}

/// Where an act is posted to.
pub(super) fn post(id: IncidentId, verb: &str) -> String {
    format!("{LIST}/{id}/{verb}")
}

pub(super) fn text(id: IncidentId, text: BlobId) -> String {
    format!("{LIST}/{id}/texts/{text}")
}

pub(super) fn file(id: IncidentId) -> String {
    format!("{LIST}/{id}/print")
}

/// Where a document is shown before it is sent.
pub(super) fn preview(id: IncidentId) -> String {
    format!("{LIST}/{id}/preview")
}

/// Where a document of a plan is written: the plan, the form and the sender.
pub(super) fn compose(id: IncidentId, (plan, form, by): (&PlanId, &FormId, &RoleId)) -> String {
    format!("{LIST}/{id}?tab=documents&plan={plan}&form={form}&by={by}#act-do-documents")
}

/// A document that was issued, as pages.
pub(super) fn pdf(id: IncidentId, number: usize) -> String {
    format!("{LIST}/{id}/documents/{number}.pdf")
}

/// A document before it is sent, as pages.
pub(super) fn draft_pdf(id: IncidentId) -> String {
    format!("{LIST}/{id}/draft.pdf")
}

pub(super) fn report(report: ReportId) -> String {
    format!("/reports/{report}")
}
