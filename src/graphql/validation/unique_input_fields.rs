//! Fields that stand twice in one input object (GraphQL, 5.6.3).
//!
//! The parser of async-graphql 7.2.1 keeps the last and tells nobody, so the text is asked. It has been parsed:
//! brackets are closed and strings end.

use std::collections::HashSet;

use async_graphql::{Pos, ServerError};

use super::{ERRORS, fault};

enum Open<'t> {
    /// `(`: what stands in it are values.
    Arguments,
    /// `{` in a value, with the fields so far.
    Object(HashSet<&'t str>),
    /// `[`, or the `{` of a selection.
    Other,
}

pub(super) fn check(text: &str) -> Vec<ServerError> {
    let mut faults = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let (mut at, mut name) = (0, 0..0);
    while let Some(byte) = text.as_bytes().get(at) {
        let length = length(&text.as_bytes()[at..]);
        match byte {
            b'(' => open.push(Open::Arguments),
            b'{' if open.iter().any(|open| matches!(open, Open::Arguments)) => {
                open.push(Open::Object(HashSet::new()));
            }
            b'[' | b'{' => open.push(Open::Other),
            b')' | b']' | b'}' => drop(open.pop()),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => name = at..at + length,
            // In an object, a colon follows the name of a field and nothing else.
            b':' if let Some(Open::Object(fields)) = open.last_mut() => {
                let field = &text[name.clone()];
                if !fields.insert(field) && faults.len() <= ERRORS {
                    let message = format!("the field `{field}` stands twice in one object");
                    faults.push(fault(message, [position(&text[..name.start])]));
                }
            }
            _ => {}
        }
        at += length;
    }
    faults
}

/// Bytes of the string, comment, name or other character at the start.
fn length(text: &[u8]) -> usize {
    let until = |is_end: fn(&u8) -> bool| text.iter().position(is_end).unwrap_or(text.len());
    match text {
        [b'"', b'"', b'"', ..] => block_string(text),
        [b'"', ..] => string(text),
        [b'#', ..] => until(|byte| matches!(byte, b'\n' | b'\r')),
        [b'_' | b'a'..=b'z' | b'A'..=b'Z', ..] => {
            until(|byte| *byte != b'_' && !byte.is_ascii_alphanumeric())
        }
        _ => 1,
    }
}

fn string(text: &[u8]) -> usize {
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

fn block_string(text: &[u8]) -> usize {
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

/// Lines and columns as the parser counts them.
fn position(before: &str) -> Pos {
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    Pos {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accepts, refuses};
    use super::*;

    #[test]
    fn a_field_stands_once_in_an_object() {
        refuses(&[
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
    fn strings_and_comments_are_passed_over() {
        for text in [
            "{a(x:{b:\"b:\\\"b:\"})}",
            "{a(x:{b:\"\"\"b:\\\"\"\"b:\"\"\"})}",
            "{a(x:{b:1 #b:\n})}",
            "{a(x:[{b:1}{b:1}] y:{b:b})}",
        ] {
            assert_eq!(check(text), [], "{text}");
        }
    }

    #[test]
    fn the_second_is_shown() {
        let faults = check("{a\n  (x: { é: 1 bc: 1, bc # :\n : 2})}");
        assert_eq!(
            faults[0].locations,
            [Pos {
                line: 2,
                column: 21
            }]
        );
    }
}
