//! The story, 经过: what happened, when, who wrote it down, and where its text is.

use std::collections::BTreeSet;

use fengsui_desk::IncidentView;
use fengsui_plan::Plan;
use fengsui_response::incident::{StoryItem, StoryWhat};
use fengsui_response::{
    BlobRef, Carried, CarriedWhat, Delivery, DutyMet, FactsRecorded, Given, IncidentEvent, Missed,
    Party, Tick,
};
use fengsui_vocabulary::{BlobId, LevelId, Line, ReportId};
use jiff::SignedDuration;

use super::on_behalf::means_name;
use super::record_anchor::anchor_name;
use super::sight::Sight;
use super::{classify, hand_over_part, relate, steps, take_technical_step};
use crate::parts::{Entry, Gravity, Html, Standing, Timeline};

/// Later than this, an entry says when it was made.
const ENTERED_AFTER: SignedDuration = SignedDuration::from_secs(90);

/// Events that somebody else tells of, all by name: a new one must be given its words.
macro_rules! others {
    ($($event:ident)+) => { $(IncidentEvent::$event(_))|+ };
}

mod plans;

/// What an entry says, before when and by whom.
#[derive(Default)]
struct Told {
    text: String,
    remark: Option<String>,
    marks: Vec<Html>,
    gravity: Gravity,
}

/// The whole story, as far as the reader may see it.
pub(super) fn story(sight: &Sight<'_>) -> Timeline {
    let items = sight.view.incident.story();
    let entries = items.iter().filter(|item| is_shown(sight, item)).map(|item| entry(sight, item));
    Timeline { entries: entries.collect(), empty: sight.t("story-none") }
}

/// The parties that a report told of.
pub(super) fn parties_of(view: &IncidentView, report: ReportId) -> BTreeSet<Party> {
    let mut parties: BTreeSet<Party> = BTreeSet::new();
    for item in view.incident.story() {
        if let StoryWhat::Brought(from, carried) = item.what
            && from == report
        {
            parties.extend(party_of(&carried.what));
        }
    }
    let places = view.incident.affected.keys();
    parties
        .extend(places.filter(|it| matches!(it, Party::Unidentified(from, _) if *from == report)));
    parties
}

/// A text of the incident by its blob, if a line that is shown to the reader refers to it.
pub(super) fn text_of(sight: &Sight<'_>, blob: BlobId) -> Option<BlobRef> {
    let story = sight.view.incident.story();
    story.iter().filter(|item| is_shown(sight, item)).find_map(|item| {
        let payload = match item.what {
            StoryWhat::Event(event) => event.to_stored().payload,
            StoryWhat::Brought(_, carried) => serde_json::to_string(&carried.what).ok()?,
        };
        let value: serde_json::Value = serde_json::from_str(&payload).ok()?;
        found_in(&value, blob)
    })
}

fn found_in(value: &serde_json::Value, blob: BlobId) -> Option<BlobRef> {
    use serde_json::Value;

    match value {
        Value::Object(fields) => {
            let here: Option<BlobRef> = serde_json::from_value(value.clone()).ok();
            let here = here.filter(|reference| reference.blob == blob);
            here.or_else(|| fields.values().find_map(|field| found_in(field, blob)))
        }
        Value::Array(items) => items.iter().find_map(|item| found_in(item, blob)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn party_of(what: &CarriedWhat) -> Option<Party> {
    match what {
        CarriedWhat::Anchor { party, .. } | CarriedWhat::AnchorCorrected { party, .. } => {
            Some(*party)
        }
        CarriedWhat::Met(met) => met.tick.party,
        CarriedWhat::Cleared(cleared) => cleared.tick.party,
        CarriedWhat::Reminded(reminded) => reminded.tick.party,
        CarriedWhat::Missed(missed) => missed.tick.party,
        CarriedWhat::Facts(_)
        | CarriedWhat::Received { .. }
        | CarriedWhat::Declined { .. }
        | CarriedWhat::Reopened => None,
    }
}

/// Whether a line is for the reader: what is about another organisation is not.
fn is_shown(sight: &Sight<'_>, item: &StoryItem<'_>) -> bool {
    let party = match &item.what {
        StoryWhat::Brought(report, carried) => {
            if !sight.may_see_report(*report) || matches!(carried.what, CarriedWhat::Reminded(_)) {
                return false;
            }
            party_of(&carried.what)
        }
        StoryWhat::Event(event) => match event {
            IncidentEvent::OrganisationAdded(it) => Some(it.party),
            IncidentEvent::OrganisationIdentified(it) => Some(it.party),
            IncidentEvent::RoleResolved(it) => it.party,
            IncidentEvent::AnchorRecorded(it) => Some(it.party),
            IncidentEvent::AnchorCorrected(it) => Some(it.party),
            IncidentEvent::ReportJoined(it) => return sight.may_see_report(it.report),
            IncidentEvent::SupplementReceived(it) => return sight.may_see_report(it.report),
            IncidentEvent::DutyMet(it) => it.tick.party,
            IncidentEvent::MissCleared(it) => it.tick.party,
            IncidentEvent::DutyWaived(it) => it.tick.party,
            others! {
                Opened FactsRecorded Classified ReportReceived LevelJudged FirstResponseBegun
                DecisionVoiced ResponseStarted ResponseAdjusted ResponseEnded ProposalSubmitted
                ProposalEndorsed ProposalApproved ApprovalConfirmed ProposalReturned ProposalLapsed
                HeadquartersFormed NotControlled CommandTaken MeasureRecorded PartHandedOver
                NotReported Confirmed DocumentIssued NoteWritten InstructionRecorded Reviewed Closed
                Reopened PlanConsidered PlanApplied PlanSetAside MigrationProposed
                MigrationWithdrawn PlanMigrated Related TechnicalStepTaken
            } => None,
            // Reminders stand beside their duties; here they would hide what people did.
            IncidentEvent::DutiesReminded(_) => return false,
            IncidentEvent::DutiesMissed(it) => return it.missed.iter().any(|it| sees(sight, it)),
        },
    };
    party.is_none_or(|party| sight.may_see_party(&party))
}

fn entry(sight: &Sight<'_>, item: &StoryItem<'_>) -> Entry {
    let told = match &item.what {
        StoryWhat::Event(event) => of_event(sight, event),
        StoryWhat::Brought(report, carried) => {
            let mut told = of_carried(sight, carried);
            let href = super::paths::report(*report);
            told.marks.push(Html::link(&href, &sight.report(*report)));
            told
        }
    };
    let is_late = item.recorded_at.duration_since(item.happened_at) > ENTERED_AFTER;
    let entered =
        is_late.then(|| sight.ta("time-entered-late", &[("t", &sight.short(item.recorded_at))]));
    let who = sight.person(item.actor);
    let who = match item.on_behalf_of {
        Some(role) => {
            let role = sight.role(role);
            sight.ta("inc-on-behalf", &[("role", &role), ("who", &who)])
        }
        None => who,
    };
    Entry {
        at: sight.moment(item.happened_at),
        entered,
        who,
        text: told.text,
        remark: told.remark,
        marks: told.marks,
        clause: None,
        gravity: told.gravity,
    }
}

impl Told {
    fn new(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    fn weighty(mut self) -> Self {
        self.gravity = Gravity::Weighty;
        self
    }

    fn remark(mut self, remark: Option<&Line>) -> Self {
        self.remark = remark.map(Line::to_string);
        self
    }

    fn mark(mut self, mark: Html) -> Self {
        self.marks.push(mark);
        self
    }

    fn text_of(self, sight: &Sight<'_>, text: &BlobRef, key: &str) -> Self {
        let href = super::paths::text(sight.view.id, text.blob);
        self.mark(sight.link(&href, key))
    }

    fn level(self, sight: &Sight<'_>, plan: &Plan, level: &LevelId) -> Self {
        self.mark(Html::of(&sight.badge(plan, level, Standing::Decided)))
    }

    fn given(self, sight: &Sight<'_>, given: &Given) -> Self {
        match given {
            Given::InPerson => self,
            Given::OnBehalf { means, record, .. } => {
                let told = self.mark(Html::text(means_name(sight, *means)));
                match record {
                    Some(record) => told.text_of(sight, record, "inc-open-record"),
                    None => told,
                }
            }
        }
    }
}

fn of_carried(sight: &Sight<'_>, carried: &Carried) -> Told {
    match &carried.what {
        CarriedWhat::Anchor { party, anchor } => {
            let (who, what) = (sight.party(party), anchor_name(sight, *anchor));
            Told::new(sight.ta("story-anchor", &[("who", &who), ("what", &what)])).weighty()
        }
        CarriedWhat::AnchorCorrected { party, anchor, from, to, reason } => {
            let (who, what) = (sight.party(party), anchor_name(sight, *anchor));
            corrected(sight, (&who, &what), (*from, *to)).remark(Some(reason))
        }
        CarriedWhat::Facts(recorded) => facts(sight, recorded),
        CarriedWhat::Received { by, channel } => received(sight, by, *channel),
        CarriedWhat::Met(met) => met_duty(sight, met),
        CarriedWhat::Cleared(cleared) => about_tick(sight, "story-cleared", &cleared.tick),
        CarriedWhat::Reminded(_) => Told::default(),
        CarriedWhat::Missed(it) => missed(sight, std::slice::from_ref(it)),
        CarriedWhat::Declined { reason } => {
            Told::new(sight.t("story-declined")).remark(Some(reason))
        }
        CarriedWhat::Reopened => Told::new(sight.t("story-report-reopened")),
    }
}

/// What an event tells: each family of events has its own words.
fn of_event(sight: &Sight<'_>, event: &IncidentEvent) -> Told {
    of_duties(sight, event)
        .or_else(|| of_learning(sight, event))
        .or_else(|| of_response(sight, event))
        .or_else(|| of_deciding(sight, event))
        .or_else(|| of_writing(sight, event))
        .or_else(|| plans::told(sight, event))
        .unwrap_or_default()
}

/// What was owed and done, how bad it is, and what is for another plan.
fn of_duties(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let told = match event {
        IncidentEvent::Opened(it) => {
            Told::new(sight.ta("story-opened", &[("number", &it.number)])).weighty()
        }
        IncidentEvent::PartHandedOver(it) => {
            let part = hand_over_part::name_of(sight, &it.part);
            let told = Told::new(sight.ta("story-part", &[("part", &part)]));
            told.remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::ReportReceived(it) => received(sight, &it.by, it.channel),
        IncidentEvent::DutyMet(it) => met_duty(sight, it),
        IncidentEvent::MissCleared(it) => about_tick(sight, "story-cleared", &it.tick),
        IncidentEvent::DutyWaived(it) => {
            about_tick(sight, "story-waived", &it.tick).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::DutiesMissed(it) => missed(sight, &it.missed),
        IncidentEvent::NotReported(it) => {
            Told::new(sight.t("story-not-reported")).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::LevelJudged(it) => {
            let role = sight.role(&it.role);
            let told = Told::new(sight.ta("story-judged", &[("role", &role)])).weighty();
            let told = told.remark(it.reason.as_ref());
            match sight.plan(&it.plan) {
                Some(plan) => told.level(sight, &plan, &it.level),
                None => told,
            }
        }
        others! {
            OrganisationAdded OrganisationIdentified RoleResolved AnchorRecorded AnchorCorrected
            ReportJoined SupplementReceived FactsRecorded Classified FirstResponseBegun
            DecisionVoiced ResponseStarted ResponseAdjusted ResponseEnded NotControlled
            MeasureRecorded ProposalSubmitted ProposalEndorsed ProposalApproved ApprovalConfirmed
            ProposalReturned ProposalLapsed HeadquartersFormed CommandTaken Confirmed DocumentIssued
            NoteWritten InstructionRecorded Reviewed Closed Reopened PlanConsidered PlanApplied
            PlanSetAside MigrationProposed MigrationWithdrawn PlanMigrated Related TechnicalStepTaken
            DutiesReminded
        } => return None,
    };
    Some(told)
}

/// What was learnt.
fn of_learning(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let told = match event {
        IncidentEvent::OrganisationAdded(it) => {
            Told::new(sight.ta("story-organisation", &[("who", &sight.party(&it.party))])).weighty()
        }
        IncidentEvent::OrganisationIdentified(it) => {
            let who = sight.organisation(it.organisation);
            Told::new(sight.ta("story-identified", &[("who", &who)]))
        }
        IncidentEvent::RoleResolved(it) => {
            let (role, who) = (sight.role(&it.role), sight.organisation(it.organisation));
            Told::new(sight.ta("story-resolved", &[("role", &role), ("who", &who)]))
        }
        IncidentEvent::AnchorRecorded(it) => {
            let (who, what) = (sight.party(&it.party), anchor_name(sight, it.anchor));
            let at = sight.short(it.at);
            Told::new(sight.ta("story-anchor-at", &[("who", &who), ("what", &what), ("t", &at)]))
        }
        IncidentEvent::AnchorCorrected(it) => {
            let (who, what) = (sight.party(&it.party), anchor_name(sight, it.anchor));
            corrected(sight, (&who, &what), (it.from, it.to)).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::ReportJoined(it) => {
            let link = Html::link(&super::paths::report(it.report), &it.number);
            Told::new(sight.t("story-report-joined")).mark(link)
        }
        IncidentEvent::SupplementReceived(it) => {
            let link = Html::link(&super::paths::report(it.report), &sight.report(it.report));
            Told::new(sight.t("story-supplement")).mark(link)
        }
        IncidentEvent::FactsRecorded(it) => facts(sight, it),
        IncidentEvent::Classified(it) => {
            let name = classify::name_of(sight, &it.primary);
            Told::new(sight.ta("story-classified", &[("class", &name)])).weighty()
        }
        others! {
            FirstResponseBegun DecisionVoiced ResponseStarted ResponseAdjusted ResponseEnded
            NotControlled MeasureRecorded ProposalSubmitted ProposalEndorsed ProposalApproved
            ApprovalConfirmed ProposalReturned ProposalLapsed HeadquartersFormed CommandTaken Opened
            PartHandedOver ReportReceived DutyMet MissCleared DutyWaived NotReported LevelJudged
            Confirmed DocumentIssued NoteWritten InstructionRecorded Reviewed Closed Reopened
            PlanConsidered PlanApplied PlanSetAside MigrationProposed MigrationWithdrawn
            PlanMigrated Related TechnicalStepTaken
            DutiesReminded DutiesMissed
        } => return None,
    };
    Some(told)
}

/// What moved the response.
fn of_response(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let plan = sight.lead();
    let told = match event {
        IncidentEvent::FirstResponseBegun(it) => {
            Told::new(sight.t("story-first-response")).remark(it.note.as_ref()).weighty()
        }
        IncidentEvent::DecisionVoiced(it) => {
            let (role, step) = (sight.role(&it.role), steps::name(sight, it.step));
            Told::new(sight.ta("story-voiced", &[("role", &role), ("step", &step)]))
                .level(sight, plan, &it.level)
                .remark(Some(&it.scope))
        }
        IncidentEvent::ResponseStarted(it) => {
            let told = Told::new(sight.t("story-response-started")).weighty();
            told.level(sight, plan, &it.level).remark(Some(&it.scope))
        }
        IncidentEvent::ResponseAdjusted(it) => {
            let told = Told::new(sight.t("story-response-adjusted")).weighty();
            told.level(sight, plan, &it.level).remark(Some(&it.scope))
        }
        IncidentEvent::ResponseEnded(_) => Told::new(sight.t("story-response-ended")).weighty(),
        IncidentEvent::NotControlled(it) => {
            Told::new(sight.t("story-not-controlled")).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::TechnicalStepTaken(it) => {
            let step = take_technical_step::name(sight, it.step);
            let outcome = take_technical_step::outcome(sight, &it.outcome);
            let args = [("step", step.as_str()), ("outcome", outcome.as_str())];
            let told = Told::new(sight.ta("story-technical", &args)).weighty();
            match &it.text {
                Some(text) => told.text_of(sight, text, "inc-open-text"),
                None => told,
            }
        }
        IncidentEvent::MeasureRecorded(it) => {
            let known = plan.measures.iter().find(|known| known.id == it.measure);
            let name = known.map_or_else(|| it.measure.clone(), |known| sight.legal(&known.label));
            let told =
                Told::new(sight.ta("story-measure", &[("measure", &name)])).remark(Some(&it.note));
            match &it.text {
                Some(text) => told.text_of(sight, text, "inc-open-text"),
                None => told,
            }
        }
        others! {
            OrganisationAdded OrganisationIdentified RoleResolved AnchorRecorded AnchorCorrected
            ReportJoined SupplementReceived FactsRecorded Classified ProposalSubmitted
            ProposalEndorsed ProposalApproved ApprovalConfirmed ProposalReturned ProposalLapsed
            HeadquartersFormed CommandTaken Opened PartHandedOver ReportReceived DutyMet MissCleared
            DutyWaived NotReported LevelJudged Confirmed DocumentIssued NoteWritten
            InstructionRecorded Reviewed Closed Reopened PlanConsidered PlanApplied PlanSetAside
            MigrationProposed MigrationWithdrawn PlanMigrated Related DutiesReminded DutiesMissed
        } => return None,
    };
    Some(told)
}

/// What was proposed and decided.
fn of_deciding(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let plan = sight.lead();
    let told = match event {
        IncidentEvent::ProposalSubmitted(it) => {
            let (role, step) = (sight.role(&it.role), steps::name(sight, it.step));
            Told::new(sight.ta("story-proposed", &[("role", &role), ("step", &step)]))
                .level(sight, plan, &it.level)
                .text_of(sight, &it.text, "inc-open-proposal")
                .weighty()
        }
        IncidentEvent::ProposalEndorsed(it) => {
            Told::new(sight.ta("story-endorsed", &[("role", &sight.role(&it.role))]))
        }
        IncidentEvent::ProposalApproved(it) => {
            let told = Told::new(sight.ta("story-approved", &[("role", &sight.role(&it.role))]));
            told.given(sight, &it.given).weighty()
        }
        IncidentEvent::ApprovalConfirmed(it) => {
            Told::new(sight.ta("story-approval-confirmed", &[("role", &sight.role(&it.role))]))
        }
        IncidentEvent::ProposalReturned(it) => {
            let told = Told::new(sight.ta("story-returned", &[("role", &sight.role(&it.role))]));
            told.given(sight, &it.given).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::ProposalLapsed(it) => {
            Told::new(sight.t("story-lapsed")).remark(Some(&it.reason))
        }
        IncidentEvent::HeadquartersFormed(it) => {
            let told =
                Told::new(sight.ta("story-headquarters", &[("role", &sight.role(&it.role))]));
            told.given(sight, &it.given).remark(it.seat.as_ref()).weighty()
        }
        IncidentEvent::CommandTaken(it) => {
            let told = Told::new(sight.ta("story-command", &[("role", &sight.role(&it.role))]));
            told.given(sight, &it.given).weighty()
        }
        others! {
            OrganisationAdded OrganisationIdentified RoleResolved AnchorRecorded AnchorCorrected
            ReportJoined SupplementReceived FactsRecorded Classified FirstResponseBegun
            DecisionVoiced ResponseStarted ResponseAdjusted ResponseEnded NotControlled
            MeasureRecorded Opened PartHandedOver ReportReceived DutyMet MissCleared DutyWaived
            NotReported LevelJudged Confirmed DocumentIssued NoteWritten InstructionRecorded
            Reviewed Closed Reopened PlanConsidered PlanApplied PlanSetAside MigrationProposed
            MigrationWithdrawn PlanMigrated Related TechnicalStepTaken
            DutiesReminded DutiesMissed
        } => return None,
    };
    Some(told)
}

/// What was written, and how it ended.
fn of_writing(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let told = match event {
        IncidentEvent::Confirmed(it) => Told::new(sight.t("story-confirmed"))
            .remark(Some(&it.note))
            .text_of(sight, &it.evidence, "inc-open-text")
            .weighty(),
        IncidentEvent::DocumentIssued(it) => {
            let to = sight.roles(&it.to);
            Told::new(sight.ta("story-document", &[("title", &it.title), ("to", &to)]))
                .text_of(sight, &it.text, "inc-open-document")
                .weighty()
        }
        IncidentEvent::NoteWritten(it) => {
            Told::new(sight.t("story-note")).text_of(sight, &it.text, "inc-open-text")
        }
        IncidentEvent::InstructionRecorded(it) => {
            Told::new(sight.ta("story-instruction", &[("role", &sight.role(&it.role))]))
                .given(sight, &it.given)
                .text_of(sight, &it.text, "inc-open-text")
                .weighty()
        }
        IncidentEvent::Reviewed(it) => {
            Told::new(sight.t("story-reviewed")).text_of(sight, &it.text, "inc-open-text").weighty()
        }
        IncidentEvent::Closed(it) => {
            Told::new(sight.t("story-closed")).remark(it.note.as_ref()).weighty()
        }
        IncidentEvent::Reopened(it) => {
            Told::new(sight.t("story-reopened")).remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::Related(it) => {
            let href = super::paths::incident(it.other);
            let link = sight.link(&href, "incident");
            Told::new(relate::name(sight, it.relation)).mark(link)
        }
        others! {
            OrganisationAdded OrganisationIdentified RoleResolved AnchorRecorded AnchorCorrected
            ReportJoined SupplementReceived FactsRecorded Classified FirstResponseBegun
            DecisionVoiced ResponseStarted ResponseAdjusted ResponseEnded NotControlled
            MeasureRecorded ProposalSubmitted ProposalEndorsed ProposalApproved ApprovalConfirmed
            ProposalReturned ProposalLapsed HeadquartersFormed CommandTaken Opened PartHandedOver
            ReportReceived DutyMet MissCleared DutyWaived NotReported LevelJudged PlanConsidered
            PlanApplied PlanSetAside MigrationProposed MigrationWithdrawn PlanMigrated TechnicalStepTaken
            DutiesReminded DutiesMissed
        } => return None,
    };
    Some(told)
}

fn corrected(
    sight: &Sight<'_>,
    (who, what): (&str, &str),
    (from, to): (jiff::Timestamp, jiff::Timestamp),
) -> Told {
    let (from, to) = (sight.short(from), sight.short(to));
    let args = [("who", who), ("what", what), ("from", from.as_str()), ("to", to.as_str())];
    Told::new(sight.ta("story-anchor-corrected", &args))
}

fn received(
    sight: &Sight<'_>,
    by: &fengsui_vocabulary::RoleId,
    channel: fengsui_plan::Channel,
) -> Told {
    let (role, channel) = (sight.role(by), sight.channel(channel));
    Told::new(sight.ta("story-received", &[("role", &role), ("channel", &channel)])).weighty()
}

fn facts(sight: &Sight<'_>, recorded: &FactsRecorded) -> Told {
    let said: Vec<String> = recorded
        .facts
        .iter()
        .map(|(id, value)| match sight.fact(id) {
            Some(fact) => format!("{} {}", sight.said(&fact.question), sight.value(fact, value)),
            None => format!("{id} {value}"),
        })
        .collect();
    let by = sight.said_by(&recorded.said_by);
    let mut told =
        Told::new(sight.ta("story-facts", &[("who", &by)])).remark(recorded.ground.as_ref());
    let said = said.join(&sight.t("inc-semicolon"));
    told.remark = Some(match told.remark {
        Some(ground) => format!("{said} ({ground})"),
        None => said,
    });
    told
}

fn met_duty(sight: &Sight<'_>, met: &DutyMet) -> Told {
    let told = about_tick(sight, "story-met", &met.tick).remark(met.late_because.as_ref());
    match &met.act {
        Delivery::Call { record, .. } => told.text_of(sight, record, "inc-open-call"),
        Delivery::Document { text, .. } => told.text_of(sight, text, "inc-open-document"),
        Delivery::Report { .. } => told,
        Delivery::Other { note } => told.mark(Html::text(note.as_str())),
    }
}

/// Whether the reader may know of a miss: what is another organisation's own is not theirs.
fn sees(sight: &Sight<'_>, missed: &Missed) -> bool {
    missed.tick.party.is_none_or(|party| sight.may_see_party(&party))
}

/// What was not done in time, each with when it was due.
fn missed(sight: &Sight<'_>, missed: &[Missed]) -> Told {
    let seen = missed.iter().filter(|it| sees(sight, it));
    let texts = seen.map(|it| {
        let due = sight.short(it.due);
        let what = about_tick(sight, "story-tick", &it.tick).text;
        sight.ta("story-missed", &[("what", &what), ("t", &due)])
    });
    Told::new(texts.collect::<Vec<_>>().join("\n")).weighty()
}

fn about_tick(sight: &Sight<'_>, key: &str, tick: &Tick) -> Told {
    let rule = sight.plan(&tick.plan).and_then(|plan| {
        plan.duties.iter().find(|rule| rule.id == tick.duty).map(|rule| sight.said(&rule.label))
    });
    let what = rule.unwrap_or_else(|| tick.duty.to_string());
    let from = match &tick.party {
        Some(party) => sight.party(party),
        None => sight.role(&tick.by),
    };
    let route = match &tick.to {
        Some(to) => sight.ta("duty-from-to", &[("from", &from), ("to", &sight.role(to))]),
        None => from,
    };
    Told::new(sight.ta(key, &[("what", &what), ("route", &route)]))
}
