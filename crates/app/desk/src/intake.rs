//! Taking in: a report from anywhere becomes a record of its own, with a receipt.
//!
//! Nothing is judged here. What came is bounded before it reaches this, kept beside the journal,
//! and acknowledged only when the journal has it on disk.

use fengsui_notices::{MailAddress, Moment, Notice, Phrase, ReportReceived};
use fengsui_response::report::{Report, ReportCommand, TakeIn, decide};
use fengsui_response::{
    Actor, Addressee, Affected, Asked, Delivery, IntakeChannel, PlanRef, ReadBack, ReportKind,
    Scene, Way,
};
use fengsui_store::{Claim, Commit, NewBlob};
use fengsui_vocabulary::{CommandId, Facts, Line, Realm, ReportId, RoleId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::content::{CallRecord, ReportContent};
use crate::desk::unreadable;
use crate::outgoing::Outgoing;
use crate::project;
use crate::secret::{letters, receipt_secret};
use crate::stream::{Loaded, report_stream};
use crate::ways::WayTo;
use crate::{Desk, DeskFault, FieldProblem};

/// Where receipt numbers are unique.
pub(crate) const REPORT_NUMBER: &str = "report-number";

/// How often another number is drawn when one is taken.
const NUMBERS_MAX: usize = 8;

/// Letters behind the date of a number.
const NUMBER_LETTERS: usize = 6;

/// Files with one report at most.
pub const FILES_MAX: usize = 10;

/// A report that has arrived and was read.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What it is about.
    pub kind: ReportKind,
    /// How it came.
    pub channel: IntakeChannel,
    /// Which role takes it in; none: whoever takes in reports by the plan.
    pub taken_in_by: Option<RoleId>,
    /// The earlier report that it goes on from.
    pub follows: Option<ReportId>,
    /// Whom it happened to.
    pub affected: Vec<Affected>,
    /// What the reporter knows.
    pub facts: Facts,
    /// What the reporter wrote.
    pub content: ReportContent,
    /// Files, in the order of `content.file_names`.
    pub files: Vec<ArrivedFile>,
    /// The record of the call, for an oral one.
    pub call: Option<(CallRecord, ReadBack)>,
    /// Whether state secrets are suspected in it.
    pub sealed_because: Option<Line>,
}

/// A file that has arrived.
#[derive(Clone, Debug)]
pub struct ArrivedFile {
    /// What it claims to be.
    pub media_type: Line,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What the reporter holds, 回执.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Which report.
    pub report: ReportId,
    /// The number to name.
    pub number: String,
    /// What opens it besides the number.
    pub secret: String,
    /// When it was taken in.
    pub taken_in_at: Timestamp,
    /// The place of its first entry in the journal.
    pub position: u64,
    /// The hash of that entry: the leaf of every later proof.
    pub leaf: String,
    /// Whether the same report had been taken in before.
    pub repeated: bool,
}

/// What the journal keeps as the answer of the command.
#[derive(Serialize, Deserialize)]
struct Answer {
    report: ReportId,
    number: Line,
    taken_in_at: Timestamp,
}

impl Desk {
    /// Takes a report in. A repeat of the same command gives the same receipt.
    pub async fn take_in(
        &self,
        by: &Actor,
        command_id: CommandId,
        arrival: Arrival,
        happened_at: Option<Timestamp>,
    ) -> Result<Receipt, DeskFault> {
        if arrival.files.len() > FILES_MAX {
            let problem = format!("at most {FILES_MAX} files");
            return Err(DeskFault::Malformed(vec![FieldProblem::new("files", problem)]));
        }
        check_facts(&arrival.facts)?;
        // The store answers repeats by itself; asking first only keeps large files from being stored twice.
        if !arrival.files.is_empty()
            && let Some(before) = self.store().committed(command_id).await?
        {
            return self.receipt(&before);
        }
        let lead = self.lead()?;
        let report = self.draw_report();
        let reached = self.receipt_by(&arrival.content);
        let mut blobs = Vec::new();
        let take_in = self.taking_in(report, arrival, &PlanRef::of(&lead), &mut blobs).await?;
        let mut asked = Asked { by: by.clone(), role: None, happened_at, command: take_in.clone() };
        for _ in 0..NUMBERS_MAX {
            let now = self.now();
            asked.command.number = self.draw_number(now, &lead)?;
            match self.commit_taking_in(command_id, &asked, (&blobs, reached.as_ref()), now).await {
                Err(DeskFault::Overtaken(_)) => {} // the number is taken: draw another
                Err(DeskFault::Refused(refusal)) => {
                    // A repeat gets its receipt even if it would be refused today.
                    let before = self.store().committed(command_id).await?;
                    return before.map_or(Err(refusal.into()), |before| self.receipt(&before));
                }
                done => return done,
            }
        }
        Err(DeskFault::Busy)
    }

    async fn taking_in(
        &self,
        report: ReportId,
        arrival: Arrival,
        lead: &PlanRef,
        blobs: &mut Vec<NewBlob>,
    ) -> Result<TakeIn, DeskFault> {
        let attachments = self.keep_files(arrival.files, blobs).await?;
        let content = self.keep_json(&arrival.content).await?;
        blobs.extend(content.new);
        let call = match arrival.call {
            None => None,
            Some((call, read_back)) => {
                let record = self.keep_json(&call).await?;
                blobs.extend(record.new);
                Some(Delivery::Call { record: record.reference, read_back })
            }
        };
        Ok(TakeIn {
            report,
            number: placeholder()?,
            kind: arrival.kind,
            channel: arrival.channel,
            taken_in_by: match arrival.taken_in_by {
                Some(role) => role,
                None => self.intake_role()?,
            },
            follows: arrival.follows,
            affected: self.with_districts(arrival.affected),
            facts: arrival.facts,
            content: content.reference,
            attachments,
            lead: lead.clone(),
            call,
            sealed_because: arrival.sealed_because,
        })
    }

    async fn commit_taking_in(
        &self,
        command_id: CommandId,
        asked: &Asked<TakeIn>,
        (blobs, reached): (&[NewBlob], Option<&WayTo>),
        now: Timestamp,
    ) -> Result<Receipt, DeskFault> {
        let take_in = &asked.command;
        let packs = self.packs();
        let before = Loaded::<Report>::new(report_stream(take_in.report));
        let command = Asked {
            by: asked.by.clone(),
            role: asked.role.clone(),
            happened_at: asked.happened_at,
            command: ReportCommand::TakeIn(Box::new(take_in.clone())),
        };
        let decided = decide(&before.state, &command, &Scene::new(now, &packs))?;
        let after = before.after(&decided, now, asked.by.person);
        let content = blobs.iter().find(|blob| blob.id == take_in.content.blob);
        let content = content.and_then(|blob| serde_json::from_slice(&blob.bytes).ok());
        let rows = project::report_rows(&after, content.as_ref(), &packs);
        let answer = Answer {
            report: take_in.report,
            number: take_in.number.clone(),
            taken_in_at: asked.happened_at.unwrap_or(now),
        };
        let mut commit = Commit::of(command_id, Realm::Live, asked.by.person.to_string(), now);
        commit.answer = serde_json::to_string(&answer).map_err(unreadable)?;
        commit.streams = vec![before.gains(&decided, rows)];
        commit.claims = vec![Claim {
            series: REPORT_NUMBER.to_owned(),
            key: take_in.number.to_string(),
            holder: take_in.report.to_string(),
        }];
        commit.blobs = blobs.to_vec();
        if let Some(reached) = reached {
            let outgoing = self.receipt_mail(take_in, answer.taken_in_at);
            let intents = self.intents_by(&outgoing, reached.clone(), now).await?;
            commit.streams.extend(intents.streams);
            commit.blobs.extend(intents.blobs);
        }
        self.receipt(&self.append(commit).await?)
    }

    /// How the reporter is sent a receipt: by the mail address left, where mail goes out at all.
    fn receipt_by(&self, content: &ReportContent) -> Option<WayTo> {
        self.ways().mail.as_ref()?;
        let address = content.reporter.mail.as_ref()?.as_str();
        address.parse::<MailAddress>().ok()?;
        Some(WayTo { way: Way::Mail, address: Some(address.to_owned()), lang: content.lang })
    }

    /// The number and where to look it up; what opens the receipt stays with whoever was shown it.
    fn receipt_mail(&self, take_in: &TakeIn, taken_in_at: Timestamp) -> Outgoing {
        let zone = self.lead_plan().map_or(TimeZone::UTC, |plan| plan.time_zone.clone());
        Outgoing {
            about: report_stream(take_in.report),
            to: Addressee::Reporter,
            notice: Notice::ReportReceived(ReportReceived {
                number: Phrase::of(take_in.number.as_str()),
                received_at: Moment(taken_in_at.to_zoned(zone)),
                look_up: self.place("/report/look-up"),
                code: None,
            }),
        }
    }

    /// The receipt of a committed intake: the same for every repeat.
    fn receipt(&self, committed: &fengsui_store::Committed) -> Result<Receipt, DeskFault> {
        let answer: Answer = serde_json::from_str(&committed.answer).map_err(unreadable)?;
        let leaf = committed.entries.first().ok_or(DeskFault::Absent)?;
        Ok(Receipt {
            report: answer.report,
            number: answer.number.to_string(),
            secret: receipt_secret(self.receipt_key(), answer.report),
            taken_in_at: answer.taken_in_at,
            position: leaf.position,
            leaf: leaf.hash.to_string(),
            repeated: committed.repeated,
        })
    }

    /// The role that takes in what comes without a recipient: the first that may accept reports.
    fn intake_role(&self) -> Result<RoleId, DeskFault> {
        let lead = self.lead()?;
        let authority = lead.authority(fengsui_plan::Act::AcceptReport, None);
        let roles = authority.map(|authority| authority.how.initiators()).unwrap_or_default();
        let receives = |role: &&RoleId| {
            lead.roles.get(role.as_str()).is_some_and(|known| known.part_of.is_some())
        };
        let role = roles.iter().find(receives).or_else(|| roles.first());
        role.cloned().ok_or(DeskFault::Absent)
    }

    /// Fills in the district of organisations that the registry knows.
    fn with_districts(&self, mut affected: Vec<Affected>) -> Vec<Affected> {
        let directory = self.directory();
        for one in &mut affected {
            let known = one.organisation.and_then(|id| directory.details(id)?.district.clone());
            one.district = known.or_else(|| one.district.take());
        }
        affected
    }

    fn draw_number(&self, now: Timestamp, lead: &fengsui_plan::Plan) -> Result<Line, DeskFault> {
        let day = now.to_zoned(lead.time_zone.clone()).date();
        let secret = self.ids().secret();
        let tail = letters(secret.get(..NUMBER_LETTERS).unwrap_or_default());
        let number = format!("{:04}{:02}{:02}-{tail}", day.year(), day.month(), day.day());
        number.parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
    }
}

/// Refuses facts that the catalogue does not know or cannot read.
pub(crate) fn check_facts(facts: &Facts) -> Result<(), DeskFault> {
    match fengsui_plan::Library::shipped().catalogue().parse(facts) {
        Ok(_) => Ok(()),
        Err(refused) => {
            Err(DeskFault::Malformed(vec![FieldProblem::new("facts", refused.to_string())]))
        }
    }
}

fn placeholder() -> Result<Line, DeskFault> {
    "-".parse().map_err(|fault| DeskFault::Unreadable(format!("{fault}")))
}
