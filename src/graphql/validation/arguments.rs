//! All arguments in an operation or a fragment, with their definitions in the schema.
//!
//! Arguments that are not in the schema are skipped; the library reports them.

use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::registry::{MetaInputValue, MetaType, Registry};
use async_graphql::{Name, Positioned, indexmap::IndexMap};
use async_graphql_value::Value;

use super::{inline_fragment_type, root_type};

pub(super) struct Argument<'d> {
    pub(super) name: &'d Positioned<Name>,
    pub(super) value: &'d Value,
    pub(super) expected: &'d MetaInputValue,
}

/// Does not enter the fragments that the operation spreads.
pub(super) fn list_of_operation<'d>(
    registry: &'d Registry,
    operation: &'d OperationDefinition,
) -> Vec<Argument<'d>> {
    let mut arguments = Arguments::new(registry);
    arguments.add_directives(&operation.directives);
    let parent = root_type(registry, operation.ty);
    arguments.add_set(parent, &operation.selection_set.node);
    arguments.list
}

/// Does not enter the fragments that the fragment spreads.
pub(super) fn list_of_fragment<'d>(
    registry: &'d Registry,
    fragment: &'d FragmentDefinition,
) -> Vec<Argument<'d>> {
    let mut arguments = Arguments::new(registry);
    arguments.add_directives(&fragment.directives);
    let parent = &fragment.type_condition.node.on.node;
    let parent = registry.types.get(parent.as_str());
    arguments.add_set(parent, &fragment.selection_set.node);
    arguments.list
}

struct Arguments<'d> {
    registry: &'d Registry,
    list: Vec<Argument<'d>>,
}

impl<'d> Arguments<'d> {
    fn new(registry: &'d Registry) -> Self {
        Self {
            registry,
            list: Vec::new(),
        }
    }

    fn add_set(&mut self, parent: Option<&'d MetaType>, set: &'d SelectionSet) {
        for item in &set.items {
            self.add_directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => self.add_field(parent, &field.node),
                Selection::InlineFragment(inline) => {
                    let inner = inline_fragment_type(self.registry, &inline.node, parent);
                    self.add_set(inner, &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn add_field(&mut self, parent: Option<&'d MetaType>, field: &'d Field) {
        let definition = parent.and_then(|parent| parent.field_by_name(&field.name.node));
        let Some(definition) = definition else {
            return;
        };
        self.add_arguments(&field.arguments, &definition.args);
        let inner = self.registry.concrete_type_by_name(&definition.ty);
        self.add_set(inner, &field.selection_set.node);
    }

    fn add_directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            if let Some(definition) = self.registry.directives.get(name) {
                self.add_arguments(&directive.node.arguments, &definition.args);
            }
        }
    }

    fn add_arguments(
        &mut self,
        arguments: &'d [(Positioned<Name>, Positioned<Value>)],
        definitions: &'d IndexMap<String, MetaInputValue>,
    ) {
        self.list
            .extend(arguments.iter().filter_map(|(name, value)| {
                Some(Argument {
                    name,
                    value: &value.node,
                    expected: definitions.get(name.node.as_str())?,
                })
            }));
    }
}
