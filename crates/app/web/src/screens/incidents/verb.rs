//! What can be asked of an incident: each verb has a file of its own with its form and its reading.

use fengsui_desk::content::{CallRecord, DocumentText, Writing};
use fengsui_response::BlobRef;
use fengsui_response::incident::IncidentCommand;

use super::sight::Sight;
use super::tabs::Tab;
use super::typed::{Typed, Wrong};
use crate::parts::{Act, Consequence, Effect, Field, FieldKind, Form, Opt, Weight};

/// One thing that can be asked of an incident.
pub(super) struct Verb {
    /// Its word in addresses.
    pub(super) name: &'static str,
    /// The tab on which its form is.
    pub(super) tab: Tab,
    /// Whether it minds that the incident has moved on since its form was drawn.
    pub(super) when_stale: WhenStale,
    /// Its form, if it is offered to the reader now.
    pub(super) act: fn(&Sight<'_>) -> Option<Act>,
    /// What its form asks for.
    pub(super) read: fn(&Typed, &Sight<'_>) -> Result<Asking, Wrong>,
}

/// What becomes of a form that was drawn before something else happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenStale {
    /// It comes back and says who did what: a decision rests on what was seen.
    Tell,
    /// It only adds; the core says whether it still fits.
    GoOn,
}

/// What a form asks for.
pub(super) enum Asking {
    /// A command.
    Plain(IncidentCommand),
    /// A command that refers to a text, which is kept first.
    Written(Text, Box<dyn FnOnce(BlobRef) -> IncidentCommand + Send>),
}

/// A text that is kept beside the journal.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Writing(Writing),
    Call(CallRecord),
    Document(Box<DocumentText>),
}

impl Asking {
    pub(super) fn with(
        text: Text,
        command: impl FnOnce(BlobRef) -> IncidentCommand + Send + 'static,
    ) -> Self {
        Self::Written(text, Box::new(command))
    }
}

impl Sight<'_> {
    /// An empty form of a verb.
    pub(super) fn form(&self, verb: &'static str, submit: &str) -> Form {
        let action = super::paths::post(self.view.id, verb);
        Form::new(&format!("do-{verb}"), &action, self.csrf, self.t(submit), self.words)
    }

    /// The act of a form: what every act of an incident has, and what was typed before.
    pub(super) fn act(&self, verb: &'static str, summary: &str, form: Form) -> Act {
        let mut form = form
            .hiding("command", super::command_of(self.command, verb).to_string())
            .hiding("version", self.view.version.to_string())
            .with(self.happened_at());
        if self.viewer.actor.roles.len() > 1 {
            form = form.with(self.in_role());
        }
        // Whoever came for it finds it open; what it does to whom still has to be read.
        if self.wanted == Some(verb) {
            form.weight = Weight::Primary;
        }
        if let Some(returned) = self.returned {
            form = returned.put_back(form);
        }
        let mut act = Act::new(self.t(summary), form);
        act.is_wanted = self.wanted == Some(verb);
        act
    }

    /// When it happened: left empty it means now.
    fn happened_at(&self) -> Field {
        Field::new("happened_at", self.t("time-happened"), FieldKind::Time)
            .hint(self.t("inc-happened-hint"))
            .optional()
    }

    /// In which of the reader's roles; the plan chooses where nothing is said.
    fn in_role(&self) -> Field {
        let mut options = vec![Opt::new("", self.t("inc-role-fitting"))];
        let roles = self.viewer.actor.roles.iter();
        options.extend(roles.map(|role| Opt::new(role.as_str(), self.role(role))));
        Field::new("role", self.t("inc-in-role"), FieldKind::Select(options)).optional()
    }

    /// Open duties to choose from.
    pub(super) fn duty_choice(&self, keep: impl Fn(&fengsui_plan::Duty) -> bool) -> Option<Field> {
        let options: Vec<Opt> = self
            .open_ticks()
            .into_iter()
            .filter(|(_, duty)| keep(duty))
            .map(|(key, duty)| {
                let due = duty.due.map(|due| format!(" · {}", self.short(due)));
                Opt::new(key, format!("{}{}", self.duty_line(duty), due.unwrap_or_default()))
            })
            .collect();
        if options.is_empty() {
            return None;
        }
        let chosen = match (options.as_slice(), self.meant) {
            ([only], _) => only.value.clone(),
            (_, Some(meant)) => self.together(meant).join(" "),
            (_, None) => String::new(),
        };
        let field = Field::new("ticks", self.t("inc-which-duties"), FieldKind::Several(options));
        Some(field.value(chosen))
    }

    /// Why something was late.
    pub(super) fn late_because(&self) -> Field {
        Field::line("late_because", self.t("call-reason-late"))
            .hint(self.t("inc-late-hint"))
            .optional()
    }

    /// What an act does to whom, to be read first.
    pub(super) fn consequence(
        &self,
        verb: &str,
        title: String,
        effects: Vec<Effect>,
    ) -> Consequence {
        Consequence { id: format!("does-{verb}"), title, effects, agree: self.t("inc-agree") }
    }

    /// Roles to choose from.
    pub(super) fn role_options<'r>(
        &self,
        roles: impl IntoIterator<Item = &'r fengsui_vocabulary::RoleId>,
    ) -> Vec<Opt> {
        roles.into_iter().map(|role| Opt::new(role.as_str(), self.role(role))).collect()
    }
}

/// An effect of an act.
pub(super) fn effect(who: impl Into<String>, what: impl Into<String>) -> Effect {
    Effect { who: who.into(), what: what.into(), echo: None }
}

/// The same, with the value of a field of the form.
pub(super) fn echo(who: impl Into<String>, what: impl Into<String>, field: &str) -> Effect {
    Effect { who: who.into(), what: what.into(), echo: Some(field.to_owned()) }
}
