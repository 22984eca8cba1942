//! Answers of saved operations: the data, with the permanent link and a citation.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::operation::SavedOperation;
use super::parameters::{MAX_BYTES, query_of};
use crate::http::queries::{
    error::QueryError,
    pinned_query::{PinnedQuery, RateLimit},
};

pub(in crate::http) async fn execute(
    query: &PinnedQuery,
    operation: &SavedOperation,
    variables: &Map<String, Value>,
) -> Result<Value, QueryError> {
    let variables = Value::Object(variables.clone());
    query
        .execute(&operation.document, &variables, RateLimit::Reject)
        .await
}

/// The address of an answer, pinned to an entry of the ledger; `None` if no address has exactly these variables.
pub(super) fn address(
    operation: &SavedOperation,
    ending: &str,
    variables: &Map<String, Value>,
    seq: i64,
) -> Option<String> {
    let query = query_of(operation, variables, seq)?;
    Some(format!("/api/{}{ending}{query}", operation.name))
}

/// The address of a GraphQL query at an entry of the ledger; `None` if it is too long for a link.
pub(in crate::http) fn graphql_address(
    document: &str,
    variables: &Value,
    seq: i64,
) -> Option<String> {
    if document.len() > MAX_BYTES {
        return None;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("query", document);
    if *variables != json!({}) {
        query.append_pair("variables", &variables.to_string());
    }
    if seq > 0 {
        query.append_pair("seq", &seq.to_string());
    }
    let query = query.finish();
    (query.len() <= MAX_BYTES).then(|| format!("/graphql?{query}"))
}

/// The data with what a reader cites.
pub(in crate::http) fn envelope(
    query: &PinnedQuery,
    operation: &SavedOperation,
    variables: &Map<String, Value>,
    data: &Value,
) -> Value {
    let address = address(operation, "", variables, query.seq).or_else(|| {
        let variables = Value::Object(variables.clone());
        graphql_address(&operation.document, &variables, query.seq)
    });
    envelope_of(query, &operation.name, address.as_deref(), data)
}

/// The data, with the address that gives them; without one if they cannot be had by a link.
pub(in crate::http) fn envelope_of(
    query: &PinnedQuery,
    name: &str,
    address: Option<&str>,
    data: &Value,
) -> Value {
    let seq = query.seq;
    let site = &query.app().public_url;
    let Some(address) = address else {
        let citation = format!("Démarche, “{name}”, ledger entry {seq}, {site}");
        return json!({ "data": data, "seq": seq, "citation": citation });
    };
    let permalink = format!("{site}{address}");
    let citation = format!("Démarche, “{name}”, ledger entry {seq}, {permalink}");
    json!({ "data": data, "seq": seq, "permalink": permalink, "citation": citation })
}

/// JSON Schema of [`envelope_of`] with data of a schema.
pub(in crate::http) fn envelope_schema(data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["data", "seq", "citation"],
        "properties": {
            "data": data,
            "seq": { "type": "integer", "format": "int64", "description": "The state of the ledger that the answer shows: its newest entry." },
            "permalink": { "type": "string", "format": "uri", "description": "Gives this answer for ever. Left out if the variables are too long for a link." },
            "citation": { "type": "string", "description": "How to cite this answer." },
        },
    })
}
