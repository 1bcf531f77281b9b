//! What may go wrong with a call, and when it is asked.

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use fengsui_vocabulary::CommandId;

/// Decides what becomes of each call of a node.
pub trait Faults: Send + Sync + fmt::Debug {
    /// Asked before anything is done.
    fn before(&self, call: &Call) -> Fate;

    /// Asked when it is done and on disk, before the caller hears of it. To fail it here is to lose
    /// the answer.
    fn after(&self, call: &Call) -> Fate;
}

/// Everything goes well.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn before(&self, _call: &Call) -> Fate {
        Fate::GoOn
    }

    fn after(&self, _call: &Call) -> Fate {
        Fate::GoOn
    }
}

/// A call of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// What is being done, in words.
    pub doing: &'static str,
    /// Whether it changes anything.
    pub touch: Touch,
    /// The command it commits, when it commits one.
    pub command: Option<CommandId>,
}

/// Whether a call changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// It only looks.
    Reads,
    /// What it did is on disk.
    Writes,
}

impl Call {
    pub(crate) const fn reads(doing: &'static str) -> Self {
        Self { doing, touch: Touch::Reads, command: None }
    }

    pub(crate) const fn writes(doing: &'static str) -> Self {
        Self { doing, touch: Touch::Writes, command: None }
    }

    pub(crate) const fn commits(command: CommandId) -> Self {
        Self { doing: "append", touch: Touch::Writes, command: Some(command) }
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    GoOn,
    /// Others go first, so many times.
    Wait(u8),
    /// The caller is told that the database was lost.
    Fail,
    /// The node ends here: nobody hears of this call, and every later one finds the store closed.
    Crash,
}

/// Lets others go first once.
pub(super) async fn step_back() {
    let mut has_waited = false;
    poll_fn(|context| {
        if has_waited {
            return Poll::Ready(());
        }
        has_waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
