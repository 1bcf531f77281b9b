//! Errors and official documents.

use askama::Template;

use crate::page::{Page, Place};
use crate::parts::{ClauseChip, Header, Link};

/// Something could not be done: what, why, and the way on.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorView {
    /// The frame.
    pub page: Page,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong.
    pub title: String,
    /// What to do.
    pub lines: Vec<String>,
    /// The clause, for a refusal.
    pub clause: Option<ClauseChip>,
    /// The way on.
    pub ways: Vec<Link>,
    /// A reference for whoever looks into it.
    pub reference: Option<String>,
}

/// A report to a superior as an official document on A4.
#[derive(Debug, Template)]
#[template(path = "document.html")]
pub struct Document {
    /// The frame; its width is `Document`.
    pub page: Page,
    /// The head, on the screen only.
    pub header: Header,
    /// The exercise mark, printed above everything.
    pub exercise: Option<String>,
    /// Copy number or marking, top left.
    pub marking: Option<String>,
    /// 特急 or 加急, top right.
    pub urgency: Option<String>,
    /// The issuing body, in red.
    pub issuer: String,
    /// 发文字号.
    pub number: String,
    /// 签发人, on documents that go upwards.
    pub signatory: Option<String>,
    /// The title.
    pub title: String,
    /// 主送机关.
    pub addressees: String,
    /// The body.
    pub paragraphs: Vec<Paragraph>,
    /// Titles of attachments.
    pub attachments: Vec<String>,
    /// Who signs.
    pub signed_by: String,
    /// 成文日期.
    pub date: String,
    /// 附注: contact and telephone.
    pub contact: Option<String>,
    /// 版记.
    pub imprint: Imprint,
}

/// One paragraph of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    /// A heading of the body: 一、基本情况.
    Heading(String),
    /// Words.
    Text(String),
    /// Words that nobody has verified yet; marked so.
    Unverified(String),
}

/// The last lines of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imprint {
    /// 抄送机关.
    pub copies: Option<String>,
    /// Who printed it.
    pub printed_by: String,
    /// When.
    pub printed_on: String,
}
