//! The desk: everything a use case needs, shared by all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use fengsui_plan::{Library, Plan};
use fengsui_response::centre::Centre;
use fengsui_response::house::House;
use fengsui_response::{Actor, Capacity, Packs, PlanRef};
use fengsui_store::{Expected, Figures, Settings, SideFault, SideWrite, Store};
use fengsui_vocabulary::{
    BlobId, CommandId, IncidentId, OrganisationId, PersonId, PlanId, ReportId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::account::KnownToken;
use crate::boards::BOARDS;
use crate::cache::Cache;
use crate::secret::{hex, letters};
use crate::self_watch::Readings;
use crate::signature::Trust;
use crate::{Clock, Correspondence, DeskFault, Directory, IdSource, Lookout, Ways};

/// Where the keys of this deployment are kept.
const KEY: &str = "key";

/// How many tokens are remembered between requests.
const TOKENS_MAX: usize = 1_000;

/// How a desk is opened.
#[derive(Clone, Debug)]
pub struct DeskSettings {
    /// Where the record is: `sqlite://…/fengsui.db`.
    pub url: String,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids and secrets.
    pub ids: Arc<dyn IdSource>,
}

/// The desk of one centre. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    inner: Arc<Inner>,
    /// Texts that count as erased already, while the boards are made as they will be without them.
    erasing: Arc<BTreeSet<BlobId>>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    packs: RwLock<Arc<Packs>>,
    /// The packs as they were read, before the policies of this deployment.
    editions: RwLock<BTreeMap<PlanRef, Arc<Plan>>>,
    trust: RwLock<Arc<Trust>>,
    directory: RwLock<Arc<Directory>>,
    correspondence: RwLock<Arc<Correspondence>>,
    house: RwLock<(String, Arc<House>)>,
    ways: RwLock<Arc<Ways>>,
    /// The watch; none where none is set up.
    lookout: RwLock<Option<Arc<dyn Lookout>>>,
    readings: RwLock<Readings>,
    receipt_key: [u8; 32],
    tokens: Cache<KnownToken>,
    /// The latest time of record that this desk knows of, in microseconds.
    recorded_at: AtomicI64,
}

impl Desk {
    /// Opens a record, making an empty one where there is none.
    pub async fn open(settings: &DeskSettings) -> Result<Self, DeskFault> {
        let store = Store::open(&Settings::at(&settings.url), BOARDS).await?;
        Self::with_store(store, settings).await
    }

    /// Opens a record on a disk in memory, which a simulation wears out as it likes.
    #[cfg(feature = "model")]
    pub async fn on_model(
        disk: &fengsui_store::ModelDisk,
        settings: &DeskSettings,
        faults: Arc<dyn fengsui_store::Faults>,
    ) -> Result<Self, DeskFault> {
        let store = Store::on_model(disk, &Settings::at(&settings.url), BOARDS, faults).await?;
        Self::with_store(store, settings).await
    }

    /// The store itself, for whoever proves that what is on it holds.
    #[cfg(feature = "model")]
    pub fn model_store(&self) -> &Store {
        self.store()
    }

    async fn with_store(store: Store, settings: &DeskSettings) -> Result<Self, DeskFault> {
        let receipt_key = receipt_key(&store, settings).await?;
        let recorded_at = store.head().await?.recorded_at.as_microsecond();
        let desk = Self {
            inner: Arc::new(Inner {
                store,
                clock: Arc::clone(&settings.clock),
                ids: Arc::clone(&settings.ids),
                packs: RwLock::default(),
                editions: RwLock::new(shipped()),
                trust: RwLock::default(),
                directory: RwLock::default(),
                correspondence: RwLock::default(),
                house: RwLock::new((String::new(), House::shipped())),
                ways: RwLock::default(),
                lookout: RwLock::default(),
                readings: RwLock::default(),
                receipt_key,
                tokens: Cache::holding(TOKENS_MAX),
                recorded_at: AtomicI64::new(recorded_at),
            }),
            erasing: Arc::default(),
        };
        desk.refresh_directory().await?;
        desk.refresh_stale_boards().await?;
        Ok(desk)
    }

    /// Finishes what is under way, closes the record and logs what was written to it.
    pub async fn close(&self) {
        self.inner.store.close().await;
        let Figures { commits, batches, flushes, .. } = self.inner.store.figures();
        tracing::info!(commits, batches, flushes, "the record is closed");
    }

    /// How a copy of this record is opened.
    pub(crate) fn settings_at(&self, file: &Path) -> DeskSettings {
        DeskSettings {
            url: Settings::file(file).url,
            clock: Arc::clone(&self.inner.clock),
            ids: Arc::clone(&self.inner.ids),
        }
    }

    /// What the machine's clock says, which may be before what was recorded last.
    pub fn clock_says(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// What time it is: never before what was recorded last, whatever the clock says.
    ///
    /// The journal's time does not run back, so a clock that was set back stands still here. Rows are
    /// derived as of this time, and a rebuild derives them as of the time of record.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now().max(self.recorded_at())
    }

    /// The latest time of record that this desk knows of.
    pub(crate) fn recorded_at(&self) -> Timestamp {
        let recorded_at = self.inner.recorded_at.load(Ordering::Relaxed);
        Timestamp::from_microsecond(recorded_at).unwrap_or_default()
    }

    /// Remembers that the journal stands at a time.
    pub(crate) fn has_recorded(&self, recorded_at: Timestamp) {
        self.inner.recorded_at.fetch_max(recorded_at.as_microsecond(), Ordering::Relaxed);
    }

    /// Whoever types at the machine itself: may set the centre up.
    pub fn console(&self) -> Actor {
        Actor {
            capacities: [Capacity::Administrator, Capacity::Registrar, Capacity::PlanOfficer]
                .into(),
            ..Actor::program()
        }
    }

    /// The registry, the roles and the people as they are now.
    ///
    /// What an organisation is changes by itself with the day; nobody else would notice.
    pub fn directory(&self) -> Arc<Directory> {
        let held = Arc::clone(&self.inner.directory.read().unwrap_or_else(PoisonError::into_inner));
        let now = self.now();
        let is_same_edition = held.centre().next_change().is_none_or(|at| at > now);
        let day = self.day_of(&held);
        if is_same_edition && held.day() == day {
            return held;
        }
        // An edition takes force without anybody writing anything: its day has come.
        let directory = held.as_of(now).on(day);
        if !is_same_edition {
            self.put_in_force(directory.centre());
        }
        self.set_directory(directory.clone());
        Arc::new(directory)
    }

    /// Whose signatures of packs are trusted here, and whether packs must have one.
    pub fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.inner.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says whose signatures of packs are trusted here.
    pub fn set_trust(&self, trust: Trust) {
        *self.inner.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
    }

    /// How this centre signs what it writes.
    pub fn correspondence(&self) -> Arc<Correspondence> {
        Arc::clone(&self.inner.correspondence.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says how this centre signs what it writes.
    pub fn set_correspondence(&self, signed: Correspondence) {
        let mut held = self.inner.correspondence.write().unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(signed);
    }

    /// The ways out that are configured here.
    pub fn ways(&self) -> Arc<Ways> {
        Arc::clone(&self.inner.ways.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says which ways out are configured here.
    pub fn set_ways(&self, ways: Ways) {
        *self.inner.ways.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ways);
    }

    pub(crate) fn lookout_held(&self) -> &RwLock<Option<Arc<dyn Lookout>>> {
        &self.inner.lookout
    }

    /// What was last seen of the clock and the heartbeat.
    pub(crate) fn readings(&self) -> &RwLock<Readings> {
        &self.inner.readings
    }

    /// The zone of the centre: that of the plan that leads.
    pub fn zone(&self) -> TimeZone {
        self.lead_plan().map_or(TimeZone::UTC, |plan| plan.time_zone.clone())
    }

    /// Today in the zone of the plan that leads in a directory.
    pub(crate) fn day_of(&self, directory: &Directory) -> Date {
        let packs = self.packs();
        let lead = directory.lead_plan().and_then(|adopted| packs.of(adopted));
        let zone = lead.map_or(TimeZone::UTC, |plan| plan.time_zone.clone());
        self.now().to_zoned(zone).date()
    }

    /// A plan of the shipped library.
    pub fn plan(&self, id: &PlanId) -> Option<Arc<Plan>> {
        Library::shipped().plan(id)
    }

    /// The plan that leads here: the first that was adopted.
    pub fn lead_plan(&self) -> Option<Arc<Plan>> {
        self.directory().lead_plan().and_then(|adopted| self.packs().of(adopted).cloned())
    }

    /// A password nobody has used, of letters that are easy to read out.
    pub fn made_up_password(&self) -> String {
        letters(self.ids().secret().get(..16).unwrap_or_default())
    }

    /// An id for a command that is about to be offered as a form.
    pub fn command_id(&self) -> CommandId {
        CommandId::from_bits(self.draw())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn ids(&self) -> &dyn IdSource {
        &*self.inner.ids
    }

    /// The same desk, to which some texts are erased already.
    pub(crate) fn without(&self, erasing: BTreeSet<BlobId>) -> Self {
        Self { inner: Arc::clone(&self.inner), erasing: Arc::new(erasing) }
    }

    /// Whether a text counts as erased although it is still there.
    pub(crate) fn is_without(&self, blob: BlobId) -> bool {
        self.erasing.contains(&blob)
    }

    /// Every edition at hand: what ships, and what was ever adopted here.
    pub(crate) fn packs(&self) -> Arc<Packs> {
        Arc::clone(&self.inner.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The packs as they were read, by edition.
    pub(crate) fn editions(&self) -> BTreeMap<PlanRef, Arc<Plan>> {
        self.inner.editions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has another edition at hand.
    pub(crate) fn take_edition(&self, plan: Arc<Plan>) {
        let mut editions = self.inner.editions.write().unwrap_or_else(PoisonError::into_inner);
        editions.insert(PlanRef::of(&plan), plan);
    }

    /// Makes the packs anew: every edition at hand as the policies of the centre have it, and which of
    /// them are in force.
    pub(crate) fn put_in_force(&self, centre: &Centre) {
        let mut packs = Packs::default();
        for plan in self.editions().into_values() {
            packs.insert(centre.effective(&plan).map_or(plan, Arc::new));
        }
        packs.set_in_force(centre.editions().into_iter().cloned());
        packs.set_house(self.house_in_force().1);
        *self.inner.packs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(packs);
    }

    /// The rules of the house in force, with their digest; none where those that ship are.
    pub(crate) fn house_in_force(&self) -> (String, Arc<House>) {
        self.inner.house.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up rules of the house; packs are made anew with them.
    pub(crate) fn take_house(&self, hash: String, house: Arc<House>) {
        *self.inner.house.write().unwrap_or_else(PoisonError::into_inner) = (hash, house);
    }

    pub(crate) fn tokens(&self) -> &Cache<KnownToken> {
        &self.inner.tokens
    }

    pub(crate) fn receipt_key(&self) -> &[u8; 32] {
        &self.inner.receipt_key
    }

    pub(crate) fn set_directory(&self, directory: Directory) {
        *self.inner.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    pub(crate) fn draw(&self) -> u128 {
        self.ids().draw(self.now())
    }

    pub(crate) fn draw_report(&self) -> ReportId {
        ReportId::from_bits(self.draw())
    }

    pub(crate) fn draw_incident(&self) -> IncidentId {
        IncidentId::from_bits(self.draw())
    }

    pub(crate) fn draw_organisation(&self) -> OrganisationId {
        OrganisationId::from_bits(self.draw())
    }

    pub(crate) fn draw_person(&self) -> PersonId {
        PersonId::from_bits(self.draw())
    }

    pub(crate) fn draw_blob(&self) -> BlobId {
        BlobId::from_bits(self.draw())
    }

    /// Keeps a value in side state.
    pub(crate) async fn keep<T: Serialize + Sync>(
        &self,
        kind: &str,
        key: &str,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<(), DeskFault> {
        let value = serde_json::to_string(value).map_err(unreadable)?;
        put(self.store(), kind, key, value, expires_at).await
    }

    /// A value kept in side state.
    pub(crate) async fn kept<T: DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
    ) -> Result<Option<T>, DeskFault> {
        let kept = self.store().side_get(kind, key).await?;
        kept.map(|kept| serde_json::from_str(&kept.value).map_err(unreadable)).transpose()
    }

    /// Every value of a kind with its key.
    pub(crate) async fn all_kept<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<(String, T)>, DeskFault> {
        let kept = self.store().side_list(kind, "").await?;
        let read = |kept: fengsui_store::Side| {
            Ok((kept.key, serde_json::from_str(&kept.value).map_err(unreadable)?))
        };
        kept.into_iter().map(read).collect()
    }

    /// Forgets a value of side state.
    pub(crate) async fn forget(&self, kind: &str, key: &str) -> Result<(), DeskFault> {
        self.store().side_delete(kind, key).await?;
        Ok(())
    }
}

fn shipped() -> BTreeMap<PlanRef, Arc<Plan>> {
    Library::shipped().plans().map(|plan| (PlanRef::of(plan), Arc::clone(plan))).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "it is used as a function of an error")]
pub(crate) fn unreadable(fault: serde_json::Error) -> DeskFault {
    DeskFault::Unreadable(fault.to_string())
}

/// The key from which receipt secrets are derived: drawn once for each record.
async fn receipt_key(store: &Store, settings: &DeskSettings) -> Result<[u8; 32], DeskFault> {
    const NAME: &str = "receipt";
    if let Some(kept) = store.side_get(KEY, NAME).await? {
        return key_of(&kept.value).ok_or_else(|| DeskFault::Unreadable("receipt key".to_owned()));
    }
    let key = settings.ids.secret();
    put(store, KEY, NAME, hex(&key), None).await?;
    Ok(key)
}

async fn put(
    store: &Store,
    kind: &str,
    key: &str,
    value: String,
    expires_at: Option<Timestamp>,
) -> Result<(), DeskFault> {
    let write = SideWrite::Put {
        kind: kind.to_owned(),
        key: key.to_owned(),
        value,
        expected: Expected::Any,
        expires_at,
    };
    store.side_put(write).await.map_err(|fault| match fault {
        SideFault::Changed => DeskFault::Overtaken(key.to_owned()),
        SideFault::Store(fault) => fault.into(),
    })
}

fn key_of(hex: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}
