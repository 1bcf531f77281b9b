//! What reports and incidents do, told as stories.

mod custody;
mod deep;
mod handling;
mod incidents;
mod plans;
mod properties;
mod registry;
mod reports;
mod samples;
mod story;
mod technical;
