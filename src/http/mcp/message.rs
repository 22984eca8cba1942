//! Messages of JSON-RPC 2.0: requests and their results.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::{
    Map, Value, json,
    value::{RawValue, to_raw_value},
};

use super::revision::{Era, META, era_of, version_in_header};
use super::rpc_error::{INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR, RpcError};

/// How long clients may keep the list of tools: it changes with the version of the server.
pub(super) const LIST_TTL_MS: u32 = 3_600_000;

const META_SERVER: &str = "io.modelcontextprotocol/serverInfo";

/// The members of a result. Each is JSON text, so that data keep the order of their selection.
pub(super) type Members = BTreeMap<&'static str, Box<RawValue>>;

/// A request that waits for an answer.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
    pub(super) era: Era,
}

pub(super) fn server_info() -> Value {
    json!({ "name": "demarche", "title": "Démarche", "version": env!("CARGO_PKG_VERSION") })
}

pub(super) fn json_text(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("texts, numbers and maps with text keys have a form in JSON")
}

impl Call {
    /// `None` for a message that gets no answer.
    pub(super) fn parse(body: &[u8], headers: &HeaderMap) -> Result<Option<Self>, RpcError> {
        let message: Value = serde_json::from_slice(body)
            .map_err(|error| RpcError::new(PARSE_ERROR, format!("not JSON: {error}")))?;
        let Value::Object(mut message) = message else {
            let message = "send one message, not a list";
            return Err(RpcError::new(INVALID_REQUEST, message));
        };
        let has_method = message.contains_key("method");
        if !has_method && (message.contains_key("result") || message.contains_key("error")) {
            return Ok(None);
        }
        let id = message.remove("id");
        if id.as_ref().is_some_and(|id| !is_id(id)) {
            let message = "`id` must be a text or a whole number of at most 64 bits";
            return Err(RpcError::new(INVALID_REQUEST, message));
        }
        let request = read_request(message, headers);
        match id {
            Some(id) => match request {
                Ok((method, params, era)) => Ok(Some(Self {
                    id,
                    method,
                    params,
                    era,
                })),
                Err(error) => Err(error.answering(&id)),
            },
            // A notification is not executed, but one that is not valid is refused.
            None if has_method => version_in_header(headers).map(|_| None),
            None => request.map(|_| None),
        }
    }

    /// A result in the form of the revision.
    pub(super) fn finish(&self, mut result: Members) -> Members {
        if self.era == Era::Stateless {
            result.insert("resultType", json_text(&"complete"));
            result.insert(META, json_text(&json!({ META_SERVER: server_info() })));
        }
        result
    }
}

/// A number that is no integer of 64 bits would come back as another one.
fn is_id(id: &Value) -> bool {
    match id {
        Value::String(_) => true,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Method, parameters and era of a message.
fn read_request(
    mut message: Map<String, Value>,
    headers: &HeaderMap,
) -> Result<(String, Map<String, Value>, Era), RpcError> {
    if message.get("jsonrpc") != Some(&json!("2.0")) {
        return Err(RpcError::new(INVALID_REQUEST, "`jsonrpc` must be \"2.0\""));
    }
    let Some(Value::String(method)) = message.remove("method") else {
        return Err(RpcError::new(INVALID_REQUEST, "`method` is missing"));
    };
    let params = match message.remove("params") {
        Some(Value::Object(params)) => params,
        None => Map::new(),
        Some(_) => return Err(RpcError::new(INVALID_PARAMS, "`params` must be an object")),
    };
    let era = era_of(&method, &params, headers)?;
    Ok((method, params, era))
}
