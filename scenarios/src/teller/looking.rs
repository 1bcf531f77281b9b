//! Looking: what the facts give, what a reporter sees, what others may not.

use fengsui_desk::{OnlyOpen, ReportFilter};
use fengsui_response::report::ReportStatus;

use super::Teller;
use crate::StoryFault;
use crate::script::Step;

impl Teller<'_> {
    /// What the facts give under the leading plan.
    pub(super) async fn grades(&mut self) -> Result<String, StoryFault> {
        let viewer = self.viewer("lin").await?;
        let view = self.desk.incident(&viewer, self.incident()?).await?;
        let Some(grade) = view.grade else { return Ok("nothing can be graded\n".to_owned()) };
        let level = |level: Option<&fengsui_vocabulary::LevelId>| {
            level.map_or_else(|| "none".to_owned(), ToString::to_string)
        };
        let mut told = vec![format!(
            "certain {}, possible {}\n",
            level(grade.certain.as_ref()),
            level(grade.possible.as_ref())
        )];
        for undecided in &grade.undecided {
            let ask: Vec<&str> = undecided.ask.iter().map(AsRef::as_ref).collect();
            let (level, clause) = (&undecided.level, &undecided.clause);
            told.push(format!("{level} if (clause {clause}): ask {}\n", ask.join(", ")));
        }
        Ok(told.concat())
    }

    /// What stands in the way of closing.
    pub(super) async fn is_asked(&mut self) -> Result<String, StoryFault> {
        let viewer = self.viewer("lin").await?;
        let view = self.desk.incident(&viewer, self.incident()?).await?;
        Ok(format!("{} things stand in the way of closing\n", view.in_the_way.len()))
    }

    /// What the reporter sees by number and secret.
    pub(super) async fn looks_up(&mut self) -> Result<String, StoryFault> {
        let (number, secret) = self
            .receipt
            .clone()
            .ok_or_else(|| StoryFault::said("receipt", "nobody holds one in this story yet"))?;
        let report = self.desk.open_receipt(&number, &secret).await?;
        let view = self.desk.receipt_view(report).await?;
        let state = match &view.report.report.status {
            ReportStatus::Absent => "absent".to_owned(),
            ReportStatus::Waiting => "received".to_owned(),
            ReportStatus::Accepted => "accepted".to_owned(),
            ReportStatus::Declined(reason) => format!("declined: {reason}"),
            ReportStatus::Sealed(_) => "sealed".to_owned(),
            ReportStatus::Split(_) => "split".to_owned(),
            ReportStatus::Merged(_) => "merged".to_owned(),
        };
        let mut told = vec![format!("the reporter sees: {state}\n")];
        for owed in view.owed.iter().filter(|owed| owed.is_open()) {
            let due = owed.duty.due.map_or_else(|| "at once".to_owned(), |due| self.shown(due));
            told.push(format!(
                "still owed: {} to {} at {}, by {due}\n",
                owed.duty.label.zh,
                owed.recipient.zh,
                owed.telephone.as_deref().unwrap_or("a telephone nobody registered"),
            ));
        }
        for result in &view.results {
            told.push(format!("result: {result}\n"));
        }
        Ok(told.concat())
    }

    /// What somebody sees of the story's report and incident, in every list and page.
    pub(super) async fn looks(&mut self, step: &Step) -> Result<String, StoryFault> {
        let viewer = self.viewer(&step.who).await?;
        let reports = self.desk.reports(&viewer, &ReportFilter::default()).await?.lines;
        let incidents = self.desk.incidents(&viewer, OnlyOpen::No, None).await?.lines;
        let mine = self.desk.mine(&viewer).await?;
        let found = self
            .desk
            .search(&viewer, super::optional::<String>(step, "for")?.as_deref().unwrap_or_default())
            .await?;
        let page = match self.incident {
            Some(incident) => self.desk.incident(&viewer, incident).await.is_ok(),
            None => self.desk.report(&viewer, self.report()?).await.is_ok(),
        };
        Ok(format!(
            "{} reports, {} incidents, {} own duties, {} found, the page {}\n",
            reports.len(),
            incidents.len(),
            mine.duties.len(),
            found.len(),
            if page { "opens" } else { "does not open" },
        ))
    }
}
