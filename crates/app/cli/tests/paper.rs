//! The worklist on the local disk: by hand, and by the server when it starts and stops.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use fengsui_desk::{Desk, DeskSettings, MachineClock, MachineIds};

/// A centre that is set up, in a folder.
fn centre(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let settings = DeskSettings {
            url: format!("sqlite://{}", folder.join("fengsui.db").display()),
            clock: Arc::new(MachineClock),
            ids: Arc::new(MachineIds),
        };
        let desk = Desk::open(&settings).await.unwrap();
        desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
        fengsui_scenarios::register(&desk).await.unwrap();
        desk.close().await;
    });
}

fn fengsui(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
    command
        .current_dir(folder)
        .env_remove("FENGSUI_DATA")
        .env_remove("FENGSUI_CONFIG")
        .args(["--data", "."]);
    command
}

#[test]
fn the_worklist_is_printed_by_hand_and_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    centre(folder.path());
    let printed = fengsui(folder.path()).args(["paper", "print"]).output().unwrap();
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    assert!(text.contains("应急工作单") && text.contains("021-5550 0020"), "{text}");
    let out = ["paper", "print", "--lang", "en", "--out", "list.txt"];
    assert!(fengsui(folder.path()).args(out).status().unwrap().success());
    let text = std::fs::read_to_string(folder.path().join("list.txt")).unwrap();
    assert!(text.contains("Emergency worklist") && text.contains("市应急联动中心"), "{text}");
    let nowhere = ["paper", "print", "--out", "no/such/folder/list.txt"];
    let refused = fengsui(folder.path()).args(nowhere).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("cannot write"));
}

#[test]
fn a_server_that_is_stopped_leaves_the_worklist_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    centre(folder.path());
    let mut server = fengsui(folder.path())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("listening on"), "{said}");
    let stop = ["-TERM".to_owned(), server.id().to_string()];
    assert!(Command::new("kill").args(stop).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let paper = folder.path().join("paper");
    for lang in ["zh", "en"] {
        let latest = std::fs::read_to_string(paper.join(format!("latest.{lang}.txt"))).unwrap();
        assert!(latest.contains("021-5550 0020"), "{latest}");
    }
    let names: Vec<String> = std::fs::read_dir(&paper)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| !name.contains(".part")), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("worklist-")), "{names:?}");
}
