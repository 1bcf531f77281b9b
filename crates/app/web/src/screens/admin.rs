//! 管理: accounts and tokens for administrators, bindings of roles for plan officers.

mod account;
mod accounts;
mod add;
mod bind_role;
mod close;
mod make_token;
mod reset_password;
mod revoke_tokens;
mod roles;
mod set_reached;

use axum::Router;
use axum::routing::{get, post};
use fengsui_desk::Capacity;

use crate::routes::{ADMIN, Route, Who};
use crate::state::Web;

/// Where the bindings are.
const ROLES: &str = "/admin/roles";

const ADMINISTRATOR: Who = Who::Any(&[Capacity::Administrator]);

const PLAN_OFFICER: Who = Who::Any(&[Capacity::PlanOfficer]);

/// Who may take which route.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(ADMIN, ADMINISTRATOR),
    Route::post("/admin/accounts", ADMINISTRATOR),
    Route::get("/admin/accounts/{login}", ADMINISTRATOR),
    Route::post("/admin/accounts/{login}/password", ADMINISTRATOR),
    Route::post("/admin/accounts/{login}/close", ADMINISTRATOR),
    Route::post("/admin/accounts/{login}/tokens", ADMINISTRATOR),
    Route::post("/admin/accounts/{login}/reached", ADMINISTRATOR),
    Route::post("/admin/tokens/revoke", ADMINISTRATOR),
    Route::get(ROLES, Who::Any(&[Capacity::PlanOfficer, Capacity::Administrator])),
    Route::post(ROLES, PLAN_OFFICER),
];

/// The routes.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(ADMIN, get(accounts::list))
        .route("/admin/accounts", post(add::add))
        .route("/admin/accounts/{login}", get(account::show))
        .route("/admin/accounts/{login}/password", post(reset_password::reset_password))
        .route("/admin/accounts/{login}/close", post(close::close))
        .route("/admin/accounts/{login}/tokens", post(make_token::make_token))
        .route("/admin/accounts/{login}/reached", post(set_reached::set_reached))
        .route("/admin/tokens/revoke", post(revoke_tokens::revoke_tokens))
        .route(ROLES, get(roles::list).post(bind_role::bind_role))
}

/// The page of an account.
fn account_path(login: &str) -> String {
    format!("/admin/accounts/{}", crate::page::escaped(login))
}

/// The key of a capacity's word.
const fn capacity_key(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Officer => "capacity-officer",
        Capacity::Leader => "capacity-leader",
        Capacity::Registrar => "capacity-registrar",
        Capacity::PlanOfficer => "capacity-plan-officer",
        Capacity::Liaison => "capacity-liaison",
        Capacity::Auditor => "capacity-auditor",
        Capacity::Administrator => "capacity-administrator",
    }
}
