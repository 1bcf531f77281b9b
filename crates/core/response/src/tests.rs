//! What reports and incidents do, told as stories.

mod clocks;
mod call_outs;
mod accountability;
mod custody;
mod deep;
mod handling;
mod house;
mod incidents;
mod messages;
mod lateness;
mod plans;
mod properties;
mod punctuality;
mod registry;
mod reports;
mod roster;
mod samples;
mod shifts;
mod story;
mod technical;
