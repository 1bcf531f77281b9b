//! What reports and incidents do, told as stories.

mod clocks;
mod call_outs;
mod deep;
mod handling;
mod house;
mod incidents;
mod messages;
mod plans;
mod properties;
mod registry;
mod reports;
mod roster;
mod samples;
mod story;
mod technical;
