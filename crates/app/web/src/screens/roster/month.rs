//! `GET /roster`: who is on duty now and next, the gaps, and the month day by day.

use axum::extract::{Query, State};
use axum::response::Response;
use fengsui_desk::{Desk, RosterDay, RosterShift, RosterView};
use fengsui_response::DayKind;
use fengsui_response::roster::{Gap, Month};
use jiff::civil::Date;
use serde::Deserialize;

use super::duty::{gap, people, standing, when};
use super::{IMPORT, SETTINGS, day_path, month_path};
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{
    Header, Heading, Html, Link, Mood, Notice, Primary, Row, RowTone, StateBadge, Table, Tone,
};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// Gaps that are listed at most; the grid marks every one.
const GAPS_SHOWN_MAX: usize = 20;

/// Which month.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    month: Option<String>,
}

/// `GET /roster`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let month = asked.month.as_deref().and_then(|month| month.parse().ok());
    let month = month.unwrap_or_else(|| Month::of(desk.today()));
    let view = desk.roster(&reader.viewer, month).await?;
    drawn(&screen(&reader, Saying::to(&reader.visitor, None), &view, desk.today()))
}

fn screen(reader: &SignedIn, saying: Saying<'_>, view: &RosterView, today: Date) -> General {
    let words = saying.words;
    let mut page = reader.page("roster", words.t("roster"), routes::ROSTER);
    page.notices.extend(notices(saying, view));
    let mut header = Header::new(words.t("roster")).lead(words.ta(
        "roster-lead",
        &[("month", &view.month.to_string()), ("rest", &view.days_of_rest.to_string())],
    ));
    header = header.primary(Primary::Go(Link::new(
        format!("{IMPORT}?month={}", view.month),
        words.t("roster-import"),
    )));
    header.others = vec![
        Link::new(month_path(view.month.before()), words.t("roster-month-before")),
        Link::new(month_path(view.month.after()), words.t("roster-month-after")),
        Link::new(format!("/roster/export?month={}", view.month), words.t("roster-export")),
        Link::new(SETTINGS, words.t("roster-settings")),
        Link::new(routes::CALL_OUTS, words.t("call-outs")),
    ];
    let mut sections = vec![Section::new("now", words.t("roster-now"), now(saying, view))];
    if !view.gaps.is_empty() {
        let gaps = Html::of(&gaps(saying, view));
        sections.push(Section::new("gaps", words.tn("roster-gaps", view.gaps.len()), gaps));
    }
    let grid = Html::of(&grid(saying, view, today));
    sections.push(Section::new("month", view.month.to_string(), grid));
    General { page, header, strip: None, tabs: None, sections, acts: Vec::new() }
}

fn notices(saying: Saying<'_>, view: &RosterView) -> Vec<Notice> {
    let words = saying.words;
    let mut notices = Vec::new();
    if view.now.head.is_none() {
        let notice = Notice::new(Tone::Attention, words.t("roster-no-head"));
        notices.push(notice.line(words.t("roster-no-head-text")));
    }
    if !view.is_calendar_known {
        notices.push(Notice::new(Tone::Plain, words.t("roster-calendar-unknown")));
    }
    if !view.strays.is_empty() {
        let notice = Notice::new(Tone::Attention, words.t("roster-strays"));
        let strays = view.strays.iter().take(GAPS_SHOWN_MAX);
        notices.push(strays.fold(notice, |notice, slot| notice.line(slot.place())));
    }
    notices
}

/// Who stands where now, and who comes next.
fn now(saying: Saying<'_>, view: &RosterView) -> Html {
    let mut parts =
        vec![Html::text(when(saying, &view.now)), Html::of(&standing(saying, &view.now))];
    if let Some(next) = &view.next {
        let label = saying.words.t("roster-next");
        parts.push(Html::text(format!("{label} {}", when(saying, next))));
        parts.push(Html::of(&standing(saying, next)));
    }
    Html::apart(parts)
}

fn gaps(saying: Saying<'_>, view: &RosterView) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("roster-when")),
        Heading::plain(words.t("roster-post")),
        Heading::plain(words.t("roster-gap")),
    ];
    let row = |it: &Gap| {
        let (begins, ends) =
            (saying.clock.short(it.begins, words), saying.clock.short(it.ends, words));
        let post = it.post.as_ref();
        Row::new(vec![
            Html::link(&day_path(it.on), &format!("{begins} – {ends}")),
            Html::text(post.map_or_else(
                || words.t("roster-every-post").into_owned(),
                |post| post.label.in_lang(words.lang()).to_owned(),
            )),
            gap(saying, it.why, view.now.head),
        ])
        .toned(RowTone::Over)
    };
    Table::new(words.tn("roster-gaps", view.gaps.len()), headings, String::new())
        .with(view.gaps.iter().take(GAPS_SHOWN_MAX).map(row))
}

/// One row for each shift of each day, one column for each post.
fn grid(saying: Saying<'_>, view: &RosterView, today: Date) -> Table {
    let words = saying.words;
    let mut headings =
        vec![Heading::key(words.t("roster-day")), Heading::plain(words.t("roster-shift"))];
    headings.extend(
        view.settings.posts.iter().map(|post| Heading::plain(post.label.in_lang(words.lang()))),
    );
    let rows = view.days.iter().flat_map(|day| rows(saying, view, (day, today)));
    Table::new(view.month.to_string(), headings, words.t("roster-none")).with(rows)
}

fn rows(saying: Saying<'_>, view: &RosterView, (day, today): (&RosterDay, Date)) -> Vec<Row> {
    let words = saying.words;
    let posts = view.settings.posts.len();
    if day.shifts.is_empty() {
        let mut cells = vec![day_cell(day, words), Html::text(words.t("roster-gap-no-shift"))];
        cells.extend((0..posts).map(|_| Html::nothing()));
        return vec![Row::new(cells).toned(RowTone::Over)];
    }
    let is_first = |place: usize| place == 0;
    let row = |(place, shift): (usize, &RosterShift)| {
        let mut cells = vec![
            if is_first(place) { day_cell(day, words) } else { Html::nothing() },
            shift_cell(saying, shift),
        ];
        cells.extend(shift.posts.iter().map(|it| people(saying, it, view.now.head)));
        let has_gap = shift.posts.iter().any(|it| it.gap.is_some());
        let mut row = Row::new(cells).toned(if has_gap && day.on >= today {
            RowTone::Over
        } else if day.on < today {
            RowTone::Quiet
        } else {
            RowTone::Plain
        });
        row.is_joined = !is_first(place);
        row
    };
    day.shifts.iter().enumerate().map(row).collect()
}

fn day_cell(day: &RosterDay, words: Words) -> Html {
    let weekday = words.t(&format!("weekday-{}", day.on.weekday().to_monday_one_offset()));
    let named = Html::link(&day_path(day.on), &format!("{} {weekday}", day.on));
    let own = day.own.as_ref().map(|own| own.label.in_lang(words.lang()).to_owned());
    match (day.kind, own) {
        (DayKind::Rest, own) => {
            let said = own.unwrap_or_else(|| words.t("roster-rest").into_owned());
            Html::stacked([named, Html::of(&StateBadge::new(Mood::Quiet, said))])
        }
        (DayKind::Worked, Some(own)) => {
            Html::stacked([named, Html::of(&StateBadge::new(Mood::Quiet, own))])
        }
        (DayKind::Worked, None) => named,
    }
}

fn shift_cell(saying: Saying<'_>, shift: &RosterShift) -> Html {
    let words = saying.words;
    let time = &shift.time;
    let (begins, ends) = (time.shift.begins.strftime("%H:%M"), time.shift.ends.strftime("%H:%M"));
    let hours = crate::lang::span(time.ends.duration_since(time.begins), words);
    Html::two_lines(time.shift.label.in_lang(words.lang()), &format!("{begins}–{ends} · {hours}"))
}
