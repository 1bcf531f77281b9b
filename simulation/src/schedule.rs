//! Whose turn it is: one thread, and dice instead of chance.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use fengsui_desk::Desk;

use crate::rng::Rng;

/// Something that goes on beside others.
pub(crate) type Task<'w> = Pin<Box<dyn Future<Output = ()> + 'w>>;

/// Lets all of them go on until the last has ended; who goes on next is drawn each time.
pub(crate) async fn all(mut tasks: Vec<Task<'_>>, rng: &mut Rng) {
    let mut turns = 0_u32;
    poll_fn(|context| {
        let many = u64::try_from(tasks.len()).unwrap_or_default();
        let drawn = usize::try_from(rng.below(many)).unwrap_or_default();
        let has_ended = tasks.get_mut(drawn).is_some_and(|it| it.as_mut().poll(context).is_ready());
        if has_ended {
            drop(tasks.swap_remove(drawn));
        }
        turns += 1;
        if tasks.is_empty() || turns >= TURNS_MAX {
            return Poll::Ready(());
        }
        // What the desk itself started beside these gets its turn as well.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits for an answer of a node; `None` when the node ended before it came.
pub(crate) async fn unless_it_ends<T>(desk: &Desk, asked: impl Future<Output = T>) -> Option<T> {
    let mut asked = Box::pin(asked);
    poll_fn(|context| {
        if desk.model_store().has_crashed() {
            return Poll::Ready(None);
        }
        asked.as_mut().poll(context).map(Some)
    })
    .await
}

/// Lets the others go first.
pub(crate) async fn step_back() {
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

/// Turns of one act at most. Nothing that ends takes as many.
const TURNS_MAX: u32 = 200_000;
