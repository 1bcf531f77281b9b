//! Rows of a person: who they are is in their account, not here.

use fengsui_response::person::Person;
use fengsui_store::{BoardRows, StreamRows};

use crate::boards::PERSON;
use crate::stream::Loaded;

/// Everything that follows from a person's appointment.
pub(crate) fn person_rows(loaded: &Loaded<Person>) -> StreamRows {
    let person = &loaded.state;
    if person.id.is_none() {
        return StreamRows::default();
    }
    let organisation = person.appointment.organisation.map(|id| id.to_string());
    let state = if person.dismissed.is_some() { "dismissed" } else { "appointed" };
    let row = vec![organisation.into(), state.into()];
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![BoardRows { board: PERSON.name, rows: vec![row] }],
        sight: Vec::new(),
    }
}
