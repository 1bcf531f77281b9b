//! `fengsui plan compare`: what changes for whom from one plan to another.

use std::process::ExitCode;

use fengsui_plan::{Change, ChangeKind, Comparison, Plan};
use fengsui_vocabulary::{Lang, RoleId};

use super::{Failure, json, named};
use crate::arguments::Format;
use crate::printing::say;

pub(super) fn compare(
    (from, to): (&str, &str),
    role: Option<&str>,
    lang: Lang,
    format: Format,
) -> Result<ExitCode, Failure> {
    let (from, to) = (named(from)?, named(to)?);
    let mut compared = fengsui_plan::compare(&from, &to);
    if let Some(role) = role {
        check_role(role, [&from, &to])?;
        compared.changes.retain(|change| change.who.iter().any(|who| who.as_str() == role));
    }
    match format {
        Format::Json => say(&json(&compared)?),
        Format::Text => lines(&compared, [&from, &to], lang).iter().for_each(|line| say(line)),
    }
    Ok(ExitCode::SUCCESS)
}

fn check_role(role: &str, plans: [&Plan; 2]) -> Result<(), Failure> {
    let known = role.parse::<RoleId>().ok();
    let known = known.is_some_and(|id| plans.iter().any(|plan| plan.roles.contains_key(&id)));
    if known {
        return Ok(());
    }
    let roles = plans.iter().flat_map(|plan| plan.roles.keys()).map(RoleId::as_str);
    let roles: std::collections::BTreeSet<&str> = roles.collect();
    let roles = roles.into_iter().collect::<Vec<_>>().join(", ");
    Err(Failure::Said(format!("neither plan has a role `{role}`; they have {roles}")))
}

fn lines(compared: &Comparison, plans: [&Plan; 2], lang: Lang) -> Vec<String> {
    if compared.changes.is_empty() {
        return vec!["nothing changes".to_owned()];
    }
    compared.changes.iter().map(|change| line(change, plans, lang)).collect()
}

fn line(change: &Change, [from, to]: [&Plan; 2], lang: Lang) -> String {
    let name = |role: &RoleId| {
        let known = to.roles.get(role).or_else(|| from.roles.get(role));
        known.map_or_else(|| role.to_string(), |role| role.label.in_lang(lang).to_owned())
    };
    let who: Vec<String> = change.who.iter().map(name).collect();
    let who = if who.is_empty() { String::new() } else { format!(" [{}]", who.join(", ")) };
    let clause = change.clause.as_ref();
    let clause = clause.map(|clause| format!(" (clause {clause})")).unwrap_or_default();
    format!("{:<9} {}{who}{clause}", word(change.kind), change.text.in_lang(lang))
}

const fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Looser => "looser",
        ChangeKind::Removed => "gone",
        ChangeKind::Stricter => "stricter",
        ChangeKind::Added => "new",
        ChangeKind::Changed => "different",
    }
}
