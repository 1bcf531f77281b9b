//! The duty roster of the demonstration: two posts, day and night, and one gap, as there always is.

use fengsui_desk::Desk;
use fengsui_response::roster::{Month, Pattern, SettingsCommand};
use fengsui_response::{FilledHow, FilledSlot, Post, Shift, Slot};
use fengsui_vocabulary::{Label, PersonId};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::{StoryFault, said};

/// Who stands the post of the duty officer, in turn; the next two are the deputies.
const OFFICERS: [&str; 5] = ["mara", "lin", "shen", "chen", "luo"];

/// Shifts: name, names for people, begin, end.
const SHIFTS: [(&str, &str, &str, &str, &str); 2] = [
    ("day", "白班", "day shift", "08:00", "20:00"),
    ("night", "夜班", "night shift", "20:00", "08:00"),
];

/// Posts: name, names for people.
const POSTS: [(&str, &str, &str); 2] =
    [("duty-officer", "值班员", "duty officer"), ("duty-leader", "带班领导", "duty leader")];

/// Settles the posts and shifts and names people for this month and the next.
pub async fn name_duty(desk: &Desk) -> Result<(), StoryFault> {
    let shift = |(id, zh, en, begins, ends): (&str, &str, &str, &str, &str)| {
        Ok::<_, StoryFault>(Shift {
            id: said(id)?,
            label: Label::new(zh, en),
            begins: said(begins)?,
            ends: said(ends)?,
        })
    };
    let post = |(id, zh, en): (&str, &str, &str)| {
        Ok::<_, StoryFault>(Post { id: said(id)?, label: Label::new(zh, en) })
    };
    let shifts = SHIFTS.into_iter().map(shift).collect::<Result<Vec<_>, _>>()?;
    let posts = POSTS.into_iter().map(post).collect::<Result<Vec<_>, _>>()?;
    let pattern = Pattern { worked: shifts.clone(), rest: shifts };
    let from = Month::of(desk.today()).before().first();
    for command in [
        SettingsCommand::NameHead { person: person(desk, "wei").await? },
        SettingsCommand::SetPosts { posts },
        SettingsCommand::SetShifts { from, pattern },
        SettingsCommand::SetDays { calendars: vec![said("cn-2026")?], days: Vec::new() },
    ] {
        desk.settle_roster(&desk.console(), desk.command_id(), command).await?;
    }
    let mut officers = Vec::new();
    for login in OFFICERS {
        officers.push(person(desk, login).await?);
    }
    let leader = person(desk, "leader").await?;
    let slots = slots(desk.today(), (&officers, leader))?;
    let filled = (slots, FilledHow::ByHand);
    desk.fill_roster(&desk.console(), desk.command_id(), filled).await?;
    Ok(())
}

/// From the last day of the month before, because a night lasts into the first, to the end of the next.
fn slots(
    today: Date,
    (officers, leader): (&[PersonId], PersonId),
) -> Result<Vec<FilledSlot>, StoryFault> {
    let this = Month::of(today);
    let before = this.before().last();
    let mut slots = Vec::new();
    for day in std::iter::once(before).chain(this.days()).chain(this.after().days()) {
        let turn = date(2026, 1, 1).duration_until(day).as_hours().unsigned_abs() / 24;
        for (place, (shift, ..)) in (0_u64..).zip(SHIFTS) {
            let named = (0..3).filter_map(|next| {
                let index = usize::try_from(turn * 2 + place + next).ok()?;
                officers.get(index.checked_rem(officers.len())?).copied()
            });
            slots.push(filled((day, shift), "duty-officer", named.collect())?);
            // Nobody has been found yet for one night of next week.
            let is_open = shift == "night" && day == today.saturating_add(6.days());
            if !is_open {
                slots.push(filled((day, shift), "duty-leader", vec![leader])?);
            }
        }
    }
    Ok(slots)
}

fn filled(
    (on, shift): (Date, &str),
    post: &str,
    people: Vec<PersonId>,
) -> Result<FilledSlot, StoryFault> {
    Ok(FilledSlot { slot: Slot { on, shift: said(shift)?, post: said(post)? }, people })
}

async fn person(desk: &Desk, login: &str) -> Result<PersonId, StoryFault> {
    let account = desk.account(login).await?;
    account.map(|it| it.person).ok_or_else(|| StoryFault::said(login, "signs in nowhere"))
}
