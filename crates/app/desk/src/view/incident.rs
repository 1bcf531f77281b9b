//! One incident, whole, for somebody whose work it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use fengsui_plan::{Duty, Grade, Library, Plan};
use fengsui_response::custody::Custody;
use fengsui_response::incident::{
    Contradiction, InTheWay, Incident, Inconsistency, Technical, Waiting,
};
use fengsui_response::{BlobRef, IncidentEvent};
use fengsui_vocabulary::{BlobId, IncidentId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::desk::is_for;
use super::plans::PlanOfIncident;
use crate::blobs::references;
use crate::stream::{custody_stream, incident_stream};
use crate::{Desk, DeskFault, ErasedText, Viewer};

/// Texts of one incident that are read at once at most.
const TEXTS_MAX: usize = 500;

/// One incident as somebody sees it at one moment.
#[derive(Clone, Debug)]
pub struct IncidentView {
    /// Which.
    pub id: IncidentId,
    /// Everything that was written about it, folded.
    pub incident: Incident,
    /// The version of its stream: a form that was shown at an older one is stale.
    pub version: u64,
    /// The leading plan, in the edition on which the incident started.
    pub lead: Arc<Plan>,
    /// Who owes what to whom, under every plan, as far as the viewer may see.
    pub duties: Vec<Duty>,
    /// What the facts give under the leading plan.
    pub grade: Option<Grade>,
    /// What waits for whom.
    pub waiting: Vec<Waiting>,
    /// What stands in the way of closing.
    pub in_the_way: Vec<InTheWay>,
    /// Facts about which sources contradict each other.
    pub contradictions: Vec<Contradiction>,
    /// Facts that submissions under different plans tell differently.
    pub inconsistencies: Vec<Inconsistency>,
    /// How every plan stands to it.
    pub plans: Vec<PlanOfIncident>,
    /// What is held, erased and packaged of it, for those who handle such things.
    pub custody: Custody,
    /// When this was read.
    pub now: Timestamp,
    texts: BTreeMap<BlobId, Vec<u8>>,
    erased: BTreeMap<BlobId, ErasedText>,
}

impl IncidentView {
    /// A text of the incident; none when it was erased or is for others.
    pub fn text<T: DeserializeOwned>(&self, reference: &BlobRef) -> Option<T> {
        serde_json::from_slice(self.texts.get(&reference.blob)?).ok()
    }

    /// When and on what ground a text was erased, if it was.
    pub fn erased(&self, reference: &BlobRef) -> Option<&ErasedText> {
        self.erased.get(&reference.blob)
    }

    /// Where the technical plan stands under the leading plan; none where its text gives no order for one.
    pub fn technical(&self) -> Option<Technical<'_>> {
        self.incident.technical(&self.lead)
    }

    /// The bytes of a text, as they were sent.
    pub fn bytes(&self, blob: BlobId) -> Option<&[u8]> {
        self.texts.get(&blob).map(Vec::as_slice)
    }
}

impl Desk {
    /// One incident, if it is this viewer's work.
    pub async fn incident(
        &self,
        viewer: &Viewer,
        id: IncidentId,
    ) -> Result<IncidentView, DeskFault> {
        let stream = incident_stream(id);
        if !viewer.handles() || !self.store().may_see(&stream, &viewer.sight()).await? {
            return Err(DeskFault::Absent);
        }
        let loaded = self.load_existing::<Incident>(stream).await?;
        let incident = loaded.state;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let lead = incident.lead().and_then(|lead| packs.of(lead)).cloned();
        let lead = lead.ok_or_else(|| DeskFault::Unreadable("the plan's edition".to_owned()))?;
        let directory = self.directory();
        let mut duties = incident.duties_under(&packs, now);
        duties.retain(|duty| is_for(viewer, &directory, duty.organisation.as_deref()));
        let (texts, gone) = self.texts_of(&incident).await?;
        Ok(IncidentView {
            id,
            version: loaded.version,
            duties,
            grade: incident.grade(&lead).ok(),
            waiting: incident.waiting(&packs, now),
            in_the_way: incident.is_closable(&packs, now).err().unwrap_or_default(),
            contradictions: incident.contradictions(Library::shipped().catalogue()),
            inconsistencies: incident.inconsistencies(),
            plans: self.standings(&incident),
            custody: self.load::<Custody>(custody_stream(&incident_stream(id))).await?.state,
            texts,
            erased: self.erased_among(gone).await?,
            now,
            lead,
            incident,
        })
    }

    /// The texts of an incident, and those that are not there any more.
    async fn texts_of(
        &self,
        incident: &Incident,
    ) -> Result<(BTreeMap<BlobId, Vec<u8>>, Vec<BlobId>), DeskFault> {
        let (mut texts, mut gone) = (BTreeMap::new(), Vec::new());
        let payloads =
            incident.log.iter().map(|recorded| IncidentEvent::to_stored(&recorded.event).payload);
        for reference in payloads.flat_map(|payload| references(&payload)).take(TEXTS_MAX) {
            match self.bytes(reference.blob).await? {
                Some(bytes) => drop(texts.insert(reference.blob, bytes)),
                None => gone.push(reference.blob),
            }
        }
        Ok((texts, gone))
    }
}
