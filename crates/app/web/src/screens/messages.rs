//! 消息: what goes out and what became of it; what is addressed to the reader; whether sending is held.

mod act;
mod list;
mod show;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::{Capacity, Desk, Viewer};
use fengsui_response::message::{AttemptEnd, Standing};
use fengsui_response::{Occasion, Way};
use fengsui_vocabulary::MessageId;

use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{Mood, Notice, StateBadge, Tone};
use crate::routes::{self, MESSAGES, Route, Who};
use crate::state::Web;

/// Who looks after what goes out.
const KEEPERS: Who = Who::Any(&[Capacity::Officer, Capacity::Administrator]);

/// Who may take which route; what they see is what is addressed to them, or everything.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(MESSAGES, Who::SignedIn),
    Route::get("/messages/{message}", Who::SignedIn),
    Route::post("/messages/{message}/again", KEEPERS),
    Route::post("/messages/{message}/give-up", KEEPERS),
    Route::post("/messages/release", KEEPERS),
    Route::post("/messages/reports/{key}/away", KEEPERS),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(MESSAGES, get(list::list))
        .route("/messages/{message}", get(show::show))
        .route("/messages/{message}/again", post(act::try_again))
        .route("/messages/{message}/give-up", post(act::give_up))
        .route("/messages/release", post(act::release))
        .route("/messages/reports/{key}/away", post(act::put_away))
}

/// Where a form of a message posts.
fn part(message: MessageId, part: &str) -> String {
    format!("{}/{part}", routes::message(message))
}

/// Whether the viewer looks after what goes out, and sees all of it.
fn keeps(viewer: &Viewer) -> bool {
    viewer.is_any(&[Capacity::Officer, Capacity::Administrator])
}

/// What whoever is on duty should know first: that sending is held, that messages need somebody.
pub(crate) async fn warnings(
    desk: &Desk,
    viewer: &Viewer,
    words: Words,
) -> Result<Vec<Notice>, WebError> {
    let mut notices = Vec::new();
    if !keeps(viewer) {
        return Ok(notices);
    }
    let lag = desk.dispatch_lag(desk.now()).await?;
    if !lag.held.is_empty() {
        let mut notice = Notice::new(Tone::Attention, words.t("messages-held"));
        for reason in &lag.held {
            notice = notice.line(reason.clone());
        }
        notices.push(notice.line(words.t("messages-held-text")));
    }
    let needing = usize::try_from(lag.needs_somebody).unwrap_or(usize::MAX);
    if needing > 0 {
        let title = words.tn("messages-need-somebody", needing);
        notices.push(Notice::new(Tone::Attention, title).line(words.t("messages-need-text")));
    }
    Ok(notices)
}

/// The key of an occasion's word.
const fn occasion_key(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::DutyDue => "message-on-duty-due",
        Occasion::DutyMissed => "message-on-duty-missed",
        Occasion::ReportReceived => "message-on-report-received",
        Occasion::CallOut => "message-on-call-out",
        Occasion::HandOverReady => "message-on-hand-over",
        Occasion::ApprovalAsked => "message-on-approval",
        Occasion::DirectiveIssued => "message-on-directive",
        Occasion::Plain => "message-on-plain",
    }
}

/// A way in words.
fn way_said(way: &Way, words: Words) -> String {
    match way {
        Way::Mail => words.t("message-way-mail").into_owned(),
        Way::Screen => words.t("message-way-screen").into_owned(),
        Way::Webhook(name) => words.ta("message-way-webhook", &[("name", name.as_str())]),
    }
}

/// Where a message stands.
fn badge(standing: Standing, words: Words) -> StateBadge {
    let (mood, key) = match standing {
        Standing::Absent | Standing::Waiting => (Mood::Waiting, "message-state-waiting"),
        Standing::Deferred => (Mood::Waiting, "message-state-deferred"),
        Standing::Uncertain => (Mood::Attention, "message-state-uncertain"),
        Standing::Unconfigured => (Mood::Attention, "message-state-unconfigured"),
        Standing::Delivered => (Mood::Done, "message-state-delivered"),
        Standing::Refused => (Mood::Attention, "message-state-refused"),
        Standing::Bounced => (Mood::Attention, "message-state-bounced"),
        Standing::Exhausted => (Mood::Attention, "message-state-exhausted"),
        Standing::GivenUp => (Mood::Quiet, "message-state-given-up"),
        Standing::Unseen => (Mood::Waiting, "message-state-unseen"),
        Standing::Seen => (Mood::Quiet, "message-state-seen"),
    };
    StateBadge::new(mood, words.t(key))
}

/// That a message may have arrived more than once.
fn doubled(words: Words) -> StateBadge {
    StateBadge::new(Mood::Attention, words.t("message-maybe-twice"))
}

/// How an attempt ended.
fn end_badge(end: AttemptEnd, words: Words) -> StateBadge {
    let (mood, key) = match end {
        AttemptEnd::Delivered => (Mood::Done, "message-end-delivered"),
        AttemptEnd::Deferred => (Mood::Waiting, "message-end-deferred"),
        AttemptEnd::Refused => (Mood::Attention, "message-end-refused"),
        AttemptEnd::Unconfigured => (Mood::Attention, "message-end-unconfigured"),
        AttemptEnd::NoAnswer => (Mood::Attention, "message-end-no-answer"),
        AttemptEnd::Interrupted => (Mood::Attention, "message-end-interrupted"),
    };
    StateBadge::new(mood, words.t(key))
}
