//! The checks that a compiler cannot make, the benchmark driver and the generators.
//!
//! `cargo xtask architecture` compares the workspace with the floors of ARCHITECTURE.md,
//! `cargo xtask tidy` reads the repository as text and the licences of what is linked,
//! `cargo xtask coverage` says what the texts oblige to and whether the program carries it out,
//! `cargo xtask bench` starts the benchmark programs and `cargo xtask simulate` the simulation. Light to build: three dependencies, none of ours.
#![expect(clippy::print_stdout, reason = "findings and figures are what these programs are for")]
#![expect(clippy::print_stderr, reason = "usage and faults go to the other stream")]

mod architecture;
mod bench;
mod coverage;
mod finding;
mod generate;
mod repository;
mod simulate;
mod tidy;

use std::error::Error;
use std::process::ExitCode;

use crate::finding::Finding;
use crate::generate::Mode;
use crate::repository::Repository;

const USAGE: &str = "\
usage: cargo xtask <task>

  architecture       compare the workspace with the floors and the map in ARCHITECTURE.md
  tidy               check texts, names, imports, languages, decisions and licences
  generate [--check] write the files that the program writes, or say which are out of date
  coverage [--check] write docs/coverage.md, or say what is missing, unproven or out of date
  bench [NAME...]    build and run benchmarks; one JSON line each, with the machine's load
  simulate [...]     build and run histories with faults; --help says how
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Carries out one task; `false` when it found something to mend.
fn run(arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", arguments),
    };
    match task {
        "architecture" => Ok(report(task, &architecture::check(&Repository::here()?)?)),
        "tidy" => Ok(report(task, &tidy::check(&Repository::here()?))),
        "generate" => Ok(report(task, &generate::run(&Repository::here()?, mode(rest))?)),
        "coverage" => Ok(report(task, &coverage::run(&Repository::here()?, mode(rest))?)),
        "bench" => bench::run(rest),
        "simulate" => simulate::run(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        other => Err(format!("there is no task `{other}`\n\n{USAGE}").into()),
    }
}

fn mode(rest: &[String]) -> Mode {
    if rest.iter().any(|word| word == "--check") { Mode::Compare } else { Mode::Write }
}

fn report(task: &str, findings: &[Finding]) -> bool {
    for finding in findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{task}: nothing to mend");
    } else {
        println!("{task}: {} to mend", findings.len());
    }
    findings.is_empty()
}
