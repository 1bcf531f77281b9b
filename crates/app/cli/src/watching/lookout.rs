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
        | LakeFault::Bucket { .. }
        | LakeFault::Place { .. }
        | LakeFault::Shape { .. }
        | LakeFault::Gone { .. }
        | LakeFault::Busy
        | LakeFault::Malformed { .. }
        | LakeFault::Forbidden { .. }
        | LakeFault::Failed { .. }) => NoAnswer::Unreadable { source: Box::new(other) },
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use fengsui_formats::{Format, Setting};
    use fengsui_watch::{Enrichment, Feed as WatchFeed};
    use jiff::SignedDuration;

    use super::*;
    use crate::commands::watch::taken_in;
    use crate::watching::open_lake;

    /// A lake with three alerts of the last hour and one line that is none.
    async fn lookout(folder: &std::path::Path, now: Timestamp) -> LakeLookout {
        let mut lines = String::new();
        for number in 1..=3 {
            let at =
                (now - SignedDuration::from_mins(number)).strftime("%Y-%m-%dT%H:%M:%S.%6f+0000");
            writeln!(
                lines,
                "{{\"timestamp\":\"{at}\",\"event_type\":\"alert\",\"src_ip\":\"198.51.100.{number}\",\"dest_ip\":\"203.0.113.9\",\
                 \"dest_port\":443,\"proto\":\"TCP\",\"alert\":{{\"signature_id\":{number},\"signature\":\"Rule's {number}\"}}}}"
            )
            .unwrap();
        }
        lines += "not an event\n";
        let file = folder.join("eve.json");
        std::fs::write(&file, lines).unwrap();
        let feed = WatchFeed::new("north".parse().unwrap(), Format::Eve, Setting::default());
        let lake = folder.join("lake");
        taken_in(&lake, (feed, Format::Eve), &file, Arc::new(Enrichment::default())).await.unwrap();
        LakeLookout::new(open_lake(&lake).await.unwrap(), Arc::new(Push::default()))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_lake_answers_every_question_of_the_screens() {
        let folder = tempfile::tempdir().unwrap();
        let now = fengsui_desk::Clock::now(&fengsui_desk::MachineClock);
        let lookout = lookout(folder.path(), now).await;
        let day = Search::within(Sight::Everything, now - SignedDuration::from_hours(24), now);

        let found = lookout.find(&day, 0, 2).await.unwrap();
        assert_eq!((found.hits.len(), found.more), (2, true));
        let newest = &found.hits[0];
        assert_eq!(newest.columns["source.ip"], "198.51.100.1");
        let places = [newest.place.clone()];
        let again = lookout.records(&Sight::Everything, &places).await.unwrap();
        assert!(again[0].raw.as_ref().unwrap().contains("Rule's 1"));
        let nobody = Sight::Organisations(std::collections::BTreeSet::new());
        assert_eq!(lookout.records(&nobody, &places).await.unwrap(), []);

        for (network, wanted) in
            [("198.51.100.2", 1), ("198.51.100.2/32", 1), ("203.0.113.0/24", 3)]
        {
            let asked = Search { network: Some(network.to_owned()), ..day.clone() };
            assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), wanted, "{network}");
        }
        let asked = Search { signature: Some("Rule's 2".to_owned()), ..day.clone() };
        assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), 1);
        let asked = Search { words: Some("rule's".to_owned()), port: Some(443), ..day.clone() };
        assert_eq!(lookout.find(&asked, 0, 10).await.unwrap().hits.len(), 3);

        for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
            let trend = lookout.trend(&day, bucket).await.unwrap();
            assert_eq!(trend.slices.iter().map(|slice| slice.records).sum::<u64>(), 3);
        }
        for of in TopOf::ALL {
            let top = lookout.top(&day, *of, 5).await.unwrap();
            assert!(top.iter().map(|top| top.records).sum::<u64>() <= 3, "{of:?}: {top:?}");
        }
        let feeds = lookout.feeds(now + SignedDuration::from_mins(1)).await.unwrap();
        assert_eq!((feeds[0].last_hour, feeds[0].quarantined), (3, 1), "{feeds:?}");

        let unread = lookout.quarantine(&Sight::Everything, None, day.from, 5).await.unwrap();
        assert_eq!(unread.pieces[0].beginning, "not an event");
        assert_eq!((unread.pieces[0].bytes, unread.reasons[0].value.as_str()), (12, "not_json"));
        let unread = lookout.quarantine(&nobody, None, day.from, 5).await.unwrap();
        assert_eq!(unread.pieces, []);
    }
}
