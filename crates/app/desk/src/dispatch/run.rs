//! Doing it: look at the queue, lease, send, write down what became of it, and look again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use fengsui_notices::Sender;
use fengsui_response::message::{Ended, MessageCommand, Standing};
use fengsui_response::{Actor, Asked};
use fengsui_store::{Direction, Filter, Moved, Row, Select, Sight};
use fengsui_vocabulary::MessageId;
use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::lease::{Lease, Leased};
use super::letter::Told;
use super::record::AboutMessage;
use super::step::{Action, Due, Fared, Health, Queue, step};
use super::{Dispatching, NodeId};
use crate::boards::MESSAGE;
use crate::project::{occasion_named, way_name};
use crate::secret::hex;
use crate::stream::{DISPATCH, message_of};
use crate::{Desk, DeskFault};

/// What sends from one node.
pub(crate) struct Dispatcher<S> {
    shared: Arc<Shared<S>>,
    /// What is under way from here, with the host it goes to and the task that sends it.
    under_way: BTreeMap<MessageId, (String, Option<Id>)>,
    /// Messages that cannot be read: they stay where they are and hold up nobody.
    unreadable: BTreeSet<MessageId>,
    health: BTreeMap<String, Health>,
    /// Time does not run backwards here, whatever the machine's clock does.
    looked_at: Timestamp,
}

struct Shared<S> {
    desk: Desk,
    sender: S,
    settings: Dispatching,
    boot: String,
}

/// A sending that has ended.
pub(crate) struct Sent {
    message: MessageId,
    host: String,
    fared: Fared,
}

impl Desk {
    /// Sends what is due until told to stop. One at a time per node; nodes may share a record.
    pub async fn run_dispatch(
        &self,
        settings: Dispatching,
        sender: impl Sender + Send + Sync + 'static,
        until: CancellationToken,
    ) {
        while let Err(fault) = self.identify_node(&settings.node).await {
            tracing::warn!(%fault, "dispatch cannot begin yet; trying again");
            tokio::select! {
                () = until.cancelled() => return,
                () = sleep(LOOK_EVERY) => {}
            }
        }
        Dispatcher::of(self, settings, sender).run(until).await;
    }

    /// Sends what is due now, and says how many sendings that were.
    pub async fn dispatch_now(
        &self,
        settings: Dispatching,
        sender: impl Sender + Send + Sync + 'static,
    ) -> Result<usize, DeskFault> {
        self.identify_node(&settings.node).await?;
        Dispatcher::of(self, settings, sender).until_idle().await
    }
}

impl<S: Sender + Send + Sync + 'static> Dispatcher<S> {
    pub(crate) fn of(desk: &Desk, settings: Dispatching, sender: S) -> Self {
        let boot = hex(desk.ids().secret().get(..8).unwrap_or_default());
        let shared = Shared { desk: desk.clone(), sender, settings, boot };
        Self {
            shared: Arc::new(shared),
            under_way: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            health: BTreeMap::new(),
            looked_at: Timestamp::UNIX_EPOCH,
        }
    }

    async fn run(mut self, until: CancellationToken) {
        let mut moved = self.shared.desk.follow();
        let mut work = JoinSet::new();
        while !until.is_cancelled() {
            match self.turn().await {
                Ok(leased) => leased.into_iter().for_each(|it| self.begin(&mut work, it)),
                Err(fault) => tracing::warn!(%fault, "the queue cannot be read; trying again"),
            }
            let pause = self.pause();
            tokio::select! {
                () = until.cancelled() => break,
                Some(sent) = work.join_next(), if !work.is_empty() => self.ended(sent),
                () = sleep(pause) => {}
                () = something_to_send(&mut moved) => {}
            }
            while let Some(sent) = work.try_join_next() {
                self.ended(sent);
            }
        }
        // What is cut off here is marked by the next run.
        let finishing = async { while work.join_next().await.is_some() {} };
        if timeout(GRACE, finishing).await.is_err() {
            tracing::warn!("sendings were still under way; they are marked as uncertain later");
        }
    }

    /// Until nothing is due.
    pub(crate) async fn until_idle(&mut self) -> Result<usize, DeskFault> {
        let mut sent = 0;
        let mut work = JoinSet::new();
        loop {
            let leased = self.turn().await?;
            sent += leased.len();
            for leased in leased {
                self.begin(&mut work, leased);
            }
            match work.join_next().await {
                Some(done) => self.ended(done),
                None => return Ok(sent),
            }
        }
    }

    /// Sends what was leased, and waits for it.
    #[cfg(test)]
    pub(crate) async fn finish(&mut self, leased: Vec<Leased>) {
        for leased in leased {
            let sent = self.shared.carry_out(leased).await;
            self.ended(Ok(sent));
        }
    }

    /// Marks what was interrupted, looks at the queue, and leases what may be sent now.
    pub(crate) async fn turn(&mut self) -> Result<Vec<Leased>, DeskFault> {
        let desk = self.shared.desk.clone();
        let now = desk.now().max(self.looked_at);
        self.looked_at = now;
        let mut leased_by_anybody = BTreeSet::new();
        for (message, lease) in desk.leases().await? {
            let is_interrupted = self.is_interrupted(message, &lease, now);
            if !is_interrupted || !self.mark_interrupted(message, &lease).await {
                leased_by_anybody.insert(message);
            }
        }
        leased_by_anybody.extend(&self.unreadable);
        if desk.dispatch_state().await?.is_held() {
            return Ok(Vec::new());
        }
        let queue = self.queue(leased_by_anybody, now).await?;
        let mut leased = Vec::new();
        for action in step(&queue, now) {
            match action {
                Action::Lease(message, host) => {
                    leased.extend(self.take_on(message, host, now).await);
                }
                Action::Park(message) => self.park(message).await,
            }
        }
        Ok(leased)
    }

    /// Leases one message; none when somebody was quicker, or when it cannot be read.
    async fn take_on(
        &mut self,
        message: MessageId,
        host: String,
        now: Timestamp,
    ) -> Option<Leased> {
        let ours = (&self.shared.settings, self.shared.boot.as_str());
        let lease = self.shared.desk.lease((message, host), ours, now).await;
        match lease {
            Ok(Some(lease)) => {
                self.under_way.insert(message, (lease.host.clone(), None));
                Some(lease)
            }
            Ok(None) => None,
            Err(fault) => {
                self.pass_over(message, &fault);
                None
            }
        }
    }

    /// A message that cannot be read must not take the place of those that can, turn after turn.
    fn pass_over(&mut self, message: MessageId, fault: &DeskFault) {
        tracing::warn!(%message, %fault, "a message is passed over");
        if !fault.may_pass() && !fault.is_full() {
            self.unreadable.insert(message);
        }
    }

    /// Sends one attempt, in the background.
    fn begin(&mut self, work: &mut JoinSet<Sent>, leased: Leased) {
        let (message, host) = (leased.message, leased.host.clone());
        let shared = Arc::clone(&self.shared);
        let task = work.spawn(async move { shared.carry_out(leased).await });
        self.under_way.insert(message, (host, Some(task.id())));
    }

    /// Takes note of a sending that has ended. One that broke off is marked at the next turn.
    fn ended(&mut self, sent: Result<Sent, JoinError>) {
        let sent = match sent {
            Ok(sent) => sent,
            Err(broke_off) => {
                tracing::error!(%broke_off, "a sending broke off");
                self.under_way.retain(|_, (_, task)| *task != Some(broke_off.id()));
                return;
            }
        };
        self.under_way.remove(&sent.message);
        let health = self.health.entry(sent.host).or_default();
        *health = health.after(sent.fared, self.shared.desk.now().max(self.looked_at));
    }

    /// Whether nobody can speak for an attempt any more: its node runs anew, or its time is over.
    fn is_interrupted(&self, message: MessageId, lease: &Lease, now: Timestamp) -> bool {
        let is_ours = lease.node == self.shared.settings.node;
        if is_ours && lease.boot == self.shared.boot {
            return !self.under_way.contains_key(&message);
        }
        is_ours || lease.expires_at <= now
    }

    /// Says whether it is marked now.
    async fn mark_interrupted(&self, message: MessageId, lease: &Lease) -> bool {
        let (attempt, began_at) = (lease.attempt, lease.began_at);
        tracing::warn!(%message, attempt, "a sending was interrupted; it may have arrived");
        let command = MessageCommand::RecordEnd { attempt, began_at, ended: Ended::Interrupted };
        let about = AboutMessage {
            command_id: self.shared.desk.command_id(),
            asked: Asked::now(Actor::program(), command),
            blobs: Vec::new(),
            ends: Some(lease.clone()),
        };
        let marked = self.shared.desk.write_message(message, about).await;
        if let Err(fault) = &marked {
            tracing::warn!(%message, %fault, "it could not be marked; trying again");
        }
        marked.is_ok()
    }

    async fn park(&mut self, message: MessageId) {
        let about = AboutMessage {
            command_id: self.shared.desk.command_id(),
            asked: Asked::now(Actor::program(), MessageCommand::Park),
            blobs: Vec::new(),
            ends: None,
        };
        if let Err(fault) = self.shared.desk.write_message(message, about).await {
            self.pass_over(message, &fault);
        }
    }

    /// Reads as much of the queue as the next step can need.
    async fn queue(&self, leased: BTreeSet<MessageId>, now: Timestamp) -> Result<Queue, DeskFault> {
        let mut queue = Queue {
            leased,
            health: self.health.clone(),
            in_flight_max: self.shared.settings.in_flight_max,
            ..Queue::default()
        };
        for (host, _) in self.under_way.values() {
            *queue.under_way.entry(host.clone()).or_default() += 1;
        }
        let (desk, ways) = (&self.shared.desk, self.shared.desk.ways().out());
        let mut elsewhere = Select::of(&MESSAGE, Sight::Everything)
            .filter(Filter::AtMost("next_attempt_at", now.into()))
            .order("next_attempt_at", Direction::Ascending)
            .limit(PARKED_AT_ONCE);
        for (way, host) in ways {
            let way = way_name(&way);
            elsewhere = elsewhere.filter(Filter::Ne("way", way.as_str().into()));
            let places = queue.places(&host, now);
            if places == 0 {
                continue;
            }
            // Those that are leased are among them and do not count.
            let wanted = u32::try_from(places + queue.leased.len()).unwrap_or(u32::MAX);
            for select in due_selects(&way, now, wanted.min(READ_MAX)) {
                let rows = desk.store().rows(&select).await?;
                let due = rows.iter().filter_map(|row| due_of(row, Some(&host)));
                queue.due.extend(due);
            }
        }
        let rows = desk.store().rows(&elsewhere).await?;
        queue.due.extend(rows.iter().filter_map(|row| due_of(row, None)));
        queue.due.sort_by_key(|due| due.message);
        queue.due.dedup_by_key(|due| due.message);
        Ok(queue)
    }

    /// How long nothing can become due without anybody saying so.
    fn pause(&self) -> Duration {
        let opens = self.health.values().filter_map(Health::opens_at).min();
        let opens = opens.map(|at| at.duration_since(self.looked_at));
        let opens = opens.and_then(|wait| Duration::try_from(wait).ok());
        opens.filter(|wait| !wait.is_zero()).unwrap_or(LOOK_EVERY).min(LOOK_EVERY)
    }
}

impl<S: Sender + Send + Sync + 'static> Shared<S> {
    /// Sends one attempt and writes down what became of it.
    pub(crate) async fn carry_out(&self, leased: Leased) -> Sent {
        let (message, host) = (leased.message, leased.host.clone());
        let fared = match self.send(&leased).await {
            Ok(told) => {
                let fared = told.fared;
                self.record(&leased, told).await;
                fared
            }
            Err(fault) => {
                // Nothing was sent. The lease is marked at the next turn, and it is tried again.
                tracing::warn!(%message, %fault, "a message cannot be read");
                Fared::Answered
            }
        };
        Sent { message, host, fared }
    }

    async fn send(&self, leased: &Leased) -> Result<Told, DeskFault> {
        let letter = match self.desk.letter(leased).await? {
            Ok(letter) => letter,
            Err(unfit) => return self.desk.told_unfit(unfit).await,
        };
        let patience = self.settings.lease_for - self.settings.lease_for / 10;
        let patience = Duration::try_from(patience).unwrap_or(LOOK_EVERY);
        let outcome = timeout(patience, self.sender.send(&letter)).await;
        match outcome {
            Ok(outcome) => self.desk.told(outcome).await,
            Err(_elapsed) => self.desk.told_silent().await,
        }
    }

    /// Writes the outcome. A store that cannot be reached is asked again; when it stays away, the lease
    /// stays too and the attempt is marked as uncertain, which is true.
    async fn record(&self, leased: &Leased, told: Told) {
        let lease = &leased.lease;
        let command = MessageCommand::RecordEnd {
            attempt: lease.attempt,
            began_at: lease.began_at,
            ended: told.ended,
        };
        let command_id = self.desk.command_id();
        for wait in RECORD_WAITS {
            let about = AboutMessage {
                command_id,
                asked: Asked::now(Actor::program(), command.clone()),
                blobs: told.answer.clone(),
                ends: Some(lease.clone()),
            };
            match self.desk.write_message(leased.message, about).await {
                Ok(_) => return,
                Err(fault) if fault.may_pass() || fault.is_full() => {
                    tracing::warn!(message = %leased.message, %fault, "an outcome waits for the record");
                    sleep(*wait).await;
                }
                Err(fault) => {
                    tracing::error!(message = %leased.message, %fault, "an outcome cannot be written");
                    return;
                }
            }
        }
    }
}

/// What is due by one way: call-outs apart, so that a long queue cannot hide them, and what waits for its
/// way to be configured, which it is.
fn due_selects(way: &str, now: Timestamp, limit: u32) -> [Select; 3] {
    let by_way = || {
        Select::of(&MESSAGE, Sight::Everything).filter(Filter::Eq("way", way.into())).limit(limit)
    };
    let due = || {
        by_way()
            .filter(Filter::AtMost("next_attempt_at", now.into()))
            .order("next_attempt_at", Direction::Ascending)
    };
    let unconfigured = Standing::Unconfigured.name();
    [
        due().filter(Filter::In("occasion", URGENT.iter().map(|it| (*it).into()).collect())),
        due(),
        by_way()
            .filter(Filter::Eq("state", unconfigured.into()))
            .order("intended_at", Direction::Ascending),
    ]
}

fn due_of(row: &Row, host: Option<&String>) -> Option<Due> {
    Some(Due {
        message: message_of(row.stream())?,
        host: host.cloned(),
        occasion: occasion_named(row.text("occasion").ok()?)?,
        at: row.opt_time("next_attempt_at").ok()?,
        intended_at: row.time("intended_at").ok()?,
    })
}

/// Returns when a message moved, or sending was held or released.
async fn something_to_send(moved: &mut tokio::sync::broadcast::Receiver<Moved>) {
    loop {
        match moved.recv().await {
            Ok(moved) if moved.streams.iter().any(|it| is_about_sending(it)) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => return sleep(LOOK_EVERY).await,
        }
    }
}

fn is_about_sending(stream: &str) -> bool {
    stream == DISPATCH || stream.starts_with("message:")
}

/// What goes before everything else, as boards call it.
const URGENT: &[&str] = &["call-out", "duty-missed", "directive-issued"];

/// How often the queue is looked at when nothing moves here: another node may have written.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long sendings under way may take after a stop.
const GRACE: Duration = Duration::from_secs(8);

/// Rows of one way that are read at once.
const READ_MAX: u32 = 1_000;

/// Messages without a way out that are parked in one turn.
const PARKED_AT_ONCE: u32 = 200;

/// How long the record is waited for, again and again, before an outcome is given for unknown.
const RECORD_WAITS: &[Duration] = &[
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// What tells nodes apart in logs.
impl<S> std::fmt::Debug for Dispatcher<S> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let node: &NodeId = &self.shared.settings.node;
        write!(out, "Dispatcher({node}, {} under way)", self.under_way.len())
    }
}
