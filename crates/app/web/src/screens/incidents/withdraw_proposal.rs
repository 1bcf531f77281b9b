//! Withdrawing the waiting proposal.

use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::steps;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "withdrawals", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let proposal = sight.view.incident.response.waiting()?;
    let authority = steps::authority(sight, proposal.step, &proposal.level)?;
    let roles = &sight.viewer.actor.roles;
    if !sight.is_open() || !authority.how.initiators().iter().any(|role| roles.contains(role)) {
        return None;
    }
    let form = sight
        .form(VERB.name, "inc-withdraw")
        .hiding("digest", proposal.text.digest.clone())
        .with(Field::line("reason", sight.t("inc-reason")));
    Some(sight.act(VERB.name, "inc-withdraw", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    let reason = form.line("reason");
    let (Some(digest), Some(reason)) = (digest, reason) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::WithdrawProposal { digest, reason }))
}
