//! `fengsui roster …`: who is on duty, a month from a table, and what is missing.

use std::process::ExitCode;

use fengsui_desk::{Desk, RosterView};
use fengsui_response::roster::{Manning, Month, OnDuty};
use fengsui_vocabulary::{Lang, PersonId};
use jiff::Timestamp;

use super::{DATA, Failure, Start, serve};
use crate::arguments::Roster;
use crate::printing::{complain, say};

/// Bytes of a table at most.
const TABLE_BYTES_MAX: u64 = 1024 * 1024;

pub(super) async fn run(start: &Start, roster: Roster) -> Result<ExitCode, Failure> {
    let desk = serve::open(&start.data(DATA)).await?;
    let done = match roster {
        Roster::Show { month } => show(&desk, month.as_deref()).await,
        Roster::Import { file, dry_run } => import(&desk, &file, dry_run).await,
        Roster::Gaps { month } => gaps(&desk, month.as_deref()).await,
    };
    desk.close().await;
    done
}

async fn show(desk: &Desk, month: Option<&str>) -> Result<ExitCode, Failure> {
    let view = desk.roster_at_console(month_of(desk, month)?).await?;
    say(&format!("now:  {}", on_duty(desk, &view.now)));
    if let Some(next) = &view.next {
        say(&format!("next: {}", on_duty(desk, next)));
    }
    for day in &view.days {
        for shift in &day.shifts {
            let posts: Vec<String> =
                shift.posts.iter().map(|it| manned(desk, it, view.now.head)).collect();
            say(&format!("{} {:<8} {}", day.on, shift.time.shift.id, posts.join(" · ")));
        }
        if day.shifts.is_empty() {
            say(&format!("{} -        no shift", day.on));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn gaps(desk: &Desk, month: Option<&str>) -> Result<ExitCode, Failure> {
    let RosterView { gaps, now, .. } = desk.roster_at_console(month_of(desk, month)?).await?;
    for gap in &gaps {
        let (begins, ends) = (clock(desk, gap.begins), clock(desk, gap.ends));
        let post = gap.post.as_ref().map_or("every post", |post| post.id.as_str());
        say(&format!("{begins} – {ends}  {post}: {}", falls_to(desk, now.head)));
    }
    if gaps.is_empty() {
        say("no gaps");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(complain(&format!("{} gaps", gaps.len())))
}

async fn import(desk: &Desk, file: &std::path::Path, dry_run: bool) -> Result<ExitCode, Failure> {
    let unreadable =
        |fault: std::io::Error| Failure::of(&format!("cannot read {}", file.display()), &fault);
    if std::fs::metadata(file).map_err(unreadable)?.len() > TABLE_BYTES_MAX {
        return Err(Failure::Said(format!("{} is larger than 1 MiB", file.display())));
    }
    let table = std::fs::read_to_string(file).map_err(unreadable)?;
    let import = desk.read_roster(&table).await?;
    if !import.is_sound() {
        for problem in import.problems() {
            say(&problem);
        }
        return Ok(complain("some lines must be mended; nothing was changed"));
    }
    let count = import.lines.len();
    if dry_run {
        say(&format!("{count} slots would be filled; nothing was changed"));
        return Ok(ExitCode::SUCCESS);
    }
    desk.import_roster(&desk.console(), desk.command_id(), import).await?;
    say(&format!("{count} slots filled"));
    Ok(ExitCode::SUCCESS)
}

fn month_of(desk: &Desk, month: Option<&str>) -> Result<Month, Failure> {
    match month {
        None => Ok(Month::of(desk.today())),
        Some(text) => text.parse().map_err(|fault| Failure::of("--month", &fault)),
    }
}

fn on_duty(desk: &Desk, on_duty: &OnDuty) -> String {
    let shift = on_duty.shift.as_ref().map_or("no shift", |it| it.shift.id.as_str());
    let until = on_duty.until.map(|at| format!(" until {}", clock(desk, at)));
    let posts: Vec<String> =
        on_duty.posts.iter().map(|it| manned(desk, it, on_duty.head)).collect();
    format!("{shift}{} · {}", until.unwrap_or_default(), posts.join(" · "))
}

fn manned(desk: &Desk, manning: &Manning, head: Option<PersonId>) -> String {
    if manning.gap.is_some() {
        return format!("{}: GAP, {}", manning.post.id, falls_to(desk, head));
    }
    let people: Vec<String> = manning.people.iter().map(|it| name(desk, it.person)).collect();
    format!("{}: {}", manning.post.id, people.join(", "))
}

fn falls_to(desk: &Desk, head: Option<PersonId>) -> String {
    match head {
        Some(head) => format!("falls to {}, the head of the centre", name(desk, head)),
        None => "nobody answers: no head is named".to_owned(),
    }
}

fn name(desk: &Desk, person: PersonId) -> String {
    desk.directory().person_name(person, Lang::Zh)
}

fn clock(desk: &Desk, at: Timestamp) -> String {
    at.to_zoned(desk.zone()).strftime("%Y-%m-%d %H:%M").to_string()
}
