//! `GET` and `POST /organisations/{organisation}/networks`: which addresses, autonomous systems and
//! domains are an organisation's.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, OrganisationView};
use fengsui_response::Details;
use fengsui_response::organisation::{
    Asn, Domain, NETWORKS_MAX, NetworkMalformed, Networks, Prefix,
};
use fengsui_vocabulary::OrganisationId;

use super::amend::{Amended, amend, page};
use super::period::{self, Period};
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::lang::Words;
use crate::parts::{Field, Form, Weight};
use crate::routes;
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form on its screen.
const FORM: &str = "networks";

/// Lines of one field that are complained about at once.
const SAID_MAX: usize = 5;

/// `GET /organisations/{organisation}/networks`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    draw(&desk, &reader, &view, None)
}

/// `POST /organisations/{organisation}/networks`
pub(super) async fn change(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(organisation): Path<OrganisationId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let view = desk.organisation(&reader.viewer, organisation).await?;
    let changed = match read(&sent, &reader, &view) {
        Ok(amended) => amend(&desk, &reader, &view, amended).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => {
            let place = format!("{}#networks", routes::organisation(organisation));
            Ok(reader.visitor.on_to(&place, "said-org-changed"))
        }
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, &view, Some(&returned))
        }
    }
}

fn read(
    sent: &Sent,
    reader: &SignedIn,
    view: &OrganisationView,
) -> Result<(Amended, Period), WebError> {
    let words = reader.words();
    let mut reading = Reading::of(sent, &reader.visitor);
    let networks = Networks {
        prefixes: lines::<Prefix>(&mut reading, "prefixes", words).into_iter().collect(),
        systems: lines::<Asn>(&mut reading, "asns", words).into_iter().collect(),
        domains: lines::<Domain>(&mut reading, "domains", words).into_iter().collect(),
    };
    if networks.count() > NETWORKS_MAX {
        let (count, max) = (networks.count().to_string(), NETWORKS_MAX.to_string());
        let problem = words.ta("refusal-too-many", &[("count", &count), ("max", &max)]);
        reading.note("prefixes", problem);
    }
    let period = period::read(&mut reading);
    let period = reading.done(period)?;
    Ok((Amended::only(Details { networks, ..view.details.clone() }), period))
}

/// One a line, or with commas between. What cannot be read is said with the line itself.
fn lines<T>(reading: &mut Reading<'_>, field: &str, words: Words) -> Vec<T>
where
    T: std::str::FromStr<Err = NetworkMalformed>,
{
    let mut read = Vec::new();
    let mut problems = Vec::new();
    let is_between = |it: char| matches!(it, '\n' | ',' | ';' | '，' | '；' | '、');
    let texts = reading.text(field).split(is_between).map(str::trim);
    for text in texts.filter(|text| !text.is_empty()) {
        match text.parse() {
            Ok(network) => read.push(network),
            Err(why) => problems.push(malformed(text, why, words)),
        }
    }
    if !problems.is_empty() {
        problems.truncate(SAID_MAX);
        reading.note(field, problems.join(" "));
    }
    read
}

/// Why something is no network, with the thing itself.
pub(super) fn malformed(text: &str, why: NetworkMalformed, words: Words) -> String {
    let why = match why {
        NetworkMalformed::Address => words.t("org-network-address").into_owned(),
        NetworkMalformed::Bits { bits_max } => words.tn("org-network-bits", bits_max),
        NetworkMalformed::TooWide { bits_min } => words.tn("org-network-wide", bits_min),
        NetworkMalformed::Nobodys => words.t("org-network-nobodys").into_owned(),
        NetworkMalformed::System => words.t("org-network-asn").into_owned(),
        NetworkMalformed::Domain => words.t("org-network-domain").into_owned(),
    };
    words.ta("org-network-wrong", &[("text", text), ("why", &why)])
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    view: &OrganisationView,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let networks = &view.details.networks;
    let listed = |texts: Vec<String>| texts.join("\n");
    let field = |name: &str, (label, hint): (&str, &str), texts: Vec<String>| {
        Field::prose(name, words.t(label)).optional().hint(words.t(hint)).value(listed(texts))
    };
    let action = format!("{}/networks", routes::organisation(view.id));
    let form = Form::new(FORM, &action, reader.csrf(), words.t("save"), words)
        .weighing(Weight::Primary)
        .with(field(
            "prefixes",
            ("org-prefixes", "org-prefixes-hint"),
            networks.prefixes.iter().map(ToString::to_string).collect(),
        ))
        .with(field(
            "asns",
            ("org-asns", "org-asns-hint"),
            networks.systems.iter().map(ToString::to_string).collect(),
        ))
        .with(field(
            "domains",
            ("org-domains", "org-domains-hint"),
            networks.domains.iter().map(Domain::as_written).collect(),
        ));
    let form = period::fields(form, desk.today(), words);
    let title = words.t("org-networks-change").into_owned();
    let lead = words.t("org-networks-lead").into_owned();
    let forms = vec![("form", words.t("org-networks").into_owned(), form)];
    page(reader, view, (title, lead), forms, returned)
}
