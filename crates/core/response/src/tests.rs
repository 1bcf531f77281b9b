//! What reports and incidents do, told as stories.

mod accountability;
mod call_outs;
mod clocks;
mod custody;
mod deep;
mod handling;
mod house;
mod incidents;
mod lateness;
mod messages;
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
