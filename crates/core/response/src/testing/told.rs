//! Given, when, then.

use std::sync::Arc;

use fengsui_plan::Plan;
use fengsui_vocabulary::{Facts, IncidentId};

use super::people::UNIT;
use super::{Stage, at, line};
use crate::incident::{Incident, IncidentCommand, evolve};
use crate::{
    Actor, AnchorKind, AnchorRecorded, Anchors, Asked, Computed, FactsRecorded, IncidentEvent,
    IncidentOpened, LevelJudged, OrganisationAdded, Outlook, Party, PlanRef, Recorded, Refusal,
    SaidBy,
};

/// Something that happened before the test begins: when, and what.
#[derive(Clone, Debug)]
pub struct Told {
    clock: String,
    event: IncidentEvent,
}

/// A test that has its beginning.
#[derive(Clone, Debug)]
pub struct Scenario {
    stage: Stage,
}

/// A test that has its answer.
#[derive(Debug)]
pub struct Outcome {
    stage: Stage,
    clock: String,
    answer: Result<Vec<IncidentEvent>, Refusal>,
}

/// An incident at one unit, to which this has happened, each thing recorded when it happened.
pub fn given(plan: Arc<Plan>, told: impl IntoIterator<Item = Told>) -> Scenario {
    let edition = PlanRef::of(&plan);
    let mut stage = Stage::under(plan);
    let opened = IncidentOpened {
        incident: IncidentId::from_bits(1),
        number: line("2026-0001"),
        title: line("入侵"),
        plans: vec![edition],
    };
    let added = OrganisationAdded {
        party: Party::Organisation(UNIT),
        organisation: Some(UNIT),
        district: None,
        anchors: Anchors::default(),
    };
    happen(&mut stage.incident, "09:00", opened.into());
    happen(&mut stage.incident, "09:00", added.into());
    for Told { clock, event } in told {
        happen(&mut stage.incident, &clock, event);
    }
    Scenario { stage }
}

/// The unit noticed it.
pub fn discovered(clock: &str) -> Told {
    let anchor = AnchorRecorded {
        party: Party::Organisation(UNIT),
        anchor: AnchorKind::Discovered,
        plan: None,
        at: at(clock),
        offset: None,
    };
    Told { clock: clock.to_owned(), event: anchor.into() }
}

/// Facts became known.
pub fn known(clock: &str, facts: Facts) -> Told {
    let recorded = FactsRecorded {
        facts,
        said_by: SaidBy::Organisation(UNIT),
        ground: None,
        outlook: Outlook::Observed,
    };
    Told { clock: clock.to_owned(), event: recorded.into() }
}

/// The Office judged the level.
#[expect(clippy::expect_used, reason = "a test with a wrong name cannot go on")]
pub fn judged(clock: &str, level: &str) -> Told {
    let judged = LevelJudged {
        plan: "shanghai-2019".parse().expect("a plan"),
        level: level.parse().expect("a level"),
        computed: Computed { certain: None, possible: None },
        role: "cac_office".parse().expect("a role"),
        reason: None,
    };
    Told { clock: clock.to_owned(), event: judged.into() }
}

impl Scenario {
    /// What there is at the beginning.
    pub fn stage(self) -> Stage {
        self.stage
    }

    /// Somebody asks something.
    pub fn when(mut self, clock: &str, asked: &Asked<IncidentCommand>) -> Outcome {
        let answer = self.stage.incident(clock, asked);
        Outcome { stage: self.stage, clock: clock.to_owned(), answer }
    }
}

impl Outcome {
    /// This happens, by kinds.
    #[track_caller]
    pub fn happens(self, kinds: &[&str]) -> Scenario {
        let happened: Vec<_> = self.events().iter().map(IncidentEvent::kind).collect();
        assert_eq!(happened, kinds, "at {}", self.clock);
        Scenario { stage: self.stage }
    }

    /// It is refused, by the refusal's name.
    #[track_caller]
    pub fn is_refused(self, name: &str) -> Scenario {
        let refused = self.answer.as_ref().err().map(Refusal::name);
        assert_eq!(refused, Some(name), "at {}: {:?}", self.clock, self.answer);
        Scenario { stage: self.stage }
    }

    /// The duties then stand like this.
    #[track_caller]
    pub fn then_duties(self, table: &str) -> Scenario {
        let duties = self.stage.duties(&self.clock);
        assert_eq!(duties.trim(), trimmed(table), "at {}:\n{duties}", self.clock);
        Scenario { stage: self.stage }
    }

    #[track_caller]
    fn events(&self) -> &[IncidentEvent] {
        match &self.answer {
            Ok(events) => events,
            Err(refusal) => {
                assert_eq!(refusal.to_string(), "", "refused at {}", self.clock);
                &[]
            }
        }
    }
}

fn happen(incident: &mut Incident, clock: &str, event: IncidentEvent) {
    let recorded = Recorded {
        happened_at: at(clock),
        recorded_at: at(clock),
        actor: Actor::PROGRAM,
        on_behalf_of: None,
        event,
    };
    evolve(incident, &recorded);
}

/// A table without the indentation it has in a test.
fn trimmed(table: &str) -> String {
    let lines: Vec<_> = table.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
