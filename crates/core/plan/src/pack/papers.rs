//! What a pack says besides rules: local policies, readings, measures, forms, classes of incidents.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{FactId, FormId, TaxonomyCode};

use super::calendar::EVIDENCE;
use super::compile::Pack;
use super::names::Kind;
use super::taxonomy::{class, refuse_code};
use super::tree::{At, Node, Table};
use crate::model::{
    Class, Condition, Evidence, Form, FormField, Layout, Measure, Policy, Reading, Stage, Taxonomy,
};

/// Everything that this file reads.
pub(super) struct Papers {
    pub(super) policies: BTreeMap<String, Policy>,
    pub(super) readings: Vec<Reading>,
    pub(super) measures: Vec<Measure>,
    pub(super) forms: BTreeMap<FormId, Form>,
    pub(super) taxonomies: Vec<Taxonomy>,
}

impl<'a> Pack<'a> {
    /// Reads everything besides rules.
    pub(super) fn papers(&self, root: &Table<'a>) -> Papers {
        let policies = root.tables("policy");
        let readings = root.tables("reading");
        let measures = root.tables("measure");
        let forms = root.tables("form");
        let taxonomies = root.tables("taxonomy");
        let policies = policies.iter().filter_map(|table| self.policy(table));
        let forms = forms.iter().filter_map(|table| self.form(table));
        Papers {
            policies: policies.map(|policy| (policy.id.clone(), policy)).collect(),
            readings: readings.iter().filter_map(|table| self.reading(table)).collect(),
            measures: measures.iter().filter_map(|table| self.measure(table)).collect(),
            forms: forms.map(|form| (form.id.clone(), form)).collect(),
            taxonomies: taxonomies.iter().filter_map(|table| self.taxonomy(table)).collect(),
        }
    }

    fn policy(&self, table: &Table<'_>) -> Option<Policy> {
        let id: Option<At<FormId>> = table.name("id");
        let clause = self.clause(table);
        let text = table.label("text");
        table.finish();
        Some(Policy { id: id?.value.to_string(), clause: clause?, text: text? })
    }

    fn reading(&self, table: &Table<'_>) -> Option<Reading> {
        let id = table.optional("id").map(Node::name::<FormId>);
        let clause = self.clause(table);
        let text = table.label("text");
        table.finish();
        let id = match id {
            Some(id) => Some(id?.value.to_string()),
            None => None,
        };
        Some(Reading { id, clause: clause?, text: text? })
    }

    fn measure(&self, table: &Table<'_>) -> Option<Measure> {
        let id: Option<At<FormId>> = table.name("id");
        let clause = self.clause(table);
        let label = table.label("label");
        let text = table.label("text");
        let by = table.required("by").map(|node| self.names.resolve_each(Kind::Role, node));
        table.finish();
        Some(Measure {
            id: id?.value.to_string(),
            clause: clause?,
            label: label?,
            text: text?,
            by: by?,
        })
    }

    fn form(&self, table: &Table<'_>) -> Option<Form> {
        let id: Option<At<FormId>> = table.name("id");
        let clause = self.clause(table);
        let title = table.label("title");
        let stage = table.optional("stage").map(|node| node.word(STAGES));
        let levels = table.optional("levels");
        let levels = levels.map(|node| self.names.resolve_each(Kind::Level, node));
        let layout = match table.optional("layout") {
            Some(node) => node.word(LAYOUTS),
            None => Some(Layout::Letter),
        };
        let tables = table.required("fields").map(Node::tables).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut fields = Vec::new();
        for table in &tables {
            fields.extend(self.field(table, &mut seen));
        }
        table.finish();
        let stage = match stage {
            Some(stage) => Some(stage?),
            None => None,
        };
        Some(Form {
            id: id?.value,
            clause: clause?,
            title: title?,
            stage,
            levels: levels.unwrap_or_default(),
            layout: layout?,
            fields,
        })
    }

    fn field(&self, table: &Table<'_>, seen: &mut BTreeSet<FactId>) -> Option<FormField> {
        let id: Option<At<FactId>> = table.name("id");
        let label = table.label("label");
        let required = table.flag_or("required", false);
        let when = match table.optional("when") {
            Some(node) => self.condition(node, 0),
            None => Some(Condition::Always),
        };
        table.finish();
        let id = id?;
        if !seen.insert(id.value.clone()) {
            self.sink.error(
                "duplicate-id",
                id.span.clone(),
                format!("this form has the field `{}` twice", id.value),
                "leave one of them out",
            );
        }
        Some(FormField {
            id: id.value.to_string(),
            label: label?,
            required: required?,
            when: when?,
        })
    }

    fn taxonomy(&self, table: &Table<'_>) -> Option<Taxonomy> {
        let id: Option<At<FormId>> = table.name("id");
        let clause = self.clause(table);
        let title = table.label("title");
        let evidence = table.required("evidence").and_then(|node| node.word(EVIDENCE));
        let tables = table.required("classes").map(Node::tables).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut classes = Vec::new();
        for table in &tables {
            classes.extend(self.class(table, evidence.unwrap_or_default(), &mut seen));
        }
        table.finish();
        Some(Taxonomy {
            id: id?.value.to_string(),
            clause: Some(clause?),
            title: title?,
            evidence: evidence?,
            source: None,
            version: None,
            replaces: None,
            classes,
        })
    }

    fn class(
        &self,
        table: &Table<'_>,
        evidence: Evidence,
        seen: &mut BTreeSet<TaxonomyCode>,
    ) -> Option<Class> {
        let part = |node: Node<'_>| self.names.resolve(Kind::Part, node.name::<FactId>()?);
        let (place, class) = class(table, evidence, part)?;
        refuse_code(self.sink, &At { value: class.code.clone(), span: place }, seen);
        seen.insert(class.code.clone());
        Some(class)
    }
}

const STAGES: &[(&str, Stage)] = &[
    ("first", Stage::First),
    ("follow_up", Stage::FollowUp),
    ("final", Stage::Final),
    ("summary", Stage::Summary),
    ("notice", Stage::Notice),
    ("warning", Stage::Warning),
];

const LAYOUTS: &[(&str, Layout)] =
    &[("letter", Layout::Letter), ("official", Layout::Official), ("table", Layout::Table)];
