//! Proving the record, carrying it away, deriving the boards anew.

use fengsui_response::accountability::Accountability;
use fengsui_response::call_out::CallOut;
use fengsui_response::custody::Custody;
use fengsui_response::incident::Incident;
use fengsui_response::message::Message;
use fengsui_response::organisation::Organisation;
use fengsui_response::person::Person;
use fengsui_response::report::Report;
use fengsui_response::shift::Shift;
use fengsui_store::{
    Broken, Entry, Head, Progress, Shadow, Store, StoreFault, StreamRows, VerifyFault, Why, digest,
};
use tokio::task::JoinSet;

use crate::blobs::references;
use crate::stream::Loaded;
use crate::wire::exported;
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
            if let Some(broken) = self.first_changed_of(&page).await? {
                return Ok(Some(broken));
            }
            after = end;
        }
        Ok(None)
    }

    async fn first_changed_of(&self, page: &[Entry]) -> Result<Option<Broken>, DeskFault> {
        for entry in page {
            if let Some(told) = self.changed_text(entry).await? {
                let why = Why::Payload(told);
                return Ok(Some(Broken { position: entry.position, why }));
            }
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
        let mut pages = Pages::of(self.store());
        while let Some(page) = pages.next().await? {
            rebuilt.entries += u64::try_from(page.len()).unwrap_or(0);
            rebuilt.streams += self.put_folded(&mut shadow, &mut current, &page).await?;
            progress(rebuilt.entries, head.position);
        }
        if let Some(last) = current {
            rebuilt.streams += 1;
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

    /// Folds every stream and keeps nothing: what a rebuild takes besides writing.
    #[cfg(feature = "testing")]
    pub async fn fold_everything(&self) -> Result<Rebuilt, DeskFault> {
        let mut folded = Rebuilt::default();
        let mut current: Option<Fold> = None;
        let mut pages = Pages::of(self.store());
        while let Some(page) = pages.next().await? {
            folded.entries += u64::try_from(page.len()).unwrap_or(0);
            for entry in &page {
                folded.streams +=
                    u64::from(current.as_ref().is_none_or(|it| it.stream() != entry.stream));
                next_fold(&mut current, entry)?;
            }
        }
        Ok(folded)
    }

    /// Folds a page; puts what is complete, and says how many streams that were.
    async fn put_folded(
        &self,
        shadow: &mut Shadow,
        current: &mut Option<Fold>,
        page: &[Entry],
    ) -> Result<u64, DeskFault> {
        let mut complete = 0;
        for entry in page {
            if let Some(done) = next_fold(current, entry)? {
                shadow.put(self.rows_of(done).await?).await?;
                complete += 1;
            }
        }
        Ok(complete)
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
            Fold::Accountability(loaded) => {
                let rows = project::accountability_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Message(loaded) => {
                let rows = project::message_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::CallOut(loaded) => {
                let rows = project::call_out_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Custody(loaded) => {
                let rows = project::custody_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Shift(loaded) => {
                let rows = project::shift_rows(&loaded);
                (loaded.stream, rows)
            }
            Fold::Boardless(stream) => (stream, StreamRows::default()),
        };
        Ok(StreamRows { stream, ..rows })
    }
}

impl Desk {
    /// What the boards say about one stream, from its entries as they are now.
    pub(crate) async fn rows_anew(&self, entries: &[Entry]) -> Result<StreamRows, DeskFault> {
        let mut current: Option<Fold> = None;
        for entry in entries {
            next_fold(&mut current, entry)?;
        }
        match current {
            Some(fold) => self.rows_of(fold).await,
            None => Ok(StreamRows::default()),
        }
    }
}

/// Entries by stream: the next page is read while the caller is busy with the one before.
struct Pages {
    store: Store,
    reading: JoinSet<Result<Vec<Entry>, StoreFault>>,
}

impl Pages {
    fn of(store: &Store) -> Self {
        let mut pages = Self { store: store.clone(), reading: JoinSet::new() };
        pages.read_after(String::new(), 0);
        pages
    }

    fn read_after(&mut self, stream: String, version: u64) {
        let store = self.store.clone();
        self.reading.spawn(async move { store.entries_by_stream((&stream, version), PAGE).await });
    }

    /// None behind the last entry.
    async fn next(&mut self) -> Result<Option<Vec<Entry>>, DeskFault> {
        let Some(read) = self.reading.join_next().await else { return Ok(None) };
        let page = read.map_err(|fault| DeskFault::Unreadable(fault.to_string()))??;
        let Some(last) = page.last() else { return Ok(None) };
        self.read_after(last.stream.clone(), last.version);
        Ok(Some(page))
    }
}

/// Folds an entry; gives back the stream before it when the entry begins another one.
fn next_fold(current: &mut Option<Fold>, entry: &Entry) -> Result<Option<Fold>, DeskFault> {
    if let Some(fold) = current.as_mut().filter(|fold| fold.stream() == entry.stream) {
        fold.fold(entry)?;
        return Ok(None);
    }
    let mut fold = Fold::of(&entry.stream);
    fold.fold(entry)?;
    Ok(current.replace(fold))
}

/// A stream being folded.
enum Fold {
    Report(Box<Loaded<Report>>),
    Incident(Box<Loaded<Incident>>),
    Organisation(Box<Loaded<Organisation>>),
    Person(Box<Loaded<Person>>),
    Accountability(Box<Loaded<Accountability>>),
    Message(Box<Loaded<Message>>),
    CallOut(Box<Loaded<CallOut>>),
    Custody(Box<Loaded<Custody>>),
    Shift(Box<Loaded<Shift>>),
    /// No board follows from it.
    Boardless(String),
}

impl Fold {
    fn of(stream: &str) -> Self {
        let name = || stream.to_owned();
        match stream.split_once(':').map(|(sort, _)| sort) {
            Some("report") => Self::Report(Box::new(Loaded::new(name()))),
            Some("incident") => Self::Incident(Box::new(Loaded::new(name()))),
            Some("organisation") => Self::Organisation(Box::new(Loaded::new(name()))),
            Some("person") => Self::Person(Box::new(Loaded::new(name()))),
            Some("accountability") => Self::Accountability(Box::new(Loaded::new(name()))),
            Some("shift") => Self::Shift(Box::new(Loaded::new(name()))),
            Some("message") => Self::Message(Box::new(Loaded::new(name()))),
            Some("call_out") => Self::CallOut(Box::new(Loaded::new(name()))),
            Some("custody") => Self::Custody(Box::new(Loaded::new(name()))),
            Some(_) | None => Self::Boardless(name()),
        }
    }

    fn stream(&self) -> &str {
        match self {
            Self::Report(loaded) => &loaded.stream,
            Self::Incident(loaded) => &loaded.stream,
            Self::Organisation(loaded) => &loaded.stream,
            Self::Person(loaded) => &loaded.stream,
            Self::Accountability(loaded) => &loaded.stream,
            Self::Message(loaded) => &loaded.stream,
            Self::CallOut(loaded) => &loaded.stream,
            Self::Custody(loaded) => &loaded.stream,
            Self::Shift(loaded) => &loaded.stream,
            Self::Boardless(stream) => stream,
        }
    }

    fn fold(&mut self, entry: &Entry) -> Result<(), DeskFault> {
        match self {
            Self::Report(loaded) => loaded.fold(entry),
            Self::Incident(loaded) => loaded.fold(entry),
            Self::Organisation(loaded) => loaded.fold(entry),
            Self::Person(loaded) => loaded.fold(entry),
            Self::Accountability(loaded) => loaded.fold(entry),
            Self::Message(loaded) => loaded.fold(entry),
            Self::CallOut(loaded) => loaded.fold(entry),
            Self::Custody(loaded) => loaded.fold(entry),
            Self::Shift(loaded) => loaded.fold(entry),
            Self::Boardless(_) => Ok(()),
        }
    }
}
