//! JSON Schema (2020-12) of variables and answers, from the types of the GraphQL schema.
//!
//! Only forms that generators of clients read: no boolean schema, no null in an enum, no pattern of properties.

use std::collections::HashMap;

use async_graphql::Value as ConstValue;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use serde_json::{Map, Value, json};

use crate::graphql::schema;

/// The types of the GraphQL schema by name.
pub(super) struct SchemaTypes(HashMap<String, TypeKind>);

impl SchemaTypes {
    pub(super) fn read() -> Self {
        let document = parse_schema(schema::sdl_without_description())
            .expect("the library writes a valid schema");
        let types = document.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(named) = definition else {
                return None;
            };
            Some((named.node.name.node.to_string(), named.node.kind))
        });
        Self(types.collect())
    }

    /// Of a variable that is given.
    pub(super) fn input_schema(&self, kind: &Type) -> Value {
        match &kind.base {
            BaseType::List(item) => json!({ "type": "array", "items": self.input_schema(item) }),
            BaseType::Named(name) => self.leaf_schema(name),
        }
    }

    fn leaf_schema(&self, name: &str) -> Value {
        if let Some(TypeKind::Enum(names)) = self.0.get(name) {
            let names = names
                .values
                .iter()
                .map(|value| value.node.value.node.to_string());
            let names: Vec<String> = names.collect();
            return json!({ "type": "string", "enum": names });
        }
        match name {
            "Int" => json!({ "type": "integer", "format": "int32" }),
            "Float" => json!({ "type": "number", "format": "double" }),
            "Boolean" => json!({ "type": "boolean" }),
            "Date" => json!({ "type": "string", "format": "date" }),
            "DateTime" => json!({ "type": "string", "format": "date-time" }),
            "Url" => json!({ "type": "string", "format": "uri" }),
            _ => json!({ "type": "string" }),
        }
    }

    fn fields(&self, name: &str) -> &[async_graphql::Positioned<FieldDefinition>] {
        match self.0.get(name) {
            Some(TypeKind::Object(object)) => &object.fields,
            Some(TypeKind::Interface(interface)) => &interface.fields,
            _ => &[],
        }
    }

    /// Of the object that a selection set asks of a type. Saved operations have no fragments.
    pub(super) fn selection_schema(&self, parent: &str, set: &SelectionSet) -> Value {
        let mut properties = Map::new();
        for item in &set.items {
            let Selection::Field(field) = &item.node else {
                panic!("a saved operation has a fragment");
            };
            let name = field.node.name.node.as_str();
            let definition = self
                .fields(parent)
                .iter()
                .find(|one| one.node.name.node == name);
            let definition = definition.expect("a test executes every saved operation");
            let selected = &field.node.selection_set.node;
            let schema = self.output_schema(&definition.node.ty.node, selected);
            properties.insert(field.node.response_key().node.to_string(), schema);
        }
        let required: Vec<&String> = properties.keys().collect();
        json!({ "type": "object", "required": required, "properties": properties })
    }

    fn output_schema(&self, kind: &Type, selected: &SelectionSet) -> Value {
        let mut schema = match &kind.base {
            BaseType::List(item) => {
                json!({ "type": "array", "items": self.output_schema(item, selected) })
            }
            BaseType::Named(name) if selected.items.is_empty() => self.leaf_schema(name),
            BaseType::Named(name) => self.selection_schema(name, selected),
        };
        if !kind.nullable {
            return schema;
        }
        if schema.get("enum").is_some() {
            return json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema["type"] = json!([schema["type"], "null"]);
        schema
    }
}

/// A constant of a document, as JSON.
pub(super) fn json_of(value: &ConstValue) -> Value {
    value.clone().into_json().unwrap_or_default()
}
