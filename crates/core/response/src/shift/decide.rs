//! Deciding what follows for a shift.

use fengsui_vocabulary::PersonId;

use super::{BeginShift, HandOver, LOG_MAX, Shift, ShiftCommand, ShiftRefusal, TakeOver};
use crate::books::check_count;
use crate::{
    Asked, Capacity, Decided, HandOverPrepared, HandOverRemarked, HandOverSigned, Refusal, Scene,
    ShiftBegun, ShiftEvent, ShiftJoined, ShiftLeft, ShiftLogCorrected, ShiftLogWritten,
    ShiftTakenOver,
};

/// What follows for the shift that ends, and for the one that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relieved {
    /// Events of the shift that ends.
    pub ended: Vec<Decided<ShiftEvent>>,
    /// Events of the shift that begins.
    pub begun: Vec<Decided<ShiftEvent>>,
}

/// Decides whether the first shift of a centre begins; `on_duty` is whatever shift is responsible now.
pub fn begin(
    on_duty: Option<&Shift>,
    asked: &Asked<BeginShift>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<ShiftEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    check_officer(asked)?;
    if let Some(by) = on_duty.filter(|shift| shift.is_on_duty()).and_then(Shift::officer) {
        return Err(ShiftRefusal::OnDuty { by }.into());
    }
    Ok(vec![Decided::new(happened_at, ShiftBegun { shift: asked.command.shift, after: None })])
}

/// Decides what follows from a command to a shift.
pub fn decide(
    shift: &Shift,
    asked: &Asked<ShiftCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<ShiftEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    check_officer(asked)?;
    // What was wrong in a log is put right even when its shift has ended: the old entry stays.
    if !matches!(asked.command, ShiftCommand::CorrectLog { .. }) {
        check_on_duty(shift)?;
    }
    let case = Case { shift, by: asked.by.person };
    let (at, event) = match &asked.command {
        ShiftCommand::Join { person } => (happened_at, case.join(*person)?),
        ShiftCommand::Leave { person } => (happened_at, case.leave(*person)?),
        ShiftCommand::WriteLog { text, about } => {
            let number = case.next_number()?;
            let written = ShiftLogWritten { number, text: text.clone(), about: *about };
            (happened_at, written.into())
        }
        ShiftCommand::CorrectLog { number, text } => {
            let corrects = case.correctable(*number)?;
            let number = case.next_number()?;
            (happened_at, ShiftLogCorrected { number, corrects, text: text.clone() }.into())
        }
        ShiftCommand::PrepareHandOver { content, counts, told } => {
            case.check_member()?;
            let (content, told) = (content.clone(), told.clone());
            (scene.now, HandOverPrepared { content, counts: *counts, told }.into())
        }
        ShiftCommand::Remark { text } => {
            case.check_member()?;
            check_count("remarks", shift.remarks.len() + 1, REMARKS_MAX)?;
            (scene.now, HandOverRemarked { text: text.clone() }.into())
        }
        ShiftCommand::SignHandOver { content, remarks } => {
            (scene.now, case.sign(content, *remarks)?)
        }
    };
    Ok(vec![Decided::new(at, event)])
}

/// Decides whether a shift is taken over. It ends and the next one begins together or not at all.
pub fn take_over(
    shift: &Shift,
    asked: &Asked<TakeOver>,
    scene: &Scene<'_>,
) -> Result<Relieved, Refusal> {
    check_officer(asked)?;
    let begun = check_on_duty(shift)?;
    let TakeOver { next, content, remarks, alone } = &asked.command;
    let hand_over = same(shift, content, *remarks)?;
    let signed = hand_over.signed.ok_or(ShiftRefusal::NotSigned)?;
    let by = asked.by.person;
    let is_same_person = by == signed.by || by == begun.by;
    if is_same_person && alone.is_none() {
        return Err(Refusal::NeedsSecondPerson { done_by: by });
    }
    let taken_over = ShiftTakenOver {
        next: *next,
        content: content.clone(),
        remarks: *remarks,
        // Relieved by somebody else, nobody went on alone, whatever was typed.
        alone: alone.clone().filter(|_| is_same_person),
    };
    let begins = ShiftBegun { shift: *next, after: Some(begun.shift) };
    Ok(Relieved {
        ended: vec![Decided::new(scene.now, taken_over)],
        begun: vec![Decided::new(scene.now, begins)],
    })
}

/// What a verb looks at.
struct Case<'a> {
    shift: &'a Shift,
    by: PersonId,
}

impl Case<'_> {
    fn join(&self, person: PersonId) -> Result<ShiftEvent, Refusal> {
        // People come by themselves, or are added by who is there.
        if person != self.by {
            self.check_member()?;
        }
        if self.shift.members.contains_key(&person) {
            return Err(ShiftRefusal::OnShiftAlready.into());
        }
        check_count("people", self.shift.members.len() + 1, MEMBERS_MAX)?;
        Ok(ShiftJoined { person }.into())
    }

    fn leave(&self, person: PersonId) -> Result<ShiftEvent, Refusal> {
        if person != self.by {
            self.check_member()?;
        }
        if self.shift.officer() == Some(person) {
            return Err(ShiftRefusal::Responsible.into());
        }
        if !self.shift.members.contains_key(&person) {
            return Err(ShiftRefusal::NotOnShift.into());
        }
        Ok(ShiftLeft { person }.into())
    }

    fn next_number(&self) -> Result<u32, Refusal> {
        check_count("entries", self.shift.log.len() + 1, LOG_MAX)?;
        Ok(self.shift.log.keys().next_back().map_or(1, |last| last.saturating_add(1)))
    }

    fn correctable(&self, number: u32) -> Result<u32, Refusal> {
        let unknown = || Refusal::Unknown { what: "log entry", name: number.to_string() };
        match self.shift.log.get(&number).ok_or_else(unknown)?.corrected_by {
            Some(by) => Err(ShiftRefusal::CorrectedAlready { by }.into()),
            None => Ok(number),
        }
    }

    fn sign(&self, content: &str, remarks: u32) -> Result<ShiftEvent, Refusal> {
        self.check_member()?;
        let hand_over = same(self.shift, content, remarks)?;
        if let Some(signed) = hand_over.signed {
            return Err(ShiftRefusal::SignedAlready { by: signed.by }.into());
        }
        Ok(HandOverSigned { content: content.to_owned(), remarks }.into())
    }

    fn check_member(&self) -> Result<(), Refusal> {
        if self.shift.members.contains_key(&self.by) {
            Ok(())
        } else {
            Err(ShiftRefusal::NotOnShift.into())
        }
    }
}

/// The hand-over, if it is still what was read.
fn same<'s>(shift: &'s Shift, content: &str, remarks: u32) -> Result<&'s HandOver, Refusal> {
    let hand_over = shift.hand_over.as_ref().ok_or(ShiftRefusal::NoHandOver)?;
    if hand_over.content.digest != content || shift.remark_count() != remarks {
        return Err(ShiftRefusal::Changed.into());
    }
    Ok(hand_over)
}

fn check_officer<C>(asked: &Asked<C>) -> Result<(), Refusal> {
    if asked.by.has(Capacity::Officer) {
        Ok(())
    } else {
        Err(Refusal::NeedsCapacity { capacity: Capacity::Officer })
    }
}

fn check_on_duty(shift: &Shift) -> Result<&super::Begun, Refusal> {
    if let Some(end) = &shift.end {
        return Err(ShiftRefusal::Ended { by: end.by }.into());
    }
    shift.begun.as_ref().ok_or(Refusal::Absent)
}

/// People on one shift at most.
const MEMBERS_MAX: usize = 50;

/// Remarks for the next shift at most.
const REMARKS_MAX: usize = 200;
