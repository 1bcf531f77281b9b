//! Identities: 128 bits behind a prefix that says what they belong to, `inc_01j…`.
//!
//! Ids are given, never made, here: the core takes them as arguments.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of this kind: expected `{prefix}` and 26 letters or digits")]
pub struct IdMalformed {
    prefix: &'static str,
    text: String,
}

/// Crockford's alphabet in lower case: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters that 128 bits take at five bits each.
const DIGITS: usize = 26;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(u128);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id of 128 bits that came from an id source.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The bits, for derivations such as a receipt secret.
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str($prefix)?;
                out.write_str(&encoded(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdMalformed;

            fn from_str(text: &str) -> Result<Self, IdMalformed> {
                text.strip_prefix($prefix)
                    .and_then(decoded)
                    .map(Self)
                    .ok_or_else(|| IdMalformed { prefix: $prefix, text: text.chars().take(64).collect() })
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdMalformed;

            fn try_from(text: String) -> Result<Self, IdMalformed> {
                text.parse()
            }
        }
    };
}

id!(
    /// One incident, 事件.
    IncidentId,
    "inc_"
);
id!(
    /// One report, 报告: its own record for ever.
    ReportId,
    "rep_"
);
id!(
    /// One organisation of the registry, 单位.
    OrganisationId,
    "org_"
);
id!(
    /// One person who acts: an account, or somebody named in an act.
    PersonId,
    "per_"
);
id!(
    /// One stored text or file; the journal holds only this and a keyed digest.
    BlobId,
    "blob_"
);
id!(
    /// One message to one recipient, however often it is tried.
    MessageId,
    "msg_"
);
id!(
    /// One call-out: people called one after the other until somebody says that they come.
    CallOutId,
    "cal_"
);
id!(
    /// One shift that somebody stood.
    ShiftId,
    "shf_"
);
id!(
    /// One accountability file.
    AccountabilityId,
    "acc_"
);
id!(
    /// One command: a repeat of it gives the same answer and happens once.
    CommandId,
    "cmd_"
);

fn encoded(bits: u128) -> String {
    (0..DIGITS)
        .rev()
        .map(|digit| {
            let five = (bits >> (5 * digit)) & 31;
            usize::try_from(five)
                .ok()
                .and_then(|index| ALPHABET.get(index))
                .map_or('0', |&byte| char::from(byte))
        })
        .collect()
}

fn decoded(text: &str) -> Option<u128> {
    if text.len() != DIGITS {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|&letter| letter == byte)?;
        if bits >> 123 != 0 {
            return None; // five more bits would not fit
        }
        bits = (bits << 5) | u128::try_from(value).ok()?;
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        for bits in [0, 1, 31, 32, u128::from(u64::MAX), u128::MAX] {
            let id = IncidentId::from_bits(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn an_id_of_another_kind_or_length_is_refused() {
        let id = ReportId::from_bits(7).to_string();
        assert!(id.parse::<IncidentId>().is_err());
        assert!("rep_7".parse::<ReportId>().is_err());
        assert!("rep_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ReportId>().is_err());
    }
}
