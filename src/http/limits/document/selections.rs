//! How large a parsed document is once its fragments are in place.
//!
//! async-graphql 7.2.1 walks a fragment again at each of its spreads, before any limit is asked: twenty fragments that
//! spread the next one twice are a million visits. Here each fragment is visited once.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

use super::excess;
use crate::{config::limits::DocumentLimits, http::response::graphql_error::error};

/// Lists of introspection inside of each other; graphql-js refuses as many (`MaxIntrospectionDepthRule`). Each could
/// name every type again.
const INTROSPECTION_LISTS: usize = 3;

/// # Errors
/// `QUERY_TOO_COMPLEX` if the operations together select too much or too deep, or a fragment spreads itself.
pub fn check(document: &ExecutableDocument, limits: &DocumentLimits) -> Result<(), ServerError> {
    let mut sizes = Sizes {
        fragments: &document.fragments,
        known: HashMap::new(),
    };
    let mut total = Size::default();
    for (_, operation) in document.operations.iter() {
        total.add(sizes.of_set(&operation.node.selection_set.node));
    }
    // Also those that nothing spreads: validation walks them.
    for name in document.fragments.keys() {
        sizes.of_fragment(name);
    }
    if sizes.known.values().any(Option::is_none) || total.is_circular {
        return Err(error("QUERY_TOO_COMPLEX", "a fragment spreads itself"));
    }
    if total.selections > limits.fields {
        let what = "selects too many fields once its fragments are in place";
        return Err(excess("max-fields", limits.fields, what));
    }
    if total.depth > limits.depth {
        return Err(excess("max-depth", limits.depth, "selects too deep"));
    }
    if total.introspection >= INTROSPECTION_LISTS {
        let message =
            "introspection may list types inside of types once, not again inside of those";
        return Err(error("QUERY_TOO_COMPLEX", message));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    /// Fields and spreads.
    selections: usize,
    /// Levels of fields. What is below `__schema` and `__type` has a rule of its own.
    depth: usize,
    /// Levels of lists, if this stands in an introspection.
    lists: usize,
    /// The same, where it does.
    introspection: usize,
    is_circular: bool,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.lists = self.lists.max(other.lists);
        self.introspection = self.introspection.max(other.introspection);
        self.is_circular |= other.is_circular;
    }
}

struct Sizes<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Nothing for a fragment that is being measured: meeting it again is a circle.
    known: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Sizes<'a> {
    /// The depth of recursion is the guard's limit of nesting times its limit of fragments.
    fn of_set(&mut self, set: &'a SelectionSet) -> Size {
        let mut size = Size {
            selections: set.items.len(),
            ..Size::default()
        };
        for item in &set.items {
            size.add(match &item.node {
                Selection::Field(field) => self.of_field(&field.node),
                Selection::InlineFragment(inline) => self.of_set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    self.of_fragment(&spread.node.fragment_name.node)
                }
            });
        }
        size
    }

    fn of_field(&mut self, field: &'a Field) -> Size {
        let below = self.of_set(&field.selection_set.node);
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

    fn of_fragment(&mut self, name: &'a Name) -> Size {
        if let Some(known) = self.known.get(name) {
            return known.unwrap_or(Size {
                is_circular: true,
                ..Size::default()
            });
        }
        let Some(fragment) = self.fragments.get(name) else {
            return Size::default(); // validation names it
        };
        self.known.insert(name, None);
        let size = self.of_set(&fragment.node.selection_set.node);
        // A circle stays unknown: no limit may be asked of half a size.
        if !size.is_circular {
            self.known.insert(name, Some(size));
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
        check(&document, &DocumentLimits::default()).is_ok()
    }

    #[test]
    fn doubling_fragments_are_counted_without_being_walked() {
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
    fn a_circle_of_fragments_is_refused() {
        let circle = "fragment A on Query{a{...B}} fragment B on Query{...A}";
        assert!(!passes(&format!("{{...A}} {circle}")));
        assert!(!passes(&format!("{{a}} {circle}")));
        assert!(!passes("{...A} fragment A on B{...A}"));
    }

    #[test]
    fn a_fragment_may_be_used_often() {
        assert!(passes(
            "{a{...F} b{...F ... on B{...F}}} fragment F on B{c d}"
        ));
    }

    #[test]
    fn depth_is_counted_through_fragments_and_not_of_introspection() {
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
    fn introspection_lists_types_of_types_once() {
        assert!(passes("{__schema{types{fields{type{fields{name}}}}}}"));
        let thrice = "types{fields{type{fields{type{possibleTypes{name}}}}}}";
        assert!(!passes(&format!("{{__schema{{{thrice}}}}}")));
        let split = "{__type(name:\"A\"){...T}} fragment T on __Type{fields{type{...U}}} \
                     fragment U on __Type{interfaces{inputFields{name}}}";
        assert!(!passes(split));
        // Only in an introspection: a field of ours may have such a name.
        assert!(passes("{fields{fields{fields{fields{a}}}}}"));
    }
}
