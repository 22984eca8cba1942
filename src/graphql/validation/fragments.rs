//! Which fragments use which.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, ServerError};

use super::fault;

/// GraphQL, `FragmentName`: "Name but not `on`". The library's grammar has no such exception.
pub(super) fn check(document: &ExecutableDocument) -> Vec<ServerError> {
    let named = document.fragments.get("on");
    let message = "a fragment may not be called `on`";
    named
        .map(|on| fault(message, [on.pos]))
        .into_iter()
        .collect()
}

/// Names of the fragments that stand in a selection, those in fields below it included.
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

/// Names of the known fragments that a selection uses, directly or through others; each once.
pub(super) fn list_reachable<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
) -> HashSet<&'d Name> {
    let mut reached = HashSet::new();
    let mut rest = list_spreads(set);
    while let Some(name) = rest.pop() {
        if let Some((name, fragment)) = document.fragments.get_key_value(name)
            && reached.insert(name)
        {
            rest.extend(list_spreads(&fragment.node.selection_set.node));
        }
    }
    reached
}

/// Whether a fragment spreads itself, directly or through others.
pub(super) fn is_cyclic(document: &ExecutableDocument) -> bool {
    let mut open: HashMap<_, _> = document
        .fragments
        .iter()
        .map(|(name, fragment)| (name, list_spreads(&fragment.node.selection_set.node)))
        .collect();
    // Take away, again and again, what spreads nothing that is left. In a circle everything spreads something.
    loop {
        let done: Vec<_> = open
            .iter()
            .filter(|(_, spreads)| spreads.iter().all(|name| !open.contains_key(name)))
            .map(|(name, _)| *name)
            .collect();
        if done.is_empty() {
            return !open.is_empty();
        }
        for name in done {
            open.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn circles_are_found_and_chains_are_not() {
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
