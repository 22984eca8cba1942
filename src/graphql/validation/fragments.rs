//! Fragment names and the graph of fragment spreads.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, ServerError};

use super::validation_error;

/// GraphQL, `FragmentName`: "Name but not `on`". The library's grammar has no such exception.
pub(super) fn check_names(document: &ExecutableDocument) -> Vec<ServerError> {
    let fragment = document.fragments.get("on");
    let message = "a fragment must not be named `on`";
    fragment
        .map(|fragment| validation_error(message, [fragment.pos]))
        .into_iter()
        .collect()
}

/// Names of the fragments that are spread in a selection set or in a field below it.
pub(super) fn list_spreads(set: &SelectionSet) -> Vec<&Name> {
    let mut names = Vec::new();
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => names.extend(list_spreads(&field.node.selection_set.node)),
            Selection::InlineFragment(inline) => {
                names.extend(list_spreads(&inline.node.selection_set.node));
            }
            Selection::FragmentSpread(spread) => names.push(&spread.node.fragment_name.node),
        }
    }
    names
}

/// Names of the defined fragments that a selection set spreads, directly or through others.
pub(super) fn list_reachable<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
) -> HashSet<&'d Name> {
    let mut reachable = HashSet::new();
    let mut pending = list_spreads(set);
    while let Some(name) = pending.pop() {
        if let Some((name, fragment)) = document.fragments.get_key_value(name)
            && reachable.insert(name)
        {
            pending.extend(list_spreads(&fragment.node.selection_set.node));
        }
    }
    reachable
}

/// Whether a fragment spreads itself, directly or through others.
pub(super) fn is_cyclic(document: &ExecutableDocument) -> bool {
    let mut remaining: HashMap<_, _> = document
        .fragments
        .iter()
        .map(|(name, fragment)| (name, list_spreads(&fragment.node.selection_set.node)))
        .collect();
    // Repeatedly removes the fragments that spread no remaining fragment. Only a cycle remains.
    loop {
        let leaves: Vec<_> = remaining
            .iter()
            .filter(|(_, spreads)| spreads.iter().all(|name| !remaining.contains_key(name)))
            .map(|(name, _)| *name)
            .collect();
        if leaves.is_empty() {
            return !remaining.is_empty();
        }
        for name in leaves {
            remaining.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn cycles_are_detected_and_chains_are_not() {
        for (document, expected) in [
            ("{...A} fragment A on Q{...A}", true),
            ("{a} fragment A on Q{...B} fragment B on Q{a{...A}}", true),
            (
                "{...A} fragment A on Q{...B ...B} fragment B on Q{a}",
                false,
            ),
            ("{...A ...Unknown} fragment A on Q{...Unknown}", false),
        ] {
            assert_eq!(
                is_cyclic(&parse_query(document).unwrap()),
                expected,
                "{document}"
            );
        }
    }
}
