//! Signatures of packs: made by whoever issues a pack, held against the keys that are trusted here.
//!
//! What is signed is a tag of this purpose and the SHA-256 of the pack's bytes, so a signature made for
//! something else never counts here. Ed25519 always; SM2 where the program was built with it. Keys and
//! signatures are texts: `ed25519:` and hexadecimal digits.
//!
//! Start reading at [`verdict`].

use std::fmt;
use std::str::FromStr;

use fengsui_response::SignatureVerdict;
use fengsui_response::centre::SignatureDemand;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::secret::hex;

/// Whose signatures count here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Whether a pack must have one.
    pub demand: SignatureDemand,
    /// The keys, with the name of whoever holds each.
    pub keys: Vec<TrustedKey>,
}

/// A key that is trusted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// Who holds it, as records call it.
    pub name: String,
    /// The key.
    pub key: PublicKey,
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Ed25519.
    Ed25519,
    /// SM2 with SM3, GB/T 32918; the program must have been built with it.
    Sm2,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey {
    /// For which signatures.
    pub algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// How it was made.
    pub algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// A secret key. It is shown to nobody but whoever asks for its text.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// For which signatures.
    pub algorithm: Algorithm,
    seed: [u8; 32],
}

/// A key or signature that cannot be read or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// Not of this form.
    #[error("write `ed25519:` or `sm2:` and {digits} hexadecimal digits")]
    Malformed {
        /// How many digits are needed.
        digits: usize,
    },
    /// The program was built without it.
    #[error("this program was built without {0}; use ed25519, or a program that has it")]
    NotBuiltIn(Algorithm),
    /// The bytes are no key.
    #[error("these bytes are no key of {0}")]
    NoKey(Algorithm),
}

/// What the signature of these bytes is worth here.
pub fn verdict(trust: &Trust, bytes: &[u8], signature: Option<&Signature>) -> SignatureVerdict {
    let Some(signature) = signature else { return SignatureVerdict::Unsigned };
    let made_it = |trusted: &&TrustedKey| trusted.key.holds(bytes, signature);
    match trust.keys.iter().find(made_it) {
        Some(trusted) => SignatureVerdict::ValidBy(trusted.name.clone()),
        None => SignatureVerdict::Wrong,
    }
}

impl SigningKey {
    /// A key from 32 bytes that nobody can guess.
    pub fn generate(algorithm: Algorithm, seed: [u8; 32]) -> Result<Self, SignatureFault> {
        let key = Self { algorithm, seed };
        key.public()?;
        Ok(key)
    }

    /// The key that others hold signatures against.
    pub fn public(&self) -> Result<PublicKey, SignatureFault> {
        let bytes = match self.algorithm {
            Algorithm::Ed25519 => self.ed25519()?.public_key().as_ref().to_vec(),
            Algorithm::Sm2 => sm2::public(&self.seed)?,
        };
        Ok(PublicKey { algorithm: self.algorithm, bytes })
    }

    /// Signs the bytes of a pack.
    pub fn sign(&self, bytes: &[u8]) -> Result<Signature, SignatureFault> {
        let message = message(bytes);
        let bytes = match self.algorithm {
            Algorithm::Ed25519 => self.ed25519()?.sign(&message).as_ref().to_vec(),
            Algorithm::Sm2 => sm2::sign(&self.seed, &message)?,
        };
        Ok(Signature { algorithm: self.algorithm, bytes })
    }

    /// The secret itself, to be kept in a file that only its holder reads.
    pub fn secret_text(&self) -> String {
        format!("{}:{}", self.algorithm, hex(&self.seed))
    }

    fn ed25519(&self) -> Result<Ed25519KeyPair, SignatureFault> {
        Ed25519KeyPair::from_seed_unchecked(&self.seed)
            .map_err(|_rejected| SignatureFault::NoKey(Algorithm::Ed25519))
    }
}

impl PublicKey {
    /// Whether this signature of these bytes was made with this key.
    pub fn holds(&self, bytes: &[u8], signature: &Signature) -> bool {
        if self.algorithm != signature.algorithm {
            return false;
        }
        let message = message(bytes);
        match self.algorithm {
            Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &self.bytes)
                .verify(&message, &signature.bytes)
                .is_ok(),
            Algorithm::Sm2 => sm2::holds(&self.bytes, &message, &signature.bytes),
        }
    }
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2 => "sm2",
        }
    }

    const fn public_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Sm2 => 65, // an uncompressed point
        }
    }
}

impl FromStr for SigningKey {
    type Err = SignatureFault;

    fn from_str(text: &str) -> Result<Self, SignatureFault> {
        let (algorithm, bytes) = parts(text, |_| SEED_BYTES)?;
        let malformed = |_| SignatureFault::Malformed { digits: SEED_BYTES * 2 };
        Self::generate(algorithm, bytes.try_into().map_err(malformed)?)
    }
}

impl FromStr for PublicKey {
    type Err = SignatureFault;

    fn from_str(text: &str) -> Result<Self, SignatureFault> {
        let (algorithm, bytes) = parts(text, Algorithm::public_bytes)?;
        Ok(Self { algorithm, bytes })
    }
}

impl FromStr for Signature {
    type Err = SignatureFault;

    fn from_str(text: &str) -> Result<Self, SignatureFault> {
        let (algorithm, bytes) = parts(text, |_| SIGNATURE_BYTES)?;
        Ok(Self { algorithm, bytes })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm, hex(&self.bytes))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm, hex(&self.bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.algorithm)
    }
}

/// The tag keeps a signature of a pack from being one of anything else, and the other way round.
fn message(bytes: &[u8]) -> Vec<u8> {
    let mut message = TAG.to_vec();
    message.extend_from_slice(&Sha256::digest(bytes));
    message
}

fn parts(
    text: &str,
    bytes_of: impl Fn(Algorithm) -> usize,
) -> Result<(Algorithm, Vec<u8>), SignatureFault> {
    let digits = bytes_of(Algorithm::Ed25519) * 2;
    let (name, digits_of) =
        text.trim().split_once(':').ok_or(SignatureFault::Malformed { digits })?;
    let algorithm = match name {
        "ed25519" => Algorithm::Ed25519,
        "sm2" => Algorithm::Sm2,
        _ => return Err(SignatureFault::Malformed { digits }),
    };
    let length = bytes_of(algorithm);
    let malformed = SignatureFault::Malformed { digits: length * 2 };
    match bytes_of_hex(digits_of, length) {
        Some(bytes) => Ok((algorithm, bytes)),
        None => Err(malformed),
    }
}

fn bytes_of_hex(digits: &str, length: usize) -> Option<Vec<u8>> {
    if digits.len() != length * 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok();
    (0..length).map(pair).collect()
}

#[cfg(feature = "sm2")]
mod sm2 {
    use ::sm2::dsa::signature::{Signer, Verifier};
    use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};

    use super::{Algorithm, SignatureFault};

    /// Who signs, in the sense of GB/T 35276: the standard's own value where nothing is agreed on.
    const IDENTITY: &str = "1234567812345678";

    pub(super) fn public(seed: &[u8; 32]) -> Result<Vec<u8>, SignatureFault> {
        Ok(key(seed)?.verifying_key().to_sec1_bytes().to_vec())
    }

    pub(super) fn sign(seed: &[u8; 32], message: &[u8]) -> Result<Vec<u8>, SignatureFault> {
        let signature: Signature = key(seed)?.try_sign(message).map_err(no_key)?;
        Ok(signature.to_bytes().to_vec())
    }

    pub(super) fn holds(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_sec1_bytes(IDENTITY, public) else { return false };
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        key.verify(message, &signature).is_ok()
    }

    fn key(seed: &[u8; 32]) -> Result<SigningKey, SignatureFault> {
        SigningKey::from_bytes(IDENTITY, seed.into()).map_err(no_key)
    }

    fn no_key<E>(_rejected: E) -> SignatureFault {
        SignatureFault::NoKey(Algorithm::Sm2)
    }
}

#[cfg(not(feature = "sm2"))]
mod sm2 {
    use super::{Algorithm, SignatureFault};

    pub(super) const fn public(_seed: &[u8; 32]) -> Result<Vec<u8>, SignatureFault> {
        Err(SignatureFault::NotBuiltIn(Algorithm::Sm2))
    }

    pub(super) const fn sign(_seed: &[u8; 32], _message: &[u8]) -> Result<Vec<u8>, SignatureFault> {
        Err(SignatureFault::NotBuiltIn(Algorithm::Sm2))
    }

    pub(super) const fn holds(_public: &[u8], _message: &[u8], _signature: &[u8]) -> bool {
        false
    }
}

/// What a signature of a pack is for.
const TAG: &[u8] = b"fengsui plan pack v1\0";

/// Bytes of a secret.
const SEED_BYTES: usize = 32;

/// Bytes of a signature, by either algorithm.
const SIGNATURE_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &[u8] = b"format = 1";

    fn signer(seed: u8) -> SigningKey {
        SigningKey::generate(Algorithm::Ed25519, [seed; 32]).unwrap()
    }

    fn trusting(key: &SigningKey) -> Trust {
        let trusted = TrustedKey { name: "市网信办".to_owned(), key: key.public().unwrap() };
        Trust { demand: SignatureDemand::Valid, keys: vec![trusted] }
    }

    #[test]
    fn a_signature_counts_for_these_bytes_by_this_key_only() {
        let (key, other) = (signer(1), signer(2));
        let trust = trusting(&key);
        let signature = key.sign(PACK).unwrap();
        let valid = SignatureVerdict::ValidBy("市网信办".to_owned());
        assert_eq!(verdict(&trust, PACK, Some(&signature)), valid);
        assert_eq!(verdict(&trust, PACK, None), SignatureVerdict::Unsigned);
        assert_eq!(verdict(&trust, b"format = 2", Some(&signature)), SignatureVerdict::Wrong);
        let stranger = other.sign(PACK).unwrap();
        assert_eq!(verdict(&trust, PACK, Some(&stranger)), SignatureVerdict::Wrong);
    }

    #[test]
    fn a_signature_of_the_bare_bytes_or_digest_does_not_count() {
        let key = signer(1);
        for message in [PACK.to_vec(), Sha256::digest(PACK).to_vec()] {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
            let bytes = pair.sign(&message).as_ref().to_vec();
            let signature = Signature { algorithm: Algorithm::Ed25519, bytes };
            assert_eq!(verdict(&trusting(&key), PACK, Some(&signature)), SignatureVerdict::Wrong);
        }
    }

    #[test]
    fn keys_and_signatures_are_read_as_they_are_written() {
        let key = signer(7);
        let public = key.public().unwrap();
        let signature = key.sign(PACK).unwrap();
        assert_eq!(key.secret_text().parse(), Ok(key.clone()));
        assert_eq!(public.to_string().parse(), Ok(public));
        assert_eq!(signature.to_string().parse(), Ok(signature));
        assert!(!format!("{key:?}").contains("0707"), "a secret is not logged");
        for wrong in ["", "ed25519", "ed25519:00", "rsa:00", "ed25519:zz", "ed25519:é"] {
            assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
        }
    }

    #[cfg(not(feature = "sm2"))]
    #[test]
    fn a_program_without_sm2_says_so() {
        let refused = SigningKey::generate(Algorithm::Sm2, [1; 32]);
        assert_eq!(refused, Err(SignatureFault::NotBuiltIn(Algorithm::Sm2)));
    }

    #[cfg(feature = "sm2")]
    #[test]
    fn a_signature_by_sm2_counts_as_one_by_ed25519_does() {
        let key = SigningKey::generate(Algorithm::Sm2, [1; 32]).unwrap();
        let signature = key.sign(PACK).unwrap();
        let valid = SignatureVerdict::ValidBy("市网信办".to_owned());
        assert_eq!(verdict(&trusting(&key), PACK, Some(&signature)), valid);
        assert_eq!(verdict(&trusting(&key), b"x", Some(&signature)), SignatureVerdict::Wrong);
        assert_eq!(signature.to_string().parse(), Ok(signature));
    }
}
