//! Forms: every value comes back after a refusal, every mistake says what to mend.

use askama::Template;

use crate::lang::Words;

/// A form that posts to one path.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/form.html")]
pub struct Form {
    words: Words,
    /// Its name on this screen; the ids of its fields begin with it.
    pub id: String,
    /// Where it posts.
    pub action: String,
    /// The token of the session.
    pub csrf: String,
    /// Under which name the browser keeps what was typed; none for forms without typing.
    pub draft: Option<String>,
    /// Whether files go with it.
    pub sends: Sends,
    /// Hidden values: command id, expected version.
    pub hidden: Vec<(String, String)>,
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// Headings over groups of fields: before which field, and what they say.
    pub headings: Vec<(usize, String)>,
    /// Why the whole form was turned down, besides its fields.
    pub refused: Option<String>,
    /// What will go to whom, to be read before the button works.
    pub consequence: Option<Consequence>,
    /// The word on the button.
    pub submit: String,
    /// How heavy the button is.
    pub weight: Weight,
}

/// What a form sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sends {
    /// Words.
    #[default]
    Words,
    /// Words and files.
    Files,
}

/// How heavy a button is. At most one primary per screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// One of several.
    #[default]
    Plain,
    /// The one act of this screen.
    Primary,
    /// It reaches other people or cannot be taken back.
    Grave,
}

impl Weight {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Primary => "primary",
            Self::Grave => "grave",
        }
    }
}

impl Form {
    /// An empty form.
    pub fn new(
        id: &str,
        action: &str,
        csrf: &str,
        submit: impl Into<String>,
        words: Words,
    ) -> Self {
        Self {
            words,
            id: id.to_owned(),
            action: action.to_owned(),
            csrf: csrf.to_owned(),
            draft: Some(format!("{action}#{id}")),
            sends: Sends::default(),
            hidden: Vec::new(),
            fields: Vec::new(),
            headings: Vec::new(),
            refused: None,
            consequence: None,
            submit: submit.into(),
            weight: Weight::default(),
        }
    }

    /// The same form with one more field.
    #[must_use]
    pub fn with(mut self, mut field: Field) -> Self {
        field.scope.clone_from(&self.id);
        field.optional_word = self.words.t("field-optional").into_owned();
        self.fields.push(field);
        self
    }

    /// The same form with a heading over the fields that follow.
    #[must_use]
    pub fn under(mut self, heading: impl Into<String>) -> Self {
        self.headings.push((self.fields.len(), heading.into()));
        self
    }

    /// The same form with a hidden value.
    #[must_use]
    pub fn hiding(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }

    /// The same form with a weight.
    #[must_use]
    pub fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// The same form, which shows what will go to whom first. Its button is grave.
    #[must_use]
    pub fn showing(mut self, consequence: Consequence) -> Self {
        self.consequence = Some(consequence);
        self.weight = Weight::Grave;
        self
    }

    /// The same form, turned down with a reason.
    #[must_use]
    pub fn refused(mut self, reason: impl Into<String>) -> Self {
        self.refused = Some(reason.into());
        self
    }

    /// Puts back what was typed, by name.
    #[must_use]
    pub fn filled(mut self, value_of: impl Fn(&str) -> Option<String>) -> Self {
        for field in &mut self.fields {
            if let Some(value) = value_of(&field.name) {
                field.value = value;
            }
        }
        self
    }

    /// Says what is wrong with a field.
    #[must_use]
    pub fn wrong(mut self, name: &str, error: impl Into<String>) -> Self {
        let error = error.into();
        match self.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.error = Some(error),
            None => self.refused = Some(error),
        }
        self
    }

    fn t(&self, key: &str) -> String {
        self.words.t(key).into_owned()
    }

    fn mistakes(&self) -> impl Iterator<Item = (String, &str)> {
        self.fields.iter().filter_map(|field| Some((field.id(), field.error.as_deref()?)))
    }

    fn heading(&self, before: usize) -> Option<&str> {
        let found = self.headings.iter().find(|(place, _)| *place == before);
        found.map(|(_, heading)| heading.as_str())
    }

    fn is_refused(&self) -> bool {
        self.refused.is_some() || self.mistakes().next().is_some()
    }

    fn button_class(&self) -> &'static str {
        self.weight.class()
    }
}

/// One field of a form, with its label, hint, value and mistake.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    scope: String,
    optional_word: String,
    /// The name it posts under.
    pub name: String,
    /// What it asks.
    pub label: String,
    /// What helps to answer.
    pub hint: Option<String>,
    /// What it holds.
    pub value: String,
    /// What has to be mended.
    pub error: Option<String>,
    /// Whether it must be filled in.
    pub need: Need,
    /// What it looks like.
    pub kind: FieldKind,
    /// The browser's name for it: `username`, `tel`.
    pub autocomplete: Option<String>,
}

/// Whether a field must be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may stay empty, and the label says so.
    Optional,
}

/// What a field looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line; the type of the input: `text`, `tel`, `email`, `number`, `password`, `search`.
    Line(&'static str),
    /// A date and time.
    Time,
    /// Several lines.
    Prose,
    /// One of several, folded.
    Select(Vec<Opt>),
    /// One of several, all in sight.
    Radio(Vec<Opt>),
    /// Any of several, all in sight; the value holds the chosen ones separated by spaces.
    Several(Vec<Opt>),
    /// Yes or no: the value is `yes` when ticked.
    Tick,
    /// Files; what it accepts.
    Files(&'static str),
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opt {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub text: String,
}

impl Opt {
    /// A choice.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }
}

impl Field {
    /// A field that must be filled in.
    pub fn new(name: &str, label: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            scope: String::new(),
            optional_word: String::new(),
            name: name.to_owned(),
            label: label.into(),
            hint: None,
            value: String::new(),
            error: None,
            need: Need::Required,
            kind,
            autocomplete: None,
        }
    }

    /// One line of text.
    pub fn line(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, FieldKind::Line("text"))
    }

    /// Several lines.
    pub fn prose(name: &str, label: impl Into<String>) -> Self {
        Self::new(name, label, FieldKind::Prose)
    }

    /// The same field; it may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// The same field with help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same field with a value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The same field with a mistake.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// The same field with the browser's name for it.
    #[must_use]
    pub fn autocomplete(mut self, name: &str) -> Self {
        self.autocomplete = Some(name.to_owned());
        self
    }

    fn id(&self) -> String {
        if self.scope.is_empty() {
            self.name.clone()
        } else {
            format!("{}-{}", self.scope, self.name)
        }
    }

    fn is_required(&self) -> bool {
        self.need == Need::Required
    }

    fn is_group(&self) -> bool {
        matches!(self.kind, FieldKind::Radio(_) | FieldKind::Several(_))
    }

    fn is_tick(&self) -> bool {
        self.kind == FieldKind::Tick
    }

    fn has(&self, choice: &str) -> bool {
        match self.kind {
            FieldKind::Several(_) => self.value.split_whitespace().any(|value| value == choice),
            FieldKind::Line(_)
            | FieldKind::Time
            | FieldKind::Prose
            | FieldKind::Select(_)
            | FieldKind::Radio(_)
            | FieldKind::Tick
            | FieldKind::Files(_) => self.value == choice,
        }
    }

    /// The ids of hint and mistake, for assistive technology.
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.id()));
        }
        if self.error.is_some() {
            ids.push(format!("{}-wrong", self.id()));
        }
        ids.join(" ")
    }
}

/// What an act does to whom: shown before the button works.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/consequence.html")]
pub struct Consequence {
    /// A name on this screen.
    pub id: String,
    /// What it is about: 将发送给 3 个单位.
    pub title: String,
    /// Who gets what.
    pub effects: Vec<Effect>,
    /// The sentence to agree to.
    pub agree: String,
}

/// Who gets what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// To whom.
    pub who: String,
    /// What, by which channel.
    pub what: String,
    /// The field of the form whose value is shown too.
    pub echo: Option<String>,
}
