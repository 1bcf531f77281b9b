//! The one client for HTTP and mail: bounded in time and in size, and in where it connects.
//!
//! Every connection is made to an address that was looked up and judged here, so a name that
//! points somewhere else at the second look gains nothing. What became of a sending is an
//! [`Outcome`]: *unknown* is one of its values, and never called delivered or failed.
//! What is sent, to whom and when again is not decided here, and nothing is tried twice.
//!
//! Start reading at [`Smtp::send`] and [`Http::send`]; both stand on [`Dialler`].

mod answer;
mod dial;
mod http;
mod names;
mod network;
mod outcome;
mod smtp;
mod syslog;
mod time;
mod tls;

pub use lettre::Address as MailAddress;
pub use url::Url;

pub use answer::Answer;
pub use dial::Dialler;
pub use http::{Got, Http, HttpFault, HttpLimits, Method, Request};
pub use names::Names;
pub use network::{Network, NetworkMalformed, Reach, Standing};
pub use outcome::Outcome;
pub use smtp::{Credentials, Letter, Security, Smtp, SmtpLimits, SmtpRoute, SmtpRouteMalformed};
pub use syslog::{
    Facility, FacilityUnknown, Severity, Syslog, SyslogLimits, SyslogRecord, SyslogRoute,
    SyslogWire,
};
pub use time::{TimeFault, TimeServer};
pub use tls::{Trust, TrustMalformed};
