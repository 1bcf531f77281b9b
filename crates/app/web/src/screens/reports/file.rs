//! A file that came with a report: always downloaded, never run or shown in place.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fengsui_desk::{Desk, ReadFile};
use fengsui_vocabulary::{BlobId, ReportId};

use crate::error::WebError;
use crate::page::escaped;
use crate::session::SignedIn;

/// What a file may do if a browser opens it all the same: nothing.
const NOTHING: &str = "sandbox; default-src 'none'";

/// `GET /reports/{report}/files/{file}`
pub(super) async fn file(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path((report, file)): Path<(ReportId, BlobId)>,
) -> Result<Response, WebError> {
    Ok(download(desk.report_file(&reader.viewer, report, file).await?))
}

pub(crate) fn download(file: ReadFile) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, file.bytes).into_response()
}

/// The name in plain letters for old programs, and in full as RFC 8187 writes it.
fn disposition(name: &str) -> HeaderValue {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
    let plain: String = name.chars().map(|it| if is_plain(&it) { it } else { '_' }).collect();
    let full = escaped(name).replace('/', "%2F");
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_downloaded_under_its_name_whatever_that_is() {
        assert_eq!(
            disposition("日志\"\r\n.txt"),
            "attachment; filename=\"_____.txt\"; filename*=UTF-8''%E6%97%A5%E5%BF%97%22%0D%0A.txt"
        );
    }
}
