//! A document as the press takes it: what it says comes from the text, how it looks from its form.

use fengsui_desk::content::{DocumentField, DocumentText};
use fengsui_plan::Layout as PlanLayout;
use fengsui_press::{Layout, Section, Sheet, Standing};
use fengsui_response::incident::Document;
use fengsui_vocabulary::{FormId, Lang, PlanId};
use jiff::Timestamp;

use super::sight::Sight;

/// A document that was issued, by its place among those of the incident, from 1.
pub(super) fn issued(sight: &Sight<'_>, number: usize) -> Option<Sheet> {
    let document = sight.view.incident.documents.get(number.checked_sub(1)?)?;
    let text: DocumentText = sight.view.text(&document.text)?;
    let form = document.form.as_ref().map(|form| (document.plan.as_ref(), form));
    let mut sheet = drawn(sight, &text, form, document.at);
    sheet.standing = Standing::Issued;
    sheet.number = document.number.as_ref().map(ToString::to_string);
    sheet.copies_to = copies(sight, document, &text);
    Some(sheet)
}

/// A document before it is sent: every page says that it is a draft.
pub(super) fn draft(sight: &Sight<'_>, text: &DocumentText, form: (&PlanId, &FormId)) -> Sheet {
    drawn(sight, text, Some((Some(form.0), form.1)), sight.clock.now)
}

fn drawn(
    sight: &Sight<'_>,
    text: &DocumentText,
    form: Option<(Option<&PlanId>, &FormId)>,
    at: Timestamp,
) -> Sheet {
    let heading = sight.view.incident.heading.as_ref();
    let zone = sight.lead().time_zone.clone();
    Sheet {
        lang: Lang::Zh,
        layout: form.map_or(Layout::Letter, |(plan, form)| layout(sight, plan, form)),
        standing: Standing::Draft,
        heading: text.sender.to_string(),
        number: None,
        urgency: None,
        signatory: text.signatory.as_ref().map(ToString::to_string),
        title: text.title.to_string(),
        addressees: text.addressees.iter().map(ToString::to_string).collect(),
        sections: sections(text),
        issuer: text.sender.to_string(),
        date: at.to_zoned(zone).date(),
        copies_to: Vec::new(),
        exercise: None,
        footer: heading.map(|heading| format!("{}（{}）", heading.number, text.stage)),
    }
}

/// How the form looks on paper; one that is not at hand any more is a letter.
fn layout(sight: &Sight<'_>, plan: Option<&PlanId>, form: &FormId) -> Layout {
    let plan = plan.map_or_else(|| sight.plan(&sight.lead().id), |plan| sight.plan(plan));
    let known = plan.and_then(|plan| plan.forms.get(form).map(|form| form.layout));
    match known {
        Some(PlanLayout::Official) => Layout::Official,
        Some(PlanLayout::Table) => Layout::Table,
        Some(PlanLayout::Letter) | None => Layout::Letter,
    }
}

fn sections(text: &DocumentText) -> Vec<Section> {
    let of_field = |field: &DocumentField| Section {
        label: Some(field.label.to_string()),
        text: if field.unverified {
            format!("{}（未经核实）", field.value)
        } else {
            field.value.to_string()
        },
    };
    let mut sections: Vec<Section> = text.fields.iter().map(of_field).collect();
    let body = text.body.as_ref().map(|body| Section { label: None, text: body.to_string() });
    sections.extend(body);
    sections
}

/// Whoever got it and is not named at its head.
fn copies(sight: &Sight<'_>, document: &Document, text: &DocumentText) -> Vec<String> {
    let names = document.to.iter().map(|role| super::compose::role_name(sight, role));
    names.filter(|name| !text.addressees.iter().any(|it| it.as_str() == name)).collect()
}
