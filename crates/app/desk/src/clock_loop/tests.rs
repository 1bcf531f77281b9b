//! A firing whose answer was lost is carried out again and written once.

use std::sync::Arc;

use fengsui_response::{Actor, Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_vocabulary::{Facts, Lang};
use jiff::Timestamp;

use crate::content::{ReportContent, Reporter};
use crate::stream::report_stream;
use crate::{Arrival, Desk, DeskSettings, StoryClock, StoryIds};

#[tokio::test]
async fn a_firing_whose_answer_was_lost_is_answered_from_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let now: Timestamp = "2026-03-14T09:45:00+08:00".parse().unwrap();
    let clock = Arc::new(StoryClock::at(now));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    let noticed_at = "2026-03-14T09:00:00+08:00".parse().unwrap();
    let public = Actor::public();
    let report = desk.take_in(&public, desk.command_id(), arrival(noticed_at), None);
    let stream = report_stream(report.await.unwrap().report);

    let (_, watched) = desk.wind(stream.clone(), (now, now)).await.unwrap().unwrap();
    let mut first = desk.prepare(watched.clone(), now, now).await.unwrap().unwrap();
    let mut again = desk.prepare(watched, now, now).await.unwrap().unwrap();
    assert_eq!(first.missed, 3);
    let written = desk.append(first.commit.take().unwrap()).await.unwrap();
    assert!(!written.repeated);
    let version = desk.store().version(&stream).await.unwrap();
    let repeated = desk.append(again.commit.take().unwrap()).await.unwrap();
    assert!(repeated.repeated, "the same firing is the same command");
    assert_eq!(repeated.entries, written.entries);
    assert_eq!(desk.store().version(&stream).await.unwrap(), version);
    assert_eq!(desk.tick(now).await.unwrap().missed, 0);
}

fn arrival(discovered_at: Timestamp) -> Arrival {
    let anchors = Anchors { discovered_at: Some(discovered_at), ..Anchors::default() };
    Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: vec![Affected { organisation: None, district: None, anchors }],
        facts: Facts::new(),
        content: ReportContent {
            title: "客户数据被窃".parse().unwrap(),
            description: "发生了什么".parse().unwrap(),
            reporter: Reporter::default(),
            file_names: Vec::new(),
            organisation: None,
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    }
}
