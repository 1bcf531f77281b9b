//! The record carried away while people work, and brought back: whole, verified, silent until released.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fengsui_desk::{
    Ailment, BackupFault, BackupMade, Desk, DeskSettings, Manifest, StoryClock, StoryIds,
};
use fengsui_scenarios::{appoint, register};
use jiff::SignedDuration;

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    folder: tempfile::TempDir,
}

fn settings(folder: &Path, clock: &Arc<StoryClock>) -> DeskSettings {
    DeskSettings {
        url: format!("sqlite://{}", folder.join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(clock),
        ids: Arc::new(StoryIds::default()),
    }
}

async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at("2026-03-14T02:00:00Z".parse().unwrap()));
    let desk = Desk::open(&settings(folder.path(), &clock)).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, "beacon-tower").await.unwrap();
    Centre { desk, clock, folder }
}

impl Centre {
    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn backup(&self) -> BackupMade {
        self.desk.backup(&self.place("backups"), |_, _, _| {}).await.unwrap()
    }

    async fn restore(&self, backup: &Path, data: &Path) -> Result<Manifest, BackupFault> {
        let settings = |folder: &Path| settings(folder, &self.clock);
        Desk::restore(backup, data, settings, |_, _, _| {}).await
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_restored_is_what_was_backed_up_and_says_nothing_to_the_outside() {
    let centre = centre().await;
    let made = centre.backup().await;
    let names_of_people = centre.desk.directory().organisations().count();
    let restored = centre.place("restored");

    let manifest = centre.restore(&made.folder, &restored).await.unwrap();

    assert_eq!((manifest.position, manifest.bytes), (made.position, made.bytes));
    assert_eq!(names(&restored), ["fengsui.db"]);
    let desk = Desk::open(&settings(&restored, &centre.clock)).await.unwrap();
    let head = desk.verify(|_, _| {}).await.unwrap().unwrap();
    assert_eq!(head.position, made.position + 1, "that sending is held is in the record");
    assert_eq!(desk.directory().organisations().count(), names_of_people);
    assert!(desk.account("lin").await.unwrap().is_some(), "side state comes along");
    assert!(desk.rebuild(|_, _| {}).await.unwrap().differences.is_empty());
    let watch = desk.self_watch().await.unwrap();
    assert!(!watch.dispatch_held.is_empty() && watch.ailments.contains(&Ailment::DispatchHeld));
    let watch = centre.desk.self_watch().await.unwrap();
    assert!(watch.dispatch_held.is_empty(), "the one that was backed up goes on");
}

#[tokio::test]
async fn a_backup_that_was_changed_is_not_restored_and_leaves_nothing() {
    let centre = centre().await;
    let made = centre.backup().await;
    let database = made.folder.join("fengsui.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let restored = centre.place("restored");

    let refused = centre.restore(&made.folder, &restored).await;

    assert!(matches!(refused, Err(BackupFault::NotABackup { .. })), "{refused:?}");
    assert!(names(&restored).is_empty(), "{:?}", names(&restored));
}

#[tokio::test]
async fn a_record_is_never_restored_over_another() {
    let centre = centre().await;
    let made = centre.backup().await;
    let refused = centre.restore(&made.folder, centre.folder.path()).await;
    assert!(matches!(refused, Err(BackupFault::Occupied(_))), "{refused:?}");
}

#[tokio::test]
async fn what_an_attempt_before_left_behind_does_not_hinder_the_next() {
    let centre = centre().await;
    let made = centre.backup().await;
    let restored = centre.place("restored");
    let left = restored.join(".fengsui-making-restore");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("fengsui.db"), "half a database").unwrap();

    centre.restore(&made.folder, &restored).await.unwrap();

    assert_eq!(names(&restored), ["fengsui.db"]);
}

#[tokio::test]
async fn a_folder_that_is_no_backup_is_named() {
    let centre = centre().await;
    let empty = centre.place("empty");
    std::fs::create_dir(&empty).unwrap();
    let refused = centre.restore(&empty, &centre.place("restored")).await.unwrap_err();
    assert!(refused.to_string().contains("manifest.json"), "{refused}");
    std::fs::write(empty.join("manifest.json"), "{\"format\": 9}").unwrap();
    let refused = centre.restore(&empty, &centre.place("restored")).await.unwrap_err();
    assert!(refused.to_string().contains("no backup"), "{refused}");
}

#[tokio::test]
async fn only_the_newest_backups_are_kept_and_what_is_somebody_elses_stays() {
    let centre = centre().await;
    let mut made = Vec::new();
    for minutes in [1, 2, 3] {
        centre.clock.set("2026-03-14T02:00:00Z".parse().unwrap());
        let now = centre.desk.now() + SignedDuration::from_mins(minutes);
        centre.clock.set(now);
        made.push(centre.backup().await.folder);
    }
    let into = centre.place("backups");
    std::fs::create_dir(into.join("fengsui-notes")).unwrap();

    let removed = Desk::prune_backups(&into, 2).unwrap();

    assert_eq!(removed, made.get(..1).unwrap());
    assert_eq!(names(&into).len(), 3, "{:?}", names(&into));
    assert!(into.join("fengsui-notes").exists());
}

#[tokio::test]
async fn an_old_backup_is_an_ailment() {
    let centre = centre().await;
    let made = centre.backup().await;
    let watch = centre.desk.self_watch().await.unwrap();
    assert_eq!(watch.backup, Some(made));
    assert_eq!(names(&centre.place("backups")).len(), 1);
}
