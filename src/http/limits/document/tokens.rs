//! Token limits: scans a document before it is parsed, in one pass and without recursion.
//!
//! The parser recurses into values without a limit: 4 kB of `[` overflow the stack and abort the process (async-graphql
//! 7.2.1). Invariant: no count here is lower than what the parser sees.

use async_graphql::ServerError;

use super::limit_error;
use crate::{config::limits::DocumentLimits, http::response::graphql_error::graphql_error};

/// Counts that need no parsing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) tokens: usize,
    /// Brackets that are open at the current position.
    nesting: usize,
    /// Open parentheses; within them, a colon belongs to an argument and not to an alias.
    parentheses: usize,
    aliases: usize,
    directives: usize,
    fragments: usize,
}

/// # Errors
/// `QUERY_TOO_COMPLEX` if the document exceeds a limit, `GRAPHQL_PARSE_FAILED` for an unterminated block string.
pub fn check_tokens(document: &str, limits: &DocumentLimits) -> Result<(), ServerError> {
    if document.len() > limits.bytes {
        let excess = format!("the document has {} bytes", document.len());
        return Err(limit_error("max-document-bytes", limits.bytes, &excess));
    }
    let mut counts = Counts::default();
    let mut rest = document.as_bytes();
    while !rest.is_empty() {
        let length = counts
            .count_next(rest)
            .ok_or_else(unterminated_string_error)?;
        counts.check_limits(limits)?;
        rest = &rest[length..];
    }
    Ok(())
}

impl Counts {
    /// Counts the lexical element at the start and returns its length in bytes; `None` for an unterminated block
    /// string.
    pub(super) fn count_next(&mut self, text: &[u8]) -> Option<usize> {
        let (is_token, length) = match text[0] {
            b'"' => (true, string_length(text)?),
            b'#' => (false, comment_length(text)),
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x80.. => (false, 1),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                // The parser reads `fragmentA` as the keyword and a name. Only definitions are outside of brackets.
                let is_fragment = self.nesting == 0 && text.starts_with(b"fragment");
                self.fragments += usize::from(is_fragment);
                (true, name_length(text))
            }
            b'-' | b'0'..=b'9' => (true, number_length(text)),
            punctuation => {
                self.count_punctuator(punctuation);
                (true, if text.starts_with(b"...") { 3 } else { 1 })
            }
        };
        self.tokens += usize::from(is_token);
        Some(length)
    }

    fn count_punctuator(&mut self, punctuation: u8) {
        match punctuation {
            b'(' => {
                self.parentheses += 1;
                self.nesting += 1;
            }
            b'{' | b'[' => self.nesting += 1,
            b')' => {
                self.parentheses = self.parentheses.saturating_sub(1);
                self.nesting = self.nesting.saturating_sub(1);
            }
            b'}' | b']' => self.nesting = self.nesting.saturating_sub(1),
            b':' if self.parentheses == 0 => self.aliases += 1,
            b'@' => self.directives += 1,
            _ => {}
        }
    }

    fn check_limits(&self, limits: &DocumentLimits) -> Result<(), ServerError> {
        for (count, max, option, unit) in [
            (self.tokens, limits.tokens, "max-tokens", "tokens"),
            (
                self.nesting,
                limits.nesting,
                "max-nesting",
                "levels of nested brackets",
            ),
            (self.aliases, limits.aliases, "max-aliases", "aliases"),
            (
                self.directives,
                limits.directives,
                "max-directives",
                "directives",
            ),
            (
                self.fragments,
                limits.fragments,
                "max-fragments",
                "fragments",
            ),
        ] {
            if count > max {
                // The scan stops at the first excess, so the document may have more.
                let excess = format!("the document has at least {count} {unit}");
                return Err(limit_error(option, max, &excess));
            }
        }
        Ok(())
    }
}

fn unterminated_string_error() -> ServerError {
    // Rejected here, because the parser reads an unterminated `"""` as an empty string and continues after it.
    graphql_error(
        "GRAPHQL_PARSE_FAILED",
        "the document ends inside a block string; close it with `\"\"\"`",
    )
}

/// Length in bytes of the string at the start; `None` for an unterminated block string.
fn string_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"\"\"\"") {
        return block_string_length(text);
    }
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            // The parser fails here. The rest is counted as usual, so that an open quote hides nothing from the limits.
            b'\n' | b'\r' => return Some(at),
            _ => at += 1,
        }
    }
    Some(text.len())
}

fn block_string_length(text: &[u8]) -> Option<usize> {
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

fn comment_length(text: &[u8]) -> usize {
    length_while(text, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// Keywords that end a token at once: the parser reads `truenull` as two values.
const VALUE_KEYWORDS: [&[u8]; 3] = [b"true", b"false", b"null"];

fn name_length(text: &[u8]) -> usize {
    if let Some(value) = VALUE_KEYWORDS.iter().find(|value| text.starts_with(value)) {
        return value.len();
    }
    length_while(text, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// An optional sign, then digits only: `1.5e3` counts as several tokens, and `1-1` never as one. The parser reads `00`
/// as two.
fn number_length(text: &[u8]) -> usize {
    let sign = usize::from(text[0] == b'-');
    match text.get(sign) {
        Some(b'0') => sign + 1,
        _ => sign + length_while(&text[sign..], |byte| byte.is_ascii_digit()),
    }
}

fn length_while(text: &[u8], matches: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|byte| !matches(*byte));
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(document: &str) -> Counts {
        let mut counts = Counts::default();
        let mut rest = document.as_bytes();
        while !rest.is_empty() {
            rest = &rest[counts.count_next(rest).unwrap()..];
        }
        counts
    }

    fn passes(document: &str) -> bool {
        check_tokens(document, &DocumentLimits::default()).is_ok()
    }

    #[test]
    fn tokens_are_those_of_the_specification_or_more() {
        for (document, tokens) in [
            ("{a}", 3),
            ("{ a, b }\n# c d e\n", 4),
            ("{a(x:1,y:-2,z:\"s t\"){...F}}", 18),
            ("[1-1-1]", 5),
            ("[000-01]", 7),
            ("[-- 120]", 5),
            ("[truefalsenullA]", 6),
            ("\"\"\"a \\\"\"\" b\"\"\"", 1),
            ("$a:[B!]!=[1]@c", 14),
            ("\u{feff}{é}", 2),
        ] {
            assert_eq!(counts(document).tokens, tokens, "{document}");
        }
    }

    #[test]
    fn a_colon_is_an_alias_only_outside_of_parentheses() {
        let document = "query($a: Int = 1) { b: c(d: {e: [$a]}) { f: g } }";
        assert_eq!(counts(document).aliases, 2);
    }

    #[test]
    fn a_document_just_above_a_limit_is_rejected_with_its_name() {
        let limits = DocumentLimits::default();
        let repeated = |text: &str, times: usize| text.repeat(times);
        let nested = |levels| format!("{{a(x:{}1{})}}", "[".repeat(levels), "]".repeat(levels));
        let objects = |levels| format!("{{a(x:{}1{})}}", "{a:".repeat(levels), "}".repeat(levels));
        let in_braces = |text: String| format!("{{{text}}}");
        for (fits, exceeds, limit) in [
            (
                repeated(" ", limits.bytes),
                repeated(" ", limits.bytes + 1),
                "max-document-bytes",
            ),
            (
                in_braces(repeated("a ", 1_998)),
                in_braces(repeated("a ", 1_999)),
                "max-tokens",
            ),
            (nested(30), nested(31), "max-nesting"),
            (objects(30), objects(31), "max-nesting"),
            (
                in_braces(repeated("a:b ", 30)),
                in_braces(repeated("a:b ", 31)),
                "max-aliases",
            ),
            (
                in_braces(repeated("a@b ", 50)),
                in_braces(repeated("a@b ", 51)),
                "max-directives",
            ),
            (
                repeated("fragment A on B{fragment}", 20),
                repeated("fragment A on B{a}", 21),
                "max-fragments",
            ),
            (
                repeated("fragmentA on B{a}", 20),
                repeated("fragmentA on B{a}", 21),
                "max-fragments",
            ),
        ] {
            assert!(passes(&fits), "{limit}: {fits}");
            let error = check_tokens(&exceeds, &limits).unwrap_err();
            assert_eq!(error.extensions.unwrap().get("limit"), Some(&limit.into()));
        }
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
            assert!(passes(&document), "{document}");
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
            assert!(!passes(&document), "{document}");
        }
    }
}
