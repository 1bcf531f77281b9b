//! Tokens of programs that use the API: one per client, shown once, kept as a hash.

use fengsui_vocabulary::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::secret::{hex, sha256_hex};
use crate::{Desk, DeskFault};

/// Where tokens are kept, by their hash.
const TOKEN: &str = "token";

/// What a token begins with, so that it is known when it leaks.
const PREFIX: &str = "fst_";

/// A client of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// The person on whose behalf the client acts.
    pub person: PersonId,
    /// What the client is called.
    pub client: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it is for.
    #[serde(default)]
    pub scope: Scope,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Whatever its person may see and do.
    #[default]
    Person,
    /// To push records to feeds of the watch, and nothing else: for sensors and collectors.
    Push,
}

impl Desk {
    /// Makes a token for a client that acts as a person. The token is shown only now.
    pub async fn make_token(&self, person: PersonId, client: &str) -> Result<String, DeskFault> {
        self.make_token_for(Scope::Person, person, client).await
    }

    /// Makes a token of a scope. The token is shown only now.
    pub async fn make_token_for(
        &self,
        scope: Scope,
        person: PersonId,
        client: &str,
    ) -> Result<String, DeskFault> {
        let token = format!("{PREFIX}{}", hex(&self.ids().secret()));
        let made = ApiToken { person, client: client.to_owned(), made_at: self.now(), scope };
        self.keep(TOKEN, &sha256_hex(token.as_bytes()), &made, None).await?;
        Ok(token)
    }

    /// The client of a token.
    pub async fn token(&self, token: &str) -> Result<Option<ApiToken>, DeskFault> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let key = sha256_hex(token.as_bytes());
        if let Some(known) = self.tokens().get(&key) {
            return Ok(Some(known));
        }
        let found = self.kept::<ApiToken>(TOKEN, &key).await?;
        if let Some(found) = &found {
            self.tokens().put(key, found.clone());
        }
        Ok(found)
    }

    /// Takes every token of a client back.
    pub async fn revoke_tokens(&self, client: &str) -> Result<usize, DeskFault> {
        let mut revoked = 0;
        for (key, token) in self.all_kept::<ApiToken>(TOKEN).await? {
            if token.client == client {
                self.forget(TOKEN, &key).await?;
                self.tokens().remove(&key);
                revoked += 1;
            }
        }
        Ok(revoked)
    }
}
