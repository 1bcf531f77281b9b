//! Tells a story through the desk, and writes down what followed.
//!
//! One file a group of verbs. What a verb needs comes from the line; what it does is one use case.

mod deciding;
mod duties;
mod looking;
mod reporting;

use std::collections::BTreeMap;

use fengsui_desk::{Desk, DeskFault, StoryClock, Viewer};
use fengsui_response::incident::IncidentCommand;
use fengsui_response::{Actor, Asked};
use fengsui_vocabulary::{CommandId, FactRange, FactValue, Facts, IncidentId, ReportId, Scalar};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::script::{Line, Step, clock_time, read};
use crate::{StoryFault, said};

/// Tells a story on a centre that is set up; gives back the transcript. `midnight` is what the story
/// counts its hours from.
pub async fn tell(
    desk: &Desk,
    clock: &StoryClock,
    midnight: Timestamp,
    story: &str,
) -> Result<String, StoryFault> {
    let mut teller = Teller::new(desk, clock, midnight)?;
    let mut transcript = String::new();
    for line in read(story)? {
        let followed = match &line {
            Line::Remark(text) => {
                transcript.push_str(text);
                String::new()
            }
            Line::Step(step) => {
                transcript.push_str(&step.text);
                teller.step(step).await?
            }
        };
        transcript.push('\n');
        for line in followed.lines() {
            transcript.push_str("    ");
            transcript.push_str(line);
            transcript.push('\n');
        }
    }
    Ok(transcript)
}

/// Tells a story while the clock runs, minute by minute, until a time after its end: what happens by
/// itself happens in between, as it would have.
pub async fn tell_by_the_clock(
    desk: &Desk,
    clock: &StoryClock,
    midnight: Timestamp,
    (story, until): (&str, Timestamp),
) -> Result<(), StoryFault> {
    let mut teller = Teller::new(desk, clock, midnight)?;
    let mut now = midnight;
    for line in read(story)? {
        if let Line::Step(step) = &line {
            if let Some(time) = step.time {
                now = teller.let_pass(now, teller.instant(time)).await?;
            }
            teller.step(step).await?;
        }
    }
    teller.let_pass(now, until).await.map(drop)
}

/// Somebody who tells a story.
#[derive(Debug)]
pub struct Teller<'a> {
    desk: &'a Desk,
    clock: &'a StoryClock,
    midnight: Timestamp,
    zone: TimeZone,
    report: Option<ReportId>,
    incident: Option<IncidentId>,
    receipt: Option<(String, String)>,
    /// What the duties looked like after the last step.
    duties: BTreeMap<String, String>,
}

impl<'a> Teller<'a> {
    /// A teller whose hours count from `midnight` and are shown in the leading plan's zone.
    pub fn new(
        desk: &'a Desk,
        clock: &'a StoryClock,
        midnight: Timestamp,
    ) -> Result<Self, StoryFault> {
        let plan = desk.lead_plan().ok_or_else(|| StoryFault::said("plan", "none is adopted"))?;
        Ok(Self {
            desk,
            clock,
            midnight,
            zone: plan.time_zone.clone(),
            report: None,
            incident: None,
            receipt: None,
            duties: BTreeMap::new(),
        })
    }

    /// Lets time pass.
    async fn let_pass(&self, from: Timestamp, to: Timestamp) -> Result<Timestamp, StoryFault> {
        let mut now = from;
        while now < to {
            now = to.min(now.checked_add(SignedDuration::from_mins(1)).unwrap_or(to));
            self.clock.set(now);
            self.desk.tick(now).await?;
        }
        Ok(to)
    }

    /// Carries out one step; gives back what followed.
    pub async fn step(&mut self, step: &Step) -> Result<String, StoryFault> {
        if let Some(time) = step.time {
            self.clock.set(self.instant(time));
        }
        let mut followed = match self.carry_out(step).await {
            Ok(followed) => followed,
            Err(StoryFault::Desk(DeskFault::Refused(refusal))) => {
                format!("refused: {}\n", self.with_names(&refusal.to_string()))
            }
            Err(StoryFault::Desk(DeskFault::Absent)) => "sees nothing of it\n".to_owned(),
            Err(fault) => return Err(fault),
        };
        followed.push_str(&self.changed_duties().await?);
        Ok(followed)
    }

    async fn carry_out(&mut self, step: &Step) -> Result<String, StoryFault> {
        match step.verb.as_str() {
            "reports" => self.reports(step).await,
            "supplements" => self.supplements(step).await,
            "accepts" => self.accepts(step).await,
            "declines" => self.declines(step).await,
            "classifies" => self.classifies(step).await,
            "records" => self.records(step).await,
            "receives" => self.receives(step).await,
            "calls" => self.calls(step).await,
            "writes" => self.writes(step).await,
            "clears" => self.clears(step).await,
            "waives" => self.waives(step).await,
            "judges" => self.judges(step).await,
            "voices" => self.voices(step).await,
            "proposes" => self.proposes(step).await,
            "endorses" => self.endorses(step).await,
            "approves" => self.approves(step).await,
            "notes-approval" => self.notes_approval(step).await,
            "confirms" => self.confirms(step).await,
            "reviews" => self.reviews(step).await,
            "tells-result" => self.tells_result(step).await,
            "closes" => self.closes(step).await,
            "grades" => self.grades().await,
            "looks-up" => self.looks_up().await,
            "looks" => self.looks(step).await,
            "is-asked" => self.is_asked().await,
            other => Err(StoryFault::said(other, "nobody knows how to do this")),
        }
    }

    /// Carries out a command on the incident of the story.
    async fn act(&self, step: &Step, command: IncidentCommand) -> Result<String, StoryFault> {
        self.act_with(step, command, Vec::new()).await
    }

    async fn act_with(
        &self,
        step: &Step,
        command: IncidentCommand,
        kept: Vec<fengsui_desk::Kept>,
    ) -> Result<String, StoryFault> {
        let asked = Asked {
            by: self.actor(&step.who).await?,
            role: optional(step, "as")?,
            happened_at: self.happened_at(step)?,
            command,
        };
        let blobs = kept.into_iter().filter_map(|kept| kept.new).collect();
        let done =
            self.desk.act_on_incident(self.incident()?, self.command(), asked, blobs).await?;
        Ok(listed(&done.kinds))
    }

    fn command(&self) -> CommandId {
        self.desk.command_id()
    }

    fn incident(&self) -> Result<IncidentId, StoryFault> {
        self.incident.ok_or_else(|| StoryFault::said("incident", "none is open in this story yet"))
    }

    fn report(&self) -> Result<ReportId, StoryFault> {
        self.report.ok_or_else(|| StoryFault::said("report", "none was taken in yet"))
    }

    async fn actor(&self, login: &str) -> Result<Actor, StoryFault> {
        Ok(if login == "public" { Actor::public() } else { self.viewer(login).await?.actor })
    }

    async fn viewer(&self, login: &str) -> Result<Viewer, StoryFault> {
        let account = self.desk.account(login).await?;
        let viewer = account.and_then(|account| self.desk.viewer(account.person));
        viewer.ok_or_else(|| StoryFault::said(login, "nobody of this name has an account"))
    }

    fn happened_at(&self, step: &Step) -> Result<Option<Timestamp>, StoryFault> {
        step.how
            .get("happened")
            .and_then(|texts| texts.first())
            .map(|text| self.time(text))
            .transpose()
    }

    /// A time of the story's day.
    fn time(&self, text: &str) -> Result<Timestamp, StoryFault> {
        let time = clock_time(text);
        let time = time.ok_or_else(|| StoryFault::said(text, "expected a time such as 10:05"))?;
        Ok(self.instant(time))
    }

    fn instant(&self, (hour, minute): (i8, i8)) -> Timestamp {
        let minutes = i64::from(hour) * 60 + i64::from(minute);
        self.midnight + SignedDuration::from_mins(minutes)
    }

    fn shown(&self, time: Timestamp) -> String {
        time.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// A text with people's names instead of their ids.
    fn with_names(&self, text: &str) -> String {
        let name = |word: &str| match word.trim_end_matches([',', ':']).parse() {
            Ok(person) => self.desk.directory().person_name(person, fengsui_vocabulary::Lang::Zh),
            Err(_) => word.to_owned(),
        };
        text.split(' ').map(name).collect::<Vec<_>>().join(" ")
    }
}

/// What is needed of a step.
fn needed<'s>(step: &'s Step, name: &str) -> Result<&'s str, StoryFault> {
    let text = step.how.get(name).and_then(|texts| texts.first());
    text.map(String::as_str)
        .ok_or_else(|| StoryFault::said(&*step.text, format!("needs ` | {name}: …`")))
}

/// Something readable that a step needs.
fn parsed<T: std::str::FromStr>(step: &Step, name: &str) -> Result<T, StoryFault>
where
    T::Err: std::fmt::Display,
{
    said(needed(step, name)?)
}

/// Something readable that a step may have.
fn optional<T: std::str::FromStr>(step: &Step, name: &str) -> Result<Option<T>, StoryFault>
where
    T::Err: std::fmt::Display,
{
    step.how.get(name).and_then(|texts| texts.first()).map(|text| said(text)).transpose()
}

/// Everything of one name.
fn all<T: std::str::FromStr>(step: &Step, name: &str) -> Result<Vec<T>, StoryFault>
where
    T::Err: std::fmt::Display,
{
    step.how.get(name).into_iter().flatten().map(|text| said(text)).collect()
}

/// Facts such as `security_threat>=some`, `system_loss=severe`, `people_leaked=800000..1200000`.
fn facts(step: &Step) -> Result<Facts, StoryFault> {
    let mut facts = Facts::new();
    for text in step.how.get("fact").into_iter().flatten() {
        let (fact, value) = if let Some((fact, least)) = text.split_once(">=") {
            (fact, FactValue::Range(FactRange { min: Some(scalar(least)?), max: None }))
        } else {
            let split = text.split_once('=');
            let (fact, value) = split.ok_or_else(|| StoryFault::said(text, "no value"))?;
            (fact, exact_or_range(value)?)
        };
        facts.insert(said(fact.trim())?, value);
    }
    Ok(facts)
}

fn exact_or_range(value: &str) -> Result<FactValue, StoryFault> {
    Ok(match value.split_once("..") {
        Some((min, max)) => {
            FactValue::Range(FactRange { min: Some(scalar(min)?), max: Some(scalar(max)?) })
        }
        None => FactValue::Exact(scalar(value)?),
    })
}

fn scalar(text: &str) -> Result<Scalar, StoryFault> {
    let text = text.trim();
    Ok(match (text, text.parse::<i64>()) {
        ("yes", _) => Scalar::Flag(true),
        ("no", _) => Scalar::Flag(false),
        (_, Ok(number)) => Scalar::Whole(number),
        (word, Err(_)) => Scalar::Word(said(word)?),
    })
}

/// The kinds of what was written, as a line.
fn listed(kinds: &[String]) -> String {
    if kinds.is_empty() { String::new() } else { format!("{}\n", kinds.join(", ")) }
}
