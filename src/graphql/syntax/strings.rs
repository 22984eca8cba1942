//! Values of string literals (GraphQL September 2025, 2.9.4). The lexer has checked them.

/// The value of a quoted string, as written.
pub(super) fn string_value(quoted: &str) -> String {
    let mut rest = quoted.strip_prefix('"').unwrap_or(quoted);
    rest = rest.strip_suffix('"').unwrap_or(rest);
    let mut value = String::with_capacity(rest.len());
    while let Some(backslash) = rest.find('\\') {
        value.push_str(&rest[..backslash]);
        rest = &rest[backslash..];
        let Some((character, length)) = decode_escape(rest) else {
            break; // the lexer rejects it
        };
        value.push(character);
        rest = &rest[length..];
    }
    value + rest
}

/// The character of the escape sequence at the start, and the length of the sequence in bytes. Surrogates must be
/// a pair; a code point in braces has one to eight digits, as in graphql-js.
pub(super) fn decode_escape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' if text[2..].starts_with('{') => return decode_code_point(text),
        b'u' => return decode_utf16(text),
        _ => return None,
    };
    Some((character, 2))
}

/// `\u{…}`
fn decode_code_point(text: &str) -> Option<(char, usize)> {
    let digits = text
        .get(3..)?
        .bytes()
        .take(9)
        .position(|byte| byte == b'}')?;
    let code_point = parse_hex(&text[3..3 + digits])?;
    Some((char::from_u32(code_point)?, 3 + digits + 1))
}

/// `\uXXXX`, or two of them that are a surrogate pair.
fn decode_utf16(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| parse_hex(text.get(at + 2..at + 6)?);
    let first = unit(0)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    if !text[6..].starts_with("\\u") {
        return None;
    }
    let pair = [u16::try_from(first).ok()?, u16::try_from(unit(6)?).ok()?];
    let mut decoded = char::decode_utf16(pair);
    let character = decoded.next()?.ok()?;
    decoded.next().is_none().then_some((character, 12))
}

fn parse_hex(digits: &str) -> Option<u32> {
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The value of a block string as written: without its quotes, the common indentation and the blank lines around it
/// (`BlockStringValue()`).
pub(super) fn block_string_value(quoted: &str) -> String {
    let raw = quoted.strip_prefix("\"\"\"").unwrap_or(quoted);
    let raw = raw.strip_suffix("\"\"\"").unwrap_or(raw);
    let raw = raw.replace("\\\"\"\"", "\"\"\"");
    let lines: Vec<&str> = raw
        .split("\r\n")
        .flat_map(|line| line.split(['\r', '\n']))
        .collect();
    let indent_of = |line: &str| line.find(|character| !matches!(character, ' ' | '\t'));
    let common_indent = lines
        .iter()
        .skip(1)
        .filter_map(|line| indent_of(line))
        .min();
    let has_content = |line: &&str| indent_of(line).is_some();
    let first = lines.iter().position(has_content).unwrap_or(lines.len());
    let end = lines
        .iter()
        .rposition(has_content)
        .map_or(0, |last| last + 1);
    let mut value = String::with_capacity(raw.len());
    for (index, line) in lines.iter().enumerate().take(end).skip(first) {
        if index > first {
            value.push('\n');
        }
        let indent = if index == 0 {
            0
        } else {
            common_indent.unwrap_or(0)
        };
        value.push_str(line.get(indent..).unwrap_or_default());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        for (written, value) in [
            (r#""""#, ""),
            (r#""a\"\\\/\b\f\n\r\tb""#, "a\"\\/\u{8}\u{c}\n\r\tb"),
            (r#""\u00e9 \u{1F600} \u{0001f600}""#, "é 😀 😀"),
            (r#""\uD83D\uDE00\u{0}""#, "😀\0"),
            (r#""\uFFFF\u{10FFFF}""#, "\u{ffff}\u{10ffff}"),
        ] {
            assert_eq!(string_value(written), value, "{written}");
        }
    }

    #[test]
    fn an_escape_that_is_no_character_is_rejected() {
        for escape in [
            "\\x",
            "\\'",
            "\\",
            "\\u",
            "\\u12",
            "\\u12g4",
            "\\u+123",
            "\\uD83D",
            "\\uDE00",
            "\\uD83D\\uD83D",
            "\\uD83D\\u0041",
            "\\uD83Dx",
            "\\uD83D\\u{DE00}",
            "\\u{}",
            "\\u{110000}",
            "\\u{D83D}",
            "\\u{1F600",
            "\\u{0000000001}",
            "\\u{+1}",
            "\\u{-1}",
            "\\u{é}",
            "\\ué",
            "\\é",
        ] {
            assert_eq!(decode_escape(escape), None, "{escape}");
        }
    }

    #[test]
    fn a_block_string_loses_its_indentation_and_blank_lines() {
        for (written, value) in [
            ("", ""),
            (" \n\t\n ", ""),
            ("a", "a"),
            ("  a", "  a"),
            (
                "one\r\n   two\n     three\r    four",
                "one\ntwo\n  three\n four",
            ),
            ("\n    a\n      b\n\n    c\n  ", "a\n  b\n\nc"),
            ("\n    a\n \n    b", "a\n\nb"),
            ("a \\\"\"\" b \\u0041", "a \"\"\" b \\u0041"),
        ] {
            let quoted = format!("\"\"\"{written}\"\"\"");
            assert_eq!(block_string_value(&quoted), value, "{written:?}");
        }
    }
}
