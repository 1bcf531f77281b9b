//! Rows of a message that goes out.

use fengsui_response::message::Message;
use fengsui_response::{Addressee, Way};
use fengsui_store::{BoardRows, StreamRows, Value};

use super::report::word;
use crate::boards::MESSAGE;
use crate::stream::Loaded;

/// Everything that follows from a message.
pub(crate) fn message_rows(loaded: &Loaded<Message>) -> StreamRows {
    let Some(intent) = &loaded.state.intent else { return StreamRows::default() };
    let row = vec![
        "waiting".into(),
        way_name(&intent.way).into(),
        word(&intent.occasion).into(),
        intent.about.as_str().into(),
        addressee_key(intent.to).into(),
        intent.at.into(),
        Value::from(intent.at),
        0_u32.into(),
    ];
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![BoardRows { board: MESSAGE.name, rows: vec![row] }],
        sight: Vec::new(),
    }
}

/// The word for a way.
pub(crate) fn way_name(way: &Way) -> String {
    match way {
        Way::Mail => "mail".to_owned(),
        Way::Webhook(name) => format!("webhook:{name}"),
        Way::Screen => "screen".to_owned(),
    }
}

/// What an addressee is called in boards.
pub(crate) fn addressee_key(to: Addressee) -> String {
    match to {
        Addressee::Person(person) => person.to_string(),
        Addressee::Organisation(organisation) => organisation.to_string(),
        Addressee::Reporter => "reporter".to_owned(),
    }
}
