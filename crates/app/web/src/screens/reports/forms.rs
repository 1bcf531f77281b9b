//! The forms of a report: what can be done about it, for those who may by the plan.

use fengsui_desk::{Capacity, Desk, ReportView};
use fengsui_plan::{Act as PlanAct, Channel, Duty, DutyState, Plan};
use fengsui_response::report::ReportStatus;
use fengsui_response::{CarriedWhat, Tick};
use fengsui_vocabulary::{IncidentId, ReportId, RoleId};

use crate::form::{COMMAND, Reading};
use crate::parts::{Act, Consequence, Effect, Field, FieldKind, Form, Opt, Weight};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;

/// What the forms of one report are made for.
#[derive(Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) desk: &'a Desk,
    pub(super) officer: &'a SignedIn,
    pub(super) saying: Saying<'a>,
    pub(super) view: &'a ReportView,
    /// Incidents that the report could join.
    pub(super) joinable: &'a [(IncidentId, String)],
}

/// Everything that the reader can do about the report, what is expected next first.
pub(super) fn acts(maker: Maker<'_>) -> Vec<Act> {
    let may = |act| may(maker, act);
    let decides = may(PlanAct::AcceptReport);
    let is_officer = maker.officer.viewer.is(Capacity::Officer);
    let waits = maker.view.report.is_waiting();
    let (is_accepted, is_declined) = match &maker.view.report.status {
        ReportStatus::Accepted => (true, false),
        ReportStatus::Declined(_) => (false, true),
        ReportStatus::Absent
        | ReportStatus::Waiting
        | ReportStatus::Sealed(_)
        | ReportStatus::Split(_)
        | ReportStatus::Merged(_) => (false, false),
    };
    let is_alive = waits || is_accepted || is_declined;
    let has_open = open_duties(maker.view).next().is_some();
    [
        (waits && decides).then(|| accept(maker)),
        (waits && decides && !maker.joinable.is_empty()).then(|| join(maker)),
        (waits && has_open).then(|| call(maker)),
        (waits && has_open && maker.officer.viewer.handles()).then(|| receive(maker)),
        (waits && may(PlanAct::ClearMiss) && to_clear(maker).next().is_some())
            .then(|| clear(maker)),
        (is_alive && decides).then(|| ask(maker)),
        (waits && decides && maker.view.report.unidentified().next().is_some())
            .then(|| identify(maker)),
        (waits && decides && !maker.view.report.affected.is_empty()).then(|| anchor(maker)),
        (is_accepted && decides).then(|| tell(maker)),
        (is_declined && decides).then(|| reopen(maker)),
        (waits && may(PlanAct::DeclineReport)).then(|| decline(maker)),
        (is_alive && (is_officer || decides)).then(|| seal(maker)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the plan gives an act to one of the reader's roles; a report has no level yet.
fn may(maker: Maker<'_>, act: PlanAct) -> bool {
    let Some(plan) = maker.view.lead.as_deref() else { return false };
    maker.officer.viewer.actor.roles.iter().any(|role| plan.may(role, act, None).is_ok())
}

fn begun(maker: Maker<'_>, part: &str, submit: &str) -> Form {
    let action = routes::report_part(maker.view.id, part);
    let words = maker.saying.words;
    Form::new(part, &action, maker.officer.csrf(), words.t(submit), words)
        .hiding(COMMAND, maker.desk.command_id().to_string())
}

fn accept(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let title = maker.view.content.as_ref().map(|content| content.title.to_string());
    let classes = maker.view.lead.as_deref().map(|plan| classes(plan, maker)).unwrap_or_default();
    let class = Field::new("class", words.t("report-class"), FieldKind::Select(classes));
    let form = begun(maker, "accept", "report-accept")
        .hiding("classify", maker.desk.command_id().to_string())
        .with(Field::line("title", words.t("report-title")).value(title.unwrap_or_default()))
        .with(class.hint(words.t("report-class-hint")).optional())
        .weighing(Weight::Primary);
    let mut act = Act::new(words.t("report-accept"), form);
    act.lead = Some(words.t("report-accept-lead").into_owned());
    act.clause = maker.view.lead.as_deref().and_then(|plan| {
        let authority = plan.authority(PlanAct::AcceptReport, None)?;
        Some(maker.saying.clause(&plan.id, &authority.clause))
    });
    act
}

/// The classes of the plan's taxonomies; the value is `taxonomy|code`.
fn classes(plan: &Plan, maker: Maker<'_>) -> Vec<Opt> {
    let later = Opt::new("", maker.saying.words.t("report-class-later"));
    let known = plan.taxonomies.iter().flat_map(|taxonomy| {
        taxonomy.classes.iter().map(move |class| {
            let value = format!("{}|{}", taxonomy.id, class.code);
            Opt::new(value, format!("{} {}", class.code, class.label.in_lang(maker.saying.lang())))
        })
    });
    std::iter::once(later).chain(known).collect()
}

fn join(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let incidents =
        maker.joinable.iter().map(|(id, name)| Opt::new(id.to_string(), name.clone())).collect();
    let field = Field::new("incident", words.t("report-join-which"), FieldKind::Select(incidents));
    Act::new(words.t("report-join"), begun(maker, "join", "report-join").with(field))
}

fn call(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let duties =
        ticks(maker, open_duties(maker.view).filter(|duty| duty.channel != Channel::Written));
    let form = begun(maker, "call", "call-record")
        .with(Field::new("ticks", words.t("call-to"), FieldKind::Several(duties)))
        .with(Field::line("caller", words.t("call-caller")).hint(words.t("call-caller-hint")))
        .with(
            Field::line("callee", words.t("call-callee")).value(maker.officer.viewer.name.clone()),
        )
        .with(
            Field::new("happened_at", words.t("call-at"), FieldKind::Time)
                .hint(words.t("time-happened-hint"))
                .value(maker.saying.clock.for_field(maker.saying.clock.now)),
        )
        .with(Field::prose("said", words.t("call-summary")))
        .with(Field::new("read_back", words.t("call-read-back"), FieldKind::Tick).optional())
        .with(late(maker));
    let mut act = Act::new(words.t("call-record"), form);
    act.lead = Some(words.t("call-lead").into_owned());
    act
}

fn receive(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let recipients: std::collections::BTreeSet<&RoleId> =
        open_duties(maker.view).filter_map(|duty| duty.to.as_ref()).collect();
    let roles = recipients.into_iter().map(|role| Opt::new(role.as_str(), maker.saying.role(role)));
    let channels = ["oral", "written"].map(|it| Opt::new(it, words.t(&format!("channel-{it}"))));
    let form = begun(maker, "receive", "report-receive")
        .with(Field::new("by", words.t("report-receive-by"), FieldKind::Select(roles.collect())))
        .with(Field::new("channel", words.t("channel"), FieldKind::Radio(channels.into())))
        .with(
            Field::new("happened_at", words.t("time-happened"), FieldKind::Time)
                .hint(words.t("time-happened-hint"))
                .value(maker.saying.clock.for_field(maker.saying.clock.now)),
        )
        .with(Field::line("note", words.t("report-receive-note")))
        .with(late(maker));
    let mut act = Act::new(words.t("report-receive"), form);
    act.lead = Some(words.t("report-receive-lead").into_owned());
    act
}

fn late(maker: Maker<'_>) -> Field {
    let words = maker.saying.words;
    let field = Field::line("late_because", words.t("call-reason-late"));
    field.hint(words.t("call-reason-late-hint")).optional()
}

fn clear(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let duties = ticks(maker, to_clear(maker));
    let field = Field::new("ticks", words.t("duties"), FieldKind::Several(duties));
    let mut act =
        Act::new(words.t("call-confirm"), begun(maker, "clear", "call-confirm").with(field));
    act.lead = Some(words.t("call-needs-confirmation").into_owned());
    act
}

fn ask(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let field = Field::prose("text", words.t("report-question"));
    Act::new(words.t("report-ask"), begun(maker, "ask", "report-ask").with(field))
}

fn tell(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let field = Field::prose("text", words.t("report-result"));
    let form = begun(maker, "tell", "report-give-result")
        .with(field.hint(words.t("report-reporter-reads")));
    Act::new(words.t("report-give-result"), form)
}

fn reopen(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let field = Field::line("reason", words.t("report-reason"));
    Act::new(words.t("report-reopen"), begun(maker, "reopen", "report-reopen").with(field))
}

fn decline(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let field = Field::line("reason", words.t("report-decline-reason"));
    let consequence = Consequence {
        id: "decline-consequence".to_owned(),
        title: words.t("report-decline-title").into_owned(),
        effects: vec![Effect {
            who: words.t("report-from").into_owned(),
            what: words.t("report-decline-reads").into_owned(),
            echo: Some("reason".to_owned()),
        }],
        agree: words.t("report-decline-agree").into_owned(),
    };
    let form = begun(maker, "decline", "report-decline").with(field).showing(consequence);
    Act::new(words.t("report-decline"), form)
}

fn seal(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let field = Field::line("reason", words.t("report-reason"));
    let form = begun(maker, "seal", "report-seal")
        .with(field.hint(words.t("report-seal-hint")))
        .weighing(Weight::Grave);
    let mut act = Act::new(words.t("report-seal"), form);
    act.lead = Some(words.t("report-seal-lead").into_owned());
    act
}

fn identify(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let typed = maker.view.content.as_ref().and_then(|content| content.organisation.clone());
    let typed = typed.map(|typed| typed.to_string()).unwrap_or_default();
    let parties: Vec<Opt> = maker
        .view
        .report
        .unidentified()
        .enumerate()
        .map(|(place, party)| {
            let name = if typed.is_empty() { format!("{}", place + 1) } else { typed.clone() };
            Opt::new(party.to_string(), name)
        })
        .collect();
    let form = begun(maker, "identify", "report-identify")
        .with(Field::new("party", words.t("report-identify-party"), FieldKind::Select(parties)))
        .with(
            Field::line("organisation", words.t("organisation-name"))
                .hint(words.t("report-identify-hint")),
        );
    Act::new(words.t("report-identify"), form)
}

fn anchor(maker: Maker<'_>) -> Act {
    let words = maker.saying.words;
    let parties = maker.view.report.affected.keys();
    let parties = parties
        .map(|party| {
            let name = maker.saying.organisation(&maker.view.report.key(party));
            Opt::new(party.to_string(), name)
        })
        .collect();
    let anchors = ["occurred", "discovered", "informed"]
        .map(|anchor| Opt::new(anchor, words.t(&format!("anchor-{anchor}"))));
    let form = begun(maker, "anchor", "report-anchor")
        .with(Field::new("party", words.t("report-organisation"), FieldKind::Select(parties)))
        .with(Field::new(
            "anchor",
            words.t("report-anchor-which"),
            FieldKind::Radio(anchors.into()),
        ))
        .with(Field::new("at", words.t("report-anchor-at"), FieldKind::Time))
        .with(
            Field::line("reason", words.t("report-reason"))
                .hint(words.t("report-anchor-hint"))
                .optional(),
        );
    Act::new(words.t("report-anchor"), form)
}

/// Merging into a likely duplicate.
pub(super) fn merge(desk: &Desk, officer: &SignedIn, report: ReportId, into: ReportId) -> Form {
    let words = officer.words();
    let action = routes::report_part(report, "merge");
    let mut form = Form::new("merge", &action, officer.csrf(), words.t("report-merge"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .hiding("into", into.to_string())
        .weighing(Weight::Grave);
    form.draft = None;
    form
}

/// Duties that can still be met.
fn open_duties(view: &ReportView) -> impl Iterator<Item = &Duty> {
    view.duties.iter().filter(|duty| duty.state.is_open())
}

/// Duties whose miss somebody else has entered an act for.
fn to_clear(maker: Maker<'_>) -> impl Iterator<Item = &Duty> {
    let me = maker.officer.viewer.person();
    let report = &maker.view.report;
    maker.view.duties.iter().filter(move |duty| {
        let tick = Tick::of(duty, report.party_of(duty));
        duty.state == DutyState::Missed
            && report.ledger.iter().any(|carried| {
                carried.entered_by != me
                    && matches!(&carried.what, CarriedWhat::Met(met) if met.tick == tick)
            })
    })
}

/// Duties as choices.
fn ticks<'a>(maker: Maker<'_>, duties: impl Iterator<Item = &'a Duty>) -> Vec<Opt> {
    let saying = maker.saying;
    duties
        .map(|duty| {
            let tick = Tick::of(duty, maker.view.report.party_of(duty));
            let label = duty.label.in_lang(saying.lang());
            let to = duty.to.as_ref().map(|to| saying.role(to)).unwrap_or_default();
            let due = duty.due.map(|due| saying.clock.short(due, saying.words));
            Opt::new(key_of(&tick), format!("{to} · {label} {}", due.unwrap_or_default()))
        })
        .collect()
}

/// The duties that were chosen, found among those that are owed now.
pub(super) fn chosen_ticks(reading: &mut Reading<'_>, view: &ReportView) -> Option<Vec<Tick>> {
    let keys: Vec<String> = reading.several("ticks");
    if keys.is_empty() {
        reading.wrong("ticks", "error-needed");
        return None;
    }
    let known: Vec<Tick> =
        view.duties.iter().map(|duty| Tick::of(duty, view.report.party_of(duty))).collect();
    let find = |key: &String| known.iter().find(|tick| key_of(tick) == *key).cloned();
    let found: Option<Vec<Tick>> = keys.iter().map(find).collect();
    if found.is_none() {
        reading.wrong("ticks", "error-choice");
    }
    found
}

/// How forms name a duty.
fn key_of(tick: &Tick) -> String {
    let party = tick.party.map(|party| party.to_string()).unwrap_or_default();
    let to = tick.to.as_ref().map_or("", RoleId::as_str);
    let slot = tick.slot.unwrap_or_default();
    format!("{}|{}|{party}|{}|{to}|{slot}", tick.plan, tick.duty, tick.by)
}
