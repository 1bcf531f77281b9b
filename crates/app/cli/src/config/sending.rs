//! What is configured for sending: who writes, the mail server, programs that listen.
//!
//! Secrets are in files of their own, never in the configuration and never on a command line.

use std::path::PathBuf;

use serde::Deserialize;

/// How this centre signs what it writes, and where its screens are reached.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Centre {
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its name in English.
    pub(crate) name_en: Option<String>,
    /// The telephone that is always answered.
    pub(crate) telephone: Option<String>,
    /// Where its screens are reached from outside: `https://desk.example`.
    pub(crate) base_url: Option<String>,
}

/// The server that takes our mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// Its name.
    pub(crate) server: String,
    /// Its port; 465 with TLS, 587 with STARTTLS, 25 in the clear, unless said otherwise.
    pub(crate) port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub(crate) security: MailSecurity,
    /// As whom to sign in.
    pub(crate) user: Option<String>,
    /// The file with the password.
    pub(crate) password_file: Option<PathBuf>,
    /// The address that mail comes from.
    pub(crate) from: String,
    /// Where mail that does not arrive is sent back to, if not to `from`.
    pub(crate) bounces_to: Option<String>,
    /// Certificates of authorities to be believed besides the public ones, PEM.
    pub(crate) trust: Option<PathBuf>,
    /// Networks that are not public in which the server may be.
    #[serde(default)]
    pub(crate) networks: Vec<String>,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// TLS after a word in the clear.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear, for a server in one of `networks` only.
    Plain,
}

/// A program that listens: a gateway for short messages, a chat.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// How it is called here.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) url: String,
    /// The file with the secret that signs what is sent to it.
    pub(crate) secret_file: PathBuf,
    /// Networks that are not public in which it may be.
    #[serde(default)]
    pub(crate) networks: Vec<String>,
    /// Certificates of authorities to be believed besides the public ones, PEM.
    pub(crate) trust: Option<PathBuf>,
    /// Whether it takes short messages to telephones.
    #[serde(default)]
    pub(crate) short_messages: bool,
}
