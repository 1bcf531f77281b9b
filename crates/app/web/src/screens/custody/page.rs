//! The custody of one subject: holds, requests to erase, packages, its record, and what can be done.

use fengsui_desk::{CustodyView, Desk, HeldText};
use fengsui_response::custody::{Ended, Hold, Package, Request, Standing};
use fengsui_response::{CustodyEvent, ErasureScope};

use crate::error::WebError;
use crate::form::{COMMAND, Returned};
use crate::lang::Words;
use crate::parts::{
    Act, Entry, Field, FieldKind, Form, Gravity, Header, Heading, Html, Link, Mood, Opt, Row,
    StateBadge, Table, Timeline, Weight,
};
use crate::routes::{self, CUSTODY, custody};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// What can be asked here, by the name of its form.
pub(super) const VERBS: [&str; 9] =
    ["hold", "lift", "request", "withdraw", "refuse", "approve", "package", "hand-over", "access"];

/// The screen, with a form that came back if there is one.
pub(super) async fn screen(
    desk: &Desk,
    reader: &SignedIn,
    subject: &str,
    returned: Option<&Returned>,
) -> Result<General, WebError> {
    let view = desk.custody(&reader.viewer, subject).await?;
    let saying = Saying::to(&reader.visitor, None);
    let words = reader.words();
    let mut page = reader.page("custody", words.t("custody"), CUSTODY);
    let mut header = Header::new(format!("{} · {}", words.t("custody"), named(words, subject)))
        .below(vec![Link::new(CUSTODY, words.t("custody"))], words)
        .lead(words.t("custody-page-lead"));
    if let Some(href) = routes::of_stream(subject) {
        header.others.push(Link::new(href, words.t("custody-to-subject")));
    }
    let acts: Vec<Act> = acts(&Maker { desk, reader, view: &view })
        .into_iter()
        .map(|mut act| {
            act.form = returned.iter().fold(act.form, |form, it| it.put_back(form));
            act
        })
        .collect();
    let lost = returned.filter(|it| !acts.iter().any(|act| it.is_for(&act.form.id)));
    page.notices.extend(lost.map(Returned::notice));
    let section = |id: &str, key: &str, body: Html| Section::new(id, words.t(key), body);
    Ok(General {
        page,
        header,
        strip: None,
        tabs: None,
        sections: vec![
            section("holds", "custody-holds", Html::of(&holds(saying, &view))),
            section("requests", "custody-requests", Html::of(&requests(saying, &view))),
            section("packages", "custody-packages", Html::of(&packages(saying, &view))),
            section("texts", "custody-texts", Html::of(&texts(saying, &view))),
            section("record", "custody-record", Html::of(&record(saying, &view))),
        ],
        acts,
    })
}

/// What a subject is called: by its sort and id.
pub(super) fn named(words: Words, subject: &str) -> String {
    let (sort, id) = subject.split_once(':').unwrap_or((subject, ""));
    let key = match sort {
        "report" => "report",
        "incident" => "incident",
        "organisation" => "custody-organisation",
        "message" => "custody-message",
        _ => "custody-other",
    };
    format!("{} {id}", words.t(key))
}

fn holds(saying: Saying<'_>, view: &CustodyView) -> Table {
    let words = saying.words;
    let row = |(number, hold): (&u32, &Hold)| {
        let state = match &hold.lifted {
            None => badge(words, Mood::Attention, "custody-in-force"),
            Some(ended) => stacked(words, Mood::Quiet, "custody-lifted", (saying, ended)),
        };
        Row::new(vec![
            Html::text(number.to_string()),
            grounds(saying, &hold.ground, hold.demanded_by.as_deref()),
            by(saying, hold.placed_by, hold.placed_at),
            state,
        ])
    };
    Table::new(words.t("custody-holds"), headings(words), words.t("custody-none"))
        .with(view.custody.holds.iter().map(row))
}

fn requests(saying: Saying<'_>, view: &CustodyView) -> Table {
    let words = saying.words;
    let row = |(number, request): (&u32, &Request)| {
        let state = match &request.standing {
            Standing::Waiting => badge(words, Mood::Waiting, "custody-state-waiting"),
            Standing::Withdrawn(it) => {
                stacked(words, Mood::Quiet, "custody-state-withdrawn", (saying, it))
            }
            Standing::Refused(it) => {
                stacked(words, Mood::Quiet, "custody-state-refused", (saying, it))
            }
            Standing::Approved(it) => {
                stacked(words, Mood::Done, "custody-state-erased", (saying, it))
            }
        };
        let what = match &request.what {
            ErasureScope::AllTexts => words.t("custody-all-texts").into_owned(),
            ErasureScope::These(these) => words.tn("custody-these-texts", these.len()),
        };
        let ground = grounds(saying, &request.ground, request.demanded_by.as_deref());
        Row::new(vec![
            Html::text(number.to_string()),
            Html::stacked([Html::text(what), ground]),
            by(saying, request.requested_by, request.requested_at),
            state,
        ])
    };
    Table::new(words.t("custody-requests"), headings(words), words.t("custody-none"))
        .with(view.custody.requests.iter().map(row))
}

fn packages(saying: Saying<'_>, view: &CustodyView) -> Table {
    let words = saying.words;
    let row = |(number, package): (&u32, &Package)| {
        let file = &package.file;
        let href = format!("{}/packages/{number}", custody(&view.subject));
        let handed = package.handed_over.iter().map(|it| {
            let said = words.ta(
                "custody-handed-to",
                &[("who", it.recipient.as_str()), ("receipt", it.receipt.as_str())],
            );
            Html::stacked([Html::text(said), by(saying, it.by, it.at)])
        });
        let state = if package.handed_over.is_empty() {
            vec![badge(words, Mood::Waiting, "custody-not-handed-over")]
        } else {
            handed.collect()
        };
        Row::new(vec![
            Html::link(&href, &format!("{number}.zip")),
            Html::stacked([
                Html::two_lines(&file.made_for, &file.purpose),
                Html::two_lines(
                    &words.ta("custody-position", &[("n", &file.position.to_string())]),
                    &format!("SHA-256 {}", grouped(&file.sha256)),
                ),
            ]),
            by(saying, package.made_by, file.made_at),
            Html::stacked(state),
        ])
    };
    Table::new(words.t("custody-packages"), headings(words), words.t("custody-none"))
        .with(view.custody.packages.iter().map(row))
}

fn texts(saying: Saying<'_>, view: &CustodyView) -> Table {
    let words = saying.words;
    let headings = vec![
        Heading::key(words.t("custody-text")),
        Heading::plain(words.t("custody-since")),
        Heading::plain(words.t("custody-state")),
    ];
    let row = |text: &HeldText| {
        let state = match (text.bytes, view.custody.erased.get(&text.blob)) {
            (Some(bytes), _) => Html::text(format!("{bytes} B")),
            (None, Some(erased)) => {
                Html::text(erased_words(saying, erased.at, erased.ground.as_str()))
            }
            (None, None) => Html::text(words.t("custody-gone")),
        };
        Row::new(vec![
            Html::two_lines(&kind_said(words, &text.kind), &text.blob.to_string()),
            Html::of(&saying.moment(text.at)),
            state,
        ])
    };
    Table::new(words.t("custody-texts"), headings, words.t("custody-none"))
        .with(view.texts.iter().map(row))
}

/// That a text was erased: when, and on what ground.
pub(crate) fn erased_words(saying: Saying<'_>, at: jiff::Timestamp, ground: &str) -> String {
    let at = saying.clock.short(at, saying.words);
    saying.words.ta("erased-text", &[("t", &at), ("ground", ground)])
}

/// What was done about it, the newest first.
fn record(saying: Saying<'_>, view: &CustodyView) -> Timeline {
    let words = saying.words;
    let entries = view.custody.log.iter().rev().map(|recorded| {
        let (key, remark) = told(&recorded.event);
        Entry {
            at: saying.moment(recorded.happened_at),
            entered: None,
            who: saying.person(recorded.actor),
            text: words.t(key).into_owned(),
            remark,
            marks: Vec::new(),
            clause: None,
            gravity: Gravity::Weighty,
        }
    });
    Timeline { entries: entries.collect(), empty: words.t("story-none").into_owned() }
}

fn told(event: &CustodyEvent) -> (&'static str, Option<String>) {
    match event {
        CustodyEvent::HoldPlaced(it) => ("custody-told-held", Some(it.ground.to_string())),
        CustodyEvent::HoldLifted(it) => ("custody-told-lifted", Some(it.reason.to_string())),
        CustodyEvent::ErasureRequested(it) => {
            ("custody-told-requested", Some(it.ground.to_string()))
        }
        CustodyEvent::ErasureWithdrawn(it) => {
            ("custody-told-withdrawn", Some(it.reason.to_string()))
        }
        CustodyEvent::ErasureRefused(it) => ("custody-told-refused", Some(it.reason.to_string())),
        CustodyEvent::ErasureApproved(_) => ("custody-told-approved", None),
        CustodyEvent::TextsErased(it) => {
            ("custody-told-erased", Some(format!("{} · {}", it.blobs.len(), it.ground)))
        }
        CustodyEvent::RelatedTextsErased(it) => {
            ("custody-told-related", Some(format!("{} · {}", it.subject, it.ground)))
        }
        CustodyEvent::EvidencePackaged(it) => {
            ("custody-told-packaged", Some(format!("{} · {}", it.made_for, it.purpose)))
        }
        CustodyEvent::EvidenceHandedOver(it) => {
            ("custody-told-handed-over", Some(format!("{} · {}", it.recipient, it.receipt)))
        }
        CustodyEvent::AccessNoted(it) => {
            ("custody-told-access", Some(format!("{} · {}", it.who, it.what)))
        }
    }
}

/// What the forms of one subject are made for.
struct Maker<'a> {
    desk: &'a Desk,
    reader: &'a SignedIn,
    view: &'a CustodyView,
}

fn acts(maker: &Maker<'_>) -> Vec<Act> {
    let custody = &maker.view.custody;
    let me = maker.reader.viewer.person();
    let holds: Vec<Opt> = custody
        .holds_in_force()
        .filter(|(_, hold)| hold.placed_by != me)
        .map(|(number, hold)| numbered(number, &hold.ground))
        .collect();
    let of_others = custody.waiting().filter(|(_, it)| it.requested_by != me);
    let of_others: Vec<Opt> = of_others.map(|(number, it)| numbered(number, &it.ground)).collect();
    let mine = custody.waiting().filter(|(_, it)| it.requested_by == me);
    let mine: Vec<Opt> = mine.map(|(number, it)| numbered(number, &it.ground)).collect();
    let packages: Vec<Opt> =
        custody.packages.iter().map(|(number, it)| numbered(*number, &it.file.made_for)).collect();
    let decides = maker.view.may_decide;
    [
        (decides && !of_others.is_empty()).then(|| approve(maker, of_others.clone())),
        (decides && !of_others.is_empty()).then(|| refuse(maker, of_others)),
        Some(hold(maker)),
        (decides && !holds.is_empty()).then(|| lift(maker, holds)),
        maker.view.texts.iter().any(|text| text.bytes.is_some()).then(|| request(maker)),
        (!mine.is_empty()).then(|| withdraw(maker, mine)),
        maker.view.subject.starts_with("incident:").then(|| package(maker)),
        (!packages.is_empty()).then(|| hand_over(maker, packages)),
        Some(access(maker)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn begun(maker: &Maker<'_>, verb: &str, key: &str) -> Form {
    let action = format!("{}/{verb}", custody(&maker.view.subject));
    let words = maker.reader.words();
    Form::new(verb, &action, maker.reader.csrf(), words.t(key), words)
        .hiding(COMMAND, maker.desk.command_id().to_string())
}

fn finished(maker: &Maker<'_>, key: &str, lead: &str, form: Form) -> Act {
    let words = maker.reader.words();
    let mut act = Act::new(words.t(key), form);
    act.lead = Some(words.t(lead).into_owned());
    act
}

fn line(maker: &Maker<'_>, name: &str, key: &str) -> Field {
    Field::line(name, maker.reader.words().t(key))
}

fn which(maker: &Maker<'_>, name: &str, choices: Vec<Opt>) -> Field {
    Field::new(name, maker.reader.words().t("custody-which"), FieldKind::Select(choices))
}

fn hold(maker: &Maker<'_>) -> Act {
    let form = begun(maker, "hold", "custody-do-hold")
        .with(line(maker, "ground", "custody-ground"))
        .with(line(maker, "demanded_by", "custody-demanded-by").optional());
    finished(maker, "custody-do-hold", "custody-do-hold-lead", form)
}

fn lift(maker: &Maker<'_>, holds: Vec<Opt>) -> Act {
    let form = begun(maker, "lift", "custody-do-lift")
        .with(which(maker, "hold", holds))
        .with(line(maker, "reason", "custody-reason"))
        .weighing(Weight::Grave);
    finished(maker, "custody-do-lift", "custody-do-lift-lead", form)
}

fn request(maker: &Maker<'_>) -> Act {
    let words = maker.reader.words();
    let left = maker.view.texts.iter().filter(|text| text.bytes.is_some());
    let texts = left
        .map(|text| {
            let at = maker.reader.clock().short(text.at, words);
            Opt::new(text.blob.to_string(), format!("{at} · {}", kind_said(words, &text.kind)))
        })
        .collect();
    let texts = Field::new("texts", words.t("custody-texts"), FieldKind::Several(texts));
    let form = begun(maker, "request", "custody-do-request")
        .with(line(maker, "ground", "custody-ground"))
        .with(line(maker, "demanded_by", "custody-demanded-by").optional())
        .with(texts.hint(words.t("custody-texts-hint")).optional());
    finished(maker, "custody-do-request", "custody-do-request-lead", form)
}

fn withdraw(maker: &Maker<'_>, mine: Vec<Opt>) -> Act {
    let form = begun(maker, "withdraw", "custody-do-withdraw")
        .with(which(maker, "request", mine))
        .with(line(maker, "reason", "custody-reason"));
    finished(maker, "custody-do-withdraw", "custody-do-withdraw-lead", form)
}

fn refuse(maker: &Maker<'_>, requests: Vec<Opt>) -> Act {
    let form = begun(maker, "refuse", "custody-do-refuse")
        .with(which(maker, "request", requests))
        .with(line(maker, "reason", "custody-reason"));
    finished(maker, "custody-do-refuse", "custody-do-refuse-lead", form)
}

fn approve(maker: &Maker<'_>, requests: Vec<Opt>) -> Act {
    let mut form = begun(maker, "approve", "custody-do-approve")
        .with(which(maker, "request", requests))
        .weighing(Weight::Grave);
    form.draft = None;
    finished(maker, "custody-do-approve", "custody-do-approve-lead", form)
}

fn package(maker: &Maker<'_>) -> Act {
    let form = begun(maker, "package", "custody-do-package")
        .with(line(maker, "made_for", "custody-made-for"))
        .with(line(maker, "purpose", "custody-purpose"));
    finished(maker, "custody-do-package", "custody-do-package-lead", form)
}

fn hand_over(maker: &Maker<'_>, packages: Vec<Opt>) -> Act {
    let form = begun(maker, "hand-over", "custody-do-hand-over")
        .with(which(maker, "package", packages))
        .with(line(maker, "recipient", "custody-recipient"))
        .with(line(maker, "receipt", "custody-receipt"));
    finished(maker, "custody-do-hand-over", "custody-do-hand-over-lead", form)
}

fn access(maker: &Maker<'_>) -> Act {
    let form = begun(maker, "access", "custody-do-access")
        .with(line(maker, "who", "custody-who"))
        .with(line(maker, "what", "custody-what"));
    finished(maker, "custody-do-access", "custody-do-access-lead", form)
}

fn numbered(number: u32, ground: &str) -> Opt {
    Opt::new(number.to_string(), format!("{number} · {ground}"))
}

fn headings(words: Words) -> Vec<Heading> {
    vec![
        Heading::key(words.t("custody-number")),
        Heading::plain(words.t("custody-ground")),
        Heading::plain(words.t("custody-by")),
        Heading::plain(words.t("custody-state")),
    ]
}

fn badge(words: Words, mood: Mood, key: &str) -> Html {
    Html::of(&StateBadge::new(mood, words.t(key)))
}

fn stacked(words: Words, mood: Mood, key: &str, (saying, ended): (Saying<'_>, &Ended)) -> Html {
    let reason = ended.reason.as_ref().map_or_else(Html::nothing, |it| Html::text(it.as_str()));
    Html::stacked([badge(words, mood, key), by(saying, ended.by, ended.at), reason])
}

fn by(saying: Saying<'_>, person: fengsui_vocabulary::PersonId, at: jiff::Timestamp) -> Html {
    Html::stacked([Html::text(saying.person(person)), Html::of(&saying.moment(at))])
}

fn grounds(saying: Saying<'_>, ground: &str, demanded_by: Option<&str>) -> Html {
    let demand = demanded_by.map(|by| saying.words.ta("custody-demand", &[("who", by)]));
    Html::two_lines(ground, &demand.unwrap_or_default())
}

/// The kind of entry a text came with, as the journal calls it: few are worth words of their own.
fn kind_said(words: Words, kind: &str) -> String {
    match kind {
        "report-taken-in" => words.t("custody-kind-report").into_owned(),
        "report-supplemented" => words.t("custody-kind-supplement").into_owned(),
        "document-issued" => words.t("custody-kind-document").into_owned(),
        "note-written" => words.t("custody-kind-note").into_owned(),
        other => other.to_owned(),
    }
}

/// A hash in groups, so that it wraps on a telephone.
fn grouped(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    let groups: Vec<String> = digits.chunks(8).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
