//! Reads taxonomies that plans share, and the walks from the classes of one to those of another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fengsui_vocabulary::{FactId, FormId, TaxonomyCode};

use super::calendar::EVIDENCE;
use super::tree::{At, Node, Sink, Table, listed, nearest, parse};
use crate::catalogue::{Catalogue, FactKind};
use crate::diagnostic::{Diagnostic, Source};
use crate::model::{Class, Evidence, Taxonomy};
use crate::taxonomy::{ClassRef, Crosswalk, Fit};

/// Reads one shared taxonomy.
pub(super) fn read(source: &Source, catalogue: &Catalogue) -> Result<Taxonomy, Vec<Diagnostic>> {
    whole(source, |root, sink| taxonomy(root, sink, catalogue))
}

/// Reads the walks between taxonomies that are known.
pub(super) fn read_walks(
    source: &Source,
    known: &BTreeMap<String, Taxonomy>,
) -> Result<Vec<Crosswalk>, Vec<Diagnostic>> {
    whole(source, |root, sink| Some(Walks { sink, known }.read(root)))
}

/// Reads a text from its first key to its last.
fn whole<T>(
    source: &Source,
    compile: impl Fn(&Table<'_>, &Sink) -> Option<T>,
) -> Result<T, Vec<Diagnostic>> {
    let sink = Sink::default();
    let read = parse(source, &sink).and_then(|tree| {
        let root = Table::root(&tree, &sink);
        super::read_format(&root, &sink);
        let read = compile(&root, &sink);
        root.finish();
        read
    });
    match read {
        Some(read) if !sink.has_errors() => Ok(read),
        Some(_) | None => Err(sink.into_diagnostics(source)),
    }
}

fn taxonomy(root: &Table<'_>, sink: &Sink, catalogue: &Catalogue) -> Option<Taxonomy> {
    let front = root.table("taxonomy");
    let front = front.as_ref();
    let id: Option<At<FormId>> = front.and_then(|front| front.name("id"));
    let title = front.and_then(|front| front.label("title"));
    let source = front.and_then(|front| front.text("source"));
    let version = front.and_then(|front| front.text("version"));
    let evidence =
        front.and_then(|front| front.required("evidence")).and_then(|node| node.word(EVIDENCE));
    let replaces = front.and_then(|front| front.optional("replaces")).map(Node::name::<FormId>);
    if let Some(front) = front {
        front.finish();
    }
    let tables = root.required("class").map(Node::tables).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut classes = Vec::new();
    for table in &tables {
        let part = |node: Node<'_>| flag(node, catalogue, sink);
        let Some((span, class)) = class(table, evidence.unwrap_or_default(), part) else {
            continue;
        };
        refuse_code(sink, &At { value: class.code.clone(), span }, &seen);
        seen.insert(class.code.clone());
        classes.push(class);
    }
    let replaces = match replaces {
        Some(replaces) => Some(replaces?.value.to_string()),
        None => None,
    };
    Some(Taxonomy {
        id: id?.value.to_string(),
        clause: None,
        title: title?,
        evidence: evidence?,
        source: Some(source?),
        version: Some(version?),
        replaces,
        classes,
    })
}

/// A part that plans hand over: it is shown by a flag of the same name.
fn flag(node: Node<'_>, catalogue: &Catalogue, sink: &Sink) -> Option<FactId> {
    let name: At<FactId> = node.name()?;
    let is_flag = catalogue.get(&name.value).is_some_and(|fact| fact.kind == FactKind::Flag);
    if is_flag {
        return Some(name.value);
    }
    let flags = catalogue.facts().iter().filter(|fact| fact.kind == FactKind::Flag);
    let near = nearest(name.value.as_str(), flags.map(|fact| fact.id.as_str()));
    sink.error(
        "unknown-part",
        name.span,
        format!("no flag is called `{}`, so nothing can be handed over by it", name.value),
        near.map_or_else(
            || "name the flag that shows the part, such as `content_part`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
    );
    None
}

/// Reads one class, with the place of its code; `part` takes the name of a part to hand over.
pub(super) fn class(
    table: &Table<'_>,
    evidence: Evidence,
    part: impl Fn(Node<'_>) -> Option<FactId>,
) -> Option<(Range<usize>, Class)> {
    let code: Option<At<TaxonomyCode>> = table.name("code");
    let label = table.label("label");
    let own = table.optional("evidence").map(|node| node.word(EVIDENCE));
    let hands_over = table.optional("hands_over").map(part);
    table.finish();
    let hands_over = match hands_over {
        Some(part) => Some(part?.to_string()),
        None => None,
    };
    let evidence = match own {
        Some(own) => own?,
        None => evidence,
    };
    let code = code?;
    Some((code.span, Class { code: code.value, label: label?, evidence, hands_over }))
}

/// Notes a code that is there already, or that is below a class that is not.
pub(super) fn refuse_code(sink: &Sink, code: &At<TaxonomyCode>, seen: &BTreeSet<TaxonomyCode>) {
    if seen.contains(&code.value) {
        sink.error(
            "duplicate-id",
            code.span.clone(),
            format!("the class `{}` is listed twice", code.value),
            "leave one of them out, or give it its own code",
        );
    }
    let parent = code.value.as_str().rsplit_once('/').map(|(parent, _)| parent);
    if let Some(parent) = parent.filter(|parent| !seen.contains(*parent)) {
        sink.error(
            "class-without-parent",
            code.span.clone(),
            format!(
                "the class `{}` lies below `{parent}`, which is not listed before it",
                code.value
            ),
            format!("list `{parent}` first"),
        );
    }
}

/// Reads walks against the taxonomies that are known.
struct Walks<'s> {
    sink: &'s Sink,
    known: &'s BTreeMap<String, Taxonomy>,
}

impl Walks<'_> {
    fn read(&self, root: &Table<'_>) -> Vec<Crosswalk> {
        let mut seen = BTreeSet::new();
        let mut walks = Vec::new();
        for table in root.required("walk").map(Node::tables).unwrap_or_default() {
            walks.extend(self.walk(&table, &mut seen));
        }
        walks
    }

    fn walk(&self, table: &Table<'_>, seen: &mut BTreeSet<ClassRef>) -> Option<Crosswalk> {
        let from_node = table.required("from");
        let from = from_node.and_then(Node::table).and_then(|from| {
            let class = self.class_ref(&from);
            from.finish();
            class
        });
        let targets = table.required("to");
        let to = targets.map(|node| self.targets(node, from.as_ref())).unwrap_or_default();
        let ask = table.optional("ask").map(Node::label);
        let evidence = table.required("evidence").and_then(|node| node.word(EVIDENCE));
        table.finish();
        let from = from?;
        if !seen.insert(from.clone()) {
            self.sink.error(
                "duplicate-id",
                from_node.map_or(table.span(), Node::span),
                format!("walks from `{}` of `{}` are listed twice", from.code, from.taxonomy),
                "write all of its targets into one `to`",
            );
        }
        if targets.is_some_and(|node| node.items().is_empty()) {
            self.sink.error(
                "empty-list",
                targets.map_or(table.span(), Node::span),
                "this walk leads nowhere",
                "name at least one class under `to`, or leave the walk out",
            );
        }
        self.refuse_question(table, &to, ask.is_some());
        let ask = match ask {
            Some(ask) => Some(ask?),
            None => None,
        };
        Some(Crosswalk { from, to, ask, evidence: evidence? })
    }

    /// Notes `only_if` without the question that decides it, and a question that decides nothing.
    fn refuse_question(&self, table: &Table<'_>, to: &[(ClassRef, Fit)], has_question: bool) {
        let is_open = to.iter().any(|(_, fit)| *fit == Fit::OnlyIf);
        if is_open == has_question {
            return;
        }
        let (code, what, help) = if is_open {
            (
                "walk-without-question",
                "this walk depends on something, and it does not say what to ask",
                "add `ask = { zh = \"…\", en = \"…\" }`, or another `fit`",
            )
        } else {
            (
                "needless-question",
                "this walk asks something, yet none of its targets depends on the answer",
                "mark the target that does with `fit = \"only_if\"`, or leave `ask` out",
            )
        };
        self.sink.error(code, table.span(), what, help);
    }

    fn targets(&self, node: Node<'_>, from: Option<&ClassRef>) -> Vec<(ClassRef, Fit)> {
        let mut targets: Vec<(ClassRef, Fit)> = Vec::new();
        for table in node.tables() {
            let class = self.class_ref(&table);
            let fit = table.required("fit").and_then(|node| node.word(FITS));
            table.finish();
            let (Some(class), Some(fit)) = (class, fit) else { continue };
            let is_repeated = targets.iter().any(|(other, _)| *other == class);
            let stays = from.is_some_and(|from| from.taxonomy == class.taxonomy);
            if is_repeated {
                let what = format!("`{}` of `{}` stands here twice", class.code, class.taxonomy);
                self.sink.error("repeated", table.span(), what, "leave one of them out");
            }
            if stays {
                self.sink.error(
                    "walk-within",
                    table.span(),
                    format!("this walk stays within `{}`", class.taxonomy),
                    "walks lead from one taxonomy to another",
                );
            }
            targets.push((class, fit));
        }
        targets
    }

    /// A class that must be known.
    fn class_ref(&self, table: &Table<'_>) -> Option<ClassRef> {
        let taxonomy: Option<At<FormId>> = table.name("taxonomy");
        let code: Option<At<TaxonomyCode>> = table.name("code");
        let (taxonomy, code) = (taxonomy?, code?);
        let name = taxonomy.value.to_string();
        let Some(known) = self.known.get(&name) else {
            unknown_taxonomy(self.sink, taxonomy.span, &name, self.known);
            return None;
        };
        if known.classes.iter().any(|class| class.code == code.value) {
            return Some(ClassRef { taxonomy: name, code: code.value });
        }
        let codes = known.classes.iter().map(|class| class.code.as_str());
        self.sink.error(
            "unknown-class",
            code.span,
            format!("`{name}` has no class `{}`", code.value),
            nearest(code.value.as_str(), codes.clone()).map_or_else(
                || format!("it has: {}", listed(codes)),
                |near| format!("did you mean `{near}`?"),
            ),
        );
        None
    }
}

/// Notes a taxonomy that nobody knows.
pub(super) fn unknown_taxonomy(
    sink: &Sink,
    span: Range<usize>,
    name: &str,
    known: &BTreeMap<String, Taxonomy>,
) {
    let names = known.keys().map(String::as_str);
    let help = match nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => {
            "no taxonomy is shared here; write your own `[[taxonomy]]`".into()
        }
        None => format!("there are: {}", listed(names)),
    };
    sink.error("unknown-taxonomy", span, format!("no taxonomy is called `{name}`"), help);
}

const FITS: &[(&str, Fit)] = &[("same", Fit::Same), ("near", Fit::Near), ("only_if", Fit::OnlyIf)];
