//! What we fetch on a schedule over HTTP: lists and reports.
//!
//! What was fetched goes to the spool, and in the same commit the cursor: what the server said of its version,
//! and the hash of the content. So content that did not change gives nothing, and a kill between two steps
//! neither loses nor doubles. Where one may connect to is judged by `outbound`. Bodies are read from the spool
//! as files are, by [`Content::Bodies`](crate::Content::Bodies).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fengsui_outbound::{Got, Http, HttpFault, Request, Url};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::files::hex;
use crate::push::{Encoding, PushFault};
use crate::spool::{Entry, Spool, SpoolFault};

/// Fetches one place on a schedule.
#[derive(Debug)]
pub struct Pull {
    http: Http,
    setting: PullSetting,
    spool: Spool,
    next_at: Option<Timestamp>,
}

/// What is fetched, and how often.
#[derive(Clone, Debug)]
pub struct PullSetting {
    /// Where.
    pub url: Url,
    /// How long to wait between two times.
    pub every: Duration,
    /// Who we are, where it is asked.
    pub credential: Option<Credential>,
    /// Bytes of the content once it is unpacked. What comes over the wire is bounded by the client.
    pub content_bytes_max: usize,
}

/// How we say who we are.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A name and a password.
    Basic {
        /// The name.
        name: String,
        /// The password.
        password: String,
    },
    /// A token, as `Authorization: Bearer`.
    Bearer(String),
    /// The value of `Authorization` as it is.
    Said(String),
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// It is not time yet.
    NotDue,
    /// Nothing that we do not have.
    Unchanged,
    /// So many entries are in the spool.
    Kept(usize),
}

/// Why nothing was fetched. What was fetched before stays.
#[derive(Debug, thiserror::Error)]
pub enum PullFault {
    /// No answer.
    #[error("{} could not be fetched", open_part(.url))]
    Unanswered {
        /// From where.
        url: Url,
        /// The cause.
        source: HttpFault,
    },
    /// An answer, and not the one that was wanted.
    #[error(
        "{} answers with status {status}; check the address and the credentials",
        open_part(url)
    )]
    Status {
        /// From where.
        url: Url,
        /// The status.
        status: u16,
    },
    /// It cannot be unpacked or is too large.
    #[error("what {} gives cannot be unpacked, or is too large", open_part(.url))]
    Unpacking {
        /// From where.
        url: Url,
        /// The cause.
        source: PushFault,
    },
    /// The other side does not keep to the protocol.
    #[error("{} does not keep to the protocol: {what}", open_part(.url))]
    Protocol {
        /// From where.
        url: Url,
        /// How.
        what: String,
    },
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolFault),
    /// The cursor.
    #[error("the cursor of a pull cannot be written")]
    Cursor {
        /// The cause.
        source: serde_json::Error,
    },
}

/// What we know of the content we have.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    etag: Option<String>,
    last_modified: Option<String>,
    sha256: Option<String>,
}

impl Pull {
    /// Fetches into a spool that nobody else fills.
    pub fn new(http: Http, setting: PullSetting, spool: Spool) -> Self {
        Self { http, setting, spool, next_at: None }
    }

    /// Fetches, if it is time. After a fault it waits as long as after a success.
    pub async fn poll(&mut self, now: Timestamp) -> Result<Pulled, PullFault> {
        if self.next_at.is_some_and(|at| now < at) {
            return Ok(Pulled::NotDue);
        }
        self.next_at = after(now, self.setting.every);
        self.fetch().await
    }

    async fn fetch(&self) -> Result<Pulled, PullFault> {
        let cursor = self.cursor();
        let got = self.asked(&cursor).await?;
        let url = &self.setting.url;
        match got.status {
            304 => return Ok(Pulled::Unchanged),
            200 => {}
            status => return Err(PullFault::Status { url: url.clone(), status }),
        }
        let content = unpacked(&got, url, self.setting.content_bytes_max)?;
        let next = Cursor {
            etag: header(&got, "etag"),
            last_modified: header(&got, "last-modified"),
            sha256: Some(hex(&Sha256::digest(&content))),
        };
        let is_same = next.sha256 == cursor.sha256;
        let entries = if is_same || content.is_empty() {
            Vec::new()
        } else {
            vec![Entry { name: file_name(url), bytes: content, shortened: false }]
        };
        let kept = entries.len();
        if next != cursor {
            let memo = serde_json::to_vec(&next).map_err(|source| PullFault::Cursor { source })?;
            self.spool.append_with(entries, Some(memo)).await?;
        }
        Ok(if kept == 0 { Pulled::Unchanged } else { Pulled::Kept(kept) })
    }

    /// A cursor that cannot be read means that nothing is known: everything is fetched once more.
    fn cursor(&self) -> Cursor {
        let memo = self.spool.memo().unwrap_or_default();
        serde_json::from_slice(&memo).unwrap_or_default()
    }

    async fn asked(&self, cursor: &Cursor) -> Result<Got, PullFault> {
        let url = &self.setting.url;
        let fault = |source| PullFault::Unanswered { url: url.clone(), source };
        let mut request =
            Request::read(url.clone()).with("accept-encoding", "gzip").map_err(fault)?;
        if let Some(etag) = &cursor.etag {
            request = request.with("if-none-match", etag).map_err(fault)?;
        }
        if let Some(at) = &cursor.last_modified {
            request = request.with("if-modified-since", at).map_err(fault)?;
        }
        if let Some(credential) = &self.setting.credential {
            request = request.with("authorization", &credential.value()).map_err(fault)?;
        }
        self.http.fetch(request.following(REDIRECTS_MAX)).await.map_err(fault)
    }
}

impl Credential {
    /// What stands in a file: the value of `Authorization` with its scheme, or a token alone.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let is_token = !text.contains(char::is_whitespace);
        if is_token { Self::Bearer(text.to_owned()) } else { Self::Said(text.to_owned()) }
    }

    /// As the header says it.
    pub(crate) fn value(&self) -> String {
        match self {
            Self::Basic { name, password } => {
                format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
            }
            Self::Bearer(token) => format!("Bearer {token}"),
            Self::Said(value) => value.clone(),
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credential")
    }
}

/// The content of an answer, unpacked as its header says.
pub(crate) fn unpacked(got: &Got, url: &Url, bytes_max: usize) -> Result<Vec<u8>, PullFault> {
    let fault = |source| PullFault::Unpacking { url: url.clone(), source };
    let encoding = header(got, "content-encoding").unwrap_or_default();
    let encoding: Encoding = encoding.parse().map_err(fault)?;
    encoding.unpacked(&got.body, bytes_max).map_err(fault)
}

pub(crate) fn header(got: &Got, name: &str) -> Option<String> {
    let value = got.headers.get(name)?.to_str().ok()?;
    (value.len() <= HEADER_BYTES_MAX).then(|| value.to_owned())
}

pub(crate) fn after(now: Timestamp, every: Duration) -> Option<Timestamp> {
    now.checked_add(every).ok()
}

/// Of an address what may be shown: a password or a key in it must not reach a log or a screen.
fn open_part(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

fn file_name(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    (!last.is_empty()).then(|| last.to_owned())
}

/// Redirects that are followed.
const REDIRECTS_MAX: u8 = 3;

/// Bytes of a header that is kept in a cursor.
const HEADER_BYTES_MAX: usize = 1024;

#[cfg(test)]
pub(crate) mod tests;
