//! Texts of commands: kept beside the journal, so that they can be erased.

use std::collections::VecDeque;

use fengsui_desk::content::{CallRecord, DocumentText, Writing};
use fengsui_response::BlobRef;
use fengsui_response::incident::OnBehalf;
use fengsui_response::{Means, ReadBack};
use fengsui_vocabulary::{Prose, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::api::schema;

/// A text to be kept.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Text {
    /// Something that was written here.
    Writing(Writing),
    /// What was said on the telephone.
    Call(CallRecord),
    /// A document as it was sent.
    Document(Box<DocumentText>),
}

impl Text {
    /// Something that was written here.
    pub(crate) fn written(text: &Prose) -> Self {
        Self::Writing(Writing { text: text.clone() })
    }
}

/// References to texts that were kept, in the order in which they were named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(VecDeque<BlobRef>);

impl Kept {
    pub(crate) fn push(&mut self, text: BlobRef) {
        self.0.push_back(text);
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> Result<BlobRef, Problem> {
        self.0.pop_front().ok_or_else(|| Problem::field("text", "a text is needed"))
    }
}

/// Somebody decided, and the client writes it down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OnBehalf)]
pub(crate) struct Behalf {
    /// The role of whoever decided.
    #[schema(value_type = String)]
    pub(crate) role: RoleId,
    /// How it reached the client: `telephone`, `note`, `fax`, `spoken`.
    #[schema(value_type = String)]
    pub(crate) means: Means,
    /// Whether it was read back: `confirmed` or `not-done`.
    #[schema(value_type = String)]
    pub(crate) read_back: ReadBack,
    /// What was said or written.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) record: Option<Prose>,
}

impl Behalf {
    /// Its text, if it has one.
    pub(crate) fn texts(behalf: Option<&Self>) -> impl Iterator<Item = Text> {
        behalf.and_then(|behalf| behalf.record.as_ref()).map(Text::written).into_iter()
    }

    /// The same as the command has it.
    pub(crate) fn of(behalf: Option<Self>, kept: &mut Kept) -> Result<Option<OnBehalf>, Problem> {
        let Some(Self { role, means, read_back, record }) = behalf else { return Ok(None) };
        let record = record.map(|_| kept.next()).transpose()?;
        Ok(Some(OnBehalf { role, means, read_back, record }))
    }
}

/// What was done: exactly one of `call`, `document`, `report` and `note`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deed {
    /// A call.
    #[serde(default)]
    #[schema(value_type = Option<schema::CallRecord>)]
    call: Option<CallRecord>,
    /// Whether a call was read back: `confirmed` or `not-done`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    read_back: Option<ReadBack>,
    /// A document, exactly as it was sent.
    #[serde(default)]
    #[schema(value_type = Option<schema::DocumentText>)]
    document: Option<Box<DocumentText>>,
    /// A report that was taken in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    report: Option<fengsui_vocabulary::ReportId>,
    /// Something else.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    note: Option<fengsui_vocabulary::Line>,
}

impl Deed {
    /// Its text, if it has one.
    pub(crate) fn texts(&self) -> Vec<Text> {
        let call = self.call.clone().map(Text::Call);
        let document = self.document.clone().map(Text::Document);
        call.into_iter().chain(document).collect()
    }

    /// The same as the command has it.
    pub(crate) fn into_delivery(
        self,
        kept: &mut Kept,
    ) -> Result<fengsui_response::Delivery, Problem> {
        use fengsui_response::Delivery;

        match (self.call, self.document, self.report, self.note) {
            (Some(_), None, None, None) => Ok(Delivery::Call {
                record: kept.next()?,
                read_back: self.read_back.unwrap_or(ReadBack::NotDone),
            }),
            (None, Some(_), None, None) => {
                Ok(Delivery::Document { text: kept.next()?, form: None })
            }
            (None, None, Some(report), None) => Ok(Delivery::Report { report }),
            (None, None, None, Some(note)) => Ok(Delivery::Other { note }),
            _ => {
                let problem = "give exactly one of `call`, `document`, `report` and `note`";
                Err(Problem::field("act", problem))
            }
        }
    }
}
