//! The tab of plans: which apply and why, what settles it, and going on under another edition.

use fengsui_desk::PlanOfIncident;
use fengsui_plan::Act as PlanAct;
use fengsui_response::incident::{Migration, MigrationState, PlanStanding, Standing};
use fengsui_response::{Capacity, GroundStanding, ScopeAnswer, ScopeGround};

use super::page::{Part, acts};
use super::sight::Sight;
use super::tabs::Tab;
use super::{
    apply_plan, confirm_migration, migrate_plan, paths, record_facts, set_plan_aside,
    withdraw_migration,
};
use crate::parts::{Heading, Html, Item, Items, Mood, Row, RowTone, StateBadge, Table};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    let migrating = [&confirm_migration::VERB, &migrate_plan::VERB, &withdraw_migration::VERB];
    vec![
        Part {
            id: "applies",
            title: sight.t("applies-title"),
            body: Html::of(&plans(sight)),
            acts: acts(sight, &[&apply_plan::VERB, &set_plan_aside::VERB]),
        },
        Part {
            id: "editions",
            title: sight.t("applies-editions"),
            body: Html::of(&migrations(sight)),
            acts: acts(sight, &migrating),
        },
    ]
}

/// Whether the reader may say which plans apply: whoever judges the level, or keeps the plans.
pub(super) fn may_steer(sight: &Sight<'_>) -> bool {
    let levels = &sight.lead().levels;
    sight.viewer.is(Capacity::PlanOfficer)
        || levels.iter().any(|level| sight.may_at(PlanAct::JudgeLevel, Some(&level.id)))
}

/// An answer in a word.
pub(super) fn answered(sight: &Sight<'_>, answer: ScopeAnswer) -> String {
    sight.t(match answer {
        ScopeAnswer::Applies => "applies-yes",
        ScopeAnswer::MayApply => "applies-maybe",
        ScopeAnswer::DoesNotApply => "applies-no",
    })
}

/// Every plan in force: those that govern first, then those about which somebody must decide.
fn plans(sight: &Sight<'_>) -> Table {
    let headings = vec![
        Heading::key(sight.t("plan")),
        Heading::plain(sight.t("applies-now")),
        Heading::plain(sight.t("applies-decided")),
        Heading::plain(sight.t("duty-act")),
    ];
    let mut all: Vec<&PlanOfIncident> = sight.view.plans.iter().collect();
    all.sort_by_key(|it| (!it.leads, !it.applies, !it.is_undecided));
    let rows = all.into_iter().enumerate().map(|(place, it)| row(sight, it, place));
    Table::new(sight.t("applies-title"), headings, sight.t("plans-none")).with(rows)
}

fn row(sight: &Sight<'_>, it: &PlanOfIncident, place: usize) -> Row {
    let edition = sight.edition(&it.edition).map(|plan| plan.about.edition.clone());
    let href = crate::routes::plan(&it.edition.plan);
    let title = Html::stacked([
        Html::link(&href, &sight.legal(&it.title)),
        Html::text(edition.unwrap_or_default()),
    ]);
    let tone = if it.applies || it.is_undecided { RowTone::Plain } else { RowTone::Quiet };
    let cells = vec![title, now(sight, it, place), decided(sight, it), act(sight, it)];
    Row::new(cells).toned(tone)
}

/// What the facts give, the scopes because of which, and what would settle the rest.
fn now(sight: &Sight<'_>, it: &PlanOfIncident, place: usize) -> Html {
    let mood = match it.now.answer {
        ScopeAnswer::Applies => Mood::Active,
        ScopeAnswer::MayApply => Mood::Waiting,
        ScopeAnswer::DoesNotApply => Mood::Quiet,
    };
    let mut parts = vec![Html::of(&StateBadge::new(mood, answered(sight, it.now.answer)))];
    let grounds = it.now.because.iter().filter(|ground| is_telling(it.now.answer, ground));
    for (number, ground) in grounds.enumerate() {
        parts.push(told(sight, it, ground, &format!("scope-{place}-{number}")));
    }
    if parts.len() == 1 && it.now.answer == ScopeAnswer::Applies {
        parts.push(Html::text(sight.t("applies-to-all")));
    }
    Html::stacked(parts)
}

/// Scopes that explain the answer: those that are met where it applies, those that are open where it
/// may, and all of them where it does not.
fn is_telling(answer: ScopeAnswer, ground: &ScopeGround) -> bool {
    match answer {
        ScopeAnswer::Applies => ground.standing == GroundStanding::Met,
        ScopeAnswer::MayApply => ground.standing == GroundStanding::Undecided,
        ScopeAnswer::DoesNotApply => true,
    }
}

fn told(sight: &Sight<'_>, it: &PlanOfIncident, ground: &ScopeGround, name: &str) -> Html {
    let key = match ground.standing {
        GroundStanding::Met => "applies-scope-met",
        GroundStanding::Undecided => "applies-scope-open",
        GroundStanding::NotMet => "applies-scope-not-met",
    };
    let plan = sight.edition(&it.edition);
    let scope = plan.and_then(|plan| plan.scopes.iter().find(|scope| scope.id == ground.scope));
    let label = scope.map_or_else(|| ground.scope.to_string(), |scope| sight.said(&scope.label));
    let mut parts = vec![Html::text(sight.ta(key, &[("scope", &label)]))];
    if !ground.ask.is_empty() {
        let facts = ground.ask.iter().map(|fact| sight.fact_name(fact));
        let facts = facts.collect::<Vec<_>>().join(&sight.t("inc-semicolon"));
        parts.push(Html::text(sight.ta("applies-ask", &[("facts", &facts)])));
    }
    if let Some(plan) = plan {
        parts.push(Html::of(&sight.clause(plan, &ground.clause, name)));
    }
    Html::stacked(parts)
}

/// What was decided: by whom, when, why, and what the facts gave then.
fn decided(sight: &Sight<'_>, it: &PlanOfIncident) -> Html {
    if it.leads {
        return Html::of(&StateBadge::new(Mood::Done, sight.t("applies-leads")));
    }
    let Some(standing) = &it.decided else {
        return Html::of(&StateBadge::new(Mood::Quiet, sight.t("applies-undecided")));
    };
    let (mood, key) = match standing.standing {
        Standing::Considered if it.is_undecided => (Mood::Attention, "applies-to-decide"),
        Standing::Considered => (Mood::Quiet, "applies-undecided"),
        Standing::Applied => (Mood::Done, "applies-applied"),
        Standing::SetAside => (Mood::Quiet, "applies-set-aside"),
    };
    let mut parts = vec![Html::of(&StateBadge::new(mood, sight.t(key)))];
    parts.push(Html::text(by_whom(sight, standing)));
    if let Some(reason) = &standing.reason {
        parts.push(Html::text(reason.as_str()));
    }
    if it.is_undecided && standing.standing != Standing::Considered {
        parts.push(Html::of(&StateBadge::new(Mood::Attention, sight.t("applies-changed"))));
    }
    Html::stacked(parts)
}

fn by_whom(sight: &Sight<'_>, standing: &PlanStanding) -> String {
    let at = sight.short(standing.at);
    let then = answered(sight, standing.answer);
    if standing.standing == Standing::Considered || standing.reason.is_none() {
        return sight.ta("applies-by-facts", &[("t", &at), ("answer", &then)]);
    }
    let role = standing.role.as_ref().map(|role| sight.role(role)).unwrap_or_default();
    let who = format!("{role} {}", sight.person(standing.by));
    sight.ta("applies-by", &[("who", who.trim()), ("t", &at), ("answer", &then)])
}

fn act(sight: &Sight<'_>, it: &PlanOfIncident) -> Html {
    if it.leads || !sight.is_open() {
        return Html::nothing();
    }
    let to = |verb: &str, key: &str| {
        sight.link(&paths::act_for(sight.view.id, Tab::Plans, verb, it.edition.plan.as_str()), key)
    };
    let mut links = Vec::new();
    if may_steer(sight) {
        if apply_plan::is_open(it) {
            links.push(to(apply_plan::VERB.name, "applies-apply"));
        }
        if set_plan_aside::is_open(it) {
            links.push(to(set_plan_aside::VERB.name, "applies-aside"));
        }
    }
    if it.now.because.iter().any(|ground| !ground.ask.is_empty()) && sight.works() {
        let href = paths::act(sight.view.id, Tab::Facts, record_facts::VERB.name);
        links.push(sight.link(&href, "applies-record-facts"));
    }
    Html::stacked(links)
}

/// Going on under other editions, the newest first: both readings stay.
fn migrations(sight: &Sight<'_>) -> Items {
    let newer = sight.view.plans.iter().filter(|it| it.migration.is_none()).filter_map(|it| {
        let newer = it.newer.as_ref()?;
        Some(Item {
            title: Html::text(sight.ta(
                "applies-newer",
                &[("from", &sight.edition_name(&it.edition)), ("to", &sight.edition_name(newer))],
            )),
            text: String::new(),
            side: Html::of(&StateBadge::new(Mood::Quiet, sight.t("applies-stays"))),
        })
    });
    let told = sight.view.incident.migrations.iter().rev().map(|it| migration(sight, it));
    Items { items: newer.chain(told).collect(), empty: sight.t("applies-editions-none") }
}

fn migration(sight: &Sight<'_>, it: &Migration) -> Item {
    let (from, to) = (sight.edition_name(&it.from), sight.edition_name(&it.to));
    let (who, at) = (sight.person(it.proposed_by), sight.short(it.proposed_at));
    let proposed = sight.ta("applies-proposed-by", &[("who", &who), ("t", &at)]);
    let (mood, key, more) = match &it.state {
        MigrationState::Waiting => (Mood::Waiting, "applies-migration-waits", String::new()),
        MigrationState::Done { by, at } => {
            let args = [("who", sight.person(*by)), ("t", sight.short(*at))];
            let args: Vec<(&str, &str)> = args.iter().map(|(k, it)| (*k, it.as_str())).collect();
            (Mood::Done, "applies-migration-done", sight.ta("applies-confirmed-by", &args))
        }
        MigrationState::Withdrawn { by, reason } => {
            let args = [("who", sight.person(*by)), ("reason", reason.to_string())];
            let args: Vec<(&str, &str)> = args.iter().map(|(k, it)| (*k, it.as_str())).collect();
            (Mood::Quiet, "applies-migration-withdrawn", sight.ta("applies-withdrawn-by", &args))
        }
    };
    let text = [proposed, it.reason.to_string(), more];
    let text: Vec<String> = text.into_iter().filter(|line| !line.is_empty()).collect();
    Item {
        title: Html::text(sight.ta("applies-migration", &[("from", &from), ("to", &to)])),
        text: text.join(" · "),
        side: Html::of(&StateBadge::new(mood, sight.t(key))),
    }
}
