//! What an operation costs, known before it runs: its fields, each times the items of the lists that it is in.
//!
//! The price of a field comes from the schema's own text and from [`sizes`], so no resolver says what it costs. Each
//! fragment is measured once, however often it is spread.

mod argument_sizes;
mod list_sizes;

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Value, Variables};

use super::connection::arguments;
use argument_sizes::Weights;

/// What an operation costs, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub total: u32,
    /// Keys of the answer, from the root to where most of the cost is.
    pub path: Vec<String>,
}

/// Prices of all fields.
pub struct Tariff(HashMap<String, HashMap<String, Price>>);

struct Price {
    /// The type of the field or of its items.
    of: String,
    items: Items,
}

enum Items {
    One,
    /// So many of them, at most or usually.
    List(u64),
    /// As many as `ids` are given.
    Ids,
    /// A connection: what is asked of its `nodes` and `edges` counts for each item of the page.
    Page,
}

/// Fields of introspection do not depend on data, and the guard bounds them; so one price holds for what is below.
const INTROSPECTION: u64 = 500;
/// A write waits for the disk and wakes subscribers.
const MUTATION: u64 = 100;

impl Tariff {
    /// # Panics
    /// If the text is no schema; it is our own.
    pub fn new(sdl: &str) -> Self {
        let schema = parse_schema(sdl).expect("our own schema parses");
        let types = schema.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(definition) = definition else {
                return None;
            };
            let name = definition.node.name.node.to_string();
            let (fields, implements) = match definition.node.kind {
                TypeKind::Object(object) => (object.fields, object.implements),
                TypeKind::Interface(interface) => (interface.fields, interface.implements),
                _ => return None,
            };
            let owners: Vec<&str> = std::iter::once(name.as_str())
                .chain(implements.iter().map(|interface| interface.node.as_str()))
                .collect();
            let prices = fields.into_iter().map(|field| {
                let field = field.node;
                let (of, is_list) = named(&field.ty.node.base);
                let key = field.name.node.to_string();
                let items = if of.ends_with("Connection") {
                    Items::Page
                } else if is_list {
                    list_sizes::find(&owners, &key)
                } else {
                    Items::One
                };
                (key, Price { of, items })
            });
            Some((name.clone(), prices.collect()))
        });
        Self(types.collect())
    }

    /// The cost of one operation of a document. What the schema does not know costs as little as a field can.
    pub fn cost(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Cost {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut meter = Meter {
            tariff: self,
            document,
            operation,
            variables,
            weights: Weights::of(operation, variables),
            fragments: HashMap::new(),
        };
        let measure = meter.of_set(&operation.selection_set.node, root);
        Cost {
            total: u32::try_from(measure.once).unwrap_or(u32::MAX),
            path: measure.path.iter().rev().map(ToString::to_string).collect(),
        }
    }
}

fn named(base: &BaseType) -> (String, bool) {
    match base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(inner) => (named(&inner.base).0, true),
    }
}

#[derive(Clone, Default)]
struct Measure<'a> {
    once: u64,
    /// In a connection: for each item of its page.
    per_item: u64,
    /// To the costliest field, from there to here.
    path: Vec<&'a Name>,
}

impl Measure<'_> {
    fn on_page(&self, items: u64) -> u64 {
        self.once
            .saturating_add(self.per_item.saturating_mul(items))
    }
}

struct Meter<'a> {
    tariff: &'a Tariff,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    weights: Weights<'a>,
    fragments: HashMap<&'a Name, Measure<'a>>,
}

impl<'a> Meter<'a> {
    fn of_set(&mut self, set: &'a SelectionSet, of: &str) -> Measure<'a> {
        let mut sum = Measure::default();
        let mut most = 0;
        for item in &set.items {
            let measure = match &item.node {
                Selection::Field(field) => self.of_field(&field.node, of),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                    self.of_set(&inline.node.selection_set.node, of)
                }
                Selection::FragmentSpread(spread) => {
                    self.of_fragment(&spread.node.fragment_name.node)
                }
            };
            sum.once = sum.once.saturating_add(measure.once);
            sum.per_item = sum.per_item.saturating_add(measure.per_item);
            let weight = measure.on_page(arguments::DEFAULT.unsigned_abs().into());
            if weight > most {
                most = weight;
                sum.path = measure.path;
            }
        }
        sum
    }

    fn of_fragment(&mut self, name: &'a Name) -> Measure<'a> {
        if let Some(known) = self.fragments.get(name) {
            return known.clone();
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Measure::default(); // validation names it
        };
        // A circle, which the guard refuses, would end here.
        self.fragments.insert(name, Measure::default());
        let of = fragment.node.type_condition.node.on.node.as_str();
        let measure = self.of_set(&fragment.node.selection_set.node, of);
        self.fragments.insert(name, measure.clone());
        measure
    }

    fn of_field(&mut self, field: &'a Field, of: &str) -> Measure<'a> {
        let name = field.name.node.as_str();
        let key = &field.response_key().node;
        if matches!(name, "__schema" | "__type") {
            return Measure {
                once: INTROSPECTION,
                per_item: 0,
                path: vec![key],
            };
        }
        let tariff = self.tariff;
        let price = tariff.0.get(of).and_then(|fields| fields.get(name));
        let below_of = price.map_or("", |price| price.of.as_str());
        let mut below = self.of_set(&field.selection_set.node, below_of);
        let items = match price.map_or(&Items::One, |price| &price.items) {
            Items::One => 1,
            Items::List(items) => *items,
            Items::Ids => self.count_of_ids(field),
            Items::Page => self.page_size(field),
        };
        below.path.push(key);
        let own = if of == "Mutation" { MUTATION } else { 1 };
        let own = own + self.weights.price(field);
        let cost = match price.map(|price| &price.items) {
            Some(Items::Page) => below.on_page(items),
            _ => below.once.saturating_mul(items),
        };
        let cost = cost.saturating_add(own);
        let is_of_each = of.ends_with("Connection") && matches!(name, "nodes" | "edges");
        Measure {
            once: if is_of_each { 0 } else { cost },
            per_item: if is_of_each { cost } else { 0 },
            path: below.path,
        }
    }

    /// What a page can hold; one that is out of range is refused later.
    fn page_size(&self, field: &Field) -> u64 {
        let asked = self
            .number(field, "first")
            .or_else(|| self.number(field, "last"));
        let size = asked.unwrap_or(arguments::DEFAULT.into());
        size.clamp(1, arguments::LIMIT.into()).unsigned_abs()
    }

    fn number(&self, field: &Field, argument: &str) -> Option<i64> {
        match self.value(field, argument)? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    fn count_of_ids(&self, field: &Field) -> u64 {
        match self.value(field, "ids") {
            Some(Value::List(ids)) => ids.len() as u64,
            _ => 1,
        }
    }

    /// An argument as it will be: the variable, its default, or what stands there.
    fn value(&self, field: &Field, argument: &str) -> Option<Value> {
        let value = field.get_argument(argument)?;
        let resolved = value.node.clone().into_const_with(|name| {
            let given = self.variables.get(&name).cloned();
            given.or_else(|| self.default_of(&name)).ok_or(())
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

#[cfg(test)]
mod tests;
