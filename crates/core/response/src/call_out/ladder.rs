//! From the rules of the house and the roster to the people who are called.

use fengsui_vocabulary::{PersonId, PostName};
use jiff::SignedDuration;

use super::STEPS_MAX;
use crate::house::{CallOutRule, CallOutStep, CallOutWho};
use crate::roster::{OnDuty, Standing};
use crate::{LadderStep, StepBecause};

/// The ladder of a rule at one moment. A post that nobody stands falls to the head; deputies that
/// nobody named are no steps, because the steps before and after cover for them.
pub fn ladder(rule: &CallOutRule, on_duty: &OnDuty) -> Vec<LadderStep> {
    rule.steps.iter().flat_map(|step| steps(step, on_duty)).take(STEPS_MAX).collect()
}

/// The ladder of one post: its steps of a rule and then the head. A post that the rule does not know is
/// waited for as long as the rule waits first.
pub fn ladder_of_post(rule: &CallOutRule, post: &PostName, on_duty: &OnDuty) -> Vec<LadderStep> {
    let is_of_post = |step: &&CallOutStep| {
        step.who == CallOutWho::Head || step.post.as_deref() == Some(post.as_str())
    };
    let mut chosen: Vec<CallOutStep> = rule.steps.iter().filter(is_of_post).cloned().collect();
    if !chosen.iter().any(|step| step.who == CallOutWho::First)
        && let Some(first) = rule.steps.first()
    {
        let at = |who| CallOutStep { post: Some(post.to_string()), who, wait: first.wait };
        chosen.insert(0, at(CallOutWho::First));
        chosen.insert(1, at(CallOutWho::Deputy));
    }
    let steps = chosen.iter().flat_map(|step| steps(step, on_duty));
    steps.take(STEPS_MAX).collect()
}

fn steps(step: &CallOutStep, on_duty: &OnDuty) -> Vec<LadderStep> {
    let post = step.post.as_deref().and_then(|post| post.parse::<PostName>().ok());
    let manning = on_duty.posts.iter().find(|it| Some(&it.post.id) == post.as_ref());
    let people = manning.map(|it| it.people.as_slice()).unwrap_or_default();
    let wait = step.wait;
    match step.who {
        CallOutWho::First => match people.first() {
            Some(first) => vec![of_roster(step.who, post, first, wait)],
            None => vec![of_head((step.who, post), on_duty.head, StepBecause::Gap, wait)],
        },
        CallOutWho::Deputy => {
            let deputies = people.iter().skip(1);
            deputies.map(|it| of_roster(step.who, post.clone(), it, wait)).collect()
        }
        CallOutWho::Head => {
            vec![of_head((step.who, None), on_duty.head, StepBecause::IsHead, wait)]
        }
    }
}

fn of_roster(
    who: CallOutWho,
    post: Option<PostName>,
    standing: &Standing,
    wait: SignedDuration,
) -> LadderStep {
    let because = match standing.instead_of {
        None => StepBecause::OnRoster,
        Some(_) => StepBecause::StandsIn,
    };
    LadderStep { who, post, person: Some(standing.person), because, wait }
}

fn of_head(
    (who, post): (CallOutWho, Option<PostName>),
    head: Option<PersonId>,
    because: StepBecause,
    wait: SignedDuration,
) -> LadderStep {
    LadderStep { who, post, person: head, because, wait }
}
