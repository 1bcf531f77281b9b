//! `GET /organisations/{organisation}`: what it is and was, and which duties it kept and missed.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Capacity, Desk, DutyLine as DutyRow, OrganisationView};
use fengsui_plan::DutyState;
use fengsui_response::organisation::Period;
use fengsui_response::{Details, System};
use fengsui_vocabulary::OrganisationId;

use super::list::{call, district, kinds};
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{
    DutyLine, Header, Heading, Html, Item, Items, Link, Mood, Pairs, Primary, Row, StateBadge,
    Strip, StripCell, Table, duty_table,
};
use crate::routes::{self, ORGANISATIONS};
use crate::say::Saying;
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
    let section = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    drawn(&General {
        page: reader.page("organisation", name.clone(), ORGANISATIONS),
        header: header(&reader, &view, name),
        strip: Some(strip(&view, words)),
        tabs: None,
        sections: vec![
            section("entry", "org-entry", Html::of(&entry(&view.details, &saying))),
            section("systems", "organisation-systems", Html::of(&systems(&view.details, words))),
            section("below", "org-below", Html::of(&below(&view, words))),
            section(
                "duties",
                "organisation-duties-kept",
                Html::of(&duty_table(
                    view.duties.iter().map(|it| line(it, &saying)).collect(),
                    words,
                )),
            ),
            section("periods", "org-periods", Html::of(&periods(&view, &saying))),
        ],
        acts: Vec::new(),
    })
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

/// What an organisation is.
pub(crate) fn entry(details: &Details, saying: &Saying<'_>) -> Pairs {
    let words = saying.words;
    let text = |text: Option<&fengsui_vocabulary::Line>| {
        text.map_or_else(|| Html::text(words.t("unknown")), |text| Html::text(text.as_str()))
    };
    let parent = details.parent.map_or_else(
        || Html::text(words.t("none")),
        |parent| {
            Html::link(&routes::organisation(parent), &saying.organisation(&parent.to_string()))
        },
    );
    let place =
        district(details.district.as_ref().map(fengsui_vocabulary::DistrictCode::as_str), words);
    let telephone = details.duty_telephone.as_ref();
    Pairs::default()
        .with(words.t("organisation-parent"), parent)
        .with(words.t("organisation-district"), Html::text(place))
        .with(words.t("organisation-sector"), text(details.sector.as_ref()))
        .with(words.t("organisation-kind"), kinds(details.kinds.iter(), words))
        .with(
            words.t("organisation-telephone"),
            telephone.map_or_else(|| Html::text(words.t("unknown")), |telephone| call(telephone)),
        )
        .with(words.t("org-responsible-post"), text(details.responsible_post.as_ref()))
        .with(
            words.t("organisation-contacts"),
            Html::text(words.t(if details.contacts.is_some() {
                "org-contacts-kept"
            } else {
                "none"
            })),
        )
}

/// The systems, the most important first.
fn systems(details: &Details, words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("organisation-system-name")),
        Heading::plain(words.t("organisation-system-importance")),
    ];
    let mut systems: Vec<&System> = details.systems.iter().collect();
    systems.sort_by_key(|system| std::cmp::Reverse(system.importance));
    let row = |system: &System| {
        let importance = words.t(super::importance_key(system.importance));
        Row::new(vec![Html::text(system.name.as_str()), Html::text(importance)])
    };
    Table::new(words.t("organisation-systems"), headings, words.t("org-systems-none"))
        .with(systems.into_iter().map(row))
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

/// What it was called and where it stood, by the days on which that held.
fn periods(view: &OrganisationView, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("organisation-valid-from")),
        Heading::plain(words.t("organisation-valid-until")),
        Heading::plain(words.t("organisation-name")),
        Heading::plain(words.t("organisation-parent")),
        Heading::plain(words.t("organisation-district")),
        Heading::plain(words.t("organisation-telephone")),
    ];
    let row = |period: &Period| {
        let details = &period.details;
        let parent = details.parent.map(|parent| saying.organisation(&parent.to_string()));
        Row::new(vec![
            Html::text(period.from.to_string()),
            Html::text(
                period
                    .until
                    .map_or_else(|| words.t("org-until-now").into_owned(), |day| day.to_string()),
            ),
            Html::text(details.name.in_lang(fengsui_vocabulary::Lang::Zh)),
            Html::text(parent.unwrap_or_default()),
            Html::text(district(
                details.district.as_ref().map(fengsui_vocabulary::DistrictCode::as_str),
                words,
            )),
            details.duty_telephone.as_ref().map(|it| call(it)).unwrap_or_default(),
        ])
    };
    Table::new(words.t("org-periods"), headings, String::new())
        .with(view.organisation.periods.iter().rev().map(row))
}
