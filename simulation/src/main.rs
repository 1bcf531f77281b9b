//! `cargo xtask simulate`: runs histories and tells what does not hold.
#![expect(clippy::print_stdout, reason = "what it found is what this program is for")]
#![expect(clippy::print_stderr, reason = "usage and faults go to the other stream")]

use std::process::ExitCode;
use std::time::Instant;

use fengsui_simulation::{DEFECTS, Defect, Failed, Outcome, shrink, simulate};

const USAGE: &str = "\
usage: cargo xtask simulate [--seeds N] [--from S] [--seed S] [--planted [NAME]]

  --seeds N          so many histories (1000)
  --from S           the first seed (1)
  --seed S           one history, told line by line
  --planted [NAME]   build each known defect in, or one, and tell how many seeds it took to find it
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// False when something did not hold, or a planted defect was not found.
fn run(words: &[String]) -> Result<bool, Failed> {
    if words.iter().any(|word| word == "--help") {
        print!("{USAGE}");
        return Ok(true);
    }
    let seeds = number(words, "--seeds")?.unwrap_or(1_000);
    let from = number(words, "--from")?.unwrap_or(1);
    if words.iter().any(|word| word == "--planted") {
        return planted(words, seeds, from);
    }
    match number(words, "--seed")? {
        Some(seed) => one(seed),
        None => many(seeds, from),
    }
}

fn one(seed: u64) -> Result<bool, Failed> {
    let outcome = simulate(seed, None)?;
    for line in &outcome.lines {
        println!("{line}");
    }
    println!("seed {seed}: {} acts, transcript {}", outcome.acts, outcome.transcript);
    Ok(outcome.found.is_none())
}

fn many(seeds: u64, from: u64) -> Result<bool, Failed> {
    let (began, mut commands, mut entries, mut broken) = (Instant::now(), 0, 0, 0_u64);
    for seed in from..from.saturating_add(seeds) {
        let outcome = simulate(seed, None)?;
        commands += outcome.commands;
        entries += outcome.entries;
        if outcome.found.is_some() {
            broken += 1;
            tell(&outcome, None)?;
            if broken >= BROKEN_MAX {
                break;
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{seeds} seeds, {commands} commands, {entries} entries, {broken} broken, {seconds:.1} s"
    );
    Ok(broken == 0)
}

fn planted(words: &[String], seeds: u64, from: u64) -> Result<bool, Failed> {
    let wanted = words.iter().skip_while(|word| *word != "--planted").nth(1);
    let wanted = wanted.and_then(|name| Defect::named(name));
    let mut are_found = true;
    for defect in DEFECTS.iter().filter(|it| wanted.is_none_or(|wanted| wanted == **it)) {
        let mut found = None;
        for seed in from..from.saturating_add(seeds) {
            let outcome = simulate(seed, Some(*defect))?;
            if outcome.found.is_some() {
                found = Some(outcome);
                break;
            }
        }
        let Some(outcome) = found else {
            println!("{:<22} NOT FOUND in {seeds} seeds", defect.name);
            are_found = false;
            continue;
        };
        let rule = outcome.found.as_ref().map_or("", |it| it.rule);
        let took = outcome.seed - from + 1;
        let short = shrink(&outcome, Some(*defect))?;
        println!("{:<22} {took:>4} seeds, {:>2} acts: {rule}", defect.name, short.acts);
        if wanted.is_some() {
            tell(&outcome, Some(*defect))?;
        }
    }
    Ok(are_found)
}

/// The seed, the shortest way to it, and the whole history.
fn tell(outcome: &Outcome, defect: Option<Defect>) -> Result<(), Failed> {
    let short = shrink(outcome, defect)?;
    println!("seed {} is broken. The whole history:", outcome.seed);
    outcome.lines.iter().for_each(|line| println!("  {line}"));
    println!("The shortest that shows it, {} of {} acts:", short.acts, outcome.acts);
    short.lines.iter().for_each(|line| println!("  {line}"));
    println!("again: cargo xtask simulate --seed {}", outcome.seed);
    Ok(())
}

fn number(words: &[String], name: &str) -> Result<Option<u64>, Failed> {
    let Some(at) = words.iter().position(|word| word == name) else { return Ok(None) };
    let word = words.get(at + 1).ok_or_else(|| format!("{name} needs a number\n\n{USAGE}"))?;
    Ok(Some(word.parse().map_err(|fault| format!("{name} {word}: {fault}"))?))
}

/// Broken histories that are told before it stops.
const BROKEN_MAX: u64 = 3;
