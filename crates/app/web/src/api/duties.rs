//! Duties as clients read them, and `GET /duties`.

use axum::Json;
use axum::extract::State;
use fengsui_desk::{Desk, Directory, DutyLine, Reach, Viewer};
use fengsui_plan::{Duty, DutyView, Plan};
use fengsui_response::Tick;
use fengsui_vocabulary::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Filter;
use super::client::Client;
use super::problem::Problem;
use super::schema;

/// Duties of one answer at most.
const DUTIES_MAX: u32 = 500;

/// A duty, and how commands name it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Duty)]
pub(crate) struct DutyOf {
    /// How commands name it.
    #[schema(value_type = schema::Tick)]
    tick: Tick,
    /// The same as `fengsui plan duties` says.
    #[serde(flatten)]
    #[schema(value_type = schema::DutyView)]
    view: DutyView,
}

impl DutyOf {
    /// A duty on the clock of its plan; none if it is another plan's.
    pub(crate) fn of(duty: &Duty, tick: Tick, plan: &Plan) -> Option<Self> {
        (duty.plan == plan.id).then(|| Self { tick, view: DutyView::of(duty) })
    }
}

/// How many duties.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowMany {
    /// At most so many, 1 to 500; 50 if absent.
    limit: Option<u32>,
}

/// `GET /api/v1/duties`: open duties, the next due first.
pub(crate) async fn due_next(
    State(desk): State<Desk>,
    client: Client,
    Filter(how_many): Filter<HowMany>,
) -> Result<Json<Vec<DutyLine>>, Problem> {
    let limit = how_many.limit.unwrap_or(50).clamp(1, DUTIES_MAX);
    let viewer = &client.viewer;
    let mut duties = if viewer.handles() {
        desk.due_next(viewer, DUTIES_MAX).await?
    } else {
        desk.mine(viewer).await?.duties
    };
    let directory = desk.directory();
    duties.retain(|duty| {
        duty.state.is_open() && is_for(viewer, &directory, duty.organisation.as_deref())
    });
    duties.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Json(duties))
}

/// Whether something about an affected organisation is for this viewer: a district sees its own part of
/// an incident, a unit its own; what nobody has identified yet is for the desk.
pub(crate) fn is_for(viewer: &Viewer, directory: &Directory, organisation: Option<&str>) -> bool {
    let Some(organisation) = organisation else { return true };
    let Ok(organisation) = organisation.parse::<OrganisationId>() else {
        return viewer.reach == Reach::Whole;
    };
    let district = directory.details(organisation).and_then(|details| details.district.as_ref());
    viewer.may_see_organisation(organisation, district)
}
