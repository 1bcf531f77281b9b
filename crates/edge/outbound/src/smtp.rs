//! Mail to one server: the dialogue with it is ours, its words and addresses are lettre's.
//!
//! A letter has one recipient, so its outcome is one. Connections are kept and used again.

mod reply;
mod route;
mod session;
mod wire;

use std::sync::Mutex;
use std::sync::PoisonError;

use lettre::Address;
use tokio::sync::Semaphore;

use crate::dial::Dialler;
use crate::outcome::Outcome;
use session::Session;

pub use route::{Credentials, Security, SmtpLimits, SmtpRoute, SmtpRouteMalformed};

/// Mail to one server.
#[derive(Debug)]
pub struct Smtp {
    dialler: Dialler,
    route: SmtpRoute,
    places: Semaphore,
    idle: Mutex<Vec<Session>>,
}

/// One message for one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Where bounces go. None for a letter that must not be answered by a machine.
    pub from: Option<&'a Address>,
    /// Who receives it.
    pub to: &'a Address,
    /// Headers and body.
    pub bytes: &'a [u8],
}

impl Smtp {
    /// Mail to the server of `route`, over connections of `dialler`.
    pub fn new(dialler: Dialler, route: SmtpRoute) -> Self {
        let places = Semaphore::new(route.limits().connections_max);
        Self { dialler, route, places, idle: Mutex::new(Vec::new()) }
    }

    /// Sends one letter, once.
    ///
    /// A kept connection that the server has closed meanwhile is opened anew; a letter whose bytes
    /// were all sent is never sent again here. Whoever drops the future before it has answered must
    /// take the outcome for [`Outcome::Unknown`].
    pub async fn send(&self, letter: Letter<'_>) -> Outcome {
        if letter.bytes.len() > self.route.limits().letter_bytes_max {
            return Outcome::Refused {
                permanent: true,
                answer: crate::Answer::ours("the letter is larger than the limit"),
            };
        }
        let Ok(_place) = self.places.acquire().await else {
            return Outcome::deferred("this client is closed");
        };
        if let Some(kept) = self.kept() {
            match self.send_over(kept, letter).await {
                Sent::Said(outcome) => return outcome,
                Sent::NobodyThere(_) => {}
            }
        }
        match Session::open(&self.dialler, &self.route).await {
            Ok(fresh) => match self.send_over(fresh, letter).await {
                Sent::Said(outcome) | Sent::NobodyThere(outcome) => outcome,
            },
            Err(outcome) => outcome,
        }
    }

    /// Says goodbye on every kept connection.
    pub async fn close(&self) {
        while let Some(session) = self.kept() {
            session.quit().await;
        }
    }

    async fn send_over(&self, mut session: Session, letter: Letter<'_>) -> Sent {
        let sent = session.deliver(letter).await;
        if session.may_be_kept() {
            self.locked().push(session);
        }
        sent
    }

    /// A connection that may still be open. Those that waited too long are dropped.
    fn kept(&self) -> Option<Session> {
        let mut idle = self.locked();
        idle.retain(Session::is_fresh);
        idle.pop()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a letter fared on one connection.
enum Sent {
    /// The server said something about it, or it is not known what it did.
    Said(Outcome),
    /// The connection was gone before anything about this letter was answered.
    NobodyThere(Outcome),
}
