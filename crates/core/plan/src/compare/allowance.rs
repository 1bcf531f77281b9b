//! Which of two deadlines asks more.

use crate::compare::ChangeKind;
use crate::model::{Allowance, Lasting};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days by which working days may be drawn out by days off at most, besides every second day.
const DAYS_OFF_MAX: i64 = 30;

/// Which way it goes from one deadline to another; none if they say the same.
///
/// Looser as soon as there may be a case in which the new one allows more.
pub(super) fn turn(old: &Allowance, new: &Allowance) -> Option<ChangeKind> {
    if old == new {
        return None;
    }
    Some(if asks_no_less(old, new) { ChangeKind::Stricter } else { ChangeKind::Looser })
}

/// Whether whoever keeps to the new deadline keeps to the old one as well.
fn asks_no_less(old: &Allowance, new: &Allowance) -> bool {
    if let (
        Allowance::Every { period: old, lasting: state },
        Allowance::Every { period: new, lasting },
    ) = (old, new)
    {
        return state == lasting && new <= old;
    }
    if let Some(state) = lasting(old) {
        return matches!(old, Allowance::Every { .. })
            && matches!(new, Allowance::Continuing(lasting) if *lasting == state);
    }
    match (rank(old), rank(new)) {
        (Rank::Timed, Rank::Timed) => within(old, new),
        (old, new) => new <= old,
    }
}

/// How pressing a deadline is, whatever its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Simultaneous,
    Immediate,
    Timed,
    Untimed,
    OnRequest,
}

fn rank(allowance: &Allowance) -> Rank {
    match allowance {
        Allowance::Simultaneous => Rank::Simultaneous,
        Allowance::Immediate => Rank::Immediate,
        Allowance::Within(_)
        | Allowance::Days(_)
        | Allowance::CalendarMonths(_)
        | Allowance::WorkingDays { .. }
        | Allowance::Every { .. } => Rank::Timed,
        // What goes on all the time has no moment at which it is late.
        Allowance::Continuing(_) | Allowance::Undefined => Rank::Untimed,
        Allowance::OnRequest => Rank::OnRequest,
    }
}

fn lasting(allowance: &Allowance) -> Option<Lasting> {
    match allowance {
        Allowance::Every { lasting, .. } | Allowance::Continuing(lasting) => Some(*lasting),
        Allowance::Simultaneous
        | Allowance::Immediate
        | Allowance::Within(_)
        | Allowance::Days(_)
        | Allowance::CalendarMonths(_)
        | Allowance::WorkingDays { .. }
        | Allowance::OnRequest
        | Allowance::Undefined => None,
    }
}

/// Whether the new time is never after the old one.
fn within(old: &Allowance, new: &Allowance) -> bool {
    match (old, new) {
        (Allowance::Days(old), Allowance::Days(new)) => new <= old,
        (Allowance::CalendarMonths(old), Allowance::CalendarMonths(new)) => new <= old,
        (
            Allowance::WorkingDays { days: old, calendar: same },
            Allowance::WorkingDays { days: new, calendar },
        ) if same == calendar => new <= old,
        _ => match (seconds(old), seconds(new)) {
            (Some((shortest, _)), Some((_, longest))) => longest <= shortest,
            (None, _) | (_, None) => false,
        },
    }
}

/// The shortest and the longest time that a deadline may come to.
fn seconds(allowance: &Allowance) -> Option<(i64, i64)> {
    match allowance {
        Allowance::Within(span) | Allowance::Every { period: span, .. } => {
            Some((span.as_secs(), span.as_secs()))
        }
        // A day on which the clocks change has an hour less or more.
        Allowance::Days(days) => {
            let days = i64::from(*days) * DAY;
            Some((days - 3_600, days + 3_600))
        }
        Allowance::CalendarMonths(months) => {
            let months = i64::from(*months);
            Some((months * 28 * DAY - 3_600, months * 31 * DAY + 3_600))
        }
        Allowance::WorkingDays { days, .. } => {
            let days = i64::from(*days);
            Some((days * DAY - 3_600, (days * 2 + DAYS_OFF_MAX) * DAY))
        }
        Allowance::Simultaneous
        | Allowance::Immediate
        | Allowance::Continuing(_)
        | Allowance::OnRequest
        | Allowance::Undefined => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_deadline_is_stricter_only_where_it_never_allows_more() {
        let minutes = |minutes| Allowance::Within(SignedDuration::from_mins(minutes));
        let every = |minutes| Allowance::Every {
            period: SignedDuration::from_mins(minutes),
            lasting: Lasting::Response,
        };
        for (old, new, kind) in [
            (minutes(30), minutes(30), None),
            (minutes(30), minutes(20), Some(ChangeKind::Stricter)),
            (minutes(30), minutes(31), Some(ChangeKind::Looser)),
            (minutes(30), Allowance::Immediate, Some(ChangeKind::Stricter)),
            (Allowance::Immediate, minutes(1), Some(ChangeKind::Looser)),
            (Allowance::Simultaneous, Allowance::Immediate, Some(ChangeKind::Looser)),
            (minutes(30), Allowance::Undefined, Some(ChangeKind::Looser)),
            (Allowance::OnRequest, Allowance::Undefined, Some(ChangeKind::Stricter)),
            (Allowance::Days(30), Allowance::CalendarMonths(1), Some(ChangeKind::Looser)),
            (Allowance::CalendarMonths(1), Allowance::Days(30), Some(ChangeKind::Looser)),
            (Allowance::CalendarMonths(1), Allowance::Days(27), Some(ChangeKind::Stricter)),
            (Allowance::Days(1), minutes(24 * 60), Some(ChangeKind::Looser)),
            (every(60), every(30), Some(ChangeKind::Stricter)),
            (every(60), every(61), Some(ChangeKind::Looser)),
            (every(60), minutes(10), Some(ChangeKind::Looser)),
            (every(60), Allowance::Continuing(Lasting::Response), Some(ChangeKind::Stricter)),
            (Allowance::Continuing(Lasting::Response), every(5), Some(ChangeKind::Looser)),
            (every(60), Allowance::Continuing(Lasting::WarningPeriod), Some(ChangeKind::Looser)),
        ] {
            assert_eq!(turn(&old, &new), kind, "{old:?} {new:?}");
        }
    }
}
