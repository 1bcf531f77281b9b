//! Recording a measure of the plan's catalogue, 处置措施.

use std::collections::BTreeSet;

use fengsui_desk::content::Writing;
use fengsui_response::incident::IncidentCommand;
use fengsui_vocabulary::RoleId;

use super::on_behalf;
use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Reading, Typed, Wrong};
use super::verb::{Asking, Text, Verb, WhenStale};
use crate::parts::{Act, Field, FieldKind, Opt};

pub(super) const VERB: Verb =
    Verb { name: "measures", tab: Tab::Response, when_stale: WhenStale::GoOn, act, read };

fn act(sight: &Sight<'_>) -> Option<Act> {
    let measures = &sight.lead().measures;
    let own = |measure: &&fengsui_plan::Measure| {
        measure.by.iter().any(|role| sight.viewer.actor.roles.contains(role))
    };
    if measures.is_empty()
        || !sight.is_open()
        || !(sight.works() || measures.iter().any(|it| own(&it)))
    {
        return None;
    }
    let options = measures.iter().map(|it| {
        let by = sight.roles(&it.by);
        Opt::new(
            it.id.clone(),
            format!("{} · {by} · {}", sight.legal(&it.label), sight.said(&it.text)),
        )
    });
    let mut form = sight
        .form(VERB.name, "inc-measure-record")
        .with(Field::new("measure", sight.t("inc-measure"), FieldKind::Radio(options.collect())))
        .with(Field::line("note", sight.t("inc-what-is-done")));
    if measures.iter().any(|it| own(&it)) {
        form = form.with(Field::prose("text", sight.t("inc-more")).optional());
    } else {
        // Written down for whoever took it: the plan names who may.
        let by: BTreeSet<&RoleId> = measures.iter().flat_map(|measure| &measure.by).collect();
        let by: Vec<RoleId> = by.into_iter().cloned().collect();
        form = form.hiding("behalf", "yes");
        for field in on_behalf::fields(sight, &by) {
            form = form.with(field);
        }
    }
    Some(sight.act(VERB.name, "inc-measure-record", form))
}

fn read(typed: &Typed, sight: &Sight<'_>) -> Result<Asking, Wrong> {
    let mut form = Reading::of(typed, sight);
    let measure: Option<String> = form.chosen("measure");
    let note = form.line("note");
    let is_behalf = form.ticked("behalf");
    let told = if is_behalf { on_behalf::read(&mut form) } else { None };
    let text = form.maybe_prose("text");
    let (Some(measure), Some(note)) = (measure, note) else { return Err(form.wrong()) };
    if let Some(mut told) = told {
        let command = |told: on_behalf::Told, record| {
            let on_behalf = Some(told.on_behalf(record));
            IncidentCommand::RecordMeasure { measure, note, text: None, on_behalf }
        };
        return form.sound(match told.record.take() {
            Some(text) => Asking::with(text, move |record| command(told, Some(record))),
            None => Asking::Plain(command(told, None)),
        });
    }
    let command = move |text| IncidentCommand::RecordMeasure {
        measure: measure.clone(),
        note: note.clone(),
        text,
        on_behalf: None,
    };
    form.sound(match text {
        Some(text) => {
            Asking::with(Text::Writing(Writing { text }), move |text| command(Some(text)))
        }
        None => Asking::Plain(command(None)),
    })
}
