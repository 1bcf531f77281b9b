//! An answer as people and programs read it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::csv::{Writer as CsvWriter, WriterBuilder};
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::util::display::FormatOptions;
use arrow::util::pretty::pretty_format_batches_with_options;

use crate::arguments::AnswerAs;
use crate::commands::Failure;

/// Rows that are laid out under one another at once; a longer answer has its header again.
const TABLE_ROWS: usize = 500;

/// Where an answer is printed to, in one of the forms.
pub(super) enum Printed {
    Table { out: Box<dyn Write>, held: Vec<RecordBatch>, rows: usize },
    Csv(Box<CsvWriter<Box<dyn Write>>>),
    Json(LineDelimitedWriter<Box<dyn Write>>),
}

impl Printed {
    /// To a file, or to standard output.
    pub(super) fn new(form: AnswerAs, file: Option<&Path>) -> Result<Self, Failure> {
        let out: Box<dyn Write> = match file {
            Some(file) => Box::new(BufWriter::new(File::create(file).map_err(|fault| {
                Failure::of(&format!("cannot write to {}", file.display()), &fault)
            })?)),
            None => Box::new(BufWriter::new(std::io::stdout())),
        };
        Ok(match form {
            AnswerAs::Csv => Self::Csv(Box::new(WriterBuilder::new().with_header(true).build(out))),
            AnswerAs::Json => Self::Json(LineDelimitedWriter::new(out)),
            AnswerAs::Table | AnswerAs::Parquet => Self::Table { out, held: Vec::new(), rows: 0 },
        })
    }

    /// What stands even over an answer without rows.
    pub(super) fn begin(&mut self, schema: &Schema) -> Result<(), Failure> {
        match self {
            Self::Csv(writer) => {
                let empty = RecordBatch::new_empty(schema.clone().into());
                shown(writer.write(&texts(&empty)?))
            }
            Self::Table { .. } | Self::Json(_) => Ok(()),
        }
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        let batch = texts(batch)?;
        match self {
            Self::Csv(writer) => shown(writer.write(&batch)),
            Self::Json(writer) => shown(writer.write(&batch)),
            Self::Table { held, rows, .. } => {
                *rows += batch.num_rows();
                held.push(batch);
                if *rows >= TABLE_ROWS { self.lay_out() } else { Ok(()) }
            }
        }
    }

    pub(super) fn end(&mut self) -> Result<(), Failure> {
        match self {
            // A writer of CSV flushes after each batch.
            Self::Csv(_) => Ok(()),
            Self::Json(writer) => shown(writer.finish()),
            Self::Table { .. } => self.lay_out(),
        }
    }

    fn lay_out(&mut self) -> Result<(), Failure> {
        let Self::Table { out, held, rows } = self else { return Ok(()) };
        let options = FormatOptions::default().with_null("");
        let table = pretty_format_batches_with_options(held, &options)
            .map_err(|fault| unprintable(&fault))?;
        held.clear();
        *rows = 0;
        writeln!(out, "{table}")
            .and_then(|()| out.flush())
            .map_err(|fault| Failure::of("cannot write the answer", &fault))
    }
}

/// Bytes are shown as text: pieces of input nearly always are.
fn texts(batch: &RecordBatch) -> Result<RecordBatch, Failure> {
    fengsui_watch::bytes_as_text(batch).map_err(|fault| unprintable(&fault))
}

fn shown(done: Result<(), ArrowError>) -> Result<(), Failure> {
    done.map_err(|fault| unprintable(&fault))
}

fn unprintable(fault: &ArrowError) -> Failure {
    Failure::of("the answer cannot be printed", fault)
}
