//! `fengsui house …`: the rules of the house in force, a file checked, a file put in force.

use std::path::Path;
use std::process::ExitCode;

use fengsui_desk::DeskFault;
use fengsui_response::house::House;

use super::{DATA, Failure, Start, serve};
use crate::arguments::House as Asked;
use crate::printing::{remark, say};

pub(super) async fn run(start: &Start, asked: Asked) -> Result<ExitCode, Failure> {
    match asked {
        Asked::Show => show(start).await,
        Asked::Check { file } => Ok(check(&file, &read(&file)?)),
        Asked::Adopt { file } => adopt(start, &file).await,
    }
}

async fn show(start: &Start) -> Result<ExitCode, Failure> {
    let data = start.data(DATA);
    let text = if data.join("fengsui.db").exists() {
        let desk = serve::open(&data).await?;
        let text = desk.house_text().await;
        desk.close().await;
        text?
    } else {
        House::SHIPPED.to_owned()
    };
    say(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn check(file: &Path, text: &str) -> ExitCode {
    match House::read(text) {
        Ok(_) => {
            say(&format!("{}: sound", file.display()));
            ExitCode::SUCCESS
        }
        Err(mistakes) => {
            for mistake in &mistakes.0 {
                remark(&format!("{}:{mistake}", file.display()));
            }
            ExitCode::FAILURE
        }
    }
}

async fn adopt(start: &Start, file: &Path) -> Result<ExitCode, Failure> {
    let text = read(file)?;
    if House::read(&text).is_err() {
        return Ok(check(file, &text));
    }
    let desk = serve::open(&start.data(DATA)).await?;
    let done: Result<(), DeskFault> = desk.adopt_house(&desk.console(), &text).await;
    desk.close().await;
    done?;
    say(&format!("{}: in force", file.display()));
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|fault| Failure::of(&format!("{} cannot be read", file.display()), &fault))
}
