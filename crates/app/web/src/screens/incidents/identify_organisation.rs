//! Saying which organisation an unidentified one is.

use fengsui_response::Party;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "identities", tab: Tab::Organisations, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let unknown = sight.affected().filter(|(_, affected)| affected.organisation.is_none());
    let options: Vec<Opt> =
        unknown.map(|(party, _)| Opt::new(party.to_string(), of_report(sight, party))).collect();
    if options.is_empty() || !sight.works() {
        return None;
    }
    let form = sight
        .form(VERB.name, "inc-identify")
        .with(Field::new("party", sight.t("inc-unidentified"), FieldKind::Select(options)))
        .with(
            Field::line("organisation", sight.t("organisation"))
                .hint(sight.t("inc-organisation-hint")),
        );
    Some(sight.act(VERB.name, "inc-identify", form))
}

fn of_report(sight: &Sight<'_>, party: &Party) -> String {
    match party {
        Party::Unidentified(report, index) => format!("{} · {}", sight.report(*report), index + 1),
        Party::Organisation(organisation) => sight.organisation(*organisation),
    }
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let party: Option<Party> = form.chosen("party");
    let name = form.line("organisation");
    let (Some(party), Some(name)) = (party, name) else { return Err(form.wrong()) };
    let Some(organisation) = sight.directory.named(&name) else {
        form.note("organisation", sight.t("inc-organisation-unknown"));
        return Err(form.wrong());
    };
    let district = sight.directory.details(organisation).and_then(|it| it.district.clone());
    form.sound(Asking::Plain(IncidentCommand::IdentifyOrganisation {
        party,
        organisation,
        district,
    }))
}
