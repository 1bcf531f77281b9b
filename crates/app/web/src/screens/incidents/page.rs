//! The page of an incident: the strip, what is due next, the one act, and the tab that is open.

use askama::Template;
use fengsui_desk::{Capacity, Reach};
use fengsui_response::AnchorKind;
use fengsui_response::incident::{ResponseState, Status};
use jiff::Timestamp;

use super::next_step::next_step;
use super::sight::Sight;
use super::tabs::Tab;
use super::verb::Verb;
use super::{
    documents_tab, duties_tab, facts_tab, judge_level, law, notes_tab, organisations_tab, paths,
    plans_tab, response_tab, review_tab, story,
};
use crate::page::{Page, Place, Width};
use crate::parts::{
    Act, Header, Html, Items, Link, Mood, Next, Primary, Standing, StateBadge, Strip, StripCell,
    Table, Tabs, Timeline,
};
use crate::screens::call_outs;
use crate::screens::custody::custody_marks;
use crate::views::PlanGrade;

/// The overview: the story on the left, the law on the right.
#[derive(Debug, Template)]
#[template(path = "incidents/overview.html")]
pub(super) struct Overview {
    page: Page,
    top: Top,
    story: Timeline,
    duties: Table,
    all_duties: Link,
    grades: Vec<PlanGrade>,
    authority: Table,
    in_the_way: Items,
    acts: Vec<Act>,
}

/// Any other tab: parts below each other.
#[derive(Debug, Template)]
#[template(path = "incidents/tab.html")]
pub(super) struct Tabbed {
    page: Page,
    top: Top,
    parts: Vec<Part>,
}

/// What is above every tab.
#[derive(Debug)]
pub(super) struct Top {
    header: Header,
    strip: Strip,
    next: Option<Next>,
    tabs: Tabs,
}

/// A heading over something, and what can be done about it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) body: Html,
    pub(super) acts: Vec<Act>,
}

/// The overview.
pub(super) fn overview(sight: &Sight<'_>, page: Page) -> Overview {
    Overview {
        page,
        top: top(sight, Tab::Overview),
        story: story::story(sight),
        duties: law::duties_in_sight(sight),
        all_duties: Link::new(
            sight.tab(Tab::Duties),
            sight.words.tn("inc-all-duties", sight.view.duties.len()),
        ),
        grades: law::grades(sight),
        authority: law::authority(sight),
        in_the_way: law::in_the_way(sight),
        acts: acts(sight, &[&judge_level::VERB]),
    }
}

/// Any other tab.
pub(super) fn tabbed(sight: &Sight<'_>, mut page: Page, tab: Tab) -> Tabbed {
    page.width = Width::Wide;
    let parts = match tab {
        Tab::Overview => Vec::new(),
        Tab::Facts => facts_tab::parts(sight),
        Tab::Organisations => organisations_tab::parts(sight),
        Tab::Plans => plans_tab::parts(sight),
        Tab::Duties => duties_tab::parts(sight),
        Tab::Response => response_tab::parts(sight),
        Tab::Documents => documents_tab::parts(sight),
        Tab::Notes => notes_tab::parts(sight),
        Tab::Review => review_tab::parts(sight),
    };
    Tabbed { page, top: top(sight, tab), parts }
}

/// What is offered to the reader out of these.
pub(super) fn acts(sight: &Sight<'_>, verbs: &[&Verb]) -> Vec<Act> {
    verbs.iter().filter_map(|verb| (verb.act)(sight)).collect()
}

fn top(sight: &Sight<'_>, tab: Tab) -> Top {
    Top {
        header: header(sight, tab),
        strip: strip(sight),
        next: next(sight),
        tabs: tabs(sight, tab),
    }
}

/// What the incident is called.
pub(super) fn title(sight: &Sight<'_>) -> String {
    let heading = sight.view.incident.heading.as_ref();
    heading.map(|it| it.title.to_string()).unwrap_or_default()
}

fn header(sight: &Sight<'_>, tab: Tab) -> Header {
    let heading = sight.view.incident.heading.as_ref();
    let number = heading.map(|it| it.number.to_string()).unwrap_or_default();
    let crumbs =
        vec![Link::new(paths::LIST, sight.t("incidents")), Link::new(sight.here(), number)];
    let mut header = Header::new(title(sight)).below(crumbs, sight.words);
    if let Some(step) = next_step(sight) {
        let link = Link::new(step.href, sight.t(step.key));
        header = header.primary(Primary::Go(link));
    }
    header.others.push(Link::new(paths::file(sight.view.id), sight.t("incident-tab-file")));
    if sight.viewer.is_any(&fengsui_response::custody::HANDLES) {
        let href = crate::routes::custody(&format!("incident:{}", sight.view.id));
        header.others.push(Link::new(href, sight.t("custody")));
        header.marks.extend(custody_marks(sight.words, &sight.view.custody));
    }
    if sight.is_open() && calls_out(sight) {
        let about = format!("incident:{}", sight.view.id);
        let place = call_outs::begin_about(&about);
        header.others.push(Link::new(place, sight.t("call-out-begin")));
    }
    if tab == Tab::Overview && sight.view.incident.primary_class.is_none() && sight.is_open() {
        let word = StateBadge::new(Mood::Waiting, sight.t("inc-not-classified"));
        header = header.mark(Html::of(&word));
    }
    header
}

/// Whether the reader may call people out.
fn calls_out(sight: &Sight<'_>) -> bool {
    let works = sight.viewer.is_any(&[Capacity::Officer, Capacity::Leader]);
    works && sight.viewer.reach == Reach::Whole
}

/// Level per plan, state, time since it was noticed first, response, people.
fn strip(sight: &Sight<'_>) -> Strip {
    let mut cells = Vec::new();
    let plans = sight.view.incident.plans.iter().filter_map(|edition| sight.plan(&edition.plan));
    for plan in plans {
        let judged = sight.view.incident.judged(&plan.id);
        let computed = sight.view.incident.computed(&plan);
        let saying = sight.saying();
        let mut values = Vec::new();
        if let Some(judged) = judged {
            values.push(Html::of(&sight.badge(&plan, &judged.level, Standing::Decided)));
            let who = sight.role(&judged.role);
            let by = sight.ta("grade-decided-by", &[("who", &who), ("t", &sight.short(judged.at))]);
            values.push(quiet(by));
        }
        let certain = computed.certain.as_ref();
        values.push(Html::of(&saying.level_or_none(&plan.id, certain, Standing::Computed)));
        if computed.possible != computed.certain {
            let possible = computed.possible.as_ref();
            values.push(Html::of(&saying.level_or_none(&plan.id, possible, Standing::Possible)));
        }
        let name = format!("{} · {}", sight.t("incident-level"), plan.short.to_uppercase());
        cells.push(StripCell { name, values });
    }
    cells.push(StripCell { name: sight.t("incident-state"), values: state(sight) });
    if let Some(since) = since(sight) {
        let values = vec![Html::of(&Since::new(sight, since)), Html::of(&sight.moment(since))];
        cells.push(StripCell { name: sight.t("incident-elapsed"), values });
    }
    cells.push(StripCell { name: sight.t("response"), values: response(sight) });
    cells.push(StripCell { name: sight.t("incident-organisations"), values: organisations(sight) });
    Strip { cells }
}

fn quiet(text: String) -> Html {
    Html::of(&Quiet { text })
}

/// A quieter second line.
#[derive(Debug, Template)]
#[template(source = r#"<span class="small quiet">{{ text }}</span>"#, ext = "html")]
struct Quiet {
    text: String,
}

impl askama::filters::HtmlSafe for Quiet {}

/// Time since the incident began, which the script in the browser keeps going.
#[derive(Debug, Template)]
#[template(source = r#"<b data-since="{{ at }}">{{ said }}</b>"#, ext = "html")]
struct Since {
    at: i64,
    said: String,
}

impl askama::filters::HtmlSafe for Since {}

impl Since {
    fn new(sight: &Sight<'_>, at: Timestamp) -> Self {
        Self { at: at.as_second(), said: sight.clock.since(at, sight.words) }
    }
}

/// When it was noticed first by anybody whom the reader may see, as it is read now.
fn since(sight: &Sight<'_>) -> Option<Timestamp> {
    let discovered = sight.affected().filter_map(|(_, affected)| {
        let corrections = affected.corrections.iter().rev();
        let corrected = corrections.into_iter().find(|it| it.anchor == AnchorKind::Discovered);
        corrected.map(|it| it.to).or(affected.anchors.discovered_at)
    });
    let opened = sight.view.incident.heading.as_ref().map(|heading| heading.opened_at);
    discovered.min().or(opened)
}

fn state(sight: &Sight<'_>) -> Vec<Html> {
    let badge = |mood, key: &str| Html::of(&StateBadge::new(mood, sight.t(key)));
    match sight.view.incident.status {
        Status::Closed(at) => {
            vec![badge(Mood::Done, "incident-state-closed"), Html::of(&sight.moment(at))]
        }
        Status::Open | Status::Absent => {
            let waits = sight.view.waiting.len();
            let mut values = vec![badge(Mood::Active, "incident-state-open")];
            if waits > 0 {
                values.push(quiet(sight.words.tn("inc-waiting-count", waits)));
            }
            values
        }
    }
}

fn response(sight: &Sight<'_>) -> Vec<Html> {
    let response = &sight.view.incident.response;
    let badge = |mood, key: &str| Html::of(&StateBadge::new(mood, sight.t(key)));
    match &response.state {
        ResponseState::Running { level, .. } => {
            vec![
                Html::of(&sight.badge(sight.lead(), level, Standing::Decided)),
                badge(Mood::Active, "inc-response-running"),
            ]
        }
        ResponseState::Ended { .. } => vec![badge(Mood::Done, "inc-response-ended")],
        ResponseState::NotStarted if response.first_response_at.is_some() => {
            vec![badge(Mood::Active, "response-first-running")]
        }
        ResponseState::NotStarted => vec![badge(Mood::Quiet, "inc-response-none")],
    }
}

/// At most three by name.
fn organisations(sight: &Sight<'_>) -> Vec<Html> {
    let names: Vec<String> = sight.affected().map(|(party, _)| sight.party(party)).collect();
    let mut values: Vec<Html> = names.iter().take(3).map(Html::text).collect();
    if names.len() > 3 {
        values.push(quiet(sight.words.tn("inc-more-organisations", names.len() - 3)));
    }
    values
}

/// What is due next, whoever owes it.
fn next(sight: &Sight<'_>) -> Option<Next> {
    if !sight.is_open() {
        return None;
    }
    let duty = law::in_order(sight).into_iter().find(|duty| duty.state.is_open())?;
    let plan = sight.plan(&duty.plan)?;
    Some(Next {
        label: sight.t("desk-next"),
        due: sight.saying().due_chip(duty),
        what: Link::new(sight.tab(Tab::Duties), sight.said(&duty.label)),
        who: sight.duty_line(duty),
        clause: Some(
            sight
                .clause(&plan, &duty.clause, "next")
                .because(duty.because.iter().map(|because| sight.said(&because.text)).collect()),
        ),
    })
}

fn tabs(sight: &Sight<'_>, open: Tab) -> Tabs {
    let count = |tab: Tab| match tab {
        Tab::Facts => Some(sight.view.incident.facts.len()),
        Tab::Organisations => Some(sight.affected().count()),
        Tab::Duties => Some(sight.view.duties.iter().filter(|it| it.state.is_open()).count()),
        Tab::Documents => Some(sight.view.incident.documents.len()),
        Tab::Plans => Some(sight.view.plans.iter().filter(|it| it.is_undecided).count()),
        Tab::Notes => {
            Some(sight.view.incident.notes.len() + sight.view.incident.instructions.len())
        }
        Tab::Overview | Tab::Response | Tab::Review => None,
    };
    let tab = |tab: Tab| crate::parts::Tab {
        link: Link::new(sight.tab(tab), sight.t(tab.key())),
        place: Place::is(&tab, &open),
        count: count(tab).filter(|count| *count > 0),
    };
    Tabs { label: sight.t("incident-tabs"), tabs: Tab::ALL.into_iter().map(tab).collect() }
}
