//! Home page: describes the service, links to example queries and lists the endpoints.

use std::sync::Arc;

use axum::{extract::State, response::Html};
use url::form_urlencoded::byte_serialize;

use super::{escape, shell};
use crate::http::state::AppState;

/// The same files as in the playground. The first line of each, a comment, is its title.
const EXAMPLES: [&str; 5] = [
    include_str!("../../../web/playground/examples/who-agreed.graphql"),
    include_str!("../../../web/playground/examples/neighbours-of-libya.graphql"),
    include_str!("../../../web/playground/examples/rwanda-2025-07-01.graphql"),
    include_str!("../../../web/playground/examples/disputes.graphql"),
    include_str!("../../../web/playground/examples/watch-refusals.graphql"),
];

pub(in crate::http) async fn page(State(app): State<Arc<AppState>>) -> Html<String> {
    shell("Démarche", &main_html(&app.public_url))
}

fn main_html(public_url: &str) -> String {
    let http = escape(public_url);
    // http becomes ws, https becomes wss.
    let ws = http.replacen("http", "ws", 1);
    let examples: String = EXAMPLES
        .iter()
        .map(|example| example_link(example))
        .collect();
    format!(
        r#"<h1>Tracking how governments respond to diplomatic requests</h1>
<p>A démarche is a formal representation by one government to another. This service records each government’s position
on a request, who reported it, and since when. Every statement has sources. You can subscribe to changes.</p>
<h2>Try it</h2>
<ul>
{examples}</ul>
<p>These examples open in the <a href="/playground/">playground</a>, which also shows the documentation of every
field.</p>
<h2>Use it</h2>
<dl>
<dt>Queries and mutations</dt><dd><code>POST {http}/graphql</code></dd>
<dt>Subscriptions</dt><dd><code>{ws}/graphql/ws</code> (graphql-transport-ws)</dd>
<dt></dt><dd><code>{http}/graphql/stream</code> (server-sent events)</dd>
<dt>Schema</dt><dd><a href="/schema.graphql">schema.graphql</a></dd>
</dl>
<p class="quiet">Reading needs no account. Writing requires an editor’s token.</p>"#
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
        let page = main_html("https://demarche.example");
        assert_eq!(page.matches("/playground/?query=%23+").count(), 5);
        assert!(page.contains(">Who agreed?</a>"));
        assert!(page.contains("wss://demarche.example/graphql/ws"));
    }
}
