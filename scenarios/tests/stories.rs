//! Every story is told again and must read as it is committed.
//!
//! `UPDATE_STORIES=1` writes what followed into the files, to be read and committed.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fengsui_desk::{Desk, DeskSettings, StoryClock, StoryIds};
use fengsui_scenarios::{appoint, register, tell};

/// The day of every story: Saturday, 14 March 2026 in Shanghai.
const MIDNIGHT: &str = "2026-03-14T00:00:00+08:00";

#[tokio::test(flavor = "multi_thread")]
async fn stories_read_as_they_are_committed() {
    for file in stories() {
        let committed = std::fs::read_to_string(&file).unwrap();
        let told = told(&committed).await;
        if std::env::var_os("UPDATE_STORIES").is_some() {
            std::fs::write(&file, &told).unwrap();
        } else {
            assert_eq!(told, committed, "{} reads otherwise now", file.display());
        }
    }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let stories: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|it| it == "story")).collect();
    assert!(!stories.is_empty(), "there is no story");
    stories
}

/// The transcript of a story told on a new centre, whose journal then verifies and whose boards are
/// what a rebuild gives.
async fn told(story: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at("2026-03-13T22:00:00Z".parse().unwrap()));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    let told = tell(&desk, &clock, MIDNIGHT.parse().unwrap(), story).await.unwrap();
    let head = desk.verify(|_, _| {}).await.unwrap().unwrap();
    let rebuilt = desk.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.differences, Vec::<String>::new());
    assert_eq!(rebuilt.entries, head.position);
    desk.close().await;
    told
}
