//! Looks at a document before anything parses it, in one pass and without recursion.
//!
//! The parser recurses into values without a limit: 4 kB of `[` overflow the stack and end the process (async-graphql
//! 7.2.1). What is counted here must therefore never be less than what the parser sees.

use async_graphql::ServerError;

use super::refusal::error;

/// Bytes. The introspection query of GraphiQL has 2 kB, the largest example of ours 1 kB.
const LENGTH: usize = 16 << 10;
/// Open `{`, `[` and `(` together; the parser's own limit of selection sets is 64.
const NESTING: usize = 200;
/// Definitions. The introspection query has three.
const FRAGMENTS: usize = 20;

/// # Errors
/// `QUERY_TOO_COMPLEX` if the document is too long, too nested or has too many fragments.
pub(super) fn check(document: &str) -> Result<(), ServerError> {
    if document.len() > LENGTH {
        return Err(too_complex(format!(
            "the document is longer than {LENGTH} bytes"
        )));
    }
    let (mut nesting, mut fragments) = (0_usize, 0_usize);
    let mut rest = document.as_bytes();
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b'"' => string(rest).ok_or_else(endless_string)?,
            b'#' => comment(rest),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                // The parser takes `fragmentA` for the keyword and a name. Only definitions stand outside of brackets.
                fragments += usize::from(nesting == 0 && rest.starts_with(b"fragment"));
                name(rest)
            }
            b'{' | b'[' | b'(' => {
                nesting += 1;
                1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                1
            }
            _ => 1,
        };
        if nesting > NESTING {
            return Err(too_complex(format!(
                "brackets are nested deeper than {NESTING}"
            )));
        }
        rest = &rest[length..];
    }
    if fragments > FRAGMENTS {
        return Err(too_complex(format!(
            "the document has more than {FRAGMENTS} fragments"
        )));
    }
    Ok(())
}

pub(super) fn too_complex(message: impl Into<String>) -> ServerError {
    error("QUERY_TOO_COMPLEX", message)
}

fn endless_string() -> ServerError {
    // Refused here, because the parser reads an endless `"""` as an empty string and goes on behind it.
    error(
        "GRAPHQL_PARSE_FAILED",
        "the document ends inside a block string",
    )
}

/// Bytes of the string at the start, or nothing if a block string does not end.
fn string(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"\"\"\"") {
        return block_string(text);
    }
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            // The parser gives up here. What follows is counted, so that nothing hides behind an open quote.
            b'\n' | b'\r' => return Some(at),
            _ => at += 1,
        }
    }
    Some(text.len())
}

fn block_string(text: &[u8]) -> Option<usize> {
    let mut at = 3;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
    None
}

fn comment(text: &[u8]) -> usize {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(text.len())
}

fn name(text: &[u8]) -> usize {
    let end = text
        .iter()
        .position(|byte| *byte != b'_' && !byte.is_ascii_alphanumeric());
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{{a(x:{}1{})}}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn nesting_has_a_limit_of_all_brackets_together() {
        assert!(check(&nested(198)).is_ok());
        assert!(check(&nested(199)).is_err());
        assert!(check(&"{a(x:{y:[".repeat(60)).is_err());
        assert!(check(&"{a}".repeat(1000)).is_ok());
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(500);
        for document in [
            format!("{{a(x:\"{many}\")}}"),
            format!("{{a(x:\"\\\"{many}\")}}"),
            format!("{{a(x:\"\"\"\n{many}\\\"\"\"{many}\"\"\")}}"),
            format!("# {many}\n{{a}}"),
        ] {
            assert!(check(&document).is_ok(), "{document}");
        }
    }

    #[test]
    fn nothing_hides_behind_a_quote_that_does_not_close() {
        let many = "[".repeat(500);
        for document in [
            format!("{{a(x:\"\n{many}"),
            format!("{{a(x:\"\"\"\"{many}"),
            format!("{{a(x:[\"\"\" {many}"),
            format!("{{a(x:\"\\\\\"{many}"),
            format!("{{a(x:\"# \"{many}"),
            format!("# \"\"\"\r{many}"),
            format!("{{a(x:\"\"{many}"),
        ] {
            assert!(check(&document).is_err(), "{document}");
        }
    }

    #[test]
    fn fragments_and_bytes_have_a_limit() {
        assert!(check(&"fragment A on B{fragment}".repeat(20)).is_ok());
        assert!(check(&"fragment A on B{a}".repeat(21)).is_err());
        assert!(check(&"fragmentA on B{a}".repeat(21)).is_err());
        assert!(check(&" ".repeat(LENGTH)).is_ok());
        assert!(check(&" ".repeat(LENGTH + 1)).is_err());
    }
}
