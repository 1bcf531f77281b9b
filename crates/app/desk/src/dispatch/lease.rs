//! Leases: who is sending which attempt. Side state, because an attempt under way is no event yet.

use fengsui_response::message::Message;
use fengsui_response::{Actor, Decided, MessageEvent};
use fengsui_store::{Expected, SideWrite, StreamCommit};
use fengsui_vocabulary::{MessageId, Realm};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Dispatching, NodeId};
use crate::commit::Gains;
use crate::desk::unreadable;
use crate::outgoing::Intents;
use crate::stream::{ENTRIES_MAX, Loaded, message_stream};
use crate::{Desk, DeskFault};

/// An attempt that somebody has taken on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lease {
    /// The node that sends.
    pub(crate) node: NodeId,
    /// Which run of that node: another run knows nothing of it.
    pub(crate) boot: String,
    /// Which attempt.
    pub(crate) attempt: u32,
    /// When it began.
    pub(crate) began_at: Timestamp,
    /// From when on others may take it for lost. It stays until somebody has written that down.
    pub(crate) expires_at: Timestamp,
}

/// An attempt of ours, with the message as it was then.
#[derive(Clone, Debug)]
pub(crate) struct Leased {
    pub(crate) message: MessageId,
    pub(crate) host: String,
    pub(crate) lease: Lease,
    pub(crate) loaded: Loaded<Message>,
    pub(crate) realm: Realm,
}

/// Where leases are kept, by message.
pub(crate) const LEASE: &str = "lease";

impl Desk {
    /// Every attempt under way, as far as anybody has said.
    pub(crate) async fn leases(&self) -> Result<Vec<(MessageId, Lease)>, DeskFault> {
        let leases = self.all_kept::<Lease>(LEASE).await?;
        Ok(leases.into_iter().filter_map(|(key, lease)| Some((key.parse().ok()?, lease))).collect())
    }

    /// The lease of one message.
    pub(crate) async fn lease_of(&self, message: MessageId) -> Result<Option<Lease>, DeskFault> {
        self.kept(LEASE, &message.to_string()).await
    }

    /// A message, and the realm that it belongs to.
    pub(crate) async fn load_message(
        &self,
        message: MessageId,
    ) -> Result<(Loaded<Message>, Realm), DeskFault> {
        let mut loaded = Loaded::new(message_stream(message));
        let entries = self.store().stream(&loaded.stream, 0, ENTRIES_MAX).await?;
        let realm = entries.first().ok_or(DeskFault::Absent)?.realm.clone();
        for entry in &entries {
            loaded.fold(entry)?;
        }
        Ok((loaded, realm))
    }

    /// Takes on the next attempt of a message; none when it is not due any more or somebody was quicker.
    ///
    /// The lease is taken where the stream still has the version that was looked at: what another node
    /// has written meanwhile, an outcome or a lease, makes it fail.
    pub(crate) async fn lease(
        &self,
        (message, host): (MessageId, String),
        (settings, boot): (&Dispatching, &str),
        now: Timestamp,
    ) -> Result<Option<Leased>, DeskFault> {
        let (loaded, realm) = self.load_message(message).await?;
        let is_due = loaded.state.next_attempt_at.is_none_or(|at| at <= now);
        if !loaded.state.standing.is_queued() || !is_due {
            return Ok(None);
        }
        let lease = Lease {
            node: settings.node.clone(),
            boot: boot.to_owned(),
            attempt: loaded.state.next_attempt(),
            began_at: now,
            expires_at: now.checked_add(settings.lease_for).unwrap_or(Timestamp::MAX),
        };
        let unchanged = StreamCommit {
            stream: loaded.stream.clone(),
            expected: loaded.version,
            ..StreamCommit::default()
        };
        let gains = Gains {
            command_id: self.command_id(),
            by: Actor::PROGRAM,
            now,
            blobs: Vec::new(),
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let nothing: [Decided<MessageEvent>; 0] = [];
        let mut commit = gains.commit(&nothing, vec![unchanged]);
        commit.realm = realm.clone();
        commit.side = vec![SideWrite::Put {
            kind: LEASE.to_owned(),
            key: message.to_string(),
            value: serde_json::to_string(&lease).map_err(unreadable)?,
            expected: Expected::Absent,
            // What has expired must not be swept away unseen: it would be tried again unmarked.
            expires_at: None,
        }];
        match self.append(commit).await {
            Ok(_) => Ok(Some(Leased { message, host, lease, loaded, realm })),
            Err(DeskFault::Overtaken(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Ends the lease of a message.
pub(crate) fn ends_lease(message: MessageId) -> SideWrite {
    SideWrite::Delete { kind: LEASE.to_owned(), key: message.to_string() }
}
