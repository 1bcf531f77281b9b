//! `plan check --deep` as somebody types it.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[test]
fn a_walk_of_the_shipped_plan_finds_no_dead_end() {
    let folder = tempfile::tempdir().unwrap();
    let checked = fengsui(folder.path(), &["plan", "check", "shanghai-2019", "--deep"]);
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.starts_with("shanghai-2019.toml: sound\n"), "{said}");
    assert!(said.ends_with(" transitions: no dead end\n"), "{said}");
    assert!(checked.status.success());
}

#[test]
fn a_dead_end_is_told_with_its_path_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let joint = "act = \"end_response\"\nclause = \"4.2.2\"\nlevels = [\"III\", \"IV\"]\nhow = { joint = [\"cac_office\", \"linkage_centre\"] }";
    assert!(SHANGHAI.contains(joint));
    let planted = joint.replace("linkage_centre", "linked_units");
    std::fs::write(folder.path().join("pack.toml"), SHANGHAI.replace(joint, &planted)).unwrap();

    let checked =
        fengsui(folder.path(), &["plan", "check", "pack.toml", "--deep", "--format", "json"]);
    assert_eq!(checked.status.code(), Some(1));
    let walked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let end = &walked[0]["dead_ends"][0];
    assert_eq!(walked[0]["finished"], true);
    assert_eq!(end["why"]["en"], WHY);
    assert_eq!(end["path"][0], "cac_duty_room opens the incident");

    let checked = fengsui(folder.path(), &["plan", "check", "pack.toml", "--deep"]);
    assert_eq!(checked.status.code(), Some(1));
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.contains(&format!("  dead end: {WHY}\n")), "{said}");
    assert!(said.contains("    1. cac_duty_room opens the incident\n"), "{said}");
}

fn fengsui(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fengsui"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("FENGSUI_DATA")
        .env_remove("FENGSUI_CONFIG")
        .output()
        .unwrap()
}

const SHANGHAI: &str = include_str!("../../../../plans/shanghai-2019.toml");

const WHY: &str = "the joint decision on ending the response at III waits for linked_units, for whom nobody can speak";
