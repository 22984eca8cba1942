//! Revisions of the protocol. A request names its own in one of two ways: by a header, after a handshake (`initialize`), or in its
//! body (`_meta`), with headers that repeat parts of the body so that proxies can read them (Streamable HTTP, Server Validation).

use std::borrow::Cow;

use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64;
use serde_json::{Map, Value, json};

use super::rpc_error::{HEADER_MISMATCH, INVALID_PARAMS, RpcError, UNSUPPORTED_VERSION};
use crate::model::text;

/// Revisions that this server speaks, the newest first.
pub(super) const VERSIONS: [&str; 3] = [STATELESS, "2025-11-25", "2025-06-18"];
/// The first revision without a handshake.
pub(super) const STATELESS: &str = "2026-07-28";
/// The newest revision with one.
const NEWEST_INITIALIZED: &str = "2025-11-25";

pub(super) const META: &str = "_meta";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

const VERSION: &str = "mcp-protocol-version";
const METHOD: &str = "mcp-method";
const NAME: &str = "mcp-name";

/// Bytes of an unknown version that an error repeats.
const MAX_ECHOED_BYTES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// Revisions that begin with `initialize`.
    Initialized,
    /// 2026-07-28.
    Stateless,
}

impl Era {
    pub(super) fn unknown_method_status(self) -> StatusCode {
        match self {
            Self::Initialized => StatusCode::OK,
            Self::Stateless => StatusCode::NOT_FOUND,
        }
    }
}

/// The requested revision, or the newest one that this server speaks after a handshake.
pub(super) fn negotiated_version(params: &Map<String, Value>) -> &'static str {
    let requested = params.get("protocolVersion").and_then(Value::as_str);
    let mut known = VERSIONS.into_iter().filter(|version| *version != STATELESS);
    known
        .find(|version| Some(*version) == requested)
        .unwrap_or(NEWEST_INITIALIZED)
}

/// The era that a request names.
/// # Errors
/// For a version that is unknown, and for headers that do not repeat the body.
pub(super) fn era_of(
    method: &str,
    params: &Map<String, Value>,
    headers: &HeaderMap,
) -> Result<Era, RpcError> {
    let in_header = version_in_header(headers)?;
    let in_body = version_in_body(params)?;
    match (in_body, in_header) {
        (None, Some(STATELESS)) => {
            let message = format!("`params._meta` must have `{META_VERSION}`");
            Err(RpcError::new(INVALID_PARAMS, message))
        }
        (None, _) => Ok(Era::Initialized),
        (Some(STATELESS), _) => {
            check_headers(method, params, headers)?;
            Ok(Era::Stateless)
        }
        (Some(version), None) => known(version).map(|()| Era::Initialized),
        (Some(version), Some(_)) => {
            known(version)?;
            check_repeated(headers, VERSION, version)?;
            Ok(Era::Initialized)
        }
    }
}

/// The version that the header names.
/// # Errors
/// For one that is unknown, repeated, or not in ASCII.
pub(super) fn version_in_header(headers: &HeaderMap) -> Result<Option<&str>, RpcError> {
    let version = only_value(headers, VERSION)?;
    version.map_or(Ok(()), known)?;
    Ok(version)
}

fn version_in_body(params: &Map<String, Value>) -> Result<Option<&str>, RpcError> {
    match params.get(META).and_then(|meta| meta.get(META_VERSION)) {
        None => Ok(None),
        Some(Value::String(version)) => Ok(Some(version)),
        Some(_) => {
            let message = format!("`{META_VERSION}` must be a text");
            Err(RpcError::new(INVALID_PARAMS, message))
        }
    }
}

fn known(version: &str) -> Result<(), RpcError> {
    if VERSIONS.contains(&version) {
        return Ok(());
    }
    let mut requested = version.to_owned();
    text::truncate(&mut requested, MAX_ECHOED_BYTES);
    let data = json!({ "supported": VERSIONS, "requested": requested });
    let error = RpcError::new(UNSUPPORTED_VERSION, "unsupported protocol version");
    Err(error.with_data(data))
}

/// What the revision without a handshake requires of each request.
fn check_headers(
    method: &str,
    params: &Map<String, Value>,
    headers: &HeaderMap,
) -> Result<(), RpcError> {
    let capabilities = params
        .get(META)
        .and_then(|meta| meta.get(META_CAPABILITIES));
    if !capabilities.is_some_and(Value::is_object) {
        let message = format!("`params._meta` must have `{META_CAPABILITIES}`");
        return Err(RpcError::new(INVALID_PARAMS, message));
    }
    check_repeated(headers, VERSION, STATELESS)?;
    check_repeated(headers, METHOD, method)?;
    match params.get("name") {
        Some(Value::String(name)) if method == "tools/call" => check_repeated(headers, NAME, name),
        _ => Ok(()),
    }
}

fn check_repeated(headers: &HeaderMap, name: &str, value: &str) -> Result<(), RpcError> {
    let sent = only_value(headers, name)?;
    let sent = if name == NAME {
        sent.and_then(decode)
    } else {
        sent.map(Cow::Borrowed)
    };
    if sent.is_some_and(|sent| sent == value) {
        return Ok(());
    }
    let message = format!("the header `{name}` must repeat the body");
    Err(RpcError::new(HEADER_MISMATCH, message))
}

/// The value of a header; `None` without it.
/// # Errors
/// For one that is repeated, since a proxy may read another value than this server, and for one that is not in ASCII.
fn only_value<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    let message = || format!("the header `{name}` must be sent once, in ASCII");
    text.map(Some)
        .ok_or_else(|| RpcError::new(HEADER_MISMATCH, message()))
}

/// A name that is no header value is sent in base64 (Streamable HTTP, Value Encoding).
fn decode(value: &str) -> Option<Cow<'_, str>> {
    let encoded = value.strip_prefix("=?base64?");
    let Some(encoded) = encoded.and_then(|rest| rest.strip_suffix("?=")) else {
        return Some(value.into());
    };
    let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
