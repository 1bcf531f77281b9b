//! Whatever is asked in a state must find somebody to answer it: the other offices of a joint decision,
//! the endorsements and the approval of a proposal, the confirmation of what was written down.

use std::collections::BTreeSet;

use fengsui_plan::{Act, How};
use fengsui_vocabulary::{Label, LevelId, RoleId};
use jiff::Timestamp;

use super::stage::{Stage, tell};
use super::steps::{asked, text, voice};
use super::words;
use crate::incident::{Incident, IncidentCommand, OnBehalf, Proposal};
use crate::{Actor, IncidentEvent, LevelJudged, Means, ReadBack, Refusal, Step};

/// What waits in this state for somebody who does not exist.
pub(super) fn unanswered(stage: &Stage<'_>, incident: &Incident, now: Timestamp) -> Vec<Label> {
    let mut unanswered = unspoken(stage, incident, now);
    if let Some(proposal) = incident.response.waiting() {
        unanswered.extend(unapproved(stage, incident, proposal, now));
    }
    unanswered
}

/// Offices of a joint decision for whom nobody can speak.
fn unspoken(stage: &Stage<'_>, incident: &Incident, now: Timestamp) -> Vec<Label> {
    let voices = incident.response.voices.values();
    let decisions: BTreeSet<(Step, &LevelId)> =
        voices.map(|voice| (voice.step, &voice.level)).collect();
    let mut unspoken = Vec::new();
    for (step, level) in decisions {
        let (act, at_level) = incident.act_of(stage.plan, step, level);
        let how = stage.plan.authority(act, Some(&at_level)).map(|authority| &authority.how);
        let Some(How::Joint(offices)) = how else { continue };
        let has_spoken = |office: &&RoleId| {
            let voice = incident.response.voices.get(*office);
            voice.is_some_and(|voice| (voice.step, &voice.level) == (step, level))
        };
        for office in offices.iter().filter(|office| !has_spoken(office)) {
            if !stage.can(incident, office, &voice(step, level), now) {
                unspoken.push(words::no_voice(step, level, office));
            }
        }
    }
    unspoken
}

/// An endorsement or the approval that nobody can give.
fn unapproved(
    stage: &Stage<'_>,
    incident: &Incident,
    proposal: &Proposal,
    now: Timestamp,
) -> Option<Label> {
    let (step, level) = (proposal.step, &proposal.level);
    let (act, at_level) = incident.act_of(stage.plan, step, level);
    let how = stage.plan.authority(act, Some(&at_level)).map(|authority| &authority.how);
    let Some(How::Approval { propose, approve }) = how else { return None };
    let offices = proposal.offices();
    let missing: Vec<&RoleId> = propose.iter().filter(|it| !offices.contains(it)).collect();
    let digest = text().digest;
    if missing.is_empty() {
        let command = IncidentCommand::ApproveProposal { digest };
        let mut approvers = approve.iter();
        let is_given = approvers.any(|role| stage.can(incident, role, &command, now));
        return (!is_given).then(|| words::no_approval(step, level, approve.iter()));
    }
    let command = IncidentCommand::EndorseProposal { digest, meets: None };
    let nobody = missing.into_iter().find(|role| !stage.can(incident, role, &command, now));
    nobody.map(|office| words::no_endorsement(step, level, office))
}

/// Approvals that somebody else writes down, and whether somebody can confirm them.
#[derive(Default)]
pub(super) struct Entries {
    known: BTreeSet<(RoleId, RoleId, BTreeSet<RoleId>, Option<LevelId>)>,
    /// How many were tried and took effect.
    pub(super) transitions: usize,
}

impl Entries {
    /// Entries in this state that nobody could confirm, at whatever level is judged meanwhile.
    pub(super) fn unconfirmed(
        &mut self,
        stage: &Stage<'_>,
        incident: &Incident,
        now: Timestamp,
    ) -> Vec<Label> {
        let Some(proposal) = incident.response.waiting() else { return Vec::new() };
        let (act, level) = incident.act_of(stage.plan, proposal.step, &proposal.level);
        let how = stage.plan.authority(act, Some(&level)).map(|authority| &authority.how);
        let Some(How::Approval { approve, .. }) = how else { return Vec::new() };
        let people = proposal.people();
        let offices: BTreeSet<RoleId> = proposal.offices().into_iter().cloned().collect();
        let in_force = incident.level(stage.plan);
        let mut unconfirmed = Vec::new();
        // Nobody telephones a role that nobody fills, or that submitted it.
        let leaders = approve.iter().filter_map(|role| Some((role, stage.cast.holder(role)?)));
        for (role, leader) in leaders.filter(|(_, leader)| !people.contains(&leader.person)) {
            for (desk, actor) in stage.cast.players(stage.plan, Act::RecordFacts) {
                let entry = (role.clone(), desk.clone(), offices.clone(), in_force.clone());
                let is_fresh = self.known.insert(entry);
                let write_down = asked(actor, desk, write_down(role));
                let entered = stage.after(incident, &write_down, now).ok().filter(|_| is_fresh);
                let confirmable =
                    entered.map(|entered| is_confirmable(stage, &entered, (role, leader), now));
                self.transitions += usize::from(confirmable.is_some());
                unconfirmed.extend(
                    (confirmable == Some(false)).then(|| words::no_confirmation(role, desk)),
                );
            }
        }
        unconfirmed
    }
}

fn write_down(role: &RoleId) -> IncidentCommand {
    IncidentCommand::RecordApproval {
        digest: text().digest,
        on_behalf: OnBehalf {
            role: role.clone(),
            means: Means::Telephone,
            read_back: ReadBack::Confirmed,
            record: Some(text()),
        },
    }
}

/// Whether somebody confirms it, as things stand and at every level that may be judged meanwhile.
fn is_confirmable(
    stage: &Stage<'_>,
    entered: &Incident,
    (role, leader): (&RoleId, &Actor),
    now: Timestamp,
) -> bool {
    let confirm = IncidentCommand::ConfirmApproval { digest: text().digest };
    let can = |incident: &Incident| {
        let by_leader = asked(leader, role, confirm.clone());
        stage.may(incident, &by_leader, now).is_ok()
            || stage.by_players(incident, Act::ClearMiss, &confirm, now).is_some()
    };
    let levels = stage.plan.levels.iter().map(|level| &level.id);
    can(entered)
        && levels
            .map(|level| judged(stage, entered, (role, level), now))
            .all(|incident| can(&incident))
}

fn judged(
    stage: &Stage<'_>,
    incident: &Incident,
    (role, level): (&RoleId, &LevelId),
    now: Timestamp,
) -> Incident {
    let mut judged = incident.clone();
    let event = LevelJudged {
        plan: stage.plan.id.clone(),
        level: level.clone(),
        computed: incident.computed(stage.plan),
        role: role.clone(),
        reason: None,
    };
    tell(&mut judged, IncidentEvent::from(event), now);
    judged
}

/// Whether a refusal is about who asked, not about how things stand.
pub(super) const fn is_about_who(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotAuthorised(_)
            | Refusal::NoRole { .. }
            | Refusal::NotInRole { .. }
            | Refusal::NeedsCapacity { .. }
            | Refusal::NeedsSecondPerson { .. }
    )
}
