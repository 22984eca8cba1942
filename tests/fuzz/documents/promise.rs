//! What the schema promises of an answer: every field that was asked for, nothing in the place of what may not be null.

use std::collections::HashMap;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet, Type,
};
use serde_json::{Map, Value};

use super::grammar::Grammar;

/// The first promise that is broken, if one is. Of documents with several operations nothing is said.
pub fn broken(text: &str, data: &Value, grammar: &Grammar) -> Option<String> {
    let data = data.as_object()?;
    // There is data only for what the guard let through, which is what may be parsed.
    let document = parse_query(text).ok()?;
    let DocumentOperations::Single(operation) = &document.operations else {
        return None;
    };
    let root = match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let promise = Promise {
        grammar,
        document: &document,
    };
    let sets = [&operation.node.selection_set.node];
    promise.of_object(root, &sets, data).err()
}

struct Promise<'a> {
    grammar: &'a Grammar,
    document: &'a ExecutableDocument,
}

/// A field of an answer, as the selections describe it.
struct Asked<'a> {
    ty: &'a Type,
    /// Whether it must be there, whatever the object is and whatever is skipped.
    is_certain: bool,
    below: Vec<&'a SelectionSet>,
}

type Fields<'a> = HashMap<&'a str, Asked<'a>>;

impl<'a> Promise<'a> {
    fn of_object(
        &self,
        of: &str,
        sets: &[&'a SelectionSet],
        object: &Map<String, Value>,
    ) -> Result<(), String> {
        let mut fields = Fields::new();
        for set in sets {
            self.collect(of, set, true, &mut fields);
        }
        for (key, asked) in fields {
            match object.get(key) {
                Some(value) => self.of_value(asked.ty, &asked.below, value, key)?,
                None if asked.is_certain => return Err(format!("`{key}` is not in {object:?}")),
                None => {}
            }
        }
        Ok(())
    }

    fn of_value(
        &self,
        ty: &Type,
        below: &[&'a SelectionSet],
        value: &Value,
        key: &str,
    ) -> Result<(), String> {
        match (&ty.base, value) {
            (_, Value::Null) if ty.nullable => Ok(()),
            (_, Value::Null) => Err(format!("`{key}` is null, and {ty} never is")),
            (BaseType::List(inner), Value::Array(items)) => items
                .iter()
                .try_for_each(|item| self.of_value(inner, below, item, key)),
            (BaseType::List(_), _) => Err(format!("`{key}` is no list: {value}")),
            (BaseType::Named(of), Value::Object(object)) => self.of_object(of, below, object),
            (BaseType::Named(of), _) if self.grammar.is_composite(of) => {
                Err(format!("`{key}` is no object: {value}"))
            }
            (BaseType::Named(_), _) => Ok(()),
        }
    }

    /// What of a set is known to be asked of an object of the type.
    fn collect(&self, of: &str, set: &'a SelectionSet, is_certain: bool, fields: &mut Fields<'a>) {
        for item in &set.items {
            let is_certain = is_certain && item.node.directives().is_empty();
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let known = self.grammar.fields(of);
                    let Some(known) = known.iter().find(|known| known.name == name) else {
                        continue; // of introspection
                    };
                    let key = field.node.response_key().node.as_str();
                    let asked = fields.entry(key).or_insert(Asked {
                        ty: &known.ty,
                        is_certain: false,
                        below: Vec::new(),
                    });
                    asked.is_certain |= is_certain;
                    asked.below.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(of, |condition| condition.node.on.node.as_str());
                    let set = &inline.node.selection_set.node;
                    self.collect(on, set, is_certain && on == of, fields);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        let set = &fragment.node.selection_set.node;
                        self.collect(on, set, is_certain && on == of, fields);
                    }
                }
            }
        }
    }
}
