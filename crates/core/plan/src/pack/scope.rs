//! Scopes: `[[scope]]` tables, which say to what a plan applies.

use super::criterion::Tests;
use super::tree::{At, Table};
use crate::grade::Scoped;
use crate::model::Scope;

impl Tests<'_, '_> {
    /// Reads every scope.
    pub(super) fn scopes(&self, root: &Table<'_>) -> Vec<Scoped> {
        root.tables("scope").iter().filter_map(|table| self.scope(table)).collect()
    }

    fn scope(&self, table: &Table<'_>) -> Option<Scoped> {
        let id: Option<At<_>> = table.name("id");
        let clause = self.pack.clause(table);
        let label = table.label("label");
        let test = table.optional("when").map(|node| self.test(node, 0));
        table.finish();
        let test = match test {
            Some(test) => Some(test?),
            None => None,
        };
        let scope = Scope { id: id?.value, clause: clause?, label: label? };
        Some(Scoped { scope, test })
    }
}
