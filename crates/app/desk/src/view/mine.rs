//! My organisation: what it owes to whom by when, its reports, where its incidents stand.

use fengsui_store::{Direction, Filter, Select, Value};
use fengsui_vocabulary::{Label, OrganisationId};
use serde::Serialize;

use super::list::{PAGE_LINES, incident_line};
use super::{DutyLine, IncidentLine, ReportFilter, ReportLine};
use crate::boards::{DUTY_DUE, INCIDENT};
use crate::viewer::{Viewer, own_key};
use crate::{Desk, DeskFault};

/// What a unit sees of itself.
#[derive(Clone, Debug, Serialize)]
pub struct MineView {
    /// The organisation and everything below it.
    pub organisations: Vec<(OrganisationId, Label)>,
    /// Its own duties, open ones first, the next due first.
    pub duties: Vec<DutyLine>,
    /// Its reports, the newest first.
    pub reports: Vec<ReportLine>,
    /// Where its incidents stand; nothing of other organisations.
    pub incidents: Vec<IncidentLine>,
}

impl Desk {
    /// What a unit sees of itself.
    pub async fn mine(&self, viewer: &Viewer) -> Result<MineView, DeskFault> {
        let directory = self.directory();
        let own: Vec<Value> = viewer.organisations.iter().map(|id| id.to_string().into()).collect();
        let mut sight = viewer.sight();
        if let fengsui_store::Sight::Keys(keys) = &mut sight {
            keys.extend(viewer.organisations.iter().map(own_key));
        }
        let duties = Select::of(&DUTY_DUE, sight)
            .filter(Filter::In("organisation", own))
            .order("is_open", Direction::Descending)
            .order("sort_at", Direction::Ascending)
            .limit(PAGE_LINES);
        let incidents = Select::of(&INCIDENT, viewer.own_sight())
            .order("opened_at", Direction::Descending)
            .limit(PAGE_LINES);
        let reports = self.reports(&own_reports(viewer), &ReportFilter::default()).await?;
        Ok(MineView {
            organisations: viewer
                .organisations
                .iter()
                .map(|id| (*id, directory.name_of(*id)))
                .collect(),
            duties: self.duty_lines(&duties).await?,
            reports: reports.lines,
            incidents: self.page(&incidents, incident_line).await?.lines,
        })
    }
}

/// The same viewer without roles or reach: only what is the organisation's own.
fn own_reports(viewer: &Viewer) -> Viewer {
    let mut own = viewer.clone();
    own.reach = crate::viewer::Reach::Own;
    own.actor.roles.clear();
    own.actor.elsewhere.clear();
    own
}
