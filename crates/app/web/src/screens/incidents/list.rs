//! The list of incidents: open ones first, or all of them.

use askama::Template;
use fengsui_desk::{IncidentLine, OnlyOpen};

use super::paths;
use crate::lang::Words;
use crate::page::{Page, Place};
use crate::parts::{
    DueChip, Header, Heading, Html, Link, Mood, Pages, Row, RowTone, Standing, StateBadge, Tab,
    Table, Tabs,
};
use crate::say::Saying;

/// 事件: every incident the reader may see.
#[derive(Debug, Template)]
#[template(path = "incidents/list.html")]
pub(super) struct List {
    page: Page,
    header: Header,
    tabs: Tabs,
    table: Table,
    pages: Option<Pages>,
}

/// The list, from lines of a page.
pub(super) fn list(
    saying: &Saying<'_>,
    page: Page,
    found: &fengsui_desk::Page<IncidentLine>,
    only_open: OnlyOpen,
) -> List {
    let words = saying.words;
    let t = |key: &str| words.t(key).into_owned();
    let headings = vec![
        Heading::key(t("incident")),
        Heading::plain(t("incident-level")),
        Heading::plain(t("duty-due")),
        Heading::plain(t("response")),
        Heading::plain(t("incident-state")),
        Heading::plain(t("inc-opened")),
    ];
    let rows = found.lines.iter().map(|line| row(saying, line));
    let state = match only_open {
        OnlyOpen::Yes => "open",
        OnlyOpen::No => "all",
    };
    let next = found.next.as_ref().map(|after| {
        let href = format!("{}?state={state}&after={after}", paths::LIST);
        Link::new(href, t("pages-next"))
    });
    let pages = next.map(|next| Pages {
        said: words.tn("inc-list-shown", found.lines.len()),
        label: t("pages"),
        previous: None,
        next: Some(next),
    });
    List {
        page,
        header: Header::new(t("incidents")),
        tabs: tabs(words, only_open),
        table: Table::new(t("incidents"), headings, t("incidents-none")).with(rows),
        pages,
    }
}

fn tabs(words: Words, only_open: OnlyOpen) -> Tabs {
    let tab = |which: OnlyOpen, state: &str, key: &str| Tab {
        link: Link::new(format!("{}?state={state}", paths::LIST), words.t(key)),
        place: Place::is(&which, &only_open),
        count: None,
    };
    let open = tab(OnlyOpen::Yes, "open", "incident-state-open");
    let all = tab(OnlyOpen::No, "all", "all");
    Tabs { label: words.t("incidents").into_owned(), tabs: vec![open, all] }
}

fn row(saying: &Saying<'_>, line: &IncidentLine) -> Row {
    let words = saying.words;
    let badge = |mood, key: &str| Html::of(&StateBadge::new(mood, words.t(key)));
    let name = Html::stacked([
        Html::link(&paths::incident(line.incident), &line.title),
        Html::text(&line.number),
    ]);
    let mut levels = Vec::new();
    if let Some(judged) = &line.judged {
        levels.push(Html::of(&saying.level(&line.plan, judged, Standing::Decided)));
    }
    if line.judged.is_none() || line.judged != line.certain {
        let certain = line.certain.as_ref();
        levels.push(Html::of(&saying.level_or_none(&line.plan, certain, Standing::Computed)));
    }
    if line.judged.is_none() && line.possible != line.certain {
        let possible = line.possible.as_ref();
        levels.push(Html::of(&saying.level_or_none(&line.plan, possible, Standing::Possible)));
    }
    let due = line.next_due_at.filter(|_| line.is_open);
    let chip = due.map(|due| DueChip::by(due, saying.clock, words));
    let is_over = chip.as_ref().is_some_and(DueChip::is_over);
    let open = usize::try_from(line.open_duties).unwrap_or(0);
    let owed = match (&chip, open) {
        (_, 0) => Html::text(words.t("inc-nothing-owed")),
        (Some(chip), open) => {
            Html::stacked([Html::of(chip), Html::text(words.tn("inc-open-duties", open))])
        }
        (None, open) => Html::text(words.tn("inc-open-duties", open)),
    };
    let response = match (line.response.as_str(), &line.response_level) {
        ("running", Some(level)) => Html::of(&saying.level(&line.plan, level, Standing::Decided)),
        ("ended", _) => badge(Mood::Done, "inc-response-ended"),
        (_, _) => badge(Mood::Quiet, "inc-response-none"),
    };
    let state = if line.is_open {
        badge(Mood::Active, "incident-state-open")
    } else {
        badge(Mood::Done, "incident-state-closed")
    };
    let opened = Html::of(&saying.moment(line.opened_at));
    let tone = match (is_over, line.is_open) {
        (true, _) => RowTone::Over,
        (false, true) => RowTone::Plain,
        (false, false) => RowTone::Quiet,
    };
    Row::new(vec![name, Html::marks(levels), owed, response, state, opened]).toned(tone)
}
