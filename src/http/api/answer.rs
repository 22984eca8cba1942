//! Answers of saved operations: the data, with the permanent link and a citation.

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};
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
) -> Result<Box<RawValue>, QueryError> {
    let variables = Value::Object(variables.clone());
    query
        .execute_as_text(&operation.document, &variables, RateLimit::Reject)
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

/// Data with what a reader cites. The data keep the order of their selection.
#[derive(Serialize)]
pub(in crate::http) struct Envelope {
    data: Box<RawValue>,
    seq: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
    citation: String,
}

impl Envelope {
    pub(in crate::http) fn of_operation(
        query: &PinnedQuery,
        operation: &SavedOperation,
        variables: &Map<String, Value>,
        data: Box<RawValue>,
    ) -> Self {
        let address = address(operation, "", variables, query.seq).or_else(|| {
            let variables = Value::Object(variables.clone());
            graphql_address(&operation.document, &variables, query.seq)
        });
        Self::new(query, &operation.name, address, data)
    }

    /// With the address that gives the data; without one if they cannot be had by a link.
    pub(in crate::http) fn new(
        query: &PinnedQuery,
        name: &str,
        address: Option<String>,
        data: Box<RawValue>,
    ) -> Self {
        let (seq, site) = (query.seq, &query.app().public_url);
        let permalink = address.map(|address| format!("{site}{address}"));
        let cited = permalink.as_deref().unwrap_or(site);
        Self {
            data,
            seq,
            citation: format!("Démarche, “{name}”, ledger entry {seq}, {cited}"),
            permalink,
        }
    }
}

/// JSON Schema of [`Envelope`] with data of a schema.
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
