//! One rule of a mapping: from where, to where, and what is done on the way.

use std::collections::BTreeMap;

use fengsui_records::{Classification, Column, Record, Value};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::moment;
use crate::reading::take;

/// From where, to where, and what is done on the way.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The column of the feed, or the path of a member, as the mapping writes it.
    pub(crate) from: String,
    /// The members to go through, outermost first.
    pub(crate) path: Vec<String>,
    to: Column,
    required: Option<bool>,
    values: BTreeMap<String, String>,
    time: Option<TimeShape>,
}

/// How the feed writes times.
#[derive(Debug)]
pub(super) enum TimeShape {
    /// A number since 1970, with the places between its unit and a nanosecond.
    Number(u32),
    /// A format of `strptime`, and the zone where the format has no offset.
    Format(String, Option<TimeZone>),
    /// ISO 8601 without an offset, in a zone.
    Civil(TimeZone),
}

/// Why a format of times was refused.
pub(super) struct TimeWrong {
    pub(super) what: String,
    pub(super) help: String,
    /// Whether it is the zone that is wrong.
    pub(super) is_zone: bool,
}

impl Rule {
    pub(super) fn of(
        from: String,
        to: Column,
        required: Option<bool>,
        values: BTreeMap<String, String>,
        time: Option<TimeShape>,
    ) -> Self {
        let path = match from.strip_prefix('/') {
            Some(pointer) => {
                pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
            }
            None => from.split('.').map(str::to_owned).collect(),
        };
        Self { from, path, to, required, values, time }
    }

    /// Whether the rule takes a column or member at the top, or something within it.
    pub(crate) fn is_within(&self, column: &str) -> bool {
        self.from == column || self.path.first().is_some_and(|first| first == column)
    }

    /// Whether the feed must have it. Rows have all their columns, objects need not.
    pub(crate) fn is_required(&self, otherwise: Required) -> bool {
        self.required.unwrap_or(match otherwise {
            Required::InEveryRow => true,
            Required::WhereTheMappingSaysSo => false,
        })
    }

    /// Brings a text of the feed where the rule says.
    pub(crate) fn apply(&self, record: &mut Record, text: &str) {
        let text = text.trim();
        let text = self.values.get(text).map_or(text, String::as_str);
        let Some(shape) = &self.time else { return fill(record, self.to, &self.from, text) };
        match shape.read(text) {
            Some(at) if record.get(self.to).is_none() => record.push(self.to, Value::Time(at)),
            Some(_) | None => record.keep_text(&self.from, text),
        }
    }
}

/// What holds where a rule does not say whether its column must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    InEveryRow,
    WhereTheMappingSaysSo,
}

/// Fills a column. The type brings its class with it, and is never guessed.
pub(super) fn fill(record: &mut Record, column: Column, name: &str, text: &str) {
    if column != Column::Type {
        return take(record, column, name, text);
    }
    match Classification::from_name(text) {
        Some(classification) if record.get(Column::Type).is_none() => {
            record.classify(classification);
        }
        Some(_) | None => record.keep_text(name, text),
    }
}

impl TimeShape {
    /// Checks how times are said to be written.
    pub(super) fn of(shape: Option<&str>, zone: Option<&str>) -> Result<Self, TimeWrong> {
        let zone = zone.map(zone_of).transpose()?;
        let places = match shape {
            None => {
                let zone = zone.ok_or_else(|| no_zone("the time"))?;
                return Ok(Self::Civil(zone));
            }
            Some("seconds") => 9,
            Some("milliseconds") => 6,
            Some("microseconds") => 3,
            Some(format) => return Self::of_format(format, zone),
        };
        Ok(Self::Number(places))
    }

    fn of_format(format: &str, zone: Option<TimeZone>) -> Result<Self, TimeWrong> {
        let wrong = || TimeWrong {
            what: format!("`{format}` is no format of times"),
            help: "use `seconds`, `milliseconds`, `microseconds` or strptime, such as \
                   `%Y-%m-%d %H:%M:%S`"
                .to_owned(),
            is_zone: false,
        };
        // A format that writes a time and reads it back again is one.
        let sample = date(2026, 3, 14).at(9, 26, 53, 0).to_zoned(TimeZone::UTC);
        let sample = sample.map_err(|_unknown| wrong())?;
        let written = strtime::format(format, &sample).map_err(|_unknown| wrong())?;
        let parsed = strtime::parse(format, &written).map_err(|_unknown| wrong())?;
        let has_offset = parsed.to_timestamp().is_ok();
        if !has_offset && parsed.to_datetime().is_err() && parsed.to_date().is_err() {
            return Err(wrong());
        }
        if !has_offset && zone.is_none() {
            return Err(no_zone(&format!("`{format}`")));
        }
        Ok(Self::Format(format.to_owned(), zone.filter(|_| !has_offset)))
    }

    fn read(&self, text: &str) -> Option<Timestamp> {
        match self {
            Self::Number(places) => moment::of_unit(text, *places),
            Self::Format(format, None) => strtime::parse(format, text).ok()?.to_timestamp().ok(),
            Self::Format(format, Some(zone)) => {
                let parsed = strtime::parse(format, text).ok()?;
                let civil = parsed
                    .to_datetime()
                    .or_else(|_no_time| parsed.to_date().map(|date| date.at(0, 0, 0, 0)));
                Some(civil.ok()?.to_zoned(zone.clone()).ok()?.timestamp())
            }
            Self::Civil(zone) => {
                let civil: DateTime = text.parse().ok()?;
                Some(civil.to_zoned(zone.clone()).ok()?.timestamp())
            }
        }
    }
}

fn zone_of(name: &str) -> Result<TimeZone, TimeWrong> {
    TimeZone::get(name).map_err(|_unknown| TimeWrong {
        what: format!("there is no time zone `{name}`"),
        help: "use a name of the IANA list, such as `Asia/Shanghai` or `UTC`".to_owned(),
        is_zone: true,
    })
}

fn no_zone(what: &str) -> TimeWrong {
    TimeWrong {
        what: format!("{what} says no offset from UTC"),
        help: "add `zone = \"Asia/Shanghai\"`, or %z to the format".to_owned(),
        is_zone: false,
    }
}
