//! The benchmark driver: builds the programs, starts them as processes, adds the machine's load.
//!
//! A benchmark prints one JSON object a line; everything else it prints is passed to stderr.
//! Nothing is measured here, and no figure is judged.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use cargo_metadata::MetadataCommand;

/// What runs when nothing is named, in this order: the line of the API comes first.
const ALL: &[&str] = &["intake", "boards", "grade", "worklist", "clock", "watch", "lake"];

/// Builds and runs the named benchmarks, or all; `false` when one of them failed.
pub(crate) fn run(names: &[String]) -> Result<bool, Box<dyn Error>> {
    let programs = build()?;
    let all: Vec<String> = ALL.iter().map(|&name| name.to_owned()).collect();
    let names = if names.is_empty() { all.as_slice() } else { names };
    let mut is_sound = true;
    for name in names {
        is_sound &= run_one(&programs, name)?;
    }
    Ok(is_sound)
}

/// Builds the benchmarks and the program they measure; the folder they are in.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--package", "fengsui-benches", "--package", "fengsui-cli"])
        .status()?;
    if !built.success() {
        return Err("the benchmarks do not build".into());
    }
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf().join("release"))
}

fn run_one(programs: &Path, name: &str) -> Result<bool, Box<dyn Error>> {
    let load_before = load_now();
    let mut child = Command::new(programs.join("fengsui-benches"))
        .arg(name)
        .env("FENGSUI_PROGRAM", programs.join("fengsui"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            match with_load(&line, &load_before, &load_now()) {
                Some(figures) => println!("{figures}"),
                None => eprintln!("{line}"),
            }
        }
    }
    Ok(child.wait()?.success())
}

/// The line with the load of the machine as its last key; `None` when it is not a JSON object.
///
/// The line's own keys keep their order, because people read it.
fn with_load(line: &str, before: &str, now: &str) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
    let open = line.trim().strip_suffix('}')?.trim_end();
    let comma = if object.is_empty() { "" } else { "," };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let load = serde_json::json!({ "before": before, "now": now, "cores": cores });
    Some(format!("{open}{comma}\"load\":{load}}}"))
}

/// The load averages over one, five and fifteen minutes, as the kernel writes them.
fn load_now() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_their_order_and_get_the_load() {
        let line = with_load(r#"{"z":1,"a":{"b":2}}"#, "0.1 0.2 0.3", "0.4 0.5 0.6")
            .expect("this is a JSON object");
        assert!(
            line.starts_with(r#"{"z":1,"a":{"b":2},"load":{"before":"0.1 0.2 0.3","#),
            "{line}"
        );
        serde_json::from_str::<serde_json::Value>(&line).expect("the line is still JSON");
    }

    #[test]
    fn an_empty_object_gets_the_load_too() {
        let line = with_load("{}", "", "").expect("this is a JSON object");
        serde_json::from_str::<serde_json::Value>(&line).expect("the line is still JSON");
    }

    #[test]
    fn what_is_not_figures_is_passed_on() {
        assert_eq!(with_load("warming up", "", ""), None);
        assert_eq!(with_load("[1]", "", ""), None);
    }
}
