//! The description of the saved operations in `OpenAPI` 3.1.

use serde_json::{Map, Value, json};

use super::answer::envelope_schema;
use super::operation::{SavedOperation, Variable};

pub(super) fn document(public_url: &str) -> Value {
    let mut paths = Map::new();
    for operation in SavedOperation::all() {
        let path = format!("/api/{}", operation.name);
        let ok =
            json!({ "application/json": { "schema": envelope_schema(&operation.data_schema) } });
        if operation.rows().is_some() {
            let table = json!({ "text/csv": { "schema": { "type": "string" } } });
            let path = format!("{path}.csv");
            paths.insert(
                path,
                path_item(operation, "_csv", " As CSV, one page.", &table),
            );
        }
        paths.insert(path, path_item(operation, "", "", &ok));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Démarche",
            "summary": "Where states stand on what they were asked.",
            "description": "Saved GraphQL operations as plain GET requests. A list is read as `x=a,b` and as `x=a&x=b`; an empty parameter is one that is left out. `seq` pins the answer to an entry of the ledger; the `permalink` of an answer does.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": if public_url.is_empty() { "/" } else { public_url } }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Errors": errors_schema() },
            "parameters": {
                "seq": parameter("seq", "Entry of the ledger whose state is shown; the newest one if left out.", &json!({ "type": "integer", "format": "int64", "minimum": 1 }), false),
                "generation": parameter("generation", "Generation of the ledger that `seq` belongs to.", &json!({ "type": "string" }), false),
            },
        },
    })
}

fn path_item(operation: &SavedOperation, suffix: &str, note: &str, ok: &Value) -> Value {
    let parameters = operation.variables.iter().map(parameter_of);
    let pin = ["seq", "generation"]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    let parameters: Vec<Value> = parameters.chain(pin).collect();
    let id = operation.name.replace('-', "_");
    json!({ "get": {
        "operationId": format!("{id}{suffix}"),
        "summary": format!("{}{note}", operation.description),
        "security": [{}, { "token": [] }],
        "parameters": parameters,
        "responses": responses(operation, ok),
    } })
}

fn parameter_of(variable: &Variable) -> Value {
    parameter(
        &variable.name,
        &variable.description,
        &variable.schema,
        variable.is_required,
    )
}

fn parameter(name: &str, description: &str, schema: &Value, is_required: bool) -> Value {
    json!({
        "name": name,
        "in": "query",
        "description": description,
        "required": is_required,
        "allowEmptyValue": true,
        "schema": schema,
    })
}

fn responses(operation: &SavedOperation, ok: &Value) -> Value {
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({ "description": "The answer.", "content": ok }),
    );
    responses.insert(
        "304".to_owned(),
        json!({ "description": "The answer that the client has is still valid." }),
    );
    for (status, description) in [
        ("400", "A parameter is unknown, missing or not valid."),
        ("401", "The token is not valid."),
        ("404", "What a filter names does not exist."),
        ("429", "The rate limit is exceeded; see Retry-After."),
        ("500", "The server failed."),
        ("503", "The server is stopping or busy."),
        ("504", "The answer took too long."),
    ] {
        // Only lists have filters by country or initiative; another operation answers with null.
        if status == "404" && operation.rows().is_none() {
            continue;
        }
        let content =
            json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Errors" } } });
        responses.insert(
            status.to_owned(),
            json!({ "description": description, "content": content }),
        );
    }
    Value::Object(responses)
}

fn errors_schema() -> Value {
    json!({
        "type": "object",
        "required": ["errors"],
        "properties": { "errors": { "type": "array", "items": {
            "type": "object",
            "required": ["message"],
            "properties": {
                "message": { "type": "string" },
                "extensions": { "type": "object", "properties": {
                    "code": { "type": "string" },
                    "field": { "type": "string" },
                } },
            },
        } } },
    })
}
