//! What an answer may be: data of the promised shape, or errors of a known code.

use serde_json::Value;

use super::grammar::Grammar;
use super::promise;
use crate::live::Answer;

/// What a client may be told. An error of ours, a time-out and a rate limit that is switched off are not among it.
const CODES: [&str; 10] = [
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "CONFLICT",
    "CURSOR_INVALID",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "NOT_FOUND",
    "OPERATION_RESOLUTION_FAILURE",
    "QUERY_TOO_COMPLEX",
    "UNAUTHENTICATED",
];

/// Whether there is data; or why it is no answer to the text.
pub fn judge(answer: &Answer, text: &str, grammar: &Grammar) -> Result<bool, String> {
    let shown = String::from_utf8_lossy(&answer.body).into_owned();
    if answer.status >= 500 {
        return Err(format!("status {}: {shown}", answer.status));
    }
    let json: Value =
        serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {shown}"))?;
    let has_data = check(&json)?;
    match promise::broken(text, &json["data"], grammar) {
        Some(broken) => Err(format!("{broken}: {shown}")),
        None => Ok(has_data),
    }
}

/// Whether there is data in a response; or why it is none (GraphQL, Response Format).
pub fn check(response: &Value) -> Result<bool, String> {
    let has_data = response["data"].is_object();
    let no_errors = Vec::new();
    let errors = response["errors"].as_array().unwrap_or(&no_errors);
    if !has_data && errors.is_empty() {
        return Err(format!("neither data nor errors: {response}"));
    }
    for error in errors {
        check_error(error)?;
    }
    Ok(has_data)
}

/// # Errors
/// If its code is none that a client may be told.
pub fn check_error(error: &Value) -> Result<(), String> {
    match error["extensions"]["code"].as_str() {
        Some(code) if CODES.contains(&code) => Ok(()),
        _ => Err(format!("an error of no known code: {error}")),
    }
}
