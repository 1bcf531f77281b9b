//! Texts from outside, as they are kept beside the journal.

use fengsui_vocabulary::{Lang, Line, Prose};
use serde::{Deserialize, Serialize};

/// What a reporter wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportContent {
    /// In a line.
    pub title: Line,
    /// What happened, what was done so far, what is asked for.
    pub description: Prose,
    /// Who reports.
    pub reporter: Reporter,
    /// Names of the files, in the order of the attachments.
    #[serde(default)]
    pub file_names: Vec<Line>,
    /// The name of an affected organisation that the reporter typed.
    #[serde(default)]
    pub organisation: Option<Line>,
    /// In which language the reporter wants answers.
    #[serde(default)]
    pub lang: Lang,
}

/// Who reports, as they say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporter {
    /// Their name.
    #[serde(default)]
    pub name: Option<Line>,
    /// Where they can be called.
    #[serde(default)]
    pub telephone: Option<Line>,
    /// Where they can be written to.
    #[serde(default)]
    pub mail: Option<Line>,
}

/// What a reporter adds later, or answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// What is added.
    pub text: Prose,
    /// Names of the files, in the order of the attachments.
    #[serde(default)]
    pub file_names: Vec<Line>,
}

/// A call: who called whom, and what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRecord {
    /// Who called.
    pub caller: Line,
    /// Who answered.
    pub callee: Line,
    /// What was said.
    pub said: Prose,
}

/// A text that somebody wrote here: a question, a note, evidence, an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// What it says.
    pub text: Prose,
}

/// A document as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentText {
    /// Its title.
    pub title: Line,
    /// 首报, 续报 or 终报, in the language of the document.
    pub stage: Line,
    /// To whom, by name.
    pub addressees: Vec<Line>,
    /// From whom, by name.
    pub sender: Line,
    /// Who signs upward documents.
    pub signatory: Option<Line>,
    /// What was filled in, in the order of the form.
    pub fields: Vec<DocumentField>,
    /// The free text below.
    pub body: Option<Prose>,
}

/// A field of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentField {
    /// What was asked.
    pub label: Line,
    /// What stands there.
    pub value: Prose,
    /// Whether nobody has verified it yet.
    pub unverified: bool,
}

/// What the check of a pack found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// In the order of the pack.
    pub findings: Vec<Finding>,
}

/// One finding in a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Whether it forbids the use of the pack.
    pub is_error: bool,
    /// The kind of finding, a stable word.
    pub code: String,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub help: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// The people of an organisation and how to reach them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Who answers for security in person.
    #[serde(default)]
    pub responsible: Option<Line>,
    /// Whom to reach, in the order in which to try.
    #[serde(default)]
    pub people: Vec<Contact>,
}

/// Somebody to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their name.
    pub name: Line,
    /// Their post.
    #[serde(default)]
    pub post: Option<Line>,
    /// Where they are reached day and night.
    #[serde(default)]
    pub telephone: Option<Line>,
    /// Where they can be written to.
    #[serde(default)]
    pub mail: Option<Line>,
    /// Their public key, or its fingerprint.
    #[serde(default)]
    pub key: Option<Prose>,
}
