//! Limits of the texts that we keep. The schema states them; commands and imports enforce them.

/// Characters (Unicode scalar values), not bytes.
pub const SLUG: usize = 80;
pub const TITLE: usize = 600;
pub const INITIATIVE_SUMMARY: usize = 1_000;
pub const SUMMARY: usize = 300;
pub const LABEL: usize = 600;
pub const DETAIL: usize = 600;
pub const QUOTE: usize = 200;
pub const URL: usize = 2_000;
pub const IDEMPOTENCY_KEY: usize = 200;
/// Items in one request, not characters.
pub const EVIDENCE: usize = 50;
pub const CONTRADICTS: usize = 50;

/// What is wrong with a text, or nothing.
pub fn fault(text: &str, limit: usize) -> Option<String> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Some("must not be empty".to_owned())
    } else if length > limit {
        Some(format!("has {length} characters, the limit is {limit}"))
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        Some("holds a control character".to_owned())
    } else {
        None
    }
}

/// Leaves so many bytes of a text at most, all of them whole characters.
pub fn cut(text: &mut String, bytes: usize) {
    text.truncate(text.floor_char_boundary(bytes));
}

/// Lower-case words joined by hyphens: slugs and the keys of import documents.
pub fn is_slug(text: &str) -> bool {
    text.len() <= SLUG
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// What is wrong with an address, or nothing: only http and https are stored, and we never fetch them.
pub fn url_fault(text: &str) -> Option<String> {
    if let Some(fault) = fault(text, URL) {
        return Some(fault);
    }
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Some(format!("`{text}` is not an http or https address"))
        }
        // `https:host` and `https:///host` are mended by browsers, and so by the URL standard; not by us.
        Ok(_) if names_no_host(text) => Some(format!("`{text}` names no host after two slashes")),
        Ok(_) if text.chars().any(char::is_whitespace) => Some(format!("`{text}` holds a space")),
        Ok(_) => None,
        Err(error) => Some(format!("`{text}` is not an address: {error}")),
    }
}

fn names_no_host(text: &str) -> bool {
    let after = text.split_once("://").map(|(_, after)| after);
    after.is_none_or(|after| after.is_empty() || after.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_pass() {
        assert_eq!(url_fault("https://example.org/a?b=c"), None);
        for wrong in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "example.org",
            "http://",
            "https://a b.org",
        ] {
            assert!(url_fault(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn limits_count_characters() {
        assert_eq!(fault(&"é".repeat(200), QUOTE), None);
        assert!(fault(&"é".repeat(201), QUOTE).is_some());
        assert!(fault(" \n", QUOTE).is_some());
        assert!(fault("a\0b", QUOTE).is_some());
    }
}
