//! Documents as pages: one press for the whole web, made when the first document is printed, and never
//! on the thread that answers others.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fengsui_press::{Press, PressFault, Sheet};
use tokio::sync::Semaphore;

use crate::error::WebError;

/// Documents that are printed at the same time: each keeps a processor busy.
const SHEETS_MAX: usize = 2;

/// Bytes of one file at most.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// Where documents become pages. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PressRoom {
    inner: Arc<Inner>,
}

struct Inner {
    fonts: Vec<PathBuf>,
    press: OnceLock<Result<Press, PressFault>>,
    turns: Semaphore,
}

impl PressRoom {
    /// A room whose press will look for fonts in these folders first.
    pub(crate) fn new(fonts: Vec<PathBuf>) -> Self {
        let turns = Semaphore::new(SHEETS_MAX);
        Self { inner: Arc::new(Inner { fonts, press: OnceLock::new(), turns }) }
    }

    /// A sheet as a file that browsers show.
    pub(crate) async fn print(&self, sheet: Sheet) -> Result<Response, WebError> {
        let inner = Arc::clone(&self.inner);
        let _turn = self.inner.turns.acquire().await.map_err(|_closed| WebError::NoSuchPage)?;
        let printed = tokio::task::spawn_blocking(move || inner.pdf(&sheet)).await;
        let bytes = printed.map_err(|fault| lost(&fault.to_string()))?.map_err(WebError::Press)?;
        if bytes.len() > BYTES_MAX {
            return Err(WebError::TooLarge);
        }
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
            (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
            (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        ];
        Ok((headers, bytes).into_response())
    }
}

impl Inner {
    fn pdf(&self, sheet: &Sheet) -> Result<Vec<u8>, PressFault> {
        let press = self.press.get_or_init(|| Press::from_system(&self.fonts));
        press.as_ref().map_err(PressFault::clone)?.pdf(sheet)
    }
}

impl fmt::Debug for PressRoom {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PressRoom").field("fonts", &self.inner.fonts).finish_non_exhaustive()
    }
}

fn lost(message: &str) -> WebError {
    WebError::Press(PressFault::Engine { message: message.to_owned() })
}
