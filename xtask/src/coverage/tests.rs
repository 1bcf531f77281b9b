//! A small repository in which everything is as it should be, and then one thing is not.

use super::*;

const ENTRY: &str =
    "state = \"policy\"\nowner = \"office\"\nnote = { zh = \"常设\", en = \"standing\" }\n";

/// Every number but those of `entries`, then these.
fn ledger(entries: &str) -> String {
    let numbers = TEXTS.into_iter().flat_map(Numbered::numbers);
    let others = numbers.filter(|number| !entries.contains(&format!("[{number}]")));
    let others: Vec<String> = others.map(|number| format!("[{number}]\n{ENTRY}\n")).collect();
    format!("{}{entries}", others.concat())
}

fn pack(text: Numbered) -> TextFile {
    let mut pack = String::from("[plan]\ntitle = { zh = \"预案\", en = \"A plan\" }\n");
    pack.push_str("[[role]]\nid = \"office\"\nlabel = { zh = \"办公室\", en = \"Office\" }\n");
    pack.push_str("[[duty]]\nid = \"report\"\n[[scenario]]\nid = \"golden-1\"\n");
    let clauses = text.numbers();
    let clauses = clauses.map(|it| format!("[[clause]]\nid = \"c{it}\"\ncarries = [\"{it}\"]\n"));
    pack.extend(clauses);
    TextFile::planted(&format!("plans/{}.toml", text.pack), &pack)
}

fn repository(entries: &str) -> Vec<TextFile> {
    let source = "#[test]\nfn it_is_so() {}\n\nfn no_test() {}\n";
    let mut texts: Vec<TextFile> = TEXTS.into_iter().map(pack).collect();
    texts.push(TextFile::planted(LEDGER, &ledger(entries)));
    texts.push(TextFile::planted("crates/a/tests/a.rs", source));
    texts.push(TextFile::planted("crates/core/plan/src/library.rs", "\"shanghai-2019.toml\""));
    texts.push(TextFile::planted("crates/core/response/src/command.rs", "A => \"judge-level\","));
    texts.push(TextFile::planted("crates/app/web/src/routes.rs", "const A: &str = \"/report\";"));
    texts.push(TextFile::planted("scenarios/stories/theft.story", ""));
    texts
}

fn told(texts: &[TextFile]) -> Vec<String> {
    look(texts).0.iter().map(ToString::to_string).collect()
}

/// What is said about one entry, without its place.
fn said(entry: &str) -> Vec<String> {
    let told = told(&repository(entry));
    told.iter().filter_map(|it| Some(it.split_once(": ")?.1.to_owned())).collect()
}

const WORKS: &str = "\
[SH-31]
state = \"works\"
by = [\"duty:report\", \"command:judge-level\", \"screen:/report\"]
tests = [\"crates/a/tests/a.rs::it_is_so\", \"scenario:shanghai-2019/golden-1\", \"story:theft.story\"]
";

#[test]
fn what_is_complete_has_nothing_to_mend() {
    assert_eq!(told(&repository(WORKS)), Vec::<String>::new());
}

#[test]
fn a_missing_number_is_found() {
    let mut texts = repository("");
    let ledger = texts.iter_mut().find(|file| file.path == LEDGER).unwrap();
    ledger.text = ledger.text.replace(&format!("[SH-12]\n{ENTRY}"), "");
    assert_eq!(told(&texts), ["plans/coverage.toml: SH-12 is missing: say its state"]);
}

#[test]
fn a_number_that_no_text_has_is_found() {
    assert_eq!(said(&format!("[SH-81]\n{ENTRY}")), ["SH-81: no text has this number"]);
}

#[test]
fn nothing_works_without_a_test() {
    let untested = "[SH-31]\nstate = \"works\"\nby = [\"duty:report\"]\n";
    assert_eq!(said(untested), ["SH-31: nothing works without a test that is run"]);
}

#[test]
fn a_scenario_of_a_pack_that_does_not_ship_is_no_test() {
    let scenario = "tests = [\"scenario:cncert/golden-1\"]\n";
    let works = format!("[CN-01]\nstate = \"works\"\nby = [\"duty:report\"]\n{scenario}");
    assert_eq!(said(&works), ["CN-01: nothing works without a test that is run"]);
}

#[test]
fn a_test_that_does_not_exist_is_found() {
    for absent in [
        "crates/a/tests/a.rs::it_is_otherwise",
        "crates/a/tests/a.rs::no_test",
        "crates/a/tests/b.rs::it_is_so",
        "scenario:shanghai-2019/golden-2",
        "scenario:nowhere/golden-1",
        "story:other.story",
        "browser:theft.test.js",
        "it_is_so",
    ] {
        let entry = format!("[SH-04]\n{ENTRY}tests = [\"{absent}\"]\n");
        assert_eq!(said(&entry), [format!("SH-04: there is no test `{absent}`")]);
    }
}

#[test]
fn what_carries_it_and_who_answers_must_exist() {
    for absent in ["duty:other", "role:*x", "command:dance", "screen:/dance", "report"] {
        let entry = format!("[SH-04]\n{ENTRY}by = [\"{absent}\"]\n");
        assert_eq!(said(&entry), [format!("SH-04: nothing here is `{absent}`")]);
    }
    let entry = format!("[SH-04]\n{}", ENTRY.replace("office", "nobody"));
    assert_eq!(said(&entry), ["SH-04: the pack has no role `nobody`"]);
}

#[test]
fn each_state_asks_for_what_it_needs() {
    let states = [
        ("policy", "a policy needs its owner, a role of the pack"),
        ("data only", "say in `by` which rules of the pack say it"),
    ];
    for (state, need) in states {
        let note = "note = { zh = \"无\", en = \"none\" }";
        let entry = format!("[SH-04]\nstate = \"{state}\"\n{note}\n");
        assert_eq!(said(&entry), [format!("SH-04: {need}")]);
    }
    let unexplained = "[SH-04]\nstate = \"absent\"\n";
    assert_eq!(said(unexplained), ["SH-04: say why in a note, `{ zh = …, en = … }`"]);
}

#[test]
fn an_entry_that_cannot_be_read_is_told_at_its_line() {
    for (entry, what) in [
        (
            "state = \"perfect\"",
            "its state is `perfect`; there are works, policy, data only, absent",
        ),
        ("sate = \"works\"", "there is no `sate` here; there are state, by, owner, tests, note"),
        ("state = \"absent\"\nnote = { zh = \"无\" }", "the note lacks `en`"),
        ("state = \"absent\"\ntests = \"one\"", "`tests` is a list of texts"),
        ("state = \"absent\"\nowner = \"\"", "`owner` needs a text of one line"),
    ] {
        let text = format!("# A comment\n[SH-04]\n{entry}\n");
        let finding = Ledger::read(&text).unwrap_err().to_string();
        assert_eq!(finding, format!("plans/coverage.toml:2: SH-04: {what}"));
    }
}

#[test]
fn a_number_that_no_clause_carries_is_found() {
    let mut texts = repository("");
    let pack = texts.iter_mut().find(|file| file.path == "plans/cncert.toml").unwrap();
    pack.text = pack.text.replace("carries = [\"CN-16\"]", "carries = [\"CN-17\"]");
    assert_eq!(
        told(&texts),
        [
            "plans/cncert.toml: clause cCN-16 carries CN-17, which is none",
            "plans/cncert.toml: no clause carries CN-16",
        ]
    );
}

#[test]
fn the_page_has_a_row_for_every_number_and_counts_the_states() {
    let page = look(&repository(WORKS)).1.unwrap();
    for number in TEXTS.into_iter().flat_map(Numbered::numbers) {
        assert_eq!(page.matches(&format!("| {number} |")).count(), 1, "{number}");
    }
    assert!(page.contains("| SH-01…80 | 1 | 79 | 0 | 0 | 80 |"), "{page}");
    assert!(page.contains("| all | 1 | 106 | 0 | 0 | 107 |"), "{page}");
    assert!(page.contains("| SH-31 | cSH-31 | works | `duty report`<br>"), "{page}");
    assert!(page.contains("`a::it_is_so`<br>`scenario shanghai-2019/golden-1`"), "{page}");
    assert!(page.contains("| owner: Office | | standing<br>常设 |"), "{page}");
}
