//! Rows of a message that goes out.

use fengsui_response::message::Message;
use fengsui_response::{Addressee, Occasion, Way};
use fengsui_store::{BoardRows, StreamRows};

use super::report::word;
use crate::boards::MESSAGE;
use crate::stream::Loaded;
use crate::viewer::{organisation_key, person_key};

/// Everything that follows from a message.
pub(crate) fn message_rows(loaded: &Loaded<Message>) -> StreamRows {
    let message = &loaded.state;
    let Some(intent) = &message.intent else { return StreamRows::default() };
    let row = vec![
        message.standing.name().into(),
        way_name(&intent.way).into(),
        word(&intent.occasion).into(),
        intent.about.as_str().into(),
        addressee_key(intent.to).into(),
        intent.at.into(),
        message.next_attempt_at.into(),
        u32::try_from(message.attempts.len()).unwrap_or(u32::MAX).into(),
        message.uncertain_attempts().into(),
    ];
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![BoardRows { board: MESSAGE.name, rows: vec![row] }],
        sight: sight(intent.to),
    }
}

/// People see what is addressed to them; whoever sees everything sees everything.
fn sight(to: Addressee) -> Vec<String> {
    match to {
        Addressee::Person(person) => vec![person_key(person)],
        Addressee::Organisation(organisation) => vec![organisation_key(&organisation)],
        Addressee::Reporter => Vec::new(),
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

/// The way of a word.
pub(crate) fn way_named(word: &str) -> Option<Way> {
    match word {
        "mail" => Some(Way::Mail),
        "screen" => Some(Way::Screen),
        other => other.strip_prefix("webhook:")?.parse().ok().map(Way::Webhook),
    }
}

/// The occasion of a word.
pub(crate) fn occasion_named(word: &str) -> Option<Occasion> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// What an addressee is called in boards.
pub(crate) fn addressee_key(to: Addressee) -> String {
    match to {
        Addressee::Person(person) => person.to_string(),
        Addressee::Organisation(organisation) => organisation.to_string(),
        Addressee::Reporter => "reporter".to_owned(),
    }
}
