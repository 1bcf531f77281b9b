//! Statistics: counts, medians and percentiles against a brute-force count.

use fengsui_plan::{DutyKind, DutyState};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use crate::accountability::statistics::{CountedDuty, RecordState, Tally};
use crate::testing::at;

#[test]
fn lateness_is_in_begun_minutes_and_ranks_are_nearest() {
    let mut tally = Tally::default();
    for seconds in [1, 60, 61, 3_600] {
        tally.add(&late_by(seconds));
    }
    assert_eq!((tally.late, tally.fallen_due()), (4, 4));
    assert_eq!(tally.median_lateness(), Some(1), "two of four are one minute late at most");
    assert_eq!(tally.lateness_of_nine_tenths(), Some(60));
    assert_eq!(Tally::default().median_lateness(), None);
}

#[test]
fn at_once_has_no_lateness_only_the_time_it_took() {
    let mut tally = Tally::default();
    let immediate = CountedDuty { kind: DutyKind::Immediate, due: None, ..late_by(0) };
    let done = |clock: &str| CountedDuty {
        state: DutyState::Elapsed,
        arose_at: at("10:00"),
        done_at: Some(at(clock)),
        ..immediate
    };
    for clock in ["10:03", "10:20", "11:00"] {
        tally.add(&done(clock));
    }
    tally.add(&CountedDuty { state: DutyState::Pending, done_at: None, ..immediate });
    assert_eq!((tally.immediate_done, tally.immediate_open), (3, 1));
    assert_eq!(tally.median_elapsed(), Some(20));
    assert_eq!((tally.fallen_due(), tally.median_lateness()), (0, None));
}

#[test]
fn a_miss_is_an_omission_once_the_record_is_closed() {
    let missed = CountedDuty { state: DutyState::Missed, done_at: None, ..late_by(0) };
    let mut tally = Tally::default();
    tally.add(&missed);
    tally.add(&CountedDuty { record: RecordState::Closed, ..missed });
    assert_eq!((tally.missed, tally.omitted), (1, 1));
}

#[test]
fn what_has_no_time_in_the_text_is_not_counted() {
    let mut tally = Tally::default();
    for kind in [DutyKind::Undefined, DutyKind::Continuing, DutyKind::OnRequest] {
        tally.add(&CountedDuty { kind, ..late_by(60) });
    }
    assert_eq!(tally, Tally::default());
}

proptest! {
    #[test]
    fn figures_equal_a_brute_force_count(duties in prop::collection::vec(duty(), 0..120)) {
        let mut tally = Tally::default();
        for duty in &duties {
            tally.add(duty);
        }
        let timed: Vec<&CountedDuty> = duties
            .iter()
            .filter(|it| is_timed(it.kind) && it.kind != DutyKind::Immediate && it.due.is_some())
            .collect();
        let count = |state: DutyState| number(timed.iter().filter(|it| it.state == state).count());
        let missed = |record| {
            let is_so = |it: &&&CountedDuty| (it.state, it.record) == (DutyState::Missed, record);
            number(timed.iter().filter(is_so).count())
        };
        prop_assert_eq!(tally.in_time, count(DutyState::Done) + count(DutyState::Elapsed));
        prop_assert_eq!(tally.recorded_late, count(DutyState::DoneRecordedLate));
        prop_assert_eq!(tally.late, count(DutyState::Late));
        prop_assert_eq!(tally.missed, missed(RecordState::Open));
        prop_assert_eq!(tally.omitted, missed(RecordState::Closed));
        prop_assert_eq!(tally.owed, count(DutyState::Pending));

        let is_late = |it: &&&CountedDuty| it.state == DutyState::Late;
        let lateness = timed.iter().filter(is_late).map(|it| {
            minutes(it.done_at.unwrap_or(it.due.unwrap()).duration_since(it.due.unwrap()))
        });
        let lateness = sorted(lateness.collect());
        prop_assert_eq!(tally.median_lateness(), rank(&lateness, 0.5));
        prop_assert_eq!(tally.lateness_of_nine_tenths(), rank(&lateness, 0.9));

        let is_immediate = |it: &&CountedDuty| {
            is_timed(it.kind) && (it.kind == DutyKind::Immediate || it.due.is_none())
                && !matches!(it.state, DutyState::Waived | DutyState::Superseded)
        };
        let immediate: Vec<_> = duties.iter().filter(is_immediate).collect();
        let elapsed = immediate.iter().filter_map(|it| Some(minutes(it.done_at?.duration_since(it.arose_at))));
        let elapsed = sorted(elapsed.collect());
        prop_assert_eq!(tally.immediate_done, number(elapsed.len()));
        prop_assert_eq!(tally.immediate_open, number(immediate.len() - elapsed.len()));
        prop_assert_eq!(tally.median_elapsed(), rank(&elapsed, 0.5));
    }

    #[test]
    fn it_does_not_matter_in_which_parts_one_counts(
        duties in prop::collection::vec(duty(), 0..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let count = |duties: &[CountedDuty]| {
            let mut tally = Tally::default();
            for duty in duties {
                tally.add(duty);
            }
            tally
        };
        let (one, other) = duties.split_at(cut.index(duties.len() + 1));
        let mut both = count(one);
        both.merge(&count(other));
        prop_assert_eq!(both, count(&duties));
    }
}

fn duty() -> impl Strategy<Value = CountedDuty> {
    let kinds = prop::sample::select(vec![
        DutyKind::Within,
        DutyKind::Immediate,
        DutyKind::Simultaneous,
        DutyKind::Recurring,
        DutyKind::Continuing,
        DutyKind::OnRequest,
        DutyKind::Undefined,
    ]);
    let states = prop::sample::select(vec![
        DutyState::Pending,
        DutyState::Done,
        DutyState::DoneRecordedLate,
        DutyState::Late,
        DutyState::Missed,
        DutyState::Waived,
        DutyState::Superseded,
        DutyState::Elapsed,
    ]);
    let seconds = || prop::option::weighted(0.8, 0_i64..90_000);
    (kinds, states, seconds(), seconds(), any::<bool>()).prop_map(
        |(kind, state, due, done, open)| {
            let time = |seconds: i64| at("10:00") + SignedDuration::from_secs(seconds);
            CountedDuty {
                kind,
                state,
                due: due.map(time),
                done_at: done.map(time),
                arose_at: at("10:00"),
                record: if open { RecordState::Open } else { RecordState::Closed },
            }
        },
    )
}

fn late_by(seconds: i64) -> CountedDuty {
    let due: Timestamp = at("10:30");
    CountedDuty {
        kind: DutyKind::Within,
        state: DutyState::Late,
        due: Some(due),
        done_at: Some(due + SignedDuration::from_secs(seconds)),
        arose_at: at("10:00"),
        record: RecordState::Open,
    }
}

fn is_timed(kind: DutyKind) -> bool {
    !matches!(kind, DutyKind::Undefined | DutyKind::Continuing | DutyKind::OnRequest)
}

fn minutes(duration: SignedDuration) -> u64 {
    u64::try_from(duration.as_secs().max(0)).unwrap().div_ceil(60)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

fn sorted(mut values: Vec<u64>) -> Vec<u64> {
    values.sort_unstable();
    values
}

/// The nearest rank, counted out.
fn rank(sorted: &[u64], share: f64) -> Option<u64> {
    let enough = |value: &&u64| {
        let below = sorted.iter().filter(|it| it <= value).count();
        let (below, all) = (u32::try_from(below).unwrap(), u32::try_from(sorted.len()).unwrap());
        f64::from(below) >= share * f64::from(all) - 1e-9
    };
    sorted.iter().find(enough).copied()
}
