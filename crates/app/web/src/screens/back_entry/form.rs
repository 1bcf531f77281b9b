//! The form of a back-entry: a row for each open duty, and rows for the duty log.

use std::collections::BTreeMap;

use fengsui_desk::{BackEntry, DoneBefore, LoggedBefore, OpenCase, OpenDuty, OpenGroup};
use fengsui_plan::Channel;
use fengsui_vocabulary::{Line, Prose};
use jiff::Timestamp;

use crate::parts::{Field, FieldKind, Form, Opt, Sends, Weight};
use crate::routes::BACK_ENTRY;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;

/// Duties on one page: as many as one form may send.
pub(super) const DUTIES_MAX: usize = 40;

/// Rows for the duty log.
pub(super) const LOGS: usize = 6;

/// What is filled in about a duty.
const FIELDS: [&str; 6] = ["at", "channel", "by", "whom", "note", "late"];

/// What was typed into a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// The stream and the key of the duty; none for the duty log.
    pub(super) duty: Option<(String, String)>,
    values: BTreeMap<&'static str, String>,
    /// What must be mended, by field.
    pub(super) wrong: Vec<(&'static str, String)>,
}

impl Typed {
    /// What stands in a field.
    pub(super) fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", |value| value.trim())
    }

    /// Whether anything was filled in; a channel stands there already.
    fn is_filled(&self) -> bool {
        self.values.iter().any(|(field, value)| *field != "channel" && !value.trim().is_empty())
    }
}

/// Everything that was filled in, row by row.
pub(super) fn typed(sent: &Sent) -> Vec<Typed> {
    let mut rows = Vec::new();
    for row in 0..DUTIES_MAX {
        let key = sent.text(&format!("d{row}-key"));
        let Some((stream, key)) = key.split_once(' ') else { continue };
        let duty = Some((stream.to_owned(), key.to_owned()));
        let values = FIELDS.map(|field| (field, sent.text(&format!("d{row}-{field}")).to_owned()));
        rows.push(Typed { duty, values: values.into(), wrong: Vec::new() });
    }
    for row in 0..LOGS {
        let values = ["at", "note"].map(|it| (it, sent.text(&format!("l{row}-{it}")).to_owned()));
        rows.push(Typed { duty: None, values: values.into(), wrong: Vec::new() });
    }
    rows.retain(Typed::is_filled);
    rows
}

/// Reads a row; what is wrong stays beside it.
pub(super) fn read(row: &mut Typed, reader: &SignedIn) -> Option<BackEntry> {
    let at = time(row, reader);
    match row.duty.clone() {
        None => {
            let text: Option<Prose> = text(row, "note", reader);
            Some(BackEntry::Logged(LoggedBefore { at: at?, text: text? }))
        }
        Some((stream, key)) => {
            let by: Option<Line> = text(row, "by", reader);
            let whom: Option<Line> = text(row, "whom", reader);
            let note: Option<Prose> = text(row, "note", reader);
            let late_because =
                if row.value("late").is_empty() { None } else { text(row, "late", reader) };
            let channel =
                if row.value("channel") == "oral" { Channel::Oral } else { Channel::Written };
            if !row.wrong.is_empty() {
                return None;
            }
            Some(BackEntry::Done(DoneBefore {
                stream,
                key,
                at: at?,
                channel,
                by,
                whom,
                note,
                late_because,
            }))
        }
    }
}

/// The form with what was typed into rows that came back.
pub(super) fn form(
    reader: &SignedIn,
    saying: Saying<'_>,
    open: &[(&OpenCase, &OpenGroup, &OpenDuty)],
    returned: &[Typed],
) -> Form {
    let words = saying.words;
    let id = "back-entry";
    let mut form = Form::new(id, BACK_ENTRY, reader.csrf(), words.t("back-enter"), words)
        .weighing(Weight::Primary);
    form.sends = Sends::Files;
    for (number, (case, group, duty)) in open.iter().enumerate() {
        let key = format!("{} {}", case.stream, duty.key());
        let back = returned.iter().find(|row| {
            row.duty.as_ref().is_some_and(|(stream, it)| format!("{stream} {it}") == key)
        });
        form = form.hiding(&format!("d{number}-key"), key.clone());
        form = form.under(heading(saying, (case, group, duty)));
        for field in duty_fields(saying, number, duty) {
            form = form.with(filled(field, &format!("d{number}-"), back));
        }
    }
    let logs: Vec<&Typed> = returned.iter().filter(|row| row.duty.is_none()).collect();
    form = form.under(words.t("back-log"));
    for row in 0..LOGS {
        let back = logs.get(row).copied();
        let at = Field::new(&format!("l{row}-at"), words.t("time-happened"), FieldKind::Time);
        let note = Field::line(&format!("l{row}-note"), words.t("log-text"));
        for field in [at.optional(), note.optional()] {
            form = form.with(filled(field, &format!("l{row}-"), back));
        }
    }
    form
}

fn duty_fields(saying: Saying<'_>, row: usize, duty: &OpenDuty) -> Vec<Field> {
    let words = saying.words;
    let name = |field: &str| format!("d{row}-{field}");
    let channels = ["oral", "written"]
        .map(|channel| Opt::new(channel, words.t(&format!("channel-{channel}"))));
    let channel = if duty.channel == Channel::Oral { "oral" } else { "written" };
    vec![
        Field::new(&name("at"), words.t("back-done-at"), FieldKind::Time).optional(),
        Field::new(&name("channel"), words.t("channel"), FieldKind::Select(channels.into()))
            .value(channel),
        Field::line(&name("by"), words.t("back-by")).optional(),
        Field::line(&name("whom"), words.t("back-whom")).optional(),
        Field::line(&name("note"), words.t("back-note")).optional(),
        Field::line(&name("late"), words.t("call-reason-late")).optional(),
    ]
}

/// 2026-0001 客户数据被窃 · 口头报告 · 市委网信办 → … · 10:30
fn heading(saying: Saying<'_>, (case, group, duty): (&OpenCase, &OpenGroup, &OpenDuty)) -> String {
    let words = saying.words;
    let lang = saying.lang();
    let from = group.from.in_lang(lang).to_owned();
    let route = match &group.to {
        Some(to) => words.ta("duty-from-to", &[("from", &from), ("to", to.in_lang(lang))]),
        None => from,
    };
    let due = duty.due.map(|due| saying.clock.short(due, words));
    let telephone = group.telephone.clone();
    let entered = duty.is_entered.then(|| words.t("back-entered-waits").into_owned());
    let case = format!("{} {}", case.number, case.title);
    let label = duty.label.in_lang(lang).to_owned();
    let parts = [Some(case), Some(label), Some(route), due, telephone, entered];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn filled(mut field: Field, prefix: &str, back: Option<&Typed>) -> Field {
    let Some(back) = back else { return field };
    let name = field.name.strip_prefix(prefix).unwrap_or_default().to_owned();
    field.value = back.value(&name).replace('\0', "");
    if let Some((_, wrong)) = back.wrong.iter().find(|(field, _)| *field == name) {
        field = field.error(wrong.clone());
    }
    field
}

fn time(row: &mut Typed, reader: &SignedIn) -> Option<Timestamp> {
    let words = reader.words();
    let text = row.value("at").to_owned();
    let wrong = if text.is_empty() {
        "error-needed"
    } else {
        match reader.clock().from_field(&text) {
            None => "error-time",
            Some(at) if at > reader.clock().now => "error-time-future",
            Some(at) => return Some(at),
        }
    };
    row.wrong.push(("at", words.t(wrong).into_owned()));
    None
}

fn text<const CHARS_MAX: usize>(
    row: &mut Typed,
    field: &'static str,
    reader: &SignedIn,
) -> Option<fengsui_vocabulary::Text<CHARS_MAX>> {
    let words = reader.words();
    let said = match row.value(field).parse() {
        Ok(text) => return Some(text),
        Err(fengsui_vocabulary::TextOutOfRange::Empty) => words.t("error-needed").into_owned(),
        Err(fengsui_vocabulary::TextOutOfRange::TooLong { chars, chars_max }) => words
            .ta("error-chars", &[("chars", &chars.to_string()), ("max", &chars_max.to_string())]),
        Err(fengsui_vocabulary::TextOutOfRange::Nul) => words.t("error-nul").into_owned(),
    };
    row.wrong.push((field, said));
    None
}
