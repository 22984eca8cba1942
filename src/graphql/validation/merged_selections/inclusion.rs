//! Whether variables decide what `@skip` and `@include` leave out.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql_value::Value;

use crate::graphql::validation::selection_sets;

/// Whether what is selected depends on variables.
pub(in crate::graphql::validation) fn depends_on_variables(document: &ExecutableDocument) -> bool {
    selection_sets(document).any(set_depends_on_variables)
}

fn set_depends_on_variables(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| {
        let directives = item.node.directives().iter();
        let mut values = directives.filter_map(|directive| directive.node.get_argument("if"));
        values.any(|value| matches!(value.node, Value::Variable(_)))
            || match &item.node {
                Selection::Field(field) => set_depends_on_variables(&field.node.selection_set.node),
                Selection::InlineFragment(inline) => {
                    set_depends_on_variables(&inline.node.selection_set.node)
                }
                Selection::FragmentSpread(_) => false,
            }
    })
}
