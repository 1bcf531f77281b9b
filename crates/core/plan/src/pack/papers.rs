//! What a pack says besides rules: local policies, readings, measures, forms, classes of incidents.

use std::collections::{BTreeMap, BTreeSet};

use fengsui_vocabulary::{FactId, FormId, TaxonomyCode};

use super::calendar::EVIDENCE;
use super::compile::Pack;
use super::names::Kind;
use super::tree::{At, Node, Table};
use crate::model::{Class, Evidence, Form, FormField, Measure, Policy, Reading, Taxonomy};

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
        let clause = self.clause(table);
        let text = table.label("text");
        table.finish();
        Some(Reading { clause: clause?, text: text? })
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
        let tables = table.required("fields").map(Node::tables).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut fields = Vec::new();
        for table in &tables {
            fields.extend(self.field(table, &mut seen));
        }
        table.finish();
        Some(Form {
            id: id?.value,
            clause: clause?,
            title: title?,
            stage: None,
            levels: Vec::new(),
            layout: crate::model::Layout::Letter,
            fields,
        })
    }

    fn field(&self, table: &Table<'_>, seen: &mut BTreeSet<FactId>) -> Option<FormField> {
        let id: Option<At<FactId>> = table.name("id");
        let label = table.label("label");
        let required = table.flag_or("required", false);
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
            when: crate::model::Condition::Always,
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
        Some(Taxonomy { id: id?.value.to_string(), clause: clause?, title: title?, classes })
    }

    fn class(
        &self,
        table: &Table<'_>,
        evidence: Evidence,
        seen: &mut BTreeSet<TaxonomyCode>,
    ) -> Option<Class> {
        let code: Option<At<TaxonomyCode>> = table.name("code");
        let label = table.label("label");
        let own = table.optional("evidence").map(|node| node.word(EVIDENCE));
        let hands_over = table
            .optional("hands_over")
            .map(|node| self.names.resolve(Kind::Part, node.name::<FactId>()?));
        table.finish();
        let code = code?;
        self.refuse_code(&code, seen);
        let hands_over = match hands_over {
            Some(part) => Some(part?.to_string()),
            None => None,
        };
        let evidence = match own {
            Some(own) => own?,
            None => evidence,
        };
        seen.insert(code.value.clone());
        Some(Class { code: code.value, label: label?, evidence, hands_over })
    }

    /// Notes a code that is there already, or that is below a class that is not.
    fn refuse_code(&self, code: &At<TaxonomyCode>, seen: &BTreeSet<TaxonomyCode>) {
        if seen.contains(&code.value) {
            self.sink.error(
                "duplicate-id",
                code.span.clone(),
                format!("the class `{}` is listed twice", code.value),
                "leave one of them out, or give it its own code",
            );
        }
        let parent = code.value.as_str().rsplit_once('/').map(|(parent, _)| parent);
        if let Some(parent) = parent.filter(|parent| !seen.contains(*parent)) {
            self.sink.error(
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
}
