//! A centre before its story begins, for the tests in a real browser: they move its clock.
//!
//! It serves the screens on a free port of loopback and prints `listening on http://…`. Then it reads
//! times of the story's day from standard input, a line each, such as `10:02`; it sets the clock and
//! answers `ok`. It ends with its input.

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use fengsui_desk::{Desk, DeskSettings, MachineIds, StoryClock};
use fengsui_scenarios::{StoryLookout, appoint, register};
use fengsui_web::{Limits, WebSettings};
use jiff::{Timestamp, Zoned};

/// When the story begins.
const BEGINS: &str = "2026-03-14T09:40+08:00[Asia/Shanghai]";

/// The password of every account.
const PASSWORD: &str = "beacon-tower";

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    let begins: Zoned = BEGINS.parse()?;
    let clock = Arc::new(StoryClock::at(begins.timestamp()));
    let desk = centre(folder.path(), Arc::clone(&clock)).await?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    say(&format!("listening on http://{}", listener.local_addr()?))?;
    let limits = Limits { public_reports_per_hour_max: 20, attachment_bytes_max: 1024 * 1024 };
    let settings =
        WebSettings { is_secure: false, trusted_proxies: Vec::new(), limits, fonts: Vec::new() };
    let app = fengsui_web::router(desk.clone(), settings);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum_server::from_tcp(listener)?.serve(app);

    let story = tokio::task::spawn_blocking(move || move_clock(&clock, &begins));
    tokio::select! {
        served = serving => served?,
        moved = story => moved??,
    }
    desk.close().await;
    Ok(())
}

/// Offices, districts, units and people; nothing has happened yet.
async fn centre(
    folder: &Path,
    clock: Arc<StoryClock>,
) -> Result<Desk, Box<dyn Error + Send + Sync>> {
    let url = format!("sqlite://{}", folder.join("fengsui.db").display());
    let desk = Desk::open(&DeskSettings { url, clock, ids: Arc::new(MachineIds) }).await?;
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse()?).await?;
    register(&desk).await?;
    appoint(&desk, PASSWORD).await?;
    desk.set_lookout(Arc::new(StoryLookout::of(&desk, desk.now())?));
    Ok(desk)
}

/// Sets the clock to whatever is read, until nothing more comes.
fn move_clock(clock: &StoryClock, day: &Zoned) -> Outcome {
    for line in std::io::stdin().lock().lines() {
        match instant(line?.trim(), day) {
            Ok(time) => {
                clock.set(time);
                say("ok")?;
            }
            Err(fault) => say(&format!("expected a time such as 10:02: {fault}"))?,
        }
    }
    Ok(())
}

/// An hour and a minute of the story's day.
fn instant(text: &str, day: &Zoned) -> Result<Timestamp, jiff::Error> {
    let time: jiff::civil::Time = text.parse()?;
    Ok(day.with().time(time).build()?.timestamp())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
