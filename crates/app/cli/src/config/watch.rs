//! What the watch is configured with.

use std::path::PathBuf;

use serde::Deserialize;

/// The watch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Watch {
    /// The folder of the lake; `lake` in the folder of the record unless it is said.
    pub(crate) lake: Option<PathBuf>,
    /// The published schema of the reports of Shadowserver.
    pub(crate) shadowserver_schema: Option<PathBuf>,
    /// Where addresses are, an `mmdb` file.
    pub(crate) geo_city: Option<PathBuf>,
    /// Which autonomous system has an address, an `mmdb` file.
    pub(crate) geo_asn: Option<PathBuf>,
    /// Lists of what is known as good.
    pub(crate) warning_lists: Vec<PathBuf>,
    /// Days after which records are removed; never, unless it is said.
    pub(crate) retention_days: Option<u32>,
}
