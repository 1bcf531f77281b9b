//! What is known beside the feeds: whose networks, which places, what is good.

use std::path::Path;

use fengsui_watch::{Enrichment, Geo, Registry, WarningLists};

use super::holdings::{holdings_of, read_holdings};
use crate::commands::{Failure, Start, serve};

/// Everything that is known, by the file that was named, or by the record where there is one.
pub(crate) async fn enrichment(
    start: &Start,
    registry: Option<&Path>,
) -> Result<Enrichment, Failure> {
    let holdings = match registry {
        Some(file) => read_holdings(file)?,
        None if start.has_record() => {
            let desk = serve::open(&start.record()).await?;
            let holdings = holdings_of(&desk.directory());
            desk.close().await;
            holdings
        }
        None => Vec::new(),
    };
    beside(start, Registry::build(holdings))
}

/// Places and warning lists by the configuration, beside a registry.
pub(crate) fn beside(start: &Start, registry: Registry) -> Result<Enrichment, Failure> {
    let watch = start.watch();
    let geo = Geo::open(watch.geo_city.as_deref(), watch.geo_asn.as_deref())
        .map_err(|fault| Failure::of("watch.geo_city or watch.geo_asn cannot be used", &fault))?;
    let mut warning_lists = WarningLists::default();
    for file in &watch.warning_lists {
        let wrong = |fault: &dyn std::error::Error| {
            Failure::of(&format!("{} cannot be used as a warning list", file.display()), fault)
        };
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let bytes = std::fs::read(file).map_err(|fault| wrong(&fault))?;
        warning_lists.add(&name, &bytes).map_err(|fault| wrong(&fault))?;
    }
    Ok(Enrichment { registry, geo, warning_lists: warning_lists.finish() })
}
