//! Filling the plan's forms from what is known: in Chinese, as documents are, with unverified marks.

use std::collections::BTreeSet;

use fengsui_desk::content::DocumentField;
use fengsui_plan::{Condition, Form as PlanForm, FormField, Plan, What};
use fengsui_response::{AnchorKind, Outlook, SaidBy};
use fengsui_vocabulary::{FactId, FactValue, Line, Prose, RoleId, Scalar};
use jiff::Timestamp;

use super::sight::Sight;
use super::typed::Reading;
use super::values::{chinese, value_in};
use crate::parts::{Field, FieldKind, Opt};

/// What is asked beside the fields of a form, or filled by the program.
const ELSEWHERE: [&str; 5] = ["stage", "addressees", "signatory", "scope", "unverified"];

/// What is known of one field.
struct Known {
    text: String,
    is_verified: bool,
}

/// One field of a form, and whether it must be filled in now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'f> {
    field: &'f FormField,
    need: Need,
}

/// Whether a field must be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Now.
    Now,
    /// Not for this deadline: it is owed later.
    Later,
    /// Never.
    Never,
}

/// The fields of a form that are filled in as text.
pub(super) fn written<'f>(form: &'f PlanForm, besides: &[&str]) -> Vec<Asked<'f>> {
    let is_text = |id: &str| !ELSEWHERE.contains(&id) && !besides.contains(&id);
    let fields = form.fields.iter().filter(|field| is_text(&field.id));
    let need = |field: &FormField| if field.required { Need::Now } else { Need::Never };
    fields.map(|field| Asked { field, need: need(field) }).collect()
}

/// The same under one plan: fields that are there at all by what is known, and of those that must be
/// filled in only what suffices for the deadline, where the plan names that.
pub(super) fn written_under<'f>(
    sight: &Sight<'_>,
    plan: &Plan,
    form: &'f PlanForm,
    suffices: &BTreeSet<String>,
) -> Vec<Asked<'f>> {
    let mut asked = written(form, &[]);
    asked.retain(|it| holds(sight, plan, &it.field.when));
    for it in &mut asked {
        if it.need == Need::Now && !suffices.is_empty() && !suffices.contains(&it.field.id) {
            it.need = Need::Later;
        }
    }
    asked
}

/// Whether a condition of a form certainly holds by what is known.
fn holds(sight: &Sight<'_>, plan: &Plan, condition: &Condition) -> bool {
    let facts = || sight.view.incident.current_facts();
    match condition {
        Condition::Always => true,
        Condition::LevelAtLeast(least) => {
            let level = sight.view.incident.level(plan);
            level.is_some_and(|level| plan.is_at_least(&level, least))
        }
        Condition::Flag(fact) => facts().get(fact) == Some(&FactValue::Exact(Scalar::Flag(true))),
        Condition::FactIs(fact, choice) => match facts().get(fact) {
            Some(FactValue::Exact(Scalar::Word(word))) => word.as_str() == choice,
            Some(FactValue::Exact(_) | FactValue::Range(_)) | None => false,
        },
        Condition::FactAtLeast(fact, least) => {
            let facts = facts();
            let known = facts.get(fact).zip(plan.facts.get(fact));
            let bounds = known.and_then(|(value, fact)| fact.bounds_of(value).ok());
            bounds.is_some_and(|bounds| bounds.mildest >= *least)
        }
        Condition::Stated(_) => {
            let of_plan = Some(plan.id.clone());
            sight.affected().any(|(_, affected)| affected.aware.contains_key(&of_plan))
        }
        Condition::Any(all) => all.iter().any(|one| holds(sight, plan, one)),
        Condition::All(all) => all.iter().all(|one| holds(sight, plan, one)),
    }
}

/// The same as fields of a screen, filled from what is known, and which of them nobody has verified.
pub(super) fn fields(
    sight: &Sight<'_>,
    fields: &[Asked<'_>],
    (plan, by): (&Plan, &RoleId),
) -> Vec<Field> {
    let mut all = Vec::new();
    let mut unverified = Vec::new();
    for Asked { field, need } in fields {
        let known = known(sight, &field.id, (plan, by));
        let label = sight.legal(&field.label);
        let mut asked = if is_short(sight, &field.id) {
            Field::line(&name_of(field), label)
        } else {
            Field::prose(&name_of(field), label)
        };
        match need {
            Need::Now => {}
            Need::Later => asked = asked.hint(sight.t("document-owed-later")).optional(),
            Need::Never => asked = asked.optional(),
        }
        if let Some(known) = known {
            if !known.is_verified {
                unverified.push(field.id.clone());
            }
            asked = asked.value(known.text);
        }
        all.push(asked);
    }
    let options =
        fields.iter().map(|it| Opt::new(it.field.id.clone(), sight.said(&it.field.label)));
    let marks = FieldKind::Several(options.collect());
    all.push(
        Field::new("unverified", sight.t("inc-unverified"), marks)
            .hint(sight.t("inc-unverified-hint"))
            .value(unverified.join(" "))
            .optional(),
    );
    all
}

/// Reads the fields of a form as they go into a document: empty ones are left out.
pub(super) fn read(form: &mut Reading<'_, '_>, fields: &[Asked<'_>]) -> Vec<DocumentField> {
    let unverified: Vec<&str> = form.typed.all("unverified").collect();
    let mut read = Vec::new();
    for Asked { field, need } in fields {
        let name = name_of(field);
        let value: Option<Prose> =
            if *need == Need::Now { form.prose(&name) } else { form.maybe_prose(&name) };
        let label: Option<Line> = field.label.zh.parse().ok();
        if let (Some(value), Some(label)) = (value, label) {
            let unverified = unverified.contains(&field.id.as_str());
            read.push(DocumentField { label, value, unverified });
        }
    }
    read
}

fn name_of(field: &FormField) -> String {
    format!("field-{}", field.id)
}

/// Whether a field holds a name, a time, or the value of a fact, not somebody's sentences.
fn is_short(sight: &Sight<'_>, id: &str) -> bool {
    const SHORT: [&str; 8] = [
        "organisation",
        "place",
        "occurred_at",
        "discovered_at",
        "received_at",
        "category",
        "level",
        "contact",
    ];
    SHORT.contains(&id) || id.parse().is_ok_and(|id: FactId| sight.fact(&id).is_some())
}

/// What is known of a field, in Chinese.
fn known(sight: &Sight<'_>, id: &str, (plan, by): (&Plan, &RoleId)) -> Option<Known> {
    let sure =
        |text: String| Some(Known { text, is_verified: true }).filter(|it| !it.text.is_empty());
    match id {
        "organisation" => sure(organisations(sight)),
        "place" => sure(places(sight)),
        "occurred_at" => sure(time(anchor(sight, AnchorKind::Occurred)?)),
        "discovered_at" => sure(time(anchor(sight, AnchorKind::Discovered)?)),
        "received_at" => sure(time(received(sight, by)?)),
        "description" => {
            let text = sight.view.incident.heading.as_ref()?.title.to_string();
            Some(Known { text, is_verified: sight.view.incident.confirmed.is_some() })
        }
        "category" => sure(classes(sight)),
        "level" => Some(level(sight, plan)),
        "measures_taken" => sure(measures(sight)),
        "contact" => sure(contact(sight, plan, by)?),
        fact => of_fact(sight, &fact.parse().ok()?),
    }
}

/// A fact: verified when an office of the plan said it, not only a reporter.
fn of_fact(sight: &Sight<'_>, id: &FactId) -> Option<Known> {
    let entries = sight.view.incident.facts.get(id)?;
    let newest = entries.iter().rev().find(|entry| entry.outlook == Outlook::Observed)?;
    let text = value_in(sight.fact(id)?, &newest.value, chinese());
    let is_contradicted = sight.view.contradictions.iter().any(|it| it.fact == *id);
    let is_verified = matches!(newest.said_by, SaidBy::Role(_)) && !is_contradicted;
    Some(Known { text, is_verified })
}

fn organisations(sight: &Sight<'_>) -> String {
    let names = sight.affected().map(|(_, affected)| match affected.organisation {
        Some(organisation) => sight.directory.name_of(organisation).zh,
        None => chinese().t("inc-unidentified").into_owned(),
    });
    names.collect::<Vec<_>>().join("、")
}

fn places(sight: &Sight<'_>) -> String {
    let codes = sight.affected().filter_map(|(_, affected)| affected.district.as_ref());
    let mut names: Vec<String> = codes
        .map(|code| {
            fengsui_desk::District::of(code.as_str())
                .map_or_else(|| code.to_string(), |district| district.label().zh)
        })
        .collect();
    names.dedup();
    names.join("、")
}

fn anchor(sight: &Sight<'_>, kind: AnchorKind) -> Option<Timestamp> {
    sight
        .affected()
        .filter_map(|(_, affected)| {
            let corrected = affected.corrections.iter().rev().find(|it| it.anchor == kind);
            corrected.map(|it| it.to).or_else(|| affected.anchors.at(kind))
        })
        .min()
}

/// The first receipt of a report by a role, or by a part of it.
fn received(sight: &Sight<'_>, role: &RoleId) -> Option<Timestamp> {
    let is_ours = |by: &RoleId| {
        by == role
            || sight.lead().roles.get(by).is_some_and(|known| known.part_of.as_ref() == Some(role))
    };
    let history = sight.view.incident.history();
    let receipts = history
        .happenings
        .iter()
        .filter(|happening| matches!(&happening.what, What::ReportReceived { by } if is_ours(by)));
    receipts.map(|happening| happening.at).min()
}

fn classes(sight: &Sight<'_>) -> String {
    let incident = &sight.view.incident;
    let others = incident.classes.iter().filter(|it| incident.primary_class.as_ref() != Some(it));
    let all = incident.primary_class.iter().chain(others);
    let names = all.filter_map(|class| {
        let taxonomy = sight.lead().taxonomies.iter().find(|it| it.id == class.taxonomy)?;
        let known = taxonomy.classes.iter().find(|known| known.code == class.code)?;
        Some(known.label.zh.clone())
    });
    names.collect::<Vec<_>>().join("、")
}

fn level(sight: &Sight<'_>, plan: &Plan) -> Known {
    let named = |level: &fengsui_vocabulary::LevelId| {
        let word = plan.level(level).map(|known| known.label.zh.clone()).unwrap_or_default();
        format!("{word}（{level}级）")
    };
    if let Some(judged) = sight.view.incident.judged(&plan.id) {
        let by = sight.role_label(&judged.role).map(|label| label.zh).unwrap_or_default();
        let text = format!("{}，{by}于{}判定", named(&judged.level), time(judged.at));
        return Known { text, is_verified: true };
    }
    let certain = sight.view.incident.computed(plan).certain;
    let text = certain.map_or_else(
        || "尚未判定".to_owned(),
        |certain| format!("{}，按已知事实初步研判，尚未判定", named(&certain)),
    );
    Known { text, is_verified: false }
}

fn measures(sight: &Sight<'_>) -> String {
    let taken = sight.view.incident.measures.iter().map(|taken| {
        let known = sight.lead().measures.iter().find(|known| known.id == taken.measure);
        let name = known.map(|known| known.label.zh.clone()).unwrap_or_default();
        format!("{name}：{}", taken.note)
    });
    let first = sight.view.incident.response.first_response_at;
    let first = first.map(|at| format!("{}开始先期处置", time(at)));
    first.into_iter().chain(taken).collect::<Vec<_>>().join("；")
}

fn contact(sight: &Sight<'_>, plan: &Plan, by: &RoleId) -> Option<String> {
    let organisation = sender(sight, plan, by)?;
    let details = sight.directory.details(organisation)?;
    let telephone = details.duty_telephone.as_ref()?;
    Some(format!("{} 值班电话 {telephone}", details.name.zh))
}

/// Who sends for a role: the affected organisation itself, or whoever fills the role.
fn sender(
    sight: &Sight<'_>,
    plan: &Plan,
    by: &RoleId,
) -> Option<fengsui_vocabulary::OrganisationId> {
    let role = plan.roles.get(by)?;
    if role.bound == fengsui_plan::Binding::Affected {
        return sight.affected().find_map(|(_, affected)| affected.organisation);
    }
    sight.directory.filled_by(plan, by, None)
}

/// The name of a sender on paper.
pub(super) fn sender_name(sight: &Sight<'_>, plan: &Plan, by: &RoleId) -> String {
    let role = plan.roles.get(by);
    match role.map(|role| role.bound) {
        Some(fengsui_plan::Binding::Affected) => organisations(sight),
        Some(_) | None => role_name(sight, by),
    }
}

/// The name of a role on paper.
pub(super) fn role_name(sight: &Sight<'_>, role: &RoleId) -> String {
    sight.role_label(role).map_or_else(|| role.to_string(), |label| label.zh)
}

/// A time on paper.
pub(super) fn time(at: Timestamp) -> String {
    let clock = crate::lang::Clock::in_shanghai(at);
    format!("{}{}", clock.day(at, chinese()), clock.short(at, chinese()))
}
