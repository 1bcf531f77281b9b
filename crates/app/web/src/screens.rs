//! The screens: one folder per noun, one file per verb.

use axum::Router;

use crate::state::Web;

pub(crate) mod accountability;
pub(crate) mod admin;
pub(crate) mod back_entry;
pub(crate) mod call_outs;
pub(crate) mod custody;
pub(crate) mod desk;
pub(crate) mod home;
pub(crate) mod hotline;
pub(crate) mod incidents;
pub(crate) mod messages;
pub(crate) mod mine;
pub(crate) mod organisations;
pub(crate) mod plans;
pub(crate) mod public;
pub(crate) mod reports;
pub(crate) mod roster;
pub(crate) mod search;
pub(crate) mod self_watch;
pub(crate) mod shift;
pub(crate) mod sign_in;
pub(crate) mod watch;

/// The routes of every screen.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .merge(home::routes())
        .merge(sign_in::routes())
        .merge(desk::routes())
        .merge(hotline::routes())
        .merge(shift::routes())
        .merge(back_entry::routes())
        .merge(reports::routes())
        .merge(public::routes())
        .merge(incidents::routes())
        .merge(organisations::routes())
        .merge(mine::routes())
        .merge(messages::routes())
        .merge(roster::routes())
        .merge(call_outs::routes())
        .merge(accountability::routes())
        .merge(plans::routes())
        .merge(search::routes())
        .merge(watch::routes())
        .merge(custody::routes())
        .merge(self_watch::routes())
        .merge(admin::routes())
}
