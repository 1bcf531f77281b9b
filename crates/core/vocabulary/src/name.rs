//! Names given by packs and deployments: short, bounded, of a plain alphabet.
//!
//! A name is a key, not a text for people: what people read is a [`crate::Label`].

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Characters a name may have at most.
const NAME_CHARS_MAX: usize = 64;

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a name: 1 to 64 letters, digits or any of `- _ . ( ) :` are allowed")]
pub struct NameMalformed {
    text: String,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, out)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl FromStr for $name {
            type Err = NameMalformed;

            fn from_str(text: &str) -> Result<Self, NameMalformed> {
                if is_name(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameMalformed { text: text.chars().take(NAME_CHARS_MAX).collect() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameMalformed;

            fn try_from(text: String) -> Result<Self, NameMalformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.to_string()
            }
        }
    };
}

name!(
    /// A plan pack: `shanghai-2019`.
    PlanId
);
name!(
    /// A duty of a pack: `sh-4.1.1-oral`.
    DutyId
);
name!(
    /// An abstract role of a plan, bound to organisations at deployment: `cac_office`.
    RoleId
);
name!(
    /// A fact of the catalogue: `people_leaked`.
    FactId
);
name!(
    /// A level of one plan, by its own name: `I` … `IV`, `significant`.
    LevelId
);
name!(
    /// A clause of a plan as the plan numbers it: `4.1.1`, `A1.2.1(1)`.
    ClauseId
);
name!(
    /// A criterion of a pack.
    CriterionId
);
name!(
    /// A document form of a pack: `first-report`.
    FormId
);
name!(
    /// A named time of an incident: `discovered`.
    AnchorName
);
name!(
    /// A code of a taxonomy: `IDI/III`.
    TaxonomyCode
);
name!(
    /// An administrative division by its GB/T 2260 code: `310115`.
    DistrictCode
);
name!(
    /// A post of the duty roster: `duty-officer`.
    PostName
);
name!(
    /// A shift of the duty roster: `night`.
    ShiftName
);

fn is_name(text: &str) -> bool {
    let mut chars = 0;
    for letter in text.chars() {
        chars += 1;
        if !(letter.is_ascii_alphanumeric() || "-_.():/".contains(letter)) || chars > NAME_CHARS_MAX
        {
            return false;
        }
    }
    chars > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_of_a_plain_alphabet() {
        assert!("sh-4.1.1-oral".parse::<DutyId>().is_ok());
        assert!("A1.2.1(1)".parse::<ClauseId>().is_ok());
        for bad in ["", "two words", "条款", &"x".repeat(65), "new\nline"] {
            assert!(bad.parse::<DutyId>().is_err(), "{bad:?}");
        }
    }
}
