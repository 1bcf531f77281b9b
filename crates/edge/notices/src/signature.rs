//! How a webhook proves that it comes from here, and how the other side checks it.
//!
//! | header | holds |
//! |---|---|
//! | `fengsui-timestamp` | seconds since 1970, when this attempt was made |
//! | `fengsui-signature` | `v1=` and HMAC-SHA-256, in hex, over the timestamp, a full stop and the body |
//! | `idempotency-key` | the id of the message: the same for every attempt |
//!
//! The receiver checks the signature over the bytes as they came, refuses a timestamp more than
//! [`WINDOW`] from its own clock, and carries out each key once. The secret belongs to one destination.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// The header with the time of the attempt.
pub const TIMESTAMP: &str = "fengsui-timestamp";

/// The header with the signature.
pub const SIGNATURE: &str = "fengsui-signature";

/// The header with the id of the message.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// How far the clocks may be apart, and how long a request that was overheard can be played again.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// What one destination and this centre know, and nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A secret that could be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this secret has {bytes} bytes; at least {SECRET_BYTES_MIN} are needed")]
pub struct SecretTooShort {
    bytes: usize,
}

/// Why a request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// The headers are not of the form above.
    #[error("the signature or its time is malformed")]
    Malformed,
    /// Too old, or from the future.
    #[error("the time of the request is too far from ours")]
    OutsideWindow,
    /// Made with another secret, or over other bytes.
    #[error("the signature does not belong to this request")]
    Forged,
}

impl Secret {
    /// A secret of at least 16 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretTooShort> {
        let bytes = bytes.into();
        if bytes.len() < SECRET_BYTES_MIN {
            return Err(SecretTooShort { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The value of the signature header for a body at a time.
    pub fn sign(&self, at: Timestamp, body: &[u8]) -> String {
        let signature = self.mac(at.as_second(), body).finalize().into_bytes();
        let digits = signature.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
        VERSION.chars().chain(digits).collect()
    }

    /// Whether a request with these headers and this body was made with this secret, lately.
    pub fn check(
        &self,
        timestamp: &str,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), NotBelieved> {
        let malformed = NotBelieved::Malformed;
        let seconds: i64 = timestamp.parse().ok().ok_or(malformed)?;
        let at = Timestamp::from_second(seconds).ok().ok_or(malformed)?;
        let digits = signature.strip_prefix(VERSION).ok_or(malformed)?;
        let signature = bytes_of_hex(digits).ok_or(malformed)?;
        if now.duration_since(at).abs() > WINDOW {
            return Err(NotBelieved::OutsideWindow);
        }
        // Compares in constant time.
        self.mac(seconds, body).verify_slice(&signature).map_err(|_forged| NotBelieved::Forged)
    }

    fn mac(&self, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(seconds.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(kept)")
    }
}

fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| u8::try_from(high * 16 + low).ok()).collect()
}

/// The way of signing; another way would have another name.
const VERSION: &str = "v1=";

const SECRET_BYTES_MIN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn secret() -> Secret {
        Secret::new(*b"0123456789abcdef").unwrap()
    }

    #[test]
    fn the_signature_is_the_one_that_others_compute() {
        // printf '1773450000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
        assert_eq!(
            secret().sign(at(1_773_450_000), b"{}"),
            "v1=57d3a8c8e24692d1da3527aecef0cb36232a31cc6a63499098de8f66f8e2d021"
        );
    }

    #[test]
    fn only_the_same_bytes_lately_signed_are_believed() {
        let signature = secret().sign(at(1000), b"body");
        let check = |body: &[u8], now| secret().check("1000", &signature, body, at(now));
        assert_eq!(check(b"body", 1300), Ok(()));
        assert_eq!(check(b"body", 700), Ok(()));
        assert_eq!(check(b"body", 1301), Err(NotBelieved::OutsideWindow));
        assert_eq!(check(b"body", 699), Err(NotBelieved::OutsideWindow));
        assert_eq!(check(b"bodz", 1000), Err(NotBelieved::Forged));
        let later = secret().check("1001", &signature, b"body", at(1000));
        assert_eq!(later, Err(NotBelieved::Forged));
        let other = Secret::new(*b"fedcba9876543210").unwrap();
        assert_eq!(other.check("1000", &signature, b"body", at(1000)), Err(NotBelieved::Forged));
    }

    #[test]
    fn headers_of_another_form_are_refused() {
        for (timestamp, signature) in
            [("", "v1=00"), ("x", "v1=00"), ("1000", "00"), ("1000", "v1=0"), ("1000", "v1=xx")]
        {
            let checked = secret().check(timestamp, signature, b"", at(1000));
            assert_eq!(checked, Err(NotBelieved::Malformed), "{timestamp} {signature}");
        }
        assert_eq!(secret().check("1000", "v1=00", b"", at(1000)), Err(NotBelieved::Forged));
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_shown() {
        assert!(Secret::new(*b"short").is_err());
        assert_eq!(format!("{:?}", secret()), "Secret(kept)");
    }
}
