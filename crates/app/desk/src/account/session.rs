//! Sessions live on the server; the browser holds an opaque token, the server its hash.

use fengsui_vocabulary::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::secret::{hex, sha256_hex};
use crate::{Desk, DeskFault};

/// Where sessions are kept, by the hash of their token.
const SESSION: &str = "session";

/// A session ends after this long without a request.
const IDLE: SignedDuration = SignedDuration::from_hours(12);

/// How often the last request is written down at most: not with every click.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person.
    pub person: PersonId,
    /// The account's login.
    pub login: String,
    /// What every form of this session must send back.
    pub csrf: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used, roughly.
    pub seen_at: Timestamp,
}

/// What the browser keeps: the only copy of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookie(pub String);

impl Desk {
    /// Begins a session for an account that has just proved itself.
    pub(crate) async fn begin_session(
        &self,
        person: PersonId,
        login: &str,
    ) -> Result<(SessionCookie, Session), DeskFault> {
        let now = self.now();
        let token = hex(&self.ids().secret());
        let csrf = hex(&self.ids().secret());
        let session =
            Session { person, login: login.to_owned(), csrf, began_at: now, seen_at: now };
        self.keep(SESSION, &sha256_hex(token.as_bytes()), &session, Some(now + IDLE)).await?;
        Ok((SessionCookie(token), session))
    }

    /// The session of a token, if it is still alive.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, DeskFault> {
        let key = sha256_hex(token.as_bytes());
        let Some(mut session) = self.kept::<Session>(SESSION, &key).await? else {
            return Ok(None);
        };
        let now = self.now();
        if session.seen_at + IDLE < now {
            self.forget(SESSION, &key).await?;
            return Ok(None);
        }
        if session.seen_at + TOUCH_EVERY < now {
            session.seen_at = now;
            self.keep(SESSION, &key, &session, Some(now + IDLE)).await?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), DeskFault> {
        self.forget(SESSION, &sha256_hex(token.as_bytes())).await
    }
}
