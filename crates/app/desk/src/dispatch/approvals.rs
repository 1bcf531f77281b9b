//! Whoever may approve is told when a proposal begins to wait for them.

use std::sync::Arc;

use fengsui_notices::{ApprovalAsked, Moment, Notice, Phrase};
use fengsui_plan::Plan;
use fengsui_response::incident::{Incident, Proposal, Waiting};
use fengsui_response::{Actor, Addressee, Step};
use fengsui_vocabulary::{Lang, PersonId};
use jiff::Timestamp;

use crate::outgoing::{Intents, Outgoing};
use crate::stream::Loaded;
use crate::{Desk, DeskFault};

impl Desk {
    /// What must be told because of proposals that wait for approval now and did not before.
    pub(crate) async fn approvals_asked(
        &self,
        before: &Incident,
        after: &Loaded<Incident>,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let packs = self.packs();
        let Some(plan) = after.state.lead().and_then(|lead| packs.of(lead)) else {
            return Ok(Intents::default());
        };
        let waited: Vec<Waiting> = before.waiting(&packs, now);
        let is_new = |it: &Waiting| {
            digest(it).is_some_and(|new| !waited.iter().any(|old| digest(old) == Some(new)))
        };
        let mut outgoing = Vec::new();
        for waiting in after.state.waiting(&packs, now).iter().filter(|it| is_new(it)) {
            let proposal = digest(waiting).and_then(|digest| after.state.response.proposal(digest));
            let Some(proposal) = proposal else { continue };
            let directory = self.directory();
            let may = |actor: &Actor| waiting.is_for(actor.person, actor.roles_under(&plan.id));
            let asked = directory.actors().filter(may);
            outgoing.extend(asked.filter_map(|actor| self.asking(&actor, after, (plan, proposal))));
        }
        self.intents(&outgoing, now).await
    }

    /// The words for one of those who may approve, in their language.
    fn asking(
        &self,
        actor: &Actor,
        incident: &Loaded<Incident>,
        (plan, proposal): (&Arc<Plan>, &Proposal),
    ) -> Option<Outgoing> {
        let directory = self.directory();
        let lang = directory.reached(actor.person).lang;
        let heading = incident.state.heading.as_ref()?;
        let asked = proposal.endorsements.last()?;
        let name = |person: PersonId| Phrase::of(directory.person_name(person, lang));
        let act = format!("{} {} · {}", said(proposal.step, lang), proposal.level, proposal.scope);
        let place = incident.stream.strip_prefix("incident:")?;
        Some(Outgoing {
            about: incident.stream.clone(),
            to: Addressee::Person(actor.person),
            notice: Notice::ApprovalAsked(ApprovalAsked {
                act: Phrase::of(act),
                about: Phrase::of(format!("{} {}", heading.number, heading.title)),
                asked_by: name(asked.by),
                asked_at: Moment(asked.at.to_zoned(plan.time_zone.clone())),
                place: self.place(&format!("/incidents/{place}")),
            }),
        })
    }
}

fn digest(waiting: &Waiting) -> Option<&str> {
    match waiting {
        Waiting::Approval { digest, .. } => Some(digest),
        Waiting::Voice { .. }
        | Waiting::Endorsement { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => None,
    }
}

const fn said(step: Step, lang: Lang) -> &'static str {
    match (lang, step) {
        (Lang::Zh, Step::Start) => "启动响应",
        (Lang::Zh, Step::Adjust) => "调整响应",
        (Lang::Zh, Step::Escalate) => "升级响应",
        (Lang::Zh, Step::End) => "结束响应",
        (Lang::En, Step::Start) => "start the response at",
        (Lang::En, Step::Adjust) => "adjust the response to",
        (Lang::En, Step::Escalate) => "escalate the response to",
        (Lang::En, Step::End) => "end the response at",
    }
}
