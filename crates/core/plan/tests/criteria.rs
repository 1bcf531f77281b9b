//! Bounds that depend on other facts, scores, scopes, and grades expected by a pack.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must fail loudly; clippy does not see that helpers are tests too"
)]

mod criteria {
    mod bounds;
    mod expected;
    mod mistakes;
    mod pack;
    mod scopes;
    mod scores;
}
