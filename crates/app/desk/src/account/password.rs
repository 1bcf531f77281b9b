//! Passwords: argon2id with the defaults of the crate, a salt of their own each.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// Characters a password must have at least.
pub const PASSWORD_CHARS_MIN: usize = 10;

/// Characters a password may have at most: hashing must stay bounded.
const PASSWORD_CHARS_MAX: usize = 200;

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use between {PASSWORD_CHARS_MIN} and {PASSWORD_CHARS_MAX} characters")]
pub struct PasswordWeak;

/// Hashes a password with a salt that was drawn for it.
pub(crate) fn hashed(password: &str, salt: [u8; 32]) -> Result<String, PasswordWeak> {
    let chars = password.chars().count();
    if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&chars) {
        return Err(PasswordWeak);
    }
    let hash: argon2::password_hash::phc::PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt.get(..16).unwrap_or(&salt))
        .map_err(|_refused| PasswordWeak)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. Takes as long as hashing does.
pub(crate) fn is_right(password: &str, hash: &str) -> bool {
    password.chars().count() <= PASSWORD_CHARS_MAX
        && Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}
