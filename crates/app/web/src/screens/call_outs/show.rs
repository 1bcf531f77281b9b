//! `GET /call-outs/{call_out}`: a large answer for whoever is called; each step, who, when, the answer.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::{CallOutView, Desk};
use fengsui_response::call_out::{Begun, Closed, Tried};
use fengsui_response::house::CallOutWho;
use fengsui_response::roster::Manning;
use fengsui_response::{CallOutAnswer, LadderStep, PassedWhy, StepBecause};
use fengsui_vocabulary::CallOutId;

use super::{badge, forms};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::parts::{
    DueChip, Header, Heading, Html, Link, Mood, Notice, Pairs, Row, RowTone, StateBadge, Table,
    Tone,
};
use crate::routes::{self, CALL_OUTS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /call-outs/{call_out}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(call_out): Path<CallOutId>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, call_out, None).await
}

/// The screen, perhaps with a form that came back.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    call_out: CallOutId,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let words = reader.words();
    let view = desk.call_out_view(&reader.viewer, call_out).await?;
    let everybody = desk.roster_people().await?;
    let saying = Saying::to(&reader.visitor, None);
    let command = || desk.command_id().to_string();
    let mut acts = forms::acts(reader, &view, &everybody, command);
    for act in &mut acts {
        act.form = returned.iter().fold(act.form.clone(), |form, returned| returned.put_back(form));
    }
    let mut page = reader.page("call-out", words.t("call-out"), routes::ROSTER);
    let lost = returned.filter(|it| !acts.iter().any(|act| it.is_for(&act.form.id)));
    page.notices.extend(lost.map(Returned::notice));
    page.notices.extend(outcome(saying, &view));
    let mut sections = Vec::new();
    if view.may.come || view.may.decline {
        let answers = forms::answers(reader, &view, command);
        sections.push(Section::new("answer", words.t("call-out-your-answer"), answers));
    }
    let Some(begun) = &view.call_out.begun else { return Err(WebError::NoSuchPage) };
    let matter = Html::of(&matter(saying, &view, begun));
    sections.push(Section::new("matter", words.t("call-out-matter"), matter));
    let posts = desk.on_duty(desk.now()).await?.posts;
    let steps = Html::of(&steps(saying, &view, (begun, &posts)));
    sections.push(Section::new("steps", words.t("call-out-steps"), steps));
    let header = Header::new(words.ta("call-out-of", &[("about", &view.about_name)]))
        .below(vec![Link::new(CALL_OUTS, words.t("call-outs"))], words)
        .mark(Html::of(&badge(saying, view.call_out.standing().name())));
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General { page, header, strip: None, tabs: None, sections, acts },
    )
}

/// What everybody should know first.
fn outcome(saying: Saying<'_>, view: &CallOutView) -> Option<Notice> {
    let words = saying.words;
    if let Some(taken) = &view.call_out.taken {
        let who = saying.person(taken.person);
        let at = saying.clock.short(taken.at, words);
        let said = words.ta("call-out-taken-at", &[("who", &who), ("t", &at)]);
        return Some(Notice::new(Tone::Done, said));
    }
    if view.call_out.exhausted_at.is_some() && view.call_out.closed.is_none() {
        let notice = Notice::new(Tone::Attention, words.t("call-out-exhausted"));
        return Some(notice.line(words.t("call-out-exhausted-text")));
    }
    None
}

fn matter(saying: Saying<'_>, view: &CallOutView, begun: &Begun) -> Pairs {
    let words = saying.words;
    let place = routes::of_stream(begun.about.as_str()).filter(|_| view.may_open);
    let about = match place {
        Some(href) => Html::link(&href, &view.about_name),
        None => Html::text(&view.about_name),
    };
    let erased = || words.t("call-out-erased").into_owned();
    let occasion = words.t(&format!("call-out-when-{}", word(begun)));
    let mut pairs = Pairs::default()
        .with(words.t("call-out-about"), about)
        .with(
            words.t("call-out-because"),
            Html::text(view.because.as_ref().map_or_else(erased, ToString::to_string)),
        )
        .with(words.t("call-out-when"), Html::text(occasion))
        .with(
            words.t("call-out-begun"),
            Html::text(format!(
                "{} · {}",
                saying.clock.short(begun.at, words),
                saying.person(begun.by)
            )),
        );
    if let Some((_, call)) = view.call_out.current() {
        let until = DueChip::by(call.until, saying.clock, words);
        let called = Html::text(saying.person(call.person));
        pairs = pairs.with(words.t("call-out-now"), Html::stacked([called, Html::of(&until)]));
    }
    match &view.call_out.closed {
        Some(Closed::Ended { at, by }) => pairs.with(
            words.t("call-out-state-ended"),
            Html::text(format!("{} · {}", saying.clock.short(*at, words), saying.person(*by))),
        ),
        Some(Closed::Cancelled { at, by, .. }) => {
            let why = view.cancelled_because.as_ref().map_or_else(erased, ToString::to_string);
            let who = format!("{} · {}", saying.clock.short(*at, words), saying.person(*by));
            pairs.with(
                words.t("call-out-state-cancelled"),
                Html::stacked([Html::text(why), Html::text(who)]),
            )
        }
        None => pairs,
    }
}

/// Every step that was reached, then those of this round that were not, then who was added.
fn steps(saying: Saying<'_>, view: &CallOutView, (begun, posts): (&Begun, &[Manning])) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("call-out-who")),
        Heading::plain(words.t("call-out-as")),
        Heading::plain(words.t("call-out-called-at")),
        Heading::plain(words.t("call-out-answer")),
    ];
    let reached =
        view.call_out.tried.iter().map(|tried| tried_row(saying, view, (begun, tried), posts));
    let last = view.call_out.tried.last().map_or(0, |tried| tried.place.step);
    let is_first_round = view.call_out.tried.last().is_none_or(|tried| tried.place.round == 1);
    let later = begun.ladder.iter().skip(usize::try_from(last).unwrap_or(usize::MAX));
    let later = later.filter(|_| is_first_round).map(|step| {
        Row::new(vec![
            Html::text(step.person.map_or_else(
                || words.t("roster-nobody").into_owned(),
                |person| saying.person(person),
            )),
            Html::text(as_what(saying, step, posts)),
            Html::text(words.t("call-out-not-yet")),
            answer_of(saying, view, step.person),
        ])
        .toned(RowTone::Quiet)
    });
    let added = view.call_out.added.iter().map(|(person, at)| {
        Row::new(vec![
            Html::text(saying.person(*person)),
            Html::text(words.t("call-out-as-added")),
            Html::text(saying.clock.short(*at, words)),
            answer_of(saying, view, Some(*person)),
        ])
    });
    Table::new(words.t("call-out-steps"), headings, words.t("call-out-nobody"))
        .with(reached.chain(later).chain(added))
}

fn tried_row(
    saying: Saying<'_>,
    view: &CallOutView,
    (begun, tried): (&Begun, &Tried),
    posts: &[Manning],
) -> Row {
    let words = saying.words;
    let step = begun.step(tried.place.step);
    let person = tried.call.as_ref().map(|call| call.person);
    let round = tried.place.round;
    let mut as_what = step.map(|step| as_what(saying, step, posts)).unwrap_or_default();
    if round > 1 {
        as_what = words.ta("call-out-round", &[("as", &as_what), ("n", &round.to_string())]);
    }
    let called = tried.call.as_ref().map_or_else(Html::nothing, |call| {
        let (at, until) =
            (saying.clock.short(call.at, words), saying.clock.short(call.until, words));
        Html::two_lines(&at, &words.ta("call-out-until", &[("t", &until)]))
    });
    let passed = tried.passed.map(|(why, at)| {
        let (mood, key) = match why {
            PassedWhy::NoAnswer => (Mood::Silent, "call-out-passed-no-answer"),
            PassedWhy::Cannot => (Mood::Quiet, "call-out-passed-cannot"),
            PassedWhy::Vacant => (Mood::Attention, "call-out-passed-vacant"),
        };
        let said = words.ta(key, &[("t", &saying.clock.short(at, words))]);
        Html::of(&StateBadge::new(mood, said))
    });
    Row::new(vec![
        Html::text(
            person.map_or_else(
                || words.t("roster-nobody").into_owned(),
                |person| saying.person(person),
            ),
        ),
        Html::text(as_what),
        called,
        Html::stacked(passed.into_iter().chain([answer_of(saying, view, person)])),
    ])
}

/// What somebody said last and when; who wrote it down, if that was somebody else.
fn answer_of(
    saying: Saying<'_>,
    view: &CallOutView,
    person: Option<fengsui_vocabulary::PersonId>,
) -> Html {
    let words = saying.words;
    let Some(answer) = person.and_then(|person| view.call_out.answer_of(person)) else {
        return Html::nothing();
    };
    let (mood, key) = match answer.answer {
        CallOutAnswer::Coming => (Mood::Done, "call-out-coming"),
        CallOutAnswer::Cannot => (Mood::Quiet, "call-out-cannot"),
    };
    let mut when = saying.clock.short(answer.at, words);
    if answer.by != answer.person {
        let who = saying.person(answer.by);
        when = words.ta("call-out-written-down", &[("t", &when), ("who", &who)]);
    }
    Html::stacked([Html::of(&StateBadge::new(mood, words.t(key))), Html::text(when)])
}

/// As what somebody is called: on the roster, for somebody, because nobody is, as the head.
fn as_what(saying: Saying<'_>, step: &LadderStep, posts: &[Manning]) -> String {
    let words = saying.words;
    let name = step.post.as_ref().map_or("", |post| post.as_str());
    let known = posts.iter().find(|it| it.post.id == *name);
    let post = known.map_or(name, |it| it.post.label.in_lang(words.lang()));
    let key = match (step.because, step.who) {
        (StepBecause::OnRoster, CallOutWho::Deputy) => "call-out-as-deputy",
        (StepBecause::OnRoster, CallOutWho::First | CallOutWho::Head) => "call-out-as-first",
        (StepBecause::StandsIn, _) => "call-out-as-substitute",
        (StepBecause::Gap, _) => "call-out-as-gap",
        (StepBecause::IsHead, _) => "call-out-as-head",
    };
    words.ta(key, &[("post", post)])
}

fn word(begun: &Begun) -> &'static str {
    use fengsui_response::house::CallOutWhen;
    match begun.occasion {
        CallOutWhen::DutyMissed => "duty-missed",
        CallOutWhen::ReportWaiting => "report-waiting",
        CallOutWhen::ByHand => "by-hand",
    }
}
