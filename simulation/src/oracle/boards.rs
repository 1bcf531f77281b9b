//! The boards against the journal: by the desk's own rebuild, and duty by duty.

use std::collections::BTreeMap;

use fengsui_plan::Duty;
use fengsui_store::{Entry, Filter, Row, Select, Sight};
use fengsui_vocabulary::IncidentId;
use jiff::Timestamp;

use super::{BOARDS, CHAIN, DUTIES, Findings, Violation};
use crate::Failed;
use crate::world::World;

pub(super) async fn look(
    world: &World,
    entries: &[Entry],
    found: &mut Findings,
) -> Result<(), Failed> {
    if let Err(broken) = world.observer.verify(|_, _| {}).await? {
        found.push(Violation { rule: CHAIN, told: broken.to_string() });
        return Ok(());
    }
    for (incident, recorded_at) in last_written(entries) {
        duties(world, incident, recorded_at, found).await?;
    }
    let rebuilt = world.observer.rebuild(|_, _| {}).await?;
    if let Some(difference) = rebuilt.differences.first() {
        let told = format!("{} rows differ; the first: {difference}", rebuilt.differences.len());
        found.push(Violation { rule: BOARDS, told });
    }
    Ok(())
}

/// When each incident was last written to: boards show it as of then.
pub(super) fn last_written(entries: &[Entry]) -> BTreeMap<IncidentId, Timestamp> {
    let incidents = entries.iter().filter_map(|entry| {
        let incident = entry.stream.strip_prefix("incident:")?.parse().ok()?;
        Some((incident, entry.recorded_at))
    });
    incidents.collect()
}

async fn duties(
    world: &World,
    incident: IncidentId,
    recorded_at: Timestamp,
    found: &mut Findings,
) -> Result<(), Failed> {
    let mut owed: Vec<String> =
        folded(world, incident, recorded_at).await?.iter().map(line_of_duty).collect();
    let stream = format!("incident:{incident}");
    let select = Select {
        board: "board_duty_due",
        filters: vec![Filter::Eq("stream", stream.as_str().into())],
        sight: Sight::Everything,
        order: Vec::new(),
        after: None,
        limit: 10_000,
    };
    let rows = world.observer.model_store().rows(&select).await?;
    let mut shown = rows.iter().map(line_of_row).collect::<Result<Vec<_>, _>>()?;
    owed.sort();
    shown.sort();
    if owed != shown {
        let differs = owed.iter().find(|it| !shown.contains(it));
        let differs = differs.or_else(|| shown.iter().find(|it| !owed.contains(it)));
        let told = format!("{stream}: {}", differs.cloned().unwrap_or_default());
        found.push(Violation { rule: DUTIES, told });
    }
    Ok(())
}

/// What is owed because of an incident, as of a time.
pub(super) async fn folded(
    world: &World,
    incident: IncidentId,
    at: Timestamp,
) -> Result<Vec<Duty>, Failed> {
    world.observe_at(at);
    let auditor = world.viewer(&world.observer, "lin").ok_or("nobody may look at everything")?;
    Ok(world.observer.incident(&auditor, incident).await?.duties)
}

fn line_of_duty(duty: &Duty) -> String {
    format!(
        "{} {} {} {} {} {} {} open: {}",
        duty.plan,
        duty.duty,
        duty.organisation.as_deref().unwrap_or_default(),
        duty.actor,
        duty.to.as_ref().map(ToString::to_string).unwrap_or_default(),
        duty.slot.unwrap_or_default(),
        duty.due.map(Timestamp::as_microsecond).unwrap_or_default(),
        duty.state.is_open(),
    )
}

fn line_of_row(row: &Row) -> Result<String, Failed> {
    Ok(format!(
        "{} {} {} {} {} {} {} open: {}",
        row.text("plan")?,
        row.text("duty")?,
        row.opt_text("organisation")?.unwrap_or_default(),
        row.text("sender")?,
        row.opt_text("recipient")?.unwrap_or_default(),
        row.opt_int("slot")?.unwrap_or_default(),
        row.opt_int("due_at")?.unwrap_or_default(),
        row.int("is_open")? == 1,
    ))
}
