//! 值班台: what is due next, what waits for the reader, reports to accept, running incidents.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use fengsui_desk::{
    CallOutFilter, CallOutLine, Capacity, Desk, DeskView, DutyLine, IncidentLine, ReportLine,
    WaitingLine,
};
use fengsui_plan::DutyKind;
use fengsui_vocabulary::{LevelId, RoleId};

use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{
    DutyLine as DutyRow, Header, Heading, Html, Item, Items, Link, Mood, Next, Notice, Primary,
    Row, RowTone, Standing, StateBadge, Table, Tone, duty_table,
};
use crate::routes::{self, Route, Who};
use crate::say::Saying;
use crate::screens::call_outs;
use crate::screens::roster::duty;
use crate::screens::self_watch;
use crate::screens::shift;
use crate::session::SignedIn;
use crate::state::Web;
use crate::views;

/// Last lines of the duty log on the desk.
const LOG_LINES: usize = 6;

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[Route::get(routes::DESK, Who::Handlers)];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route(routes::DESK, get(show))
}

/// `GET /desk`
async fn show(State(desk): State<Desk>, officer: SignedIn) -> Result<Response, WebError> {
    let view = desk.desk_view(&officer.viewer).await?;
    let log = desk.latest_log(&officer.viewer, LOG_LINES).await?;
    let plan = desk.lead_plan();
    let saying = Saying::to(&officer.visitor, plan.as_deref());
    let on_duty = desk.on_duty(desk.now()).await?;
    let calls = desk.call_outs(&officer.viewer, &CallOutFilter::Running).await?.lines;
    let warnings = super::messages::warnings(&desk, &officer.viewer, officer.words()).await?;
    let mut screen = screen(&officer, saying, &view);
    screen.log = log.map(|lines| shift::timeline(saying, &lines));
    screen.on_duty = duty::block(saying, &on_duty, &calls);
    screen.page.notices.extend(warnings);
    screen.page.notices.extend(called(saying, &officer, &calls));
    if officer.viewer.is_any(&[Capacity::Officer, Capacity::Leader, Capacity::Administrator]) {
        self_watch::show(&mut screen.page, &desk.self_watch().await?);
    }
    drawn(&screen)
}

fn screen(officer: &SignedIn, saying: Saying<'_>, view: &DeskView) -> views::Desk {
    let words = saying.words;
    let owed = owed(&view.due);
    let (first, later) = match owed.split_first() {
        Some((first, later)) => (Some(next(saying, view, first)), later),
        None => (None, owed.as_slice()),
    };
    let mut header = Header::new(words.t("nav-desk"));
    if officer.viewer.is(Capacity::Officer) {
        let call = Link::new(routes::HOTLINE, words.t("desk-record-call"));
        header = header.primary(Primary::Go(call));
    }
    let due = duty_table(later.iter().map(|owed| row(saying, view, owed)).collect(), words);
    views::Desk {
        page: officer.page("desk", words.t("nav-desk"), routes::DESK),
        header,
        next: first,
        due,
        waiting: Items {
            items: view.waiting.iter().map(|it| waiting(saying, view, it)).collect(),
            empty: words.t("desk-waiting-none").into_owned(),
        },
        reports: Items {
            items: view.reports.iter().map(|it| report(saying, it)).collect(),
            empty: words.t("reports-none").into_owned(),
        },
        reports_waiting: view.reports_waiting,
        incidents: incidents(saying, &view.incidents),
        on_duty: Html::nothing(),
        log: None,
        stands: shift::stands(Some(&officer.viewer)),
    }
}

/// That the reader is being called, before anything else.
fn called(saying: Saying<'_>, officer: &SignedIn, calls: &[CallOutLine]) -> Vec<Notice> {
    let words = saying.words;
    let mine = calls.iter().filter(|line| line.called == Some(officer.viewer.person()));
    let notice = |line: &CallOutLine| {
        let title = words.ta("call-out-you", &[("about", &line.about_name)]);
        Notice::new(Tone::Attention, title)
            .leading_to(Link::new(call_outs::path(line.call_out), words.t("call-out-to-answer")))
    };
    mine.map(notice).collect()
}

/// One act that is owed, to one recipient or to several.
struct Owed<'a> {
    duty: &'a DutyLine,
    recipients: Vec<&'a RoleId>,
}

/// What is owed, the next due first; what has no time comes last. One act towards several recipients is
/// one line.
fn owed(duties: &[DutyLine]) -> Vec<Owed<'_>> {
    let (timed, untimed): (Vec<&DutyLine>, Vec<&DutyLine>) =
        duties.iter().partition(|duty| duty.due.is_some() || duty.kind == DutyKind::Immediate);
    let mut owed: Vec<Owed<'_>> = Vec::new();
    for duty in timed.into_iter().chain(untimed) {
        match owed.iter_mut().find(|known| is_one_act(known.duty, duty)) {
            Some(known) => known.recipients.extend(&duty.recipient),
            None => owed.push(Owed { duty, recipients: duty.recipient.iter().collect() }),
        }
    }
    owed
}

fn is_one_act(one: &DutyLine, other: &DutyLine) -> bool {
    one.stream == other.stream
        && (&one.plan, &one.duty) == (&other.plan, &other.duty)
        && (&one.organisation, &one.sender) == (&other.organisation, &other.sender)
        && (one.due, one.slot, one.state) == (other.due, other.slot, other.state)
}

/// What is due first, large.
fn next(saying: Saying<'_>, view: &DeskView, owed: &Owed<'_>) -> Next {
    let words = saying.words;
    let duty = owed.duty;
    let label = duty.label.in_lang(saying.lang()).to_owned();
    let mut clause = saying.clause(&duty.plan, &duty.clause);
    clause.id = Some("next-clause".to_owned());
    let about = about(saying, view, &duty.stream);
    Next {
        label: words.t("desk-next").into_owned(),
        due: saying.due(duty),
        what: Link::new(routes::of_stream(&duty.stream).unwrap_or_default(), label),
        who: [route(saying, owed), saying.channel(duty.channel), about].join(" · "),
        clause: Some(clause),
    }
}

/// From whom to whom.
fn route(saying: Saying<'_>, owed: &Owed<'_>) -> String {
    let words = saying.words;
    let from = match &owed.duty.organisation {
        Some(key) => saying.organisation(key),
        None => saying.role(&owed.duty.sender),
    };
    let to: Vec<String> = owed.recipients.iter().map(|role| saying.role(role)).collect();
    if to.is_empty() {
        return from;
    }
    words.ta("duty-from-to", &[("from", &from), ("to", &to.join(&words.t("list-and")))])
}

/// What a stream is called on the desk: the incident's or the report's number and title.
fn about(saying: Saying<'_>, view: &DeskView, stream: &str) -> String {
    let is_it = |href: String| routes::of_stream(stream) == Some(href);
    if let Some(line) = view.incidents.iter().find(|it| is_it(routes::incident(it.incident))) {
        return format!("{} {}", line.number, line.title);
    }
    if let Some(line) = view.reports.iter().find(|it| is_it(routes::report(it.report))) {
        return format!("{} {}", line.number, line.title);
    }
    let key = if stream.starts_with("report:") { "report" } else { "incident" };
    saying.words.t(key).into_owned()
}

fn row(saying: Saying<'_>, view: &DeskView, owed: &Owed<'_>) -> DutyRow {
    let duty = owed.duty;
    let href = routes::of_stream(&duty.stream).unwrap_or_default();
    let label = duty.label.in_lang(saying.lang());
    let what =
        Html::stacked([Html::link(&href, label), Html::text(about(saying, view, &duty.stream))]);
    DutyRow {
        what,
        route: Html::two_lines(&route(saying, owed), &saying.channel(duty.channel)),
        due: saying.due(duty),
        also: None,
        state: saying.state(duty.state),
        clause: saying.clause(&duty.plan, &duty.clause),
        act: Html::nothing(),
    }
}

/// A decision that waits, with a link to where it is made.
fn waiting(saying: Saying<'_>, view: &DeskView, line: &WaitingLine) -> Item {
    let words = saying.words;
    let incident = view.incidents.iter().find(|it| it.incident == line.incident);
    let title = incident.map(|it| format!("{} {}", it.number, it.title)).unwrap_or_default();
    let what = words.t(&format!("desk-waiting-{}", line.what));
    let since = saying.clock.ago(line.since, words);
    let level = line.level.as_ref().zip(incident);
    let level = level.map(|(level, incident)| {
        Html::of(&saying.level(&incident.plan, level, Standing::Computed))
    });
    Item {
        title: Html::link(&routes::incident(line.incident), &what),
        text: format!("{title} · {} · {since}", saying.role(&line.role)),
        side: level.unwrap_or_default(),
    }
}

fn report(saying: Saying<'_>, line: &ReportLine) -> Item {
    let words = saying.words;
    let taken_in = saying.clock.ago(line.taken_in_at, words);
    let organisations: Vec<String> =
        line.affected.iter().map(|key| saying.organisation(key)).collect();
    let organisations = organisations.join(&words.t("list-and"));
    let channel = words.t(&format!("channel-{}", line.channel));
    Item {
        title: Html::link(&routes::report(line.report), &line.title),
        text: format!("{} · {organisations} · {channel} · {taken_in}", line.number),
        side: Html::nothing(),
    }
}

fn incidents(saying: Saying<'_>, lines: &[IncidentLine]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("incident")),
        Heading::plain(words.t("level")),
        Heading::plain(words.t("incident-state")),
        Heading::plain(words.t("desk-next")),
        Heading::numeric(words.t("desk-open-duties")),
    ];
    Table::new(words.t("desk-incidents"), headings, words.t("desk-incidents-none"))
        .with(lines.iter().map(|line| incident(saying, line)))
}

fn incident(saying: Saying<'_>, line: &IncidentLine) -> Row {
    let words = saying.words;
    let next = line.next_due_at.map(|due| crate::parts::DueChip::by(due, saying.clock, words));
    let is_over = next.as_ref().is_some_and(crate::parts::DueChip::is_over);
    let response = words.t(&format!("response-state-{}", line.response));
    let (mood, response) = match line.response.as_str() {
        "running" => (Mood::Active, response),
        _ => (Mood::Quiet, response),
    };
    Row::new(vec![
        Html::stacked([
            Html::link(&routes::incident(line.incident), &line.title),
            Html::text(format!("{} · {}", line.number, saying.clock.since(line.opened_at, words))),
        ]),
        levels(saying, line),
        Html::of(&StateBadge::new(mood, response)),
        next.map_or_else(Html::nothing, |next| Html::of(&next)),
        Html::text(line.open_duties.to_string()),
    ])
    .toned(if is_over { RowTone::Over } else { RowTone::Plain })
}

/// Decided, computed, possible: each only where it says something else.
fn levels(saying: Saying<'_>, line: &IncidentLine) -> Html {
    let badge = |level: &LevelId, standing| Html::of(&saying.level(&line.plan, level, standing));
    let decided = line.judged.as_ref().map(|level| badge(level, Standing::Decided));
    let certain = line.certain.as_ref().filter(|level| line.judged.as_ref() != Some(level));
    let certain = certain.map(|level| badge(level, Standing::Computed));
    let possible = line.possible.as_ref().filter(|level| {
        line.certain.as_ref() != Some(level) && line.judged.as_ref() != Some(level)
    });
    let possible = possible.map(|level| badge(level, Standing::Possible));
    Html::marks([decided, certain, possible].into_iter().flatten())
}
