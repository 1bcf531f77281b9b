//! Writing down what happens to a message.

use fengsui_response::message::{Message, MessageCommand, decide};
use fengsui_response::{Asked, Refusal, Scene};
use fengsui_store::{NewBlob, SideWrite};
use fengsui_vocabulary::{CommandId, MessageId};

use super::lease::{Lease, ends_lease};
use crate::commit::{ATTEMPTS_MAX, Done, Gains, done_before};
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{Folded, message_stream};
use crate::{Desk, DeskFault};

/// What is asked of a message, and what goes along.
pub(crate) struct AboutMessage {
    pub(crate) command_id: CommandId,
    pub(crate) asked: Asked<MessageCommand>,
    pub(crate) blobs: Vec<NewBlob>,
    /// The lease that ends with it, if it is still the same.
    pub(crate) ends: Option<Lease>,
}

impl Desk {
    /// Carries out a command on a message by somebody who may see it.
    pub async fn act_on_message(
        &self,
        message: MessageId,
        command_id: CommandId,
        asked: Asked<MessageCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        let stream = message_stream(message);
        self.check_sight(&asked.by, &stream).await?;
        let (by, command) = (asked.by.person, asked.command.name());
        let about = AboutMessage { command_id, asked, blobs, ends: None };
        match self.write_message(message, about).await {
            Err(DeskFault::Refused(refusal)) if refusal != Refusal::NoChange => {
                Err(self.refuse(by, (&stream, command), refusal).await)
            }
            done => done,
        }
    }

    /// Decides and commits; what ended a lease removes it in the same commit.
    pub(crate) async fn write_message(
        &self,
        message: MessageId,
        about: AboutMessage,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(about.command_id).await? {
            return Ok(done_before(&before));
        }
        for _ in 0..ATTEMPTS_MAX {
            match self.try_write(message, &about).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn try_write(&self, message: MessageId, about: &AboutMessage) -> Result<Done, DeskFault> {
        let (loaded, realm) = self.load_message(message).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let decided = decide(&loaded.state, &about.asked, &Scene::new(now, &packs))?;
        let side = self.ending(message, about.ends.as_ref()).await?;
        if decided.is_empty() && side.is_empty() {
            return Ok(Done { kinds: Vec::new(), repeated: false });
        }
        let by = about.asked.by.person;
        let rows = project::message_rows(&loaded.after(&decided, now, by));
        let gains = Gains {
            command_id: about.command_id,
            by,
            now,
            blobs: if decided.is_empty() { Vec::new() } else { about.blobs.clone() },
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let mut commit = gains.commit(&decided, vec![loaded.gains(&decided, rows)]);
        commit.realm = realm;
        commit.side = side;
        let kinds = decided.iter().map(|it| Message::stored(&it.event).kind.to_owned()).collect();
        let committed = self.append(commit).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    /// Ends a lease that is still the same. It cannot become another's between this look and the commit:
    /// whoever takes it writes an event before.
    async fn ending(
        &self,
        message: MessageId,
        ends: Option<&Lease>,
    ) -> Result<Vec<SideWrite>, DeskFault> {
        let Some(ends) = ends else { return Ok(Vec::new()) };
        let is_same = self.lease_of(message).await?.as_ref() == Some(ends);
        Ok(is_same.then(|| ends_lease(message)).into_iter().collect())
    }
}
