//! Canonical text of a document: its tokens without white space, commas and comments (GraphQL, 2.1.7).
//!
//! Clients print one document in several ways. Texts with equal canonical texts mean the same.

use super::tokens::Counts;

/// The text must have passed the token limits. A space remains where it separates two tokens.
pub fn canonical_text(document: &str) -> String {
    let mut canonical = String::with_capacity(document.len());
    let mut counts = Counts::default();
    let mut rest = document;
    let mut is_separated = false;
    while let Some(first) = rest.chars().next() {
        let tokens = counts.tokens;
        let length = counts.count_next(rest.as_bytes()).unwrap_or(rest.len());
        // A character that is not ASCII has several bytes.
        let (element, after) = rest.split_at(length.max(first.len_utf8()));
        rest = after;
        if counts.tokens == tokens {
            is_separated = true;
            continue;
        }
        let needs_space =
            is_separated && canonical.ends_with(is_word_like) && element.starts_with(is_word_like);
        if needs_space {
            canonical.push(' ');
        }
        canonical.push_str(element);
        is_separated = false;
    }
    canonical
}

/// Whether a token that starts or ends with it may merge with its neighbour.
fn is_word_like(character: char) -> bool {
    !matches!(
        character,
        '{' | '}' | '(' | ')' | '[' | ']' | ':' | '=' | '!' | '|' | '&'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_characters_do_not_matter() {
        let spellings = [
            "query A($x:ID!){a(b:[1,2],c:\"d , e\"){...F}}",
            "query A ( $x : ID! ) {\n  a(b: [1 2], c: \"d , e\") # {é\n  { ...F } }",
            "\u{feff}query  A($x:ID!,){,a(b:[1,,2]\tc:\"d , e\"){...F},}\n",
        ];
        let canonical = spellings.map(canonical_text);
        assert_eq!(canonical[0], canonical[1]);
        assert_eq!(canonical[0], canonical[2]);
    }

    #[test]
    fn different_tokens_stay_different() {
        for (left, right) in [
            ("{a b}", "{ab}"),
            ("{a(x:\"b\")}", "{a(x:\"b \")}"),
            ("{a(x:[1 2])}", "{a(x:[12])}"),
            ("{a(x:[1 -2])}", "{a(x:[1-2])}"),
            ("{a(x:- 1)}", "{a(x:-1)}"),
            ("{a(x:\"\" \"b\")}", "{a(x:\"\"\"b\"\"\")}"),
        ] {
            assert_ne!(canonical_text(left), canonical_text(right), "{left}");
        }
    }
}
