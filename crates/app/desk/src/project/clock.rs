//! When the clock must look at a stream next.

use fengsui_store::BoardRows;
use jiff::Timestamp;

use crate::boards::CLOCK;

/// The row of one stream: none when nothing more happens in it by itself.
pub(crate) fn clock_rows(fires_at: Option<Timestamp>) -> BoardRows {
    let rows = fires_at.map(|at| vec![at.into()]).into_iter().collect();
    BoardRows { board: CLOCK.name, rows }
}
