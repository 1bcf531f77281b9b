//! Proposing to go on under another edition that is in force here; a second keeper of the plans confirms.

use fengsui_desk::PlanOfIncident;
use fengsui_response::incident::IncidentCommand;
use fengsui_response::{Capacity, PlanRef};
use fengsui_vocabulary::PlanId;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, echo, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "migrate-plan", tab: Tab::Plans, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let options: Vec<Opt> = open(sight)
        .map(|(it, to)| {
            let (from, to) = (sight.edition_name(&it.edition), sight.edition_name(to));
            let said = sight.ta("applies-migration", &[("from", &from), ("to", &to)]);
            Opt::new(it.edition.plan.as_str(), said)
        })
        .collect();
    if options.is_empty() || !sight.is_open() || !sight.viewer.is(Capacity::PlanOfficer) {
        return None;
    }
    let effects = vec![
        echo(sight.t("plan"), "", "from"),
        effect(sight.t("duties"), sight.t("applies-migrate-effect")),
    ];
    let form = sight
        .form(VERB.name, "applies-migrate")
        .with(Field::new("from", sight.t("plan"), FieldKind::Select(options)))
        .with(Field::line("reason", sight.t("inc-reason")))
        .showing(sight.consequence(VERB.name, sight.t("applies-migrate-title"), effects));
    Some(sight.act(VERB.name, "applies-migrate", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let from: Option<PlanId> = form.chosen("from");
    let reason = form.line("reason");
    form.agreed();
    let (Some(from), Some(reason)) = (from, reason) else { return Err(form.wrong()) };
    let Some((it, to)) = open(sight).find(|(it, _)| it.edition.plan == from) else {
        form.note("from", sight.t("error-choice"));
        return Err(form.wrong());
    };
    let (from, to) = (it.edition.clone(), to.clone());
    form.sound(Asking::Plain(IncidentCommand::MigratePlan { from, to, reason }))
}

/// Plans under another edition than the one in force here, with that one.
fn open<'s>(sight: &'s Sight<'_>) -> impl Iterator<Item = (&'s PlanOfIncident, &'s PlanRef)> {
    let plans = sight.view.plans.iter().filter(|it| it.applies && it.migration.is_none());
    plans.filter_map(|it| Some((it, it.newer.as_ref()?)))
}
