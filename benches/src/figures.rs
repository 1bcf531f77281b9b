//! Figures: rates, percentiles, and the one line that a run prints.

use std::io::Write as _;
use std::time::Duration;

use serde::Serialize;

use crate::Failed;

/// Prints the figures of a run as one JSON line; the keys keep the order of the struct.
pub(crate) fn print(figures: &impl Serialize) -> Result<(), Failed> {
    writeln!(std::io::stdout(), "{}", serde_json::to_string(figures)?)?;
    Ok(())
}

/// Says how far a run is, on standard error. Nobody listening is no reason to stop.
pub(crate) fn remark(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// How many in a second, whole.
pub(crate) fn per_second(count: u64, elapsed: Duration) -> u64 {
    let microseconds = elapsed.as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / microseconds).unwrap_or(u64::MAX)
}

/// Milliseconds with three digits behind the point.
pub(crate) fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// One count beside another, with two digits behind the point.
pub(crate) fn ratio(count: u64, beside: u64) -> f64 {
    let wide = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    (wide(count) / wide(beside.max(1)) * 1e2).round() / 1e2
}

/// How long answers took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// Sorts them, so that they can be asked for percentiles.
    pub(crate) fn sorted(mut self) -> Sorted {
        self.0.sort_unstable();
        Sorted(self.0)
    }
}

/// Sorted times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sorted(Vec<Duration>);

impl Sorted {
    /// The time within which so many percent were answered, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        milliseconds(self.0.get(place).copied().unwrap_or_default())
    }

    /// The longest, in milliseconds.
    pub(crate) fn longest(&self) -> f64 {
        milliseconds(self.0.last().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let mut times = Times::default();
        (1..=200).rev().for_each(|number| times.push(Duration::from_millis(number)));
        let sorted = times.sorted();
        let asked = [50, 99, 100].map(|percent| sorted.percentile(percent).to_string());
        assert_eq!(asked, ["100", "198", "200"]);
        assert_eq!(Sorted::default().percentile(99).to_string(), "0");
    }

    #[test]
    fn rates_are_whole() {
        assert_eq!(per_second(3_000, Duration::from_millis(1_500)), 2_000);
        assert_eq!(ratio(1, 3).to_string(), "0.33");
    }
}
