//! The technical plan: a step joins its round, a draft begins one.

use crate::incident::{Incident, TechnicalRound, TechnicalStep};
use crate::{IncidentEvent, Recorded, TechnicalStepTaken};

/// A step goes to the round of its draft. Where there is none and the draft is the step's own text, it
/// begins the round; a step of a draft that nobody knows changes nothing.
pub(super) fn taken(
    incident: &mut Incident,
    it: &TechnicalStepTaken,
    entry: &Recorded<IncidentEvent>,
) -> Option<()> {
    let step = TechnicalStep {
        step: it.step,
        role: it.role.clone(),
        given: it.given.clone(),
        outcome: it.outcome.clone(),
        text: it.text.clone(),
        note: it.note.clone(),
        at: entry.happened_at,
        by: entry.actor,
    };
    let rounds = &mut incident.technical_rounds;
    let mut of_draft = rounds.iter_mut();
    if let Some(round) =
        of_draft.find(|round| round.plan == it.plan && round.draft.digest == it.draft)
    {
        round.steps.push(step);
        return Some(());
    }
    let draft = it.text.clone().filter(|text| text.digest == it.draft)?;
    rounds.push(TechnicalRound { plan: it.plan.clone(), draft, steps: vec![step] });
    Some(())
}
