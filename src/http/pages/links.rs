//! The `Link` header (RFC 8288). Every link has one relation, quoted and first, so that simple parsers read it, too.

use axum::http::HeaderValue;

#[derive(Default)]
pub(super) struct Links(Vec<String>);

impl Links {
    /// `target` is an address; `relation` is in lower case.
    pub(super) fn add(&mut self, relation: &'static str, target: &str) {
        self.0
            .push(format!("<{}>; rel=\"{relation}\"", encode(target)));
    }

    /// The same thing in another media type.
    pub(super) fn add_alternate(&mut self, target: &str, media_type: &str) {
        let target = encode(target);
        self.0.push(format!(
            "<{target}>; rel=\"alternate\"; type=\"{media_type}\""
        ));
    }

    pub(super) fn into_header(self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0.join(", ")).ok()
    }
}

/// Encodes what ends a target or, in simple parsers, a link.
fn encode(target: &str) -> String {
    let mut encoded = String::with_capacity(target.len());
    for letter in target.chars() {
        match letter {
            ',' => encoded.push_str("%2C"),
            ';' => encoded.push_str("%3B"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '"' => encoded.push_str("%22"),
            ' ' => encoded.push_str("%20"),
            _ => encoded.push(letter),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_one_relation_and_a_target_that_ends_nothing() {
        let mut links = Links::default();
        links.add("canonical", "https://demarche.example/a,b;c>\"");
        links.add_alternate("https://demarche.example/a.json", "application/json");
        assert_eq!(
            links.into_header().unwrap(),
            "<https://demarche.example/a%2Cb%3Bc%3E%22>; rel=\"canonical\", \
             <https://demarche.example/a.json>; rel=\"alternate\"; type=\"application/json\""
        );
    }
}
