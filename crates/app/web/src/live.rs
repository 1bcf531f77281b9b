//! `/live`: tells open screens that something they may see has changed, never what.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use fengsui_desk::{Desk, Viewer};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

use crate::routes;
use crate::session::SignedIn;
use crate::state::Web;

/// How often a silent connection is shown to be alive.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// After this the browser connects anew, so that whoever signed out or was dismissed hears nothing more.
const LASTS: Duration = Duration::from_mins(10);

/// Changes are gathered for so long: a busy desk is told twice a second, not with every commit.
const GATHERED: Duration = Duration::from_millis(400);

/// Streams that are looked at in one go; of more, only that something changed is told.
const STREAMS_MAX: usize = 64;

/// Messages that may wait for one slow reader.
const WAITING_MAX: usize = 4;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(routes::LIVE, get(live))
}

/// `GET /live`
async fn live(
    State(web): State<Web>,
    reader: SignedIn,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = channel(WAITING_MAX);
    let desk = web.desk.clone();
    web.tasks.spawn(async move {
        let told = tell(&desk, &reader.viewer, &sender);
        // Ends with the connection, with its time, or when nobody listens any more.
        tokio::select! {
            () = told => {}
            () = sender.closed() => {}
            () = tokio::time::sleep(LASTS) => {}
        }
    });
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

/// Tells one reader what moved, as long as there is anything to follow.
async fn tell(desk: &Desk, viewer: &Viewer, sender: &Sender<Result<Event, Infallible>>) {
    let mut follow = desk.follow();
    loop {
        let first = match follow.recv().await {
            Ok(moved) => Some(moved),
            Err(RecvError::Lagged(_)) => None,
            Err(RecvError::Closed) => return,
        };
        tokio::time::sleep(GATHERED).await;
        let mut streams = BTreeSet::new();
        while let Ok(moved) = follow.try_recv() {
            streams.extend(moved.streams.iter().cloned());
        }
        let event = match first {
            None => Some(changed(&[])),
            Some(mut moved) => {
                streams.extend(moved.streams.iter().cloned());
                let is_much = streams.len() > STREAMS_MAX;
                moved.streams = streams.into_iter().take(STREAMS_MAX).collect();
                match desk.visible(viewer, &moved).await {
                    Ok(seen) if seen.is_empty() && !is_much => None,
                    Ok(seen) => Some(changed(&seen)),
                    Err(_) => None, // the next change, or the reader, will tell
                }
            }
        };
        if let Some(event) = event
            && sender.send(Ok(event)).await.is_err()
        {
            return;
        }
    }
}

/// Names of streams; none when there were too many to look at.
fn changed(streams: &[String]) -> Event {
    Event::default().event("changed").data(streams.join(" "))
}
