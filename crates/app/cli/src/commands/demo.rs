//! `fengsui demo`: a populated centre on loopback, in real time.
//!
//! Its past is told by a clock that is set to hours ago, through the same use cases as in real life;
//! then the machine's own clock takes over.

mod centre;
mod people;
mod story;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_desk::{Clock as _, Desk, DeskSettings, MachineClock, MachineIds, StoryClock};
use jiff::{SignedDuration, Timestamp};

use super::serve::{Listening, default_address, open, until_stopped};
use super::{Failure, Start, init};
use crate::arguments::Demo;
use crate::printing::say;

/// The folder of the demonstration.
const DATA: &str = "fengsui-demo";

/// How far back the demonstration's past begins.
const PAST: SignedDuration = SignedDuration::from_hours(6);

/// The password of every account of the demonstration.
const PASSWORD: &str = "beacon-tower";

pub(super) async fn run(start: &Start, demo: Demo) -> Result<ExitCode, Failure> {
    let data = start.data(DATA);
    if !data.join("fengsui.db").exists() {
        say("telling the story so far …");
        populate(&data).await?;
    }
    let desk = open(&data).await?;
    say(&format!("the record is in {}", data.display()));
    say("sign in with any of these; the password is the same for all of them:");
    say(&format!("  password: {PASSWORD}"));
    for person in people::PEOPLE {
        say(&format!("  {:<12} {} · {}", person.login, person.name, person.what));
    }
    let address = demo.listen.or(start.config.server.listen).unwrap_or_else(default_address);
    until_stopped(start, desk, Listening { address, tls: None }).await
}

/// Makes the record under another name first: a demonstration that was cut short is begun anew.
async fn populate(data: &Path) -> Result<(), Failure> {
    let draft = data.join("being-told");
    let cannot = |fault: std::io::Error| {
        Failure::of(&format!("cannot write to {}", data.display()), &fault)
    };
    if draft.exists() {
        std::fs::remove_dir_all(&draft).map_err(cannot)?;
    }
    std::fs::create_dir_all(&draft).map_err(cannot)?;
    let now = MachineClock.now();
    let clock = Arc::new(StoryClock::at(whole_minute(now - PAST)));
    let settings = DeskSettings { clock: Arc::clone(&clock) as _, ..init::desk_settings(&draft) };
    let desk = Desk::open(&DeskSettings { ids: Arc::new(MachineIds), ..settings }).await?;
    let told = tell(&desk, &clock, now).await;
    desk.close().await;
    told?;
    for file in std::fs::read_dir(&draft).map_err(cannot)? {
        let file = file.map_err(cannot)?;
        std::fs::rename(file.path(), data.join(file.file_name())).map_err(cannot)?;
    }
    std::fs::remove_dir_all(&draft).map_err(cannot)
}

async fn tell(desk: &Desk, clock: &StoryClock, now: Timestamp) -> Result<(), Failure> {
    let plan = "shanghai-2019".parse().map_err(|fault| Failure::of("the plan", &fault))?;
    desk.adopt_plan(&desk.console(), &plan).await?;
    centre::register(desk).await?;
    people::appoint(desk, PASSWORD).await?;
    story::tell(desk, clock, now).await
}

fn whole_minute(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second() / 60 * 60).unwrap_or(time)
}
