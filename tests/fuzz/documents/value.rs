//! Values for arguments and variables: mostly of their type, sometimes of another.

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Value, indexmap::IndexMap};

use super::grammar::{Argument, Grammar, Kind};
use crate::dice::Dice;
use crate::live::Known;
use crate::text;

/// What values are drawn from.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub grammar: &'a Grammar,
    pub known: &'a Known,
    /// How many of a hundred places are wrong on purpose.
    pub flaws: usize,
}

/// Levels of input objects that are filled beyond what is required.
const DEPTH: usize = 4;

impl Values<'_> {
    /// A value for an argument, by its type and name.
    pub fn draw(self, name: &str, ty: &Type, dice: &mut Dice) -> Value {
        self.of_type(name, ty, DEPTH, dice)
    }

    fn of_type(self, name: &str, ty: &Type, depth: usize, dice: &mut Dice) -> Value {
        if dice.chance(self.flaws) {
            return any(3, dice);
        }
        if dice.chance(if ty.nullable { 4 } else { self.flaws }) {
            return Value::Null;
        }
        match &ty.base {
            BaseType::List(_) if dice.chance(self.flaws) => any(2, dice),
            BaseType::List(inner) => {
                let length = dice.below(4);
                let items = (0..length).map(|_| self.of_type(name, inner, depth, dice));
                Value::List(items.collect())
            }
            BaseType::Named(of) => match self.grammar.kind(of) {
                Kind::Scalar | Kind::Composite { .. } => self.scalar(name, of, dice),
                Kind::Enum(values) => Value::Enum(Name::new(dice.pick(values))),
                Kind::Input { fields, is_one_of } => self.input(fields, *is_one_of, depth, dice),
            },
        }
    }

    fn input(self, fields: &[Argument], is_one_of: bool, depth: usize, dice: &mut Dice) -> Value {
        let mut object = IndexMap::new();
        let mut add = |field: &Argument, dice: &mut Dice| {
            let value = self.of_type(&field.name, &field.ty, depth.saturating_sub(1), dice);
            object.insert(Name::new(&field.name), value);
        };
        if is_one_of && !dice.chance(self.flaws) {
            add(dice.pick(fields), dice);
        } else {
            for field in fields {
                let share = if field.ty.nullable {
                    40
                } else {
                    100 - self.flaws
                };
                if dice.chance(share) && (depth > 0 || !field.ty.nullable) {
                    add(field, dice);
                }
            }
        }
        Value::Object(object)
    }

    fn scalar(self, name: &str, of: &str, dice: &mut Dice) -> Value {
        match of {
            "Boolean" => Value::Boolean(dice.chance(50)),
            "Int" => self.int(name, dice),
            "Float" => number(dice),
            "DateTime" if !dice.chance(20) => Value::from("2026-01-02T03:04:05+02:00"),
            "Edtf" | "Date" | "DateTime" => Value::String(date(dice)),
            "Url" if !dice.chance(20) => Value::from("https://example.org/a"),
            _ => Value::String(self.text(name, dice)),
        }
    }

    fn int(self, name: &str, dice: &mut Dice) -> Value {
        let page = matches!(name, "first" | "last") && !dice.chance(self.flaws);
        let count = if page {
            i64::from(1 + dice.byte() % 12)
        } else {
            dice.number()
        };
        Value::from(count)
    }

    fn text(self, name: &str, dice: &mut Dice) -> String {
        let known = match name {
            "after" | "before" => &self.known.cursors,
            "code" | "codes" | "requestedState" | "requestingState" => &self.known.codes,
            "initiative" | "slug" => &self.known.slugs,
            "lang" | "language" => &self.known.languages,
            _ if dice.chance(50) => &self.known.ids,
            _ => &self.known.words,
        };
        let mut text = if known.is_empty() || dice.chance(2 + self.flaws) {
            text::odd(dice)
        } else {
            dice.pick(known).clone()
        };
        if dice.chance(2 + self.flaws) {
            text = text::garbled(text, 3, dice);
        }
        text
    }
}

fn date(dice: &mut Dice) -> String {
    let (year, month, day) = (2024 + dice.below(3), 1 + dice.below(12), 1 + dice.below(29));
    match dice.below(20) {
        0 => year.to_string(),
        1 => format!("{year}-{month:02}~"),
        2 => format!("../{year}-{month:02}-{day:02}"),
        3 => format!("{year}-{month:02}-{day:02}T12:00:00+02:00"),
        4 => format!("{year}-{:02}-{:02}", month + 1, day + 3),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn number(dice: &mut Dice) -> Value {
    let float = async_graphql::Number::from_f64(dice.float());
    float.map_or(Value::Null, Value::Number)
}

/// Of no type in particular.
fn any(depth: usize, dice: &mut Dice) -> Value {
    match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::from(dice.number()),
        2 => number(dice),
        3 => Value::Boolean(dice.chance(50)),
        4 => Value::Enum(Name::new(dice.pick(&["AGREED", "nothing", "__typename"]))),
        5 => Value::String(text::odd(dice)),
        6 => Value::List((0..dice.below(5)).map(|_| any(depth - 1, dice)).collect()),
        _ => {
            let keys = ["a", "eq", "stance", "initiative"];
            let fields = (0..dice.below(4)).map(|_| {
                let key = Name::new(dice.pick(&keys));
                (key, any(depth - 1, dice))
            });
            Value::Object(fields.collect())
        }
    }
}
