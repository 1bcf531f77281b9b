//! Reports that may be about the same, side by side.

use fengsui_desk::{Desk, ReportLine, ReportView};

use super::detail::affected_names;
use super::forms;
use super::list::state_badge;
use crate::parts::{Act, Html, Pairs};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Duplicate;

/// Each likely one beside this report.
pub(super) fn duplicates(
    desk: &Desk,
    officer: &SignedIn,
    saying: Saying<'_>,
    view: &ReportView,
) -> Vec<Duplicate> {
    let words = saying.words;
    let mut found = Vec::new();
    for line in &view.likely_same {
        let can_merge = view.report.is_waiting() && line.state == "waiting";
        let merge = can_merge.then(|| {
            Act::new(words.t("report-merge"), forms::merge(desk, officer, view.id, line.report))
        });
        found.push(Duplicate {
            why: words.t("report-same-organisation").into_owned(),
            first: this(saying, view),
            second: that(saying, line),
            acts: merge.into_iter().collect(),
        });
    }
    found
}

fn this(saying: Saying<'_>, view: &ReportView) -> Pairs {
    let words = saying.words;
    let intake = view.report.intake.as_ref();
    let title = view.content.as_ref().map(|content| content.title.to_string());
    let number = intake.map(|intake| intake.number.to_string()).unwrap_or_default();
    Pairs::default()
        .with(words.t("report-number"), Html::text(number))
        .with(words.t("report-about"), Html::text(title.unwrap_or_default()))
        .with(words.t("report-organisation"), Html::text(affected_names(saying, view)))
        .with(
            words.t("report-received"),
            intake.map_or_else(Html::nothing, |it| Html::of(&saying.moment(it.taken_in_at))),
        )
}

fn that(saying: Saying<'_>, line: &ReportLine) -> Pairs {
    let words = saying.words;
    let organisations: Vec<String> =
        line.affected.iter().map(|key| saying.organisation(key)).collect();
    let organisations = organisations.join(&words.t("list-and"));
    Pairs::default()
        .with(words.t("report-number"), Html::link(&routes::report(line.report), &line.number))
        .with(words.t("report-about"), Html::text(&line.title))
        .with(words.t("report-organisation"), Html::text(organisations))
        .with(words.t("report-received"), Html::of(&saying.moment(line.taken_in_at)))
        .with(words.t("incident-state"), Html::of(&state_badge(saying, &line.state)))
}
