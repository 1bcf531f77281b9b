//! `GET /accountability/open`: what the program found, and the forms that open a file or dismiss it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::content::Writing;
use fengsui_desk::{Desk, NewAccountability};
use fengsui_response::{AccountabilityKind, Ground};
use fengsui_vocabulary::{CommandId, IncidentId, OrganisationId};
use serde::Deserialize;

use super::said;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::parts::{Act, Field, FieldKind, Form, Header, Html, Link, Opt, Weight};
use crate::routes::{self, ACCOUNTABILITY};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// What the reader wants to look at: all three where the program suggested it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct About {
    kind: Option<String>,
    organisation: Option<String>,
    incident: Option<String>,
}

/// Something that the program suggests.
struct Suggested {
    kind: AccountabilityKind,
    organisation: OrganisationId,
    incident: IncidentId,
}

/// `GET /accountability/open`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Query(about): Query<About>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, &about, None).await
}

/// `POST /accountability`
pub(super) async fn open(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let opened = match read(&desk, &reader, &sent).await {
        Ok((command, it)) => desk
            .open_accountability(&reader.viewer.actor, command, it)
            .await
            .map_err(WebError::from),
        Err(fault) => Err(fault),
    };
    match opened {
        Ok(file) => Ok(reader.visitor.on_to(&routes::accountability(file), "said-acc-opened")),
        Err(fault) => come_back(&desk, &reader, "open", sent, fault).await,
    }
}

/// `POST /accountability/dismissals`
pub(super) async fn dismiss(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let dismissed = match read(&desk, &reader, &sent).await {
        Ok((command, it)) => {
            desk.dismiss_suggestion(&reader.viewer.actor, command, it).await.map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    match dismissed {
        Ok(()) => Ok(reader.visitor.on_to(ACCOUNTABILITY, "said-acc-dismissed")),
        Err(fault) => come_back(&desk, &reader, "dismiss", sent, fault).await,
    }
}

async fn come_back(
    desk: &Desk,
    reader: &SignedIn,
    form: &str,
    sent: Sent,
    fault: WebError,
) -> Result<Response, WebError> {
    let value = |name: &str| Some(sent.text(name).to_owned()).filter(|text| !text.is_empty());
    let about = About {
        kind: value("kind"),
        organisation: value("organisation"),
        incident: value("incident"),
    };
    let returned = Returned::of(form, sent, fault, &reader.visitor)?;
    draw(desk, reader, &about, Some(&returned)).await
}

async fn read(
    desk: &Desk,
    reader: &SignedIn,
    sent: &Sent,
) -> Result<(CommandId, NewAccountability), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let kind = AccountabilityKind::named(reading.text("kind"));
    if kind.is_none() {
        reading.wrong("kind", "error-choice");
    }
    let organisation = reader.visitor.directory().named(reading.text("organisation"));
    if organisation.is_none() {
        reading.wrong("organisation", "acc-organisation-unknown");
    }
    let typed = reading.text("incident").trim();
    let incident = incident(desk, reader, typed).await?;
    if incident.is_none() && !typed.is_empty() {
        reading.wrong("incident", "acc-incident-unknown");
    }
    let reason = reading.prose("reason");
    let read = command.zip(kind).zip(organisation).zip(reason);
    let (((command, kind), organisation), text) = reading.done(read)?;
    Ok((command, NewAccountability { kind, organisation, incident, reason: Writing { text } }))
}

/// An incident by its id or its number.
async fn incident(
    desk: &Desk,
    reader: &SignedIn,
    typed: &str,
) -> Result<Option<IncidentId>, WebError> {
    if typed.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = typed.parse() {
        return Ok(Some(id));
    }
    let hits = desk.search(&reader.viewer, typed).await?;
    let hit = hits.iter().find(|hit| hit.kind == "incident" && hit.number == typed);
    Ok(hit.and_then(|hit| hit.stream.strip_prefix("incident:")?.parse().ok()))
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    about: &About,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let suggested = suggested(about);
    let ground = match &suggested {
        Some(it) => desk.found_about(&reader.viewer, it.kind, it.organisation, it.incident).await?,
        None => Vec::new(),
    };
    let mut acts = vec![act(desk, reader, about, suggested.as_ref(), false)];
    if !ground.is_empty() {
        acts.push(act(desk, reader, about, suggested.as_ref(), true));
    }
    if let Some(returned) = returned {
        for act in &mut acts {
            act.form = returned.put_back(act.form.clone());
        }
    }
    let title = match &suggested {
        Some(it) => {
            let name = saying.organisation(&it.organisation.to_string());
            format!("{} · {name}", said::kind(it.kind, words))
        }
        None => words.t("acc-open-by-hand").into_owned(),
    };
    let crumbs = vec![Link::new(ACCOUNTABILITY, words.t("accountability"))];
    let header = Header::new(title.clone()).below(crumbs, words).lead(words.t("acc-open-lead"));
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page: reader.page("accountability", title, ACCOUNTABILITY),
            header,
            strip: None,
            tabs: None,
            sections: sections(&ground, suggested.is_some(), &saying),
            acts,
        },
    )
}

fn sections(ground: &[Ground], is_suggested: bool, saying: &Saying<'_>) -> Vec<Section> {
    if !is_suggested {
        return Vec::new();
    }
    let body = Html::of(&said::grounds(ground, saying));
    vec![Section::new("ground", saying.words.t("acc-grounds"), body)]
}

fn suggested(about: &About) -> Option<Suggested> {
    Some(Suggested {
        kind: AccountabilityKind::named(about.kind.as_deref()?)?,
        organisation: about.organisation.as_deref()?.parse().ok()?,
        incident: about.incident.as_deref()?.parse().ok()?,
    })
}

/// The form that opens a file, or the one that dismisses what was found.
fn act(
    desk: &Desk,
    reader: &SignedIn,
    about: &About,
    suggested: Option<&Suggested>,
    dismisses: bool,
) -> Act {
    let words = reader.words();
    let (id, action, submit) = if dismisses {
        ("dismiss", "/accountability/dismissals", "acc-dismiss")
    } else {
        ("open", ACCOUNTABILITY, "acc-open-file")
    };
    let form = Form::new(id, action, reader.csrf(), words.t(submit), words)
        .hiding(COMMAND, desk.command_id().to_string());
    let form = match suggested {
        Some(it) => form
            .hiding("kind", it.kind.name())
            .hiding("organisation", it.organisation.to_string())
            .hiding("incident", it.incident.to_string()),
        None => by_hand(form, about, words),
    };
    let weight = if dismisses { Weight::Plain } else { Weight::Primary };
    let form = form.with(Field::prose("reason", words.t("acc-reason"))).weighing(weight);
    Act::new(words.t(submit), form)
}

fn by_hand(form: Form, about: &About, words: crate::lang::Words) -> Form {
    let kinds = AccountabilityKind::ALL.map(|kind| Opt::new(kind.name(), said::kind(kind, words)));
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    form.with(
        Field::new("kind", words.t("acc-kind"), FieldKind::Select(kinds.into()))
            .value(value(&about.kind)),
    )
    .with(
        Field::line("organisation", words.t("acc-organisation"))
            .hint(words.t("acc-organisation-hint"))
            .value(value(&about.organisation)),
    )
    .with(
        Field::line("incident", words.t("acc-incident"))
            .hint(words.t("acc-incident-hint"))
            .optional()
            .value(value(&about.incident)),
    )
}
