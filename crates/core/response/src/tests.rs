//! What reports and incidents do, told as stories.

mod accountability;
mod deep;
mod handling;
mod incidents;
mod lateness;
mod plans;
mod properties;
mod punctuality;
mod registry;
mod reports;
mod samples;
mod story;
mod technical;
