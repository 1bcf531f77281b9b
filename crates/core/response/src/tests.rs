//! What reports and incidents do, told as stories.

mod incidents;
mod plans;
mod properties;
mod registry;
mod reports;
mod samples;
mod story;
