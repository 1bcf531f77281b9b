//! Crashes at every step, two nodes on one record, exercises, holds: with a sender that counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fengsui_notices::{
    Destination, Message as Letter, Notice, Outcome, Passage, Phrase, Plain, Secret, Sender,
};
use fengsui_response::message::{AttemptEnd, Message, MessageCommand, Standing};
use fengsui_response::{Actor, Addressee, Asked, Capacity, Occasion, Way};
use fengsui_store::Commit;
use fengsui_vocabulary::{Lang, MessageId, Realm};
use jiff::SignedDuration;
use tempfile::TempDir;

use super::run::Dispatcher;
use super::{Dispatching, NodeId};
use crate::outgoing::Outgoing;
use crate::ways::{Hook, WayTo, Ways};
use crate::{Desk, DeskSettings, MachineIds, StoryClock};

/// Counts what leaves, by address and attempt, and answers as it was told.
#[derive(Clone, Default)]
struct Counting {
    sent: Arc<Mutex<Vec<(String, u32)>>>,
    answers: Arc<Mutex<BTreeMap<String, Answering>>>,
}

#[derive(Clone, Copy)]
enum Answering {
    Never,
    Code(u16),
    Cut,
    Dead,
    Break,
}

impl Sender for Counting {
    async fn send(&self, letter: &Letter) -> Outcome {
        let to = match &letter.destination {
            Destination::Mail(to) => to.address.to_string(),
            Destination::Webhook { to, .. } => to.as_ref().unwrap().to_string(),
        };
        assert_eq!(letter.realm, Realm::Live, "the desk hands nothing of an exercise on");
        self.sent.lock().unwrap().push((to.clone(), letter.attempt.number));
        let answer = self.answers.lock().unwrap().get(&to).copied();
        match answer {
            None => outcome("delivered", Some(250)),
            Some(Answering::Code(code)) if code < 500 => outcome("deferred", Some(code)),
            Some(Answering::Code(code)) => outcome("refused", Some(code)),
            Some(Answering::Cut) => outcome("unknown", None),
            Some(Answering::Dead) => outcome("deferred", None),
            Some(Answering::Never) => std::future::pending().await,
            Some(Answering::Break) => {
                self.answers_well(&to);
                panic!("it breaks off")
            }
        }
    }
}

impl Counting {
    fn answers(&self, to: &str, answer: Answering) {
        self.answers.lock().unwrap().insert(to.to_owned(), answer);
    }

    fn answers_well(&self, to: &str) {
        self.answers.lock().unwrap().remove(to);
    }

    fn sent(&self) -> Vec<(String, u32)> {
        let mut sent = self.sent.lock().unwrap().clone();
        sent.sort();
        sent
    }
}

fn outcome(kind: &str, code: Option<u16>) -> Outcome {
    let answer = fengsui_outbound::Answer { code, text: kind.to_owned() };
    match kind {
        "delivered" => Outcome::Delivered { answer },
        "refused" => Outcome::Refused { permanent: code != Some(535), answer },
        "deferred" => Outcome::Deferred { answer, retry_after: None },
        _ => Outcome::Unknown { why: answer },
    }
}

/// A record on disk, its clock, and the desks that were opened on it.
struct House {
    folder: TempDir,
    clock: Arc<StoryClock>,
    desk: Desk,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StoryClock::at("2026-03-14T01:00:00Z".parse().unwrap()));
        let desk = opened(&folder, &clock).await;
        Self { folder, clock, desk }
    }

    /// As after a crash: another desk on the same files.
    async fn again(self) -> Self {
        self.desk.close().await;
        let desk = opened(&self.folder, &self.clock).await;
        Self { desk, ..self }
    }

    fn pass(&self, minutes: i64) {
        use crate::Clock as _;
        self.clock.set(self.clock.now() + SignedDuration::from_mins(minutes));
    }

    async fn intend(&self, to: &str, way: Way) -> MessageId {
        self.intend_in(to, way, Realm::Live).await
    }

    async fn mail(&self, to: &str) -> MessageId {
        self.intend(to, Way::Mail).await
    }

    async fn intend_in(&self, to: &str, way: Way, realm: Realm) -> MessageId {
        let outgoing = Outgoing {
            about: "centre".to_owned(),
            to: Addressee::Reporter,
            notice: Notice::Plain(Plain {
                subject: Phrase::of("通知"), text: Passage::of("一")
            }),
        };
        let way = WayTo { way, address: Some(to.to_owned()), lang: Lang::Zh };
        let now = self.desk.now();
        let intents = self.desk.intents_by(&outgoing, way, now).await.unwrap();
        let id = self.desk.command_id();
        let mut commit = Commit::of(id, realm, Actor::PROGRAM.to_string(), now);
        let stream = intents.streams[0].stream.clone();
        commit.streams = intents.streams;
        commit.blobs = intents.blobs;
        self.desk.append(commit).await.unwrap();
        stream.strip_prefix("message:").unwrap().parse().unwrap()
    }

    async fn message(&self, message: MessageId) -> Message {
        self.desk.load_message(message).await.unwrap().0.state
    }

    async fn stands(&self, message: MessageId) -> (&'static str, u32) {
        let message = self.message(message).await;
        (message.standing.name(), message.uncertain_attempts())
    }

    /// A run of the program that ends when nothing is due.
    async fn dispatch(&self, sender: &Counting) -> usize {
        self.desk.dispatch_now(settings(1), sender.clone()).await.unwrap()
    }

    fn dispatcher(&self, node: u8, sender: &Counting) -> Dispatcher<Counting> {
        Dispatcher::of(&self.desk, settings(node), sender.clone())
    }
}

async fn opened(folder: &TempDir, clock: &Arc<StoryClock>) -> Desk {
    let desk = Desk::open(&DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(clock),
        ids: Arc::new(MachineIds),
    })
    .await
    .unwrap();
    let hook = Hook {
        url: "https://sms.test/send".parse().unwrap(),
        secret: Secret::new(*b"one for each destination").unwrap(),
    };
    desk.set_ways(Ways {
        mail: Some("mail.test".to_owned()),
        hooks: BTreeMap::from([("sms".parse().unwrap(), hook)]),
        short_messages: Some("sms".parse().unwrap()),
    });
    desk
}

fn node(number: u8) -> NodeId {
    format!("{number:032x}").parse().unwrap()
}

fn settings(number: u8) -> Dispatching {
    Dispatching::on(node(number))
}

fn sms() -> Way {
    Way::Webhook("sms".parse().unwrap())
}

fn officer(desk: &Desk) -> Actor {
    let mut console = desk.console();
    console.capacities.insert(Capacity::Officer);
    console
}

fn once(to: &str) -> Vec<(String, u32)> {
    vec![(to.to_owned(), 1)]
}

#[tokio::test]
async fn what_is_due_is_sent_once_and_written_down() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    assert_eq!(house.dispatch(&sender).await, 1);
    assert_eq!(house.dispatch(&sender).await, 0);
    assert_eq!(sender.sent(), once("mara@unit.test"));
    assert_eq!(house.stands(message).await, ("delivered", 0));
    assert!(house.desk.leases().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_crash_before_the_lease_loses_nothing() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    let house = house.again().await;
    house.dispatch(&sender).await;
    assert_eq!(sender.sent(), once("mara@unit.test"));
    assert_eq!(house.stands(message).await, ("delivered", 0));
}

#[tokio::test]
async fn a_crash_after_the_lease_is_marked_and_tried_again() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    let leased = house.dispatcher(1, &sender).turn().await.unwrap();
    assert_eq!(leased.len(), 1);
    assert_eq!(house.stands(message).await, ("waiting", 0), "nothing is written of a lease");
    let house = house.again().await;
    house.dispatch(&sender).await;
    // Whether it had been sent nobody can know, so it is marked although it had not.
    assert_eq!(sender.sent(), [("mara@unit.test".to_owned(), 2)]);
    assert_eq!(house.stands(message).await, ("delivered", 1));
}

#[tokio::test]
async fn a_crash_between_sending_and_writing_it_down_doubles_what_was_under_way_and_marks_it() {
    let (house, sender) = (House::open().await, Counting::default());
    let mut messages = Vec::new();
    for number in 0..9 {
        messages.push(house.mail(&format!("p{number}@unit.test")).await);
    }
    // These are sent, and the program dies before their answers are written.
    let mut dispatcher = house.dispatcher(1, &sender);
    let leased = dispatcher.turn().await.unwrap();
    assert_eq!(leased.len(), 4, "at most so many at once to one host");
    for leased in &leased {
        let letter = house.desk.letter(leased).await.unwrap().unwrap();
        sender.send(&letter).await;
    }
    drop(dispatcher);
    let house = house.again().await;
    house.dispatch(&sender).await;
    let sent = sender.sent();
    assert_eq!(sent.len(), 9 + 4);
    let mut marked = 0;
    for message in &messages {
        let message = house.message(*message).await;
        assert_eq!(message.standing, Standing::Delivered);
        marked += message.uncertain_attempts();
    }
    assert_eq!(marked, 4);
}

#[tokio::test]
async fn an_outcome_that_is_written_ends_its_lease_in_the_same_commit() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("grey@unit.test").await;
    sender.answers("grey@unit.test", Answering::Code(451));
    house.dispatch(&sender).await;
    let house = house.again().await;
    assert!(house.desk.leases().await.unwrap().is_empty());
    assert_eq!(house.stands(message).await, ("deferred", 0));
    sender.answers_well("grey@unit.test");
    assert_eq!(house.dispatch(&sender).await, 0, "it is not due yet");
    house.pass(1);
    assert_eq!(house.dispatch(&sender).await, 1);
    assert_eq!(house.stands(message).await, ("delivered", 0));
}

#[tokio::test]
async fn two_nodes_on_one_record_send_every_attempt_once() {
    let (house, sender) = (House::open().await, Counting::default());
    for number in 0..40 {
        house.mail(&format!("p{number}@unit.test")).await;
    }
    let other = opened(&house.folder, &house.clock).await;
    let (mut one, mut two) =
        (house.dispatcher(1, &sender), Dispatcher::of(&other, settings(2), sender.clone()));
    let (one, two) = tokio::join!(one.until_idle(), two.until_idle());
    assert_eq!(one.unwrap() + two.unwrap(), 40);
    let mut sent = sender.sent();
    sent.dedup();
    assert_eq!(sent.len(), 40);
    assert!(sent.iter().all(|(_, attempt)| *attempt == 1));
    other.close().await;
}

#[tokio::test]
async fn a_node_that_read_the_queue_before_another_sent_leases_nothing_stale() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("grey@unit.test").await;
    let now = house.desk.now();
    let (settings, host) = (settings(2), "mail.test".to_owned());
    sender.answers("grey@unit.test", Answering::Code(451));
    house.dispatch(&sender).await;
    // What the first node put off is not sent by the second, which still takes it for due.
    let lease = house.desk.lease((message, host), (&settings, "boot"), now).await.unwrap();
    assert!(lease.is_none());
    assert_eq!(sender.sent().len(), 1);
}

#[tokio::test]
async fn what_another_node_leased_is_left_to_it_until_its_time_is_over() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    let leased = house.dispatcher(2, &sender).turn().await.unwrap();
    assert_eq!(leased.len(), 1);
    house.pass(29);
    assert_eq!(house.dispatcher(1, &sender).until_idle().await.unwrap(), 0);
    house.pass(1);
    assert_eq!(house.dispatcher(1, &sender).until_idle().await.unwrap(), 1);
    assert_eq!(house.stands(message).await, ("delivered", 1));
}

#[tokio::test]
async fn a_late_answer_of_a_node_that_was_given_up_still_counts() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    let mut slow = house.dispatcher(2, &sender);
    let leased = slow.turn().await.unwrap();
    house.pass(31);
    assert_eq!(house.dispatcher(1, &sender).until_idle().await.unwrap(), 1);
    slow.finish(leased).await;
    let message = house.message(message).await;
    let ends: Vec<_> =
        message.attempts.iter().map(|it| (it.number, it.end, it.was_uncertain)).collect();
    assert_eq!(ends, [(1, AttemptEnd::Delivered, true), (2, AttemptEnd::Delivered, false)]);
    assert!(house.desk.leases().await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_of_an_exercise_is_handed_on() {
    let (house, sender) = (House::open().await, Counting::default());
    let drill = "exercise:spring".parse().unwrap();
    let message = house.intend_in("mara@unit.test", Way::Mail, drill).await;
    house.dispatch(&sender).await;
    assert!(sender.sent().is_empty());
    assert_eq!(house.stands(message).await, ("refused", 0));
}

#[tokio::test]
async fn a_sending_that_breaks_off_is_marked_and_tried_again() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("bad@unit.test").await;
    sender.answers("bad@unit.test", Answering::Break);
    let mut dispatcher = house.dispatcher(1, &sender);
    // The first attempt breaks off; the answer after that is a good one.
    dispatcher.until_idle().await.unwrap();
    assert_eq!(house.stands(message).await, ("delivered", 1));
    assert_eq!(sender.sent().len(), 2);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_holds_up_no_other() {
    let (house, sender) = (House::open().await, Counting::default());
    let mut lost = Vec::new();
    for number in 0..5 {
        lost.push(house.mail(&format!("lost{number}@unit.test")).await);
    }
    house.mail("mara@unit.test").await;
    for message in &lost {
        let content = house.message(*message).await.intent.unwrap().content;
        let mut commit = Commit::of(house.desk.command_id(), Realm::Live, "x", house.desk.now());
        commit.side = vec![fengsui_store::SideWrite::EraseBlob(content.blob)];
        house.desk.append(commit).await.unwrap();
    }
    house.dispatch(&sender).await;
    assert_eq!(sender.sent(), once("mara@unit.test"));
    assert_eq!(house.stands(lost[0]).await, ("refused", 0));
}

#[tokio::test]
async fn a_host_that_never_answers_holds_up_no_other() {
    let (house, sender) = (House::open().await, Counting::default());
    for number in 0..6 {
        let slow = format!("slow{number}@unit.test");
        sender.answers(&slow, Answering::Never);
        house.mail(&slow).await;
    }
    let mobile = house.intend("13800000000", sms()).await;
    let desk = house.desk.clone();
    let until = tokio_util::sync::CancellationToken::new();
    let running = {
        let (sender, until) = (sender.clone(), until.clone());
        async move { desk.run_dispatch(settings(1), sender, until).await }
    };
    let watching = async {
        let mut moved = house.desk.follow();
        while house.stands(mobile).await.0 != "delivered" {
            moved.recv().await.unwrap();
        }
        let under_way = house.desk.leases().await.unwrap().len();
        until.cancel();
        under_way
    };
    let both = async {
        tokio::select! { () = running => 0, under_way = watching => under_way }
    };
    let under_way = tokio::time::timeout(Duration::from_secs(30), both).await.unwrap();
    assert_eq!(under_way, 4);
}

#[tokio::test]
async fn a_dead_host_is_asked_with_one_message_and_the_others_wait_untried() {
    let (house, sender) = (House::open().await, Counting::default());
    for number in 0..20 {
        let dead = format!("p{number}@unit.test");
        sender.answers(&dead, Answering::Dead);
        house.mail(&dead).await;
    }
    let mut dispatcher = house.dispatcher(1, &sender);
    dispatcher.until_idle().await.unwrap();
    assert_eq!(sender.sent().len(), 4);
    house.pass(1);
    let leased = dispatcher.turn().await.unwrap();
    assert_eq!(leased.len(), 1);
    let lag = house.desk.dispatch_lag(house.desk.now()).await.unwrap();
    assert_eq!((lag.waiting, lag.age.as_mins()), (20, 1));
}

#[tokio::test]
async fn a_connection_that_was_cut_is_marked_and_tried_again_later() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("cut@unit.test").await;
    sender.answers("cut@unit.test", Answering::Cut);
    house.dispatch(&sender).await;
    assert_eq!(house.stands(message).await, ("uncertain", 1));
    house.pass(1);
    sender.answers_well("cut@unit.test");
    house.dispatch(&sender).await;
    assert_eq!(house.stands(message).await, ("delivered", 1));
}

#[tokio::test]
async fn without_a_way_out_messages_wait_for_one_and_go_when_it_is_there() {
    let (house, sender) = (House::open().await, Counting::default());
    let ways = (*house.desk.ways()).clone();
    let message = house.mail("mara@unit.test").await;
    house.desk.set_ways(Ways::default());
    house.dispatch(&sender).await;
    house.dispatch(&sender).await;
    assert!(sender.sent().is_empty());
    assert_eq!(house.message(message).await.standing, Standing::Unconfigured);
    let lag = house.desk.dispatch_lag(house.desk.now()).await.unwrap();
    assert_eq!((lag.unconfigured, lag.waiting, lag.oldest_due_at), (1, 0, None));
    house.desk.set_ways(ways);
    house.dispatch(&sender).await;
    assert_eq!(house.stands(message).await, ("delivered", 0));
}

#[tokio::test]
async fn a_wrong_password_is_tried_with_one_message_only() {
    let (house, sender) = (House::open().await, Counting::default());
    for number in 0..3 {
        let to = format!("p{number}@unit.test");
        sender.answers(&to, Answering::Code(535));
        house.mail(&to).await;
    }
    let mut dispatcher = house.dispatcher(1, &sender);
    dispatcher.until_idle().await.unwrap();
    let tried = sender.sent().len();
    house.pass(29);
    dispatcher.until_idle().await.unwrap();
    assert_eq!(sender.sent().len(), tried);
    house.pass(2);
    assert_eq!(dispatcher.turn().await.unwrap().len(), 1);
}

#[tokio::test]
async fn while_held_nothing_goes_and_what_was_under_way_is_marked() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    house.dispatcher(1, &sender).turn().await.unwrap();
    house.desk.hold_dispatch("restored from a backup".parse().unwrap()).await.unwrap();
    assert_eq!(house.dispatch(&sender).await, 0);
    assert_eq!(house.stands(message).await, ("uncertain", 1));
    let lag = house.desk.dispatch_lag(house.desk.now()).await.unwrap();
    assert_eq!(lag.held, ["restored from a backup"]);
    let (by, id) = (officer(&house.desk), house.desk.command_id());
    house.desk.release_dispatch(&by, id, "looked".parse().unwrap()).await.unwrap();
    house.desk.release_dispatch(&by, id, "looked".parse().unwrap()).await.unwrap();
    assert_eq!(house.desk.dispatch_state().await.unwrap().epoch, 1);
    assert_eq!(house.dispatch(&sender).await, 1);
    assert_eq!(house.stands(message).await, ("delivered", 1));
}

#[tokio::test]
async fn another_node_on_the_same_record_is_held_once_and_known_afterwards() {
    let (house, sender) = (House::open().await, Counting::default());
    house.mail("mara@unit.test").await;
    house.desk.identify_node(&node(7)).await.unwrap();
    let dispatch = |number| house.desk.dispatch_now(settings(number), sender.clone());
    assert_eq!(dispatch(8).await.unwrap(), 0);
    assert!(house.desk.dispatch_state().await.unwrap().is_held());
    let (by, id) = (officer(&house.desk), house.desk.command_id());
    house.desk.release_dispatch(&by, id, "the old machine is off".parse().unwrap()).await.unwrap();
    assert_eq!(dispatch(8).await.unwrap(), 1);
    assert_eq!(dispatch(7).await.unwrap(), 0);
    assert!(!house.desk.dispatch_state().await.unwrap().is_held());
}

#[tokio::test]
async fn a_bounce_is_noted_at_its_message_and_a_stray_one_is_kept() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("gone@unit.test").await;
    house.dispatch(&sender).await;
    let taken = house.desk.take_bounce(&report(&message.to_string())).await.unwrap();
    assert_eq!(taken, [crate::BounceTaken::Noted(message)]);
    house.desk.take_bounce(&report(&message.to_string())).await.unwrap();
    let bounced = house.message(message).await;
    assert_eq!((bounced.standing, bounced.bounces.len()), (Standing::Bounced, 1));
    let lag = house.desk.dispatch_lag(house.desk.now()).await.unwrap();
    assert_eq!(lag.needs_somebody, 1);
    let unknown = MessageId::from_bits(99).to_string();
    for stray in
        [report(&unknown), report("somebody-else"), b"Subject: away\r\n\r\nMonday".to_vec()]
    {
        let taken = house.desk.take_bounce(&stray).await.unwrap();
        assert_eq!(taken, [crate::BounceTaken::Kept]);
        house.desk.take_bounce(&stray).await.unwrap();
    }
    let strays = house.desk.stray_reports().await.unwrap();
    assert_eq!(strays.len(), 3);
    house.desk.put_stray_away(&strays[0].0).await.unwrap();
    assert_eq!(house.desk.stray_reports().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_person_tries_again_or_gives_up_and_a_repeat_changes_nothing() {
    let (house, sender) = (House::open().await, Counting::default());
    let message = house.mail("mara@unit.test").await;
    sender.answers("mara@unit.test", Answering::Code(550));
    house.dispatch(&sender).await;
    assert_eq!(house.stands(message).await, ("refused", 0));
    sender.answers_well("mara@unit.test");
    let id = house.desk.command_id();
    for repeated in [false, true] {
        // Nobody in particular: the sight of people is looked at in the stories.
        let asked = Asked::now(
            Actor { person: Actor::PROGRAM, ..officer(&house.desk) },
            MessageCommand::TryAgain,
        );
        let done = house.desk.act_on_message(message, id, asked, Vec::new()).await.unwrap();
        assert_eq!(done.repeated, repeated);
    }
    house.dispatch(&sender).await;
    assert_eq!(house.stands(message).await, ("delivered", 0));
}

#[tokio::test]
async fn the_boards_of_messages_are_those_that_the_journal_gives() {
    let (house, sender) = (House::open().await, Counting::default());
    for (to, answer) in
        [("a", Answering::Cut), ("b", Answering::Code(451)), ("c", Answering::Code(550))]
    {
        let to = format!("{to}@unit.test");
        sender.answers(&to, answer);
        house.mail(&to).await;
    }
    house.mail("d@unit.test").await;
    house.dispatch(&sender).await;
    let rebuilt = house.desk.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.differences, [""; 0]);
    assert!(house.desk.verify(|_, _| {}).await.unwrap().is_ok());
}

#[test]
fn every_occasion_has_a_word_that_is_read_again() {
    for occasion in [Occasion::CallOut, Occasion::DutyMissed, Occasion::Plain] {
        let word = crate::project::occasion_named(
            &serde_json::to_string(&occasion).unwrap().replace('"', ""),
        );
        assert_eq!(word, Some(occasion));
    }
}

fn report(id: &str) -> Vec<u8> {
    let text = format!(
        "From: MAILER-DAEMON@mail.test\nTo: desk@centre.test\nSubject: Undelivered\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\
         MIME-Version: 1.0\n\n\
         --b\nContent-Type: text/plain\n\nSorry.\n\n\
         --b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mail.test\n\n\
         Final-Recipient: rfc822; gone@unit.test\nAction: failed\nStatus: 5.1.1\n\n\
         --b\nContent-Type: message/rfc822\n\nMessage-ID: <{id}@127.0.0.1>\nSubject: x\n\nbody\n--b--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}
