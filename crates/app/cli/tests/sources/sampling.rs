//! Sampling, which is only ever by an explicit rule, and counted.

use std::fs;

use crate::rig::{Centre, alerts};

#[test]
fn what_a_sampling_rule_leaves_out_is_counted_in_the_lake_and_in_the_status() {
    let config = |sample: &str| {
        format!(
            "[[watch.feed]]\nname = \"flows\"\nformat = \"eve\"\ndedupe = {{ window = \"PT0S\" }}\n{sample}\
             source = {{ kind = \"folder\", path = \"logs\" }}\n"
        )
    };
    let centre = Centre::with(&config("sample = 10\n"));
    fs::create_dir(centre.path("logs")).unwrap();
    fs::write(centre.path("logs/eve.json"), alerts(0..2_000).join("\n") + "\n").unwrap();
    let mut collecting = centre.collecting();
    let counts = |centre: &Centre| {
        let records = centre.number("SELECT count(*) FROM records");
        let sampled = "SELECT coalesce(sum(\"count\"), 0) FROM suppressed WHERE reason = 'sampled'";
        (records, centre.number(sampled))
    };
    centre.until("all are counted", |centre| counts(centre).0 + counts(centre).1 == 2_000);
    let (records, sampled) = counts(&centre);
    assert!((100..=320).contains(&records), "{records} of 2000 are not about one in ten");
    let status = centre.status("flows");
    assert_eq!(
        (&status["sampled"], &status["suppressed"]),
        (&sampled.into(), &0.into()),
        "{status}"
    );
    collecting.kill();

    // Without the rule everything is kept, and what was left out before stays counted.
    centre.configure(&config(""));
    let collecting = centre.collecting();
    fs::write(centre.path("logs/later.json"), alerts(2_000..2_500).join("\n") + "\n").unwrap();
    centre.until("the later ones are there", |centre| counts(centre).0 == records + 500);
    assert_eq!(counts(&centre), (records + 500, sampled));
    collecting.stop();
}
