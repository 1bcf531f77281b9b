//! The registry and the set-up of the centre: organisations, people, roles, the plan in force.

mod change;
mod import;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use fengsui_plan::{Library, Plan, Role};
use fengsui_response::centre::{self, Bound, Centre, CentreCommand, RoleKey};
use fengsui_response::organisation::{self, Organisation, OrganisationCommand};
use fengsui_response::person::{self, Appointment, Person, PersonCommand};
use fengsui_response::{Actor, Asked, Capacity, Details, PlanRef, Refusal, Scene};
use fengsui_store::{Claim, Commit, NewBlob, StreamRows};
use fengsui_vocabulary::{Label, OrganisationId, PersonId, PlanId, RoleId};
use jiff::civil::Date;

pub use change::OrganisationChange;
pub use import::{ImportLine, ImportMistake, ImportProblem, NewOrganisation, OrganisationImport};

use crate::account::{ACCOUNT, Account, PasswordFault};
use crate::commit::{ATTEMPTS_MAX, Gains};
use crate::outgoing::Intents;
use crate::project;
use crate::stream::{CENTRE, Loaded, organisation_stream, person_stream};
use crate::{Desk, DeskFault, FieldProblem, Reached};

/// Where account names are unique.
const ACCOUNT_NAME: &str = "account-name";

/// Where names of organisations are unique.
const ORGANISATION_NAME: &str = "organisation-name";

/// An account that is to be added, with the person it is for.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// How the screens call the person.
    pub name: String,
    /// The password; none for a client that uses tokens only.
    pub password: Option<String>,
    /// Whose member.
    pub organisation: Option<OrganisationId>,
    /// Roles filled in person.
    pub roles: BTreeSet<RoleId>,
    /// What the person may do besides.
    pub capacities: BTreeSet<Capacity>,
}

/// An account as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// What is typed to sign in.
    pub login: String,
    /// The person.
    pub person: PersonId,
    /// How the screens call the person.
    pub name: String,
    /// Whose member.
    pub organisation: Option<Label>,
    /// Roles, through the organisation or in person.
    pub roles: BTreeSet<RoleId>,
    /// What the person may do besides.
    pub capacities: BTreeSet<Capacity>,
    /// Whether signing in is switched off.
    pub is_closed: bool,
}

/// A role of the leading plan, and who fills it here.
#[derive(Clone, Debug)]
pub struct RoleLine {
    /// The role.
    pub role: Role,
    /// Who fills it, with the district where it differs by district.
    pub filled_by: Vec<(Option<fengsui_vocabulary::DistrictCode>, Label)>,
}

impl Desk {
    /// Adopts the shipped edition of a plan: its bytes go into the record.
    pub async fn adopt_plan(&self, by: &Actor, plan: &PlanId) -> Result<(), DeskFault> {
        let shipped = Library::shipped().plan(plan).ok_or_else(|| {
            DeskFault::Malformed(vec![FieldProblem::new("plan", "there is no such plan here")])
        })?;
        let bytes = self.keep_bytes(shipped.text.clone().into_bytes()).await?;
        let command = CentreCommand::AdoptPlan {
            plan: PlanRef::of(&shipped),
            bytes: bytes.reference,
            calendars: std::collections::BTreeMap::new(),
            from: None,
        };
        self.act_on_centre(by, command, bytes.new.into_iter().collect()).await
    }

    /// Binds a role of the leading plan to an organisation; a role of districts, to that of its own.
    pub async fn bind_role(
        &self,
        by: &Actor,
        role: &RoleId,
        organisation: OrganisationId,
    ) -> Result<(), DeskFault> {
        let plan = self.lead()?;
        self.bind_role_of(by, &plan.id, role, organisation).await
    }

    /// Binds a role of a plan to an organisation; a role of districts or sectors, to that of its own.
    pub async fn bind_role_of(
        &self,
        by: &Actor,
        plan: &PlanId,
        role: &RoleId,
        organisation: OrganisationId,
    ) -> Result<(), DeskFault> {
        let directory = self.directory();
        let edition = directory.centre().edition(plan).ok_or(DeskFault::Absent)?;
        let plan = self.packs().of(edition).cloned().ok_or(DeskFault::Absent)?;
        let is_by = |binding| plan.roles.get(role).is_some_and(|role| role.bound == binding);
        let is_by_district = is_by(fengsui_plan::Binding::District);
        let is_by_sector = is_by(fengsui_plan::Binding::Sector);
        let details = directory.details(organisation);
        let district = details.and_then(|it| it.district.clone());
        let sector = details.and_then(|it| it.sector.clone());
        let key = RoleKey {
            plan: plan.id.clone(),
            role: role.clone(),
            district: district.filter(|_| is_by_district),
            sector: sector.filter(|_| is_by_sector),
        };
        let bound = Bound { organisation: Some(organisation), persons: BTreeSet::new() };
        self.act_on_centre(by, CentreCommand::BindRole { role: key, bound }, Vec::new()).await
    }

    pub(crate) async fn act_on_centre(
        &self,
        by: &Actor,
        command: CentreCommand,
        blobs: Vec<NewBlob>,
    ) -> Result<(), DeskFault> {
        self.ask_centre(Asked::now(by.clone(), command), blobs).await
    }

    pub(crate) async fn ask_centre(
        &self,
        asked: Asked<CentreCommand>,
        blobs: Vec<NewBlob>,
    ) -> Result<(), DeskFault> {
        let by = &asked.by;
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load::<Centre>(CENTRE.to_owned()).await?;
            let packs = self.packs();
            let now = self.now().max(loaded.recorded_at);
            let decided = match centre::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
                Ok(decided) => decided,
                Err(Refusal::NoChange) => return Ok(()),
                Err(refusal) => {
                    let about = (CENTRE, asked.command.name());
                    return Err(self.refuse(by.person, about, refusal).await);
                }
            };
            let gains = Gains {
                command_id: self.command_id(),
                by: by.person,
                now,
                blobs: blobs.clone(),
                claims: Vec::new(),
                intents: Intents::default(),
            };
            match self.commit_one(&loaded, &decided, StreamRows::default(), gains).await {
                Err(DeskFault::Overtaken(_)) => {}
                Err(fault) => return Err(fault),
                Ok(_) => return self.refresh_directory().await,
            }
        }
        Err(DeskFault::Busy)
    }

    /// Registers an organisation.
    pub async fn register_organisation(
        &self,
        by: &Actor,
        details: Details,
    ) -> Result<OrganisationId, DeskFault> {
        self.register_organisation_with(by, details, Vec::new()).await
    }

    /// Registers an organisation with texts that it refers to.
    pub async fn register_organisation_with(
        &self,
        by: &Actor,
        details: Details,
        blobs: Vec<NewBlob>,
    ) -> Result<OrganisationId, DeskFault> {
        let id = self.write_organisation(by, details, blobs).await?;
        self.refresh_directory().await?;
        Ok(id)
    }

    async fn write_organisation(
        &self,
        by: &Actor,
        details: Details,
        blobs: Vec<NewBlob>,
    ) -> Result<OrganisationId, DeskFault> {
        let id = self.draw_organisation();
        let loaded = Loaded::<Organisation>::new(organisation_stream(id));
        let name = details.name.zh.clone();
        let command = OrganisationCommand::Register {
            organisation: id,
            details: Box::new(details),
            valid_from: self.today(),
        };
        let claim = Claim {
            series: ORGANISATION_NAME.to_owned(),
            key: name.clone(),
            holder: id.to_string(),
        };
        match self.act_on_organisation(by, &loaded, command, (vec![claim], blobs)).await {
            Err(DeskFault::Overtaken(_)) => {
                let problem = format!("{name} is registered already");
                Err(DeskFault::Malformed(vec![FieldProblem::new("name_zh", problem)]))
            }
            Err(fault) => Err(fault),
            Ok(()) => Ok(id),
        }
    }

    async fn act_on_organisation(
        &self,
        by: &Actor,
        loaded: &Loaded<Organisation>,
        command: OrganisationCommand,
        (claims, blobs): (Vec<Claim>, Vec<NewBlob>),
    ) -> Result<(), DeskFault> {
        let asked = Asked::now(by.clone(), command);
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let decided = match organisation::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
            Ok(decided) => decided,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), asked.command.name());
                return Err(self.refuse(by.person, about, refusal).await);
            }
        };
        let rows = project::organisation_rows(&loaded.after(&decided, now, by.person));
        let gains = Gains {
            command_id: self.command_id(),
            by: by.person,
            now,
            blobs,
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let mut commit: Commit = gains.commit(&decided, vec![loaded.gains(&decided, rows)]);
        commit.claims = claims;
        self.append(commit).await.map(|_| ())
    }

    /// Reads a table of organisations; nothing is written.
    pub fn read_organisations(&self, table: &str) -> OrganisationImport {
        OrganisationImport::read(table, &self.directory())
    }

    /// Registers the organisations of a table that was read without a problem.
    pub async fn import_organisations(
        &self,
        by: &Actor,
        import: OrganisationImport,
    ) -> Result<usize, DeskFault> {
        if !import.is_sound() {
            return Err(DeskFault::Malformed(vec![FieldProblem::new("table", "mend it first")]));
        }
        let mut registered: std::collections::BTreeMap<String, OrganisationId> =
            std::collections::BTreeMap::new();
        let known = self.directory();
        for new in import.lines.into_iter().filter_map(|line| line.outcome.ok()) {
            let parent = new.parent.as_deref();
            let parent =
                parent.and_then(|name| registered.get(name).copied().or_else(|| known.named(name)));
            let name = new.name.zh.clone();
            let id = self.write_organisation(by, new.into_details(parent), Vec::new()).await?;
            registered.insert(name, id);
        }
        self.refresh_directory().await?;
        Ok(registered.len())
    }

    /// Adds an account and appoints the person.
    pub async fn add_account(
        &self,
        by: &Actor,
        new: NewAccount,
    ) -> Result<PersonId, PasswordFault> {
        let login = new.login.trim().to_lowercase();
        if login.is_empty() || login.chars().count() > 64 {
            let problem = "use 1 to 64 characters";
            return Err(DeskFault::Malformed(vec![FieldProblem::new("login", problem)]).into());
        }
        let person = self.draw_person();
        let appointment = Appointment {
            organisation: new.organisation,
            plan: self.lead_plan().map(|plan| plan.id.clone()),
            roles: new.roles,
            capacities: new.capacities,
        };
        let command = PersonCommand::Appoint { person, appointment };
        let claim = Claim {
            series: ACCOUNT_NAME.to_owned(),
            key: login.clone(),
            holder: person.to_string(),
        };
        let loaded = Loaded::<Person>::new(person_stream(person));
        match self.act_on_person(by, &loaded, command, vec![claim]).await {
            Err(DeskFault::Overtaken(_)) => {
                let problem = format!("the login {login} is taken");
                return Err(DeskFault::Malformed(vec![FieldProblem::new("login", problem)]).into());
            }
            done => done?,
        }
        let account = Account {
            person,
            login: login.clone(),
            name: new.name,
            password: None,
            is_closed: false,
            reached: Reached::default(),
        };
        self.keep(ACCOUNT, &login, &account, None).await?;
        if let Some(password) = &new.password {
            self.set_password(&login, password).await?;
        }
        self.refresh_directory().await?;
        Ok(person)
    }

    async fn act_on_person(
        &self,
        by: &Actor,
        loaded: &Loaded<Person>,
        command: PersonCommand,
        claims: Vec<Claim>,
    ) -> Result<(), DeskFault> {
        let asked = Asked::now(by.clone(), command);
        let packs = self.packs();
        let now = self.now().max(loaded.recorded_at);
        let decided = match person::decide(&loaded.state, &asked, &Scene::new(now, &packs)) {
            Ok(decided) => decided,
            Err(refusal) => {
                let about = (loaded.stream.as_str(), asked.command.name());
                return Err(self.refuse(by.person, about, refusal).await);
            }
        };
        let rows = project::person_rows(&loaded.after(&decided, now, by.person));
        let gains = Gains {
            command_id: self.command_id(),
            by: by.person,
            now,
            blobs: Vec::new(),
            claims: Vec::new(),
            intents: Intents::default(),
        };
        let mut commit = gains.commit(&decided, vec![loaded.gains(&decided, rows)]);
        commit.claims = claims;
        self.append(commit).await.map(|_| ())
    }

    /// An account by its login.
    pub async fn account(&self, login: &str) -> Result<Option<Account>, DeskFault> {
        self.kept(ACCOUNT, &login.trim().to_lowercase()).await
    }

    /// Every account.
    pub async fn accounts(&self) -> Result<Vec<AccountLine>, DeskFault> {
        let directory = self.directory();
        let line = |(_, account): (String, Account)| {
            let actor = directory.actor(account.person);
            let organisation = actor.as_ref().and_then(|actor| actor.organisation);
            AccountLine {
                login: account.login,
                person: account.person,
                name: account.name,
                organisation: organisation.map(|id| directory.name_of(id)),
                roles: actor.as_ref().map(|actor| actor.roles.clone()).unwrap_or_default(),
                capacities: actor.map(|actor| actor.capacities).unwrap_or_default(),
                is_closed: account.is_closed,
            }
        };
        Ok(self.all_kept::<Account>(ACCOUNT).await?.into_iter().map(line).collect())
    }

    /// Switches an account off; sessions end with the next request.
    pub async fn close_account(&self, by: &Actor, login: &str) -> Result<(), DeskFault> {
        let mut account = self.account(login).await?.ok_or(DeskFault::Absent)?;
        let loaded = self.load_existing::<Person>(person_stream(account.person)).await?;
        let reason = "account closed".parse();
        let reason = reason.map_err(|fault| DeskFault::Unreadable(format!("{fault}")))?;
        self.act_on_person(by, &loaded, PersonCommand::Dismiss { reason }, Vec::new()).await?;
        account.is_closed = true;
        self.keep(ACCOUNT, &account.login.clone(), &account, None).await?;
        self.refresh_directory().await
    }

    /// The roles of the leading plan, and who fills them here.
    pub fn roles(&self) -> Vec<RoleLine> {
        let Some(plan) = self.lead_plan() else { return Vec::new() };
        let directory = self.directory();
        let filled_by = |role: &Role| {
            let bindings = directory.centre().bindings.iter();
            bindings
                .filter(|(key, _)| key.plan == plan.id && key.role == role.id)
                .filter_map(|(key, bound)| {
                    Some((key.district.clone(), directory.name_of(bound.organisation?)))
                })
                .collect()
        };
        plan.roles
            .values()
            .map(|role| RoleLine { role: role.clone(), filled_by: filled_by(role) })
            .collect()
    }

    /// Reads editions that were adopted or drafted here and do not ship with this program (any more),
    /// and makes the packs anew.
    pub(crate) async fn refresh_packs(&self) -> Result<(), DeskFault> {
        let directory = self.directory();
        let centre = directory.centre();
        let known = self.editions();
        let adopted = centre.adopted.iter().map(|(edition, it)| (edition, &it.bytes));
        let drafted = centre.drafts.iter().map(|(edition, it)| (edition, &it.bytes));
        for (edition, bytes) in adopted.chain(drafted) {
            if known.contains_key(edition) {
                continue;
            }
            let bytes = self.bytes(bytes.blob).await?.unwrap_or_default();
            match read_edition(edition, bytes) {
                Ok(plan) => self.take_edition(Arc::new(plan)),
                // A draft that another program wrote and this one cannot read stops nobody's work.
                Err(fault) if !centre.adopted.contains_key(edition) => {
                    tracing::warn!(plan = %edition.plan, %fault, "a draft cannot be read");
                }
                Err(fault) => return Err(fault),
            }
        }
        self.refresh_house(centre).await?;
        self.put_in_force(centre);
        Ok(())
    }

    /// Today in the leading plan's zone.
    pub fn today(&self) -> Date {
        self.day_of(&self.directory())
    }
}

fn read_edition(edition: &PlanRef, bytes: Vec<u8>) -> Result<Plan, DeskFault> {
    let unreadable = |why: String| DeskFault::Unreadable(format!("{}: {why}", edition.plan));
    let text = String::from_utf8(bytes).map_err(|fault| unreadable(fault.to_string()))?;
    let source = fengsui_plan::Source { name: edition.plan.to_string(), text };
    Library::shipped()
        .read(&source)
        .map_err(|problems| unreadable(format!("{} problems", problems.len())))
}

impl fmt::Display for AccountLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capacities: Vec<&str> = self.capacities.iter().map(|it| it.name()).collect();
        let roles: Vec<&str> = self.roles.iter().map(RoleId::as_str).collect();
        let organisation = self.organisation.as_ref().map_or("", |name| name.zh.as_str());
        let closed = if self.is_closed { " (closed)" } else { "" };
        write!(
            out,
            "{:<16} {} · {organisation} · {} · {}{closed}",
            self.login,
            self.name,
            roles.join(", "),
            capacities.join(", ")
        )
    }
}

impl fmt::Display for RoleLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:<28} {}", self.role.id.as_str(), self.role.label)?;
        for (district, name) in &self.filled_by {
            match district {
                Some(district) => write!(out, "\n    {district} {}", name.zh)?,
                None => write!(out, "\n    {}", name.zh)?,
            }
        }
        Ok(())
    }
}
