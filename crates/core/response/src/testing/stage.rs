//! A report and an incident that are decided and evolved like live ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use fengsui_plan::{Duty, Library, Plan};
use fengsui_vocabulary::{BlobId, IncidentId, Line};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::accept::{AcceptReport, accept, supplement};
use crate::incident::{Incident, IncidentCommand};
use crate::report::{Report, ReportCommand, SupplementReport};
use crate::{
    Asked, BlobRef, Decided, IncidentEvent, Packs, Party, Refusal, ReportEvent, Scene, Tick,
    incident, report,
};

/// One report and one incident, with the plan.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The plans.
    pub packs: Packs,
    /// The leading plan.
    pub plan: Arc<Plan>,
    /// The report.
    pub report: Report,
    /// The incident.
    pub incident: Incident,
}

impl Stage {
    /// An empty stage under a plan.
    pub fn under(plan: Arc<Plan>) -> Self {
        let packs = Packs::from_iter([Arc::clone(&plan)]);
        Self { packs, plan, report: Report::default(), incident: Incident::default() }
    }

    /// Asks something of the report, and lets what follows happen.
    pub fn report(
        &mut self,
        clock: &str,
        asked: &Asked<ReportCommand>,
    ) -> Result<Vec<ReportEvent>, Refusal> {
        let now = at(clock);
        let decided = report::decide(&self.report, asked, &Scene::new(now, &self.packs))?;
        Ok(self.happen_to_report(now, asked.by.person, decided))
    }

    /// Asks something of the incident, and lets what follows happen.
    pub fn incident(
        &mut self,
        clock: &str,
        asked: &Asked<IncidentCommand>,
    ) -> Result<Vec<IncidentEvent>, Refusal> {
        let now = at(clock);
        let decided = incident::decide(&self.incident, asked, &Scene::new(now, &self.packs))?;
        Ok(self.happen_to_incident(now, asked.by.person, decided))
    }

    /// Accepts the report into the incident.
    pub fn accept(&mut self, clock: &str, asked: &Asked<AcceptReport>) -> Result<(), Refusal> {
        let now = at(clock);
        let scene = Scene::new(now, &self.packs);
        let accepted = accept(&self.report, &self.incident, asked, &scene)?;
        self.happen_to_report(now, asked.by.person, accepted.report);
        self.happen_to_incident(now, asked.by.person, accepted.incident);
        Ok(())
    }

    /// Adds something to the report, and to the incident that it is part of.
    pub fn supplement(
        &mut self,
        clock: &str,
        asked: &Asked<SupplementReport>,
    ) -> Result<(), Refusal> {
        let now = at(clock);
        let id = self.incident.id.unwrap_or(IncidentId::from_bits(0));
        let incidents = BTreeMap::from([(id, self.incident.clone())]);
        let scene = Scene::new(now, &self.packs);
        let supplemented = supplement(&self.report, &incidents, asked, &scene)?;
        self.happen_to_report(now, asked.by.person, supplemented.report);
        for decided in supplemented.incidents.into_values() {
            self.happen_to_incident(now, asked.by.person, decided);
        }
        Ok(())
    }

    /// The incident's duties as a table.
    pub fn duties(&self, clock: &str) -> String {
        duty_table(&self.incident.duties(&self.plan, at(clock)))
    }

    /// The report's duties as a table.
    pub fn report_duties(&self, clock: &str) -> String {
        duty_table(&self.report.duties(&self.plan, at(clock)))
    }

    fn happen_to_report(
        &mut self,
        now: Timestamp,
        by: fengsui_vocabulary::PersonId,
        decided: Vec<Decided<ReportEvent>>,
    ) -> Vec<ReportEvent> {
        decided
            .into_iter()
            .map(|decided| {
                let recorded = decided.recorded(now, by);
                report::evolve(&mut self.report, &recorded);
                recorded.event
            })
            .collect()
    }

    fn happen_to_incident(
        &mut self,
        now: Timestamp,
        by: fengsui_vocabulary::PersonId,
        decided: Vec<Decided<IncidentEvent>>,
    ) -> Vec<IncidentEvent> {
        decided
            .into_iter()
            .map(|decided| {
                let recorded = decided.recorded(now, by);
                incident::evolve(&mut self.incident, &recorded);
                recorded.event
            })
            .collect()
    }
}

/// The Shanghai plan as it ships.
#[expect(clippy::expect_used, reason = "a test that cannot have the plan cannot go on")]
pub fn shanghai() -> Arc<Plan> {
    let id = "shanghai-2019".parse().expect("this is a name");
    Library::shipped().plan(&id).expect("this plan ships")
}

/// The Shanghai plan with something changed.
pub fn changed(change: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = (*shanghai()).clone();
    change(&mut plan);
    plan
}

/// A new edition of the Shanghai plan: it allows as much, under another hash.
pub fn another_edition() -> Arc<Plan> {
    static EDITION: LazyLock<Arc<Plan>> =
        LazyLock::new(|| Arc::new(changed(|plan| plan.hash = format!("{:064x}", 2026))));
    Arc::clone(&EDITION)
}

/// A plan that applies where the flag `eu_personal_data` is known to be true.
#[expect(clippy::expect_used, reason = "a test that cannot have the plan cannot go on")]
pub fn overlay() -> Arc<Plan> {
    let id = "gdpr-33".parse().expect("this is a name");
    Library::shipped().plan(&id).expect("this plan ships")
}

/// A time of 14 March 2026 in Shanghai: `10:25`.
#[expect(clippy::expect_used, reason = "a test with a wrong time cannot go on")]
pub fn at(clock: &str) -> Timestamp {
    let text = format!("2026-03-14T{clock}:00+08:00");
    text.parse().expect("a time of the day such as 10:25")
}

/// A line of text.
#[expect(clippy::expect_used, reason = "a test with a wrong text cannot go on")]
pub fn line(text: &str) -> Line {
    text.parse().expect("one line")
}

/// A blob whose digest is its number.
pub fn blob(number: u128) -> BlobRef {
    BlobRef { blob: BlobId::from_bits(number), digest: format!("{number:064x}") }
}

/// A tick of the Shanghai plan.
#[expect(clippy::expect_used, reason = "a test with a wrong name cannot go on")]
pub fn tick(duty: &str, party: Option<Party>, by: &str, to: &str) -> Tick {
    Tick {
        plan: "shanghai-2019".parse().expect("a plan"),
        duty: duty.parse().expect("a duty"),
        party,
        by: by.parse().expect("a role"),
        to: Some(to.parse().expect("a role")),
        slot: None,
    }
}

/// Duties as a table: duty, sender, recipient, when it is due, where it stands.
pub fn duty_table(duties: &[Duty]) -> String {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let clock = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    let mut table = String::new();
    for duty in duties {
        let due = duty.due.map_or_else(|| "     ".to_owned(), clock);
        let to = duty.to.as_ref().map_or("-", |to| to.as_str());
        let done = duty.done_at.map(|done| format!(" {}", clock(done))).unwrap_or_default();
        let state = format!("{:?}", duty.state);
        // Writing to a text cannot fail.
        let _written = writeln!(
            table,
            "{:<18} {:<14} {to:<22} {due} {state}{done}",
            duty.duty.as_str(),
            duty.actor.as_str()
        );
    }
    table
}
