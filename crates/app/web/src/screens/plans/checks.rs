//! `GET /plans/{plan}/checks`: what checking found, the golden scenarios, the editions adopted here.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::Desk;
use fengsui_plan::{Diagnostic, Library, Plan, Severity, Source};
use fengsui_vocabulary::PlanId;

use super::book::{lines, small};
use super::frame::{Frame, Leaf};
use super::list::findings;
use super::scenarios;
use crate::answer::drawn;
use crate::error::WebError;
use crate::lang::Words;
use crate::parts::{Heading, Html, Mood, Row, RowTone, StateBadge, Table};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::Section;

/// `GET /plans/{plan}/checks`
pub(super) async fn checks(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(plan): Path<PlanId>,
) -> Result<Response, WebError> {
    let frame = Frame::of(&desk, reader, &plan)?;
    let words = frame.reader.words();
    let found = match findings(&frame.plan) {
        Some(findings) => found(findings, words),
        None => found(&checked_again(&frame.plan), words),
    };
    let editions = editions(&frame.plan.id, &frame.saying());
    let sections = vec![
        Section::new("found", words.t("book-check"), Html::of(&found)),
        Section::new("scenarios", words.t("plan-scenarios"), scenarios::all(&frame)),
        Section::new("editions", words.t("book-editions"), Html::of(&editions)),
    ];
    drawn(&frame.general(Leaf::Checks, sections))
}

/// What a check of an edition finds that does not ship.
fn checked_again(plan: &Plan) -> Vec<Diagnostic> {
    let source = Source { name: format!("{}.toml", plan.id), text: plan.text.clone() };
    Library::shipped().check(&source)
}

/// Findings with their place and how to mend them; errors first.
pub(super) fn found(findings: &[Diagnostic], words: Words) -> Table {
    let headings = vec![
        Heading::key(words.t("plan-finding")),
        Heading::plain(words.t("plan-finding-place")),
        Heading::plain(words.t("plan-finding-help")),
    ];
    let mut findings: Vec<&Diagnostic> = findings.iter().collect();
    findings.sort_by_key(|finding| (finding.severity(), finding.place()));
    let row = |finding: &&Diagnostic| {
        let (line, column) = finding.place();
        let (badge, tone) = match finding.severity() {
            Severity::Error => {
                (StateBadge::new(Mood::Attention, words.t("plan-finding-error")), RowTone::Over)
            }
            Severity::Warning => {
                (StateBadge::new(Mood::Waiting, words.t("plan-finding-look")), RowTone::Plain)
            }
        };
        let (line, column) = (line.to_string(), column.to_string());
        let place = words.ta("plan-finding-at", &[("line", &line), ("column", &column)]);
        Row::new(vec![
            lines([
                Html::marks([Html::of(&badge), Html::text(finding.what())]),
                small(finding.code()),
            ]),
            Html::text(place),
            Html::text(finding.help()),
        ])
        .toned(tone)
    };
    let shown = findings.iter().take(FINDINGS_MAX).map(row);
    Table::new(words.t("book-check"), headings, words.t("book-check-nothing")).with(shown)
}

/// Editions that were adopted here, with by whom and when.
fn editions(plan: &PlanId, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("plan-hash")),
        Heading::plain(words.t("book-adopted-at")),
        Heading::plain(words.t("book-adopted-by")),
    ];
    let adopted = saying.directory.centre().adopted.values();
    let rows = adopted.filter(|edition| edition.plan.plan == *plan).map(|edition| {
        Row::new(vec![
            Html::text(edition.plan.hash.get(..12).unwrap_or_default()),
            Html::of(&saying.moment(edition.at)),
            Html::text(saying.person(edition.by)),
        ])
    });
    Table::new(words.t("book-editions"), headings, words.t("plan-state-shipped")).with(rows)
}

/// Findings on one screen at most; whoever mends the first ones asks again.
const FINDINGS_MAX: usize = 200;
