//! Limits and rules of stored texts. The schema states them; commands and imports enforce them.

use super::folding;

/// Characters (Unicode scalar values), not bytes.
pub const MAX_SLUG: usize = 80;
pub const MAX_EDITION: usize = 80;
pub const MAX_TITLE: usize = 600;
pub const MAX_INITIATIVE_SUMMARY: usize = 1_000;
pub const MAX_SUMMARY: usize = 300;
pub const MAX_LABEL: usize = 600;
pub const MAX_DETAIL: usize = 600;
pub const MAX_QUOTE: usize = 200;
pub const MAX_URL: usize = 2_000;
pub const MAX_IDEMPOTENCY_KEY: usize = 200;
/// Items in one request, not characters.
pub const MAX_EVIDENCE: usize = 50;
pub const MAX_CONTRADICTS: usize = 50;

/// The rule that a text violates, if any.
pub fn violation(text: &str, limit: usize) -> Option<String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Some("must not be empty".to_owned())
    } else if !text.chars().any(is_visible) {
        Some("contains invisible characters only; it must contain at least one letter, digit or sign".to_owned())
    } else if length > limit {
        Some(format!("has {length} characters; the limit is {limit}"))
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        Some("contains a control character; only line feeds are allowed".to_owned())
    } else {
        None
    }
}

/// Whether a character is displayed by itself: neither blank, nor a control, nor a mark that needs a letter.
fn is_visible(c: char) -> bool {
    use icu_properties::props::GeneralCategory as Category;
    const BLANK_BRAILLE: char = '\u{2800}';
    let is_hidden = matches!(
        folding::category(c),
        Category::Control
            | Category::Format
            | Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::NonspacingMark
            | Category::EnclosingMark
            | Category::Unassigned
            | Category::PrivateUse
    );
    // Hangul fillers are letters to Unicode, but have no glyph.
    !is_hidden && !folding::is_invisible(c) && c != BLANK_BRAILLE
}

/// Truncates a text to at most this number of bytes, at a character boundary.
pub fn truncate(text: &mut String, bytes: usize) {
    text.truncate(text.floor_char_boundary(bytes));
}

/// Lower-case words joined by hyphens: slugs and the keys of import documents.
pub fn is_slug(text: &str) -> bool {
    text.len() <= MAX_SLUG
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// An ISO 639 code of two or three lower-case letters.
pub fn is_language_code(text: &str) -> bool {
    matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The rule that a URL violates, if any: only http and https are stored. The server never fetches them.
pub fn url_violation(text: &str) -> Option<String> {
    if let Some(violation) = violation(text, MAX_URL) {
        return Some(violation);
    }
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Some(format!("`{text}` is not an http or https URL"))
        }
        // Browsers, and so the URL standard, repair `https:host` and `https:///host`; other readers see no host there.
        Ok(_) if has_no_host(text) => Some(format!("`{text}` has no host after `//`")),
        Ok(_) if text.chars().any(char::is_whitespace) => {
            Some(format!("`{text}` contains a space; write it as %20"))
        }
        Ok(_) => None,
        Err(error) => Some(format!("`{text}` is not a valid URL: {error}")),
    }
}

fn has_no_host(text: &str) -> bool {
    let rest = text.split_once("://").map(|(_, rest)| rest);
    rest.is_none_or(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_and_https_urls_pass() {
        assert_eq!(url_violation("https://example.org/a?b=c"), None);
        for wrong in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "example.org",
            "http://",
            "https://a b.org",
        ] {
            assert!(url_violation(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn limits_count_characters() {
        assert_eq!(violation(&"é".repeat(200), MAX_QUOTE), None);
        assert!(violation(&"é".repeat(201), MAX_QUOTE).is_some());
        assert!(violation(" \n", MAX_QUOTE).is_some());
        assert!(violation("a\0b", MAX_QUOTE).is_some());
    }

    #[test]
    fn a_text_has_a_visible_character() {
        for hidden in [
            "\u{200B}",
            "\u{2060}",
            "\u{AD}",
            "\u{202E}\u{2066}",
            "\u{3164}",
            "\u{115F}\u{FFA0}",
            "\u{FE0F}",
            "\u{E0100}",
            "\u{2800}",
            "\u{301}",
            "\u{FEFF}",
            "\u{180E}",
            "\u{34F}",
            "\u{F8FF}",
            "\u{E0020}",
            " \u{200B} \n",
            "\u{FFF9}",
        ] {
            let violation = violation(hidden, MAX_QUOTE);
            assert!(violation.is_some(), "{}", hidden.escape_unicode());
        }
        for visible in ["a", "…", "🦀", "\u{200B}x", "१", "₽", "漢"] {
            assert_eq!(violation(visible, MAX_QUOTE), None, "{visible}");
        }
    }
}
