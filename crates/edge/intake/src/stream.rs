//! A stream of NATS `JetStream`: ordered and replayable, so nothing of it is spooled.
//!
//! Where to begin is said by the lake's position each time, never by the server: a durable consumer would
//! hand out anew what was not acknowledged *behind* what came later, and an offset that only rises would jump
//! over it. So each consumer is short-lived, begins behind the last sequence, and is made anew on any doubt:
//! a gap in its own numbers, an error, a delivery that the server made and we did not see. Streams that forget
//! what is delivered or acknowledged are refused. The partition names when the stream was made.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{RetentionPolicy, Stream as Server};
use async_nats::jetstream::{self, Message};
use async_nats::{Client, ConnectOptions};
use async_trait::async_trait;
use fengsui_formats::Block;
use futures::StreamExt as _;
use tokio::time::timeout;

use crate::source::{Delivery, Positions, Source, SourceFault};

/// Which stream, and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSetting {
    /// `nats://host:4222`, or `tls://…`.
    pub server: String,
    /// A file of credentials, where the server asks for them.
    pub credentials: Option<std::path::PathBuf>,
    /// The name of the stream.
    pub stream: String,
    /// Only messages of these subjects; all where there are none.
    pub subjects: Vec<String>,
    /// Bytes a message may have; of a longer one the beginning is kept.
    pub message_bytes_max: usize,
}

/// A stream as a source.
pub struct Stream {
    setting: StreamSetting,
    client: Option<Client>,
    consumer: Option<Consumer>,
    /// The partition, and the last sequence that was handed on.
    reached: Option<(String, i64)>,
    /// What is handed on once a fault has been told.
    held: Option<Delivery>,
}

struct Consumer {
    server: Server,
    inner: PullConsumer,
    partition: String,
    /// How many messages it has delivered to us.
    delivered: u64,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Stream {
    /// A stream; it is connected to when it is first asked.
    pub fn new(setting: StreamSetting) -> Self {
        Self { setting, client: None, consumer: None, reached: None, held: None }
    }

    async fn open(&mut self, after: &Positions) -> Result<Consumer, SourceFault> {
        let client = match &self.client {
            Some(client) => client.clone(),
            None => self.connect().await?,
        };
        let context = jetstream::new(client);
        let server = in_time(context.get_stream(&self.setting.stream)).await;
        let mut server = server.map_err(|cause| self.unreachable(cause))?;
        let info = in_time(server.info()).await.map_err(|cause| self.unreachable(cause))?.clone();
        self.judge(info.config.retention)?;
        let made = info.created.unix_timestamp();
        let partition = format!("stream:{}@{made}", self.setting.stream);
        let last = self.last_of(&partition, after).await?;
        self.compare(&partition, last, (info.state.first_sequence, info.state.last_sequence))?;
        let start_sequence = u64::try_from(last.unwrap_or(0)).unwrap_or(0) + 1;
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
            ack_policy: AckPolicy::None,
            filter_subjects: more_than_one(&self.setting.subjects),
            filter_subject: only_one(&self.setting.subjects),
            inactive_threshold: INACTIVE_MAX,
            memory_storage: true,
            ..pull::Config::default()
        };
        let inner = in_time(server.create_consumer(config)).await;
        let inner = inner.map_err(|cause| self.unreachable(cause))?;
        Ok(Consumer { server, inner, partition, delivered: 0 })
    }

    async fn connect(&mut self) -> Result<Client, SourceFault> {
        let mut options = ConnectOptions::new().connection_timeout(ANSWER_MAX);
        if let Some(path) = &self.setting.credentials {
            options = options
                .credentials_file(path)
                .await
                .map_err(|source| SourceFault::File { path: path.clone(), source })?;
        }
        let client = in_time(options.connect(self.setting.server.as_str())).await;
        let client = client.map_err(|cause| self.unreachable(cause))?;
        self.client = Some(client.clone());
        Ok(client)
    }

    fn judge(&self, retention: RetentionPolicy) -> Result<(), SourceFault> {
        match retention {
            RetentionPolicy::Limits => Ok(()),
            RetentionPolicy::Interest | RetentionPolicy::WorkQueue => Err(SourceFault::Unfit {
                what: format!(
                    "the stream {} forgets what was delivered; give it the retention `limits`",
                    self.setting.stream
                ),
            }),
        }
    }

    /// The last sequence that was handed on, or that is committed.
    async fn last_of(
        &mut self,
        partition: &str,
        after: &Positions,
    ) -> Result<Option<i64>, SourceFault> {
        match self.reached.take() {
            Some((known, last)) if known == partition => {
                self.reached = Some((known, last));
                Ok(Some(last))
            }
            Some((partition, _)) => Err(SourceFault::Replaced { partition }),
            None => {
                // The question may block, and here is a thread that must not.
                let (after, asked) = (after.clone(), partition.to_owned());
                let reached = tokio::task::spawn_blocking(move || after.reached(&asked)).await;
                let reached = reached.map_err(|_gone| SourceFault::BrokenOff)??;
                self.reached = reached.map(|last| (partition.to_owned(), last));
                Ok(reached)
            }
        }
    }

    /// Whether the stream still has what comes next.
    fn compare(
        &mut self,
        partition: &str,
        known: Option<i64>,
        (first, last): (u64, u64),
    ) -> Result<(), SourceFault> {
        let Some(known) = known else { return Ok(()) };
        let partition = partition.to_owned();
        let (first, last) = (signed(first), signed(last));
        if last < known {
            return Err(SourceFault::Rewound { partition, committed: known, last });
        }
        if first > known.saturating_add(1) {
            // It is said once; then what is left is read.
            self.reached = Some((partition.clone(), first - 1));
            return Err(SourceFault::Missed { partition, after: known, first });
        }
        Ok(())
    }

    /// What the server has now; `None` where it has nothing, or where the consumer is in doubt.
    async fn fetch(&mut self, consumer: &mut Consumer) -> Result<Option<Delivery>, Cause> {
        let max = MESSAGES_AT_ONCE;
        let fetched = consumer.inner.fetch().max_messages(max).max_bytes(BYTES_AT_ONCE);
        let mut messages = in_time(fetched.messages()).await?;
        let mut block = Block::default();
        let mut subjects = Vec::new();
        while let Some(message) = timeout(ANSWER_MAX, messages.next()).await? {
            let message = message?;
            if !consumer.is_next(&message)? {
                return Err("the server has delivered something that did not arrive".into());
            }
            subjects.push(message.subject.to_string());
            self.keep(&mut block, &message)?;
        }
        if block.pieces.is_empty() {
            return consumer.is_all_here(self.reached.as_ref()).await.map(|()| None);
        }
        subjects.dedup();
        Ok(Some(Delivery {
            partition: consumer.partition.clone(),
            name: only(subjects),
            block,
            known: None,
            unreadable: None,
            ended: false,
        }))
    }

    fn keep(&self, block: &mut Block, message: &Message) -> Result<(), Cause> {
        let sequence = signed(message.info()?.stream_sequence);
        let bytes = message.payload.as_ref();
        block.push(bytes.get(..self.setting.message_bytes_max).unwrap_or(bytes), sequence);
        if let Some(piece) = block.pieces.last_mut() {
            piece.shortened = bytes.len() > self.setting.message_bytes_max;
        }
        Ok(())
    }

    /// Hands a block on; where something was forgotten before it, that is told first.
    async fn hand_on(
        &mut self,
        consumer: &mut Consumer,
        delivery: Delivery,
    ) -> Result<Option<Delivery>, SourceFault> {
        let (Some(first), Some(last)) =
            (delivery.block.pieces.first().map(|piece| piece.offset), delivery.block.reached())
        else {
            return Ok(None);
        };
        let before = self.reached.replace((consumer.partition.clone(), last));
        let gap = before.map(|(_, before)| before).filter(|before| before + 1 < first);
        if let Some(after) = gap.filter(|_gap| self.setting.subjects.is_empty())
            && let Ok(info) = in_time(consumer.server.info()).await
            && signed(info.state.first_sequence) > after + 1
        {
            let partition = delivery.partition.clone();
            self.held = Some(delivery);
            return Err(SourceFault::Missed { partition, after, first });
        }
        Ok(Some(delivery))
    }

    fn unreachable(&self, source: Cause) -> SourceFault {
        SourceFault::Unreachable { what: format!("the stream {}", self.setting.stream), source }
    }
}

impl Consumer {
    /// Whether this is the message that follows the one before. Its own numbers have no gaps.
    fn is_next(&mut self, message: &Message) -> Result<bool, Cause> {
        self.delivered += 1;
        Ok(message.info()?.consumer_sequence == self.delivered)
    }

    /// Nothing came: whether the server agrees that nothing was delivered beyond what we have.
    async fn is_all_here(&mut self, reached: Option<&(String, i64)>) -> Result<(), Cause> {
        let info = in_time(self.inner.info()).await?;
        let delivered = info.delivered.consumer_sequence;
        let made = in_time(self.server.info()).await?;
        let last = signed(made.state.last_sequence);
        let is_behind = reached.is_some_and(|(_, reached)| last < *reached);
        let is_same = self.partition.ends_with(&format!("@{}", made.created.unix_timestamp()));
        if delivered != self.delivered || is_behind || !is_same {
            return Err("the server is not where we thought it was".into());
        }
        Ok(())
    }
}

#[async_trait]
impl Source for Stream {
    async fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        // While it works the consumer is taken out: whoever breaks it off makes it doubtful.
        let mut consumer = match self.consumer.take() {
            Some(consumer) => consumer,
            None => Box::pin(self.open(after)).await?,
        };
        let fetched = self.fetch(&mut consumer).await.map_err(|cause| self.unreachable(cause))?;
        let delivery = match fetched {
            Some(delivery) => self.hand_on(&mut consumer, delivery).await,
            None => Ok(None),
        };
        self.consumer = Some(consumer);
        delivery
    }

    /// The server keeps what it keeps by its own limits.
    async fn committed(&mut self, _partition: &str, _offset: i64) -> Result<(), SourceFault> {
        Ok(())
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Stream").field("setting", &self.setting).finish_non_exhaustive()
    }
}

async fn in_time<T, E: Into<Cause>>(
    work: impl Future<Output = Result<T, E>> + Send,
) -> Result<T, Cause> {
    timeout(ANSWER_MAX, work).await?.map_err(Into::into)
}

fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// The subject, where all messages have the same one.
fn only(subjects: Vec<String>) -> Option<String> {
    match <[String; 1]>::try_from(subjects) {
        Ok([subject]) => Some(subject),
        Err(_several) => None,
    }
}

/// Older servers know one filter only.
fn only_one(subjects: &[String]) -> String {
    match subjects {
        [subject] => subject.clone(),
        _ => String::new(),
    }
}

fn more_than_one(subjects: &[String]) -> Vec<String> {
    match subjects {
        [] | [_] => Vec::new(),
        more => more.to_vec(),
    }
}

/// How long the server may take for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How long the server keeps a consumer that nobody asks.
const INACTIVE_MAX: Duration = Duration::from_mins(5);

/// Messages in one block.
const MESSAGES_AT_ONCE: usize = 10_000;

/// Bytes in one block.
const BYTES_AT_ONCE: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests;
