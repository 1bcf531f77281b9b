//! What became of a report, as its reporter may know: received, accepted, result; what is owed; questions.

use fengsui_desk::content::{Addition, Writing};
use fengsui_desk::{Desk, ReceiptView};
use fengsui_response::report::{Question, ReportStatus};
use fengsui_response::{Recorded, ReportEvent};
use fengsui_vocabulary::ReportId;
use jiff::Timestamp;

use super::receipt;
use crate::error::WebError;
use crate::facts;
use crate::form::{COMMAND, Returned};
use crate::page::Width;
use crate::parts::{
    Act, Entry, Field, FieldKind, Form, Gravity, Header, Html, Moment, Mood, Sends, StateBadge,
    Timeline,
};
use crate::routes;
use crate::session::Visitor;
use crate::state::Web;
use crate::views::{LookUp, LookUpResult};

/// The screen of one receipt, with a form that came back if there is one.
pub(super) async fn screen(
    web: &Web,
    visitor: &Visitor,
    report: ReportId,
    returned: Option<&Returned>,
) -> Result<LookUp, WebError> {
    let view = web.desk.receipt_view(report).await?;
    let number = view.report.report.intake.as_ref().map(|intake| intake.number.to_string());
    let number = number.unwrap_or_default();
    let mut page = visitor.page("look-up", number.clone(), routes::LOOK_UP);
    page.width = Width::Narrow;
    page.live = None;
    let title = view.report.content.as_ref().map(|content| content.title.to_string());
    let mut header = Header::new(number).mark(Html::of(&state(visitor, &view)));
    header.lead = title;
    let put_back = |form: Form| match returned {
        Some(returned) => returned.put_back(form),
        None => form,
    };
    let acts = acts(web, visitor, &view).into_iter().map(|mut act| {
        act.form = put_back(act.form);
        act
    });
    let found = LookUpResult {
        story: story(visitor, &view),
        owed: receipt::owed(visitor, &view),
        acts: acts.collect(),
    };
    Ok(LookUp { page, header, form: None, found: Some(found) })
}

/// Received, accepted, or what became of it.
fn state(visitor: &Visitor, view: &ReceiptView) -> StateBadge {
    let has_result = !view.results.is_empty() || view.closed_at.is_some();
    let (mood, key) = match &view.report.report.status {
        ReportStatus::Absent | ReportStatus::Waiting => (Mood::Waiting, "public-state-received"),
        ReportStatus::Accepted if has_result => (Mood::Done, "public-state-result"),
        ReportStatus::Accepted => (Mood::Active, "public-state-accepted"),
        ReportStatus::Declined(_) => (Mood::Attention, "public-state-declined"),
        ReportStatus::Sealed(_) => (Mood::Attention, "public-state-sealed"),
        ReportStatus::Split(_) | ReportStatus::Merged(_) => {
            (Mood::Active, "public-state-elsewhere")
        }
    };
    StateBadge::new(mood, visitor.words().t(key))
}

/// What happened, the newest first; without the names of those who handle it.
fn story(visitor: &Visitor, view: &ReceiptView) -> Timeline {
    let words = visitor.words();
    let mut entries: Vec<Entry> =
        view.report.report.log.iter().filter_map(|it| entry(visitor, view, it)).collect();
    if let Some(closed_at) = view.closed_at {
        entries.push(line(visitor, closed_at, "public-story-closed", None));
    }
    entries.reverse();
    Timeline { entries, empty: words.t("story-none").into_owned() }
}

fn entry(visitor: &Visitor, view: &ReceiptView, recorded: &Recorded<ReportEvent>) -> Option<Entry> {
    let writing = |text| view.report.text::<Writing>(text).map(|it| it.text.to_string());
    let addition = |text| view.report.text::<Addition>(text).map(|it| it.text.to_string());
    let (key, remark) = match &recorded.event {
        ReportEvent::TakenIn(_) => ("public-state-received", None),
        ReportEvent::Supplemented(it) => ("public-story-supplemented", addition(&it.content)),
        ReportEvent::QuestionAsked(it) => ("public-story-asked", writing(&it.text)),
        ReportEvent::QuestionAnswered(it) => ("public-story-answered", addition(&it.text)),
        ReportEvent::Accepted(_) => ("public-state-accepted", None),
        ReportEvent::Declined(it) => ("public-state-declined", Some(it.reason.to_string())),
        ReportEvent::Reopened(_) => ("public-story-reopened", None),
        ReportEvent::Split(_) | ReportEvent::Merged(_) => ("public-state-elsewhere", None),
        ReportEvent::Sealed(_) => ("public-state-sealed", None),
        ReportEvent::ResultTold(it) => ("public-state-result", writing(&it.text)),
        ReportEvent::TextsErased(_) => ("public-story-erased", None),
        ReportEvent::OrganisationIdentified(_)
        | ReportEvent::AnchorRecorded(_)
        | ReportEvent::AnchorCorrected(_)
        | ReportEvent::Received(_)
        | ReportEvent::DutyMet(_)
        | ReportEvent::MissCleared(_)
        | ReportEvent::DutiesReminded(_)
        | ReportEvent::DutiesMissed(_)
        | ReportEvent::LeftWaiting(_)
        | ReportEvent::Absorbed(_) => return None,
    };
    Some(line(visitor, recorded.happened_at, key, remark))
}

fn line(visitor: &Visitor, at: Timestamp, key: &str, remark: Option<String>) -> Entry {
    let words = visitor.words();
    Entry {
        at: Moment::new(at, visitor.clock(), words),
        entered: None,
        who: String::new(),
        text: words.t(key).into_owned(),
        remark,
        marks: Vec::new(),
        clause: None,
        gravity: Gravity::Weighty,
    }
}

/// Answers to open questions first, then anything more; last, closing the receipt in this browser.
fn acts(web: &Web, visitor: &Visitor, view: &ReceiptView) -> Vec<Act> {
    let mut acts = telling(web, visitor, view);
    let words = visitor.words();
    let button = words.t("look-up-leave");
    let mut form = Form::new("leave", routes::LOOK_UP_LEAVE, visitor.csrf(), button, words);
    form.draft = None;
    let mut leave = Act::new(words.t("look-up-leave"), form);
    leave.lead = Some(words.t("look-up-leave-lead").into_owned());
    acts.push(leave);
    acts
}

fn telling(web: &Web, visitor: &Visitor, view: &ReceiptView) -> Vec<Act> {
    let is_alive = matches!(
        view.report.report.status,
        ReportStatus::Waiting | ReportStatus::Accepted | ReportStatus::Declined(_)
    );
    if !is_alive {
        return Vec::new();
    }
    let questions = view.report.report.open_questions();
    let mut acts: Vec<Act> = questions
        .map(|(number, question)| answer(&web.desk, visitor, view, (number, question)))
        .collect();
    acts.push(Act::new(
        visitor.words().t("look-up-supplement"),
        supplement(&web.desk, visitor, view),
    ));
    acts
}

fn answer(
    desk: &Desk,
    visitor: &Visitor,
    view: &ReceiptView,
    (number, question): (u32, &Question),
) -> Act {
    let words = visitor.words();
    let id = format!("answer-{number}");
    let action = routes::answer(number);
    let mut form = Form::new(&id, &action, visitor.csrf(), words.t("look-up-answer"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .with(Field::prose("text", words.t("look-up-answer-text")))
        .with(files(visitor));
    form.sends = Sends::Files;
    let asked = view.report.text::<Writing>(&question.text);
    let asked = asked.map(|asked| asked.text.to_string()).unwrap_or_default();
    let mut act = Act::new(words.t("look-up-answer"), form);
    act.lead = Some(asked);
    act
}

fn supplement(desk: &Desk, visitor: &Visitor, view: &ReceiptView) -> Form {
    let words = visitor.words();
    let button = words.t("look-up-supplement");
    let form = Form::new("supplement", routes::SUPPLEMENT, visitor.csrf(), button, words)
        .hiding(COMMAND, desk.command_id().to_string())
        .with(Field::prose("text", words.t("look-up-supplement-text")))
        .with(files(visitor))
        .under(words.t("look-up-supplement-facts"));
    let questions = view.report.lead.as_deref().map(facts::questions).unwrap_or_default();
    let mut form = facts::asking(form, &questions, words);
    form.sends = Sends::Files;
    form
}

fn files(visitor: &Visitor) -> Field {
    Field::new("files", visitor.words().t("public-files"), FieldKind::Files("")).optional()
}
