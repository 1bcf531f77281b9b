//! Server-rendered screens, the JSON API and the public pages.
//!
//! Web contains no rule and touches no SQL: it fills views and carries commands to the desk.

pub mod assets;
pub mod lang;
pub mod page;
pub mod parts;
pub mod views;
