//! `POST /reports`: a program hands a report in, and is answered when the journal has it on disk.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{Arrival, ArrivedFile, Desk, Directory, FILES_MAX, Viewer};
use fengsui_response::{Affected, Anchors, IntakeChannel, ReportKind};
use fengsui_vocabulary::{DistrictCode, Facts, Lang, Line, Prose, ReportId, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::body::{Body, Key};
use crate::api::client::Client;
use crate::api::problem::Problem;
use crate::api::schema;

/// A report that a program hands in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReport {
    /// Names this command, so that a repeat gives the same receipt; the header `Idempotency-Key` does
    /// the same.
    #[serde(default)]
    command_id: Option<String>,
    /// When the reporter's program or duty room received it, for whoever takes reports in here; never in the future.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    happened_at: Option<Timestamp>,
    /// What it is about: `incident`, `supplement`, `final`, `monitoring`, `near-miss`.
    #[serde(default = "incident")]
    #[schema(value_type = String, default = "incident")]
    kind: ReportKind,
    /// In a line; at most 200 characters.
    #[schema(value_type = String, max_length = 200)]
    title: Line,
    /// What happened, what was done so far, what is asked for; at most 20,000 characters.
    #[schema(value_type = String, max_length = 20000)]
    description: Prose,
    /// Who reports, and how to reach them.
    #[serde(default)]
    reporter: Contact,
    /// Whom it happened to, as far as the registry knows them.
    #[serde(default)]
    affected: Vec<AffectedOrganisation>,
    /// The name of an affected organisation that the registry does not know.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    organisation: Option<Line>,
    /// What is known.
    #[serde(default)]
    #[schema(value_type = schema::Facts)]
    facts: Facts,
    /// Small files.
    #[serde(default)]
    attachments: Vec<NewFile>,
    /// The earlier report that it goes on from.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    follows: Option<ReportId>,
    /// The role that received it, for whoever takes reports in here.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    taken_in_by: Option<RoleId>,
    /// In which language the reporter wants answers: `zh` or `en`.
    #[serde(default)]
    #[schema(value_type = String, default = "zh")]
    lang: Lang,
}

/// Who reports.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    /// Their name.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(super) name: Option<Line>,
    /// Where they can be called.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(super) telephone: Option<Line>,
    /// Where they can be written to.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub(super) mail: Option<Line>,
}

/// One affected organisation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AffectedOrganisation {
    /// Its id or its registered Chinese name; absent when nobody knows yet which it is.
    #[serde(default)]
    organisation: Option<String>,
    /// Where it is, by GB/T 2260 code; the registry fills it in where it knows.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    district: Option<DistrictCode>,
    /// When it happened there.
    #[serde(default)]
    #[schema(value_type = schema::Anchors)]
    anchors: Anchors,
}

/// A small file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFile {
    /// Its name.
    #[schema(value_type = String, max_length = 200)]
    name: Line,
    /// What it claims to be: `text/plain`.
    #[schema(value_type = String, max_length = 200)]
    media_type: Line,
    /// What is in it, in base64.
    #[schema(content_encoding = "base64")]
    content: String,
}

const fn incident() -> ReportKind {
    ReportKind::Incident
}

/// `POST /api/v1/reports`
pub(crate) async fn take_in(
    State(desk): State<Desk>,
    client: Client,
    key: Key,
    Body(new): Body<NewReport>,
) -> Result<Response, Problem> {
    let viewer = &client.viewer;
    let drawn = || desk.command_id();
    let command_id = key.command_id(new.command_id.as_deref(), viewer.person(), drawn)?;
    let happened_at = new.happened_at;
    let arrival = new.into_arrival(viewer, &desk.directory())?;
    let receipt = desk.take_in(&viewer.actor, command_id, arrival, happened_at).await?;
    let place = format!("/api/v1/reports/{}", receipt.report);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(receipt)).into_response())
}

impl NewReport {
    fn into_arrival(self, viewer: &Viewer, directory: &Directory) -> Result<Arrival, Problem> {
        if !viewer.handles() && (self.happened_at.is_some() || self.taken_in_by.is_some()) {
            let detail = "only whoever takes reports in says when and by whom it was received";
            return Err(Problem::not_yours(detail));
        }
        let mut affected = self
            .affected
            .into_iter()
            .enumerate()
            .map(|(index, one)| one.into_affected(index, directory))
            .collect::<Result<Vec<_>, _>>()?;
        bind_to_own(viewer, &mut affected)?;
        let (files, file_names) = files(self.attachments)?;
        let Contact { name, telephone, mail } = self.reporter;
        Ok(Arrival {
            kind: self.kind,
            channel: IntakeChannel::Api,
            taken_in_by: self.taken_in_by,
            follows: self.follows,
            affected,
            facts: self.facts,
            content: ReportContent {
                title: self.title,
                description: self.description,
                reporter: Reporter { name, telephone, mail },
                file_names,
                organisation: self.organisation,
                lang: self.lang,
            },
            files,
            call: None,
            sealed_because: None,
        })
    }
}

impl AffectedOrganisation {
    fn into_affected(self, index: usize, directory: &Directory) -> Result<Affected, Problem> {
        let organisation = match self.organisation.as_deref() {
            None => None,
            Some(named) => Some(directory.named(named).ok_or_else(|| {
                let field = format!("affected[{index}].organisation");
                Problem::field(&field, "the registry has no such organisation; use `organisation`")
            })?),
        };
        Ok(Affected { organisation, district: self.district, anchors: self.anchors })
    }
}

/// Whoever speaks for an organisation reports what happened to it, and nothing about others.
fn bind_to_own(viewer: &Viewer, affected: &mut Vec<Affected>) -> Result<(), Problem> {
    let Some(own) = viewer.actor.organisation.filter(|_| !viewer.handles()) else {
        return Ok(());
    };
    if affected.is_empty() {
        affected.push(Affected::default());
    }
    for one in affected.iter_mut() {
        one.organisation.get_or_insert(own);
    }
    let is_own =
        |one: &Affected| one.organisation.is_some_and(|it| viewer.organisations.contains(&it));
    if affected.iter().all(is_own) {
        Ok(())
    } else {
        Err(Problem::not_yours("a liaison reports for the own organisation and those below it"))
    }
}

fn files(new: Vec<NewFile>) -> Result<(Vec<ArrivedFile>, Vec<Line>), Problem> {
    if new.len() > FILES_MAX {
        return Err(Problem::field("attachments", format!("at most {FILES_MAX} files")));
    }
    let (mut files, mut names) = (Vec::new(), Vec::new());
    for (index, file) in new.into_iter().enumerate() {
        let bytes = STANDARD
            .decode(&file.content)
            .map_err(|fault| Problem::field(&format!("attachments[{index}].content"), fault))?;
        files.push(ArrivedFile { media_type: file.media_type, bytes });
        names.push(file.name);
    }
    Ok((files, names))
}
