//! What a browser without an account carries: a token for its forms, and for a short while a pass to
//! the one report whose number and secret were named.

use fengsui_vocabulary::ReportId;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Desk;
use crate::secret::hex;

/// How long a receipt stays open in a browser after its number and secret were named.
const PASS_FOR: SignedDuration = SignedDuration::from_mins(30);

impl Desk {
    /// A token for the forms of a browser without a session.
    pub fn form_token(&self) -> String {
        hex(&self.ids().secret())
    }

    /// A pass to one report, for whoever has just proved to hold its receipt.
    pub fn receipt_pass(&self, report: ReportId) -> String {
        let until = (self.now() + PASS_FOR).as_second();
        format!("{report}.{until}.{}", self.pass_seal(report, until))
    }

    /// The report of a pass, while the pass holds.
    pub fn receipt_of_pass(&self, pass: &str) -> Option<ReportId> {
        let mut parts = pass.splitn(3, '.');
        let report: ReportId = parts.next()?.parse().ok()?;
        let until: i64 = parts.next()?.parse().ok()?;
        let seal = self.pass_seal(report, until);
        let is_ours: bool = seal.as_bytes().ct_eq(parts.next()?.as_bytes()).into();
        let until = Timestamp::from_second(until).ok()?;
        (is_ours && self.now() < until).then_some(report)
    }

    fn pass_seal(&self, report: ReportId, until: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.receipt_key()) else {
            return String::new(); // HMAC takes keys of any length
        };
        mac.update(b"fengsui-receipt-pass-v1\n");
        mac.update(&report.bits().to_be_bytes());
        mac.update(&until.to_be_bytes());
        hex(&mac.finalize().into_bytes())
    }
}
