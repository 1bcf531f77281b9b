//! The arithmetic of deadlines, in the zone of the plan or of the clock's own start.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::model::{Allowance, Calendar, Plan};

/// When something is due; none where the text gives no number.
pub(super) fn due(
    plan: &Plan,
    allowance: &Allowance,
    origin: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    match allowance {
        Allowance::Within(span) => Some(origin.checked_add(*span).unwrap_or(Timestamp::MAX)),
        Allowance::Days(days) => Some(on_the_calendar(zone, origin, i64::from(*days).days())),
        Allowance::CalendarMonths(months) => {
            Some(on_the_calendar(zone, origin, i64::from(*months).months()))
        }
        Allowance::WorkingDays { days, calendar } => {
            let calendar = plan.calendars.get(calendar);
            Some(end_of_working_day(zone, origin, *days, calendar))
        }
        Allowance::Simultaneous => Some(origin),
        Allowance::Immediate
        | Allowance::Every { .. }
        | Allowance::Continuing(_)
        | Allowance::OnRequest
        | Allowance::Undefined => None,
    }
}

/// The same wall-clock time some days or months later; a missing day is the month's last.
fn on_the_calendar(zone: &TimeZone, origin: Timestamp, span: Span) -> Timestamp {
    let later = origin.to_zoned(zone.clone()).checked_add(span);
    later.map_or(Timestamp::MAX, |later| later.timestamp())
}

/// The last second of the n-th working day, counting from the next day.
fn end_of_working_day(
    zone: &TimeZone,
    origin: Timestamp,
    days: u16,
    calendar: Option<&Calendar>,
) -> Timestamp {
    let mut day = zone.to_datetime(origin).date();
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return Timestamp::MAX };
        day = next;
        if is_worked(day, calendar) {
            left -= 1;
        }
    }
    let last_second = Time::constant(23, 59, 59, 0);
    zone.to_timestamp(day.to_datetime(last_second)).unwrap_or(Timestamp::MAX)
}

/// Whether a day is worked: the calendar's word, else Monday to Friday.
fn is_worked(day: Date, calendar: Option<&Calendar>) -> bool {
    calendar.map_or_else(
        || !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
        |calendar| calendar.is_worked(day),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn ten_working_days_from_28_september_2026_end_on_16_october() {
        let calendar = Calendar {
            off: (1..=7).map(|day| date(2026, 10, day)).collect(),
            worked: vec![date(2026, 10, 10)],
            ..Calendar::default()
        };
        let origin = at("2026-09-28T09:00:00+08:00");
        let due = end_of_working_day(&shanghai(), origin, 10, Some(&calendar));
        assert_eq!(due, at("2026-10-16T23:59:59+08:00"));
    }

    #[test]
    fn without_a_calendar_monday_to_friday_are_worked() {
        let friday = at("2026-03-13T17:00:00+08:00");
        let due = end_of_working_day(&shanghai(), friday, 1, None);
        assert_eq!(due, at("2026-03-16T23:59:59+08:00"));
    }

    #[test]
    fn a_month_after_31_january_ends_with_february() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let submitted = at("2027-01-31T15:00:00+01:00");
        let due = on_the_calendar(&zone, submitted, 1.month());
        assert_eq!(due, at("2027-02-28T15:00:00+01:00"));
    }

    #[test]
    fn days_keep_the_wall_clock_through_summer_time() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let due = on_the_calendar(&zone, at("2026-03-28T12:00:00+01:00"), 1.day());
        assert_eq!(due, at("2026-03-29T12:00:00+02:00"));
    }
}
