//! Sending one message once, by the way its destination names.

use fengsui_outbound::{Answer, Http, Letter, MailAddress, Outcome, Smtp};
use fengsui_vocabulary::Realm;

use crate::mail::{self, Mailbox};
use crate::message::{Destination, Message};
use crate::webhook;

/// Whoever sends messages: the real one is [`Notices`], a simulation has its own.
pub trait Sender {
    /// Sends one message, once, and says what became of it.
    fn send(&self, message: &Message) -> impl Future<Output = Outcome> + Send;
}

/// The ways out that are configured.
#[derive(Debug, Default)]
pub struct Notices {
    mail: Option<MailRoute>,
    http: Option<Http>,
}

/// The way out for mail.
#[derive(Debug)]
pub struct MailRoute {
    /// The server.
    pub smtp: Smtp,
    /// Who writes.
    pub from: Mailbox,
    /// Where bounces go; the writer's address if there is no other.
    pub bounces: Option<MailAddress>,
}

impl Notices {
    /// No way out.
    pub fn none() -> Self {
        Self::default()
    }

    /// With mail.
    #[must_use]
    pub fn mailing(mut self, route: MailRoute) -> Self {
        self.mail = Some(route);
        self
    }

    /// With webhooks.
    #[must_use]
    pub fn calling(mut self, http: Http) -> Self {
        self.http = Some(http);
        self
    }

    /// Closes the connections that were kept.
    pub async fn close(&self) {
        if let Some(route) = &self.mail {
            route.smtp.close().await;
        }
    }

    async fn mailed(&self, message: &Message, to: &Mailbox) -> Outcome {
        let Some(route) = &self.mail else {
            return until_configured("no mail server is configured");
        };
        let bytes = match mail::composed(message, &route.from, to) {
            Ok(bytes) => bytes,
            Err(unfit) => return never(&unfit.to_string()),
        };
        let from = route.bounces.as_ref().unwrap_or(&route.from.address);
        route.smtp.send(Letter { from: Some(from), to: &to.address, bytes: &bytes }).await
    }

    async fn sent(&self, message: &Message) -> Outcome {
        match (&message.realm, &message.destination) {
            // First of all: nothing is looked up or opened for a drill.
            (Realm::Exercise(_), Destination::Mail(_) | Destination::Webhook { .. }) => {
                never("this belongs to an exercise, and an exercise does not go out")
            }
            (Realm::Live, Destination::Mail(to)) => self.mailed(message, to).await,
            (Realm::Live, Destination::Webhook { url, secret, to }) => {
                let Some(http) = &self.http else {
                    return until_configured("webhooks are not switched on");
                };
                match webhook::composed(message, url, secret, to.as_ref()) {
                    Ok(request) => http.send(request).await,
                    Err(unfit) => never(&unfit.to_string()),
                }
            }
        }
    }
}

impl Sender for Notices {
    async fn send(&self, message: &Message) -> Outcome {
        let outcome = self.sent(message).await;
        // Neither the recipient nor the words: logs are read by more people than mail.
        tracing::info!(
            message = %message.id,
            attempt = message.attempt.number,
            outcome = outcome.kind(),
            "a message was sent out"
        );
        outcome
    }
}

fn never(why: &str) -> Outcome {
    Outcome::Refused { permanent: true, answer: Answer::ours(why) }
}

fn until_configured(why: &str) -> Outcome {
    Outcome::Refused { permanent: false, answer: Answer::ours(why) }
}
