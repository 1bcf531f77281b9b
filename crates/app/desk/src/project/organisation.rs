//! Rows of an organisation of the registry.

use std::collections::BTreeSet;

use fengsui_response::organisation::{Organisation, Stretch};
use fengsui_store::{BoardRows, StreamRows};
use fengsui_vocabulary::{DistrictCode, Line};
use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::folded;
use crate::boards::{ORGANISATION, SEARCH};
use crate::stream::Loaded;
use crate::viewer::{district_key, organisation_key};

/// Everything that follows from an organisation.
pub(crate) fn organisation_rows(loaded: &Loaded<Organisation>) -> StreamRows {
    let organisation = &loaded.state;
    let (Some(id), Some(details)) = (organisation.id, organisation.newest()) else {
        return StreamRows::default();
    };
    let kinds: Vec<String> = details.kinds.iter().map(super::report::word).collect();
    let state = if organisation.closed.is_some() { "closed" } else { "registered" };
    let name = folded(&format!("{} {}", details.name.zh, details.name.en));
    let row = vec![
        details.name.zh.as_str().into(),
        details.name.en.as_str().into(),
        details.parent.map(|parent| parent.to_string()).into(),
        details.district.as_ref().map(DistrictCode::as_str).into(),
        details.sector.as_ref().map(Line::as_str).into(),
        kinds.join(" ").into(),
        state.into(),
        name.as_str().into(),
    ];
    let search = vec![
        "organisation".into(),
        "".into(),
        details.name.zh.as_str().into(),
        0_i64.into(),
        name.into(),
    ];
    let mut sight = vec![organisation_key(&id)];
    sight.extend(districts(loaded).iter().map(district_key));
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: ORGANISATION.name, rows: vec![row] },
            BoardRows { board: SEARCH.name, rows: vec![search] },
        ],
        sight,
    }
}

/// Where it is from about the day of the last entry on: which day that was depends on the zone, so
/// one more is taken. Whoever reads asks the directory whether it is still there.
fn districts(loaded: &Loaded<Organisation>) -> BTreeSet<DistrictCode> {
    let day = loaded.recorded_at.to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let stretches = loaded.state.stretches(day, None);
    let district = |stretch: &Stretch| loaded.state.as_of(stretch.from)?.district.clone();
    stretches.iter().filter_map(district).collect()
}
