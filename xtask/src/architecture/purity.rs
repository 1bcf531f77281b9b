//! The core is pure: what it links can neither ask the time, nor roll dice, nor reach the world.
//!
//! Direct dependencies are on a short list; the closure, as cargo would link the crate alone,
//! must hold nothing that opens a socket, a file or a database, and no asynchronous runtime.

use std::error::Error;
use std::process::Command;

use cargo_metadata::Metadata;

use super::{Member, floors};
use crate::finding::Finding;

/// What crates of the core may name in their manifests, beside each other.
const DIRECT: &[&str] = &[
    "csv-core",
    "idna",
    "jiff",
    "memchr",
    "miette",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
];

/// What must not be anywhere below them: the name itself or anything that begins with it and `-`.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "chrono",
    "dirs",
    "fastrand",
    "futures-executor",
    "getrandom",
    "hyper",
    "iana-time-zone",
    "jiff-tzdb-platform",
    "libsqlite3-sys",
    "mio",
    "notify",
    "rand",
    "rand_core",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "time",
    "tokio",
    "tower",
    "uuid",
    "walkdir",
];

/// Features of the calendar crate that would let the machine's time zones in.
const MACHINE_TIME_ZONES: &[&str] = &["tz-system", "tzdb-zoneinfo", "tzdb-concatenated"];

/// Crates of the core that name something which is not on the list.
pub(super) fn of_direct_dependencies(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members.iter().filter(|member| member.is_under("core")) {
        for dependency in &member.dependencies {
            if floors::floor(dependency).is_none() && !DIRECT.contains(&dependency.as_str()) {
                let what = format!("{dependency} is not on the list of what core may use");
                findings.push(Finding::of(&member.folder, what));
            }
        }
    }
    findings
}

/// What is linked below one crate of the core and must not be.
pub(super) fn of_closure(member: &Member, closure: &[String]) -> Vec<Finding> {
    let impure = closure.iter().filter(|name| is_impure(name));
    impure
        .map(|name| {
            Finding::of(&member.folder, format!("core is pure, and {name} is linked below it"))
        })
        .collect()
}

/// Whether anything makes the calendar crate read the machine's time zones.
pub(super) fn of_time_zones(metadata: &Metadata) -> Vec<Finding> {
    let Some(resolve) = &metadata.resolve else {
        return vec![Finding::of("Cargo.toml", "cargo did not resolve the dependencies")];
    };
    let mut findings = Vec::new();
    for node in &resolve.nodes {
        let is_jiff = metadata[&node.id].name.as_str() == "jiff";
        let features = node.features.iter().map(|feature| feature.as_str());
        for feature in features.filter(|name| is_jiff && MACHINE_TIME_ZONES.contains(name)) {
            let what = format!("jiff's `{feature}` reads the machine's time zones: turn it off");
            findings.push(Finding::of("Cargo.toml", what));
        }
    }
    findings
}

/// The names of all packages linked below one crate when it is built alone.
pub(super) fn closure_of(name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--package", name, "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}"])
        .output()?;
    if !tree.status.success() {
        let said = String::from_utf8_lossy(&tree.stderr).into_owned();
        return Err(format!("cannot list what {name} links: {said}").into());
    }
    let listed = String::from_utf8(tree.stdout)?;
    let mut names: Vec<String> = listed.lines().filter_map(first_word).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn first_word(line: &str) -> Option<String> {
    line.split_whitespace().next().map(str::to_owned)
}

fn is_impure(name: &str) -> bool {
    IMPURE.iter().any(|impure| {
        name.strip_prefix(impure).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(dependencies: &[&str]) -> Member {
        Member::planted("fengsui-plan", "crates/core/plan", dependencies)
    }

    #[test]
    fn a_runtime_below_the_core_is_found() {
        let closure = ["serde", "tokio", "tokio-util"].map(str::to_owned);
        let told: Vec<String> =
            of_closure(&plan(&[]), &closure).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "crates/core/plan: core is pure, and tokio is linked below it",
                "crates/core/plan: core is pure, and tokio-util is linked below it",
            ]
        );
    }

    #[test]
    fn names_that_only_begin_alike_are_not_impure() {
        assert!(!is_impure("timer"), "time is not timer");
        assert!(!is_impure("randomize"), "rand is not randomize");
        assert!(is_impure("rand"));
        assert!(is_impure("sqlx-core"));
    }

    #[test]
    fn an_unlisted_direct_dependency_is_found() {
        let members = [plan(&["fengsui-vocabulary", "serde", "regex"])];
        let told: Vec<String> =
            of_direct_dependencies(&members).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["crates/core/plan: regex is not on the list of what core may use"]);
    }

    #[test]
    fn the_edge_may_use_what_it_likes() {
        let store = Member::planted("fengsui-store", "crates/edge/store", &["tokio"]);
        assert_eq!(of_direct_dependencies(&[store]), []);
    }

    #[test]
    fn a_closure_can_be_listed() {
        let closure = closure_of("xtask").expect("cargo tree runs in the workspace");
        assert!(closure.iter().any(|name| name == "serde_json"), "{closure:?}");
    }
}
