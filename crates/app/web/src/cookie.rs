//! Cookies: few, opaque, never read by scripts.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

/// Cookies of one request that are looked at.
const COOKIES_MAX: usize = 50;

/// What bound cookies are called by browsers that reach us over TLS.
const PREFIX: &str = "__Host-";

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<(String, String)>);

/// A cookie to set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookie<'a> {
    name: &'a str,
    value: &'a str,
    lasts: Option<SignedDuration>,
}

impl Jar {
    /// Reads the cookies of a request. Over TLS only those bound to this host count.
    pub(crate) fn read(headers: &HeaderMap, is_secure: bool) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let name = if is_secure { name.strip_prefix(PREFIX)? } else { name };
            Some((name.to_owned(), value.to_owned()))
        });
        Self(pairs.take(COOKIES_MAX).collect())
    }

    /// The value of a cookie.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl<'a> Cookie<'a> {
    /// A cookie that lasts until the browser is closed.
    pub(crate) const fn new(name: &'a str, value: &'a str) -> Self {
        Self { name, value, lasts: None }
    }

    /// The same for a time.
    pub(crate) const fn lasting(mut self, lasts: SignedDuration) -> Self {
        self.lasts = Some(lasts);
        self
    }

    /// What the browser is told.
    pub(crate) fn header(self, is_secure: bool) -> HeaderValue {
        let (prefix, secure) = if is_secure { (PREFIX, "; Secure") } else { ("", "") };
        let lasts = self.lasts.map_or_else(String::new, |it| format!("; Max-Age={}", it.as_secs()));
        let (name, value) = (self.name, self.value);
        let text = format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lasts}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// What makes the browser forget a cookie.
pub(crate) fn gone(name: &str, is_secure: bool) -> HeaderValue {
    Cookie::new(name, "").lasting(SignedDuration::ZERO).header(is_secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_only_cookies_of_this_host_count() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "session=planted; __Host-session=ours".parse().unwrap());
        assert_eq!(Jar::read(&headers, true).get("session"), Some("ours"));
        assert_eq!(Jar::read(&headers, false).get("session"), Some("planted"));
    }

    #[test]
    fn a_cookie_is_for_this_host_and_not_for_scripts() {
        let header = Cookie::new("session", "x").header(true);
        assert_eq!(header, "__Host-session=x; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
