//! The registry, the bindings of roles and the people, folded and held in memory.
//!
//! Small beside the journal (thousands, not millions) and asked by every request. It is replaced as a
//! whole when one of its streams moves, so whoever holds one sees one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fengsui_plan::{Act, Binding, How, Plan, Role};
use fengsui_response::centre::{Centre, Place};
use fengsui_response::organisation::Organisation;
use fengsui_response::person::Person;
use fengsui_response::{Actor, Capacity, Details, PlanRef};
use fengsui_store::{Select, Sight};
use fengsui_vocabulary::{DistrictCode, Label, Lang, OrganisationId, PersonId, RoleId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::account::{ACCOUNT, Account};
use crate::boards::{ORGANISATION, PERSON};
use crate::stream::{CENTRE, organisation_stream, person_stream};
use crate::viewer::{Reach, Viewer};
use crate::{Desk, DeskFault, Reached};

/// Organisations and people that are held at most.
const HELD_MAX: u32 = 200_000;

/// Entries of the journal that are looked through at once.
const PAGE: u32 = 500;

/// Who is who, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    day: Date,
    centre: Centre,
    centre_version: u64,
    organisations: BTreeMap<OrganisationId, Organisation>,
    people: BTreeMap<PersonId, Person>,
    names: BTreeMap<PersonId, String>,
    reached: BTreeMap<PersonId, Reached>,
    by_name: BTreeMap<String, OrganisationId>,
    below: BTreeMap<OrganisationId, Vec<OrganisationId>>,
}

impl Directory {
    /// The day for which it says who is who.
    pub const fn day(&self) -> Date {
        self.day
    }

    /// The same on another day.
    pub(crate) fn on(&self, day: Date) -> Self {
        let mut moved = self.clone();
        moved.day = day;
        moved.by_name.clear();
        moved.below.clear();
        for (id, organisation) in &moved.organisations {
            let Some(details) = organisation.as_of(day) else { continue };
            moved.by_name.insert(details.name.zh.clone(), *id);
            if let Some(parent) = details.parent {
                moved.below.entry(parent).or_default().push(*id);
            }
        }
        moved
    }

    /// The centre itself.
    pub const fn centre(&self) -> &Centre {
        &self.centre
    }

    /// The version of the centre's stream: in which registry a role was looked up.
    pub const fn version(&self) -> u64 {
        self.centre_version
    }

    /// Every organisation.
    pub fn organisations(&self) -> impl Iterator<Item = (OrganisationId, &Details)> {
        self.organisations
            .iter()
            .filter_map(|(id, organisation)| Some((*id, organisation.as_of(self.day)?)))
    }

    /// Every organisation with its whole history.
    pub fn histories(&self) -> impl Iterator<Item = (OrganisationId, &Organisation)> {
        self.organisations.iter().map(|(id, organisation)| (*id, organisation))
    }

    /// One organisation.
    pub fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        self.organisations.get(&id)
    }

    /// What an organisation is now.
    pub fn details(&self, id: OrganisationId) -> Option<&Details> {
        self.organisations.get(&id)?.as_of(self.day)
    }

    /// Whether somebody sees the entry of an organisation.
    pub fn shows(&self, id: OrganisationId, viewer: &Viewer) -> bool {
        let district = self.details(id).and_then(|details| details.district.as_ref());
        viewer.sees_entry(id, district)
    }

    /// What an organisation is called.
    pub fn name_of(&self, id: OrganisationId) -> Label {
        self.details(id).map_or_else(|| Label::new("未登记单位", "unregistered"), named)
    }

    /// What a person is called; people without an account are called by what they are.
    pub fn person_name(&self, person: PersonId, lang: Lang) -> String {
        if let Some(name) = self.names.get(&person) {
            return name.clone();
        }
        let nobody = match person {
            Actor::PUBLIC => Label::new("报告人", "the reporter"),
            Actor::PROGRAM => Label::new("本系统", "the program"),
            _ => Label::new("已注销人员", "a former member"),
        };
        nobody.in_lang(lang).to_owned()
    }

    /// Where a person is reached besides the screen; nothing where signing in is switched off.
    pub fn reached(&self, person: PersonId) -> Reached {
        self.reached.get(&person).cloned().unwrap_or_default()
    }

    /// Everybody who was ever appointed.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.people.keys().copied()
    }

    /// An organisation by its id or its Chinese name.
    pub fn named(&self, text: &str) -> Option<OrganisationId> {
        let text = text.trim();
        match text.parse::<OrganisationId>() {
            Ok(id) => self.organisations.contains_key(&id).then_some(id),
            Err(_) => self.by_name.get(text).copied(),
        }
    }

    /// An organisation and everything below it.
    pub fn subtree(&self, root: OrganisationId) -> BTreeSet<OrganisationId> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![root];
        while let Some(next) = waiting.pop() {
            if found.insert(next) {
                waiting.extend(self.below.get(&next).into_iter().flatten());
            }
        }
        found
    }

    /// The edition of the plan that leads here: of the first that was adopted, or of what superseded it.
    pub fn lead_plan(&self) -> Option<&PlanRef> {
        self.centre.edition(self.centre.lead.as_ref()?)
    }

    /// The same people and organisations as of a later time: what was to take force by then has.
    pub(crate) fn as_of(&self, now: Timestamp) -> Self {
        Self { centre: self.centre.as_of(now), ..self.clone() }
    }

    /// Who fills a role of a plan here: in that district, else everywhere.
    pub fn filled_by(
        &self,
        plan: &Plan,
        role: &RoleId,
        district: Option<&DistrictCode>,
    ) -> Option<OrganisationId> {
        self.centre.filled_by(&plan.id, role, district)?.organisation
    }

    /// Who fills a role of a plan that differs by district or sector, for one affected organisation.
    pub fn authority_for(
        &self,
        plan: &Plan,
        role: &RoleId,
        (organisation, district): (Option<OrganisationId>, Option<&DistrictCode>),
    ) -> Option<OrganisationId> {
        let details = organisation.and_then(|id| self.details(id));
        let known = details.and_then(|details| details.district.as_ref());
        let (district, sector) = match plan.roles.get(role)?.bound {
            Binding::District => (Some(district.or(known)?), None),
            Binding::Sector => (None, details.and_then(|details| details.sector.as_ref())),
            Binding::Deployment
            | Binding::Optional
            | Binding::Outside
            | Binding::Affected
            | Binding::Set
            | Binding::Converted => return None,
        };
        self.centre.filled_at(&plan.id, role, Place { district, sector })?.organisation
    }

    /// The officers who belong to one of these organisations.
    pub(crate) fn officers_of<'d>(
        &'d self,
        organisations: &'d BTreeSet<OrganisationId>,
    ) -> impl Iterator<Item = PersonId> + 'd {
        let works = |person: &Person| {
            let appointment = &person.appointment;
            person.dismissed.is_none()
                && appointment.capacities.contains(&Capacity::Officer)
                && appointment.organisation.is_some_and(|own| organisations.contains(&own))
        };
        self.people.iter().filter(move |(_, person)| works(person)).map(|(id, _)| *id)
    }

    /// The organisation of somebody who works here.
    pub(crate) fn organisation_of(&self, person: PersonId) -> Option<OrganisationId> {
        self.people.get(&person)?.appointment.organisation
    }

    /// Everybody who works here.
    pub(crate) fn serving(&self) -> BTreeSet<PersonId> {
        let serves = |(id, person): (&PersonId, &Person)| person.dismissed.is_none().then_some(*id);
        self.people.iter().filter_map(serves).collect()
    }

    /// A person as an actor, with the roles that come through the organisation.
    pub fn actor(&self, person: PersonId) -> Option<Actor> {
        let known = self.people.get(&person)?;
        let organisation = known.appointment.organisation;
        known.actor(self.centre.lead.as_ref(), self.centre.roles_of(organisation, person))
    }

    /// Everybody who acts here.
    pub(crate) fn actors(&self) -> impl Iterator<Item = Actor> {
        self.people.keys().filter_map(|person| self.actor(*person))
    }

    /// A person as somebody who looks at the record.
    pub fn viewer(&self, person: PersonId, lead: Option<&Plan>) -> Option<Viewer> {
        let actor = self.actor(person)?;
        let organisations = actor.organisation.map(|own| self.subtree(own)).unwrap_or_default();
        let reach = self.reach(&actor, lead);
        let name = self.person_name(person, Lang::Zh);
        Some(Viewer { actor, name, reach, organisations })
    }

    fn reach(&self, actor: &Actor, lead: Option<&Plan>) -> Reach {
        let works = actor.has(Capacity::Officer) || actor.has(Capacity::Leader);
        let steers = |plan: &Plan| actor.roles.iter().any(|role| is_steering(plan, role));
        if actor.has(Capacity::Auditor) || (works && lead.is_some_and(steers)) {
            return Reach::Whole;
        }
        let is_district = |role: &RoleId| {
            lead.and_then(|plan| plan.roles.get(role)).is_some_and(|role| match role.bound {
                Binding::District => true,
                Binding::Deployment
                | Binding::Optional
                | Binding::Affected
                | Binding::Set
                | Binding::Sector
                | Binding::Outside
                | Binding::Converted => false,
            })
        };
        let district = actor.organisation.and_then(|own| self.details(own)?.district.clone());
        match district {
            Some(district) if works && actor.roles.iter().any(is_district) => {
                Reach::District(district)
            }
            Some(_) | None => Reach::Own,
        }
    }
}

/// Whether a directory is made from this stream.
fn is_of_the_registry(stream: &str) -> bool {
    stream == CENTRE || stream.starts_with("organisation:") || stream.starts_with("person:")
}

/// Whether a role takes part in steering incidents under a plan: accepts, judges, decides, approves.
fn is_steering(plan: &Plan, role: &RoleId) -> bool {
    const STEERING: [Act; 4] =
        [Act::AcceptReport, Act::JudgeLevel, Act::StartResponse, Act::FormHeadquarters];
    plan.authorities.iter().filter(|authority| STEERING.contains(&authority.act)).any(|authority| {
        match &authority.how {
            How::AnyOf(roles) | How::Joint(roles) => roles.contains(role),
            How::Approval { propose, approve } => propose.contains(role) || approve.contains(role),
            How::Higher(by) => by == role,
            How::Undefined => false,
        }
    })
}

fn named(details: &Details) -> Label {
    let en = if details.name.en.is_empty() { &details.name.zh } else { &details.name.en };
    Label::new(details.name.zh.clone(), en.clone())
}

impl Desk {
    /// Reads everything anew.
    pub(crate) async fn refresh_directory(&self) -> Result<(), DeskFault> {
        let centre = self.load::<Centre>(CENTRE.to_owned()).await?;
        let mut directory = Directory {
            centre: centre.state.as_of(self.now()),
            centre_version: centre.version,
            ..Directory::default()
        };
        for id in self.ids_of(&ORGANISATION, "organisation:").await? {
            directory.organisations.insert(id, self.load(organisation_stream(id)).await?.state);
        }
        for id in self.ids_of(&PERSON, "person:").await? {
            directory.people.insert(id, self.load(person_stream(id)).await?.state);
        }
        for (_, account) in self.all_kept::<Account>(ACCOUNT).await? {
            if !account.is_closed {
                directory.reached.insert(account.person, account.reached);
            }
            directory.names.insert(account.person, account.name);
        }
        let day = self.day_of(&directory);
        self.set_directory(directory.on(day));
        self.refresh_packs().await
    }

    /// Takes up what other processes did to the registry after a position of the journal; gives the position up to
    /// which it has looked. Without a position everything is read anew.
    ///
    /// What this process does itself is taken up at once and needs none of this.
    pub async fn follow_registry(&self, after: Option<u64>) -> Result<u64, DeskFault> {
        let Some(mut after) = after else {
            let head = self.store().head().await?.position;
            self.refresh_directory().await?;
            return Ok(head);
        };
        let mut is_moved = false;
        loop {
            let page = self.store().entries(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            is_moved |= page.iter().any(|entry| is_of_the_registry(&entry.stream));
        }
        if is_moved {
            self.refresh_directory().await?;
        }
        Ok(after)
    }

    async fn ids_of<I: std::str::FromStr>(
        &self,
        board: &'static fengsui_store::Board,
        prefix: &str,
    ) -> Result<Vec<I>, DeskFault> {
        let select = Select::of(board, Sight::Everything).limit(HELD_MAX);
        let rows = self.store().rows(&select).await?;
        let id = |row: &fengsui_store::Row| row.stream().strip_prefix(prefix)?.parse().ok();
        Ok(rows.iter().filter_map(id).collect())
    }

    /// A signed-in person as somebody who looks at the record; none when they were dismissed.
    pub fn viewer(&self, person: PersonId) -> Option<Viewer> {
        self.directory().viewer(person, self.lead_plan().as_deref())
    }

    /// Roles of the leading plan that block the start because nobody fills them.
    pub fn unbound_roles(&self) -> Vec<Role> {
        let Some(plan) = self.lead_plan() else { return Vec::new() };
        let unbound = self.directory().centre.unbound_roles(&plan);
        unbound.iter().filter_map(|role| plan.roles.get(role).cloned()).collect()
    }

    /// The plan that leads, or the refusal that none was adopted.
    pub(crate) fn lead(&self) -> Result<Arc<Plan>, DeskFault> {
        self.lead_plan().ok_or(DeskFault::Absent)
    }
}
