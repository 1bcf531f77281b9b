//! `GET /incidents` and `GET /incidents/{incident}`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use fengsui_desk::{Desk, IncidentLine, IncidentView, OnlyOpen, Page};
use fengsui_plan::Grade;
use fengsui_response::incident::{
    AffectedOrganisation, FactEntry, InTheWay, Incident, ResponseState, Status, Waiting,
};
use fengsui_response::{Affected, ClassRef, Outlook, Party, SaidBy};
use fengsui_vocabulary::{
    FactId, FactValue, IncidentId, LevelId, Line, PersonId, PlanId, ReportId, RoleId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::body::{Filter, Named};
use crate::api::client::Client;
use crate::api::duties::{DutyOf, is_for};
use crate::api::problem::Problem;
use crate::api::reports::read::AffectedParty;
use crate::api::schema;

/// Which incidents.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Whether only open ones are asked for; yes if absent.
    open: Option<bool>,
    /// From where on: `next` of the page before.
    after: Option<String>,
}

/// An incident as a client may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
pub(crate) struct IncidentBody {
    /// Which.
    #[schema(value_type = String)]
    incident: IncidentId,
    /// The version of its stream.
    version: u64,
    /// Its number.
    #[schema(value_type = Option<String>)]
    number: Option<Line>,
    /// What it is called.
    #[schema(value_type = Option<String>)]
    title: Option<Line>,
    /// When it was opened.
    #[schema(value_type = Option<String>, format = DateTime)]
    opened_at: Option<Timestamp>,
    /// When it was closed, if it is.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// The plans that apply, the leading one first.
    #[schema(value_type = Vec<String>)]
    plans: Vec<PlanId>,
    /// Whom it happened to.
    affected: Vec<AffectedParty>,
    /// The reports that joined it.
    #[schema(value_type = Vec<String>)]
    reports: Vec<ReportId>,
    /// Its classes.
    #[schema(value_type = Vec<schema::ClassRef>)]
    classes: Vec<ClassRef>,
    /// Everything that is known, each fact with where it comes from, oldest first.
    #[schema(value_type = BTreeMap<String, Vec<FactBody>>)]
    facts: BTreeMap<FactId, Vec<FactBody>>,
    /// What the facts give under the leading plan: certain, possible, why, and what to ask.
    #[schema(value_type = Object)]
    grade: Option<Grade>,
    /// The level in force under the leading plan: judged, else certain.
    #[schema(value_type = Option<String>)]
    level: Option<LevelId>,
    /// The level that was judged.
    #[schema(value_type = Option<String>)]
    judged: Option<LevelId>,
    /// The response.
    response: ResponseBody,
    /// Who owes what to whom by when.
    duties: Vec<DutyOf>,
    /// What waits for whom.
    waiting: Vec<WaitingBody>,
    /// What stands in the way of closing, in names.
    in_the_way: Vec<String>,
}

/// One value of a fact, with where it comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FactEntry)]
pub(crate) struct FactBody {
    /// The value.
    #[schema(value_type = schema::FactValue)]
    value: FactValue,
    /// Who said so.
    #[schema(value_type = schema::SaidBy)]
    said_by: SaidBy,
    /// On what ground.
    #[schema(value_type = Option<String>)]
    ground: Option<Line>,
    /// `observed` or `forecast`.
    #[schema(value_type = String)]
    outlook: Outlook,
    /// When it became known.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was written down.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// Who wrote it down.
    #[schema(value_type = String)]
    entered_by: PersonId,
}

/// The response.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Response)]
pub(crate) struct ResponseBody {
    /// `not-started`, `running` or `ended`.
    state: &'static str,
    /// Its level.
    #[schema(value_type = Option<String>)]
    level: Option<LevelId>,
    /// When first response began.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_response_at: Option<Timestamp>,
    /// The digest of the proposal that waits, if one does.
    proposal: Option<String>,
}

/// Something that waits for somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Waiting)]
pub(crate) struct WaitingBody {
    /// `voice`, `endorsement`, `approval`, `confirmation`, `clearance`, `applicability` or `migration`.
    what: &'static str,
    /// The roles it waits for.
    #[schema(value_type = Vec<String>)]
    awaits: Vec<RoleId>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The digest of the text, where it is about one.
    digest: Option<String>,
    /// The duty, where it is about one.
    #[schema(value_type = Option<schema::Tick>)]
    tick: Option<fengsui_response::Tick>,
    /// The plan, where it is about one.
    #[schema(value_type = Option<String>)]
    plan: Option<PlanId>,
}

/// `GET /api/v1/incidents`
pub(crate) async fn list(
    State(desk): State<Desk>,
    client: Client,
    Filter(which): Filter<Which>,
) -> Result<Json<Page<IncidentLine>>, Problem> {
    let only_open = if which.open.unwrap_or(true) { OnlyOpen::Yes } else { OnlyOpen::No };
    Ok(Json(desk.incidents(&client.viewer, only_open, which.after.as_deref()).await?))
}

/// `GET /api/v1/incidents/{incident}`
pub(crate) async fn one(
    State(desk): State<Desk>,
    client: Client,
    Named(incident): Named<IncidentId>,
) -> Result<Json<IncidentBody>, Problem> {
    let view = desk.incident(&client.viewer, incident).await?;
    let directory = desk.directory();
    let is_shown = |key: &str| is_for(&client.viewer, &directory, Some(key));
    let affected = affected(&view.incident, is_shown);
    Ok(Json(IncidentBody::of(&view, affected)))
}

impl IncidentBody {
    fn of(view: &IncidentView, affected: Vec<AffectedParty>) -> Self {
        let IncidentView { incident, lead, .. } = view;
        let heading = incident.heading.as_ref();
        let duty = |duty: &fengsui_plan::Duty| DutyOf::of(duty, incident.tick_of(duty), lead);
        Self {
            incident: view.id,
            version: view.version,
            number: heading.map(|heading| heading.number.clone()),
            title: heading.map(|heading| heading.title.clone()),
            opened_at: heading.map(|heading| heading.opened_at),
            closed_at: closed_at(incident.status),
            plans: incident.plans.iter().map(|edition| edition.plan.clone()).collect(),
            affected,
            reports: incident.reports.keys().copied().collect(),
            classes: incident.classes.iter().cloned().collect(),
            facts: facts(incident),
            grade: view.grade.clone(),
            level: incident.level(lead),
            judged: incident.judged(&lead.id).map(|judgement| judgement.level.clone()),
            response: response(incident),
            duties: view.duties.iter().filter_map(duty).collect(),
            waiting: view.waiting.iter().map(waiting).collect(),
            in_the_way: view.in_the_way.iter().map(|it| in_the_way(it).to_owned()).collect(),
        }
    }
}

/// The affected organisations that a viewer sees: a district its own, the desk all of them.
fn affected(incident: &Incident, is_shown: impl Fn(&str) -> bool) -> Vec<AffectedParty> {
    let shown = incident.affected.iter().filter(|(party, _)| is_shown(&incident.key(party)));
    let party = |(party, known): (&Party, &AffectedOrganisation)| AffectedParty {
        party: party.to_string(),
        affected: Affected {
            organisation: known.organisation,
            district: known.district.clone(),
            anchors: known.anchors,
        },
    };
    shown.map(party).collect()
}

const fn closed_at(status: Status) -> Option<Timestamp> {
    match status {
        Status::Closed(at) => Some(at),
        Status::Open | Status::Absent => None,
    }
}

fn facts(incident: &Incident) -> BTreeMap<FactId, Vec<FactBody>> {
    let body = |entry: &FactEntry| FactBody {
        value: entry.value.clone(),
        said_by: entry.said_by.clone(),
        ground: entry.ground.clone(),
        outlook: entry.outlook,
        at: entry.at,
        recorded_at: entry.recorded_at,
        entered_by: entry.entered_by,
    };
    let bodies = |entries: &[FactEntry]| entries.iter().map(body).collect();
    incident.facts.iter().map(|(fact, entries)| (fact.clone(), bodies(entries))).collect()
}

fn response(incident: &Incident) -> ResponseBody {
    let response = &incident.response;
    let (state, level) = match &response.state {
        ResponseState::NotStarted => ("not-started", None),
        ResponseState::Running { level, .. } => ("running", Some(level.clone())),
        ResponseState::Ended { level, .. } => ("ended", Some(level.clone())),
    };
    ResponseBody {
        state,
        level,
        first_response_at: response.first_response_at,
        proposal: response.waiting().map(|proposal| proposal.text.digest.clone()),
    }
}

fn waiting(waiting: &Waiting) -> WaitingBody {
    let (what, digest, tick) = match waiting {
        Waiting::Voice { .. } => ("voice", None, None),
        Waiting::Endorsement { digest, .. } => ("endorsement", Some(digest.clone()), None),
        Waiting::Approval { digest, .. } => ("approval", Some(digest.clone()), None),
        Waiting::Confirmation { digest, .. } => ("confirmation", Some(digest.clone()), None),
        Waiting::Clearance { tick, .. } => ("clearance", None, Some(tick.clone())),
        Waiting::Applicability { .. } => ("applicability", None, None),
        Waiting::Migration { .. } => ("migration", None, None),
        Waiting::TechnicalStep { draft, .. } => ("technical-step", draft.clone(), None),
    };
    let plan = match waiting {
        Waiting::Applicability { plan, .. }
        | Waiting::TechnicalStep { plan, .. }
        | Waiting::Migration { from: plan, .. } => Some(plan.clone()),
        Waiting::Voice { .. }
        | Waiting::Endorsement { .. }
        | Waiting::Approval { .. }
        | Waiting::Confirmation { .. }
        | Waiting::Clearance { .. } => None,
    };
    let awaits = waiting.awaits().iter().cloned().collect();
    WaitingBody { what, awaits, since: waiting.since(), digest, tick, plan }
}

const fn in_the_way(it: &InTheWay) -> &'static str {
    match it {
        InTheWay::Duty { .. } => "duty",
        InTheWay::ResponseRunning => "response-running",
        InTheWay::ProposalWaiting { .. } => "proposal-waiting",
        InTheWay::ApprovalUnconfirmed { .. } => "approval-unconfirmed",
        InTheWay::ReviewMissing => "review-missing",
        InTheWay::PlanUndecided { .. } => "plan-undecided",
        InTheWay::PlanNotAtHand { .. } => "plan-not-at-hand",
    }
}
