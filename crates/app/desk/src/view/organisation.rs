//! The registry as somebody may see it.

use fengsui_response::organisation::{Network, Organisation};
use fengsui_response::{Actor, Details, Filing};
use fengsui_store::{Direction, Filter, Select};
use fengsui_vocabulary::{BlobId, Label, OrganisationId, RoleId};
use serde::Serialize;

use super::list::PAGE_LINES;
use super::{DutyLine, Page, ReadFile};
use crate::boards::{DUTY_DUE, ORGANISATION};
use crate::content::Contacts;
use crate::project::folded;
use crate::stream::organisation_stream;
use crate::{Desk, DeskFault, Directory, Viewer};

/// Words of a search that count.
const WORDS_MAX: usize = 8;

/// Shared networks that are shown at most.
const SHARED_MAX: usize = 50;

/// An organisation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrganisationLine {
    /// Which.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: Label,
    /// The one above it.
    pub parent: Option<OrganisationId>,
    /// Its district, by code.
    pub district: Option<String>,
    /// Its sector.
    pub sector: Option<String>,
    /// What it is in the sense of the law.
    pub kinds: Vec<String>,
    /// `registered` or `closed`.
    pub state: String,
}

/// One organisation.
#[derive(Clone, Debug)]
pub struct OrganisationView {
    /// Which.
    pub id: OrganisationId,
    /// Everything that was written about it, folded.
    pub organisation: Organisation,
    /// What it is now.
    pub details: Details,
    /// Those directly below it.
    pub below: Vec<(OrganisationId, Label)>,
    /// Its duties, kept and missed, the newest first.
    pub duties: Vec<DutyLine>,
    /// Whom to reach there; none when that was erased.
    pub contacts: Option<Contacts>,
    /// Networks that others have as well, as far as this viewer sees the others.
    pub shared: Vec<SharedNetwork>,
    /// Roles of the leading plan that it fills here.
    pub roles: Vec<RoleId>,
}

/// A network that two organisations have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedNetwork {
    /// As it is registered here.
    pub ours: Network,
    /// As it is registered there.
    pub theirs: Network,
    /// Who else.
    pub other: OrganisationId,
}

impl Desk {
    /// Organisations by name; with words, only those whose name contains all of them.
    pub async fn organisations(
        &self,
        viewer: &Viewer,
        words: &str,
        after: Option<&str>,
    ) -> Result<Page<OrganisationLine>, DeskFault> {
        let mut select = Select::of(&ORGANISATION, registry_sight(viewer))
            .order("name_zh", Direction::Ascending)
            .after(after.and_then(|after| after.parse().ok()))
            .limit(PAGE_LINES + 1);
        for word in folded(words).split_whitespace().take(WORDS_MAX) {
            select = select.filter(Filter::Contains("folded", word.to_owned()));
        }
        let mut page = self.page(&select, organisation_line).await?;
        let directory = self.directory();
        // The board may still show an entry to the district that it left.
        page.lines.retain(|line| directory.shows(line.organisation, viewer));
        Ok(page)
    }

    /// One organisation, if this viewer may see it.
    pub async fn organisation(
        &self,
        viewer: &Viewer,
        id: OrganisationId,
    ) -> Result<OrganisationView, DeskFault> {
        let stream = organisation_stream(id);
        if !self.store().may_see(&stream, &registry_sight(viewer)).await? {
            return Err(DeskFault::Absent);
        }
        let directory = self.directory();
        if !directory.shows(id, viewer) {
            return Err(DeskFault::Absent);
        }
        let organisation = directory.organisation(id).cloned().ok_or(DeskFault::Absent)?;
        let details = directory.details(id).cloned().ok_or(DeskFault::Absent)?;
        let below: Vec<_> = directory
            .organisations()
            .filter(|(_, below)| below.parent == Some(id))
            .map(|(below, _)| (below, directory.name_of(below)))
            .collect();
        let mut sight = viewer.sight();
        if let fengsui_store::Sight::Keys(keys) = &mut sight {
            keys.extend(viewer.organisations.iter().map(crate::viewer::own_key));
        }
        let duties = Select::of(&DUTY_DUE, sight)
            .filter(Filter::Eq("organisation", id.to_string().into()))
            .order("sort_at", Direction::Descending)
            .limit(PAGE_LINES);
        let duties = self.duty_lines(&duties).await?;
        let contacts = self.contacts_of(&details).await?;
        let shared = shared(viewer, &directory, (id, &details));
        let roles = directory.centre().roles_of(Some(id), Actor::PROGRAM);
        let roles = roles.into_values().flatten().collect();
        Ok(OrganisationView { id, organisation, details, below, duties, contacts, shared, roles })
    }

    /// Whom to reach; nobody where nobody was entered, none when it was erased.
    async fn contacts_of(&self, details: &Details) -> Result<Option<Contacts>, DeskFault> {
        match &details.contacts {
            Some(reference) => self.json(reference).await,
            None => Ok(Some(Contacts::default())),
        }
    }

    /// A document that an organisation filed, if this viewer may see the organisation.
    pub async fn filed_document(
        &self,
        viewer: &Viewer,
        id: OrganisationId,
        blob: BlobId,
    ) -> Result<ReadFile, DeskFault> {
        let view = self.organisation(viewer, id).await?;
        let is_it = |filing: &&Filing| {
            filing.document.as_ref().is_some_and(|document| document.file.blob == blob)
        };
        let periods = view.organisation.periods.iter().rev();
        let filing = periods.flat_map(|period| &period.details.filings).find(is_it);
        let filing = filing.ok_or(DeskFault::Absent)?;
        let document = filing.document.as_ref().ok_or(DeskFault::Absent)?;
        Ok(ReadFile {
            name: format!("{}{}", filing.title, extension(&document.media_type)),
            media_type: document.media_type.clone(),
            bytes: self.bytes_or_why(blob).await?,
        })
    }
}

/// What a file of a media type is usually called; what it is called by its sender is not kept.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        "text/csv" => ".csv",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "application/msword" => ".doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => ".docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => ".xlsx",
        _ => "",
    }
}

/// Networks that others have as well. Who they are is told to nobody who may not see them.
fn shared(
    viewer: &Viewer,
    directory: &Directory,
    (id, details): (OrganisationId, &Details),
) -> Vec<SharedNetwork> {
    let is_other = |(other, theirs): &(OrganisationId, &Details)| {
        *other != id && !theirs.networks.is_empty() && directory.shows(*other, viewer)
    };
    let is_open = |other: OrganisationId| {
        directory.organisation(other).is_some_and(|organisation| organisation.closed.is_none())
    };
    let with = |(other, theirs): (OrganisationId, &Details)| {
        let both = details.networks.overlaps(&theirs.networks);
        both.into_iter().map(move |(ours, theirs)| SharedNetwork { ours, theirs, other })
    };
    let others = directory.organisations().filter(is_other).filter(|(other, _)| is_open(*other));
    others.flat_map(with).take(SHARED_MAX).collect()
}

/// Whoever keeps the registry sees all of it; others what they may see anyway.
fn registry_sight(viewer: &Viewer) -> fengsui_store::Sight {
    if viewer.is(fengsui_response::Capacity::Registrar) {
        return fengsui_store::Sight::Everything;
    }
    viewer.sight()
}

fn organisation_line(row: &fengsui_store::Row) -> Result<OrganisationLine, DeskFault> {
    let id = row.stream().strip_prefix("organisation:").and_then(|id| id.parse().ok());
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(OrganisationLine {
        organisation: id.ok_or_else(|| DeskFault::Unreadable(row.stream().to_owned()))?,
        name: Label::new(row.text("name_zh")?, row.text("name_en")?),
        parent: row.opt_text("parent")?.and_then(|parent| parent.parse().ok()),
        district: owned(row.opt_text("district")?),
        sector: owned(row.opt_text("sector")?),
        kinds: row.text("kind")?.split_whitespace().map(str::to_owned).collect(),
        state: row.text("state")?.to_owned(),
    })
}
