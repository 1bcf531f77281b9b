//! What goes out: mail and webhooks, in both languages, and the bounces that come back.
//!
//! A [`Message`] is composed from typed words ([`Notice`]), sent once by [`Notices`], and what became
//! of it is an [`Outcome`]. Who must be told, and when again, is decided elsewhere: that is a duty.
//! Nothing of an exercise leaves this crate.
//!
//! Start reading at [`Sender`]; how a webhook proves where it comes from is at [`signature`].

mod bounce;
mod heartbeat;
mod mail;
mod message;
mod notice;
mod sender;
pub mod signature;
mod webhook;
mod words;

pub use fengsui_outbound::{MailAddress, Outcome, Url};
pub use heartbeat::Heartbeat;

pub use bounce::{Bounce, BounceMalformed, Fate, bounces_of};
pub use mail::Mailbox;
pub use message::{Attempt, Destination, Message, MessageId, MessageIdMalformed};
pub use notice::{
    ApprovalAsked, CallOut, Centre, DirectiveIssued, DutyDue, DutyMissed, HandOverReady, Moment,
    Notice, Plain, ReportReceived, Words,
};
pub use sender::{MailRoute, Notices, Sender};
pub use signature::Secret;
pub use words::{Passage, Phrase};
