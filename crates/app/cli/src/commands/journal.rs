//! `fengsui journal …`: prove the record, or carry it away.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use super::{DATA, Failure, Start, serve, syslog};
use crate::arguments::Journal;
use crate::printing::{complain, say};

pub(super) async fn run(start: &Start, journal: Journal) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    let code = match journal {
        Journal::Verify => verify(&desk).await?,
        Journal::Export { syslog: true, .. } => {
            let feed = syslog::Feed::of(&start.config.syslog)?;
            let feed =
                feed.ok_or_else(|| Failure::Said("configure [syslog] address".to_owned()))?;
            syslog::send_all(&desk, &feed).await?;
            say("the collector has everything");
            ExitCode::SUCCESS
        }
        Journal::Export { after, .. } => {
            desk.export(after, |line| say(&line)).await?;
            ExitCode::SUCCESS
        }
    };
    desk.close().await;
    Ok(code)
}

async fn verify(desk: &fengsui_desk::Desk) -> Result<ExitCode, Failure> {
    let bar = progress("entries verified");
    let outcome = desk.verify(|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let outcome = outcome.await?;
    bar.finish_and_clear();
    Ok(match outcome {
        Ok(head) => {
            say(&format!("the journal is whole: {} entries, head {}", head.position, head.hash));
            ExitCode::SUCCESS
        }
        Err(broken) => complain(&broken.to_string()),
    })
}

/// A bar for work that takes a while; silent when nobody watches.
pub(super) fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
