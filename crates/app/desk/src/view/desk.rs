//! The desk: due next, waiting for me, reports to accept, running incidents.

use fengsui_store::{Filter, Select};
use fengsui_vocabulary::{DistrictCode, OrganisationId};
use serde::Serialize;

use super::{DutyLine, IncidentLine, OnlyOpen, ReportFilter, ReportLine, WaitingLine};
use crate::boards::REPORT;
use crate::viewer::Reach;
use crate::{Desk, DeskFault, Directory, Viewer};

/// Duties on the desk.
const DUTIES: u32 = 40;

/// Things that wait on the desk.
const WAITING: u32 = 40;

/// Reports on the desk.
const REPORTS: usize = 10;

/// What somebody on duty sees first.
#[derive(Clone, Debug, Serialize)]
pub struct DeskView {
    /// Open duties, the next due first.
    pub due: Vec<DutyLine>,
    /// Decisions that wait for the viewer.
    pub waiting: Vec<WaitingLine>,
    /// Reports that wait, the oldest first.
    pub reports: Vec<ReportLine>,
    /// How many reports wait in all.
    pub reports_waiting: u64,
    /// Running incidents, the newest first.
    pub incidents: Vec<IncidentLine>,
}

impl Desk {
    /// What somebody on duty sees first.
    pub async fn desk_view(&self, viewer: &Viewer) -> Result<DeskView, DeskFault> {
        let waiting = ReportFilter { state: Some("waiting".to_owned()), after: None };
        let count =
            Select::of(&REPORT, viewer.sight()).filter(Filter::Eq("state", "waiting".into()));
        let mut reports = self.reports(viewer, &waiting).await?.lines;
        reports.truncate(REPORTS);
        let mut due = self.due_next(viewer, DUTIES).await?;
        let directory = self.directory();
        due.retain(|duty| is_for(viewer, &directory, duty.organisation.as_deref()));
        Ok(DeskView {
            due,
            waiting: self.waiting_for(viewer, WAITING).await?,
            reports,
            reports_waiting: self.store().count(&count).await?,
            incidents: self.incidents(viewer, OnlyOpen::Yes, None).await?.lines,
        })
    }
}

/// Whether a line about an affected organisation is for this viewer: the authority of a district sees
/// its own district's part of an incident that reaches further.
pub(crate) fn is_for(viewer: &Viewer, directory: &Directory, organisation: Option<&str>) -> bool {
    let Some(organisation) = organisation else { return true };
    let Ok(organisation) = organisation.parse::<OrganisationId>() else {
        return viewer.reach == Reach::Whole; // not identified yet: for the desk alone
    };
    let district: Option<&DistrictCode> =
        directory.details(organisation).and_then(|details| details.district.as_ref());
    viewer.may_see_organisation(organisation, district)
}
