//! The page about the service: describes it, links to example queries and lists the endpoints, as far as this server offers them.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use url::form_urlencoded::byte_serialize;

use super::{document, escape};
use crate::{config::access::AccessConfig, http::state::AppState};

/// The same files as in the playground. The first line of each, a comment, is its title.
const EXAMPLES: [&str; 5] = [
    include_str!("../../../web/playground/examples/who-agreed.graphql"),
    include_str!("../../../web/playground/examples/neighbours-of-libya.graphql"),
    include_str!("../../../web/playground/examples/rwanda-2025-07-01.graphql"),
    include_str!("../../../web/playground/examples/disputes.graphql"),
    include_str!("../../../web/playground/examples/watch-refusals.graphql"),
];

pub(in crate::http) async fn page(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
) -> Response {
    let main = main_html(&app.public_url, &app.access);
    document::page(&headers, &app.access, "Démarche", &main)
}

fn main_html(public_url: &str, access: &AccessConfig) -> String {
    format!(
        r#"<h1>Tracking how governments respond to diplomatic requests</h1>
<p>A démarche is a formal representation by one government to another. This service records each government’s position
on a request, who reported it, and since when. Every statement has sources. You can subscribe to changes.</p>
{}<h2>Use it</h2>
<dl>
{}</dl>
<p class="quiet">Reading needs no account. Writing requires an editor’s token.</p>"#,
        examples_html(access),
        endpoints_html(public_url, access)
    )
}

/// Empty if this server would reject the examples.
fn examples_html(access: &AccessConfig) -> String {
    if !document::offers_playground(access) {
        return String::new();
    }
    let examples: String = EXAMPLES
        .iter()
        .map(|example| example_link(example))
        .collect();
    let documentation = if access.no_introspection {
        ""
    } else {
        ", which also shows the documentation of every\nfield"
    };
    format!(
        r#"<h2>Try it</h2>
<ul>
{examples}</ul>
<p>These examples open in the <a href="/playground/">playground</a>{documentation}.</p>
"#
    )
}

fn endpoints_html(public_url: &str, access: &AccessConfig) -> String {
    let http = escape(public_url);
    // http becomes ws, https becomes wss.
    let ws = http.replacen("http", "ws", 1);
    let documents = if access.only_trusted {
        "<dt>Documents</dt><dd>Only the trusted documents of this server, by <code>documentId</code>. It rejects all others.</dd>\n"
    } else {
        ""
    };
    let schema = if access.no_introspection {
        ""
    } else {
        "<dt>Schema</dt><dd><a href=\"/schema.graphql\">schema.graphql</a></dd>\n"
    };
    format!(
        r#"<dt>Queries and mutations</dt><dd><code>POST {http}/graphql</code></dd>
<dt>Subscriptions</dt><dd><code>{ws}/graphql/ws</code> (graphql-transport-ws)</dd>
<dd><code>{http}/graphql/stream</code> (server-sent events)</dd>
{documents}{schema}<dt>Feeds</dt><dd><a href="/feeds">Atom and JSON Feed</a></dd>
<dt>Files</dt><dd><a href="/export/datapackage.json">CSV and NDJSON</a></dd>
<dt>Proofs</dt><dd><a href="/verify">Check the ledger</a></dd>
"#
    )
}

fn example_link(example: &str) -> String {
    let title = example.lines().next().unwrap_or_default();
    let title = escape(title.trim_start_matches(['#', ' ']));
    let query: String = byte_serialize(example.as_bytes()).collect();
    format!("<li><a href=\"/playground/?query={query}\">{title}</a></li>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_links_each_example_and_lists_the_endpoints() {
        let page = main_html("https://demarche.example", &AccessConfig::default());
        assert_eq!(page.matches("/playground/?query=%23+").count(), 5);
        assert!(page.contains(">Who agreed?</a>"));
        assert!(page.contains("wss://demarche.example/graphql/ws"));
    }
}
