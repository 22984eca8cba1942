//! Selection limits: measures the fields and the depth of a parsed document with all fragments expanded.
//!
//! async-graphql 7.2.1 visits a fragment again at each of its spreads, before it checks any limit: twenty fragments
//! that each spread the next one twice are a million visits. The measurement here visits each fragment once and caches
//! its size.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

use super::limit_error;
use crate::{config::limits::DocumentLimits, http::response::graphql_error::graphql_error};

/// Maximum nesting of introspection lists, the same as in graphql-js (`MaxIntrospectionDepthRule`). Each level could
/// list every type again.
const MAX_INTROSPECTION_LISTS: usize = 2;

/// # Errors
/// `QUERY_TOO_COMPLEX` if the operations together select too many fields or too deep, or fragments form a cycle.
pub fn check_selections(
    document: &ExecutableDocument,
    limits: &DocumentLimits,
) -> Result<(), ServerError> {
    let mut measure = SelectionMeasure {
        fragments: &document.fragments,
        sizes: HashMap::new(),
    };
    let mut total = Size::default();
    for (_, operation) in document.operations.iter() {
        total.add(measure.measure_set(&operation.node.selection_set.node));
    }
    // Unused fragments are measured, too: validation visits them.
    for name in document.fragments.keys() {
        measure.measure_fragment(name);
    }
    if measure.sizes.values().any(Option::is_none) || total.is_cyclic {
        return Err(graphql_error(
            "QUERY_TOO_COMPLEX",
            "a fragment spreads itself, directly or through other fragments",
        ));
    }
    let Size {
        selections,
        depth,
        introspection,
        ..
    } = total;
    if selections > limits.fields {
        let excess = format!("the document selects {selections} fields after expanding fragments");
        return Err(limit_error("max-fields", limits.fields, &excess));
    }
    if depth > limits.depth {
        let excess = format!("the document selects {depth} levels of fields");
        return Err(limit_error("max-depth", limits.depth, &excess));
    }
    if introspection > MAX_INTROSPECTION_LISTS {
        let message = format!(
            "introspection nests {introspection} lists (`fields`, `interfaces`, `possibleTypes`, `inputFields`); \
             the limit is {MAX_INTROSPECTION_LISTS}"
        );
        return Err(graphql_error("QUERY_TOO_COMPLEX", message));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    /// Fields and fragment spreads.
    selections: usize,
    /// Levels of fields. Fields below `__schema` and `__type` count in `introspection` instead.
    depth: usize,
    /// Levels of introspection lists, should this selection be part of an introspection.
    lists: usize,
    /// Levels of introspection lists below `__schema` and `__type`.
    introspection: usize,
    is_cyclic: bool,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.lists = self.lists.max(other.lists);
        self.introspection = self.introspection.max(other.introspection);
        self.is_cyclic |= other.is_cyclic;
    }
}

struct SelectionMeasure<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Size of each visited fragment; `None` while it is measured: visiting it again then is a cycle.
    sizes: HashMap<&'a Name, Option<Size>>,
}

impl<'a> SelectionMeasure<'a> {
    /// The limits of nesting and of fragments, multiplied, bound the recursion depth.
    fn measure_set(&mut self, set: &'a SelectionSet) -> Size {
        let mut size = Size {
            selections: set.items.len(),
            ..Size::default()
        };
        for item in &set.items {
            size.add(match &item.node {
                Selection::Field(field) => self.measure_field(&field.node),
                Selection::InlineFragment(inline) => {
                    self.measure_set(&inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    self.measure_fragment(&spread.node.fragment_name.node)
                }
            });
        }
        size
    }

    fn measure_field(&mut self, field: &'a Field) -> Size {
        let below = self.measure_set(&field.selection_set.node);
        let (depth, introspection) = match field.name.node.as_str() {
            "__schema" | "__type" => (1, below.lists),
            _ => (below.depth.saturating_add(1), below.introspection),
        };
        let is_list = matches!(
            field.name.node.as_str(),
            "fields" | "interfaces" | "possibleTypes" | "inputFields"
        );
        Size {
            depth,
            introspection,
            lists: below.lists + usize::from(is_list),
            ..below
        }
    }

    fn measure_fragment(&mut self, name: &'a Name) -> Size {
        if let Some(size) = self.sizes.get(name) {
            return size.unwrap_or(Size {
                is_cyclic: true,
                ..Size::default()
            });
        }
        let Some(fragment) = self.fragments.get(name) else {
            return Size::default(); // validation reports it
        };
        self.sizes.insert(name, None);
        let size = self.measure_set(&fragment.node.selection_set.node);
        // A fragment in a cycle has no size; caching a partial one would let it pass a limit.
        if !size.is_cyclic {
            self.sizes.insert(name, Some(size));
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn passes(document: &str) -> bool {
        let document = parse_query(document).unwrap();
        check_selections(&document, &DocumentLimits::default()).is_ok()
    }

    #[test]
    fn doubling_fragments_are_measured_without_being_expanded() {
        use std::fmt::Write;
        let mut bomb = "{...F0}".to_owned();
        for n in 0..19 {
            let next = n + 1;
            write!(bomb, "fragment F{n} on Query{{...F{next} ...F{next}}}").unwrap();
        }
        bomb.push_str("fragment F19 on Query{hello}");
        assert!(!passes(&bomb));
    }

    #[test]
    fn a_cycle_of_fragments_is_rejected() {
        let cycle = "fragment A on Query{a{...B}} fragment B on Query{...A}";
        assert!(!passes(&format!("{{...A}} {cycle}")));
        assert!(!passes(&format!("{{a}} {cycle}")));
        assert!(!passes("{...A} fragment A on B{...A}"));
    }

    #[test]
    fn a_fragment_may_be_used_often() {
        assert!(passes(
            "{a{...F} b{...F ... on B{...F}}} fragment F on B{c d}"
        ));
    }

    #[test]
    fn depth_includes_fragments_and_excludes_introspection() {
        let nested = |levels: usize| format!("{}b{}", "a{".repeat(levels), "}".repeat(levels));
        assert!(passes(&format!("{{{}}}", nested(11))));
        assert!(!passes(&format!("{{{}}}", nested(12))));
        let split = |below| {
            format!(
                "{{a{{...F}}}} fragment F on A{{... on A{{{}}}}}",
                nested(below)
            )
        };
        assert!(passes(&split(10)));
        assert!(!passes(&split(11)));
        assert!(passes(&format!("{{__schema{{{}}}}}", nested(20))));
    }

    #[test]
    fn introspection_may_nest_two_lists() {
        assert!(passes("{__schema{types{fields{type{fields{name}}}}}}"));
        let thrice = "types{fields{type{fields{type{possibleTypes{name}}}}}}";
        assert!(!passes(&format!("{{__schema{{{thrice}}}}}")));
        let split = "{__type(name:\"A\"){...T}} fragment T on __Type{fields{type{...U}}} \
                     fragment U on __Type{interfaces{inputFields{name}}}";
        assert!(!passes(split));
        // Outside of introspection, fields may have these names.
        assert!(passes("{fields{fields{fields{fields{a}}}}}"));
    }
}
