//! Proving the record, carrying it away, deriving the boards anew.

use fengsui_response::incident::Incident;
use fengsui_response::organisation::Organisation;
use fengsui_response::person::Person;
use fengsui_response::report::Report;
use fengsui_store::{Broken, Entry, Head, Progress, StreamRows, VerifyFault, Why, digest};
use serde_json::json;

use crate::blobs::references;
use crate::desk::unreadable;
use crate::stream::{Folded, Loaded};
use crate::{Desk, DeskFault, project};

/// Entries read at once.
const PAGE: u32 = 2_000;

/// What a rebuild did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Entries that were folded.
    pub entries: u64,
    /// Streams they belong to.
    pub streams: u64,
    /// Where the boards differed from what the journal gives.
    pub differences: Vec<String>,
}

impl Desk {
    /// Recomputes the chain, then looks at every text it refers to. Names the first entry that does
    /// not hold. Texts that were erased are no fault.
    pub async fn verify(
        &self,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Result<Head, Broken>, DeskFault> {
        let mut told = |it: Progress| progress(it.position, it.of);
        match self.store().verify(&mut told, &mut |_: &Entry| Ok(())).await {
            Ok(head) => match self.first_changed_text(head.position).await? {
                None => Ok(Ok(head)),
                Some(broken) => Ok(Err(broken)),
            },
            Err(VerifyFault::Broken(broken)) => Ok(Err(broken)),
            Err(VerifyFault::Store(fault)) => Err(fault.into()),
        }
    }

    async fn first_changed_text(&self, last: u64) -> Result<Option<Broken>, DeskFault> {
        let mut after = 0;
        while after < last {
            let page = self.store().entries(after, PAGE).await?;
            let Some(end) = page.last().map(|entry| entry.position) else { break };
            for entry in &page {
                if let Some(told) = self.changed_text(entry).await? {
                    let why = Why::Payload(told);
                    return Ok(Some(Broken { position: entry.position, why }));
                }
            }
            after = end;
        }
        Ok(None)
    }

    async fn changed_text(&self, entry: &Entry) -> Result<Option<String>, DeskFault> {
        for reference in references(&entry.payload) {
            let Some(key) = self.store().blob_key(reference.blob).await? else { continue };
            let bytes = self.store().read_blob(reference.blob).await?.unwrap_or_default();
            if digest(&key, &bytes) != reference.digest {
                return Ok(Some(format!("the text {} was changed", reference.blob)));
            }
        }
        Ok(None)
    }

    /// Hands out every entry after a position as one JSON line.
    pub async fn export(
        &self,
        after: u64,
        mut line: impl FnMut(String) + Send,
    ) -> Result<(), DeskFault> {
        let mut after = after;
        loop {
            let page = self.store().entries(after, PAGE).await?;
            let Some(end) = page.last().map(|entry| entry.position) else { return Ok(()) };
            for entry in &page {
                line(exported(entry)?);
            }
            after = end;
        }
    }

    /// Derives every board anew beside those in use, compares, and takes the new ones.
    pub async fn rebuild(
        &self,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Rebuilt, DeskFault> {
        let head = self.store().head().await?;
        let mut shadow = self.store().rebuild().await?;
        let mut rebuilt = Rebuilt::default();
        let mut current: Option<Fold> = None;
        let mut after = (String::new(), 0);
        loop {
            let page = self.store().entries_by_stream((&after.0, after.1), PAGE).await?;
            let Some(end) = page.last().map(|entry| (entry.stream.clone(), entry.version)) else {
                break;
            };
            after = end;
            rebuilt.entries += u64::try_from(page.len()).unwrap_or(0);
            for entry in &page {
                if current.as_ref().is_none_or(|fold| fold.stream() != entry.stream) {
                    rebuilt.streams += 1;
                    let done = current.replace(Fold::of(&entry.stream));
                    if let Some(done) = done {
                        shadow.put(self.rows_of(done).await?).await?;
                    }
                }
                if let Some(fold) = &mut current {
                    fold.fold(entry)?;
                }
            }
            progress(rebuilt.entries, head.position);
        }
        if let Some(last) = current {
            shadow.put(self.rows_of(last).await?).await?;
        }
        let compared = shadow.compare().await?;
        rebuilt.differences = compared.differences.iter().map(|it| format!("{it:?}")).collect();
        shadow.swap(head.position).await.map_err(|fault| match fault {
            fengsui_store::ShadowFault::MovedOn { .. } => DeskFault::Busy,
            fengsui_store::ShadowFault::Store(fault) => fault.into(),
        })?;
        Ok(rebuilt)
    }

    async fn rows_of(&self, fold: Fold) -> Result<StreamRows, DeskFault> {
        let packs = self.packs();
        let (stream, rows) = match fold {
            Fold::Report(loaded) => {
                let content = self.content_of(&loaded.state).await?;
                let rows = project::report_rows(&loaded, content.as_ref(), &packs);
                (loaded.stream, rows)
            }
            Fold::Incident(loaded) => {
                let rows = project::incident_rows(&loaded, &packs);
                (loaded.stream, rows)
            }
            Fold::Organisation(loaded) => {
                let rows = project::organisation_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Person(loaded) => {
                let rows = project::person_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Boardless(stream) => (stream, StreamRows::default()),
        };
        Ok(StreamRows { stream, ..rows })
    }
}

/// A stream being folded.
enum Fold {
    Report(Box<Loaded<Report>>),
    Incident(Box<Loaded<Incident>>),
    Organisation(Box<Loaded<Organisation>>),
    Person(Box<Loaded<Person>>),
    /// No board follows from it.
    Boardless(String),
}

impl Fold {
    fn of(stream: &str) -> Self {
        fn begun<S: Folded>(stream: &str) -> Box<Loaded<S>> {
            Box::new(Loaded::new(stream.to_owned()))
        }
        match stream.split_once(':').map(|(sort, _)| sort) {
            Some("report") => Self::Report(begun(stream)),
            Some("incident") => Self::Incident(begun(stream)),
            Some("organisation") => Self::Organisation(begun(stream)),
            Some("person") => Self::Person(begun(stream)),
            Some(_) | None => Self::Boardless(stream.to_owned()),
        }
    }

    fn stream(&self) -> &str {
        match self {
            Self::Report(loaded) => &loaded.stream,
            Self::Incident(loaded) => &loaded.stream,
            Self::Organisation(loaded) => &loaded.stream,
            Self::Person(loaded) => &loaded.stream,
            Self::Boardless(stream) => stream,
        }
    }

    fn fold(&mut self, entry: &Entry) -> Result<(), DeskFault> {
        match self {
            Self::Report(loaded) => loaded.fold(entry),
            Self::Incident(loaded) => loaded.fold(entry),
            Self::Organisation(loaded) => loaded.fold(entry),
            Self::Person(loaded) => loaded.fold(entry),
            Self::Boardless(_) => Ok(()),
        }
    }
}

fn exported(entry: &Entry) -> Result<String, DeskFault> {
    let payload: serde_json::Value = serde_json::from_str(&entry.payload).map_err(unreadable)?;
    let line = json!({
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "realm": entry.realm,
        "recorded_at": entry.recorded_at,
        "happened_at": entry.happened_at,
        "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of,
        "command_id": entry.command_id,
        "kind": entry.kind,
        "kind_version": entry.kind_version,
        "payload": payload,
        "previous": entry.previous.to_string(),
        "hash": entry.hash.to_string(),
    });
    Ok(line.to_string())
}
