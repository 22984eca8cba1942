//! How large a parsed document is once its fragments are in place.
//!
//! async-graphql 7.2.1 walks a fragment again at each of its spreads, before any limit is asked: twenty fragments that
//! spread the next one twice are a million visits. Here each fragment is visited once.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
};

use super::guard::too_complex;

/// Fields and spreads, after expansion. The introspection query has about 150.
const SELECTIONS: usize = 5_000;

/// # Errors
/// `QUERY_TOO_COMPLEX` if the operations together select too much, or a fragment spreads itself.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut sizes = Sizes {
        fragments: &document.fragments,
        known: HashMap::new(),
    };
    let total = document
        .operations
        .iter()
        .map(|(_, operation)| sizes.of_set(&operation.node.selection_set.node))
        .fold(0_usize, usize::saturating_add);
    if total > SELECTIONS {
        return Err(too_complex(format!(
            "the document selects more than {SELECTIONS} fields once its fragments are in place"
        )));
    }
    Ok(())
}

struct Sizes<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Nothing for a fragment that is being measured: meeting it again is a circle.
    known: HashMap<&'a Name, Option<usize>>,
}

impl<'a> Sizes<'a> {
    /// The depth of recursion is the parser's limit of nesting times the guard's limit of fragments.
    fn of_set(&mut self, set: &'a SelectionSet) -> usize {
        set.items
            .iter()
            .map(|item| match &item.node {
                Selection::Field(field) => self.of_set(&field.node.selection_set.node),
                Selection::InlineFragment(inline) => self.of_set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    self.of_fragment(&spread.node.fragment_name.node)
                }
            })
            .fold(set.items.len(), usize::saturating_add)
    }

    fn of_fragment(&mut self, name: &'a Name) -> usize {
        if let Some(known) = self.known.get(name) {
            return known.unwrap_or(usize::MAX);
        }
        let Some(fragment) = self.fragments.get(name) else {
            return 0; // validation names it
        };
        self.known.insert(name, None);
        let size = self.of_set(&fragment.node.selection_set.node);
        self.known.insert(name, Some(size));
        size
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check_text(document: &str) -> Result<(), ServerError> {
        check(&parse_query(document).unwrap())
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
        assert!(check_text(&bomb).is_err());
    }

    #[test]
    fn a_circle_of_fragments_is_refused() {
        let circle = "{...A} fragment A on Query{a{...B}} fragment B on Query{...A}";
        assert!(check_text(circle).is_err());
    }

    #[test]
    fn a_fragment_may_be_used_often() {
        let twice = "{a{...F} b{...F ... on B{...F}}} fragment F on B{c d}";
        assert!(check_text(twice).is_ok());
    }
}
