//! The packs, calendars and facts that ship, compiled into the program.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use fengsui_vocabulary::{Label, PlanId, TaxonomyCode};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Source};
use crate::model::{Calendar, Plan, Taxonomy};
use crate::pack::{Shelf, read, read_calendar, read_taxonomy, read_walks};
use crate::taxonomy::{ClassRef, Crosswalk, Fit, Walk};

/// Plans by id, with what they are read against.
#[derive(Clone, Debug, Default)]
pub struct Library {
    plans: BTreeMap<PlanId, Arc<Plan>>,
    catalogue: Catalogue,
    calendars: BTreeMap<String, Calendar>,
    taxonomies: BTreeMap<String, Taxonomy>,
    crosswalks: Vec<Crosswalk>,
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

/// Shared taxonomies.
const TAXONOMIES: &[Shipped] = &[
    shipped!("taxonomies/gbz-20986-2007.toml"),
    shipped!("taxonomies/gbt-20986-2023.toml"),
    shipped!("taxonomies/cncert.toml"),
    shipped!("taxonomies/rsit.toml"),
];

/// Walks between shared taxonomies.
const CROSSWALKS: &[Shipped] = &[shipped!("taxonomies/crosswalks.toml")];

/// The packs; one that stands on another comes after it.
const PACKS: &[Shipped] = &[
    shipped!("shanghai-2019.toml"),
    shipped!("miit-2017.toml"),
    shipped!("cncert.toml"),
    shipped!("cac-national-2017.toml"),
    shipped!("cac-measures-2025.toml"),
    shipped!("nis2-2022.toml"),
    shipped!("gdpr-33.toml"),
];

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

    /// The shared taxonomies, by id.
    pub fn taxonomies(&self) -> impl Iterator<Item = &Taxonomy> {
        self.taxonomies.values()
    }

    /// A shared taxonomy by its id.
    pub fn taxonomy(&self, id: &str) -> Option<&Taxonomy> {
        self.taxonomies.get(id)
    }

    /// Where a class leads in other taxonomies, by walks written from it or to it; the best fit first.
    pub fn walks_of(&self, taxonomy: &str, code: &TaxonomyCode) -> Vec<Walk> {
        let from = ClassRef { taxonomy: taxonomy.to_owned(), code: code.clone() };
        let mut walks = Vec::new();
        for crosswalk in &self.crosswalks {
            walks.extend(crosswalk.leads(&from).into_iter().map(|(to, fit, direction)| Walk {
                to: to.clone(),
                label: self.label_of(to),
                fit,
                direction,
                ask: crosswalk.ask.clone().filter(|_| fit == Fit::OnlyIf),
                evidence: crosswalk.evidence,
            }));
        }
        walks.sort_by(|one, other| {
            (one.fit, &one.to, one.direction).cmp(&(other.fit, &other.to, other.direction))
        });
        walks
    }

    /// This library with more plans in it, for packs that stand on them.
    #[must_use]
    pub fn with_plans(&self, plans: impl IntoIterator<Item = Arc<Plan>>) -> Self {
        let mut library = self.clone();
        library.plans.extend(plans.into_iter().map(|plan| (plan.id.clone(), plan)));
        library
    }

    /// What a pack is read against here.
    pub fn shelf(&self) -> Shelf<'_> {
        Shelf {
            catalogue: &self.catalogue,
            calendars: &self.calendars,
            taxonomies: &self.taxonomies,
            plans: &self.plans,
        }
    }

    /// Reads another pack against this library.
    pub fn read(&self, source: &Source) -> Result<Plan, Vec<Diagnostic>> {
        read(source, self.shelf())
    }

    /// Everything that is wrong with a pack, and what somebody should look at.
    pub fn check(&self, source: &Source) -> Vec<Diagnostic> {
        crate::pack::check(source, self.shelf())
    }

    /// Adds a shared taxonomy, or says what is wrong with it.
    pub fn add_taxonomy(&mut self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        let taxonomy = read_taxonomy(source, &self.catalogue)?;
        self.taxonomies.insert(taxonomy.id.clone(), taxonomy);
        Ok(())
    }

    /// Adds walks between the taxonomies that are here, or says what is wrong with them.
    pub fn add_walks(&mut self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        self.crosswalks.extend(read_walks(source, &self.taxonomies)?);
        Ok(())
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
        for taxonomy in TAXONOMIES {
            let added = library.add_taxonomy(&taxonomy.source());
            library.faults.extend(added.err().into_iter().flatten());
        }
        for walks in CROSSWALKS {
            let added = library.add_walks(&walks.source());
            library.faults.extend(added.err().into_iter().flatten());
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

    fn label_of(&self, class: &ClassRef) -> Label {
        let taxonomy = self.taxonomies.get(&class.taxonomy);
        let known = taxonomy.and_then(|it| it.classes.iter().find(|one| one.code == class.code));
        known.map_or_else(
            || Label::new(class.code.as_str(), class.code.as_str()),
            |class| class.label.clone(),
        )
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
