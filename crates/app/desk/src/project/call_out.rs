//! Rows of a call-out.

use fengsui_response::call_out::{Begun, CallOut};
use fengsui_store::{BoardRows, StreamRows, Value};

use super::clock::clock_rows;
use super::report::word;
use crate::boards::CALL_OUT;
use crate::stream::Loaded;

/// Everything that follows from a call-out.
pub(crate) fn call_out_rows(loaded: &Loaded<CallOut>) -> StreamRows {
    let call_out = &loaded.state;
    let Some(begun) = &call_out.begun else { return StreamRows::default() };
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: CALL_OUT.name, rows: vec![row(call_out, begun)] },
            clock_rows(call_out.fires_at()),
        ],
        sight: Vec::new(),
    }
}

fn row(call_out: &CallOut, begun: &Begun) -> Vec<Value> {
    let standing = call_out.standing();
    let current = call_out.current();
    let last = call_out.tried.last().map(|tried| tried.place);
    let people: Vec<String> = call_out.people().map(|person| person.to_string()).collect();
    vec![
        begun.about.as_str().into(),
        word(&begun.occasion).into(),
        standing.name().into(),
        standing.is_open().into(),
        begun.at.into(),
        current.map(|(_, call)| call.person.to_string()).into(),
        current.map(|(_, call)| call.until).into(),
        last.map_or(0, |place| place.round).into(),
        last.map_or(0, |place| place.step).into(),
        call_out.taken.as_ref().map(|taken| taken.person.to_string()).into(),
        people.join(" ").into(),
    ]
}
