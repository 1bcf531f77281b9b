//! Organisations, plans and the search over the API.

use axum::Json;
use axum::extract::State;
use fengsui_desk::{Desk, OrganisationLine, Page, SearchHit};
use fengsui_plan::{Channel, Clause, DutyRule, Evidence, Level, Library, Plan, Role};
use fengsui_vocabulary::{ClauseId, DutyId, Label, LevelId, PlanId, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Filter, Named};
use super::client::Client;
use super::problem::Problem;
use super::schema;

/// Which organisations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Words that the name contains.
    #[serde(default)]
    q: String,
    /// From where on: `next` of the page before.
    after: Option<String>,
}

/// What is searched for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Words {
    /// Words that all have to occur; at most eight.
    q: String,
}

/// A plan in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanLine {
    /// Which.
    #[schema(value_type = String)]
    plan: PlanId,
    /// What it is called.
    #[schema(value_type = schema::Label)]
    title: Label,
    /// Its edition.
    edition: String,
    /// SHA-256 of the pack's bytes.
    hash: String,
    /// Whether new incidents start on this edition here.
    is_in_force: bool,
}

/// A plan: its levels, roles, duties and clauses.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanBody {
    /// The same as in the list.
    about: PlanLine,
    /// Its levels, worst first.
    levels: Vec<LevelBody>,
    /// Its roles.
    roles: Vec<RoleBody>,
    /// Who owes what to whom.
    duties: Vec<RuleBody>,
    /// Its clauses in our own words, in the order of the text.
    clauses: Vec<ClauseBody>,
}

/// A level of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanLevel)]
pub(crate) struct LevelBody {
    /// Its name.
    #[schema(value_type = String)]
    level: LevelId,
    /// Its word.
    #[schema(value_type = schema::Label)]
    label: Label,
    /// The clause that sets it up.
    #[schema(value_type = String)]
    clause: ClauseId,
}

/// A role of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanRole)]
pub(crate) struct RoleBody {
    /// Its id.
    #[schema(value_type = String)]
    role: RoleId,
    /// What it is called.
    #[schema(value_type = schema::Label)]
    label: Label,
    /// The clause that sets it up.
    #[schema(value_type = String)]
    clause: ClauseId,
}

/// A duty as a plan states it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanDuty)]
pub(crate) struct RuleBody {
    /// Its id.
    #[schema(value_type = String)]
    duty: DutyId,
    /// What it is.
    #[schema(value_type = schema::Label)]
    label: Label,
    /// The clause that imposes it.
    #[schema(value_type = String)]
    clause: ClauseId,
    /// Who owes it, each of them.
    #[schema(value_type = Vec<String>)]
    senders: Vec<RoleId>,
    /// To whom, to each of them.
    #[schema(value_type = Vec<String>)]
    to: Vec<RoleId>,
    /// `oral`, `written` or `any`.
    #[schema(value_type = String)]
    channel: Channel,
}

/// A clause of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanClause)]
pub(crate) struct ClauseBody {
    /// Its number.
    #[schema(value_type = String)]
    clause: ClauseId,
    /// Our paraphrase.
    #[schema(value_type = schema::Label)]
    text: Label,
    /// `official`, `secondary` or `unverified`.
    #[schema(value_type = String)]
    evidence: Evidence,
    /// Obligations of the register of regimes that it carries.
    carries: Vec<String>,
}

/// `GET /api/v1/organisations`
pub(crate) async fn organisations(
    State(desk): State<Desk>,
    client: Client,
    Filter(which): Filter<Which>,
) -> Result<Json<Page<OrganisationLine>>, Problem> {
    Ok(Json(desk.organisations(&client.viewer, &which.q, which.after.as_deref()).await?))
}

/// `GET /api/v1/search`
pub(crate) async fn search(
    State(desk): State<Desk>,
    client: Client,
    Filter(words): Filter<Words>,
) -> Result<Json<Vec<SearchHit>>, Problem> {
    let mut hits = desk.search(&client.viewer, &words.q).await?;
    if !client.viewer.handles() {
        // What an incident is called was written for those who handle it.
        hits.iter_mut().filter(|hit| hit.kind == "incident").for_each(|hit| hit.title.clear());
    }
    Ok(Json(hits))
}

/// `GET /api/v1/plans`
pub(crate) async fn plans(State(desk): State<Desk>, _client: Client) -> Json<Vec<PlanLine>> {
    Json(Library::shipped().plans().map(|plan| PlanLine::of(plan, &desk)).collect())
}

/// `GET /api/v1/plans/{plan}`
pub(crate) async fn plan(
    State(desk): State<Desk>,
    _client: Client,
    Named(plan): Named<PlanId>,
) -> Result<Json<PlanBody>, Problem> {
    let plan = desk.plan(&plan).ok_or_else(Problem::absent)?;
    Ok(Json(PlanBody::of(&plan, &desk)))
}

impl PlanLine {
    fn of(plan: &Plan, desk: &Desk) -> Self {
        let directory = desk.directory();
        let in_force = directory.centre().edition(&plan.id);
        Self {
            plan: plan.id.clone(),
            title: plan.about.title.clone(),
            edition: plan.about.edition.clone(),
            hash: plan.hash.clone(),
            is_in_force: in_force.is_some_and(|edition| edition.hash == plan.hash),
        }
    }
}

impl PlanBody {
    fn of(plan: &Plan, desk: &Desk) -> Self {
        let mut clauses: Vec<&Clause> = plan.clauses.values().collect();
        clauses.sort_by_key(|clause| clause.place);
        Self {
            about: PlanLine::of(plan, desk),
            levels: plan.levels.iter().map(level).collect(),
            roles: plan.roles.values().map(role).collect(),
            duties: plan.duties.iter().map(rule).collect(),
            clauses: clauses.into_iter().map(clause).collect(),
        }
    }
}

fn level(level: &Level) -> LevelBody {
    LevelBody { level: level.id.clone(), label: level.label.clone(), clause: level.clause.clone() }
}

fn role(role: &Role) -> RoleBody {
    RoleBody { role: role.id.clone(), label: role.label.clone(), clause: role.clause.clone() }
}

fn rule(duty: &DutyRule) -> RuleBody {
    RuleBody {
        duty: duty.id.clone(),
        label: (*duty.label).clone(),
        clause: duty.clause.clone(),
        senders: duty.senders.clone(),
        to: duty.to.clone(),
        channel: duty.channel,
    }
}

fn clause(clause: &Clause) -> ClauseBody {
    ClauseBody {
        clause: clause.id.clone(),
        text: clause.text.clone(),
        evidence: clause.evidence,
        carries: clause.carries.clone(),
    }
}
