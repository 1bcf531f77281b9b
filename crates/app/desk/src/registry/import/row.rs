//! One line of the table, column by column; everything that is wrong with it is said at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fengsui_response::organisation::{NETWORKS_MAX, Networks, SERVICES_MAX, SYSTEMS_MAX};
use fengsui_response::{Designation, Importance, OrganisationKind, Protection, System};
use fengsui_vocabulary::{Label, Line};
use serde::Deserialize;

use super::{ImportMistake, ImportProblem, NewOrganisation};
use crate::Directory;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    name_zh: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    district: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    telephone: String,
    #[serde(default)]
    post: String,
    #[serde(default)]
    systems: String,
    #[serde(default)]
    networks: String,
}

/// What is wrong with one line, as it is found.
#[derive(Default)]
struct Problems(Vec<ImportProblem>);

impl Problems {
    fn note(&mut self, column: &'static str, mistake: ImportMistake) {
        self.0.push(ImportProblem { column: Some(column), mistake });
    }
}

/// The organisation of a line; its name must be new, its parent known or on an earlier line.
pub(super) fn organisation(
    row: Row,
    line: u64,
    directory: &Directory,
    seen: &mut BTreeMap<String, u64>,
) -> Result<NewOrganisation, Vec<ImportProblem>> {
    let mut problems = Problems::default();
    let name = name(&row.name_zh, (line, directory), seen, &mut problems);
    let parent = Some(row.parent).filter(|parent| !parent.is_empty());
    if let Some(parent) = &parent
        && directory.named(parent).is_none()
        && seen.get(parent).is_none_or(|earlier| *earlier >= line)
    {
        problems.note("parent", ImportMistake::ParentUnknown { parent: parent.clone() });
    }
    let new = NewOrganisation {
        name: Label::new(name, row.name_en),
        parent,
        district: parsed("district", &row.district, &mut problems),
        sector: parsed("sector", &row.sector, &mut problems),
        kinds: kinds(&row.kind, &mut problems),
        telephone: parsed("telephone", as_typed(&row.telephone), &mut problems),
        post: parsed("post", &row.post, &mut problems),
        systems: systems(&row.systems, &mut problems),
        networks: networks(&row.networks, &mut problems),
    };
    if problems.0.is_empty() { Ok(new) } else { Err(problems.0) }
}

fn name(
    text: &str,
    (line, directory): (u64, &Directory),
    seen: &mut BTreeMap<String, u64>,
    problems: &mut Problems,
) -> String {
    let Some(name) = parsed::<Line>("name_zh", text, problems).map(|name| name.to_string()) else {
        if text.is_empty() {
            problems.note("name_zh", ImportMistake::Empty);
        }
        return String::new();
    };
    if let Some(line) = seen.insert(name.clone(), line) {
        problems.note("name_zh", ImportMistake::NamedBefore { name: name.clone(), line });
    } else if directory.named(&name).is_some() {
        problems.note("name_zh", ImportMistake::Registered { name: name.clone() });
    }
    name
}

/// Kinds by the words that payloads use, several with spaces between; none means an operator.
fn kinds(text: &str, problems: &mut Problems) -> BTreeSet<OrganisationKind> {
    let mut kinds = BTreeSet::new();
    for word in text.split_whitespace() {
        match serde_json::from_value(serde_json::Value::from(word)) {
            Ok(kind) => {
                kinds.insert(kind);
            }
            Err(fault) => problems.note("kind", ImportMistake::Malformed(fault.to_string())),
        }
    }
    if text.is_empty() { BTreeSet::from([OrganisationKind::Operator]) } else { kinds }
}

/// Networks of every sort, with spaces or commas between.
fn networks(text: &str, problems: &mut Problems) -> Networks {
    let mut networks = Networks::default();
    let is_between = |it: char| it.is_whitespace() || BETWEEN.contains(&it);
    for word in text.split(is_between).filter(|word| !word.is_empty()) {
        match word.parse() {
            Ok(network) => networks.insert(network),
            Err(why) => {
                problems.note("networks", ImportMistake::Network { text: word.to_owned(), why });
            }
        }
    }
    at_most("networks", networks.count(), NETWORKS_MAX, problems);
    networks
}

/// Systems with semicolons between: `name|importance|designated|level|service/service`, all but the
/// name may be left out.
fn systems(text: &str, problems: &mut Problems) -> Vec<System> {
    let mut systems: Vec<System> = Vec::new();
    for text in text.split([';', '；', '\n']).map(str::trim).filter(|text| !text.is_empty()) {
        let Some(system) = system(text, problems) else { continue };
        let name = system.name.to_string();
        if systems.iter().any(|known| known.name == system.name) {
            problems.note("systems", ImportMistake::SystemTwice { name });
        } else if !system.designation.is_none()
            && system.importance != Importance::CriticalInfrastructure
        {
            problems.note("systems", ImportMistake::NotCritical { name });
        }
        systems.push(system);
    }
    at_most("systems", systems.len(), SYSTEMS_MAX, problems);
    systems
}

fn system(text: &str, problems: &mut Problems) -> Option<System> {
    let mut parts = text.split(['|', '｜']).map(str::trim);
    let mut part = || parts.next().unwrap_or_default();
    let (name, importance, designation) = (part(), part(), part());
    let (protection, services) = (part(), part());
    let services: Vec<Line> = services
        .split('/')
        .filter(|service| !service.trim().is_empty())
        .filter_map(|service| parsed("systems", service, problems))
        .collect();
    at_most("systems", services.len(), SERVICES_MAX, problems);
    if name.is_empty() {
        problems.note("systems", ImportMistake::Empty);
    }
    Some(System {
        name: parsed("systems", name, problems)?,
        importance: word(importance, &IMPORTANCES, problems).unwrap_or(Importance::Ordinary),
        designation: word(designation, &DESIGNATIONS, problems).unwrap_or_default(),
        protection: parsed::<Protection>("systems", protection, problems),
        services,
    })
}

/// What a word means; nothing means nothing.
fn word<T: Copy>(
    word: &str,
    known: &[(&'static str, &'static str, T)],
    problems: &mut Problems,
) -> Option<T> {
    if word.is_empty() {
        return None;
    }
    let means = known.iter().find(|(en, zh, _)| word.eq_ignore_ascii_case(en) || word == *zh);
    if means.is_none() {
        let known: Vec<&str> = known.iter().map(|(en, _, _)| *en).collect();
        let mistake = ImportMistake::Unknown { word: word.to_owned(), known: known.join(", ") };
        problems.note("systems", mistake);
    }
    means.map(|(_, _, means)| *means)
}

fn at_most(column: &'static str, count: usize, count_max: usize, problems: &mut Problems) {
    if count > count_max {
        problems.note(column, ImportMistake::TooMany { count, count_max });
    }
}

fn parsed<T: std::str::FromStr>(
    column: &'static str,
    text: &str,
    problems: &mut Problems,
) -> Option<T>
where
    T::Err: fmt::Display,
{
    if text.is_empty() {
        return None;
    }
    let read = text.parse().map_err(|fault: T::Err| fault.to_string());
    read.map_err(|fault| problems.note(column, ImportMistake::Malformed(fault))).ok()
}

/// The export writes `'+86`, so that no spreadsheet takes it for a formula.
fn as_typed(text: &str) -> &str {
    let bare = text.strip_prefix('\'').filter(|bare| bare.starts_with(['=', '+', '-', '@']));
    bare.unwrap_or(text)
}

/// What may stand between networks besides white space.
const BETWEEN: [char; 5] = [',', ';', '，', '；', '、'];

/// The words of importance that the export writes, and their Chinese.
const IMPORTANCES: [(&str, &str, Importance); 3] = [
    ("ordinary", "一般", Importance::Ordinary),
    ("important", "重要", Importance::Important),
    ("critical", "关键信息基础设施", Importance::CriticalInfrastructure),
];

/// The words of designation.
const DESIGNATIONS: [(&str, &str, Designation); 2] = [
    ("designated", "已认定", Designation::CriticalInfrastructure),
    ("no", "未认定", Designation::None),
];
