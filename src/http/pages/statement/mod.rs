//! Page of one statement at its permanent URL, which printed citations use, so it must open without a GraphQL client.

mod html;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{anonymous, document, errors, escape, negotiation};
use crate::{
    http::{
        middleware::request_context::RequestContext, response::error::HttpError, state::AppState,
    },
    model::id::GlobalId,
};

const QUERY: &str = include_str!("query.graphql");

/// Cost that is charged for the page, about that of its query.
const PAGE_COST: u32 = 600;

pub(in crate::http) async fn page(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = anonymous::charge(&app, &context, PAGE_COST) {
        return error.into_response();
    }
    // Each statement has one URL: `+7` and `007` do not lead to statement 7.
    let seq = number.parse::<i64>().ok();
    let Some(seq) = seq.filter(|seq| *seq > 0 && seq.to_string() == number) else {
        return not_found(&app, &number, &headers);
    };
    match load_statement(&app, &GlobalId::Statement(seq)).await {
        Ok(Some(statement)) => {
            let main = html::main(&statement);
            document::page(&headers, &app.access, &html::title(&statement), &main)
        }
        Ok(None) => not_found(&app, &number, &headers),
        Err(cause) => {
            tracing::error!(%cause, id = seq, "statement page failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            errors::error_page(&app.access, status, "/", None).into_response()
        }
    }
}

/// Without a preference a page, because every statement that exists is one.
fn not_found(app: &AppState, number: &str, headers: &HeaderMap) -> Response {
    if negotiation::prefers_json(headers) {
        return HttpError::not_found().into_response();
    }
    let main = format!(
        "<h1>Statement not found</h1>\n<p>There is no statement number <bdi>{}</bdi>.</p>\n{}",
        escape(number),
        errors::WAY_HOME
    );
    let page = document::html(&app.access, "Statement not found", &main);
    (StatusCode::NOT_FOUND, page).into_response()
}

/// Executes the query of the page; `None` if there is no such statement.
/// # Errors
/// A message for the log.
async fn load_statement(app: &AppState, id: &GlobalId) -> Result<Option<Statement>, String> {
    let variables = json!({ "id": id.to_string() });
    let (data, errors) = anonymous::execute(app, QUERY, variables).await;
    let data: Value = serde_json::from_slice(&data).map_err(|error| error.to_string())?;
    let is_absent = |error: &async_graphql::ServerError| {
        let code = error.extensions.as_ref().and_then(|all| all.get("code"));
        code == Some(&async_graphql::Value::from("NOT_FOUND"))
    };
    match data.get("node") {
        Some(Value::Null) | None if errors.iter().all(is_absent) => Ok(None),
        // Every ID that can be asked for here is that of a statement.
        Some(node) if errors.is_empty() => Deserialize::deserialize(node)
            .map(Some)
            .map_err(|error: serde_json::Error| error.to_string()),
        _ => Err(format!("{errors:?}")),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    number: i64,
    kind: String,
    summary: String,
    claimant: Claimant,
    valid_from: String,
    published_on: Option<String>,
    recorded_at: String,
    standing: String,
    retracted_at: Option<String>,
    retraction_reason: Option<String>,
    correction_reason: Option<String>,
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
    url: Option<String>,
    published_on: Option<String>,
    language: Option<String>,
}

/// Another statement that the page links.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mention {
    number: i64,
    summary: String,
    standing: String,
    recorded_at: String,
    correction_reason: Option<String>,
}
