//! Reading what a form sent: words and files, bounded, whatever state they arrive in.
//!
//! Whatever could be read is kept, so that a form that is too large, cut off or wrongly encoded comes
//! back with its words and says what to mend.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use fengsui_desk::{ArrivedFile, DeskFault, FILES_MAX};
use fengsui_vocabulary::Line;

use crate::csrf;
use crate::error::WebError;
use crate::session::Visitor;
use crate::settings::{Limits, WORDS_BYTES_MAX};
use crate::state::Web;

/// Values of one form at most: more than any form of ours has.
const VALUES_MAX: usize = 500;

/// What a form sent. Its token and origin have been checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    values: BTreeMap<String, Vec<String>>,
    /// Files, in the order in which they came.
    pub(crate) files: Vec<SentFile>,
    /// What went wrong while reading: the field, and the key of what to say.
    pub(crate) flaws: Vec<(String, Flaw)>,
}

/// A file that a form sent.
#[derive(Clone, Debug)]
pub(crate) struct SentFile {
    /// Its name, without folders; made up where it had none.
    pub(crate) name: Line,
    /// What is in it.
    pub(crate) file: ArrivedFile,
}

/// What can be wrong with a form before anybody looks at what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Not UTF-8.
    Encoding,
    /// A file, or all of them, are too large.
    FileTooLarge,
    /// More files than fit.
    TooManyFiles,
    /// It ends before its end.
    CutOff,
    /// More words than fit.
    TooLarge,
}

impl Sent {
    /// The first value of a field, as it was typed; empty if there was none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// What to put back into a field after a refusal.
    pub(crate) fn put_back(&self, name: &str) -> Option<String> {
        let values = self.values.get(name)?;
        Some(values.join(" ").replace('\0', ""))
    }

    /// The names of its fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    fn flaw(&mut self, name: &str, flaw: Flaw) {
        let flaw = (name.to_owned(), flaw);
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    fn put(&mut self, name: &str, value: &[u8]) {
        if self.values.len() >= VALUES_MAX {
            return self.flaw("", Flaw::TooLarge);
        }
        let value = String::from_utf8(value.to_vec()).unwrap_or_else(|wrong| {
            self.flaw(name, Flaw::Encoding);
            String::from_utf8_lossy(wrong.as_bytes()).into_owned()
        });
        self.values.entry(name.to_owned()).or_default().push(value);
    }
}

impl FromRequest<Web> for Sent {
    type Rejection = WebError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, WebError> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let visitor = visitor.ok_or(WebError::NoSuchPage)?;
        csrf::check_origin(request.headers())?;
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let sent = if kind.starts_with("multipart/form-data") {
            let _permit = web.uploads.try_acquire().map_err(|_full| DeskFault::Busy)?;
            with_files(request, web).await?
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            words(request, web).await?
        } else {
            return Err(WebError::Unreadable("a form is expected here".to_owned()));
        };
        csrf::check_token(&visitor, sent.text(csrf::FIELD))?;
        Ok(sent)
    }
}

/// Reads `name=value&name=value`.
async fn words(request: Request, web: &Web) -> Result<Sent, WebError> {
    let bytes = match Bytes::from_request(request, web).await {
        Ok(bytes) if bytes.len() <= WORDS_BYTES_MAX => bytes,
        Ok(_) => return Err(WebError::TooLarge),
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(WebError::TooLarge);
        }
        Err(refused) => return Err(WebError::Unreadable(refused.body_text())),
    };
    let mut sent = Sent::default();
    for pair in bytes.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let name = decoded(halves.next().unwrap_or_default());
        let value = decoded(halves.next().unwrap_or_default());
        sent.put(&String::from_utf8_lossy(&name), &value);
    }
    Ok(sent)
}

/// Undoes `+` and `%41`.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        let digits = rest.as_slice();
        match (byte, digits.first().copied().and_then(hex), digits.get(1).copied().and_then(hex)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                rest = digits.get(2..).unwrap_or_default().iter();
            }
            (b'+', _, _) => bytes.push(b' '),
            (byte, _, _) => bytes.push(byte),
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Reads a form with files. What is cut off or too large is noted, the rest is kept.
async fn with_files(request: Request<Body>, web: &Web) -> Result<Sent, WebError> {
    let limits = web.settings.limits;
    let refused = |refused: axum::extract::multipart::MultipartRejection| {
        WebError::Unreadable(refused.body_text())
    };
    let mut parts = Multipart::from_request(request, web).await.map_err(refused)?;
    let mut sent = Sent::default();
    let mut taken = Taken::default();
    loop {
        match parts.next_field().await {
            Ok(None) => return Ok(sent),
            Ok(Some(part)) => {
                if take(&mut sent, part, limits, &mut taken).await.is_err() {
                    sent.flaw("", Flaw::CutOff);
                    return Ok(sent);
                }
            }
            Err(fault) => {
                let is_large = fault.status() == StatusCode::PAYLOAD_TOO_LARGE;
                sent.flaw("", if is_large { Flaw::TooLarge } else { Flaw::CutOff });
                return Ok(sent);
            }
        }
    }
}

/// How much of one form was taken so far.
#[derive(Default)]
struct Taken {
    words_bytes: usize,
    files_bytes: usize,
}

async fn take(
    sent: &mut Sent,
    mut part: Field<'_>,
    limits: Limits,
    taken: &mut Taken,
) -> Result<(), axum::extract::multipart::MultipartError> {
    let field = part.name().unwrap_or_default().to_owned();
    let file_name = part.file_name().map(str::to_owned);
    let media_type = part.content_type().map(str::to_owned);
    let is_file = file_name.is_some();
    let mut bytes = Vec::new();
    let mut flaw = None;
    while let Some(chunk) = part.chunk().await? {
        let (used, used_max) = if is_file {
            (&mut taken.files_bytes, limits.files_bytes_max())
        } else {
            (&mut taken.words_bytes, WORDS_BYTES_MAX)
        };
        *used = used.saturating_add(chunk.len());
        let fits = *used <= used_max
            && (!is_file || bytes.len() + chunk.len() <= limits.attachment_bytes_max);
        if fits {
            bytes.extend_from_slice(&chunk);
        } else {
            flaw = Some(if is_file { Flaw::FileTooLarge } else { Flaw::TooLarge });
        }
    }
    if let Some(flaw) = flaw {
        sent.flaw(&field, flaw);
    }
    match file_name {
        None => sent.put(&field, &bytes),
        // A file field that was left empty is sent without a name and without bytes.
        Some(name) if name.is_empty() && bytes.is_empty() => {}
        Some(_) if flaw.is_some() => {}
        Some(_) if sent.files.len() >= FILES_MAX => sent.flaw(&field, Flaw::TooManyFiles),
        Some(name) => {
            let number = sent.files.len() + 1;
            let file = ArrivedFile { media_type: media_line(media_type.as_deref()), bytes };
            sent.files.push(SentFile { name: name_line(&name, number), file });
        }
    }
    Ok(())
}

/// The name of a file: without folders and control characters, never empty.
fn name_line(name: &str, number: usize) -> Line {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|char| !char.is_control()).take(200).collect();
    let made_up = format!("file-{number}");
    clean.parse().or_else(|_| made_up.parse()).unwrap_or_else(|_| octets())
}

/// What a file claims to be; the claim is kept and never believed.
fn media_line(media_type: Option<&str>) -> Line {
    let is_plain =
        |text: &&str| text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_graphic());
    media_type.filter(is_plain).and_then(|text| text.parse().ok()).unwrap_or_else(octets)
}

#[expect(clippy::expect_used, reason = "a constant that is a line")]
fn octets() -> Line {
    "application/octet-stream".parse().expect("this is a line")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_and_percent_are_undone_and_nothing_else() {
        assert_eq!(decoded(b"a+b%20c%E8%AD%A6"), "a b c警".as_bytes());
        assert_eq!(decoded(b"100%"), b"100%");
        assert_eq!(decoded(b"%zz%4"), b"%zz%4");
    }

    #[test]
    fn a_file_name_has_no_folders_and_is_never_empty() {
        assert_eq!(&*name_line("..\\..\\日志.txt", 1), "日志.txt");
        assert_eq!(&*name_line("/", 2), "file-2");
        assert_eq!(&*name_line("a\0b\n", 3), "ab");
    }
}
