//! How deep lists are nested in an answer about the schema (graphql-js, `MaxIntrospectionDepthRule`).
//!
//! Each level multiplies the answer by the fields of a type, and no tool asks for more than one.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, ServerError};

use super::{fault, sets};

/// Lists within lists of types.
const DEPTH: usize = 2;

pub(super) fn check(document: &ExecutableDocument) -> Vec<ServerError> {
    let mut depths = Depths {
        document,
        known: HashMap::new(),
        faults: Vec::new(),
    };
    for set in sets(document) {
        depths.of_set(set);
    }
    depths.faults
}

struct Depths<'d> {
    document: &'d ExecutableDocument,
    known: HashMap<&'d Name, usize>,
    faults: Vec<ServerError>,
}

impl<'d> Depths<'d> {
    fn of_set(&mut self, set: &'d SelectionSet) -> usize {
        let items = set.items.iter();
        let depths = items.map(|item| match &item.node {
            Selection::Field(field) => {
                let below = self.of_set(&field.node.selection_set.node);
                match field.node.name.node.as_str() {
                    "fields" | "inputFields" | "interfaces" | "possibleTypes" => below + 1,
                    "__schema" | "__type" if below > DEPTH => {
                        let message = "introspection is nested too deep";
                        self.faults.push(fault(message, [field.pos]));
                        below
                    }
                    _ => below,
                }
            }
            Selection::InlineFragment(inline) => self.of_set(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
        });
        depths.max().unwrap_or_default()
    }

    fn of_fragment(&mut self, name: &'d Name) -> usize {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return 0;
        };
        let depth = self.of_set(&fragment.node.selection_set.node);
        self.known.insert(name, depth);
        depth
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, refuses};

    #[test]
    fn lists_of_the_schema_are_not_nested_deep() {
        let fields = |inner: &str| format!("fields {{ type {{ {inner} }} }}");
        let two = fields(&fields("name"));
        let deep = fields(&two);
        accepts(&[&format!("{{ __schema {{ types {{ {two} }} }} }}")]);
        refuses(&[
            &format!("{{ __schema {{ types {{ {deep} }} }} }}"),
            &format!("{{ __type(name: \"A\") {{ ...F }} }} fragment F on __Type {{ {deep} }}"),
        ]);
    }
}
