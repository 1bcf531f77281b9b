//! Sources that block, put on threads where they may.

use async_trait::async_trait;
use tokio::task::JoinHandle;

use crate::source::{Delivery, Positions, Source, SourceFault};

/// A source that reads files and therefore blocks.
pub trait Blocking: Send + 'static {
    /// The next bytes; `None` when there is nothing at the moment.
    fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault>;

    /// What was delivered of a partition is safe up to here.
    fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault>;

    /// Whether nothing will ever come any more.
    fn has_ended(&self) -> bool;
}

/// A blocking source as an asynchronous one.
///
/// The work goes on when whoever asked has gone, and its result waits for the next who asks.
#[derive(Debug)]
pub struct Offloaded<S> {
    state: State<S>,
}

#[derive(Debug)]
enum State<S> {
    Idle(S),
    Busy(JoinHandle<(S, Answer)>),
    /// The thread panicked or the runtime ended.
    Gone,
}

type Answer = Result<Option<Delivery>, SourceFault>;

impl<S: Blocking> Offloaded<S> {
    /// Puts a source on threads.
    pub fn new(source: S) -> Self {
        Self { state: State::Idle(source) }
    }

    async fn settle(&mut self) -> Option<Answer> {
        let State::Busy(work) = &mut self.state else { return None };
        match work.await {
            Ok((source, answer)) => {
                self.state = State::Idle(source);
                Some(answer)
            }
            Err(_gone) => {
                self.state = State::Gone;
                Some(Err(SourceFault::BrokenOff))
            }
        }
    }

    fn start(&mut self, work: impl FnOnce(&mut S) -> Answer + Send + 'static) {
        let state = std::mem::replace(&mut self.state, State::Gone);
        self.state = match state {
            State::Idle(mut source) => State::Busy(tokio::task::spawn_blocking(move || {
                let answer = work(&mut source);
                (source, answer)
            })),
            other @ (State::Busy(_) | State::Gone) => other,
        };
    }
}

#[async_trait]
impl<S: Blocking> Source for Offloaded<S> {
    async fn next(&mut self, after: &Positions) -> Result<Option<Delivery>, SourceFault> {
        if let State::Idle(_) = self.state {
            let after = after.clone();
            self.start(move |source| source.next(&after));
        }
        self.settle().await.unwrap_or(Err(SourceFault::BrokenOff))
    }

    async fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault> {
        // A block that was read meanwhile is kept for whoever asks next.
        let early = self.settle().await;
        let partition = partition.to_owned();
        self.start(move |source| source.committed(&partition, offset).map(|()| None));
        let done = self.settle().await.unwrap_or(Err(SourceFault::BrokenOff));
        if let Some(early) = early {
            self.start(move |_source| early);
        }
        done.map(|_nothing| ())
    }

    fn has_ended(&self) -> bool {
        match &self.state {
            State::Idle(source) => source.has_ended(),
            State::Busy(_) | State::Gone => false,
        }
    }
}
