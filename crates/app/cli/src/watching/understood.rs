//! How files are to be understood: by what was typed, the configuration, or the files themselves.

use std::path::Path;
use std::sync::Arc;

use fengsui_formats::{Format, Framing, Mapping, Schema, Setting};
use fengsui_intake::{Blocking as _, Carve, Files, Positions, Watching};

use crate::arguments::Understanding;
use crate::commands::{Failure, Start};

/// How files are to be understood.
pub(crate) struct Understood {
    format: Option<Format>,
    /// What readers need besides the bytes.
    pub(crate) setting: Setting,
}

impl Understood {
    pub(crate) fn of(start: &Start, typed: &Understanding) -> Result<Self, Failure> {
        let schema = typed.shadowserver_schema.as_deref().or(start.shadowserver_schema());
        let setting = Setting {
            shadowserver: schema.map(read_schema).transpose()?,
            mapping: typed.mapping.as_deref().map(read_mapping).transpose()?,
            name: None,
        };
        Ok(Self { format: typed.format, setting })
    }

    /// The format of a file: the one that was named, or the one its beginning and name speak of.
    pub(crate) fn format_of(&self, file: &Path) -> Result<Format, Failure> {
        match self.format {
            Some(format) => Ok(format),
            None => guessed(file),
        }
    }
}

fn guessed(file: &Path) -> Result<Format, Failure> {
    let mut source = Files::new(Watching::These(vec![file.to_owned()]), Carve::of(Framing::Lines));
    let first = source
        .next(&Positions::none())
        .map_err(|fault| Failure::of("it cannot be read", &fault))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let head = first.map(|first| (first.name.unwrap_or(name.clone()), first.block.bytes));
    let (name, head) = head.unwrap_or((name, Vec::new()));
    Format::guess(&name, &head).ok_or_else(|| {
        let all: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        Failure::Said(format!(
            "its format cannot be told; say --as FORMAT, one of {}",
            all.join(", ")
        ))
    })
}

/// Reads the schema of the reports of Shadowserver.
pub(crate) fn read_schema(file: &Path) -> Result<Arc<Schema>, Failure> {
    let bytes = std::fs::read(file).map_err(|fault| unread(file, &fault))?;
    Schema::read(&bytes).map(Arc::new).map_err(|fault| unread(file, &fault))
}

/// Reads a mapping of a CSV or JSON feed; mistakes are shown with their place.
pub(crate) fn read_mapping(file: &Path) -> Result<Arc<Mapping>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|fault| unread(file, &fault))?;
    let name = file.display().to_string();
    Mapping::read(&name, &text).map(Arc::new).map_err(|fault| unread(file, &fault))
}

fn unread(file: &Path, fault: &dyn std::error::Error) -> Failure {
    Failure::of(&format!("{} cannot be used", file.display()), fault)
}
