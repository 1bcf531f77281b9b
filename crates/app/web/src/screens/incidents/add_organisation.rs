//! Adding an affected organisation, 增加涉及单位: with the times at which it happened there.

use fengsui_response::Anchors;
use fengsui_response::incident::{AddOrganisation, IncidentCommand};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind};

pub(super) const VERB: Verb =
    Verb { name: "organisations", tab: Tab::Organisations, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.works() {
        return None;
    }
    let time = |name, key| Field::new(name, sight.t(key), FieldKind::Time).optional();
    let form = sight
        .form(VERB.name, "incident-add-organisation")
        .with(
            Field::line("organisation", sight.t("organisation"))
                .hint(sight.t("inc-organisation-hint")),
        )
        .with(time("occurred_at", "inc-anchor-occurred"))
        .with(time("discovered_at", "inc-anchor-discovered").hint(sight.t("inc-discovered-hint")))
        .with(time("informed_at", "inc-anchor-informed"));
    Some(sight.act(VERB.name, "incident-add-organisation", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let name = form.line("organisation");
    let anchors = Anchors {
        occurred_at: form.maybe_time("occurred_at"),
        discovered_at: form.maybe_time("discovered_at"),
        informed_at: form.maybe_time("informed_at"),
    };
    let Some(name) = name else { return Err(form.wrong()) };
    let Some(organisation) = sight.directory.named(&name) else {
        form.note("organisation", sight.t("inc-organisation-unknown"));
        return Err(form.wrong());
    };
    let district = sight.directory.details(organisation).and_then(|it| it.district.clone());
    let added = AddOrganisation { organisation, district, anchors };
    form.sound(Asking::Plain(IncidentCommand::AddOrganisation(added)))
}
