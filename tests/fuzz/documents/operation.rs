//! Random operations over the schema: valid ones, and some with a few errors.

use std::collections::HashSet;
use std::fmt::Write;

use async_graphql::Value;
use serde_json::{Map, json};

use super::Request;
use super::grammar::{Field, Grammar, Kind, innermost};
use super::value::Values;
use crate::random::Random;

pub fn generate(values: Values<'_>, random: &mut Random) -> Request {
    let (keyword, root) = match random.below(20) {
        0 | 1 => ("mutation", "Mutation"),
        2 => ("subscription", "Subscription"),
        _ => ("query", "Query"),
    };
    let (depth, fields) = (random.below(6) + 1, random.below(40) + 1);
    let mut writer = Writer {
        values,
        random,
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
    for (index, fragment) in writer.fragments.iter().enumerate() {
        write!(text, " fragment F{index} {fragment}").unwrap();
    }
    Request {
        text,
        variables: json!(writer.variables),
    }
}

struct Writer<'a> {
    values: Values<'a>,
    random: &'a mut Random,
    /// How many fields may still be written.
    fields: usize,
    /// Variable definitions such as `$v0: Int = 1`.
    definitions: Vec<String>,
    variables: Map<String, serde_json::Value>,
    /// Fragments by number, each from its `on`.
    fragments: Vec<String>,
}

impl<'a> Writer<'a> {
    fn is_flawed(&mut self) -> bool {
        self.random.chance(self.values.flaws)
    }

    fn grammar(&self) -> &'a Grammar {
        self.values.grammar
    }

    fn selection(&mut self, type_name: &str, depth: usize) -> String {
        let (mut items, mut selected) = (Vec::new(), HashSet::new());
        for _ in 0..=self.random.below(5) {
            if self.fields == 0 {
                break;
            }
            self.fields -= 1;
            items.push(match self.random.below(50) {
                0 => "__typename".to_owned(),
                1 if self.is_flawed() => self.random.pick(&self.grammar().names).clone(),
                2..5 => self.inline(type_name, depth),
                5..7 => self.spread(type_name, depth),
                _ => self.field(type_name, depth, &mut selected),
            });
        }
        if items.is_empty() {
            items.push("__typename".to_owned());
        }
        let separator = *self
            .random
            .pick(&[" ", ",", "\n", " # }\n", "\u{feff}", "\r\n\t"]);
        format!("{{{}}}", items.join(separator))
    }

    fn inline(&mut self, type_name: &str, depth: usize) -> String {
        let on = self.condition(type_name);
        let condition = if self.random.chance(20) {
            String::new()
        } else {
            format!("on {on} ")
        };
        let directives = self.directives();
        format!("...{condition}{directives}{}", self.selection(&on, depth))
    }

    fn spread(&mut self, type_name: &str, depth: usize) -> String {
        let count = self.fragments.len();
        if count > 0 && self.is_flawed() {
            // Possibly on another type, or the fragment that is being written.
            return format!("...F{}{}", self.random.below(count + 1), self.directives());
        }
        let on = self.condition(type_name);
        self.fragments.push(String::new());
        let directives = self.directives();
        let selection = self.selection(&on, depth);
        self.fragments[count] = format!("on {on} {directives}{selection}");
        format!("...F{count}")
    }

    /// A type that a fragment may be on here.
    fn condition(&mut self, type_name: &str) -> String {
        match self.grammar().kind(type_name) {
            Kind::Composite { possible, .. } if !self.is_flawed() => {
                self.random.pick(possible).clone()
            }
            _ => self.random.pick(&self.grammar().names).clone(),
        }
    }

    /// A field that is not selected yet; if invalid on purpose, one that is selected with other arguments.
    fn field(&mut self, type_name: &str, depth: usize, selected: &mut HashSet<&'a str>) -> String {
        let grammar = self.grammar();
        let is_allowed = |field: &&Field| depth > 0 || !grammar.is_composite(innermost(&field.ty));
        let fields: Vec<&Field> = grammar
            .fields(type_name)
            .iter()
            .filter(is_allowed)
            .collect();
        if fields.is_empty() {
            return "__typename".to_owned();
        }
        let field = *self.random.pick(&fields);
        if !selected.insert(&field.name) && !self.is_flawed() {
            return "__typename".to_owned();
        }
        let alias = if self.random.chance(8) {
            format!("a{}: ", self.random.below(40))
        } else {
            String::new()
        };
        let (arguments, directives) = (self.arguments(field), self.directives());
        let type_name = innermost(&field.ty);
        // A selection on a leaf, or none on an object, is invalid.
        let has_selection = grammar.is_composite(type_name) ^ self.is_flawed();
        let selection = if has_selection {
            self.selection(type_name, depth.saturating_sub(1))
        } else {
            String::new()
        };
        format!("{alias}{}{arguments}{directives}{selection}", field.name)
    }

    fn arguments(&mut self, field: &Field) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let percent = match argument.name.as_str() {
                // Only one direction may be given, and a cursor belongs to one list.
                "last" | "before" | "after" => 2 * self.values.flaws,
                _ if argument.ty.nullable => 30,
                _ => 100 - self.values.flaws,
            };
            if self.random.chance(percent) {
                let value = self
                    .values
                    .generate(&argument.name, &argument.ty, self.random);
                let value = self.variable_or(&value, &argument.ty.to_string());
                arguments.push(format!("{}: {value}", argument.name));
            }
        }
        if self.is_flawed() {
            arguments.push("nothing: [{}]".to_owned());
        }
        match arguments.join(", ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        }
    }

    /// The value itself, or a variable with that value.
    fn variable_or(&mut self, value: &Value, ty: &str) -> String {
        let constant = value.clone().into_json().ok();
        let Some(json) = constant.filter(|_| self.random.chance(12)) else {
            return value.to_string();
        };
        let name = format!("v{}", self.definitions.len());
        let default = if self.random.chance(20) {
            format!(" = {value}")
        } else {
            String::new()
        };
        self.definitions.push(format!("${name}: {ty}{default}"));
        if default.is_empty() || self.random.chance(50) {
            self.variables.insert(name.clone(), json);
        }
        format!("${name}")
    }

    fn directives(&mut self) -> String {
        if !self.random.chance(4) {
            return String::new();
        }
        let valid = ["@include(if: true)", "@skip(if: false)", "@skip(if: true)"];
        if !self.is_flawed() {
            return format!(" {} ", self.random.pick(&valid));
        }
        let directive = *self.random.pick(&[
            "@skip(if: $v0)",
            "@include",
            "@include(if: true) @include(if: false)",
            "@deprecated(reason: \"\"\"x\"\"\")",
            "@nothing(a: [{a: $v1}])",
        ]);
        format!(" {directive} ")
    }
}
