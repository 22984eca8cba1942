//! What the parser found in a document that the guard let through, counted by hand: it may not be more than the limits.

use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value};
use demarche::config::limits::DocumentLimits;

/// The first limit that is exceeded, if one is.
pub fn exceeded(document: &ExecutableDocument, limits: &DocumentLimits) -> Option<String> {
    let mut found = Found::default();
    for (_, operation) in document.operations.iter() {
        found.variables(&operation.node.variable_definitions);
        found.directives(&operation.node.directives, 0);
        found.set(&operation.node.selection_set.node, 1);
    }
    for fragment in document.fragments.values() {
        found.directives(&fragment.node.directives, 0);
        found.set(&fragment.node.selection_set.node, 1);
    }
    [
        ("max-tokens", found.tokens, limits.tokens),
        ("max-nesting", found.nesting, limits.nesting),
        ("max-aliases", found.aliases, limits.aliases),
        ("max-directives", found.directives, limits.directives),
        ("max-fragments", document.fragments.len(), limits.fragments),
    ]
    .into_iter()
    .find(|(_, found, most)| found > most)
    .map(|(limit, found, most)| format!("the guard let {found} through where --{limit} is {most}"))
}

#[derive(Default)]
struct Found {
    /// Each of what is counted here is at least one.
    tokens: usize,
    nesting: usize,
    aliases: usize,
    directives: usize,
}

impl Found {
    fn set(&mut self, set: &SelectionSet, depth: usize) {
        self.nesting = self.nesting.max(depth);
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(&field.node, depth),
                Selection::InlineFragment(inline) => {
                    self.tokens += 1;
                    self.directives(&inline.node.directives, depth);
                    self.set(&inline.node.selection_set.node, depth + 1);
                }
                Selection::FragmentSpread(spread) => {
                    self.tokens += 2;
                    self.directives(&spread.node.directives, depth);
                }
            }
        }
    }

    fn field(&mut self, field: &Field, depth: usize) {
        self.tokens += 1;
        if field.alias.is_some() {
            self.tokens += 2;
            self.aliases += 1;
        }
        let arguments = field.arguments.iter().map(|(_, value)| &value.node);
        self.arguments(
            arguments.map(|value| value.clone().into_const_with(unknown)),
            depth,
        );
        self.directives(&field.directives, depth);
        if !field.selection_set.node.items.is_empty() {
            self.set(&field.selection_set.node, depth + 1);
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>], depth: usize) {
        for directive in directives {
            self.tokens += 2;
            self.directives += 1;
            let arguments = directive
                .node
                .arguments
                .iter()
                .map(|(_, value)| &value.node);
            self.arguments(
                arguments.map(|value| value.clone().into_const_with(unknown)),
                depth,
            );
        }
    }

    fn arguments(&mut self, values: impl Iterator<Item = Result<Value, Infallible>>, depth: usize) {
        for value in values.flatten() {
            self.tokens += 2;
            self.value(&value, depth + 1);
        }
    }

    fn variables(&mut self, variables: &[Positioned<VariableDefinition>]) {
        for variable in variables {
            self.tokens += 4;
            self.directives(&variable.node.directives, 1);
            if let Some(default) = &variable.node.default_value {
                self.value(&default.node, 1);
            }
        }
    }

    fn value(&mut self, value: &Value, depth: usize) {
        self.tokens += 1;
        self.nesting = self.nesting.max(depth);
        match value {
            Value::List(items) => {
                self.nesting = self.nesting.max(depth + 1);
                for item in items {
                    self.value(item, depth + 1);
                }
            }
            Value::Object(fields) => {
                self.nesting = self.nesting.max(depth + 1);
                for field in fields.values() {
                    self.tokens += 2;
                    self.value(field, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// A variable is one value, whatever it stands for.
#[expect(clippy::unnecessary_wraps, reason = "what the library asks for")]
fn unknown(_: Name) -> Result<Value, Infallible> {
    Ok(Value::Null)
}
