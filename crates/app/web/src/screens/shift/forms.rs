//! The forms of the shift desk.

use fengsui_desk::{Desk, IncidentLine, ReportLine, ShiftView};
use fengsui_vocabulary::PersonId;

use crate::form::COMMAND;
use crate::parts::{Act, Consequence, Effect, Field, FieldKind, Form, Opt, Weight};
use crate::routes;
use crate::session::SignedIn;

/// Letters of an entry that a choice shows.
const SHOWN_MAX: usize = 40;

/// What the forms are made of.
pub(super) struct Forms<'a> {
    pub(super) desk: &'a Desk,
    pub(super) reader: &'a SignedIn,
}

impl Forms<'_> {
    /// Begin the first shift.
    pub(super) fn begin(&self) -> Form {
        let t = |key: &str| self.reader.words().t(key).into_owned();
        self.form("begin", "/shift/begin", "shift-begin")
            .with(
                Field::new("at", t("shift-since"), FieldKind::Time)
                    .optional()
                    .hint(t("shift-begin-hint")),
            )
            .weighing(Weight::Primary)
    }

    /// Write into the log.
    pub(super) fn log(
        &self,
        view: &ShiftView,
        (incidents, reports): (&[IncidentLine], &[ReportLine]),
    ) -> Form {
        let t = |key: &str| self.reader.words().t(key).into_owned();
        let mut about = vec![Opt::new("", t("log-about-nothing"))];
        about.extend(incidents.iter().map(|it| {
            Opt::new(format!("incident:{}", it.incident), format!("{} {}", it.number, it.title))
        }));
        about.extend(reports.iter().map(|it| {
            Opt::new(format!("report:{}", it.report), format!("{} {}", it.number, it.title))
        }));
        self.of(view, "log", "log-write")
            .with(Field::prose("text", t("log-text")))
            .with(
                Field::new("at", t("time-happened"), FieldKind::Time)
                    .optional()
                    .hint(t("log-at-hint")),
            )
            .with(Field::new("about", t("log-about"), FieldKind::Select(about)).optional())
            .with(
                Field::line("organisation", t("log-organisation"))
                    .optional()
                    .hint(t("log-organisation-hint")),
            )
            .weighing(Weight::Primary)
    }

    /// What can be done besides, folded away.
    pub(super) fn acts(&self, view: &ShiftView, entries: &[(u32, String)]) -> Vec<Act> {
        let words = self.reader.words();
        let t = |key: &str| words.t(key).into_owned();
        let mut acts = Vec::new();
        let me = self.reader.viewer.person();
        let is_member = view.shift.members.contains_key(&me);
        if view.shift.is_on_duty() {
            if is_member {
                acts.push(Act::new(t("hand-over-remark"), self.remark(view)));
                acts.push(Act::new(t("hand-over-prepare"), self.prepare(view)));
            }
            let people = self.people(|person| !view.shift.members.contains_key(&person));
            let mine = people.iter().filter(|it| is_member || it.value == me.to_string()).cloned();
            let mine: Vec<Opt> = mine.collect();
            if !mine.is_empty() {
                let field = Field::new("person", t("shift-who"), FieldKind::Select(mine));
                let form = self.of(view, "join", "shift-join").with(field);
                acts.push(Act::new(t("shift-join"), form));
            }
            let officer = view.shift.officer();
            let present = |person: PersonId| {
                view.shift.members.contains_key(&person) && Some(person) != officer
            };
            let leaving = self.people(|person| present(person) && (is_member || person == me));
            if !leaving.is_empty() {
                let field = Field::new("person", t("shift-who"), FieldKind::Select(leaving));
                let form = self.of(view, "leave", "shift-leave").with(field);
                acts.push(Act::new(t("shift-leave"), form));
            }
        }
        if !entries.is_empty() {
            acts.push(Act::new(t("log-correct"), self.correct(view, entries)));
        }
        acts
    }

    /// Sign the hand-over that was read.
    pub(super) fn sign(&self, view: &ShiftView) -> Form {
        self.read(view, "sign", "hand-over-sign").weighing(Weight::Primary)
    }

    /// Take over what was read.
    pub(super) fn take_over(&self, view: &ShiftView) -> Form {
        let words = self.reader.words();
        let t = |key: &str| words.t(key).into_owned();
        let me = self.reader.viewer.person();
        let signed = view.shift.hand_over.as_ref().and_then(|it| it.signed).map(|it| it.by);
        let mut form = self.read(view, "take-over", "hand-over-take-over");
        if Some(me) == view.shift.officer() || Some(me) == signed {
            form = form
                .with(Field::prose("alone", t("hand-over-alone")).hint(t("hand-over-alone-hint")));
        }
        form.showing(Consequence {
            id: "take-over-what".to_owned(),
            title: t("hand-over-take-over-what"),
            effects: vec![Effect {
                who: self.reader.viewer.name.clone(),
                what: t("hand-over-take-over-effect"),
                echo: None,
            }],
            agree: t("hand-over-take-over-agree"),
        })
    }

    fn remark(&self, view: &ShiftView) -> Form {
        let words = self.reader.words();
        self.of(view, "remark", "hand-over-remark")
            .with(Field::prose("text", words.t("log-text")).hint(words.t("hand-over-remark-hint")))
    }

    fn prepare(&self, view: &ShiftView) -> Form {
        let t = |key: &str| self.reader.words().t(key).into_owned();
        let people = self.people(|person| !view.shift.members.contains_key(&person));
        self.of(view, "prepare", "hand-over-prepare")
            .with(
                Field::new("told", t("hand-over-told"), FieldKind::Several(people))
                    .optional()
                    .hint(t("hand-over-told-hint")),
            )
            .with(Field::new("begins_at", t("hand-over-begins"), FieldKind::Time).optional())
    }

    fn correct(&self, view: &ShiftView, entries: &[(u32, String)]) -> Form {
        let t = |key: &str| self.reader.words().t(key).into_owned();
        let shown = |text: &str| text.chars().take(SHOWN_MAX).collect::<String>();
        let choice = |(number, text): &(u32, String)| Opt::new(number.to_string(), shown(text));
        let choices = entries.iter().map(choice).collect();
        self.of(view, "correct", "log-correct")
            .with(Field::new("number", t("log-entry"), FieldKind::Select(choices)))
            .with(Field::prose("text", t("log-right")))
            .with(Field::line("because", t("log-why")).optional())
    }

    /// A form about exactly the content that is on the screen.
    fn read(&self, view: &ShiftView, verb: &str, submit: &str) -> Form {
        let content = view.shift.hand_over.as_ref().map(|it| it.content.digest.clone());
        self.of(view, verb, submit)
            .hiding("content", content.unwrap_or_default())
            .hiding("remarks", view.shift.remark_count().to_string())
    }

    fn of(&self, view: &ShiftView, verb: &str, submit: &str) -> Form {
        self.form(verb, &format!("{}/{verb}", routes::shift(view.id)), submit)
    }

    fn form(&self, id: &str, action: &str, submit: &str) -> Form {
        let words = self.reader.words();
        Form::new(id, action, self.reader.csrf(), words.t(submit), words)
            .hiding(COMMAND, self.desk.command_id().to_string())
    }

    fn people(&self, which: impl Fn(PersonId) -> bool) -> Vec<Opt> {
        let officers = self.desk.duty_officers().into_iter();
        let chosen = officers.filter(|(person, _)| which(*person));
        chosen.map(|(person, name)| Opt::new(person.to_string(), name)).collect()
    }
}
