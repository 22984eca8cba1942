//! Parameters of a GraphQL request, read from a JSON body, a query string or a message (GraphQL over HTTP, Request).

use async_graphql::{Extensions, Value as ConstValue, Variables, value};
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Query, Request},
    http::{HeaderMap, StatusCode, Uri, header},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::pin::UrlPin;
use crate::config::limits::Limits;
use crate::http::response::error::HttpError;
use crate::model::pin::PinRequest;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestParams {
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// ID of a trusted document, sent instead of `query` (GraphQL over HTTP, Appendix A).
    pub(crate) document_id: Option<String>,
    pub(crate) operation_name: Option<String>,
    #[serde(default)]
    pub(crate) variables: Variables,
    #[serde(default)]
    pub(crate) extensions: Extensions,
    /// From the query string of the URL, by GET and POST.
    #[serde(skip)]
    pub(crate) url_pin: UrlPin,
    /// Whether `query` is a document of this server, which is always trusted.
    #[serde(skip)]
    pub(crate) is_built_in: bool,
}

impl RequestParams {
    /// A document of this server.
    pub(crate) fn built_in(document: &str, variables: Value, pin: Option<&PinRequest>) -> Self {
        let mut extensions = Extensions::default();
        if let Some(PinRequest { seq, generation }) = pin {
            let ledger = match generation {
                Some(generation) => value!({ "seq": *seq, "generation": generation.as_str() }),
                None => value!({ "seq": *seq }),
            };
            extensions.0.insert("ledger".to_owned(), ledger);
        }
        Self {
            query: Some(document.to_owned()),
            document_id: None,
            operation_name: None,
            variables: Variables::from_json(variables),
            extensions,
            url_pin: UrlPin::default(),
            is_built_in: true,
        }
    }

    /// # Errors
    /// The message for the client.
    pub(crate) fn from_object(object: Map<String, Value>) -> Result<Self, String> {
        // Converted from a map, because serde would also accept an array for a struct, and an array is a batch.
        let params: Self =
            serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
        params.validate()
    }

    fn validate(self) -> Result<Self, String> {
        match (&self.query, self.document_id()) {
            (None, None) => Err("`query` is missing; set `query` or `documentId`".to_owned()),
            (Some(_), Some(_)) if self.document_id.is_some() => {
                Err("set either `query` or `documentId`, not both".to_owned())
            }
            _ => Ok(self),
        }
    }

    /// Whether the ID is in the extensions, as Apollo clients and urql send it.
    pub(crate) fn is_persisted_query(&self) -> bool {
        self.document_id.is_none()
    }

    /// ID of the requested trusted document; Apollo clients send it in the extensions.
    pub(crate) fn document_id(&self) -> Option<&str> {
        self.document_id.as_deref().or_else(|| {
            let ConstValue::Object(persisted) = self.extensions.0.get("persistedQuery")? else {
                return None;
            };
            match persisted.get("sha256Hash")? {
                ConstValue::String(digest) => Some(digest),
                _ => None,
            }
        })
    }

    /// # Errors
    /// 400 if a parameter is missing, duplicate or not valid JSON.
    pub(crate) fn from_uri(uri: &Uri) -> Result<Self, HttpError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct QueryStringParams {
            query: Option<String>,
            document_id: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let Query(raw) = Query::<QueryStringParams>::try_from_uri(uri)
            .map_err(|error| HttpError::bad_request(error.body_text()))?;
        let params = Self {
            query: raw.query,
            document_id: raw.document_id,
            operation_name: raw.operation_name,
            variables: parse_json_parameter("variables", raw.variables)?,
            extensions: parse_json_parameter("extensions", raw.extensions)?,
            url_pin: UrlPin::from_uri(uri)?,
            is_built_in: false,
        };
        params.validate().map_err(HttpError::bad_request)
    }

    /// The request of a body, pinned by the URL to which it was posted.
    /// # Errors
    /// 400 if the body is not exactly one request.
    pub(crate) fn from_post(uri: &Uri, body: &[u8]) -> Result<Self, HttpError> {
        Ok(Self {
            url_pin: UrlPin::from_uri(uri)?,
            ..Self::from_bytes(body)?
        })
    }

    fn from_bytes(body: &[u8]) -> Result<Self, HttpError> {
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(HttpError::bad_request(
                "batches are not supported; send one request object, not a list",
            ));
        }
        let object = serde_json::from_slice(body)
            .map_err(|error| HttpError::bad_request(format!("invalid request body: {error}")))?;
        Self::from_object(object)
            .map_err(|error| HttpError::bad_request(format!("invalid request body: {error}")))
    }
}

/// Reads the body of a JSON request.
/// # Errors
/// 415 if the headers do not declare JSON, 413 over the size limit, 408 after the timeout, 400 if it is incomplete.
pub(crate) async fn read_body(request: Request, limits: &Limits) -> Result<Bytes, HttpError> {
    require_json(request.headers())?;
    // A declared length over the limit is rejected before the body arrives.
    let declared_bytes = request.body().size_hint().lower();
    if declared_bytes > limits.transport.body_bytes as u64 {
        return Err(HttpError::body_too_large(limits.transport.body_bytes));
    }
    let body = timeout(*limits.time.body, Bytes::from_request(request, &()))
        .await
        .map_err(|_| HttpError::body_timeout())?
        .map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => HttpError::body_too_large(limits.transport.body_bytes),
            _ => HttpError::bad_request("the request body is incomplete"),
        })?;
    check_value_count(&body, limits.document.tokens)?;
    Ok(body)
}

/// Values of a request besides its variables.
const MAX_OTHER_VALUES: usize = 100;

/// Rejects a body with more values in lists and objects than variables may have, before they are parsed: a megabyte of short values takes a hundred
/// megabytes of memory.
fn check_value_count(body: &[u8], max: usize) -> Result<(), HttpError> {
    let (mut count, mut in_string, mut is_escaped) = (0, false, false);
    for byte in body {
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            b',' if !in_string => count += 1,
            _ => {}
        }
        is_escaped = in_string && *byte == b'\\' && !is_escaped;
    }
    if count > max + MAX_OTHER_VALUES {
        return Err(HttpError::too_many_values(count, max));
    }
    Ok(())
}

fn parse_json_parameter<T: Default + for<'de> Deserialize<'de>>(
    name: &str,
    text: Option<String>,
) -> Result<T, HttpError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(T::default());
    };
    serde_json::from_str(&text)
        .map_err(|error| HttpError::bad_request(format!("invalid `{name}`: {error}")))
}

/// Requires a JSON content type: a page of another origin can send other types without a CORS preflight.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), HttpError> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(is_json) {
        return Err(HttpError::unsupported_media_type(
            "send the request body as `Content-Type: application/json` in UTF-8",
        ));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => Err(HttpError::unsupported_media_type(
            "encoded request bodies are not supported; remove `Content-Encoding`",
        )),
        _ => Ok(()),
    }
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|part| {
            part.split_once('=').is_none_or(|(name, value)| {
                !name.eq_ignore_ascii_case("charset")
                    || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_accepted() {
        for valid in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(valid), "{valid}");
        }
        for invalid in [
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonp",
            "multipart/form-data",
            "",
        ] {
            assert!(!is_json(invalid), "{invalid}");
        }
    }

    #[test]
    fn parameters_of_a_wrong_type_are_rejected() {
        let read = |text: &str| RequestParams::from_object(serde_json::from_str(text).unwrap());
        let full = read(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":{}}"#);
        assert_eq!(full.unwrap().query.unwrap(), "{a}");
        for invalid in [
            r"{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","variables":"x"}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","operationName":{}}"#,
            r#"{"query":"{a}","extensions":0}"#,
        ] {
            assert!(read(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn values_are_counted_before_they_are_parsed() {
        let is_accepted = |body: &str| check_value_count(body.as_bytes(), 10).is_ok();
        assert!(is_accepted(&"1,".repeat(110)));
        assert!(!is_accepted(&"1,".repeat(111)));
        // The parser limits nesting.
        assert!(is_accepted(&"[".repeat(111)));
        // Those in a text are none, not even after a quote in it.
        assert!(is_accepted(&format!(r#""a\"{}""#, ",".repeat(200))));
        assert!(!is_accepted(&format!(r#""a\\"{}""#, ",".repeat(200))));
    }

    #[test]
    fn a_uri_carries_variables_as_json() {
        let uri = "/graphql?query=%7Ba%7D&variables=%7B%22x%22%3A1%7D&extensions=";
        let params = RequestParams::from_uri(&uri.parse().unwrap()).unwrap();
        assert_eq!(params.variables.len(), 1);
        for invalid in [
            "/graphql",
            "/graphql?query=a&variables=%5B%5D",
            "/graphql?query=a&query=b",
        ] {
            assert!(
                RequestParams::from_uri(&invalid.parse().unwrap()).is_err(),
                "{invalid}"
            );
        }
    }
}
