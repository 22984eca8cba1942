//! Messages of JSON-RPC 2.0, in both ways in which the protocol names its revision: by a handshake (`initialize`, then a header), or
//! in each request (`_meta`, and headers that repeat the body).

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// Revisions that this server speaks, the newest first.
pub(super) const VERSIONS: [&str; 3] = [STATELESS, "2025-11-25", "2025-06-18"];
/// The first revision without a handshake.
const STATELESS: &str = "2026-07-28";
/// The newest revision with one.
const NEWEST_INITIALIZED: &str = "2025-11-25";

/// How long clients may keep the list of tools: it changes with the version of the server.
pub(super) const LIST_TTL_MS: u32 = 3_600_000;

const META: &str = "_meta";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const META_SERVER: &str = "io.modelcontextprotocol/serverInfo";

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
pub(super) const INVALID_PARAMS: i32 = -32602;
const HEADER_MISMATCH: i32 = -32020;
const UNSUPPORTED_VERSION: i32 = -32022;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// Revisions that begin with `initialize`.
    Initialized,
    /// 2026-07-28.
    Stateless,
}

/// A request that waits for an answer.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
    pub(super) era: Era,
}

#[derive(Debug)]
pub(super) struct RpcError {
    id: Value,
    code: i32,
    message: String,
    data: Option<Value>,
    status: StatusCode,
}

pub(super) fn server_info() -> Value {
    json!({ "name": "demarche", "title": "Démarche", "version": env!("CARGO_PKG_VERSION") })
}

/// The requested revision, or the newest one that this server speaks after a handshake.
pub(super) fn negotiated_version(params: &Map<String, Value>) -> &'static str {
    let requested = params.get("protocolVersion").and_then(Value::as_str);
    let mut known = VERSIONS.into_iter().filter(|version| *version != STATELESS);
    known
        .find(|version| Some(*version) == requested)
        .unwrap_or(NEWEST_INITIALIZED)
}

impl Call {
    /// `None` for a message that gets no answer.
    pub(super) fn parse(body: &[u8], headers: &HeaderMap) -> Result<Option<Self>, RpcError> {
        let message: Value = serde_json::from_slice(body)
            .map_err(|error| RpcError::new(PARSE_ERROR, format!("not JSON: {error}")))?;
        let Value::Object(mut message) = message else {
            return Err(RpcError::new(
                INVALID_REQUEST,
                "send one message, not a list",
            ));
        };
        if message.get("jsonrpc") != Some(&json!("2.0")) {
            return Err(RpcError::new(INVALID_REQUEST, "`jsonrpc` must be \"2.0\""));
        }
        let id = message.remove("id");
        let Some(Value::String(method)) = message.remove("method") else {
            let is_answer = message.contains_key("result") || message.contains_key("error");
            return if is_answer {
                Ok(None)
            } else {
                Err(RpcError::new(INVALID_REQUEST, "`method` is missing"))
            };
        };
        let Some(id) = id else { return Ok(None) };
        if !matches!(id, Value::String(_) | Value::Number(_)) {
            return Err(RpcError::new(
                INVALID_REQUEST,
                "`id` must be a text or a number",
            ));
        }
        let params = match message.remove("params") {
            Some(Value::Object(params)) => params,
            None => Map::new(),
            Some(_) => return Err(RpcError::new(INVALID_PARAMS, "`params` must be an object")),
        };
        let mut call = Self {
            id,
            method,
            params,
            era: Era::Initialized,
        };
        call.era = call.find_era(headers).map_err(|error| error.of(&call))?;
        Ok(Some(call))
    }

    /// The way of the revision, which the header or the body names.
    fn find_era(&self, headers: &HeaderMap) -> Result<Era, RpcError> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let named = header("mcp-protocol-version");
        let meta = self.params.get(META).and_then(Value::as_object);
        let version = meta
            .and_then(|meta| meta.get(META_VERSION))
            .and_then(Value::as_str);
        let is_old = |version: &str| version != STATELESS && VERSIONS.contains(&version);
        if version.is_none() && named.is_none_or(is_old) {
            return Ok(Era::Initialized);
        }
        if let Some(unknown) = version
            .or(named)
            .filter(|version| !VERSIONS.contains(version))
        {
            let mut error = RpcError::new(UNSUPPORTED_VERSION, "unsupported protocol version");
            error.data = Some(json!({ "supported": VERSIONS, "requested": unknown }));
            return Err(error);
        }
        let (Some(version), Some(meta)) = (version, meta) else {
            let message = format!("`params._meta` must have `{META_VERSION}`");
            return Err(RpcError::new(INVALID_PARAMS, message));
        };
        if !meta.get(META_CAPABILITIES).is_some_and(Value::is_object) {
            let message = format!("`params._meta` must have `{META_CAPABILITIES}`");
            return Err(RpcError::new(INVALID_PARAMS, message));
        }
        let tool = self.params.get("name").and_then(Value::as_str);
        let tool = tool.filter(|_| self.method == "tools/call");
        let repeated = [
            ("mcp-protocol-version", Some(version)),
            ("mcp-method", Some(self.method.as_str())),
            ("mcp-name", tool),
        ];
        for (name, value) in repeated {
            if value.is_some() && header(name) != value {
                let message = format!("the header `{name}` must repeat the body");
                return Err(RpcError::new(HEADER_MISMATCH, message));
            }
        }
        Ok(Era::Stateless)
    }

    /// A result in the form of the revision.
    pub(super) fn finish(&self, mut result: Value) -> Value {
        if self.era == Era::Stateless {
            result["resultType"] = "complete".into();
            result[META] = json!({ META_SERVER: server_info() });
        }
        result
    }
}

impl RpcError {
    pub(super) fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            id: Value::Null,
            code,
            message: message.into(),
            data: None,
            status: StatusCode::BAD_REQUEST,
        }
    }

    pub(super) fn unknown_method(method: &str, era: Era) -> Self {
        let name: String = method.chars().take(100).collect();
        Self {
            status: match era {
                Era::Initialized => StatusCode::OK,
                Era::Stateless => StatusCode::NOT_FOUND,
            },
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

    /// As the answer to a call.
    pub(super) fn of(self, call: &Call) -> Self {
        Self {
            id: call.id.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &Value, headers: &[(&'static str, &'static str)]) -> Result<Option<Call>, i32> {
        let headers = headers.iter().map(|(name, value)| {
            let name = axum::http::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        let parsed = Call::parse(body.to_string().as_bytes(), &headers.collect());
        parsed.map_err(|error| error.code)
    }

    #[test]
    fn the_revision_is_that_of_the_body_and_headers_repeat_it() {
        let old = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let version = "mcp-protocol-version";
        for headers in [
            vec![],
            vec![(version, "2025-11-25")],
            vec![(version, "2025-06-18")],
        ] {
            let call = parse(&old, &headers).unwrap().unwrap();
            assert_eq!(call.era, Era::Initialized);
        }
        assert_eq!(
            parse(&old, &[(version, STATELESS)]).unwrap_err(),
            INVALID_PARAMS
        );
        assert_eq!(
            parse(&old, &[(version, "1900-01-01")]).unwrap_err(),
            UNSUPPORTED_VERSION
        );
        let meta = json!({ META_VERSION: STATELESS, META_CAPABILITIES: {} });
        let new = json!({ "jsonrpc": "2.0", "id": "a", "method": "tools/list", "params": { "_meta": meta } });
        let all = [(version, STATELESS), ("mcp-method", "tools/list")];
        assert_eq!(parse(&new, &all).unwrap().unwrap().era, Era::Stateless);
        assert_eq!(parse(&new, &all[..1]).unwrap_err(), HEADER_MISMATCH);
        assert_eq!(parse(&new, &all[1..]).unwrap_err(), HEADER_MISMATCH);
    }

    #[test]
    fn notifications_and_answers_get_no_answer_and_what_is_no_message_an_error() {
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert!(parse(&note, &[]).unwrap().is_none());
        let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
        assert!(parse(&answer, &[]).unwrap().is_none());
        for wrong in [
            json!([]),
            json!({}),
            json!({ "jsonrpc": "2.0", "id": 1 }),
            json!(1),
        ] {
            assert_eq!(parse(&wrong, &[]).unwrap_err(), INVALID_REQUEST, "{wrong}");
        }
    }
}
