//! One HTTP request, bounded, over a connection of its own.
//!
//! Nothing is kept between requests: no cookies, no connections, no proxies. A redirect is followed
//! only where it was allowed, only for reading, and every hop is judged like the first.

mod exchange;

use std::time::Duration;

pub use hyper::Method;
use hyper::StatusCode;
use hyper::header::{
    AUTHORIZATION, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use jiff::fmt::rfc2822;
use url::{Origin, Url};

use crate::answer::Answer;
use crate::dial::{DialFault, Dialler};
use crate::network::Wire;
use crate::outcome::Outcome;
use exchange::{Exchange, TooLarge};

/// A client for HTTP and HTTPS.
#[derive(Clone, Debug)]
pub struct Http {
    dialler: Dialler,
    limits: HttpLimits,
}

/// How patient we are, and how much is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// For sending the request and receiving the head of the answer.
    pub answer_max: Duration,
    /// For the rest of the answer.
    pub body_max: Duration,
    /// How many bytes the body of an answer may have.
    pub body_bytes_max: usize,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    redirects_max: u8,
}

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Got {
    /// 200, 404.
    pub status: u16,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpFault {
    /// The request is one that this program does not make; it would not be made later either.
    #[error("{0}")]
    NotAllowed(String),
    /// Nothing was sent.
    #[error("{0}")]
    NotSent(String),
    /// It was sent, or part of it, and the answer did not come whole.
    #[error("{0}")]
    Unanswered(String),
    /// The answer is larger than the limit.
    #[error("the answer has more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
}

impl Request {
    /// Asks for what is at a place.
    pub fn read(url: Url) -> Self {
        let headers = HeaderMap::new();
        Self { method: Method::GET, url, headers, body: Vec::new(), redirects_max: 0 }
    }

    /// Hands something in.
    pub fn post(url: Url, body: Vec<u8>) -> Self {
        Self { method: Method::POST, url, headers: HeaderMap::new(), body, redirects_max: 0 }
    }

    /// With a header. Bytes that would end the line are refused.
    pub fn with(mut self, name: &'static str, value: &str) -> Result<Self, HttpFault> {
        let value = HeaderValue::from_str(value).map_err(|_invalid| {
            HttpFault::NotAllowed(format!("`{name}` cannot have this value"))
        })?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// Follows so many redirects, if this is reading.
    #[must_use]
    pub fn following(mut self, redirects_max: u8) -> Self {
        self.redirects_max = redirects_max;
        self
    }

    /// The request at the next place, if the answer names one that may be followed.
    fn redirected(&self, got: &Got) -> Option<Self> {
        let is_redirect = matches!(got.status, 301 | 302 | 303 | 307 | 308);
        let left = self.redirects_max.checked_sub(1)?;
        if !is_redirect || self.method != Method::GET {
            return None;
        }
        let place = got.headers.get(LOCATION)?.to_str().ok()?;
        let url = self.url.join(place).ok()?;
        let mut next = Self { url, redirects_max: left, ..self.clone() };
        if next.origin() != self.origin() {
            next.headers.remove(AUTHORIZATION);
        }
        Some(next)
    }

    fn origin(&self) -> Origin {
        self.url.origin()
    }
}

impl Http {
    /// Over connections of `dialler`.
    pub fn new(dialler: Dialler) -> Self {
        Self { dialler, limits: HttpLimits::default() }
    }

    /// With other limits.
    #[must_use]
    pub fn limited(mut self, limits: HttpLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes a request and reads the answer to its end.
    pub async fn fetch(&self, request: Request) -> Result<Got, HttpFault> {
        let mut request = request;
        loop {
            let got = self.exchanged(&request, TooLarge::IsAFault).await?;
            match request.redirected(&got) {
                Some(next) => request = next,
                None => return Ok(got),
            }
        }
    }

    /// Hands something in and says what became of it. Redirects are not followed.
    pub async fn send(&self, request: Request) -> Outcome {
        match self.exchanged(&request, TooLarge::IsCut).await {
            Ok(got) => got.outcome(),
            Err(fault) => fault.into(),
        }
    }

    async fn exchanged(&self, request: &Request, large: TooLarge) -> Result<Got, HttpFault> {
        let place = Place::of(&request.url)?;
        let opened = self.dialler.connect(place.host, place.port, place.wire).await?;
        let stream = match place.wire {
            Wire::Encrypted => self.dialler.encrypt(opened, place.host).await?,
            Wire::Clear => opened,
        };
        Exchange { request, limits: self.limits, large }.over(stream).await
    }
}

impl Got {
    fn outcome(&self) -> Outcome {
        let answer = self.answer();
        match self.status {
            200..300 => Outcome::Delivered { answer },
            408 | 425 | 429 | 503 => {
                Outcome::Deferred { answer, retry_after: retry_after(&self.headers) }
            }
            // Who we are is refused, not what we brought.
            401 | 407 => Outcome::Refused { permanent: false, answer },
            0..200 | 300..500 | 501 | 505 => Outcome::Refused { permanent: true, answer },
            // The other side had everything and then failed, or stands between us and whoever did.
            500.. => Outcome::Unknown { why: answer },
        }
    }

    fn answer(&self) -> Answer {
        let said = String::from_utf8_lossy(&self.body);
        let known = StatusCode::from_u16(self.status).ok().and_then(|code| code.canonical_reason());
        let text = if said.trim().is_empty() { known.unwrap_or_default() } else { &*said };
        Answer::coded(self.status, text)
    }
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            answer_max: Duration::from_secs(30),
            body_max: Duration::from_secs(30),
            body_bytes_max: 1024 * 1024,
        }
    }
}

impl From<DialFault> for HttpFault {
    fn from(fault: DialFault) -> Self {
        let why = fault.to_string();
        match Outcome::from(fault) {
            Outcome::Refused { .. } => Self::NotAllowed(why),
            Outcome::Delivered { .. } | Outcome::Deferred { .. } | Outcome::Unknown { .. } => {
                Self::NotSent(why)
            }
        }
    }
}

impl From<HttpFault> for Outcome {
    fn from(fault: HttpFault) -> Self {
        match fault {
            HttpFault::NotAllowed(why) => Self::misconfigured(why),
            HttpFault::NotSent(why) => Self::deferred(why),
            HttpFault::Unanswered(why) => Self::unknown(why),
            HttpFault::TooLarge { .. } => Self::unknown(fault),
        }
    }
}

/// Where a URL leads.
struct Place<'a> {
    host: &'a str,
    port: u16,
    wire: Wire,
}

impl<'a> Place<'a> {
    fn of(url: &'a Url) -> Result<Self, HttpFault> {
        let not_allowed = |why: &str| HttpFault::NotAllowed(why.to_owned());
        let wire = match url.scheme() {
            "https" => Wire::Encrypted,
            "http" => Wire::Clear,
            other => return Err(not_allowed(&format!("`{other}` is neither https nor http"))),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(not_allowed("a password does not belong in a URL"));
        }
        let host = url.host_str().ok_or_else(|| not_allowed("the URL names no host"))?;
        let port = url.port_or_known_default().ok_or_else(|| not_allowed("the URL has no port"))?;
        Ok(Self { host, port, wire })
    }
}

/// How long the other side asks to wait: seconds, or a date beside its own date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match asked.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_not_a_number) => {
            let now = headers.get(DATE)?.to_str().ok()?;
            let until = rfc2822::parse(asked).ok()?.timestamp();
            let now = rfc2822::parse(now).ok()?.timestamp();
            Duration::try_from(until.duration_since(now)).ok()?
        }
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Nobody may ask us to be silent for longer than this.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn got(status: u16, headers: &[(&'static str, &str)]) -> Got {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        Got { status, headers: map, body: Vec::new() }
    }

    fn waits(headers: &[(&'static str, &str)]) -> Option<u64> {
        match got(429, headers).outcome() {
            Outcome::Deferred { retry_after, .. } => retry_after.map(|wait| wait.as_secs()),
            Outcome::Delivered { .. } | Outcome::Refused { .. } | Outcome::Unknown { .. } => None,
        }
    }

    #[test]
    fn the_wait_that_is_asked_for_is_seconds_or_a_date_and_bounded() {
        let date = ("date", "Sat, 14 Mar 2026 09:00:00 GMT");
        assert_eq!(waits(&[]), None);
        assert_eq!(waits(&[("retry-after", "120")]), Some(120));
        assert_eq!(waits(&[("retry-after", "Sat, 14 Mar 2026 09:02:00 GMT"), date]), Some(120));
        assert_eq!(waits(&[("retry-after", "Sat, 14 Mar 2026 08:00:00 GMT"), date]), None);
        assert_eq!(waits(&[("retry-after", "99999999999999")]), Some(3600));
        assert_eq!(waits(&[("retry-after", "soon")]), None);
    }

    #[test]
    fn each_status_says_what_must_happen_next() {
        let kind = |status| match got(status, &[]).outcome() {
            Outcome::Delivered { .. } => "delivered",
            Outcome::Refused { permanent: true, .. } => "refused",
            Outcome::Refused { permanent: false, .. } => "setting",
            Outcome::Deferred { .. } => "deferred",
            Outcome::Unknown { .. } => "unknown",
        };
        let told = [200, 204, 301, 400, 401, 404, 410, 429, 500, 501, 502, 503, 504].map(kind);
        assert_eq!(
            told,
            [
                "delivered",
                "delivered",
                "refused",
                "refused",
                "setting",
                "refused",
                "refused",
                "deferred",
                "unknown",
                "refused",
                "unknown",
                "deferred",
                "unknown"
            ]
        );
    }
}
