//! `GET /accountability/{record}`: one file with ground, evidence, hearing, decision and what happened.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fengsui_desk::content::{Addition, Writing};
use fengsui_desk::{AccountabilityView, Desk};
use fengsui_response::accountability::{AccountabilityStatus, Hearing};
use fengsui_response::{AccountabilityEvent, BlobRef, Evidence, HearingVoice, Outcome, Recorded};
use fengsui_vocabulary::AccountabilityId;

use super::{acts, said};
use crate::answer::drawn_as;
use crate::error::WebError;
use crate::form::Returned;
use crate::parts::{
    Entry, Gravity, Header, Heading, Html, Item, Items, Link, Pairs, Row, Table, Timeline,
};
use crate::routes::{self, ACCOUNTABILITY};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// `GET /accountability/{record}`
pub(super) async fn show(
    State(desk): State<Desk>,
    reader: SignedIn,
    Path(record): Path<AccountabilityId>,
) -> Result<Response, WebError> {
    draw(&desk, &reader, record, None).await
}

/// The screen, perhaps with a form that came back.
pub(super) async fn draw(
    desk: &Desk,
    reader: &SignedIn,
    record: AccountabilityId,
    returned: Option<&Returned>,
) -> Result<Response, WebError> {
    let view = desk.accountability(&reader.viewer, record).await?;
    let lead = desk.lead_plan();
    let saying = Saying::to(&reader.visitor, lead.as_deref());
    let words = reader.words();
    let found = acts::found(desk, reader, &view).await?;
    let mut acts = acts::acts(desk, reader, &view, found);
    let title = title(&view, &saying);
    let mut page = reader.page("accountability", title.clone(), ACCOUNTABILITY);
    if let Some(returned) = returned {
        for act in &mut acts {
            act.form = returned.put_back(act.form.clone());
        }
        if !acts.iter().any(|act| returned.is_for(&act.form.id)) {
            page.notices.push(returned.notice());
        }
    }
    let state = said::state(state_of(&view), outcome_of(&view), words);
    let mut header = Header::new(title).mark(Html::of(&state));
    if view.may_act {
        header = header.below(vec![Link::new(ACCOUNTABILITY, words.t("accountability"))], words);
    }
    drawn_as(
        returned.map_or(StatusCode::OK, Returned::status),
        &General {
            page,
            header,
            strip: None,
            tabs: None,
            sections: sections(&view, &saying),
            acts,
        },
    )
}

fn title(view: &AccountabilityView, saying: &Saying<'_>) -> String {
    let matter = view.file.matter.as_ref();
    let kind = matter.map(|matter| said::kind(matter.kind, saying.words)).unwrap_or_default();
    let name = matter.map(|matter| saying.organisation(&matter.organisation.to_string()));
    format!("{kind} · {}", name.unwrap_or_default())
}

fn state_of(view: &AccountabilityView) -> &'static str {
    match (view.file.status, view.file.hearing) {
        (AccountabilityStatus::Open, Hearing::NotAsked) => "open",
        (AccountabilityStatus::Open, Hearing::Asked { .. }) => "asked",
        (AccountabilityStatus::Open, Hearing::Heard | Hearing::Lapsed) => "heard",
        (AccountabilityStatus::Decided(_), _) => "decided",
        (AccountabilityStatus::Withdrawn, _) => "withdrawn",
        (AccountabilityStatus::Dismissed | AccountabilityStatus::Absent, _) => "dismissed",
    }
}

fn outcome_of(view: &AccountabilityView) -> Option<Outcome> {
    match view.file.status {
        AccountabilityStatus::Decided(outcome) => Some(outcome),
        AccountabilityStatus::Open
        | AccountabilityStatus::Withdrawn
        | AccountabilityStatus::Dismissed
        | AccountabilityStatus::Absent => None,
    }
}

fn sections(view: &AccountabilityView, saying: &Saying<'_>) -> Vec<Section> {
    let words = saying.words;
    let section = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    vec![
        section("about", "acc-about", Html::of(&about(view, saying))),
        section("ground", "acc-grounds", Html::of(&said::grounds(&view.file.ground, saying))),
        section("evidence", "acc-evidence", Html::of(&evidence(view, saying))),
        section("hearing", "acc-hearing", Html::of(&statements(view, saying))),
        section("decision", "acc-decision", Html::of(&decisions(view, saying))),
        section("story", "acc-story", Html::of(&story(view, saying))),
    ]
}

fn about(view: &AccountabilityView, saying: &Saying<'_>) -> Pairs {
    let words = saying.words;
    let mut pairs = Pairs::default();
    if let Some(matter) = &view.file.matter {
        let organisation = matter.organisation;
        let name = saying.organisation(&organisation.to_string());
        let link = Html::link(&routes::organisation(organisation), &name);
        pairs = pairs.with(words.t("acc-organisation"), link);
        if let (Some(incident), Some(number)) = (matter.incident, &view.number) {
            let link = Html::link(&routes::incident(incident), number);
            pairs = pairs.with(words.t("acc-incident"), link);
        }
    }
    for reason in &view.file.reasons {
        pairs = pairs.with(words.t("acc-reason"), Html::text(text_of(view, reason)));
    }
    if let Hearing::Asked { answer_by } = view.file.hearing {
        pairs = pairs.with(words.t("acc-answer-by"), Html::of(&saying.moment(answer_by)));
    }
    pairs
}

/// A text of the file, whichever sort of text it is.
fn text_of(view: &AccountabilityView, reference: &BlobRef) -> String {
    let writing = view.text::<Writing>(reference).map(|it| it.text.to_string());
    let text = writing.or_else(|| Some(view.text::<Addition>(reference)?.text.to_string()));
    text.unwrap_or_default()
}

fn evidence(view: &AccountabilityView, saying: &Saying<'_>) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("acc-evidence-what")),
        Heading::plain(words.t("acc-evidence-entries")),
        Heading::plain(words.t("acc-evidence-note")),
        Heading::plain(words.t("acc-evidence-at")),
    ];
    let files = view.files();
    let positions = |entries: &[u64]| {
        let shown: Vec<String> = entries.iter().take(SHOWN_MAX).map(u64::to_string).collect();
        let more = if entries.len() > SHOWN_MAX { " …" } else { "" };
        Html::text(format!("{}{more}", shown.join(", ")))
    };
    let rows = view.file.evidence.iter().map(|attached| {
        let (what, entries) = match &attached.evidence {
            Evidence::Tick { tick, entries, .. } => {
                (Html::text(said::duty(tick, saying)), positions(entries))
            }
            Evidence::Report { report, entries } => (
                Html::link(&routes::report(*report), &words.t("acc-evidence-report")),
                positions(entries),
            ),
            Evidence::Incident { incident, entries } => (
                Html::link(&routes::incident(*incident), &words.t("acc-evidence-incident")),
                positions(entries),
            ),
            Evidence::File { file } => {
                let name = files.iter().find(|(_, known)| *known == file).map(|(name, _)| name);
                (link_to(view, file, name.map_or("", String::as_str)), Html::nothing())
            }
        };
        let note = attached.note.as_ref().map(|note| text_of(view, note)).unwrap_or_default();
        Row::new(vec![what, entries, Html::text(note), Html::of(&saying.moment(attached.at))])
    });
    Table::new(words.t("acc-evidence"), headings, words.t("acc-evidence-none")).with(rows)
}

fn link_to(view: &AccountabilityView, file: &fengsui_response::Attachment, name: &str) -> Html {
    let href = format!("{}/files/{}", routes::accountability(view.id), file.file.blob);
    Html::link(&href, if name.is_empty() { "…" } else { name })
}

fn statements(view: &AccountabilityView, saying: &Saying<'_>) -> Items {
    let words = saying.words;
    let files = view.files();
    let items = view.file.statements.iter().map(|statement| {
        let key = match statement.voice {
            HearingVoice::Itself => "acc-voice-itself",
            HearingVoice::WrittenDown => "acc-voice-written-down",
        };
        let attached = statement.files.iter().map(|file| {
            let name = files.iter().find(|(_, known)| *known == file).map(|(name, _)| name);
            link_to(view, file, name.map_or("", String::as_str))
        });
        let title = [Html::of(&saying.moment(statement.at)), Html::text(words.t(key))];
        Item {
            title: Html::marks(title),
            text: text_of(view, &statement.text),
            side: Html::marks(attached),
        }
    });
    Items { items: items.collect(), empty: words.t("acc-statements-none").into_owned() }
}

fn decisions(view: &AccountabilityView, saying: &Saying<'_>) -> Items {
    let words = saying.words;
    let items = view.file.decisions.iter().map(|ruling| {
        let outcome = said::state("decided", Some(ruling.outcome), words);
        let document = ruling.document.as_ref().map(|number| match &ruling.file {
            Some(file) => link_to(view, file, number),
            None => Html::text(number.as_str()),
        });
        Item {
            title: Html::marks([Html::of(&outcome), Html::of(&saying.moment(ruling.at))]),
            text: text_of(view, &ruling.reason),
            side: document.unwrap_or_default(),
        }
    });
    Items { items: items.collect(), empty: words.t("acc-decisions-none").into_owned() }
}

fn story(view: &AccountabilityView, saying: &Saying<'_>) -> Timeline {
    let words = saying.words;
    let entries = view.file.log.iter().rev().map(|recorded| entry(view, recorded, saying));
    Timeline { entries: entries.collect(), empty: words.t("acc-story-none").into_owned() }
}

fn entry(
    view: &AccountabilityView,
    recorded: &Recorded<AccountabilityEvent>,
    saying: &Saying<'_>,
) -> Entry {
    let words = saying.words;
    let gravity = match recorded.event {
        AccountabilityEvent::EvidenceAttached(_) => Gravity::Light,
        AccountabilityEvent::Opened(_)
        | AccountabilityEvent::Dismissed(_)
        | AccountabilityEvent::HearingAsked(_)
        | AccountabilityEvent::Heard(_)
        | AccountabilityEvent::HearingLapsed(_)
        | AccountabilityEvent::Decided(_)
        | AccountabilityEvent::Withdrawn(_)
        | AccountabilityEvent::Reopened(_) => Gravity::Weighty,
    };
    let remark = match &recorded.event {
        AccountabilityEvent::HearingAsked(asked) => Some(text_of(view, &asked.text)),
        AccountabilityEvent::Withdrawn(it) => Some(text_of(view, &it.reason)),
        AccountabilityEvent::Reopened(it) => Some(text_of(view, &it.reason)),
        AccountabilityEvent::Opened(_)
        | AccountabilityEvent::Dismissed(_)
        | AccountabilityEvent::EvidenceAttached(_)
        | AccountabilityEvent::Heard(_)
        | AccountabilityEvent::HearingLapsed(_)
        | AccountabilityEvent::Decided(_) => None,
    };
    // Who of an office did what is the office's own matter; the organisation reads what was done.
    let who = if view.may_act { saying.person(recorded.actor) } else { String::new() };
    Entry {
        at: saying.moment(recorded.happened_at),
        entered: None,
        who,
        text: words.t(&format!("acc-event-{}", recorded.event.kind())).into_owned(),
        remark: remark.filter(|text| !text.is_empty()),
        marks: Vec::new(),
        clause: None,
        gravity,
    }
}

/// Positions that are shown of one piece of evidence.
const SHOWN_MAX: usize = 20;
