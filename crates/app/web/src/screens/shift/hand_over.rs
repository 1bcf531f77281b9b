//! `GET /shift/{shift}/hand-over`: what is handed over, to be read, printed, signed and taken over.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{
    Capacity, Desk, HandOverDuty, HandOverIncident, HandOverMessage, HandOverPromise, HandOverText,
    HandOverWaiting, ShiftView,
};
use fengsui_vocabulary::{Label, ShiftId};

use super::forms::Forms;
use super::log::timeline;
use super::show::{counts, heading};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::parts::{
    DueChip, Form, Header, Heading, Html, Item, Items, Link, Mood, Notice, Pairs, Row, RowTone,
    Standing, StateBadge, Table, Timeline, Tone,
};
use crate::routes::{self, SHIFT};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /shift/{shift}/hand-over`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(shift): Path<ShiftId>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, shift, None).await
}

/// The screen with a form that comes back.
pub(super) async fn with_form(
    desk: &Desk,
    reader: &SignedIn,
    shift: ShiftId,
    returned: &Returned,
) -> Result<Response, WebError> {
    draw(desk, reader, shift, Some(returned)).await
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    shift: ShiftId,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    super::check(reader)?;
    let view = desk.shift(&reader.viewer, shift).await?;
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let mut page = reader.page("hand-over", words.t("hand-over"), SHIFT);
    // What is being read does not change under the reader's eyes; the form says so if it did.
    page.live = None;
    let crumbs = vec![
        Link::new(SHIFT, words.t("nav-shift")),
        Link::new(routes::shift(view.id), heading(saying, &view)),
    ];
    let header = Header::new(words.t("hand-over")).below(crumbs, words).lead(counts(saying, &view));
    if view.since_prepared > 0 {
        let stale = words.tn("hand-over-stale", view.since_prepared);
        page.notices.push(Notice::new(Tone::Attention, stale));
    }
    let mut sections =
        vec![Section::new("signatures", words.t("hand-over"), signatures(saying, &view))];
    if let Some(text) = &view.hand_over {
        sections.extend(content(saying, text));
    }
    sections.push(Section::new("remarks", words.t("hand-over-remarks"), remarks(saying, &view)));
    let form = form(&Forms { desk, reader }, &view);
    if let Some((title, form)) = form {
        let form = returned.iter().fold(form, |form, returned| returned.put_back(form));
        sections.push(Section::new("signing", words.t(title), Html::of(&form)));
    }
    if let Some(returned) = returned {
        page.notices.push(returned.notice());
    }
    let status = returned.map_or(StatusCode::OK, Returned::status);
    let (strip, tabs, acts) = (None, None, Vec::new());
    drawn_as(status, &General { page, header, strip, tabs, sections, acts })
}

/// What the reader does next with it: the shift signs, somebody else takes over.
fn form(forms: &Forms<'_>, view: &ShiftView) -> Option<(&'static str, Form)> {
    let prepared = view.shift.hand_over.as_ref().filter(|_| view.shift.is_on_duty())?;
    if !forms.reader.viewer.is(Capacity::Officer) {
        return None;
    }
    if prepared.signed.is_some() {
        return Some(("hand-over-take-over", forms.take_over(view)));
    }
    let is_member = view.shift.members.contains_key(&forms.reader.viewer.person());
    is_member.then(|| ("hand-over-sign", forms.sign(view)))
}

fn signatures(saying: Saying<'_>, view: &ShiftView) -> Html {
    let words = saying.words;
    let Some(prepared) = &view.shift.hand_over else {
        return Html::text(words.t("hand-over-none"));
    };
    let moment =
        |who, at| Html::marks([Html::text(saying.person(who)), Html::of(&saying.moment(at))]);
    let open = || Html::of(&StateBadge::new(Mood::Waiting, words.t("hand-over-unsigned")));
    let mut pairs = Pairs::default()
        .with(words.t("shift-duty"), Html::text(heading(saying, view)))
        .with(words.t("hand-over-prepared"), moment(prepared.by, prepared.at));
    let signed = prepared.signed.map_or_else(open, |it| moment(it.by, it.at));
    pairs = pairs.with(words.t("hand-over-outgoing"), signed);
    let taken = view.shift.end.as_ref().map_or_else(open, |end| moment(end.by, end.at));
    pairs = pairs.with(words.t("hand-over-incoming"), taken);
    if let Some(alone) = &view.alone {
        pairs = pairs.with(words.t("hand-over-alone"), Html::text(alone.as_str()));
    }
    let digest = prepared.content.digest.as_str();
    Html::of(&pairs.with(words.t("hand-over-digest"), Html::text(digest)))
}

fn content(saying: Saying<'_>, text: &HandOverText) -> Vec<Section> {
    let words = saying.words;
    let part = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    let mut duties = vec![Html::of(&duties(saying, text))];
    let shown = u64::try_from(text.duties.len()).unwrap_or(u64::MAX);
    if text.duties_in_all > shown {
        duties.push(Html::text(words.tn("hand-over-more", text.duties_in_all - shown)));
    }
    vec![
        part("open-duties", "hand-over-duties", Html::stacked(duties)),
        part("promises", "hand-over-promises", promises(saying, &text.promises)),
        part("open-decisions", "hand-over-waiting", waiting(saying, &text.waiting)),
        part("running", "hand-over-incidents", Html::of(&incidents(saying, &text.incidents))),
        part("undelivered", "hand-over-messages", messages(saying, &text.messages)),
        part("changes", "hand-over-changes", Html::of(&changes(saying, text))),
    ]
}

fn duties(saying: Saying<'_>, text: &HandOverText) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("duty-what")),
        Heading::plain(words.t("duty-due")),
        Heading::plain(words.t("hand-over-about")),
    ];
    let row = |duty: &HandOverDuty| {
        let mut route = said(saying, &duty.from);
        if let Some(to) = &duty.to {
            route = words.ta("duty-from-to", &[("from", &route), ("to", &said(saying, to))]);
        }
        let what = Html::stacked([
            Html::text(said(saying, &duty.label)),
            Html::text(route),
            Html::of(&saying.clause(&duty.plan, &duty.clause)),
        ]);
        let due = match duty.due {
            Some(due) => Html::of(&DueChip::by(due, saying.clock, words)),
            None => Html::of(&DueChip::at_once(duty.arose_at, saying.clock, words)),
        };
        Row::new(vec![what, due, about(&duty.stream, &duty.title)]).toned(if duty.is_over {
            RowTone::Over
        } else {
            RowTone::Plain
        })
    };
    Table::new(words.t("hand-over-duties"), headings, words.t("duty-none"))
        .with(text.duties.iter().map(row))
}

fn promises(saying: Saying<'_>, promises: &[HandOverPromise]) -> Html {
    let words = saying.words;
    let item = |it: &HandOverPromise| {
        let what = match &it.owed {
            Some(owed) => said(saying, owed),
            None => words.tn("hand-over-questions", it.questions),
        };
        let due = it.due.map(|due| Html::of(&DueChip::by(due, saying.clock, words)));
        Item { title: about(&it.stream, &it.title), text: what, side: due.unwrap_or_default() }
    };
    list(saying, promises.iter().map(item).collect())
}

fn waiting(saying: Saying<'_>, waiting: &[HandOverWaiting]) -> Html {
    let words = saying.words;
    let item = |it: &HandOverWaiting| {
        let what = words.t(&format!("hand-over-what-{}", it.what));
        let role = it.role.as_ref().map(|role| said(saying, role)).unwrap_or_default();
        let since = saying.clock.short(it.since, words);
        let level = it.level.as_ref().map(ToString::to_string);
        let parts = [Some(what.into_owned()), Some(role), level, Some(since)];
        let parts: Vec<String> =
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let title = about(&it.stream, &it.title);
        Item { title, text: parts.join(" · "), side: Html::nothing() }
    };
    list(saying, waiting.iter().map(item).collect())
}

fn incidents(saying: Saying<'_>, incidents: &[HandOverIncident]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("incident")),
        Heading::plain(words.t("level")),
        Heading::plain(words.t("incident-state")),
        Heading::plain(words.t("desk-next")),
        Heading::numeric(words.t("desk-open-duties")),
    ];
    let row = |it: &HandOverIncident| {
        let level = |level, standing| Html::of(&saying.level(&it.plan, level, standing));
        let judged = it.judged.as_ref().map(|it| level(it, Standing::Decided));
        let certain = it.certain.as_ref().filter(|level| it.judged.as_ref() != Some(level));
        let certain = certain.map(|it| level(it, Standing::Computed));
        let response = words.t(&format!("response-state-{}", it.response)).into_owned();
        let response = match &it.response_level {
            Some(level) => format!("{response} {level}"),
            None => response,
        };
        let next = it.next_due_at.map(|due| Html::of(&DueChip::by(due, saying.clock, words)));
        Row::new(vec![
            about(&it.stream, &it.title),
            Html::marks([judged, certain].into_iter().flatten()),
            Html::text(response),
            next.unwrap_or_default(),
            Html::text(it.open_duties.to_string()),
        ])
    };
    Table::new(words.t("hand-over-incidents"), headings, words.t("desk-incidents-none"))
        .with(incidents.iter().map(row))
}

fn messages(saying: Saying<'_>, messages: &[HandOverMessage]) -> Html {
    let words = saying.words;
    let item = |it: &HandOverMessage| {
        let since = saying.clock.short(it.intended_at, words);
        let attempts = words.tn("hand-over-attempts", it.attempts);
        let text = [said(saying, &it.to), it.way.clone(), it.state.clone(), attempts, since];
        Item { title: about(&it.about, &it.title), text: text.join(" · "), side: Html::nothing() }
    };
    list(saying, messages.iter().map(item).collect())
}

fn changes(saying: Saying<'_>, text: &HandOverText) -> Timeline {
    timeline(saying, &text.changes)
}

fn remarks(saying: Saying<'_>, view: &ShiftView) -> Html {
    let words = saying.words;
    let texts = view.shift.remarks.iter().zip(&view.remarks);
    let item = |(remark, text): (&fengsui_response::shift::Remark, &Option<_>)| {
        let text: Option<&fengsui_vocabulary::Prose> = text.as_ref();
        let said = text.map(ToString::to_string);
        let said = said.unwrap_or_else(|| words.t("log-erased").into_owned());
        let (who, at) = (saying.person(remark.by), saying.clock.short(remark.at, words));
        Item { title: Html::text(said), text: format!("{who} · {at}"), side: Html::nothing() }
    };
    list(saying, texts.map(item).collect())
}

fn list(saying: Saying<'_>, items: Vec<Item>) -> Html {
    Html::of(&Items { items, empty: saying.words.t("none").into_owned() })
}

/// A link to what a line is about, by number and title.
fn about(stream: &str, title: &str) -> Html {
    let title = if title.is_empty() { stream } else { title };
    match routes::of_stream(stream) {
        Some(href) => Html::link(&href, title),
        None => Html::text(title),
    }
}

fn said(saying: Saying<'_>, label: &Label) -> String {
    label.in_lang(saying.lang()).to_owned()
}
