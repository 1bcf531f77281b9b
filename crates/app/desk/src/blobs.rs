//! Texts and files beside the journal: what is in an entry is only a reference with a keyed digest.

use fengsui_response::BlobRef;
use fengsui_store::{NewBlob, digest};
use fengsui_vocabulary::BlobId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desk::unreadable;
use crate::{Desk, DeskFault};

/// Bytes up to which a text rides along with its command; larger ones are stored before.
const RIDES_ALONG_BYTES_MAX: usize = 64 * 1024;

/// A reference, and the bytes if they have still to be written with the command.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What an entry holds.
    pub reference: BlobRef,
    /// What has still to be written, with the command that refers to it.
    pub new: Option<NewBlob>,
}

impl Desk {
    /// Keeps bytes beside the journal. Small ones are written in the command's own transaction.
    pub(crate) async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<Kept, DeskFault> {
        let key = self.ids().secret();
        let id = self.draw_blob();
        let reference = BlobRef { blob: id, digest: digest(&key, &bytes) };
        if bytes.len() <= RIDES_ALONG_BYTES_MAX {
            let new = NewBlob { id, key: key.to_vec(), bytes };
            return Ok(Kept { reference, new: Some(new) });
        }
        self.store().put_blob(id, &key, &bytes, self.now()).await?;
        Ok(Kept { reference, new: None })
    }

    /// Keeps a text that somebody wrote, for a command that refers to it.
    pub async fn write_text<T: Serialize + Sync>(&self, text: &T) -> Result<Kept, DeskFault> {
        self.keep_json(text).await
    }

    /// Keeps a structured text.
    pub(crate) async fn keep_json<T: Serialize + Sync>(&self, text: &T) -> Result<Kept, DeskFault> {
        self.keep_bytes(serde_json::to_vec(text).map_err(unreadable)?).await
    }

    /// The bytes of a blob; none when it was erased.
    pub(crate) async fn bytes(&self, blob: BlobId) -> Result<Option<Vec<u8>>, DeskFault> {
        if self.is_without(blob) {
            return Ok(None);
        }
        Ok(self.store().read_blob(blob).await?)
    }

    /// A structured text; none when it was erased.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        reference: &BlobRef,
    ) -> Result<Option<T>, DeskFault> {
        let bytes = self.bytes(reference.blob).await?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(unreadable)).transpose()
    }
}

/// Every blob that a payload refers to.
pub(crate) fn references(payload: &str) -> Vec<BlobRef> {
    if !payload.contains(BlobId::PREFIX) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(payload) {
        collect(&value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<BlobRef>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("blob")
                && let Ok(reference) = BlobRef::deserialize(value)
            {
                found.push(reference);
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
