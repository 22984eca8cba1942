//! JSON-LD in the vocabulary of schema.org, for search engines and other programs that read pages.

use serde_json::{Value, json};

/// Licence of the data.
pub(super) const LICENSE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// The whole data set, which everything recorded is part of.
pub(super) fn dataset(public_url: &str) -> Value {
    json!({
        "@type": "Dataset",
        "@id": format!("{public_url}/#data"),
        "name": "Démarche",
        "description": "How governments respond to diplomatic requests: who said what, by which sources, and since when.",
        "url": format!("{public_url}/"),
        "license": LICENSE,
    })
}

pub(super) fn country(public_url: &str, code: &str, name: &str) -> Value {
    let url = format!("{public_url}/countries/{code}");
    json!({ "@type": "Country", "@id": url, "url": url, "name": name, "identifier": code })
}

/// A page about something recorded, for which the vocabulary has no type of its own.
pub(super) fn page(public_url: &str, path: &str, name: &str, about: &Value) -> Value {
    let url = format!("{public_url}{path}");
    json!({
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": name,
        "about": about,
        "isPartOf": dataset(public_url),
        "license": LICENSE,
    })
}

/// A data block for a page. Nothing in it can end the element: `<`, `>` and `&` are written as escapes.
pub(super) fn data_block(data: &Value) -> String {
    let mut text = data.to_string();
    for (letter, escape) in [
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u{2028}", "\\u2028"),
        ("\u{2029}", "\\u2029"),
    ] {
        text = text.replace(letter, escape);
    }
    format!("<script type=\"application/ld+json\">{text}</script>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_text_cannot_end_the_block() {
        let hostile = json!({ "text": "</script><script>alert(1)</script><!-- & \u{2028}\"\\" });
        let block = data_block(&hostile);
        let (_, rest) = block.split_once('>').unwrap();
        let inner = rest.strip_suffix("</script>\n").unwrap();
        assert!(!inner.contains(['<', '>', '&']), "{inner}");
        assert_eq!(serde_json::from_str::<Value>(inner).unwrap(), hostile);
    }
}
