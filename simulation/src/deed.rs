//! What people do: drawn by dice from what there is, and asked of a desk as often as it takes.
//!
//! A deed is fixed before it is asked for the first time, as a form is once it was filled in. To do more,
//! add a line to the list of deeds and draw it in `draw`.

mod draw;

use fengsui_desk::content::{Addition, CallRecord, Writing};
use fengsui_desk::{Acceptance, Accepting, Added, Arrival, Desk, DeskFault, Kept, Receipt};
use fengsui_plan::Channel;
use fengsui_response::incident::{IncidentCommand, MeetDuty};
use fengsui_response::report::ReportCommand;
use fengsui_response::{Asked, Delivery, ReadBack, Tick};
use fengsui_vocabulary::{CommandId, Facts, IncidentId, Line, Prose, ReportId};
use jiff::Timestamp;

use crate::world::World;

pub(crate) use draw::drawn;

/// Something that somebody wants done, once.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) command: CommandId,
    pub(crate) who: &'static str,
    pub(crate) happened_at: Option<Timestamp>,
    pub(crate) what: What,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub(crate) enum What {
    TakeIn(Box<Arrival>),
    Supplement(ReportId, Prose, Facts),
    Accept(ReportId, Acceptance),
    Merge(ReportId, ReportId),
    OnReport(ReportId, Box<ReportCommand>),
    OnIncident(IncidentId, Box<Wish>),
}

/// What is wanted of an incident. Texts are written for each time it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Plain(IncidentCommand),
    Note(Prose),
    Review(Prose),
    Call(Vec<Tick>, Option<Line>),
}

/// What somebody was told who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A receipt; whether it was given before does not matter.
    Receipt(Box<Receipt>),
    /// The incident that it opened or joined.
    Incident(IncidentId),
    /// So many things were written, unless it had been done before.
    Done(Option<usize>),
}

impl Answer {
    /// Whether two people who asked for the same were told the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Receipt(one), Self::Receipt(other)) => {
                (&one.number, &one.secret, one.report)
                    == (&other.number, &other.secret, other.report)
                    && (one.position, &one.leaf) == (other.position, &other.leaf)
                    && one.taken_in_at == other.taken_in_at
            }
            (Self::Incident(one), Self::Incident(other)) => one == other,
            (Self::Done(_), Self::Done(_)) => true,
            (Self::Receipt(_) | Self::Incident(_) | Self::Done(_), _) => false,
        }
    }
}

impl Deed {
    /// In a line.
    pub(crate) fn told(&self) -> String {
        let what = match &self.what {
            What::TakeIn(_) => "reports something".to_owned(),
            What::Supplement(report, ..) => format!("adds to {report}"),
            What::Accept(report, Acceptance::Open(_)) => format!("accepts {report}"),
            What::Accept(report, Acceptance::Join(incident)) => {
                format!("accepts {report} into {incident}")
            }
            What::Merge(report, into) => format!("merges {report} into {into}"),
            What::OnReport(report, command) => format!("{} {report}", command.name()),
            What::OnIncident(incident, wish) => format!("{} {incident}", wish.name()),
        };
        let before = self.happened_at.map(|at| format!(", as of {at}")).unwrap_or_default();
        format!("{} {what}{before} ({})", self.who, self.command)
    }

    /// Asks a desk once.
    pub(crate) async fn ask(&self, world: &World, desk: &Desk) -> Result<Answer, DeskFault> {
        let by = world.actor(desk, self.who)?;
        let done = match &self.what {
            What::TakeIn(arrival) => {
                let arrival = Arrival::clone(arrival);
                let receipt = desk.take_in(&by, self.command, arrival, self.happened_at).await?;
                return Ok(Answer::Receipt(Box::new(receipt)));
            }
            What::Accept(report, into) => {
                let accepting = Accepting { by, role: None, happened_at: self.happened_at };
                let accepted = desk.accept(*report, self.command, accepting, into.clone()).await?;
                return Ok(Answer::Incident(accepted));
            }
            What::Supplement(report, text, facts) => {
                let addition = Addition { text: text.clone(), file_names: Vec::new() };
                let added = Added { addition, files: Vec::new(), facts: facts.clone() };
                desk.supplement(&by, *report, self.command, added).await?
            }
            What::Merge(report, into) => {
                desk.merge_reports(&by, *report, *into, self.command).await?
            }
            What::OnReport(report, command) => {
                let command = ReportCommand::clone(command);
                let asked = Asked { by, role: None, happened_at: self.happened_at, command };
                desk.act_on_report(*report, self.command, asked, Vec::new()).await?
            }
            What::OnIncident(incident, wish) => {
                let (command, kept) = wish.written(desk).await?;
                let asked = Asked { by, role: None, happened_at: self.happened_at, command };
                let blobs = kept.and_then(|kept| kept.new).into_iter().collect();
                desk.act_on_incident(*incident, self.command, asked, blobs).await?
            }
        };
        Ok(Answer::Done((!done.repeated).then_some(done.kinds.len())))
    }
}

impl Wish {
    const fn name(&self) -> &'static str {
        match self {
            Self::Plain(command) => command.name(),
            Self::Note(_) => "write-note",
            Self::Review(_) => "review",
            Self::Call(..) => "meet-duty",
        }
    }

    async fn written(&self, desk: &Desk) -> Result<(IncidentCommand, Option<Kept>), DeskFault> {
        Ok(match self {
            Self::Plain(command) => (command.clone(), None),
            Self::Note(text) => {
                let kept = desk.write_text(&Writing { text: text.clone() }).await?;
                (IncidentCommand::WriteNote { text: kept.reference.clone() }, Some(kept))
            }
            Self::Review(text) => {
                let kept = desk.write_text(&Writing { text: text.clone() }).await?;
                (IncidentCommand::Review { text: kept.reference.clone() }, Some(kept))
            }
            Self::Call(ticks, late_because) => {
                let kept = desk.write_text(&call()?).await?;
                let record = kept.reference.clone();
                let command = IncidentCommand::MeetDuty(MeetDuty {
                    ticks: ticks.clone(),
                    channel: Channel::Oral,
                    act: Delivery::Call { record, read_back: ReadBack::Confirmed },
                    late_because: late_because.clone(),
                });
                (command, Some(kept))
            }
        })
    }
}

fn call() -> Result<CallRecord, DeskFault> {
    Ok(CallRecord {
        caller: parsed("值班员")?,
        callee: parsed("接报员")?,
        said: parsed("口头报告情况")?,
    })
}

/// A text that always fits.
fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, DeskFault>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|fault: T::Err| DeskFault::Unreadable(fault.to_string()))
}
