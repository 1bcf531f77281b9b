//! What is read.

use fengsui_plan::{
    Diagnostic, DutyView, Happening, Library, Source, Tick, Timeline, What, duties_of,
    read_facts_file,
};
use fengsui_vocabulary::PlanId;

fn read(text: &str) -> Timeline {
    let plan = Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap();
    let source = Source { name: "timeline.toml".to_owned(), text: text.to_owned() };
    Timeline::read(&source, &[&plan]).map_err(|found| found[0].render()).unwrap()
}

fn ticks(timeline: &Timeline) -> Vec<&Tick> {
    timeline.history.happenings.iter().filter_map(tick_of).collect()
}

fn tick_of(happening: &Happening) -> Option<&Tick> {
    if let What::Delivered(tick) = &happening.what { Some(tick) } else { None }
}

#[test]
fn recording_is_at_the_time_itself_unless_said_otherwise() {
    let timeline = read(
        r#"
        [[happened]]
        at = 2026-03-14T10:00:00+08:00
        what = "discovered"

        [[happened]]
        at = 2026-03-14T10:25:00+08:00
        recorded_at = 2026-03-14T11:40:00+08:00
        what = "delivered"
        duty = "sh-4.1.1-oral"
        to = "cac_duty_room"
        channel = "oral"
        "#,
    );
    let [discovered, delivered] = &timeline.history.happenings[..] else { panic!("two tables") };
    assert_eq!(discovered.recorded_at, discovered.at);
    assert_eq!(delivered.recorded_at, "2026-03-14T03:40:00Z".parse().unwrap());
    assert_eq!(timeline.last, delivered.recorded_at);
}

#[test]
fn every_word_of_the_contract_is_read() {
    let bare = [
        "occurred",
        "discovered",
        "informed",
        "aware",
        "report_accepted",
        "report_reopened",
        "warning_lifted",
        "response_started",
        "response_ended",
        "handling_ended",
    ];
    let mut text = String::new();
    let mut add = |more: &str| {
        text.push_str("[[happened]]\nat = 2026-03-14T10:00:00+08:00\n");
        text.push_str(more);
        text.push('\n');
    };
    for word in bare {
        add(&format!("what = \"{word}\""));
    }
    let full = [
        "what = \"facts\"\nfacts = { people_leaked = { min = 800_000, max = 1_200_000 }, special_circumstances = true, cii_outage_whole = \"PT6H\", direct_loss_cny = 12.50 }",
        "what = \"level_decided\"\nlevel = \"III\"\nby = [\"cac_office\", \"linkage_centre\"]",
        "what = \"level_decided\"\nlevel = \"III\"\nby = \"cac_office\"\nplan = \"shanghai-2019\"",
        "what = \"report_received\"\nby = \"cac_office\"\norganisation = \"unit-a\"",
        "what = \"delivered\"\nduty = \"sh-4.1.2-oral\"\nby = \"cac_office\"\nto = \"commission\"\nchannel = \"oral\"",
        "what = \"miss_cleared\"\nduty = \"sh-4.1.1-oral\"\nto = \"cac_duty_room\"\nconfirmed_by = \"mara\"",
        "what = \"waived\"\nduty = \"sh-4.1.1-oral\"\nto = \"cac_duty_room\"\nreason = \"told by radio\"",
        "what = \"anchor_corrected\"\nanchor = \"discovered\"\ncorrected_to = 2026-03-14T09:00:00+08:00\nreason = \"log\"",
        "what = \"report_declined\"\nreason = \"no evidence\"",
        "what = \"handed_over\"\npart = \"content_part\"",
        "what = \"not_reported\"\nreason = \"below the threshold\"",
        "what = \"warning_issued\"\ncolour = \"orange\"",
        "what = \"warning_adjusted\"\ncolour = \"red\"",
    ];
    for more in full {
        add(more);
    }
    assert_eq!(read(&text).history.happenings.len(), bare.len() + full.len());
}

#[test]
fn several_recipients_are_several_ticks() {
    let timeline = read(
        r#"
        [[happened]]
        at = 2026-03-14T10:00:00+08:00
        what = "delivered"
        duty = "sh-4.1.2-oral"
        by = ["cac_office", "linkage_centre"]
        to = ["commission", "party_duty_office"]
        "#,
    );
    assert_eq!(ticks(&timeline).len(), 4);
}

#[test]
fn a_slot_may_be_the_time_at_which_it_is_due() {
    let timeline = read(
        r#"
        [[happened]]
        at = 2026-03-14T09:00:00+08:00
        what = "warning_issued"
        colour = "yellow"

        [[happened]]
        at = 2026-03-14T11:02:00+08:00
        what = "delivered"
        duty = "sh-3.5-hourly"
        slot = 2026-03-14T11:00:00+08:00
        "#,
    );
    assert_eq!(ticks(&timeline)[0].slot, Some(2));
}

fn facts_told(text: &str) -> Result<usize, Vec<Diagnostic>> {
    let source = Source { name: "facts.toml".to_owned(), text: text.to_owned() };
    read_facts_file(&source, Library::shipped().catalogue()).map(|facts| facts.len())
}

#[test]
fn facts_of_a_file_are_the_table_facts() {
    assert_eq!(facts_told("[facts]\nsystem_loss = { min = \"considerable\" }\n").unwrap(), 1);
    let refused = facts_told("system_loss = \"severe\"\n").unwrap_err();
    let codes: Vec<_> = refused.iter().map(Diagnostic::code).collect();
    assert_eq!(codes, ["missing-key", "unknown-key"]);
}

#[test]
fn a_fact_that_does_not_fit_is_told_with_its_place() {
    let text = "[facts]\npeople_leakd = 3\nsystem_loss = \"bad\"\npeople_leaked = -3\nspecial_circumstances = { min = true }\n";
    let refused: Vec<String> =
        facts_told(text).unwrap_err().iter().map(Diagnostic::render).collect();
    insta::assert_snapshot!(refused.join("\n"), @r#"
    error[unknown-fact]: there is no fact `people_leakd`
     --> facts.toml:2:1
      |
    2 | people_leakd = 3
      | ^^^^^^^^^^^^
      = help: did you mean `people_leaked`?

    error[fact-value]: fact `system_loss`: `bad` does not fit
     --> facts.toml:3:15
      |
    3 | system_loss = "bad"
      |               ^^^^^
      = help: allowed: "none", "minor", "considerable", "severe", "extremely_severe"

    error[fact-value]: fact `people_leaked`: `-3` does not fit
     --> facts.toml:4:17
      |
    4 | people_leaked = -3
      |                 ^^
      = help: allowed: a whole number from 0 to 9000000000000000

    error[fact-value]: fact `special_circumstances`: it cannot be a range
     --> facts.toml:5:25
      |
    5 | special_circumstances = { min = true }
      |                         ^^^^^^^^^^^^^^
      = help: allowed: `true` or `false`
    "#);
}

#[test]
fn the_output_is_exactly_that_of_the_contract() {
    let timeline = read(
        r#"
        [[happened]]
        at = 2026-03-14T10:00:00+08:00
        what = "discovered"
        "#,
    );
    let plan = Library::shipped().plan(&"shanghai-2019".parse::<PlanId>().unwrap()).unwrap();
    let duties = duties_of(&plan, &timeline.history, timeline.last);
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&DutyView::of(&duties[0])).unwrap(),
        @r#"
    {
      "plan": "shanghai-2019",
      "duty": "sh-4.1.1-oral",
      "clause": "4.1.1",
      "actor": "incident_unit",
      "to": "cac_duty_room",
      "channel": "oral",
      "organisation": null,
      "due": "2026-03-14T10:30:00+08:00",
      "done_at": null,
      "arose_at": "2026-03-14T10:00:00+08:00",
      "also_read_as": [],
      "kind": "within",
      "anchor": "discovered",
      "assumed": true,
      "slot": null,
      "state": "pending",
      "because": [
        {
          "clause": "4.1.1",
          "text": "第4.1.1条:自发现(2026-03-14 10:00)起,30分钟内(条文未写明起算点,系推定) / clause 4.1.1: within 30 min from discovered at 2026-03-14 10:00 (assumed: the text names no start)"
        }
      ]
    }
    "#
    );
}
