//! Custody: holds, erasures and packages of evidence of whatever has a stream.
//!
//! An erasure is one commit: the approval, the texts and their keys gone, and the boards of every stream that
//! points at them made anew. A report gains an entry too, so that whoever decided on it with the old text in hand
//! is overtaken and decides again without it.

mod evidence;
mod packed;
mod retention;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fengsui_response::custody::{self, Custody, CustodyCommand, Held};
use fengsui_response::report::Report;
use fengsui_response::{
    Actor, Asked, BlobRef, CustodyEvent, Decided, ErasureScope, Packs, ReportEvent, Scene,
    TextsErased,
};
use fengsui_store::{Entry, SideWrite, StreamCommit};
use fengsui_vocabulary::{BlobId, CommandId, IncidentId, Line, ReportId};
use jiff::Timestamp;
use serde_json::Value;

use crate::blobs::references;
use crate::commit::{ATTEMPTS_MAX, Done, Gains, done_before};
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{ENTRIES_MAX, Loaded, custody_stream, incident_stream, report_stream};
use crate::{Desk, DeskFault};

pub use evidence::{EvidenceAsked, EvidenceMade};
pub use packed::{EvidenceBroken, EvidenceSound, verify_evidence};
pub use retention::{DueLine, RetentionDue};
pub use view::{CustodyLine, CustodyView, CustodyWork, ErasedText, HeldText};

/// Sorts of streams whose texts the program itself stands on: the packs in force, and custody itself.
const NEVER_ERASED: [&str; 3] = ["centre", "custody", "refusal"];

/// An erasure that is about to be carried out.
pub(crate) struct Erasure {
    pub(crate) subject: String,
    pub(crate) command_id: CommandId,
    pub(crate) by: Actor,
    pub(crate) why: Why,
}

/// Why texts go.
#[derive(Clone)]
pub(crate) enum Why {
    /// Somebody approves this request.
    Request(u32),
    /// A rule of the house says so.
    Rule(Line),
}

/// Who else has to do with the texts of a subject.
struct Around {
    /// Streams that point at the same texts, with their entries.
    elsewhere: BTreeMap<String, Vec<Entry>>,
    /// The custody of those streams and of what the subject belongs to.
    custodies: Vec<Loaded<Custody>>,
}

impl Desk {
    /// Carries out a command about the custody of a subject, which is named by its stream.
    pub async fn act_on_custody(
        &self,
        subject: &str,
        command_id: CommandId,
        asked: Asked<CustodyCommand>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_subject(&asked.by, subject).await?;
        if let CustodyCommand::ApproveErasure { request, .. } = asked.command {
            let (subject, by) = (subject.to_owned(), asked.by);
            return self
                .erase(Erasure { subject, command_id, by, why: Why::Request(request) })
                .await;
        }
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load::<Custody>(custody_stream(subject)).await?;
            let now = self.now().max(loaded.recorded_at);
            let decided = match custody::decide(&loaded.state, &asked, &scene(now)) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    return Err(self.refuse(asked.by.person, about, refusal).await);
                }
            };
            let after = loaded.after(&decided, now, asked.by.person);
            let gains = gains(command_id, &asked.by, now);
            match self.commit_one(&loaded, &decided, project::custody_rows(&after), gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Nobody handles what they may not see, and some texts are never erased.
    async fn check_subject(&self, by: &Actor, subject: &str) -> Result<(), DeskFault> {
        let sort = subject.split(':').next().unwrap_or_default();
        if NEVER_ERASED.contains(&sort) || self.store().version(subject).await? == 0 {
            return Err(DeskFault::Absent);
        }
        self.check_sight(by, subject).await
    }

    /// Erases texts in one step with the decision.
    pub(crate) async fn erase(&self, erasure: Erasure) -> Result<Done, DeskFault> {
        for _ in 0..ATTEMPTS_MAX {
            match self.erase_once(&erasure).await {
                Err(DeskFault::Overtaken(_)) => {} // look again at who points at it
                Ok(done) => {
                    self.scrub().await;
                    return Ok(done);
                }
                fault => return fault,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn erase_once(&self, erasure: &Erasure) -> Result<Done, DeskFault> {
        let loaded = self.load::<Custody>(custody_stream(&erasure.subject)).await?;
        let own = self.entries_of(&erasure.subject).await?;
        let texts = self.texts_left(&own).await?;
        let around =
            self.around(erasure, &own, &meant(&loaded.state, &erasure.why, &texts)).await?;
        let now = self.now().max(loaded.recorded_at);
        let (by, held) = (erasure.by.clone(), around.held()?);
        let command = match &erasure.why {
            Why::Request(request) => {
                CustodyCommand::ApproveErasure { request: *request, texts, held }
            }
            Why::Rule(rule) => CustodyCommand::EraseByRule { rule: rule.clone(), texts, held },
        };
        let name = command.name();
        let asked = Asked::now(by, command);
        let decided = match custody::decide(&loaded.state, &asked, &scene(now)) {
            Ok(decided) => decided,
            Err(refusal) => {
                return Err(self.refuse(asked.by.person, (&loaded.stream, name), refusal).await);
            }
        };
        self.commit_erasure(erasure, (&loaded, &decided), (own, around), now).await
    }

    async fn commit_erasure(
        &self,
        erasure: &Erasure,
        (loaded, decided): (&Loaded<Custody>, &[Decided<CustodyEvent>]),
        (own, around): (Vec<Entry>, Around),
        now: Timestamp,
    ) -> Result<Done, DeskFault> {
        let Some(erased) = decided.iter().find_map(|it| erased_in(&it.event)) else {
            return Ok(Done { kinds: Vec::new(), repeated: false });
        };
        let person = erasure.by.person;
        let after = loaded.after(decided, now, person);
        let mut streams = vec![loaded.gains(decided, project::custody_rows(&after))];
        let blind = self.without(erased.blobs.iter().map(|text| text.blob).collect());
        streams.push(blind.made_anew(&own, erased, (now, &erasure.by)).await?);
        for entries in around.elsewhere.values() {
            streams.push(blind.made_anew(entries, erased, (now, &erasure.by)).await?);
        }
        streams.extend(match erasure.why {
            Why::Request(_) => around.told(&erasure.subject, erased, (now, &erasure.by))?,
            Why::Rule(_) => around.watched(),
        });
        let mut commit = gains(erasure.command_id, &erasure.by, now).commit(decided, streams);
        commit.side = erased.blobs.iter().map(|text| SideWrite::EraseBlob(text.blob)).collect();
        let kinds = decided.iter().map(|it| it.event.kind().to_owned()).collect();
        let committed = self.append(commit).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    /// The boards of a stream as they are without the texts.
    async fn made_anew(
        &self,
        entries: &[Entry],
        erased: &TextsErased,
        (now, by): (Timestamp, &Actor),
    ) -> Result<StreamCommit, DeskFault> {
        let last = entries.last().ok_or(DeskFault::Absent)?;
        if last.stream.starts_with("report:") {
            let mut loaded = Loaded::<Report>::new(last.stream.clone());
            entries.iter().try_for_each(|entry| loaded.fold(entry))?;
            let event = Decided::<ReportEvent>::new(now, erased.clone());
            let now = now.max(loaded.recorded_at);
            return self.report_gains(&loaded, &[event], now, by.person).await;
        }
        let rows = self.rows_anew(entries).await?;
        let sight = (!rows.boards.is_empty()).then_some(rows.sight);
        let (stream, expected) = (last.stream.clone(), last.version);
        Ok(StreamCommit { stream, expected, entries: Vec::new(), boards: rows.boards, sight })
    }

    async fn around(
        &self,
        erasure: &Erasure,
        own: &[Entry],
        meant: &BTreeSet<BlobId>,
    ) -> Result<Around, DeskFault> {
        let mut elsewhere = BTreeMap::new();
        for stream in self.pointing_at(erasure, meant).await? {
            let entries = self.entries_of(&stream).await?;
            elsewhere.insert(stream, entries);
        }
        let mut above = self.belongs_to(&erasure.subject, own).await?;
        above.extend(elsewhere.keys().cloned());
        above.remove(&erasure.subject);
        let mut custodies = Vec::new();
        for subject in above {
            custodies.push(self.load::<Custody>(custody_stream(&subject)).await?);
        }
        Ok(Around { elsewhere, custodies })
    }

    /// Other streams that point at these texts. What a message says is its own and is not looked for.
    async fn pointing_at(
        &self,
        erasure: &Erasure,
        meant: &BTreeSet<BlobId>,
    ) -> Result<BTreeSet<String>, DeskFault> {
        if erasure.subject.starts_with("message:") {
            return Ok(BTreeSet::new());
        }
        let mut found = self.store().streams_that_point_at(meant).await?;
        found.retain(|stream| *stream != erasure.subject && !stream.starts_with("custody:"));
        if !found.is_empty() && matches!(erasure.why, Why::Rule(_)) {
            // What goes on elsewhere needs its text: a rule for what has ended does not reach it.
            return Err(DeskFault::Refused(fengsui_response::Refusal::NothingToErase));
        }
        Ok(found)
    }

    /// The incidents and reports that a subject is part of, or goes on in.
    async fn belongs_to(
        &self,
        subject: &str,
        own: &[Entry],
    ) -> Result<BTreeSet<String>, DeskFault> {
        let mut above = BTreeSet::new();
        if subject.starts_with("incident:") {
            return Ok(above);
        }
        above.extend(named_in(own));
        let reports: Vec<String> =
            above.iter().filter(|it| it.starts_with("report:")).cloned().collect();
        for report in reports {
            above.extend(named_in(&self.entries_of(&report).await?));
        }
        Ok(above)
    }

    pub(crate) async fn entries_of(&self, stream: &str) -> Result<Vec<Entry>, DeskFault> {
        Ok(self.store().stream(stream, 0, ENTRIES_MAX).await?)
    }

    /// The texts that entries point at and that are still there, each once.
    pub(crate) async fn texts_left(&self, entries: &[Entry]) -> Result<Vec<BlobRef>, DeskFault> {
        let mut seen = BTreeSet::new();
        let mut left = Vec::new();
        for text in entries.iter().flat_map(|entry| references(&entry.payload)) {
            if seen.insert(text.blob) && self.store().blob_key(text.blob).await?.is_some() {
                left.push(text);
            }
        }
        Ok(left)
    }

    /// Leaves nothing of what was erased in files beside the database.
    async fn scrub(&self) {
        match self.store().scrub().await {
            Ok(scrubbed) => tracing::info!(?scrubbed, "texts were erased"),
            Err(fault) => {
                tracing::warn!(%fault, "old pages are still there; the next checkpoint cleans them");
            }
        }
    }
}

impl Around {
    /// What is held of all this.
    fn held(&self) -> Result<Vec<Held>, DeskFault> {
        let mut held = Vec::new();
        for loaded in &self.custodies {
            if let Some((_, hold)) = loaded.state.holds_in_force().next() {
                let subject = line(project::subject_of(&loaded.stream))?;
                held.push(Held { subject, ground: hold.ground.clone() });
            }
        }
        Ok(held)
    }

    /// The custody of each tells that texts of the subject are gone.
    fn told(
        &self,
        subject: &str,
        erased: &TextsErased,
        (now, by): (Timestamp, &Actor),
    ) -> Result<Vec<StreamCommit>, DeskFault> {
        let subject = line(subject)?;
        let count = u32::try_from(erased.blobs.len()).unwrap_or(u32::MAX);
        let told = self.custodies.iter().map(|loaded| {
            let decided = [custody::of_related(&subject, &erased.ground, count, now)];
            let after = loaded.after(&decided, now.max(loaded.recorded_at), by.person);
            loaded.gains(&decided, project::custody_rows(&after))
        });
        Ok(told.collect())
    }

    /// Nobody may place a hold between the look and the commit.
    fn watched(&self) -> Vec<StreamCommit> {
        let known = self.custodies.iter().filter(|loaded| loaded.version > 0);
        let unmoved = known.map(|loaded| StreamCommit {
            stream: loaded.stream.clone(),
            expected: loaded.version,
            ..StreamCommit::default()
        });
        unmoved.collect()
    }
}

/// Nothing about custody is in a plan.
fn scene(now: Timestamp) -> Scene<'static> {
    static NONE: LazyLock<Packs> = LazyLock::new(Packs::default);
    Scene::new(now, &NONE)
}

/// The texts that an erasure is about.
fn meant(custody: &Custody, why: &Why, texts: &[BlobRef]) -> BTreeSet<BlobId> {
    let what = match why {
        Why::Request(request) => custody.requests.get(request).map(|request| &request.what),
        Why::Rule(_) => None,
    };
    let what = what.unwrap_or(&ErasureScope::AllTexts);
    custody.meant(what, texts).into_iter().map(|text| text.blob).collect()
}

fn erased_in(event: &CustodyEvent) -> Option<&TextsErased> {
    if let CustodyEvent::TextsErased(erased) = event { Some(erased) } else { None }
}

/// Every incident and report that entries name.
fn named_in(entries: &[Entry]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for entry in entries {
        if let Ok(payload) = serde_json::from_str::<Value>(&entry.payload) {
            collect(&payload, &mut named);
        }
    }
    named
}

fn collect(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let id = text.rsplit(':').next().unwrap_or(text);
            named.extend(id.parse::<IncidentId>().ok().map(incident_stream));
            named.extend(id.parse::<ReportId>().ok().map(report_stream));
        }
        Value::Object(fields) => fields.values().for_each(|field| collect(field, named)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn gains(command_id: CommandId, by: &Actor, now: Timestamp) -> Gains {
    let (blobs, claims, intents) = (Vec::new(), Vec::new(), Intents::default());
    Gains { command_id, by: by.person, now, blobs, claims, intents }
}

pub(crate) fn line(text: &str) -> Result<Line, DeskFault> {
    text.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
}
