//! `/verify`, where a reader's browser checks the ledger and a position without trusting this server; and `/checkpoint`, the signed
//! head alone, for verifiers of transparency logs.

use std::collections::BTreeMap;

use axum::{
    Extension,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use url::form_urlencoded;

use super::{
    document,
    errors::{self, Problem},
    escape,
    request::PageRequest,
};
use crate::http::{
    middleware::security_headers::PagePolicy,
    response::{common_headers::NO_CACHE, error::HttpError, etag},
};

const HEAD: &str = include_str!("head.graphql");
const POSITION: &str = include_str!("position.graphql");
/// By their names below `/verify/`.
const MODULES: [(&str, &str); 3] = [
    ("ledger.mjs", include_str!("ledger.mjs")),
    ("facts.mjs", include_str!("facts.mjs")),
    ("position.mjs", include_str!("position.mjs")),
];

#[derive(Deserialize)]
struct Answer {
    ledger: Ledger,
    #[serde(default)]
    relationships: Relationships,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ledger {
    verifier_key: String,
    head: Head,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    seq: i64,
    tree_head: TreeHead,
}

#[derive(Deserialize)]
struct TreeHead {
    note: String,
}

/// At most one, as `verify.js` reads it.
#[derive(Default, Deserialize)]
struct Relationships {
    nodes: Vec<Box<RawValue>>,
}

pub(in crate::http) async fn page(request: PageRequest) -> Response {
    let found = find(&request).await;
    errors::page_or_problem(&request, found)
}

pub(in crate::http) async fn script(request: HeaderMap) -> Response {
    respond_script(&request, include_str!("verify.js"))
}

/// A module of the script.
pub(in crate::http) async fn module(request: HeaderMap, Path(name): Path<String>) -> Response {
    let found = MODULES.iter().find(|(own, _)| *own == name);
    match found {
        Some((_, module)) => respond_script(&request, module),
        None => HttpError::not_found().into_response(),
    }
}

fn respond_script(request: &HeaderMap, script: &'static str) -> Response {
    let tag = etag::from_parts(&[script.as_bytes()]);
    let caching = [(header::CACHE_CONTROL, NO_CACHE)];
    let content_type = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    etag::respond(request, tag, caching, (content_type, script))
}

/// The signed head of all entries.
pub(in crate::http) async fn checkpoint(request: PageRequest) -> Response {
    let found: Result<Answer, HttpError> = request.ask(HEAD, json!({}), None).await;
    let note = match found {
        Ok(answer) => answer.ledger.head.tree_head.note,
        Err(error) => return error.into_response(),
    };
    let tag = etag::from_parts(&[note.as_bytes()]);
    let caching = [(header::CACHE_CONTROL, NO_CACHE)];
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    etag::respond(&request.headers, tag, caching, (content_type, note))
}

async fn find(request: &PageRequest) -> Result<Response, Problem> {
    let value = |key: &str| {
        let mut values = form_urlencoded::parse(request.query().as_bytes());
        let value = values.find(|(name, value)| name == key && !value.is_empty());
        value.map(|(_, value)| value)
    };
    let answer: Answer =
        if let (Some(initiative), Some(country)) = (value("initiative"), value("country")) {
            let axes = ["validOn", "publishedBy", "recordedBy"].map(|axis| (axis, value(axis)));
            let at: BTreeMap<_, _> = axes.into_iter().collect();
            let variables = json!({ "initiative": initiative, "country": country, "at": at });
            let answer: Option<Answer> = request.ask_if_found(POSITION, variables).await?;
            let answer = answer.filter(|answer| !answer.relationships.nodes.is_empty());
            answer.ok_or_else(|| {
                let text = "No request to this country is recorded in this initiative.".to_owned();
                Problem::not_found("No such position", text)
            })?
        } else {
            request.ask(HEAD, json!({}), None).await?
        };
    let main = main_html(&answer);
    let script = "<script type=\"module\" src=\"/verify.js\"></script>\n";
    let page = document::html_with_head(&request.app.access, "Check the ledger", script, &main);
    let response = document::respond(&request.headers, StatusCode::OK, page);
    Ok((Extension(PagePolicy::Strict), response).into_response())
}

fn main_html(answer: &Answer) -> String {
    let Ledger { verifier_key, head } = &answer.ledger;
    let (key, note) = (escape(verifier_key), escape(&head.tree_head.note));
    let position = answer.relationships.nodes.first();
    let position = position.map_or_else(String::new, |json| escape(json.get()));
    format!(
        r#"<h1>Check the ledger</h1>
<p>Your browser downloads everything that was ever recorded here and computes its hashes. Then it compares them with what this
server has signed. An entry that was altered, added in between or left out shows. Of a position it also shows whether it follows from
the entries, by the rules that this server should apply.</p>
<p>The key is all that you take on trust. Compare it with the one that you know, from the operator or from an earlier visit.</p>
<dl>
<dt>Key</dt><dd><code>{key}</code></dd>
<dt>Entries</dt><dd>{seq}</dd>
<dt>Signed head</dt><dd><pre>{note}</pre></dd>
</dl>
<p><button type="button" id="check" disabled>Check</button></p>
<noscript><p>This needs JavaScript. <a href="/export/ledger.ndjson">The ledger</a> can also be checked by a program.</p></noscript>
<div id="verify" data-key="{key}" data-seq="{seq}" data-note="{note}" data-position="{position}">
<ul id="results" aria-live="polite"></ul>
</div>"#,
        seq = head.seq
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_cannot_become_markup() {
        let answer: Answer = serde_json::from_value(json!({
            "ledger": { "verifierKey": "k", "head": { "seq": 1, "treeHead": { "note": "n" } } },
            "relationships": { "nodes": [{ "title": "\"><script>" }] },
        }))
        .unwrap();
        let html = main_html(&answer);
        assert!(!html.contains("<script"), "{html}");
    }
}
