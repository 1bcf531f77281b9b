//! The registry as somebody may see it.

use fengsui_response::Details;
use fengsui_response::organisation::Organisation;
use fengsui_store::{Direction, Filter, Select};
use fengsui_vocabulary::{Label, OrganisationId};
use serde::Serialize;

use super::list::PAGE_LINES;
use super::{DutyLine, Page};
use crate::boards::{DUTY_DUE, ORGANISATION};
use crate::project::folded;
use crate::stream::organisation_stream;
use crate::{Desk, DeskFault, Viewer};

/// Words of a search that count.
const WORDS_MAX: usize = 8;

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
        self.page(&select, organisation_line).await
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
        let organisation = directory.organisation(id).cloned().ok_or(DeskFault::Absent)?;
        let details = organisation.newest().cloned().ok_or(DeskFault::Absent)?;
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
        Ok(OrganisationView { id, organisation, details, below, duties })
    }
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
