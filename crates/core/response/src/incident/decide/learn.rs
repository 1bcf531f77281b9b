//! Learning: whom it happened to, when, and what is known of it.

use std::collections::BTreeSet;

use fengsui_plan::Act;
use fengsui_vocabulary::{DistrictCode, Facts, Line, OrganisationId, PlanId, RoleId};
use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Case, Decision};
use crate::books::check_count;
use crate::incident::plans::known_to;
use crate::incident::{AddOrganisation, AffectedOrganisation, RecordFacts};
use crate::scene::check_time;
use crate::{
    AnchorCorrected, AnchorKind, AnchorRecorded, Anchors, ClassRef, FactsRecorded,
    IncidentClassified, OrganisationAdded, OrganisationIdentified, Party, Refusal, RoleResolved,
    SaidBy,
};

pub(super) fn add(case: &Case<'_>, it: &AddOrganisation) -> Decision {
    case.acting(Act::RecordFacts)?;
    check_new(case, it.organisation)?;
    check_count("affected organisations", case.incident.affected.len() + 1, AFFECTED_MAX)?;
    it.anchors.check(case.at)?;
    Ok(case.only(OrganisationAdded {
        party: Party::Organisation(it.organisation),
        organisation: Some(it.organisation),
        district: it.district.clone(),
        anchors: it.anchors,
    }))
}

pub(super) fn identify(
    case: &Case<'_>,
    party: Party,
    organisation: OrganisationId,
    district: Option<&DistrictCode>,
) -> Decision {
    case.acting(Act::RecordFacts)?;
    if affected(case, party)?.organisation.is_some() {
        return Err(Refusal::IdentifiedAlready { party });
    }
    check_new(case, organisation)?;
    Ok(case.only(OrganisationIdentified { party, organisation, district: district.cloned() }))
}

pub(super) fn resolve(
    case: &Case<'_>,
    (plan, role, party): (&PlanId, &RoleId, Option<Party>),
    organisation: OrganisationId,
    registry_version: u64,
) -> Decision {
    case.acting(Act::RecordFacts)?;
    if !case.plan_of(plan)?.roles.contains_key(role) {
        return Err(Refusal::Unknown { what: "role", name: role.to_string() });
    }
    if let Some(party) = party {
        affected(case, party)?;
    }
    let known = case.incident.resolved.get(&(plan.clone(), role.clone(), party));
    if known == Some(&organisation) {
        return Err(Refusal::NoChange);
    }
    let (role, plan) = (role.clone(), Some(plan.clone()));
    Ok(case.only(RoleResolved { role, party, organisation, registry_version, plan }))
}

pub(super) fn anchor(
    case: &Case<'_>,
    party: Party,
    (anchor, plan): (AnchorKind, Option<&PlanId>),
    (at, offset): (Timestamp, Option<Offset>),
) -> Decision {
    case.acting(Act::RecordFacts)?;
    let affected = affected(case, party)?;
    check_time(at, case.at)?;
    let known = match anchor {
        AnchorKind::Aware => affected.aware.get(&plan.cloned()).copied(),
        AnchorKind::Occurred | AnchorKind::Discovered | AnchorKind::Informed => {
            affected.anchors.at(anchor)
        }
    };
    if let Some(at) = known {
        return Err(Refusal::AnchorKnown { anchor, at });
    }
    if let Some(plan) = plan {
        case.plan_of(plan)?;
    }
    with(affected, anchor, at).check(case.at)?;
    let offset = offset.map(Offset::seconds);
    Ok(case.only(AnchorRecorded { party, anchor, plan: plan.cloned(), at, offset }))
}

pub(super) fn correct(
    case: &Case<'_>,
    party: Party,
    (anchor, to): (AnchorKind, Timestamp),
    reason: &Line,
) -> Decision {
    case.acting(Act::RecordFacts)?;
    let affected = affected(case, party)?;
    let from = readings(affected).at(anchor).ok_or(Refusal::AnchorUnknown { anchor })?;
    if from == to {
        return Err(Refusal::NoChange);
    }
    with(affected, anchor, to).check(case.at)?;
    Ok(case.only(AnchorCorrected { party, anchor, from, to, reason: reason.clone() }))
}

pub(super) fn facts(case: &Case<'_>, it: &RecordFacts) -> Decision {
    let role = case.acting(Act::RecordFacts)?;
    check_count("facts", it.facts.len(), FACTS_MAX)?;
    check_facts(case, &it.facts)?;
    Ok(case.only(FactsRecorded {
        facts: it.facts.clone(),
        said_by: it.said_by.clone().unwrap_or(SaidBy::Role(role)),
        ground: it.ground.clone(),
        outlook: it.outlook,
    }))
}

pub(super) fn classify(
    case: &Case<'_>,
    classes: &BTreeSet<ClassRef>,
    primary: &ClassRef,
) -> Decision {
    case.acting(Act::RecordFacts)?;
    check_count("classes", classes.len(), CLASSES_MAX)?;
    if !classes.contains(primary) {
        return Err(Refusal::Nothing { what: "primary class among the classes" });
    }
    let mut hands_over = BTreeSet::new();
    for class in classes {
        let known = case
            .plans()
            .flat_map(|plan| &plan.taxonomies)
            .filter(|taxonomy| taxonomy.id == class.taxonomy)
            .flat_map(|taxonomy| &taxonomy.classes)
            .find(|known| known.code == class.code)
            .ok_or_else(|| Refusal::Unknown { what: "class", name: class.code.to_string() })?;
        hands_over.extend(known.hands_over.clone());
    }
    Ok(case.only(IncidentClassified {
        classes: classes.clone(),
        primary: primary.clone(),
        hands_over,
    }))
}

/// An affected organisation by its place.
fn affected<'a>(case: &Case<'a>, party: Party) -> Result<&'a AffectedOrganisation, Refusal> {
    case.incident
        .affected
        .get(&party)
        .ok_or_else(|| Refusal::Unknown { what: "affected organisation", name: party.to_string() })
}

/// Refuses facts that no plan of this incident asks for, applied or only looked at.
fn check_facts(case: &Case<'_>, facts: &Facts) -> Result<(), Refusal> {
    let considered = case.incident.considered.values().map(|it| &it.edition);
    let mut unknown = facts.clone();
    for edition in case.incident.plans.iter().chain(considered) {
        let Ok(plan) = case.scene.plan(edition) else { continue };
        let known = known_to(plan, facts);
        plan.prepare(&known)?;
        unknown.retain(|fact, _| !known.contains_key(fact));
    }
    if !unknown.is_empty() {
        case.plan.prepare(&unknown)?;
    }
    Ok(())
}

fn check_new(case: &Case<'_>, organisation: OrganisationId) -> Result<(), Refusal> {
    let key = Party::Organisation(organisation).to_string();
    if case.incident.affected.keys().any(|party| case.incident.key(party) == key) {
        return Err(Refusal::AffectedAlready { organisation });
    }
    Ok(())
}

/// The times as they are read now, corrections included.
fn readings(affected: &AffectedOrganisation) -> Anchors {
    let mut readings = affected.anchors;
    for correction in &affected.corrections {
        readings.set(correction.anchor, correction.to);
    }
    readings
}

fn with(affected: &AffectedOrganisation, anchor: AnchorKind, at: Timestamp) -> Anchors {
    let mut readings = readings(affected);
    readings.set(anchor, at);
    readings
}

/// Affected organisations of one incident.
const AFFECTED_MAX: usize = 500;

/// Facts that are recorded at once.
const FACTS_MAX: usize = 200;

/// Classes of one incident.
const CLASSES_MAX: usize = 20;
