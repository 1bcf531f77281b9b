//! The form of a report made out of records: what they say together, in words that may be changed.

use fengsui_desk::{Desk, Detected, Gathered};
use fengsui_plan::Fact;
use fengsui_records::{Column, Top};
use fengsui_response::ReportKind;
use fengsui_vocabulary::{CommandId, FactValue};
use jiff::Timestamp;

use super::asked::Asked;
use super::report::places_of;
use super::{SEARCH, TAKE_IN, page, said, screen as sections, tabs};
use crate::error::WebError;
use crate::facts;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::parts::{
    Field, FieldKind, Form, Header, Heading, Html, Link, Moment, Notice, Opt, Pairs, Row, Table,
    Tone, Weight,
};
use crate::routes::WATCH;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The name of the form on its screen.
pub(super) const FORM: &str = "detected";

/// The field that holds the places.
pub(super) const PLACES: &str = "places";

/// Values of a list that the text names.
const NAMED_MAX: usize = 5;

/// Organisations that the screen lists.
const LISTED_MAX: usize = 20;

/// The facts that records can say something about.
const FACTS: [&str; 2] = ["malware_outbreak_scope", "place"];

/// The screen: what the records say, and the form.
pub(super) fn screen(
    desk: &Desk,
    officer: &SignedIn,
    gathered: &Gathered,
    returned: Option<&Returned>,
) -> General {
    let words = officer.words();
    let form = form(desk, officer, gathered);
    let form = returned.map_or_else(|| form.clone(), |returned| returned.put_back(form.clone()));
    let title = words.t("lookout-report-title").into_owned();
    let crumbs =
        vec![Link::new(WATCH, words.t("nav-watch")), Link::new(SEARCH, words.t("lookout-search"))];
    let header =
        Header::new(title.clone()).below(crumbs, words).lead(words.t("lookout-report-lead"));
    let parts = vec![
        Section::new("said", words.t("lookout-records-say"), Html::of(&figures(gathered, officer))),
        Section::new(
            "struck",
            words.t("lookout-top-organisation"),
            Html::of(&struck(gathered, officer)),
        ),
        Section::new("report", words.t("lookout-report-form"), Html::of(&form)),
    ];
    sections(page(officer, title), header, tabs(officer, ""), parts)
}

/// The screen where no record was ticked: what to do, and the way back.
pub(super) fn nothing_chosen(officer: &SignedIn, query: &str) -> General {
    let words = officer.words();
    let title = words.t("lookout-report-title").into_owned();
    // The query comes back from a form: only filters of ours are led to.
    let asked: Asked = axum::http::Uri::try_from(format!("{SEARCH}?{query}"))
        .ok()
        .and_then(|uri| axum::extract::Query::try_from_uri(&uri).ok())
        .map(|axum::extract::Query(asked)| asked)
        .unwrap_or_default();
    let notice = Notice::new(Tone::Attention, words.t("lookout-none-picked"))
        .line(words.t("lookout-none-picked-do"))
        .leading_to(Link::new(asked.href(), words.t("lookout-back")));
    let section = Section::new("report", words.t("lookout-report-form"), Html::of(&notice));
    sections(page(officer, title.clone()), Header::new(title), tabs(officer, ""), vec![section])
}

fn form(desk: &Desk, officer: &SignedIn, gathered: &Gathered) -> Form {
    let words = officer.words();
    let kinds = [
        (ReportKind::Incident, "lookout-kind-incident"),
        (ReportKind::Monitoring, "lookout-kind-monitoring"),
    ];
    let kinds = kinds.map(|(kind, key)| Opt::new(kind_name(kind), words.t(key)));
    let places: Vec<String> = gathered.hits.iter().map(|hit| hit.place.to_string()).collect();
    let mut form = Form::new(FORM, TAKE_IN, officer.csrf(), words.t("lookout-take-in"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .hiding(PLACES, places.join("\n"))
        .weighing(Weight::Primary)
        .with(Field::line("title", words.t("public-title")).value(title(gathered, words)))
        .with(
            Field::prose("description", words.t("lookout-description"))
                .hint(words.t("lookout-description-hint"))
                .value(description(gathered, officer)),
        )
        .with(
            Field::new("kind", words.t("lookout-kind"), FieldKind::Radio(kinds.into()))
                .value(kind_name(ReportKind::Incident)),
        );
    // What was typed about other records must not come back here.
    form.draft = places.first().map(|first| format!("{TAKE_IN}#{}:{first}", places.len()));
    let known = asked_facts(desk);
    let known: Vec<&Fact> = known.iter().collect();
    if known.is_empty() {
        return form;
    }
    let form = facts::asking(form.under(words.t("public-section-facts")), &known, words);
    let said = gathered.facts();
    let at_least: Vec<&str> = said
        .iter()
        .filter(|(_, value)| matches!(value, FactValue::Range(_)))
        .map(|(fact, _)| fact.as_str())
        .collect();
    form.filled(|name| match name.strip_prefix("fact.") {
        Some(fact) => {
            said.iter().find(|(id, _)| id.as_str() == fact).map(|(_, value)| least(value))
        }
        None => (name == facts::WORSE && !at_least.is_empty()).then(|| at_least.join(" ")),
    })
}

/// The facts that records can say something about, whether the leading plan judges by them or another that
/// is in force beside it.
fn asked_facts(desk: &Desk) -> Vec<Fact> {
    let Some(plan) = desk.lead_plan() else { return Vec::new() };
    let known = plan.facts.facts().iter();
    known.filter(|fact| FACTS.contains(&fact.id.as_str())).cloned().collect()
}

/// The word of a value, or of its lower end.
fn least(value: &FactValue) -> String {
    match value {
        FactValue::Exact(scalar) => scalar.to_string(),
        FactValue::Range(range) => range.min.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

const fn kind_name(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Incident => "incident",
        ReportKind::Supplement => "supplement",
        ReportKind::Final => "final",
        ReportKind::Monitoring => "monitoring",
        ReportKind::NearMiss => "near-miss",
    }
}

/// Reads the form, or says everything that must be mended.
pub(super) fn read(
    desk: &Desk,
    officer: &SignedIn,
    sent: &Sent,
) -> Result<(CommandId, Detected), WebError> {
    let mut reading = Reading::of(sent, &officer.visitor);
    let command = reading.command();
    let title = reading.line("title");
    let description = reading.prose("description");
    let kind = match reading.text("kind") {
        "incident" => Some(ReportKind::Incident),
        "monitoring" => Some(ReportKind::Monitoring),
        _ => {
            reading.wrong("kind", "error-choice");
            None
        }
    };
    let known = asked_facts(desk);
    let known: Vec<&Fact> = known.iter().collect();
    let facts = facts::answered(&mut reading, &known);
    let read = reading.done(command.zip(title).zip(description).zip(kind))?;
    let (((command, title), description), kind) = read;
    let places = places_of(sent);
    let lang = officer.words().lang();
    Ok((command, Detected { places, kind, title, description, facts, lang }))
}

/// What the records say together, in figures.
fn figures(gathered: &Gathered, officer: &SignedIn) -> Pairs {
    let words = officer.words();
    let number = |count: usize| Html::text(said::number(u64::try_from(count).unwrap_or_default()));
    let moment = |at: Option<Timestamp>| {
        at.map_or_else(|| Html::text("–"), |at| Html::of(&Moment::new(at, officer.clock(), words)))
    };
    let list = |tops: Vec<Top>, named: &dyn Fn(&str) -> String| {
        if tops.is_empty() { Html::text("–") } else { Html::text(listed(&tops, named, words)) }
    };
    Pairs::default()
        .with(words.t("lookout-records"), number(gathered.hits.len()))
        .with(words.t("lookout-organisations"), number(gathered.struck.len()))
        .with(
            words.t("lookout-districts"),
            list(gathered.counts(Column::District), &|code| said::district(code, words)),
        )
        .with(words.t("lookout-provinces"), list(gathered.provinces(), &str::to_owned))
        .with(words.t("lookout-addresses"), number(gathered.addresses()))
        .with(words.t("lookout-first"), moment(gathered.first))
        .with(words.t("lookout-last"), moment(gathered.last))
        .with(
            words.t("lookout-types"),
            list(gathered.counts(Column::Type), &|name| said::kind_named(name, words)),
        )
        .with(
            words.t("lookout-top-signature"),
            list(gathered.counts(Column::SignatureName), &str::to_owned),
        )
}

/// The organisations that the report will name.
fn struck(gathered: &Gathered, officer: &SignedIn) -> Table {
    let words = officer.words();
    let saying = Saying::to(&officer.visitor, None);
    let headings = vec![
        Heading::key(words.t("lookout-organisation")),
        Heading::numeric(words.t("lookout-records")),
        Heading::plain(words.t("lookout-first")),
    ];
    let rows = gathered.struck.iter().take(LISTED_MAX).map(|one| {
        let first = one.first.map(|at| Html::of(&saying.moment(at)));
        Row::new(vec![
            Html::text(saying.organisation(&one.organisation.to_string())),
            Html::text(said::number(one.records)),
            first.unwrap_or_default(),
        ])
    });
    Table::new(words.t("lookout-top-organisation"), headings, words.t("lookout-no-organisation"))
        .with(rows)
}

fn title(gathered: &Gathered, words: Words) -> String {
    let kinds = gathered.counts(Column::Type);
    let kind = kinds.first().map_or_else(
        || words.t("lookout-record").into_owned(),
        |top| said::kind_named(&top.value, words),
    );
    let count = gathered.struck.len();
    if count == 0 {
        return words.ta("lookout-detected-title-none", &[("type", &kind)]);
    }
    words.ta("lookout-detected-title", &[("type", &kind), ("n", &count.to_string())])
}

/// The text of the report: how many, of whom, since when, of what, and where the evidence is.
fn description(gathered: &Gathered, officer: &SignedIn) -> String {
    let (words, clock) = (officer.words(), officer.clock());
    let saying = Saying::to(&officer.visitor, None);
    let count = |count: usize| said::number(u64::try_from(count).unwrap_or_default());
    let time = |at: Option<Timestamp>| {
        at.map_or_else(|| words.t("unknown").into_owned(), |at| clock.full(at, words))
    };
    let mut lines = vec![
        words.ta(
            "lookout-text-count",
            &[
                ("records", &count(gathered.hits.len())),
                ("organisations", &count(gathered.struck.len())),
                ("districts", &count(gathered.counts(Column::District).len())),
                ("provinces", &count(gathered.provinces().len())),
                ("addresses", &count(gathered.addresses())),
            ],
        ),
        words.ta(
            "lookout-text-time",
            &[("first", &time(gathered.first)), ("last", &time(gathered.last))],
        ),
    ];
    let mut list = |key: &str, tops: Vec<Top>, named: &dyn Fn(&str) -> String| {
        if !tops.is_empty() {
            lines.push(words.ta(key, &[("list", &listed(&tops, named, words))]));
        }
    };
    list("lookout-text-types", gathered.counts(Column::Type), &|name| {
        said::kind_named(name, words)
    });
    list("lookout-text-signatures", gathered.counts(Column::SignatureName), &str::to_owned);
    list("lookout-text-organisations", named_units(gathered), &|id| said::organisation(id, saying));
    list("lookout-text-districts", gathered.counts(Column::District), &|code| {
        said::district(code, words)
    });
    list("lookout-text-provinces", gathered.provinces(), &str::to_owned);
    list("lookout-text-addresses", gathered.counts(Column::SourceIp), &str::to_owned);
    lines.push(words.t("lookout-text-evidence").into_owned());
    lines.join("\n")
}

fn named_units(gathered: &Gathered) -> Vec<Top> {
    let top = |one: &fengsui_desk::Struck| Top {
        value: one.organisation.to_string(),
        records: one.records,
    };
    gathered.struck.iter().map(top).collect()
}

/// The first values of a list with their numbers, and how many more there are.
fn listed(tops: &[Top], named: &dyn Fn(&str) -> String, words: Words) -> String {
    let one = |top: &Top| {
        words
            .ta("lookout-times", &[("what", &named(&top.value)), ("n", &said::number(top.records))])
    };
    let mut said: Vec<String> = tops.iter().take(NAMED_MAX).map(one).collect();
    if tops.len() > NAMED_MAX {
        said.push(words.tn("lookout-and-more", tops.len() - NAMED_MAX));
    }
    said.join(&words.t("list-and"))
}
