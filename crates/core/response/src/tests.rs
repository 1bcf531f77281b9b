//! What reports and incidents do, told as stories.

mod story;
