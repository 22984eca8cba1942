//! Operations over our schema: valid ones, and ones that are not by a little.

use std::collections::HashSet;
use std::fmt::Write;

use async_graphql::Value;
use serde_json::{Map, json};

use super::Request;
use super::grammar::{Field, Grammar, Kind, innermost};
use super::value::Values;
use crate::dice::Dice;

pub fn draw(values: Values<'_>, dice: &mut Dice) -> Request {
    let (keyword, root) = match dice.below(20) {
        0 | 1 => ("mutation", "Mutation"),
        2 => ("subscription", "Subscription"),
        _ => ("query", "Query"),
    };
    let (depth, fields) = (dice.below(6) + 1, dice.below(40) + 1);
    let mut writer = Writer {
        values,
        dice,
        fields,
        definitions: Vec::new(),
        variables: Map::new(),
        fragments: Vec::new(),
    };
    let selection = writer.selection(root, depth);
    let definitions = match writer.definitions.join(" ") {
        none if none.is_empty() => none,
        some => format!("({some})"),
    };
    let mut text = format!("{keyword} Q{definitions}{}{selection}", writer.directives());
    for (at, fragment) in writer.fragments.iter().enumerate() {
        write!(text, " fragment F{at} {fragment}").unwrap();
    }
    Request {
        text,
        variables: json!(writer.variables),
    }
}

struct Writer<'a> {
    values: Values<'a>,
    dice: &'a mut Dice,
    /// How many may still be written.
    fields: usize,
    /// Of variables, as in `$v0: Int = 1`.
    definitions: Vec<String>,
    variables: Map<String, serde_json::Value>,
    /// Each from its `on`, in the order of their numbers.
    fragments: Vec<String>,
}

impl<'a> Writer<'a> {
    fn flaw(&mut self) -> bool {
        self.dice.chance(self.values.flaws)
    }

    fn grammar(&self) -> &'a Grammar {
        self.values.grammar
    }

    fn selection(&mut self, of: &str, depth: usize) -> String {
        let (mut items, mut seen) = (Vec::new(), HashSet::new());
        for _ in 0..=self.dice.below(5) {
            if self.fields == 0 {
                break;
            }
            self.fields -= 1;
            items.push(match self.dice.below(50) {
                0 => "__typename".to_owned(),
                1 if self.flaw() => self.dice.pick(&self.grammar().names).clone(),
                2..5 => self.inline(of, depth),
                5..7 => self.spread(of, depth),
                _ => self.field(of, depth, &mut seen),
            });
        }
        if items.is_empty() {
            items.push("__typename".to_owned());
        }
        let between = *self
            .dice
            .pick(&[" ", ",", "\n", " # }\n", "\u{feff}", "\r\n\t"]);
        format!("{{{}}}", items.join(between))
    }

    fn inline(&mut self, of: &str, depth: usize) -> String {
        let on = self.condition(of);
        let condition = if self.dice.chance(20) {
            String::new()
        } else {
            format!("on {on} ")
        };
        let directives = self.directives();
        format!("...{condition}{directives}{}", self.selection(&on, depth))
    }

    fn spread(&mut self, of: &str, depth: usize) -> String {
        let count = self.fragments.len();
        if count > 0 && self.flaw() {
            // Perhaps of another type, perhaps the one that is being written.
            return format!("...F{}{}", self.dice.below(count + 1), self.directives());
        }
        let on = self.condition(of);
        self.fragments.push(String::new());
        let directives = self.directives();
        let selection = self.selection(&on, depth);
        self.fragments[count] = format!("on {on} {directives}{selection}");
        format!("...F{count}")
    }

    /// A type that a fragment may be on here.
    fn condition(&mut self, of: &str) -> String {
        match self.grammar().kind(of) {
            Kind::Composite { possible, .. } if !self.flaw() => self.dice.pick(possible).clone(),
            _ => self.dice.pick(&self.grammar().names).clone(),
        }
    }

    /// One that the selection does not have yet, or else has with other arguments.
    fn field(&mut self, of: &str, depth: usize, seen: &mut HashSet<&'a str>) -> String {
        let grammar = self.grammar();
        let is_fit = |field: &&Field| depth > 0 || !grammar.is_composite(innermost(&field.ty));
        let fields: Vec<&Field> = grammar.fields(of).iter().filter(is_fit).collect();
        if fields.is_empty() {
            return "__typename".to_owned();
        }
        let field = *self.dice.pick(&fields);
        if !seen.insert(&field.name) && !self.flaw() {
            return "__typename".to_owned();
        }
        let alias = if self.dice.chance(8) {
            format!("a{}: ", self.dice.below(40))
        } else {
            String::new()
        };
        let (arguments, directives) = (self.arguments(field), self.directives());
        let below = innermost(&field.ty);
        // A leaf with a selection, or an object without one, is not valid.
        let has_selection = grammar.is_composite(below) ^ self.flaw();
        let selection = if has_selection {
            self.selection(below, depth.saturating_sub(1))
        } else {
            String::new()
        };
        format!("{alias}{}{arguments}{directives}{selection}", field.name)
    }

    fn arguments(&mut self, field: &Field) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let share = match argument.name.as_str() {
                // At most one end of a list, and cursors are of one list only.
                "last" | "before" | "after" => 2 * self.values.flaws,
                _ if argument.ty.nullable => 30,
                _ => 100 - self.values.flaws,
            };
            if self.dice.chance(share) {
                let value = self.values.draw(&argument.name, &argument.ty, self.dice);
                let value = self.variable_or(&value, &argument.ty.to_string());
                arguments.push(format!("{}: {value}", argument.name));
            }
        }
        if self.flaw() {
            arguments.push("nothing: [{}]".to_owned());
        }
        match arguments.join(", ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        }
    }

    /// The value, or a variable that has it.
    fn variable_or(&mut self, value: &Value, ty: &str) -> String {
        let constant = value.clone().into_json().ok();
        let Some(json) = constant.filter(|_| self.dice.chance(12)) else {
            return value.to_string();
        };
        let name = format!("v{}", self.definitions.len());
        let default = if self.dice.chance(20) {
            format!(" = {value}")
        } else {
            String::new()
        };
        self.definitions.push(format!("${name}: {ty}{default}"));
        if default.is_empty() || self.dice.chance(50) {
            self.variables.insert(name.clone(), json);
        }
        format!("${name}")
    }

    fn directives(&mut self) -> String {
        if !self.dice.chance(4) {
            return String::new();
        }
        let valid = ["@include(if: true)", "@skip(if: false)", "@skip(if: true)"];
        if !self.flaw() {
            return format!(" {} ", self.dice.pick(&valid));
        }
        let directive = *self.dice.pick(&[
            "@skip(if: $v0)",
            "@include",
            "@include(if: true) @include(if: false)",
            "@deprecated(reason: \"\"\"x\"\"\")",
            "@nothing(a: [{a: $v1}])",
        ]);
        format!(" {directive} ")
    }
}
