//! Tokens of programs that use the API: one per client, shown once, kept as a hash.

use fengsui_records::FeedName;
use fengsui_vocabulary::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::secret::{hex, sha256_hex};
use crate::{Desk, DeskFault};

/// Where tokens are kept, by their hash.
const TOKEN: &str = "token";

/// What a token begins with, so that it is known when it leaks.
const PREFIX: &str = "fst_";

/// How long a token counts without being looked up again: another process may have taken it back.
const KNOWN_FOR: SignedDuration = SignedDuration::from_secs(10);

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
    /// The one feed it may push to; all of them, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedName>,
}

/// A token that was looked up, and when.
#[derive(Clone, Debug)]
pub(crate) struct KnownToken {
    token: ApiToken,
    read_at: Timestamp,
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
        self.issue((scope, None), person, client).await
    }

    /// Makes a token that may push to one feed and nothing else. The token is shown only now.
    pub async fn make_push_token(
        &self,
        feed: &FeedName,
        person: PersonId,
        client: &str,
    ) -> Result<String, DeskFault> {
        self.issue((Scope::Push, Some(feed.clone())), person, client).await
    }

    async fn issue(
        &self,
        (scope, feed): (Scope, Option<FeedName>),
        person: PersonId,
        client: &str,
    ) -> Result<String, DeskFault> {
        let client = client.to_owned();
        let made = ApiToken { person, client, made_at: self.now(), scope, feed };
        let token = format!("{PREFIX}{}", hex(&self.ids().secret()));
        self.keep(TOKEN, &sha256_hex(token.as_bytes()), &made, None).await?;
        Ok(token)
    }

    /// The client of a token. One that another process has taken back is known for ten seconds more.
    pub async fn token(&self, token: &str) -> Result<Option<ApiToken>, DeskFault> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let (key, now) = (sha256_hex(token.as_bytes()), self.now());
        if let Some(known) = self.tokens().get(&key)
            && now.duration_since(known.read_at) < KNOWN_FOR
        {
            return Ok(Some(known.token));
        }
        let found = self.kept::<ApiToken>(TOKEN, &key).await?;
        match &found {
            Some(token) => {
                self.tokens().put(key, KnownToken { token: token.clone(), read_at: now });
            }
            None => self.tokens().remove(&key),
        }
        Ok(found)
    }

    /// The tokens that may push, by client and time.
    pub async fn push_tokens(&self) -> Result<Vec<ApiToken>, DeskFault> {
        let all = self.all_kept::<ApiToken>(TOKEN).await?;
        let mut pushing: Vec<ApiToken> = all
            .into_iter()
            .map(|(_, token)| token)
            .filter(|token| token.scope == Scope::Push)
            .collect();
        pushing.sort_by(|one, other| {
            (&one.client, one.made_at, &one.feed).cmp(&(&other.client, other.made_at, &other.feed))
        });
        Ok(pushing)
    }

    /// Takes back the tokens of a client that may push: to one feed, or all of them.
    pub async fn revoke_push_tokens(
        &self,
        client: &str,
        feed: Option<&FeedName>,
    ) -> Result<usize, DeskFault> {
        self.revoke(|token| {
            token.scope == Scope::Push
                && token.client == client
                && (feed.is_none() || token.feed.as_ref() == feed)
        })
        .await
    }

    /// Takes every token of a client back.
    pub async fn revoke_tokens(&self, client: &str) -> Result<usize, DeskFault> {
        self.revoke(|token| token.client == client).await
    }

    async fn revoke(&self, which: impl Fn(&ApiToken) -> bool) -> Result<usize, DeskFault> {
        let mut revoked = 0;
        for (key, token) in self.all_kept::<ApiToken>(TOKEN).await? {
            if which(&token) {
                self.forget(TOKEN, &key).await?;
                self.tokens().remove(&key);
                revoked += 1;
            }
        }
        Ok(revoked)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::{DeskSettings, MachineIds, StoryClock};

    async fn desk(folder: &Path, clock: &Arc<StoryClock>) -> Desk {
        let url = format!("sqlite://{}", folder.join("fengsui.db").display());
        let clock: Arc<StoryClock> = Arc::clone(clock);
        Desk::open(&DeskSettings { url, clock, ids: Arc::new(MachineIds) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_token_that_another_process_has_taken_back_is_refused_after_ten_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let begins: Timestamp = "2026-03-14T09:00:00Z".parse().unwrap();
        let clock = Arc::new(StoryClock::at(begins));
        let (serving, typed) =
            (desk(folder.path(), &clock).await, desk(folder.path(), &clock).await);
        let person = PersonId::from_bits(7);
        let (north, south): (FeedName, FeedName) =
            ("north".parse().unwrap(), "south".parse().unwrap());
        let token = typed.make_push_token(&north, person, "probe").await.unwrap();
        typed.make_push_token(&south, person, "probe").await.unwrap();
        typed.make_token(person, "probe").await.unwrap();
        let known = serving.token(&token).await.unwrap().unwrap();
        assert_eq!((known.scope, known.feed.as_ref()), (Scope::Push, Some(&north)));

        assert_eq!(typed.revoke_push_tokens("probe", Some(&north)).await.unwrap(), 1);
        assert!(serving.token(&token).await.unwrap().is_some(), "it is looked up now and then");
        clock.set(begins + SignedDuration::from_secs(10));
        assert_eq!(serving.token(&token).await.unwrap(), None);

        let left = typed.push_tokens().await.unwrap();
        assert_eq!(left.iter().map(|it| it.feed.as_ref()).collect::<Vec<_>>(), [Some(&south)]);
        assert_eq!(typed.revoke_push_tokens("probe", None).await.unwrap(), 1);
        assert_eq!(typed.revoke_tokens("probe").await.unwrap(), 1, "tokens of people stay");
    }

    #[test]
    fn a_token_that_was_made_before_there_were_scopes_is_its_persons() {
        let text = "{\"person\":\"per_00000000000000000000000007\",\"client\":\"old\",\
                    \"made_at\":\"2026-01-01T00:00:00Z\"}";
        let token: ApiToken = serde_json::from_str(text).unwrap();
        assert_eq!((token.scope, token.feed), (Scope::Person, None));
    }
}
