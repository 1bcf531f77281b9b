//! The duty roster: what is settled, each month, who is on duty, tables in and out.
//!
//! Every change is one command, decided against the roster as it is. Whoever steers incidents here may
//! see it and officers keep it; the head, the posts and the shifts are for leaders and keepers of plans.

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Calendar, Library};
use fengsui_response::roster::{
    self, Gap, Manning, Month, OnDuty, Roster, RosterCommand, RosterMonth, RosterSettings,
    SettingsCommand, ShiftTime,
};
use fengsui_response::{
    Actor, Asked, Capacity, DayKind, Decided, FilledHow, FilledSlot, OwnDays, Refusal, RosterEvent,
    Scene, Slot,
};
use fengsui_store::{NewBlob, StreamCommit, StreamRows};
use fengsui_vocabulary::{CommandId, PersonId, Prose};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

pub use table::{RosterImport, RosterLine, RosterMistake, RosterProblem};

use crate::commit::{ATTEMPTS_MAX, Gains, done_before};
use crate::content::Writing;
use crate::outgoing::Intents;
use crate::stream::{Loaded, ROSTER_SETTINGS, roster_stream};
use crate::viewer::Reach;
use crate::{Desk, DeskFault, Done, Viewer};

/// Some months of the roster with everything that says who is on duty.
#[derive(Clone, Debug)]
pub struct RosterBook {
    /// What holds for all months.
    pub settings: RosterSettings,
    months: BTreeMap<Month, RosterMonth>,
    zone: TimeZone,
    serving: BTreeSet<PersonId>,
}

/// Somebody who may be named on the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterPerson {
    /// Who.
    pub person: PersonId,
    /// What they type to sign in.
    pub login: String,
    /// How the screens call them.
    pub name: String,
}

/// A month of the roster as a screen shows it.
#[derive(Clone, Debug)]
pub struct RosterView {
    /// Which month.
    pub month: Month,
    /// Its days.
    pub days: Vec<RosterDay>,
    /// Times for which nobody is on the roster.
    pub gaps: Vec<Gap>,
    /// Entries that belong to no shift or post any more.
    pub strays: Vec<Slot>,
    /// Who is on duty now.
    pub now: OnDuty,
    /// Who comes next, if it is known when.
    pub next: Option<OnDuty>,
    /// What holds for all months.
    pub settings: RosterSettings,
    /// Whether a calendar was made for its days.
    pub is_calendar_known: bool,
    /// How many of its days are days of rest.
    pub days_of_rest: usize,
}

/// A day of the roster.
#[derive(Clone, Debug)]
pub struct RosterDay {
    /// Which.
    pub on: Date,
    /// Whether it is worked.
    pub kind: DayKind,
    /// What the centre itself calls it, if it has it off or works it.
    pub own: Option<OwnDays>,
    /// The shifts that begin on it.
    pub shifts: Vec<RosterShift>,
}

/// A shift of a day with everybody who stands it.
#[derive(Clone, Debug)]
pub struct RosterShift {
    /// Which.
    pub time: ShiftTime,
    /// Every post.
    pub posts: Vec<Manning>,
    /// Whom the entry names for each post, before anybody stands in.
    pub named: Vec<Vec<PersonId>>,
}

/// Like which days others are drafted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftLike {
    /// The seven days from this one on, like the week before.
    WeekBefore(Date),
    /// The month, like the one before.
    MonthBefore(Month),
}

/// Somebody stands in for somebody.
#[derive(Clone, Debug)]
pub struct NewSubstitution {
    /// Where.
    pub slot: Slot,
    /// For whom.
    pub absent: PersonId,
    /// Who.
    pub stands_in: PersonId,
    /// Why.
    pub reason: Prose,
}

impl RosterBook {
    /// Everything that says who is on duty.
    pub fn roster(&self) -> Roster<'_> {
        Roster {
            settings: &self.settings,
            months: &self.months,
            zone: &self.zone,
            calendars: calendars(),
            serving: &self.serving,
        }
    }

    /// The zone of the centre.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn day(&self, on: Date) -> RosterDay {
        let roster = self.roster();
        let kind = self.settings.kind(on, calendars());
        let posts = &self.settings.posts;
        let shift = |time: ShiftTime| RosterShift {
            posts: posts.iter().map(|post| roster.manned(Some(&time), post)).collect(),
            named: posts.iter().map(|post| self.named(&time, post.id.clone())).collect(),
            time,
        };
        let shifts = roster.shifts_of(on).into_iter().map(shift).collect();
        RosterDay { on, kind, own: self.settings.own_name(on).cloned(), shifts }
    }

    fn named(&self, time: &ShiftTime, post: fengsui_vocabulary::PostName) -> Vec<PersonId> {
        let slot = Slot { on: time.on, shift: time.shift.id.clone(), post };
        self.roster().entry(&slot).map(|entry| entry.people.clone()).unwrap_or_default()
    }
}

impl Desk {
    /// Who stands which post at a moment. Everybody may ask whom to call.
    pub async fn on_duty(&self, at: Timestamp) -> Result<OnDuty, DeskFault> {
        Ok(self.roster_at(at).await?.roster().on_duty(at))
    }

    /// A month of the roster.
    pub async fn roster(&self, viewer: &Viewer, month: Month) -> Result<RosterView, DeskFault> {
        check_reader(viewer)?;
        self.roster_at_console(month).await
    }

    /// A month of the roster, for whoever types at the machine itself.
    pub async fn roster_at_console(&self, month: Month) -> Result<RosterView, DeskFault> {
        let now = self.now();
        let book = self.roster_book([month.before(), month, month.after()]).await?;
        let today = self.roster_at(now).await?;
        let roster = book.roster();
        let on_duty = today.roster().on_duty(now);
        let next = on_duty.until.map(|until| today.roster().on_duty(until));
        Ok(RosterView {
            month,
            days: month.days().map(|day| book.day(day)).collect(),
            gaps: roster.gaps(month),
            strays: roster.strays(month),
            now: on_duty,
            next,
            is_calendar_known: month.days().all(|day| book.settings.knows(day, calendars())),
            days_of_rest: book.settings.days_of_rest(month.days(), calendars()).len(),
            settings: book.settings.clone(),
        })
    }

    /// A day of the roster.
    pub async fn roster_day(&self, viewer: &Viewer, on: Date) -> Result<RosterDay, DeskFault> {
        check_reader(viewer)?;
        Ok(self.roster_book([Month::of(on)]).await?.day(on))
    }

    /// What holds for all months.
    pub async fn roster_settings(&self, viewer: &Viewer) -> Result<RosterSettings, DeskFault> {
        check_reader(viewer)?;
        Ok(self.load::<RosterSettings>(ROSTER_SETTINGS.to_owned()).await?.state)
    }

    /// Everybody who may be named on the roster: officers and leaders, by login.
    pub async fn roster_people(&self) -> Result<Vec<RosterPerson>, DeskFault> {
        const STAND: [Capacity; 2] = [Capacity::Officer, Capacity::Leader];
        let lines = self.accounts().await?.into_iter();
        let stands =
            lines.filter(|it| !it.is_closed && STAND.iter().any(|one| it.capacities.contains(one)));
        let person = |it: crate::AccountLine| RosterPerson {
            person: it.person,
            login: it.login,
            name: it.name,
        };
        Ok(stands.map(person).collect())
    }

    /// Settles what holds for all months.
    pub async fn settle_roster(
        &self,
        by: &Actor,
        command_id: CommandId,
        command: SettingsCommand,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_keeper(by)?;
        let asked = Asked::now(by.clone(), command);
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load::<RosterSettings>(ROSTER_SETTINGS.to_owned()).await?;
            let book = self.book_of(loaded.state.clone(), BTreeMap::new());
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let scene = Scene::new(now, &packs);
            let decided = match roster::decide_settings(&book.roster(), &asked, &scene) {
                Ok(decided) => decided,
                Err(Refusal::NoChange) => return Ok(nothing()),
                Err(refusal) => {
                    let about = (ROSTER_SETTINGS, asked.command.name());
                    return Err(self.refuse(by.person, about, refusal).await);
                }
            };
            let gains = gains(command_id, by.person, now, Vec::new());
            match self.commit_one(&loaded, &decided, StreamRows::default(), gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Names people for slots, of one month or several, all or none.
    pub async fn fill_roster(
        &self,
        by: &Actor,
        command_id: CommandId,
        (slots, how): (Vec<FilledSlot>, FilledHow),
    ) -> Result<Done, DeskFault> {
        let mut months: BTreeMap<Month, Vec<FilledSlot>> = BTreeMap::new();
        for filled in slots {
            months.entry(Month::of(filled.slot.on)).or_default().push(filled);
        }
        let commands =
            months.into_iter().map(|(month, slots)| (month, RosterCommand::Fill { slots, how }));
        self.change_roster(by, command_id, commands.collect(), Vec::new()).await
    }

    /// Names people for the slots of a day that have some, and clears those that have none.
    pub async fn edit_roster_day(
        &self,
        by: &Actor,
        command_id: CommandId,
        slots: Vec<FilledSlot>,
    ) -> Result<Done, DeskFault> {
        let Some(month) = slots.first().map(|it| Month::of(it.slot.on)) else {
            return Ok(nothing());
        };
        let (filled, empty): (Vec<_>, Vec<_>) =
            slots.into_iter().partition(|it| !it.people.is_empty());
        let fill = RosterCommand::Fill { slots: filled, how: FilledHow::ByHand };
        let clear = RosterCommand::Clear { slots: empty.into_iter().map(|it| it.slot).collect() };
        self.change_roster(by, command_id, vec![(month, clear), (month, fill)], Vec::new()).await
    }

    /// Clears slots of one month.
    pub async fn clear_roster(
        &self,
        by: &Actor,
        command_id: CommandId,
        slots: Vec<Slot>,
    ) -> Result<Done, DeskFault> {
        let Some(month) = slots.first().map(|slot| Month::of(slot.on)) else {
            return Ok(nothing());
        };
        let command = RosterCommand::Clear { slots };
        self.change_roster(by, command_id, vec![(month, command)], Vec::new()).await
    }

    /// Has somebody stand in for somebody, for one shift.
    pub async fn substitute(
        &self,
        by: &Actor,
        command_id: CommandId,
        new: NewSubstitution,
    ) -> Result<Done, DeskFault> {
        let reason = self.keep_json(&Writing { text: new.reason }).await?;
        let month = Month::of(new.slot.on);
        let command = RosterCommand::Substitute {
            slot: new.slot,
            absent: new.absent,
            stands_in: new.stands_in,
            reason: reason.reference,
        };
        let blobs = reason.new.into_iter().collect();
        self.change_roster(by, command_id, vec![(month, command)], blobs).await
    }

    /// Has somebody stand in no longer.
    pub async fn withdraw_substitution(
        &self,
        by: &Actor,
        command_id: CommandId,
        (slot, absent): (Slot, PersonId),
    ) -> Result<Done, DeskFault> {
        let month = Month::of(slot.on);
        let command = RosterCommand::WithdrawSubstitution { slot, absent };
        self.change_roster(by, command_id, vec![(month, command)], Vec::new()).await
    }

    /// Who stood in for whom on a day and why, in the words that were written.
    pub async fn substitutions_of(
        &self,
        viewer: &Viewer,
        on: Date,
    ) -> Result<Vec<SubstitutionLine>, DeskFault> {
        check_reader(viewer)?;
        let loaded = self.load::<RosterMonth>(roster_stream(Month::of(on))).await?;
        let mut lines = Vec::new();
        for (slot, entry) in loaded.state.entries.iter().filter(|(slot, _)| slot.on == on) {
            for (absent, substitution) in &entry.substitutions {
                let reason = self.json::<Writing>(&substitution.reason).await?;
                lines.push(SubstitutionLine {
                    slot: slot.clone(),
                    absent: *absent,
                    stands_in: substitution.stands_in,
                    by: substitution.by,
                    reason: reason.map(|it| it.text),
                });
            }
        }
        Ok(lines)
    }

    /// Reads a table of slots; nothing is written.
    pub async fn read_roster(&self, table: &str) -> Result<RosterImport, DeskFault> {
        let months = table::months_of(table);
        let book = self.roster_book(months).await?;
        Ok(RosterImport::read(table, &book.roster(), &self.logins().await?))
    }

    /// Names the people of a table that was read without a problem.
    pub async fn import_roster(
        &self,
        by: &Actor,
        command_id: CommandId,
        import: RosterImport,
    ) -> Result<Done, DeskFault> {
        if !import.is_sound() {
            let problem = crate::FieldProblem::new("table", "mend it first");
            return Err(DeskFault::Malformed(vec![problem]));
        }
        let slots = import.lines.into_iter().filter_map(|line| line.outcome.ok()).collect();
        self.fill_roster(by, command_id, (slots, FilledHow::Imported)).await
    }

    /// A month as a table that can be read again.
    pub async fn export_roster(&self, viewer: &Viewer, month: Month) -> Result<String, DeskFault> {
        check_reader(viewer)?;
        let loaded = self.load::<RosterMonth>(roster_stream(month)).await?;
        let slots = loaded.state.entries.iter();
        let slots: Vec<FilledSlot> = slots
            .map(|(slot, entry)| FilledSlot { slot: slot.clone(), people: entry.people.clone() })
            .collect();
        Ok(table::written(&slots, &self.logins().await?))
    }

    /// A draft like the days before, as a table that can be changed and read.
    pub async fn draft_roster(
        &self,
        viewer: &Viewer,
        like: DraftLike,
    ) -> Result<String, DeskFault> {
        check_reader(viewer)?;
        let month = match like {
            DraftLike::WeekBefore(first) => Month::of(first),
            DraftLike::MonthBefore(month) => month,
        };
        let book = self.roster_book([month.before(), month, month.after()]).await?;
        let slots = match like {
            DraftLike::WeekBefore(first) => book.roster().like_the_week_before(first),
            DraftLike::MonthBefore(month) => book.roster().like_the_month_before(month),
        };
        Ok(table::written(&slots, &self.logins().await?))
    }

    /// The roster around a moment.
    pub(crate) async fn roster_at(&self, at: Timestamp) -> Result<RosterBook, DeskFault> {
        let day = at.to_zoned(self.zone()).date();
        let around = [day.saturating_sub(2.days()), day, day.saturating_add(16.days())];
        self.roster_book(around.map(Month::of)).await
    }

    async fn roster_book(
        &self,
        months: impl IntoIterator<Item = Month>,
    ) -> Result<RosterBook, DeskFault> {
        let settings = self.load::<RosterSettings>(ROSTER_SETTINGS.to_owned()).await?.state;
        let mut loaded = BTreeMap::new();
        for month in months.into_iter().collect::<BTreeSet<_>>() {
            loaded.insert(month, self.load::<RosterMonth>(roster_stream(month)).await?.state);
        }
        Ok(self.book_of(settings, loaded))
    }

    fn book_of(
        &self,
        settings: RosterSettings,
        months: BTreeMap<Month, RosterMonth>,
    ) -> RosterBook {
        let serving = self.directory().serving();
        RosterBook { settings, months, zone: self.zone(), serving }
    }

    /// Several commands, one after the other, in one commit.
    async fn change_roster(
        &self,
        by: &Actor,
        command_id: CommandId,
        commands: Vec<(Month, RosterCommand)>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_keeper(by)?;
        for _ in 0..ATTEMPTS_MAX {
            match self.try_to_change(by, command_id, &commands, &blobs).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn try_to_change(
        &self,
        by: &Actor,
        command_id: CommandId,
        commands: &[(Month, RosterCommand)],
        blobs: &[NewBlob],
    ) -> Result<Done, DeskFault> {
        let mut changing = self.changing(commands.iter().map(|(month, _)| *month)).await?;
        for (month, command) in commands {
            if is_nothing(command) {
                continue;
            }
            let asked = Asked::now(by.clone(), command.clone());
            if let Err(refusal) = changing.ask(self, *month, &asked) {
                let stream = roster_stream(*month);
                let about = (stream.as_str(), command.name());
                return Err(self.refuse(by.person, about, refusal).await);
            }
        }
        let kinds = changing.kinds();
        if kinds.is_empty() {
            return Ok(nothing());
        }
        let gains = gains(command_id, by.person, changing.now, blobs.to_vec());
        let commit = gains.commit::<RosterEvent>(&[], changing.into_streams());
        let committed = self.append(commit).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    async fn changing(&self, months: impl Iterator<Item = Month>) -> Result<Changing, DeskFault> {
        let settings = self.load::<RosterSettings>(ROSTER_SETTINGS.to_owned()).await?;
        let mut now = self.now().max(settings.recorded_at);
        let mut loaded = BTreeMap::new();
        for month in months.collect::<BTreeSet<_>>() {
            let one = self.load::<RosterMonth>(roster_stream(month)).await?;
            now = now.max(one.recorded_at);
            loaded.insert(month, (one, Vec::new()));
        }
        Ok(Changing { settings: settings.state, months: loaded, now })
    }

    fn check_keeper(&self, by: &Actor) -> Result<(), DeskFault> {
        if by.person == Actor::PROGRAM {
            return Ok(());
        }
        check_reader(&self.viewer(by.person).ok_or(DeskFault::NotYours)?)
    }

    async fn logins(&self) -> Result<Logins, DeskFault> {
        let people = self.roster_people().await?;
        Ok(Logins {
            by_login: people.iter().map(|it| (it.login.clone(), it.person)).collect(),
            by_person: people.into_iter().map(|it| (it.person, it.login)).collect(),
        })
    }
}

/// Who stood in for whom, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubstitutionLine {
    /// Where.
    pub slot: Slot,
    /// For whom.
    pub absent: PersonId,
    /// Who.
    pub stands_in: PersonId,
    /// Who wrote it down.
    pub by: PersonId,
    /// Why; none when it was erased.
    pub reason: Option<Prose>,
}

/// Who is meant by what is typed to sign in.
#[derive(Clone, Debug, Default)]
struct Logins {
    by_login: BTreeMap<String, PersonId>,
    by_person: BTreeMap<PersonId, String>,
}

/// Months that are being changed in one commit.
struct Changing {
    settings: RosterSettings,
    months: BTreeMap<Month, (Loaded<RosterMonth>, Vec<Decided<RosterEvent>>)>,
    now: Timestamp,
}

impl Changing {
    /// Decides one command against what those before it gave. One that changes nothing is no mistake.
    fn ask(
        &mut self,
        desk: &Desk,
        month: Month,
        asked: &Asked<RosterCommand>,
    ) -> Result<(), Refusal> {
        let after = |(month, (loaded, decided)): (&Month, &(Loaded<RosterMonth>, Vec<_>))| {
            (*month, loaded.after(decided, self.now, asked.by.person).state)
        };
        let months = self.months.iter().map(after).collect();
        let book = desk.book_of(self.settings.clone(), months);
        let packs: Arc<_> = desk.packs();
        let scene = Scene::new(self.now, &packs);
        match roster::decide(&book.roster(), month, asked, &scene) {
            Ok(decided) => {
                if let Some((_, so_far)) = self.months.get_mut(&month) {
                    so_far.extend(decided);
                }
                Ok(())
            }
            Err(Refusal::NoChange) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    fn kinds(&self) -> Vec<String> {
        let decided = self.months.values().flat_map(|(_, decided)| decided);
        decided.map(|it| it.event.kind().to_owned()).collect()
    }

    fn into_streams(self) -> Vec<StreamCommit> {
        let months = self.months.into_values().filter(|(_, decided)| !decided.is_empty());
        months.map(|(loaded, decided)| loaded.gains(&decided, StreamRows::default())).collect()
    }
}

/// Whoever steers incidents here, or keeps the plan and the accounts.
fn check_reader(viewer: &Viewer) -> Result<(), DeskFault> {
    const KEEPERS: [Capacity; 2] = [Capacity::PlanOfficer, Capacity::Administrator];
    if viewer.reach == Reach::Whole || viewer.is_any(&KEEPERS) {
        return Ok(());
    }
    Err(DeskFault::NotYours)
}

fn is_nothing(command: &RosterCommand) -> bool {
    match command {
        RosterCommand::Fill { slots, .. } => slots.is_empty(),
        RosterCommand::Clear { slots } => slots.is_empty(),
        RosterCommand::Substitute { .. } | RosterCommand::WithdrawSubstitution { .. } => false,
    }
}

const fn nothing() -> Done {
    Done { kinds: Vec::new(), repeated: false }
}

fn gains(command_id: CommandId, by: PersonId, now: Timestamp, blobs: Vec<NewBlob>) -> Gains {
    Gains { command_id, by, now, blobs, claims: Vec::new(), intents: Intents::default() }
}

fn calendars() -> &'static BTreeMap<String, Calendar> {
    Library::shipped().calendars()
}
