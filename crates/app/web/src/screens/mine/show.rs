//! `GET /mine`: due next on top, then what is owed, our reports, our incidents, what is registered.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Desk, DutyLine as DutyRow, IncidentLine, MineView, ReportLine};
use fengsui_plan::Plan;
use fengsui_vocabulary::{DistrictCode, OrganisationId};

use super::record_call;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::page::{Page, Place};
use crate::parts::{
    Act, DutyLine, Header, Heading, Html, Link, Mood, Next, Notice, Pairs, Primary, Row, RowTone,
    StateBadge, Table, Tone, duty_table,
};
use crate::routes::{self, MINE, PUBLIC_REPORT};
use crate::say::Saying;
use crate::screens::accountability::own_files;
use crate::screens::organisations::{Acts, call, entry, registered};
use crate::session::SignedIn;
use crate::views::Section;

#[derive(Debug, Template)]
#[template(path = "mine.html")]
struct Mine {
    page: Page,
    header: Header,
    next: Option<Next>,
    duties: Table,
    reports: Table,
    incidents: Table,
    about: Pairs,
    registered: Vec<Section>,
    acts: Vec<Act>,
}

/// `GET /mine`
pub(super) async fn show(State(desk): State<Desk>, reader: SignedIn) -> Result<Response, WebError> {
    draw(&desk, &reader, None).await
}

/// The screen, perhaps with a form that came back.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let mine = desk.mine(&reader.viewer).await?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let mut page = reader.page("mine", words.t("nav-my-organisation"), MINE);
    if reader.viewer.actor.organisation.is_none() {
        page.notices.push(Notice::new(Tone::Plain, words.t("mine-nobody")));
    }
    let mut registered = ours(reader, &saying);
    if let Some(section) = to_answer(desk, reader, &saying).await? {
        registered.insert(0, section);
    }
    let lines = mine.duties.iter().map(|duty| line(duty, &saying, lead.as_deref())).collect();
    let acts = record_call::act(desk, reader, &mine, &saying);
    let acts = acts.map(|mut act| {
        act.form = returned.iter().fold(act.form, |form, returned| returned.put_back(form));
        act
    });
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &Mine {
            page,
            header: header(reader, &saying),
            next: next(&mine, &saying, lead.as_deref()),
            duties: duty_table(lines, words),
            reports: reports(&mine.reports, &saying),
            incidents: incidents(&mine.incidents, &saying),
            about: about(reader, &saying),
            registered,
            acts: acts.into_iter().collect(),
        },
    )
}

fn header(reader: &SignedIn, saying: &Saying<'_>) -> Header {
    let words = reader.words();
    let own = reader.viewer.actor.organisation.map(|own| saying.organisation(&own.to_string()));
    let title = own.unwrap_or_else(|| words.t("nav-my-organisation").into_owned());
    let report = Link::new(PUBLIC_REPORT, words.t("my-report"));
    Header::new(title).lead(words.t("my-lead")).primary(Primary::Go(report))
}

fn next(mine: &MineView, saying: &Saying<'_>, plan: Option<&Plan>) -> Option<Next> {
    let duty = mine.duties.iter().find(|duty| duty.state.is_open())?;
    let role = duty.recipient.as_ref().map(|role| saying.role(role)).unwrap_or_default();
    let recipient = recipient(duty, saying, plan);
    let to = recipient.map_or(role, |recipient| saying.organisation(&recipient.to_string()));
    let details = recipient.and_then(|recipient| saying.directory.details(recipient));
    let telephone = details.and_then(|details| details.duty_telephone.as_ref());
    let telephone = telephone.map(ToString::to_string).unwrap_or_default();
    Some(Next {
        label: saying.words.t("desk-next").into_owned(),
        due: saying.due(duty),
        what: Link::new("#duties", duty.label.in_lang(saying.lang())),
        who: saying.words.ta(
            "mine-to",
            &[("who", &to), ("channel", &saying.channel(duty.channel)), ("telephone", &telephone)],
        ),
        clause: Some(saying.clause(&duty.plan, &duty.clause)),
    })
}

fn line(duty: &DutyRow, saying: &Saying<'_>, plan: Option<&Plan>) -> DutyLine {
    let recipient = recipient(duty, saying, plan).filter(|_| duty.state.is_open());
    let route = match recipient {
        Some(recipient) => Html::stacked([saying.route(duty), reached(recipient, saying)]),
        None => saying.route(duty),
    };
    DutyLine {
        what: Html::text(duty.label.in_lang(saying.lang())),
        route,
        due: saying.due(duty),
        also: None,
        state: saying.state(duty.state),
        clause: saying.clause(&duty.plan, &duty.clause),
        act: Html::nothing(),
    }
}

/// Whoever a duty is owed to here.
fn recipient(duty: &DutyRow, saying: &Saying<'_>, plan: Option<&Plan>) -> Option<OrganisationId> {
    let own = duty.organisation.as_ref().and_then(|key| key.parse::<OrganisationId>().ok());
    let district: Option<&DistrictCode> =
        own.and_then(|own| saying.directory.details(own)?.district.as_ref());
    saying.directory.filled_by(plan?, duty.recipient.as_ref()?, district)
}

/// Who that is, and the telephone of its duty room.
fn reached(recipient: OrganisationId, saying: &Saying<'_>) -> Html {
    let name = Html::text(saying.organisation(&recipient.to_string()));
    let details = saying.directory.details(recipient);
    let telephone = details.and_then(|details| details.duty_telephone.as_ref());
    Html::marks([name].into_iter().chain(telephone.map(|telephone| call(telephone))))
}

fn reports(reports: &[ReportLine], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("report-number")),
        Heading::plain(words.t("report-about")),
        Heading::plain(words.t("report-received")),
        Heading::plain(words.t("report-received-by")),
        Heading::plain(words.t("mine-state")),
    ];
    let row = |report: &ReportLine| {
        let (mood, key) = match report.state.as_str() {
            "accepted" => (Mood::Done, "report-state-accepted"),
            "declined" => (Mood::Attention, "report-state-declined"),
            "waiting" => (Mood::Waiting, "report-state-taken-in"),
            _ => (Mood::Quiet, "mine-report-elsewhere"),
        };
        let mut state = vec![Html::of(&StateBadge::new(mood, words.t(key)))];
        if report.open_questions > 0 {
            let asked = words.tn("mine-questions", report.open_questions);
            state.push(Html::of(&StateBadge::new(Mood::Attention, asked)));
        }
        let taken_in_by = report.taken_in_by.parse().map(|role| saying.role(&role));
        Row::new(vec![
            Html::text(&report.number),
            Html::text(&report.title),
            Html::of(&saying.moment(report.taken_in_at)),
            Html::text(taken_in_by.unwrap_or_default()),
            Html::marks(state),
        ])
    };
    Table::new(words.t("mine-reports"), headings, words.t("my-reports-none"))
        .with(reports.iter().map(row))
}

/// Where our incidents stand, and nothing of how they are handled.
fn incidents(incidents: &[IncidentLine], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("incident-number")),
        Heading::plain(words.t("mine-opened")),
        Heading::plain(words.t("mine-state")),
    ];
    let row = |incident: &IncidentLine| {
        let (mood, key) = match (incident.is_open, incident.response.as_str()) {
            (false, _) => (Mood::Done, "incident-state-closed"),
            (true, "running") => (Mood::Active, "incident-state-handling"),
            (true, "ended") => (Mood::Active, "incident-state-response-ended"),
            (true, _) => (Mood::Waiting, "incident-state-open"),
        };
        let row = Row::new(vec![
            Html::text(&incident.number),
            Html::of(&saying.moment(incident.opened_at)),
            Html::of(&StateBadge::new(mood, words.t(key))),
        ]);
        row.toned(if incident.is_open { RowTone::Plain } else { RowTone::Quiet })
    };
    Table::new(words.t("mine-incidents"), headings, words.t("mine-incidents-none"))
        .with(incidents.iter().map(row))
}

/// Our systems, networks and filings, to be read; the registrar changes them.
fn ours(reader: &SignedIn, saying: &Saying<'_>) -> Vec<Section> {
    let own = reader.viewer.actor.organisation;
    let own = own.and_then(|own| Some((own, saying.directory.details(own)?)));
    own.map(|own| registered(own, &[], Acts::None, saying)).unwrap_or_default()
}

/// What we are asked about, and what we are commended for.
async fn to_answer(
    desk: &Desk,
    reader: &SignedIn,
    saying: &Saying<'_>,
) -> Result<Option<Section>, WebError> {
    let own = &reader.viewer.organisations;
    if own.is_empty() {
        return Ok(None);
    }
    let files = desk.accountability_of(&reader.viewer, own).await?;
    let body = Html::of(&own_files(&files, saying));
    let section = || Section::new("accountability", saying.words.t("acc-mine"), body);
    Ok((!files.is_empty()).then(section))
}

fn about(reader: &SignedIn, saying: &Saying<'_>) -> Pairs {
    let own = reader.viewer.actor.organisation;
    let Some((own, details)) = own.and_then(|own| Some((own, saying.directory.details(own)?)))
    else {
        return Pairs::default();
    };
    let name = Html::link(&routes::organisation(own), &saying.organisation(&own.to_string()));
    let mut pairs = entry(details, saying);
    pairs.pairs.insert(0, (saying.words.t("organisation-name").into_owned(), name));
    pairs
}
