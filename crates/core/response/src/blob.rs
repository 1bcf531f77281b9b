//! References to texts and files that are kept outside the journal, so that they can be erased.

use fengsui_vocabulary::{BlobId, Line};
use serde::{Deserialize, Serialize};

/// A stored text: its id and a keyed digest of exactly these bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRef {
    /// Which blob.
    pub blob: BlobId,
    /// HMAC-SHA-256 of the bytes under the blob's own key, in lower-case hexadecimal digits.
    pub digest: String,
}

/// A file that came with a report or an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// The stored bytes; the file's name is in the report's content, because people put names in it.
    pub file: BlobRef,
    /// How many bytes.
    pub bytes: u64,
    /// What it claims to be: `text/plain`.
    pub media_type: Line,
}
