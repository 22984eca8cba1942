//! Input object field uniqueness (GraphQL, 5.6.3).
//!
//! The parser of async-graphql 7.2.1 silently drops all but the last duplicate, so this scans the text. The text has
//! been parsed: brackets are balanced and strings are terminated.

use std::collections::HashSet;

use async_graphql::{Pos, ServerError};

use super::{MAX_ERRORS, validation_error};

enum Open<'t> {
    /// `(`: it contains values.
    Arguments,
    /// `{` in a value, with the fields so far.
    Object(HashSet<&'t str>),
    /// `[`, or the `{` of a selection.
    Other,
}

pub(super) fn check_text(text: &str) -> Vec<ServerError> {
    let mut errors = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let (mut at, mut name) = (0, 0..0);
    while let Some(byte) = text.as_bytes().get(at) {
        let length = token_length(&text.as_bytes()[at..]);
        match byte {
            b'(' => open.push(Open::Arguments),
            b'{' if open.iter().any(|open| matches!(open, Open::Arguments)) => {
                open.push(Open::Object(HashSet::new()));
            }
            b'[' | b'{' => open.push(Open::Other),
            b')' | b']' | b'}' => drop(open.pop()),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => name = at..at + length,
            // In an object, a colon follows only the name of a field.
            b':' if let Some(Open::Object(fields)) = open.last_mut() => {
                let field = &text[name.clone()];
                if !fields.insert(field) && errors.len() <= MAX_ERRORS {
                    let message = format!(
                        "the field `{field}` occurs more than once in an input object; remove the duplicate"
                    );
                    errors.push(validation_error(message, [position(&text[..name.start])]));
                }
            }
            _ => {}
        }
        at += length;
    }
    errors
}

/// Length in bytes of the string, comment, name or single character at the start.
fn token_length(text: &[u8]) -> usize {
    let until = |is_end: fn(&u8) -> bool| text.iter().position(is_end).unwrap_or(text.len());
    match text {
        [b'"', b'"', b'"', ..] => block_string_length(text),
        [b'"', ..] => string_length(text),
        [b'#', ..] => until(|byte| matches!(byte, b'\n' | b'\r')),
        [b'_' | b'a'..=b'z' | b'A'..=b'Z', ..] => {
            until(|byte| *byte != b'_' && !byte.is_ascii_alphanumeric())
        }
        _ => 1,
    }
}

fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn block_string_length(text: &[u8]) -> usize {
    let mut at = 3;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Line and column as the parser counts them.
fn position(before: &str) -> Pos {
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    Pos {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, rejects};
    use super::*;

    #[test]
    fn a_field_occurs_once_in_an_input_object() {
        rejects(&[
            "{ relationships(filter: { disputed: true, disputed: false }) { totalCount } }",
            "{ countries(filter: { name: { equals: \"a\", in: [] equals: \"b\" } }) { code } }",
            "query($x: CountryFilter = { codes: [] codes: [] }) { countries(filter: $x) { code } }",
        ]);
        accepts(&[
            "{ a: viewer { a: role } a: viewer { a: role } }",
            "{ countries(filter: { codes: [\"codes:\"], name: { equals: \"{codes:1\" } }) { code } }",
            "query($x: CountryFilter = { codes: [], name: { in: [] } }, $y: CountryFilter = { codes: [] })
             { countries(filter: $x) { code } a: countries(filter: $y) { code } }",
        ]);
    }

    #[test]
    fn strings_and_comments_are_skipped() {
        for text in [
            "{a(x:{b:\"b:\\\"b:\"})}",
            "{a(x:{b:\"\"\"b:\\\"\"\"b:\"\"\"})}",
            "{a(x:{b:1 #b:\n})}",
            "{a(x:[{b:1}{b:1}] y:{b:b})}",
        ] {
            assert_eq!(check_text(text), [], "{text}");
        }
    }

    #[test]
    fn the_duplicate_is_located() {
        let errors = check_text("{a\n  (x: { é: 1 bc: 1, bc # :\n : 2})}");
        assert_eq!(
            errors[0].locations,
            [Pos {
                line: 2,
                column: 21
            }]
        );
    }
}
