//! `fengsui dispatch …`: what waits to be sent, and reports of letters that did not arrive.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use fengsui_desk::{BounceTaken, Desk};
use fengsui_vocabulary::Line;

use super::{DATA, Failure, Start, serve};
use crate::arguments::Dispatch;
use crate::printing::{remark, say};

/// What a mail server takes for "hand it over again later".
const TRY_LATER: u8 = 75;

/// A report has at most so many bytes; more is not read.
const REPORT_BYTES_MAX: u64 = 2 * 1024 * 1024;

pub(super) async fn run(start: &Start, dispatch: Dispatch) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    let done = carry_out(&desk, dispatch).await;
    desk.close().await;
    done
}

async fn carry_out(desk: &Desk, dispatch: Dispatch) -> Result<ExitCode, Failure> {
    match dispatch {
        Dispatch::Status => status(desk).await?,
        Dispatch::Release { reason } => {
            let reason = line("--reason", &reason)?;
            desk.release_dispatch(&desk.console(), desk.command_id(), reason).await?;
            say("released: sending goes on");
        }
        Dispatch::Hold { reason } => {
            desk.hold_dispatch(line("--reason", &reason)?).await?;
            say("held: nothing is sent until it is released");
        }
        Dispatch::Bounce { file } => return bounce(desk, &file).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(desk: &Desk) -> Result<(), Failure> {
    let lag = desk.dispatch_lag(desk.now()).await?;
    for reason in &lag.held {
        say(&format!("held: {reason}"));
    }
    if lag.held.is_empty() {
        say("not held");
    }
    say(&format!("waiting              {}", lag.waiting));
    say(&format!("  of those uncertain {}", lag.uncertain));
    say(&format!("without a way out    {}", lag.unconfigured));
    say(&format!("needs somebody       {}", lag.needs_somebody));
    say(&format!("reports not matched  {}", desk.stray_reports().await?.len()));
    match lag.oldest_due_at {
        Some(at) => say(&format!("oldest due           {at}, {} s ago", lag.age.as_secs())),
        None => say("oldest due           nothing is due"),
    }
    Ok(())
}

/// A mail server pipes a report in: it is answered when the report is on disk, and asked to come again
/// when that failed.
async fn bounce(desk: &Desk, file: &Path) -> Result<ExitCode, Failure> {
    let bytes = read(file)?;
    match desk.take_bounce(&bytes).await {
        Ok(taken) => {
            for one in taken {
                match one {
                    BounceTaken::Noted(message) => say(&format!("noted at {message}")),
                    BounceTaken::Kept => say("matches no message; kept for a person to look at"),
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            remark(&format!("fengsui: the report was not taken in: {fault}"));
            Ok(ExitCode::from(TRY_LATER))
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let done = if file == Path::new("-") {
        std::io::stdin().take(REPORT_BYTES_MAX).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|it| it.take(REPORT_BYTES_MAX).read_to_end(&mut bytes))
    };
    done.map_err(|fault| Failure::of(&format!("cannot read {}", file.display()), &fault))?;
    Ok(bytes)
}

fn line(at: &str, text: &str) -> Result<Line, Failure> {
    text.parse().map_err(|fault| Failure::Said(format!("{at}: {fault}")))
}
