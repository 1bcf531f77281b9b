//! How many times a second facts are graded by the Shanghai plan, on one core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use fengsui_plan::Library;
use fengsui_vocabulary::Facts;
use serde::Serialize;

use crate::Failed;
use crate::figures::{per_second, print};

/// How long each figure is measured.
const LASTING: Duration = Duration::from_secs(3);

/// Gradings between two looks at the watch.
const AT_ONCE: u64 = 1_000;

/// Six facts of which two are ranges: what a desk knows in the middle of an incident.
const KNOWN: &str = r#"{
    "system_importance": "important",
    "system_loss": {"min": "considerable"},
    "sensitive_data_affected": true,
    "data_threat": {"min": "some", "max": "serious"},
    "security_threat": "considerable",
    "security_impact": "some"
}"#;

#[derive(Serialize)]
struct Line {
    run: &'static str,
    grades_per_second: u64,
    levels_per_second: u64,
    grades_per_second_goal: u64,
    levels_per_second_goal: u64,
    certain: Option<String>,
    possible: Option<String>,
    facts: usize,
}

/// Reading the facts and the whole explanation count as a grading; for a level alone, facts are read
/// before.
pub(crate) fn run() -> Result<(), Failed> {
    let plan = Library::shipped().plan(&"shanghai-2019".parse()?);
    let plan = plan.ok_or("the Shanghai plan is not shipped")?;
    let facts: Facts = serde_json::from_str(KNOWN)?;
    let grade = plan.grade(&facts)?;
    if grade.matched.is_empty() || grade.undecided.is_empty() {
        return Err("the facts should leave something to explain".into());
    }

    let grades_per_second = rate(|| {
        black_box(plan.grade(black_box(&facts)))?;
        Ok(())
    })?;
    let prepared = plan.prepare(&facts)?;
    let levels_per_second = rate(|| {
        black_box(plan.level_of(black_box(&prepared)));
        Ok(())
    })?;
    print(&Line {
        run: "grade",
        grades_per_second,
        levels_per_second,
        grades_per_second_goal: 200_000,
        levels_per_second_goal: 1_000_000,
        certain: grade.certain.map(String::from),
        possible: grade.possible.map(String::from),
        facts: facts.len(),
    })
}

fn rate(mut once: impl FnMut() -> Result<(), Failed>) -> Result<u64, Failed> {
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < LASTING {
        for _ in 0..AT_ONCE {
            once()?;
        }
        count += AT_ONCE;
    }
    Ok(per_second(count, began.elapsed()))
}
