//! What every handler may ask for.

use std::sync::Arc;

use axum::extract::FromRef;
use fengsui_desk::Desk;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::press::PressRoom;
use crate::rate::Rates;
use crate::settings::WebSettings;

/// Forms with files that are read at the same time: each may hold its files in memory.
const UPLOADS_MAX: usize = 8;

/// What every handler may ask for. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    pub(crate) desk: Desk,
    pub(crate) settings: Arc<WebSettings>,
    pub(crate) rates: Arc<Rates>,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) press: PressRoom,
    /// What goes on beside answering: open live streams.
    pub(crate) tasks: TaskTracker,
}

impl Web {
    pub(crate) fn new(desk: Desk, settings: WebSettings) -> Self {
        let press = PressRoom::new(settings.fonts.clone());
        Self {
            desk,
            press,
            settings: Arc::new(settings),
            rates: Arc::default(),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            tasks: TaskTracker::new(),
        }
    }
}

impl FromRef<Web> for Desk {
    fn from_ref(web: &Web) -> Self {
        web.desk.clone()
    }
}
