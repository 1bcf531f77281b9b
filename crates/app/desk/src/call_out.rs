//! Calling people out.

use fengsui_response::house::CallOutWhen;
use fengsui_vocabulary::Line;
use jiff::Timestamp;

use crate::outgoing::Intents;
use crate::{Desk, DeskFault};

impl Desk {
    /// What a commit gains so that people are called out because of something.
    #[expect(clippy::unused_async, reason = "whoever calls people out will read the roster")]
    pub(crate) async fn call_out_for(
        &self,
        _when: CallOutWhen,
        _about: &str,
        _because: &Line,
        _now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        Ok(Intents::default())
    }
}
