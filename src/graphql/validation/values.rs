//! Whether a value is of the type that its place expects (GraphQL, 5.6.1 to 5.6.4), and which variables stand in it.
//!
//! async-graphql 7.2.1 takes a string for an enum value and anything for an input object, and looks at nothing in a
//! value with a variable that was not given.

use async_graphql::registry::{MetaEnumValue, MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Pos, ServerError, indexmap::IndexMap};
use async_graphql_value::Value;

use super::{ERRORS, fault};

/// Who wrote the value. JSON has no enum values, so there they are strings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Document,
    Json,
}

/// A variable, and the place where it stands.
pub(super) struct Usage<'d> {
    pub(super) variable: &'d Name,
    pub(super) at: Pos,
    pub(super) place: Place<'d>,
}

#[derive(Clone, Copy)]
pub(super) struct Place<'d> {
    /// For example `[ID!]`.
    pub(super) expected: &'d str,
    /// Whether the schema has a value for it, if none is given.
    pub(super) has_default: bool,
    /// Whether it is a field of an input object that takes exactly one.
    pub(super) is_one_of: bool,
}

impl Place<'_> {
    /// GraphQL, `IsNonNullPosition()`: the one field of such an object is required, though its type does not say it.
    pub(super) fn kind(self) -> String {
        let is_required = self.is_one_of && !self.expected.ends_with('!');
        format!("{}{}", self.expected, if is_required { "!" } else { "" })
    }
}

/// GraphQL, 3.5.1. The library's own check lets larger numbers pass to the resolver.
fn exceeds_32_bits(value: &Value) -> bool {
    let Value::Number(number) = value else {
        return false;
    };
    let fits = number.as_i64().map(i32::try_from);
    !matches!(fits, Some(Ok(_)))
}

pub(super) struct Values<'d> {
    pub(super) registry: &'d Registry,
    pub(super) origin: Origin,
    /// Where faults are shown: parts of a value have no position of their own.
    pub(super) at: Pos,
    pub(super) usages: Vec<Usage<'d>>,
    pub(super) faults: Vec<ServerError>,
}

impl<'d> Values<'d> {
    pub(super) fn new(registry: &'d Registry, origin: Origin) -> Self {
        Self {
            registry,
            origin,
            at: Pos::default(),
            usages: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// `path` is what a fault is said of, for example `filter.stance`.
    pub(super) fn check(&mut self, path: &str, place: Place<'d>, value: &'d Value) {
        if self.faults.len() > ERRORS {
            return; // a body has room for a hundred thousand
        }
        if let Value::Variable(variable) = value {
            let at = self.at;
            let usage = Usage {
                variable,
                at,
                place,
            };
            self.usages.push(usage);
            return;
        }
        match (MetaTypeName::create(place.expected), value) {
            (MetaTypeName::NonNull(_), Value::Null) => self.refuse(path, "may not be null"),
            (MetaTypeName::List(_) | MetaTypeName::Named(_), Value::Null) => {}
            (MetaTypeName::List(expected), Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let place = Place {
                        expected,
                        has_default: false,
                        is_one_of: false,
                    };
                    self.check(&format!("{path}[{index}]"), place, item);
                }
            }
            // One value stands for a list of it (GraphQL, 3.12).
            (MetaTypeName::NonNull(expected) | MetaTypeName::List(expected), _) => {
                self.check(path, Place { expected, ..place }, value);
            }
            (MetaTypeName::Named(expected), _) => self.check_named(path, expected, value),
        }
    }

    fn check_named(&mut self, path: &str, expected: &str, value: &'d Value) {
        match self.registry.types.get(expected) {
            Some(MetaType::InputObject {
                input_fields,
                oneof,
                ..
            }) => match value {
                Value::Object(fields) => self.check_object(path, fields, input_fields, *oneof),
                _ => self.refuse(path, &format!("must be an object, a `{expected}`")),
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
                if !is_valid || (expected == "Int" && exceeds_32_bits(value)) {
                    self.refuse(path, &format!("is no `{expected}`"));
                }
            }
            _ => {} // an unknown type, or one of answers: the library names it
        }
    }

    fn check_enum(
        &mut self,
        path: &str,
        expected: &str,
        value: &Value,
        known: &IndexMap<String, MetaEnumValue>,
    ) {
        match (value, self.origin) {
            (Value::Enum(name), _) if known.contains_key(name.as_str()) => {}
            (Value::String(name), Origin::Json) if known.contains_key(name) => {}
            (Value::String(name), Origin::Document) if known.contains_key(name) => {
                let message = format!("is a string; the `{expected}` is written without quotes");
                self.refuse(path, &message);
            }
            _ => self.refuse(path, &format!("is no `{expected}`")),
        }
    }

    fn check_object(
        &mut self,
        path: &str,
        fields: &'d IndexMap<Name, Value>,
        known: &'d IndexMap<String, MetaInputValue>,
        is_one_of: bool,
    ) {
        let nulls = fields.values().filter(|value| **value == Value::Null);
        if is_one_of && (fields.len() != 1 || nulls.count() > 0) {
            self.refuse(path, "must have exactly one field, and that not null");
            return;
        }
        for (name, value) in fields {
            let path = format!("{path}.{name}");
            let Some(field) = known.get(name.as_str()) else {
                self.refuse(&path, "is not in the schema");
                continue;
            };
            let place = Place {
                expected: &field.ty,
                has_default: field.default_value.is_some(),
                is_one_of,
            };
            self.check(&path, place, value);
        }
        for field in known.values() {
            let is_required = field.ty.ends_with('!') && field.default_value.is_none();
            if is_required && !fields.contains_key(field.name.as_str()) {
                self.refuse(&format!("{path}.{}", field.name), "is required");
            }
        }
    }

    fn refuse(&mut self, path: &str, why: &str) {
        if self.faults.len() <= ERRORS {
            let message = format!("`{path}` {why}");
            self.faults.push(fault(message, [self.at]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, refuses};

    fn filtered(filter: &str) -> String {
        format!("{{ relationships(filter: {filter}) {{ totalCount }} }}")
    }

    fn partly_variable(rest: &str) -> String {
        let filter = format!("{{ disputed: $x, {rest} }}");
        format!("query($x: Boolean) {}", filtered(&filter))
    }

    #[test]
    fn a_value_is_of_the_type_of_its_place() {
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
            refuses(&[&filtered(filter)]);
        }
        for rest in ["nope: 1", "stance: [NOPE]", "requestedState: 1"] {
            refuses(&[&partly_variable(rest)]);
        }
        for filter in ["null", "{}", "{ stance: AGREED }", "{ stance: [AGREED] }"] {
            accepts(&[&filtered(filter)]);
        }
        accepts(&[&partly_variable("stance: [AGREED]")]);
    }

    #[test]
    fn one_of_several_is_exactly_one() {
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
            refuses(&[&record(subject, "")]);
        }
        refuses(&[&record("{ country: $x }", "($x: ID)")]);
        accepts(&[
            &record("{ country: \"RW\" }", ""),
            &record("{ country: $x }", "($x: ID! = \"RW\")"),
            &record("{ country: $x }", "($x: ID = \"RW\")"),
        ]);
    }
}
