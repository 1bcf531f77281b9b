//! The program as somebody types it: exit codes, what is printed where, what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const FACTS: &str =
    "[facts]\nsystem_importance = \"important\"\nsystem_loss = { min = \"considerable\" }\n";

const TIMELINE: &str = "
[[happened]]
at = 2026-03-14T10:00:00+08:00
what = \"discovered\"

[[happened]]
at = 2026-03-14T10:15:00+08:00
what = \"delivered\"
duty = \"sh-4.1.1-oral\"
to = \"cac_duty_room\"
channel = \"oral\"

[[happened]]
at = 2026-03-14T10:20:00+08:00
what = \"level_decided\"
level = \"III\"
by = [\"cac_office\"]
";

fn fengsui(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fengsui"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("FENGSUI_DATA")
        .env_remove("FENGSUI_CONFIG")
        .env("FENGSUI_PASSWORD", "beacon-tower")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", complained(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    folder
}

#[test]
fn a_shipped_plan_is_graded_by_from_any_folder() {
    let folder = folder_with("facts.toml", FACTS);
    let grade = ["plan", "grade", "--plan", "shanghai-2019", "--facts", "facts.toml"];
    let grade = json(&fengsui(folder.path(), &grade));
    assert_eq!(grade["plan"], "shanghai-2019");
    assert_eq!(grade["certain"], "III");
    assert_eq!(grade["possible"], "I");
    assert_eq!(grade["presumed"], false);
    assert_eq!(grade["matched"][0]["level"], "III");
}

#[test]
fn no_facts_grade_as_nothing_certain() {
    let folder = folder_with("facts.toml", "[facts]\n");
    let grade = ["plan", "grade", "--plan", "shanghai-2019", "--facts", "facts.toml"];
    let grade = json(&fengsui(folder.path(), &grade));
    assert_eq!((&grade["certain"], &grade["possible"]), (&Value::Null, &Value::from("I")));
}

#[test]
fn duties_of_a_timeline_are_printed_earliest_first() {
    let folder = folder_with("timeline.toml", TIMELINE);
    let duties = ["plan", "duties", "--plan", "shanghai-2019", "--timeline", "timeline.toml"];
    let duties = json(&fengsui(folder.path(), &duties));
    let line = |duty: &Value| {
        let text = |name: &str| duty[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {} {}", text("duty"), text("to"), text("due"), text("state"))
    };
    let lines: Vec<String> = duties.as_array().unwrap().iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "sh-4.1.1-immediate cac_duty_room - pending",
            "sh-4.1.1-immediate district_authority - pending",
            "sh-4.1.1-immediate linkage_centre - pending",
            "sh-4.1.1-oral cac_duty_room 2026-03-14T10:30:00+08:00 done",
            "sh-4.1.1-oral district_authority 2026-03-14T10:30:00+08:00 superseded",
            "sh-4.1.1-oral linkage_centre 2026-03-14T10:30:00+08:00 superseded",
            "sh-4.1.1-written cac_duty_room 2026-03-14T11:00:00+08:00 superseded",
            "sh-4.1.1-written district_authority 2026-03-14T11:00:00+08:00 superseded",
            "sh-4.1.1-written linkage_centre 2026-03-14T11:00:00+08:00 superseded",
        ]
    );
}

#[test]
fn tables_after_the_time_of_asking_are_not_known_yet() {
    let folder = folder_with("timeline.toml", TIMELINE);
    let duties = json(&fengsui(
        folder.path(),
        &[
            "plan",
            "duties",
            "--plan",
            "shanghai-2019",
            "--timeline",
            "timeline.toml",
            "--at",
            "2026-03-14T10:10:00+08:00",
        ],
    ));
    let states: Vec<&str> =
        duties.as_array().unwrap().iter().map(|duty| duty["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending"; 6]);
}

#[test]
fn a_pack_with_a_mistake_is_refused_with_its_place_and_how_to_mend_it() {
    let folder = folder_with("pack.toml", "format = 1\n[plan]\nidd = \"x\"\n");
    let checked = fengsui(folder.path(), &["plan", "check", "pack.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let complaint = complained(&checked);
    assert!(complaint.contains("pack.toml"), "{complaint}");
    assert!(complaint.contains("idd"), "{complaint}");
    let sound = fengsui(folder.path(), &["plan", "check", "shanghai-2019"]);
    assert!(sound.status.success(), "{}", complained(&sound));
}

#[test]
fn a_pack_that_cannot_be_read_does_not_hide_what_is_wrong_with_the_others() {
    let folder = folder_with("pack.toml", "format = 1\n[plan]\nidd = \"x\"\n");
    let packs = ["plan", "check", "gone.toml", "pack.toml", "shanghai-2019"];
    let checked = fengsui(folder.path(), &packs);
    assert_eq!(checked.status.code(), Some(1));
    let complaint = complained(&checked);
    assert!(complaint.contains("gone.toml") && complaint.contains("idd"), "{complaint}");
    assert!(said(&checked).contains("shanghai-2019.toml: sound"), "{}", said(&checked));
    let only_gone = fengsui(folder.path(), &["plan", "check", "shanghai-2019", "gone.toml"]);
    assert_eq!(only_gone.status.code(), Some(1));
}

#[test]
fn a_fact_that_is_wrong_is_told_with_its_line() {
    let folder = folder_with("facts.toml", "[facts]\nsystem_loss = \"bad\"\n");
    let grade = ["plan", "grade", "--plan", "shanghai-2019", "--facts", "facts.toml"];
    let graded = fengsui(folder.path(), &grade);
    assert_eq!(graded.status.code(), Some(1));
    let complaint = complained(&graded);
    assert!(complaint.contains("facts.toml:2:15"), "{complaint}");
    assert!(complaint.contains("extremely_severe"), "{complaint}");
}

#[test]
fn a_file_in_another_encoding_is_refused_with_the_line() {
    let folder = folder_with("facts.toml", "");
    let latin = b"[facts]\nsystem_loss = \"s\xe9v\xe8re\"\n";
    std::fs::write(folder.path().join("facts.toml"), latin).unwrap();
    let grade = ["plan", "grade", "--plan", "shanghai-2019", "--facts", "facts.toml"];
    let graded = fengsui(folder.path(), &grade);
    assert_eq!(graded.status.code(), Some(1));
    assert!(complained(&graded).contains("facts.toml:2"), "{}", complained(&graded));
}

#[test]
fn a_plan_named_twice_is_owed_once() {
    let folder = folder_with("timeline.toml", TIMELINE);
    let shanghai = "shanghai-2019";
    let once = ["plan", "duties", "--plan", shanghai, "--timeline", "timeline.toml"];
    let twice =
        ["plan", "duties", "--plan", shanghai, "--plan", shanghai, "--timeline", "timeline.toml"];
    assert_eq!(json(&fengsui(folder.path(), &twice)), json(&fengsui(folder.path(), &once)));
}

#[test]
fn a_plan_that_nobody_knows_is_answered_with_those_that_ship() {
    let folder = folder_with("facts.toml", FACTS);
    let output = fengsui(
        folder.path(),
        &["plan", "grade", "--plan", "shanghai-2091", "--facts", "facts.toml"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("shanghai-2019"), "{}", complained(&output));
}

#[test]
fn the_book_page_and_the_facts_are_readable() {
    let folder = tempfile::tempdir().unwrap();
    let page = said(&fengsui(folder.path(), &["plan", "show", "shanghai-2019", "--lang", "en"]));
    assert!(page.contains("4.1.1"));
    let facts = said(&fengsui(folder.path(), &["plan", "facts"]));
    assert!(facts.contains("people_leaked  count (people)"), "{facts}");
    assert!(facts.contains("mildest first: \"none\", \"minor\""), "{facts}");
}

#[test]
fn every_help_has_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        &["--help"][..],
        &["init", "--help"],
        &["demo", "--help"],
        &["serve", "--help"],
        &["plan", "check", "--help"],
        &["plan", "grade", "--help"],
        &["plan", "duties", "--help"],
        &["journal", "verify", "--help"],
        &["boards", "rebuild", "--help"],
        &["account", "add", "--help"],
        &["organisation", "import", "--help"],
        &["roster", "show", "--help"],
        &["roster", "import", "--help"],
        &["roster", "gaps", "--help"],
    ] {
        let help = said(&fengsui(folder.path(), command));
        assert!(help.contains("Example"), "{command:?}:\n{help}");
    }
}

#[test]
fn a_centre_is_set_up_from_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| fengsui(folder.path(), arguments);
    let made = run(&["init", "--data", "centre"]);
    assert!(made.status.success(), "{}", complained(&made));
    assert!(folder.path().join("centre/fengsui.db").exists());
    assert_eq!(run(&["init", "--data", "centre"]).status.code(), Some(1), "made twice");

    let blocked = run(&["serve", "--data", "centre", "--listen", "127.0.0.1:0"]);
    assert_eq!(blocked.status.code(), Some(1));
    assert!(complained(&blocked).contains("cac_office"), "{}", complained(&blocked));

    let table = "name_zh,kind\n市委网信办,authority\n";
    std::fs::write(folder.path().join("table.csv"), table).unwrap();
    let import = ["organisation", "import", "--data", "centre", "table.csv"];
    let dry = run(&[&import[..], &["--dry-run"]].concat());
    assert!(said(&dry).contains("1 organisations would be registered"), "{}", said(&dry));
    assert!(run(&import).status.success());
    assert_eq!(run(&import).status.code(), Some(1), "registered twice");
    assert!(
        run(&["role", "bind", "--data", "centre", "cac_office", "市委网信办"]).status.success()
    );
    assert!(said(&run(&["role", "list", "--data", "centre"])).contains("市委网信办"));

    let add = [
        "account",
        "add",
        "--data",
        "centre",
        "--login",
        "lin",
        "--name",
        "林越",
        "--organisation",
        "市委网信办",
        "--capacity",
        "officer",
    ];
    assert!(run(&add).status.success());
    assert!(said(&run(&["account", "list", "--data", "centre"])).contains("林越"));
    let token = ["account", "token", "--data", "centre", "lin", "--client", "sensor"];
    assert!(said(&run(&token)).starts_with("fst_"));

    let roster = |more: &[&str]| run(&[&["roster"], more, &["--data", "centre"]].concat());
    let gaps = roster(&["gaps", "--month", "2026-03"]);
    assert_eq!(gaps.status.code(), Some(1), "nobody is on the roster");
    assert!(said(&gaps).contains("every post: nobody answers"), "{}", said(&gaps));
    assert!(
        said(&roster(&["show", "--month", "2026-02"])).contains("2026-02-28 -        no shift")
    );
    let table = "date,shift,post,first,deputies\n2026-03-01,night,duty-officer,lin,\n";
    std::fs::write(folder.path().join("march.csv"), table).unwrap();
    let import = roster(&["import", "march.csv"]);
    assert_eq!(import.status.code(), Some(1));
    assert!(said(&import).contains("line 2: mend: shift: 2026-03-01 has no shift `night`"));

    let verified = run(&["journal", "verify", "--data", "centre"]);
    assert!(said(&verified).contains("the journal is whole"), "{}", complained(&verified));
    let rebuilt = run(&["boards", "rebuild", "--data", "centre"]);
    assert!(said(&rebuilt).contains("identical"), "{}", complained(&rebuilt));
    let exported = said(&run(&["journal", "export", "--data", "centre"]));
    let first: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    assert_eq!((&first["position"], &first["kind"]), (&1.into(), &"plan-adopted".into()));
}

#[test]
fn a_record_that_is_not_there_is_said_with_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = fengsui(folder.path(), &["journal", "verify", "--data", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("fengsui init --data nowhere"));
    assert!(!folder.path().join("nowhere").exists(), "nothing was made");
}

#[test]
fn a_misspelt_configuration_is_refused() {
    let folder = folder_with("fengsui.toml", "[server]\nlisten_on = \"127.0.0.1:1\"\n");
    let output = fengsui(folder.path(), &["journal", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("listen_on"), "{}", complained(&output));
}

#[test]
fn what_is_no_package_of_evidence_is_refused_without_a_record() {
    let folder = folder_with("evidence.zip", "PK no zip");
    let told = fengsui(folder.path(), &["incident", "evidence", "--verify", "evidence.zip"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(complained(&told).contains("no whole package of evidence"), "{}", complained(&told));
    let nothing = fengsui(folder.path(), &["incident", "evidence", "2026-0001"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", complained(&nothing));
}

#[test]
fn a_centre_without_anything_old_has_nothing_to_erase_and_no_collector() {
    let folder = tempfile::tempdir().unwrap();
    assert!(fengsui(folder.path(), &["init"]).status.success());
    let due = fengsui(folder.path(), &["custody", "due"]);
    assert!(due.status.success(), "{}", complained(&due));
    assert!(said(&due).starts_with("0 have been kept long enough"), "{}", said(&due));
    let sent = fengsui(folder.path(), &["journal", "export", "--syslog"]);
    assert!(complained(&sent).contains("configure [syslog] address"), "{}", complained(&sent));
    std::fs::write(folder.path().join("fengsui.toml"), "[syslog]\naddress = \"nowhere\"\n")
        .unwrap();
    let sent = fengsui(folder.path(), &["journal", "export", "--syslog"]);
    assert!(complained(&sent).contains("is no address"), "{}", complained(&sent));
}
