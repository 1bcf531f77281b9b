//! How the web is set up: what the command line and `fengsui.toml` decide.

use std::net::IpAddr;
use std::path::PathBuf;

/// How the web is set up.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Whether browsers reach it over TLS: cookies are then sent over TLS only.
    pub is_secure: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What may come from outside.
    pub limits: Limits,
    /// Folders in which fonts for documents are looked for before those of the machine.
    pub fonts: Vec<PathBuf>,
}

/// What may come from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Public reports from one address within an hour.
    pub public_reports_per_hour_max: u32,
    /// Bytes of one attachment.
    pub attachment_bytes_max: usize,
}

impl Limits {
    /// Bytes of all files of one form together.
    pub(crate) const fn files_bytes_max(self) -> usize {
        self.attachment_bytes_max.saturating_mul(2)
    }

    /// Bytes that are read of one request at most. More than files may have, so that a form whose files
    /// are too large can come back with its words.
    pub(crate) const fn body_bytes_max(self) -> usize {
        self.attachment_bytes_max.saturating_mul(4).saturating_add(WORDS_BYTES_MAX)
    }
}

/// Bytes of a form's words.
pub(crate) const WORDS_BYTES_MAX: usize = 1024 * 1024;
