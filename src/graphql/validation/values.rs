//! Value type check: a value has the type of its input position (GraphQL, 5.6.1 to 5.6.4). It also collects the
//! variables in the value.
//!
//! async-graphql 7.2.1 accepts a string as an enum value and any value as an input object, and does not check a value
//! that contains a variable without a value.

use async_graphql::registry::{MetaEnumValue, MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Pos, ServerError, indexmap::IndexMap};
use async_graphql_value::Value;

use super::input_position::{InputPosition, Origin, Usage};
use super::{large_numbers, validation_error};
use crate::graphql::syntax::MAX_ERRORS;
use crate::model::text;

pub(super) struct Values<'d> {
    pub(super) registry: &'d Registry,
    pub(super) origin: Origin,
    /// Location of errors: parts of a value have no position of their own.
    pub(super) at: Pos,
    pub(super) usages: Vec<Usage<'d>>,
    pub(super) errors: Vec<ServerError>,
}

impl<'d> Values<'d> {
    pub(super) fn new(registry: &'d Registry, origin: Origin) -> Self {
        Self {
            registry,
            origin,
            at: Pos::default(),
            usages: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// `path` names the value in errors, for example `filter.stance`.
    pub(super) fn check_value(
        &mut self,
        path: &str,
        position: InputPosition<'d>,
        value: &'d Value,
    ) {
        if self.errors.len() > MAX_ERRORS {
            return; // a body can contain a hundred thousand
        }
        if let Value::Variable(variable) = value {
            let at = self.at;
            let usage = Usage {
                variable,
                at,
                position,
            };
            self.usages.push(usage);
            return;
        }
        match (MetaTypeName::create(position.expected), value) {
            (MetaTypeName::NonNull(_), Value::Null) => self.add_error(path, "must not be null"),
            (MetaTypeName::List(_) | MetaTypeName::Named(_), Value::Null) => {}
            (MetaTypeName::List(expected), Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let position = InputPosition {
                        expected,
                        has_default: false,
                        is_one_of: false,
                    };
                    self.check_value(&format!("{path}[{index}]"), position, item);
                }
            }
            // A single value is coerced to a list (GraphQL, 3.12).
            (MetaTypeName::NonNull(expected) | MetaTypeName::List(expected), _) => {
                let position = InputPosition {
                    expected,
                    ..position
                };
                self.check_value(path, position, value);
            }
            (MetaTypeName::Named(expected), _) => self.check_named(path, expected, value),
        }
    }

    fn check_named(&mut self, path: &str, expected: &str, value: &'d Value) {
        // No stored text contains it: PostgreSQL rejects it, and SQLite stops reading there.
        if matches!(value, Value::String(text) if text.contains('\0')) {
            let reason =
                "contains the character U+0000 (NUL), which no text here may contain; remove it";
            self.add_input_error(path, reason);
            return;
        }
        match self.registry.types.get(expected) {
            Some(MetaType::InputObject {
                input_fields,
                oneof,
                ..
            }) => match value {
                Value::Object(fields) => self.check_object(path, fields, input_fields, *oneof),
                _ => self.add_error(path, &format!("must be an object of type `{expected}`")),
            },
            Some(MetaType::Enum { enum_values, .. }) => {
                self.check_enum(path, expected, value, enum_values);
            }
            Some(MetaType::Scalar {
                is_valid: Some(is_valid),
                ..
            }) => {
                let constant = value.clone().into_const();
                let is_valid = constant.is_some_and(|value| is_valid(&value));
                let is_valid =
                    is_valid || (expected == "ID" && large_numbers::is_large_integer(value));
                if expected == "Int" && (!is_valid || large_numbers::exceeds_32_bits(value)) {
                    self.add_number_error(path, value);
                } else if !is_valid {
                    self.add_error(path, &format!("is not a valid `{expected}`"));
                }
            }
            _ => {} // an unknown type or an output type: the library reports it
        }
    }

    fn check_enum(
        &mut self,
        path: &str,
        expected: &str,
        value: &Value,
        enum_values: &IndexMap<String, MetaEnumValue>,
    ) {
        match (value, self.origin) {
            (Value::Enum(name), _) if enum_values.contains_key(name.as_str()) => {}
            (Value::String(name), Origin::Json) if enum_values.contains_key(name) => {}
            (Value::String(name), Origin::Document) if enum_values.contains_key(name) => {
                let message = format!("is a string; write the `{expected}` without quotes");
                self.add_error(path, &message);
            }
            _ => self.add_error(path, &format!("is not a valid `{expected}`")),
        }
    }

    fn check_object(
        &mut self,
        path: &str,
        fields: &'d IndexMap<Name, Value>,
        definitions: &'d IndexMap<String, MetaInputValue>,
        is_one_of: bool,
    ) {
        let nulls = fields.values().filter(|value| **value == Value::Null);
        if is_one_of && (fields.len() != 1 || nulls.count() > 0) {
            self.add_error(path, "must have exactly one field, with a non-null value");
            return;
        }
        for (name, value) in fields {
            let path = format!("{path}.{name}");
            let Some(field) = definitions.get(name.as_str()) else {
                self.add_error(&path, "is not in the schema");
                continue;
            };
            let position = InputPosition {
                expected: &field.ty,
                has_default: field.default_value.is_some(),
                is_one_of,
            };
            self.check_value(&path, position, value);
        }
        for field in definitions.values() {
            let is_required = field.ty.ends_with('!') && field.default_value.is_none();
            if is_required && !fields.contains_key(field.name.as_str()) {
                self.add_error(&format!("{path}.{}", field.name), "is required");
            }
        }
    }

    fn add_number_error(&mut self, path: &str, value: &Value) {
        let mut shown = value.to_string();
        text::truncate(&mut shown, 100);
        let (least, most) = (i32::MIN, i32::MAX);
        let reason =
            format!("is {shown}, which is not a whole number from {least} to {most} (`Int`)");
        self.add_input_error(path, &reason);
    }

    /// The error names the input field, as an error of a resolver does.
    fn add_input_error(&mut self, path: &str, reason: &str) {
        let count = self.errors.len();
        self.add_error(path, reason);
        if let Some(error) = self.errors.get_mut(count) {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("field", path.trim_start_matches('$'));
        }
    }

    fn add_error(&mut self, path: &str, reason: &str) {
        if self.errors.len() <= MAX_ERRORS {
            let message = format!("`{path}` {reason}");
            self.errors.push(validation_error(message, [self.at]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, rejects};

    fn filtered(filter: &str) -> String {
        format!("{{ relationships(filter: {filter}) {{ totalCount }} }}")
    }

    fn partly_variable(rest: &str) -> String {
        let filter = format!("{{ disputed: $x, {rest} }}");
        format!("query($x: Boolean) {}", filtered(&filter))
    }

    #[test]
    fn a_value_has_the_type_of_its_position() {
        for filter in [
            "1",
            "[{}]",
            "AGREED",
            "{ nope: 1 }",
            "{ stance: \"AGREED\" }",
            "{ stance: [\"AGREED\"] }",
            "{ stance: [NOPE] }",
            "{ stance: [null] }",
            "{ stance: [[AGREED]] }",
            "{ disputed: \"true\" }",
        ] {
            rejects(&[&filtered(filter)]);
        }
        for rest in ["nope: 1", "stance: [NOPE]", "requestedState: 1"] {
            rejects(&[&partly_variable(rest)]);
        }
        for filter in ["null", "{}", "{ stance: AGREED }", "{ stance: [AGREED] }"] {
            accepts(&[&filtered(filter)]);
        }
        accepts(&[&partly_variable("stance: [AGREED]")]);
    }

    #[test]
    fn a_one_of_input_has_exactly_one_field() {
        let record = |subject: &str, kind: &str| {
            format!(
                "mutation{kind} {{ recordStatement(input: {{ idempotencyKey: \"a\", subject: {subject},
                    claimant: {{ kind: NGO, label: \"x\" }}, validFrom: \"2025\", summary: \"x\",
                    body: {{ pressure: {{ kind: VISA }} }}, evidence: [] }}) {{ ledgerHead {{ seq }} }} }}"
            )
        };
        for subject in [
            "{}",
            "{ country: null }",
            "{ country: \"RW\", initiative: null }",
            "{ country: \"RW\", initiative: \"x\" }",
        ] {
            rejects(&[&record(subject, "")]);
        }
        rejects(&[&record("{ country: $x }", "($x: ID)")]);
        accepts(&[
            &record("{ country: \"RW\" }", ""),
            &record("{ country: $x }", "($x: ID! = \"RW\")"),
            &record("{ country: $x }", "($x: ID = \"RW\")"),
        ]);
    }
}
