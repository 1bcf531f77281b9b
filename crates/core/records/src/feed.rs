//! The name of a feed.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a centre calls one of its feeds: `suricata-north`, `shadowserver`.
///
/// 1 to 64 small letters, digits, `-` and `_`: it is a part of keys and of paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeedName(Arc<str>);

/// Why a text names no feed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" names no feed; use 1 to 64 small letters, digits, - and _")]
pub struct FeedNameMalformed(String);

impl FeedName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FeedName {
    type Err = FeedNameMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
            });
        if is_name {
            Ok(Self(text.into()))
        } else {
            Err(FeedNameMalformed(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for FeedName {
    type Error = FeedNameMalformed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FeedName> for String {
    fn from(name: FeedName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for FeedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
