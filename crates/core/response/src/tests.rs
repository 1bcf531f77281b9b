//! What reports and incidents do, told as stories.

mod call_outs;
mod deep;
mod handling;
mod incidents;
mod plans;
mod properties;
mod registry;
mod reports;
mod roster;
mod samples;
mod story;
mod technical;
