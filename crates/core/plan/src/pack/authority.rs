//! Authority: who may do what, at which level, alone, together, or with approval.

use fengsui_vocabulary::{LevelId, RoleId};

use super::compile::Pack;
use super::names::Kind;
use super::tree::{Node, Table, listed};
use crate::model::{Act, Authority, How, TechnicalPlan};

impl<'a> Pack<'a> {
    /// Reads every authority.
    pub(super) fn authorities(&self, root: &Table<'a>) -> Vec<Authority> {
        let words: Vec<_> = Act::ALL.iter().map(|act| (act.name(), *act)).collect();
        let tables = root.tables("authority");
        tables.iter().filter_map(|table| self.authority(table, &words)).collect()
    }

    /// Reads the order of a technical plan, if there is one.
    pub(super) fn technical_plan(&self, root: &Table<'a>) -> Option<TechnicalPlan> {
        let table = root.optional("technical_plan")?.table()?;
        let clause = self.clause(&table);
        let steps = table.required("steps").map(|node| self.steps(node));
        table.finish();
        Some(TechnicalPlan { clause: clause?, steps: steps? })
    }

    fn steps(&self, node: Node<'_>) -> Vec<Act> {
        let acts = Act::ALL.iter().filter(|act| act.is_of_a_technical_plan());
        let words: Vec<_> = acts.map(|act| (act.name(), *act)).collect();
        let items = node.items();
        self.is_empty(node, items.len());
        let mut steps: Vec<Act> = Vec::new();
        for item in items {
            let Some(step) = item.word(&words) else { continue };
            if steps.contains(&step) {
                self.sink.error(
                    "repeated",
                    item.span(),
                    format!("`{}` stands here twice", step.name()),
                    "a technical plan takes each step once",
                );
            } else {
                steps.push(step);
            }
        }
        steps
    }

    fn authority(&self, table: &Table<'_>, acts: &[(&'static str, Act)]) -> Option<Authority> {
        let act = table.required("act").and_then(|node| node.word(acts));
        let clause = self.clause(table);
        let levels: Vec<LevelId> = match table.optional("levels") {
            Some(node) => self.names.resolve_each(Kind::Level, node),
            None => Vec::new(),
        };
        let how = table.required("how").and_then(|node| self.how(node));
        let policy = table.optional("policy").map(|node| {
            let name = node.name::<fengsui_vocabulary::FormId>()?;
            self.names.resolve(Kind::Policy, name)
        });
        table.finish();
        let policy = match policy {
            Some(policy) => Some(policy?.to_string()),
            None => None,
        };
        if how == Some(How::Undefined) && policy.is_none() {
            self.sink.error(
                "undefined-without-policy",
                table.span(),
                "the text names nobody here, and no local policy says so",
                format!(
                    "add `policy = \"…\"`, the name of a `[[policy]]` that says what is open; here are: {}",
                    listed(self.names.of(Kind::Policy).keys().copied())
                ),
            );
        }
        Some(Authority { act: act?, clause: clause?, levels, how: how?, policy })
    }

    fn how(&self, node: Node<'_>) -> Option<How> {
        let table = node.table()?;
        let chosen = table.only_one(WAYS, "authority");
        table.finish();
        let (key, value) = chosen?;
        match key {
            "any" => Some(How::AnyOf(self.at_least(value, 1)?)),
            "joint" => Some(How::Joint(self.at_least(value, 2)?)),
            "higher" => Some(How::Higher(self.names.resolve(Kind::Role, value.name()?)?)),
            "undefined" => value.marker().map(|()| How::Undefined),
            _ => self.approval(value),
        }
    }

    fn approval(&self, node: Node<'_>) -> Option<How> {
        let table = node.table()?;
        let propose = table.required("propose").and_then(|node| self.at_least(node, 1));
        let approve = table.required("approve").and_then(|node| self.at_least(node, 1));
        table.finish();
        let (propose, approve) = (propose?, approve?);
        if let Some(role) = approve.iter().find(|role| propose.contains(role)) {
            self.sink.error(
                "approves-own-proposal",
                node.span(),
                format!("`{role}` would approve what it proposes"),
                "name different roles: nobody approves what they submitted",
            );
            return None;
        }
        Some(How::Approval { propose, approve })
    }

    fn at_least(&self, node: Node<'_>, least: usize) -> Option<Vec<RoleId>> {
        let names = node.items().len();
        if names < least {
            self.sink.error(
                "too-few-roles",
                node.span(),
                format!("here are {names} roles; at least {least} are needed"),
                "`any` names one role or more, `joint` two or more",
            );
            return None;
        }
        Some(self.names.resolve_each(Kind::Role, node))
    }
}

const WAYS: &[&str] = &["any", "joint", "approval", "higher", "undefined"];
