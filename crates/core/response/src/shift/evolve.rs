//! Bringing a shift up to date. Never fails: what happened, happened.

use super::{Begun, End, HandOver, LogEntry, Remark, Shift, Signed};
use crate::{BlobRef, LogAbout, Recorded, ShiftEvent};

/// Brings a shift up to date with one event.
pub fn evolve(shift: &mut Shift, recorded: &Recorded<ShiftEvent>) {
    let (by, at) = (recorded.actor, recorded.happened_at);
    match &recorded.event {
        ShiftEvent::Begun(it) => {
            shift.begun = Some(Begun { shift: it.shift, after: it.after, by, at });
            shift.members.insert(by, at);
        }
        ShiftEvent::Joined(it) => {
            shift.members.insert(it.person, at);
            shift.left.remove(&it.person);
        }
        ShiftEvent::Left(it) => {
            shift.members.remove(&it.person);
            shift.left.insert(it.person);
        }
        ShiftEvent::LogWritten(it) => {
            shift.log.insert(it.number, entry(recorded, &it.text, it.about, None));
        }
        ShiftEvent::LogCorrected(it) => {
            let about = shift.log.get(&it.corrects).and_then(|old| old.about);
            if let Some(old) = shift.log.get_mut(&it.corrects) {
                old.corrected_by = Some(it.number);
            }
            shift.log.insert(it.number, entry(recorded, &it.text, about, Some(it.corrects)));
        }
        ShiftEvent::HandOverPrepared(it) => {
            shift.hand_over = Some(HandOver {
                content: it.content.clone(),
                counts: it.counts,
                told: it.told.clone(),
                by,
                at,
                signed: None,
            });
        }
        ShiftEvent::HandOverRemarked(it) => {
            shift.remarks.push(Remark { text: it.text.clone(), by, at });
            // What was signed did not say this.
            if let Some(hand_over) = &mut shift.hand_over {
                hand_over.signed = None;
            }
        }
        ShiftEvent::HandOverSigned(_) => {
            if let Some(hand_over) = &mut shift.hand_over {
                hand_over.signed = Some(Signed { by, at });
            }
        }
        ShiftEvent::TakenOver(it) => {
            shift.end = Some(End { next: it.next, by, at, alone: it.alone.clone() });
        }
    }
}

fn entry(
    recorded: &Recorded<ShiftEvent>,
    text: &BlobRef,
    about: Option<LogAbout>,
    corrects: Option<u32>,
) -> LogEntry {
    LogEntry {
        text: text.clone(),
        about,
        corrects,
        corrected_by: None,
        by: recorded.actor,
        at: recorded.happened_at,
        recorded_at: recorded.recorded_at,
    }
}
