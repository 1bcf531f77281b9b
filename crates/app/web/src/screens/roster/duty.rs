//! Who is on duty, as the desk and the roster say it.

use fengsui_desk::CallOutLine;
use fengsui_response::roster::{GapWhy, Manning, OnDuty};
use fengsui_vocabulary::PersonId;

use crate::parts::{Html, Item, Items, Mood, StateBadge};
use crate::routes;
use crate::say::Saying;
use crate::screens::call_outs;

/// Who stands which post, and what a gap means.
pub(crate) fn standing(saying: Saying<'_>, on_duty: &OnDuty) -> Items {
    let words = saying.words;
    Items {
        items: on_duty.posts.iter().map(|it| post(saying, it, on_duty.head)).collect(),
        empty: match on_duty.head {
            None => words.t("roster-none").into_owned(),
            Some(head) => words.ta("roster-none-head", &[("who", &saying.person(head))]),
        },
    }
}

/// The block on the desk: who is on duty now, and who is being called.
pub(crate) fn block(saying: Saying<'_>, on_duty: &OnDuty, calls: &[CallOutLine]) -> Html {
    let mut parts = Vec::new();
    if !calls.is_empty() {
        let items = calls.iter().map(|line| call_outs::item(saying, line)).collect();
        parts.push(Html::of(&Items { items, empty: String::new() }));
    }
    parts.push(Html::text(when(saying, on_duty)));
    parts.push(Html::of(&standing(saying, on_duty)));
    Html::apart(parts)
}

/// Which shift runs, and until when.
pub(crate) fn when(saying: Saying<'_>, on_duty: &OnDuty) -> String {
    let words = saying.words;
    let until = on_duty.until.map(|at| saying.clock.short(at, words));
    match (&on_duty.shift, until) {
        (Some(time), Some(until)) => {
            let shift = time.shift.label.in_lang(words.lang());
            words.ta("roster-shift-until", &[("shift", shift), ("t", &until)])
        }
        (None, Some(until)) => words.ta("roster-no-shift-until", &[("t", &until)]),
        (Some(_) | None, None) => words.t("roster-no-shift").into_owned(),
    }
}

/// The people of a post, or why there is nobody and who answers.
pub(super) fn people(saying: Saying<'_>, manning: &Manning, head: Option<PersonId>) -> Html {
    let words = saying.words;
    if let Some(why) = manning.gap {
        return gap(saying, why, head);
    }
    let name = |it: &fengsui_response::roster::Standing| match it.instead_of {
        None => saying.person(it.person),
        Some(absent) => words.ta(
            "roster-stands-in",
            &[("who", &saying.person(it.person)), ("absent", &saying.person(absent))],
        ),
    };
    let mut people = manning.people.iter();
    let first = people.next().map(name).unwrap_or_default();
    let deputies: Vec<String> = people.map(name).collect();
    if deputies.is_empty() {
        return Html::text(first);
    }
    let deputies = deputies.join(&words.t("list-and"));
    Html::two_lines(&first, &words.ta("roster-deputies", &[("who", &deputies)]))
}

/// A gap is shown, and says who answers for it.
pub(super) fn gap(saying: Saying<'_>, why: GapWhy, head: Option<PersonId>) -> Html {
    let words = saying.words;
    let badge = StateBadge::new(Mood::Attention, words.t(gap_key(why)));
    let answers = match head {
        Some(head) => words.ta("roster-head-answers", &[("who", &saying.person(head))]),
        None => words.t("roster-nobody-answers").into_owned(),
    };
    Html::stacked([Html::of(&badge), Html::text(answers)])
}

const fn gap_key(why: GapWhy) -> &'static str {
    match why {
        GapWhy::NoPost => "roster-gap-no-post",
        GapWhy::NoShift => "roster-gap-no-shift",
        GapWhy::Nobody => "roster-gap-nobody",
        GapWhy::Left => "roster-gap-left",
    }
}

fn post(saying: Saying<'_>, manning: &Manning, head: Option<PersonId>) -> Item {
    let lang = saying.lang();
    Item {
        title: Html::link(routes::ROSTER, manning.post.label.in_lang(lang)),
        text: String::new(),
        side: people(saying, manning, head),
    }
}
