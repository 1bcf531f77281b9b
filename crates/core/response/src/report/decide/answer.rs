//! What the reporter is asked and told: questions, the answer to the report, the result.

use fengsui_plan::Act;
use fengsui_vocabulary::Line;

use super::take_in::check_attachments;
use super::{Case, Decision};
use crate::report::{ReportCommand, ReportStatus};
use crate::{
    Attachment, BlobRef, Capacity, QuestionAnswered, QuestionAsked, Refusal, ReportDeclined,
    ReportReopened, ReportSealed, ResultTold,
};

type Asking<'a> = Case<'a, ReportCommand>;

pub(super) fn ask(case: &Asking<'_>, text: &BlobRef) -> Decision {
    case.acting(Act::AcceptReport)?;
    case.check_alive()?;
    let question = case.report.questions.keys().last().map_or(1, |last| last.saturating_add(1));
    if question > QUESTIONS_MAX {
        return Err(Refusal::TooMany {
            what: "questions",
            count: case.report.questions.len(),
            count_max: case.report.questions.len(),
        });
    }
    Ok(case.only(QuestionAsked { question, text: text.clone() }))
}

/// Whoever holds the report's number and secret answers, or a member of an affected organisation, or
/// an officer who was told by telephone.
pub(super) fn answer(
    case: &Asking<'_>,
    question: u32,
    text: &BlobRef,
    attachments: &[Attachment],
) -> Decision {
    super::join::check_reporter(case)?;
    case.check_alive()?;
    check_attachments(attachments)?;
    let asked = case
        .report
        .questions
        .get(&question)
        .ok_or_else(|| Refusal::Unknown { what: "question", name: question.to_string() })?;
    if asked.answer.is_some() {
        return Err(Refusal::AnsweredAlready);
    }
    Ok(case.only(QuestionAnswered {
        question,
        text: text.clone(),
        attachments: attachments.to_vec(),
    }))
}

pub(super) fn decline(case: &Asking<'_>, reason: &Line) -> Decision {
    let role = case.acting(Act::DeclineReport)?;
    case.check_waiting()?;
    Ok(case.only(ReportDeclined { reason: reason.clone(), role }))
}

pub(super) fn reopen(case: &Asking<'_>, reason: &Line) -> Decision {
    case.acting(Act::AcceptReport)?;
    match case.report.status {
        ReportStatus::Declined(_) => Ok(case.only(ReportReopened { reason: reason.clone() })),
        ReportStatus::Absent
        | ReportStatus::Waiting
        | ReportStatus::Accepted
        | ReportStatus::Sealed(_)
        | ReportStatus::Split(_)
        | ReportStatus::Merged(_) => Err(Refusal::ReportNotDeclined),
    }
}

/// Whoever sees it first seals it: that cannot wait for a role.
pub(super) fn seal(case: &Asking<'_>, reason: &Line) -> Decision {
    if !case.asked.by.has(Capacity::Officer) {
        case.acting(Act::AcceptReport)?;
    }
    if matches!(case.report.status, ReportStatus::Sealed(_)) {
        return Err(Refusal::ReportSealed);
    }
    Ok(case.only(ReportSealed { reason: reason.clone() }))
}

pub(super) fn tell(case: &Asking<'_>, text: &BlobRef) -> Decision {
    case.acting(Act::AcceptReport)?;
    match case.report.status {
        ReportStatus::Accepted => Ok(case.only(ResultTold { text: text.clone() })),
        ReportStatus::Absent
        | ReportStatus::Waiting
        | ReportStatus::Declined(_)
        | ReportStatus::Sealed(_)
        | ReportStatus::Split(_)
        | ReportStatus::Merged(_) => Err(Refusal::ReportNotAccepted),
    }
}

/// Questions to one reporter.
const QUESTIONS_MAX: u32 = 100;
