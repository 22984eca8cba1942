//! Fields that would answer under one name must be one field (GraphQL, 5.3.2).
//!
//! async-graphql 7.2.1 compares the fields of one selection where their parent is named alike, and nothing below them.
//! Here what can meet in one object is compared with the first of it, since being the same is transitive, and then goes
//! down as one selection.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{ErrorExtensionValues, Name, ServerError};

use super::field_use::{Selected, find, groups, is_same_field};
use super::{fault, inside, root};

/// Fields met while comparing. A document has 5,000; one of an interface is met again with those of each object type.
const VISITS: usize = 20_000;

/// What is found of a document.
pub(super) struct Overlaps {
    pub(super) faults: Vec<ServerError>,
    /// Whether an object is selected from in several places that answer under one name.
    pub(super) are_deep: bool,
}

pub(super) fn check(document: &ExecutableDocument, registry: &Registry) -> Overlaps {
    let mut overlap = Overlap {
        document,
        registry,
        visits: 0,
        are_deep: false,
        faults: Vec::new(),
    };
    for (_, operation) in document.operations.iter() {
        let parent = root(registry, operation.node.ty);
        let parts = [(parent, &operation.node.selection_set.node)];
        overlap.compare_fields(&parts);
        if overlap.faults.is_empty() {
            overlap.compare_types(&parts);
        }
    }
    if overlap.visits > VISITS {
        overlap.faults = vec![too_complex()];
    }
    Overlaps {
        faults: overlap.faults,
        are_deep: overlap.are_deep,
    }
}

fn too_complex() -> ServerError {
    let message = "the same fields are selected under too many conditions";
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    ErrorExtensionValues::set(extensions, "code", "QUERY_TOO_COMPLEX");
    error
}

/// Selections from one object, and the type of which each was written.
type Part<'d> = (Option<&'d MetaType>, &'d SelectionSet);

type Uses<'d> = IndexMap<&'d Name, Vec<Selected<'d>>>;

struct Overlap<'d> {
    document: &'d ExecutableDocument,
    registry: &'d Registry,
    visits: usize,
    are_deep: bool,
    faults: Vec<ServerError>,
}

impl<'d> Overlap<'d> {
    /// What can be one object must be one field with one set of arguments.
    fn compare_fields(&mut self, parts: &[Part<'d>]) {
        for (name, uses) in self.collect(parts) {
            for group in groups(&uses) {
                let conflict = group.iter().find(|other| !is_same_field(group[0], other));
                if let Some(other) = conflict {
                    self.refuse(name, "are different fields", group[0], other);
                } else {
                    let below = self.below(group);
                    self.are_deep |= below.len() > 1;
                    self.compare_fields(&below);
                }
            }
        }
    }

    /// GraphQL, `SameResponseShape()`: even what never is one object has one type for one name.
    fn compare_types(&mut self, parts: &[Part<'d>]) {
        for (name, uses) in self.collect(parts) {
            let conflict = uses
                .iter()
                .find(|other| !self.is_same_type(uses[0], **other));
            match conflict {
                Some(other) => self.refuse(name, "have different types", &uses[0], other),
                None => self.compare_types(&self.below(&uses)),
            }
        }
    }

    fn refuse(&mut self, name: &Name, why: &str, one: &Selected<'d>, other: &Selected<'d>) {
        let (first, second) = (&one.field.node.name.node, &other.field.node.name.node);
        let message = format!("under `{name}`, `{first}` and `{second}` {why}; rename one");
        let places = [one.field.pos, other.field.pos];
        self.faults.push(fault(message, places));
    }

    fn collect(&mut self, parts: &[Part<'d>]) -> Uses<'d> {
        let (mut uses, mut seen) = (Uses::new(), HashSet::new());
        for (parent, set) in parts {
            self.collect_from(*parent, set, &mut uses, &mut seen);
        }
        if self.visits > VISITS {
            uses.clear(); // the answer is known, so nothing more is looked at
        }
        uses
    }

    fn collect_from(
        &mut self,
        parent: Option<&'d MetaType>,
        set: &'d SelectionSet,
        uses: &mut Uses<'d>,
        seen: &mut HashSet<&'d Name>,
    ) {
        self.visits += set.items.len();
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    if let Some(found) = parent.and_then(|parent| find(parent, field)) {
                        let name = &field.node.response_key().node;
                        uses.entry(name).or_default().push(found);
                    }
                }
                Selection::InlineFragment(inline) => {
                    let inner = inside(self.registry, &inline.node, parent);
                    self.collect_from(inner, &inline.node.selection_set.node, uses, seen);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name);
                    if let Some(fragment) = fragment
                        && seen.insert(name)
                    {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        let inner = self.registry.types.get(on);
                        self.collect_from(inner, &fragment.node.selection_set.node, uses, seen);
                    }
                }
            }
        }
    }

    fn below<'u>(&self, uses: impl IntoIterator<Item = &'u Selected<'d>>) -> Vec<Part<'d>>
    where
        'd: 'u,
    {
        uses.into_iter()
            .map(|found| {
                let kind = self.registry.concrete_type_by_name(found.kind);
                (kind, &found.field.node.selection_set.node)
            })
            .filter(|(_, set)| !set.items.is_empty())
            .collect()
    }

    fn is_same_type(&self, one: Selected<'d>, other: Selected<'d>) -> bool {
        let names = [one, other].map(|found| MetaTypeName::concrete_typename(found.kind));
        let kinds = names.map(|name| self.registry.types.get(name));
        let are_objects = kinds.map(|kind| kind.is_some_and(MetaType::is_composite));
        let wrappers = [
            one.kind.replace(names[0], ""),
            other.kind.replace(names[1], ""),
        ];
        wrappers[0] == wrappers[1] && (names[0] == names[1] || are_objects == [true, true])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{accepts, messages, refuses};

    #[test]
    fn one_name_is_one_field() {
        for state in [
            "x: code x: name",
            "x: code ... { x: name }",
            "x: code ... on Country { x: name }",
            "x: code ... on Node { x: id }",
            "x: code x: __typename",
            "name name(lang: \"fr\")",
            "name(lang: \"fr\") ... on Country { name(lang: \"en\") }",
            "region { x: code } region { x: name }",
            "region { x: code } ... on Country { region { x: name } }",
        ] {
            refuses(&[&format!("{{ country(code: \"RW\") {{ {state} }} }}")]);
            let fragments = "fragment F on Country { ...G } fragment G on Country";
            refuses(&[&format!(
                "{{ country(code: \"RW\") {{ ...F }} }} {fragments} {{ {state} }}"
            )]);
        }
        accepts(&[
            "{ country(code: \"RW\") { x: code ... on Country { x: code } region { name } region { code } } }",
            "{ countries(filter: { unMember: true, codes: [] }) { code }
               countries(filter: { codes: [], unMember: true }) { name } }",
        ]);
    }

    #[test]
    fn one_name_is_one_type_even_if_never_in_one_object() {
        for (state, initiative) in [
            ("x: code", "x: title"),
            ("x: alpha3", "x: title"),
            ("x: aliases", "x: title"),
            ("x: region { code }", "x: title"),
            ("x: region { y: code }", "x: requestingState { y: name }"),
        ] {
            refuses(&[&node(state, initiative)]);
        }
        accepts(&[
            &node("x: code", "x: slug"),
            &node("x: code", "x: id"),
            &node(
                "x: region { y: name }",
                "x: requestingState { y: name z: code }",
            ),
        ]);
    }

    fn node(state: &str, initiative: &str) -> String {
        format!(
            "{{ node(id: 1) {{ ... on Country {{ {state} }} ... on Initiative {{ {initiative} }} }} }}"
        )
    }

    #[test]
    fn conditions_that_multiply_are_refused_in_time() {
        let kinds = [
            "Stance",
            "Agreement",
            "Funding",
            "Legal",
            "Concern",
            "Count",
        ];
        let mut inner = "id".to_owned();
        for depth in 0..10 {
            let chain = format!("{}id{}", "corrects{".repeat(depth), "}".repeat(depth));
            let each = kinds.map(|kind| format!("... on {kind}Statement{{corrects{{{chain}}}}}"));
            inner = format!("{} corrects{{{inner}}}", each.concat());
        }
        let query = format!("{{ statement(number: 1) {{ {inner} }} }}");
        let expected = "the same fields are selected under too many conditions";
        assert_eq!(messages(&query, json!({})), [expected]);
    }
}
