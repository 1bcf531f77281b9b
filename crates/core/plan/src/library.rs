//! The packs, calendars and facts that ship, compiled into the program.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use fengsui_vocabulary::PlanId;

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Source};
use crate::model::{Calendar, Plan};
use crate::pack::{read, read_calendar};

/// Plans by id, with what they are read against.
#[derive(Clone, Debug, Default)]
pub struct Library {
    plans: BTreeMap<PlanId, Arc<Plan>>,
    catalogue: Catalogue,
    calendars: BTreeMap<String, Calendar>,
    faults: Vec<Diagnostic>,
}

/// A text that ships: its name and what is in it.
struct Shipped {
    name: &'static str,
    text: &'static str,
}

macro_rules! shipped {
    ($path:literal) => {
        Shipped { name: $path, text: include_str!(concat!("../../../../plans/", $path)) }
    };
}

const FACTS: Shipped = shipped!("facts.toml");

const CALENDARS: &[Shipped] = &[shipped!("calendars/cn-2026.toml")];

const PACKS: &[Shipped] = &[shipped!("shanghai-2019.toml")];

static SHIPPED: LazyLock<Library> = LazyLock::new(Library::read_shipped);

impl Library {
    /// Everything that ships; read once.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// A plan by its id.
    pub fn plan(&self, id: &PlanId) -> Option<Arc<Plan>> {
        self.plans.get(id).map(Arc::clone)
    }

    /// Every plan, by id.
    pub fn plans(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.plans.values()
    }

    /// The facts that every plan shares.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The calendars by id.
    pub fn calendars(&self) -> &BTreeMap<String, Calendar> {
        &self.calendars
    }

    /// What kept something that ships from being read; a test sees to it that this is empty.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    /// Reads another pack against this library's facts and calendars.
    pub fn read(&self, source: &Source) -> Result<Plan, Vec<Diagnostic>> {
        read(source, &self.catalogue, &self.calendars)
    }

    /// Everything that is wrong with a pack, and what somebody should look at.
    pub fn check(&self, source: &Source) -> Vec<Diagnostic> {
        crate::pack::check(source, &self.catalogue, &self.calendars)
    }

    /// The text of a shipped pack by its id.
    pub fn source(&self, id: &PlanId) -> Option<Source> {
        let plan = self.plans.get(id)?;
        Some(Source { name: format!("{id}.toml"), text: plan.text.clone() })
    }

    fn read_shipped() -> Self {
        let mut library = Self::default();
        match Catalogue::read(&FACTS.source()) {
            Ok(catalogue) => library.catalogue = catalogue,
            Err(faults) => library.faults.extend(faults),
        }
        for calendar in CALENDARS {
            match read_calendar(&calendar.source()) {
                Ok(calendar) => {
                    library.calendars.insert(calendar.id.clone(), calendar);
                }
                Err(faults) => library.faults.extend(faults),
            }
        }
        for pack in PACKS {
            match library.read(&pack.source()) {
                Ok(plan) => {
                    library.plans.insert(plan.id.clone(), Arc::new(plan));
                }
                Err(faults) => library.faults.extend(faults),
            }
        }
        library
    }
}

impl Shipped {
    fn source(&self) -> Source {
        Source { name: format!("plans/{}", self.name), text: self.text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_ships_is_sound() {
        let faults: Vec<_> = Library::shipped().faults().iter().map(Diagnostic::render).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(Library::shipped().plans().count(), PACKS.len());
        for pack in PACKS {
            let found: Vec<_> =
                Library::shipped().check(&pack.source()).iter().map(Diagnostic::render).collect();
            assert!(found.is_empty(), "{}", found.join("\n"));
        }
    }
}
