//! A month of a year.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;

/// A month of a year: `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(Date);

/// A text that is no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month; write it as 2026-03")]
pub struct MonthMalformed(String);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub const fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.0.series(1.day()).take_while(move |day| *day <= self.last())
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        self.0.yesterday().map_or(self, Self::of)
    }

    /// The month after.
    #[must_use]
    pub fn after(self) -> Self {
        self.last().tomorrow().map_or(self, Self::of)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = MonthMalformed;

    fn from_str(text: &str) -> Result<Self, MonthMalformed> {
        let malformed = || MonthMalformed(text.chars().take(32).collect());
        let (year, month) = text.trim().split_once('-').ok_or_else(malformed)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(malformed());
        }
        let (year, month) = (year.parse(), month.parse());
        let (Ok(year), Ok(month)) = (year, month) else { return Err(malformed()) };
        match Date::new(year, month, 1) {
            Ok(first) if (2000..=2199).contains(&year) => Ok(Self(first)),
            Ok(_) | Err(_) => Err(malformed()),
        }
    }
}
