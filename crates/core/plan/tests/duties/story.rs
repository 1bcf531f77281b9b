//! The story of one report from 09:40 to 12:30, as the acceptance table tells it.

use fengsui_plan::{Channel, Happening};
use fengsui_vocabulary::{FactRange, FactValue, Scalar};

use super::telling::{
    Told as _, cleared, clock, decided, delivered, discovered, judged, only, owed, received, table,
    told, word,
};

fn story() -> Vec<Happening> {
    let at_least = |word: &str| {
        let min = Some(Scalar::Word(word.parse().unwrap()));
        FactValue::Range(FactRange { min, max: None })
    };
    let mut story = vec![
        discovered("09:40").entered("10:00"),
        told("10:00", &[("security_threat", at_least("some"))]),
        received("10:00", "cac_duty_room"),
        delivered("10:00", "sh-4.1.1-written", "cac_duty_room").through(Channel::Written),
        delivered("10:04", "sh-4.1.1-oral", "cac_duty_room").through(Channel::Oral),
        delivered("10:02", "sh-4.1.1-oral", "linkage_centre").entered("10:12"),
        received("10:02", "linkage_centre").entered("10:12"),
        cleared("10:13", "sh-4.1.1-oral", "linkage_centre"),
        delivered("10:15", "sh-4.1.1-written", "linkage_centre"),
        delivered("10:20", "sh-4.1.1-oral", "district_authority"),
        told(
            "10:30",
            &[("system_importance", word("important")), ("system_loss", word("considerable"))],
        ),
        decided("10:30", "III", &["cac_office", "linkage_centre"]),
        delivered("10:35", "sh-4.1.1-immediate", "district_authority"),
        told("11:10", &[("system_loss", word("severe"))]),
        judged("11:15", "II"),
    ];
    for to in ["commission", "party_duty_office", "government_duty_office"] {
        story.push(delivered("11:20", "sh-4.1.2-oral", to).by("cac_office"));
        story.push(delivered("11:24", "sh-4.1.2-oral", to).by("linkage_centre"));
        story.push(delivered("11:55", "sh-4.1.2-written", to).by("cac_office"));
        story.push(delivered("12:30", "sh-4.1.2-written", to).by("linkage_centre"));
    }
    story.push(delivered("11:30", "sh-2.3-leaders", "city_leaders"));
    story.push(delivered("11:40", "sh-4.2.2-proposal", "commission").by("cac_office"));
    story.push(delivered("11:40", "sh-4.2.2-proposal", "commission").by("linkage_centre"));
    story
}

const FIRST: &[&str] = &["sh-4.1.1"];
const ONWARD: &[&str] = &["sh-4.1.2", "sh-2.3", "sh-4.2.2"];

#[test]
fn at_ten_the_written_report_is_in_and_three_calls_are_owed_by_ten_past() {
    insta::assert_snapshot!(table(&owed(&story(), "10:00"), &["sh-"]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   pending
    sh-4.1.1-oral         incident_unit    district_authority     10:10   pending
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   pending
    sh-4.1.1-written      incident_unit    cac_duty_room          10:40   done 10:00
    sh-4.1.1-written      incident_unit    district_authority     10:40   pending
    sh-4.1.1-written      incident_unit    linkage_centre         10:40   pending
    "#);
}

#[test]
fn at_ten_past_the_linkage_centre_seems_to_have_been_missed() {
    insta::assert_snapshot!(table(&owed(&story(), "10:11"), &["sh-4.1.1-oral"]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   done 10:04
    sh-4.1.1-oral         incident_unit    district_authority     10:10   missed
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   missed
    "#);
    insta::assert_snapshot!(table(&owed(&story(), "10:12"), &["sh-4.1.1-oral"]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   done 10:04
    sh-4.1.1-oral         incident_unit    district_authority     10:10   missed
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   missed
    "#);
    insta::assert_snapshot!(table(&owed(&story(), "10:13"), &["sh-4.1.1-oral"]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   done 10:04
    sh-4.1.1-oral         incident_unit    district_authority     10:10   missed
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   done, recorded late 10:02
    "#);
}

#[test]
fn judged_considerable_the_district_is_owed_a_report_at_once() {
    insta::assert_snapshot!(table(&owed(&story(), "10:31"), FIRST), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   done 10:04
    sh-4.1.1-oral         incident_unit    district_authority     10:10   late 10:20
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   done, recorded late 10:02
    sh-4.1.1-immediate    incident_unit    district_authority     at once pending, arose 10:30 (text: 10:40)
    sh-4.1.1-written      incident_unit    cac_duty_room          10:40   done 10:00
    sh-4.1.1-written      incident_unit    district_authority     10:40   superseded (text: 10:40)
    sh-4.1.1-written      incident_unit    linkage_centre         10:40   done 10:15
    "#);
    insta::assert_snapshot!(table(&owed(&story(), "10:35"), &["sh-4.1.1-immediate"]), @"sh-4.1.1-immediate    incident_unit    district_authority     at once done at once 10:35, arose 10:30 (text: 10:40)");
}

#[test]
fn judged_major_both_offices_owe_three_recipients_each_in_two_forms() {
    insta::assert_snapshot!(table(&owed(&story(), "11:15"), ONWARD), @r#"
    sh-2.3-leaders        cac_office       city_leaders           no time pending, arose 11:15
    sh-4.1.2-oral         cac_office       commission             at once pending, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         cac_office       government_duty_office at once pending, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         cac_office       party_duty_office      at once pending, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         linkage_centre   commission             at once pending, arose 11:15 (text: 11:02)
    sh-4.1.2-oral         linkage_centre   government_duty_office at once pending, arose 11:15 (text: 11:02)
    sh-4.1.2-oral         linkage_centre   party_duty_office      at once pending, arose 11:15 (text: 11:02)
    sh-4.2.2-proposal     cac_office       commission             no time pending, arose 11:15
    sh-4.2.2-proposal     linkage_centre   commission             no time pending, arose 11:15
    sh-4.1.2-written      cac_office       commission             12:00   pending
    sh-4.1.2-written      cac_office       government_duty_office 12:00   pending
    sh-4.1.2-written      cac_office       party_duty_office      12:00   pending
    sh-4.1.2-written      linkage_centre   commission             12:02   pending
    sh-4.1.2-written      linkage_centre   government_duty_office 12:02   pending
    sh-4.1.2-written      linkage_centre   party_duty_office      12:02   pending
    "#);
}

#[test]
fn at_half_past_twelve_nothing_is_open() {
    let duties = owed(&story(), "12:30");
    assert!(duties.iter().all(|duty| !duty.state.is_open()));
    insta::assert_snapshot!(table(&duties, &["sh-"]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:10   done 10:04
    sh-4.1.1-oral         incident_unit    district_authority     10:10   late 10:20
    sh-4.1.1-oral         incident_unit    linkage_centre         10:10   done, recorded late 10:02
    sh-4.1.1-immediate    incident_unit    district_authority     at once done at once 10:35, arose 10:30 (text: 10:40)
    sh-4.1.1-written      incident_unit    cac_duty_room          10:40   done 10:00
    sh-4.1.1-written      incident_unit    district_authority     10:40   superseded (text: 10:40)
    sh-4.1.1-written      incident_unit    linkage_centre         10:40   done 10:15
    sh-2.3-leaders        cac_office       city_leaders           no time done at once 11:30, arose 11:15
    sh-4.1.2-oral         cac_office       commission             at once done at once 11:20, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         cac_office       government_duty_office at once done at once 11:20, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         cac_office       party_duty_office      at once done at once 11:20, arose 11:15 (text: 11:00)
    sh-4.1.2-oral         linkage_centre   commission             at once done at once 11:24, arose 11:15 (text: 11:02)
    sh-4.1.2-oral         linkage_centre   government_duty_office at once done at once 11:24, arose 11:15 (text: 11:02)
    sh-4.1.2-oral         linkage_centre   party_duty_office      at once done at once 11:24, arose 11:15 (text: 11:02)
    sh-4.2.2-proposal     cac_office       commission             no time done at once 11:40, arose 11:15
    sh-4.2.2-proposal     linkage_centre   commission             no time done at once 11:40, arose 11:15
    sh-4.1.2-written      cac_office       commission             12:00   done 11:55
    sh-4.1.2-written      cac_office       government_duty_office 12:00   done 11:55
    sh-4.1.2-written      cac_office       party_duty_office      12:00   done 11:55
    sh-4.1.2-written      linkage_centre   commission             12:02   late 12:30
    sh-4.1.2-written      linkage_centre   government_duty_office 12:02   late 12:30
    sh-4.1.2-written      linkage_centre   party_duty_office      12:02   late 12:30
    "#);
}

#[test]
fn the_miss_that_was_cleared_stays_visible_in_the_reasons() {
    let duties = owed(&story(), "12:30");
    let oral = only(&duties, "sh-4.1.1-oral", "linkage_centre");
    assert_eq!(oral.done_at, Some(clock("10:02")));
    let reasons: Vec<&str> = oral.because.iter().map(|because| because.text.en.as_str()).collect();
    insta::assert_snapshot!(reasons.join("\n"), @r#"
    clause 4.1.1: within 30 min from discovered at 2026-03-14 09:40 (assumed: the text names no start)
    done in time at 2026-03-14 10:02, entered at 2026-03-14 10:12, confirmed by mara; it had been missed until then
    "#);
}
