//! The mapping of a generic CSV or JSON feed: which column or member goes where.

/// Which column or member of a feed goes where.
#[derive(Debug)]
pub struct Mapping;

/// Why a text is no mapping.
#[derive(Debug, thiserror::Error)]
pub enum MappingFault {}

impl Mapping {
    /// Reads a mapping file (TOML).
    pub fn read(_name: &str, _text: &str) -> Result<Self, MappingFault> {
        Ok(Self)
    }
}
