//! Incidents over the API: the same verbs as the screens, one body for each.

pub(super) mod act;
pub(super) mod read;
pub(super) mod texts;
pub(super) mod verbs;
