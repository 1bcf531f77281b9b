//! Addresses of the incident screens.

use fengsui_vocabulary::{BlobId, IncidentId, ReportId};

use super::tabs::Tab;

/// The list.
pub(super) const LIST: &str = "/incidents";

pub(super) fn incident(incident: IncidentId) -> String {
    format!("{LIST}/{incident}")
}

pub(super) fn tab(id: IncidentId, tab: Tab) -> String {
    match tab {
        Tab::Overview => incident(id),
        Tab::Facts
        | Tab::Organisations
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

pub(super) fn compose(id: IncidentId, form: &str, by: &str) -> String {
    format!("{LIST}/{id}?tab=documents&form={form}&by={by}#act-do-documents")
}

pub(super) fn report(report: ReportId) -> String {
    format!("/reports/{report}")
}
