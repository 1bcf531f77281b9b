//! How long the worklists of ten thousand incidents take under three plans at once, on one core; and
//! how long all plans that ship take to check.

use std::hint::black_box;
use std::time::Instant;

use fengsui_plan::{History, Library, Plan, Source, Timeline, worklist_of};
use jiff::Timestamp;
use serde::Serialize;

use crate::Failed;
use crate::figures::{milliseconds, print};

/// Incidents whose worklists are made.
const INCIDENTS: usize = 10_000;

/// The plans that apply to each.
const PLANS: [&str; 3] = ["shanghai-2019", "cac-measures-2025", "miit-2017"];

/// A leak at one organisation, in the middle of its handling.
const STORY: &str = r#"
happened = [
    { at = 2026-03-14T09:50:00+08:00, what = "occurred" },
    { at = 2026-03-14T10:00:00+08:00, what = "discovered" },
    { at = 2026-03-14T10:05:00+08:00, what = "report_received", by = "cac_duty_room" },
    { at = 2026-03-14T10:06:00+08:00, what = "facts", facts = { operator_kind = "cii", people_leaked = { min = 800_000, max = 1_200_000 }, sensitive_data_affected = true, data_threat = { min = "some" } } },
    { at = 2026-03-14T10:13:00+08:00, what = "delivered", duty = "sh-4.1.1-oral", to = "linkage_centre", channel = "oral" },
    { at = 2026-03-14T10:20:00+08:00, what = "level_decided", plan = "shanghai-2019", level = "II", by = ["cac_office"] },
    { at = 2026-03-14T10:25:00+08:00, what = "facts", facts = { people_leaked = 1_100_000, large_scale_leak = true } },
    { at = 2026-03-14T10:40:00+08:00, what = "delivered", duty = "sh-4.1.2-oral", by = "cac_office" },
    { at = 2026-03-14T10:45:00+08:00, what = "response_started" },
]
"#;

#[derive(Serialize)]
struct Line {
    run: &'static str,
    incidents: usize,
    plans: usize,
    duties: usize,
    worklists_ms: f64,
    worklists_ms_goal: f64,
    check_plans: usize,
    check_ms: f64,
    check_ms_goal: f64,
}

/// Each worklist is made from its whole history, as the desk does it after every act.
pub(crate) fn run() -> Result<(), Failed> {
    let library = Library::shipped();
    let plans: Result<Vec<_>, Failed> = PLANS
        .iter()
        .map(|id| Ok(library.plan(&id.parse()?).ok_or("a plan is not shipped")?))
        .collect();
    let plans = plans?;
    let plans: Vec<&Plan> = plans.iter().map(AsRef::as_ref).collect();
    let histories = histories(&plans)?;
    let now: Timestamp = "2026-03-14T11:00:00+08:00".parse()?;

    let began = Instant::now();
    let mut duties = 0;
    for history in &histories {
        for plan in &plans {
            duties += black_box(worklist_of(plan, black_box(history), now)).len();
        }
    }
    let worklists = began.elapsed();

    let sources: Vec<Source> =
        library.plans().filter_map(|plan| library.source(&plan.id)).collect();
    let began = Instant::now();
    for source in &sources {
        if !black_box(library.check(black_box(source))).is_empty() {
            return Err("a plan that ships has findings".into());
        }
    }
    let checks = began.elapsed();
    print(&Line {
        run: "worklist",
        incidents: histories.len(),
        plans: plans.len(),
        duties,
        worklists_ms: milliseconds(worklists),
        worklists_ms_goal: 1_000.0,
        check_plans: sources.len(),
        check_ms: milliseconds(checks),
        check_ms_goal: 300.0,
    })
}

/// The same story, begun a second later for each incident.
fn histories(plans: &[&Plan]) -> Result<Vec<History>, Failed> {
    let source = Source { name: "story.toml".into(), text: STORY.into() };
    let told = Timeline::read(&source, plans).map_err(|faults| {
        faults.iter().map(fengsui_plan::Diagnostic::render).collect::<String>()
    })?;
    let later = |seconds: i64| {
        let mut history = told.history.clone();
        for happening in &mut history.happenings {
            let by = jiff::SignedDuration::from_secs(seconds);
            happening.at = happening.at.checked_add(by).unwrap_or(happening.at);
            happening.recorded_at =
                happening.recorded_at.checked_add(by).unwrap_or(happening.recorded_at);
        }
        history
    };
    Ok((0..INCIDENTS).map(|number| later(i64::try_from(number % 600).unwrap_or(0))).collect())
}
