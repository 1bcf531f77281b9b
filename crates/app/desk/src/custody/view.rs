//! What screens show of custody, and in the place of what was erased.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_response::custody::{Custody, DECIDES, HANDLES};
use fengsui_store::{Direction, Entry, Filter, Row, Select, Sight, Value};
use fengsui_vocabulary::{BlobId, PersonId};
use jiff::Timestamp;

use crate::blobs::references;
use crate::boards::{CUSTODY, ERASED};
use crate::stream::custody_stream;
use crate::{Desk, DeskFault, Viewer};

/// Lines of one list of custody.
const LINES_MAX: u32 = 500;

/// Texts whose erasure is looked up at once.
const LOOKED_UP_AT_ONCE: usize = 200;

/// The custody of one subject.
#[derive(Clone, Debug)]
pub struct CustodyView {
    /// The stream of the subject.
    pub subject: String,
    /// What was written about it.
    pub custody: Custody,
    /// Its texts, oldest first.
    pub texts: Vec<HeldText>,
    /// Whether the viewer may ask for an erasure, place a hold, handle evidence.
    pub may_handle: bool,
    /// Whether the viewer may approve, refuse and lift, if not what they did themselves.
    pub may_decide: bool,
    /// When this was read.
    pub now: Timestamp,
}

/// A text of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldText {
    /// Which.
    pub blob: BlobId,
    /// The kind of entry it came with.
    pub kind: String,
    /// When that happened.
    pub at: Timestamp,
    /// How many bytes it has; none when it was erased.
    pub bytes: Option<u64>,
}

/// What was erased, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedText {
    /// When.
    pub at: Timestamp,
    /// On what ground.
    pub ground: String,
}

/// What waits for somebody's decision, and what is held.
#[derive(Clone, Debug, Default)]
pub struct CustodyWork {
    /// Requests to erase that wait, the oldest first.
    pub waiting: Vec<CustodyLine>,
    /// Holds in force, the newest first.
    pub held: Vec<CustodyLine>,
    /// Packages that were made and not handed over, the newest first.
    pub packages: Vec<CustodyLine>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyLine {
    /// The stream of the subject.
    pub subject: String,
    /// Its number in the custody of the subject.
    pub number: u32,
    /// On what ground; for whom, of a package.
    pub ground: String,
    /// Who placed, asked or made it.
    pub person: PersonId,
    /// Since when.
    pub since: Timestamp,
}

impl Desk {
    /// The custody of a subject, for somebody who handles such things and sees the subject.
    pub async fn custody(&self, viewer: &Viewer, subject: &str) -> Result<CustodyView, DeskFault> {
        if !viewer.is_any(&HANDLES) {
            return Err(DeskFault::NotYours);
        }
        if !self.store().may_see(subject, &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        let entries = self.entries_of(subject).await?;
        if entries.is_empty() {
            return Err(DeskFault::Absent);
        }
        Ok(CustodyView {
            subject: subject.to_owned(),
            custody: self.load::<Custody>(custody_stream(subject)).await?.state,
            texts: self.held_texts(&entries).await?,
            may_handle: true,
            may_decide: viewer.is_any(&DECIDES),
            now: self.now(),
        })
    }

    async fn held_texts(&self, entries: &[Entry]) -> Result<Vec<HeldText>, DeskFault> {
        let named = |entry: &Entry| {
            let (kind, at) = (entry.kind.clone(), entry.happened_at);
            let references = references(&entry.payload).into_iter();
            references.map(move |it| HeldText {
                blob: it.blob,
                kind: kind.clone(),
                at,
                bytes: None,
            })
        };
        let mut seen = BTreeSet::new();
        let named = entries.iter().flat_map(named);
        let mut texts: Vec<HeldText> = named.filter(|text| seen.insert(text.blob)).collect();
        for text in &mut texts {
            text.bytes = self.store().blob_size(text.blob).await?;
        }
        Ok(texts)
    }

    /// What waits and what is held, as far as the viewer sees the subjects.
    pub async fn custody_work(&self, viewer: &Viewer) -> Result<CustodyWork, DeskFault> {
        if !viewer.is_any(&HANDLES) {
            return Err(DeskFault::NotYours);
        }
        let of = |kind, state, direction| self.custody_lines(viewer, (kind, state), direction);
        Ok(CustodyWork {
            waiting: of("erasure", "waiting", Direction::Ascending).await?,
            held: of("hold", "in-force", Direction::Descending).await?,
            packages: of("package", "made", Direction::Descending).await?,
        })
    }

    async fn custody_lines(
        &self,
        viewer: &Viewer,
        (kind, state): (&'static str, &'static str),
        direction: Direction,
    ) -> Result<Vec<CustodyLine>, DeskFault> {
        // Who sees the custody of a subject is whoever sees the subject: asked line by line.
        let select = Select::of(&CUSTODY, Sight::Everything)
            .filter(Filter::Eq("kind", kind.into()))
            .filter(Filter::Eq("state", state.into()))
            .order("since", direction)
            .limit(LINES_MAX);
        let mut lines = Vec::new();
        for row in self.store().rows(&select).await? {
            let line = custody_line(&row)?;
            if self.store().may_see(&line.subject, &viewer.sight()).await? {
                lines.push(line);
            }
        }
        Ok(lines)
    }

    /// The bytes of a file, or when and why it was erased.
    pub(crate) async fn bytes_or_why(&self, blob: BlobId) -> Result<Vec<u8>, DeskFault> {
        if let Some(bytes) = self.bytes(blob).await? {
            return Ok(bytes);
        }
        let erased = self.erased_among([blob]).await?.remove(&blob).ok_or(DeskFault::Absent)?;
        Err(DeskFault::Erased { at: erased.at, ground: erased.ground })
    }

    /// When and why texts were erased, of those that were.
    pub(crate) async fn erased_among(
        &self,
        texts: impl IntoIterator<Item = BlobId>,
    ) -> Result<BTreeMap<BlobId, ErasedText>, DeskFault> {
        let wanted: Vec<Value> = texts.into_iter().map(|blob| blob.to_string().into()).collect();
        let mut erased = BTreeMap::new();
        for some in wanted.chunks(LOOKED_UP_AT_ONCE) {
            let select = Select::of(&ERASED, Sight::Everything)
                .filter(Filter::In("erased_text", some.to_vec()))
                .limit(LINES_MAX);
            for row in self.store().rows(&select).await? {
                let blob = row.text("erased_text")?;
                let blob =
                    blob.parse().map_err(|_malformed| DeskFault::Unreadable(blob.to_owned()))?;
                let text = ErasedText {
                    at: row.time("erased_at")?,
                    ground: row.text("ground")?.to_owned(),
                };
                erased.insert(blob, text);
            }
        }
        Ok(erased)
    }
}

fn custody_line(row: &Row) -> Result<CustodyLine, DeskFault> {
    let person = row.text("person")?;
    Ok(CustodyLine {
        subject: row.text("subject")?.to_owned(),
        number: u32::try_from(row.int("number")?).unwrap_or_default(),
        ground: row.text("ground")?.to_owned(),
        person: person.parse().map_err(|_malformed| DeskFault::Unreadable(person.to_owned()))?,
        since: row.time("since")?,
    })
}
