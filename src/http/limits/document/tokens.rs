//! Looks at a document before anything parses it, in one pass and without recursion.
//!
//! The parser recurses into values without a limit: 4 kB of `[` overflow the stack and end the process (async-graphql
//! 7.2.1). What is counted here must therefore never be less than what the parser sees.

use async_graphql::ServerError;

use super::excess;
use crate::{config::limits::DocumentLimits, http::response::graphql_error::error};

/// What a document holds, as far as it can be told without parsing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    tokens: usize,
    /// Brackets open now.
    nesting: usize,
    /// Parentheses among them: inside, a colon makes an argument and no alias.
    parentheses: usize,
    aliases: usize,
    directives: usize,
    fragments: usize,
}

/// # Errors
/// `QUERY_TOO_COMPLEX` if the document exceeds a limit, `GRAPHQL_PARSE_FAILED` if a block string does not end.
pub fn check(document: &str, limits: &DocumentLimits) -> Result<(), ServerError> {
    if document.len() > limits.bytes {
        return Err(excess("max-document-bytes", limits.bytes, "is too long"));
    }
    let mut counts = Counts::default();
    let mut rest = document.as_bytes();
    while !rest.is_empty() {
        let length = counts.take(rest).ok_or_else(endless_string)?;
        counts.check(limits)?;
        rest = &rest[length..];
    }
    Ok(())
}

impl Counts {
    /// Counts what stands at the start and gives its bytes; nothing for a block string that does not end.
    fn take(&mut self, text: &[u8]) -> Option<usize> {
        let (is_token, length) = match text[0] {
            b'"' => (true, string(text)?),
            b'#' => (false, comment(text)),
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x80.. => (false, 1),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                // The parser takes `fragmentA` for the keyword and a name. Only definitions stand outside of brackets.
                let is_fragment = self.nesting == 0 && text.starts_with(b"fragment");
                self.fragments += usize::from(is_fragment);
                (true, name(text))
            }
            b'-' | b'0'..=b'9' => (true, number(text)),
            punctuation => {
                self.count(punctuation);
                (true, if text.starts_with(b"...") { 3 } else { 1 })
            }
        };
        self.tokens += usize::from(is_token);
        Some(length)
    }

    fn count(&mut self, punctuation: u8) {
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

    fn check(&self, limits: &DocumentLimits) -> Result<(), ServerError> {
        for (found, most, limit, what) in [
            (
                self.tokens,
                limits.tokens,
                "max-tokens",
                "has too many tokens",
            ),
            (
                self.nesting,
                limits.nesting,
                "max-nesting",
                "nests brackets too deep",
            ),
            (
                self.aliases,
                limits.aliases,
                "max-aliases",
                "has too many aliases",
            ),
            (
                self.directives,
                limits.directives,
                "max-directives",
                "has too many directives",
            ),
            (
                self.fragments,
                limits.fragments,
                "max-fragments",
                "has too many fragments",
            ),
        ] {
            if found > most {
                return Err(excess(limit, most, what));
            }
        }
        Ok(())
    }
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
    length_while(text, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// The parser takes `truenull` for two values.
const VALUES: [&[u8]; 3] = [b"true", b"false", b"null"];

fn name(text: &[u8]) -> usize {
    if let Some(value) = VALUES.iter().find(|value| text.starts_with(value)) {
        return value.len();
    }
    length_while(text, |byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// Digits only, after a sign: `1.5e3` counts as several tokens, and `1-1` never as one. The parser takes `00` for two.
fn number(text: &[u8]) -> usize {
    let sign = usize::from(text[0] == b'-');
    match text.get(sign) {
        Some(b'0') => sign + 1,
        _ => sign + length_while(&text[sign..], |byte| byte.is_ascii_digit()),
    }
}

fn length_while(text: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|byte| !belongs(*byte));
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(document: &str) -> Counts {
        let mut counts = Counts::default();
        let mut rest = document.as_bytes();
        while !rest.is_empty() {
            rest = &rest[counts.take(rest).unwrap()..];
        }
        counts
    }

    fn passes(document: &str) -> bool {
        check(document, &DocumentLimits::default()).is_ok()
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
    fn each_limit_is_refused_by_its_name_just_above_it() {
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
            let error = check(&exceeds, &limits).unwrap_err();
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
