//! `POST /mine/calls`: the unit telephoned somebody to whom it owed that; written down as an act.

use axum::extract::State;
use axum::response::Response;
use fengsui_desk::content::CallRecord;
use fengsui_desk::{Desk, DutyLine as DutyRow, MineView};
use fengsui_plan::Channel;
use fengsui_response::incident::{IncidentCommand, MeetDuty};
use fengsui_response::report::ReportCommand;
use fengsui_response::{Asked, Delivery, Party, ReadBack, Tick};

use super::show::draw;
use crate::error::WebError;
use crate::form::{COMMAND, Reading, Returned};
use crate::parts::{Act, Field, FieldKind, Form, Opt};
use crate::routes::MINE;
use crate::say::Saying;
use crate::session::SignedIn;
use crate::upload::Sent;

/// The form on its screen.
const FORM: &str = "call";

/// Fields of a duty's name in the form, in one text.
const BETWEEN: char = ' ';

/// `POST /mine/calls`
pub(super) async fn record_call(
    State(desk): State<Desk>,
    reader: SignedIn,
    sent: Sent,
) -> Result<Response, WebError> {
    match record(&desk, &reader, &sent).await {
        Ok(()) => Ok(reader.visitor.on_to(MINE, "said-mine-call")),
        Err(fault) => {
            let returned = Returned::of(FORM, sent, fault, &reader.visitor)?;
            draw(&desk, &reader, Some(&returned)).await
        }
    }
}

/// The form, if there is anything that a call could meet.
pub(super) fn act(
    desk: &Desk,
    reader: &SignedIn,
    mine: &MineView,
    saying: &Saying<'_>,
) -> Option<Act> {
    let words = reader.words();
    let by_call: Vec<Opt> =
        mine.duties.iter().filter(|it| is_by_call(it)).map(|duty| choice(duty, saying)).collect();
    if by_call.is_empty() {
        return None;
    }
    let form = Form::new(FORM, super::CALLS, reader.csrf(), words.t("call-record"), words)
        .hiding(COMMAND, desk.command_id().to_string())
        .with(Field::new("duty", words.t("duty"), FieldKind::Select(by_call)))
        .with(
            Field::new("at", words.t("call-at"), FieldKind::Time)
                .hint(words.t("time-happened-hint"))
                .value(reader.clock().for_field(reader.clock().now)),
        )
        .with(Field::line("caller", words.t("call-caller")).value(reader.viewer.name.clone()))
        .with(Field::line("callee", words.t("call-callee")))
        .with(Field::prose("said", words.t("call-summary")))
        .with(Field::new("read_back", words.t("mine-read-back"), FieldKind::Tick).optional())
        .with(
            Field::line("late", words.t("call-reason-late"))
                .optional()
                .hint(words.t("mine-late-hint")),
        );
    let mut act = Act::new(words.t("mine-call"), form);
    act.lead = Some(words.t("mine-call-lead").into_owned());
    Some(act)
}

async fn record(desk: &Desk, reader: &SignedIn, sent: &Sent) -> Result<(), WebError> {
    let mut reading = Reading::of(sent, &reader.visitor);
    let mine = desk.mine(&reader.viewer).await?;
    let duty = mine.duties.iter().find(|duty| name(duty) == sent.text("duty"));
    if duty.is_none() {
        reading.wrong("duty", "error-choice");
    }
    let (command, at) = (reading.command(), reading.time("at"));
    let call = call(&mut reading);
    let late_because = reading.line_or_none("late");
    let read_back =
        if reading.is_ticked("read_back") { ReadBack::Confirmed } else { ReadBack::NotDone };
    let all = duty.zip(command).zip(at.zip(call));
    let ((duty, command_id), (at, call)) = reading.done(all)?;
    let kept = desk.write_text(&call).await?;
    let act = Delivery::Call { record: kept.reference, read_back };
    let meet = MeetDuty { ticks: vec![tick(duty)], channel: Channel::Oral, act, late_because };
    let blobs = kept.new.into_iter().collect();
    let by = reader.viewer.actor.clone();
    if let Some(incident) = duty.stream.strip_prefix("incident:").and_then(|id| id.parse().ok()) {
        let asked = Asked::now(by, IncidentCommand::MeetDuty(meet)).at(at);
        desk.act_on_incident(incident, command_id, asked, blobs).await?;
    } else if let Some(report) = duty.stream.strip_prefix("report:").and_then(|id| id.parse().ok())
    {
        let asked = Asked::now(by, ReportCommand::MeetDuty(meet)).at(at);
        desk.act_on_report(report, command_id, asked, blobs).await?;
    }
    Ok(())
}

fn call(reading: &mut Reading<'_>) -> Option<CallRecord> {
    let (from, to) = (reading.line("caller"), reading.line("callee"));
    let said = reading.prose("said");
    Some(CallRecord { caller: from?, callee: to?, said: said? })
}

fn is_by_call(duty: &DutyRow) -> bool {
    duty.state.is_open() && duty.recipient.is_some() && duty.channel != Channel::Written
}

fn choice(duty: &DutyRow, saying: &Saying<'_>) -> Opt {
    let to = duty.recipient.as_ref().map(|role| saying.role(role)).unwrap_or_default();
    let due = duty.due.map(|due| saying.clock.short(due, saying.words)).unwrap_or_default();
    Opt::new(name(duty), format!("{to} · {} · {due}", duty.label.in_lang(saying.lang())))
}

/// A duty's name in the form: everything that tells it from the others.
fn name(duty: &DutyRow) -> String {
    let slot = duty.slot.map(|slot| slot.to_string());
    let parts = [
        duty.stream.as_str(),
        duty.plan.as_str(),
        duty.duty.as_str(),
        duty.organisation.as_deref().unwrap_or("-"),
        duty.sender.as_str(),
        duty.recipient.as_ref().map_or("-", |role| role.as_str()),
        slot.as_deref().unwrap_or("-"),
    ];
    parts.join(&BETWEEN.to_string())
}

fn tick(duty: &DutyRow) -> Tick {
    Tick {
        plan: duty.plan.clone(),
        duty: duty.duty.clone(),
        party: duty.organisation.as_ref().and_then(|key| key.parse::<Party>().ok()),
        by: duty.sender.clone(),
        to: duty.recipient.clone(),
        slot: duty.slot,
    }
}
