//! Random valid documents over the whole schema: objects selected several times, fragments on objects, interfaces and unions,
//! `@skip` and `@include` with constants and variables.

use std::fmt::Write;

use serde_json::Value;

use crate::every_field::{Types, arguments, fields, is_skipped, named, text};

/// Levels of objects.
const DEPTH: usize = 5;
/// Fields of a document, so that it stays within the time limit.
const FIELDS: usize = 60;

/// What a query selects, with the definitions of its fragments.
pub struct RandomDocument {
    pub selection: String,
    pub fragments: String,
}

pub struct RandomDocuments<'t> {
    types: &'t Types,
    random: fastrand::Rng,
    fields: usize,
    fragments: Vec<String>,
    has_directives: bool,
}

impl<'t> RandomDocuments<'t> {
    pub fn new(types: &'t Types, seed: u64) -> Self {
        Self {
            types,
            random: fastrand::Rng::with_seed(seed),
            fields: 0,
            fragments: Vec::new(),
            has_directives: false,
        }
    }

    /// A document, with directives or without. With them, it uses the variables `$yes` and `$no`.
    pub fn document(mut self, has_directives: bool) -> RandomDocument {
        self.has_directives = has_directives;
        let mut selection = "__typename".to_owned();
        self.add_items("Query", "", DEPTH, &mut selection);
        if has_directives {
            selection.push_str(" ... @include(if: $yes) @skip(if: $no) { __typename }");
        }
        RandomDocument {
            selection,
            fragments: self.fragments.join(" "),
        }
    }

    /// Adds selections of a type. Below a type condition of an interface or union, `prefix` names the object type: different
    /// objects may have fields of the same name and other types.
    fn add_items(&mut self, of_type: &str, prefix: &str, depth: usize, set: &mut String) {
        for _ in 0..self.random.usize(1..6) {
            if self.fields > FIELDS {
                return;
            }
            match self.random.u8(..12) {
                0..7 => self.add_field(of_type, prefix, depth, set),
                7 => set.push_str(" __typename"),
                8 => self.add_inline(of_type, of_type, prefix, depth, set),
                9 => self.add_spread(of_type, prefix, depth, set),
                _ => self.add_member(of_type, prefix, depth, set),
            }
        }
    }

    fn add_field(&mut self, of_type: &str, prefix: &str, depth: usize, set: &mut String) {
        let all = fields(&self.types.0[of_type]);
        let selectable = |field: &&Value| {
            let name = text(&field["name"]);
            let of_client = of_type == "Query" && ["viewer", "recalled"].contains(&name.as_str());
            let arguments = arguments(of_type, &name, field);
            !is_skipped(of_type, &name) && !of_client && !arguments.contains('$')
        };
        let all: Vec<&Value> = all.iter().filter(selectable).collect();
        if all.is_empty() {
            return set.push_str(" __typename");
        }
        let field = all[self.random.usize(..all.len())];
        let (name, output) = (text(&field["name"]), named(&field["type"]));
        let has_fields = ["OBJECT", "INTERFACE", "UNION"]
            .contains(&self.types.0[&output]["kind"].as_str().unwrap());
        if has_fields && depth == 0 {
            return set.push_str(" __typename");
        }
        self.fields += 1;
        let alias = if prefix.is_empty() {
            String::new()
        } else {
            format!("{prefix}_{name}: ")
        };
        let directive = self.directive();
        let arguments = arguments(of_type, &name, field);
        write!(set, " {alias}{name}{arguments}{directive}").unwrap();
        if has_fields {
            set.push_str(" { __typename");
            self.add_items(&output, "", depth - 1, set);
            set.push_str(" }");
        }
    }

    fn add_inline(
        &mut self,
        on: &str,
        of_type: &str,
        prefix: &str,
        depth: usize,
        set: &mut String,
    ) {
        let condition = if on == of_type && self.random.bool() {
            String::new()
        } else {
            format!(" on {on}")
        };
        let directive = self.directive();
        write!(set, " ...{condition}{directive} {{ __typename").unwrap();
        self.add_items(on, prefix, depth, set);
        set.push_str(" }");
    }

    fn add_spread(&mut self, of_type: &str, prefix: &str, depth: usize, set: &mut String) {
        let mut fragment = " { __typename".to_owned();
        self.add_items(of_type, prefix, depth, &mut fragment);
        let name = format!("F{}", self.fragments.len());
        self.fragments
            .push(format!("fragment {name} on {of_type}{fragment} }}"));
        let directive = self.directive();
        write!(set, " ...{name}{directive} ...{name}").unwrap();
    }

    /// A fragment on an object of an interface or union, or on an interface of an object.
    fn add_member(&mut self, of_type: &str, prefix: &str, depth: usize, set: &mut String) {
        let Some(members) = self.types.0[of_type]["possibleTypes"].as_array() else {
            return self.add_field(of_type, prefix, depth, set);
        };
        let member = text(&members[self.random.usize(..members.len())]["name"]);
        self.add_inline(&member, of_type, &member, depth, set);
    }

    fn directive(&mut self) -> &'static str {
        if !self.has_directives {
            return "";
        }
        match self.random.u8(..12) {
            0 => " @include(if: $yes)",
            1 => " @include(if: $no)",
            2 => " @skip(if: $yes)",
            3 => " @skip(if: false)",
            _ => "",
        }
    }
}
