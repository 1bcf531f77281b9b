//! `GET /organisations/{organisation}`: what it is and was, and which duties it kept and missed.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, DutyLine as DutyRow, OrganisationView};
use fengsui_plan::DutyState;
use fengsui_vocabulary::OrganisationId;

use super::history::periods;
use super::list::call;
use super::sections::{Acts, contacts, entry, registered};
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{
    DutyLine, Header, Html, Item, Items, Link, Mood, Notice, Primary, StateBadge, Strip, StripCell,
    Tone, duty_table,
};
use crate::routes::{self, ORGANISATIONS};
use crate::say::Saying;
use crate::screens::accountability;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /organisations/{organisation}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let name = saying.organisation(&organisation.to_string());
    let is_open = view.organisation.closed.is_none();
    let acts =
        if reader.viewer.is(Capacity::Registrar) && is_open { Acts::Offered } else { Acts::None };
    let mut sections = sections(&view, acts, &saying);
    sections.extend(held_to_account(&desk, &reader, organisation, &saying).await?);
    let mut page = reader.page("organisation", name.clone(), ORGANISATIONS);
    page.notices.extend(closed(&view, &saying));
    drawn(&General {
        page,
        header: header(&reader, &view, name),
        strip: Some(strip(&view, words)),
        tabs: None,
        sections,
        acts: Vec::new(),
    })
}

fn sections(view: &OrganisationView, acts: Acts, saying: &Saying<'_>) -> Vec<Section> {
    let words = saying.words;
    let section = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    let duties = view.duties.iter().map(|it| line(it, saying)).collect();
    let mut sections = vec![
        section("entry", "org-entry", Html::of(&entry(&view.details, saying))),
        section("contacts", "organisation-contacts", contacts(view, acts, words)),
    ];
    sections.extend(registered((view.id, &view.details), &view.shared, acts, saying));
    sections.extend([
        section("below", "org-below", Html::of(&below(view, words))),
        section("duties", "organisation-duties-kept", Html::of(&duty_table(duties, words))),
        section("periods", "org-periods", Html::of(&periods(view, saying))),
    ]);
    sections
}

/// How it kept its duties, and the files about it, to whoever may see them.
async fn held_to_account(
    desk: &Desk,
    reader: &SignedIn,
    organisation: OrganisationId,
    saying: &Saying<'_>,
) -> Result<Vec<Section>, WebError> {
    let words = saying.words;
    let mut sections = Vec::new();
    let tally = desk.punctuality_of(&reader.viewer, organisation).await?;
    if tally.fallen_due() > 0 {
        let body = Html::of(&accountability::figures(&tally, words));
        sections.push(Section::new("punctuality", words.t("stat-of-organisation"), body));
    }
    let files = desk.accountability_of(&reader.viewer, &[organisation].into()).await?;
    if !files.is_empty() {
        let body = Html::of(&accountability::own_files(&files, saying));
        sections.push(Section::new("accountability", words.t("acc-of-organisation"), body));
    }
    Ok(sections)
}

/// When and why it ended, and where it went.
fn closed(view: &OrganisationView, saying: &Saying<'_>) -> Option<Notice> {
    let closed = view.organisation.closed.as_ref()?;
    let words = saying.words;
    let on = closed.on.to_string();
    let notice = match closed.merged_into {
        Some(into) => {
            let into = saying.organisation(&into.to_string());
            words.ta("org-merged-notice", &[("on", &on), ("into", &into)])
        }
        None => words.ta("org-closed-notice", &[("on", &on)]),
    };
    let reason = words.ta("org-closed-reason", &[("reason", closed.reason.as_str())]);
    Some(Notice::new(Tone::Plain, notice).line(reason))
}

fn header(reader: &SignedIn, view: &OrganisationView, name: String) -> Header {
    let words = reader.words();
    let crumbs = vec![Link::new(ORGANISATIONS, words.t("organisations"))];
    let mut header = Header::new(name).below(crumbs, words);
    let other = match words.lang() {
        fengsui_vocabulary::Lang::Zh => &view.details.name.en,
        fengsui_vocabulary::Lang::En => &view.details.name.zh,
    };
    if !other.is_empty() {
        header = header.lead(other.clone());
    }
    if view.organisation.closed.is_some() {
        header = header.mark(Html::of(&StateBadge::new(Mood::Quiet, words.t("org-closed"))));
    }
    if reader.viewer.is(Capacity::Registrar) && view.organisation.closed.is_none() {
        let change = format!("{}/change", routes::organisation(view.id));
        header = header.primary(Primary::Go(Link::new(change, words.t("organisation-change"))));
        let close = format!("{}/close", routes::organisation(view.id));
        header.others.push(Link::new(close, words.t("org-close")));
    }
    header
}

fn strip(view: &OrganisationView, words: Words) -> Strip {
    let count = |states: &[DutyState]| {
        let count = view.duties.iter().filter(|duty| states.contains(&duty.state)).count();
        Html::text(count.to_string())
    };
    let cell = |key: &str, values: Vec<Html>| StripCell { name: words.t(key).into_owned(), values };
    let telephone = view.details.duty_telephone.as_ref();
    let telephone = telephone.map_or_else(|| Html::text(words.t("unknown")), |it| call(it));
    Strip {
        cells: vec![
            cell("organisation-telephone", vec![telephone]),
            cell("org-open", vec![count(&[DutyState::Pending, DutyState::Missed])]),
            cell(
                "org-kept",
                vec![count(&[DutyState::Done, DutyState::DoneRecordedLate, DutyState::Elapsed])],
            ),
            cell("org-late", vec![count(&[DutyState::Late])]),
            cell("org-missed", vec![count(&[DutyState::Missed])]),
        ],
    }
}

fn below(view: &OrganisationView, words: Words) -> Items {
    let item = |(id, name): &(OrganisationId, fengsui_vocabulary::Label)| Item {
        title: Html::link(&routes::organisation(*id), name.in_lang(words.lang())),
        text: String::new(),
        side: Html::nothing(),
    };
    Items {
        items: view.below.iter().map(item).collect(),
        empty: words.t("org-below-none").into_owned(),
    }
}

fn line(duty: &DutyRow, saying: &Saying<'_>) -> DutyLine {
    DutyLine {
        what: Html::text(duty.label.in_lang(saying.lang())),
        route: saying.route(duty),
        due: saying.due(duty),
        also: None,
        state: saying.state(duty.state),
        clause: saying.clause(&duty.plan, &duty.clause),
        act: Html::nothing(),
    }
}
