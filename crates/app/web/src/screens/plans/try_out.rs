//! `/plans/{plan}/try`: what a plan would make of facts. Nothing is saved.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{
    Applicability, Fact, FactReason, Grade, Matched, ScopeReason, ScopeStanding, ScoreReason,
    Undecided,
};
use fengsui_vocabulary::{ClauseId, Facts, LevelId, PlanId};

use super::book::{lines, small};
use super::frame::{Frame, Leaf, path};
use super::scenarios::applies_key;
use super::tables::{called_once, here, level};
use super::tested::written;
use crate::answer::{drawn, drawn_as};
use crate::error::WebError;
use crate::facts::{answered, asking};
use crate::form::{Reading, Returned};
use crate::page::{Page, Place};
use crate::parts::{
    Form, Header, Heading, Html, Mood, Notice, Pairs, Row, Standing, StateBadge, Table, Tabs, Tone,
    Weight,
};
use crate::session::SignedIn;
use crate::upload::Sent;

#[derive(Debug, Template)]
#[template(path = "plans/try_out.html")]
struct TryOut {
    page: Page,
    header: Header,
    tabs: Tabs,
    tried: Option<Tried>,
    form: Form,
}

/// What the plan makes of the facts.
#[derive(Debug)]
struct Tried {
    answer: Pairs,
    scopes: Option<Table>,
    matched: Table,
    undecided: Table,
}

/// The form on this screen.
const FORM: &str = "try";

/// `GET /plans/{plan}/try`
pub(super) async fn ask(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let form = form(&frame);
    drawn(&view(&frame, None, form))
}

/// `POST /plans/{plan}/try`
pub(super) async fn answer(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
    sent: Sent,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let mut reading = Reading::of(&sent, &frame.reader.visitor);
    let asked: Vec<&Fact> = frame.plan.facts_asked().collect();
    let facts = answered(&mut reading, &asked);
    match reading.done(Some(facts)) {
        Ok(facts) => {
            let form = form(&frame).filled(|name| sent.put_back(name));
            drawn(&view(&frame, Some(&facts), form))
        }
        Err(error) => {
            let returned = Returned::of(FORM, sent, error, &frame.reader.visitor)?;
            let form = returned.put_back(form(&frame));
            drawn_as(returned.status(), &view(&frame, None, form))
        }
    }
}

fn form(frame: &Frame) -> Form {
    let words = frame.reader.words();
    let action = path(&frame.plan.id, Leaf::TryOut);
    let submit = words.t("plan-try-submit");
    let mut form =
        Form::new(FORM, &action, frame.reader.csrf(), submit, words).weighing(Weight::Primary);
    form.draft = None; // nothing of a try-out is kept, not even in the browser
    let asked: Vec<&Fact> = frame.plan.facts_asked().collect();
    asking(form, &asked, words)
}

fn view(frame: &Frame, facts: Option<&Facts>, form: Form) -> TryOut {
    let mut page = frame.page();
    let words = frame.reader.words();
    if facts.is_none() {
        let notice = Notice::new(Tone::Plain, words.t("plan-try-lead"));
        page.notices.push(notice.line(words.t("plan-try-unknown")));
    }
    TryOut {
        page,
        header: frame.header(),
        tabs: frame.tabs(Leaf::TryOut),
        tried: facts.and_then(|facts| tried(frame, facts)),
        form,
    }
}

fn tried(frame: &Frame, facts: &Facts) -> Option<Tried> {
    // Every answer was checked against the plan's own questions, so neither is refused.
    let grade = frame.plan.grade(facts).ok()?;
    let applies = frame.plan.applicability(facts).ok()?;
    Some(Tried {
        answer: summary(frame, facts, &grade, &applies),
        scopes: (!applies.because.is_empty()).then(|| scopes(frame, &applies)),
        matched: matched(frame, &grade),
        undecided: undecided(frame, &grade),
    })
}

fn summary(frame: &Frame, facts: &Facts, grade: &Grade, applies: &Applicability) -> Pairs {
    let (words, saying) = (frame.reader.words(), frame.saying());
    let badge = |level: Option<&LevelId>, standing| {
        Html::of(&called_once(saying.level_or_none(&frame.plan.id, level, standing)))
    };
    let presumed =
        grade.presumed.then(|| Html::of(&StateBadge::new(Mood::Waiting, words.t("plan-presumed"))));
    let certain = [badge(grade.certain.as_ref(), Standing::Computed)];
    let possible = badge(grade.possible.as_ref(), Standing::Possible);
    let mut pairs = Pairs::default()
        .with(words.t("plan-applies"), Html::text(words.t(applies_key(applies.answer))))
        .with(words.t("grade-certain"), Html::marks(certain.into_iter().chain(presumed)))
        .with(words.t("grade-possible"), possible);
    for part in &grade.hand_over {
        let to = Html::text(part.to.in_lang(words.lang()));
        let clause = here(&frame.plan.id, &part.clause);
        pairs = pairs.with(words.t("book-hand-over"), Html::marks([to, clause]));
    }
    pairs.with(words.t("plan-known"), Html::text(super::moments::facts(&frame.plan, facts, words)))
}

fn scopes(frame: &Frame, applies: &Applicability) -> Table {
    let words = frame.reader.words();
    let headings = vec![
        Heading::key(words.t("plan-scope")),
        Heading::plain(words.t("duty-state")),
        Heading::plain(words.t("plan-because")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |reason: &ScopeReason| {
        let standing = match reason.standing {
            ScopeStanding::Met => StateBadge::new(Mood::Done, words.t("plan-met")),
            ScopeStanding::Undecided => StateBadge::new(Mood::Waiting, words.t("plan-undecided")),
            ScopeStanding::NotMet => StateBadge::new(Mood::Quiet, words.t("plan-not-met")),
        };
        Row::new(vec![
            Html::text(reason.label.in_lang(words.lang())),
            Html::of(&standing),
            reasons(frame, &reason.facts, &reason.scores),
            here(&frame.plan.id, &reason.clause),
        ])
    };
    Table::new(words.t("plan-applies"), headings, "").with(applies.because.iter().map(row))
}

fn headings(frame: &Frame, because: &str) -> Vec<Heading> {
    let words = frame.reader.words();
    vec![
        Heading::key(words.t("level")),
        Heading::plain(words.t("book-criterion")),
        Heading::plain(words.t(because)),
        Heading::plain(words.t("book-clause")),
    ]
}

fn matched(frame: &Frame, grade: &Grade) -> Table {
    let words = frame.reader.words();
    let row = |met: &Matched| {
        let because = reasons(frame, &met.because, &met.scores);
        line(frame, &met.level, (met.criterion.as_str(), &met.clause), because)
    };
    let headings = headings(frame, "plan-because");
    Table::new(words.t("plan-matched"), headings, words.t("plan-matched-none"))
        .with(grade.matched.iter().map(row))
}

fn undecided(frame: &Frame, grade: &Grade) -> Table {
    let words = frame.reader.words();
    let row = |open: &Undecided| {
        let because = reasons(frame, &open.margins, &open.scores);
        line(frame, &open.level, (open.criterion.as_str(), &open.clause), because)
    };
    let headings = headings(frame, "plan-would-decide");
    Table::new(words.t("plan-undecided-criteria"), headings, words.t("plan-undecided-none"))
        .with(grade.undecided.iter().map(row))
}

fn line(frame: &Frame, of: &LevelId, (id, clause): (&str, &ClauseId), because: Html) -> Row {
    let lang = frame.reader.words().lang();
    let known = frame.plan.criteria().find(|criterion| criterion.id == *id);
    let label = known.map_or(id, |criterion| criterion.label.in_lang(lang));
    Row::new(vec![
        Html::of(&level(&frame.saying(), &frame.plan, of)),
        Html::text(label),
        because,
        here(&frame.plan.id, clause),
    ])
}

/// Facts beside what is asked of them, and scores with what goes into them.
fn reasons(frame: &Frame, facts: &[FactReason], scores: &[ScoreReason]) -> Html {
    let (plan, words) = (&*frame.plan, frame.reader.words());
    let question = |id: &fengsui_vocabulary::FactId| {
        let known = plan.facts.get(id);
        known.map_or_else(|| id.to_string(), |it| it.question.in_lang(words.lang()).to_owned())
    };
    let of_fact = |reason: &FactReason| {
        let said = |text: &str| written(plan, reason.fact.as_str(), text, words);
        let value = reason.value.as_deref().map_or_else(|| words.t("unknown").into_owned(), said);
        let args = [("v", value.as_str()), ("needs", &said(&reason.needs))];
        let needs = words.ta("plan-value-needs", &args);
        lines([Html::text(question(&reason.fact)), small(&needs)])
    };
    let of_score = |reason: &ScoreReason| {
        let args = [("v", reason.value.as_str()), ("needs", &reason.needs)];
        let points = words.ta("plan-score-needs", &args);
        let label = reason.label.in_lang(words.lang());
        let terms = reason.terms.iter().map(|term| {
            let weight = term.weight.to_string();
            let args =
                [("q", question(&term.fact)), ("points", term.points.clone()), ("weight", weight)];
            let args: Vec<(&str, &str)> =
                args.iter().map(|(key, it)| (*key, it.as_str())).collect();
            small(&words.ta("plan-score-term", &args))
        });
        lines([Html::text(label), small(&points)].into_iter().chain(terms))
    };
    lines(facts.iter().map(of_fact).chain(scores.iter().map(of_score)))
}
