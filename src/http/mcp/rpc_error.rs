//! Errors of JSON-RPC 2.0, with the HTTP status of their revision.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(super) const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
pub(super) const INVALID_PARAMS: i32 = -32602;
/// A header does not repeat the body (revision 2026-07-28).
pub(super) const HEADER_MISMATCH: i32 = -32020;
pub(super) const UNSUPPORTED_VERSION: i32 = -32022;

#[derive(Debug)]
pub(super) struct RpcError {
    id: Value,
    pub(super) code: i32,
    message: String,
    data: Option<Value>,
    status: StatusCode,
}

impl RpcError {
    /// With status 400, and without the ID of a request.
    pub(super) fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            id: Value::Null,
            code,
            message: message.into(),
            data: None,
            status: StatusCode::BAD_REQUEST,
        }
    }

    pub(super) fn unknown_method(method: &str, status: StatusCode) -> Self {
        let name: String = method.chars().take(100).collect();
        Self {
            status,
            ..Self::new(METHOD_NOT_FOUND, format!("unknown method `{name}`"))
        }
    }

    /// Of parameters that a method does not accept: the answer to a valid message.
    pub(super) fn invalid_params(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::OK,
            ..Self::new(INVALID_PARAMS, message)
        }
    }

    pub(super) fn with_data(self, data: Value) -> Self {
        Self {
            data: Some(data),
            ..self
        }
    }

    /// As the answer to the request with that ID.
    pub(super) fn answering(self, id: &Value) -> Self {
        Self {
            id: id.clone(),
            ..self
        }
    }
}

impl IntoResponse for RpcError {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(data) = self.data {
            error["data"] = data;
        }
        let message = json!({ "jsonrpc": "2.0", "id": self.id, "error": error });
        (self.status, super::reply(&message)).into_response()
    }
}
