//! What the story tells of the plans that govern the incident.

use fengsui_response::{IncidentEvent, PlanRef, ScopeAnswer};
use fengsui_vocabulary::RoleId;

use super::Told;
use crate::screens::incidents::sight::Sight;

/// Which plans apply, and under which edition it goes on.
pub(super) fn told(sight: &Sight<'_>, event: &IncidentEvent) -> Option<Told> {
    let told = match event {
        IncidentEvent::PlanConsidered(it) => {
            let (plan, answer) = (title(sight, &it.plan), answered(sight, it.answer));
            Told::new(sight.ta("story-plan-considered", &[("plan", &plan), ("answer", &answer)]))
        }
        IncidentEvent::PlanApplied(it) => {
            let (plan, answer) = (title(sight, &it.plan), answered(sight, it.answer));
            let told = match by(sight, it.role.as_ref()) {
                // Without a reason the facts decided, without a role a keeper of the plans did.
                None if it.reason.is_none() => {
                    Told::new(sight.ta("story-plan-applies", &[("plan", &plan)]))
                }
                None => {
                    let args = [("plan", plan.as_str()), ("answer", &answer)];
                    Told::new(sight.ta("story-plan-applied", &args))
                }
                Some(role) => {
                    let args = [("role", role.as_str()), ("plan", &plan), ("answer", &answer)];
                    Told::new(sight.ta("story-plan-applied-by", &args))
                }
            };
            told.remark(it.reason.as_ref()).weighty()
        }
        IncidentEvent::PlanSetAside(it) => {
            let (plan, answer) = (title(sight, &it.plan), answered(sight, it.answer));
            let told = match by(sight, it.role.as_ref()) {
                None => {
                    let args = [("plan", plan.as_str()), ("answer", &answer)];
                    Told::new(sight.ta("story-plan-set-aside", &args))
                }
                Some(role) => {
                    let args = [("role", role.as_str()), ("plan", &plan), ("answer", &answer)];
                    Told::new(sight.ta("story-plan-set-aside-by", &args))
                }
            };
            told.remark(Some(&it.reason)).weighty()
        }
        IncidentEvent::MigrationProposed(it) => {
            moved(sight, "story-migration-proposed", &it.from, &it.to).remark(Some(&it.reason))
        }
        IncidentEvent::MigrationWithdrawn(it) => {
            let plan = sight.edition_name(&it.from);
            let told = Told::new(sight.ta("story-migration-withdrawn", &[("plan", &plan)]));
            told.remark(Some(&it.reason))
        }
        IncidentEvent::PlanMigrated(it) => {
            moved(sight, "story-plan-migrated", &it.from, &it.to).remark(Some(&it.reason)).weighty()
        }
        others! {
            Opened OrganisationAdded OrganisationIdentified RoleResolved AnchorRecorded
            AnchorCorrected ReportJoined SupplementReceived FactsRecorded Classified ReportReceived
            DutyMet MissCleared DutyWaived LevelJudged FirstResponseBegun DecisionVoiced
            ResponseStarted ResponseAdjusted ResponseEnded ProposalSubmitted ProposalEndorsed
            ProposalApproved ApprovalConfirmed ProposalReturned ProposalLapsed HeadquartersFormed
            NotControlled CommandTaken MeasureRecorded PartHandedOver NotReported Confirmed
            DocumentIssued NoteWritten InstructionRecorded Reviewed Closed Reopened Related TechnicalStepTaken
            DutiesReminded DutiesMissed
        } => return None,
    };
    Some(told)
}

fn title(sight: &Sight<'_>, edition: &PlanRef) -> String {
    sight.plan_title(&edition.plan)
}

fn answered(sight: &Sight<'_>, answer: ScopeAnswer) -> String {
    sight.t(match answer {
        ScopeAnswer::Applies => "applies-yes",
        ScopeAnswer::MayApply => "applies-maybe",
        ScopeAnswer::DoesNotApply => "applies-no",
    })
}

fn by(sight: &Sight<'_>, role: Option<&RoleId>) -> Option<String> {
    role.map(|role| sight.role(role))
}

fn moved(sight: &Sight<'_>, key: &str, from: &PlanRef, to: &PlanRef) -> Told {
    let (from, to) = (sight.edition_name(from), sight.edition_name(to));
    Told::new(sight.ta(key, &[("from", &from), ("to", &to)]))
}
