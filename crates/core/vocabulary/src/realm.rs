//! Live, or one exercise: part of every stream's identity, so a drill never reaches the outside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where something happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Realm {
    /// The real world.
    #[default]
    Live,
    /// A drill, by its name.
    Exercise(crate::PlanId),
}

/// A realm that is written wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no realm: use `live` or `exercise:` and a name")]
pub struct RealmMalformed(String);

impl fmt::Display for Realm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => out.write_str("live"),
            Self::Exercise(name) => write!(out, "exercise:{name}"),
        }
    }
}

impl FromStr for Realm {
    type Err = RealmMalformed;

    fn from_str(text: &str) -> Result<Self, RealmMalformed> {
        if text == "live" {
            return Ok(Self::Live);
        }
        text.strip_prefix("exercise:")
            .and_then(|name| name.parse().ok())
            .map(Self::Exercise)
            .ok_or_else(|| RealmMalformed(text.chars().take(80).collect()))
    }
}

impl From<Realm> for String {
    fn from(realm: Realm) -> Self {
        realm.to_string()
    }
}

impl TryFrom<String> for Realm {
    type Error = RealmMalformed;

    fn try_from(text: String) -> Result<Self, RealmMalformed> {
        text.parse()
    }
}
