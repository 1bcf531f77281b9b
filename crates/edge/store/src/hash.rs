//! The hash of an entry, fixed for ever, and the keyed digest of a blob.
//!
//! SHA-256 over the tag and then every column of `entry` but the last, in the order of the table.
//! Each field is its length in bytes (64 bits, big endian) and its bytes; a number is 64 bits, big
//! endian; an absent `on_behalf_of` has the length 2⁶⁴−1 and no bytes, so it differs from an empty one.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::journal::RawEntry;

/// A SHA-256 value; shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct HashMalformed;

impl Hash {
    /// What the first entry gives as the hash of the entry before it.
    pub const ZERO: Self = Self([0; 32]);

    /// Takes the 32 bytes as they are.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        <[u8; 32]>::try_from(bytes).ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Hash {
    type Err = HashMalformed;

    fn from_str(text: &str) -> Result<Self, HashMalformed> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(HashMalformed);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .ok_or(HashMalformed)?;
        }
        Ok(Self(bytes))
    }
}

/// The keyed digest of a blob as entries hold it: hexadecimal HMAC-SHA-256 under the blob's own key.
///
/// The key goes with the blob, so after an erasure the digest tells nothing about the content.
pub fn digest(key: &[u8], bytes: &[u8]) -> String {
    let mut mac = DigestState::begin(key);
    mac.update(bytes);
    mac.finish()
}

/// A digest in the making, for blobs that come in chunks.
#[derive(Clone)]
pub(crate) struct DigestState(Option<Hmac<Sha256>>);

impl DigestState {
    pub(crate) fn begin(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).ok()) // HMAC takes a key of any length
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if let Some(mac) = &mut self.0 {
            mac.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0
            .and_then(|mac| Hash::from_slice(&mac.finalize().into_bytes()))
            .map_or_else(String::new, |hash| hash.to_string())
    }
}

/// The hash of an entry over everything but the hash it claims.
pub(crate) fn hash_of(entry: &RawEntry) -> Hash {
    let mut fields = Fields(Sha256::new_with_prefix(TAG));
    fields.number(entry.position);
    fields.bytes(entry.stream.as_bytes());
    fields.number(entry.version);
    fields.bytes(entry.realm.as_bytes());
    fields.number(entry.recorded_at);
    fields.number(entry.happened_at);
    fields.bytes(entry.actor.as_bytes());
    match &entry.on_behalf_of {
        Some(person) => fields.bytes(person.as_bytes()),
        None => fields.absent(),
    }
    fields.bytes(entry.command_id.as_bytes());
    fields.bytes(entry.kind.as_bytes());
    fields.number(entry.kind_version);
    fields.bytes(entry.payload.as_bytes());
    fields.bytes(&entry.previous);
    Hash(fields.0.finalize().into())
}

struct Fields(Sha256);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) {
        // A length that does not fit 64 bits cannot be in memory.
        self.0.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(bytes);
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    fn absent(&mut self) {
        self.0.update(u64::MAX.to_be_bytes());
    }
}

/// Keeps a hash of an entry apart from a hash of anything else.
const TAG: &[u8] = b"fengsui-entry-v1\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> RawEntry {
        RawEntry {
            position: 7,
            stream: "report:rep_00000000000000000000000003".to_owned(),
            version: 2,
            realm: "live".to_owned(),
            recorded_at: 1_790_000_000_000_001,
            happened_at: 1_789_999_999_123_456,
            actor: "per_00000000000000000000000001".to_owned(),
            on_behalf_of: None,
            command_id: "cmd_00000000000000000000000009".to_owned(),
            kind: "report-accepted".to_owned(),
            kind_version: 1,
            payload: r#"{"title":"客户数据被窃"}"#.to_owned(),
            previous: (0..32).collect(),
            hash: Vec::new(),
        }
    }

    /// The same bytes were put together and hashed by another program in another language.
    #[test]
    fn the_hash_of_an_entry_is_frozen() {
        assert_eq!(
            hash_of(&entry()).to_string(),
            "9f82afa107c2b0301d25dd34223bb57f9fb8fc2804bc54280aa64dd41883904e"
        );
        let by_telephone =
            RawEntry { on_behalf_of: Some("per_00000000000000000000000002".to_owned()), ..entry() };
        assert_eq!(
            hash_of(&by_telephone).to_string(),
            "070333452f5b3c9c1d5fe22b41fc6723e996502e96b9b409d2c098ac7734ca4f"
        );
    }

    #[test]
    fn nobody_and_an_empty_name_hash_differently() {
        let empty = RawEntry { on_behalf_of: Some(String::new()), ..entry() };
        assert_ne!(hash_of(&entry()), hash_of(&empty));
    }

    #[test]
    fn a_letter_that_moves_to_the_next_field_changes_the_hash() {
        let moved = RawEntry {
            actor: "per_0000000000000000000000000".to_owned(),
            on_behalf_of: Some("1".to_owned()),
            ..entry()
        };
        let unmoved = RawEntry { on_behalf_of: Some(String::new()), ..entry() };
        assert_ne!(hash_of(&moved), hash_of(&unmoved));
    }

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = hash_of(&entry());
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!("+f".repeat(32).parse::<Hash>().is_err());
    }

    /// Test case 2 of RFC 4231.
    #[test]
    fn the_digest_is_the_standard_one() {
        assert_eq!(
            digest(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
