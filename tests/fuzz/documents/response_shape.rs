//! Checks the shape of a response against the schema: every selected field is present, and no non-null field is null.

use std::collections::HashMap;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet, Type,
};
use serde_json::{Map, Value};

use super::grammar::Grammar;

/// The first violation. Documents with several operations are not checked.
pub fn find_violation(text: &str, data: &Value, grammar: &Grammar) -> Option<String> {
    let data = data.as_object()?;
    // Only a document that passed the limits check has data, so it is safe to parse here.
    let document = parse_query(text).ok()?;
    let DocumentOperations::Single(operation) = &document.operations else {
        return None;
    };
    let root = match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let checker = ShapeChecker {
        grammar,
        document: &document,
    };
    let sets = [&operation.node.selection_set.node];
    checker.check_object(root, &sets, data).err()
}

struct ShapeChecker<'a> {
    grammar: &'a Grammar,
    document: &'a ExecutableDocument,
}

/// A field that the selections require.
struct ExpectedField<'a> {
    ty: &'a Type,
    /// Whether it must be present for every possible type, whatever is skipped.
    is_certain: bool,
    selection_sets: Vec<&'a SelectionSet>,
}

type Fields<'a> = HashMap<&'a str, ExpectedField<'a>>;

impl<'a> ShapeChecker<'a> {
    fn check_object(
        &self,
        type_name: &str,
        sets: &[&'a SelectionSet],
        object: &Map<String, Value>,
    ) -> Result<(), String> {
        let mut fields = Fields::new();
        for set in sets {
            self.collect(type_name, set, true, &mut fields);
        }
        for (key, expected) in fields {
            match object.get(key) {
                Some(value) => {
                    self.check_value(expected.ty, &expected.selection_sets, value, key)?;
                }
                None if expected.is_certain => {
                    return Err(format!("`{key}` is missing in {object:?}"));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn check_value(
        &self,
        ty: &Type,
        selection_sets: &[&'a SelectionSet],
        value: &Value,
        key: &str,
    ) -> Result<(), String> {
        match (&ty.base, value) {
            (_, Value::Null) if ty.nullable => Ok(()),
            (_, Value::Null) => Err(format!("`{key}` is null, but its type is {ty}")),
            (BaseType::List(inner), Value::Array(items)) => items
                .iter()
                .try_for_each(|item| self.check_value(inner, selection_sets, item, key)),
            (BaseType::List(_), _) => Err(format!("`{key}` is not a list: {value}")),
            (BaseType::Named(type_name), Value::Object(object)) => {
                self.check_object(type_name, selection_sets, object)
            }
            (BaseType::Named(type_name), _) if self.grammar.is_composite(type_name) => {
                Err(format!("`{key}` is not an object: {value}"))
            }
            (BaseType::Named(_), _) => Ok(()),
        }
    }

    /// Collects the fields that are certainly or possibly selected on an object of the type.
    fn collect(
        &self,
        type_name: &str,
        set: &'a SelectionSet,
        is_certain: bool,
        fields: &mut Fields<'a>,
    ) {
        for item in &set.items {
            let is_certain = is_certain && item.node.directives().is_empty();
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let definitions = self.grammar.fields(type_name);
                    let Some(definition) = definitions
                        .iter()
                        .find(|definition| definition.name == name)
                    else {
                        continue; // an introspection field
                    };
                    let key = field.node.response_key().node.as_str();
                    let expected = fields.entry(key).or_insert(ExpectedField {
                        ty: &definition.ty,
                        is_certain: false,
                        selection_sets: Vec::new(),
                    });
                    expected.is_certain |= is_certain;
                    expected.selection_sets.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on =
                        condition.map_or(type_name, |condition| condition.node.on.node.as_str());
                    let set = &inline.node.selection_set.node;
                    self.collect(on, set, is_certain && on == type_name, fields);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        let set = &fragment.node.selection_set.node;
                        self.collect(on, set, is_certain && on == type_name, fields);
                    }
                }
            }
        }
    }
}
