//! Counts tokens, nesting, aliases, directives and fragments of a parsed document again. A document that passed the
//! limits check must not exceed a limit.

use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value};
use demarche::config::limits::DocumentLimits;

/// The first limit that is exceeded.
pub fn find_exceeded(document: &ExecutableDocument, limits: &DocumentLimits) -> Option<String> {
    let mut size = DocumentSize::default();
    for (_, operation) in document.operations.iter() {
        size.variables(&operation.node.variable_definitions);
        size.directives(&operation.node.directives, 0);
        size.selection_set(&operation.node.selection_set.node, 1);
    }
    for fragment in document.fragments.values() {
        size.directives(&fragment.node.directives, 0);
        size.selection_set(&fragment.node.selection_set.node, 1);
    }
    [
        ("max-tokens", size.tokens, limits.tokens),
        ("max-nesting", size.nesting, limits.nesting),
        ("max-aliases", size.aliases, limits.aliases),
        ("max-directives", size.directives, limits.directives),
        ("max-fragments", document.fragments.len(), limits.fragments),
    ]
    .into_iter()
    .find(|(_, count, limit)| count > limit)
    .map(|(name, count, limit)| {
        format!("a document with {count} was accepted, although --{name} is {limit}")
    })
}

#[derive(Default)]
struct DocumentSize {
    /// A lower bound: every counted item has at least one token.
    tokens: usize,
    nesting: usize,
    aliases: usize,
    directives: usize,
}

impl DocumentSize {
    fn selection_set(&mut self, set: &SelectionSet, depth: usize) {
        self.nesting = self.nesting.max(depth);
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(&field.node, depth),
                Selection::InlineFragment(inline) => {
                    self.tokens += 1;
                    self.directives(&inline.node.directives, depth);
                    self.selection_set(&inline.node.selection_set.node, depth + 1);
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
            arguments.map(|value| value.clone().into_const_with(variable_as_null)),
            depth,
        );
        self.directives(&field.directives, depth);
        if !field.selection_set.node.items.is_empty() {
            self.selection_set(&field.selection_set.node, depth + 1);
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
                arguments.map(|value| value.clone().into_const_with(variable_as_null)),
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

/// A variable counts as one value.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature that `into_const_with` requires"
)]
fn variable_as_null(_: Name) -> Result<Value, Infallible> {
    Ok(Value::Null)
}
