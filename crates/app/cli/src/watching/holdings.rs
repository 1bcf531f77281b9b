//! Whose networks are whose: from the registry of the record, or from a file.

use std::path::Path;

use fengsui_desk::Directory;
use fengsui_response::organisation::Networks;
use fengsui_vocabulary::{DistrictCode, OrganisationId};
use fengsui_watch::Holding;
use jiff::civil::Date;
use serde::Deserialize;

use crate::commands::Failure;

/// A row of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    network: String,
    organisation: OrganisationId,
    district: Option<DistrictCode>,
    sector: Option<String>,
    from: Option<Date>,
    until: Option<Date>,
}

/// Reads networks and whose they are: `network,organisation[,district,sector,from,until]`.
pub(crate) fn read_holdings(file: &Path) -> Result<Vec<Holding>, Failure> {
    let wrong = |fault: &dyn std::error::Error| {
        Failure::of(&format!("{} cannot be read as a registry", file.display()), fault)
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|fault| wrong(&fault))?;
    let mut holdings = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.map_err(|fault| wrong(&fault))?;
        let mut holding = Holding {
            organisation: row.organisation,
            district: row.district,
            sector: row.sector.filter(|sector| !sector.is_empty()),
            from: row.from,
            until: row.until,
            prefixes: Vec::new(),
            systems: Vec::new(),
            domains: Vec::new(),
        };
        let number = row.network.strip_prefix("AS").and_then(|number| number.parse().ok());
        match (number, row.network.parse()) {
            (Some(number), _) => holding.systems.push(number),
            (None, Ok(prefix)) => holding.prefixes.push(prefix),
            (None, Err(_no_prefix)) => holding.domains.push(row.network),
        }
        holdings.push(holding);
    }
    Ok(holdings)
}

/// What the organisations of the record have, in each period in which it is the same.
pub(crate) fn holdings_of(directory: &Directory) -> Vec<Holding> {
    let mut holdings = Vec::new();
    for (organisation, history) in directory.histories() {
        let ends = history.closed.as_ref().map(|closed| closed.on);
        for stretch in history.stretches(Date::MIN, ends) {
            let Some(details) = history.on(stretch.from) else { continue };
            if details.networks.is_empty() {
                continue;
            }
            let mut holding = holding_of(organisation, &details.networks);
            holding.district.clone_from(&details.district);
            holding.sector = details.sector.as_ref().map(ToString::to_string);
            // The day of the registry is the centre's, that of a record is in UTC: where the centre's day has begun,
            // it is still the day before there. Better owned a day too early than by nobody until the morning.
            let from = (stretch.from != Date::MIN).then_some(stretch.from);
            holding.from = from.map(|day| day.yesterday().unwrap_or(day));
            holding.until = stretch.until;
            holdings.push(holding);
        }
    }
    holdings
}

fn holding_of(organisation: OrganisationId, networks: &Networks) -> Holding {
    Holding {
        organisation,
        district: None,
        sector: None,
        from: None,
        until: None,
        prefixes: networks.prefixes.iter().filter_map(|it| it.to_string().parse().ok()).collect(),
        systems: networks.systems.iter().map(|system| system.number()).collect(),
        domains: networks.domains.iter().map(|domain| domain.as_str().to_owned()).collect(),
    }
}
