//! `/plans/editions`: every edition on its way into force, and a pack offered for drafting.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::signature::Signature;
use fengsui_desk::{Capacity, Desk, EditionLine, NextForPack, OfferedPack};
use fengsui_plan::{Library, Source};
use fengsui_response::SignatureVerdict;
use fengsui_response::centre::Life;
use fengsui_vocabulary::PlanId;

use super::book::{lines, small};
use super::checks::found;
use super::compare::{examine, source_of};
use super::edition;
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{Reading, Returned};
use crate::lang::Words;
use crate::parts::{
    Act, Field, FieldKind, Form, Header, Heading, Html, Link, Mood, Row, Sends, StateBadge, Table,
};
use crate::routes::PLANS;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// Where the editions are.
pub(super) const EDITIONS: &str = "/plans/editions";

/// The form for a pack.
const FORM: &str = "draft";

/// `GET /plans/editions`
pub(super) async fn editions(
    State(desk): State<Desk>,
    reader: SignedIn,
) -> Result<Response, WebError> {
    draw(&desk, &reader, StatusCode::OK, (form(&reader), None))
}

/// `POST /plans/editions`: a pack becomes a draft; one with an error comes back with what is wrong.
pub(super) async fn draft(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    let offered = match offered(&sent, &reader).await {
        Ok(Ok(offered)) => offered,
        Ok(Err((findings, text))) => {
            let words = reader.words();
            let form = form(&reader).filled(|name| match name {
                "text" => Some(text.clone()),
                _ => sent.put_back(name),
            });
            let form = form.refused(words.t("plan-draft-refused"));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return draw(&desk, &reader, status, (form, Some(findings)));
        }
        Err(error) => return back(&desk, &reader, sent, error),
    };
    match desk.draft_pack(&reader.viewer.actor, offered).await {
        Ok(drafted) => Ok(reader.visitor.on_to(&edition::path(&drafted), "said-plan-drafted")),
        Err(fault) => back(&desk, &reader, sent, fault.into()),
    }
}

fn back(desk: &Desk, reader: &SignedIn, sent: Sent, error: WebError) -> Result<Response, WebError> {
    let returned = Returned::of(FORM, sent, error, &reader.visitor)?;
    let form = returned.put_back(form(reader));
    draw(desk, reader, returned.status(), (form, None))
}

/// What was offered, or what is wrong with the pack and its text.
type Examined = Result<OfferedPack, (Table, String)>;

async fn offered(sent: &Sent, reader: &SignedIn) -> Result<Examined, WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let source = match shipped(sent.text("shipped")) {
        Some(shipped) => Some(shipped),
        None => source_of(sent, &mut reading),
    };
    let signature = reading.choice_or_none::<Signature>("signature");
    let source = reading.done(source)?;
    let text = source.text.clone();
    let examined = tokio::task::spawn_blocking(move || examine(&source)).await;
    let (plan, findings) = examined.map_err(|_stopped| WebError::Unreadable("pack".to_owned()))?;
    if plan.is_none() {
        return Ok(Err((found(&findings, reader.words()), text)));
    }
    Ok(Ok(OfferedPack { bytes: text.into_bytes(), signature }))
}

/// A pack that ships, by its id.
fn shipped(id: &str) -> Option<Source> {
    Library::shipped().source(&id.parse::<PlanId>().ok()?)
}

fn form(reader: &SignedIn) -> Form {
    let words = reader.words();
    let accept = ".toml,application/toml,text/plain";
    let file = Field::new("file", words.t("plan-file"), FieldKind::Files(accept));
    let text = Field::prose("text", words.t("plan-file-text"));
    let signature = Field::line("signature", words.t("plan-signature"));
    let submit = words.t("plan-draft-do");
    let mut form = Form::new(FORM, EDITIONS, reader.csrf(), submit, words)
        .with(file.hint(words.t("plan-draft-hint")).optional())
        .with(text.hint(words.t("plan-file-text-hint")).optional())
        .with(signature.hint(words.t("plan-signature-hint")).optional());
    form.sends = Sends::Files;
    form.draft = None; // a pack is not a draft to be kept in a browser
    form
}

fn draw(
    desk: &Desk,
    reader: &SignedIn,
    status: StatusCode,
    (form, findings): (Form, Option<Table>),
) -> Result<Response, WebError> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let headings = vec![
        Heading::key(words.t("plan-title")),
        Heading::plain(words.t("book-state")),
        Heading::plain(words.t("plan-drafted")),
        Heading::plain(words.t("plan-signature")),
        Heading::plain(words.t("plan-in-force")),
        Heading::plain(words.t("plan-next")),
    ];
    let mut editions = desk.editions_of_plans();
    editions.sort_by_key(|line| (line.edition.plan.clone(), line.life));
    let rows = editions.iter().map(|line| row(line, &saying));
    let table = Table::new(words.t("plan-editions"), headings, words.t("none")).with(rows);
    let mut sections = Vec::new();
    if let Some(findings) = findings {
        sections.push(Section::new("found", words.t("plan-file-found"), Html::of(&findings)));
    }
    sections.push(Section::new("editions", words.t("plan-editions"), Html::of(&table)));
    let may = reader.viewer.is(Capacity::PlanOfficer);
    let acts = may.then(|| Act::new(words.t("plan-draft"), form));
    let view = General {
        page: reader.page("plan-editions", words.t("plan-editions"), PLANS),
        header: Header::new(words.t("plan-editions"))
            .below(vec![Link::new(PLANS, words.t("plans"))], words)
            .lead(words.t("plan-editions-lead")),
        strip: None,
        tabs: None,
        sections,
        acts: acts.into_iter().collect(),
    };
    drawn_as(status, &view)
}

fn row(line: &EditionLine, saying: &Saying<'_>) -> Row {
    let words = saying.words;
    let draft = line.draft.as_ref();
    let drafted =
        draft.map(|draft| lines([Html::text(&draft.by_name), Html::of(&saying.moment(draft.at))]));
    let from = line.in_force_from.or(line.adopted_at).map(|at| Html::of(&saying.moment(at)));
    Row::new(vec![
        lines([
            Html::link(&edition::path(&line.edition), line.title.in_lang(saying.lang())),
            small(&short(line)),
        ]),
        Html::of(&life(line.life, words)),
        drawn(drafted),
        drawn(draft.map(|draft| Html::of(&verdict(&draft.signature, words)))),
        drawn(from),
        Html::text(next(&line.next, saying)),
    ])
}

fn drawn(part: Option<Html>) -> Html {
    part.unwrap_or_default()
}

fn short(line: &EditionLine) -> String {
    let hash = line.edition.hash.get(..12).unwrap_or_default();
    format!("{} {hash}", line.edition.plan)
}

/// Where an edition stands in its life.
pub(super) fn life(life: Life, words: Words) -> StateBadge {
    let (mood, key) = match life {
        Life::AtHand => (Mood::Quiet, "plan-state-shipped"),
        Life::Drafted => (Mood::Waiting, "plan-life-drafted"),
        Life::Approved => (Mood::Waiting, "plan-life-approved"),
        Life::Withdrawn => (Mood::Quiet, "plan-life-withdrawn"),
        Life::Coming => (Mood::Active, "plan-life-coming"),
        Life::InForce => (Mood::Done, "plan-life-in-force"),
        Life::Superseded => (Mood::Quiet, "plan-state-replaced"),
    };
    StateBadge::new(mood, words.t(key))
}

/// What a signature is worth.
pub(super) fn verdict(verdict: &SignatureVerdict, words: Words) -> StateBadge {
    match verdict {
        SignatureVerdict::Unsigned => StateBadge::new(Mood::Silent, words.t("plan-unsigned")),
        SignatureVerdict::ValidBy(who) => {
            StateBadge::new(Mood::Done, words.ta("plan-signed-by", &[("who", who)]))
        }
        SignatureVerdict::Wrong => {
            StateBadge::new(Mood::Attention, words.t("plan-signature-wrong"))
        }
    }
}

/// What must be done next, and by whom.
pub(super) fn next(next: &NextForPack, saying: &Saying<'_>) -> String {
    let words = saying.words;
    match next {
        NextForPack::Nothing => String::new(),
        NextForPack::Approve { not_by } => {
            words.ta("plan-next-approve", &[("who", &saying.person(*not_by))])
        }
        NextForPack::Adopt => words.t("plan-next-adopt").into_owned(),
        NextForPack::BindRoles(roles) => {
            let names: Vec<String> = roles.iter().map(|role| saying.role(role)).collect();
            words.ta("plan-next-bind", &[("roles", &names.join(&words.t("book-and")))])
        }
    }
}
