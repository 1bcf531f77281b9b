//! Sending what was decided: leased for each destination, sent once, and what became of it an event.
//!
//! An attempt is leased before anything is sent and the lease goes in the commit of its outcome, so an
//! attempt without an outcome is one that nobody can speak for: *uncertain*, tried again under the same id.
//! Nothing is lost; what may arrive twice is at most what was under way when the program was killed.
//!
//! Start reading at [`step`] (what to do now, pure), then `run` (doing it).

mod approvals;
mod bounce;
mod lease;
mod letter;
mod record;
mod run;
mod step;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use fengsui_response::dispatch::{self, Dispatch, DispatchCommand};
use fengsui_response::message::Standing;
use fengsui_response::{Actor, Asked, Refusal, Scene};
use fengsui_store::{Direction, Expected, Filter, Select, SideWrite, Sight, StreamRows};
use fengsui_vocabulary::{CommandId, Line};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::boards::MESSAGE;
use crate::commit::{ATTEMPTS_MAX, Gains};
use crate::outgoing::Intents;
use crate::stream::DISPATCH;
use crate::{Desk, DeskFault};

pub(crate) use bounce::BounceReport;
pub use bounce::{BounceTaken, StrayReport};
pub(crate) use letter::ServerAnswer;

/// How this node sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatching {
    /// Which node this is.
    pub node: NodeId,
    /// Sendings under way to one host at most.
    pub in_flight_max: usize,
    /// How long an attempt belongs to the node that leased it; a sending is given up before.
    pub lease_for: SignedDuration,
}

impl Dispatching {
    /// As patient as the mail client is, four at a time to each host.
    pub fn on(node: NodeId) -> Self {
        Self { node, in_flight_max: 4, lease_for: SignedDuration::from_mins(30) }
    }
}

/// A node: a random word in its data folder, known to the record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(String);

/// A text that names no node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this names no node: 32 hexadecimal digits are expected; remove the file to have a new one"
)]
pub struct NodeIdMalformed;

impl FromStr for NodeId {
    type Err = NodeIdMalformed;

    fn from_str(text: &str) -> Result<Self, NodeIdMalformed> {
        let text = text.trim();
        let is_hex = text.len() == 32 && text.chars().all(|it| it.is_ascii_hexdigit());
        is_hex.then(|| Self(text.to_ascii_lowercase())).ok_or(NodeIdMalformed)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How far sending is behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DispatchLag {
    /// When the oldest message that is due and not sent became due.
    pub oldest_due_at: Option<Timestamp>,
    /// How long ago that is; nothing when nothing is due.
    pub age: SignedDuration,
    /// Messages that wait to be sent, or to be sent again.
    pub waiting: u64,
    /// Of those, the ones that may have arrived already.
    pub uncertain: u64,
    /// Messages that wait for a way out to be configured.
    pub unconfigured: u64,
    /// Messages that somebody must look at.
    pub needs_somebody: u64,
    /// Why nothing is sent, the oldest reason first; empty when it goes on.
    pub held: Vec<String>,
}

/// Where the nodes are kept that this record knows.
const NODE: &str = "node";

impl Desk {
    /// Whether anything is sent, and why not.
    pub async fn dispatch_state(&self) -> Result<Dispatch, DeskFault> {
        Ok(self.load::<Dispatch>(DISPATCH.to_owned()).await?.state)
    }

    /// Holds sending until a person releases it: after a restore, for example.
    pub async fn hold_dispatch(&self, reason: Line) -> Result<(), DeskFault> {
        let asked = Asked::now(Actor::program(), DispatchCommand::Hold { reason });
        self.act_on_dispatch(self.command_id(), asked, Vec::new()).await
    }

    /// Lets sending go on, because a person has looked.
    pub async fn release_dispatch(
        &self,
        by: &Actor,
        command_id: CommandId,
        reason: Line,
    ) -> Result<(), DeskFault> {
        let asked = Asked::now(by.clone(), DispatchCommand::Release { reason });
        self.act_on_dispatch(command_id, asked, Vec::new()).await
    }

    /// Says which node this is. Another one than before is held: the record may be a copy, and the node
    /// that it was copied from may still be sending.
    pub async fn identify_node(&self, node: &NodeId) -> Result<(), DeskFault> {
        let known = self.all_kept::<Timestamp>(NODE).await?;
        if known.iter().any(|(key, _)| *key == node.0) {
            return Ok(());
        }
        let now = self.now();
        if known.is_empty() {
            return self.keep(NODE, &node.0, &now, None).await;
        }
        let short: String = node.0.chars().take(8).collect();
        let reason = format!("this record was used by another node; this one is {short}…");
        let reason = reason.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))?;
        let asked = Asked::now(Actor::program(), DispatchCommand::Hold { reason });
        let value = serde_json::to_string(&now).map_err(crate::desk::unreadable)?;
        let put = SideWrite::Put {
            kind: NODE.to_owned(),
            key: node.0.clone(),
            value,
            expected: Expected::Any,
            expires_at: None,
        };
        self.act_on_dispatch(self.command_id(), asked, vec![put]).await
    }

    /// How far sending is behind: for the footer of the desk.
    pub async fn dispatch_lag(&self, now: Timestamp) -> Result<DispatchLag, DeskFault> {
        let everything = || Select::of(&MESSAGE, Sight::Everything);
        let oldest = everything()
            .filter(Filter::AtMost("next_attempt_at", now.into()))
            .order("next_attempt_at", Direction::Ascending)
            .limit(1);
        let oldest = self.store().rows(&oldest).await?;
        let oldest = oldest.first().map(|row| row.opt_time("next_attempt_at")).transpose()?;
        let oldest_due_at = oldest.flatten();
        let mut lag = DispatchLag {
            oldest_due_at,
            age: oldest_due_at.map(|at| now.duration_since(at)).unwrap_or_default(),
            ..DispatchLag::default()
        };
        for standing in Standing::ALL {
            let select = everything().filter(Filter::Eq("state", standing.name().into()));
            let counted = match standing {
                Standing::Waiting | Standing::Deferred => &mut lag.waiting,
                Standing::Uncertain => &mut lag.uncertain,
                Standing::Unconfigured => &mut lag.unconfigured,
                Standing::Refused | Standing::Bounced | Standing::Exhausted => {
                    &mut lag.needs_somebody
                }
                Standing::Absent
                | Standing::Delivered
                | Standing::GivenUp
                | Standing::Unseen
                | Standing::Seen => continue,
            };
            *counted += self.store().count(&select).await?;
        }
        lag.waiting += lag.uncertain;
        let held = self.dispatch_state().await?.held;
        lag.held = held.iter().map(|held| held.reason.to_string()).collect();
        Ok(lag)
    }

    async fn act_on_dispatch(
        &self,
        command_id: CommandId,
        asked: Asked<DispatchCommand>,
        side: Vec<SideWrite>,
    ) -> Result<(), DeskFault> {
        if self.store().committed(command_id).await?.is_some() {
            return Ok(());
        }
        let by = asked.by.person;
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load::<Dispatch>(DISPATCH.to_owned()).await?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let decided = match dispatch::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
                Ok(decided) if decided.is_empty() => return Ok(()),
                Ok(decided) => decided,
                Err(Refusal::NoChange) => return Err(Refusal::NoChange.into()),
                Err(refusal) => {
                    let about = (DISPATCH, asked.command.name());
                    return Err(self.refuse(by, about, refusal).await);
                }
            };
            let gains = Gains {
                command_id,
                by,
                now,
                blobs: Vec::new(),
                claims: Vec::new(),
                intents: Intents::default(),
            };
            let mut commit =
                gains.commit(&decided, vec![loaded.gains(&decided, StreamRows::default())]);
            commit.side.clone_from(&side);
            match self.append(commit).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done.map(|_| ()),
            }
        }
        Err(DeskFault::Busy)
    }
}
