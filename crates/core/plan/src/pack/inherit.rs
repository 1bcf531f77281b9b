//! One plan on top of another: the texts of a chain become one tree, in which every place is kept.
//!
//! Places are those of all texts written one behind the other, the child's first, so that a finding
//! is said in the file where it lies. A child's table takes the place of the inherited one with the
//! same identity; golden scenarios are not inherited, for they prove the plan that they stand in.
//!
//! Start reading at [`Lineage::of`] and [`Lineage::tree`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use fengsui_vocabulary::PlanId;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::Shelf;
use super::tree::{BYTES_MAX, Sink, listed, nearest, parse};
use crate::diagnostic::{Diagnostic, Source};
use crate::model::Plan;

/// Plans below one plan at most.
const DEPTH_MAX: usize = 4;

/// The texts that a plan is made of, its own first, then what it stands on, the nearest first.
pub(super) struct Lineage {
    layers: Vec<Layer>,
    parents: Vec<Arc<Plan>>,
}

/// One text, with the place at which it begins among all of them.
struct Layer {
    source: Source,
    base: usize,
}

/// The tree of a text.
type Tree<'a> = Spanned<DeTable<'a>>;

/// One entry of a list.
type Entry<'a> = Spanned<DeValue<'a>>;

impl Lineage {
    /// Follows `extends` down; notes a chain that cannot be followed.
    pub(super) fn of(source: &Source, shelf: &Shelf<'_>, sink: &Sink) -> Self {
        let own = Layer { source: source.clone(), base: 0 };
        let mut lineage = Self { layers: vec![own], parents: Vec::new() };
        if source.text.len() > BYTES_MAX {
            return lineage; // said when it is parsed
        }
        let front = Front::of(&source.text);
        let place = front.extends.as_ref().map_or(0..0, |(_, span)| span.clone());
        let mut passed: Vec<String> = front.id.into_iter().collect();
        let mut next = front.extends.map(|(name, _)| name);
        while let Some(name) = next {
            if let Err(refused) = lineage.take(&name, &passed, shelf) {
                sink.error(refused.code, place, refused.what, refused.help);
                break;
            }
            next = lineage
                .layers
                .last()
                .and_then(|layer| Front::of(&layer.source.text).extends.map(|(name, _)| name));
            passed.push(name);
        }
        lineage
    }

    /// The plan that this one stands on.
    pub(super) fn parent(&self) -> Option<&Arc<Plan>> {
        self.parents.first()
    }

    /// The plans that this one stands on, the nearest first.
    pub(super) fn ids(&self) -> Vec<PlanId> {
        self.parents.iter().map(|plan| plan.id.clone()).collect()
    }

    /// The whole as one tree; nothing if the plan's own text is not TOML.
    pub(super) fn tree(&self, sink: &Sink) -> Option<Tree<'_>> {
        let (own, below) = self.layers.split_first()?;
        let tree = parse(&own.source, sink)?;
        if below.is_empty() {
            return Some(tree);
        }
        let mut whole = DeTable::new();
        for layer in below.iter().rev() {
            // Every text below was read before; what is wrong with it was said then.
            let tree = parse(&layer.source, &Sink::default())?;
            let tree = shifted_table(tree.get_ref(), layer.base);
            let source = text_in(&tree, "plan", "source");
            lay(&mut whole, tree, source.as_ref());
        }
        let span = tree.span();
        lay(&mut whole, tree.into_inner(), None);
        Some(Spanned::new(span, whole))
    }

    /// Everything noted, each in the file where it lies.
    pub(super) fn diagnostics(&self, sink: Sink) -> Vec<Diagnostic> {
        let texts: Vec<(&Layer, Arc<str>)> =
            self.layers.iter().map(|layer| (layer, layer.source.text.as_str().into())).collect();
        let of = |mut finding: crate::diagnostic::Finding| {
            let (layer, text) =
                texts.iter().rev().find(|(layer, _)| layer.base <= finding.span.start)?;
            let from = |place: usize| place.saturating_sub(layer.base);
            finding.span = from(finding.span.start)..from(finding.span.end);
            Some(Diagnostic::of(&layer.source.name, text, finding))
        };
        sink.into_findings().into_iter().filter_map(of).collect()
    }

    fn take(&mut self, name: &str, before: &[String], from: &Shelf<'_>) -> Result<(), Refused> {
        if before.iter().any(|id| id == name) {
            return Err(Refused {
                code: "circle-of-plans",
                what: format!("this plan stands on `{name}`, which is itself by way of others"),
                help: "a plan stands on a wider one, never the other way round as well".into(),
            });
        }
        if self.parents.len() >= DEPTH_MAX {
            return Err(Refused {
                code: "chain-too-long",
                what: format!("below this plan lie more than {DEPTH_MAX} others"),
                help: "stand on a plan nearer to the bottom, or write the rules out".into(),
            });
        }
        let plan = from.plan(name).ok_or_else(|| from.unknown_plan(name))?;
        let end = self.layers.last().map_or(0, |last| last.base + last.source.text.len());
        if end + 1 + plan.text.len() > BYTES_MAX {
            return Err(Refused {
                code: "too-large",
                what: format!("together with `{name}` this plan has more than {BYTES_MAX} bytes"),
                help: "leave out what is not needed, or stand on fewer plans".into(),
            });
        }
        let source = Source { name: format!("{name}.toml"), text: plan.text.clone() };
        self.layers.push(Layer { source, base: end + 1 });
        self.parents.push(plan);
        Ok(())
    }
}

/// Why a chain is not followed.
struct Refused {
    code: &'static str,
    what: String,
    help: String,
}

impl Shelf<'_> {
    fn plan(&self, name: &str) -> Option<Arc<Plan>> {
        self.plans.get(name).map(Arc::clone)
    }

    fn unknown_plan(&self, name: &str) -> Refused {
        let known = self.plans.keys().map(PlanId::as_str);
        let help = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.plans.is_empty() => "here are no plans to stand on".to_owned(),
            None => format!("there are: {}", listed(known)),
        };
        Refused { code: "unknown-plan", what: format!("no plan is called `{name}`"), help }
    }
}

/// What has to be known of a text before it is read.
struct Front {
    id: Option<String>,
    extends: Option<(String, Range<usize>)>,
}

impl Front {
    fn of(text: &str) -> Self {
        let (tree, _) = DeTable::parse_recoverable(text);
        let of = |key| text_in(tree.get_ref(), "plan", key);
        let extends = of("extends");
        Self {
            id: of("id").and_then(|id| id.get_ref().as_str().map(str::to_owned)),
            extends: extends
                .and_then(|node| Some((node.get_ref().as_str()?.to_owned(), node.span()))),
        }
    }
}

fn text_in<'a>(tree: &DeTable<'a>, table: &str, key: &str) -> Option<Entry<'a>> {
    let node = tree.get(table)?.get_ref().as_table()?.get(key)?;
    node.get_ref().is_str().then(|| node.clone())
}

/// Lays a text over what lies below it.
fn lay<'a>(whole: &mut DeTable<'a>, over: DeTable<'a>, source: Option<&Entry<'a>>) {
    for (key, value) in over {
        let name: &str = key.get_ref();
        let below = whole.remove(name);
        let laid = match (below, name) {
            (Some(below), "plan") => fill(value, below, FRONT_INHERITED),
            (Some(below), "settings") => fill(value, below, SETTINGS_INHERITED),
            (Some(below), _) => match IDENTITIES.iter().find(|(list, _)| *list == name) {
                Some((_, keys)) => joined(&below, value, keys),
                None => value,
            },
            (None, _) => value,
        };
        whole.insert(key, laid);
    }
    let Some(source) = source else { return };
    for own in NOT_INHERITED {
        whole.remove(*own);
    }
    // An inherited clause was read where its own plan was read, not where the child was.
    with_source(whole, source);
}

fn with_source<'a>(whole: &mut DeTable<'a>, source: &Entry<'a>) {
    let key = whole.keys().find(|key| **key.get_ref() == *"clause").cloned();
    let Some((key, clauses)) = key.and_then(|key| Some((key.clone(), whole.remove(&key)?))) else {
        return;
    };
    let span = clauses.span();
    let filled = match clauses.into_inner() {
        DeValue::Array(entries) => {
            let mut all = DeArray::new();
            for entry in &*entries {
                all.push(sourced(entry.clone(), source));
            }
            DeValue::Array(all)
        }
        other @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Table(_)) => other,
    };
    whole.insert(key, Spanned::new(span, filled));
}

fn sourced<'a>(mut clause: Entry<'a>, source: &Entry<'a>) -> Entry<'a> {
    if let DeValue::Table(table) = clause.get_mut()
        && !table.contains_key("source")
    {
        table.insert(Spanned::new(source.span(), "source".into()), source.clone());
    }
    clause
}

/// A table with what it does not say taken from the one below.
fn fill<'a>(over: Entry<'a>, below: Entry<'a>, inherited: &[&str]) -> Entry<'a> {
    let span = over.span();
    match (over.into_inner(), below.into_inner()) {
        (DeValue::Table(mut over), DeValue::Table(below)) => {
            for (key, value) in below {
                let is_missing = !over.contains_key(&*key.get_ref().clone());
                if is_missing && inherited.contains(&&**key.get_ref()) {
                    over.insert(key, value);
                }
            }
            Spanned::new(span, DeValue::Table(over))
        }
        (over, _) => Spanned::new(span, over),
    }
}

/// Two lists as one: an entry takes the place of those with its identity, a new one stands behind.
fn joined<'a>(below: &Entry<'a>, over: Entry<'a>, keys: &[&str]) -> Entry<'a> {
    let span = over.span();
    let (DeValue::Array(below), DeValue::Array(entries)) = (below.get_ref(), over.get_ref()) else {
        return over;
    };
    let mut replacing: BTreeMap<Vec<&str>, Vec<&Entry<'a>>> = BTreeMap::new();
    for entry in &**entries {
        replacing.entry(identity(entry, keys)).or_default().push(entry);
    }
    let mut laid: Vec<&Entry<'a>> = Vec::new();
    let mut placed: Vec<Vec<&str>> = Vec::new();
    for entry in &**below {
        let own = identity(entry, keys);
        let new = replacing.get(&own).filter(|_| !own.is_empty());
        match new {
            None => laid.push(entry),
            Some(_) if placed.contains(&own) => {}
            Some(new) => {
                laid.extend(new);
                placed.push(own);
            }
        }
    }
    laid.extend(entries.iter().filter(|entry| !placed.contains(&identity(entry, keys))));
    let mut all = DeArray::new();
    for entry in laid {
        all.push(entry.clone());
    }
    Spanned::new(span, DeValue::Array(all))
}

/// What a table is known by; empty for one that nothing can replace.
fn identity<'e>(entry: &'e Entry<'_>, keys: &[&str]) -> Vec<&'e str> {
    let Some(table) = entry.get_ref().as_table() else { return Vec::new() };
    let text = |key: &&str| table.get(*key).and_then(|value| value.get_ref().as_str());
    let mut keys = keys.iter();
    let Some(name) = keys.next().and_then(text) else { return Vec::new() };
    std::iter::once(name).chain(keys.filter_map(text)).collect()
}

fn shifted_table<'a>(table: &DeTable<'a>, by: usize) -> DeTable<'a> {
    let mut moved = DeTable::new();
    for (key, value) in table {
        let span = key.span();
        let key = Spanned::new(span.start + by..span.end + by, key.get_ref().clone());
        moved.insert(key, shifted(value, by));
    }
    moved
}

fn shifted<'a>(value: &Entry<'a>, by: usize) -> Entry<'a> {
    let span = value.span();
    let moved = match value.get_ref() {
        DeValue::Array(items) => {
            let mut moved = DeArray::new();
            for item in &**items {
                moved.push(shifted(item, by));
            }
            DeValue::Array(moved)
        }
        DeValue::Table(table) => DeValue::Table(shifted_table(table, by)),
        plain @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)) => plain.clone(),
    };
    Spanned::new(span.start + by..span.end + by, moved)
}

/// What the tables of each list are known by.
const IDENTITIES: &[(&str, &[&str])] = &[
    ("authority", &["act"]),
    ("clause", &["id"]),
    ("criterion", &["id"]),
    ("duty", &["id", "branch"]),
    ("fact", &["id"]),
    ("form", &["id"]),
    ("hand_over", &["part"]),
    ("level", &["id"]),
    ("measure", &["id"]),
    ("policy", &["id"]),
    ("reading", &["id"]),
    ("role", &["id"]),
    ("scope", &["id"]),
    ("score", &["id"]),
    ("taxonomy", &["id"]),
];

/// What a plan says for itself alone.
const NOT_INHERITED: &[&str] = &["format", "scenario"];

const FRONT_INHERITED: &[&str] = &["time_zone", "reckons_by", "taxonomies", "jurisdiction"];

const SETTINGS_INHERITED: &[&str] = &["late_arising", "on_lower_level"];
