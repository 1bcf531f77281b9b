//! Instants counted from 1970, as sensors write them: a decimal number of some unit.

use jiff::Timestamp;

/// Reads a number of seconds, with up to nine digits behind the point.
pub(crate) fn of_seconds(text: &str) -> Option<Timestamp> {
    of_unit(text, 9)
}

/// Reads a number whose unit is ten to the minus `9 - places` of a second: 9 seconds, 6 milliseconds,
/// 3 microseconds.
pub(crate) fn of_unit(text: &str, places: u32) -> Option<Timestamp> {
    let (digits, is_negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty()
        && whole.len() <= 18
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let unit = 10_i128.checked_pow(places)?;
    let whole: i128 = whole.parse().ok()?;
    let nanoseconds = whole.checked_mul(unit)?.checked_add(part(fraction, places))?;
    Timestamp::from_nanosecond(if is_negative { -nanoseconds } else { nanoseconds }).ok()
}

/// Digits behind the point as nanoseconds; those too small to count are left out.
fn part(fraction: &str, places: u32) -> i128 {
    let digits = fraction.bytes().chain(std::iter::repeat(b'0'));
    (0..places).zip(digits).fold(0, |sum, (_, byte)| sum * 10 + i128::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_names_the_same_instant() {
        let wanted = Some("2026-03-14T01:26:53.123456Z".parse().unwrap());
        assert_eq!(of_seconds("1773451613.123456"), wanted);
        assert_eq!(of_seconds("1773451613.1234560009"), wanted);
        assert_eq!(of_unit("1773451613123.456", 6), wanted);
        assert_eq!(of_unit("1773451613123456", 3), wanted);
        assert_eq!(of_seconds("-1.5"), Some("1969-12-31T23:59:58.5Z".parse().unwrap()));
        for text in ["", ".5", "-", "1e9", "1.x", "99999999999999999999", "999999999999999999"] {
            assert_eq!(of_seconds(text), None, "{text}");
        }
    }
}
