//! The forms on the page of a file: what can be done about it, by whom.

use fengsui_desk::{AccountabilityView, Capacity, Desk};
use fengsui_response::accountability::{AccountabilityStatus, Hearing};
use fengsui_response::{AccountabilityKind, Ground, Outcome};
use jiff::SignedDuration;

use crate::error::WebError;
use crate::form::COMMAND;
use crate::lang::Words;
use crate::parts::{Act, Consequence, Effect, Field, FieldKind, Form, Opt, Sends, Weight};
use crate::routes;
use crate::session::SignedIn;

/// What files are taken.
const ACCEPTED: &str = ".pdf,.doc,.docx,.txt,.png,.jpg,.jpeg,.zip";

/// For how long an organisation is offered to answer.
const ANSWER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What forms are made for.
#[derive(Clone, Copy)]
struct Maker<'a> {
    desk: &'a Desk,
    reader: &'a SignedIn,
    view: &'a AccountabilityView,
    words: Words,
}

/// How many grounds the program has found since.
pub(super) async fn found(
    desk: &Desk,
    reader: &SignedIn,
    view: &AccountabilityView,
) -> Result<usize, WebError> {
    let Some(matter) = view.file.matter.as_ref().filter(|_| view.may_act && view.file.is_open())
    else {
        return Ok(0);
    };
    let (Some(incident), Some(_)) = (matter.incident, &view.number) else { return Ok(0) };
    let known: Vec<String> = view.file.ground.iter().filter_map(Ground::key).collect();
    let ground =
        desk.found_about(&reader.viewer, matter.kind, matter.organisation, incident).await?;
    Ok(ground.iter().filter_map(Ground::key).filter(|key| !known.contains(key)).count())
}

/// Everything that the reader can do about the file, what is expected next first.
pub(super) fn acts(
    desk: &Desk,
    reader: &SignedIn,
    view: &AccountabilityView,
    found: usize,
) -> Vec<Act> {
    let maker = Maker { desk, reader, view, words: reader.words() };
    let matter = view.file.matter.as_ref();
    let is_itself = matter
        .is_some_and(|matter| reader.viewer.actor.organisation == Some(matter.organisation))
        && reader.viewer.is_any(&[Capacity::Liaison, Capacity::Officer, Capacity::Leader]);
    let is_open = view.file.is_open();
    let is_closed = matches!(
        view.file.status,
        AccountabilityStatus::Decided(_) | AccountabilityStatus::Withdrawn
    );
    let may = view.may_act;
    let is_commendation =
        matter.is_some_and(|matter| matter.kind == AccountabilityKind::Commendation);
    let may_decide = may && !view.file.opened_by.contains(&reader.viewer.person());
    [
        (is_open && is_itself).then(|| statement(maker, true)),
        (is_open && may && found > 0).then(|| take_found(maker, found)),
        (is_open && may && !is_commendation).then(|| ask(maker)),
        (is_open && may_decide).then(|| decide(maker, is_commendation)),
        (is_open && may && !is_commendation).then(|| statement(maker, false)),
        (is_open && may).then(|| attach(maker)),
        (is_open && may).then(|| withdraw(maker)),
        (is_closed && may).then(|| reopen(maker)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn begun(maker: Maker<'_>, part: &str, submit: &str) -> Form {
    let action = format!("{}/{part}", routes::accountability(maker.view.id));
    Form::new(part, &action, maker.reader.csrf(), maker.words.t(submit), maker.words)
        .hiding(COMMAND, maker.desk.command_id().to_string())
}

fn with_files(mut form: Form, words: Words) -> Form {
    form.sends = Sends::Files;
    form.with(
        Field::new("files", words.t("acc-files-attached"), FieldKind::Files(ACCEPTED)).optional(),
    )
}

fn statement(maker: Maker<'_>, is_itself: bool) -> Act {
    let words = maker.words;
    let submit = if is_itself { "acc-answer" } else { "acc-write-down" };
    let form =
        begun(maker, "statement", submit).with(Field::prose("text", words.t("acc-statement")));
    let weight = if is_itself { Weight::Primary } else { Weight::Plain };
    let mut act = Act::new(words.t(submit), with_files(form, words).weighing(weight));
    if is_itself {
        act.lead = Some(words.t("acc-answer-lead").into_owned());
    }
    act
}

fn take_found(maker: Maker<'_>, found: usize) -> Act {
    let words = maker.words;
    let form = begun(maker, "found", "acc-take-found").weighing(Weight::Primary);
    let mut act = Act::new(words.t("acc-take-found"), form);
    act.lead = Some(words.tn("acc-found-count", found));
    act
}

fn ask(maker: Maker<'_>) -> Act {
    let words = maker.words;
    let clock = maker.reader.clock();
    let answer_by = clock.now.checked_add(ANSWER).unwrap_or(clock.now);
    let name = maker.view.file.matter.as_ref().map(|matter| {
        let directory = maker.reader.visitor.directory();
        directory.name_of(matter.organisation).in_lang(words.lang()).to_owned()
    });
    let form = begun(maker, "hearing", "acc-ask")
        .with(
            Field::new("answer_by", words.t("acc-answer-by"), FieldKind::Time)
                .value(clock.for_field(answer_by)),
        )
        .with(Field::prose("text", words.t("acc-question")))
        .showing(Consequence {
            id: "hearing-consequence".to_owned(),
            title: words.t("acc-ask-consequence").into_owned(),
            effects: vec![Effect {
                who: name.unwrap_or_default(),
                what: words.t("acc-ask-effect").into_owned(),
                echo: Some("text".to_owned()),
            }],
            agree: words.t("acc-ask-agree").into_owned(),
        });
    Act::new(words.t("acc-ask"), form)
}

fn decide(maker: Maker<'_>, is_commendation: bool) -> Act {
    let words = maker.words;
    let kind = maker.view.file.matter.as_ref().map(|matter| matter.kind);
    let outcomes: Vec<Opt> = Outcome::ALL
        .into_iter()
        .filter(|outcome| kind.is_some_and(|kind| outcome.fits(kind)))
        .map(|outcome| {
            Opt::new(outcome.name(), words.t(&format!("acc-outcome-{}", outcome.name())))
        })
        .collect();
    let form = begun(maker, "decision", "acc-decide")
        .with(Field::new("outcome", words.t("acc-outcome"), FieldKind::Radio(outcomes)))
        .with(Field::prose("reason", words.t("acc-reason")))
        .with(
            Field::line("document", words.t("acc-document"))
                .hint(words.t("acc-document-hint"))
                .optional(),
        );
    let form = with_files(form, words).weighing(Weight::Grave);
    let mut act = Act::new(words.t("acc-decide"), form);
    let was_heard = matches!(maker.view.file.hearing, Hearing::Heard | Hearing::Lapsed);
    if !is_commendation && !was_heard {
        act.lead = Some(words.t("acc-decide-lead").into_owned());
    }
    act
}

fn attach(maker: Maker<'_>) -> Act {
    let words = maker.words;
    let form = begun(maker, "evidence", "acc-attach")
        .with(
            Field::line("number", words.t("acc-evidence-number"))
                .hint(words.t("acc-evidence-number-hint"))
                .optional(),
        )
        .with(Field::prose("note", words.t("acc-evidence-note")).optional());
    Act::new(words.t("acc-attach"), with_files(form, words))
}

fn withdraw(maker: Maker<'_>) -> Act {
    let words = maker.words;
    let form = begun(maker, "withdrawal", "acc-withdraw")
        .with(Field::prose("reason", words.t("acc-reason")))
        .weighing(Weight::Grave);
    Act::new(words.t("acc-withdraw"), form)
}

fn reopen(maker: Maker<'_>) -> Act {
    let words = maker.words;
    let form = begun(maker, "reopening", "acc-reopen")
        .with(Field::prose("reason", words.t("acc-reason")))
        .with(
            Field::line("number", words.t("acc-evidence-number"))
                .hint(words.t("acc-evidence-number-hint"))
                .optional(),
        );
    let mut act = Act::new(words.t("acc-reopen"), with_files(form, words).weighing(Weight::Grave));
    act.lead = Some(words.t("acc-reopen-lead").into_owned());
    act
}
