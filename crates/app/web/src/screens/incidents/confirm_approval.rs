//! Confirming an approval that somebody else wrote down.

use fengsui_response::incident::{IncidentCommand, Waiting};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::Act;

pub(super) const VERB: Verb =
    Verb { name: "confirmations", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let actor = &sight.viewer.actor;
    let mine = sight.view.waiting.iter().filter(|it| it.is_for(actor.person, &actor.roles));
    let digest = mine.into_iter().find_map(|waiting| match waiting {
        Waiting::Confirmation { digest, .. } => Some(digest.clone()),
        Waiting::Voice { .. }
        | Waiting::Endorsement { .. }
        | Waiting::Approval { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => None,
    })?;
    let proposal = sight.view.incident.response.proposal(&digest)?;
    let approval = proposal.approval()?;
    let who = sight.role(&approval.role);
    let at = sight.short(approval.at);
    let by = sight.person(approval.entered_by);
    let told = sight.ta("inc-confirm-effect", &[("t", &at), ("who", &by)]);
    let form = sight.form(VERB.name, "inc-confirm-approval").hiding("digest", digest).showing(
        sight.consequence(VERB.name, sight.t("inc-confirm-title"), vec![effect(who, told)]),
    );
    Some(sight.act(VERB.name, "inc-confirm-approval", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    form.agreed();
    let Some(digest) = digest else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::ConfirmApproval { digest }))
}
