//! Cost visitor: adds up the costs of the fields that an operation selects.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};

use super::argument_sizes::ArgumentSizes;
use super::{CostModel, ListSize};
use crate::graphql::connection::arguments;
use crate::graphql::validation::integer_of;

/// Introspection does not depend on data and `limits::document` limits its size, so its selections have a fixed cost.
const INTROSPECTION_COST: u64 = 500;
/// A write waits for the disk and wakes subscribers.
const MUTATION_COST: u64 = 600;
/// Of a search.
const DEFAULT_HITS: u64 = 10;
const MAX_HITS: u64 = 50;
/// Fewer cost as much, so that the cost of a query does not change with each of the first ones.
const LEAST_INITIATIVES: u64 = 10;

#[derive(Clone, Default)]
pub(super) struct SelectionCost<'a> {
    pub(super) once: u64,
    /// In a connection: the cost per item of its page.
    per_item: u64,
    /// Response keys from the most expensive field up to this selection.
    pub(super) path: Vec<&'a Name>,
}

impl SelectionCost<'_> {
    fn total_for_page(&self, items: u64) -> u64 {
        self.once
            .saturating_add(self.per_item.saturating_mul(items))
    }
}

pub(super) struct CostVisitor<'a> {
    model: &'a CostModel,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    argument_sizes: ArgumentSizes<'a>,
    fragments: HashMap<&'a Name, SelectionCost<'a>>,
}

impl<'a> CostVisitor<'a> {
    pub(super) fn new(
        model: &'a CostModel,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
    ) -> Self {
        Self {
            model,
            document,
            operation,
            variables,
            argument_sizes: ArgumentSizes::new(operation, variables),
            fragments: HashMap::new(),
        }
    }

    pub(super) fn visit_set(&mut self, set: &'a SelectionSet, parent: &str) -> SelectionCost<'a> {
        let mut sum = SelectionCost::default();
        let mut highest = 0;
        for item in &set.items {
            let cost = match &item.node {
                Selection::Field(field) => self.visit_field(&field.node, parent),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let parent =
                        condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.visit_set(&inline.node.selection_set.node, parent)
                }
                Selection::FragmentSpread(spread) => {
                    self.visit_fragment(&spread.node.fragment_name.node)
                }
            };
            sum.once = sum.once.saturating_add(cost.once);
            sum.per_item = sum.per_item.saturating_add(cost.per_item);
            let total = cost.total_for_page(arguments::DEFAULT_PAGE_SIZE.unsigned_abs().into());
            if total > highest {
                highest = total;
                sum.path = cost.path;
            }
        }
        sum
    }

    fn visit_fragment(&mut self, name: &'a Name) -> SelectionCost<'a> {
        if let Some(cost) = self.fragments.get(name) {
            return cost.clone();
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return SelectionCost::default(); // validation reports it
        };
        // Ends the recursion in a fragment cycle, which `limits::document` rejects.
        self.fragments.insert(name, SelectionCost::default());
        let parent = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.visit_set(&fragment.node.selection_set.node, parent);
        self.fragments.insert(name, cost.clone());
        cost
    }

    fn visit_field(&mut self, field: &'a Field, parent: &str) -> SelectionCost<'a> {
        let name = field.name.node.as_str();
        let key = &field.response_key().node;
        if matches!(name, "__schema" | "__type") {
            return SelectionCost {
                once: INTROSPECTION_COST,
                per_item: 0,
                path: vec![key],
            };
        }
        let model = self.model;
        let field_cost = model.fields.get(parent).and_then(|fields| fields.get(name));
        let field_type = field_cost.map_or("", |cost| cost.type_name.as_str());
        let mut below = self.visit_set(&field.selection_set.node, field_type);
        let items = match field_cost.map_or(&ListSize::One, |cost| &cost.items) {
            ListSize::One => 1,
            ListSize::List(items) => *items,
            ListSize::Items(argument) => self.count_values(field, argument),
            ListSize::Hits => self.count_hits(field),
            ListSize::Initiatives => self.count_initiatives(),
            ListSize::Page => self.page_size(field),
        };
        below.path.push(key);
        let own_cost = if parent == "Mutation" {
            MUTATION_COST
        } else {
            1
        };
        let own_cost = own_cost + self.argument_sizes.cost_of(field);
        let cost = match field_cost.map(|cost| &cost.items) {
            Some(ListSize::Page) => below.total_for_page(items),
            _ => below.once.saturating_mul(items),
        };
        let cost = cost.saturating_add(own_cost);
        let is_per_item = parent.ends_with("Connection") && matches!(name, "nodes" | "edges");
        SelectionCost {
            once: if is_per_item { 0 } else { cost },
            per_item: if is_per_item { cost } else { 0 },
            path: below.path,
        }
    }

    /// The largest number of items on the page. A size out of range is rejected later.
    fn page_size(&self, field: &Field) -> u64 {
        let requested = self
            .argument_number(field, "first")
            .or_else(|| self.argument_number(field, "last"));
        let size = requested.unwrap_or(arguments::DEFAULT_PAGE_SIZE.into());
        size.clamp(1, arguments::MAX_PAGE_SIZE.into())
            .unsigned_abs()
    }

    fn argument_number(&self, field: &Field, argument: &str) -> Option<i64> {
        match self.argument_value(field, argument)? {
            Value::Number(number) => integer_of(&number),
            _ => None,
        }
    }

    /// A number out of range is rejected later.
    fn count_hits(&self, field: &Field) -> u64 {
        let requested = self.argument_number(field, "first");
        let hits = requested.map_or(DEFAULT_HITS, i64::unsigned_abs);
        hits.clamp(1, MAX_HITS)
    }

    fn count_initiatives(&self) -> u64 {
        let count = self.model.read_model.read().initiatives().len();
        (count as u64).max(LEAST_INITIATIVES)
    }

    fn count_values(&self, field: &Field, argument: &str) -> u64 {
        match self.argument_value(field, argument) {
            Some(Value::List(values)) => values.len() as u64,
            _ => 1,
        }
    }

    /// The value of an argument: that of the variable, its default, or the literal.
    fn argument_value(&self, field: &Field, argument: &str) -> Option<Value> {
        let value = field.get_argument(argument)?;
        let resolved = value.node.clone().into_const_with(|name| {
            let value = self.variables.get(&name).cloned();
            value.or_else(|| self.default_of(&name)).ok_or(())
        });
        resolved.ok()
    }

    fn default_of(&self, variable: &Name) -> Option<Value> {
        let mut definitions = self.operation.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == *variable)?;
        definition
            .node
            .default_value
            .as_ref()
            .map(|default| default.node.clone())
    }
}
