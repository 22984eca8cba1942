//! Field selection merging: fields with the same response key must be the same field (GraphQL, 5.3.2).
//!
//! async-graphql 7.2.1 compares the fields of one selection set if their parent types have the same name, and nothing
//! below them. Here all fields that may belong to one object are compared with the first of them, since equality is
//! transitive; their selection sets are then compared as one.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{ErrorExtensionValues, Name, ServerError};

use super::field_use::{FieldUse, find_field_use, group_by_object, is_same_field};
use super::{inline_fragment_type, root_type, validation_error};

/// Fields visited while comparing. A document has at most 5,000; a field of an interface is visited again for each
/// object type, unless the same fields were compared before.
const MAX_VISITS: usize = 20_000;

/// Result of the check.
pub(super) struct Overlaps {
    pub(super) errors: Vec<ServerError>,
    /// Whether several selection sets of one object share a response key, so that their results are merged.
    pub(super) has_merged_selections: bool,
}

pub(super) fn check_document(document: &ExecutableDocument, registry: &Registry) -> Overlaps {
    let mut overlap = Overlap {
        document,
        registry,
        visits: 0,
        compared: [HashSet::new(), HashSet::new()],
        has_merged_selections: false,
        errors: Vec::new(),
    };
    for (_, operation) in document.operations.iter() {
        let parent = root_type(registry, operation.node.ty);
        let parts = [(parent, &operation.node.selection_set.node)];
        overlap.compare_fields(&parts);
        if overlap.errors.is_empty() {
            overlap.compare_types(&parts);
        }
    }
    if overlap.visits > MAX_VISITS {
        overlap.errors = vec![too_complex()];
    }
    Overlaps {
        errors: overlap.errors,
        has_merged_selections: overlap.has_merged_selections,
    }
}

fn too_complex() -> ServerError {
    let message =
        "the same fields are selected under too many type conditions; simplify the fragments";
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    ErrorExtensionValues::set(extensions, "code", "QUERY_TOO_COMPLEX");
    error
}

/// A selection set of an object, with the type that it selects from.
type Part<'d> = (Option<&'d MetaType>, &'d SelectionSet);

type FieldUses<'d> = IndexMap<&'d Name, Vec<FieldUse<'d>>>;

/// The addresses of fields of a document with those of the types that they are selected from, sorted: what is below the same fields
/// is the same, in whatever objects they stand.
type FieldSet = Vec<(usize, usize)>;

struct Overlap<'d> {
    document: &'d ExecutableDocument,
    registry: &'d Registry,
    visits: usize,
    /// What was compared: fields of one object, and types.
    compared: [HashSet<FieldSet>; 2],
    has_merged_selections: bool,
    errors: Vec<ServerError>,
}

impl<'d> Overlap<'d> {
    /// Fields that may belong to one object must have the same name and arguments.
    fn compare_fields(&mut self, parts: &[Part<'d>]) {
        for (name, uses) in self.collect(parts) {
            for group in group_by_object(&uses) {
                if !self.is_new(0, group.iter().copied()) {
                    continue;
                }
                let conflict = group.iter().find(|other| !is_same_field(group[0], other));
                if let Some(other) = conflict {
                    self.add_error(name, "differ in name or arguments", group[0], other);
                } else {
                    let below = self.selections_below(group);
                    self.has_merged_selections |= below.len() > 1;
                    self.compare_fields(&below);
                }
            }
        }
    }

    /// GraphQL, `SameResponseShape()`: a response key has one type, even for fields that never belong to one object.
    fn compare_types(&mut self, parts: &[Part<'d>]) {
        for (name, uses) in self.collect(parts) {
            if !self.is_new(1, &uses) {
                continue;
            }
            let conflict = uses
                .iter()
                .find(|other| !self.is_same_type(uses[0], **other));
            match conflict {
                Some(other) => self.add_error(name, "have different types", &uses[0], other),
                None => self.compare_types(&self.selections_below(&uses)),
            }
        }
    }

    /// Whether these fields are compared for the first time. Fields with nothing below them are as fast compared as found.
    fn is_new<'u>(
        &mut self,
        comparison: usize,
        uses: impl IntoIterator<Item = &'u FieldUse<'d>, IntoIter: Clone>,
    ) -> bool
    where
        'd: 'u,
    {
        let uses = uses.into_iter();
        let is_leaf = |one: &FieldUse<'d>| one.field.node.selection_set.node.items.is_empty();
        if uses.clone().all(is_leaf) {
            return true;
        }
        let address = |one: &FieldUse<'d>| {
            let (field, parent) = (
                std::ptr::from_ref(one.field),
                std::ptr::from_ref(one.parent),
            );
            (field.addr(), parent.addr())
        };
        let mut fields: FieldSet = uses.map(address).collect();
        fields.sort_unstable();
        fields.dedup();
        self.compared[comparison].insert(fields)
    }

    fn add_error(&mut self, key: &Name, reason: &str, one: &FieldUse<'d>, other: &FieldUse<'d>) {
        let (first, second) = (&one.field.node.name.node, &other.field.node.name.node);
        let message = format!(
            "`{first}` and `{second}` {reason} but share the response key `{key}`; give one an alias"
        );
        let positions = [one.field.pos, other.field.pos];
        self.errors.push(validation_error(message, positions));
    }

    fn collect(&mut self, parts: &[Part<'d>]) -> FieldUses<'d> {
        let (mut uses, mut seen) = (FieldUses::new(), HashSet::new());
        for (parent, set) in parts {
            self.collect_from(*parent, set, &mut uses, &mut seen);
        }
        if self.visits > MAX_VISITS {
            uses.clear(); // the document is rejected, so the comparison stops
        }
        uses
    }

    fn collect_from(
        &mut self,
        parent: Option<&'d MetaType>,
        set: &'d SelectionSet,
        uses: &mut FieldUses<'d>,
        seen: &mut HashSet<&'d Name>,
    ) {
        self.visits += set.items.len();
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    if let Some(field_use) = parent.and_then(|parent| find_field_use(parent, field))
                    {
                        let name = &field.node.response_key().node;
                        uses.entry(name).or_default().push(field_use);
                    }
                }
                Selection::InlineFragment(inline) => {
                    let inner = inline_fragment_type(self.registry, &inline.node, parent);
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

    fn selections_below<'u>(
        &self,
        uses: impl IntoIterator<Item = &'u FieldUse<'d>>,
    ) -> Vec<Part<'d>>
    where
        'd: 'u,
    {
        uses.into_iter()
            .map(|field_use| {
                let parent = self.registry.concrete_type_by_name(field_use.type_name);
                (parent, &field_use.field.node.selection_set.node)
            })
            .filter(|(_, set)| !set.items.is_empty())
            .collect()
    }

    fn is_same_type(&self, one: FieldUse<'d>, other: FieldUse<'d>) -> bool {
        let names =
            [one, other].map(|field_use| MetaTypeName::concrete_typename(field_use.type_name));
        let types = names.map(|name| self.registry.types.get(name));
        let are_objects = types.map(|kind| kind.is_some_and(MetaType::is_composite));
        let wrappers = [
            one.type_name.replace(names[0], ""),
            other.type_name.replace(names[1], ""),
        ];
        wrappers[0] == wrappers[1] && (names[0] == names[1] || are_objects == [true, true])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{accepts, messages, rejects};

    #[test]
    fn a_response_key_has_one_field() {
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
            rejects(&[&format!("{{ country(code: \"RW\") {{ {state} }} }}")]);
            let fragments = "fragment F on Country { ...G } fragment G on Country";
            rejects(&[&format!(
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
    fn a_response_key_has_one_type_even_across_objects() {
        for (state, initiative) in [
            ("x: code", "x: title"),
            ("x: alpha3", "x: title"),
            ("x: aliases", "x: title"),
            ("x: region { code }", "x: title"),
            ("x: region { y: code }", "x: requestingState { y: name }"),
        ] {
            rejects(&[&node(state, initiative)]);
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
    fn all_kinds_of_statements_may_be_selected_two_levels_deep() {
        let common = "id number kind summary note validFrom standing recordedAt claimant{kind label}
            evidence{relation quote locator source{number kind title publisher url publishedOn language derivedFrom{title}}}";
        let kinds = [
            "Stance",
            "Agreement",
            "Funding",
            "Transfer",
            "Return",
            "Legal",
            "Concern",
            "Pressure",
            "Denial",
            "Count",
        ];
        let fragment = |below: &str| {
            let each = kinds.map(|kind| format!("...on {kind}Statement{{{common} {below}}}"));
            format!("{common} {below} {}", each.concat())
        };
        let relations = ["corrects", "correctedBy", "contradicts", "contradictedBy"];
        let below = relations.map(|relation| format!("{relation}{{id ...Below}}"));
        accepts(&[&format!(
            "{{ statement(number: 1) {{ ...Above }} }} fragment Above on Statement {{ {} }} fragment Below on Statement {{ {} }}",
            fragment(&below.concat()),
            fragment("")
        )]);
    }

    #[test]
    fn multiplying_type_conditions_are_rejected_in_time() {
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
        let expected =
            "the same fields are selected under too many type conditions; simplify the fragments";
        assert_eq!(messages(&query, json!({})), [expected]);
    }
}
