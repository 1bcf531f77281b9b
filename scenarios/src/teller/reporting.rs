//! Reports: taken in, supplemented, accepted, declined, answered.

use fengsui_desk::content::{Addition, ReportContent, Reporter, Writing};
use fengsui_desk::{Acceptance, Accepting, Added, Arrival, ArrivedFile};
use fengsui_response::report::ReportCommand;
use fengsui_response::{Affected, Anchors, Asked, IntakeChannel, ReportKind};
use fengsui_vocabulary::{Lang, Line};

use super::{Teller, all, facts, needed, optional, parsed};
use crate::script::Step;
use crate::{StoryFault, said};

impl Teller<'_> {
    pub(super) async fn reports(&mut self, step: &Step) -> Result<String, StoryFault> {
        let unit = needed(step, "unit")?;
        let organisation = self.desk.directory().named(unit);
        let time = |name: &str| {
            step.how.get(name).and_then(|it| it.first()).map(|it| self.time(it)).transpose()
        };
        let anchors = Anchors {
            occurred_at: time("occurred")?,
            discovered_at: time("discovered")?,
            informed_at: time("informed")?,
        };
        let files: Vec<Line> = all(step, "file")?;
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: optional(step, "to")?,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: facts(step)?,
            content: ReportContent {
                title: parsed(step, "title")?,
                description: parsed(step, "says")?,
                reporter: Reporter {
                    name: optional(step, "name")?,
                    telephone: optional(step, "telephone")?,
                    mail: None,
                },
                file_names: files.clone(),
                organisation: Some(said(unit)?),
                lang: Lang::Zh,
            },
            files: files.iter().map(file).collect::<Result<_, _>>()?,
            call: None,
            sealed_because: None,
        };
        let by = self.actor(&step.who).await?;
        let happened_at = self.happened_at(step)?;
        let receipt = self.desk.take_in(&by, self.command(), arrival, happened_at).await?;
        self.report = Some(receipt.report);
        self.incident = None;
        let told = format!(
            "receipt for the reporter: number and secret, entry {} of the journal, leaf hash\n",
            receipt.position
        );
        self.receipt = Some((receipt.number, receipt.secret));
        Ok(told)
    }

    pub(super) async fn supplements(&mut self, step: &Step) -> Result<String, StoryFault> {
        let addition = Addition { text: parsed(step, "says")?, file_names: Vec::new() };
        let added = Added { addition, files: Vec::new(), facts: facts(step)? };
        let by = self.actor(&step.who).await?;
        let done = self.desk.supplement(&by, self.report()?, self.command(), added).await?;
        Ok(super::listed(&done.kinds))
    }

    pub(super) async fn accepts(&mut self, step: &Step) -> Result<String, StoryFault> {
        let accepting = Accepting {
            by: self.actor(&step.who).await?,
            role: optional(step, "as")?,
            happened_at: None,
        };
        let into = Acceptance::Open(parsed(step, "title")?);
        let report = self.report()?;
        let incident = self.desk.accept(report, self.command(), accepting, into).await?;
        self.incident = Some(incident);
        Ok("report accepted, incident opened\n".to_owned())
    }

    pub(super) async fn declines(&mut self, step: &Step) -> Result<String, StoryFault> {
        let command = ReportCommand::Decline { reason: parsed(step, "reason")? };
        let asked = Asked::now(self.actor(&step.who).await?, command);
        let done =
            self.desk.act_on_report(self.report()?, self.command(), asked, Vec::new()).await?;
        Ok(super::listed(&done.kinds))
    }

    pub(super) async fn tells_result(&mut self, step: &Step) -> Result<String, StoryFault> {
        let text = self.desk.write_text(&Writing { text: parsed(step, "says")? }).await?;
        let command = ReportCommand::TellResult { text: text.reference };
        let asked = Asked::now(self.actor(&step.who).await?, command);
        let blobs = text.new.into_iter().collect();
        let done = self.desk.act_on_report(self.report()?, self.command(), asked, blobs).await?;
        Ok(super::listed(&done.kinds))
    }
}

fn file(name: &Line) -> Result<ArrivedFile, StoryFault> {
    let bytes = format!("{name}: lines of a log, invented for this story\n").into_bytes();
    Ok(ArrivedFile { media_type: said("text/plain")?, bytes })
}
