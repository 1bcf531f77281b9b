//! The form of a call: who called, what was said, and the answers to the plan's questions.

use fengsui_desk::content::{CallRecord, ReportContent, Reporter};
use fengsui_desk::{Arrival, DISTRICTS, Desk};
use fengsui_plan::Plan;
use fengsui_response::{Affected, Anchors, IntakeChannel, ReadBack, ReportKind};
use fengsui_vocabulary::{CommandId, DistrictCode, Line, RoleId};
use jiff::Timestamp;

use crate::error::WebError;
use crate::facts;
use crate::form::{COMMAND, Reading, Returned};
use crate::lang::Words;
use crate::page::Width;
use crate::parts::{Field, FieldKind, Form, Header, Html, Opt, Weight};
use crate::routes;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;
use crate::views::{General, Section};

/// The name of the form on its screen.
pub(super) const FORM: &str = "call";

/// What was read of a form.
pub(super) struct Read {
    pub(super) command: CommandId,
    pub(super) arrival: Arrival,
    pub(super) happened_at: Timestamp,
}

/// The screen: a running timer and the form.
pub(super) fn screen(desk: &Desk, officer: &SignedIn, returned: Option<&Returned>) -> General {
    let words = officer.words();
    let mut page = officer.page("hotline", words.t("nav-hotline"), routes::HOTLINE);
    page.width = Width::Narrow;
    page.live = None; // a form of this length must not be disturbed
    let form = form(desk, officer, words);
    let form = returned.map_or_else(|| form.clone(), |returned| returned.put_back(form.clone()));
    let header = Header::new(words.t("nav-hotline")).lead(words.t("call-lead")).mark(Html::since(
        officer.clock().now,
        officer.clock(),
        words,
    ));
    General {
        page,
        header,
        strip: None,
        tabs: None,
        sections: vec![Section::new("record", words.t("call-record"), Html::of(&form))],
        acts: Vec::new(),
    }
}

fn form(desk: &Desk, officer: &SignedIn, words: Words) -> Form {
    let plan = desk.lead_plan();
    let form = Form::new(FORM, routes::HOTLINE, officer.csrf(), words.t("call-submit"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .weighing(Weight::Primary);
    let form = with_call(form, officer, plan.as_deref(), words);
    let form = with_incident(form, words);
    let questions = plan.as_deref().map(facts::questions).unwrap_or_default();
    facts::asking(form.under(words.t("public-section-facts")), &questions, words)
}

/// Who called whom, and what was said.
fn with_call(form: Form, officer: &SignedIn, plan: Option<&Plan>, words: Words) -> Form {
    let roles = taking_in(officer, plan);
    let saying = Saying::to(&officer.visitor, plan);
    let first = roles.first().map(ToString::to_string).unwrap_or_default();
    let roles: Vec<Opt> =
        roles.iter().map(|role| Opt::new(role.as_str(), saying.role(role))).collect();
    let role = Field::new("taken_in_by", words.t("report-received-by"), FieldKind::Select(roles));
    let now = officer.clock().for_field(officer.clock().now);
    form.with(Field::line("caller", words.t("call-caller")).hint(words.t("call-caller-hint")))
        .with(
            Field::new("telephone", words.t("call-caller-telephone"), FieldKind::Line("tel"))
                .optional(),
        )
        .with(Field::line("callee", words.t("call-callee")).value(officer.viewer.name.clone()))
        .with(role.value(first))
        .with(
            Field::new("happened_at", words.t("call-at"), FieldKind::Time)
                .hint(words.t("time-happened-hint"))
                .value(now),
        )
        .with(Field::line("title", words.t("public-title")))
        .with(Field::prose("said", words.t("call-summary")).hint(words.t("call-summary-hint")))
        .with(Field::new("read_back", words.t("call-read-back"), FieldKind::Tick).optional())
        .with(
            Field::new("classified", words.t("call-classified"), FieldKind::Tick)
                .hint(words.t("call-classified-hint"))
                .optional(),
        )
}

/// To whom it happened, and when.
fn with_incident(form: Form, words: Words) -> Form {
    let unknown = Opt::new("", words.t("public-district-unknown"));
    let districts = DISTRICTS.iter().map(|it| Opt::new(it.code, it.label().in_lang(words.lang())));
    let districts = std::iter::once(unknown).chain(districts).collect();
    let time = |name: &str, key: &str| Field::new(name, words.t(key), FieldKind::Time).optional();
    form.under(words.t("public-section-where"))
        .with(
            Field::line("organisation", words.t("public-organisation"))
                .hint(words.t("public-organisation-hint"))
                .optional(),
        )
        .with(
            Field::new("district", words.t("public-place"), FieldKind::Select(districts))
                .optional(),
        )
        .under(words.t("public-section-when"))
        .with(time("discovered", "public-discovered").hint(words.t("public-discovered-hint")))
        .with(time("occurred", "public-occurred"))
        .with(time("informed", "public-informed").hint(words.t("public-informed-hint")))
}

/// The roles in which the officer can take a call in: those that receive for others first.
fn taking_in(officer: &SignedIn, plan: Option<&Plan>) -> Vec<RoleId> {
    let mine = &officer.viewer.actor.roles;
    let Some(plan) = plan else { return mine.iter().cloned().collect() };
    let receiving = plan.roles.values().filter(|role| {
        role.part_of.as_ref().is_some_and(|whole| mine.contains(whole) || mine.contains(&role.id))
    });
    let receiving: Vec<RoleId> = receiving.map(|role| role.id.clone()).collect();
    let others = mine.iter().filter(|role| !receiving.contains(role)).cloned();
    receiving.iter().cloned().chain(others).collect()
}

/// Reads the form, or says everything that must be mended.
pub(super) fn read(desk: &Desk, officer: &SignedIn, sent: &Sent) -> Result<Read, WebError> {
    let plan = desk.lead_plan();
    let questions = plan.as_deref().map(facts::questions).unwrap_or_default();
    let mut reading = Reading::of(sent, &officer.visitor);
    let command = reading.command();
    let happened_at = reading.time("happened_at");
    let taken_in_by = reading.choice::<RoleId>("taken_in_by");
    let telling = telling(&mut reading);
    let affected = affected(desk, &mut reading);
    let facts = facts::answered(&mut reading, &questions);
    let is_read_back = reading.is_ticked("read_back");
    let sealed: Option<Line> = reading
        .is_ticked("classified")
        .then(|| officer.words().t("public-sealed-because"))
        .and_then(|reason| reason.parse().ok());
    let read = reading.done(command.zip(happened_at).zip(taken_in_by).zip(telling))?;
    let (((command, happened_at), taken_in_by), (content, call)) = read;
    let read_back = if is_read_back { ReadBack::Confirmed } else { ReadBack::NotDone };
    let arrival = Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Oral,
        taken_in_by: Some(taken_in_by),
        follows: None,
        affected: vec![affected],
        facts,
        content,
        files: Vec::new(),
        call: Some((call, read_back)),
        sealed_because: sealed,
    };
    Ok(Read { command, arrival, happened_at })
}

/// What was said, as the report and as the record of the call.
fn telling(reading: &mut Reading<'_>) -> Option<(ReportContent, CallRecord)> {
    let title = reading.line("title");
    let said = reading.prose("said");
    let (caller, answered_by) = (reading.line("caller"), reading.line("callee"));
    let telephone = reading.line_or_none("telephone");
    let organisation = reading.line_or_none("organisation");
    let (title, said, caller, answered_by) = (title?, said?, caller?, answered_by?);
    let content = ReportContent {
        title,
        description: said.clone(),
        reporter: Reporter { name: Some(caller.clone()), telephone, mail: None },
        file_names: Vec::new(),
        organisation,
        lang: fengsui_vocabulary::Lang::Zh,
    };
    Some((content, CallRecord { caller, callee: answered_by, said }))
}

fn affected(desk: &Desk, reading: &mut Reading<'_>) -> Affected {
    let anchors = Anchors {
        occurred_at: reading.time_or_none("occurred"),
        discovered_at: reading.time_or_none("discovered"),
        informed_at: reading.time_or_none("informed"),
    };
    let district: Option<DistrictCode> = reading.choice_or_none("district");
    let organisation = desk.directory().named(reading.text("organisation"));
    Affected { organisation, district, anchors }
}
