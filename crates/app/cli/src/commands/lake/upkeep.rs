//! Sorting, merging and removing what the lake holds.
