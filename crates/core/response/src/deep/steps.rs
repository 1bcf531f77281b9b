//! What may be tried in a state: every command that moves a response, by everybody whom the plan may
//! give it to, once and for all states.

use fengsui_plan::{Act, Plan};
use fengsui_vocabulary::{BlobId, LevelId, Line, RoleId};

use super::cast::Cast;
use super::words;
use crate::incident::{FormHeadquarters, Incident, IncidentCommand, SubmitProposal, VoiceDecision};
use crate::{Actor, Asked, BlobRef, Step};

/// A command by somebody, with what it is called on a path.
pub(super) struct Try {
    pub(super) asked: Asked<IncidentCommand>,
    pub(super) words: String,
    pub(super) moves: Moves,
}

/// What a command moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moves {
    /// The level.
    Level,
    /// The response, or a decision about it.
    Response(Step, LevelId),
    /// The proposal that waits.
    Proposal,
    /// Nothing that a decision looks at.
    Nothing,
}

impl Moves {
    /// Whether it is not refused at first sight: that spares asking.
    pub(super) fn is_worth_trying(&self, incident: &Incident) -> bool {
        match (self, incident.response.level()) {
            (Self::Level | Self::Nothing, _)
            | (Self::Response(Step::Start, _), None)
            | (Self::Response(Step::Adjust | Step::Escalate, _), Some(_)) => true,
            // To end takes no level but the one that runs.
            (Self::Response(Step::End, level), running) => running == Some(level),
            (Self::Response(Step::Start, _), Some(_))
            | (Self::Response(Step::Adjust | Step::Escalate, _), None) => false,
            (Self::Proposal, _) => incident.response.waiting().is_some(),
        }
    }
}

/// Everything that may be tried.
pub(super) fn tries(plan: &Plan, cast: &Cast) -> Vec<Try> {
    let steps = Steps { plan, cast };
    let mut tries = Vec::new();
    for level in plan.levels.iter().map(|level| &level.id) {
        steps.judge(level, &mut tries);
        for step in STEPS {
            steps.respond(step, level, &mut tries);
        }
    }
    for step in STEPS {
        steps.answer(act_of(step), &mut tries);
    }
    steps.beside(&mut tries);
    tries
}

/// The act that the plan names for a step.
pub(super) const fn act_of(step: Step) -> Act {
    match step {
        Step::Start => Act::StartResponse,
        Step::Adjust => Act::AdjustResponse,
        Step::Escalate => Act::EscalateResponse,
        Step::End => Act::EndResponse,
    }
}

/// An office's voice, as it is always given here.
pub(super) fn voice(step: Step, level: &LevelId) -> IncidentCommand {
    let (scope, reason) = (reason(), Some(reason()));
    IncidentCommand::VoiceDecision(VoiceDecision { step, level: level.clone(), scope, reason })
}

/// The text of every proposal here; only one waits at a time.
pub(super) fn text() -> BlobRef {
    BlobRef { blob: BlobId::from_bits(1), digest: "0".repeat(64) }
}

struct Steps<'a> {
    plan: &'a Plan,
    cast: &'a Cast,
}

impl Steps<'_> {
    fn judge(&self, level: &LevelId, tries: &mut Vec<Try>) {
        for (role, actor) in self.cast.players(self.plan, Act::JudgeLevel) {
            let command = IncidentCommand::JudgeLevel {
                plan: self.plan.id.clone(),
                level: level.clone(),
                reason: Some(reason()),
            };
            let words = format!("{role} judges the level {level}");
            tries.push(Try { asked: asked(actor, role, command), words, moves: Moves::Level });
        }
    }

    fn respond(&self, step: Step, level: &LevelId, tries: &mut Vec<Try>) {
        let what = words::step(step);
        for (role, actor) in self.cast.players(self.plan, act_of(step)) {
            let words = format!("{role} speaks for {what} at {level}");
            let moves = Moves::Response(step, level.clone());
            let command = voice(step, level);
            tries.push(Try { asked: asked(actor, role, command), words, moves: moves.clone() });
            let words = format!("{role} submits a proposal on {what} at {level}");
            let command = IncidentCommand::SubmitProposal(SubmitProposal {
                step,
                level: level.clone(),
                scope: reason(),
                text: text(),
                meets: None,
            });
            tries.push(Try { asked: asked(actor, role, command), words, moves });
        }
    }

    fn answer(&self, act: Act, tries: &mut Vec<Try>) {
        let digest = text().digest;
        for (role, actor) in self.cast.players(self.plan, act) {
            let mut add = |words: &str, command| {
                let words = format!("{role} {words}");
                let asked = asked(actor, role, command);
                let is_known = tries.iter().any(|known| known.asked == asked);
                let fresh = Try { asked, words, moves: Moves::Proposal };
                tries.extend((!is_known).then_some(fresh));
            };
            let digest = || digest.clone();
            add(
                "endorses the proposal",
                IncidentCommand::EndorseProposal { digest: digest(), meets: None },
            );
            add("approves the proposal", IncidentCommand::ApproveProposal { digest: digest() });
            add(
                "returns the proposal",
                IncidentCommand::ReturnProposal {
                    digest: digest(),
                    reason: reason(),
                    on_behalf: None,
                },
            );
            add(
                "withdraws the proposal",
                IncidentCommand::WithdrawProposal { digest: digest(), reason: reason() },
            );
        }
    }

    /// What no decision looks at: tried in every state, to see that it leads nowhere else.
    fn beside(&self, tries: &mut Vec<Try>) {
        let not_controlled = IncidentCommand::ReportNotControlled { reason: reason() };
        let headquarters = IncidentCommand::FormHeadquarters(FormHeadquarters {
            commander: None,
            members: std::collections::BTreeSet::new(),
            groups: std::collections::BTreeSet::new(),
            seat: None,
            on_behalf: None,
        });
        let command = IncidentCommand::TakeCommand { on_behalf: None };
        for (act, words, command) in [
            (Act::EscalateResponse, "reports that it is not under control", not_controlled),
            (Act::FormHeadquarters, "forms the headquarters", headquarters),
            (Act::TakeCommand, "takes command", command),
        ] {
            for (role, actor) in self.cast.players(self.plan, act) {
                let words = format!("{role} {words}");
                let asked = asked(actor, role, command.clone());
                tries.push(Try { asked, words, moves: Moves::Nothing });
            }
        }
    }
}

/// A command in one role.
pub(super) fn asked(
    actor: &Actor,
    role: &RoleId,
    command: IncidentCommand,
) -> Asked<IncidentCommand> {
    Asked::now(actor.clone(), command).in_role(role.clone())
}

/// One line for every reason and scope: only that it is there, and the same, counts.
#[expect(clippy::expect_used, reason = "a constant that is a line")]
pub(super) fn reason() -> Line {
    "everywhere".parse().expect("this is a line")
}

/// Every step.
pub(super) const STEPS: [Step; 4] = [Step::Start, Step::Adjust, Step::Escalate, Step::End];
