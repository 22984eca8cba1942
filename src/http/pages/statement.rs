//! Page of one statement at its permanent URL, which printed citations use, so it must open without a GraphQL client.
//!
//! The page executes a query against the schema as an anonymous caller, so it cannot show what the API does not.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{escape, shell};
use crate::{
    graphql::output::response_json,
    http::{
        middleware::request_context::RequestContext, response::error::HttpError, state::AppState,
    },
    model::{id::GlobalId, role::Caller},
};

const QUERY: &str = include_str!("statement.graphql");

/// Cost that is charged for the page, about that of its query.
const PAGE_COST: u32 = 50;

pub(in crate::http) async fn page(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(number): Path<String>,
) -> Response {
    let charged = app
        .cost_limiter
        .charge(&Caller::anonymous(), context.client_ip, PAGE_COST);
    if let Err(error) = charged {
        return HttpError::rate_limited(error.retry_after).into_response();
    }
    // Each statement has one URL: `+7` and `007` do not lead to statement 7.
    let seq = number.parse::<i64>().ok();
    let Some(seq) = seq.filter(|seq| *seq > 0 && seq.to_string() == number) else {
        return not_found(&number);
    };
    match load_statement(&app, &GlobalId::Statement(seq)).await {
        Ok(Some(statement)) => shell(&statement.summary, &main_html(&statement)).into_response(),
        Ok(None) => not_found(&number),
        Err(cause) => {
            tracing::error!(%cause, id = seq, "statement page failed");
            let text = "<h1>Internal error</h1>\n<p>The page could not be shown. The error has been logged.</p>";
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                shell("Internal error", text),
            )
                .into_response()
        }
    }
}

fn not_found(number: &str) -> Response {
    let text = format!(
        "<h1>Statement not found</h1>\n<p>There is no statement number {}.</p>",
        escape(number)
    );
    (StatusCode::NOT_FOUND, shell("Statement not found", &text)).into_response()
}

/// Executes the query of the page; `None` if there is no such statement.
/// # Errors
/// A message for the log.
async fn load_statement(app: &AppState, id: &GlobalId) -> Result<Option<Statement>, String> {
    let variables = Variables::from_json(serde_json::json!({ "id": id.to_string() }));
    let request = Request::new(QUERY).variables(variables);
    let response = app.schema.execute(request.data(Caller::anonymous())).await;
    let mut data = Vec::new();
    response_json::write_value(&response.data, &mut data);
    let data: Value = serde_json::from_slice(&data).map_err(|error| error.to_string())?;
    let is_absent = |error: &async_graphql::ServerError| {
        let code = error.extensions.as_ref().and_then(|all| all.get("code"));
        code == Some(&async_graphql::Value::from("NOT_FOUND"))
    };
    match data.get("node") {
        Some(Value::Null) | None if response.errors.iter().all(is_absent) => Ok(None),
        Some(node) if response.errors.is_empty() => Deserialize::deserialize(node)
            .map(Some)
            .map_err(|error: serde_json::Error| error.to_string()),
        _ => Err(format!("{:?}", response.errors)),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    kind: String,
    summary: String,
    claimant: Claimant,
    valid_from: String,
    published_on: Option<String>,
    recorded_at: String,
    standing: String,
    citation: String,
    evidence: Vec<Evidence>,
    corrects: Option<Mention>,
    corrected_by: Option<Mention>,
}

#[derive(Debug, Deserialize)]
struct Claimant {
    kind: String,
    label: String,
}

#[derive(Debug, Deserialize)]
struct Evidence {
    relation: String,
    quote: Option<String>,
    locator: Option<String>,
    source: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    publisher: String,
    title: String,
    url: String,
    published_on: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Mention {
    id: String,
    summary: String,
}

fn main_html(statement: &Statement) -> String {
    let claimant = format!(
        "{} ({})",
        statement.claimant.label,
        lower_case(&statement.claimant.kind)
    );
    let mut facts = [
        ("Claimed by", Some(claimant)),
        ("Kind", Some(lower_case(&statement.kind))),
        ("Valid from", Some(statement.valid_from.clone())),
        ("Published", statement.published_on.clone()),
        ("Recorded", Some(statement.recorded_at.clone())),
        ("Status", Some(status(&statement.standing))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(fact(name, &escape(&value?))))
    .collect::<String>();
    if let Some(other) = &statement.corrects {
        facts.push_str(&fact("Corrects", &statement_link(other)));
    }
    if let Some(other) = &statement.corrected_by {
        facts.push_str(&fact("Corrected by", &statement_link(other)));
    }
    let evidence: String = statement.evidence.iter().map(evidence_item).collect();
    format!(
        "<h1>{}</h1>\n<dl>\n{facts}</dl>\n<h2>Evidence</h2>\n<ul>\n{evidence}</ul>\n\
         <h2>Cite as</h2>\n<p>{}</p>",
        escape(&statement.summary),
        escape(&statement.citation)
    )
}

/// `value` must be HTML.
fn fact(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt><dd>{value}</dd>\n")
}

/// Status of a statement as readers call it: a `STANDING` statement is valid.
fn status(standing: &str) -> String {
    match standing {
        "STANDING" => "valid".to_owned(),
        other => lower_case(other),
    }
}

/// Text of an enum value: `REQUESTED_STATE` becomes "requested state".
fn lower_case(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

fn statement_link(other: &Mention) -> String {
    let summary = escape(&other.summary);
    match GlobalId::parse(&other.id) {
        Some(GlobalId::Statement(seq)) => format!("<a href=\"/statements/{seq}\">{summary}</a>"),
        _ => summary,
    }
}

fn evidence_item(evidence: &Evidence) -> String {
    let source = &evidence.source;
    let title = escape(&source.title);
    // Only http and https URLs are recorded; the page does not rely on that.
    let title = if source.url.starts_with("https://") || source.url.starts_with("http://") {
        format!(
            "<a href=\"{}\" rel=\"nofollow\">{title}</a>",
            escape(&source.url)
        )
    } else {
        title
    };
    let mut details = vec![escape(&source.publisher)];
    details.extend(source.published_on.as_deref().map(escape));
    details.extend(evidence.locator.as_deref().map(escape));
    details.push(escape(&lower_case(&evidence.relation)));
    let quote = evidence.quote.as_deref().map(escape);
    let quote = quote.map_or_else(String::new, |quote| {
        format!("<blockquote>{quote}</blockquote>")
    });
    format!(
        "<li>{title}<br><span class=\"quiet\">{}</span>{quote}</li>\n",
        details.join(" · ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_text_cannot_become_markup() {
        let hostile = "<script>alert(1)</script>";
        let statement = serde_json::json!({
            "kind": "STANCE", "summary": hostile,
            "claimant": { "kind": "REQUESTED_STATE", "label": hostile },
            "validFrom": "2025-06", "publishedOn": null,
            "recordedAt": "2026-01-02T03:04:05Z", "standing": "STANDING", "citation": hostile,
            "evidence": [{
                "relation": "SUPPORTS", "quote": hostile, "locator": "p. 3",
                "source": { "publisher": hostile, "title": hostile, "url": "javascript:alert(1)", "publishedOn": "2025-07" },
            }],
            "corrects": { "id": GlobalId::Statement(7).to_string(), "summary": hostile },
            "correctedBy": null,
        });
        let page = main_html(&serde_json::from_value(statement).unwrap());
        assert!(!page.contains("<script"));
        assert!(!page.contains("href=\"javascript"));
        assert!(page.contains("(requested state)"));
        assert!(page.contains("<dt>Status</dt><dd>valid</dd>"));
        assert!(page.contains("<a href=\"/statements/7\">"));
    }
}
