//! Signing in: slow to guess, quick to lock, and the same answer whether the login exists or not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::password::{self, PasswordWeak};
use super::{ACCOUNT, Account, Session, SessionCookie};
use crate::{Desk, DeskFault};

/// Where failed attempts are counted, by login.
const LOCK_OUT: &str = "lock-out";

/// Failures after which a login is locked.
const FAILURES_MAX: u32 = 5;

/// How long a locked login stays so.
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// A hash that no password has: work for a login that does not exist, so that both take as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A person who has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the browser.
    pub cookie: SessionCookie,
    /// For the server.
    pub session: Session,
}

/// Why signing in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Login or password are wrong; which one is not said.
    #[error("login or password are wrong")]
    Wrong,
    /// Too many failures; try again later or ask an administrator.
    #[error("too many failed attempts; locked until {until}")]
    Locked {
        /// When it opens again.
        until: Timestamp,
    },
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Failures {
    count: u32,
    last_at: Timestamp,
}

impl Desk {
    /// Signs a person in by login and password.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
    ) -> Result<Result<SignedIn, SignInRefused>, DeskFault> {
        let login = login.trim().to_lowercase();
        let login: String = login.chars().take(100).collect();
        let now = self.now();
        let failures = self.kept::<Failures>(LOCK_OUT, &login).await?.unwrap_or_default();
        let until = failures.last_at + LOCKED_FOR;
        if failures.count >= FAILURES_MAX && until > now {
            return Ok(Err(SignInRefused::Locked { until }));
        }
        let account = self.kept::<Account>(ACCOUNT, &login).await?;
        let account = account.filter(|account| !account.is_closed);
        if !self.knows_password(account.as_ref(), password).await {
            let count = if until > now { failures.count + 1 } else { 1 };
            let failures = Failures { count, last_at: now };
            self.keep(LOCK_OUT, &login, &failures, Some(now + LOCKED_FOR)).await?;
            return Ok(Err(SignInRefused::Wrong));
        }
        let Some(account) = account else {
            return Ok(Err(SignInRefused::Wrong));
        };
        self.forget(LOCK_OUT, &login).await?;
        let (cookie, session) = self.begin_session(account.person, &account.login).await?;
        Ok(Ok(SignedIn { cookie, session }))
    }

    async fn knows_password(&self, account: Option<&Account>, password: &str) -> bool {
        let hash = account.and_then(|account| account.password.clone());
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let password = password.to_owned();
        // Hashing takes tens of milliseconds: not on the threads that serve everybody.
        let is_right = tokio::task::spawn_blocking(move || password::is_right(&password, &hash));
        is_right.await.unwrap_or(false) && is_known
    }

    /// Sets an account's password.
    pub async fn set_password(&self, login: &str, password: &str) -> Result<(), PasswordFault> {
        let login = login.trim().to_lowercase();
        let account = self.kept::<Account>(ACCOUNT, &login).await?;
        let mut account = account.ok_or(DeskFault::Absent)?;
        account.password = Some(password::hashed(password, self.ids().secret())?);
        self.keep(ACCOUNT, &login, &account, None).await?;
        self.forget(LOCK_OUT, &login).await?;
        Ok(())
    }
}

/// Why a password was not set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    /// It is too short or too long.
    #[error(transparent)]
    Weak(#[from] PasswordWeak),
    /// The desk could not do its work.
    #[error(transparent)]
    Desk(#[from] DeskFault),
}
