//! Rows of a shift that somebody stood.

use fengsui_response::shift::Shift;
use fengsui_store::{BoardRows, StreamRows, Value};
use fengsui_vocabulary::PersonId;

use crate::boards::SHIFT;
use crate::stream::Loaded;

/// Everything that follows from a shift. No key is shown its stream: only who sees the whole centre does.
pub(crate) fn shift_rows(loaded: &Loaded<Shift>) -> StreamRows {
    let shift = &loaded.state;
    let Some(begun) = &shift.begun else { return StreamRows::default() };
    let others = shift.members.keys().chain(&shift.left).filter(|person| **person != begun.by);
    let members: Vec<String> = others.map(PersonId::to_string).collect();
    let row = vec![
        if shift.is_on_duty() { "on-duty" } else { "ended" }.into(),
        begun.by.to_string().into(),
        members.join(" ").into(),
        begun.at.into(),
        shift.end.as_ref().map(|end| end.at).into(),
        Value::from(shift.end.as_ref().map(|end| end.next.to_string())),
        u32::try_from(shift.log.len()).unwrap_or(u32::MAX).into(),
        hand_over(shift).into(),
    ];
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![BoardRows { board: SHIFT.name, rows: vec![row] }],
        sight: Vec::new(),
    }
}

/// How far the hand-over is.
fn hand_over(shift: &Shift) -> &'static str {
    match (&shift.end, &shift.hand_over) {
        (Some(_), _) => "taken-over",
        (None, Some(it)) if it.signed.is_some() => "signed",
        (None, Some(_)) => "prepared",
        (None, None) => "none",
    }
}
