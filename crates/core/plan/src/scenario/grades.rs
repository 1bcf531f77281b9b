//! What a plan makes of facts against what was expected.

use fengsui_vocabulary::LevelId;

use super::{ExpectedGrade, ExpectedLevel, Mismatch, Scenario};
use crate::catalogue::FactsRefused;
use crate::grade::Applies;
use crate::model::Plan;

/// Everything that differs.
pub(super) fn mismatches(plan: &Plan, scenario: &Scenario) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for expected in &scenario.grades {
        let differing = match differing(plan, expected) {
            Ok(differing) => differing,
            Err(refused) => vec![refused.to_string()],
        };
        found.extend(differing.into_iter().map(|what| Mismatch {
            scenario: scenario.id.clone(),
            what,
            span: Some(expected.span.clone()),
        }));
    }
    found
}

fn differing(plan: &Plan, expected: &ExpectedGrade) -> Result<Vec<String>, FactsRefused> {
    let facts = plan.prepare(&expected.facts)?;
    let grade = plan.grade_prepared(&facts);
    let mut found = Vec::new();
    found.extend(differing_level("certain", expected.certain.as_ref(), grade.certain.as_ref()));
    found.extend(differing_level("possible", expected.possible.as_ref(), grade.possible.as_ref()));
    if let Some(presumed) = expected.presumed.filter(|presumed| *presumed != grade.presumed) {
        found.push(format!("`presumed` is {}, not {presumed}", grade.presumed));
    }
    let answer = plan.applicability_prepared(&facts).answer;
    if let Some(applies) = expected.applies.filter(|applies| *applies != answer) {
        found.push(format!("the plan {}, not \"{}\"", in_words(answer), name(applies)));
    }
    Ok(found)
}

fn differing_level(
    word: &str,
    expected: Option<&ExpectedLevel>,
    level: Option<&LevelId>,
) -> Option<String> {
    let wanted = match expected? {
        ExpectedLevel::Absent => None,
        ExpectedLevel::Level(level) => Some(level),
    };
    let show =
        |level: Option<&LevelId>| level.map_or_else(|| "none".to_owned(), LevelId::to_string);
    (wanted != level).then(|| format!("`{word}` is {}, not {}", show(level), show(wanted)))
}

fn in_words(applies: Applies) -> &'static str {
    match applies {
        Applies::Applies => "applies",
        Applies::MayApply => "may apply",
        Applies::DoesNotApply => "does not apply",
    }
}

/// The word of an answer in packs.
fn name(applies: Applies) -> &'static str {
    let known = APPLIES.iter().find(|(_, known)| *known == applies);
    known.map_or("", |(word, _)| *word)
}

/// The words of answers.
pub(super) const APPLIES: &[(&str, Applies)] = &[
    ("applies", Applies::Applies),
    ("may_apply", Applies::MayApply),
    ("does_not_apply", Applies::DoesNotApply),
];
