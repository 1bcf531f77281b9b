//! The tab of what people wrote: leaders' instructions, notes, relations to other incidents.

use super::page::{Part, acts};
use super::sight::Sight;
use super::{on_behalf, paths, record_instruction, relate, texts, write_note};
use crate::parts::{Html, Item, Items};

pub(super) fn parts(sight: &Sight<'_>) -> Vec<Part> {
    vec![
        Part {
            id: "instructions",
            title: sight.t("inc-instructions"),
            body: instructions(sight),
            acts: acts(sight, &[&record_instruction::VERB]),
        },
        Part {
            id: "notes",
            title: sight.t("inc-notes"),
            body: notes(sight),
            acts: acts(sight, &[&write_note::VERB]),
        },
        Part {
            id: "relations",
            title: sight.t("inc-relations"),
            body: Html::of(&relations(sight)),
            acts: acts(sight, &[&relate::VERB]),
        },
    ]
}

/// Leaders' instructions, the newest first.
pub(super) fn instructions(sight: &Sight<'_>) -> Html {
    let all = &sight.view.incident.instructions;
    if all.is_empty() {
        return Html::of(&Items { items: Vec::new(), empty: sight.t("inc-instructions-none") });
    }
    Html::stacked(all.iter().rev().map(|it| {
        let how = match &it.given {
            fengsui_response::Given::InPerson => String::new(),
            fengsui_response::Given::OnBehalf { means, .. } => {
                format!(" · {}", on_behalf::means_name(sight, *means))
            }
        };
        let head = format!("{} · {}{how}", sight.role(&it.role), sight.short(it.at));
        Html::stacked([Html::text(head), texts::shown(sight, &it.text)])
    }))
}

/// Notes, the newest first.
pub(super) fn notes(sight: &Sight<'_>) -> Html {
    let all = &sight.view.incident.notes;
    if all.is_empty() {
        return Html::of(&Items { items: Vec::new(), empty: sight.t("inc-notes-none") });
    }
    Html::stacked(all.iter().rev().map(|note| {
        let head = format!("{} · {}", sight.person(note.by), sight.short(note.at));
        Html::stacked([Html::text(head), texts::shown(sight, &note.text)])
    }))
}

fn relations(sight: &Sight<'_>) -> Items {
    let items = sight.view.incident.relations.iter().map(|(relation, other)| Item {
        title: Html::link(&paths::incident(*other), &other.to_string()),
        text: relate::name(sight, *relation),
        side: Html::nothing(),
    });
    Items { items: items.collect(), empty: sight.t("inc-relations-none") }
}
