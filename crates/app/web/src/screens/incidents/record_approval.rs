//! Writing down that somebody approved by telephone, note or fax: read back now, confirmed later.

use fengsui_response::incident::IncidentCommand;

use super::approve_proposal::{awaited, effects};
use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::Act;

pub(super) const VERB: Verb =
    Verb { name: "recorded-approvals", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let (digest, awaits) = awaited(sight)?;
    if !sight.works() {
        return None;
    }
    let effects = effects(sight, sight.view.incident.response.waiting()?);
    let mut form = sight.form(VERB.name, "approval-on-behalf").hiding("digest", digest);
    for field in on_behalf::fields(sight, &awaits) {
        form = form.with(field);
    }
    let form = form.showing(sight.consequence(VERB.name, sight.t("inc-approve-title"), effects));
    let mut act = sight.act(VERB.name, "approval-on-behalf", form);
    act.lead = Some(sight.t("inc-on-behalf-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    let told = on_behalf::read(&mut form);
    form.agreed();
    let (Some(digest), Some(mut told)) = (digest, told) else { return Err(form.wrong()) };
    let command = |digest, told: on_behalf::Told, record| IncidentCommand::RecordApproval {
        digest,
        on_behalf: told.on_behalf(record),
    };
    form.sound(match told.record.take() {
        Some(text) => Asking::with(text, move |record| command(digest, told, Some(record))),
        None => Asking::Plain(command(digest, told, None)),
    })
}
