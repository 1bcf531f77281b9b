//! Instants as sensors write them, read by the million.
//!
//! The usual shape (`2026-03-14T09:26:53.123456+0800`) is read here; every other one by jiff.
//! Where both read a text they agree, which a property tests.

use jiff::Timestamp;

/// Reads an instant; a text without an offset from UTC names none.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    match usual(text.as_bytes()) {
        Some(at) => Some(at),
        None => text.parse().ok(),
    }
}

/// The usual shape and nothing else.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let (date, rest) = text.split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b' ', rest_of_date @ ..] = date else {
        return None;
    };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = rest_of_date else { return None };
    let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    let (hour, minute, second) = (two(*h1, *h2)?, two(*n1, *n2)?, two(*s1, *s2)?);
    let is_sound = year >= 1900
        && (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !is_sound {
        return None;
    }
    let (nanoseconds, rest) = fraction(rest)?;
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Timestamp::new(seconds - offset(rest)?, nanoseconds).ok()
}

/// Seconds east of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *text {
        [b'Z'] => return Some(0),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2] | [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            (sign, two(h1, h2)?, two(m1, m2)?)
        }
        _ => return None,
    };
    let is_sound = hours < 24 && minutes < 60;
    let seconds = hours * 3_600 + minutes * 60;
    is_sound.then_some(if sign == b'-' { -seconds } else { seconds })
}

/// One to nine digits behind a point, as nanoseconds, and what follows.
fn fraction(text: &[u8]) -> Option<(i32, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else { return Some((0, text)) };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(length)?;
    if !(1..=9).contains(&length) {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = padded.fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0'));
    Some((nanoseconds, rest))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_number.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970. Years are counted from March, so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days_of_months = (month * 153 + 2) / 5;
    year * 365 + year / 4 - year / 100 + year / 400 + days_of_months + day - 719_469
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_usual_shapes_are_read_without_jiff() {
        for text in [
            "2026-03-14T09:26:53.123456+0800",
            "2026-03-14T09:26:53+08:00",
            "2024-02-29 23:59:59.999999999Z",
            "1969-12-31T23:59:59.5-0330",
        ] {
            assert_eq!(usual(text.as_bytes()), text.parse().ok(), "{text}");
            assert!(usual(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["2026-02-29T00:00:00Z", "2026-03-14T09:26:53", "2026-03-14", "x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_jiff_reads(
            text in "(19|20|2[0-9]|99)[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|[+-][0-2][0-9]:?[0-6][0-9])?"
        ) {
            if let Some(at) = usual(text.as_bytes()) {
                prop_assert_eq!(Some(at), text.parse().ok(), "{}", text);
            }
        }

        #[test]
        fn every_day_is_counted_as_jiff_counts_it(second in -2_000_000_000_i64..200_000_000_000) {
            let at = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(usual(at.to_string().as_bytes()), Some(at));
        }
    }
}
