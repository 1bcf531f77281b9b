//! What people read, in both languages.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese: the language of the law here.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The tag for HTML and HTTP.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// A language that the screens do not speak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no screens in `{0}`: use `zh` or `en`")]
pub struct LangUnknown(String);

impl FromStr for Lang {
    type Err = LangUnknown;

    fn from_str(text: &str) -> Result<Self, LangUnknown> {
        match text {
            "zh" | "zh-CN" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            _ => Err(LangUnknown(text.chars().take(16).collect())),
        }
    }
}

/// A text in both languages; the Chinese one is the legal one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// Makes a label of both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.zh, self.en)
    }
}
