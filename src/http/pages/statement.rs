//! The permanent address of one statement: what is cited in print must open without a client.
//!
//! It asks the schema like anybody else, so it cannot show what the API would not.

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
    http::{middleware::request_context::Visit, response::error::Refusal, state::App},
    model::{id::GlobalId, role::Caller},
};

const QUERY: &str = include_str!("statement.graphql");

/// What a page costs whoever asks for it, as the query below would.
const COST: u32 = 50;

pub(in crate::http) async fn page(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<String>,
) -> Response {
    let paid = app.rates.spend(&Caller::anonymous(), visit.client, COST);
    if let Err(exhausted) = paid {
        return Refusal::exhausted(exhausted.retry_after).into_response();
    }
    // One address for one statement: neither `+7` nor `007` is the seventh.
    let id = number.parse::<i64>().ok();
    let Some(id) = id.filter(|seq| *seq > 0 && seq.to_string() == number) else {
        return not_found(&number);
    };
    match find(&app, &GlobalId::Statement(id)).await {
        Ok(Some(statement)) => shell(&statement.summary, &main(&statement)).into_response(),
        Ok(None) => not_found(&number),
        Err(cause) => {
            tracing::error!(%cause, id, "the page of a statement failed");
            let text = "<h1>This page failed</h1>\n<p>The fault is ours and has been logged.</p>";
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                shell("This page failed", text),
            )
                .into_response()
        }
    }
}

fn not_found(number: &str) -> Response {
    let text = format!(
        "<h1>No such statement</h1>\n<p>Nothing was recorded under {}.</p>",
        escape(number)
    );
    (StatusCode::NOT_FOUND, shell("No such statement", &text)).into_response()
}

/// # Errors
/// A text for the log.
async fn find(app: &App, id: &GlobalId) -> Result<Option<Statement>, String> {
    let variables = Variables::from_json(serde_json::json!({ "id": id.to_string() }));
    let request = Request::new(QUERY).variables(variables);
    let answer = app.schema.execute(request.data(Caller::anonymous())).await;
    let mut data = Vec::new();
    response_json::value(&answer.data, &mut data);
    let data: Value = serde_json::from_slice(&data).map_err(|error| error.to_string())?;
    let is_absent = |error: &async_graphql::ServerError| {
        let code = error.extensions.as_ref().and_then(|all| all.get("code"));
        code == Some(&async_graphql::Value::from("NOT_FOUND"))
    };
    match data.get("node") {
        Some(Value::Null) | None if answer.errors.iter().all(is_absent) => Ok(None),
        Some(node) if answer.errors.is_empty() => Deserialize::deserialize(node)
            .map(Some)
            .map_err(|error: serde_json::Error| error.to_string()),
        _ => Err(format!("{:?}", answer.errors)),
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

fn main(statement: &Statement) -> String {
    let claimant = format!(
        "{} ({})",
        statement.claimant.label,
        words(&statement.claimant.kind)
    );
    let mut facts = [
        ("Claimed by", Some(claimant)),
        ("Kind", Some(words(&statement.kind))),
        ("Valid from", Some(statement.valid_from.clone())),
        ("Published", statement.published_on.clone()),
        ("Recorded", Some(statement.recorded_at.clone())),
        ("Standing", Some(words(&statement.standing))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(fact(name, &escape(&value?))))
    .collect::<String>();
    if let Some(other) = &statement.corrects {
        facts.push_str(&fact("Corrects", &link(other)));
    }
    if let Some(other) = &statement.corrected_by {
        facts.push_str(&fact("Corrected by", &link(other)));
    }
    let evidence: String = statement.evidence.iter().map(item).collect();
    format!(
        "<h1>{}</h1>\n<dl>\n{facts}</dl>\n<h2>Evidence</h2>\n<ul>\n{evidence}</ul>\n\
         <h2>Cite as</h2>\n<p>{}</p>",
        escape(&statement.summary),
        escape(&statement.citation)
    )
}

/// `value` is HTML.
fn fact(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt><dd>{value}</dd>\n")
}

/// `REQUESTED_STATE` is "requested state".
fn words(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

fn link(other: &Mention) -> String {
    let summary = escape(&other.summary);
    match GlobalId::parse(&other.id) {
        Some(GlobalId::Statement(seq)) => format!("<a href=\"/statements/{seq}\">{summary}</a>"),
        _ => summary,
    }
}

fn item(evidence: &Evidence) -> String {
    let source = &evidence.source;
    let title = escape(&source.title);
    // Only such addresses are recorded; a page should not depend on it.
    let title = if source.url.starts_with("https://") || source.url.starts_with("http://") {
        format!(
            "<a href=\"{}\" rel=\"nofollow\">{title}</a>",
            escape(&source.url)
        )
    } else {
        title
    };
    let mut about = vec![escape(&source.publisher)];
    about.extend(source.published_on.as_deref().map(escape));
    about.extend(evidence.locator.as_deref().map(escape));
    about.push(escape(&words(&evidence.relation)));
    let quote = evidence.quote.as_deref().map(escape);
    let quote = quote.map_or_else(String::new, |quote| {
        format!("<blockquote>{quote}</blockquote>")
    });
    format!(
        "<li>{title}<br><span class=\"quiet\">{}</span>{quote}</li>\n",
        about.join(" · ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_what_was_said_and_by_whom_as_text() {
        let evil = "<script>alert(1)</script>";
        let statement = serde_json::json!({
            "kind": "STANCE", "summary": evil,
            "claimant": { "kind": "REQUESTED_STATE", "label": evil },
            "validFrom": "2025-06", "publishedOn": null,
            "recordedAt": "2026-01-02T03:04:05Z", "standing": "STANDING", "citation": evil,
            "evidence": [{
                "relation": "SUPPORTS", "quote": evil, "locator": "p. 3",
                "source": { "publisher": evil, "title": evil, "url": "javascript:alert(1)", "publishedOn": "2025-07" },
            }],
            "corrects": { "id": GlobalId::Statement(7).to_string(), "summary": evil },
            "correctedBy": null,
        });
        let page = main(&serde_json::from_value(statement).unwrap());
        assert!(!page.contains("<script"));
        assert!(!page.contains("href=\"javascript"));
        assert!(page.contains("(requested state)"));
        assert!(page.contains("<a href=\"/statements/7\">"));
    }
}
