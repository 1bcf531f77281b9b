//! `fengsui paper …`: the worklist for the hour the machine is down, by hand.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{DATA, Failure, Start, serve};
use crate::arguments::Paper;
use crate::paper::{pages, write_whole};
use crate::printing::say;

pub(super) async fn run(start: &Start, paper: Paper) -> Result<ExitCode, Failure> {
    let Paper::Print { out, lang } = paper;
    let desk = serve::open(&start.data(DATA)).await?;
    let made = desk.paper().await;
    desk.close().await;
    let made = made?;
    match out {
        None => say(made.text(lang).trim_end()),
        Some(file) => {
            let parts = if is_pdf(&file) {
                pages(&made, lang, &start.config.documents.fonts)
                    .map_err(|fault| Failure::of("the pages were not made", &fault))?
            } else {
                vec![made.text(lang).into_bytes()]
            };
            for (number, part) in (1..).zip(&parts) {
                let file = numbered(&file, number);
                write_whole(&file, part).map_err(|fault| {
                    Failure::of(&format!("cannot write {}", file.display()), &fault)
                })?;
                say(&format!("written: {}", file.display()));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn is_pdf(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
}

/// The name as it was given; further parts have their number before the ending.
fn numbered(file: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return file.to_owned();
    }
    file.with_extension(format!("{number}.pdf"))
}
