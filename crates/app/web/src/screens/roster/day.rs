//! `/roster/days/{day}`: who is named for the shifts of a day, and who stands in for whom.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{Desk, NewSubstitution, RosterDay, RosterPerson, RosterShift, SubstitutionLine};
use fengsui_response::{FilledSlot, Post, Slot};
use fengsui_vocabulary::{CommandId, PersonId};
use jiff::civil::Date;

use super::duty::people;
use super::{day_path, month_path};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::parts::{
    Act, Field, FieldKind, Form, Header, Heading, Html, Link, Opt, Row, Table, Weight,
};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The form that names people.
const EDIT: &str = "edit";

/// The form that has somebody stand in.
const SUBSTITUTE: &str = "substitute";

/// The form that has somebody stand in no longer.
const WITHDRAW: &str = "withdraw";

/// Deputies that the form has room for.
const DEPUTIES: usize = 2;

/// Between the parts of a slot in a form.
const BETWEEN: char = '|';

/// `GET /roster/days/{day}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(day): Path<Date>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, day, None).await
}

/// `POST /roster/days/{day}`
pub(super) async fn edit(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(day): Path<Date>,
    sent: Sent,
) -> Result<Response, WebError> {
    let known = desk.roster_day(&reader.viewer, day).await?;
    let posts = desk.roster_settings(&reader.viewer).await?.posts;
    let done = match read_edit(&sent, &reader, &known, &posts) {
        Ok((command, slots)) => {
            let by = &reader.viewer.actor;
            desk.edit_roster_day(by, command, slots).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    answer(&desk, &reader, day, (EDIT, sent, done)).await
}

/// `POST /roster/days/{day}/substitute`
pub(super) async fn substitute(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(day): Path<Date>,
    sent: Sent,
) -> Result<Response, WebError> {
    let done = match read_substitution(&sent, &reader, day) {
        Ok((command, new)) => {
            let by = &reader.viewer.actor;
            desk.substitute(by, command, new).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    answer(&desk, &reader, day, (SUBSTITUTE, sent, done)).await
}

/// `POST /roster/days/{day}/withdraw`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(day): Path<Date>,
    sent: Sent,
) -> Result<Response, WebError> {
    let mut reading = Reading::of(&sent, &reader.visitor);
    let command = reading.command();
    let who = standing_of(&mut reading, day);
    let done = match reading.done(command.zip(who)) {
        Ok((command, who)) => {
            let by = &reader.viewer.actor;
            desk.withdraw_substitution(by, command, who).await.map(drop).map_err(WebError::from)
        }
        Err(fault) => Err(fault),
    };
    answer(&desk, &reader, day, (WITHDRAW, sent, done)).await
}

async fn answer(
    desk: &Desk,
    reader: &SignedIn,
    day: Date,
    (form, sent, done): (&str, Sent, Result<(), WebError>),
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(reader.visitor.on_to(&day_path(day), "said-roster")),
        Err(fault) => {
            let returned = Returned::of(form, sent, fault, &reader.visitor)?;
            draw(desk, reader, day, Some(&returned)).await
        }
    }
}

fn read_edit(
    sent: &Sent,
    reader: &SignedIn,
    day: &RosterDay,
    posts: &[Post],
) -> Result<(CommandId, Vec<FilledSlot>), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let mut slots = Vec::new();
    for shift in &day.shifts {
        for (post, named) in posts.iter().zip(&shift.named) {
            let mut people: Vec<PersonId> = Vec::new();
            for place in 0..=DEPUTIES {
                people.extend(reading.choice_or_none::<PersonId>(&field(shift, post, place)));
            }
            // The form has no room for further deputies; whoever it does not show stays.
            if !people.is_empty() {
                let further = named.iter().skip(DEPUTIES + 1);
                let further: Vec<PersonId> =
                    further.filter(|person| !people.contains(person)).copied().collect();
                people.extend(further);
            }
            slots.push(FilledSlot { slot: slot(shift, post), people });
        }
    }
    reading.done(command.map(|command| (command, slots)))
}

fn read_substitution(
    sent: &Sent,
    reader: &SignedIn,
    day: Date,
) -> Result<(CommandId, NewSubstitution), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let command = reading.command();
    let who = standing_of(&mut reading, day);
    let stands_in = reading.choice("stands_in");
    let reason = reading.prose("reason");
    let new = who.zip(stands_in).zip(reason);
    let new = new.map(|(((slot, absent), stands_in), reason)| NewSubstitution {
        slot,
        absent,
        stands_in,
        reason,
    });
    reading.done(command.zip(new))
}

/// `night|duty-officer|per_…`
fn standing_of(reading: &mut Reading<'_>, on: Date) -> Option<(Slot, PersonId)> {
    let text: String = reading.choice("standing")?;
    let mut parts = text.split(BETWEEN);
    let mut part = || parts.next().unwrap_or_default();
    let (shift, post, person) = (part().parse(), part().parse(), part().parse());
    let (Ok(shift), Ok(post), Ok(person)) = (shift, post, person) else {
        reading.wrong("standing", "error-choice");
        return None;
    };
    Some((Slot { on, shift, post }, person))
}

async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    day: Date,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let known = desk.roster_day(&reader.viewer, day).await?;
    let posts = desk.roster_settings(&reader.viewer).await?.posts;
    let everybody = desk.roster_people().await?;
    let lines = desk.substitutions_of(&reader.viewer, day).await?;
    let head = desk.on_duty(desk.now()).await?.head;
    let saying = Saying::to(&reader.visitor, None);
    let back = |form: Form| returned.iter().fold(form, |form, returned| returned.put_back(form));
    let mut acts = Vec::new();
    let command = || desk.command_id().to_string();
    if !posts.is_empty() && !known.shifts.is_empty() {
        let form = edit_form(reader, &known, (&posts, &everybody)).hiding(COMMAND, command());
        acts.push(Act::new(words.t("roster-edit"), back(form)));
    }
    if known.shifts.iter().any(|shift| shift.posts.iter().any(|it| !it.people.is_empty())) {
        let form = substitution_form(reader, &known, &everybody).hiding(COMMAND, command());
        acts.push(Act::new(words.t("roster-substitute"), back(form)));
    }
    if !lines.is_empty() {
        let form = withdraw_form(reader, saying, day, &lines).hiding(COMMAND, command());
        acts.push(Act::new(words.t("roster-withdraw"), back(form)));
    }
    let mut page = reader.page("roster-day", day.to_string(), routes::ROSTER);
    page.live = None;
    let lost = returned.filter(|it| !acts.iter().any(|act| it.is_for(&act.form.id)));
    page.notices.extend(lost.map(Returned::notice));
    let month = fengsui_response::roster::Month::of(day);
    let crumbs = vec![Link::new(month_path(month), words.t("roster"))];
    let mut sections = vec![Section::new(
        "shifts",
        words.t("roster-shifts"),
        Html::of(&shifts(saying, &known, (&posts, head))),
    )];
    if !lines.is_empty() {
        let table = Html::of(&substitutions(saying, &lines));
        sections.push(Section::new("substitutions", words.t("roster-substitutions"), table));
    }
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header: Header::new(day.to_string()).below(crumbs, words),
            strip: None,
            tabs: None,
            sections,
            acts,
        },
    )
}

fn shifts(
    saying: Saying<'_>,
    day: &RosterDay,
    (posts, head): (&[Post], Option<PersonId>),
) -> Table {
    let words = saying.words;
    let mut headings = vec![Heading::key(words.t("roster-shift"))];
    headings.extend(posts.iter().map(|post| Heading::plain(post.label.in_lang(words.lang()))));
    let row = |shift: &RosterShift| {
        let mut cells = vec![Html::two_lines(
            shift.time.shift.label.in_lang(words.lang()),
            &format!(
                "{} – {}",
                saying.clock.short(shift.time.begins, words),
                saying.clock.short(shift.time.ends, words)
            ),
        )];
        cells.extend(shift.posts.iter().map(|it| people(saying, it, head)));
        Row::new(cells)
    };
    Table::new(words.t("roster-shifts"), headings, words.t("roster-gap-no-shift"))
        .with(day.shifts.iter().map(row))
}

fn edit_form(
    reader: &SignedIn,
    day: &RosterDay,
    (posts, everybody): (&[Post], &[RosterPerson]),
) -> Form {
    let words = reader.words();
    let lang = words.lang();
    let mut form = Form::new(EDIT, &day_path(day.on), reader.csrf(), words.t("roster-save"), words)
        .weighing(Weight::Primary);
    for shift in &day.shifts {
        for (post, named) in posts.iter().zip(&shift.named) {
            form = form.under(format!(
                "{} · {}",
                shift.time.shift.label.in_lang(lang),
                post.label.in_lang(lang)
            ));
            for place in 0..=DEPUTIES {
                let label = match place {
                    0 => words.t("roster-first").into_owned(),
                    _ => words.ta("roster-deputy", &[("n", &place.to_string())]),
                };
                let choices = FieldKind::Select(with_nobody(everybody, words));
                let value = named.get(place).map(ToString::to_string).unwrap_or_default();
                form = form.with(
                    Field::new(&field(shift, post, place), label, choices).optional().value(value),
                );
            }
        }
    }
    form
}

fn substitution_form(reader: &SignedIn, day: &RosterDay, everybody: &[RosterPerson]) -> Form {
    let words = reader.words();
    let saying = Saying::to(&reader.visitor, None);
    let mut standing = Vec::new();
    for shift in &day.shifts {
        for manning in &shift.posts {
            for it in &manning.people {
                let (label, post) = (&shift.time.shift.label, &manning.post);
                let text = format!(
                    "{} · {} · {}",
                    label.in_lang(words.lang()),
                    post.label.in_lang(words.lang()),
                    saying.person(it.person)
                );
                let slot = slot(shift, post);
                standing.push(Opt::new(key(&slot, it.person), text));
            }
        }
    }
    let action = format!("{}/substitute", day_path(day.on));
    Form::new(SUBSTITUTE, &action, reader.csrf(), words.t("roster-substitute"), words)
        .with(Field::new("standing", words.t("roster-absent"), FieldKind::Select(standing)))
        .with(Field::new(
            "stands_in",
            words.t("roster-who-stands-in"),
            FieldKind::Select(choices(everybody)),
        ))
        .with(Field::line("reason", words.t("roster-reason")).hint(words.t("roster-reason-hint")))
}

fn withdraw_form(
    reader: &SignedIn,
    saying: Saying<'_>,
    day: Date,
    lines: &[SubstitutionLine],
) -> Form {
    let words = reader.words();
    let choice = |it: &SubstitutionLine| {
        let names = [("who", saying.person(it.stands_in)), ("absent", saying.person(it.absent))];
        let names = names.each_ref().map(|(name, value)| (*name, value.as_str()));
        Opt::new(key(&it.slot, it.absent), words.ta("roster-stands-in", &names))
    };
    let choices = FieldKind::Select(lines.iter().map(choice).collect());
    let action = format!("{}/withdraw", day_path(day));
    Form::new(WITHDRAW, &action, reader.csrf(), words.t("roster-withdraw"), words).with(Field::new(
        "standing",
        words.t("roster-substitution"),
        choices,
    ))
}

fn substitutions(saying: Saying<'_>, lines: &[SubstitutionLine]) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("roster-substitution")),
        Heading::plain(words.t("roster-shift")),
        Heading::plain(words.t("roster-reason")),
        Heading::plain(words.t("roster-written-by")),
    ];
    let row = |it: &SubstitutionLine| {
        let names = [("who", saying.person(it.stands_in)), ("absent", saying.person(it.absent))];
        let names = names.each_ref().map(|(name, value)| (*name, value.as_str()));
        let reason =
            it.reason.as_ref().map_or_else(|| words.t("erased").into_owned(), ToString::to_string);
        Row::new(vec![
            Html::text(words.ta("roster-stands-in", &names)),
            Html::text(format!("{} · {}", it.slot.shift, it.slot.post)),
            Html::text(reason),
            Html::text(saying.person(it.by)),
        ])
    };
    Table::new(words.t("roster-substitutions"), headings, String::new()).with(lines.iter().map(row))
}

fn slot(shift: &RosterShift, post: &Post) -> Slot {
    Slot { on: shift.time.on, shift: shift.time.shift.id.clone(), post: post.id.clone() }
}

fn field(shift: &RosterShift, post: &Post, place: usize) -> String {
    format!("{}-{}-{place}", shift.time.shift.id, post.id)
}

fn key(slot: &Slot, person: PersonId) -> String {
    format!("{}{BETWEEN}{}{BETWEEN}{person}", slot.shift, slot.post)
}

/// Everybody who may stand a post.
pub(super) fn choices(everybody: &[RosterPerson]) -> Vec<Opt> {
    everybody.iter().map(|it| Opt::new(it.person.to_string(), &it.name)).collect()
}

fn with_nobody(everybody: &[RosterPerson], words: Words) -> Vec<Opt> {
    let mut with = vec![Opt::new("", words.t("roster-nobody"))];
    with.extend(choices(everybody));
    with
}
