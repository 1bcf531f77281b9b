//! Settings of the roster as they are typed: one thing a line, its parts between bars.

use fengsui_response::{DayKind, OwnDays, Post, Shift};
use fengsui_vocabulary::Label;
use jiff::civil::{Date, Time};

use crate::form::Reading;

/// Lines that are read at most.
const LINES_MAX: usize = 100;

/// `duty-officer | 值班员 | duty officer`
pub(super) fn posts(reading: &mut Reading<'_>, field: &str) -> Vec<Post> {
    lines(reading, field, |parts| {
        let [id, zh, en] = parts else { return None };
        Some(Post { id: id.parse().ok()?, label: label(zh, en)? })
    })
}

/// `night | 夜班 | night | 20:00-08:00`
pub(super) fn shifts(reading: &mut Reading<'_>, field: &str) -> Vec<Shift> {
    lines(reading, field, |parts| {
        let [id, zh, en, times] = parts else { return None };
        let (begins, ends) = times.split_once(['-', '–', '—'])?;
        let (begins, ends) = (time(begins)?, time(ends)?);
        Some(Shift { id: id.parse().ok()?, label: label(zh, en)?, begins, ends })
    })
}

/// `2026-07-01 | 2026-07-02 | rest | 院庆 | anniversary`
pub(super) fn days(reading: &mut Reading<'_>, field: &str) -> Vec<OwnDays> {
    lines(reading, field, |parts| {
        let [first, last, are, zh, en] = parts else { return None };
        let are = match *are {
            "rest" => DayKind::Rest,
            "worked" => DayKind::Worked,
            _ => return None,
        };
        let day = |text: &str| text.parse::<Date>().ok();
        Some(OwnDays { first: day(first)?, last: day(last)?, are, label: label(zh, en)? })
    })
}

/// Posts as they are typed.
pub(super) fn posts_typed(posts: &[Post]) -> String {
    let line = |it: &Post| format!("{} | {} | {}", it.id, it.label.zh, it.label.en);
    posts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Shifts as they are typed.
pub(super) fn shifts_typed(shifts: &[Shift]) -> String {
    let line = |it: &Shift| {
        let (begins, ends) = (it.begins.strftime("%H:%M"), it.ends.strftime("%H:%M"));
        format!("{} | {} | {} | {begins}-{ends}", it.id, it.label.zh, it.label.en)
    };
    shifts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Own days as they are typed.
pub(super) fn days_typed(days: &[OwnDays]) -> String {
    let line = |it: &OwnDays| {
        let are = match it.are {
            DayKind::Rest => "rest",
            DayKind::Worked => "worked",
        };
        format!("{} | {} | {are} | {} | {}", it.first, it.last, it.label.zh, it.label.en)
    };
    days.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads each line that has anything on it; the first that cannot be read is named.
fn lines<T>(reading: &mut Reading<'_>, field: &str, read: impl Fn(&[&str]) -> Option<T>) -> Vec<T> {
    let text = reading.text(field);
    let mut found = Vec::new();
    for (place, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let parts: Vec<&str> = line.split(['|', '｜']).map(str::trim).collect();
        match read(&parts) {
            Some(one) if found.len() < LINES_MAX => found.push(one),
            Some(_) | None => {
                reading.wrong_line(field, "roster-line-wrong", place + 1);
                return found;
            }
        }
    }
    found
}

fn label(zh: &str, en: &str) -> Option<Label> {
    if zh.is_empty() {
        return None;
    }
    Some(Label::new(zh, if en.is_empty() { zh } else { en }))
}

fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '：'])?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
