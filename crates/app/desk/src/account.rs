//! Accounts, sign-in, sessions and tokens: side state, never derived from the journal.
//!
//! An account is a login, a name and a password for a person; what the person may do is in the
//! journal (see `person`). Secrets are kept only as hashes.

mod password;
mod session;
mod sign_in;
mod token;

use fengsui_vocabulary::PersonId;
use serde::{Deserialize, Serialize};

use crate::Reached;

pub use password::{PASSWORD_CHARS_MIN, PasswordWeak};
pub use session::{Session, SessionCookie};
pub use sign_in::{PasswordFault, SignInRefused, SignedIn};
pub(crate) use token::KnownToken;
pub use token::{ApiToken, Scope};

/// A way to sign in as a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person that acts.
    pub person: PersonId,
    /// What is typed to sign in; lower case.
    pub login: String,
    /// How the screens call the person.
    pub name: String,
    /// The password, hashed by argon2id, in PHC form; none for a client that has only tokens.
    pub password: Option<String>,
    /// Whether signing in is switched off.
    pub is_closed: bool,
    /// Where the person is reached besides the screen.
    #[serde(default)]
    pub reached: Reached,
}

/// Where accounts are kept.
pub(crate) const ACCOUNT: &str = "account";
