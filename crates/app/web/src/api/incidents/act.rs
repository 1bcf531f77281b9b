//! `POST /incidents/{incident}/…`: one way for every verb.

use axum::Json;
use axum::extract::State;
use fengsui_desk::{Desk, Viewer};
use fengsui_response::Asked;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::IncidentId;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::texts::{Kept, Text};
use crate::api::asking::{Asking, Carried};
use crate::api::body::{Body, Key, Named};
use crate::api::client::Client;
use crate::api::problem::Problem;

/// A verb of an incident: what its body looks like, and the command that it is.
pub(crate) trait Verb: DeserializeOwned + ToSchema + Send + 'static {
    /// What it does.
    const SUMMARY: &'static str;

    /// Who asks, in which role, and when it happened.
    fn asking(&self, key: &Key, viewer: &Viewer, desk: &Desk) -> Result<Asking, Problem>;

    /// Texts that are kept beside the journal, in the order in which the command takes them.
    fn texts(&self) -> Vec<Text>;

    /// The command.
    fn into_command(self, kept: &mut Kept) -> Result<IncidentCommand, Problem>;
}

/// `POST /api/v1/incidents/{incident}/…`
pub(crate) async fn act<V: Verb>(
    State(desk): State<Desk>,
    client: Client,
    Named(incident): Named<IncidentId>,
    key: Key,
    Body(verb): Body<V>,
) -> Result<Json<Carried>, Problem> {
    check_sight(&desk, &client.viewer, incident).await?;
    let Asking { command_id, by, role, happened_at } = verb.asking(&key, &client.viewer, &desk)?;
    let mut kept = Kept::default();
    let mut blobs = Vec::new();
    for text in verb.texts() {
        let text = desk.write_text(&text).await?;
        blobs.extend(text.new);
        kept.push(text.reference);
    }
    let command = verb.into_command(&mut kept)?;
    let asked = Asked { by, role, happened_at, command };
    let done = desk.act_on_incident(incident, command_id, asked, blobs).await?;
    Ok(Json(Carried::of(done)))
}

/// Whoever may not see an incident is told that there is none, whatever they ask of it.
async fn check_sight(desk: &Desk, viewer: &Viewer, incident: IncidentId) -> Result<(), Problem> {
    if viewer.handles() {
        desk.incident(viewer, incident).await?;
        return Ok(());
    }
    let mine = desk.mine(viewer).await?.incidents;
    if mine.iter().any(|line| line.incident == incident) { Ok(()) } else { Err(Problem::absent()) }
}
