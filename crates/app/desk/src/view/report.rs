//! One report, for whoever takes it in or is affected by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use fengsui_plan::{Duty, Plan};
use fengsui_response::custody::Custody;
use fengsui_response::report::{Report, ReportStatus};
use fengsui_response::{Attachment, BlobRef};
use fengsui_vocabulary::{BlobId, IncidentId, Line, ReportId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::ReportLine;
use super::list::report_line;
use crate::blobs::references;
use crate::boards::REPORT;
use crate::content::{Addition, ReportContent};
use crate::stream::{custody_stream, report_stream};
use crate::{Desk, DeskFault, ErasedText, Viewer};

/// Bytes of a text that is read along with its report.
const TEXT_BYTES_MAX: u64 = 256 * 1024;

/// One report as somebody sees it at one moment.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// Which.
    pub id: ReportId,
    /// Everything that was written about it, folded.
    pub report: Report,
    /// The version of its stream.
    pub version: u64,
    /// What the reporter wrote; none when it was sealed or erased.
    pub content: Option<ReportContent>,
    /// The leading plan, in the edition on which it came in.
    pub lead: Option<Arc<Plan>>,
    /// What is owed because of it, until an incident takes over.
    pub duties: Vec<Duty>,
    /// Other reports that may be about the same.
    pub likely_same: Vec<ReportLine>,
    /// What is held and erased of it, for those who handle such things.
    pub custody: Custody,
    /// When this was read.
    pub now: Timestamp,
    texts: BTreeMap<BlobId, Vec<u8>>,
    erased: BTreeMap<BlobId, ErasedText>,
}

/// A file to hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// Its name.
    pub name: String,
    /// What it claims to be.
    pub media_type: Line,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl ReportView {
    /// A text of the report; none when it was sealed or erased.
    pub fn text<T: DeserializeOwned>(&self, reference: &BlobRef) -> Option<T> {
        serde_json::from_slice(self.texts.get(&reference.blob)?).ok()
    }

    /// Whether it may not be handled here.
    const fn is_sealed(&self) -> bool {
        matches!(self.report.status, ReportStatus::Sealed(_))
    }

    /// When and on what ground a text was erased, if it was.
    pub fn erased(&self, reference: &BlobRef) -> Option<&ErasedText> {
        self.erased.get(&reference.blob)
    }

    /// Every file of the report with its name, in the order in which they came.
    pub fn files(&self) -> Vec<(String, &Attachment)> {
        let mut files = Vec::new();
        if let Some(intake) = self.report.intake.as_ref().filter(|_| !self.is_sealed()) {
            // Names go with the content; a file may be left when that was erased.
            let names = self.content.as_ref().map(|content| content.file_names.as_slice());
            files.extend(named(names.unwrap_or_default(), &intake.attachments));
        }
        for supplement in &self.report.supplements {
            let addition = self.text::<Addition>(&supplement.content);
            let names = addition.map(|addition| addition.file_names).unwrap_or_default();
            files.extend(named(&names, &supplement.attachments));
        }
        for question in self.report.questions.values() {
            if let Some((_, text, attachments)) = &question.answer {
                let addition = self.text::<Addition>(text);
                let names = addition.map(|addition| addition.file_names).unwrap_or_default();
                files.extend(named(&names, attachments));
            }
        }
        files
    }
}

fn named<'a>(names: &[Line], files: &'a [Attachment]) -> Vec<(String, &'a Attachment)> {
    let name = |index: usize| names.get(index).map_or_else(String::new, ToString::to_string);
    files.iter().enumerate().map(|(index, file)| (name(index), file)).collect()
}

impl Desk {
    /// One report, if this viewer may see it.
    pub async fn report(&self, viewer: &Viewer, id: ReportId) -> Result<ReportView, DeskFault> {
        if !self.store().may_see(&report_stream(id), &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        let mut view = self.report_view(id).await?;
        view.likely_same = self.likely_same(viewer, &view).await?;
        Ok(view)
    }

    /// One report, for whoever has proved to hold its number and secret, or may see it.
    pub(crate) async fn report_view(&self, id: ReportId) -> Result<ReportView, DeskFault> {
        let loaded = self.load_existing::<Report>(report_stream(id)).await?;
        let report = loaded.state;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let lead = report.intake.as_ref().and_then(|intake| packs.of(&intake.lead)).cloned();
        let duties = lead.as_ref().map(|plan| report.owed(plan, now)).unwrap_or_default();
        let is_sealed = matches!(report.status, ReportStatus::Sealed(_));
        let texts = if is_sealed { BTreeMap::new() } else { self.report_texts(&report).await? };
        let content = report
            .intake
            .as_ref()
            .and_then(|intake| serde_json::from_slice(texts.get(&intake.content.blob)?).ok());
        let likely_same = Vec::new();
        let gone = if is_sealed { Vec::new() } else { self.gone_of(&report).await? };
        let erased = self.erased_among(gone).await?;
        Ok(ReportView {
            id,
            report,
            version: loaded.version,
            content,
            lead,
            duties,
            likely_same,
            custody: self.load::<Custody>(custody_stream(&report_stream(id))).await?.state,
            now,
            texts,
            erased,
        })
    }

    /// The texts and files of a report that are not there any more.
    async fn gone_of(&self, report: &Report) -> Result<Vec<BlobId>, DeskFault> {
        let mut gone = Vec::new();
        let payloads = report.log.iter().map(|recorded| recorded.event.to_stored().payload);
        for reference in payloads.flat_map(|payload| references(&payload)) {
            if self.store().blob_size(reference.blob).await?.is_none() {
                gone.push(reference.blob);
            }
        }
        Ok(gone)
    }

    /// A file of a report that this viewer may see.
    pub async fn report_file(
        &self,
        viewer: &Viewer,
        id: ReportId,
        blob: BlobId,
    ) -> Result<ReadFile, DeskFault> {
        let view = self.report(viewer, id).await?;
        let files = view.files();
        let found = files.iter().find(|(_, attachment)| attachment.file.blob == blob);
        let (name, attachment) = found.ok_or(DeskFault::Absent)?;
        Ok(ReadFile {
            name: name.clone(),
            media_type: attachment.media_type.clone(),
            bytes: self.bytes_or_why(blob).await?,
        })
    }

    async fn report_texts(&self, report: &Report) -> Result<BTreeMap<BlobId, Vec<u8>>, DeskFault> {
        let mut texts = BTreeMap::new();
        let payloads = report.log.iter().map(|recorded| recorded.event.to_stored().payload);
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

    /// Reports that name the same organisation and came within a day of it.
    async fn likely_same(
        &self,
        viewer: &Viewer,
        view: &ReportView,
    ) -> Result<Vec<ReportLine>, DeskFault> {
        use fengsui_store::{Direction, Filter, Select};
        const NEARBY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

        let Some(intake) = &view.report.intake else { return Ok(Vec::new()) };
        let affected: Vec<Filter> = view
            .report
            .affected
            .values()
            .filter_map(|affected| affected.organisation)
            .map(|organisation| Filter::Contains("affected", organisation.to_string()))
            .collect();
        if affected.is_empty() {
            return Ok(Vec::new());
        }
        let select = Select::of(&REPORT, viewer.sight())
            .filter(Filter::AtLeast("taken_in_at", (intake.taken_in_at - NEARBY).into()))
            .filter(Filter::AtMost("taken_in_at", (intake.taken_in_at + NEARBY).into()))
            .filter(Filter::Ne("stream", report_stream(view.id).into()))
            .filter(Filter::AnyOf(affected))
            .order("taken_in_at", Direction::Descending)
            .limit(6);
        Ok(self.page(&select, report_line).await?.lines)
    }

    /// Incidents that a report could join.
    pub async fn joinable(&self, viewer: &Viewer) -> Result<Vec<(IncidentId, String)>, DeskFault> {
        let open = self.incidents(viewer, super::OnlyOpen::Yes, None).await?;
        let line =
            |line: super::IncidentLine| (line.incident, format!("{} {}", line.number, line.title));
        Ok(open.lines.into_iter().map(line).collect())
    }
}
