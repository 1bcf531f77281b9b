//! Values of facts as they are written: exact, a range, or (by absence) unknown.
//!
//! What a word or number means (its kind, its unit, which way is worse) is in the plan's catalogue
//! of facts; here is only the form that files, forms and payloads share.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::FactId;

/// What is known: a fact that is not in the map is unknown.
pub type Facts = BTreeMap<FactId, FactValue>;

/// A value of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FactValue {
    /// Known exactly.
    Exact(Scalar),
    /// Known to lie between two ends, both included.
    Range(FactRange),
}

/// Two ends, both included; a missing one is open. The lower end is the milder number or word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactRange {
    /// The lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Scalar>,
    /// The upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Scalar>,
}

/// One written value: `true`, `1000000`, `12.50`, `"severe"`, `"PT6H"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number with a point, kept as it was written.
    Decimal(Number),
    /// A word: a choice, a duration, a region.
    Word(Choice),
}

/// A word of at most 64 characters.
pub type Choice = crate::Text<64>;

/// A finite number with a point, kept in its shortest exact decimal form: no rounding on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(Box<str>);

impl Number {
    /// Takes a finite number.
    pub fn from_f64(number: f64) -> Option<Self> {
        number.is_finite().then(|| Self(number.to_string().into()))
    }

    /// The digits as written, such as `12.5`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Whole(number) => write!(out, "{number}"),
            Self::Decimal(number) => out.write_str(number.as_str()),
            Self::Word(word) => out.write_str(word),
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(value) => write!(out, "{value}"),
            Self::Range(FactRange { min, max }) => {
                let end =
                    |end: &Option<Scalar>| end.as_ref().map_or_else(String::new, Scalar::to_string);
                write!(out, "{}…{}", end(min), end(max))
            }
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => out.serialize_bool(*flag),
            Self::Whole(number) => out.serialize_i64(*number),
            Self::Decimal(number) => {
                out.serialize_f64(number.as_str().parse().map_err(serde::ser::Error::custom)?)
            }
            Self::Word(word) => out.serialize_str(word),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Written)
    }
}

struct Written;

impl de::Visitor<'_> for Written {
    type Value = Scalar;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("true, false, a number, or a word in quotes")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
        i64::try_from(number).map(Scalar::Whole).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Number::from_f64(number)
            .map(Scalar::Decimal)
            .ok_or_else(|| E::custom("this number is not finite"))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Scalar, E> {
        word.parse().map(Scalar::Word).map_err(E::custom)
    }
}
