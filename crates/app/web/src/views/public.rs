//! Screens of people who are not signed in.

use askama::Template;

use crate::page::{Page, Place};
use crate::parts::{Act, Form, Header, Items, Timeline};

/// The door.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Name and password.
    pub form: Form,
}

/// 公众: report an incident.
#[derive(Debug, Template)]
#[template(path = "public_report.html")]
pub struct PublicReport {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// The form.
    pub form: Form,
}

/// 回执: what the reporter holds, and still owes.
#[derive(Debug, Template)]
#[template(path = "receipt.html")]
pub struct Receipt {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Number, secret, proof.
    pub receipt: ReceiptNumber,
    /// What is still owed, to whom, at which telephone, by when.
    pub owed: Items,
}

/// The receipt itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptNumber {
    /// The number.
    pub number: String,
    /// The secret, shown once.
    pub secret: Option<String>,
    /// When the report was received, in full.
    pub received: String,
    /// The position in the journal.
    pub position: String,
    /// The leaf hash.
    pub leaf: String,
}

/// Look-up by number and secret.
#[derive(Debug, Template)]
#[template(path = "look_up.html")]
pub struct LookUp {
    /// The frame.
    pub page: Page,
    /// The head.
    pub header: Header,
    /// Number and secret, while nothing is found.
    pub form: Option<Form>,
    /// What was found.
    pub found: Option<LookUpResult>,
}

/// What became of a report, as its reporter may know.
#[derive(Debug)]
pub struct LookUpResult {
    /// What happened.
    pub story: Timeline,
    /// What is still owed.
    pub owed: Items,
    /// Supplement, answers to questions.
    pub acts: Vec<Act>,
}
