//! Past incidents under another edition: what it would have asked of whom, before it is adopted.

use fengsui_plan::{Difference, Plan, Replay};
use fengsui_response::PlanRef;
use fengsui_response::incident::Incident;
use fengsui_store::{Direction, Select, Sight};
use fengsui_vocabulary::IncidentId;
use jiff::Timestamp;

use crate::boards::INCIDENT;
use crate::stream::incident_stream;
use crate::view::{id_of, place};
use crate::{Desk, DeskFault};

/// Incidents read at once.
const PAGE: u32 = 500;

/// One past incident in which the editions differ.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Which.
    pub incident: IncidentId,
    /// Its number.
    pub number: String,
    /// The levels and duties that differ, in words.
    pub differences: Vec<Difference>,
}

impl Desk {
    /// Replays every incident that ran under edition `a` under edition `b` instead, the oldest first.
    /// Incidents for which nothing changes are counted, not told.
    pub async fn replay(
        &self,
        a: &PlanRef,
        b: &PlanRef,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Vec<Replayed>, DeskFault> {
        let packs = self.packs();
        let (Some(before), Some(after)) = (packs.of(a), packs.of(b)) else {
            return Err(DeskFault::Absent);
        };
        let all = Select::of(&INCIDENT, Sight::Everything);
        let of = self.store().count(&all).await?;
        let mut page = all.order("opened_at", Direction::Ascending).limit(PAGE);
        let (mut done, mut replayed) = (0, Vec::new());
        loop {
            let rows = self.store().rows(&page).await?;
            for row in &rows {
                let id: IncidentId = id_of(row, "incident:")?;
                let incident = self.load::<Incident>(incident_stream(id)).await?.state;
                let number = row.text("number")?.to_owned();
                replayed.extend(differences(&incident, (before, after), (id, number)));
                done += 1;
                progress(done, of);
            }
            let Some(last) = rows.last().filter(|_| rows.len() >= page_lines()) else {
                return Ok(replayed);
            };
            let next = last.cursor(&page)?.to_string();
            page = page.after(place(Some(&next)));
        }
    }
}

fn page_lines() -> usize {
    usize::try_from(PAGE).unwrap_or(usize::MAX)
}

/// As of when something was last written about it: what fell due later is not its story.
fn differences(
    incident: &Incident,
    (before, after): (&Plan, &Plan),
    (id, number): (IncidentId, String),
) -> Option<Replayed> {
    if !incident.plans.contains(&PlanRef::of(before)) {
        return None;
    }
    let history = incident.history_under(before);
    let at = incident.as_of().unwrap_or(Timestamp::UNIX_EPOCH);
    let past = Replay { name: &number, history: &history, at };
    let differences = fengsui_plan::replay(before, after, &[past]);
    (!differences.is_empty()).then_some(Replayed { incident: id, number, differences })
}
