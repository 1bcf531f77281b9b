//! 单位: the registry. Who is who, under whom, with which systems, answering which telephone.
//!
//! Whoever keeps the registry sees all of it; others see what they may see anyway.

mod change;
mod details;
mod export;
mod import;
mod list;
mod register;
mod show;
mod tree;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use fengsui_desk::Capacity;
use fengsui_response::{Importance, OrganisationKind};

pub(crate) use list::call;
pub(crate) use show::entry;

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
        .route("/organisations/{organisation}/change", get(change::show).post(change::change))
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
