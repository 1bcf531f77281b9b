//! What reports and incidents do, told as stories.

mod clocks;
mod deep;
mod handling;
mod house;
mod incidents;
mod messages;
mod plans;
mod properties;
mod registry;
mod reports;
mod samples;
mod story;
mod technical;
