//! Which plans govern an incident.

use std::collections::BTreeMap;

use fengsui_plan::What;
use fengsui_vocabulary::{DutyId, PlanId};

use super::Effect;
use crate::incident::Incident;
use crate::incident::plans::{Migration, MigrationState, PlanStanding, Standing};
use crate::{
    IncidentEvent, MigrationProposed, MigrationWithdrawn, PlanApplied, PlanConsidered,
    PlanMigrated, PlanSetAside, Recorded,
};

type Entry = Recorded<IncidentEvent>;

pub(super) fn considered(incident: &mut Incident, it: &PlanConsidered, entry: &Entry) -> Effect {
    let standing = PlanStanding {
        edition: it.plan.clone(),
        standing: Standing::Considered,
        answer: it.answer,
        because: it.because.clone(),
        role: None,
        reason: None,
        at: entry.happened_at,
        by: entry.actor,
    };
    incident.considered.insert(it.plan.plan.clone(), standing);
    Effect::Changed
}

pub(super) fn applied(incident: &mut Incident, it: &PlanApplied, entry: &Entry) -> Effect {
    let standing = PlanStanding {
        edition: it.plan.clone(),
        standing: Standing::Applied,
        answer: it.answer,
        because: it.because.clone(),
        role: it.role.clone(),
        reason: it.reason.clone(),
        at: entry.happened_at,
        by: entry.actor,
    };
    incident.considered.insert(it.plan.plan.clone(), standing);
    if incident.edition(&it.plan.plan).is_none() {
        incident.plans.push(it.plan.clone());
    }
    Effect::Changed
}

pub(super) fn set_aside(incident: &mut Incident, it: &PlanSetAside, entry: &Entry) -> Option<()> {
    if incident.lead().is_some_and(|lead| lead.plan == it.plan.plan) {
        return None;
    }
    let standing = PlanStanding {
        edition: it.plan.clone(),
        standing: Standing::SetAside,
        answer: it.answer,
        because: it.because.clone(),
        role: it.role.clone(),
        reason: Some(it.reason.clone()),
        at: entry.happened_at,
        by: entry.actor,
    };
    incident.considered.insert(it.plan.plan.clone(), standing);
    incident.plans.retain(|edition| edition.plan != it.plan.plan);
    Some(())
}

pub(super) fn proposed(incident: &mut Incident, it: &MigrationProposed, entry: &Entry) -> Effect {
    incident.migrations.push(Migration {
        from: it.from.clone(),
        to: it.to.clone(),
        reason: it.reason.clone(),
        proposed_by: entry.actor,
        proposed_at: entry.happened_at,
        state: MigrationState::Waiting,
    });
    Effect::Changed
}

pub(super) fn withdrawn(
    incident: &mut Incident,
    it: &MigrationWithdrawn,
    entry: &Entry,
) -> Option<()> {
    waiting(incident, &it.from.plan)?.state =
        MigrationState::Withdrawn { by: entry.actor, reason: it.reason.clone() };
    Some(())
}

/// From now on the new edition governs. What was judged and done under the old one counts where the new
/// one knows it; the log keeps everything as it was written.
pub(super) fn migrated(incident: &mut Incident, it: &PlanMigrated, entry: &Entry) -> Option<()> {
    let place = incident.plans.iter().position(|edition| *edition == it.from)?;
    *incident.plans.get_mut(place)? = it.to.clone();
    if let Some(migration) = waiting(incident, &it.from.plan) {
        migration.state = MigrationState::Done { by: entry.actor, at: entry.happened_at };
    }
    if let Some(mut standing) = incident.considered.remove(&it.from.plan) {
        standing.edition = it.to.clone();
        incident.considered.insert(it.to.plan.clone(), standing);
    }
    let (from, to) = (&it.from.plan, &it.to.plan);
    let goes_on = |duty: &DutyId| it.duties.contains(duty);
    incident.judgements.retain(|judged| judged.plan != *from || it.levels.contains(&judged.level));
    for judged in &mut incident.judgements {
        renamed(&mut judged.plan, (from, to));
    }
    incident.met.retain(|met| met.tick.plan != *from || goes_on(&met.tick.duty));
    for met in &mut incident.met {
        renamed(&mut met.tick.plan, (from, to));
    }
    incident.waived = std::mem::take(&mut incident.waived)
        .into_iter()
        .filter(|(tick, _)| tick.plan != *from || goes_on(&tick.duty))
        .map(|(mut tick, reason)| {
            renamed(&mut tick.plan, (from, to));
            (tick, reason)
        })
        .collect();
    for round in &mut incident.technical_rounds {
        renamed(&mut round.plan, (from, to));
    }
    if let Some(reason) = incident.not_reported.remove(from) {
        incident.not_reported.insert(to.clone(), reason);
    }
    for affected in incident.affected.values_mut() {
        affected.aware = std::mem::take(&mut affected.aware)
            .into_iter()
            .map(|(plan, at)| (plan.map(|plan| if plan == *from { to.clone() } else { plan }), at))
            .collect::<BTreeMap<_, _>>();
    }
    go_on(incident, it);
    Some(())
}

/// What moved duties under the old edition moves them under the new one.
fn go_on(incident: &mut Incident, it: &PlanMigrated) {
    let (from, to) = (&it.from.plan, &it.to.plan);
    incident.happenings.retain(|(_, happening)| {
        happening.plan.as_ref() != Some(from)
            || match &happening.what {
                What::LevelDecided { level, .. } => it.levels.contains(level),
                What::Delivered(tick)
                | What::MissCleared { tick, .. }
                | What::Waived { tick, .. } => it.duties.contains(&tick.duty),
                What::Occurred
                | What::Discovered
                | What::Informed
                | What::Aware
                | What::Facts(_)
                | What::ReportReceived { .. }
                | What::AnchorCorrected { .. }
                | What::ReportAccepted
                | What::ReportDeclined { .. }
                | What::ReportReopened
                | What::HandedOver { .. }
                | What::NotReported { .. }
                | What::WarningIssued(_)
                | What::WarningAdjusted(_)
                | What::WarningLifted
                | What::ResponseStarted
                | What::ResponseEnded
                | What::HandlingEnded => true,
            }
    });
    for (_, happening) in &mut incident.happenings {
        if let Some(plan) = &mut happening.plan {
            renamed(plan, (from, to));
        }
    }
}

fn renamed(plan: &mut PlanId, (from, to): (&PlanId, &PlanId)) {
    if plan == from {
        plan.clone_from(to);
    }
}

fn waiting<'a>(incident: &'a mut Incident, from: &PlanId) -> Option<&'a mut Migration> {
    incident
        .migrations
        .iter_mut()
        .find(|it| it.from.plan == *from && it.state == MigrationState::Waiting)
}
