//! Duties: met by a call or in writing, received, cleared, waived; and what they look like.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fengsui_desk::content::{CallRecord, DocumentText};
use fengsui_plan::{Channel, Duty, DutyState};
use fengsui_response::incident::{IncidentCommand, IssueDocument, MeetDuty, ReceiveReport};
use fengsui_response::{Delivery, ReadBack, Tick};
use fengsui_vocabulary::{DutyId, Lang, RoleId};

use super::{Teller, all, needed, optional, parsed};
use crate::script::Step;
use crate::{StoryFault, said};

/// Whose view of an incident the transcript shows.
const WATCHER: &str = "lin";

impl Teller<'_> {
    pub(super) async fn calls(&mut self, step: &Step) -> Result<String, StoryFault> {
        let (record, read_back) = (self.call(step).await?, ReadBack::Confirmed);
        let command = IncidentCommand::MeetDuty(MeetDuty {
            ticks: self.ticks(step).await?,
            channel: Channel::Oral,
            act: Delivery::Call { record: record.reference.clone(), read_back },
            late_because: optional(step, "late-because")?,
        });
        if self.incident.is_none() {
            return self.calls_before_acceptance(step, command, record).await;
        }
        self.act_with(step, command, vec![record]).await
    }

    async fn calls_before_acceptance(
        &self,
        step: &Step,
        command: IncidentCommand,
        record: fengsui_desk::Kept,
    ) -> Result<String, StoryFault> {
        let IncidentCommand::MeetDuty(meet) = command else {
            return Err(StoryFault::said(&*step.text, "only a call can come before acceptance"));
        };
        let asked = fengsui_response::Asked {
            by: self.actor(&step.who).await?,
            role: optional(step, "as")?,
            happened_at: self.happened_at(step)?,
            command: fengsui_response::report::ReportCommand::MeetDuty(meet),
        };
        let blobs = record.new.into_iter().collect();
        let done = self.desk.act_on_report(self.report()?, self.command(), asked, blobs).await?;
        Ok(super::listed(&done.kinds))
    }

    pub(super) async fn receives(&mut self, step: &Step) -> Result<String, StoryFault> {
        let channel = match needed(step, "channel")? {
            "oral" => Channel::Oral,
            "written" => Channel::Written,
            other => return Err(StoryFault::said(other, "expected oral or written")),
        };
        let mut kept = Vec::new();
        let act = if channel == Channel::Oral {
            let record = self.call(step).await?;
            let reference = record.reference.clone();
            kept.push(record);
            Delivery::Call { record: reference, read_back: ReadBack::Confirmed }
        } else {
            Delivery::Report { report: self.report()? }
        };
        let command = IncidentCommand::ReceiveReport(ReceiveReport {
            plan: None,
            by: parsed(step, "by")?,
            channel,
            report: self.report,
            act,
            late_because: optional(step, "late-because")?,
        });
        self.act_with(step, command, kept).await
    }

    pub(super) async fn writes(&mut self, step: &Step) -> Result<String, StoryFault> {
        let directory = self.desk.directory();
        let plan = self.desk.lead_plan();
        let named = |role: &RoleId| {
            let known = plan.as_ref().and_then(|plan| plan.roles.get(role));
            known.map_or_else(|| role.to_string(), |role| role.label.in_lang(Lang::Zh).to_owned())
        };
        drop(directory);
        let to: Vec<RoleId> = all(step, "to")?;
        let text = DocumentText {
            title: parsed(step, "title")?,
            stage: said("首报")?,
            addressees: to.iter().map(|role| said(&named(role))).collect::<Result<_, _>>()?,
            sender: said(&named(&parsed(step, "by")?))?,
            signatory: None,
            fields: Vec::new(),
            body: optional(step, "says")?,
        };
        let text = self.desk.write_text(&text).await?;
        let command = IncidentCommand::IssueDocument(IssueDocument {
            title: parsed(step, "title")?,
            form: optional(step, "form")?,
            number: None,
            text: text.reference.clone(),
            to: to.into_iter().collect(),
            meets: self.ticks(step).await?,
            late_because: optional(step, "late-because")?,
        });
        self.act_with(step, command, vec![text]).await
    }

    pub(super) async fn clears(&mut self, step: &Step) -> Result<String, StoryFault> {
        let command = IncidentCommand::ClearMiss { ticks: self.ticks(step).await? };
        self.act(step, command).await
    }

    pub(super) async fn waives(&mut self, step: &Step) -> Result<String, StoryFault> {
        let ticks = self.ticks(step).await?;
        let reason = parsed(step, "reason")?;
        self.act(step, IncidentCommand::WaiveDuty { ticks, reason }).await
    }

    async fn call(&self, step: &Step) -> Result<fengsui_desk::Kept, StoryFault> {
        let record = CallRecord {
            caller: optional(step, "caller")?.map_or_else(|| said("值班员"), Ok)?,
            callee: optional(step, "callee")?.map_or_else(|| said("值班员"), Ok)?,
            said: optional(step, "says")?.map_or_else(|| said("口头报告情况"), Ok)?,
        };
        Ok(self.desk.write_text(&record).await?)
    }

    /// The ticks of the duty, sender and recipients that a step names.
    async fn ticks(&self, step: &Step) -> Result<Vec<Tick>, StoryFault> {
        let duty: DutyId = parsed(step, "duty")?;
        let to: Vec<RoleId> = all(step, "to")?;
        let by: Option<RoleId> = optional(step, "by")?;
        let viewer = self.viewer(WATCHER).await?;
        let is_meant = |known: &Duty| {
            known.duty == duty
                && by.as_ref().is_none_or(|by| known.actor == *by)
                && (to.is_empty() || known.to.as_ref().is_some_and(|it| to.contains(it)))
        };
        let ticks: Vec<Tick> = if let Some(incident) = self.incident {
            let view = self.desk.incident(&viewer, incident).await?;
            let meant = view.duties.iter().filter(|duty| is_meant(duty));
            meant.map(|duty| view.incident.tick_of(duty)).collect()
        } else {
            let view = self.desk.report(&viewer, self.report()?).await?;
            let meant = view.duties.iter().filter(|duty| is_meant(duty));
            meant.map(|duty| Tick::of(duty, view.report.party_of(duty))).collect()
        };
        if ticks.is_empty() {
            return Err(StoryFault::said(duty.as_str(), "nobody owes this to them"));
        }
        Ok(ticks)
    }

    /// Lines of duties that look different from what they were after the last step.
    pub(super) async fn changed_duties(&mut self) -> Result<String, StoryFault> {
        let now = self.duty_lines().await?;
        let mut changed = String::new();
        for (key, line) in &now {
            let is_new = self.duties.get(key) != Some(line);
            if is_new && writeln!(changed, "{key} {line}").is_err() {
                break; // writing to a text does not fail
            }
        }
        self.duties = now;
        Ok(changed)
    }

    async fn duty_lines(&self) -> Result<BTreeMap<String, String>, StoryFault> {
        let viewer = self.viewer(WATCHER).await?;
        let duties = match (self.incident, self.report) {
            (Some(incident), _) => self.desk.incident(&viewer, incident).await?.duties,
            (None, Some(report)) => self.desk.report(&viewer, report).await?.duties,
            (None, None) => Vec::new(),
        };
        Ok(duties.iter().map(|duty| self.duty_line(duty)).collect())
    }

    fn duty_line(&self, duty: &Duty) -> (String, String) {
        let to = duty.to.as_ref().map_or("", |to| to.as_str());
        let key = format!("{:<18} {:<14} → {to:<22}", duty.duty.as_str(), duty.actor.as_str());
        let mut line = duty.due.map_or_else(|| "at once".to_owned(), |due| self.shown(due));
        if duty.due.is_none() && duty.kind == fengsui_plan::DutyKind::Undefined {
            "no time".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(state_words(duty.state));
        if let Some(done_at) = duty.done_at {
            line.push(' ');
            line.push_str(&self.shown(done_at));
            if duty.state == DutyState::Elapsed {
                let minutes = done_at.duration_since(duty.arose_at).as_mins();
                line.extend([" (", &minutes.to_string(), " min after it arose)"]);
            }
        }
        if !duty.also_read_as.is_empty() && duty.due.is_none() {
            let times: Vec<String> = duty.also_read_as.iter().map(|it| self.shown(*it)).collect();
            line.extend([" [by the text ", &times.join(", "), "]"]);
        }
        (key, line)
    }
}

const fn state_words(state: DutyState) -> &'static str {
    match state {
        DutyState::Pending => "owed",
        DutyState::Done | DutyState::Elapsed => "done",
        DutyState::DoneRecordedLate => "done, recorded late",
        DutyState::Late => "late",
        DutyState::Missed => "missed",
        DutyState::Waived => "waived",
        DutyState::Superseded => "superseded",
    }
}
