//! Checks a response: data of the selected shape, or errors with a known code.

use serde_json::Value;

use super::grammar::Grammar;
use super::response_shape;
use crate::test_server::HttpResponse;

/// Codes that a client may receive. Internal errors and timeouts are failures, and the rate limit is switched off.
const CODES: [&str; 11] = [
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "CONFLICT",
    "CURSOR_INVALID",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "NOT_ACCEPTABLE",
    "NOT_FOUND",
    "OPERATION_RESOLUTION_FAILURE",
    "QUERY_TOO_COMPLEX",
    "UNAUTHENTICATED",
];

/// Whether the response has data.
/// # Errors
/// The response does not fit the document.
pub fn check_response(
    response: &HttpResponse,
    text: &str,
    grammar: &Grammar,
) -> Result<bool, String> {
    let body = String::from_utf8_lossy(&response.body).into_owned();
    if response.status >= 500 {
        return Err(format!("status {}: {body}", response.status));
    }
    let json: Value =
        serde_json::from_slice(&response.body).map_err(|error| format!("{error}: {body}"))?;
    let has_data = check_body(&json)?;
    match response_shape::find_violation(text, &json["data"], grammar) {
        Some(violation) => Err(format!("{violation}: {body}")),
        None => Ok(has_data),
    }
}

/// Whether a response body has data.
/// # Errors
/// It is not a valid body (GraphQL, Response Format).
pub fn check_body(response: &Value) -> Result<bool, String> {
    let has_data = response["data"].is_object();
    let no_errors = Vec::new();
    let errors = response["errors"].as_array().unwrap_or(&no_errors);
    if !has_data && errors.is_empty() {
        return Err(format!(
            "the response has neither data nor errors: {response}"
        ));
    }
    for error in errors {
        check_error(error)?;
    }
    Ok(has_data)
}

/// # Errors
/// Its code is not one that a client may receive.
pub fn check_error(error: &Value) -> Result<(), String> {
    match error["extensions"]["code"].as_str() {
        Some(code) if CODES.contains(&code) => Ok(()),
        _ => Err(format!("an error with an unknown code: {error}")),
    }
}
