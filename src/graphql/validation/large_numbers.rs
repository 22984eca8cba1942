//! Integers of more than 64 bits as IDs (GraphQL, 3.5.5): an `ID` may be an integer literal of any length.
//!
//! async-graphql 7.2.1 accepts only integers of 64 bits as an `ID`, so larger ones become strings. It stores those of
//! more than 64 bits as floats; their digits are no ID of ours in any case. An `Int` has 32 bits.

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Number, Positioned, Value as ConstValue};
use async_graphql_value::Value;

use super::operations_mut;

/// 2^64, the smallest integer that is stored as a float.
const MIN_FLOAT: f64 = 18_446_744_073_709_551_616.0;

/// Whether it is an integer that the library does not accept as an `ID`.
pub(super) fn is_large_integer(value: &Value) -> bool {
    matches!(value, Value::Number(number) if digits(number).is_some())
}

fn digits(number: &Number) -> Option<String> {
    if number.is_i64() {
        return None;
    }
    if let Some(number) = number.as_u64() {
        return Some(number.to_string());
    }
    let number = number.as_f64()?;
    (number.abs() >= MIN_FLOAT).then(|| format!("{number:.0}"))
}

/// Replaces large integers in arguments by strings. In a valid document they are only in positions of type `ID`.
pub(super) fn replace_in_document(document: &mut ExecutableDocument) {
    for operation in operations_mut(document) {
        replace_in_set(&mut operation.selection_set.node);
    }
    for fragment in document.fragments.values_mut() {
        replace_in_set(&mut fragment.node.selection_set.node);
    }
}

fn replace_in_set(set: &mut SelectionSet) {
    for_each_argument(set, &mut |arguments| {
        for (_, value) in arguments {
            replace(&mut value.node);
        }
    });
}

fn replace(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(digits) = digits(number) {
                *value = Value::String(digits);
            }
        }
        Value::List(items) => items.iter_mut().for_each(replace),
        Value::Object(fields) => fields.values_mut().for_each(replace),
        _ => {}
    }
}

/// The same for the value of a variable.
pub(super) fn replace_in_constant(value: &mut ConstValue) {
    match value {
        ConstValue::Number(number) => {
            if let Some(digits) = digits(number) {
                *value = ConstValue::String(digits);
            }
        }
        ConstValue::List(items) => items.iter_mut().for_each(replace_in_constant),
        ConstValue::Object(fields) => fields.values_mut().for_each(replace_in_constant),
        _ => {}
    }
}

/// Converts `2.0` to `2`.
pub(super) fn to_integer(value: &mut ConstValue) {
    if let ConstValue::Number(number) = value
        && let Some(integer) = integer_of(number)
    {
        *value = ConstValue::from(integer);
    }
}

/// The integer that a JSON number stands for, also if it is written as `2.0`.
pub(in crate::graphql) fn integer_of(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float:.0}").parse().ok()
    })
}

/// The arguments of a field or directive.
pub(super) type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

/// Calls `change` for the arguments of each field and directive of a selection set.
pub(super) fn for_each_argument(set: &mut SelectionSet, change: &mut impl FnMut(&mut Arguments)) {
    for item in &mut set.items {
        let (directives, below) = match &mut item.node {
            Selection::Field(field) => {
                change(&mut field.node.arguments);
                let field = &mut field.node;
                (&mut field.directives, Some(&mut field.selection_set.node))
            }
            Selection::InlineFragment(inline) => {
                let inline = &mut inline.node;
                (&mut inline.directives, Some(&mut inline.selection_set.node))
            }
            Selection::FragmentSpread(spread) => (&mut spread.node.directives, None),
        };
        change_directives(directives, change);
        if let Some(below) = below {
            for_each_argument(below, change);
        }
    }
}

fn change_directives(
    directives: &mut [Positioned<Directive>],
    change: &mut impl FnMut(&mut Arguments),
) {
    for directive in directives {
        change(&mut directive.node.arguments);
    }
}

/// GraphQL, 3.5.1. The library passes larger numbers to the resolver.
pub(super) fn exceeds_32_bits(value: &Value) -> bool {
    let Value::Number(number) = value else {
        return false;
    };
    let fits = number.as_i64().map(i32::try_from);
    !matches!(fits, Some(Ok(_)))
}
