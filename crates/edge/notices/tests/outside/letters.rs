//! Mail through the real server: in the clear, with TLS, with a password, and refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use fengsui_notices::{Attempt, Destination, Mailbox, Message, Notices, Phrase, Sender};
use fengsui_outbound::Security;
use mail_parser::MessageParser;
use tokio::task::JoinSet;

use crate::mail_server::MailServer;
use crate::{message, told};

fn letter(number: u32, to: &str) -> Message {
    let name = Some(Phrase::of("市供水公司, 值班"));
    message(number, Destination::Mail(Mailbox { name, address: to.parse().unwrap() }))
}

#[tokio::test]
async fn a_letter_arrives_word_for_word() {
    let mut server = MailServer::plain().await;
    let sent = letter(1, "mara@unit.test");
    assert_eq!(told(&server.notices(None).send(&sent).await), "delivered: 250 taken");
    let taken = server.taken().await;
    assert_eq!(taken.from, "bounces@centre.test");
    assert_eq!(taken.to, ["mara@unit.test"]);
    let read = MessageParser::default().parse(&taken.content).unwrap();
    assert_eq!(read.subject(), Some(sent.subject.as_str()));
    assert_eq!(read.message_id(), Some("ntc_1@desk.test"));
    assert_eq!(read.to().unwrap().first().unwrap().name(), Some("市供水公司, 值班"));
    assert_eq!(read.from().unwrap().first().unwrap().name(), Some("应急值班室"));
    let text = read.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), sent.text.as_str());
}

#[tokio::test]
async fn a_password_goes_over_tls_of_both_kinds() {
    for security in [Security::StartTls, Security::Tls] {
        let mut server = MailServer::encrypted(security).await;
        let notices = server.notices(Some("hunter2"));
        let outcome = notices.send(&letter(1, "mara@unit.test")).await;
        assert_eq!(told(&outcome), "delivered: 250 taken", "{security:?}");
        let taken = server.taken().await;
        assert!(taken.tls && taken.signed_in, "{security:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_matter_of_settings() {
    let server = MailServer::encrypted(Security::StartTls).await;
    let outcome = server.notices(Some("wrong")).send(&letter(1, "mara@unit.test")).await;
    assert!(told(&outcome).starts_with("setting: 535 "), "{outcome:?}");
    let outcome = server.notices(None).send(&letter(1, "mara@unit.test")).await;
    assert!(told(&outcome).starts_with("setting: 530 "), "{outcome:?}");
}

#[tokio::test]
async fn a_recipient_who_is_unknown_is_refused_and_one_put_off_is_taken_later() {
    let mut server = MailServer::plain().await;
    let notices = server.notices(None);
    let outcome = notices.send(&letter(1, "nobody@unit.test")).await;
    assert_eq!(told(&outcome), "refused: 550 5.1.1 no such user");
    let outcome = notices.send(&letter(2, "grey@unit.test")).await;
    assert_eq!(told(&outcome), "deferred: 451 4.7.1 come again later");
    let outcome = notices.send(&letter(2, "grey@unit.test")).await;
    assert_eq!(told(&outcome), "delivered: 250 taken");
    assert_eq!(server.taken().await.to, ["grey@unit.test"]);
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_is_sent_again_under_the_same_id() {
    let mut server = MailServer::plain().await;
    let notices = server.notices(None);
    let first = letter(1, "cut@unit.test");
    assert!(told(&notices.send(&first).await).starts_with("unknown: "));
    let mut second = first.clone();
    second.attempt = Attempt { number: 2, at: "2026-03-14T01:10:00Z".parse().unwrap() };
    assert!(told(&notices.send(&second).await).starts_with("unknown: "));
    let before = String::from_utf8(server.taken().await.content).unwrap();
    let after = String::from_utf8(server.taken().await.content).unwrap();
    assert!(before.contains("Message-ID: <ntc_1@desk.test>\r\n"));
    assert_eq!(after.replace("X-Fengsui-Attempt: 2\r\n", ""), before);
    assert_ne!(after, before);
}

#[tokio::test]
async fn an_address_in_chinese_is_reached_where_the_server_takes_it() {
    let mut server = MailServer::plain().await;
    let outcome = server.notices(None).send(&letter(1, "值班@unit.test")).await;
    assert_eq!(told(&outcome), "delivered: 250 taken");
    assert_eq!(server.taken().await.to, ["值班@unit.test"]);
}

#[tokio::test]
async fn many_letters_at_once_arrive_once_each() {
    const LETTERS: u32 = 60;
    let mut server = MailServer::plain().await;
    let notices = Arc::new(server.notices(None));
    let mut sends = JoinSet::new();
    for number in 0..LETTERS {
        let notices = Arc::clone(&notices);
        sends.spawn(async move { told(&notices.send(&letter(number, "mara@unit.test")).await) });
    }
    for outcome in sends.join_all().await {
        assert_eq!(outcome, "delivered: 250 taken");
    }
    notices.close().await;
    let mut ids = BTreeSet::new();
    for _ in 0..LETTERS {
        let taken = server.taken().await;
        let read = MessageParser::default().parse(&taken.content).unwrap();
        assert!(ids.insert(read.message_id().unwrap().to_owned()), "doubled");
    }
}

#[tokio::test]
async fn nothing_of_an_exercise_leaves() {
    let mut server = MailServer::plain().await;
    let notices = server.notices(None);
    let mut drill = letter(1, "mara@unit.test");
    drill.realm = "exercise:spring".parse().unwrap();
    let outcome = notices.send(&drill).await;
    assert_eq!(
        told(&outcome),
        "refused: this belongs to an exercise, and an exercise does not go out"
    );
    // What the server takes first is what was sent after it.
    notices.send(&letter(2, "mara@unit.test")).await;
    let content = String::from_utf8(server.taken().await.content).unwrap();
    assert!(content.contains("Message-ID: <ntc_2@desk.test>"));
}

#[tokio::test]
async fn without_a_server_nothing_is_lost_but_waits_for_one() {
    let outcome = Notices::none().send(&letter(1, "mara@unit.test")).await;
    assert_eq!(told(&outcome), "setting: no mail server is configured");
}
