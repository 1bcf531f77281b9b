//! The architecture as a test: floors, purity of the core, who may link what, and the map.
//!
//! The tables here and the map in ARCHITECTURE.md say the same; changing the layout means
//! changing both and the code in one step, with a decision in docs/decisions.

mod floors;
mod map;
mod purity;

use std::error::Error;

use cargo_metadata::{DependencyKind, Metadata};

use crate::finding::Finding;
use crate::repository::Repository;

/// A crate of the workspace, as far as the rules look at it.
#[derive(Clone, Debug)]
struct Member {
    name: String,
    /// From the top of the checkout, `crates/core/plan`.
    folder: String,
    /// What it links or builds with; what only its tests use is free.
    dependencies: Vec<String>,
}

/// Everything about the workspace that its architecture does not allow.
pub(crate) fn check(repository: &Repository) -> Result<Vec<Finding>, Box<dyn Error>> {
    let members = members_of(&repository.metadata);
    let map = repository.text("ARCHITECTURE.md").unwrap_or_default();
    let mut findings = floors::findings(&members);
    findings.extend(map::findings(map, &members, |folder| repository.top().join(folder).is_dir()));
    findings.extend(purity::of_direct_dependencies(&members));
    findings.extend(purity::of_time_zones(&repository.metadata));
    for member in members.iter().filter(|member| member.is_under("core")) {
        findings.extend(purity::of_closure(member, &purity::closure_of(&member.name)?));
    }
    Ok(findings)
}

impl Member {
    /// Whether the crate lives in `crates/<part>/`.
    fn is_under(&self, part: &str) -> bool {
        let mut folders = self.folder.split('/');
        folders.next() == Some("crates") && folders.next() == Some(part)
    }
}

fn members_of(metadata: &Metadata) -> Vec<Member> {
    let top = &metadata.workspace_root;
    let packages = metadata.workspace_packages().into_iter();
    let mut members: Vec<Member> = packages
        .filter_map(|package| {
            let folder = package.manifest_path.parent()?.strip_prefix(top).ok()?;
            let linked = package.dependencies.iter().filter(|dependency| {
                matches!(dependency.kind, DependencyKind::Normal | DependencyKind::Build)
            });
            Some(Member {
                name: package.name.to_string(),
                folder: folder.as_str().to_owned(),
                dependencies: linked.map(|dependency| dependency.name.clone()).collect(),
            })
        })
        .collect();
    members.sort_by(|left, right| left.name.cmp(&right.name));
    members
}

#[cfg(test)]
impl Member {
    fn planted(name: &str, folder: &str, dependencies: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(|&name| name.to_owned()).collect(),
        }
    }
}
