//! What holds for every history.

use fengsui_plan::{Colour, Duty, DutyKind, DutyState, Happening, History, What, duties_of};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::telling::{
    Told as _, cleared, clock, decided, delivered, discovered, happened, issued, received,
    shanghai, told, waived, word, yes,
};

const DUTIES: [&str; 9] = [
    "sh-4.1.1-oral",
    "sh-4.1.1-written",
    "sh-4.1.1-immediate",
    "sh-4.1.2-oral",
    "sh-4.1.2-written",
    "sh-4.1.2-immediate",
    "sh-2.3-leaders",
    "sh-3.5-hourly",
    "sh-3.4-simultaneous",
];
const ROLES: [&str; 6] = [
    "cac_duty_room",
    "linkage_centre",
    "district_authority",
    "commission",
    "party_duty_office",
    "cac_office",
];
const LEVELS: [&str; 4] = ["I", "II", "III", "IV"];
const LOSSES: [&str; 5] = ["none", "minor", "considerable", "severe", "extremely_severe"];

/// One happening at noon; its times are set afterwards.
fn anything() -> impl Strategy<Value = Happening> {
    let tick = (0..DUTIES.len(), 0..ROLES.len(), 0..4_u32);
    prop_oneof![
        3 => (0..3_usize).prop_map(|unit| discovered("12:00").of(["unit-a", "unit-b", "unit-c"][unit])),
        1 => Just(discovered("12:00")),
        3 => (0..ROLES.len()).prop_map(|role| received("12:00", ROLES[role])),
        3 => (0..LEVELS.len(), prop::bool::ANY).prop_map(|(level, ours)| {
            decided("12:00", LEVELS[level], if ours { &["cac_office"] } else { &["linkage_centre"] })
        }),
        2 => (0..LOSSES.len()).prop_map(|loss| {
            told("12:00", &[("system_importance", word("important")), ("system_loss", word(LOSSES[loss]))])
        }),
        1 => Just(told("12:00", &[("special_circumstances", yes())])),
        6 => tick.clone().prop_map(|(duty, to, kind)| {
            let told = delivered("12:00", DUTIES[duty], ROLES[to]);
            match kind {
                0 => told,
                1 => told.by("cac_office"),
                2 => told.by("linkage_centre").of("unit-a"),
                slot => told.by("management_centre").slot(slot),
            }
        }),
        2 => tick.clone().prop_map(|(duty, to, _)| cleared("12:00", DUTIES[duty], ROLES[to])),
        1 => tick.prop_map(|(duty, to, _)| waived("12:00", DUTIES[duty], ROLES[to])),
        1 => Just(issued("12:00", Colour::Orange)),
        1 => Just(happened("12:00", What::WarningAdjusted(Colour::Red))),
        1 => Just(happened("12:00", What::WarningLifted)),
    ]
}

/// Up to twenty happenings of one day, back-entered by up to two hours, in order of recording.
fn anything_in_a_day() -> impl Strategy<Value = History> {
    let one = (anything(), 0..720_i64, prop_oneof![3 => Just(0_i64), 1 => 0..120_i64]);
    prop::collection::vec(one, 0..20).prop_map(|told| {
        let mut happenings: Vec<Happening> = told
            .into_iter()
            .map(|(mut happening, minute, delay)| {
                happening.at = minute_of_day(minute);
                happening.recorded_at = minute_of_day(minute + delay);
                happening
            })
            .collect();
        happenings.sort_by_key(|happening| happening.recorded_at);
        History { happenings }
    })
}

fn minute_of_day(minute: i64) -> Timestamp {
    clock("06:00") + SignedDuration::from_mins(minute)
}

fn key(duty: &Duty) -> String {
    format!("{} {} {:?} {:?} {:?}", duty.duty, duty.actor, duty.organisation, duty.to, duty.slot)
}

/// Times and states without the words.
fn figures(duties: &[Duty]) -> Vec<String> {
    let figure = |duty: &Duty| {
        let times = (duty.due, duty.done_at, duty.arose_at, &duty.also_read_as);
        format!("{} {times:?} {:?} {:?}", key(duty), duty.kind, duty.state)
    };
    duties.iter().map(figure).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_history_gives_the_same_duties(history in anything_in_a_day(), minute in 0..900_i64) {
        let (plan, at) = (shanghai(), minute_of_day(minute));
        prop_assert_eq!(duties_of(&plan, &history, at), duties_of(&plan, &history, at));
    }

    #[test]
    fn what_is_recorded_after_the_time_changes_nothing(
        history in anything_in_a_day(),
        minute in 0..900_i64,
    ) {
        let (plan, at) = (shanghai(), minute_of_day(minute));
        let mut until = history.clone();
        until.happenings.retain(|happening| happening.recorded_at <= at);
        prop_assert_eq!(duties_of(&plan, &history, at), duties_of(&plan, &until, at));
    }

    #[test]
    fn what_arose_stays(history in anything_in_a_day(), minute in 0..900_i64, later in 0..300_i64) {
        let plan = shanghai();
        let before = duties_of(&plan, &history, minute_of_day(minute));
        let after = duties_of(&plan, &history, minute_of_day(minute + later));
        for duty in &before {
            // Slots end with the warning, and a warning may be entered or lifted after the fact.
            if matches!(duty.kind, DutyKind::Recurring | DutyKind::Simultaneous) || duty.duty == *"sh-3.4-simultaneous" {
                continue;
            }
            // The first organisation that becomes known takes over what the unnamed one owed.
            let taken_over = |later: &&Duty| {
                let mut later = (*later).clone();
                let first = later.organisation.take();
                duty.organisation.is_none() && first.is_some()
                    && (key(&later), later.arose_at) == (key(duty), duty.arose_at)
            };
            // One that becomes known without a name after that owes a set of its own.
            let same = |later: &&Duty| key(later) == key(duty);
            let still = after.iter().find(|later| same(later) && later.arose_at == duty.arose_at);
            let still = still.or_else(|| after.iter().find(taken_over));
            let still = still.or_else(|| after.iter().find(same));
            prop_assert!(still.is_some(), "{} disappeared", key(duty));
            let still = still.unwrap();
            prop_assert_eq!(still.arose_at, duty.arose_at);
            prop_assert_eq!(still.due, duty.due, "a statutory time moved");
        }
    }

    #[test]
    fn nothing_is_owed_in_two_ways(history in anything_in_a_day(), minute in 0..900_i64) {
        let plan = shanghai();
        let duties = duties_of(&plan, &history, minute_of_day(minute));
        for stricter in duties.iter().filter(|duty| duty.duty.as_str().ends_with("-immediate")) {
            let rule = plan.duties.iter().find(|rule| rule.id == stricter.duty).unwrap();
            for duty in &duties {
                let is_pair = rule.overrides.contains(&duty.duty)
                    && (&duty.actor, &duty.organisation, &duty.to)
                        == (&stricter.actor, &stricter.organisation, &stricter.to);
                prop_assert!(!is_pair || !duty.state.is_open(), "{} beside {}", key(duty), key(stricter));
            }
        }
        let mut keys: Vec<String> = duties.iter().map(key).collect();
        keys.sort();
        let all = keys.len();
        keys.dedup();
        prop_assert_eq!(keys.len(), all, "one object twice");
    }

    #[test]
    fn states_and_times_agree(history in anything_in_a_day(), minute in 0..900_i64) {
        let (plan, at) = (shanghai(), minute_of_day(minute));
        for duty in duties_of(&plan, &history, at) {
            let is_done = matches!(
                duty.state,
                DutyState::Done | DutyState::DoneRecordedLate | DutyState::Late | DutyState::Elapsed
            );
            prop_assert_eq!(duty.done_at.is_some(), is_done);
            prop_assert!(duty.done_at.is_none_or(|done_at| done_at <= at));
            prop_assert!(duty.arose_at <= at);
            if let (Some(due), Some(done_at)) = (duty.due, duty.done_at) {
                prop_assert_eq!(done_at > due, duty.state == DutyState::Late);
            }
            prop_assert!(duty.state != DutyState::Missed || duty.due.is_some_and(|due| due < at));
            prop_assert!(!duty.because.is_empty());
        }
    }

    #[test]
    fn the_order_of_unrelated_entries_does_not_matter(
        minutes in prop::collection::vec(0..120_i64, 4),
        swap in 0..3_usize,
    ) {
        // Deliveries to four recipients are unrelated: any order of entering them is the same.
        let mut story = vec![discovered("06:00"), received("06:00", "cac_office"), decided("06:00", "II", &[])];
        let recipients = ["commission", "party_duty_office", "government_duty_office", "commission"];
        for (place, (minute, to)) in minutes.iter().zip(recipients).enumerate() {
            let duty = if place == 3 { "sh-4.1.2-written" } else { "sh-4.1.2-oral" };
            let mut told = delivered("06:00", duty, to).by("cac_office");
            told.at = minute_of_day(*minute);
            told.recorded_at = minute_of_day(130);
            story.push(told);
        }
        let one = History { happenings: story.clone() };
        story.swap(3 + swap, 4 + swap);
        let other = History { happenings: story };
        let (plan, at) = (shanghai(), minute_of_day(200));
        prop_assert_eq!(figures(&duties_of(&plan, &one, at)), figures(&duties_of(&plan, &other, at)));
    }
}
