//! Recording what is known, 录入事实: each answer exact or a range, with who said so and on what ground.

use fengsui_plan::{Act as PlanAct, Condition, Fact, FactKind};
use fengsui_response::incident::{IncidentCommand, RecordFacts};
use fengsui_response::{Outlook, SaidBy};
use fengsui_vocabulary::{FactId, FactRange, FactValue, Facts, Scalar};

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::values::value_of;
use super::verb::{Asking, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "facts", tab: Tab::Facts, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    if !sight.is_open() || !sight.may(PlanAct::RecordFacts) {
        return None;
    }
    let mut form = sight.form(VERB.name, "fact-record");
    for fact in asked(sight) {
        form = form.with(field(sight, fact));
    }
    let sources = sources(sight);
    let options =
        sources.iter().map(|(key, _, said)| Opt::new(key.clone(), said.clone())).collect();
    form = form
        .with(
            Field::new("said_by", sight.t("fact-said-by"), FieldKind::Select(options))
                .hint(sight.t("inc-said-by-hint")),
        )
        .with(
            Field::line("ground", sight.t("fact-ground"))
                .hint(sight.t("inc-ground-hint"))
                .optional(),
        )
        .with(
            Field::new("outlook", sight.t("inc-outlook"), FieldKind::Radio(outlooks(sight)))
                .value("observed"),
        );
    let mut act = sight.act(VERB.name, "fact-record", form);
    act.lead = Some(sight.t("inc-facts-lead"));
    Some(act)
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let mut facts = Facts::new();
    for fact in asked(sight) {
        let name = name_of(&fact.id);
        let answer = typed.one(&name);
        if answer.is_empty() {
            continue;
        }
        match value_of(fact, answer) {
            Some(value) => match fact.bounds_of(&value) {
                Ok(_) => {
                    facts.insert(fact.id.clone(), value);
                }
                Err(problem) => form.note(&name, problem.to_string()),
            },
            None => form.note(&name, sight.ta("inc-fact-allowed", &[("allowed", &fact.allowed())])),
        }
    }
    let key = typed.one("said_by");
    let said_by = sources(sight).into_iter().find(|(offered, _, _)| offered == key);
    if said_by.is_none() && !key.is_empty() {
        form.note("said_by", sight.t("error-choice"));
    }
    let ground = form.maybe_line("ground");
    if facts.is_empty() && typed.all("said_by").next().is_some() {
        form.note("", sight.t("inc-facts-none-given"));
    }
    let outlook =
        if typed.one("outlook") == "forecast" { Outlook::Forecast } else { Outlook::Observed };
    let said_by = said_by.and_then(|(_, by, _)| by);
    form.sound(Asking::Plain(IncidentCommand::RecordFacts(RecordFacts {
        facts,
        said_by,
        ground,
        outlook,
    })))
}

/// The facts that the plan asks for: those that may yet change the level first.
pub(super) fn asked<'s>(sight: &'s Sight<'_>) -> Vec<&'s Fact> {
    let plan = sight.lead();
    let wanted: Vec<&FactId> = sight
        .view
        .grade
        .iter()
        .flat_map(|grade| &grade.undecided)
        .flat_map(|undecided| &undecided.ask)
        .collect();
    let mut asked: Vec<&Fact> = plan.facts_asked().collect();
    let duties = plan.duties.iter().flat_map(|duty| flags_of(&duty.when));
    for fact in duties.filter_map(|id| plan.facts.get(id)) {
        if !asked.iter().any(|known| known.id == fact.id) {
            asked.push(fact);
        }
    }
    let is_known = |fact: &Fact| sight.view.incident.facts.contains_key(&fact.id);
    asked.sort_by_key(|fact| {
        let place = wanted.iter().position(|id| **id == fact.id);
        (is_known(fact), place.unwrap_or(usize::MAX))
    });
    asked
}

/// The facts that a condition looks at.
fn flags_of(condition: &Condition) -> Vec<&FactId> {
    match condition {
        Condition::Always | Condition::LevelAtLeast(_) | Condition::Stated(_) => Vec::new(),
        Condition::Flag(fact) | Condition::FactIs(fact, _) | Condition::FactAtLeast(fact, _) => {
            vec![fact]
        }
        Condition::Any(all) | Condition::All(all) => all.iter().flat_map(flags_of).collect(),
    }
}

fn name_of(fact: &FactId) -> String {
    format!("fact-{fact}")
}

fn field(sight: &Sight<'_>, fact: &Fact) -> Field {
    let name = name_of(&fact.id);
    let question = sight.said(&fact.question);
    let hint = sight.said(&fact.guidance);
    let asked = match &fact.kind {
        FactKind::Flag => {
            let answers = vec![
                Opt::new("", sight.t("inc-unknown")),
                Opt::new("yes", sight.t("yes")),
                Opt::new("no", sight.t("no")),
            ];
            Field::new(&name, question, FieldKind::Select(answers)).hint(hint)
        }
        FactKind::OrderedChoice { .. } | FactKind::Choice { .. } => {
            Field::new(&name, question, FieldKind::Select(choices(sight, fact))).hint(hint)
        }
        FactKind::Count | FactKind::Money { .. } | FactKind::Share | FactKind::Duration => {
            let hint = format!("{hint} {}", sight.t("inc-range-hint"));
            match &fact.unit {
                Some(unit) => Field::line(&name, format!("{question} ({})", sight.said(unit))),
                None => Field::line(&name, question),
            }
            .hint(hint)
        }
        FactKind::Region => Field::line(&name, question).hint(hint),
    };
    asked.optional()
}

/// Exactly one of the words; of words that have an order, also that it is at least or at most this bad.
fn choices(sight: &Sight<'_>, fact: &Fact) -> Vec<Opt> {
    let mut options = vec![Opt::new("", sight.t("inc-unknown"))];
    let exact = fact.choices().iter();
    options.extend(exact.map(|it| Opt::new(it.id.clone(), sight.said(&it.label))));
    if !fact.has_order() {
        return options;
    }
    let inner = || fact.choices().iter().skip(1).take(fact.choices().len().saturating_sub(2));
    let word = |id: &str| id.parse().ok().map(Scalar::Word);
    let said = |min, max| sight.value(fact, &FactValue::Range(FactRange { min, max }));
    options.extend(inner().map(|it| Opt::new(format!("≥{}", it.id), said(word(&it.id), None))));
    options.extend(inner().map(|it| Opt::new(format!("≤{}", it.id), said(None, word(&it.id)))));
    options
}

/// Who may have said it: the reader's own office, the organisations, the reports.
fn sources(sight: &Sight<'_>) -> Vec<(String, Option<SaidBy>, String)> {
    let mut sources = vec![("own".to_owned(), None, sight.t("inc-said-own"))];
    for (_, affected) in sight.affected() {
        if let Some(organisation) = affected.organisation {
            let by = SaidBy::Organisation(organisation);
            sources.push((organisation.to_string(), Some(by), sight.organisation(organisation)));
        }
    }
    for report in sight.view.incident.reports.keys().filter(|id| sight.may_see_report(**id)) {
        let by = SaidBy::Report(*report);
        let said = sight.said_by(&by);
        sources.push((report.to_string(), Some(by), said));
    }
    sources
}

fn outlooks(sight: &Sight<'_>) -> Vec<Opt> {
    vec![
        Opt::new("observed", sight.t("fact-observed")),
        Opt::new("forecast", sight.t("fact-forecast")),
    ]
}
