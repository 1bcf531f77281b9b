//! How long things are kept, by the rules of the house.
//!
//! A rule only says when something may go; whether it goes is decided like every erasure, never under a hold.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::house::{RetainedFor, Retention};

/// Months for which logs are kept whatever the rules say: no law of the places we know asks for less.
pub const LOGS_MONTHS_MIN: i32 = 6;

/// What a rule of retention is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retained {
    /// Texts of reports that were declined.
    DeclinedReports,
    /// Texts of messages that were delivered.
    Messages,
}

impl Retained {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::DeclinedReports, Self::Messages];

    /// The word by which the rules of the house call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeclinedReports => "declined_reports",
            Self::Messages => "messages",
        }
    }

    /// For how long it is kept after its end; none means for ever.
    pub const fn kept_for(self, rules: &Retention) -> Option<RetainedFor> {
        match self {
            Self::DeclinedReports => rules.declined_reports,
            Self::Messages => rules.messages,
        }
    }
}

impl fmt::Display for Retained {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What ended at this time or before has been kept long enough; none where the span leads nowhere.
pub fn kept_since(now: Timestamp, kept_for: RetainedFor, zone: &TimeZone) -> Option<Timestamp> {
    let since = now.to_zoned(zone.clone()).checked_sub(kept_for.0).ok()?.timestamp();
    (since <= now).then_some(since)
}

/// Logs from before this time need not be kept: six months at least, longer where a rule says so.
pub fn logs_kept_since(now: Timestamp, rules: &Retention, zone: &TimeZone) -> Option<Timestamp> {
    let least = kept_since(now, RetainedFor(Span::new().months(LOGS_MONTHS_MIN)), zone)?;
    let rule = match rules.logs {
        Some(rule) => kept_since(now, rule, zone)?,
        None => least,
    };
    Some(least.min(rule))
}
