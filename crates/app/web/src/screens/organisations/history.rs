//! What an organisation was and will be, by the days on which that holds: each row is one recording and
//! says what it changed.

use std::collections::BTreeSet;

use fengsui_desk::OrganisationView;
use fengsui_response::organisation::{Organisation, Period};
use fengsui_response::{Details, System};
use fengsui_vocabulary::{Lang, Line};
use jiff::civil::Date;

use super::list::district;
use super::sections::written;
use crate::lang::Words;
use crate::parts::{Heading, Html, Mood, Row, RowTone, StateBadge, Table};
use crate::say::Saying;

/// Names that are said of one list at most; the rest is counted.
const NAMED_MAX: usize = 8;

/// The periods, the one recorded last first.
pub(super) fn periods(view: &OrganisationView, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("organisation-valid-from")),
        Heading::plain(words.t("organisation-valid-until")),
        Heading::plain(words.t("org-what-changed")),
        Heading::plain(words.t("org-recorded")),
    ];
    let periods = &view.organisation.periods;
    let today = saying.directory.day();
    let holds =
        |period: &Period| period.from <= today && period.until.is_none_or(|until| today <= until);
    let now = periods.iter().rposition(holds);
    let row = |(index, period): (usize, &Period)| {
        let state = (Some(index) == now).then_some((Mood::Active, "org-holds-now"));
        let state =
            state.or_else(|| (period.from > today).then_some((Mood::Waiting, "org-holds-later")));
        let mut from = vec![Html::text(period.from.to_string())];
        from.extend(state.map(|(mood, key)| Html::of(&StateBadge::new(mood, words.t(key)))));
        let until = match ends(periods, index) {
            End::Never => words.t("org-until-now").into_owned(),
            End::On(day) => day.to_string(),
            End::Before => words.t("org-superseded").into_owned(),
        };
        let changed = what_changed(periods, index, saying);
        let is_past = state.is_none();
        Row::new(vec![
            Html::marks(from),
            Html::text(until),
            Html::stacked(changed.iter().map(Html::text)),
            Html::of(&saying.moment(period.recorded_at)),
        ])
        .toned(if is_past { RowTone::Quiet } else { RowTone::Plain })
    };
    Table::new(words.t("org-periods"), headings, String::new())
        .with(periods.iter().enumerate().rev().map(row))
}

/// How long a recording held, given those that came after it.
enum End {
    /// It holds without an end.
    Never,
    /// Its last day.
    On(Date),
    /// Another one took its place before it held for a day.
    Before,
}

fn ends(periods: &[Period], index: usize) -> End {
    let Some((period, later)) = periods.get(index).zip(periods.get(index + 1..)) else {
        return End::Never;
    };
    let takes_place = |it: &&Period| it.from <= period.from && it.until.is_none();
    if later.iter().any(|it| takes_place(&it)) {
        return End::Before;
    }
    // One that ends itself gives the days after it back.
    let replaced = later.iter().filter(|it| it.from > period.from && it.until.is_none());
    let replaced = replaced.filter_map(|it| it.from.yesterday().ok()).min();
    match period.until.into_iter().chain(replaced).min() {
        Some(day) => End::On(day),
        None => End::Never,
    }
}

/// What a recording changed, against what would have held on its first day without it.
fn what_changed(periods: &[Period], index: usize, saying: &Saying<'_>) -> Vec<String> {
    let Some((period, before)) = periods.get(index).zip(periods.get(..index)) else {
        return Vec::new();
    };
    let earlier = Organisation { periods: before.to_vec(), ..Organisation::default() };
    let Some(was) = earlier.as_of(period.from) else {
        return vec![saying.words.t("org-registered").into_owned()];
    };
    let mut changed = texts(was, &period.details, saying);
    changed.extend(lists(was, &period.details, saying.words));
    if changed.is_empty() {
        changed.push(saying.words.t("org-changed-nothing").into_owned());
    }
    changed
}

/// Changed attributes of one value, with the new one.
fn texts(was: &Details, is: &Details, saying: &Saying<'_>) -> Vec<String> {
    let words = saying.words;
    let line = |line: &Option<Line>| line.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = |it: &Details| it.name.in_lang(Lang::Zh).to_owned();
    let parent =
        |it: &Details| it.parent.map(|id| saying.organisation(&id.to_string())).unwrap_or_default();
    let place = |it: &Details| {
        district(it.district.as_ref().map(fengsui_vocabulary::DistrictCode::as_str), words)
    };
    let kinds = |it: &Details| {
        let kinds: Vec<_> = it.kinds.iter().map(|it| words.t(super::kind_key(*it))).collect();
        kinds.join(&words.t("list-and"))
    };
    let pairs = [
        ("organisation-name", name(was), name(is)),
        ("organisation-name-en", was.name.en.clone(), is.name.en.clone()),
        ("organisation-parent", parent(was), parent(is)),
        ("organisation-district", place(was), place(is)),
        ("organisation-sector", line(&was.sector), line(&is.sector)),
        ("organisation-kind", kinds(was), kinds(is)),
        ("organisation-telephone", line(&was.duty_telephone), line(&is.duty_telephone)),
        ("org-responsible-post", line(&was.responsible_post), line(&is.responsible_post)),
    ];
    let said = |(key, _, is): (&str, String, String)| {
        let value = if is.is_empty() { words.t("none").into_owned() } else { is };
        words.ta("org-changed-to", &[("what", &words.t(key)), ("value", &value)])
    };
    pairs.into_iter().filter(|(_, was, is)| was != is).map(said).collect()
}

/// Changed lists: what came, what went.
fn lists(was: &Details, is: &Details, words: Words) -> Vec<String> {
    let systems = |it: &Details| it.systems.iter().map(|it| system(it, words)).collect();
    let networks = |it: &Details| it.networks.iter().map(|it| written(&it)).collect();
    let filings = |it: &Details| -> BTreeSet<String> {
        let filing = |it: &fengsui_response::Filing| format!("{} {}", it.title, it.filed_on);
        it.filings.iter().map(filing).collect()
    };
    let mut changed: Vec<String> = [
        ("organisation-systems", systems(was), systems(is)),
        ("org-networks", networks(was), networks(is)),
        ("org-filings", filings(was), filings(is)),
    ]
    .into_iter()
    .filter_map(|(key, was, is)| came_and_went(key, &was, &is, words))
    .collect();
    // A document or a review may have changed alone.
    if was.filings != is.filings && filings(was) == filings(is) {
        changed.push(words.t("org-filings").into_owned());
    }
    if was.contacts != is.contacts {
        changed.push(words.t("organisation-contacts").into_owned());
    }
    changed
}

/// A system with everything that may change about it.
fn system(system: &System, words: Words) -> String {
    let mut said = vec![
        system.name.to_string(),
        words.t(super::importance_key(system.importance)).into_owned(),
    ];
    if !system.designation.is_none() {
        said.push(words.t("org-designated-yes").into_owned());
    }
    if let Some(level) = system.protection {
        said.push(words.ta("org-protection-level", &[("level", &level.to_string())]));
    }
    said.extend(system.services.iter().map(ToString::to_string));
    said.join(" · ")
}

fn came_and_went(
    key: &str,
    was: &BTreeSet<String>,
    is: &BTreeSet<String>,
    words: Words,
) -> Option<String> {
    let came = is.difference(was).map(|it| format!("+ {it}"));
    let went = was.difference(is).map(|it| format!("− {it}"));
    let mut all: Vec<String> = went.chain(came).collect();
    if all.is_empty() {
        return None;
    }
    let more = all.len().saturating_sub(NAMED_MAX);
    all.truncate(NAMED_MAX);
    if more > 0 {
        all.push(words.tn("org-more", more));
    }
    let value = all.join("; ");
    Some(words.ta("org-changed-to", &[("what", &words.t(key)), ("value", &value)]))
}
