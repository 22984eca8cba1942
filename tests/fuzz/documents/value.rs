//! Random values for arguments and variables: mostly of the right type.

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Value, indexmap::IndexMap};

use super::grammar::{Argument, Grammar, Kind};
use crate::random::Random;
use crate::test_server::KnownValues;
use crate::text;

/// Generator of values.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub grammar: &'a Grammar,
    pub known: &'a KnownValues,
    /// Per cent of the positions that are wrong on purpose.
    pub flaws: usize,
}

/// Levels of input objects whose optional fields are filled.
const MAX_OPTIONAL_DEPTH: usize = 4;

impl Values<'_> {
    /// A value for an argument, by its type and name.
    pub fn generate(self, name: &str, ty: &Type, random: &mut Random) -> Value {
        self.of_type(name, ty, MAX_OPTIONAL_DEPTH, random)
    }

    fn of_type(self, name: &str, ty: &Type, depth: usize, random: &mut Random) -> Value {
        if random.chance(self.flaws) {
            return any_value(3, random);
        }
        if random.chance(if ty.nullable { 4 } else { self.flaws }) {
            return Value::Null;
        }
        match &ty.base {
            BaseType::List(_) if random.chance(self.flaws) => any_value(2, random),
            BaseType::List(inner) => {
                let length = random.below(4);
                let items = (0..length).map(|_| self.of_type(name, inner, depth, random));
                Value::List(items.collect())
            }
            BaseType::Named(type_name) => match self.grammar.kind(type_name) {
                Kind::Scalar | Kind::Composite { .. } => self.scalar(name, type_name, random),
                Kind::Enum(values) => Value::Enum(Name::new(random.pick(values))),
                Kind::Input { fields, is_one_of } => self.input(fields, *is_one_of, depth, random),
            },
        }
    }

    fn input(
        self,
        fields: &[Argument],
        is_one_of: bool,
        depth: usize,
        random: &mut Random,
    ) -> Value {
        let mut object = IndexMap::new();
        let mut add = |field: &Argument, random: &mut Random| {
            let value = self.of_type(&field.name, &field.ty, depth.saturating_sub(1), random);
            object.insert(Name::new(&field.name), value);
        };
        if is_one_of && !random.chance(self.flaws) {
            add(random.pick(fields), random);
        } else {
            for field in fields {
                let percent = if field.ty.nullable {
                    40
                } else {
                    100 - self.flaws
                };
                if random.chance(percent) && (depth > 0 || !field.ty.nullable) {
                    add(field, random);
                }
            }
        }
        Value::Object(object)
    }

    fn scalar(self, name: &str, type_name: &str, random: &mut Random) -> Value {
        match type_name {
            "Boolean" => Value::Boolean(random.chance(50)),
            "Int" => self.int(name, random),
            "Float" => number(random),
            "DateTime" if !random.chance(20) => Value::from("2026-01-02T03:04:05+02:00"),
            "Edtf" | "Date" | "DateTime" => Value::String(date(random)),
            "Url" if !random.chance(20) => Value::from("https://example.org/a"),
            _ => Value::String(self.text(name, random)),
        }
    }

    fn int(self, name: &str, random: &mut Random) -> Value {
        let is_page_size = matches!(name, "first" | "last") && !random.chance(self.flaws);
        let count = if is_page_size {
            i64::from(1 + random.byte() % 12)
        } else {
            random.number()
        };
        Value::from(count)
    }

    fn text(self, name: &str, random: &mut Random) -> String {
        let candidates = match name {
            "after" | "before" => &self.known.cursors,
            "code" | "codes" | "requestedState" | "requestingState" => &self.known.codes,
            "initiative" | "slug" => &self.known.slugs,
            "lang" | "language" => &self.known.languages,
            _ if random.chance(50) => &self.known.ids,
            _ => &self.known.search_texts,
        };
        let mut text = if candidates.is_empty() || random.chance(2 + self.flaws) {
            text::odd(random)
        } else {
            random.pick(candidates).clone()
        };
        if random.chance(2 + self.flaws) {
            text = text::garble_text(text, 3, random);
        }
        text
    }
}

fn date(random: &mut Random) -> String {
    let (year, month, day) = (
        2024 + random.below(3),
        1 + random.below(12),
        1 + random.below(29),
    );
    match random.below(20) {
        0 => year.to_string(),
        1 => format!("{year}-{month:02}~"),
        2 => format!("../{year}-{month:02}-{day:02}"),
        3 => format!("{year}-{month:02}-{day:02}T12:00:00+02:00"),
        4 => format!("{year}-{:02}-{:02}", month + 1, day + 3),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn number(random: &mut Random) -> Value {
    let float = async_graphql::Number::from_f64(random.float());
    float.map_or(Value::Null, Value::Number)
}

/// A value of any type.
fn any_value(depth: usize, random: &mut Random) -> Value {
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::from(random.number()),
        2 => number(random),
        3 => Value::Boolean(random.chance(50)),
        4 => Value::Enum(Name::new(random.pick(&["AGREED", "nothing", "__typename"]))),
        5 => Value::String(text::odd(random)),
        6 => Value::List(
            (0..random.below(5))
                .map(|_| any_value(depth - 1, random))
                .collect(),
        ),
        _ => {
            let keys = ["a", "eq", "stance", "initiative"];
            let fields = (0..random.below(4)).map(|_| {
                let key = Name::new(random.pick(&keys));
                (key, any_value(depth - 1, random))
            });
            Value::Object(fields.collect())
        }
    }
}
