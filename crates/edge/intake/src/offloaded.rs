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
    /// What was read before anybody asked for it again.
    early: Option<Answer>,
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
        Self { state: State::Idle(source), early: None }
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
        if let Some(early) = self.early.take() {
            return early;
        }
        if let State::Idle(_) = self.state {
            let after = after.clone();
            self.start(move |source| source.next(&after));
        }
        self.settle().await.unwrap_or(Err(SourceFault::BrokenOff))
    }

    async fn committed(&mut self, partition: &str, offset: i64) -> Result<(), SourceFault> {
        // A block that was read meanwhile is kept for whoever asks next.
        let early = self.settle().await;
        self.early = self.early.take().or(early);
        let partition = partition.to_owned();
        self.start(move |source| source.committed(&partition, offset).map(|()| None));
        let done = self.settle().await.unwrap_or(Err(SourceFault::BrokenOff));
        done.map(|_nothing| ())
    }

    fn has_ended(&self) -> bool {
        match &self.state {
            State::Idle(source) => self.early.is_none() && source.has_ended(),
            State::Busy(_) | State::Gone => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use fengsui_formats::Block;

    use super::*;

    /// Gives what comes through a channel, and waits for it.
    struct Waits {
        incoming: Receiver<i64>,
        committed: i64,
    }

    impl Blocking for Waits {
        fn next(&mut self, _after: &Positions) -> Result<Option<Delivery>, SourceFault> {
            let number = self.incoming.recv().unwrap();
            let mut block = Block::default();
            block.push(b"x", number);
            let partition = format!("committed {}", self.committed);
            let (name, known, unreadable, ended) = (None, None, None, false);
            Ok(Some(Delivery { partition, name, block, known, unreadable, ended }))
        }

        fn committed(&mut self, _partition: &str, offset: i64) -> Result<(), SourceFault> {
            self.committed = offset;
            Ok(())
        }

        fn has_ended(&self) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn what_was_read_for_somebody_who_has_gone_is_given_to_the_next() {
        let (sender, incoming) = channel();
        let mut source = Offloaded::new(Waits { incoming, committed: 0 });
        let after = Positions::none();
        {
            let asked = source.next(&after);
            tokio::pin!(asked);
            assert!(futures::poll!(&mut asked).is_pending());
        }
        sender.send(1).unwrap();
        source.committed("x", 9).await.unwrap();
        sender.send(2).unwrap();
        let reached = |delivery: Delivery| (delivery.partition.clone(), delivery.block.reached());
        let first = source.next(&after).await.unwrap().unwrap();
        assert_eq!(reached(first), ("committed 0".to_owned(), Some(1)));
        let second = source.next(&after).await.unwrap().unwrap();
        assert_eq!(reached(second), ("committed 9".to_owned(), Some(2)));
    }
}
