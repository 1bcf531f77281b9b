//! Who stands on whom: a crate may depend only on crates of a lower floor.

use super::Member;
use crate::finding::Finding;

/// The architecture, as a table: a crate may depend only on crates of a lower floor.
///
/// Programs that only look at the others from outside stand on the top floor.
pub(super) const FLOORS: &[(&str, u8)] = &[
    ("fengsui-vocabulary", 0),
    ("fengsui-lake", 1),
    ("fengsui-plan", 1),
    ("fengsui-press", 1),
    ("fengsui-outbound", 1),
    ("fengsui-records", 1),
    ("fengsui-store", 1),
    ("fengsui-response", 2),
    ("fengsui-formats", 3),
    ("fengsui-intake", 4),
    ("fengsui-notices", 4),
    ("fengsui-desk", 5),
    ("fengsui-watch", 5),
    ("fengsui-scenarios", 6),
    ("fengsui-web", 6),
    ("fengsui-cli", 7),
    ("fengsui-benches", 8),
    ("fengsui-simulation", 8),
    ("xtask", 8),
];

/// Third-party crates that only some of the crates under `crates/` may link.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["fengsui-store"]),
    ("axum", &["fengsui-web"]),
    ("axum-server", &["fengsui-cli"]),
    ("askama", &["fengsui-notices", "fengsui-web"]),
    ("async-nats", &["fengsui-intake"]),
    ("datafusion", &["fengsui-lake"]),
    ("deltalake-core", &["fengsui-lake"]),
    ("hyper", &["fengsui-outbound"]),
    ("lettre", &["fengsui-notices", "fengsui-outbound"]),
    ("clap", &["fengsui-cli"]),
    ("parquet", &["fengsui-lake"]),
    ("typst", &["fengsui-press"]),
    ("typst-layout", &["fengsui-press"]),
    ("typst-pdf", &["fengsui-press"]),
];

/// Pairs that the floors would allow and the house does not.
const NEVER: &[(&str, &str)] = &[("fengsui-web", "fengsui-store")];

/// What `xtask` may link: it is built before everything else.
const XTASK_LINKS: &[&str] = &["cargo_metadata", "serde_json", "toml"];

/// Everything about the members' dependencies that the tables do not allow.
pub(super) fn findings(members: &[Member]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = without_floor(members).collect();
    findings.extend(without_crate(members));
    for member in members {
        findings.extend(member.dependencies.iter().filter_map(|dependency| {
            refusal(member, dependency, members).map(|why| Finding::of(&member.folder, why))
        }));
    }
    findings
}

/// The floor of a crate of ours; `None` for third-party crates.
pub(super) fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

fn without_floor(members: &[Member]) -> impl Iterator<Item = Finding> {
    members.iter().filter(|member| floor(&member.name).is_none()).map(|member| {
        Finding::of(&member.folder, format!("{} has no floor in the table", member.name))
    })
}

fn without_crate(members: &[Member]) -> impl Iterator<Item = Finding> {
    FLOORS.iter().filter(|(name, _)| !members.iter().any(|member| member.name == *name)).map(
        |(name, _)| Finding::of("xtask", format!("{name} has a floor and is not in the workspace")),
    )
}

/// Why a dependency is not allowed, if it is not.
fn refusal(member: &Member, dependency: &str, members: &[Member]) -> Option<String> {
    let name = member.name.as_str();
    if let (Some(from), Some(to)) = (floor(name), floor(dependency))
        && to >= from
    {
        return Some(format!(
            "{name} must not depend on {dependency}: floor {to} is not below {from}"
        ));
    }
    if NEVER.contains(&(name, dependency)) {
        return Some(format!("{name} must not depend on {dependency}: go through the desk"));
    }
    let own = members.iter().find(|other| other.name == dependency);
    if let Some(own) = own {
        return refusal_between_parts(member, own);
    }
    if name == "xtask" && !XTASK_LINKS.contains(&dependency) {
        return Some(format!("xtask must stay light: {dependency} does not belong here"));
    }
    let (_, homes) = ONLY_IN.iter().find(|(restricted, _)| *restricted == dependency)?;
    let is_elsewhere = member.folder.starts_with("crates/") && !homes.contains(&name);
    is_elsewhere.then(|| format!("{dependency} belongs only in {}", homes.join(", ")))
}

fn refusal_between_parts(member: &Member, own: &Member) -> Option<String> {
    if member.is_under("core") && !own.is_under("core") {
        return Some(format!("core is pure: {} must not depend on {}", member.name, own.name));
    }
    let is_edge_to_edge = member.is_under("edge") && own.is_under("edge");
    if is_edge_to_edge && own.name != "fengsui-outbound" {
        return Some(format!("edge crates do not know each other: remove {}", own.name));
    }
    if member.name == "xtask" {
        return Some(format!("xtask looks from outside: remove {}", own.name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(members: &[Member]) -> Vec<String> {
        let all = findings(members);
        let told = all.iter().map(ToString::to_string);
        told.filter(|line| !line.contains("is not in the workspace")).collect()
    }

    #[test]
    fn a_dependency_on_a_lower_floor_is_fine() {
        let web = Member::planted("fengsui-web", "crates/app/web", &["fengsui-desk", "axum"]);
        let desk = Member::planted("fengsui-desk", "crates/app/desk", &["fengsui-store"]);
        let store = Member::planted("fengsui-store", "crates/edge/store", &["sqlx"]);
        assert_eq!(told(&[web, desk, store]), Vec::<String>::new());
    }

    #[test]
    fn an_upward_dependency_is_found() {
        let plan = Member::planted("fengsui-plan", "crates/core/plan", &["fengsui-response"]);
        let response = Member::planted("fengsui-response", "crates/core/response", &[]);
        assert_eq!(
            told(&[plan, response]),
            [
                "crates/core/plan: fengsui-plan must not depend on fengsui-response: floor 2 is not below 1"
            ]
        );
    }

    #[test]
    fn core_on_edge_is_found_although_the_floor_is_lower() {
        let response =
            Member::planted("fengsui-response", "crates/core/response", &["fengsui-store"]);
        let store = Member::planted("fengsui-store", "crates/edge/store", &[]);
        assert_eq!(
            told(&[response, store]),
            [
                "crates/core/response: core is pure: fengsui-response must not depend on fengsui-store"
            ]
        );
    }

    #[test]
    fn edge_on_edge_is_found() {
        let store = Member::planted("fengsui-store", "crates/edge/store", &["fengsui-vocabulary"]);
        let other = Member::planted("fengsui-vocabulary", "crates/edge/vocabulary", &[]);
        assert_eq!(
            told(&[store, other]),
            ["crates/edge/store: edge crates do not know each other: remove fengsui-vocabulary"]
        );
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let desk = Member::planted("fengsui-desk", "crates/app/desk", &["sqlx"]);
        let scenarios = Member::planted("fengsui-scenarios", "scenarios", &["sqlx"]);
        assert_eq!(
            told(&[desk, scenarios]),
            ["crates/app/desk: sqlx belongs only in fengsui-store"]
        );
    }

    #[test]
    fn screens_that_reach_past_the_desk_are_found() {
        let web = Member::planted("fengsui-web", "crates/app/web", &["fengsui-store"]);
        assert_eq!(
            told(&[web]),
            ["crates/app/web: fengsui-web must not depend on fengsui-store: go through the desk"]
        );
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        let stray = Member::planted("fengsui-stray", "crates/app/stray", &[]);
        assert_eq!(told(&[stray]), ["crates/app/stray: fengsui-stray has no floor in the table"]);
    }

    #[test]
    fn a_floor_without_a_crate_is_found() {
        let all = findings(&[]);
        assert_eq!(all.len(), FLOORS.len());
    }

    #[test]
    fn a_heavy_xtask_is_found() {
        let xtask = Member::planted("xtask", "xtask", &["serde_json", "tokio"]);
        assert_eq!(told(&[xtask]), ["xtask: xtask must stay light: tokio does not belong here"]);
    }
}
