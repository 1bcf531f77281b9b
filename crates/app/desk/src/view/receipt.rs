//! What a reporter sees with a receipt's number and secret, without an account.

use fengsui_plan::{Duty, DutyState};
use fengsui_response::ReportEvent;
use fengsui_response::incident::Incident;
use fengsui_response::report::ReportStatus;
use fengsui_store::{Filter, Select, Sight};
use fengsui_vocabulary::{Label, ReportId, RoleId};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::ReportView;
use crate::boards::REPORT;
use crate::content::Writing;
use crate::secret::receipt_secret;
use crate::stream::{incident_stream, report_stream};
use crate::{Desk, DeskFault};

/// What a reporter sees.
#[derive(Clone, Debug)]
pub struct ReceiptView {
    /// The report as it stands.
    pub report: ReportView,
    /// What the reporter still owes, and what was done.
    pub owed: Vec<Owed>,
    /// When it was accepted, if it was.
    pub accepted_at: Option<Timestamp>,
    /// When handling of its incident ended, if it has.
    pub closed_at: Option<Timestamp>,
    /// The results that were told.
    pub results: Vec<String>,
    /// The place of the report's first entry in the journal.
    pub position: u64,
    /// The hash of that entry.
    pub leaf: String,
}

/// One thing a reporter owes, with where to call.
#[derive(Clone, Debug)]
pub struct Owed {
    /// The duty.
    pub duty: Duty,
    /// The recipient's name here.
    pub recipient: Label,
    /// The telephone of the recipient's duty room.
    pub telephone: Option<String>,
}

impl Owed {
    /// Whether something still has to be done.
    pub const fn is_open(&self) -> bool {
        matches!(self.duty.state, DutyState::Pending | DutyState::Missed)
    }
}

impl Desk {
    /// The report of a number, if the secret is its own. A wrong number and a wrong secret get the same
    /// answer, in the same time as far as we can help it.
    pub async fn open_receipt(&self, number: &str, secret: &str) -> Result<ReportId, DeskFault> {
        let number = number.trim().to_uppercase();
        let secret: String =
            secret.trim().to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let select = Select::of(&REPORT, Sight::Everything)
            .filter(Filter::Eq("number", number.into()))
            .limit(1);
        let rows = self.store().rows(&select).await?;
        let report = rows.first().and_then(|row| row.stream().strip_prefix("report:"));
        let report = report.and_then(|id| id.parse().ok());
        let right = receipt_secret(self.receipt_key(), report.unwrap_or(ReportId::from_bits(0)));
        let is_right: bool = right.as_bytes().ct_eq(secret.as_bytes()).into();
        report.filter(|_| is_right).ok_or(DeskFault::Absent)
    }

    /// What a reporter sees of a report whose receipt was opened.
    pub async fn receipt_view(&self, id: ReportId) -> Result<ReceiptView, DeskFault> {
        let report = self.report_view(id).await?;
        let leaf = self.store().stream(&report_stream(id), 0, 1).await?;
        let leaf = leaf.into_iter().next().ok_or(DeskFault::Absent)?;
        let is_acceptance = |event: &ReportEvent| matches!(event, ReportEvent::Accepted(_));
        let accepted = report.report.log.iter().find(|it| is_acceptance(&it.event));
        let accepted_at = accepted.map(|recorded| recorded.happened_at);
        let (duties, closed_at) = match report.report.incidents.keys().next_back() {
            Some(incident) if matches!(report.report.status, ReportStatus::Accepted) => {
                self.of_incident(&report, *incident).await?
            }
            Some(_) | None => (report.duties.clone(), None),
        };
        let results = report.report.results.iter();
        let results = results.filter_map(|text| report.text::<Writing>(text));
        Ok(ReceiptView {
            results: results.map(|writing| writing.text.to_string()).collect(),
            owed: duties.into_iter().map(|duty| self.owed(&report, duty)).collect(),
            accepted_at,
            closed_at,
            position: leaf.position,
            leaf: leaf.hash.to_string(),
            report,
        })
    }

    /// The duties of the report's own organisations in its incident, and when that was closed.
    async fn of_incident(
        &self,
        report: &ReportView,
        incident: fengsui_vocabulary::IncidentId,
    ) -> Result<(Vec<Duty>, Option<Timestamp>), DeskFault> {
        let loaded = self.load_existing::<Incident>(incident_stream(incident)).await?;
        let packs = self.packs();
        let keys: Vec<String> = report
            .report
            .affected
            .keys()
            .flat_map(|party| [loaded.state.key(party), report.report.key(party)])
            .collect();
        let mut duties = loaded.state.duties_under(&packs, self.now().max(loaded.recorded_at));
        duties.retain(|duty| duty.organisation.as_ref().is_some_and(|key| keys.contains(key)));
        let closed_at = match loaded.state.status {
            fengsui_response::incident::Status::Closed(at) => Some(at),
            fengsui_response::incident::Status::Open
            | fengsui_response::incident::Status::Absent => None,
        };
        Ok((duties, closed_at))
    }

    fn owed(&self, report: &ReportView, duty: Duty) -> Owed {
        let directory = self.directory();
        let district = report
            .report
            .party_of(&duty)
            .and_then(|party| report.report.affected.get(&party)?.district.clone());
        let lead = report.lead.as_deref();
        let recipient = duty
            .to
            .as_ref()
            .zip(lead)
            .and_then(|(role, plan)| directory.filled_by(plan, role, district.as_ref()));
        let telephone = recipient
            .and_then(|id| directory.details(id)?.duty_telephone.as_ref().map(ToString::to_string));
        let role_label = |role: &RoleId| {
            lead.and_then(|plan| plan.roles.get(role)).map(|role| role.label.clone())
        };
        let recipient = match duty.to.as_ref().and_then(role_label) {
            Some(label) => label,
            None => recipient.map(|id| directory.name_of(id)).unwrap_or_default(),
        };
        Owed { duty, recipient, telephone }
    }
}
