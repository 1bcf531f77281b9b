//! Confirming, as a second keeper of the plans, that the incident goes on under another edition.

use fengsui_response::Capacity;
use fengsui_response::incident::{IncidentCommand, Migration};
use fengsui_vocabulary::PlanId;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "confirm-migration", tab: Tab::Plans, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let me = sight.viewer.person();
    let options = options(sight, |it| it.proposed_by != me)?;
    let effects = vec![
        echo(sight.t("plan"), "", "from"),
        effect(sight.t("duties"), sight.t("applies-migrate-effect")),
    ];
    let form = sight
        .form(VERB.name, "applies-migrate-confirm")
        .with(Field::new("from", sight.t("plan"), FieldKind::Select(options)))
        .showing(sight.consequence(VERB.name, sight.t("applies-migrate-title"), effects));
    Some(sight.act(VERB.name, "applies-migrate-confirm", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let from: Option<PlanId> = form.chosen("from");
    form.agreed();
    let Some(from) = from else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::ConfirmMigration { from }))
}

/// Proposals that wait, for a keeper of the plans to choose from.
pub(super) fn options(sight: &Sight<'_>, keep: impl Fn(&Migration) -> bool) -> Option<Vec<Opt>> {
    if !sight.is_open() || !sight.viewer.is(Capacity::PlanOfficer) {
        return None;
    }
    let waiting = sight.view.incident.migrations_waiting().filter(|it| keep(it));
    let options: Vec<Opt> = waiting
        .map(|it| {
            let (from, to) = (sight.edition_name(&it.from), sight.edition_name(&it.to));
            let said = sight.ta("applies-migration", &[("from", &from), ("to", &to)]);
            Opt::new(it.from.plan.as_str(), said)
        })
        .collect();
    (!options.is_empty()).then_some(options)
}
