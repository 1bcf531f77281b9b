//! `GET /shift` and `GET /shift/{shift}`: who is on duty, the log with a form on top, the hand-over, earlier
//! shifts.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, LogPage, OnlyOpen, ReportFilter, ShiftLine, ShiftView};
use fengsui_vocabulary::{PersonId, ShiftId};
use serde::Deserialize;

use super::forms::Forms;
use super::log::{sentence, timeline};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::page::escaped;
use crate::parts::{
    Header, Heading, Html, Link, Mood, Pages, Pairs, Primary, Row, RowTone, StateBadge, Table,
};
use crate::routes::{self, SHIFT};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// Lines of the log on one page.
const LOG_LINES: usize = 50;

/// Entries that are offered for correction.
const CORRECTABLE_MAX: usize = 200;

/// Where in the lists the reader is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Only log lines before this position.
    before: Option<u64>,
    /// Only shifts after this place.
    after: Option<String>,
}

/// `GET /shift`
pub(super) async fn on_duty(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    super::check(&reader)?;
    let view = desk.shift_view(&reader.viewer).await?;
    draw(&desk, &reader, (view, &asked), None).await
}

/// `GET /shift/{shift}`
pub(super) async fn one(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(shift): Path<ShiftId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    super::check(&reader)?;
    let view = desk.shift(&reader.viewer, shift).await?;
    draw(&desk, &reader, (Some(view), &asked), None).await
}

/// The screen with a form that comes back: of this shift, or of whichever is on duty.
pub(super) async fn with_form(
    desk: &Desk,
    reader: &SignedIn,
    shift: Option<ShiftId>,
    returned: &Returned,
) -> Result<Response, WebError> {
    super::check(reader)?;
    let view = match shift {
        Some(shift) => Some(desk.shift(&reader.viewer, shift).await?),
        None => desk.shift_view(&reader.viewer).await?,
    };
    draw(desk, reader, (view, &Asked::default()), Some(returned)).await
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    (view, asked): (Option<ShiftView>, &Asked),
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let forms = Forms { desk, reader };
    let writes = reader.viewer.is(Capacity::Officer);
    let mut page = reader.page("shift", words.t("nav-shift"), SHIFT);
    let (mut sections, mut acts) = (Vec::new(), Vec::new());
    let mut header = Header::new(words.t("nav-shift"));
    match &view {
        None => {
            let nobody = Html::text(words.t("shift-nobody"));
            sections.push(Section::new("duty", words.t("shift-duty"), nobody));
            if writes {
                let form = put_back(forms.begin(), returned);
                sections.push(Section::new("begin-form", words.t("shift-begin"), Html::of(&form)));
            }
        }
        Some(view) => {
            if !view.shift.is_on_duty() {
                header = Header::new(heading(saying, view))
                    .below(vec![Link::new(SHIFT, words.t("nav-shift"))], words);
            }
            sections.push(Section::new("duty", words.t("shift-duty"), duty(saying, view)));
            sections.push(Section::new("hand-over", words.t("hand-over"), hand_over(saying, view)));
            let log = desk.duty_log(&reader.viewer, view, (asked.before, LOG_LINES)).await?;
            if writes && view.shift.is_on_duty() {
                let later = Link::new(routes::BACK_ENTRY, words.t("back-entry"));
                header = header.primary(Primary::Go(later));
                let open = desk.incidents(&reader.viewer, OnlyOpen::Yes, None).await?.lines;
                let waiting = ReportFilter { state: Some("waiting".to_owned()), after: None };
                let waiting = desk.reports(&reader.viewer, &waiting).await?.lines;
                let form = put_back(forms.log(view, (&open, &waiting)), returned);
                sections.push(Section::new("log-form", words.t("log-write"), Html::of(&form)));
            }
            sections.push(Section::new("log", words.t("desk-log"), log_part(saying, view, &log)));
            if writes {
                let entries = correctable(saying, &log);
                acts = forms.acts(view, &entries);
                for act in &mut acts {
                    act.form = put_back(act.form.clone(), returned);
                }
            }
        }
    }
    let earlier = desk.shifts(&reader.viewer, asked.after.as_deref()).await?;
    if !earlier.lines.is_empty() {
        let mut parts = vec![Html::of(&shifts(saying, &earlier.lines))];
        parts.extend(
            earlier.next.map(|next| next_page(saying, format!("{SHIFT}?after={}", escaped(&next)))),
        );
        sections.push(Section::new("shifts", words.t("shifts"), Html::stacked(parts)));
    }
    let has_place = |returned: &&Returned| {
        returned.is_for("log")
            || returned.is_for("begin")
            || acts.iter().any(|act| returned.is_for(&act.form.id))
    };
    // Its form is gone: somebody took the shift over meanwhile. What was typed is told all the same.
    if let Some(returned) = returned.filter(|it| !has_place(it)) {
        page.notices.push(returned.notice());
    }
    let status = returned.map_or(StatusCode::OK, Returned::status);
    drawn_as(status, &General { page, header, strip: None, tabs: None, sections, acts })
}

fn put_back(form: crate::parts::Form, returned: Option<&Returned>) -> crate::parts::Form {
    returned.iter().fold(form, |form, returned| returned.put_back(form))
}

/// 林越 · 3月14日 08:05
pub(super) fn heading(saying: Saying<'_>, view: &ShiftView) -> String {
    let Some(begun) = &view.shift.begun else { return String::new() };
    let since = saying.clock.short(begun.at, saying.words);
    format!("{} · {since}", saying.person(begun.by))
}

fn duty(saying: Saying<'_>, view: &ShiftView) -> Html {
    let words = saying.words;
    let Some(begun) = &view.shift.begun else { return Html::nothing() };
    let officer =
        Html::marks([Html::text(saying.person(begun.by)), state(saying, view.shift.is_on_duty())]);
    let others = view.shift.members.keys().filter(|person| **person != begun.by);
    let mut pairs = Pairs::default()
        .with(words.t("shift-officer"), officer)
        .with(words.t("shift-since"), Html::of(&saying.moment(begun.at)))
        .with(words.t("shift-members"), Html::text(people(saying, others)));
    if !view.shift.left.is_empty() {
        let left = Html::text(people(saying, view.shift.left.iter()));
        pairs = pairs.with(words.t("shift-left"), left);
    }
    if let Some(end) = &view.shift.end {
        let next = Html::marks([
            Html::of(&saying.moment(end.at)),
            Html::link(&routes::shift(end.next), &saying.person(end.by)),
        ]);
        pairs = pairs.with(words.t("shift-taken-over-by"), next);
    }
    if view.shift.end.as_ref().is_some_and(|end| end.alone.is_some()) {
        let why = view.alone.as_ref().map(ToString::to_string);
        let why = why.unwrap_or_else(|| words.t("log-erased").into_owned());
        pairs = pairs.with(words.t("hand-over-alone"), Html::text(why));
    }
    Html::of(&pairs)
}

fn state(saying: Saying<'_>, is_on_duty: bool) -> Html {
    let words = saying.words;
    let (mood, key) =
        if is_on_duty { (Mood::Active, "shift-on-duty") } else { (Mood::Quiet, "shift-ended") };
    Html::of(&StateBadge::new(mood, words.t(key)))
}

fn people<'p>(saying: Saying<'_>, people: impl Iterator<Item = &'p PersonId>) -> String {
    let names: Vec<String> = people.map(|person| saying.person(*person)).collect();
    if names.is_empty() {
        return saying.words.t("none").into_owned();
    }
    names.join(&saying.words.t("list-and"))
}

/// Where the hand-over stands, with a link to read it.
fn hand_over(saying: Saying<'_>, view: &ShiftView) -> Html {
    let words = saying.words;
    let Some(prepared) = &view.shift.hand_over else {
        return Html::text(words.t("hand-over-none"));
    };
    let said = |key: &str, by: PersonId, at: jiff::Timestamp| {
        let (who, t) = (saying.person(by), saying.clock.short(at, words));
        words.ta(key, &[("who", &who), ("t", &t)])
    };
    let mut lines = vec![Html::text(said("hand-over-prepared-by", prepared.by, prepared.at))];
    lines.push(match &prepared.signed {
        Some(signed) => Html::text(said("hand-over-signed-by", signed.by, signed.at)),
        None => Html::text(words.t("hand-over-unsigned")),
    });
    if let Some(end) = &view.shift.end {
        lines.push(Html::text(said("hand-over-taken-over-by", end.by, end.at)));
    }
    lines.push(Html::text(counts(saying, view)));
    if view.since_prepared > 0 {
        let stale = words.tn("hand-over-stale", view.since_prepared);
        lines.push(Html::of(&StateBadge::new(Mood::Attention, stale)));
    }
    let href = format!("{}/hand-over", routes::shift(view.id));
    lines.push(Html::link(&href, &words.t("hand-over-read")));
    Html::stacked(lines)
}

/// 未办 7 · 逾期 1 · …
pub(super) fn counts(saying: Saying<'_>, view: &ShiftView) -> String {
    let words = saying.words;
    let Some(prepared) = &view.shift.hand_over else { return String::new() };
    let counts = prepared.counts;
    [
        ("hand-over-duties", counts.duties),
        ("hand-over-overdue", counts.overdue),
        ("hand-over-promises", counts.promises),
        ("hand-over-waiting", counts.waiting),
        ("hand-over-incidents", counts.incidents),
        ("hand-over-messages", counts.messages),
        ("hand-over-changes", counts.changes),
    ]
    .map(|(key, count)| format!("{} {count}", words.t(key)))
    .join(" · ")
}

fn log_part(saying: Saying<'_>, view: &ShiftView, log: &LogPage) -> Html {
    let mut parts = vec![Html::of(&timeline(saying, &log.lines))];
    parts.extend(
        log.next.map(|next| next_page(saying, format!("{}?before={next}", routes::shift(view.id)))),
    );
    Html::stacked(parts)
}

fn next_page(saying: Saying<'_>, href: String) -> Html {
    let words = saying.words;
    Html::of(&Pages {
        said: String::new(),
        label: words.t("pages").into_owned(),
        previous: None,
        next: Some(Link::new(href, words.t("pages-next"))),
    })
}

/// Entries of this page that people wrote and that were not corrected, with their words.
fn correctable(saying: Saying<'_>, log: &LogPage) -> Vec<(u32, String)> {
    let open = log.lines.iter().filter(|line| line.corrected_by.is_none());
    let entries = open.filter_map(|line| Some((line.number?, sentence(saying, line))));
    entries.take(CORRECTABLE_MAX).collect()
}

fn shifts(saying: Saying<'_>, lines: &[ShiftLine]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("shift-officer")),
        Heading::plain(words.t("shift-since")),
        Heading::plain(words.t("shift-until")),
        Heading::plain(words.t("shift-members")),
        Heading::numeric(words.t("shift-entries")),
    ];
    let row = |line: &ShiftLine| {
        let until = match line.ended_at {
            Some(at) => Html::of(&saying.moment(at)),
            None => state(saying, true),
        };
        Row::new(vec![
            Html::link(&routes::shift(line.shift), &saying.person(line.officer)),
            Html::of(&saying.moment(line.begun_at)),
            until,
            Html::text(people(saying, line.members.iter())),
            Html::text(line.entries.to_string()),
        ])
        .toned(if line.is_on_duty { RowTone::Plain } else { RowTone::Quiet })
    };
    Table::new(words.t("shifts"), headings, words.t("none")).with(lines.iter().map(row))
}
