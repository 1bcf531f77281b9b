//! Which server takes our mail, how it is spoken to, and how patient we are.

use std::fmt;
use std::time::Duration;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, usually port 465.
    Tls,
    /// TLS after a word in the clear, usually port 587. Without that word nothing is sent.
    StartTls,
    /// In the clear, for a server in a configured network; to public addresses nothing is opened.
    Plain,
}

/// A name and a password. Neither is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who we are to the server.
    pub name: String,
    /// What proves it.
    pub password: String,
}

/// How patient we are, and how much is taken in.
///
/// Every time is for the whole of a step: a server that sends one byte a second gains nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpLimits {
    /// For the greeting after the connection is open.
    pub greeting_max: Duration,
    /// For the answer to each command.
    pub command_max: Duration,
    /// For taking the bytes of a letter.
    pub letter_max: Duration,
    /// For the answer after a letter was sent whole. Being impatient here makes doubles.
    pub verdict_max: Duration,
    /// How long an open connection is kept for the next letter.
    pub idle_max: Duration,
    /// How many bytes one answer may have.
    pub answer_bytes_max: usize,
    /// How many bytes a letter may have.
    pub letter_bytes_max: usize,
    /// How many letters go over one connection.
    pub letters_max: u32,
    /// How many connections are open at once.
    pub connections_max: usize,
}

/// A server that takes our mail.
#[derive(Clone, Debug)]
pub struct SmtpRoute {
    host: String,
    port: u16,
    security: Security,
    hello: String,
    credentials: Option<Credentials>,
    limits: SmtpLimits,
}

/// Why a route cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpRouteMalformed {
    /// A password would travel in the clear.
    #[error("a password is never sent without TLS: use starttls or tls, or leave the name out")]
    PasswordInTheClear,
    /// The name we give ourselves is none.
    #[error("`{0}` is no name for this machine: letters, digits, dots and hyphens")]
    HelloMalformed(String),
}

impl SmtpRoute {
    /// A server by its name and port; `hello` is the name this machine gives itself.
    pub fn new(
        host: impl Into<String>,
        port: u16,
        security: Security,
        hello: impl Into<String>,
    ) -> Result<Self, SmtpRouteMalformed> {
        let hello = hello.into();
        if !is_machine_name(&hello) {
            return Err(SmtpRouteMalformed::HelloMalformed(hello.chars().take(80).collect()));
        }
        let limits = SmtpLimits::default();
        Ok(Self { host: host.into(), port, security, hello, credentials: None, limits })
    }

    /// Signs in before sending.
    pub fn signing_in(mut self, credentials: Credentials) -> Result<Self, SmtpRouteMalformed> {
        if self.security == Security::Plain {
            return Err(SmtpRouteMalformed::PasswordInTheClear);
        }
        self.credentials = Some(credentials);
        Ok(self)
    }

    /// With other limits.
    #[must_use]
    pub fn limited(mut self, limits: SmtpLimits) -> Self {
        self.limits = limits;
        self
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn security(&self) -> Security {
        self.security
    }

    pub(super) fn hello(&self) -> &str {
        &self.hello
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    pub(super) fn limits(&self) -> &SmtpLimits {
        &self.limits
    }
}

impl Default for SmtpLimits {
    /// As patient as the standard asks where impatience would make doubles (RFC 5321, 4.5.3.2).
    fn default() -> Self {
        Self {
            greeting_max: Duration::from_mins(1),
            command_max: Duration::from_mins(1),
            letter_max: Duration::from_mins(3),
            verdict_max: Duration::from_mins(10),
            idle_max: Duration::from_secs(20),
            answer_bytes_max: 16 * 1024,
            letter_bytes_max: 10 * 1024 * 1024,
            letters_max: 100,
            connections_max: 4,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Credentials(kept secret)")
    }
}

fn is_machine_name(text: &str) -> bool {
    let is_fit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    (1..=253).contains(&text.len()) && text.chars().all(is_fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_travel_in_the_clear_and_is_not_shown() {
        let route = |security| SmtpRoute::new("mail.test", 25, security, "desk.test").unwrap();
        let lin = Credentials { name: "lin".to_owned(), password: "hunter2".to_owned() };
        assert_eq!(
            route(Security::Plain).signing_in(lin.clone()).unwrap_err(),
            SmtpRouteMalformed::PasswordInTheClear
        );
        let shown = format!("{:?}", route(Security::Tls).signing_in(lin).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_name_that_would_end_the_line_is_refused() {
        for hello in ["", "a b", "desk\r\nMAIL FROM:<x@y>", "台"] {
            assert!(SmtpRoute::new("mail.test", 25, Security::Tls, hello).is_err(), "{hello:?}");
        }
    }
}
