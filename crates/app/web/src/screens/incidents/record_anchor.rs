//! Recording a time of an affected organisation: occurred, discovered, informed, aware.

use fengsui_response::AnchorKind;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "anchors", tab: Tab::Organisations, when_stale: WhenStale::Tell, act, read };

/// The anchors that are recorded here, by their names.
pub(super) const KINDS: [(&str, AnchorKind); 3] = [
    ("occurred", AnchorKind::Occurred),
    ("discovered", AnchorKind::Discovered),
    ("informed", AnchorKind::Informed),
];

fn act(sight: &Sight<'_>) -> Option<Act> {
    let parties = party_options(sight);
    if parties.is_empty() || !sight.works() {
        return None;
    }
    let form = sight
        .form(VERB.name, "inc-anchor-record")
        .with(Field::new("party", sight.t("organisation"), FieldKind::Select(parties)))
        .with(Field::new("anchor", sight.t("inc-anchor"), FieldKind::Select(anchor_options(sight))))
        .with(Field::new("at", sight.t("inc-anchor-at"), FieldKind::Time));
    Some(sight.act(VERB.name, "inc-anchor-record", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let party = form.chosen("party");
    let anchor = form.one_of("anchor", &KINDS);
    let at = form.time("at");
    let (Some(party), Some(anchor), Some(at)) = (party, anchor, at) else {
        return Err(form.wrong());
    };
    form.sound(Asking::Plain(IncidentCommand::RecordAnchor {
        party,
        anchor,
        plan: None,
        at,
        offset: None,
    }))
}

/// The affected organisations to choose from.
pub(super) fn party_options(sight: &Sight<'_>) -> Vec<Opt> {
    sight.affected().map(|(party, _)| Opt::new(party.to_string(), sight.party(party))).collect()
}

/// The anchors to choose from.
pub(super) fn anchor_options(sight: &Sight<'_>) -> Vec<Opt> {
    KINDS.iter().map(|(name, kind)| Opt::new(*name, anchor_name(sight, *kind))).collect()
}

/// An anchor in words.
pub(super) fn anchor_name(sight: &Sight<'_>, kind: AnchorKind) -> String {
    match kind {
        AnchorKind::Occurred => sight.t("inc-anchor-occurred"),
        AnchorKind::Discovered => sight.t("inc-anchor-discovered"),
        AnchorKind::Informed => sight.t("inc-anchor-informed"),
        AnchorKind::Aware => sight.t("inc-anchor-aware"),
    }
}
