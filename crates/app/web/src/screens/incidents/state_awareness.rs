//! Saying when an affected organisation was aware, in the sense of one plan: its clock starts there.

use fengsui_response::AnchorKind;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::PlanId;

use super::record_anchor::party_options;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale, effect};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "awareness", tab: Tab::Organisations, when_stale: WhenStale::Tell, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let parties = party_options(sight);
    if parties.is_empty() || !sight.works() {
        return None;
    }
    let plans = sight.view.incident.plans.iter().filter_map(|it| sight.plan(&it.plan));
    let plans = plans.map(|plan| Opt::new(plan.id.as_str(), sight.legal(&plan.about.title)));
    let effects = vec![effect(sight.t("duties"), sight.t("inc-aware-effect"))];
    let form = sight
        .form(VERB.name, "inc-aware-state")
        .with(Field::new("party", sight.t("organisation"), FieldKind::Select(parties)))
        .with(Field::new("plan", sight.t("plan"), FieldKind::Select(plans.collect())))
        .with(
            Field::new("at", sight.t("inc-anchor-aware"), FieldKind::Time)
                .hint(sight.t("inc-aware-hint")),
        )
        .showing(sight.consequence(VERB.name, sight.t("inc-aware-title"), effects));
    Some(sight.act(VERB.name, "inc-aware-state", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let party = form.chosen("party");
    let plan: Option<PlanId> = form.chosen("plan");
    let at = form.time("at");
    form.agreed();
    let (Some(party), Some(plan), Some(at)) = (party, plan, at) else { return Err(form.wrong()) };
    form.sound(Asking::Plain(IncidentCommand::RecordAnchor {
        party,
        anchor: AnchorKind::Aware,
        plan: Some(plan),
        at,
        offset: None,
    }))
}
