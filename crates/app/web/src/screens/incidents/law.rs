//! The law of an incident: who owes what to whom, the grade and why, who may do what, what stands in
//! the way of closing.

use std::collections::BTreeMap;

use fengsui_plan::{Act as PlanAct, Channel, Duty, DutyKind, DutyState, How, Plan, Undecided};
use fengsui_response::incident::InTheWay;
use fengsui_vocabulary::FactId;

use super::sight::Sight;
use super::tabs::Tab;
use super::{calls, clear_miss, deliveries, issue_document, paths, review, voice_decision};
use crate::parts::{
    DutyLine, Grade, Heading, Html, Item, Items, LevelBadge, Question, Reason, Row, Standing,
    Table, duty_table,
};
use crate::say::Saying;
use crate::views::PlanGrade;

/// Acts whose authority is shown, in the order of an incident's life.
const SHOWN: [PlanAct; 12] = [
    PlanAct::JudgeLevel,
    PlanAct::StartResponse,
    PlanAct::AdjustResponse,
    PlanAct::EscalateResponse,
    PlanAct::TakeCommand,
    PlanAct::FormHeadquarters,
    PlanAct::EndResponse,
    PlanAct::Release,
    PlanAct::ClearMiss,
    PlanAct::WaiveDuty,
    PlanAct::Review,
    PlanAct::CloseIncident,
];

impl Sight<'_> {
    /// Says things of the domain as every other screen does.
    pub(super) fn saying(&self) -> Saying<'_> {
        Saying {
            words: self.words,
            clock: &self.clock,
            directory: self.directory,
            plan: Some(self.lead()),
        }
    }
}

/// Duties that are open first, each part by its time; those for which the text gives none come last.
pub(super) fn in_order<'v>(sight: &'v Sight<'_>) -> Vec<&'v Duty> {
    let mut duties: Vec<&Duty> = sight.view.duties.iter().collect();
    duties.sort_by_key(|duty| {
        (!duty.state.is_open(), is_without_time(duty), duty.due.unwrap_or(duty.arose_at))
    });
    duties
}

/// Whether the text gives no time for it, not even "at once".
fn is_without_time(duty: &Duty) -> bool {
    match duty.kind {
        DutyKind::Within | DutyKind::Immediate | DutyKind::Simultaneous | DutyKind::Recurring => {
            false
        }
        DutyKind::Continuing | DutyKind::OnRequest | DutyKind::Undefined => true,
    }
}

/// Who owes what to whom: all of it.
pub(super) fn duties(sight: &Sight<'_>) -> Table {
    table(sight, |_| true)
}

/// What is open, and what was not done as it should have been.
pub(super) fn duties_in_sight(sight: &Sight<'_>) -> Table {
    table(sight, |duty| match duty.state {
        DutyState::Pending | DutyState::Missed | DutyState::Late => true,
        DutyState::Done
        | DutyState::DoneRecordedLate
        | DutyState::Waived
        | DutyState::Superseded
        | DutyState::Elapsed => false,
    })
}

fn table(sight: &Sight<'_>, keep: impl Fn(&Duty) -> bool) -> Table {
    let (lines, joined): (Vec<DutyLine>, Vec<bool>) = joined(sight)
        .into_iter()
        .filter(|(duty, _)| keep(duty))
        .enumerate()
        .map(|(place, (duty, part))| (duty_line(sight, duty, place, part), part.is_joined()))
        .unzip();
    let mut table = duty_table(lines, sight.words);
    for (row, is_joined) in table.rows.iter_mut().zip(joined) {
        row.is_joined = is_joined;
    }
    table
}

/// The place of a duty among those that one act may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Alone,
    First { of: usize },
    Joined,
}

impl Part {
    fn is_joined(self) -> bool {
        self == Self::Joined
    }
}

/// In order, but what one act may meet stands together at the place of the first of them.
fn joined<'v>(sight: &'v Sight<'_>) -> Vec<(&'v Duty, Part)> {
    let duties = in_order(sight);
    let keys: Vec<String> = duties.iter().map(|duty| sight.tick_key(duty)).collect();
    let mut told: Vec<&String> = Vec::new();
    let mut all = Vec::new();
    for (duty, key) in duties.iter().zip(&keys) {
        if told.contains(&key) {
            continue;
        }
        let together = if duty.state.is_open() { sight.together(key) } else { Vec::new() };
        let is_mate =
            |it: &String, mate: &Duty| it != key && mate.state.is_open() && together.contains(it);
        let mates = keys.iter().zip(&duties).filter(|(it, mate)| is_mate(it, mate));
        let mates: Vec<(&String, &&Duty)> = mates.collect();
        told.push(key);
        let part = if mates.is_empty() { Part::Alone } else { Part::First { of: mates.len() + 1 } };
        all.push((*duty, part));
        for (mate_key, mate) in mates {
            told.push(mate_key);
            all.push((*mate, Part::Joined));
        }
    }
    all
}

fn duty_line(sight: &Sight<'_>, duty: &Duty, place: usize, part: Part) -> DutyLine {
    let mut line = sight.saying().duty(duty, act(sight, duty));
    line.clause.id = Some(format!("why-duty-{place}"));
    if duty.state.is_open()
        && duty.channel != Channel::Written
        && let Some(telephone) = sight.telephone(duty)
    {
        let telephone = sight.ta("inc-telephone", &[("number", &telephone)]);
        line.route = Html::stacked([line.route, Html::text(telephone)]);
    }
    if let Part::First { of } = part {
        let together = sight.words.tn("inc-together", of);
        line.route = Html::stacked([line.route, Html::text(together)]);
    }
    let assumed = duty.assumed.then(|| sight.t("inc-assumed"));
    let also: Vec<String> =
        line.also.take().into_iter().chain(assumed).chain(noticed(sight, duty)).collect();
    line.also = (!also.is_empty()).then(|| also.join(" · "));
    line
}

/// What the clock recorded about a duty: when its miss was noticed, and how often people were reminded.
fn noticed(sight: &Sight<'_>, duty: &Duty) -> impl Iterator<Item = String> {
    let incident = &sight.view.incident;
    let miss = incident.miss_of(duty).map(|miss| {
        let (due, at) = (sight.short(miss.due), sight.short(miss.noticed_at));
        sight.ta("inc-miss-noticed", &[("due", &due), ("t", &at)])
    });
    let reminders = incident.reminders_of(duty);
    let last = reminders.iter().map(|reminder| reminder.recorded_at).max();
    let reminded = last.map(|last| {
        let count = reminders.len().to_string();
        sight.ta("inc-reminded", &[("count", &count), ("t", &sight.short(last))])
    });
    miss.into_iter().chain(reminded)
}

/// What can be done about a duty: the form that does it.
fn act(sight: &Sight<'_>, duty: &Duty) -> Html {
    if !duty.state.is_open() || !sight.is_open() {
        return Html::nothing();
    }
    let tick = sight.view.incident.tick_of(duty);
    let has_entry = sight.view.incident.met(&tick).is_some();
    if duty.state == DutyState::Missed && has_entry {
        let href = paths::act(sight.view.id, Tab::Duties, clear_miss::VERB.name);
        return sight.link(&href, "inc-to-confirm");
    }
    let form = sight.plan(&duty.plan).and_then(|plan| {
        plan.duties.iter().find(|rule| rule.id == duty.duty).and_then(|rule| rule.form.clone())
    });
    match (duty.channel, form) {
        (Channel::Oral, _) => {
            let key = super::sight::key_of(&tick);
            let href = paths::act_for(sight.view.id, Tab::Duties, calls::VERB.name, &key);
            sight.link(&href, "inc-to-call")
        }
        (Channel::Written | Channel::Any, Some(form))
            if issue_document::is_paper(sight, &duty.plan, &form) =>
        {
            let href = paths::compose(sight.view.id, (&duty.plan, &form, &duty.actor));
            sight.link(&href, "inc-to-write")
        }
        (Channel::Written | Channel::Any, _) => {
            let key = super::sight::key_of(&tick);
            let href = paths::act_for(sight.view.id, Tab::Duties, deliveries::VERB.name, &key);
            sight.link(&href, "inc-to-record")
        }
    }
}

/// The grade of each plan, the leading one first.
pub(super) fn grades(sight: &Sight<'_>) -> Vec<PlanGrade> {
    let plans = sight.view.incident.plans.iter().filter_map(|edition| sight.plan(&edition.plan));
    plans
        .filter_map(|plan| {
            let grade = sight.view.incident.grade(&plan).ok()?;
            Some(PlanGrade {
                plan: sight.legal(&plan.about.title),
                grade: shown(sight, &plan, &grade),
            })
        })
        .collect()
}

fn shown(sight: &Sight<'_>, plan: &Plan, grade: &fengsui_plan::Grade) -> Grade {
    let badge = |level: Option<&fengsui_vocabulary::LevelId>, standing| match level {
        Some(level) => sight.badge(plan, level, standing),
        None => LevelBadge::none(standing, sight.words),
    };
    let mut shown = Grade::new(badge(grade.certain.as_ref(), Standing::Computed), sight.words);
    if grade.possible != grade.certain {
        shown.possible = Some(badge(grade.possible.as_ref(), Standing::Possible));
    }
    if let Some(judged) = sight.view.incident.judged(&plan.id) {
        shown.decided = Some(sight.badge(plan, &judged.level, Standing::Decided));
        let who = format!("{} {}", sight.role(&judged.role), sight.person(judged.by));
        let at = sight.short(judged.at);
        let by = sight.ta("grade-decided-by", &[("who", &who), ("t", &at)]);
        let by = match &judged.reason {
            Some(reason) => {
                format!("{by} · {}", sight.ta("grade-differs", &[("reason", reason)]))
            }
            None => by,
        };
        shown.decided_by = Some(Html::text(by));
    }
    shown.reasons = reasons(sight, plan, grade);
    shown.questions = questions(sight, plan, &grade.undecided);
    if grade.presumed {
        shown.remarks.push(sight.t("grade-presumed"));
    }
    for part in &grade.hand_over {
        let to = sight.said(&part.to);
        shown.remarks.push(sight.ta("grade-hand-over", &[("plan", &to)]));
    }
    shown
}

fn reasons(sight: &Sight<'_>, plan: &Plan, grade: &fengsui_plan::Grade) -> Vec<Reason> {
    let matched = grade.matched.iter().enumerate();
    matched
        .map(|(place, matched)| {
            let criterion = plan.criteria().find(|known| known.id == matched.criterion);
            let name = format!("{}-met-{place}", plan.short);
            let facts: Vec<String> = matched
                .because
                .iter()
                .filter_map(|reason| {
                    let fact = sight.fact(&reason.fact)?;
                    let value = sight.word_of(fact, reason.value.as_deref()?);
                    let needs = sight.word_of(fact, &reason.needs);
                    let question = sight.said(&fact.question);
                    let args = [("fact", question.as_str()), ("value", &value), ("needs", &needs)];
                    Some(sight.ta("inc-fact-meets", &args))
                })
                .collect();
            Reason {
                level: sight.badge(plan, &matched.level, Standing::Computed),
                text: criterion.map_or_else(
                    || matched.criterion.to_string(),
                    |criterion| sight.said(&criterion.label),
                ),
                clause: sight.clause(plan, &matched.clause, &name).because(facts.clone()),
                facts,
            }
        })
        .collect()
}

/// Each question once, with what its answers would change.
fn questions(sight: &Sight<'_>, plan: &Plan, undecided: &[Undecided]) -> Vec<Question> {
    let mut order: Vec<&FactId> = Vec::new();
    let mut changes: BTreeMap<&FactId, Vec<String>> = BTreeMap::new();
    for criterion in undecided {
        for margin in criterion.margins.iter().filter(|it| criterion.ask.contains(&it.fact)) {
            let Some(fact) = sight.fact(&margin.fact) else { continue };
            let needs = sight.word_of(fact, &margin.needs);
            let level = sight.level_name(plan, &criterion.level);
            let key = if fact.has_order() { "inc-if-at-least" } else { "inc-if" };
            let change = sight.ta(key, &[("needs", &needs), ("level", &level)]);
            let known = changes.entry(&margin.fact).or_default();
            if known.is_empty() {
                order.push(&margin.fact);
            }
            if !known.contains(&change) {
                known.push(change);
            }
        }
    }
    order
        .into_iter()
        .map(|fact| Question {
            ask: sight.fact_name(fact),
            changes: changes.remove(fact).unwrap_or_default(),
            clause: None,
        })
        .collect()
}

/// Who may do what at the level in force.
pub(super) fn authority(sight: &Sight<'_>) -> Table {
    let headings = vec![
        Heading::key(sight.t("authority-act")),
        Heading::plain(sight.t("authority-who")),
        Heading::plain(sight.t("duty-why")),
    ];
    let level = sight.level_in_force();
    let plan = sight.lead();
    let rows = SHOWN.iter().filter_map(|act| {
        let authority = plan.authority(*act, level.as_ref())?;
        let who = how(sight, &authority.how);
        let mine =
            authority.how.initiators().iter().any(|it| sight.viewer.actor.roles.contains(it));
        let who = if mine { format!("{who} · {}", sight.t("authority-you")) } else { who };
        let clause = sight.clause(plan, &authority.clause, &format!("may-{}", act.name()));
        let policy = authority.policy.as_ref().and_then(|policy| plan.policies.get(policy));
        let why = match policy {
            Some(policy) => {
                let note =
                    format!("{} · {}", sight.t("authority-undefined"), sight.said(&policy.text));
                Html::of(&clause.because(vec![note]))
            }
            None => Html::of(&clause),
        };
        Some(Row::new(vec![Html::text(act_name(sight, *act)), Html::text(who), why]))
    });
    let rows: Vec<Row> = rows.collect();
    Table::new(sight.t("authority"), headings, sight.t("authority-none")).with(rows)
}

fn how(sight: &Sight<'_>, how: &How) -> String {
    match how {
        How::AnyOf(roles) => {
            let names: Vec<String> = roles.iter().map(|role| sight.role(role)).collect();
            names.join(&sight.t("inc-or"))
        }
        How::Joint(roles) => sight.ta("grade-joint", &[("who", &sight.roles(roles))]),
        How::Higher(role) => sight.roles(std::slice::from_ref(role)),
        How::Undefined => sight.t("authority-undefined"),
        How::Approval { propose, approve } => {
            let approve: Vec<String> = approve.iter().map(|role| sight.role(role)).collect();
            let args =
                [("propose", sight.roles(propose)), ("approve", approve.join(&sight.t("inc-or")))];
            let args: Vec<(&str, &str)> =
                args.iter().map(|(key, said)| (*key, said.as_str())).collect();
            sight.ta("inc-propose-approve", &args)
        }
    }
}

/// An act in words.
fn act_name(sight: &Sight<'_>, act: PlanAct) -> String {
    sight.t(&format!("act-{}", act.name().replace('_', "-")))
}

/// What stands in the way of closing, with the way to each.
pub(super) fn in_the_way(sight: &Sight<'_>) -> Items {
    let items = sight.view.in_the_way.iter().filter_map(|thing| obstacle(sight, thing));
    Items { items: items.collect(), empty: sight.t("inc-nothing-in-the-way") }
}

fn obstacle(sight: &Sight<'_>, thing: &InTheWay) -> Option<Item> {
    let id = sight.view.id;
    let item = |title: Html, text: String| Item { title, text, side: Html::nothing() };
    match thing {
        InTheWay::Duty { tick, .. } => {
            let key = super::sight::key_of(tick);
            let duties = sight.open_ticks();
            let (_, duty) = duties.iter().find(|(known, _)| *known == key)?;
            let due = Html::of(&sight.saying().due_chip(duty));
            let title = Html::link(&paths::tab(id, Tab::Duties), &sight.duty_line(duty));
            Some(Item { title, text: String::new(), side: due })
        }
        InTheWay::ResponseRunning => {
            let href = paths::act(id, Tab::Response, voice_decision::VERB.name);
            Some(item(sight.link(&href, "inc-way-response"), String::new()))
        }
        InTheWay::ProposalWaiting { .. } => {
            let href = paths::tab(id, Tab::Response);
            Some(item(sight.link(&href, "inc-way-proposal"), String::new()))
        }
        InTheWay::ApprovalUnconfirmed { .. } => {
            let href = paths::tab(id, Tab::Response);
            Some(item(sight.link(&href, "inc-way-unconfirmed"), String::new()))
        }
        InTheWay::ReviewMissing => {
            let href = paths::act(id, Tab::Review, review::VERB.name);
            Some(item(sight.link(&href, "inc-way-review"), String::new()))
        }
        InTheWay::PlanUndecided { plan } => {
            let href = paths::tab(id, Tab::Plans);
            Some(item(sight.link(&href, "inc-way-undecided"), sight.plan_title(plan)))
        }
        InTheWay::PlanNotAtHand { plan } => {
            Some(item(Html::text(sight.t("inc-way-plan")), plan.to_string()))
        }
    }
}
