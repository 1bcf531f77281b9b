//! The lake and the spools as the desk's lookout.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use async_trait::async_trait;
use fengsui_desk::{Lookout, NoAnswer, PushRefused, Pushed};
use fengsui_intake::{Push, PushFault, SpoolFault};
use fengsui_lake::{Lake, LakeFault, Limits};
use fengsui_records::{
    Bucket, Feed, FeedName, Found, Hit, Place, Quarantine, Search, Sight, Top, TopOf, Trend,
};
use fengsui_watch::questions::{self, SearchFault};
use jiff::Timestamp;

/// What a question of a screen may take.
const LIMITS: Limits =
    Limits { rows: 100_000, time: Duration::from_secs(20), memory: 512 << 20, spill: 2 << 30 };

/// Places that are looked up at once.
const PLACES_MAX: usize = 1_000;

/// The lake and the spools of the feeds that take pushes.
pub(crate) struct LakeLookout {
    lake: Lake,
    push: Arc<Push>,
}

impl LakeLookout {
    pub(crate) fn new(lake: Lake, push: Arc<Push>) -> Self {
        Self { lake, push }
    }

    async fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, NoAnswer> {
        let answer = self.lake.query(sql, LIMITS).await.map_err(no_answer)?;
        answer.collect().await.map_err(no_answer)
    }
}

impl fmt::Debug for LakeLookout {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LakeLookout")
    }
}

#[async_trait]
impl Lookout for LakeLookout {
    async fn find(&self, search: &Search, skip: usize, most: usize) -> Result<Found, NoAnswer> {
        let sql = questions::find(search, skip, most).map_err(|fault| malformed(&fault))?;
        let mut hits = questions::hits_of(&self.ask(&sql).await?).map_err(unreadable)?;
        let more = hits.len() > most;
        hits.truncate(most);
        Ok(Found { hits, more })
    }

    async fn trend(&self, search: &Search, bucket: Bucket) -> Result<Trend, NoAnswer> {
        let sql = questions::trend(search, bucket).map_err(|fault| malformed(&fault))?;
        let slices = questions::slices_of(&self.ask(&sql).await?).map_err(unreadable)?;
        Ok(Trend { bucket, slices })
    }

    async fn top(&self, search: &Search, of: TopOf, most: usize) -> Result<Vec<Top>, NoAnswer> {
        let sql = questions::top(search, of, most).map_err(|fault| malformed(&fault))?;
        questions::tops_of(&self.ask(&sql).await?).map_err(unreadable)
    }

    async fn feeds(&self, now: Timestamp) -> Result<Vec<Feed>, NoAnswer> {
        questions::feeds_of(&self.ask(&questions::feeds(now)).await?).map_err(unreadable)
    }

    async fn records(&self, sight: &Sight, places: &[Place]) -> Result<Vec<Hit>, NoAnswer> {
        let places = places.get(..PLACES_MAX).unwrap_or(places);
        questions::hits_of(&self.ask(&questions::records(sight, places)).await?).map_err(unreadable)
    }

    async fn quarantine(
        &self,
        sight: &Sight,
        feed: Option<&FeedName>,
        since: Timestamp,
        most: usize,
    ) -> Result<Quarantine, NoAnswer> {
        if *sight != Sight::Everything {
            return Ok(Quarantine { reasons: Vec::new(), pieces: Vec::new(), more: false });
        }
        let reasons = self.ask(&questions::quarantine_reasons(feed, since)).await?;
        let pieces = self.ask(&questions::quarantine(feed, since, most)).await?;
        let mut pieces = questions::unread_of(&pieces).map_err(unreadable)?;
        let more = pieces.len() > most;
        pieces.truncate(most);
        Ok(Quarantine { reasons: questions::tops_of(&reasons).map_err(unreadable)?, pieces, more })
    }

    async fn push(&self, feed: &FeedName, body: &[u8]) -> Result<Pushed, PushRefused> {
        match self.push.take(feed, body, None).await {
            Ok(pushed) => Ok(Pushed { number: pushed.number }),
            Err(PushFault::NoSuchFeed(_)) => Err(PushRefused::NoSuchFeed),
            Err(PushFault::TooLarge { max, .. }) => Err(PushRefused::TooLarge { max }),
            Err(PushFault::Spool(SpoolFault::Full)) => Err(PushRefused::Full),
            Err(other) => Err(PushRefused::NotKept { source: Box::new(other) }),
        }
    }
}

fn malformed(fault: &SearchFault) -> NoAnswer {
    NoAnswer::Malformed(fault.to_string())
}

fn unreadable(fault: arrow::error::ArrowError) -> NoAnswer {
    NoAnswer::Unreadable { source: Box::new(fault) }
}

fn no_answer(fault: LakeFault) -> NoAnswer {
    match fault {
        LakeFault::TooLong { .. } | LakeFault::TooMuch { .. } => NoAnswer::TooMuch,
        other @ (LakeFault::Overtaken { .. }
        | LakeFault::Full { .. }
        | LakeFault::Unreachable { .. }
        | LakeFault::Place { .. }
        | LakeFault::Shape { .. }
        | LakeFault::Gone { .. }
        | LakeFault::Busy
        | LakeFault::Malformed { .. }
        | LakeFault::Forbidden { .. }
        | LakeFault::Failed { .. }) => NoAnswer::Unreadable { source: Box::new(other) },
    }
}
