//! Memory of a parsed document and of variables, for the weight of the document cache and of subscriptions.

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

/// Bytes of an allocation besides its content: the allocator's own, and the counters of an `Arc`.
const ALLOCATION_BYTES: usize = 32;
/// A map that grows one by one may have room for twice its entries. Vectors of a document have no room to spare.
const SPARE_CAPACITY: usize = 2;

pub(super) fn bytes(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| {
        let operation = &operation.node;
        let variables = operation.variable_definitions.iter();
        size_of::<Positioned<OperationDefinition>>()
            + ALLOCATION_BYTES
            + variables.map(|one| variable(&one.node)).sum::<usize>()
            + directives(&operation.directives)
            + selection_set(&operation.selection_set.node)
    });
    let fragments = document.fragments.iter();
    let fragments = fragments.map(|(key, fragment)| {
        size_of::<Positioned<FragmentDefinition>>()
            + 2 * name(key)
            + directives(&fragment.node.directives)
            + selection_set(&fragment.node.selection_set.node)
    });
    size_of::<ExecutableDocument>() + operations.sum::<usize>() + fragments.sum::<usize>()
}

fn variable(variable: &VariableDefinition) -> usize {
    let default = variable.default_value.as_ref();
    size_of::<Positioned<VariableDefinition>>()
        + 2 * name(&variable.name.node)
        + default.map_or(0, |default| constant(&default.node))
        + directives(&variable.directives)
}

/// A selection set with all that is below it.
pub(super) fn selection_set(set: &SelectionSet) -> usize {
    let items = set.items.iter().map(|item| match &item.node {
        Selection::Field(field) => self::field(&field.node),
        Selection::InlineFragment(inline) => {
            directives(&inline.node.directives) + selection_set(&inline.node.selection_set.node)
        }
        Selection::FragmentSpread(spread) => {
            name(&spread.node.fragment_name.node) + directives(&spread.node.directives)
        }
    });
    items.sum::<usize>() + set.items.len() * size_of::<Positioned<Selection>>()
}

fn field(field: &Field) -> usize {
    let alias = field.alias.as_ref();
    name(&field.name.node)
        + alias.map_or(0, |alias| name(&alias.node))
        + arguments(&field.arguments)
        + directives(&field.directives)
        + selection_set(&field.selection_set.node)
}

fn directives(directives: &[Positioned<Directive>]) -> usize {
    let sizes = directives.iter().map(|directive| {
        size_of::<Positioned<Directive>>()
            + name(&directive.node.name.node)
            + arguments(&directive.node.arguments)
    });
    sizes.sum()
}

fn arguments(arguments: &[(Positioned<Name>, Positioned<Value>)]) -> usize {
    let sizes = arguments.iter().map(|(key, argument)| {
        size_of::<(Positioned<Name>, Positioned<Value>)>() + name(&key.node) + value(&argument.node)
    });
    sizes.sum()
}

/// A map has an index besides its entries.
const ENTRY_BYTES: usize = size_of::<(u64, Name, Value)>() + 16;

fn value(value: &Value) -> usize {
    match value {
        Value::Variable(text) | Value::Enum(text) => name(text),
        Value::String(text) => text.capacity() + ALLOCATION_BYTES,
        Value::List(items) => items
            .iter()
            .map(|item| size_of::<Value>() + self::value(item))
            .sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| ENTRY_BYTES * SPARE_CAPACITY + name(key) + self::value(field))
            .sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) => 0,
    }
}

/// The values of variables, with their names.
pub(super) fn variables(variables: &Variables) -> usize {
    let sizes = variables
        .iter()
        .map(|(key, value)| ENTRY_BYTES * SPARE_CAPACITY + name(key) + constant(value));
    sizes.sum()
}

fn constant(constant: &ConstValue) -> usize {
    match constant {
        ConstValue::Enum(text) => name(text),
        ConstValue::String(text) => text.capacity() + ALLOCATION_BYTES,
        ConstValue::List(items) => items
            .iter()
            .map(|item| size_of::<ConstValue>() * SPARE_CAPACITY + self::constant(item))
            .sum(),
        ConstValue::Object(fields) => fields
            .iter()
            .map(|(key, field)| ENTRY_BYTES * SPARE_CAPACITY + name(key) + self::constant(field))
            .sum(),
        ConstValue::Null
        | ConstValue::Number(_)
        | ConstValue::Boolean(_)
        | ConstValue::Binary(_) => 0,
    }
}

fn name(name: &Name) -> usize {
    name.len() + ALLOCATION_BYTES
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn every_part_of_a_document_adds_to_its_weight() {
        let weight = |text: &str| bytes(&parse_query(text).unwrap());
        let least = weight("{a}");
        for (larger, smaller) in [
            ("{a b}", "{a}"),
            ("{a{b}}", "{a}"),
            ("{b:a}", "{a}"),
            ("{a@x}", "{a}"),
            ("{a(x:1)}", "{a}"),
            ("{a(x:[1])}", "{a(x:1)}"),
            ("{a(x:{b:1})}", "{a(x:1)}"),
            ("{a(x:\"long\")}", "{a(x:1)}"),
            ("query($x:Int){a}", "query{a}"),
            ("query($x:[Int]=[1,2]){a}", "query($x:[Int]){a}"),
            ("{...F} fragment F on Q{a}", "{...F}"),
        ] {
            assert!(weight(larger) > weight(smaller), "{larger}");
        }
        // A thousand fields of two letters.
        let many = weight(&format!("{{{}}}", "ab ".repeat(1_000)));
        assert!(many - least >= 1_000 * size_of::<Field>(), "{many}");
    }
}
