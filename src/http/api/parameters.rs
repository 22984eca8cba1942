//! Parameters of an address as variables, by their types. A list is read as `to=a,b` and as `to=a&to=b`; an empty parameter is
//! one that is left out, as forms send it. An unknown one is an error, so that a misspelt filter cannot return everything.

use async_graphql::parser::types::{BaseType, Type};
use axum::http::Uri;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::operation::{SavedOperation, Variable};
use crate::http::operation::pin::{UrlPin, parse_pin};
use crate::http::queries::error::QueryError;
use crate::model::pin::PinRequest;

/// The parameters of the pin.
pub(super) const PIN: [&str; 2] = ["seq", "generation"];

/// Bytes of all parameters.
pub(in crate::http) const MAX_BYTES: usize = 8_000;

/// The variables and the pin of an address.
/// # Errors
/// `BAD_USER_INPUT` for an unknown, repeated, invalid or missing one.
pub(super) fn parse(
    operation: &SavedOperation,
    uri: &Uri,
) -> Result<(Map<String, Value>, Option<PinRequest>), QueryError> {
    let variables = parse_variables(operation, uri.query().unwrap_or_default())?;
    let pin = parse_pin(
        &UrlPin::from_uri(uri)?,
        &async_graphql::Extensions::default(),
    );
    let pin = pin.map_err(|invalid| QueryError::parameter(invalid.field, &invalid.message))?;
    Ok((variables, pin))
}

fn parse_variables(
    operation: &SavedOperation,
    query: &str,
) -> Result<Map<String, Value>, QueryError> {
    if query.len() > MAX_BYTES {
        let message = format!("is longer than {MAX_BYTES} bytes");
        return Err(QueryError::parameter("the query of the URL", &message));
    }
    let mut variables = Map::new();
    for (key, text) in form_urlencoded::parse(query.as_bytes()) {
        if PIN.contains(&key.as_ref()) {
            continue;
        }
        let variable = operation.variables.iter().find(|one| one.name == *key);
        let variable = variable.ok_or_else(|| unknown(operation, &key))?;
        if !text.is_empty() {
            insert(&mut variables, variable, &text)?;
        }
    }
    let mut required = operation.variables.iter().filter(|one| one.is_required);
    if let Some(missing) = required.find(|one| !variables.contains_key(&one.name)) {
        return Err(QueryError::parameter(&missing.name, "is missing"));
    }
    Ok(variables)
}

fn unknown(operation: &SavedOperation, key: &str) -> QueryError {
    let names = operation.variables.iter().map(|one| one.name.as_str());
    let accepted: Vec<&str> = names.chain(PIN).collect();
    let accepted = accepted.join("`, `");
    let message = format!("is not a parameter of this URL; it accepts `{accepted}`");
    QueryError::parameter(key, &message)
}

fn insert(
    variables: &mut Map<String, Value>,
    variable: &Variable,
    text: &str,
) -> Result<(), QueryError> {
    let name = &variable.name;
    let BaseType::List(item) = &variable.kind.base else {
        let value = value_of(name, &variable.kind, text)?;
        if variables.insert(name.clone(), value).is_some() {
            return Err(QueryError::parameter(name, "is repeated"));
        }
        return Ok(());
    };
    let values = text.split(',').filter(|part| !part.is_empty());
    let values: Vec<Value> = values
        .map(|part| value_of(name, item, part))
        .collect::<Result<_, _>>()?;
    if values.is_empty() {
        // As an empty parameter: `to=,`.
        return Ok(());
    }
    match variables
        .entry(name.clone())
        .or_insert_with(|| Value::Array(Vec::new()))
    {
        Value::Array(list) => list.extend(values),
        _ => unreachable!("a list is inserted above"),
    }
    Ok(())
}

fn value_of(name: &str, kind: &Type, text: &str) -> Result<Value, QueryError> {
    let invalid =
        |expected: &str| QueryError::parameter(name, &format!("`{text}` is not {expected}"));
    let BaseType::Named(kind) = &kind.base else {
        return Err(invalid("a single value"));
    };
    match kind.as_str() {
        "Int" => text
            .parse::<i32>()
            .map(Value::from)
            .map_err(|_| invalid("an integer")),
        "Boolean" => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| invalid("`true` or `false`")),
        _ => Ok(Value::from(text)),
    }
}

/// The query of the address of an answer, `?` included: its variables in the order of their definitions, and the pin. `None` if
/// no address has exactly these variables: an item of a list contains a comma or is empty, or all are too long.
pub(super) fn query_of(
    operation: &SavedOperation,
    variables: &Map<String, Value>,
    seq: i64,
) -> Option<String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for variable in &operation.variables {
        match variables.get(&variable.name) {
            Some(Value::Array(list)) => {
                let items: Vec<String> = list.iter().map(text_of).collect();
                query.append_pair(&variable.name, &items.join(","));
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                query.append_pair(&variable.name, &text_of(value));
            }
        }
    }
    if seq > 0 {
        query.append_pair("seq", &seq.to_string());
    }
    let query = query.finish();
    let read = parse_variables(operation, &query).ok()?;
    if read != *variables {
        return None;
    }
    Some(if query.is_empty() {
        query
    } else {
        format!("?{query}")
    })
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
