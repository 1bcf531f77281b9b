//! Approving the waiting proposal, signed in: exactly the text that was read.

use fengsui_response::incident::{IncidentCommand, Proposal, Waiting};
use fengsui_vocabulary::RoleId;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Effect};

pub(super) const VERB: Verb =
    Verb { name: "approvals", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let (digest, awaits) = awaited(sight)?;
    if !awaits.iter().any(|role| sight.viewer.actor.roles.contains(role)) {
        return None;
    }
    let effects = effects(sight, sight.view.incident.response.waiting()?);
    let form = sight
        .form(VERB.name, "approval-approve")
        .hiding("digest", digest)
        .showing(sight.consequence(VERB.name, sight.t("inc-approve-title"), effects));
    let mut act = sight.act(VERB.name, "approval-approve", form);
    act.lead = Some(sight.t("approval-before-implementation"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    form.agreed();
    let Some(digest) = digest else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::ApproveProposal { digest }))
}

/// The proposal that waits for approval, and for whose.
pub(super) fn awaited(sight: &Sight<'_>) -> Option<(String, Vec<RoleId>)> {
    sight.view.waiting.iter().find_map(|waiting| match waiting {
        Waiting::Approval { digest, awaits, .. } => {
            Some((digest.clone(), awaits.iter().cloned().collect()))
        }
        Waiting::Voice { .. }
        | Waiting::Endorsement { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => None,
    })
}

/// What an approval brings about.
pub(super) fn effects(sight: &Sight<'_>, proposal: &Proposal) -> Vec<Effect> {
    let plan = sight.lead();
    let offices = sight.roles(proposal.endorsements.iter().map(|it| &it.role));
    vec![
        effect(super::steps::name(sight, proposal.step), sight.level_name(plan, &proposal.level)),
        effect(sight.t("inc-scope"), proposal.scope.to_string()),
        effect(offices, sight.t("inc-approve-effect")),
    ]
}
