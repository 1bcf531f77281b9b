//! Bringing a report up to date: what happened, happened.

use jiff::Timestamp;

use super::{Intake, Question, Report, ReportStatus, ReportedOrganisation, Supplement};
use crate::{
    AnchorKind, Carried, CarriedWhat, FactsRecorded, Missed, Outlook, Party, Recorded, Reminded,
    ReportAbsorbed, ReportEvent, ReportSupplemented, ReportTakenIn, SaidBy,
};

type Entry = Recorded<ReportEvent>;

/// Brings a report up to date with one event. Never fails: an event that refers to something unknown
/// changes nothing but the log.
pub fn evolve(report: &mut Report, recorded: &Entry) {
    let now = |what| carried(recorded, recorded.happened_at, what);
    match &recorded.event {
        ReportEvent::TakenIn(it) => taken_in(report, it, recorded),
        ReportEvent::OrganisationIdentified(it) => {
            if let Some(affected) = report.affected.get_mut(&it.party) {
                affected.organisation = Some(it.organisation);
                affected.district = it.district.clone().or_else(|| affected.district.take());
            }
        }
        ReportEvent::AnchorRecorded(it) => anchor(report, it.party, (it.anchor, it.at), recorded),
        ReportEvent::AnchorCorrected(it) => report.ledger.push(now(CarriedWhat::AnchorCorrected {
            party: it.party,
            anchor: it.anchor,
            from: it.from,
            to: it.to,
            reason: it.reason.clone(),
        })),
        ReportEvent::Received(it) => {
            let what = CarriedWhat::Received { by: it.by.clone(), channel: it.channel };
            report.ledger.push(now(what));
        }
        ReportEvent::DutyMet(it) => {
            report.met.insert(it.tick.clone());
            report.ledger.push(now(CarriedWhat::Met((**it).clone())));
        }
        ReportEvent::MissCleared(it) => {
            report.ledger.push(now(CarriedWhat::Cleared((**it).clone())));
        }
        ReportEvent::DutiesReminded(it) => {
            it.reminded.iter().for_each(|it| reminded(report, it, recorded));
        }
        ReportEvent::DutiesMissed(it) => {
            it.missed.iter().for_each(|it| missed(report, it, recorded));
        }
        ReportEvent::LeftWaiting(it) => report.left_waiting = Some(it.since),
        ReportEvent::Supplemented(it) => supplemented(report, it, recorded),
        ReportEvent::QuestionAsked(it) => {
            let question =
                Question { asked_at: recorded.happened_at, text: it.text.clone(), answer: None };
            report.questions.insert(it.question, question);
        }
        ReportEvent::QuestionAnswered(it) => {
            if let Some(question) = report.questions.get_mut(&it.question) {
                let answer = (recorded.happened_at, it.text.clone(), it.attachments.clone());
                question.answer = Some(answer);
            }
        }
        ReportEvent::Accepted(it) => {
            report.incidents.insert(it.incident, recorded.actor);
            report.status = ReportStatus::Accepted;
        }
        ReportEvent::Declined(it) => {
            report.status = ReportStatus::Declined(it.reason.clone());
            report.ledger.push(now(CarriedWhat::Declined { reason: it.reason.clone() }));
        }
        ReportEvent::Reopened(_) => {
            report.status = ReportStatus::Waiting;
            report.ledger.push(now(CarriedWhat::Reopened));
        }
        ReportEvent::Split(it) => report.status = ReportStatus::Split(it.into.clone()),
        ReportEvent::Merged(it) => report.status = ReportStatus::Merged(it.into),
        ReportEvent::Absorbed(it) => absorbed(report, it),
        ReportEvent::Sealed(it) => report.status = ReportStatus::Sealed(it.reason.clone()),
        ReportEvent::ResultTold(it) => report.results.push(it.text.clone()),
        ReportEvent::TextsErased(_) => {} // the custody of the report tells it; here it moves the version on
    }
    report.log.push(recorded.clone());
}

fn taken_in(report: &mut Report, it: &ReportTakenIn, recorded: &Entry) {
    report.intake = Some(Intake {
        report: it.report,
        number: it.number.clone(),
        kind: it.kind,
        channel: it.channel,
        taken_in_by: it.taken_in_by.clone(),
        taken_in_at: recorded.happened_at,
        recorded_at: recorded.recorded_at,
        entered_by: recorded.actor,
        follows: it.follows,
        content: it.content.clone(),
        attachments: it.attachments.clone(),
        lead: it.lead.clone(),
    });
    report.status = ReportStatus::Waiting;
    for (index, affected) in (0_u16..).zip(&it.affected) {
        let unidentified = Party::Unidentified(it.report, index);
        let party = affected.organisation.map_or(unidentified, Party::Organisation);
        let organisation = report.affected.entry(party).or_default();
        organisation.organisation = affected.organisation;
        organisation.district.clone_from(&affected.district);
        for known in affected.anchors.known() {
            anchor(report, party, known, recorded);
        }
    }
    facts(report, &it.facts, recorded);
    let received =
        CarriedWhat::Received { by: it.taken_in_by.clone(), channel: it.channel.delivers() };
    report.ledger.push(carried(recorded, recorded.happened_at, received));
}

fn reminded(report: &mut Report, it: &Reminded, recorded: &Entry) {
    report.noticed.remind(it, recorded.recorded_at);
    report.ledger.push(carried(recorded, it.at, CarriedWhat::Reminded(it.clone())));
}

fn missed(report: &mut Report, it: &Missed, recorded: &Entry) {
    report.noticed.miss(it, recorded.recorded_at);
    report.ledger.push(carried(recorded, it.due, CarriedWhat::Missed(it.clone())));
}

fn supplemented(report: &mut Report, it: &ReportSupplemented, recorded: &Entry) {
    report.supplements.push(Supplement {
        at: recorded.happened_at,
        content: it.content.clone(),
        attachments: it.attachments.clone(),
    });
    facts(report, &it.facts, recorded);
}

/// The other report's times keep their places; where both know a time, this report's was first.
fn absorbed(report: &mut Report, it: &ReportAbsorbed) {
    report.absorbed.insert(it.report);
    for other in &it.carried {
        match &other.what {
            CarriedWhat::Anchor { party, anchor } => {
                let ours = report.affected.entry(*party).or_default();
                ours.organisation = match party {
                    Party::Organisation(organisation) => Some(*organisation),
                    Party::Unidentified(..) => ours.organisation,
                };
                if ours.anchors.at(*anchor).is_some() {
                    continue;
                }
                ours.anchors.set(*anchor, other.at);
            }
            CarriedWhat::Facts(recorded) => report.facts.extend(recorded.facts.clone()),
            CarriedWhat::Met(met) => {
                report.met.insert(met.tick.clone());
            }
            CarriedWhat::Reminded(it) => report.noticed.remind(it, other.recorded_at),
            CarriedWhat::Missed(it) => report.noticed.miss(it, other.recorded_at),
            CarriedWhat::AnchorCorrected { .. }
            | CarriedWhat::Received { .. }
            | CarriedWhat::Cleared(_)
            | CarriedWhat::Declined { .. }
            | CarriedWhat::Reopened => {}
        }
        report.ledger.push(other.clone());
    }
}

fn anchor(
    report: &mut Report,
    party: Party,
    (anchor, at): (AnchorKind, Timestamp),
    recorded: &Entry,
) {
    let affected: &mut ReportedOrganisation = report.affected.entry(party).or_default();
    if affected.anchors.at(anchor).is_none() {
        affected.anchors.set(anchor, at);
        report.ledger.push(carried(recorded, at, CarriedWhat::Anchor { party, anchor }));
    }
}

fn facts(report: &mut Report, facts: &fengsui_vocabulary::Facts, recorded: &Entry) {
    let Some(intake) = report.intake.as_ref().filter(|_| !facts.is_empty()) else {
        return;
    };
    let said = FactsRecorded {
        facts: facts.clone(),
        said_by: SaidBy::Report(intake.report),
        ground: None,
        outlook: Outlook::Observed,
    };
    report.facts.extend(facts.clone());
    report.ledger.push(carried(recorded, recorded.happened_at, CarriedWhat::Facts(said)));
}

fn carried(recorded: &Entry, at: Timestamp, what: CarriedWhat) -> Carried {
    Carried { at, recorded_at: recorded.recorded_at, entered_by: recorded.actor, what }
}
