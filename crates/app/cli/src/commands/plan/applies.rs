//! `fengsui plan applies`: whether plans apply to an incident at all.
//!
//! One file of facts serves several plans: each is asked about the facts that it knows, and a fact
//! that none of them knows is refused.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_plan::{
    Applicability, Applies, Library, Plan, ScopeReason, ScopeStanding, canonical, read_facts_file,
};
use fengsui_vocabulary::Facts;
use serde_json::Value;

use super::grade::{asked, score};
use super::{Failure, Source, distinct, file, json, sound};
use crate::arguments::Format;
use crate::printing::say;

pub(super) fn applies(plans: &[String], facts: &Path, format: Format) -> Result<ExitCode, Failure> {
    let plans: Vec<Arc<Plan>> = if plans.is_empty() {
        Library::shipped().plans().map(Arc::clone).collect()
    } else {
        distinct(plans)?
    };
    let source = file(facts)?;
    let answers = match plans.as_slice() {
        // With one plan every mistake has its place in the file.
        [plan] => vec![answer(plan, &sound(read_facts_file(&source, &plan.facts))?)?],
        plans => several(plans, &source)?,
    };
    match format {
        Format::Json => say(&json(&answers)?),
        Format::Text => answers.iter().flat_map(lines).for_each(|line| say(&line)),
    }
    Ok(ExitCode::SUCCESS)
}

fn several(plans: &[Arc<Plan>], source: &Source) -> Result<Vec<Applicability>, Failure> {
    let form = sound(canonical(source))?;
    let form: Value = serde_json::from_str(&form).map_err(|fault| Failure::of("facts", &fault))?;
    let facts = form.get("facts").cloned().unwrap_or_default();
    let facts: Facts =
        serde_json::from_value(facts).map_err(|fault| Failure::of(&source.name, &fault))?;
    let is_known = |plan: &Arc<Plan>, fact: &_| plan.facts.get(fact).is_some();
    for fact in facts.keys() {
        if !plans.iter().any(|plan| is_known(plan, fact)) {
            return Err(Failure::Said(format!(
                "{}: no plan asks for `{fact}`; `fengsui plan facts` lists the shared facts",
                source.name
            )));
        }
    }
    let of = |plan: &Arc<Plan>| {
        let known = facts.iter().filter(|(fact, _)| is_known(plan, fact));
        answer(plan, &known.map(|(fact, value)| (fact.clone(), value.clone())).collect())
    };
    plans.iter().map(of).collect()
}

fn answer(plan: &Plan, facts: &Facts) -> Result<Applicability, Failure> {
    plan.applicability(facts).map_err(|refused| Failure::of("these facts", &refused))
}

fn lines(applicability: &Applicability) -> Vec<String> {
    let answer = match applicability.answer {
        Applies::Applies => "applies",
        Applies::MayApply => "may apply",
        Applies::DoesNotApply => "does not apply",
    };
    let mut lines = vec![format!("{:<20} {answer}", applicability.plan.as_str())];
    lines.extend(applicability.because.iter().flat_map(scope));
    lines
}

fn scope(reason: &ScopeReason) -> Vec<String> {
    let standing = match reason.standing {
        ScopeStanding::Met => "met",
        ScopeStanding::Undecided => "undecided",
        ScopeStanding::NotMet => "not met",
    };
    let ask =
        if reason.ask.is_empty() { String::new() } else { format!(": ask {}", asked(&reason.ask)) };
    let head = format!(
        "  {standing:<9} {} {} (clause {}){ask}",
        reason.scope, reason.label.en, reason.clause
    );
    std::iter::once(head).chain(reason.scores.iter().flat_map(score)).collect()
}
