//! `GET /accountability/{record}/files/{document}`: evidence, for whoever sees the file.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_vocabulary::{AccountabilityId, BlobId};

use crate::error::WebError;
use crate::screens::reports::download;
use crate::session::SignedIn;

/// `GET /accountability/{record}/files/{document}`
pub(super) async fn file(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((record, document)): Path<(AccountabilityId, BlobId)>,
) -> Result<Response, WebError> {
    Ok(download(desk.accountability_file(&reader.viewer, record, document).await?))
}
