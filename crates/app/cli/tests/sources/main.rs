//! Sources as a real centre runs them: configured, sent to the started program, found in the lake by `fengsui lake query`,
//! and nothing lost or doubled where the program is killed meanwhile.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]
#![expect(clippy::expect_used, reason = "a test stops at what it does not expect")]
#![expect(clippy::panic, reason = "a test stops at what it does not expect")]
#![expect(clippy::indexing_slicing, reason = "a test stops at what it does not expect")]

mod known;
mod mail;
mod pull;
mod push;
mod rig;
mod sampling;
mod stream;
mod syslog;
