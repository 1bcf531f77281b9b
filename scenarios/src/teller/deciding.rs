//! Deciding: facts, classes, levels, responses, approvals, the end.

use fengsui_desk::content::Writing;
use fengsui_response::incident::{
    IncidentCommand, OnBehalf, RecordFacts, SubmitProposal, VoiceDecision,
};
use fengsui_response::{ClassRef, Means, Outlook, ReadBack, Step as ResponseStep};
use fengsui_vocabulary::TaxonomyCode;

use super::{Teller, all, facts, needed, optional, parsed};
use crate::StoryFault;
use crate::script::Step;

impl Teller<'_> {
    pub(super) async fn classifies(&mut self, step: &Step) -> Result<String, StoryFault> {
        let codes: Vec<TaxonomyCode> = all(step, "class")?;
        let plan = self.desk.lead_plan();
        let taxonomy = plan.as_ref().and_then(|plan| plan.taxonomies.first());
        let taxonomy = taxonomy.map(|taxonomy| taxonomy.id.clone()).unwrap_or_default();
        let class = |code: TaxonomyCode| ClassRef { taxonomy: taxonomy.clone(), code };
        let classes: Vec<ClassRef> = codes.into_iter().map(class).collect();
        let primary = classes.first().cloned();
        let primary = primary.ok_or_else(|| StoryFault::said(&*step.text, "needs a class"))?;
        let classes = classes.into_iter().collect();
        self.act(step, IncidentCommand::Classify { classes, primary }).await
    }

    pub(super) async fn records(&mut self, step: &Step) -> Result<String, StoryFault> {
        let command = IncidentCommand::RecordFacts(RecordFacts {
            facts: facts(step)?,
            said_by: None,
            ground: optional(step, "ground")?,
            outlook: Outlook::Observed,
        });
        self.act(step, command).await
    }

    pub(super) async fn judges(&mut self, step: &Step) -> Result<String, StoryFault> {
        let plan = self.desk.lead_plan().map(|plan| plan.id.clone());
        let plan = plan.ok_or_else(|| StoryFault::said("plan", "none is adopted"))?;
        let level = parsed(step, "level")?;
        let reason = optional(step, "reason")?;
        self.act(step, IncidentCommand::JudgeLevel { plan, level, reason }).await
    }

    pub(super) async fn voices(&mut self, step: &Step) -> Result<String, StoryFault> {
        let command = IncidentCommand::VoiceDecision(VoiceDecision {
            step: response_step(step)?,
            level: parsed(step, "level")?,
            scope: parsed(step, "scope")?,
            reason: optional(step, "reason")?,
        });
        self.act(step, command).await
    }

    pub(super) async fn proposes(&mut self, step: &Step) -> Result<String, StoryFault> {
        let text = self.desk.write_text(&Writing { text: parsed(step, "says")? }).await?;
        let command = IncidentCommand::SubmitProposal(SubmitProposal {
            step: response_step(step)?,
            level: parsed(step, "level")?,
            scope: parsed(step, "scope")?,
            text: text.reference.clone(),
            meets: optional(step, "meets")?,
        });
        self.act_with(step, command, vec![text]).await
    }

    pub(super) async fn endorses(&mut self, step: &Step) -> Result<String, StoryFault> {
        let digest = self.proposal().await?;
        let meets = optional(step, "meets")?;
        self.act(step, IncidentCommand::EndorseProposal { digest, meets }).await
    }

    pub(super) async fn approves(&mut self, step: &Step) -> Result<String, StoryFault> {
        let digest = self.proposal().await?;
        self.act(step, IncidentCommand::ApproveProposal { digest }).await
    }

    pub(super) async fn notes_approval(&mut self, step: &Step) -> Result<String, StoryFault> {
        let on_behalf = OnBehalf {
            role: parsed(step, "of")?,
            means: Means::Telephone,
            read_back: ReadBack::Confirmed,
            record: None,
        };
        let digest = self.proposal().await?;
        self.act(step, IncidentCommand::RecordApproval { digest, on_behalf }).await
    }

    pub(super) async fn confirms(&mut self, step: &Step) -> Result<String, StoryFault> {
        let digest = self.proposal().await?;
        self.act(step, IncidentCommand::ConfirmApproval { digest }).await
    }

    pub(super) async fn reviews(&mut self, step: &Step) -> Result<String, StoryFault> {
        let text = self.desk.write_text(&Writing { text: parsed(step, "says")? }).await?;
        let command = IncidentCommand::Review { text: text.reference.clone() };
        self.act_with(step, command, vec![text]).await
    }

    pub(super) async fn closes(&mut self, step: &Step) -> Result<String, StoryFault> {
        let note = optional(step, "note")?;
        self.act(step, IncidentCommand::Close { note }).await
    }

    /// The digest of the last proposal.
    async fn proposal(&self) -> Result<String, StoryFault> {
        let viewer = self.viewer("lin").await?;
        let view = self.desk.incident(&viewer, self.incident()?).await?;
        let last = view.incident.response.proposals.last();
        let last = last.ok_or_else(|| StoryFault::said("proposal", "there is none"))?;
        Ok(last.text.digest.clone())
    }
}

fn response_step(step: &Step) -> Result<ResponseStep, StoryFault> {
    match needed(step, "step")? {
        "start" => Ok(ResponseStep::Start),
        "adjust" => Ok(ResponseStep::Adjust),
        "end" => Ok(ResponseStep::End),
        other => Err(StoryFault::said(other, "expected start, adjust or end")),
    }
}
