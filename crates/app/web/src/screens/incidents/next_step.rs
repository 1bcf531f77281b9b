//! What the reader should do next: one thing, for the button at the top.
//!
//! It suggests; nothing follows from it. What may be done is decided by the plan when it is asked.

use fengsui_plan::{Act as PlanAct, Channel, Duty, DutyKind, How};
use fengsui_response::incident::{ResponseState, Waiting};
use fengsui_response::{IncidentEvent, Step};
use jiff::SignedDuration;

use super::sight::Sight;
use super::steps::{self, Way};
use super::tabs::Tab;
use super::{
    apply_plan, approve_proposal, calls, classify, clear_miss, close, confirm_approval,
    confirm_migration, deliveries, endorse_proposal, issue_document, judge_level, paths,
    record_approval, record_facts, review, submit_proposal, take_technical_step, voice_decision,
};

/// So near a deadline of the reader's own goes before decisions.
const NEAR: SignedDuration = SignedDuration::from_mins(20);

/// One thing to do: the key of its words, and where it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NextStep {
    pub(super) key: &'static str,
    pub(super) href: String,
}

/// What the reader should do next; none when nothing waits for them.
pub(super) fn next_step(sight: &Sight<'_>) -> Option<NextStep> {
    if !sight.is_open() {
        return None;
    }
    waiting(sight)
        .or_else(|| classify_first(sight))
        .or_else(|| missing_facts(sight))
        .or_else(|| judge(sight))
        .or_else(|| duty(sight, Urgency::Near))
        .or_else(|| respond(sight))
        .or_else(|| duty(sight, Urgency::Any))
        .or_else(|| finish(sight))
}

fn step(sight: &Sight<'_>, key: &'static str, tab: Tab, verb: &str) -> NextStep {
    NextStep { key, href: paths::act(sight.view.id, tab, verb) }
}

/// What waits for exactly this reader.
fn waiting(sight: &Sight<'_>) -> Option<NextStep> {
    let actor = &sight.viewer.actor;
    let is_mine = |it: &&Waiting| {
        let keeps = it.awaits_capacity().is_some_and(|capacity| actor.has(capacity));
        let is_barred = matches!(it, Waiting::Migration { not_by, .. } if *not_by == actor.person);
        it.is_for(actor.person, &actor.roles) || (keeps && !is_barred)
    };
    let mine = sight.view.waiting.iter().find(is_mine);
    if let Some(mine) = mine {
        return Some(match mine {
            Waiting::Voice { .. } => {
                step(sight, "inc-next-voice", Tab::Response, voice_decision::VERB.name)
            }
            Waiting::Endorsement { .. } => {
                step(sight, "inc-next-endorse", Tab::Response, endorse_proposal::VERB.name)
            }
            Waiting::Approval { .. } => {
                step(sight, "inc-next-approve", Tab::Response, approve_proposal::VERB.name)
            }
            Waiting::Confirmation { .. } => {
                step(sight, "inc-next-confirm", Tab::Response, confirm_approval::VERB.name)
            }
            Waiting::Clearance { .. } => {
                step(sight, "inc-next-clear", Tab::Duties, clear_miss::VERB.name)
            }
            Waiting::Applicability { .. } => {
                step(sight, "inc-next-applies", Tab::Plans, apply_plan::VERB.name)
            }
            Waiting::TechnicalStep { .. } => {
                step(sight, "inc-next-technical", Tab::Response, take_technical_step::VERB.name)
            }
            Waiting::Migration { .. } => {
                step(sight, "inc-next-migrate", Tab::Plans, confirm_migration::VERB.name)
            }
        });
    }
    None
}

fn classify_first(sight: &Sight<'_>) -> Option<NextStep> {
    if sight.view.incident.primary_class.is_some() || !sight.works() {
        return None;
    }
    Some(step(sight, "inc-next-classify", Tab::Facts, classify::VERB.name))
}

/// The level may be worse than what is known gives, and nobody here has recorded a fact yet.
fn missing_facts(sight: &Sight<'_>) -> Option<NextStep> {
    let grade = sight.view.grade.as_ref()?;
    let is_asked = grade.undecided.iter().any(|undecided| !undecided.ask.is_empty());
    let recorded = sight
        .view
        .incident
        .log
        .iter()
        .any(|it| matches!(it.event, IncidentEvent::FactsRecorded(_)));
    if !is_asked || (recorded && grade.certain.is_some()) || !sight.works() {
        return None;
    }
    Some(step(sight, "inc-next-facts", Tab::Facts, record_facts::VERB.name))
}

fn judge(sight: &Sight<'_>) -> Option<NextStep> {
    let plan = sight.lead();
    let certain = sight.view.incident.computed(plan).certain?;
    let judged = sight.view.incident.judged(&plan.id);
    let is_settled = judged.is_some_and(|judged| {
        judged.level == certain || judged.computed.certain.as_ref() == Some(&certain)
    });
    if is_settled || !sight.may_at(PlanAct::JudgeLevel, Some(&certain)) {
        return None;
    }
    Some(step(sight, "inc-next-judge", Tab::Overview, judge_level::VERB.name))
}

/// Which of the reader's duties count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Urgency {
    Near,
    Any,
}

fn duty(sight: &Sight<'_>, urgency: Urgency) -> Option<NextStep> {
    let own = sight.view.duties.iter().filter(|duty| duty.state.is_open());
    let mut own: Vec<&Duty> = own
        .filter(|duty| sight.viewer.actor.roles_under(&duty.plan).contains(&duty.actor))
        .collect();
    own.retain(|duty| urgency == Urgency::Any || is_near(sight, duty));
    own.sort_by_key(|duty| duty.due.unwrap_or(duty.arose_at));
    let duty = own.into_iter().find(|duty| !waits_for_proposal(sight, duty))?;
    let plan = sight.plan(&duty.plan)?;
    let form = plan.duties.iter().find(|rule| rule.id == duty.duty)?.form.clone();
    match (duty.channel, form) {
        (Channel::Oral, _) => Some(step(sight, "inc-next-call", Tab::Duties, calls::VERB.name)),
        (Channel::Written | Channel::Any, Some(form))
            if issue_document::is_paper(sight, &duty.plan, &form) =>
        {
            let href = paths::compose(sight.view.id, (&duty.plan, &form, &duty.actor));
            Some(NextStep { key: "inc-next-report", href })
        }
        (Channel::Written | Channel::Any, _) => {
            Some(step(sight, "inc-next-record", Tab::Duties, deliveries::VERB.name))
        }
    }
}

fn is_near(sight: &Sight<'_>, duty: &Duty) -> bool {
    match (duty.due, duty.kind) {
        (Some(due), _) => due.duration_since(sight.clock.now) <= NEAR,
        (None, DutyKind::Immediate | DutyKind::Simultaneous) => true,
        (
            None,
            DutyKind::Within
            | DutyKind::Recurring
            | DutyKind::Continuing
            | DutyKind::OnRequest
            | DutyKind::Undefined,
        ) => false,
    }
}

/// A duty that the proposal itself meets.
fn waits_for_proposal(sight: &Sight<'_>, duty: &Duty) -> bool {
    submit_proposal::duty_of(sight, &duty.actor).as_ref() == Some(&duty.duty)
}

/// To start, adjust or end the response.
fn respond(sight: &Sight<'_>) -> Option<NextStep> {
    let level = steps::level(sight)?;
    let response = &sight.view.incident.response;
    let waits_for_others = response.waiting().is_some() || !response.voices.is_empty();
    if let Some(proposal) = response.waiting()
        && sight.works()
        && approve_proposal::awaited(sight).is_some()
        && !proposal.people().contains(&sight.viewer.actor.person)
    {
        return Some(step(
            sight,
            "inc-next-record-approval",
            Tab::Response,
            record_approval::VERB.name,
        ));
    }
    let wanted = match &response.state {
        ResponseState::NotStarted => Step::Start,
        ResponseState::Running { level: running, .. }
            if !sight.lead().is_at_least(running, &level) =>
        {
            Step::Adjust
        }
        ResponseState::Running { .. } | ResponseState::Ended { .. } => return None,
    };
    if waits_for_others {
        return None;
    }
    decide(sight, wanted, &level)
}

fn decide(
    sight: &Sight<'_>,
    wanted: Step,
    level: &fengsui_vocabulary::LevelId,
) -> Option<NextStep> {
    let authority = steps::authority(sight, wanted, level)?;
    let roles = &sight.viewer.actor.roles;
    if !authority.how.initiators().iter().any(|role| roles.contains(role)) {
        return None;
    }
    match &authority.how {
        How::AnyOf(_) | How::Joint(_) | How::Higher(_) | How::Undefined => {
            Some(step(sight, "inc-next-decide", Tab::Response, voice_decision::VERB.name))
        }
        How::Approval { .. } => {
            Some(step(sight, "inc-next-propose", Tab::Response, submit_proposal::VERB.name))
        }
    }
}

/// To end the response, review and close, once nothing owed is open.
fn finish(sight: &Sight<'_>) -> Option<NextStep> {
    let owed = sight.view.duties.iter().any(|duty| duty.state.is_open());
    let level = steps::level(sight);
    match (&sight.view.incident.response.state, level) {
        (ResponseState::Running { .. }, Some(level)) if !owed => {
            let waits = sight.view.incident.response.waiting().is_some();
            if waits
                || steps::mine(sight, Way::Voice).is_empty()
                    && steps::mine(sight, Way::Proposal).is_empty()
            {
                return None;
            }
            return decide(sight, Step::End, &level)
                .map(|it| NextStep { key: "inc-next-end", ..it });
        }
        (ResponseState::Running { .. }, _) => return None,
        (ResponseState::NotStarted | ResponseState::Ended { .. }, _) => {}
    }
    // While others have to decide, or somebody owes something, it is too early to look back.
    if owed || !sight.view.incident.response.voices.is_empty() {
        return None;
    }
    if sight.view.incident.review.is_none() && sight.may(PlanAct::Review) {
        return Some(step(sight, "inc-next-review", Tab::Review, review::VERB.name));
    }
    if sight.view.in_the_way.is_empty() && sight.may(PlanAct::CloseIncident) {
        return Some(step(sight, "inc-next-close", Tab::Review, close::VERB.name));
    }
    None
}
