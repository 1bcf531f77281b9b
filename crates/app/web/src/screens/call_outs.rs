//! 呼叫到岗: people called out, and what they answer.

mod begin;
mod forms;
mod list;
mod show;
mod steer;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::{CallOutLine, Capacity};
use fengsui_vocabulary::CallOutId;

use crate::parts::{DueChip, Html, Item, Mood, StateBadge};
use crate::routes::{CALL_OUTS, Route, Who};
use crate::say::Saying;
use crate::state::Web;

/// Those who may begin one; about what, is decided by their sight.
const CALLERS: Who = Who::Any(&[Capacity::Officer, Capacity::Leader]);

/// Where one is begun by hand.
const BEGIN: &str = "/call-outs/begin";

/// Who may take which route. Whoever is called may be anybody who has an account.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(CALL_OUTS, Who::SignedIn),
    Route::get(BEGIN, CALLERS),
    Route::post(BEGIN, CALLERS),
    Route::get("/call-outs/{call_out}", Who::SignedIn),
    Route::post("/call-outs/{call_out}/coming", Who::SignedIn),
    Route::post("/call-outs/{call_out}/cannot", Who::SignedIn),
    Route::post("/call-outs/{call_out}/end", Who::SignedIn),
    Route::post("/call-outs/{call_out}/add", CALLERS),
    Route::post("/call-outs/{call_out}/told", CALLERS),
    Route::post("/call-outs/{call_out}/cancel", CALLERS),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(CALL_OUTS, get(list::list))
        .route(BEGIN, get(begin::show).post(begin::begin))
        .route("/call-outs/{call_out}", get(show::show))
        .route("/call-outs/{call_out}/coming", post(steer::coming))
        .route("/call-outs/{call_out}/cannot", post(steer::cannot))
        .route("/call-outs/{call_out}/end", post(steer::end))
        .route("/call-outs/{call_out}/add", post(steer::add))
        .route("/call-outs/{call_out}/told", post(steer::told))
        .route("/call-outs/{call_out}/cancel", post(steer::cancel))
}

/// The page of a call-out.
pub(crate) fn path(call_out: CallOutId) -> String {
    format!("{CALL_OUTS}/{call_out}")
}

/// Where a call-out about a stream is begun by hand.
pub(crate) fn begin_about(stream: &str) -> String {
    format!("{BEGIN}?about={}", crate::page::escaped(stream))
}

/// A call-out as one thing of a list.
pub(crate) fn item(saying: Saying<'_>, line: &CallOutLine) -> Item {
    let words = saying.words;
    let occasion = words.t(&format!("call-out-when-{}", line.occasion));
    let who = match (line.called, line.taken_by) {
        (_, Some(taken)) => words.ta("call-out-comes", &[("who", &saying.person(taken))]),
        (Some(called), None) => words.ta("call-out-called", &[("who", &saying.person(called))]),
        (None, None) => words.t("call-out-nobody").into_owned(),
    };
    let begun = saying.clock.ago(line.begun_at, words);
    Item {
        title: Html::link(&path(line.call_out), &line.about_name),
        text: format!("{occasion} · {begun}"),
        side: Html::stacked(
            [Html::of(&badge(saying, &line.state)), Html::text(who)]
                .into_iter()
                .chain(line.until.map(|at| Html::of(&DueChip::by(at, saying.clock, words)))),
        ),
    }
}

/// Where a call-out stands.
fn badge(saying: Saying<'_>, state: &str) -> StateBadge {
    let mood = match state {
        "calling" => Mood::Waiting,
        "exhausted" => Mood::Attention,
        "taken" => Mood::Active,
        "ended" => Mood::Done,
        _ => Mood::Quiet,
    };
    StateBadge::new(mood, saying.words.t(&format!("call-out-state-{state}")))
}
