//! What leaves: through a real mail server, and to a program that listens.
//!
//! The mail server is Debian's python3-aiosmtpd, started by each test on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics has failed, which is what it is for"
)]

#[path = "outside/letters.rs"]
mod letters;
#[path = "outside/mail_server.rs"]
mod mail_server;
#[path = "outside/webhooks.rs"]
mod webhooks;

use fengsui_notices::{Attempt, Destination, Message, MessageId, Outcome, Passage, Phrase};
use fengsui_vocabulary::{Lang, Realm};

/// A message that is the same each time, but for its number and where it goes.
fn message(number: u32, destination: Destination) -> Message {
    Message {
        id: MessageId::of(format!("ntc_{number}"), "desk.test").unwrap(),
        realm: Realm::Live,
        destination,
        subject: Phrase::of("【即将到期】口头报告：SH-2026-7 供水平台"),
        text: Passage::of("截止：2026-03-14 10:30 +08:00\n.\n办理：https://desk.test/"),
        lang: Lang::Zh,
        in_reply_to: None,
        written_at: "2026-03-14T01:00:00Z".parse().unwrap(),
        attempt: Attempt { number: 1, at: "2026-03-14T01:00:05Z".parse().unwrap() },
    }
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered { answer } => format!("delivered: {answer}"),
        Outcome::Refused { permanent: true, answer } => format!("refused: {answer}"),
        Outcome::Refused { permanent: false, answer } => format!("setting: {answer}"),
        Outcome::Deferred { answer, .. } => format!("deferred: {answer}"),
        Outcome::Unknown { why } => format!("unknown: {why}"),
    }
}
