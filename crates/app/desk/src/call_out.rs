//! Calling people out: begun by the clock or by hand, one person at a time, until somebody comes.
//!
//! Every call is an intent of a message in the same commit. When a step is over the clock asks
//! [`Desk::fire_call_out`]; who may answer is decided by the frozen ladder, never by who signs in.

mod view;

use fengsui_notices::{CallOut as CallOutNotice, Moment, Notice, Phrase};
use fengsui_response::call_out::{
    self, BeginCallOut, CallOut, CallOutCommand, Standing, ladder, ladder_of_post,
};
use fengsui_response::house::{CallOutRule, CallOutWhen, CallOutWho};
use fengsui_response::incident::Incident;
use fengsui_response::report::Report;
use fengsui_response::{
    Actor, Addressee, Asked, BlobRef, CallOutAnswer, CallOutEvent, Decided, LadderStep, Refusal,
    Scene, StepBecause,
};
use fengsui_store::{Committed, Direction, Filter, NewBlob, Select, Sight};
use fengsui_vocabulary::{
    CallOutId, CommandId, Label, Lang, Line, MessageId, PersonId, PostName, Prose,
};
use jiff::Timestamp;

pub use view::{CallOutFilter, CallOutLine, CallOutMay, CallOutView};

use crate::boards::{CALL_OUT, CLOCK};
use crate::commit::{ATTEMPTS_MAX, Gains, done_before};
use crate::content::Writing;
use crate::outgoing::{Intents, Outgoing};
use crate::project;
use crate::secret::sha256_hex;
use crate::stream::{Loaded, call_out_stream};
use crate::viewer::Reach;
use crate::{Desk, DeskFault, Done, FieldProblem};

/// Streams that are looked at in one go at most.
const FIRED_MAX: u32 = 1_000;

/// Whom somebody on duty calls out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutWhom {
    /// The whole ladder of the house for an occasion.
    Ladder(CallOutWhen),
    /// Whoever stands a post, its deputies, then the head.
    Post(PostName),
}

/// A call-out by hand.
#[derive(Clone, Debug)]
pub struct NewCallOut {
    /// The incident or report that it is about: its stream.
    pub about: String,
    /// Whom.
    pub whom: CallOutWhom,
    /// Why.
    pub reason: Prose,
}

impl Desk {
    /// What a commit gains so that people are called out: the call-out itself, and the call of the first
    /// step. Nothing where the house has no rule, or where one is already calling for the same.
    pub(crate) async fn call_out_for(
        &self,
        when: CallOutWhen,
        about: &str,
        because: &Line,
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let packs = self.packs();
        let Some(rule) = packs.house().call_out(when) else { return Ok(Intents::default()) };
        if self.is_calling(when, about).await? {
            return Ok(Intents::default());
        }
        let on_duty = self.on_duty(now).await?;
        let text = because.as_str().parse::<Prose>();
        let text = text.map_err(|fault| DeskFault::Unreadable(fault.to_string()))?;
        let because = self.keep_json(&Writing { text }).await?;
        let reference = because.reference;
        let begin = self.beginning((about, when), reference, ladder(rule, &on_duty), rule)?;
        let loaded = Loaded::<CallOut>::new(call_out_stream(begin.call_out));
        let asked = Asked::now(Actor::program(), CallOutCommand::Begin(begin));
        let mut decided = call_out::decide(&loaded.state, &asked, &Scene::new(now, &packs))?;
        let mut intents = self.calls(&loaded, &mut decided, now).await?;
        let after = loaded.after(&decided, now, Actor::PROGRAM);
        intents.streams.push(loaded.gains(&decided, project::call_out_rows(&after)));
        intents.blobs.extend(because.new);
        Ok(intents)
    }

    /// Looks at a call-out whose step may be over: the next one is called, or nobody is left. Looking twice
    /// does nothing.
    pub(crate) async fn fire_call_out(
        &self,
        stream: &str,
        now: Timestamp,
    ) -> Result<(), DeskFault> {
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<CallOut>(stream.to_owned()).await?;
            let command_id = command_of(&loaded.stream, loaded.version);
            let asked = Asked::now(Actor::program(), CallOutCommand::Fire);
            let now = now.max(loaded.recorded_at);
            match self.act_once(&loaded, &asked, (command_id, now), Vec::new()).await {
                Err(DeskFault::Overtaken(_)) => {} // somebody answered meanwhile
                done => return done.map(drop),
            }
        }
        Err(DeskFault::Busy)
    }

    /// Looks at every call-out whose step is over, the longest over first; how many there were.
    pub async fn fire_call_outs(&self) -> Result<usize, DeskFault> {
        let now = self.now();
        let select = Select::of(&CLOCK, Sight::Everything)
            .filter(Filter::AtMost("fires_at", now.into()))
            .order("fires_at", Direction::Ascending)
            .limit(FIRED_MAX);
        let rows = self.store().rows(&select).await?;
        let mut fired = 0;
        for row in rows.iter().filter(|row| row.stream().starts_with("call_out:")) {
            self.fire_call_out(row.stream(), now).await?;
            fired += 1;
        }
        Ok(fired)
    }

    /// Calls people out on an occasion that the program noticed outside of any other command.
    pub async fn call_out_at_once(
        &self,
        when: CallOutWhen,
        about: &str,
        because: &Line,
    ) -> Result<Option<CallOutId>, DeskFault> {
        let now = self.now();
        let intents = self.call_out_for(when, about, because, now).await?;
        let began = intents.streams.iter().find_map(|it| id_of(&it.stream));
        if began.is_some() {
            let gains = Gains {
                command_id: self.command_id(),
                by: Actor::PROGRAM,
                now,
                blobs: Vec::new(),
                claims: Vec::new(),
                intents,
            };
            self.append(gains.commit::<CallOutEvent>(&[], Vec::new())).await?;
        }
        Ok(began)
    }

    /// Calls people out by hand, about an incident or a report that whoever asks may see.
    pub async fn call_out(
        &self,
        by: &Actor,
        command_id: CommandId,
        new: NewCallOut,
    ) -> Result<CallOutId, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return begun_by(&before);
        }
        if !(new.about.starts_with("incident:") || new.about.starts_with("report:")) {
            let problem = "choose an incident or a report";
            return Err(DeskFault::Malformed(vec![FieldProblem::new("about", problem)]));
        }
        self.check_caller(by)?;
        self.check_sight(by, &new.about).await?;
        let packs = self.packs();
        let house = packs.house();
        let occasion = match &new.whom {
            CallOutWhom::Ladder(when) => *when,
            CallOutWhom::Post(_) => CallOutWhen::ByHand,
        };
        let rule = house.call_out(occasion).or_else(|| house.call_outs.first());
        let Some(rule) = rule else {
            let problem = "the rules of the house have no call-out";
            return Err(DeskFault::Malformed(vec![FieldProblem::new("whom", problem)]));
        };
        let now = self.now();
        let on_duty = self.on_duty(now).await?;
        let steps = match &new.whom {
            CallOutWhom::Ladder(_) => ladder(rule, &on_duty),
            CallOutWhom::Post(post) => ladder_of_post(rule, post, &on_duty),
        };
        let because = self.keep_json(&Writing { text: new.reason }).await?;
        let of_whom = (new.about.as_str(), CallOutWhen::ByHand);
        let begin = self.beginning(of_whom, because.reference, steps, rule)?;
        let id = begin.call_out;
        let asked = Asked::now(by.clone(), CallOutCommand::Begin(begin));
        let loaded = Loaded::<CallOut>::new(call_out_stream(id));
        let blobs = because.new.into_iter().collect();
        self.act_once(&loaded, &asked, (command_id, now), blobs).await?;
        Ok(id)
    }

    /// Answers a call, or writes down what somebody answered by telephone and when.
    pub async fn answer_call_out(
        &self,
        by: &Actor,
        command_id: CommandId,
        call_out: CallOutId,
        (person, answer, said_at): (PersonId, CallOutAnswer, Option<Timestamp>),
    ) -> Result<Done, DeskFault> {
        let command = CallOutCommand::Answer { person, answer };
        let asked = Asked { happened_at: said_at, ..Asked::now(by.clone(), command) };
        self.act_on_call_out(call_out, command_id, asked, Vec::new()).await
    }

    /// Lets somebody answer who is not on the ladder, and tells them.
    pub async fn add_to_call_out(
        &self,
        by: &Actor,
        command_id: CommandId,
        (call_out, person): (CallOutId, PersonId),
    ) -> Result<Done, DeskFault> {
        if !self.directory().serving().contains(&person) {
            let refusal = Refusal::Unknown { what: "person", name: person.to_string() };
            let stream = call_out_stream(call_out);
            return Err(self
                .refuse(by.person, (stream.as_str(), "add-to-call-out"), refusal)
                .await);
        }
        let asked = Asked::now(by.clone(), CallOutCommand::Add { person });
        self.act_on_call_out(call_out, command_id, asked, Vec::new()).await
    }

    /// Whoever took it is there.
    pub async fn end_call_out(
        &self,
        by: &Actor,
        command_id: CommandId,
        call_out: CallOutId,
    ) -> Result<Done, DeskFault> {
        let asked = Asked::now(by.clone(), CallOutCommand::End);
        self.act_on_call_out(call_out, command_id, asked, Vec::new()).await
    }

    /// Calls nobody any more.
    pub async fn cancel_call_out(
        &self,
        by: &Actor,
        command_id: CommandId,
        (call_out, reason): (CallOutId, Prose),
    ) -> Result<Done, DeskFault> {
        let reason = self.keep_json(&Writing { text: reason }).await?;
        let command = CallOutCommand::Cancel { reason: reason.reference };
        let blobs = reason.new.into_iter().collect();
        self.act_on_call_out(call_out, command_id, Asked::now(by.clone(), command), blobs).await
    }

    async fn act_on_call_out(
        &self,
        call_out: CallOutId,
        command_id: CommandId,
        asked: Asked<CallOutCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        if let Some(before) = self.store().committed(command_id).await? {
            return Ok(done_before(&before));
        }
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_existing::<CallOut>(call_out_stream(call_out)).await?;
            let now = self.now().max(loaded.recorded_at);
            match self.act_once(&loaded, &asked, (command_id, now), blobs.clone()).await {
                Err(DeskFault::Overtaken(_)) => {} // decide again
                Err(DeskFault::Refused(Refusal::NoChange)) => {
                    return Ok(Done { kinds: Vec::new(), repeated: true });
                }
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn act_once(
        &self,
        loaded: &Loaded<CallOut>,
        asked: &Asked<CallOutCommand>,
        (command_id, now): (CommandId, Timestamp),
        blobs: Vec<NewBlob>,
    ) -> Result<Done, DeskFault> {
        let by = asked.by.person;
        let packs = self.packs();
        let mut decided = match call_out::decide(&loaded.state, asked, &Scene::new(now, &packs)) {
            Ok(decided) => decided,
            Err(Refusal::NoChange) => return Err(Refusal::NoChange.into()),
            Err(refusal) => {
                let about = (loaded.stream.as_str(), asked.command.name());
                return Err(self.refuse(by, about, refusal).await);
            }
        };
        let intents = self.calls(loaded, &mut decided, now).await?;
        let rows = project::call_out_rows(&loaded.after(&decided, now, by));
        let gains = Gains { command_id, by, now, blobs, claims: Vec::new(), intents };
        self.commit_one(loaded, &decided, rows, gains).await
    }

    /// The messages to those who are called by this, whose ids the events then hold.
    async fn calls(
        &self,
        loaded: &Loaded<CallOut>,
        decided: &mut [Decided<CallOutEvent>],
        now: Timestamp,
    ) -> Result<Intents, DeskFault> {
        let after = loaded.after(decided, now, Actor::PROGRAM).state;
        let mut all = Intents::default();
        for it in decided {
            let (person, step, until) = match &it.event {
                CallOutEvent::PersonCalled(called) => {
                    (called.person, Some(called.step), Some(called.until))
                }
                CallOutEvent::PersonAdded(added) => (added.person, None, after.fires_at()),
                CallOutEvent::Begun(_)
                | CallOutEvent::StepPassed(_)
                | CallOutEvent::Answered(_)
                | CallOutEvent::Taken(_)
                | CallOutEvent::Released(_)
                | CallOutEvent::Exhausted(_)
                | CallOutEvent::Ended(_)
                | CallOutEvent::Cancelled(_) => continue,
            };
            let outgoing = self.call(&after, (person, step), until.unwrap_or(now)).await?;
            let intents = self.intents(&[outgoing], now).await?;
            let messages = messages_of(&intents);
            match &mut it.event {
                CallOutEvent::PersonCalled(called) => called.messages = messages,
                CallOutEvent::PersonAdded(added) => added.messages = messages,
                CallOutEvent::Begun(_)
                | CallOutEvent::StepPassed(_)
                | CallOutEvent::Answered(_)
                | CallOutEvent::Taken(_)
                | CallOutEvent::Released(_)
                | CallOutEvent::Exhausted(_)
                | CallOutEvent::Ended(_)
                | CallOutEvent::Cancelled(_) => {}
            }
            all.streams.extend(intents.streams);
            all.blobs.extend(intents.blobs);
        }
        Ok(all)
    }

    /// What is said to somebody who is called.
    async fn call(
        &self,
        call_out: &CallOut,
        (person, step): (PersonId, Option<u32>),
        until: Timestamp,
    ) -> Result<Outgoing, DeskFault> {
        let begun = call_out.begun.as_ref().ok_or(DeskFault::Absent)?;
        let step = step.and_then(|step| begun.step(step));
        let because = match step {
            Some(step) => self.why_called(step).await?,
            None => Label::new("值班员加召", "called in by the officer on duty"),
        };
        let place = format!("/call-outs/{}", begun.call_out);
        let notice = Notice::CallOut(CallOutNotice {
            called: Phrase::of(self.directory().person_name(person, Lang::Zh)),
            about: Phrase::of(self.named(begun.about.as_str()).await?),
            because: Phrase::of(because.to_string()),
            answer_by: Moment(until.to_zoned(self.zone())),
            acknowledge: self.place(&place),
        });
        let about = call_out_stream(begun.call_out);
        Ok(Outgoing { about, to: Addressee::Person(person), notice })
    }

    async fn why_called(&self, step: &LadderStep) -> Result<Label, DeskFault> {
        let settings = self.roster_at(self.now()).await?.settings;
        let known = settings.posts.iter().find(|post| Some(&post.id) == step.post.as_ref());
        let post = known.map_or_else(
            || {
                let name = step.post.as_ref().map_or("", PostName::as_str);
                Label::new(name, name)
            },
            |post| post.label.clone(),
        );
        let deputy = |zh: &str, en: &str| match step.who {
            CallOutWho::Deputy => Label::new(format!("{zh}（备班）"), format!("({en}, deputy)")),
            CallOutWho::First | CallOutWho::Head => Label::new(zh.to_owned(), format!("({en})")),
        };
        Ok(match step.because {
            StepBecause::OnRoster => deputy(&post.zh, &post.en),
            StepBecause::StandsIn => {
                deputy(&format!("{}（替班）", post.zh), &format!("{}, standing in", post.en))
            }
            StepBecause::Gap => Label::new(
                format!("{}无人值守，由中心负责人承担", post.zh),
                format!("(nobody stands {}: the head answers)", post.en),
            ),
            StepBecause::IsHead => Label::new("中心负责人", "(head of the centre)"),
        })
    }

    /// Number and title of what a call-out is about. The title of a report is its reporter's, so it stays
    /// in the record.
    pub(crate) async fn named(&self, stream: &str) -> Result<String, DeskFault> {
        if stream.starts_with("incident:") {
            let incident = self.load::<Incident>(stream.to_owned()).await?.state;
            let heading = incident.heading.map(|it| format!("{} {}", it.number, it.title));
            return Ok(heading.unwrap_or_default());
        }
        if stream.starts_with("report:") {
            let report = self.load::<Report>(stream.to_owned()).await?.state;
            let number = report.intake.map(|intake| intake.number.to_string());
            return Ok(number.unwrap_or_default());
        }
        Ok(stream.to_owned())
    }

    /// Whether people are being called for the same occasion in the same matter.
    async fn is_calling(&self, when: CallOutWhen, about: &str) -> Result<bool, DeskFault> {
        let select = Select::of(&CALL_OUT, Sight::Everything)
            .filter(Filter::Eq("about", about.into()))
            .filter(Filter::Eq("state", Standing::Calling.name().into()))
            .filter(Filter::Eq("occasion", project::word(&when).into()))
            .order("begun_at", Direction::Descending)
            .limit(1);
        Ok(!self.store().rows(&select).await?.is_empty())
    }

    fn beginning(
        &self,
        (about, occasion): (&str, CallOutWhen),
        because: BlobRef,
        ladder: Vec<LadderStep>,
        rule: &CallOutRule,
    ) -> Result<BeginCallOut, DeskFault> {
        let about: Line =
            about.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))?;
        Ok(BeginCallOut {
            call_out: CallOutId::from_bits(self.draw()),
            about,
            occasion,
            because,
            ladder,
            rounds_max: rule.rounds.unwrap_or(1),
        })
    }

    /// Only those who steer incidents here call people out.
    fn check_caller(&self, by: &Actor) -> Result<(), DeskFault> {
        let viewer = self.viewer(by.person).ok_or(DeskFault::NotYours)?;
        if viewer.reach == Reach::Whole { Ok(()) } else { Err(DeskFault::NotYours) }
    }
}

/// What fires a step is one command, however often and by whomever it is tried.
fn command_of(stream: &str, version: u64) -> CommandId {
    let hash = sha256_hex(format!("fire\n{stream}\n{version}").as_bytes());
    let bits = hash.get(..32).and_then(|hex| u128::from_str_radix(hex, 16).ok());
    CommandId::from_bits(bits.unwrap_or_default())
}

fn messages_of(intents: &Intents) -> Vec<MessageId> {
    let streams = intents.streams.iter().map(|it| it.stream.as_str());
    streams.filter_map(|it| it.strip_prefix("message:")?.parse().ok()).collect()
}

/// The call-out that a command began when it was carried out.
fn begun_by(before: &Committed) -> Result<CallOutId, DeskFault> {
    before.entries.iter().find_map(|it| id_of(&it.stream)).ok_or(DeskFault::Absent)
}

fn id_of(stream: &str) -> Option<CallOutId> {
    stream.strip_prefix("call_out:")?.parse().ok()
}
