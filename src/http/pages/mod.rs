//! HTML pages, rendered on the server; and the built files of the atlas and the playground.
//!
//! Invariant: text from the ledger passes through [`escape`] before it becomes part of a page.

pub(in crate::http) mod atlas;
pub(in crate::http) mod change;
pub(in crate::http) mod country;
mod document;
mod elements;
pub(in crate::http) mod errors;
pub(in crate::http) mod feeds;
pub(in crate::http) mod home;
pub(in crate::http) mod initiative;
mod linked_data;
mod links;
mod memento;
mod negotiation;
pub(super) mod playground;
mod representation;
mod request;
pub(in crate::http) mod robots;
pub(in crate::http) mod sitemap;
pub(in crate::http) mod statement;
mod static_files;
pub(in crate::http) mod time_gate;
pub(in crate::http) mod verify;

use axum::{http::header, response::IntoResponse};

pub(super) async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("style.css"))
}

/// Escapes text for element content and for quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            escape(r#"<a href='x' title="y">&</a>"#),
            "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;&lt;/a&gt;"
        );
        assert_eq!(escape("Côte d’Ivoire"), "Côte d’Ivoire");
    }
}
