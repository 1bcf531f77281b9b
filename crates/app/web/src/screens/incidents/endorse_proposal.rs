//! Endorsing the waiting proposal for another office: the text that was read, by its digest.

use fengsui_response::incident::{IncidentCommand, Waiting};
use fengsui_vocabulary::DutyId;

use super::sight::Sight;
use super::submit_proposal::duty_of;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::Act;

pub(super) const VERB: Verb =
    Verb { name: "endorsements", tab: Tab::Response, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let actor = &sight.viewer.actor;
    let (digest, awaits) = sight.view.waiting.iter().find_map(|waiting| match waiting {
        Waiting::Endorsement { digest, awaits, .. } => Some((digest, awaits)),
        Waiting::Voice { .. }
        | Waiting::Approval { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. }
        | Waiting::Applicability { .. }
        | Waiting::Migration { .. }
        | Waiting::TechnicalStep { .. } => None,
    })?;
    let office = awaits.iter().find(|role| actor.roles.contains(*role))?;
    let effects = vec![effect(sight.role(office), sight.t("inc-endorse-effect"))];
    let mut form = sight.form(VERB.name, "inc-endorse").hiding("digest", digest.clone());
    if let Some(duty) = duty_of(sight, office) {
        form = form.hiding("meets", duty.as_str());
    }
    let form = form.showing(sight.consequence(VERB.name, sight.t("inc-endorse-title"), effects));
    Some(sight.act(VERB.name, "inc-endorse", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let digest: Option<String> = form.chosen("digest");
    let meets: Option<DutyId> = form.maybe_chosen("meets");
    form.agreed();
    let Some(digest) = digest else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::EndorseProposal { digest, meets }))
}
