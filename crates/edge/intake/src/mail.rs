//! Reports that come as attachments of mails: a folder of mails, as a mail server delivers them.
//!
//! Mails lie in `new`, and go to `processed` when everything in them is safe. An attachment is known by its
//! content, so the same report mailed twice gives nothing the second time. A mail without anything that can be
//! used is kept whole with a reason. Fetching mail from a server is not done here.

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use fengsui_formats::Reason;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use sha2::{Digest as _, Sha256};

use crate::carving::{Carve, Refusal, refused};
use crate::contents::{Contents, ContentsFault, Unopen};
use crate::files::hex;
use crate::offloaded::Blocking;
use crate::source::{Delivery, Positions, SourceFault};
use crate::unpack::Origin;
use crate::wide;

/// Mails in a folder, as a source.
pub struct Mails {
    folder: PathBuf,
    carve: Carve,
    queue: VecDeque<PathBuf>,
    /// Mails that are open: the last of them is being read, the others wait until they are safe.
    open: Vec<Mail>,
    /// Attachments that were begun since this process runs: the lake may not have them yet.
    begun: BTreeSet<String>,
}

struct Mail {
    path: PathBuf,
    waiting: VecDeque<Attachment>,
    refused: Option<Delivery>,
    contents: Vec<Contents>,
    /// The partition of a refused mail that is not safe yet.
    unsafe_yet: Option<String>,
}

/// A file in a mail.
#[derive(Debug, PartialEq, Eq)]
struct Attachment {
    name: Option<String>,
    bytes: Vec<u8>,
}

impl Mails {
    /// The mails of a folder with `new` in it; `processed` is made beside it.
    pub fn new(folder: impl Into<PathBuf>, carve: Carve) -> Self {
        Self {
            folder: folder.into(),
            carve,
            queue: VecDeque::new(),
            open: Vec::new(),
            begun: BTreeSet::new(),
        }
    }

    fn look(&mut self) -> Result<(), SourceFault> {
        let folder = self.folder.join(NEW);
        let fault = |source| SourceFault::File { path: folder.clone(), source };
        let open: BTreeSet<&Path> = self.open.iter().map(|mail| mail.path.as_path()).collect();
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file && !is_hidden && !open.contains(entry.path().as_path()) {
                found.push(entry.path());
            }
            // The others come at a later tick.
            if found.len() >= MAILS_MAX {
                break;
            }
        }
        found.sort();
        self.queue = found.into();
        Ok(())
    }

    /// Moves the mails away of which everything is safe.
    fn put_away(&mut self) -> Result<(), SourceFault> {
        let folder = self.folder.join(PROCESSED);
        let (done, open): (Vec<Mail>, Vec<Mail>) =
            std::mem::take(&mut self.open).into_iter().partition(Mail::is_safe);
        self.open = open;
        if done.is_empty() {
            return Ok(());
        }
        let fault = |source| SourceFault::File { path: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(fault)?;
        for mail in done {
            let name = mail.path.file_name().unwrap_or_default();
            match std::fs::rename(&mail.path, folder.join(name)) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(fault(source));
                }
                Ok(()) | Err(_) => {}
            }
        }
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(fault)
    }
}

impl Blocking for Mails {
    fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        loop {
            if let Some(mail) = self.open.last_mut()
                && let Some(delivery) = mail.next(self.carve, after)?
            {
                return Ok(Some(delivery));
            }
            self.put_away()?;
            if let Some(path) = self.queue.pop_front() {
                let mut mail = Mail::open(path, self.carve, after)?;
                let begun = &mut self.begun;
                mail.waiting.retain(|attachment| begun.insert(partition_of(&attachment.bytes)));
                self.open.push(mail);
                continue;
            }
            self.look()?;
            if self.queue.is_empty() {
                return Ok(None);
            }
        }
    }

    fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault> {
        for mail in &mut self.open {
            mail.committed(partition, offset);
        }
        self.put_away()
    }

    fn has_ended(&self) -> bool {
        false
    }
}

impl Mail {
    fn open(path: PathBuf, carve: Carve, after: &Positions) -> Result<Self, SourceFault> {
        let fault = |source| SourceFault::File { path: path.clone(), source };
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(fault)?;
        file.take(wide(MAIL_BYTES_MAX) + 1).read_to_end(&mut bytes).map_err(fault)?;
        let attachments = match bytes.len() {
            more if more > MAIL_BYTES_MAX => Err(Reason::TooLong),
            _ => attachments_of(&bytes),
        };
        let (waiting, refused) = match attachments {
            Ok(attachments) => (attachments.into(), None),
            Err(reason) => (VecDeque::new(), kept_whole(&path, &bytes, reason, carve, after)?),
        };
        let unsafe_yet = refused.as_ref().map(|delivery| delivery.partition.clone());
        Ok(Self { path, waiting, refused, contents: Vec::new(), unsafe_yet })
    }

    fn next(&mut self, carve: Carve, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        if let Some(refused) = self.refused.take() {
            return Ok(Some(refused));
        }
        loop {
            let fault = |source| SourceFault::File { path: self.path.clone(), source };
            if let Some(contents) = self.contents.last_mut()
                && let Some(delivery) = contents.next().map_err(fault)?
            {
                return Ok(Some(delivery));
            }
            let Some(attachment) = self.waiting.pop_front() else { return Ok(None) };
            let file = Unopen {
                partition: partition_of(&attachment.bytes),
                origin: Origin::Memory(attachment.bytes.into()),
                name: attachment.name.as_deref(),
                is_part: false,
            };
            let contents = Contents::open(&file, carve, after).map_err(|it| match it {
                ContentsFault::Io(source) => fault(source),
                ContentsFault::Source(fault) => fault,
            })?;
            self.contents.push(contents);
        }
    }

    fn committed(&mut self, partition: &str, offset: i64) {
        if self.unsafe_yet.as_deref() == Some(partition) {
            self.unsafe_yet = None;
        }
        for contents in &mut self.contents {
            contents.committed(partition, offset);
        }
    }

    fn is_safe(&self) -> bool {
        self.refused.is_none()
            && self.unsafe_yet.is_none()
            && self.waiting.is_empty()
            && self.contents.iter().all(Contents::is_safe)
    }
}

impl std::fmt::Debug for Mails {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Mails").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn kept_whole(
    path: &Path,
    bytes: &[u8],
    reason: Reason,
    carve: Carve,
    after: &Positions,
) -> Result<Option<Delivery>, SourceFault> {
    let partition = partition_of(bytes);
    if after.reached(&partition)?.is_some() {
        return Ok(None);
    }
    let kept = bytes.get(..carve.piece_bytes_max).unwrap_or(bytes);
    let why = Refusal { reason, is_part: kept.len() < bytes.len() };
    Ok(Some(refused(partition, crate::files::name_of(path), kept, why)))
}

fn partition_of(bytes: &[u8]) -> String {
    format!("mail:{}", hex(&Sha256::digest(bytes)))
}

/// The files in a mail that a reader could use, those of mails within it too.
fn attachments_of(bytes: &[u8]) -> Result<Vec<Attachment>, Reason> {
    let message = MessageParser::default().parse(bytes).ok_or(Reason::NotThisFormat)?;
    let mut found = Vec::new();
    gather(&message, 0, &mut found)?;
    if found.is_empty() { Err(Reason::Empty) } else { Ok(found) }
}

fn gather(message: &Message<'_>, depth: usize, found: &mut Vec<Attachment>) -> Result<(), Reason> {
    if depth > NESTING_MAX || message.parts.len() > PARTS_MAX {
        return Err(Reason::TooComplex);
    }
    for part in &message.parts {
        match &part.body {
            PartType::Message(inner) => gather(inner, depth + 1, found)?,
            PartType::Multipart(_) => {}
            PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_) => {
                found.extend(usable(part));
            }
        }
        if found.len() > ATTACHMENTS_MAX {
            return Err(Reason::TooComplex);
        }
    }
    Ok(())
}

/// A part as a file, where its name or its type says that it may be one.
fn usable(part: &MessagePart<'_>) -> Option<Attachment> {
    let name = part.attachment_name();
    let by_name = name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    });
    let by_type = part.content_type().is_some_and(|kind| {
        let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
        SUBTYPES.contains(&subtype.as_str())
    });
    (by_name || by_type).then(|| Attachment {
        name: name.map(|name| name.chars().take(NAME_CHARS_MAX).collect()),
        bytes: part.contents().to_vec(),
    })
}

const NEW: &str = "new";
const PROCESSED: &str = "processed";

/// How names of files end that readers can use.
const ENDINGS: &[&str] = &[".csv", ".json", ".ndjson", ".jsonl", ".zip", ".gz", ".zst"];

/// Types of such files, where they have no name.
const SUBTYPES: &[&str] = &["csv", "json", "zip", "x-zip-compressed", "gzip", "x-gzip", "zstd"];

/// Bytes a mail may have.
const MAIL_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Mails within mails.
const NESTING_MAX: usize = 5;

/// Parts of one mail.
const PARTS_MAX: usize = 1000;

/// Files in one mail.
const ATTACHMENTS_MAX: usize = 100;

/// Mails that are looked at in one tick.
const MAILS_MAX: usize = 1000;

/// How long the name of an attachment may be.
const NAME_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fengsui_formats::{Framing, Piece};
    use tempfile::TempDir;

    use super::*;

    /// A mail with parts, each given with its type and its text.
    fn mail(parts: &[(&str, &str)]) -> String {
        let mut text = String::from(
            "From: reports@feed.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n",
        );
        for (head, body) in parts {
            text.extend(["--b\r\nContent-Type: ", head, "\r\n\r\n", body, "\r\n"]);
        }
        text + "--b--\r\n"
    }

    const CSV: &str = "text/csv; name=\"report.csv\"";

    struct Mailbox {
        folder: TempDir,
        known: BTreeMap<String, i64>,
    }

    impl Mailbox {
        fn with(mails: &[(&str, &str)]) -> Self {
            let folder = TempDir::new().unwrap();
            std::fs::create_dir(folder.path().join(NEW)).unwrap();
            for (name, text) in mails {
                std::fs::write(folder.path().join(NEW).join(name), text).unwrap();
            }
            Self { folder, known: BTreeMap::new() }
        }

        fn source(&self) -> Mails {
            Mails::new(self.folder.path(), Carve::of(Framing::Lines))
        }

        /// Everything that is new, committed at once.
        fn taken(&mut self, mails: &mut Mails) -> Vec<String> {
            let mut all = Vec::new();
            while let Some(delivery) = mails.next(&self.known.clone().into()).unwrap() {
                all.extend(delivery.fresh().map(|piece| said(&delivery, piece)));
                let reached = delivery.block.reached().unwrap_or(0);
                self.known.insert(delivery.partition.clone(), reached);
                mails.committed(&delivery.partition, reached).unwrap();
            }
            all
        }

        fn lying_in(&self, place: &str) -> usize {
            std::fs::read_dir(self.folder.path().join(place)).map_or(0, Iterator::count)
        }
    }

    fn said(delivery: &Delivery, piece: Piece) -> String {
        let text = String::from_utf8_lossy(delivery.block.piece(piece));
        let reason = delivery.unreadable.map_or("", Reason::as_str);
        format!("{} {reason} {text}", delivery.name.as_deref().unwrap_or("-"))
    }

    #[test]
    fn attachments_are_delivered_with_their_names_and_the_mail_is_put_away() {
        let text =
            mail(&[("text/plain", "hello"), (CSV, "a,b\r\n1,2"), ("application/json", "{}")]);
        let mut mailbox = Mailbox::with(&[("1", &text)]);
        let mut mails = mailbox.source();
        let taken = mailbox.taken(&mut mails);
        assert_eq!(taken, ["report.csv  a,b", "report.csv  1,2", "-  {}"]);
        assert_eq!((mailbox.lying_in(NEW), mailbox.lying_in(PROCESSED)), (0, 1));
    }

    #[test]
    fn a_mail_stays_until_everything_in_it_is_safe() {
        let text = mail(&[(CSV, "1"), (CSV, "2")]);
        let mailbox = Mailbox::with(&[("1", &text)]);
        let mut mails = mailbox.source();
        let mut given = Vec::new();
        while let Some(delivery) = mails.next(&Positions::none()).unwrap() {
            given.extend(delivery.block.reached().map(|reached| (delivery.partition, reached)));
        }
        assert_eq!(given.len(), 2);
        mails.committed(&given[0].0, given[0].1).unwrap();
        assert_eq!(mailbox.lying_in(NEW), 1);
        mails.committed(&given[1].0, given[1].1).unwrap();
        assert_eq!((mailbox.lying_in(NEW), mailbox.lying_in(PROCESSED)), (0, 1));
    }

    #[test]
    fn the_same_report_in_another_mail_gives_nothing_and_is_put_away() {
        let text = mail(&[(CSV, "1")]);
        let again = mail(&[("text/plain", "once more"), (CSV, "1")]);
        let mut mailbox = Mailbox::with(&[("1", &text), ("2", &again)]);
        let mut mails = mailbox.source();
        assert_eq!(mailbox.taken(&mut mails), ["report.csv  1"]);
        assert_eq!(mailbox.lying_in(PROCESSED), 2);
    }

    #[test]
    fn an_attachment_of_a_mail_within_a_mail_is_found_and_only_so_deep() {
        let nested = |levels: usize| {
            (0..levels).fold(mail(&[(CSV, "1")]), |inner, level| {
                let boundary = format!("deep{level}");
                format!(
                    "Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\
                     Content-Type: message/rfc822\r\n\r\n{inner}\r\n--{boundary}--\r\n"
                )
            })
        };
        let found = attachments_of(nested(3).as_bytes()).unwrap();
        assert_eq!(found, [Attachment { name: Some("report.csv".into()), bytes: b"1".to_vec() }]);
        assert_eq!(attachments_of(nested(8).as_bytes()), Err(Reason::TooComplex));
    }

    #[test]
    fn a_mail_without_anything_usable_is_kept_whole_with_a_reason() {
        let text = mail(&[("text/plain", "hello")]);
        let mut mailbox = Mailbox::with(&[("1", &text), ("2", ""), ("3", "\u{0}\u{1}")]);
        let mut mails = mailbox.source();
        let taken = mailbox.taken(&mut mails);
        assert_eq!(taken.len(), 3, "{taken:?}");
        assert_eq!(taken[0], format!("1 empty {text}"));
        assert_eq!((mailbox.lying_in(NEW), mailbox.lying_in(PROCESSED)), (0, 3));
    }

    #[test]
    fn too_many_attachments_are_too_complex() {
        let parts = vec![(CSV, "1"); ATTACHMENTS_MAX + 1];
        assert_eq!(attachments_of(mail(&parts).as_bytes()), Err(Reason::TooComplex));
    }
}
