//! The tables of a plan: who owes what to whom by when, who may do what, who is who here.

use fengsui_desk::RoleLine;
use fengsui_plan::{Criterion, DutyRule, Plan, Role};
use fengsui_vocabulary::LevelId;

use super::wording::Wording;
use crate::parts::{
    Heading, Html, LevelBadge, Link, Mood, Row, RowTone, Standing, StateBadge, Table,
};
use crate::say::Saying;

/// A clause on this page.
pub(super) fn here(clause: &fengsui_vocabulary::ClauseId) -> Html {
    Html::of(&Link::new(format!("#c-{clause}"), clause.as_str()))
}

/// A level of the plan itself: neither computed nor decided by anybody.
pub(super) fn level(saying: &Saying<'_>, plan: &Plan, level: &LevelId) -> LevelBadge {
    let mut badge = saying.level(&plan.id, level, Standing::Computed);
    badge.said.clear();
    badge
}

/// Levels and what gives them.
pub(super) fn levels(wording: &Wording<'_>, saying: &Saying<'_>) -> Table {
    let (words, plan) = (wording.words, wording.plan);
    let headings = vec![
        Heading::key(words.t("level")),
        Heading::plain(words.t("book-criterion")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |criterion: &Criterion| {
        let level = level(saying, plan, &criterion.level);
        let presumed = criterion
            .presumed
            .then(|| Html::of(&StateBadge::new(Mood::Quiet, words.t("grade-presumed"))));
        let label = Html::text(criterion.label.in_lang(words.lang()));
        Row::new(vec![
            Html::of(&level),
            Html::marks([label].into_iter().chain(presumed)),
            here(&criterion.clause),
        ])
    };
    Table::new(words.t("book-levels"), headings, words.t("none")).with(plan.criteria().map(row))
}

/// Who owes what to whom by when.
pub(super) fn duties(wording: &Wording<'_>, saying: &Saying<'_>) -> Table {
    let words = wording.words;
    let headings = vec![
        Heading::key(words.t("duty-what")),
        Heading::plain(words.t("duty-route")),
        Heading::plain(words.t("channel")),
        Heading::plain(words.t("duty-due")),
        Heading::plain(words.t("book-when")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |duty: &DutyRule| {
        let label = Html::two_lines(duty.label.in_lang(words.lang()), duty.id.as_str());
        let route = words.ta(
            "duty-from-to",
            &[
                ("from", &wording.roles(&duty.senders, "book-and")),
                ("to", &wording.roles(&duty.to, "book-and")),
            ],
        );
        let route =
            if duty.to.is_empty() { wording.roles(&duty.senders, "book-and") } else { route };
        let when = wording.condition(&duty.when);
        let mut when = vec![Html::text(when)];
        if duty.blocks_closing {
            when.push(Html::of(&StateBadge::new(Mood::Quiet, words.t("book-blocks-closing"))));
        }
        Row::new(vec![
            label,
            Html::text(route),
            Html::text(saying.channel(duty.channel)),
            Html::text(wording.due(duty)),
            Html::stacked(when),
            here(&duty.clause),
        ])
    };
    let plan = wording.plan;
    Table::new(words.t("book-duties"), headings, words.t("none")).with(plan.duties.iter().map(row))
}

/// Who may do what.
pub(super) fn authorities(wording: &Wording<'_>) -> Table {
    let words = wording.words;
    let headings = vec![
        Heading::key(words.t("authority-act")),
        Heading::plain(words.t("level")),
        Heading::plain(words.t("authority-who")),
        Heading::plain(words.t("plan-policy")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |authority: &fengsui_plan::Authority| {
        let policy = authority.policy.as_ref().and_then(|id| wording.plan.policies.get(id));
        let policy = policy.map(|policy| Html::text(policy.text.in_lang(words.lang())));
        Row::new(vec![
            Html::text(wording.act(authority.act)),
            Html::text(wording.levels(authority)),
            Html::text(wording.authority(authority)),
            policy.unwrap_or_default(),
            here(&authority.clause),
        ])
    };
    Table::new(words.t("authority"), headings, words.t("none"))
        .with(wording.plan.authorities.iter().map(row))
}

/// Who is who, and who fills each role here.
pub(super) fn roles(wording: &Wording<'_>, filled: &[RoleLine]) -> Table {
    let words = wording.words;
    let headings = vec![
        Heading::key(words.t("role")),
        Heading::plain(words.t("book-bound")),
        Heading::plain(words.t("role-bound-to")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |role: &Role| {
        let line = filled.iter().find(|line| line.role.id == role.id);
        let is_open = role.bound == fengsui_plan::Binding::Deployment
            && line.is_some_and(|line| line.filled_by.is_empty());
        let row = Row::new(vec![
            Html::two_lines(role.label.in_lang(words.lang()), role.id.as_str()),
            Html::text(wording.binding(role.bound)),
            line.map(|line| filled_by(line, is_open, wording)).unwrap_or_default(),
            here(&role.clause),
        ]);
        row.toned(if is_open { RowTone::Over } else { RowTone::Plain })
    };
    Table::new(words.t("book-roles"), headings, words.t("none"))
        .with(wording.plan.roles.values().map(row))
}

/// Who fills one role here; of a role of districts, each with its own.
pub(super) fn filled_by(line: &RoleLine, is_open: bool, wording: &Wording<'_>) -> Html {
    let words = wording.words;
    if is_open {
        return Html::of(&StateBadge::new(Mood::Attention, words.t("book-nobody")));
    }
    let names = line.filled_by.iter().map(|(_, name)| Html::text(name.in_lang(words.lang())));
    Html::stacked(names)
}

/// What the text leaves open, and how it is filled here; readings that were chosen.
pub(super) fn policies(wording: &Wording<'_>) -> Table {
    let (words, plan) = (wording.words, wording.plan);
    let headings = vec![
        Heading::key(words.t("book-clause")),
        Heading::plain(words.t("plan-policy")),
        Heading::plain(words.t("plan-policy-value")),
    ];
    let policies = plan.policies.values().map(|policy| {
        Row::new(vec![
            here(&policy.clause),
            Html::text(words.t("book-policy")),
            Html::text(policy.text.in_lang(words.lang())),
        ])
    });
    let readings = plan.readings.iter().map(|reading| {
        Row::new(vec![
            here(&reading.clause),
            Html::text(words.t("book-reading")),
            Html::text(reading.text.in_lang(words.lang())),
        ])
    });
    Table::new(words.t("plan-policies"), headings, words.t("none")).with(policies).with(readings)
}
