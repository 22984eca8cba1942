//! The page that lists the feeds.

use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{document, escape, request::PageRequest};
use crate::http::response::error::HttpError;

const QUERY: &str = "{ initiatives { slug title } }";

#[derive(Deserialize)]
struct Answer {
    initiatives: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    slug: String,
    title: String,
}

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    found.unwrap_or_else(IntoResponse::into_response)
}

async fn find(request: &PageRequest) -> Result<Response, HttpError> {
    let Answer { initiatives } = request.ask(QUERY, json!({}), None).await?;
    let (headers, access) = (&request.headers, &request.app.access);
    let main = main_html(&initiatives);
    Ok(document::page(headers, access, "Feeds", &main))
}

fn main_html(initiatives: &[Listed]) -> String {
    let items = initiatives.iter().map(|initiative| {
        let path = format!("/initiatives/{}", initiative.slug);
        feed_item(&path, &initiative.title)
    });
    let items: String = std::iter::once(feed_item("", "Everything"))
        .chain(items)
        .collect();
    format!(
        r#"<h1>Feeds</h1>
<p>Each change of a stance is an item. A correction or retraction is an item of its own, and the item that it takes back says so.</p>
<ul>
{items}</ul>
<p>Every page of a <a href="/countries">country</a> and of a statement has feeds, too: add <code>/feed.atom</code> or <code>/feed.json</code> to its
address. The feed of a statement tells what became of it. <code>?country=</code>, <code>?initiative=</code> and <code>?stance=</code> filter, for example
<a href="/feed.atom?stance=REFUSED"><code>/feed.atom?stance=REFUSED</code></a>.</p>"#
    )
}

fn feed_item(path: &str, title: &str) -> String {
    let (path, title) = (escape(path), escape(title));
    format!(
        "<li>{title}: <a href=\"{path}/feed.atom\">Atom</a>, <a href=\"{path}/feed.json\">JSON Feed</a></li>\n"
    )
}
