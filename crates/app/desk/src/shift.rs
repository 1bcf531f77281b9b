//! The shift desk: who is on duty, what they write down, how they hand over to the next.
//!
//! Exactly one shift is on duty, once the first has begun: a shift ends only by being taken over, both in
//! one commit, and a claim lets one shift follow another. What the program finds for a hand-over is in
//! `hand_over`, the duty log in `log`.

mod hand_over;
mod log;
mod view;

use std::collections::BTreeSet;

use fengsui_notices::{HandOverReady, Moment, Notice, Phrase};
use fengsui_response::shift::{
    BeginShift, Shift, ShiftCommand, TakeOver, begin, decide, take_over,
};
use fengsui_response::{
    Actor, Addressee, Asked, Capacity, Decided, HandOverCounts, LogAbout, Refusal, Scene,
    ShiftEvent,
};
use fengsui_store::{Claim, Filter, NewBlob, Select, Sight};
use fengsui_vocabulary::{CommandId, Lang, Line, PersonId, Prose, ShiftId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use hand_over::{
    HandOverChange, HandOverDuty, HandOverIncident, HandOverMessage, HandOverPromise, HandOverText,
    HandOverWaiting,
};
pub use log::{LOG_KINDS, LogLine, LogPage};
pub use view::{ShiftLine, ShiftView};

use crate::boards::SHIFT;
use crate::commit::{ATTEMPTS_MAX, Done, Gains, done_before};
use crate::content::Writing;
use crate::outgoing::{Intents, Outgoing};
use crate::project::shift_rows;
use crate::stream::{Loaded, incident_stream, organisation_stream, report_stream, shift_stream};
use crate::view::id_of;
use crate::{Desk, DeskFault, FieldProblem};

/// The claims by which one shift follows another.
const SHIFT_AFTER: &str = "shift-after";

/// The key of the claim of a centre's first shift.
const FIRST: &str = "first";

/// What somebody writes into the duty log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogText {
    /// What it says.
    pub text: Prose,
    /// Why an entry was corrected by this one.
    #[serde(default)]
    pub because: Option<Line>,
}

/// An entry for the duty log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogEntry {
    /// When it happened; none means now.
    pub at: Option<Timestamp>,
    /// What it says.
    pub text: Prose,
    /// What it is about.
    pub about: Option<LogAbout>,
}

/// For whom a hand-over is prepared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparing {
    /// The people of the next shift: they are told.
    pub told: BTreeSet<PersonId>,
    /// When the next shift begins; none means now.
    pub begins_at: Option<Timestamp>,
}

/// What somebody read who takes a shift over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakingOver {
    /// The digest of the content.
    pub content: String,
    /// How many remarks were there.
    pub remarks: u32,
    /// Why the same person goes on, where nobody relieves them.
    pub alone: Option<Prose>,
}

impl Desk {
    /// Begins the first shift of the centre.
    pub async fn begin_shift(
        &self,
        by: &Actor,
        command_id: CommandId,
        at: Option<Timestamp>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_sees_whole(by)?;
        let shift = ShiftId::from_bits(self.draw());
        let asked =
            Asked { by: by.clone(), role: None, happened_at: at, command: BeginShift { shift } };
        for _ in 0..ATTEMPTS_MAX {
            let on_duty = self.shift_on_duty().await?;
            let loaded = Loaded::<Shift>::new(shift_stream(shift));
            let (packs, now) = (self.packs(), self.now());
            let on_duty = on_duty.as_ref().map(|loaded| &loaded.state);
            let decided = match begin(on_duty, &asked, &Scene::new(now, &packs)) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), BeginShift::NAME);
                    return Err(self.refuse(by.person, about, refusal).await);
                }
            };
            let rows = shift_rows(&loaded.after(&decided, now, by.person));
            let claims = vec![follows(FIRST.to_owned(), shift)];
            let (by, blobs, intents) = (by.person, Vec::new(), Intents::default());
            let gains = Gains { command_id, by, now, blobs, claims, intents };
            match self.commit_one(&loaded, &decided, rows, gains).await {
                Err(DeskFault::Overtaken(_)) => {} // somebody else began it: say so
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Adds somebody to a shift.
    pub async fn join_shift(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        person: PersonId,
    ) -> Result<Done, DeskFault> {
        let known = self.directory().actor(person);
        if !known.is_some_and(|actor| actor.has(Capacity::Officer)) {
            let capacity = Capacity::Officer;
            return Err(Refusal::NeedsCapacity { capacity }.into());
        }
        let asked = Asked::now(by.clone(), ShiftCommand::Join { person });
        self.act_on_shift(shift, command_id, asked, Vec::new()).await
    }

    /// Takes somebody off a shift.
    pub async fn leave_shift(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        person: PersonId,
    ) -> Result<Done, DeskFault> {
        let asked = Asked::now(by.clone(), ShiftCommand::Leave { person });
        self.act_on_shift(shift, command_id, asked, Vec::new()).await
    }

    /// Writes into the duty log of a shift.
    pub async fn write_log(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        entry: NewLogEntry,
    ) -> Result<Done, DeskFault> {
        if let Some(about) = entry.about {
            self.check_sight(by, &stream_of(about)).await?;
            if self.store().version(&stream_of(about)).await? == 0 {
                return Err(DeskFault::Absent);
            }
        }
        let kept = self.keep_json(&LogText { text: entry.text, because: None }).await?;
        let command = ShiftCommand::WriteLog { text: kept.reference, about: entry.about };
        let asked = Asked { by: by.clone(), role: None, happened_at: entry.at, command };
        self.act_on_shift(shift, command_id, asked, kept.new.into_iter().collect()).await
    }

    /// Corrects an entry of a duty log; the old one stays.
    pub async fn correct_log(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        (number, text): (u32, LogText),
    ) -> Result<Done, DeskFault> {
        let kept = self.keep_json(&text).await?;
        let command = ShiftCommand::CorrectLog { number, text: kept.reference };
        let asked = Asked::now(by.clone(), command);
        self.act_on_shift(shift, command_id, asked, kept.new.into_iter().collect()).await
    }

    /// Adds a remark for the next shift.
    pub async fn remark_hand_over(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        text: Prose,
    ) -> Result<Done, DeskFault> {
        let kept = self.keep_json(&Writing { text }).await?;
        let asked = Asked::now(by.clone(), ShiftCommand::Remark { text: kept.reference });
        self.act_on_shift(shift, command_id, asked, kept.new.into_iter().collect()).await
    }

    /// Freezes what is to be handed over as it stands now, and tells the people of the next shift.
    pub async fn prepare_hand_over(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        mut preparing: Preparing,
    ) -> Result<Done, DeskFault> {
        self.check_sees_whole(by)?;
        if preparing.told.is_empty() {
            self.add_next_shift(by, &mut preparing).await?;
        }
        for person in &preparing.told {
            if self.directory().actor(*person).is_none() {
                let problem = FieldProblem::new("told", "there is no such person here");
                return Err(DeskFault::Malformed(vec![problem]));
            }
        }
        let begun = self.shift_beginning(shift).await?;
        let text = self.hand_over_text(begun).await?;
        let counts = text.counts();
        let kept = self.keep_json(&text).await?;
        let command = ShiftCommand::PrepareHandOver {
            content: kept.reference,
            counts,
            told: preparing.told.clone(),
        };
        let asked = Asked::now(by.clone(), command);
        let outgoing = self.hand_over_ready(by, &preparing, (shift, counts));
        let blobs = kept.new.into_iter().collect();
        self.change_shift(shift, command_id, asked, (blobs, &outgoing)).await
    }

    /// Signs a hand-over for the outgoing side: exactly this content, with so many remarks.
    pub async fn sign_hand_over(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        (content, remarks): (String, u32),
    ) -> Result<Done, DeskFault> {
        let command = ShiftCommand::SignHandOver { content, remarks };
        self.act_on_shift(shift, command_id, Asked::now(by.clone(), command), Vec::new()).await
    }

    /// Takes a shift over: it ends and the next one begins in the same commit.
    pub async fn take_over_shift(
        &self,
        by: &Actor,
        shift: ShiftId,
        command_id: CommandId,
        taking: TakingOver,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_sees_whole(by)?;
        let TakingOver { content, remarks, alone } = taking;
        let mut blobs = Vec::new();
        let alone = match alone {
            None => None,
            Some(text) => {
                let kept = self.keep_json(&Writing { text }).await?;
                blobs.extend(kept.new);
                Some(kept.reference)
            }
        };
        let next = ShiftId::from_bits(self.draw());
        let asked = Asked::now(by.clone(), TakeOver { next, content, remarks, alone });
        for _ in 0..ATTEMPTS_MAX {
            match self.take_over_once(shift, command_id, &asked, blobs.clone()).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn take_over_once(
        &self,
        shift: ShiftId,
        command_id: CommandId,
        asked: &Asked<TakeOver>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        let by = asked.by.person;
        let next = asked.command.next;
        let loaded = self.load_existing::<Shift>(shift_stream(shift)).await?;
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let relieved = match take_over(&loaded.state, asked, &Scene::new(now, &packs)) {
            Ok(relieved) => relieved,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), TakeOver::NAME);
                return Err(self.refuse(by, about, refusal).await);
            }
        };
        let beginning = Loaded::<Shift>::new(shift_stream(next));
        let gained = |loaded: &Loaded<Shift>, decided: &[Decided<ShiftEvent>]| {
            loaded.gains(decided, shift_rows(&loaded.after(decided, now, by)))
        };
        let streams = vec![gained(&loaded, &relieved.ended), gained(&beginning, &relieved.begun)];
        let claims = vec![follows(shift.to_string(), next)];
        let gains = Gains { command_id, by, now, blobs, claims, intents: Intents::default() };
        let decided: Vec<_> = relieved.ended.iter().chain(&relieved.begun).cloned().collect();
        let kinds = decided.iter().map(|it| it.event.kind().to_owned()).collect();
        let committed = self.append(gains.commit(&decided, streams)).await?;
        Ok(Done { kinds, repeated: committed.repeated })
    }

    async fn act_on_shift(
        &self,
        shift: ShiftId,
        command_id: CommandId,
        asked: Asked<ShiftCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        self.change_shift(shift, command_id, asked, (blobs, &[])).await
    }

    async fn change_shift(
        &self,
        shift: ShiftId,
        command_id: CommandId,
        asked: Asked<ShiftCommand>,
        (blobs, outgoing): (Vec<NewBlob>, &[Outgoing]),
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        self.check_sees_whole(&asked.by)?;
        let by = asked.by.person;
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<Shift>(shift_stream(shift)).await?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let decided = match decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
                Ok(decided) => decided,
                Err(refusal) => {
                    let about = (loaded.stream.as_str(), asked.command.name());
                    return Err(self.refuse(by, about, refusal).await);
                }
            };
            let rows = shift_rows(&loaded.after(&decided, now, by));
            let intents = self.intents(outgoing, now).await?;
            let (blobs, claims) = (blobs.clone(), Vec::new());
            let gains = Gains { command_id, by, now, blobs, claims, intents };
            match self.commit_one(&loaded, &decided, rows, gains).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Who may stand a shift, by name: officers who see the whole centre.
    pub fn duty_officers(&self) -> Vec<(PersonId, String)> {
        let directory = self.directory();
        let mut officers: Vec<(PersonId, String)> = directory
            .people()
            .filter_map(|person| self.viewer(person))
            .filter(|viewer| viewer.is(Capacity::Officer) && viewer.sight() == Sight::Everything)
            .map(|viewer| (viewer.person(), viewer.name))
            .collect();
        officers.sort_by(|one, other| one.1.cmp(&other.1));
        officers
    }

    /// The shift that is on duty; none before the first.
    pub(crate) async fn shift_on_duty(&self) -> Result<Option<Loaded<Shift>>, DeskFault> {
        let select = Select::of(&SHIFT, Sight::Everything)
            .filter(Filter::Eq("state", "on-duty".into()))
            .limit(1);
        let rows = self.store().rows(&select).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let shift: ShiftId = id_of(row, "shift:")?;
        self.load(shift_stream(shift)).await.map(Some)
    }

    /// The shift desk is the whole centre's: who sees a part of it only does not stand there.
    fn check_sees_whole(&self, by: &Actor) -> Result<(), DeskFault> {
        let viewer = self.viewer(by.person).ok_or(DeskFault::NotYours)?;
        if viewer.sight() == Sight::Everything { Ok(()) } else { Err(DeskFault::Absent) }
    }

    /// Where nobody is named, the roster names whoever comes next, and when.
    async fn add_next_shift(&self, by: &Actor, to: &mut Preparing) -> Result<(), DeskFault> {
        let Some(until) = self.on_duty(self.now()).await?.until else { return Ok(()) };
        let next = self.on_duty(until).await?;
        let first = next.posts.iter().filter_map(|manning| manning.people.first());
        to.told.extend(first.map(|standing| standing.person).filter(|it| *it != by.person));
        to.begins_at = to.begins_at.or(Some(until));
        Ok(())
    }

    fn hand_over_ready(
        &self,
        by: &Actor,
        preparing: &Preparing,
        (shift, counts): (ShiftId, HandOverCounts),
    ) -> Vec<Outgoing> {
        let zone = self.lead_plan().map_or(TimeZone::UTC, |plan| plan.time_zone.clone());
        let begins_at = preparing.begins_at.unwrap_or_else(|| self.now());
        let directory = self.directory();
        let names: Vec<String> =
            preparing.told.iter().map(|it| directory.person_name(*it, Lang::Zh)).collect();
        let notice = |_: &PersonId| {
            Notice::HandOverReady(HandOverReady {
                from: Phrase::of(directory.person_name(by.person, Lang::Zh)),
                to: Phrase::of(names.join(" · ")),
                begins_at: Moment(begins_at.to_zoned(zone.clone())),
                open_duties: counts.duties,
                place: self.place("/shift"),
            })
        };
        let to = |person: &PersonId| Outgoing {
            about: shift_stream(shift),
            to: Addressee::Person(*person),
            notice: notice(person),
        };
        preparing.told.iter().map(to).collect()
    }
}

/// One shift follows another, and no second one does.
fn follows(after: String, next: ShiftId) -> Claim {
    Claim { series: SHIFT_AFTER.to_owned(), key: after, holder: next.to_string() }
}

/// The stream of what an entry is about.
pub(crate) fn stream_of(about: LogAbout) -> String {
    match about {
        LogAbout::Incident(incident) => incident_stream(incident),
        LogAbout::Report(report) => report_stream(report),
        LogAbout::Organisation(organisation) => organisation_stream(organisation),
    }
}
