//! An organisation of the registry, 单位: the ground on which roles and duties stand.
//!
//! What it is holds from a day and may hold until a day; what held before stays readable.

mod network;

use std::collections::BTreeSet;

use fengsui_vocabulary::{Line, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;

pub use network::{Asn, Domain, Network, NetworkMalformed, Networks, Prefix};

use crate::{
    Asked, Capacity, Decided, Details, Filing, OrganisationChanged, OrganisationClosed,
    OrganisationEvent, OrganisationRegistered, Recorded, Refusal, Scene,
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
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// Some days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first.
    pub from: Date,
    /// The last, if there is one.
    pub until: Option<Date>,
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
        Some(&self.periods.get(self.place_on(day)?)?.details)
    }

    /// What it is on a day, or what was recorded last where no period holds.
    pub fn as_of(&self, day: Date) -> Option<&Details> {
        self.on(day).or_else(|| self.newest())
    }

    /// The days between two in which it is the same throughout, in order.
    ///
    /// A change that is made to each of them leaves everything else as it was to be.
    pub fn stretches(&self, from: Date, until: Option<Date>) -> Vec<Stretch> {
        let begins = self.periods.iter().flat_map(|period| {
            let after = period.until.and_then(|until| until.tomorrow().ok());
            [Some(period.from), after].into_iter().flatten()
        });
        let is_inside = |day: &Date| *day > from && until.is_none_or(|until| *day <= until);
        let mut begins: Vec<Date> = begins.filter(is_inside).chain([from]).collect();
        begins.sort_unstable();
        begins.dedup_by_key(|day| self.place_on(*day));
        let ends = begins.iter().skip(1).map(|next| next.yesterday().ok()).chain([until]);
        begins.iter().zip(ends).map(|(from, until)| Stretch { from: *from, until }).collect()
    }

    fn place_on(&self, day: Date) -> Option<usize> {
        let holds =
            |period: &Period| period.from <= day && period.until.is_none_or(|until| day <= until);
        self.periods.iter().rposition(holds)
    }

    /// What was recorded last, whatever day it is.
    pub fn newest(&self) -> Option<&Details> {
        self.periods.last().map(|period| &period.details)
    }
}

impl Details {
    /// What somebody changed, from what it was to what it is to be, made to something else.
    #[must_use]
    pub fn amended(&self, was: &Self, to: &Self) -> Self {
        Self {
            name: changed(&self.name, &was.name, &to.name),
            parent: changed(&self.parent, &was.parent, &to.parent),
            district: changed(&self.district, &was.district, &to.district),
            sector: changed(&self.sector, &was.sector, &to.sector),
            kinds: changed(&self.kinds, &was.kinds, &to.kinds),
            systems: changed(&self.systems, &was.systems, &to.systems),
            duty_telephone: changed(&self.duty_telephone, &was.duty_telephone, &to.duty_telephone),
            responsible_post: changed(
                &self.responsible_post,
                &was.responsible_post,
                &to.responsible_post,
            ),
            contacts: changed(&self.contacts, &was.contacts, &to.contacts),
            networks: changed(&self.networks, &was.networks, &to.networks),
            filings: changed(&self.filings, &was.filings, &to.filings),
        }
    }
}

fn changed<T: PartialEq + Clone>(now: &T, was: &T, to: &T) -> T {
    if was == to { now.clone() } else { to.clone() }
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
                recorded_at: recorded.recorded_at,
            });
        }
        OrganisationEvent::Changed(changed) => organisation.periods.push(Period {
            from: changed.valid_from,
            until: changed.valid_until,
            details: changed.details.clone(),
            recorded_at: recorded.recorded_at,
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
    at_most("systems", details.systems.len(), SYSTEMS_MAX)?;
    at_most("networks", details.networks.count(), NETWORKS_MAX)?;
    at_most("filings", details.filings.len(), FILINGS_MAX)?;
    for system in &details.systems {
        at_most("services", system.services.len(), SERVICES_MAX)?;
    }
    let mut names = BTreeSet::new();
    if details.systems.iter().any(|system| !names.insert(&system.name)) {
        return Err(Refusal::ExistsAlready);
    }
    let backwards = |filing: &Filing| {
        Some((filing.filed_on, filing.review_on.filter(|it| *it < filing.filed_on)?))
    };
    if let Some((from, until)) = details.filings.iter().find_map(backwards) {
        return Err(Refusal::PeriodBackwards { from, until });
    }
    Ok(())
}

fn at_most(what: &'static str, count: usize, count_max: usize) -> Result<(), Refusal> {
    if count > count_max {
        return Err(Refusal::TooMany { what, count, count_max });
    }
    Ok(())
}

/// Characters of an organisation's name, in each language.
const NAME_CHARS_MAX: usize = 200;

/// Systems of one organisation.
pub const SYSTEMS_MAX: usize = 500;

/// Services of one system.
pub const SERVICES_MAX: usize = 20;

/// Networks of one organisation.
pub const NETWORKS_MAX: usize = 1_000;

/// Filings of one organisation.
pub const FILINGS_MAX: usize = 200;
