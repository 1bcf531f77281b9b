//! An organisation of the registry, 单位: the ground on which roles and duties stand.
//!
//! What it is holds from a day and may hold until a day; what held before stays readable.

use fengsui_vocabulary::{Line, OrganisationId};
use jiff::civil::Date;

use crate::{
    Asked, Capacity, Decided, Details, OrganisationChanged, OrganisationClosed, OrganisationEvent,
    OrganisationRegistered, Recorded, Refusal, Scene,
};

/// An organisation as far as its stream tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Which; none before it is registered.
    pub id: Option<OrganisationId>,
    /// What it is, in order of recording; a later one wins where both hold.
    pub periods: Vec<Period>,
    /// Its end, if it came.
    pub closed: Option<Closed>,
}

/// What an organisation is in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day, if it is known.
    pub until: Option<Date>,
    /// What it is.
    pub details: Details,
}

/// The end of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its last day.
    pub on: Date,
    /// Where it went.
    pub merged_into: Option<OrganisationId>,
    /// Why.
    pub reason: Line,
}

/// What may be asked of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationCommand {
    /// Register it.
    Register {
        /// Its id.
        organisation: OrganisationId,
        /// What it is.
        details: Box<Details>,
        /// The first day on which that holds.
        valid_from: Date,
    },
    /// Change what it is.
    Change {
        /// What it is.
        details: Box<Details>,
        /// The first day on which that holds.
        valid_from: Date,
        /// The last day, if it is known.
        valid_until: Option<Date>,
    },
    /// Close it, or merge it into another.
    Close {
        /// Its last day.
        closed_on: Date,
        /// Where it goes.
        merged_into: Option<OrganisationId>,
        /// Why.
        reason: Line,
    },
}

impl OrganisationCommand {
    /// Its name: chosen once, for records and programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register-organisation",
            Self::Change { .. } => "change-organisation",
            Self::Close { .. } => "close-organisation",
        }
    }
}

impl Organisation {
    /// What it is on a day.
    pub fn on(&self, day: Date) -> Option<&Details> {
        let holds =
            |period: &&Period| period.from <= day && period.until.is_none_or(|until| day <= until);
        self.periods.iter().rev().find(holds).map(|period| &period.details)
    }

    /// What was recorded last, whatever day it is.
    pub fn newest(&self) -> Option<&Details> {
        self.periods.last().map(|period| &period.details)
    }
}

/// Decides what follows from a command to an organisation.
pub fn decide(
    organisation: &Organisation,
    asked: &Asked<OrganisationCommand>,
    scene: &Scene<'_>,
) -> Result<Vec<Decided<OrganisationEvent>>, Refusal> {
    let happened_at = scene.happened_at(asked)?;
    if !asked.by.has(Capacity::Registrar) {
        return Err(Refusal::NeedsCapacity { capacity: Capacity::Registrar });
    }
    let event = match &asked.command {
        OrganisationCommand::Register { organisation: id, details, valid_from } => {
            if organisation.id.is_some() {
                return Err(Refusal::ExistsAlready);
            }
            check_details(*id, details)?;
            OrganisationRegistered {
                organisation: *id,
                details: (**details).clone(),
                valid_from: *valid_from,
            }
            .into()
        }
        OrganisationCommand::Change { details, valid_from, valid_until } => {
            let id = open(organisation)?;
            check_details(id, details)?;
            if let Some(until) = valid_until.filter(|until| until < valid_from) {
                return Err(Refusal::PeriodBackwards { from: *valid_from, until });
            }
            OrganisationChanged {
                details: (**details).clone(),
                valid_from: *valid_from,
                valid_until: *valid_until,
            }
            .into()
        }
        OrganisationCommand::Close { closed_on, merged_into, reason } => {
            let id = open(organisation)?;
            if *merged_into == Some(id) {
                return Err(Refusal::RelatedToItself);
            }
            OrganisationClosed {
                closed_on: *closed_on,
                merged_into: *merged_into,
                reason: reason.clone(),
            }
            .into()
        }
    };
    Ok(vec![Decided { happened_at, on_behalf_of: None, event }])
}

/// Brings an organisation up to date with one event.
pub fn evolve(organisation: &mut Organisation, recorded: &Recorded<OrganisationEvent>) {
    match &recorded.event {
        OrganisationEvent::Registered(registered) => {
            organisation.id = Some(registered.organisation);
            organisation.periods.push(Period {
                from: registered.valid_from,
                until: None,
                details: registered.details.clone(),
            });
        }
        OrganisationEvent::Changed(changed) => organisation.periods.push(Period {
            from: changed.valid_from,
            until: changed.valid_until,
            details: changed.details.clone(),
        }),
        OrganisationEvent::Closed(closed) => {
            organisation.closed = Some(Closed {
                on: closed.closed_on,
                merged_into: closed.merged_into,
                reason: closed.reason.clone(),
            });
        }
    }
}

fn open(organisation: &Organisation) -> Result<OrganisationId, Refusal> {
    if organisation.closed.is_some() {
        return Err(Refusal::OrganisationClosed);
    }
    organisation.id.ok_or(Refusal::Absent)
}

fn check_details(id: OrganisationId, details: &Details) -> Result<(), Refusal> {
    let is_text = |text: &str| text.chars().count() <= NAME_CHARS_MAX && !text.contains('\0');
    let name = &details.name;
    if name.zh.trim().is_empty() || !is_text(&name.zh) || !is_text(&name.en) {
        return Err(Refusal::NameOutOfRange { chars_max: NAME_CHARS_MAX });
    }
    if details.parent == Some(id) {
        return Err(Refusal::RelatedToItself);
    }
    if details.systems.len() > SYSTEMS_MAX {
        return Err(Refusal::TooMany {
            what: "systems",
            count: details.systems.len(),
            count_max: SYSTEMS_MAX,
        });
    }
    Ok(())
}

/// Characters of an organisation's name, in each language.
const NAME_CHARS_MAX: usize = 200;

/// Systems of one organisation.
const SYSTEMS_MAX: usize = 500;
