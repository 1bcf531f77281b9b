//! Hashes and derived secrets.

use fengsui_vocabulary::ReportId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Characters of a receipt secret: 60 bits, behind a rate limit.
const RECEIPT_SECRET_CHARS: usize = 12;

/// Letters of secrets that people type: no letter that looks like a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What opens a receipt besides its number. Derived, so that a repeat of a report gets the same.
pub(crate) fn receipt_secret(key: &[u8; 32], report: ReportId) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new(); // HMAC takes keys of any length
    };
    mac.update(b"fengsui-receipt-v1\n");
    mac.update(&report.bits().to_be_bytes());
    mac.finalize().into_bytes().into_iter().take(RECEIPT_SECRET_CHARS).map(letter).collect()
}

/// Letters of a number that people read to each other.
pub(crate) fn letters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(letter).collect()
}

fn letter(byte: u8) -> char {
    LETTERS.get(usize::from(byte % 32)).map_or('0', |&letter| char::from(letter))
}
