//! Returning the waiting proposal with a reason, in person or written down for whoever decided.

use fengsui_response::incident::IncidentCommand;

use super::approve_proposal::awaited;
use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Field};

pub(super) const VERB: Verb =
    Verb { name: "returns", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let (digest, awaits) = awaited(sight)?;
    let is_mine = awaits.iter().any(|role| sight.viewer.actor.roles.contains(role));
    if !is_mine && !sight.works() {
        return None;
    }
    let mut form = sight
        .form(VERB.name, "inc-return")
        .hiding("digest", digest)
        .with(Field::line("reason", sight.t("inc-reason")));
    if !is_mine {
        form = form.hiding("behalf", "yes");
        for field in on_behalf::fields(sight, &awaits) {
            form = form.with(field);
        }
    }
    let proposal = sight.view.incident.response.waiting()?;
    let offices = sight.roles(proposal.endorsements.iter().map(|it| &it.role));
    let effects = vec![effect(offices, sight.t("inc-return-effect"))];
    let form = form.showing(sight.consequence(VERB.name, sight.t("inc-return-title"), effects));
    Some(sight.act(VERB.name, "inc-return", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    let reason = form.line("reason");
    let is_behalf = form.ticked("behalf");
    let told = if is_behalf { on_behalf::read(&mut form) } else { None };
    form.agreed();
    let (Some(digest), Some(reason)) = (digest, reason) else { return Err(form.wrong()) };
    let Some(mut told) = told else {
        let command = IncidentCommand::ReturnProposal { digest, reason, on_behalf: None };
        return form.sound(Asking::Plain(command));
    };
    let command = |told: on_behalf::Told, record| {
        let on_behalf = Some(told.on_behalf(record));
        IncidentCommand::ReturnProposal { digest, reason, on_behalf }
    };
    form.sound(match told.record.take() {
        Some(text) => Asking::with(text, move |record| command(told, Some(record))),
        None => Asking::Plain(command(told, None)),
    })
}
