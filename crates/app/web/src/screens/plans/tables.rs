//! The tables of a plan: who owes what to whom by when, who may do what, who is who here.

use fengsui_desk::RoleLine;
use fengsui_plan::{Authority, DutyRule, How, Plan, Role};
use fengsui_vocabulary::{ClauseId, LevelId, PlanId};

use super::frame::{Leaf, path};
use super::wording::Wording;
use crate::parts::{
    Heading, Html, LevelBadge, Link, Mood, Row, RowTone, Standing, StateBadge, Table,
};
use crate::routes;
use crate::say::Saying;

/// A clause, where it is read.
pub(super) fn here(plan: &PlanId, clause: &ClauseId) -> Html {
    Html::of(&Link::new(routes::clause(plan, clause.as_str()), clause.as_str()))
}

/// A level of the plan itself: neither computed nor decided by anybody.
pub(super) fn level(saying: &Saying<'_>, plan: &Plan, level: &LevelId) -> LevelBadge {
    let mut badge = saying.level(&plan.id, level, Standing::Computed);
    badge.said.clear();
    called_once(badge)
}

/// A level that is called by a word instead of a number needs the word once.
pub(super) fn called_once(mut badge: LevelBadge) -> LevelBadge {
    if badge.numeral.chars().count() > NUMERAL_CHARS_MAX {
        badge.numeral = std::mem::take(&mut badge.word);
    }
    badge
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
        let label = Html::two_lines(duty.label.in_lang(words.lang()), &wording.duty_name(duty));
        let when = Html::text(wording.condition(&duty.when));
        Row::new(vec![
            label,
            Html::text(wording.route(duty)),
            Html::text(saying.channel(duty.channel)),
            Html::stacked([Html::text(wording.due(duty)), reckoning(wording, duty)]),
            Html::stacked(std::iter::once(when).chain(besides(wording, duty))),
            here(&wording.plan.id, &duty.clause),
        ])
    };
    let plan = wording.plan;
    Table::new(words.t("book-duties"), headings, words.t("none")).with(plan.duties.iter().map(row))
}

/// Whether the start of a clock is the text's or ours.
fn reckoning(wording: &Wording<'_>, duty: &DutyRule) -> Html {
    if !duty.assumed {
        return Html::nothing();
    }
    Html::of(&StateBadge::new(Mood::Attention, wording.words.t("plan-assumed")))
}

/// What else the pack says of a duty.
fn besides(wording: &Wording<'_>, duty: &DutyRule) -> Vec<Html> {
    let (plan, words) = (wording.plan, wording.words);
    let lang = words.lang();
    let badge = |key: &str| Html::of(&StateBadge::new(Mood::Quiet, words.t(key)));
    let mut said = Vec::new();
    if duty.blocks_closing {
        said.push(badge("book-blocks-closing"));
    }
    if duty.released_by_decision {
        said.push(badge("plan-released"));
    }
    if let Some(form) = duty.form.as_ref().and_then(|form| plan.forms.get(form)) {
        let path = format!("{}#f-{}", path(&plan.id, Leaf::Papers), form.id);
        let link = Html::link(&path, form.title.in_lang(lang));
        said.push(Html::marks([badge("book-form"), link]));
    }
    if !duty.partial.is_empty() {
        let fields = wording.fields(duty.form.as_ref(), &duty.partial);
        said.push(Html::text(words.ta("plan-partial", &[("fields", &fields)])));
    }
    if let Some(other) = &duty.same_channel_as {
        let other = wording.duty_label(other);
        said.push(Html::text(words.ta("plan-same-channel", &[("duty", &other)])));
    }
    if !duty.overrides.is_empty() {
        let others: Vec<String> = duty.overrides.iter().map(|it| wording.duty_label(it)).collect();
        let others = others.join(&words.t("book-and"));
        said.push(Html::text(words.ta("plan-overrides", &[("duty", &others)])));
    }
    said
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
    let row = |authority: &Authority| {
        let policy = authority.policy.as_ref().and_then(|id| wording.plan.policies.get(id));
        let policy = policy.map(|policy| Html::text(policy.text.in_lang(words.lang())));
        Row::new(vec![
            Html::text(wording.act(authority.act)),
            Html::text(wording.levels(authority)),
            who(wording, authority),
            policy.unwrap_or_default(),
            here(&wording.plan.id, &authority.clause),
        ])
    };
    Table::new(words.t("authority"), headings, words.t("none"))
        .with(wording.plan.authorities.iter().map(row))
}

/// Who may; what nobody may do before somebody is named stands out.
fn who(wording: &Wording<'_>, authority: &Authority) -> Html {
    let said = Html::text(wording.authority(authority));
    match &authority.how {
        How::Undefined => {
            Html::of(&StateBadge::new(Mood::Attention, wording.words.t("plan-blocked")))
        }
        How::Higher(_) => Html::stacked([
            said,
            Html::of(&StateBadge::new(Mood::Waiting, wording.words.t("plan-higher"))),
        ]),
        How::AnyOf(_) | How::Joint(_) | How::Approval { .. } => said,
    }
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
            here(&wording.plan.id, &role.clause),
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
            here(&wording.plan.id, &policy.clause),
            Html::text(words.t("book-policy")),
            Html::text(policy.text.in_lang(words.lang())),
        ])
    });
    let readings = plan.readings.iter().map(|reading| {
        Row::new(vec![
            here(&wording.plan.id, &reading.clause),
            Html::text(words.t("book-reading")),
            Html::text(reading.text.in_lang(words.lang())),
        ])
    });
    Table::new(words.t("plan-policies"), headings, words.t("none")).with(policies).with(readings)
}

/// Letters of the name of a level that is a number: `VIII`.
const NUMERAL_CHARS_MAX: usize = 4;
