//! `fengsui plan grade`: the level that facts give, and why.

use std::path::Path;
use std::process::ExitCode;

use fengsui_plan::{Grade, ScoreReason, read_facts_file};
use fengsui_vocabulary::{FactId, LevelId};

use super::{Failure, file, json, named, sound};
use crate::arguments::Format;
use crate::printing::say;

pub(super) fn grade(plan: &str, facts: &Path, format: Format) -> Result<ExitCode, Failure> {
    let plan = named(plan)?;
    let facts = sound(read_facts_file(&file(facts)?, &plan.facts))?;
    let grade = plan.grade(&facts).map_err(|refused| Failure::of("these facts", &refused))?;
    match format {
        Format::Json => say(&json(&grade)?),
        Format::Text => lines(&grade).iter().for_each(|line| say(line)),
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(grade: &Grade) -> Vec<String> {
    let level =
        |level: Option<&LevelId>| level.map_or_else(|| "none".to_owned(), LevelId::to_string);
    let presumed = if grade.presumed { " (presumed)" } else { "" };
    let mut lines = vec![
        format!("certain  {}{presumed}", level(grade.certain.as_ref())),
        format!("possible {}", level(grade.possible.as_ref())),
    ];
    for met in &grade.matched {
        lines.push(format!("  {} by {} (clause {})", met.level, met.criterion, met.clause));
        lines.extend(met.scores.iter().flat_map(score));
    }
    for open in &grade.undecided {
        let ask = asked(&open.ask);
        lines.push(format!(
            "  {} if {} (clause {}): ask {ask}",
            open.level, open.criterion, open.clause
        ));
        lines.extend(open.scores.iter().flat_map(score));
    }
    for part in &grade.hand_over {
        lines.push(format!("  hand over {} to {} (clause {})", part.part, part.to, part.clause));
    }
    lines
}

/// A score with what goes into it.
pub(super) fn score(reason: &ScoreReason) -> Vec<String> {
    let head = format!(
        "      score {}: {} of {} needed, {} (clause {})",
        reason.score, reason.value, reason.needs, reason.margin, reason.clause
    );
    let terms = reason.terms.iter().map(|term| {
        let value = term.value.as_deref().unwrap_or("unknown");
        format!("        {} = {value}: {} points x {}", term.fact, term.points, term.weight)
    });
    std::iter::once(head).chain(terms).collect()
}

/// Facts in a row.
pub(super) fn asked(facts: &[FactId]) -> String {
    facts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
}
