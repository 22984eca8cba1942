//! Prepared query: a query of a valid document with its variables, ready to be executed.

use std::sync::Arc;

use async_graphql::parser::types::{SelectionSet, VariableDefinition};
use async_graphql::registry::Registry;
use async_graphql::{Positioned, ServerError, Variables};

use super::prepared_document::{MergedQuery, PreparedDocument};
use super::{find_operation, omitted_variables};

/// The selections with their variables.
pub struct PreparedQuery {
    document: Arc<PreparedDocument>,
    name: Option<String>,
    selection: MergedQuery,
    variables: Variables,
}

impl PreparedQuery {
    /// `None` for a query that the library must execute: introspection, and one whose merged selections would be too many.
    /// # Errors
    /// Those of the values of variables.
    pub fn new(
        document: &Arc<PreparedDocument>,
        name: Option<&str>,
        variables: &Variables,
        registry: &Registry,
    ) -> Option<Result<Self, Vec<ServerError>>> {
        let operation = find_operation(document.parsed(), name)?;
        let mut variables = variables.clone();
        let checked = document.checked(registry);
        let errors = checked.coerce_variables(operation, &mut variables, registry);
        if !errors.is_empty() {
            return Some(Err(errors));
        }
        let selection = Self::find_selection(document, name, &variables, registry)?;
        Some(Ok(Self {
            document: Arc::clone(document),
            name: name.map(str::to_owned),
            selection,
            variables,
        }))
    }

    fn find_selection(
        document: &PreparedDocument,
        name: Option<&str>,
        variables: &Variables,
        registry: &Registry,
    ) -> Option<MergedQuery> {
        let checked = document.checked(registry);
        let operation = find_operation(&checked.document, name)?;
        let mut selection = if checked.depends_on_variables {
            checked.merge(operation, variables, registry)?
        } else {
            document.merged(name)?
        };
        if omitted_variables::has_omitted(operation, variables) {
            let set = &mut Arc::make_mut(&mut selection).node;
            omitted_variables::remove_uses_in(set, operation, variables);
        }
        Some(selection)
    }

    pub fn selection(&self) -> &Positioned<SelectionSet> {
        &self.selection
    }

    /// With the defaults of those that have no value.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    pub fn variable_definitions(&self) -> &[Positioned<VariableDefinition>] {
        let operation = find_operation(self.document.executable(), self.name.as_deref());
        operation.map_or(&[], |operation| &operation.variable_definitions)
    }
}
