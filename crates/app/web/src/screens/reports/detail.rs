//! One report: what was told on the left, the law and what can be done on the right.

use axum::extract::{Path, State};
use axum::response::Response;
use fengsui_desk::{Desk, ReportView as Told};
use fengsui_response::report::ReportStatus;
use fengsui_vocabulary::ReportId;

use super::forms::{Maker, acts};
use super::list::{state_badge, state_name};
use super::{duplicates, story};
use crate::answer::drawn;
use crate::error::WebError;
use crate::form::Returned;
use crate::grades;
use crate::parts::{
    Act, DutyLine, Grade, Header, Html, Item, Items, Link, Notice, Pairs, Strip, StripCell, Table,
    Tone, duty_table,
};
use crate::routes;
use crate::say::{Saying, anchor_label};
use crate::screens::custody::{custody_link, custody_marks, erased_words};
use crate::session::SignedIn;
use crate::views::ReportView;

/// `GET /reports/{report}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(report): Path<ReportId>,
) -> Result<Response, WebError> {
    drawn(&screen(&desk, &reader, report, None).await?)
}

/// The screen, with a form that came back if there is one.
pub(super) async fn screen(
    desk: &Desk,
    reader: &SignedIn,
    report: ReportId,
    returned: Option<&Returned>,
) -> Result<ReportView, WebError> {
    let view = desk.report(&reader.viewer, report).await?;
    let joinable =
        if reader.viewer.handles() { desk.joinable(&reader.viewer).await? } else { Vec::new() };
    let saying = Saying::to(&reader.visitor, view.lead.as_deref());
    let maker = Maker { desk, officer: reader, saying, view: &view, joinable: &joinable };
    let acts = put_back(acts(maker), returned);
    let mut screen = drawing(desk, reader, saying, &view);
    let notice = returned.filter(|it| !acts.iter().any(|act| it.is_for(&act.form.id)));
    screen.page.notices.extend(notice.map(Returned::notice));
    screen.acts = acts;
    Ok(screen)
}

fn put_back(acts: Vec<Act>, returned: Option<&Returned>) -> Vec<Act> {
    let Some(returned) = returned else { return acts };
    acts.into_iter()
        .map(|mut act| {
            act.form = returned.put_back(act.form);
            act
        })
        .collect()
}

fn drawing(desk: &Desk, reader: &SignedIn, saying: Saying<'_>, view: &Told) -> ReportView {
    let words = saying.words;
    let number = view.report.intake.as_ref().map(|intake| intake.number.to_string());
    let number = number.unwrap_or_default();
    let title = view.content.as_ref().map(|content| content.title.to_string());
    let mut page = reader.page("report", number.clone(), routes::REPORTS);
    page.notices.extend(sealed(saying, view));
    page.notices.extend(erased(saying, view));
    let mut header =
        Header::new(number).below(vec![Link::new(routes::REPORTS, words.t("reports"))], words);
    header.lead = title;
    if let Some(link) = custody_link(reader, &format!("report:{}", view.id)) {
        header.others.push(link);
        header.marks.extend(custody_marks(words, &view.custody));
    }
    let duties = view.duties.iter().map(|duty| saying.duty(duty, Html::nothing())).collect();
    ReportView {
        page,
        header,
        strip: strip(saying, view),
        told: told(saying, view),
        words: view.content.as_ref().map(|content| content.description.to_string()),
        attachments: attachments(saying, view),
        story: story::story(saying, view),
        duties: duties_of(saying, view, duties),
        grade: grade(saying, view),
        duplicates: duplicates::duplicates(desk, reader, saying, view),
        acts: Vec::new(),
    }
}

/// The duties; of an accepted report, where they went.
fn duties_of(saying: Saying<'_>, view: &Told, duties: Vec<DutyLine>) -> Table {
    let mut table = duty_table(duties, saying.words);
    if !view.report.incidents.is_empty() {
        table.empty = saying.words.t("report-duties-at-incident").into_owned();
    }
    table
}

fn sealed(saying: Saying<'_>, view: &Told) -> Option<Notice> {
    let words = saying.words;
    match &view.report.status {
        ReportStatus::Sealed(reason) => Some(
            Notice::new(Tone::Attention, words.t("report-state-sealed"))
                .line(reason.to_string())
                .line(words.t("report-seal-lead")),
        ),
        ReportStatus::Absent
        | ReportStatus::Waiting
        | ReportStatus::Accepted
        | ReportStatus::Declined(_)
        | ReportStatus::Split(_)
        | ReportStatus::Merged(_) => None,
    }
}

/// That what the reporter wrote was erased.
fn erased(saying: Saying<'_>, view: &Told) -> Option<Notice> {
    let content = &view.report.intake.as_ref()?.content;
    let erased = view.erased(content)?;
    let said = erased_words(saying, erased.at, &erased.ground);
    Some(Notice::new(Tone::Attention, saying.words.t("report-erased")).line(said))
}

fn strip(saying: Saying<'_>, view: &Told) -> Strip {
    let words = saying.words;
    let cell = |key: &str, values| StripCell { name: words.t(key).into_owned(), values };
    let state = Html::of(&state_badge(saying, state_name(&view.report.status)));
    let incidents = view.report.incidents.iter().map(|(incident, by)| {
        Html::link(
            &routes::incident(*incident),
            &words.ta("report-in-incident", &[("who", &saying.person(*by))]),
        )
    });
    let mut cells = vec![cell("incident-state", [state].into_iter().chain(incidents).collect())];
    let next = view.duties.iter().find(|duty| duty.state.is_open());
    cells.extend(next.map(|duty| cell("due", vec![Html::of(&saying.due_chip(duty))])));
    if let Some(intake) = &view.report.intake {
        let at = Html::of(&saying.moment(intake.taken_in_at));
        let by = Html::text(saying.role(&intake.taken_in_by));
        cells.push(cell("report-received", vec![at, by]));
        let channel = serde_json::to_value(intake.channel).unwrap_or_default();
        let channel = words.t(&format!("channel-{}", channel.as_str().unwrap_or_default()));
        cells.push(cell("channel", vec![Html::text(channel)]));
    }
    Strip { cells }
}

/// Who reports, whom it happened to, when, and what is known.
fn told(saying: Saying<'_>, view: &Told) -> Pairs {
    let words = saying.words;
    let mut pairs = Pairs::default()
        .with(words.t("report-organisation"), Html::text(affected_names(saying, view)));
    if let Some(typed) = view.content.as_ref().and_then(|content| content.organisation.as_ref()) {
        pairs = pairs.with(words.t("report-organisation-typed"), Html::text(typed.as_str()));
    }
    for affected in view.report.affected.values() {
        for (anchor, at) in affected.anchors.known() {
            pairs = pairs.with(anchor_label(anchor, words), Html::of(&saying.moment(at)));
        }
        if let Some(district) = &affected.district {
            let name = fengsui_desk::District::of(district.as_str());
            let name = name.map(|it| it.label().in_lang(saying.lang()).to_owned());
            let name = name.unwrap_or_else(|| district.to_string());
            pairs = pairs.with(words.t("organisation-district"), Html::text(name));
        }
    }
    for (fact, value) in &view.report.facts {
        let (question, answer) = saying.fact(fact, value);
        pairs = pairs.with(question, Html::text(answer));
    }
    pairs.with(words.t("report-from"), reporter(saying, view))
}

fn reporter(saying: Saying<'_>, view: &Told) -> Html {
    let Some(content) = &view.content else { return Html::nothing() };
    let reporter = &content.reporter;
    let parts = [&reporter.name, &reporter.telephone, &reporter.mail];
    let parts: Vec<Html> =
        parts.into_iter().flatten().map(|part| Html::text(part.as_str())).collect();
    if parts.is_empty() {
        return Html::text(saying.words.t("report-anonymous"));
    }
    Html::stacked(parts)
}

/// The affected organisations by name.
pub(super) fn affected_names(saying: Saying<'_>, view: &Told) -> String {
    let names: Vec<String> = view
        .report
        .affected
        .keys()
        .map(|party| saying.organisation(&view.report.key(party)))
        .collect();
    names.join(&saying.words.t("list-and"))
}

fn attachments(saying: Saying<'_>, view: &Told) -> Items {
    let words = saying.words;
    let items = view.files().into_iter().map(|(name, attachment)| {
        let name = if name.is_empty() { words.t("report-file-unnamed").into_owned() } else { name };
        let size = bytes(attachment.bytes);
        if let Some(erased) = view.erased(&attachment.file) {
            let text = erased_words(saying, erased.at, &erased.ground);
            return Item { title: Html::text(name), text, side: Html::nothing() };
        }
        Item {
            title: Html::link(&routes::report_file(view.id, attachment.file.blob), &name),
            text: words.ta("report-attachment-text", &[("size", &size)]),
            side: Html::nothing(),
        }
    });
    Items { items: items.collect(), empty: words.t("report-attachments-none").into_owned() }
}

/// A size as people say it.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

/// What the reporter's facts would give.
fn grade(saying: Saying<'_>, view: &Told) -> Option<Grade> {
    let plan = view.lead.as_deref()?;
    let grade = plan.grade(&view.report.facts).ok()?;
    Some(grades::grade(saying, plan, &grade))
}
