//! 单位: the registry. Who is who, under whom, with which systems, answering which telephone.
//!
//! Whoever keeps the registry sees all of it; others see what they may see anyway.

mod amend;
mod change;
mod close;
mod contact;
mod details;
mod document;
mod export;
mod filing;
mod history;
mod import;
mod list;
mod networks;
mod part;
mod period;
mod register;
mod sections;
mod show;
mod system;
mod tree;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use fengsui_desk::Capacity;
use fengsui_response::{Importance, OrganisationKind};

pub(crate) use list::call;
pub(crate) use sections::{Acts, entry, registered};

use crate::routes::{ORGANISATIONS, Route, Who};
use crate::state::Web;

/// Bytes of a table that is imported.
const TABLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Who keeps the registry.
const REGISTRAR: Who = Who::Any(&[Capacity::Registrar]);

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(ORGANISATIONS, Who::SignedIn),
    Route::post(ORGANISATIONS, REGISTRAR),
    Route::get("/organisations/register", REGISTRAR),
    Route::get("/organisations/tree", Who::SignedIn),
    Route::get("/organisations/import", REGISTRAR),
    Route::post("/organisations/import", REGISTRAR),
    Route::get("/organisations/export", REGISTRAR),
    Route::get("/organisations/{organisation}", Who::SignedIn),
    Route::get("/organisations/{organisation}/change", REGISTRAR),
    Route::post("/organisations/{organisation}/change", REGISTRAR),
    Route::get("/organisations/{organisation}/networks", REGISTRAR),
    Route::post("/organisations/{organisation}/networks", REGISTRAR),
    Route::get("/organisations/{organisation}/close", REGISTRAR),
    Route::post("/organisations/{organisation}/close", REGISTRAR),
    Route::get("/organisations/{organisation}/documents/{document}", Who::SignedIn),
    Route::get("/organisations/{organisation}/{part}", REGISTRAR),
    Route::post("/organisations/{organisation}/{part}", REGISTRAR),
    Route::get("/organisations/{organisation}/{part}/{place}", REGISTRAR),
    Route::post("/organisations/{organisation}/{part}/{place}", REGISTRAR),
    Route::post("/organisations/{organisation}/{part}/{place}/remove", REGISTRAR),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    let import = get(import::show).post(import::import);
    Router::new()
        .route(ORGANISATIONS, get(list::list).post(register::register))
        .route("/organisations/register", get(register::show))
        .route("/organisations/tree", get(tree::tree))
        .route("/organisations/import", import.layer(DefaultBodyLimit::max(TABLE_BYTES_MAX)))
        .route("/organisations/export", get(export::export))
        .route("/organisations/{organisation}", get(show::show))
        .merge(of_one())
}

/// The routes below the page of one organisation.
fn of_one() -> Router<Web> {
    let networks = get(networks::show).post(networks::change);
    let added = get(part::show_new).post(part::add);
    let changed = get(part::show).post(part::change);
    Router::new()
        .route("/organisations/{organisation}/change", get(change::show).post(change::change))
        .route("/organisations/{organisation}/networks", networks)
        .route("/organisations/{organisation}/close", get(close::show).post(close::close))
        .route("/organisations/{organisation}/documents/{document}", get(document::document))
        .route("/organisations/{organisation}/{part}", added)
        .route("/organisations/{organisation}/{part}/{place}", changed)
        .route("/organisations/{organisation}/{part}/{place}/remove", post(part::remove))
}

/// The key of a kind's word.
const fn kind_key(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::CiiOperator => "org-kind-cii-operator",
        OrganisationKind::CentralBody => "org-kind-central-body",
        OrganisationKind::KeyUnit => "org-kind-key-unit",
        OrganisationKind::Authority => "org-kind-authority",
        OrganisationKind::DistrictAuthority => "org-kind-district-authority",
        OrganisationKind::DistrictGovernment => "org-kind-district-government",
        OrganisationKind::PublicBody => "org-kind-public-body",
        OrganisationKind::ProfessionalInstitution => "org-kind-professional-institution",
        OrganisationKind::ServiceProvider => "org-kind-service-provider",
        OrganisationKind::Operator => "org-kind-operator",
        OrganisationKind::Partner => "org-kind-partner",
    }
}

/// Every kind, in the order in which it is offered.
const KINDS: [OrganisationKind; 11] = [
    OrganisationKind::CiiOperator,
    OrganisationKind::KeyUnit,
    OrganisationKind::Operator,
    OrganisationKind::PublicBody,
    OrganisationKind::CentralBody,
    OrganisationKind::Authority,
    OrganisationKind::DistrictAuthority,
    OrganisationKind::DistrictGovernment,
    OrganisationKind::ProfessionalInstitution,
    OrganisationKind::ServiceProvider,
    OrganisationKind::Partner,
];

/// The key of an importance's word.
const fn importance_key(importance: Importance) -> &'static str {
    match importance {
        Importance::Ordinary => "importance-ordinary",
        Importance::Important => "importance-important",
        Importance::CriticalInfrastructure => "importance-critical",
    }
}
