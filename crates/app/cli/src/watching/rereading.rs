//! Reading quarantined pieces again while the program collects: they go through the running collector's inbox like
//! any other delivery, so nobody races it and its memory of repeats stays whole.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fengsui_desk::{NoAnswer, NotReread};
use fengsui_lake::{Lake, Limits};
use fengsui_records::{FeedName, Reread};
use fengsui_watch::{
    AGAIN, Delivery, Feed, Heard, Inbox, Sent, TurnedBack, Unresolved, look_up, questions,
    source_of,
};
use tokio::sync::Mutex;

use super::LakeShelf;

/// Pieces that are read again at once from a screen.
const PIECES_MAX: usize = 10_000;

/// Their bytes.
const BYTES_MAX: usize = 8 << 20;

/// How long is waited for the collector.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often they are looked up, when somebody else was ahead.
const ATTEMPTS_MAX: usize = 3;

/// The way of quarantined pieces to the collector.
pub(crate) struct Rereading {
    shelf: LakeShelf,
    lake: Lake,
    inbox: Arc<Inbox>,
    /// The feeds that are collected, and whether they are lists.
    feeds: BTreeMap<FeedName, bool>,
    /// One at a time.
    turn: Mutex<()>,
}

impl Rereading {
    pub(super) fn new((shelf, lake): (LakeShelf, Lake), inbox: Arc<Inbox>, feeds: &[Feed]) -> Self {
        let feeds = feeds.iter().map(|feed| (feed.name.clone(), feed.list.is_some())).collect();
        Self { shelf, lake, inbox, feeds, turn: Mutex::default() }
    }

    /// Reads again what of a feed could not be read for a reason.
    pub(super) async fn reread(&self, feed: &FeedName, reason: &str) -> Result<Reread, NotReread> {
        match self.feeds.get(feed) {
            None => return Err(NotReread::NotCollected),
            Some(true) => return Err(NotReread::List),
            Some(false) => {}
        }
        let _turn = self.turn.try_lock().map_err(|_taken| NotReread::Busy)?;
        let all = self.waiting(feed, reason).await?;
        for _ in 0..ATTEMPTS_MAX {
            let Some(delivery) = self.look_up(feed, reason).await? else {
                return Ok(Reread::default());
            };
            let after = delivery.again.as_ref().and_then(|again| again.base);
            let pieces = u64::try_from(delivery.block.pieces.len()).unwrap_or(u64::MAX);
            let until = delivery.block.reached().unwrap_or_default();
            match self.hand_over(delivery, until).await? {
                Heard::Kept => {
                    let sql = questions::reread(feed, after, until);
                    let came = questions::came_of(&self.ask(&sql).await?).map_err(unread)?;
                    return Ok(Reread { pieces, more: pieces < all, ..came });
                }
                Heard::TurnedBack(TurnedBack::Overtaken { .. }) => {} // look it up anew
                Heard::TurnedBack(TurnedBack::HeldElsewhere) => return Err(NotReread::Busy),
                Heard::Nothing => return Err(NotReread::UnderWay),
            }
        }
        Err(NotReread::Busy)
    }

    /// How many pieces wait for being read again.
    async fn waiting(&self, feed: &FeedName, reason: &str) -> Result<u64, NotReread> {
        let rows = self.ask(&questions::left(Some(feed), Some(reason))).await?;
        let left = questions::left_of(&rows).map_err(unread)?;
        Ok(left.iter().map(|left| left.pieces).sum())
    }

    async fn look_up(&self, feed: &FeedName, reason: &str) -> Result<Option<Delivery>, NotReread> {
        let asked = Unresolved {
            reason: Some(reason.to_owned()),
            pieces_max: PIECES_MAX,
            bytes_max: BYTES_MAX,
            ..Unresolved::of(feed.clone())
        };
        let lake = self.shelf.clone();
        let found = tokio::task::spawn_blocking(move || look_up(&lake, &asked)).await;
        let found = found.map_err(unread)?.map_err(unread)?;
        Ok(found.map(|(delivery, _last)| delivery))
    }

    async fn hand_over(&self, delivery: Delivery, until: i64) -> Result<Heard, NotReread> {
        let source = source_of(&delivery.feed, AGAIN);
        match self.inbox.offer(delivery) {
            Some(Sent::Taken) => {}
            Some(Sent::TurnedBack(_) | Sent::Closed) | None => return Err(NotReread::Busy),
        }
        let inbox = Arc::clone(&self.inbox);
        let heard = tokio::task::spawn_blocking(move || inbox.hear(&source, until, PATIENCE)).await;
        heard.map_err(unread)
    }

    async fn ask(&self, sql: &str) -> Result<Vec<arrow::array::RecordBatch>, NotReread> {
        let answer = self.lake.query(sql, Limits::default()).await.map_err(unread)?;
        answer.collect().await.map_err(unread)
    }
}

fn unread(fault: impl std::error::Error + Send + Sync + 'static) -> NotReread {
    NotReread::NoAnswer(NoAnswer::Unreadable { source: Box::new(fault) })
}
