//! Single rules of the reckoning, one fact each.

use fengsui_plan::{
    Channel, Colour, DutyKind, DutyState, History, LateArising, OnLowerLevel, What, duties_of,
    level_in_force, worklist,
};

use super::telling::{
    Told as _, cleared, clock, decided, delivered, discovered, happened, issued, judged, only,
    owed, received, shanghai, table, told, waived, word, yes,
};

const ROOM: &str = "cac_duty_room";
const CENTRE: &str = "linkage_centre";
const DISTRICT: &str = "district_authority";
const ORAL: &str = "sh-4.1.1-oral";
const WRITTEN: &str = "sh-4.1.1-written";
const AT_ONCE: &str = "sh-4.1.1-immediate";

#[test]
fn nothing_known_is_nothing_owed() {
    assert_eq!(owed(&[], "10:00"), []);
}

#[test]
fn what_is_recorded_later_does_not_count_yet() {
    let story = [discovered("10:00").entered("10:05")];
    assert_eq!(owed(&story, "10:04"), []);
    assert_eq!(owed(&story, "10:05").len(), 6);
}

#[test]
fn a_duty_is_pending_at_its_very_time_and_missed_after() {
    let story = [discovered("10:00")];
    assert_eq!(only(&owed(&story, "10:30"), ORAL, ROOM).state, DutyState::Pending);
    assert_eq!(only(&owed(&story, "10:31"), ORAL, ROOM).state, DutyState::Missed);
}

#[test]
fn a_delivery_at_the_very_time_is_in_time() {
    let story = [discovered("10:00"), delivered("10:30", ORAL, ROOM)];
    assert_eq!(only(&owed(&story, "12:00"), ORAL, ROOM).state, DutyState::Done);
}

#[test]
fn a_delivery_without_a_recipient_reaches_all_of_them() {
    let duties = owed(&[discovered("10:00"), delivered("10:10", ORAL, "")], "10:10");
    insta::assert_snapshot!(table(&duties, &[ORAL]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:30   done 10:10
    sh-4.1.1-oral         incident_unit    district_authority     10:30   done 10:10
    sh-4.1.1-oral         incident_unit    linkage_centre         10:30   done 10:10
    "#);
}

#[test]
fn the_written_form_does_not_satisfy_the_oral_one() {
    let story = [
        discovered("10:00"),
        delivered("10:10", ORAL, ROOM).through(Channel::Written),
        delivered("10:12", WRITTEN, ROOM),
    ];
    let duties = owed(&story, "10:20");
    assert_eq!(only(&duties, ORAL, ROOM).state, DutyState::Pending);
    assert_eq!(only(&duties, WRITTEN, ROOM).state, DutyState::Done);
}

#[test]
fn a_late_delivery_stays_late() {
    let story = [discovered("10:00"), delivered("10:45", ORAL, ROOM)];
    let duties = owed(&story, "11:00");
    let oral = only(&duties, ORAL, ROOM);
    assert_eq!((oral.state, oral.done_at), (DutyState::Late, Some(clock("10:45"))));
    assert!(oral.because.iter().any(|it| it.text.en == "done 15 min after its time"));
}

#[test]
fn an_unconfirmed_claim_gives_way_to_a_late_delivery_until_it_is_confirmed() {
    let mut story = vec![
        discovered("10:00"),
        delivered("10:25", ORAL, ROOM).entered("11:40"),
        delivered("11:50", ORAL, ROOM),
    ];
    assert_eq!(only(&owed(&story, "11:45"), ORAL, ROOM).state, DutyState::Missed);
    assert_eq!(only(&owed(&story, "12:00"), ORAL, ROOM).state, DutyState::Late);
    story.push(cleared("12:10", ORAL, ROOM));
    let duties = owed(&story, "12:10");
    let oral = only(&duties, ORAL, ROOM);
    assert_eq!((oral.state, oral.done_at), (DutyState::DoneRecordedLate, Some(clock("10:25"))));
}

#[test]
fn a_confirmation_for_one_recipient_clears_no_other() {
    let story = [
        discovered("10:00"),
        delivered("10:25", ORAL, "").entered("11:40"),
        cleared("11:41", ORAL, ROOM),
    ];
    insta::assert_snapshot!(table(&owed(&story, "11:41"), &[ORAL]), @r#"
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:30   done, recorded late 10:25
    sh-4.1.1-oral         incident_unit    district_authority     10:30   missed
    sh-4.1.1-oral         incident_unit    linkage_centre         10:30   missed
    "#);
}

#[test]
fn until_somebody_judges_the_certain_level_moves_the_duties() {
    let facts = [("system_importance", word("important")), ("system_loss", word("severe"))];
    let story = [discovered("10:00"), received("10:05", ROOM), told("10:10", &facts)];
    let history = History { happenings: story.to_vec() };
    assert_eq!(level_in_force(&shanghai(), &history, clock("10:10")).unwrap(), "II");
    insta::assert_snapshot!(table(&owed(&story, "10:10"), &["sh-4.1.2", "sh-2.3"]), @r#"
    sh-2.3-leaders        cac_office       city_leaders           no time pending, arose 10:10
    sh-4.1.2-oral         cac_office       commission             11:05   pending
    sh-4.1.2-oral         cac_office       government_duty_office 11:05   pending
    sh-4.1.2-oral         cac_office       party_duty_office      11:05   pending
    sh-4.1.2-written      cac_office       commission             12:05   pending
    sh-4.1.2-written      cac_office       government_duty_office 12:05   pending
    sh-4.1.2-written      cac_office       party_duty_office      12:05   pending
    "#);
}

#[test]
fn a_judged_level_holds_although_the_facts_grow_worse() {
    let facts = [("system_importance", word("important")), ("system_loss", word("severe"))];
    let story = [discovered("10:00"), judged("10:05", "IV"), told("10:10", &facts)];
    let history = History { happenings: story.to_vec() };
    assert_eq!(level_in_force(&shanghai(), &history, clock("10:10")).unwrap(), "IV");
    assert_eq!(table(&owed(&story, "10:10"), &[AT_ONCE]), "");
}

#[test]
fn a_decision_of_others_alone_moves_nothing() {
    let story = [discovered("10:00"), decided("10:05", "II", &["linkage_centre"])];
    assert_eq!(table(&owed(&story, "10:10"), &[AT_ONCE, "sh-2.3"]), "");
    let joint = [discovered("10:00"), decided("10:05", "II", &["linkage_centre", "cac_office"])];
    assert_ne!(table(&owed(&joint, "10:10"), &["sh-2.3"]), "");
}

#[test]
fn a_decision_under_another_plan_moves_nothing() {
    let mut elsewhere = judged("10:05", "I");
    elsewhere.plan = Some("cac-measures-2025".parse().unwrap());
    assert_eq!(table(&owed(&[discovered("10:00"), elsewhere], "10:10"), &[AT_ONCE]), "");
}

#[test]
fn what_arose_stays_owed_when_the_level_falls() {
    let story = [discovered("10:00"), judged("10:05", "II"), judged("10:20", "IV")];
    insta::assert_snapshot!(table(&owed(&story, "10:20"), &[AT_ONCE, "sh-2.3"]), @r#"
    sh-2.3-leaders        cac_office       city_leaders           no time pending, arose 10:05
    sh-4.1.1-immediate    incident_unit    cac_duty_room          at once pending, arose 10:05 (text: 10:30, 11:00)
    sh-4.1.1-immediate    incident_unit    district_authority     at once pending, arose 10:05 (text: 10:30, 11:00)
    sh-4.1.1-immediate    incident_unit    linkage_centre         at once pending, arose 10:05 (text: 10:30, 11:00)
    "#);
}

#[test]
fn a_pack_may_let_duties_of_the_higher_level_go() {
    let mut plan = (*shanghai()).clone();
    plan.settings.on_lower_level = OnLowerLevel::Supersede;
    let story = [discovered("10:00"), judged("10:05", "II"), judged("10:20", "IV")];
    let duties = duties_of(&plan, &History { happenings: story.to_vec() }, clock("10:20"));
    assert_eq!(only(&duties, "sh-2.3-leaders", "city_leaders").state, DutyState::Superseded);
    assert!(duties.iter().all(|duty| duty.duty != *AT_ONCE || !duty.state.is_open()));
}

#[test]
fn a_pack_may_read_a_time_that_had_passed_as_missed() {
    let mut plan = (*shanghai()).clone();
    plan.settings.late_arising = LateArising::AsReckoned;
    let story = [received("10:05", "cac_office"), judged("11:09", "II")];
    let duties = duties_of(&plan, &History { happenings: story.to_vec() }, clock("11:09"));
    let oral = only(&duties, "sh-4.1.2-oral", "commission");
    assert_eq!((oral.due, oral.state), (Some(clock("11:05")), DutyState::Missed));
    assert_eq!(oral.kind, DutyKind::Within);
}

#[test]
fn an_earlier_receipt_entered_later_is_shown_and_moves_nothing() {
    let story = [
        received("10:20", "cac_office"),
        judged("10:30", "II"),
        received("10:00", "cac_duty_room").entered("10:40"),
    ];
    let duties = owed(&story, "10:40");
    let oral = only(&duties, "sh-4.1.2-oral", "commission");
    assert_eq!(oral.due, Some(clock("11:20")));
    assert_eq!(oral.also_read_as, [clock("11:00")]);
    assert!(oral.because.iter().any(|it| it.text.en.starts_with("another reading of the start")));
}

#[test]
fn of_receipts_known_when_the_duty_arises_the_earliest_holds() {
    let story = [
        received("10:20", "cac_office"),
        received("10:00", "cac_duty_room").entered("10:25"),
        judged("10:30", "II"),
    ];
    let duties = owed(&story, "10:40");
    assert_eq!(only(&duties, "sh-4.1.2-oral", "commission").due, Some(clock("11:00")));
}

#[test]
fn a_corrected_time_of_discovery_is_shown_and_moves_nothing() {
    let correction = What::AnchorCorrected {
        anchor: "discovered".to_owned(),
        to: clock("09:50"),
        reason: "the log says so".to_owned(),
    };
    let duties = owed(&[discovered("10:00"), happened("10:10", correction)], "10:10");
    let oral = only(&duties, ORAL, ROOM);
    assert_eq!((oral.due, &*oral.also_read_as), (Some(clock("10:30")), &[clock("10:20")][..]));
}

#[test]
fn what_is_delivered_to_the_duty_room_is_received_by_the_office() {
    let story = [
        discovered("10:00"),
        delivered("10:08", ORAL, ROOM),
        delivered("10:11", ORAL, CENTRE),
        judged("10:20", "II"),
    ];
    let duties = owed(&story, "10:20");
    insta::assert_snapshot!(table(&duties, &["sh-4.1.2-oral"]), @r#"
    sh-4.1.2-oral         cac_office       commission             11:08   pending
    sh-4.1.2-oral         cac_office       government_duty_office 11:08   pending
    sh-4.1.2-oral         cac_office       party_duty_office      11:08   pending
    sh-4.1.2-oral         linkage_centre   commission             11:11   pending
    sh-4.1.2-oral         linkage_centre   government_duty_office 11:11   pending
    sh-4.1.2-oral         linkage_centre   party_duty_office      11:11   pending
    "#);
}

#[test]
fn a_delivery_before_the_duty_arose_counts() {
    let story = [
        received("10:00", "cac_office"),
        delivered("10:10", "sh-4.1.2-oral", "commission").by("cac_office"),
        judged("10:20", "II"),
    ];
    let duties = owed(&story, "10:20");
    let oral = only(&duties, "sh-4.1.2-oral", "commission");
    assert_eq!((oral.state, oral.done_at), (DutyState::Done, Some(clock("10:10"))));
}

#[test]
fn of_several_senders_one_must_be_named() {
    let story = [
        received("10:00", "cac_office"),
        received("10:00", "linkage_centre"),
        judged("10:20", "II"),
        delivered("10:25", "sh-4.1.2-oral", "commission"),
        delivered("10:26", "sh-4.1.2-oral", "commission").by("linkage_centre"),
    ];
    let duties = owed(&story, "10:30");
    insta::assert_snapshot!(table(&duties, &["sh-4.1.2-oral"]), @r#"
    sh-4.1.2-oral         cac_office       commission             11:00   pending
    sh-4.1.2-oral         cac_office       government_duty_office 11:00   pending
    sh-4.1.2-oral         cac_office       party_duty_office      11:00   pending
    sh-4.1.2-oral         linkage_centre   commission             11:00   done 10:26
    sh-4.1.2-oral         linkage_centre   government_duty_office 11:00   pending
    sh-4.1.2-oral         linkage_centre   party_duty_office      11:00   pending
    "#);
}

#[test]
fn nothing_is_hurried_towards_whoever_has_everything() {
    let story = [
        discovered("10:00"),
        delivered("10:05", ORAL, ROOM),
        delivered("10:06", WRITTEN, ROOM),
        judged("10:20", "III"),
    ];
    let duties = owed(&story, "10:20");
    assert!(
        !duties
            .iter()
            .any(|duty| duty.duty == *AT_ONCE && duty.to == Some("cac_duty_room".parse().unwrap()))
    );
    assert_eq!(only(&duties, WRITTEN, ROOM).state, DutyState::Done);
    assert_eq!(only(&duties, AT_ONCE, DISTRICT).state, DutyState::Pending);
}

#[test]
fn either_form_meets_the_report_at_once() {
    let story = [
        discovered("10:00"),
        judged("10:20", "III"),
        delivered("10:22", ORAL, ROOM),
        delivered("10:23", WRITTEN, CENTRE),
        delivered("10:24", AT_ONCE, DISTRICT),
    ];
    insta::assert_snapshot!(table(&owed(&story, "10:30"), &["sh-4.1.1"]), @r#"
    sh-4.1.1-immediate    incident_unit    cac_duty_room          at once done at once 10:22, arose 10:20 (text: 10:30, 11:00)
    sh-4.1.1-immediate    incident_unit    district_authority     at once done at once 10:24, arose 10:20 (text: 10:30, 11:00)
    sh-4.1.1-immediate    incident_unit    linkage_centre         at once done at once 10:23, arose 10:20 (text: 10:30, 11:00)
    sh-4.1.1-oral         incident_unit    cac_duty_room          10:30   superseded (text: 10:30)
    sh-4.1.1-oral         incident_unit    district_authority     10:30   superseded (text: 10:30)
    sh-4.1.1-oral         incident_unit    linkage_centre         10:30   superseded (text: 10:30)
    sh-4.1.1-written      incident_unit    cac_duty_room          11:00   superseded (text: 11:00)
    sh-4.1.1-written      incident_unit    district_authority     11:00   superseded (text: 11:00)
    sh-4.1.1-written      incident_unit    linkage_centre         11:00   superseded (text: 11:00)
    "#);
}

#[test]
fn a_miss_before_the_stricter_duty_is_still_told() {
    let story = [discovered("10:00"), judged("10:40", "III")];
    let duties = owed(&story, "10:40");
    let oral = only(&duties, ORAL, ROOM);
    assert_eq!(oral.state, DutyState::Superseded);
    assert!(oral.because.iter().any(|it| it.text.en.contains("had been missed")));
    assert_eq!(only(&duties, AT_ONCE, ROOM).also_read_as, [clock("10:30"), clock("11:00")]);
}

#[test]
fn deliveries_entered_after_the_stricter_duty_arose_meet_it_and_remove_nothing() {
    let story = [
        discovered("10:00"),
        judged("10:20", "III"),
        delivered("10:15", ORAL, ROOM).entered("10:25"),
        delivered("10:16", WRITTEN, ROOM).entered("10:25"),
    ];
    assert_eq!(only(&owed(&story, "10:20"), AT_ONCE, ROOM).state, DutyState::Pending);
    let duties = owed(&story, "10:25");
    assert_eq!(only(&duties, ORAL, ROOM).state, DutyState::Done);
    let at_once = only(&duties, AT_ONCE, ROOM);
    assert_eq!((at_once.state, at_once.done_at), (DutyState::Elapsed, Some(clock("10:16"))));
}

#[test]
fn ticks_that_arise_after_the_stricter_duty_are_superseded_from_the_start() {
    let story = [
        received("10:00", "cac_office"),
        told("10:06", &[("special_circumstances", yes())]),
        delivered("10:10", "sh-4.1.2-immediate", "").by("cac_office"),
        judged("10:40", "II"),
    ];
    let duties = owed(&story, "10:40");
    insta::assert_snapshot!(table(&duties, &["sh-4.1.2"]), @r#"
    sh-4.1.2-immediate    cac_office       commission             at once done at once 10:10, arose 10:06 (text: 11:00, 12:00)
    sh-4.1.2-immediate    cac_office       government_duty_office at once done at once 10:10, arose 10:06 (text: 11:00, 12:00)
    sh-4.1.2-immediate    cac_office       party_duty_office      at once done at once 10:10, arose 10:06 (text: 11:00, 12:00)
    sh-4.1.2-oral         cac_office       commission             11:00   superseded (text: 11:00)
    sh-4.1.2-oral         cac_office       government_duty_office 11:00   superseded (text: 11:00)
    sh-4.1.2-oral         cac_office       party_duty_office      11:00   superseded (text: 11:00)
    sh-4.1.2-written      cac_office       commission             12:00   superseded (text: 12:00)
    sh-4.1.2-written      cac_office       government_duty_office 12:00   superseded (text: 12:00)
    sh-4.1.2-written      cac_office       party_duty_office      12:00   superseded (text: 12:00)
    "#);
}

#[test]
fn a_waived_duty_is_no_longer_open_and_says_why() {
    let story = [discovered("10:00"), waived("10:10", ORAL, DISTRICT)];
    let duties = owed(&story, "11:00");
    let oral = only(&duties, ORAL, DISTRICT);
    assert_eq!(oral.state, DutyState::Waived);
    assert!(oral.because.iter().any(|it| it.text.en.contains("dissolved")));
}

#[test]
fn what_is_recorded_in_one_act_is_known_together() {
    let later = received("10:20", "cac_office").entered("10:30");
    let earlier = received("10:10", "cac_duty_room").entered("10:30");
    for story in [
        [judged("10:00", "II"), later.clone(), earlier.clone()],
        [judged("10:00", "II"), earlier, later],
    ] {
        let duties = owed(&story, "10:30");
        let oral = only(&duties, "sh-4.1.2-oral", "commission");
        assert_eq!((oral.due, &*oral.also_read_as), (Some(clock("11:10")), &[][..]));
    }
}

#[test]
fn an_unnamed_organisation_owes_what_follows_from_the_level_alone() {
    let duties = owed(&[judged("10:00", "III")], "10:05");
    insta::assert_snapshot!(table(&duties, &["sh-"]), @r#"
    sh-4.1.1-immediate    incident_unit    cac_duty_room          at once pending, arose 10:00
    sh-4.1.1-immediate    incident_unit    district_authority     at once pending, arose 10:00
    sh-4.1.1-immediate    incident_unit    linkage_centre         at once pending, arose 10:00
    "#);
}

#[test]
fn the_first_organisation_takes_over_what_the_unnamed_one_owed() {
    for organisation in [None, Some("unit-a")] {
        let mut told = discovered("10:02");
        told.organisation = organisation.map(str::to_owned);
        let story =
            [judged("10:00", "III"), told, delivered("10:05", "sh-4.1.1-immediate", DISTRICT)];
        let duties = owed(&story, "10:05");
        let hurried: Vec<_> =
            duties.iter().filter(|duty| duty.duty == *"sh-4.1.1-immediate").collect();
        assert_eq!(hurried.len(), 3, "one set, not two");
        assert!(hurried.iter().all(|duty| duty.organisation.as_deref() == organisation));
        assert!(hurried.iter().all(|duty| duty.arose_at == clock("10:00")));
        assert_eq!(only(&duties, "sh-4.1.1-immediate", DISTRICT).state, DutyState::Elapsed);
    }
}

#[test]
fn a_report_about_a_warning_starts_no_onward_clock() {
    let story = [
        issued("09:00", Colour::Yellow),
        delivered("09:55", "sh-3.5-hourly", "cac_office"),
        discovered("10:00"),
        judged("10:10", "II"),
        received("10:12", "cac_duty_room"),
    ];
    let duties = owed(&story, "10:12");
    assert_eq!(only(&duties, "sh-4.1.2-oral", "commission").due, Some(clock("11:12")));
}

#[test]
fn what_is_delivered_to_the_headquarters_reaches_the_commission_that_became_it() {
    let story = [
        judged("10:00", "I"),
        delivered("10:20", "sh-4.2.2-proposal", "headquarters").by("linkage_centre"),
    ];
    let duties = owed(&story, "10:20");
    let states: Vec<_> = duties
        .iter()
        .filter(|duty| duty.duty == *"sh-4.2.2-proposal")
        .map(|duty| (duty.actor.as_str(), duty.state))
        .collect();
    let expected = [("cac_office", DutyState::Pending), ("linkage_centre", DutyState::Elapsed)];
    assert_eq!(states, expected);
}

#[test]
fn a_delivery_names_no_organisation_only_while_one_is_affected() {
    let story = [
        discovered("10:00").of("unit-a"),
        delivered("10:05", ORAL, ROOM),
        discovered("10:10").of("unit-b"),
        delivered("10:15", ORAL, CENTRE),
    ];
    insta::assert_snapshot!(table(&owed(&story, "10:20"), &[ORAL]), @r#"
    sh-4.1.1-oral         incident_unit unit-a cac_duty_room          10:30   done 10:05
    sh-4.1.1-oral         incident_unit unit-a district_authority     10:30   pending
    sh-4.1.1-oral         incident_unit unit-a linkage_centre         10:30   pending
    sh-4.1.1-oral         incident_unit unit-b cac_duty_room          10:40   pending
    sh-4.1.1-oral         incident_unit unit-b district_authority     10:40   pending
    sh-4.1.1-oral         incident_unit unit-b linkage_centre         10:40   pending
    "#);
}

#[test]
fn hourly_slots_keep_their_grid_and_end_with_the_warning() {
    let story = [
        issued("09:00", Colour::Yellow),
        happened("09:40", What::WarningAdjusted(Colour::Blue)),
        delivered("09:58", "sh-3.5-hourly", ""),
        delivered("11:00", "sh-3.5-hourly", "cac_duty_room").slot(2),
        happened("12:00", What::WarningLifted),
    ];
    insta::assert_snapshot!(table(&owed(&story, "11:00"), &["sh-3.4", "sh-3.5-hourly"]), @r#"
    sh-3.5-hourly #1      management_centre cac_office             10:00   done 09:58
    sh-3.5-hourly #2      management_centre cac_office             11:00   done 11:00
    sh-3.5-hourly #3      management_centre cac_office             12:00   pending
    "#);
    insta::assert_snapshot!(table(&owed(&story, "12:00"), &["sh-3.4", "sh-3.5-hourly"]), @r#"
    sh-3.5-hourly #1      management_centre cac_office             10:00   done 09:58
    sh-3.5-hourly #2      management_centre cac_office             11:00   done 11:00
    "#);
}

#[test]
fn a_second_warning_has_slots_of_its_own() {
    let story = [
        issued("09:00", Colour::Orange),
        happened("10:30", What::WarningLifted),
        issued("14:15", Colour::Red),
        delivered("14:15", "sh-3.4-simultaneous", "party_duty_office"),
    ];
    insta::assert_snapshot!(table(&owed(&story, "14:20"), &["sh-3.4", "sh-3.5-hourly"]), @r#"
    sh-3.4-simultaneous #1 cac_office       government_duty_office 09:00   missed
    sh-3.4-simultaneous #1 cac_office       party_duty_office      09:00   missed
    sh-3.5-hourly #1      management_centre cac_office             10:00   missed
    sh-3.4-simultaneous #2 cac_office       government_duty_office 14:15   missed
    sh-3.4-simultaneous #2 cac_office       party_duty_office      14:15   done 14:15
    sh-3.5-hourly #2      management_centre cac_office             15:15   pending
    "#);
}

#[test]
fn a_worklist_of_several_plans_is_one_list_earliest_first() {
    let plan = shanghai();
    let mut stricter = (*plan).clone();
    stricter.id = "district-2020".parse().unwrap();
    for rule in &mut stricter.duties {
        if let fengsui_plan::Allowance::Within(span) = &mut rule.due {
            *span = jiff::SignedDuration::from_mins(20);
        }
    }
    let history = History { happenings: vec![discovered("10:00")] };
    let duties = worklist(&[&plan, &stricter], &history, clock("10:00"));
    let dues: Vec<_> = duties.iter().map(|duty| duty.due).collect();
    assert!(dues.is_sorted());
    assert_eq!(duties.first().unwrap().plan, stricter.id);
    assert_eq!(duties.len(), 12);
}
