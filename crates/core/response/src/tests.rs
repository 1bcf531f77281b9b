//! What reports and incidents do, told as stories.

mod deep;
mod handling;
mod incidents;
mod plans;
mod properties;
mod registry;
mod reports;
mod samples;
mod shifts;
mod story;
mod technical;
