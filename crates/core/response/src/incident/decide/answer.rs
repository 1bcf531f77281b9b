//! Answering a proposal: approved, returned, withdrawn, confirmed.
//!
//! Every answer names the digest of the text that was read: an answer to another text is none.

use fengsui_plan::{Act, How};
use fengsui_vocabulary::Line;

use super::respond::{Goal, effect, given_by};
use super::{Case, Decision};
use crate::incident::{OnBehalf, Proposal};
use crate::{ApprovalConfirmed, ProposalApproved, ProposalLapsed, ProposalReturned, Refusal};

/// The proposal that waits, if it is the one that was read.
pub(super) fn waiting<'a>(case: &Case<'a>, digest: &str) -> Result<&'a Proposal, Refusal> {
    let proposal = case.incident.response.waiting().ok_or(Refusal::NoProposal)?;
    if proposal.text.digest == digest { Ok(proposal) } else { Err(Refusal::TextChanged) }
}

pub(super) fn approve(case: &Case<'_>, digest: &str) -> Decision {
    give(case, digest, None)
}

/// Somebody decided by telephone, note or fax, and the actor writes it down.
pub(super) fn record(case: &Case<'_>, digest: &str, on_behalf: &OnBehalf) -> Decision {
    give(case, digest, Some(on_behalf))
}

pub(super) fn confirm(case: &Case<'_>, digest: &str) -> Decision {
    let (proposal, approval) = case
        .incident
        .response
        .unconfirmed()
        .find(|(proposal, _)| proposal.text.digest == digest)
        .ok_or(Refusal::NothingToConfirm)?;
    let person = case.asked.by.person;
    if approval.entered_by == person || proposal.people().contains(&person) {
        return Err(Refusal::NeedsSecondPerson { done_by: person });
    }
    let is_leader = case.asked.role.as_ref().is_none_or(|role| *role == approval.role)
        && case.mine().contains(&approval.role);
    let role = if is_leader { approval.role.clone() } else { case.acting(Act::ClearMiss)? };
    Ok(case.only(ApprovalConfirmed {
        digest: digest.to_owned(),
        role,
        recorded_by: approval.entered_by,
    }))
}

pub(super) fn give_back(
    case: &Case<'_>,
    digest: &str,
    reason: &Line,
    on_behalf: Option<&OnBehalf>,
) -> Decision {
    let proposal = waiting(case, digest)?;
    let (act, level) = case.incident.act_of(case.plan, proposal.step, &proposal.level);
    let (role, given) = case.deciding(case.authority(act, Some(&level))?, on_behalf)?;
    let returned = ProposalReturned {
        digest: digest.to_owned(),
        role: role.clone(),
        given: given.clone(),
        reason: reason.clone(),
    };
    Ok(given_by(case, vec![returned.into()], (&role, &given)))
}

pub(super) fn withdraw(case: &Case<'_>, digest: &str, reason: &Line) -> Decision {
    let proposal = waiting(case, digest)?;
    let (act, level) = case.incident.act_of(case.plan, proposal.step, &proposal.level);
    case.acting_at(act, Some(&level))?;
    Ok(case.only(ProposalLapsed { digest: digest.to_owned(), reason: reason.clone() }))
}

/// Nobody approves what they submitted or endorsed, nor writes down the approval of it.
fn give(case: &Case<'_>, digest: &str, on_behalf: Option<&OnBehalf>) -> Decision {
    let proposal = waiting(case, digest)?;
    if proposal.people().contains(&case.asked.by.person) {
        return Err(Refusal::NeedsSecondPerson { done_by: case.asked.by.person });
    }
    let (act, level) = case.incident.act_of(case.plan, proposal.step, &proposal.level);
    let authority = case.authority(act, Some(&level))?;
    let (role, given) = case.deciding(authority, on_behalf)?;
    check_endorsed(case, proposal, &authority.how)?;
    let goal =
        Goal { step: proposal.step, level: proposal.level.clone(), scope: proposal.scope.clone() };
    let effect = effect(case, &goal, crate::Decision::Proposal(digest.to_owned()))?;
    let approved =
        ProposalApproved { digest: digest.to_owned(), role: role.clone(), given: given.clone() };
    Ok(given_by(case, vec![approved.into(), effect], (&role, &given)))
}

/// Every office that the plan names stands behind it, and nobody approved it before that.
fn check_endorsed(case: &Case<'_>, proposal: &Proposal, how: &How) -> Result<(), Refusal> {
    let offices = proposal.offices();
    let missing: Vec<_> =
        how.initiators().iter().filter(|office| !offices.contains(office)).cloned().collect();
    if !missing.is_empty() {
        return Err(Refusal::NotEndorsed { missing });
    }
    let complete_at = proposal.endorsements.iter().map(|endorsement| endorsement.at).max();
    match complete_at {
        Some(earliest) if case.at < earliest => {
            Err(Refusal::BeforeItBegan { at: case.at, earliest })
        }
        Some(_) | None => Ok(()),
    }
}
