//! From written values to intervals on the axis where more is worse, and back to text.

use fengsui_vocabulary::{FactRange, FactValue, Scalar};
use jiff::SignedDuration;

use super::{Fact, FactKind, Worse};

/// An interval on a fact's axis, both ends included: more is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    /// The mildest value that is possible.
    pub mildest: i64,
    /// The worst value that is possible.
    pub worst: i64,
}

/// What is wrong with the value of a fact, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; {}", self.what(), self.help())]
pub enum FactProblem {
    /// No such fact.
    Unknown {
        /// The nearest one.
        near: Option<String>,
    },
    /// The value is not of the fact's kind.
    DoesNotFit {
        /// What was written.
        value: String,
        /// What may be written.
        allowed: String,
    },
    /// A range of something that has no order.
    NoRange {
        /// What may be written.
        allowed: String,
    },
    /// A range without ends.
    NoEnds,
    /// A range whose lower end lies above its upper end.
    EndsSwapped {
        /// The lower end.
        min: String,
        /// The upper end.
        max: String,
    },
}

/// The largest number on an axis: far beyond any count, and its negative fits too.
const AXIS_MAX: i64 = 9_000_000_000_000_000;

/// Parts of a whole in which shares are kept.
pub(crate) const SHARE_PARTS: i64 = 1_000_000_000;

/// Decimal places of a share.
const SHARE_PLACES: usize = 9;

/// Decimal places of money.
const MONEY_PLACES: usize = 2;

/// Up to here a number with a point is exact to two places.
const DECIMAL_WHOLE_MAX: i64 = 10_000_000_000_000;

impl FactProblem {
    /// What is wrong.
    pub fn what(&self) -> String {
        match self {
            Self::Unknown { .. } => "there is no such fact".to_owned(),
            Self::DoesNotFit { value, .. } => format!("`{value}` does not fit"),
            Self::NoRange { .. } => "it cannot be a range".to_owned(),
            Self::NoEnds => "a range needs `min` or `max`".to_owned(),
            Self::EndsSwapped { min, max } => format!("`min` ({min}) lies above `max` ({max})"),
        }
    }

    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Unknown { near: Some(near) } => format!("did you mean `{near}`?"),
            Self::Unknown { near: None } => "`fengsui plan facts` lists them".to_owned(),
            Self::DoesNotFit { allowed, .. } | Self::NoRange { allowed } => {
                format!("allowed: {allowed}")
            }
            Self::NoEnds => "leave the fact out if nothing is known".to_owned(),
            Self::EndsSwapped { .. } => "swap them or mend one".to_owned(),
        }
    }
}

impl Bounds {
    /// An interval of one value.
    pub const fn exactly(value: i64) -> Self {
        Self { mildest: value, worst: value }
    }

    /// Whether only one value is possible.
    pub const fn is_exact(self) -> bool {
        self.mildest == self.worst
    }
}

impl Fact {
    /// The interval of everything that is possible.
    pub fn domain(&self) -> Bounds {
        let top = match &self.kind {
            FactKind::Flag => 1,
            FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => {
                i64::try_from(choices.len()).unwrap_or(1).saturating_sub(1)
            }
            FactKind::Count | FactKind::Money { .. } | FactKind::Duration => AXIS_MAX,
            FactKind::Share => SHARE_PARTS,
            FactKind::Region => 0,
        };
        match self.worse {
            Worse::Higher => Bounds { mildest: 0, worst: top },
            Worse::Lower => Bounds { mildest: -top, worst: 0 },
        }
    }

    /// The interval of a written value, or what is wrong with it.
    pub fn bounds_of(&self, value: &FactValue) -> Result<Bounds, FactProblem> {
        match value {
            FactValue::Exact(value) => Ok(Bounds::exactly(self.axis_of(value)?)),
            FactValue::Range(range) => self.bounds_of_range(range),
        }
    }

    /// The place of a written value on the axis.
    pub fn axis_of(&self, value: &Scalar) -> Result<i64, FactProblem> {
        let number = match &self.kind {
            FactKind::Flag => flag(value),
            FactKind::OrderedChoice { .. } | FactKind::Choice { .. } => self.place(value),
            FactKind::Count => count(value),
            FactKind::Money { .. } => money(value),
            FactKind::Share => share(value),
            FactKind::Duration => duration(value),
            FactKind::Region => region(value),
        };
        match number {
            Some(number) => Ok(self.signed(number)),
            None => {
                Err(FactProblem::DoesNotFit { value: value.to_string(), allowed: self.allowed() })
            }
        }
    }

    /// What may be written.
    pub fn allowed(&self) -> String {
        match &self.kind {
            FactKind::Flag => "`true` or `false`".into(),
            FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => choices
                .iter()
                .map(|choice| format!("\"{}\"", choice.id))
                .collect::<Vec<_>>()
                .join(", "),
            FactKind::Count => format!("a whole number from 0 to {AXIS_MAX}"),
            FactKind::Money { currency } => {
                format!("an amount in {currency} from 0, at most two decimal places")
            }
            FactKind::Share => "a number from 0 to 1, at most nine decimal places".into(),
            FactKind::Duration => "a duration from 0 in hours, minutes, seconds: \"PT6H\"".into(),
            FactKind::Region => "a GB/T 2260 code of six digits: \"310115\"".into(),
        }
    }

    /// A place on the axis as text, in the fact's own terms.
    pub fn written(&self, axis: i64) -> String {
        let number = self.signed(axis);
        match &self.kind {
            FactKind::Flag => (number != 0).to_string(),
            FactKind::OrderedChoice { choices } | FactKind::Choice { choices } => {
                usize::try_from(number)
                    .ok()
                    .and_then(|place| choices.get(place))
                    .map_or_else(|| number.to_string(), |choice| choice.id.clone())
            }
            FactKind::Count => number.to_string(),
            FactKind::Money { .. } => decimal(number, MONEY_PLACES),
            FactKind::Share => decimal(number, SHARE_PLACES),
            FactKind::Duration => SignedDuration::from_secs(number).to_string(),
            FactKind::Region => format!("{number:06}"),
        }
    }

    /// A distance on the axis as text, with its sign.
    pub fn written_distance(&self, distance: i64) -> String {
        match &self.kind {
            FactKind::Flag
            | FactKind::OrderedChoice { .. }
            | FactKind::Choice { .. }
            | FactKind::Region
            | FactKind::Count => distance.to_string(),
            FactKind::Money { .. } => decimal(distance, MONEY_PLACES),
            FactKind::Share => decimal(distance, SHARE_PLACES),
            FactKind::Duration => SignedDuration::from_secs(distance).to_string(),
        }
    }

    /// Whether values have an order, so that a range makes sense.
    pub fn has_order(&self) -> bool {
        match &self.kind {
            FactKind::OrderedChoice { .. }
            | FactKind::Count
            | FactKind::Money { .. }
            | FactKind::Share
            | FactKind::Duration => true,
            FactKind::Flag | FactKind::Choice { .. } | FactKind::Region => false,
        }
    }

    fn bounds_of_range(&self, range: &FactRange) -> Result<Bounds, FactProblem> {
        if !self.has_order() {
            return Err(FactProblem::NoRange { allowed: self.allowed() });
        }
        let min = range.min.as_ref().map(|end| self.axis_of(end)).transpose()?;
        let max = range.max.as_ref().map(|end| self.axis_of(end)).transpose()?;
        if min.is_none() && max.is_none() {
            return Err(FactProblem::NoEnds);
        }
        let domain = self.domain();
        let (mildest, worst) = match self.worse {
            Worse::Higher => (min, max),
            Worse::Lower => (max, min),
        };
        let bounds = Bounds {
            mildest: mildest.unwrap_or(domain.mildest),
            worst: worst.unwrap_or(domain.worst),
        };
        if bounds.mildest <= bounds.worst {
            return Ok(bounds);
        }
        let text = |end: &Option<Scalar>| end.as_ref().map(Scalar::to_string).unwrap_or_default();
        Err(FactProblem::EndsSwapped { min: text(&range.min), max: text(&range.max) })
    }

    fn place(&self, value: &Scalar) -> Option<i64> {
        let Scalar::Word(word) = value else { return None };
        let place = self.choices().iter().position(|choice| choice.id == word.as_str())?;
        i64::try_from(place).ok()
    }

    fn signed(&self, number: i64) -> i64 {
        match self.worse {
            Worse::Higher => number,
            Worse::Lower => -number,
        }
    }
}

fn flag(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Flag(flag) => Some(i64::from(*flag)),
        Scalar::Whole(_) | Scalar::Decimal(_) | Scalar::Word(_) => None,
    }
}

fn count(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Whole(number) => Some(*number).filter(|number| (0..=AXIS_MAX).contains(number)),
        Scalar::Flag(_) | Scalar::Decimal(_) | Scalar::Word(_) => None,
    }
}

fn money(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Whole(number) => {
            number.checked_mul(100).filter(|number| (0..=AXIS_MAX).contains(number))
        }
        Scalar::Decimal(number) => scaled(number.as_str(), MONEY_PLACES)
            .filter(|number| (0..=DECIMAL_WHOLE_MAX * 100).contains(number)),
        Scalar::Flag(_) | Scalar::Word(_) => None,
    }
}

/// A number from 0 to 1 in parts of a whole.
pub(crate) fn share(value: &Scalar) -> Option<i64> {
    let parts = match value {
        Scalar::Whole(number) => number.checked_mul(SHARE_PARTS),
        Scalar::Decimal(number) => scaled(number.as_str(), SHARE_PLACES),
        Scalar::Flag(_) | Scalar::Word(_) => None,
    };
    parts.filter(|parts| (0..=SHARE_PARTS).contains(parts))
}

fn duration(value: &Scalar) -> Option<i64> {
    let Scalar::Word(word) = value else { return None };
    let duration = iso_duration(word)?;
    Some(duration.as_secs()).filter(|seconds| (0..=AXIS_MAX).contains(seconds))
}

/// A duration of whole seconds in the form of ISO 8601, such as `PT6H`.
pub(crate) fn iso_duration(text: &str) -> Option<SignedDuration> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.starts_with("PT") {
        return None;
    }
    text.parse::<SignedDuration>().ok().filter(|duration| duration.subsec_nanos() == 0)
}

fn region(value: &Scalar) -> Option<i64> {
    let Scalar::Word(word) = value else { return None };
    let digits = word.as_str();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // The first digit is the great region, 1 to 8; no province begins with 0 or 9.
    digits.parse().ok().filter(|code| (110_000..=829_999).contains(code))
}

/// A decimal of at most so many places as a whole number of its smallest part.
fn scaled(digits: &str, places: usize) -> Option<i64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > places || whole.starts_with('-') {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

/// A whole number of smallest parts as a decimal, without needless zeros.
pub(crate) fn decimal(number: i64, places: usize) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
    let sign = if number < 0 { "-" } else { "" };
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_kept_exactly_and_not_rounded() {
        for (text, places, parts) in
            [("12.5", 2, 1250), ("0.01", 2, 1), ("7", 2, 700), ("0.3", 9, 300_000_000)]
        {
            assert_eq!(scaled(text, places), Some(parts));
            assert_eq!(decimal(parts, places), text);
        }
        assert_eq!(scaled("0.001", 2), None);
        assert_eq!(scaled("-1", 2), None);
        assert_eq!(decimal(-5, 2), "-0.05");
    }

    #[test]
    fn a_duration_is_iso_8601_of_whole_seconds() {
        assert_eq!(iso_duration("PT1H30M"), Some(SignedDuration::from_mins(90)));
        for bad in ["6h", "P1D", "PT", "PT0.5S", "one hour", ""] {
            assert_eq!(iso_duration(bad), None, "{bad}");
        }
    }
}
