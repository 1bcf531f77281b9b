//! Rows as people can read them.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

/// The same rows with bytes as text; what is not UTF-8 is shown with replacement characters.
pub fn bytes_as_text(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let is_bytes = |field: &Field| {
        matches!(field.data_type(), DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
    };
    let schema = batch.schema_ref();
    if !schema.fields().iter().any(|field| is_bytes(field)) {
        return Ok(batch.clone());
    }
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if is_bytes(field) {
            fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            columns.push(Arc::new(text_of(column)?));
        } else {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn text_of(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    let bytes = cast(column, &DataType::Binary)?;
    let bytes = bytes.as_binary::<i32>();
    Ok(bytes.iter().map(|piece| piece.map(String::from_utf8_lossy)).collect())
}
