//! What becomes of a letter when the mail server misbehaves, at every step.

use std::time::Duration;

use fengsui_outbound::{
    Credentials, Letter, MailAddress, Outcome, Security, Smtp, SmtpLimits, SmtpRoute, Trust,
};

use crate::peer::{Peer, Step, dialler, say};
use crate::tls::{Vouched, vouched};

const HOST: &str = "mail.test";

/// So short that a peer that never speaks is given up at once; set for one step only.
const SHORT: Duration = Duration::from_millis(30);

fn client(peer: &Peer, limits: SmtpLimits) -> Smtp {
    let route = SmtpRoute::new(HOST, peer.address.port(), Security::Plain, "desk.test").unwrap();
    Smtp::new(dialler(HOST, Trust::nobody()), route.limited(limits))
}

async fn sent(smtp: &Smtp) -> Outcome {
    sent_to(smtp, "mara@unit.test", b"Subject: x\r\n\r\n.hidden\r\nend\r\n").await
}

async fn sent_to(smtp: &Smtp, to: &str, bytes: &[u8]) -> Outcome {
    let from: MailAddress = "desk@centre.test".parse().unwrap();
    let to: MailAddress = to.parse().unwrap();
    smtp.send(Letter { from: Some(&from), to: &to, bytes }).await
}

fn hello() -> Vec<Step> {
    vec![say("220 ready"), Step::Hear("EHLO desk.test", "250 mail.test")]
}

fn up_to_letter() -> Vec<Step> {
    let mut script = hello();
    script.extend([
        Step::Hear("MAIL FROM:<desk@centre.test>", "250 ok"),
        Step::Hear("RCPT TO:<mara@unit.test>", "250 ok"),
        Step::Hear("DATA", "354 go on"),
        Step::HearLetter,
    ]);
    script
}

fn then(mut script: Vec<Step>, steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    script.extend(steps);
    script
}

fn patient() -> SmtpLimits {
    SmtpLimits::default()
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

/// What becomes of one letter when the server keeps to this script.
async fn against(script: Vec<Step>, limits: SmtpLimits) -> String {
    let peer = Peer::keeping_to([script]).await;
    let smtp = client(&peer, limits);
    let outcome = sent(&smtp).await;
    drop(smtp);
    peer.heard().await;
    told(&outcome)
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_and_the_connection_serves_the_next() {
    let next = [Step::HearLetter, say("250 kept 2"), Step::Hear("QUIT", "221 bye")];
    let mut script = then(up_to_letter(), [say("250 kept 1")]);
    script.extend(up_to_letter().into_iter().skip(2).take(3));
    let peer = Peer::keeping_to([then(script, next)]).await;
    let smtp = client(&peer, patient());
    assert_eq!(told(&sent(&smtp).await), "delivered: 250 kept 1");
    assert_eq!(told(&sent(&smtp).await), "delivered: 250 kept 2");
    smtp.close().await;
    let heard = peer.heard().await;
    assert_eq!(heard.iter().filter(|line| line.starts_with("EHLO")).count(), 1);
    assert_eq!(heard[4..9], ["Subject: x", "", "..hidden", "end", "."]);
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_is_opened_anew() {
    let first = then(up_to_letter(), [say("250 kept 1")]);
    let second = then(up_to_letter(), [say("250 kept 2")]);
    let peer = Peer::keeping_to([first, second]).await;
    let smtp = client(&peer, patient());
    assert_eq!(told(&sent(&smtp).await), "delivered: 250 kept 1");
    assert_eq!(told(&sent(&smtp).await), "delivered: 250 kept 2");
    assert_eq!(peer.heard().await.iter().filter(|line| *line == "DATA").count(), 2);
}

#[tokio::test]
async fn a_greylisted_letter_is_deferred_with_the_words_of_the_server() {
    let script = then(
        hello(),
        [Step::Hear("MAIL", "250 ok"), Step::Hear("RCPT", "451 4.7.1 greylisted, come again")],
    );
    assert_eq!(against(script, patient()).await, "deferred: 451 4.7.1 greylisted, come again");
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_for_good() {
    let script =
        then(hello(), [Step::Hear("MAIL", "250 ok"), Step::Hear("RCPT", "550 5.1.1 no such user")]);
    assert_eq!(against(script, patient()).await, "refused: 550 5.1.1 no such user");
}

#[tokio::test]
async fn a_refusal_after_the_letter_is_a_refusal_and_a_delay_a_delay() {
    let spam = then(up_to_letter(), [say("554 looks like spam")]);
    assert_eq!(against(spam, patient()).await, "refused: 554 looks like spam");
    let full = then(up_to_letter(), [say("452 disk full")]);
    assert_eq!(against(full, patient()).await, "deferred: 452 disk full");
}

#[tokio::test]
async fn a_server_that_wants_a_password_is_a_matter_of_settings() {
    let script = then(hello(), [Step::Hear("MAIL", "530 5.7.0 sign in first")]);
    assert_eq!(against(script, patient()).await, "setting: 530 5.7.0 sign in first");
}

#[tokio::test]
async fn a_connection_cut_after_the_letter_leaves_it_unknown() {
    let outcome = against(up_to_letter(), patient()).await;
    assert_eq!(outcome, "unknown: at the end of the letter: the connection was closed");
}

#[tokio::test]
async fn silence_after_the_letter_leaves_it_unknown() {
    let script = then(up_to_letter(), [Step::FallSilent]);
    let limits = SmtpLimits { verdict_max: SHORT, ..patient() };
    let outcome = against(script, limits).await;
    assert_eq!(outcome, "unknown: no answer to the end of the letter within 0.03 s");
}

#[tokio::test]
async fn nonsense_after_the_letter_leaves_it_unknown() {
    for nonsense in [&b"\xff\xfe\r\n"[..], b"ok\r\n", b"150 perhaps\r\n", b"354 go on\r\n"] {
        let script = then(up_to_letter(), [Step::Say(nonsense.to_vec())]);
        let outcome = against(script, patient()).await;
        assert!(outcome.starts_with("unknown: "), "{outcome}");
    }
    let script = then(up_to_letter(), [Step::Flood(b"250-and more\r\n")]);
    let outcome = against(script, patient()).await;
    assert_eq!(outcome, "unknown: at the end of the letter: the answer does not end");
}

#[tokio::test]
async fn a_connection_cut_before_the_letter_defers_it() {
    for kept in 0..5 {
        let outcome = against(up_to_letter().into_iter().take(kept).collect(), patient()).await;
        assert!(outcome.starts_with("deferred: "), "after {kept} steps: {outcome}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_greet_is_given_up() {
    let limits = SmtpLimits { greeting_max: SHORT, ..patient() };
    let outcome = against(vec![Step::FallSilent], limits).await;
    assert_eq!(outcome, "deferred: no answer to the greeting within 0.03 s");
}

#[tokio::test]
async fn a_server_that_does_not_answer_hello_is_given_up() {
    let limits = SmtpLimits { command_max: SHORT, ..patient() };
    let outcome = against(vec![say("220 ready"), Step::FallSilent], limits).await;
    assert_eq!(outcome, "deferred: no answer to EHLO within 0.03 s");
}

#[tokio::test]
async fn a_greeting_that_does_not_end_is_given_up() {
    let many_lines = against(vec![Step::Flood(b"220-welcome\r\n")], patient()).await;
    assert_eq!(many_lines, "deferred: at the greeting: the answer does not end");
    let one_line = against(vec![Step::Flood(b"2222222222")], patient()).await;
    assert_eq!(one_line, "deferred: at the greeting: the answer does not end");
}

#[tokio::test]
async fn a_peer_that_is_no_mail_server_is_named() {
    let outcome = against(vec![say("HTTP/1.1 400 Bad Request")], patient()).await;
    assert_eq!(
        outcome,
        "deferred: at the greeting: this is not the answer of a mail server: HTTP/1.1 400 Bad Request"
    );
}

#[tokio::test]
async fn a_server_that_is_going_down_defers_at_every_step() {
    let at_greeting = against(vec![say("421 going down")], patient()).await;
    assert_eq!(at_greeting, "deferred: 421 going down");
    let at_mail = against(then(hello(), [Step::Hear("MAIL", "421 going down")]), patient()).await;
    assert_eq!(at_mail, "deferred: 421 going down");
}

#[tokio::test]
async fn words_in_another_encoding_keep_their_number() {
    let gbk = b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda\r\n".to_vec();
    let outcome = against(then(up_to_letter(), [Step::Say(gbk)]), patient()).await;
    assert!(outcome.starts_with("refused: 550 "), "{outcome}");
}

#[tokio::test]
async fn an_answer_given_before_its_question_is_not_believed() {
    // Both answers come in one piece: the second one would be taken for the verdict.
    let script = vec![
        say("220 ready"),
        Step::Hear("EHLO", "250 mail.test"),
        Step::Hear("MAIL", "250 ok"),
        Step::Hear("RCPT", "250 ok"),
        Step::Hear("DATA", "354 go on\r\n250 kept"),
        Step::FallSilent,
    ];
    let outcome = against(script, patient()).await;
    assert_eq!(outcome, "deferred: at the letter: the server answers what it was not asked");
}

#[tokio::test]
async fn an_address_in_chinese_needs_a_server_that_takes_it() {
    let peer = Peer::keeping_to([then(hello(), [Step::Hear("QUIT", "221 bye")])]).await;
    let smtp = client(&peer, patient());
    let outcome = sent_to(&smtp, "值班@unit.test", b"x").await;
    assert_eq!(told(&outcome), "refused: the mail server takes only addresses in ASCII");
    smtp.close().await;
    peer.heard().await;
}

#[tokio::test]
async fn a_letter_over_the_limit_opens_nothing() {
    let peer = Peer::keeping_to([]).await;
    let smtp = client(&peer, SmtpLimits { letter_bytes_max: 3, ..patient() });
    assert_eq!(told(&sent(&smtp).await), "refused: the letter is larger than the limit");
}

#[tokio::test]
async fn a_port_where_nobody_listens_defers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let route = SmtpRoute::new(HOST, port, Security::Plain, "desk.test").unwrap();
    let outcome = sent(&Smtp::new(dialler(HOST, Trust::nobody()), route)).await;
    assert!(told(&outcome).starts_with("deferred: no connection to 127.0.0.1"), "{outcome:?}");
}

fn encrypted(peer: &Peer, security: Security, trust: Trust) -> Smtp {
    let route = SmtpRoute::new(HOST, peer.address.port(), security, "desk.test").unwrap();
    let lin = Credentials { name: "lin".to_owned(), password: "hunter2".to_owned() };
    Smtp::new(dialler(HOST, trust), route.signing_in(lin).unwrap())
}

fn trusting(vouched: &Vouched) -> Trust {
    Trust::nobody().and_pem(vouched.authority_pem.as_bytes()).unwrap()
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_gets_nothing() {
    let server = vouched(HOST);
    let script = vec![Step::BeginTls(server.acceptor.clone()), say("220 ready")];
    let peer = Peer::keeping_to([script]).await;
    let outcome = sent(&encrypted(&peer, Security::Tls, Trust::public())).await;
    assert!(told(&outcome).starts_with("deferred: no TLS with mail.test"), "{outcome:?}");
    assert_eq!(peer.heard().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_with_the_certificate_of_another_gets_nothing() {
    let server = vouched("other.test");
    let peer = Peer::keeping_to([vec![Step::BeginTls(server.acceptor.clone())]]).await;
    let outcome = sent(&encrypted(&peer, Security::Tls, trusting(&server))).await;
    assert!(told(&outcome).starts_with("deferred: no TLS with mail.test"), "{outcome:?}");
    assert_eq!(peer.heard().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_starttls_no_password_is_sent() {
    let server = vouched(HOST);
    let peer = Peer::keeping_to([hello()]).await;
    let outcome = sent(&encrypted(&peer, Security::StartTls, trusting(&server))).await;
    assert_eq!(told(&outcome), "setting: the mail server does not offer STARTTLS");
    assert_eq!(peer.heard().await, ["EHLO desk.test"]);
}

#[tokio::test]
async fn what_is_slipped_in_before_tls_is_not_taken_for_the_server() {
    let server = vouched(HOST);
    let script = vec![
        say("220 ready"),
        Step::Hear("EHLO", "250-mail.test\r\n250 STARTTLS"),
        Step::Hear("STARTTLS", "220 go on\r\n250-mail.test\r\n250 AUTH LOGIN"),
        Step::FallSilent,
    ];
    let peer = Peer::keeping_to([script]).await;
    let outcome = sent(&encrypted(&peer, Security::StartTls, trusting(&server))).await;
    assert_eq!(told(&outcome), "deferred: bytes were slipped in before TLS began");
    peer.heard().await;
}

#[tokio::test]
async fn abilities_said_in_the_clear_are_forgotten_after_tls() {
    let server = vouched(HOST);
    let script = vec![
        say("220 ready"),
        Step::Hear("EHLO", "250-mail.test\r\n250-AUTH PLAIN\r\n250 STARTTLS"),
        Step::Hear("STARTTLS", "220 go on"),
        Step::BeginTls(server.acceptor.clone()),
        Step::Hear("EHLO", "250 mail.test"),
        Step::FallSilent,
    ];
    let peer = Peer::keeping_to([script]).await;
    let outcome = sent(&encrypted(&peer, Security::StartTls, trusting(&server))).await;
    assert!(told(&outcome).starts_with("setting: the mail server offers no way"), "{outcome:?}");
    peer.heard().await;
}

#[tokio::test]
async fn a_wrong_password_is_a_matter_of_settings_and_is_tried_once() {
    let server = vouched(HOST);
    let script = vec![
        Step::BeginTls(server.acceptor.clone()),
        say("220 ready"),
        Step::Hear("EHLO", "250-mail.test\r\n250 AUTH LOGIN"),
        Step::Hear("AUTH LOGIN", "334 VXNlcm5hbWU6"),
        Step::Hear("bGlu", "334 UGFzc3dvcmQ6"),
        Step::Hear("aHVudGVyMg==", "535 5.7.8 wrong"),
        Step::FallSilent,
    ];
    let peer = Peer::keeping_to([script]).await;
    let outcome = sent(&encrypted(&peer, Security::Tls, trusting(&server))).await;
    assert_eq!(told(&outcome), "setting: 535 5.7.8 wrong");
    peer.heard().await;
}
