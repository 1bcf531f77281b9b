//! `GET /organisations/{organisation}/documents/{document}`: a filed document, for whoever sees the entry.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_vocabulary::{BlobId, OrganisationId};

use crate::error::WebError;
use crate::screens::reports::download;
use crate::session::SignedIn;

/// `GET /organisations/{organisation}/documents/{document}`
pub(super) async fn document(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((organisation, document)): Path<(OrganisationId, BlobId)>,
) -> Result<Response, WebError> {
    Ok(download(desk.filed_document(&reader.viewer, organisation, document).await?))
}
