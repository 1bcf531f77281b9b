//! The client against peers on loopback: well-behaved, slow, and hostile ones.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[path = "outbound/http.rs"]
mod http;
#[path = "outbound/peer.rs"]
mod peer;
#[path = "outbound/smtp.rs"]
mod smtp;
#[path = "outbound/syslog.rs"]
mod syslog;
#[path = "outbound/time.rs"]
mod time;
#[path = "outbound/tls.rs"]
mod tls;
