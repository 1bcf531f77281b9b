//! Threads of one's own: work on them is let go with them, and keeps nobody else waiting.

use tokio::runtime::{Handle, Runtime};

use crate::fault::LakeFault;

/// As many as one question or one bucket gets, however large the machine is.
const THREADS_MAX: usize = 8;

/// Some threads, let go when this is dropped: what runs on them ends where it pauses next.
#[derive(Debug)]
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    /// As many as the machine computes with at once.
    pub(crate) fn start() -> Result<Self, LakeFault> {
        Self::named("lake-question", as_many_as_compute())
    }

    pub(crate) fn named(name: &str, threads: usize) -> Result<Self, LakeFault> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name(name)
            .enable_all()
            .build();
        runtime
            .map(|runtime| Self(Some(runtime)))
            .map_err(|error| LakeFault::of("start threads", error))
    }

    pub(crate) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            drop(runtime.spawn(work));
        }
    }

    /// Where others may run something on them.
    pub(crate) fn handle(&self) -> Option<Handle> {
        self.0.as_ref().map(|runtime| runtime.handle().clone())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn as_many_as_compute() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX)
}
