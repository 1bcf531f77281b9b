//! `GET /organisations/export`: the registry as the table that the import reads.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use fengsui_response::{Details, Importance, System};

use crate::error::WebError;
use crate::session::SignedIn;

/// The columns, as the import knows them.
const HEADINGS: &str =
    "name_zh,name_en,kind,parent,district,sector,telephone,post,systems,networks";

/// `GET /organisations/export`
pub(super) async fn export(reader: SignedIn) -> Result<Response, WebError> {
    let directory = reader.visitor.directory();
    // The mark at the front makes spreadsheets read it as UTF-8.
    let mut table = format!("\u{feff}{HEADINGS}\r\n");
    for (_, details) in directory.organisations() {
        let parent = details.parent.map(|parent| directory.name_of(parent).zh).unwrap_or_default();
        table.push_str(&line(details, &parent));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"organisations.csv\""),
    ];
    Ok((headers, table).into_response())
}

fn line(details: &Details, parent: &str) -> String {
    let text =
        |text: Option<&fengsui_vocabulary::Line>| cell(text.map_or("", |text| text.as_str()));
    let kind = |kind: &fengsui_response::OrganisationKind| {
        super::kind_key(*kind).trim_start_matches("org-kind-")
    };
    let kinds: Vec<&str> = details.kinds.iter().map(kind).collect();
    let cells = [
        cell(&details.name.zh),
        cell(&details.name.en),
        cell(&kinds.join(" ")),
        cell(parent),
        cell(details.district.as_ref().map_or("", |code| code.as_str())),
        text(details.sector.as_ref()),
        text(details.duty_telephone.as_ref()),
        text(details.responsible_post.as_ref()),
        cell(&details.systems.iter().map(system).collect::<Vec<_>>().join("; ")),
        cell(&details.networks.iter().map(|it| it.to_string()).collect::<Vec<_>>().join(" ")),
    ];
    format!("{}\r\n", cells.join(","))
}

/// A system in one cell: `name|importance|designated|level|service/service`.
fn system(system: &System) -> String {
    let plain = |text: &str| text.replace(['|', '｜', ';', '；'], " ");
    let importance = match system.importance {
        Importance::Ordinary => "ordinary",
        Importance::Important => "important",
        Importance::CriticalInfrastructure => "critical",
    };
    let designation = if system.designation.is_none() { "" } else { "designated" };
    let protection = system.protection.map(|level| level.to_string()).unwrap_or_default();
    let services: Vec<String> =
        system.services.iter().map(|service| plain(service).replace('/', "／")).collect();
    let name = plain(&system.name);
    let text = format!("{name}|{importance}|{designation}|{protection}|{}", services.join("/"));
    text.trim_end_matches('|').to_owned()
}

/// A cell, quoted where it must be. What a spreadsheet would take for a formula becomes text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_is_never_a_formula() {
        assert_eq!(cell("甲, 乙"), "\"甲, 乙\"");
        assert_eq!(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("+86 21 1234"), "'+86 21 1234");
    }
}
