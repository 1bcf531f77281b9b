//! `GET /plans/{plan}/levels`: when the plan applies, and what gives which level.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{Criterion, Score, ScoreTerm};
use fengsui_vocabulary::PlanId;

use super::frame::{Frame, Leaf, path};
use super::read::Written;
use super::tables::{here, level};
use super::tested::{Telling, Tested};
use crate::answer::drawn;
use crate::error::WebError;
use crate::parts::{Heading, Html, Link, Mood, Primary, Row, StateBadge, Table};
use crate::session::SignedIn;
use crate::views::Section;

/// `GET /plans/{plan}/levels`
pub(super) async fn levels(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let words = frame.reader.words();
    let written = Written::of(&frame.plan);
    let mut sections = vec![
        Section::new("applies", words.t("plan-applies"), Html::of(&scopes(&frame, &written))),
        Section::new("book-levels", words.t("book-levels"), Html::of(&criteria(&frame, &written))),
    ];
    let scores: Vec<Html> = frame.plan.scores().map(|it| score(&frame, it)).collect();
    if !scores.is_empty() {
        sections.push(Section::new("scores", words.t("plan-scores"), Html::stacked(scores)));
    }
    let mut view = frame.general(Leaf::Levels, sections);
    let try_out = Link::new(path(&frame.plan.id, Leaf::TryOut), words.t("plan-try"));
    view.header.primary = Some(Primary::Go(try_out));
    drawn(&view)
}

/// When the plan applies, and what it hands over although it applies.
fn scopes(frame: &Frame, written: &Written) -> Table {
    let (plan, words) = (&*frame.plan, frame.reader.words());
    let telling = Telling { plan, words };
    let headings = vec![
        Heading::key(words.t("plan-scope")),
        Heading::plain(words.t("book-when")),
        Heading::plain(words.t("book-clause")),
    ];
    let scopes = plan.scopes.iter().map(|scope| {
        let test = written.test("scope", scope.id.as_str());
        Row::new(vec![
            Html::text(scope.label.in_lang(words.lang())),
            test.map_or_else(|| Html::text(words.t("plan-always")), |it| said(telling, it)),
            here(&plan.id, &scope.clause),
        ])
    });
    let hand_overs = plan.hand_overs.iter().map(|part| {
        let to = part.to.in_lang(words.lang());
        let flag = serde_json::json!({ "flag": part.fact.as_str() });
        Row::new(vec![
            Html::marks([
                Html::of(&StateBadge::new(Mood::Quiet, words.t("book-hand-over"))),
                Html::text(to),
            ]),
            said(telling, &flag),
            here(&plan.id, &part.clause),
        ])
    });
    Table::new(words.t("plan-applies"), headings, words.t("plan-applies-always"))
        .with(scopes)
        .with(hand_overs)
}

/// What gives which level, in words.
fn criteria(frame: &Frame, written: &Written) -> Table {
    let (plan, words, saying) = (&*frame.plan, frame.reader.words(), frame.saying());
    let telling = Telling { plan, words };
    let headings = vec![
        Heading::key(words.t("level")),
        Heading::plain(words.t("book-criterion")),
        Heading::plain(words.t("plan-met-when")),
        Heading::plain(words.t("book-clause")),
    ];
    let row = |criterion: &Criterion| {
        let presumed =
            criterion.presumed.then(|| StateBadge::new(Mood::Quiet, words.t("plan-presumed")));
        let label = Html::text(criterion.label.in_lang(words.lang()));
        let test = written.test("criterion", criterion.id.as_str());
        Row::new(vec![
            Html::of(&level(&saying, plan, &criterion.level)),
            Html::stacked([label].into_iter().chain(presumed.map(|it| Html::of(&it)))),
            test.map(|test| said(telling, test)).unwrap_or_default(),
            here(&plan.id, &criterion.clause),
        ])
    };
    Table::new(words.t("book-levels"), headings, words.t("plan-levels-none"))
        .with(plan.criteria().map(row))
}

fn said(telling: Telling<'_>, test: &serde_json::Value) -> Html {
    let tested: Tested = telling.test(test);
    Html::of(&tested)
}

/// A score: what goes into it, how much each weighs, and its points.
fn score(frame: &Frame, score: &Score) -> Html {
    let (plan, words) = (&*frame.plan, frame.reader.words());
    let headings = vec![
        Heading::key(words.t("plan-score-fact")),
        Heading::numeric(words.t("plan-score-weight")),
        Heading::plain(words.t("plan-score-points")),
    ];
    let row = |term: &ScoreTerm| {
        let fact = plan.facts.get(&term.fact);
        let question = fact.map_or(term.fact.as_str(), |it| it.question.in_lang(words.lang()));
        Row::new(vec![
            Html::text(question),
            Html::text(term.weight.to_string()),
            Html::text(points(frame, term)),
        ])
    };
    let label = score.label.in_lang(words.lang());
    let table = Table::new(label, headings, words.t("none")).with(score.terms.iter().map(row));
    Html::stacked([
        Html::marks([Html::text(label), here(&plan.id, &score.clause)]),
        Html::of(&table),
    ])
}

/// The points of each answer, mildest first.
fn points(frame: &Frame, term: &ScoreTerm) -> String {
    let words = frame.reader.words();
    let fact = frame.plan.facts.get(&term.fact);
    let answer = |place: usize| {
        let choice = fact.and_then(|fact| fact.choices().get(place));
        match (choice, place) {
            (Some(choice), _) => choice.label.in_lang(words.lang()).to_owned(),
            (None, 0) => words.t("no").into_owned(),
            (None, _) => words.t("yes").into_owned(),
        }
    };
    let said = term.points.iter().enumerate();
    let said: Vec<String> =
        said.map(|(place, points)| format!("{} {points}", answer(place))).collect();
    said.join(" · ")
}
