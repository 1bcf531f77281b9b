//! What holds whatever people do.

use fengsui_plan::{Act, Channel};
use fengsui_vocabulary::{FactValue, IncidentId, Line, ReportId, Scalar};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use crate::accept::{AcceptReport, accept};
use crate::incident::{
    AddOrganisation, InTheWay, Incident, IncidentCommand, IssueDocument, MeetDuty, MigrationState,
    OnBehalf, OpenIncident, Proposal, ReceiveReport, RecordFacts, ResponseState, Status,
    SubmitProposal, TakeTechnicalStep, Verdict, VoiceDecision, Waiting,
};
use crate::report::{Report, ReportCommand, TakeIn};
use crate::testing::people::{OTHER_UNIT, UNIT, chen, gao, lin, mara, rui, sun, tang, wei};
use crate::testing::{another_edition, at, blob, line, overlay, shanghai};
use crate::{
    Actor, Affected, AnchorKind, Anchors, Asked, ClassRef, Delivery, IncidentEvent, IntakeChannel,
    Means, Outlook, Packs, Party, PlanRef, ReadBack, Recorded, Relation, ReportEvent, ReportKind,
    Scene, Step, StepOutcome, Tick, incident, report,
};

/// One thing that somebody tries: which verb, who, with what, how long after the last one, how long ago.
pub(super) type Try = (u8, u8, u8, u8, u8);

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (any::<u8>(), any::<u8>(), any::<u8>(), 0_u8..20, 0_u8..10);
    prop::collection::vec(one, 1..90)
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]

    #[test]
    fn whatever_is_tried_replay_is_live_and_nothing_open_is_closed(tries in tries()) {
        let packs = packs();
        let mut world = World::new(&packs);
        for attempt in tries {
            world.attempt(attempt)?;
        }
        world.check()?;
    }
}

#[test]
fn an_incident_can_be_closed_by_people_who_do_what_is_in_the_way() {
    let packs = packs();
    let mut world = World::new(&packs);
    world.now = at("10:00");
    let in_the_way = world.incident.is_closable(&packs, world.now).unwrap_err();
    for obstacle in in_the_way {
        let command = match obstacle {
            InTheWay::Duty { tick, .. } => {
                IncidentCommand::WaiveDuty { ticks: vec![tick], reason: line("演示") }
            }
            InTheWay::ReviewMissing => IncidentCommand::Review { text: blob(1) },
            InTheWay::PlanUndecided { plan } => {
                IncidentCommand::SetPlanAside { plan, reason: line("不适用") }
            }
            InTheWay::ResponseRunning
            | InTheWay::ProposalWaiting { .. }
            | InTheWay::ApprovalUnconfirmed { .. }
            | InTheWay::PlanNotAtHand { .. } => unreachable!("nothing of that happened"),
        };
        world.ask(&Asked::now(lin(), command)).unwrap();
    }
    world.ask(&Asked::now(lin(), IncidentCommand::Close { note: None })).unwrap();
    assert!(!world.incident.is_open());
}

pub(super) struct World<'a> {
    pub(super) packs: &'a Packs,
    pub(super) now: Timestamp,
    report: Report,
    pub(super) incident: Incident,
    pub(super) log: Vec<Recorded<IncidentEvent>>,
    report_log: Vec<Recorded<ReportEvent>>,
}

impl<'a> World<'a> {
    /// A report of 09:50 that was accepted at 09:55.
    pub(super) fn new(packs: &'a Packs) -> Self {
        let mut world = Self {
            packs,
            now: at("09:50"),
            report: Report::default(),
            incident: Incident::default(),
            log: Vec::new(),
            report_log: Vec::new(),
        };
        let taken = ReportCommand::TakeIn(Box::new(world.take_in()));
        world.ask_report(&Asked::now(Actor::public(), taken)).unwrap();
        world.now = at("09:55");
        let open = AcceptReport::Open {
            incident: IncidentId::from_bits(1),
            number: line("2026-0001"),
            title: line("入侵"),
            plans: vec![world.edition(), PlanRef::of(&overlay())],
        };
        let asked = Asked::now(lin(), open);
        let scene = Scene::new(world.now, packs);
        let accepted = accept(&world.report, &world.incident, &asked, &scene).unwrap();
        for decided in accepted.report {
            world.happen_to_report(decided.recorded(world.now, asked.by.person));
        }
        for decided in accepted.incident {
            world.happen(decided.recorded(world.now, asked.by.person));
        }
        world
    }

    pub(super) fn attempt(
        &mut self,
        (verb, who, what, after, ago): Try,
    ) -> Result<(), TestCaseError> {
        self.now += SignedDuration::from_mins(i64::from(after));
        let (by, command) = match verb {
            0..100 => self.helpful(what),
            100.. => (person(who), self.command(verb, what)),
        };
        let mut asked = Asked::now(by, command);
        if matches!(asked.command, IncidentCommand::MeetDuty(_)) && ago < 3 {
            asked = asked.at(at("09:57")); // entered long after it was done
        } else if ago > 5 {
            asked = asked.at(self.now - SignedDuration::from_mins(i64::from(ago)));
        }
        let closing = matches!(asked.command, IncidentCommand::Close { .. });
        let happened = self.ask(&asked);
        if closing && happened.is_ok() {
            let duties = self.incident.duties_under(self.packs, self.now);
            let is_open = duties.iter().any(|duty| duty.state.is_open() && self.blocks(duty));
            prop_assert!(!is_open, "closed with an open duty");
            prop_assert!(self.incident.review.is_some());
        }
        if who % 7 == 0 {
            let asked = Asked::now(person(what), self.report_command(verb, what));
            // A refusal is an answer like any other here.
            let _answer = self.ask_report(&asked);
        }
        Ok(())
    }

    /// Whether a duty stands in the way of closing, as its plan says.
    fn blocks(&self, duty: &fengsui_plan::Duty) -> bool {
        let edition = self.incident.edition(&duty.plan).unwrap();
        let rules = &self.packs.of(edition).unwrap().duties;
        rules.iter().any(|rule| rule.id == duty.duty && rule.blocks_closing)
    }

    pub(super) fn check(&self) -> Result<(), TestCaseError> {
        let mut replayed = Incident::default();
        for recorded in &self.log {
            let stored = recorded.event.to_stored();
            let event = IncidentEvent::read(stored.kind, stored.version, &stored.payload);
            let recorded = Recorded { event: event.unwrap(), ..recorded.clone() };
            incident::evolve(&mut replayed, &recorded);
        }
        prop_assert_eq!(&replayed, &self.incident);
        prop_assert!(self.incident.check().is_empty());
        let mut replayed = Report::default();
        for recorded in &self.report_log {
            let stored = recorded.event.to_stored();
            let event = ReportEvent::read(stored.kind, stored.version, &stored.payload);
            let recorded = Recorded { event: event.unwrap(), ..recorded.clone() };
            report::evolve(&mut replayed, &recorded);
        }
        prop_assert_eq!(&replayed, &self.report);
        for proposal in &self.incident.response.proposals {
            if let Some(approval) = proposal.approval() {
                prop_assert!(!proposal.people().contains(&approval.entered_by));
                let confirmed = approval.confirmed.map(|(by, _)| by);
                prop_assert!(confirmed != Some(approval.entered_by));
            }
        }
        for round in &self.incident.technical_rounds {
            let order = &shanghai().technical_plan.as_ref().unwrap().steps.clone();
            let taken: Vec<Act> = round.steps.iter().map(|taken| taken.step).collect();
            prop_assert_eq!(&taken[..], &order[..taken.len()], "each step in its turn");
            let approved = round.steps.iter().find(|it| it.step == Act::ApproveTechnicalPlan);
            prop_assert!(approved.is_none_or(|it| !round.drafters().contains(&it.by)));
            let turned_down = round.steps.iter().position(|it| it.outcome != StepOutcome::Passed);
            prop_assert!(turned_down.is_none_or(|at| at + 1 == round.steps.len()));
        }
        for met in &self.incident.met {
            prop_assert!(met.cleared_by != Some(met.entered_by));
        }
        prop_assert_eq!(
            &self.incident.lead().unwrap().plan,
            &shanghai().id,
            "it stays whatever is asked"
        );
        for migration in &self.incident.migrations {
            if let MigrationState::Done { by, .. } = migration.state {
                prop_assert!(by != migration.proposed_by);
            }
        }
        // Whatever was asked, the questions of the screens have an answer.
        let _waiting = self.incident.waiting(self.packs, self.now);
        prop_assert!(self.incident.story().len() >= self.log.len());
        Ok(())
    }

    fn ask(&mut self, asked: &Asked<IncidentCommand>) -> Result<(), crate::Refusal> {
        let scene = Scene::new(self.now, self.packs);
        for decided in incident::decide(&self.incident, asked, &scene)? {
            self.happen(decided.recorded(self.now, asked.by.person));
        }
        Ok(())
    }

    fn ask_report(&mut self, asked: &Asked<ReportCommand>) -> Result<(), crate::Refusal> {
        let scene = Scene::new(self.now, self.packs);
        for decided in report::decide(&self.report, asked, &scene)? {
            self.happen_to_report(decided.recorded(self.now, asked.by.person));
        }
        Ok(())
    }

    pub(super) fn happen(&mut self, recorded: Recorded<IncidentEvent>) {
        incident::evolve(&mut self.incident, &recorded);
        self.log.push(recorded);
    }

    fn happen_to_report(&mut self, recorded: Recorded<ReportEvent>) {
        report::evolve(&mut self.report, &recorded);
        self.report_log.push(recorded);
    }

    fn edition(&self) -> PlanRef {
        let edition = PlanRef::of(&shanghai());
        assert!(self.packs.of(&edition).is_some());
        edition
    }

    fn take_in(&self) -> TakeIn {
        TakeIn {
            report: ReportId::from_bits(1),
            number: line("SH-2026-0001"),
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: "cac_duty_room".parse().unwrap(),
            follows: None,
            affected: vec![Affected {
                organisation: Some(UNIT),
                district: None,
                anchors: Anchors { discovered_at: Some(at("09:40")), ..Anchors::default() },
            }],
            facts: [].into(),
            content: blob(1),
            attachments: Vec::new(),
            lead: self.edition(),
            call: None,
            sealed_because: None,
        }
    }

    /// A duty as it stands, whichever the number says.
    fn some_tick(&self, what: u8) -> Vec<Tick> {
        let duties = self.incident.duties_under(self.packs, self.now);
        let start = usize::from(what) % duties.len().max(1);
        let count = 1 + usize::from(what) % 3;
        duties.iter().skip(start).take(count).map(|duty| self.incident.tick_of(duty)).collect()
    }

    fn digest(&self, what: u8) -> String {
        let waiting = self.incident.response.proposals.last();
        match waiting.filter(|_| !what.is_multiple_of(5)) {
            Some(proposal) => proposal.text.digest.clone(),
            None => blob(999).digest,
        }
    }

    fn command(&self, verb: u8, what: u8) -> IncidentCommand {
        let choices: [&dyn Fn() -> IncidentCommand; 5] = [
            &|| self.about_knowledge(what),
            &|| self.about_duties(what),
            &|| self.about_response(what),
            &|| self.about_handling(what),
            &|| self.about_plans(what),
        ];
        choices[usize::from(verb) % choices.len()]()
    }

    /// What somebody would do next who wants the incident to get on.
    fn helpful(&self, what: u8) -> (Actor, IncidentCommand) {
        let either = |one: fn() -> Actor, other: fn() -> Actor| {
            if what.is_multiple_of(2) { one() } else { other() }
        };
        let waiting = self.incident.waiting(self.packs, self.now);
        match waiting.get(usize::from(what) % waiting.len().max(1)).cloned() {
            Some(Waiting::Voice { step, level, scope, .. }) => {
                let reason = Some(some_line());
                let voice = VoiceDecision { step, level, scope, reason };
                (either(lin, mara), IncidentCommand::VoiceDecision(voice))
            }
            Some(Waiting::Endorsement { digest, .. }) => {
                (either(chen, mara), IncidentCommand::EndorseProposal { digest, meets: None })
            }
            Some(Waiting::Approval { digest, .. }) if !what.is_multiple_of(3) => {
                let on_behalf = some_behalf();
                (either(lin, wei), IncidentCommand::RecordApproval { digest, on_behalf })
            }
            Some(Waiting::Approval { digest, .. }) => {
                (gao(), IncidentCommand::ApproveProposal { digest })
            }
            Some(Waiting::Confirmation { digest, .. }) => {
                (either(gao, wei), IncidentCommand::ConfirmApproval { digest })
            }
            Some(Waiting::Clearance { tick, .. }) => {
                (either(chen, wei), IncidentCommand::ClearMiss { ticks: vec![tick] })
            }
            Some(Waiting::Applicability { plan, .. }) if what.is_multiple_of(2) => {
                (lin(), IncidentCommand::SetPlanAside { plan, reason: some_line() })
            }
            Some(Waiting::Applicability { plan, .. }) => {
                let plan = self.incident.considered[&plan].edition.clone();
                (lin(), IncidentCommand::ApplyPlan { plan, reason: Some(some_line()) })
            }
            Some(Waiting::TechnicalStep { step, draft, .. }) => {
                (either(chen, gao), some_step(step, draft, what))
            }
            Some(Waiting::Migration { from, .. }) => {
                (either(rui, second_keeper), IncidentCommand::ConfirmMigration { from })
            }
            None if what.is_multiple_of(31) => {
                (lin(), some_step(Act::DraftTechnicalPlan, None, what))
            }
            None => (lin(), self.out_of_the_way(what)),
        }
    }

    /// What removes something that stands in the way of closing; the response comes first.
    fn out_of_the_way(&self, what: u8) -> IncidentCommand {
        let level = self.incident.level(&shanghai()).unwrap_or("IV".parse().unwrap());
        let (scope, text) = (some_line(), blob(u128::from(what)));
        let is_running = self.incident.response.level().is_some();
        let step = match self.incident.response.state {
            ResponseState::NotStarted if what < 150 => Step::Start,
            ResponseState::Running { .. } if what < 50 => Step::Adjust,
            ResponseState::Running { .. }
            | ResponseState::NotStarted
            | ResponseState::Ended { .. } => Step::End,
        };
        if is_running || step == Step::Start {
            if what.is_multiple_of(2) {
                let reason = Some(some_line());
                return IncidentCommand::VoiceDecision(VoiceDecision {
                    step,
                    level,
                    scope,
                    reason,
                });
            }
            let meets = None;
            return IncidentCommand::SubmitProposal(SubmitProposal {
                step,
                level,
                scope,
                text,
                meets,
            });
        }
        match self.incident.is_closable(self.packs, self.now).map_err(|mut all| all.pop()) {
            Err(Some(InTheWay::Duty { tick, .. })) if what < 100 => {
                let (act, late_because) = (Delivery::Other { note: scope }, Some(some_line()));
                let channel = some_channel(what);
                IncidentCommand::MeetDuty(MeetDuty {
                    ticks: vec![tick],
                    channel,
                    act,
                    late_because,
                })
            }
            Err(Some(InTheWay::Duty { tick, .. })) if what < 200 => {
                IncidentCommand::WaiveDuty { ticks: vec![tick], reason: some_line() }
            }
            Err(Some(InTheWay::ReviewMissing)) => IncidentCommand::Review { text },
            Ok(()) | Err(_) => IncidentCommand::Close { note: None },
        }
    }

    fn about_knowledge(&self, what: u8) -> IncidentCommand {
        let party = Party::Organisation(if what.is_multiple_of(2) { UNIT } else { OTHER_UNIT });
        match what % 8 {
            0 => IncidentCommand::AddOrganisation(AddOrganisation {
                organisation: OTHER_UNIT,
                district: None,
                anchors: Anchors { discovered_at: Some(at("09:45")), ..Anchors::default() },
            }),
            1 => IncidentCommand::RecordAnchor {
                offset: None,
                party,
                anchor: AnchorKind::Occurred,
                plan: None,
                at: at("09:30"),
            },
            2 => IncidentCommand::CorrectAnchor {
                party,
                anchor: AnchorKind::Discovered,
                to: at("09:35"),
                reason: some_line(),
            },
            3 => IncidentCommand::Classify {
                classes: [class("IDI"), class("ICSI")].into(),
                primary: class("IDI"),
            },
            4 => IncidentCommand::Open(OpenIncident {
                incident: IncidentId::from_bits(1),
                number: some_line(),
                title: some_line(),
                plans: vec![self.edition()],
                affected: Vec::new(),
            }),
            5 => IncidentCommand::RecordFacts(RecordFacts {
                facts: [(
                    "special_circumstances".parse().unwrap(),
                    FactValue::Exact(Scalar::Flag(what.is_multiple_of(2))),
                )]
                .into(),
                said_by: None,
                ground: None,
                outlook: Outlook::Observed,
            }),
            _ => IncidentCommand::RecordFacts(RecordFacts {
                facts: [("security_threat".parse().unwrap(), some_threat(what))].into(),
                said_by: None,
                ground: None,
                outlook: if what > 200 { Outlook::Forecast } else { Outlook::Observed },
            }),
        }
    }

    fn about_duties(&self, what: u8) -> IncidentCommand {
        let ticks = self.some_tick(what);
        let act = Delivery::Other { note: some_line() };
        let late_because = (what > 60).then(some_line);
        match what % 8 {
            0 => IncidentCommand::ClearMiss { ticks },
            1 => IncidentCommand::WaiveDuty { ticks, reason: some_line() },
            2 => IncidentCommand::ReceiveReport(ReceiveReport {
                plan: None,
                by: "linkage_centre".parse().unwrap(),
                channel: some_channel(what),
                report: None,
                act,
                late_because,
            }),
            3 => IncidentCommand::IssueDocument(IssueDocument {
                title: some_line(),
                form: None,
                number: None,
                text: blob(u128::from(what)),
                to: [].into(),
                meets: ticks,
                late_because,
            }),
            _ => IncidentCommand::MeetDuty(MeetDuty {
                ticks,
                channel: some_channel(what),
                act,
                late_because,
            }),
        }
    }

    fn about_response(&self, what: u8) -> IncidentCommand {
        let level = ["I", "II", "III", "IV"][usize::from(what / 16) % 4].parse().unwrap();
        let step =
            [Step::Start, Step::Adjust, Step::Escalate, Step::End][usize::from(what / 64) % 4];
        let digest = self.digest(what);
        let scope = some_line();
        match what % 9 {
            0 => IncidentCommand::JudgeLevel {
                plan: "shanghai-2019".parse().unwrap(),
                level,
                reason: Some(some_line()),
            },
            1 | 2 => IncidentCommand::VoiceDecision(VoiceDecision {
                step,
                level,
                scope,
                reason: Some(some_line()),
            }),
            3 => {
                let text = blob(u128::from(what));
                IncidentCommand::SubmitProposal(SubmitProposal {
                    step,
                    level,
                    scope,
                    text,
                    meets: None,
                })
            }
            4 => IncidentCommand::EndorseProposal { digest, meets: None },
            5 => IncidentCommand::ApproveProposal { digest },
            6 => IncidentCommand::RecordApproval { digest, on_behalf: some_behalf() },
            7 => IncidentCommand::ConfirmApproval { digest },
            _ => IncidentCommand::WithdrawProposal { digest, reason: some_line() },
        }
    }

    fn about_handling(&self, what: u8) -> IncidentCommand {
        match what % 11 {
            10 => self.about_technical(what),
            0 => IncidentCommand::Review { text: blob(2) },
            1..=4 => IncidentCommand::Close { note: None },
            5 => IncidentCommand::Reopen { reason: some_line() },
            6 => IncidentCommand::HandOverPart {
                part: "content_part".to_owned(),
                reason: some_line(),
            },
            7 => IncidentCommand::Relate {
                relation: Relation::DuplicateOf,
                other: IncidentId::from_bits(u128::from(what % 3)),
            },
            8 => IncidentCommand::ReturnProposal {
                digest: self.digest(what),
                reason: some_line(),
                on_behalf: None,
            },
            _ => IncidentCommand::ReportNotControlled { reason: some_line() },
        }
    }

    fn about_technical(&self, what: u8) -> IncidentCommand {
        let plan = shanghai();
        let steps = &plan.technical_plan.as_ref().unwrap().steps;
        let step = steps[usize::from(what / 11) % steps.len()];
        let drafts = self.incident.technical_rounds.last().map(|it| it.draft.digest.clone());
        some_step(step, drafts.filter(|_| !what.is_multiple_of(5)), what)
    }

    fn about_plans(&self, what: u8) -> IncidentCommand {
        let overlay = PlanRef::of(&overlay());
        let lead = self.incident.lead().cloned().unwrap();
        match what % 6 {
            0 => IncidentCommand::ApplyPlan { plan: overlay, reason: Some(some_line()) },
            1 => IncidentCommand::SetPlanAside { plan: overlay.plan, reason: some_line() },
            2 => IncidentCommand::SetPlanAside { plan: lead.plan, reason: some_line() },
            3 => IncidentCommand::MigratePlan {
                from: lead,
                to: PlanRef::of(&another_edition()),
                reason: some_line(),
            },
            4 => IncidentCommand::WithdrawMigration { from: lead.plan, reason: some_line() },
            _ => IncidentCommand::ConfirmMigration { from: lead.plan },
        }
    }

    fn report_command(&self, verb: u8, what: u8) -> ReportCommand {
        match verb % 8 {
            0 => ReportCommand::TakeIn(Box::new(self.take_in())),
            1 => ReportCommand::Ask { text: blob(3) },
            2 => ReportCommand::Answer {
                question: u32::from(what % 3),
                text: blob(4),
                attachments: Vec::new(),
            },
            3 => ReportCommand::Decline { reason: some_line() },
            4 => ReportCommand::Reopen { reason: some_line() },
            5 => ReportCommand::TellResult { text: blob(5) },
            6 => ReportCommand::ClearMiss { ticks: self.some_tick(what) },
            _ => ReportCommand::MeetDuty(MeetDuty {
                ticks: self.some_tick(what),
                channel: Channel::Oral,
                act: Delivery::Other { note: some_line() },
                late_because: None,
            }),
        }
    }
}

fn person(who: u8) -> Actor {
    let people = [lin, chen, mara, wei, gao, tang, sun, Actor::public, rui, second_keeper];
    people[usize::from(who) % people.len()]()
}

fn second_keeper() -> Actor {
    Actor { person: fengsui_vocabulary::PersonId::from_bits(51), ..rui() }
}

/// What a centre with a second plan and a new edition of the first has at hand.
pub(super) fn packs() -> Packs {
    Packs::from_iter([shanghai(), another_edition(), overlay()])
}

fn some_threat(what: u8) -> FactValue {
    let words = ["none", "some", "considerable", "serious", "extremely_serious"];
    let word = words[usize::from(what / 8) % words.len()];
    FactValue::Exact(Scalar::Word(word.parse().unwrap()))
}

fn some_channel(what: u8) -> Channel {
    if what.is_multiple_of(2) { Channel::Oral } else { Channel::Written }
}

fn some_behalf() -> OnBehalf {
    OnBehalf {
        role: "commission".parse().unwrap(),
        means: Means::Telephone,
        read_back: ReadBack::Confirmed,
        record: None,
    }
}

fn class(code: &str) -> ClassRef {
    ClassRef { taxonomy: "gbz-20986-2007".to_owned(), code: code.parse().unwrap() }
}

fn some_step(step: Act, draft: Option<String>, what: u8) -> IncidentCommand {
    let verdict = if what.is_multiple_of(7) {
        Verdict::TurnedDown { reason: some_line() }
    } else {
        Verdict::Passed
    };
    IncidentCommand::TakeTechnicalStep(TakeTechnicalStep {
        plan: None,
        step,
        draft,
        text: what.is_multiple_of(2).then(|| blob(u128::from(what / 2))),
        verdict,
        note: None,
        on_behalf: what.is_multiple_of(9).then(some_behalf),
    })
}

fn some_line() -> Line {
    line("如此")
}

#[test]
fn a_walk_reaches_a_response_and_a_closure() {
    // The walks above are only worth something if they get somewhere.
    let packs = packs();
    let mut reached = [0; 6];
    for seed in 0_u32..100 {
        let mut world = World::new(&packs);
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        for _ in 0..90 {
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state.to_le_bytes()
            };
            let ([verb, who, what, after], [ago, ..]) = (next(), next());
            world.attempt((verb, who, what, after % 20, ago % 10)).unwrap();
        }
        let response = &world.incident.response;
        let confirmed =
            |it: &Proposal| it.approval().is_some_and(|approval| approval.confirmed.is_some());
        let there = [
            response.started_at.is_some(),
            response.proposals.iter().any(|it| it.approval().is_some()),
            response.proposals.iter().any(confirmed),
            world.incident.met.iter().any(|met| met.cleared_by.is_some()),
            matches!(world.incident.status, Status::Closed(_)),
            world.incident.technical_rounds.iter().any(|it| it.passed(Act::ApproveTechnicalPlan)),
        ];
        for (count, is_there) in reached.iter_mut().zip(there) {
            *count += u32::from(is_there);
        }
    }
    assert!(reached.iter().all(|&count| count > 2), "{reached:?}");
}
