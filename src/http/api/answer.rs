//! Answers of saved operations: the data, with the permanent link and a citation.

use serde_json::{Map, Value, json};

use super::operation::SavedOperation;
use super::parameters::query_of;
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

/// The address of an answer, pinned to an entry of the ledger.
pub(super) fn address(
    operation: &SavedOperation,
    ending: &str,
    variables: &Map<String, Value>,
    seq: i64,
) -> String {
    let query = query_of(operation, variables, seq);
    format!("/api/{}{ending}{query}", operation.name)
}

/// The data with what a reader cites.
pub(in crate::http) fn envelope(
    query: &PinnedQuery,
    operation: &SavedOperation,
    variables: &Map<String, Value>,
    data: &Value,
) -> Value {
    let address = address(operation, "", variables, query.seq);
    envelope_of(query, &operation.name, &address, data)
}

/// The data of an address.
pub(in crate::http) fn envelope_of(
    query: &PinnedQuery,
    name: &str,
    address: &str,
    data: &Value,
) -> Value {
    let seq = query.seq;
    let permalink = format!("{}{address}", query.app().public_url);
    let citation = format!("Démarche, “{name}”, ledger entry {seq}, {permalink}");
    json!({ "data": data, "seq": seq, "permalink": permalink, "citation": citation })
}

/// JSON Schema of [`envelope_of`] with data of a schema.
pub(in crate::http) fn envelope_schema(data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["data", "seq", "permalink", "citation"],
        "properties": {
            "data": data,
            "seq": { "type": "integer", "format": "int64", "description": "The state of the ledger that the answer shows: its newest entry." },
            "permalink": { "type": "string", "format": "uri", "description": "Gives this answer for ever." },
            "citation": { "type": "string", "description": "How to cite this answer." },
        },
    })
}
