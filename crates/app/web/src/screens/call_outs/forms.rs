//! The forms of a call-out: a large answer for whoever is called, the rest for the desk.

use askama::Template;
use askama::filters::HtmlSafe;
use fengsui_desk::{CallOutView, RosterPerson};
use fengsui_vocabulary::PersonId;

use super::path;
use crate::parts::{Act, Field, FieldKind, Form, Html, Opt, Weight};
use crate::say::Saying;
use crate::session::SignedIn;

/// Forms whose buttons are found at night, on a telephone.
#[derive(Debug, Template)]
#[template(
    source = r#"<div class="answers">{% for form in forms %}{{ form }}{% endfor %}</div>"#,
    ext = "html"
)]
struct Answers {
    forms: Vec<Form>,
}

impl HtmlSafe for Answers {}

/// "I am coming" and "I cannot", as large as they are needed.
pub(super) fn answers(reader: &SignedIn, view: &CallOutView, command: impl Fn() -> String) -> Html {
    let words = reader.words();
    let form = |name: &str, key: &str| {
        let action = format!("{}/{name}", path(view.id));
        let mut form = Form::new(name, &action, reader.csrf(), words.t(key), words)
            .hiding("command", command());
        form.draft = None;
        form
    };
    let mut forms = Vec::new();
    if view.may.come {
        forms.push(form("coming", "call-out-coming").weighing(Weight::Primary));
    }
    if view.may.decline {
        forms.push(form("cannot", "call-out-cannot"));
    }
    Html::of(&Answers { forms })
}

/// What the desk may do besides.
pub(super) fn acts(
    reader: &SignedIn,
    view: &CallOutView,
    everybody: &[RosterPerson],
    command: impl Fn() -> String,
) -> Vec<Act> {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let form = |name: &str, key: &str| {
        let action = format!("{}/{name}", path(view.id));
        Form::new(name, &action, reader.csrf(), words.t(key), words).hiding("command", command())
    };
    let act = |key: &str, form: Form| Act::new(words.t(key), form);
    let mut acts = Vec::new();
    let taken = view.call_out.taken.as_ref().map(|taken| taken.person);
    if taken.is_some() && (view.may.steer || taken == Some(reader.viewer.person())) {
        let mut end = form("end", "call-out-end");
        end.draft = None;
        acts.push(act("call-out-end", end));
    }
    if !view.may.steer {
        return acts;
    }
    if taken.is_none() {
        let people: Vec<PersonId> = view.call_out.people().collect();
        let mut known: Vec<Opt> = Vec::new();
        for person in people {
            let value = person.to_string();
            if !known.iter().any(|it| it.value == value) {
                known.push(Opt::new(value, saying.person(person)));
            }
        }
        let answers =
            ["coming", "cannot"].map(|it| Opt::new(it, words.t(&format!("call-out-{it}"))));
        acts.push(act(
            "call-out-told",
            form("told", "call-out-told")
                .with(Field::new("person", words.t("call-out-who"), FieldKind::Select(known)))
                .with(Field::new(
                    "answer",
                    words.t("call-out-answer"),
                    FieldKind::Radio(answers.into()),
                ))
                .with(
                    Field::new("said_at", words.t("call-out-said-at"), FieldKind::Time)
                        .optional()
                        .hint(words.t("call-out-said-at-hint")),
                ),
        ));
        let others = everybody
            .iter()
            .filter(|it| !view.call_out.is_on_call(it.person))
            .map(|it| Opt::new(it.person.to_string(), &it.name));
        acts.push(act(
            "call-out-add",
            form("add", "call-out-add").with(
                Field::new("person", words.t("call-out-who"), FieldKind::Select(others.collect()))
                    .hint(words.t("call-out-add-hint")),
            ),
        ));
    }
    acts.push(act(
        "call-out-cancel",
        form("cancel", "call-out-cancel").with(Field::line("reason", words.t("roster-reason"))),
    ));
    acts
}
