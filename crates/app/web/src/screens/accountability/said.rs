//! Kinds, states, outcomes and grounds in words.

use fengsui_response::{AccountabilityKind, Ground, Outcome, Said, SaidBy, Tick};

use crate::lang::Words;
use crate::parts::{Heading, Html, Mood, Row, StateBadge, Table};
use crate::routes;
use crate::say::Saying;

/// What an organisation did or left undone.
pub(super) fn kind(kind: AccountabilityKind, words: Words) -> String {
    words.t(&format!("acc-kind-{}", kind.name())).into_owned()
}

/// Where a file stands, as its list tells it.
pub(super) fn state(state: &str, outcome: Option<Outcome>, words: Words) -> StateBadge {
    let (mood, key) = match (state, outcome) {
        (_, Some(outcome)) => (Mood::Done, format!("acc-outcome-{}", outcome.name())),
        ("open", None) => (Mood::Attention, "acc-state-open".to_owned()),
        ("asked", None) => (Mood::Waiting, "acc-state-asked".to_owned()),
        ("heard", None) => (Mood::Active, "acc-state-heard".to_owned()),
        ("withdrawn", None) => (Mood::Quiet, "acc-state-withdrawn".to_owned()),
        (_, None) => (Mood::Quiet, "acc-state-dismissed".to_owned()),
    };
    StateBadge::new(mood, words.t(&key))
}

/// What a suggestion or a file rests on.
pub(super) fn grounds(grounds: &[Ground], saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("acc-ground")),
        Heading::plain(words.t("acc-ground-due")),
        Heading::plain(words.t("acc-ground-done")),
        Heading::plain(words.t("acc-ground-clause")),
    ];
    let rows = grounds.iter().map(|ground| row(ground, saying));
    Table::new(words.t("acc-grounds"), headings, words.t("acc-grounds-none")).with(rows)
}

fn row(ground: &Ground, saying: &Saying<'_>) -> Row {
    let words = saying.words;
    match ground {
        Ground::Duty { tick, clause, due, done, claimed, policy } => {
            let mut came = vec![match done {
                Some(done) => Html::of(&saying.moment(*done)),
                None => Html::text(words.t("acc-ground-never")),
            }];
            came.extend(claimed.map(|claimed| {
                let at = saying.clock.short(claimed, words);
                Html::text(words.ta("acc-ground-claimed", &[("at", &at)]))
            }));
            let mut due = vec![Html::of(&saying.moment(*due))];
            due.extend(
                policy
                    .as_ref()
                    .map(|policy| Html::text(words.ta("acc-ground-policy", &[("policy", policy)]))),
            );
            Row::new(vec![
                Html::text(duty(tick, saying)),
                Html::stacked(due),
                Html::stacked(came),
                Html::of(&saying.clause(&tick.plan, clause)),
            ])
        }
        Ground::ReportedByOthers { report, at } => Row::new(vec![
            Html::link(&routes::report(*report), &words.t("acc-ground-others")),
            Html::nothing(),
            Html::of(&saying.moment(*at)),
            Html::nothing(),
        ]),
        Ground::Told { fact, said } => {
            let question = said
                .first()
                .map_or_else(|| fact.to_string(), |said| saying.fact(fact, &said.value).0);
            let values = said.iter().map(|said| Html::text(told(fact, said, saying)));
            Row::new(vec![
                Html::text(question),
                Html::nothing(),
                Html::stacked(values),
                Html::nothing(),
            ])
        }
    }
}

/// A duty towards its recipient: 口头报告 → 值班室.
pub(super) fn duty(tick: &Tick, saying: &Saying<'_>) -> String {
    let label = saying.duty_label(&tick.plan, &tick.duty);
    let to = tick.to.as_ref().map(|to| format!(" → {}", saying.role(to)));
    format!("{label}{}", to.unwrap_or_default())
}

fn told(fact: &fengsui_vocabulary::FactId, said: &Said, saying: &Saying<'_>) -> String {
    let words = saying.words;
    let at = saying.clock.short(said.at, words);
    let value = saying.fact(fact, &said.value).1;
    let by = match (&said.document, &said.by) {
        (Some(title), _) => title.to_string(),
        (None, SaidBy::Report(_)) => words.t("acc-said-report").into_owned(),
        (None, SaidBy::Organisation(_)) => words.t("acc-said-itself").into_owned(),
        (None, SaidBy::Role(role)) => saying.role(role),
    };
    format!("{at} {by}: {value}")
}
