//! One dialogue with a mail server, step by step, so that it is known how far a letter came.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::authentication::{self, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::time::{Instant, timeout};

use super::reply::{Reply, ReplyFault, Sense};
use super::route::{Credentials, Security, SmtpLimits, SmtpRoute};
use super::wire;
use super::{Letter, Sent};
use crate::answer::Answer;
use crate::dial::{BoxedStream, Dialler};
use crate::network::Wire;
use crate::outcome::Outcome;

/// An open connection that has said hello and, if wanted, signed in.
pub(super) struct Session {
    stream: BufReader<BoxedStream>,
    limits: SmtpLimits,
    abilities: Abilities,
    letters: u32,
    used_at: Instant,
    state: State,
}

/// What the server said it can.
#[derive(Clone, Debug, Default)]
struct Abilities(Vec<String>);

/// Whether the next letter may use this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two letters.
    Ready,
    /// In the middle of something, or broken.
    Spent,
}

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("no answer to {step} within {} s", .within.as_secs_f32())]
    TimedOut { step: &'static str, within: Duration },
    #[error("at {step}: {fault}")]
    Fault { step: &'static str, fault: ReplyFault },
}

impl Session {
    /// Opens a connection, up to where letters may be sent.
    pub(super) async fn open(dialler: &Dialler, route: &SmtpRoute) -> Result<Self, Outcome> {
        let wire = match route.security() {
            Security::Plain => Wire::Clear,
            // Before its TLS, STARTTLS says nothing that is ours but the name of this machine.
            Security::Tls | Security::StartTls => Wire::Encrypted,
        };
        let opened = dialler.connect(route.host(), route.port(), wire).await?;
        let mut session = match route.security() {
            Security::Plain => Self::greeted(opened, route).await?,
            Security::Tls => {
                let encrypted = dialler.encrypt(opened, route.host()).await?;
                Self::greeted(encrypted, route).await?
            }
            Security::StartTls => {
                let greeted = Self::greeted(opened, route).await?;
                greeted.encrypted(dialler, route).await?
            }
        };
        if let Some(credentials) = route.credentials() {
            session.sign_in(credentials).await?;
        }
        session.state = State::Ready;
        Ok(session)
    }

    /// Waits for the greeting and says hello.
    pub(super) async fn greeted(stream: BoxedStream, route: &SmtpRoute) -> Result<Self, Outcome> {
        let mut session = Self {
            stream: BufReader::new(stream),
            limits: *route.limits(),
            abilities: Abilities::default(),
            letters: 0,
            used_at: Instant::now(),
            state: State::Spent,
        };
        let reply = session.listen("the greeting", session.limits.greeting_max).await?;
        expected(&reply, Sense::Done)?;
        session.hello(route).await?;
        Ok(session)
    }

    /// Sends one letter.
    pub(super) async fn deliver(&mut self, letter: Letter<'_>) -> Sent {
        self.state = State::Spent;
        let mut options = Vec::new();
        if !self.can_address(letter) {
            self.state = State::Ready;
            let answer = Answer::ours("the mail server takes only addresses in ASCII");
            return Sent::Said(Outcome::Refused { permanent: true, answer });
        }
        if !letter.has_ascii_addresses() {
            options.push(MailParameter::SmtpUtfEight);
        }
        if !letter.bytes.is_ascii() && self.abilities.has("8BITMIME") {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let mail = Mail::new(letter.from.cloned(), options);
        match self.ask("MAIL", mail).await {
            Err(silence @ Silence::Fault { .. }) => return Sent::NobodyThere(silence.into()),
            Err(silence @ Silence::TimedOut { .. }) => return Sent::Said(silence.into()),
            // The server is going down or was tired of waiting; a new connection may be better.
            Ok(reply) if reply.code == 421 => return Sent::NobodyThere(refusal(&reply)),
            Ok(reply) => {
                if let Err(outcome) = expected(&reply, Sense::Done) {
                    return Sent::Said(outcome);
                }
            }
        }
        Sent::Said(self.deliver_to(letter).await.unwrap_or_else(|outcome| outcome))
    }

    /// Whether the next letter may use this connection.
    pub(super) fn may_be_kept(&self) -> bool {
        self.state == State::Ready && self.letters < self.limits.letters_max
    }

    /// Whether it was used lately enough for the server to be still there.
    pub(super) fn is_fresh(&self) -> bool {
        self.used_at.elapsed() < self.limits.idle_max
    }

    /// Says goodbye; whether the server answers does not matter.
    pub(super) async fn quit(mut self) {
        if let Err(silence) = self.ask("QUIT", Quit).await {
            tracing::debug!(%silence, "the mail server did not say goodbye");
        }
    }

    async fn deliver_to(&mut self, letter: Letter<'_>) -> Result<Outcome, Outcome> {
        let reply = self.ask("RCPT", Rcpt::new(letter.to.clone(), Vec::new())).await?;
        expected(&reply, Sense::Done)?;
        let reply = self.ask("DATA", Data).await?;
        expected(&reply, Sense::GoOn)?;
        self.say("the letter", &wire::as_sent(letter.bytes), self.limits.letter_max).await?;
        Ok(self.verdict().await)
    }

    /// Ends the letter. From the first byte of the end, silence means that nobody can know.
    async fn verdict(&mut self) -> Outcome {
        let step = "the end of the letter";
        if let Err(silence) = self.say(step, wire::END, self.limits.letter_max).await {
            return Outcome::unknown(silence);
        }
        let reply = match self.listen(step, self.limits.verdict_max).await {
            Ok(reply) => reply,
            Err(silence) => return Outcome::unknown(silence),
        };
        self.letters = self.letters.saturating_add(1);
        self.used_at = Instant::now();
        match reply.sense() {
            Some(Sense::Done) => {
                self.state = State::Ready;
                Outcome::Delivered { answer: reply.answer() }
            }
            Some(Sense::NotNow | Sense::No) => refusal(&reply),
            Some(Sense::GoOn) | None => Outcome::Unknown { why: reply.answer() },
        }
    }

    async fn encrypted(mut self, dialler: &Dialler, route: &SmtpRoute) -> Result<Self, Outcome> {
        if !self.abilities.has("STARTTLS") {
            return Err(Outcome::misconfigured("the mail server does not offer STARTTLS"));
        }
        let reply = self.ask("STARTTLS", Starttls).await?;
        expected(&reply, Sense::Done)?;
        // Whatever came after that answer was put there in the clear by somebody else.
        if !self.stream.buffer().is_empty() {
            return Err(Outcome::deferred("bytes were slipped in before TLS began"));
        }
        let encrypted = dialler.encrypt(self.stream.into_inner(), route.host()).await?;
        let mut session = Self { stream: BufReader::new(encrypted), ..self };
        session.hello(route).await?;
        Ok(session)
    }

    async fn hello(&mut self, route: &SmtpRoute) -> Result<(), Outcome> {
        let hello = Ehlo::new(ClientId::Domain(route.hello().to_owned()));
        let reply = self.ask("EHLO", hello).await?;
        expected(&reply, Sense::Done)?;
        self.abilities = Abilities::of(&reply);
        Ok(())
    }

    async fn sign_in(&mut self, credentials: &Credentials) -> Result<(), Outcome> {
        let Some(mechanism) = self.abilities.mechanism() else {
            return Err(Outcome::misconfigured(
                "the mail server offers no way to sign in that is known here (PLAIN, LOGIN)",
            ));
        };
        let secret = authentication::Credentials::new(
            credentials.name.clone(),
            credentials.password.clone(),
        );
        let first = Auth::new(mechanism, secret.clone(), None).map_err(Outcome::misconfigured)?;
        let mut reply = self.ask("AUTH", first).await?;
        for _ in 0..CHALLENGES_MAX {
            if reply.sense() != Some(Sense::GoOn) {
                break;
            }
            let asked = Response::new(CHALLENGE, reply.lines.clone());
            let next = Auth::new_from_response(mechanism, secret.clone(), &asked)
                .map_err(Outcome::deferred)?;
            reply = self.ask("AUTH", next).await?;
        }
        match reply.sense() {
            // A wrong password tried again and again locks the account.
            Some(Sense::No) => Err(Outcome::Refused { permanent: false, answer: reply.answer() }),
            Some(Sense::Done | Sense::GoOn | Sense::NotNow) | None => expected(&reply, Sense::Done),
        }
    }

    async fn ask(
        &mut self,
        step: &'static str,
        command: impl fmt::Display,
    ) -> Result<Reply, Silence> {
        self.say(step, command.to_string().as_bytes(), self.limits.command_max).await?;
        self.listen(step, self.limits.command_max).await
    }

    async fn say(
        &mut self,
        step: &'static str,
        bytes: &[u8],
        within: Duration,
    ) -> Result<(), Silence> {
        // An answer that came before its question would be taken for the answer to the next one.
        let is_in_turn = self.stream.buffer().is_empty();
        let stream = self.stream.get_mut();
        let said = async {
            if !is_in_turn {
                return Err(ReplyFault::OutOfTurn);
            }
            stream.write_all(bytes).await?;
            stream.flush().await.map_err(ReplyFault::from)
        };
        in_time(step, within, said).await
    }

    async fn listen(&mut self, step: &'static str, within: Duration) -> Result<Reply, Silence> {
        in_time(step, within, Reply::read(&mut self.stream, self.limits.answer_bytes_max)).await
    }

    fn can_address(&self, letter: Letter<'_>) -> bool {
        letter.has_ascii_addresses() || self.abilities.has("SMTPUTF8")
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Session({:?}, {} letters)", self.state, self.letters)
    }
}

impl Letter<'_> {
    fn has_ascii_addresses(&self) -> bool {
        let is_ascii = |address: &lettre::Address| {
            let text: &str = address.as_ref();
            text.is_ascii()
        };
        is_ascii(self.to) && self.from.is_none_or(is_ascii)
    }
}

impl Abilities {
    /// The first line of the answer to hello is a greeting; each other names one ability.
    fn of(reply: &Reply) -> Self {
        Self(reply.lines.iter().skip(1).map(|line| line.trim().to_ascii_uppercase()).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.words(name).next().is_some()
    }

    fn words(&self, name: &str) -> impl Iterator<Item = &str> {
        let line = self.0.iter().find(|line| line.split_whitespace().next() == Some(name));
        line.into_iter().flat_map(|line| line.split_whitespace())
    }

    fn mechanism(&self) -> Option<Mechanism> {
        let offers = |wanted: &str| self.words("AUTH").any(|word| word == wanted);
        if offers("PLAIN") {
            Some(Mechanism::Plain)
        } else {
            offers("LOGIN").then_some(Mechanism::Login)
        }
    }
}

impl From<Silence> for Outcome {
    /// Before the end of a letter, silence means that it was not taken.
    fn from(silence: Silence) -> Self {
        Self::deferred(silence)
    }
}

async fn in_time<T>(
    step: &'static str,
    within: Duration,
    work: impl Future<Output = Result<T, ReplyFault>>,
) -> Result<T, Silence> {
    match timeout(within, work).await {
        Ok(done) => done.map_err(|fault| Silence::Fault { step, fault }),
        Err(_elapsed) => Err(Silence::TimedOut { step, within }),
    }
}

fn expected(reply: &Reply, sense: Sense) -> Result<(), Outcome> {
    if reply.sense() == Some(sense) { Ok(()) } else { Err(refusal(reply)) }
}

/// What an answer other than the hoped one means, before the letter was sent or after.
fn refusal(reply: &Reply) -> Outcome {
    let answer = reply.answer();
    match reply.sense() {
        Some(Sense::No) => Outcome::Refused { permanent: !SETTINGS.contains(&reply.code), answer },
        Some(Sense::Done | Sense::GoOn | Sense::NotNow) | None => {
            Outcome::Deferred { answer, retry_after: None }
        }
    }
}

/// Refusals of us, not of the letter: sign in, sign in otherwise, encrypt, no service for you.
const SETTINGS: &[u16] = &[521, 523, 530, 534, 535, 538];

/// The number of a question while signing in.
const CHALLENGE: lettre::transport::smtp::response::Code =
    lettre::transport::smtp::response::Code {
        severity: lettre::transport::smtp::response::Severity::PositiveIntermediate,
        category: lettre::transport::smtp::response::Category::Unspecified3,
        detail: lettre::transport::smtp::response::Detail::Four,
    };

/// Questions that signing in may take.
const CHALLENGES_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, DuplexStream, duplex};
    use tokio::task::JoinSet;
    use tokio::time::sleep;

    use super::*;

    fn route() -> SmtpRoute {
        SmtpRoute::new("mail.test", 25, Security::Plain, "desk.test").unwrap()
    }

    /// Answers like a server; the answer to the letter comes after `pause`.
    async fn serve(stream: DuplexStream, pause: Duration) -> std::io::Result<()> {
        let mut wire = BufReader::new(stream);
        wire.write_all(b"220 ready\r\n").await?;
        for answer in ["250 ok", "250 ok", "250 ok", "354 go on"] {
            wire.read_line(&mut String::new()).await?;
            wire.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        let mut line = String::new();
        while line != ".\r\n" {
            line.clear();
            wire.read_line(&mut line).await?;
        }
        sleep(pause).await;
        wire.write_all(b"250 taken\r\n").await
    }

    /// Begins an answer, a digit every ten seconds, and never ends it.
    async fn drip(mut stream: DuplexStream) {
        while stream.write_all(b"2").await.is_ok() {
            sleep(Duration::from_secs(10)).await;
        }
    }

    async fn delivered_after(pause: Duration) -> Sent {
        let (near, far) = duplex(1024);
        let mut work = JoinSet::new();
        work.spawn(serve(far, pause));
        let mut session = Session::greeted(Box::new(near), &route()).await.unwrap();
        let to: lettre::Address = "mara@unit.test".parse().unwrap();
        session.deliver(Letter { from: None, to: &to, bytes: b"Subject: x\r\n\r\ny" }).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_verdict_is_waited_for_so_long_and_no_longer() {
        let sent = delivered_after(Duration::from_mins(9)).await;
        assert!(matches!(sent, Sent::Said(Outcome::Delivered { .. })));
        let sent = delivered_after(Duration::from_mins(11)).await;
        assert!(matches!(sent, Sent::Said(Outcome::Unknown { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn a_greeting_that_drips_is_given_up_as_if_nothing_came() {
        let (near, far) = duplex(1024);
        let mut work = JoinSet::new();
        work.spawn(drip(far));
        let begun = Instant::now();
        let Err(outcome) = Session::greeted(Box::new(near), &route()).await else {
            panic!("nobody greeted");
        };
        assert_eq!(outcome, Outcome::deferred("no answer to the greeting within 60 s"));
        assert_eq!(begun.elapsed().as_secs(), 60);
    }
}
