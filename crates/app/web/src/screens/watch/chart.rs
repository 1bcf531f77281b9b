//! How many records there were over time, drawn by the server, with the same as a table.
//!
//! Widths are in per cent and heights in pixels, so that the words keep their size on every screen. Bars can
//! be pressed; whoever comes by keyboard or hears the page takes the links of the table.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_records::{Bucket, Slice};
use jiff::{SignedDuration, Timestamp};

use super::asked::Asked;
use super::said::number;
use crate::lang::{Clock, Words};
use crate::parts::{Heading, Html, Row, Table};

/// Bars of a chart, roughly: the finest slots that do not exceed it are taken.
const BARS_MAX: i64 = 62;

/// Names below a chart on a wide screen, at most.
const TICKS_MAX: usize = 6;

/// Pixels of the highest bar.
const HIGH: u64 = 128;

/// Pixels from the top to the highest bar.
const TOP: u64 = 24;

/// Lengths of a slot, in seconds.
const STEPS: [i64; 9] =
    [60, 300, 900, 3_600, 4 * 3_600, 86_400, 7 * 86_400, 14 * 86_400, 28 * 86_400];

/// How a time is cut into slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    first: i64,
    step: i64,
    count: i64,
}

/// A chart.
#[derive(Debug, Template)]
#[template(path = "watch/chart.html")]
pub(super) struct Chart {
    words: Words,
    total: String,
    bars: Vec<Bar>,
    table: Table,
}

#[derive(Debug)]
struct Bar {
    href: String,
    title: String,
    x: String,
    width: String,
    y: u64,
    height: u64,
    /// The number above the highest bar.
    top: Option<Mark>,
    /// The time below.
    tick: Option<Mark>,
}

#[derive(Debug)]
struct Mark {
    x: String,
    anchor: &'static str,
    class: &'static str,
    text: String,
}

impl HtmlSafe for Chart {}

impl Slots {
    /// The slots of a time, at round times of the wall.
    pub(super) fn of(from: Timestamp, until: Timestamp, clock: &Clock) -> Self {
        let length = until.duration_since(from).as_secs().max(1);
        let step = STEPS.into_iter().find(|step| length / step < BARS_MAX);
        let step = step.unwrap_or(28 * 86_400);
        let offset = i64::from(clock.zone.to_offset(from).seconds());
        let first = (from.as_second() + offset).div_euclid(step) * step - offset;
        let count = (until.as_second() - first + step - 1).div_euclid(step).max(1);
        Self { first, step, count }
    }

    /// How finely the watch has to count for them.
    pub(super) const fn bucket(self) -> Bucket {
        if self.step < 3_600 { Bucket::Minute } else { Bucket::Hour }
    }

    fn start(self, slot: i64) -> Timestamp {
        let second = self.first.saturating_add(slot.saturating_mul(self.step));
        Timestamp::from_second(second).unwrap_or_default()
    }

    /// Records per slot. What the watch counted beyond the edges belongs to the slots at the edges.
    fn filled(self, slices: &[Slice]) -> Vec<u64> {
        let mut records = vec![0; usize::try_from(self.count).unwrap_or_default()];
        for slice in slices {
            let slot = (slice.from.as_second() - self.first).div_euclid(self.step);
            let slot = usize::try_from(slot.clamp(0, self.count - 1)).unwrap_or_default();
            if let Some(held) = records.get_mut(slot) {
                *held += slice.records;
            }
        }
        records
    }
}

impl Chart {
    /// Draws what was counted; every bar leads to the records of its time.
    pub(super) fn of(
        slots: Slots,
        slices: &[Slice],
        asked: &Asked,
        (clock, words): (&Clock, Words),
    ) -> Self {
        let filled = slots.filled(slices);
        let total: u64 = filled.iter().sum();
        let most = filled.iter().copied().max().unwrap_or_default();
        let highest = filled.iter().position(|records| *records == most && most > 0);
        let drawing = Drawing { slots, count: filled.len(), asked, clock, words };
        let bars = filled.iter().enumerate().map(|(place, records)| {
            let mut bar = drawing.bar(place, *records, most);
            bar.top = (highest == Some(place)).then(|| drawing.mark(place, number(*records), ""));
            bar
        });
        let rows = filled.iter().enumerate().filter(|(_, records)| **records > 0);
        let rows = rows.map(|(place, records)| {
            let link = Html::link(&drawing.href(place), &drawing.span(place));
            Row::new(vec![link, Html::text(number(*records))])
        });
        let headings = vec![
            Heading::key(words.t("lookout-time")),
            Heading::numeric(words.t("lookout-records")),
        ];
        Self {
            words,
            total: words.ta("lookout-total", &[("n", &number(total))]),
            bars: if total > 0 { bars.collect() } else { Vec::new() },
            table: Table::new(words.t("lookout-trend"), headings, words.t("lookout-nothing"))
                .with(rows),
        }
    }

    fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }
}

/// What bars are drawn with.
struct Drawing<'a> {
    slots: Slots,
    count: usize,
    asked: &'a Asked,
    clock: &'a Clock,
    words: Words,
}

impl Drawing<'_> {
    fn bar(&self, place: usize, records: u64, most: u64) -> Bar {
        let height = (records * HIGH).checked_div(most).unwrap_or_default();
        let height = if records > 0 { height.max(2) } else { 0 };
        Bar {
            href: self.href(place),
            title: format!("{} · {}", self.span(place), number(records)),
            x: self.per_cent(place * 10 + 1),
            width: self.per_cent(8),
            y: TOP + HIGH - height,
            height,
            top: None,
            tick: self.tick(place),
        }
    }

    /// Tenths of a slot as a share of the whole width.
    fn per_cent(&self, tenths: usize) -> String {
        let thousandths = tenths * 10_000 / self.count.max(1);
        format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
    }

    fn tick(&self, place: usize) -> Option<Mark> {
        let every = self.count.div_ceil(TICKS_MAX).max(1);
        if !place.is_multiple_of(every) {
            return None;
        }
        // A phone has room for every other name.
        let class = if place.is_multiple_of(every * 2) { "" } else { "only-wide" };
        let at = self.start(place);
        let said = if self.slots.step >= 86_400 {
            self.clock.month_day(at, self.words)
        } else {
            self.clock.short(at, self.words)
        };
        Some(self.mark(place, said, class))
    }

    fn mark(&self, place: usize, text: String, class: &'static str) -> Mark {
        let tenths = place * 10 + 5;
        let share = tenths * 10 / self.count.max(1);
        let anchor = match share {
            0..12 => "start",
            12..88 => "middle",
            _ => "end",
        };
        let shifted = match share {
            0..12 => place * 10,
            12..88 => tenths,
            _ => place * 10 + 10,
        };
        Mark { x: self.per_cent(shifted), anchor, class, text }
    }

    fn start(&self, place: usize) -> Timestamp {
        self.slots.start(i64::try_from(place).unwrap_or(i64::MAX))
    }

    fn end(&self, place: usize) -> Timestamp {
        let step = SignedDuration::from_secs(self.slots.step);
        self.start(place).saturating_add(step).unwrap_or_default()
    }

    fn span(&self, place: usize) -> String {
        let said = |at| self.clock.short(at, self.words);
        format!("{} – {}", said(self.start(place)), said(self.end(place)))
    }

    fn href(&self, place: usize) -> String {
        let field = |at| self.clock.for_field(at);
        self.asked.during(field(self.start(place)), field(self.end(place))).href()
    }
}

#[cfg(test)]
mod tests {
    use fengsui_vocabulary::Lang;

    use super::super::asked::Period;
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-03-{text}+08:00").parse().unwrap()
    }

    fn clock() -> Clock {
        Clock::in_shanghai(at("14T10:00:00"))
    }

    #[test]
    fn slots_begin_at_round_times_of_the_wall_and_cover_the_whole_time() {
        let clock = clock();
        for (period, step) in [(Period::Hour, 60), (Period::Day, 3_600), (Period::Week, 14_400)] {
            let slots = Slots::of(period.before(clock.now), clock.now, &clock);
            assert_eq!(slots.step, step, "{period:?}");
        }
        let slots = Slots::of(at("12T09:17:00"), at("14T10:00:00"), &clock);
        assert_eq!(slots.start(0), at("12T09:00:00"));
        assert!(slots.start(slots.count) >= clock.now);
        let month = Slots::of(Period::Month.before(clock.now), clock.now, &clock);
        assert_eq!(month.start(month.count - 1), at("14T00:00:00"));
    }

    #[test]
    fn no_record_is_lost_between_slots() {
        let clock = clock();
        let slots = Slots::of(at("13T10:00:00"), clock.now, &clock);
        let slice = |at, records| Slice { from: at, records };
        let slices =
            [slice(at("13T09:59:00"), 1), slice(at("14T09:59:00"), 2), slice(clock.now, 4)];
        let filled = slots.filled(&slices);
        assert_eq!(filled.iter().sum::<u64>(), 7);
        assert_eq!(filled.first(), Some(&1));
        assert_eq!(filled.last(), Some(&6));
    }

    #[test]
    fn a_bar_leads_to_its_own_time_with_the_other_filters() {
        let clock = clock();
        let slots = Slots::of(at("13T10:00:00"), clock.now, &clock);
        let asked = Asked::of(Period::Day).with(|asked| asked.port = Some("22".to_owned()));
        let slices = [Slice { from: at("13T12:10:00"), records: 5 }];
        let chart = Chart::of(slots, &slices, &asked, (&clock, Words::of(Lang::En)));
        let bar = &chart.bars[2];
        assert_eq!((bar.y, bar.height), (TOP, HIGH));
        assert!(
            bar.href
                .ends_with("period=own&from=2026-03-13T12%3A00&until=2026-03-13T13%3A00&port=22"),
            "{}",
            bar.href
        );
        assert_eq!(chart.table.rows.len(), 1);
    }
}
