//! Accountability files and suggestions, as far as somebody may see them.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_response::accountability::Accountability;
use fengsui_response::{
    AccountabilityEvent, AccountabilityKind, Attachment, BlobRef, Capacity, Evidence, Ground,
    Outcome,
};
use fengsui_store::{Direction, Filter, Row, Select, Sight, Value};
use fengsui_vocabulary::{AccountabilityId, BlobId, IncidentId, OrganisationId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::list::{PAGE_LINES, id_of, parsed, place};
use super::{Page, ReadFile};
use crate::blobs::references;
use crate::boards::{ACCOUNTABILITY, INCIDENT, SUGGESTION};
use crate::content::Addition;
use crate::desk::unreadable;
use crate::project::suggestion_of;
use crate::stream::{accountability_stream, incident_stream};
use crate::{Desk, DeskFault, Viewer};

/// Rows of suggestions read at once.
const SCAN: u32 = 200;

/// How often that is done for one page at most: what was settled is passed over.
const SCANS_MAX: usize = 10;

/// Files about the incidents of one scan at most.
const SETTLED_MAX: u32 = 10_000;

/// Bytes of a text that is read along with its file.
const TEXT_BYTES_MAX: u64 = 256 * 1024;

/// A file in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountabilityLine {
    /// Which.
    pub file: AccountabilityId,
    /// What it is about.
    pub kind: AccountabilityKind,
    /// Which organisation.
    pub organisation: OrganisationId,
    /// In which incident.
    pub incident: Option<IncidentId>,
    /// `open`, `asked`, `heard`, `decided`, `withdrawn` or `dismissed`.
    pub state: String,
    /// What was decided.
    pub outcome: Option<Outcome>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By when the organisation may answer, while it may.
    pub answer_by: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// Something that the program suggests to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestionLine {
    /// What it would be about.
    pub kind: AccountabilityKind,
    /// Which organisation.
    pub organisation: OrganisationId,
    /// In which incident.
    pub incident: IncidentId,
    /// The incident's number.
    pub number: String,
    /// What it rests on, as far as nobody has dealt with it.
    pub ground: Vec<Ground>,
    /// The file about the same that there is already: what is found belongs there.
    pub file: Option<AccountabilityId>,
}

/// Which files are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountabilityShelf {
    /// Something is still to be done about them.
    Open,
    /// They were decided or withdrawn.
    Closed,
    /// Contributions, whatever their state.
    Commendations,
    /// Suggestions that were dismissed.
    Dismissed,
}

/// One file as somebody sees it at one moment.
#[derive(Clone, Debug)]
pub struct AccountabilityView {
    /// Which.
    pub id: AccountabilityId,
    /// Everything that was written about it, folded.
    pub file: Accountability,
    /// Whether this viewer may hold the organisation to account.
    pub may_act: bool,
    /// Whether it is the viewer's own organisation.
    pub is_own: bool,
    /// The number of its incident, if this viewer may see that.
    pub number: Option<String>,
    /// When this was read.
    pub now: Timestamp,
    texts: BTreeMap<BlobId, Vec<u8>>,
}

impl AccountabilityView {
    /// A text of the file; none when it was erased.
    pub fn text<T: DeserializeOwned>(&self, reference: &BlobRef) -> Option<T> {
        serde_json::from_slice(self.texts.get(&reference.blob)?).ok()
    }

    /// Every file in it with its name.
    pub fn files(&self) -> Vec<(String, &Attachment)> {
        let mut files = Vec::new();
        for attached in &self.file.evidence {
            if let Evidence::File { file } = &attached.evidence {
                files.push((self.name_of(attached.note.as_ref(), file, "evidence"), file));
            }
        }
        for statement in &self.file.statements {
            let names = self.text::<Addition>(&statement.text).map(|it| it.file_names);
            let mut names = names.unwrap_or_default().into_iter();
            for file in &statement.files {
                let name = names.next().map_or_else(|| "statement".to_owned(), |it| it.to_string());
                files.push((name, file));
            }
        }
        let documents = self.file.decisions.iter().filter_map(|ruling| {
            let name = ruling.document.as_ref().map_or("document", |number| number.as_str());
            Some((name.to_owned(), ruling.file.as_ref()?))
        });
        files.extend(documents);
        files
    }

    /// Files of one note are named in their order.
    fn name_of(&self, note: Option<&BlobRef>, file: &Attachment, otherwise: &str) -> String {
        let with_note = self.file.evidence.iter().filter(|it| it.note.as_ref() == note);
        let of_note = with_note.filter_map(|it| match &it.evidence {
            Evidence::File { file } => Some(file),
            Evidence::Tick { .. } | Evidence::Report { .. } | Evidence::Incident { .. } => None,
        });
        let place = of_note.into_iter().position(|it| it == file);
        let names = note.and_then(|note| self.text::<Addition>(note)).map(|it| it.file_names);
        let name = place.and_then(|place| names?.get(place).map(ToString::to_string));
        name.unwrap_or_else(|| otherwise.to_owned())
    }
}

impl Desk {
    /// Files that this viewer may see, the newest first.
    pub async fn accountability_files(
        &self,
        viewer: &Viewer,
        on: AccountabilityShelf,
        after: Option<&str>,
    ) -> Result<Page<AccountabilityLine>, DeskFault> {
        let states = |states: &[&str]| {
            Filter::In("state", states.iter().map(|state| Value::from(*state)).collect())
        };
        let commended = || Value::from(AccountabilityKind::Commendation.name());
        let mut select = Select::of(&ACCOUNTABILITY, viewer.sight());
        select = match on {
            AccountabilityShelf::Open => select
                .filter(states(&["open", "asked", "heard"]))
                .filter(Filter::Ne("kind", commended())),
            AccountabilityShelf::Closed => select
                .filter(states(&["decided", "withdrawn"]))
                .filter(Filter::Ne("kind", commended())),
            AccountabilityShelf::Commendations => select
                .filter(states(&["open", "asked", "heard", "decided", "withdrawn"]))
                .filter(Filter::Eq("kind", commended())),
            AccountabilityShelf::Dismissed => select.filter(states(&["dismissed"])),
        };
        let select = select
            .order("opened_at", Direction::Descending)
            .after(place(after))
            .limit(PAGE_LINES + 1);
        let mut page = self.page(&select, line).await?;
        page.lines.retain(|line| may_list(viewer, line));
        Ok(page)
    }

    /// Files about one organisation that this viewer may see, the newest first.
    pub async fn accountability_of(
        &self,
        viewer: &Viewer,
        organisations: &BTreeSet<OrganisationId>,
    ) -> Result<Vec<AccountabilityLine>, DeskFault> {
        let asked = organisations.iter().map(|id| id.to_string().into()).collect();
        let select = Select::of(&ACCOUNTABILITY, viewer.sight())
            .filter(Filter::In("organisation", asked))
            .filter(Filter::Ne("state", "dismissed".into()))
            .order("opened_at", Direction::Descending)
            .limit(PAGE_LINES);
        let rows = self.store().rows(&select).await?;
        let mut lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        lines.retain(|line| may_list(viewer, line));
        Ok(lines)
    }

    /// One file, if this viewer may see it.
    pub async fn accountability(
        &self,
        viewer: &Viewer,
        id: AccountabilityId,
    ) -> Result<AccountabilityView, DeskFault> {
        let stream = accountability_stream(id);
        if !self.store().may_see(&stream, &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        let loaded = self.load_existing::<Accountability>(stream).await?;
        let file = loaded.state;
        let matter = file.matter.clone().ok_or(DeskFault::Absent)?;
        let is_own = viewer.organisations.contains(&matter.organisation);
        if viewer.actor.organisation == Some(matter.organisation)
            && !file.is_shown_to_organisation()
        {
            return Err(DeskFault::Absent);
        }
        let numbers = match matter.incident {
            Some(incident) => self.numbers(viewer, [incident].into()).await?,
            None => BTreeMap::new(),
        };
        Ok(AccountabilityView {
            id,
            may_act: self.may_hold_to_account(viewer, matter.organisation),
            is_own,
            number: numbers.into_values().next(),
            now: self.now().max(loaded.recorded_at),
            texts: self.accountability_texts(&file).await?,
            file,
        })
    }

    /// A file of an accountability file, if this viewer may see that.
    pub async fn accountability_file(
        &self,
        viewer: &Viewer,
        id: AccountabilityId,
        blob: BlobId,
    ) -> Result<ReadFile, DeskFault> {
        let view = self.accountability(viewer, id).await?;
        let files = view.files();
        let found = files.iter().find(|(_, attachment)| attachment.file.blob == blob);
        let (name, attachment) = found.ok_or(DeskFault::Absent)?;
        Ok(ReadFile {
            name: name.clone(),
            media_type: attachment.media_type.clone(),
            bytes: self.bytes(blob).await?.ok_or(DeskFault::Absent)?,
        })
    }

    /// What the program suggests to whoever may hold to account, the newest first.
    pub async fn suggestions(
        &self,
        viewer: &Viewer,
        after: Option<&str>,
    ) -> Result<Page<SuggestionLine>, DeskFault> {
        let now = self.now();
        let mut page = Page { lines: Vec::new(), next: None };
        if !viewer.is_any(&[Capacity::Officer, Capacity::Leader, Capacity::Auditor]) {
            return Ok(page);
        }
        let mut select = Select::of(&SUGGESTION, viewer.sight())
            .filter(Filter::AtMost("since_at", now.into()))
            .order("since_at", Direction::Descending)
            .after(place(after))
            .limit(SCAN);
        let wanted = usize::try_from(PAGE_LINES).unwrap_or(usize::MAX);
        for _ in 0..SCANS_MAX {
            let rows = self.store().rows(&select).await?;
            let settled = self.settled(&rows).await?;
            let mut left = rows.iter();
            while page.lines.len() < wanted
                && let Some(row) = left.next()
            {
                page.next = Some(row.cursor(&select)?.to_string());
                page.lines.extend(self.suggestion_line(viewer, row, &settled, now)?);
            }
            if page.lines.len() == wanted {
                break;
            }
            if rows.len() < usize::try_from(SCAN).unwrap_or(usize::MAX) {
                page.next = None;
                break;
            }
            select = select.after(place(page.next.as_deref()));
        }
        self.numbered(viewer, page).await
    }

    fn suggestion_line(
        &self,
        viewer: &Viewer,
        row: &Row,
        settled: &BTreeMap<Key, Settled>,
        now: Timestamp,
    ) -> Result<Option<SuggestionLine>, DeskFault> {
        let incident: IncidentId = id_of(row, "incident:")?;
        let found = suggestion_of(row.text("suggestion")?).map_err(unreadable)?;
        let (kind, organisation) = (found.matter.kind, found.matter.organisation);
        let is_own = viewer.actor.organisation == Some(organisation);
        if is_own || !self.answers_for(viewer, organisation) {
            return Ok(None);
        }
        let settled = settled.get(&(incident, organisation, kind));
        let mut ground = found.ground_at(now);
        if let Some(settled) = settled {
            let is_left =
                |ground: &Ground| ground.key().is_some_and(|key| !settled.ground.contains(&key));
            if !ground.iter().any(is_left) {
                return Ok(None);
            }
            ground.retain(|ground| ground.key().is_none() || is_left(ground));
        }
        let file = settled.and_then(|settled| settled.file);
        let number = String::new();
        let line = SuggestionLine { kind, organisation, incident, number, ground, file };
        Ok((!line.ground.is_empty()).then_some(line))
    }

    /// What was dealt with about the incidents of these rows.
    async fn settled(&self, rows: &[Row]) -> Result<BTreeMap<Key, Settled>, DeskFault> {
        let mut settled: BTreeMap<Key, Settled> = BTreeMap::new();
        let incidents: BTreeSet<IncidentId> =
            rows.iter().map(|row| id_of(row, "incident:")).collect::<Result<_, _>>()?;
        if incidents.is_empty() {
            return Ok(settled);
        }
        let incidents = incidents.iter().map(|incident| incident.to_string().into()).collect();
        // Whatever anybody dealt with is dealt with, whoever looks.
        let select = Select::of(&ACCOUNTABILITY, Sight::Everything)
            .filter(Filter::In("incident", incidents))
            .limit(SETTLED_MAX);
        for row in self.store().rows(&select).await? {
            let line = line(&row)?;
            let Some(incident) = line.incident else { continue };
            let ground: BTreeSet<String> =
                serde_json::from_str(row.text("ground")?).map_err(unreadable)?;
            let known = settled.entry((incident, line.organisation, line.kind)).or_default();
            known.ground.extend(ground);
            if line.state != "dismissed" {
                known.file = Some(line.file);
            }
        }
        Ok(settled)
    }

    async fn numbered(
        &self,
        viewer: &Viewer,
        mut page: Page<SuggestionLine>,
    ) -> Result<Page<SuggestionLine>, DeskFault> {
        let incidents = page.lines.iter().map(|line| line.incident).collect();
        let numbers = self.numbers(viewer, incidents).await?;
        for line in &mut page.lines {
            line.number = numbers.get(&line.incident).cloned().unwrap_or_default();
        }
        Ok(page)
    }

    async fn numbers(
        &self,
        viewer: &Viewer,
        incidents: BTreeSet<IncidentId>,
    ) -> Result<BTreeMap<IncidentId, String>, DeskFault> {
        if incidents.is_empty() {
            return Ok(BTreeMap::new());
        }
        let streams = incidents.iter().map(|incident| incident_stream(*incident).into()).collect();
        let select =
            Select::of(&INCIDENT, viewer.sight()).filter(Filter::In("stream", streams)).limit(SCAN);
        let rows = self.store().rows(&select).await?;
        rows.iter()
            .map(|row| Ok((id_of(row, "incident:")?, row.text("number")?.to_owned())))
            .collect()
    }

    async fn accountability_texts(
        &self,
        file: &Accountability,
    ) -> Result<BTreeMap<BlobId, Vec<u8>>, DeskFault> {
        let mut texts = BTreeMap::new();
        let payloads =
            file.log.iter().map(|recorded| AccountabilityEvent::to_stored(&recorded.event).payload);
        for reference in payloads.flat_map(|payload| references(&payload)) {
            let size = self.store().blob_size(reference.blob).await?;
            if size.is_some_and(|size| size <= TEXT_BYTES_MAX)
                && let Some(bytes) = self.bytes(reference.blob).await?
            {
                texts.insert(reference.blob, bytes);
            }
        }
        Ok(texts)
    }
}

/// Incident, organisation and kind.
type Key = (IncidentId, OrganisationId, AccountabilityKind);

/// What was dealt with about one matter.
#[derive(Default)]
struct Settled {
    ground: BTreeSet<String>,
    file: Option<AccountabilityId>,
}

/// Who sees everything would see what their own organisation is not asked about yet.
fn may_list(viewer: &Viewer, line: &AccountabilityLine) -> bool {
    viewer.actor.organisation != Some(line.organisation) || is_shown(line)
}

/// Whether the organisation may see that there is such a file.
fn is_shown(line: &AccountabilityLine) -> bool {
    match line.outcome {
        Some(Outcome::Commended) => true,
        Some(Outcome::None | Outcome::Sanction | Outcome::Referred) => {
            line.kind != AccountabilityKind::Commendation
        }
        None => matches!(line.state.as_str(), "asked" | "heard"),
    }
}

fn line(row: &Row) -> Result<AccountabilityLine, DeskFault> {
    let kind = row.text("kind")?;
    let kind = AccountabilityKind::named(kind);
    Ok(AccountabilityLine {
        file: id_of(row, "accountability:")?,
        kind: kind.ok_or_else(|| DeskFault::Unreadable("an accountability kind".to_owned()))?,
        organisation: parsed(row.text("organisation")?)?,
        incident: row.opt_text("incident")?.map(parsed).transpose()?,
        state: row.text("state")?.to_owned(),
        outcome: row.opt_text("outcome")?.and_then(Outcome::named),
        opened_at: row.time("opened_at")?,
        answer_by: row.opt_time("answer_by")?,
        decided_at: row.opt_time("decided_at")?,
    })
}
