//! The four parameters of a GraphQL request, however they arrive (GraphQL over HTTP, Request).

use async_graphql::{Extensions, Value as ConstValue, Variables};
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Query, Request},
    http::{HeaderMap, StatusCode, Uri, header},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::config::limits::Limits;
use crate::http::response::error::Refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// Of a trusted document, instead of `query` (GraphQL over HTTP, Appendix A).
    pub(crate) document_id: Option<String>,
    pub(crate) operation_name: Option<String>,
    #[serde(default)]
    pub(crate) variables: Variables,
    #[serde(default)]
    pub(crate) extensions: Extensions,
}

impl Params {
    /// # Errors
    /// A sentence of what is wrong.
    pub(crate) fn from_object(object: Map<String, Value>) -> Result<Self, String> {
        // By way of a map, because serde would also take an array for a struct, which is how batches look.
        let params: Self =
            serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
        params.checked()
    }

    fn checked(self) -> Result<Self, String> {
        match (&self.query, self.document_id()) {
            (None, None) => Err("missing field `query`".to_owned()),
            (Some(_), Some(_)) if self.document_id.is_some() => {
                Err("give `query` or `documentId`, not both".to_owned())
            }
            _ => Ok(self),
        }
    }

    /// The trusted document that is asked for; Apollo's clients name it in the extensions.
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
    /// 400 if a parameter is missing, doubled or no JSON.
    pub(crate) fn from_uri(uri: &Uri) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Texts {
            query: Option<String>,
            document_id: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let Query(texts) = Query::<Texts>::try_from_uri(uri)
            .map_err(|error| Refusal::bad_request(error.body_text()))?;
        let params = Self {
            query: texts.query,
            document_id: texts.document_id,
            operation_name: texts.operation_name,
            variables: parameter("variables", texts.variables)?,
            extensions: parameter("extensions", texts.extensions)?,
        };
        params.checked().map_err(Refusal::bad_request)
    }

    /// # Errors
    /// 400 if it is not one request.
    pub(crate) fn from_bytes(body: &[u8]) -> Result<Self, Refusal> {
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(Refusal::bad_request("send one request, not a list of them"));
        }
        let object = serde_json::from_slice(body)
            .map_err(|error| Refusal::bad_request(format!("the body: {error}")))?;
        Self::from_object(object)
            .map_err(|error| Refusal::bad_request(format!("the body: {error}")))
    }
}

/// The bytes of a request that says it is JSON.
/// # Errors
/// 415 if it is not JSON by its own word, 413 over its limit, 408 if it takes too long, 400 if it breaks off.
pub(crate) async fn body(request: Request, limits: &Limits) -> Result<Bytes, Refusal> {
    require_json(request.headers())?;
    // Nobody waits for a body that says itself that it will be too large.
    let announced = request.body().size_hint().lower();
    if announced > limits.transport.body_bytes as u64 {
        return Err(Refusal::large_body(limits.transport.body_bytes));
    }
    timeout(*limits.time.body, Bytes::from_request(request, &()))
        .await
        .map_err(|_| Refusal::slow_body())?
        .map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::large_body(limits.transport.body_bytes),
            _ => Refusal::bad_request("the body broke off"),
        })
}

fn parameter<T: Default + for<'de> Deserialize<'de>>(
    name: &str,
    text: Option<String>,
) -> Result<T, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(T::default());
    };
    serde_json::from_str(&text).map_err(|error| Refusal::bad_request(format!("{name}: {error}")))
}

/// Anything else a page of another origin could send without asking us first.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(is_json) {
        return Err(Refusal::unsupported_media_type(
            "send the request as application/json in UTF-8",
        ));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => Err(Refusal::unsupported_media_type(
            "send the request without content coding",
        )),
        _ => Ok(()),
    }
}

fn is_json(kind: &str) -> bool {
    let mut parts = kind.split(';').map(str::trim);
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
    fn only_json_in_utf_8_is_json() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonp",
            "multipart/form-data",
            "",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[test]
    fn parameters_have_their_types() {
        let read = |text: &str| Params::from_object(serde_json::from_str(text).unwrap());
        let full = read(r#"{"query":"{a}","operationName":null,"variables":null,"extensions":{}}"#);
        assert_eq!(full.unwrap().query.unwrap(), "{a}");
        for wrong in [
            r"{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","variables":"x"}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","operationName":{}}"#,
            r#"{"query":"{a}","extensions":0}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_uri_carries_variables_as_json() {
        let uri = "/graphql?query=%7Ba%7D&variables=%7B%22x%22%3A1%7D&extensions=";
        let params = Params::from_uri(&uri.parse().unwrap()).unwrap();
        assert_eq!(params.variables.len(), 1);
        for wrong in [
            "/graphql",
            "/graphql?query=a&variables=%5B%5D",
            "/graphql?query=a&query=b",
        ] {
            assert!(
                Params::from_uri(&wrong.parse().unwrap()).is_err(),
                "{wrong}"
            );
        }
    }
}
