//! What happens by itself: the seam at which the clock and the dispatch of the desk are joined.
//!
//! Until then two stand-ins do their work in small: one records every duty of the due board whose time
//! has passed, in a stream of its own, and intends a message with it; one sends what is intended, under a
//! lease. The oracle in `oracle/byitself.rs` knows only the journal and the outside.
//!
//! To join the real ones: `tick` and `dispatch` below call the desk instead, and the oracle reads the
//! kinds of events that the desk writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use fengsui_desk::{Desk, DeskFault};
use fengsui_store::{
    AppendFault, Commit, Cursor, Direction, Expected, Filter, NewEntry, Row, Select, SideFault,
    SideWrite, Sight, Store, StreamCommit, digest,
};
use fengsui_vocabulary::{CommandId, Realm};
use jiff::{SignedDuration, Timestamp};

/// What happens by itself, on every node of a history.
#[derive(Debug, Default)]
pub(crate) struct Clockwork {
    pub(crate) planted: Option<Slip>,
    /// When each node was started, as its clock said.
    started: RefCell<BTreeMap<usize, Timestamp>>,
    /// How often somebody looked, and drew an id.
    looks: Cell<u64>,
    pub(crate) outside: RefCell<Outside>,
}

/// A defect of what happens by itself, built in on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    /// What fell due while nobody was up is skipped.
    SkipsWhatFellDue,
    /// Something is recorded again each time somebody looks.
    FiresTwice,
    /// The newest comes first.
    NewestFirst,
    /// A message counts as sent before it is.
    SentBeforeItIs,
    /// A message whose fate is unknown is sent again without a word.
    DoubledInSilence,
}

/// Whoever receives messages: everything that arrived, by the id of the message.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    pub(crate) arrived: BTreeMap<String, u32>,
}

/// The stream of something that fell due begins like this.
pub(crate) const FIRED: &str = "stand-in-fired:";

/// The kind of side state in which a message waits.
pub(crate) const POST: &str = "stand-in-post";

/// Where a message is.
pub(crate) mod state {
    pub(crate) const WAITING: &str = "waiting";
    pub(crate) const LEASED: &str = "leased";
    pub(crate) const UNCERTAIN: &str = "uncertain";
    pub(crate) const SENT: &str = "sent";
    pub(crate) const SENT_UNCERTAIN: &str = "sent, perhaps twice";
}

impl Clockwork {
    pub(crate) fn with(planted: Option<Slip>) -> Self {
        Self { planted, ..Self::default() }
    }

    pub(crate) fn has_started(&self, node: usize, now: Timestamp) {
        self.started.borrow_mut().insert(node, now);
    }

    /// Records everything that has fallen due, the oldest first. To be joined: `Desk::tick(now)`.
    pub(crate) async fn tick(&self, node: usize, desk: &Desk) -> Result<(), DeskFault> {
        if self.planted.is_none() {
            return desk.tick(desk.now()).await.map(drop);
        }
        let (store, now) = (desk.model_store(), desk.now());
        let look = self.counted();
        let mut after = None;
        loop {
            let select = self.due(node, now, after);
            let rows = store.rows(&select).await?;
            for row in &rows {
                self.fire(store, row, (look, now)).await?;
            }
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.cursor(&select)?);
        }
    }

    /// Sends what waits and what nobody knows to have arrived. To be joined: the step of the dispatch.
    pub(crate) async fn dispatch(&self, desk: &Desk) -> Result<(), DeskFault> {
        let store = desk.model_store();
        for side in store.side_list(POST, "").await? {
            let (state, until) = side.value.split_once('|').unwrap_or((side.value.as_str(), ""));
            let is_leased = until.parse::<Timestamp>().is_ok_and(|until| until > desk.now());
            let leased = match state {
                state::WAITING => state::LEASED,
                state::LEASED if is_leased => continue,
                state::LEASED if self.planted == Some(Slip::DoubledInSilence) => state::LEASED,
                state::LEASED | state::UNCERTAIN if !is_leased => state::UNCERTAIN,
                _ => continue,
            };
            self.send(store, &side.key, (leased, side.version), desk.now()).await?;
        }
        Ok(())
    }

    /// Sends one message, unless somebody else took it first.
    async fn send(
        &self,
        store: &Store,
        message: &str,
        (leased, version): (&str, u64),
        now: Timestamp,
    ) -> Result<(), DeskFault> {
        let sent = if leased == state::LEASED { state::SENT } else { state::SENT_UNCERTAIN };
        let lease = match self.planted {
            Some(Slip::SentBeforeItIs) => sent.to_owned(),
            Some(_) | None => format!("{leased}|{}", now + LEASE),
        };
        if !put(store, message, lease, Expected::Version(version)).await? {
            return Ok(());
        }
        // The call before the sending is where a node may end with the message in its hands.
        store.side_get(POST, message).await?;
        *self.outside.borrow_mut().arrived.entry(message.to_owned()).or_default() += 1;
        put(store, message, sent.to_owned(), Expected::Version(version + 1)).await.map(drop)
    }

    fn counted(&self) -> u64 {
        self.looks.set(self.looks.get() + 1);
        self.looks.get()
    }

    fn due(&self, node: usize, now: Timestamp, after: Option<Cursor>) -> Select {
        let mut filters =
            vec![Filter::Eq("is_open", true.into()), Filter::AtMost("due_at", now.into())];
        let started = self.started.borrow().get(&node).copied();
        if let (Some(Slip::SkipsWhatFellDue), Some(started)) = (self.planted, started) {
            filters.push(Filter::AtLeast("due_at", started.into()));
        }
        let direction = match self.planted {
            Some(Slip::NewestFirst) => Direction::Descending,
            Some(_) | None => Direction::Ascending,
        };
        Select {
            board: "board_duty_due",
            filters,
            sight: Sight::Everything,
            order: vec![("due_at", direction)],
            after,
            limit: 50,
        }
    }

    /// Records one of them, unless it is recorded already: the command is the same each time.
    async fn fire(
        &self,
        store: &Store,
        row: &Row,
        (look, now): (u64, Timestamp),
    ) -> Result<(), DeskFault> {
        let key = key_of(row)?;
        let mut mark = digest(b"stand-in", key.as_bytes());
        if self.planted == Some(Slip::FiresTwice) {
            mark = digest(&self.counted().to_be_bytes(), key.as_bytes());
        }
        let bits = mark.get(..32).and_then(|mark| u128::from_str_radix(mark, 16).ok());
        let command = CommandId::from_bits(bits.unwrap_or_default());
        let stream = format!("{FIRED}{}", mark.get(..32).unwrap_or_default());
        let due_at = row.time("due_at")?;
        let payload = serde_json::json!({
            "tick": key, "due_at": due_at, "looked_at": now, "look": look,
        });
        let mut commit = Commit::of(command, Realm::Live, "program", now);
        commit.side = vec![put_write(&stream, state::WAITING.to_owned(), Expected::Absent)];
        commit.streams = vec![StreamCommit {
            stream,
            entries: vec![NewEntry {
                kind: "stand-in-fired".to_owned(),
                kind_version: 1,
                happened_at: due_at,
                payload: payload.to_string(),
                blobs: Vec::new(),
            }],
            ..StreamCommit::default()
        }];
        match store.append(commit).await {
            Ok(_) | Err(AppendFault::Overtaken { .. } | AppendFault::SideChanged { .. }) => Ok(()),
            Err(AppendFault::Store(fault)) => Err(fault.into()),
            Err(AppendFault::Busy) => Err(DeskFault::Busy),
            Err(fault @ (AppendFault::ClaimLost { .. } | AppendFault::BlobMissing(_))) => {
                Err(DeskFault::Unreadable(fault.to_string()))
            }
        }
    }
}

/// One tick at one time: moved to another time it falls due again.
pub(crate) fn key_of(row: &Row) -> Result<String, DeskFault> {
    let text = |column: &str| row.opt_text(column).map(Option::unwrap_or_default);
    Ok(format!(
        "{} {} {} {} {} {} {} {}",
        row.stream(),
        text("plan")?,
        text("duty")?,
        text("organisation")?,
        text("sender")?,
        text("recipient")?,
        row.opt_int("slot")?.unwrap_or_default(),
        row.time("due_at")?,
    ))
}

fn put_write(message: &str, value: String, expected: Expected) -> SideWrite {
    let (kind, key) = (POST.to_owned(), message.to_owned());
    SideWrite::Put { kind, key, value, expected, expires_at: None }
}

/// False when somebody else was first.
async fn put(
    store: &Store,
    message: &str,
    value: String,
    expected: Expected,
) -> Result<bool, DeskFault> {
    match store.side_put(put_write(message, value, expected)).await {
        Ok(()) => Ok(true),
        Err(SideFault::Changed) => Ok(false),
        Err(SideFault::Store(fault)) => Err(fault.into()),
    }
}

/// How long a message belongs to whoever took it.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
