//! `fengsui plan …`: read, check and try plans. Needs no record and no network.

mod applies;
mod compare;
mod grade;
mod kind;
mod taxonomy;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fengsui_plan::{
    DutyView, Fact, Library, Plan as EmergencyPlan, Severity, Source, Timeline, book_page,
    canonical, timeline_svg, worklist,
};
use fengsui_response::deep::{Blocked, Bounds, DeadEnd, Deep, walk};
use fengsui_vocabulary::PlanId;
use jiff::Timestamp;

use super::Failure;
use crate::arguments::{Format, Plan};
use crate::printing::{remark, say};

/// Bytes of a pack, a timeline or a file of facts at most.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

pub(super) fn run(plan: Plan) -> Result<ExitCode, Failure> {
    match plan {
        Plan::Check { packs, deep: false, .. } => Ok(check(&packs)),
        Plan::Check { packs, deep: true, format } => check_deeply(&packs, format),
        Plan::Grade { plan, facts, format } => grade::grade(&plan, &facts, format),
        Plan::Duties { plans, timeline, at, format } => duties(&plans, &timeline, at, format),
        Plan::Applies { plans, facts, format } => applies::applies(&plans, &facts, format),
        Plan::Compare { from, to, role, lang, format } => {
            compare::compare((&from, &to), role.as_deref(), lang, format)
        }
        Plan::Show { plan, lang, timeline_svg: None } => {
            say(&book_page(&*named(&plan)?, lang));
            Ok(ExitCode::SUCCESS)
        }
        Plan::Show { plan, lang, timeline_svg: Some(file) } => {
            write(&file, &timeline_svg(&*named(&plan)?, lang))
        }
        Plan::Taxonomy { taxonomy, walk, format } => {
            taxonomy::taxonomy(taxonomy.as_deref(), walk.as_deref(), format)
        }
        Plan::Canonical { file } => {
            say(&sound(canonical(&source(&file)?))?);
            Ok(ExitCode::SUCCESS)
        }
        Plan::Facts { format } => facts(format),
    }
}

fn check(packs: &[String]) -> ExitCode {
    let mut all_sound = true;
    for pack in packs {
        let verdict = check_one(pack);
        verdict.words.iter().for_each(|words| say(words));
        all_sound &= verdict.is_sound;
    }
    if all_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What was found in one pack.
struct Verdict {
    /// In words, unless it could not be read at all.
    words: Option<String>,
    /// Whether nothing is to be mended.
    is_sound: bool,
    /// The pack, if it is one and sound.
    pack: Option<Source>,
}

fn check_one(pack: &str) -> Verdict {
    let source = match source(pack) {
        Ok(source) => source,
        Err(unreadable) => {
            remark(&format!("fengsui: {unreadable}"));
            return Verdict { words: None, is_sound: false, pack: None };
        }
    };
    if let Some(kind) = kind::not_a_pack(&source) {
        return Verdict {
            words: Some(format!("{}: {kind}; skipped", source.name)),
            is_sound: true,
            pack: None,
        };
    }
    let found = Library::shipped().check(&source);
    for diagnostic in &found {
        remark(&format!("{:?}", miette::Report::new(diagnostic.clone())));
    }
    let bad = found.iter().filter(|it| it.severity() == Severity::Error).count();
    let verdict = match (bad, found.len() - bad) {
        (0, 0) => "sound".to_owned(),
        (0, warnings) => format!("sound, {warnings} to look at"),
        (bad, _) => format!("{bad} to mend"),
    };
    let words = format!("{}: {verdict}", source.name);
    Verdict { words: Some(words), is_sound: bad == 0, pack: (bad == 0).then_some(source) }
}

/// Checks packs, and walks those that are sound.
fn check_deeply(packs: &[String], format: Format) -> Result<ExitCode, Failure> {
    let mut walked: Vec<Deep> = Vec::new();
    let mut all_sound = true;
    for pack in packs {
        let verdict = check_one(pack);
        match format {
            Format::Text => verdict.words.iter().for_each(|words| say(words)),
            Format::Json => verdict.words.iter().for_each(|words| remark(words)),
        }
        all_sound &= verdict.is_sound;
        let Some(source) = verdict.pack else { continue };
        let plan = Arc::new(sound(Library::shipped().read(&source))?);
        let deep = walk(&plan, Bounds::default());
        if format == Format::Text {
            say_deep(&source.name, &deep);
        }
        walked.push(deep);
    }
    if format == Format::Json {
        say(&json(&walked)?);
    }
    let is_clear = |deep: &Deep| deep.finished && deep.dead_ends.is_empty();
    let is_clear = all_sound && walked.iter().all(is_clear);
    Ok(if is_clear { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say_deep(name: &str, deep: &Deep) {
    let walked = format!("{} states, {} transitions", deep.states, deep.transitions);
    let verdict = match (deep.leads, deep.finished, deep.dead_ends.len()) {
        (false, ..) => "leads no incident, only adds its duties: nothing to walk".to_owned(),
        (true, true, 0) => format!("{walked}: no dead end"),
        (true, false, 0) => format!("{walked}: not finished, so nothing is proven"),
        (true, true, ends) => format!("{walked}: dead ends: {ends}"),
        (true, false, ends) => format!("{walked}: not finished; dead ends so far: {ends}"),
    };
    say(&format!("{name}: {verdict}"));
    deep.blocked.iter().for_each(say_blocked);
    deep.dead_ends.iter().for_each(say_dead_end);
}

fn say_blocked(blocked: &Blocked) {
    let levels: Vec<&str> = blocked.levels.iter().map(AsRef::as_ref).collect();
    let levels = if levels.is_empty() { "every level".to_owned() } else { levels.join(", ") };
    let policy = blocked.policy.as_ref().map_or_else(
        || "a policy is named".to_owned(),
        |policy| format!("the deployment fills the policy `{policy}`"),
    );
    say(&format!(
        "  blocked until {policy}: `{}` at {levels} (clause {})",
        blocked.act.name(),
        blocked.clause
    ));
}

fn say_dead_end(end: &DeadEnd) {
    say(&format!("  dead end: {}\n    {}\n    there: {}", end.why.en, end.why.zh, end.stuck_at));
    if end.cast == fengsui_response::deep::Optional::Unfilled {
        say("    where nobody fills the optional roles");
    }
    for (number, step) in end.path.iter().enumerate() {
        say(&format!("    {}. {step}", number + 1));
    }
}

fn duties(
    plans: &[String],
    timeline: &Path,
    at: Option<Timestamp>,
    format: Format,
) -> Result<ExitCode, Failure> {
    let plans = distinct(plans)?;
    let plans: Vec<&EmergencyPlan> = plans.iter().map(AsRef::as_ref).collect();
    let timeline = sound(Timeline::read(&file(timeline)?, &plans))?;
    let duties = worklist(&plans, &timeline.history, at.unwrap_or(timeline.last));
    let views = DutyView::of_worklist(&duties);
    match format {
        Format::Json => say(&json(&views)?),
        Format::Text => views.iter().for_each(|view| say(&view.to_string())),
    }
    Ok(ExitCode::SUCCESS)
}

fn facts(format: Format) -> Result<ExitCode, Failure> {
    let catalogue = Library::shipped().catalogue();
    match format {
        Format::Json => {
            say(&json(&catalogue.facts())?);
        }
        Format::Text => {
            for fact in catalogue.facts() {
                say(&line_of(fact));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A fact for people: its id, what may be answered, the question.
fn line_of(fact: &Fact) -> String {
    let unit = fact.unit.as_ref().map(|unit| format!(" ({})", unit.en)).unwrap_or_default();
    let order = if fact.has_order() && !fact.choices().is_empty() { "mildest first: " } else { "" };
    let allowed = fact.allowed();
    format!("{}  {}{unit}\n    {order}{allowed}\n    {}", fact.id, fact.kind.name(), fact.question)
}

/// The plans, each once: what is owed under one is owed once, however often it is named.
fn distinct(plans: &[String]) -> Result<Vec<Arc<EmergencyPlan>>, Failure> {
    let mut distinct: Vec<Arc<EmergencyPlan>> = Vec::new();
    for plan in plans {
        let plan = named(plan)?;
        match distinct.iter().find(|known| known.id == plan.id) {
            None => distinct.push(plan),
            Some(known) if known.hash == plan.hash => {}
            Some(_) => {
                let id = &plan.id;
                return Err(Failure::Said(format!(
                    "two different plans have the id `{id}`; leave one out, or give it another id"
                )));
            }
        }
    }
    Ok(distinct)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|fault| Failure::of("cannot print", &fault))
}

/// Writes a new file; one that is there already is left alone.
fn write(path: &Path, text: &str) -> Result<ExitCode, Failure> {
    let name = path.display().to_string();
    let unwritten = |fault: std::io::Error| Failure::of(&format!("cannot write {name}"), &fault);
    let mut file = File::create_new(path).map_err(unwritten)?;
    file.write_all(text.as_bytes()).map_err(unwritten)?;
    say(&format!("{name} written"));
    Ok(ExitCode::SUCCESS)
}

/// A plan by the id under which it ships, or from a file.
fn named(plan: &str) -> Result<Arc<EmergencyPlan>, Failure> {
    if let Some(shipped) = id(plan).and_then(|id| Library::shipped().plan(&id)) {
        return Ok(shipped);
    }
    sound(Library::shipped().read(&source(plan)?)).map(Arc::new)
}

fn source(pack: &str) -> Result<Source, Failure> {
    if let Some(shipped) = id(pack).and_then(|id| Library::shipped().source(&id)) {
        return Ok(shipped);
    }
    let path = Path::new(pack);
    if !path.exists() {
        let known: Vec<String> =
            Library::shipped().plans().map(|plan| plan.id.to_string()).collect();
        return Err(Failure::Said(format!(
            "there is no file and no shipped plan `{pack}`; shipped are {}",
            known.join(", ")
        )));
    }
    file(path)
}

fn id(text: &str) -> Option<PlanId> {
    text.parse().ok()
}

fn file(path: &Path) -> Result<Source, Failure> {
    let name = path.display().to_string();
    let unreadable = |fault: std::io::Error| Failure::of(&format!("cannot read {name}"), &fault);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > FILE_BYTES_MAX) {
        return Err(Failure::Said(format!("{name} is larger than 1 MiB")));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(fault) => {
            let sound = fault.utf8_error().valid_up_to();
            let above = fault.as_bytes().iter().take(sound);
            let line = above.filter(|byte| **byte == b'\n').count() + 1;
            Err(Failure::Said(format!("{name}:{line}: this is not UTF-8; save the file as UTF-8")))
        }
    }
}

/// The value, or everything that is wrong, said as a good compiler says it.
fn sound<T>(read: Result<T, Vec<fengsui_plan::Diagnostic>>) -> Result<T, Failure> {
    read.map_err(|found| {
        for diagnostic in &found {
            remark(&format!("{:?}", miette::Report::new(diagnostic.clone())));
        }
        Failure::Said("nothing was done".to_owned())
    })
}
