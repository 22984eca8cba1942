//! Locations of errors in another spelling of a document.
//!
//! Requests share one syntax tree if their texts have the same tokens. Its positions are those of the first text.

use std::collections::HashMap;

use async_graphql::{Pos, ServerError};

use super::canonical::{Tokens, without_live};

/// Replaces the positions of tokens in `from` by those of the same tokens in `to`. Both have the same canonical text, perhaps
/// without `@live`, whose positions stay then.
pub fn relocate(errors: &mut [ServerError], from: &str, to: &str) {
    if from == to || errors.iter().all(|error| error.locations.is_empty()) {
        return;
    }
    let (Ok(from), Ok(to)) = (Tokens::new(from), Tokens::new(to)) else {
        return; // a text that was parsed is not rejected here
    };
    let (mut from, mut to): (Vec<_>, Vec<_>) = (from.flatten().collect(), to.flatten().collect());
    let mut tokens = from.iter().zip(&to);
    if from.len() != to.len() || tokens.any(|(from, to)| from.text != to.text) {
        (from, to) = (without_live(from), without_live(to));
    }
    let positions = from.into_iter().zip(to);
    let positions: HashMap<Pos, Pos> = positions.map(|(from, to)| (from.pos, to.pos)).collect();
    for location in errors.iter_mut().flat_map(|error| &mut error.locations) {
        if let Some(position) = positions.get(location) {
            *location = *position;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_located_in_the_other_spelling() {
        let from = "query A($x: ID) { a(b: $x) { c } }";
        let to = "# é\n\"d\" query A(\n\"\"\"\nd\n\"\"\" $x:ID){,a(b:$x)\n\r{ c}}";
        let at = |line, column| Pos { line, column };
        for (before, after) in [
            (at(1, 1), at(2, 5)),
            (at(1, 9), at(5, 5)),
            (at(1, 19), at(5, 13)),
            (at(1, 30), at(7, 3)),
            (at(0, 0), at(0, 0)),
        ] {
            let mut errors = [ServerError::new("", Some(before))];
            relocate(&mut errors, from, to);
            assert_eq!(errors[0].locations, [after], "{before:?}");
        }
    }

    #[test]
    fn an_optional_directive_moves_what_follows_it() {
        let (from, to) = ("query @live { a }", "query @live(patch: true) { a }");
        for (before, after) in [(1, 1), (15, 28), (7, 7)] {
            let at = |column| Pos { line: 1, column };
            let mut errors = [ServerError::new("", Some(at(before)))];
            relocate(&mut errors, from, to);
            assert_eq!(errors[0].locations, [at(after)]);
        }
    }
}
