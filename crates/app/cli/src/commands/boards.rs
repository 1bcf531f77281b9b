//! `fengsui boards …`: what is derived may be derived anew.

use std::process::ExitCode;

use super::{DATA, Failure, Start, journal, serve};
use crate::arguments::Boards;
use crate::printing::{complain, say};

pub(super) async fn run(start: &Start, boards: Boards) -> Result<ExitCode, Failure> {
    let Boards::Rebuild = boards;
    let desk = serve::open(&start.data(DATA)).await?;
    let bar = journal::progress("entries folded");
    let rebuilt = desk.rebuild(|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let rebuilt = rebuilt.await?;
    bar.finish_and_clear();
    desk.close().await;
    say(&format!("{} entries folded into {} streams", rebuilt.entries, rebuilt.streams));
    if rebuilt.differences.is_empty() {
        say("the boards are identical");
        return Ok(ExitCode::SUCCESS);
    }
    for difference in &rebuilt.differences {
        say(&format!("  {difference}"));
    }
    Ok(complain("the boards differed from the journal; the new ones are in place"))
}
