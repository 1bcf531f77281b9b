//! `fengsui watch read`: what is in files, as records, one JSON object a line.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use fengsui_formats::{Format, Outcome, Reader, Reason, Setting, open};
use fengsui_intake::{Blocking as _, Carve, Delivery, Files, Positions, Watching};
use serde::Serialize;

use super::{Failure, Start};
use crate::arguments::Read;
use crate::printing::remark;
use crate::watching::Understood;

/// What is said of one file.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    file: String,
    format: &'a str,
    read: u64,
    quarantined: u64,
    reasons: BTreeMap<&'static str, u64>,
}

/// A file as it is being read.
struct Reading<'a> {
    format: Format,
    setting: &'a Setting,
    partition: Option<String>,
    reader: Box<dyn Reader>,
    outcomes: Vec<Outcome>,
    read: u64,
    reasons: BTreeMap<&'static str, u64>,
}

/// Reads files one after another. One that cannot be opened is said and ends with a failure; the others are read.
pub(super) fn run(start: &Start, asked: &Read) -> Result<ExitCode, Failure> {
    let understood = Understood::of(start, &asked.understanding)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut code = ExitCode::SUCCESS;
    for file in &asked.files {
        match read(file, &understood, &mut out) {
            Ok(summary) => remark(&summary),
            Err(failure) => {
                remark(&format!("fengsui: {}: {failure}", file.display()));
                code = ExitCode::FAILURE;
            }
        }
    }
    flushed(&mut out)?;
    Ok(code)
}

fn read(file: &Path, understood: &Understood, out: &mut impl Write) -> Result<String, Failure> {
    let format = understood.format_of(file)?;
    let mut source =
        Files::new(Watching::These(vec![file.to_owned()]), Carve::of(format.framing()));
    let mut reading = Reading::new(format, &understood.setting);
    let nowhere = Positions::none();
    while !source.has_ended() {
        let next =
            source.next(&nowhere).map_err(|fault| Failure::of("it cannot be read", &fault))?;
        let Some(delivery) = next else { break };
        reading.take(&delivery, out)?;
    }
    let summary = Summary {
        file: file.display().to_string(),
        format: format.as_str(),
        read: reading.read,
        quarantined: reading.reasons.values().sum(),
        reasons: reading.reasons,
    };
    serde_json::to_string(&summary).map_err(|fault| Failure::of("no summary", &fault))
}

impl<'a> Reading<'a> {
    fn new(format: Format, setting: &'a Setting) -> Self {
        let reader = open(format, setting);
        let (outcomes, reasons) = (Vec::new(), BTreeMap::new());
        Self { format, setting, partition: None, reader, outcomes, read: 0, reasons }
    }

    fn take(&mut self, delivery: &Delivery, out: &mut impl Write) -> Result<(), Failure> {
        if self.partition.as_ref() != Some(&delivery.partition) {
            let setting = Setting { name: delivery.name.clone(), ..self.setting.clone() };
            self.reader = open(self.format, &setting);
            self.partition = Some(delivery.partition.clone());
        }
        for piece in delivery.fresh() {
            let unreadable = delivery.unreadable.or(piece.shortened.then_some(Reason::TooLong));
            match unreadable {
                Some(reason) => self.outcomes.push(Outcome::Quarantined(reason)),
                None => self.reader.read(delivery.block.piece(piece), &mut self.outcomes),
            }
            self.print(out)?;
        }
        Ok(())
    }

    fn print(&mut self, out: &mut impl Write) -> Result<(), Failure> {
        for outcome in self.outcomes.drain(..) {
            match outcome {
                Outcome::Record(record) => {
                    self.read += 1;
                    written(writeln!(out, "{}", record.to_json()))?;
                }
                Outcome::Quarantined(reason) => {
                    *self.reasons.entry(reason.as_str()).or_default() += 1;
                }
            }
        }
        Ok(())
    }
}

fn flushed(out: &mut impl Write) -> Result<(), Failure> {
    written(out.flush())
}

/// A closed pipe is nobody's fault: whoever listened has heard enough.
fn written(done: std::io::Result<()>) -> Result<(), Failure> {
    match done {
        Err(fault) if fault.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        done => done.map_err(|fault| Failure::of("cannot write records", &fault)),
    }
}
